#include "parser/text_out.h"

#include <limits.h>
#include <string.h>

void sip__out_put(sip__text_out *out, sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n' || text.ptr[i] == '\0') {
            out->is_bad = true;
        }
    }
    if (text.len > 0 && out->len < out->size) {
        const size_t room = out->size - out->len;

        memcpy(out->at + out->len, text.ptr, text.len < room ? text.len : room);
    }
    out->len += text.len;
}

void sip__out_char(sip__text_out *out, char c)
{
    sip__out_put(out, (sip_str){&c, 1});
}

void sip__out_number(sip__text_out *out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    sip__out_put(out, (sip_str){digits + at, sizeof digits - at});
}

int sip__out_end(sip__text_out *out)
{
    if (out->size > 0) {
        out->at[out->len < out->size ? out->len : out->size - 1] = '\0';
    }
    return out->is_bad || out->len > INT_MAX ? SIP_EINVAL : (int)out->len;
}
