#include "body/multipart_delimiter.h"

#include <string.h>

bool sip__boundary_is_sound(sip_str boundary)
{
    for (size_t i = 0; i < boundary.len; i++) {
        if ((unsigned char)boundary.ptr[i] < ' ' || boundary.ptr[i] == 0x7f) {
            return false;
        }
    }
    return boundary.len > 0 && boundary.len <= SIP__BOUNDARY_BYTES &&
           boundary.ptr[boundary.len - 1] != ' ';
}

/* Read the line at `at` as a delimiter. */
static bool read_line(sip_str data, size_t at, sip_str boundary, sip__delimiter *ret_delimiter)
{
    size_t end = at + 2 + boundary.len;
    bool is_last;

    if (data.len - at < 2 + boundary.len || memcmp(data.ptr + at, "--", 2) != 0 ||
        memcmp(data.ptr + at + 2, boundary.ptr, boundary.len) != 0) {
        return false;
    }
    is_last = data.len - end >= 2 && memcmp(data.ptr + end, "--", 2) == 0;
    end += is_last ? 2 : 0;
    while (end < data.len && (data.ptr[end] == ' ' || data.ptr[end] == '\t')) {
        end++;
    }
    if (end < data.len && data.ptr[end] == '\r') {
        end++;
    }
    if (end < data.len && data.ptr[end] != '\n') {
        return false;
    }
    *ret_delimiter = (sip__delimiter){at, end < data.len ? end + 1 : end, is_last};
    return true;
}

bool sip__delimiter_find(sip_str data, size_t from, sip_str boundary, sip__delimiter *ret_delimiter)
{
    for (size_t at = from; at < data.len;) {
        const char *line_end;

        if (read_line(data, at, boundary, ret_delimiter)) {
            if (at > from) {
                at--;
                at -= at > from && data.ptr[at - 1] == '\r';
            }
            ret_delimiter->at = at;
            return true;
        }
        line_end = memchr(data.ptr + at, '\n', data.len - at);
        if (line_end == NULL) {
            return false;
        }
        at = (size_t)(line_end - data.ptr) + 1;
    }
    return false;
}
