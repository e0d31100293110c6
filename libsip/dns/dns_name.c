#include "dns/dns_name.h"

#define MOST 253

size_t sip__dns_name_plain(sip_str name, char out[SIP__NAME_BYTES])
{
    size_t i;

    out[0] = '\0';
    if (name.len > 0 && name.ptr[name.len - 1] == '.') {
        name.len--;
    }
    if (name.len == 0 || name.len > MOST || name.ptr[name.len - 1] == '.') {
        return 0;
    }
    for (i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (c == '\0' || (c == '.' && (i == 0 || name.ptr[i - 1] == '.'))) {
            return 0;
        }
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    out[i] = '\0';
    return i;
}
