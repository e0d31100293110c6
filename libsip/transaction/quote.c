#include "transaction/quote.h"

#include <string.h>

/* Where the first branch ends, which nobody guesses; all of it where there is none. */
static size_t branch_end(sip_str sent)
{
    static const sip_str name = SIP_STR_INIT(";branch=");
    size_t at = 0;

    while (at + name.len <= sent.len &&
           !sip_str_same_nocase((sip_str){sent.ptr + at, name.len}, name)) {
        at++;
    }
    if (at + name.len > sent.len) {
        return sent.len;
    }
    at += name.len;
    while (at < sent.len && memchr(";, \t\r\n", sent.ptr[at], 6) == NULL) {
        at++;
    }
    return at;
}

bool sip__quote_is_of(sip_str quoted, sip_str sent)
{
    size_t n = quoted.len < sent.len ? quoted.len : sent.len;

    return n > 0 && memcmp(quoted.ptr, sent.ptr, n) == 0 && n >= branch_end(sent);
}
