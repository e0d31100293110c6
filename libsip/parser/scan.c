#include "parser/scan.h"

#ifdef SIP_PORTABLE
#define scan_headers sip__scan_headers_portable
#define scan_stop sip__scan_stop_portable
#define scan_blank sip__scan_blank_portable
#else
#define scan_headers sip__scan_headers_sse2
#define scan_stop sip__scan_stop_sse2
#define scan_blank sip__scan_blank_sse2
#endif

size_t sip__scan_headers(const char *ptr, size_t len, size_t from, struct sip__scan_line *lines,
                         size_t max_lines, struct sip__scan_result *ret_result)
{
    return scan_headers(ptr, len, from, lines, max_lines, ret_result);
}

const char *sip__scan_blank(const char *at, const char *end)
{
    return scan_blank(at, end);
}

size_t sip__scan_line_end(const char *ptr, size_t len, size_t from)
{
    const char *at;

    if (from >= len) {
        return len;
    }
    at = ptr + from;
    for (;;) {
        at = scan_stop(at, ptr + len);
        if (at == ptr + len || *at == '\n') {
            return (size_t)(at - ptr);
        }
        at++;
    }
}
