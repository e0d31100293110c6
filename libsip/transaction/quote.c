#include "transaction/quote.h"

#include <string.h>

sip_str sip__quote_branch(sip_str quoted)
{
    static const sip_str name = SIP_STR_INIT(";branch=");
    sip_str branch = {NULL, 0};
    size_t at = 0;

    while (at + name.len <= quoted.len &&
           !sip_str_same_nocase((sip_str){quoted.ptr + at, name.len}, name)) {
        at++;
    }
    if (at + name.len > quoted.len) {
        return branch;
    }
    branch.ptr = quoted.ptr + at + name.len;
    at += name.len;
    while (at < quoted.len && memchr(";, \t\r\n", quoted.ptr[at], 6) == NULL) {
        at++;
        branch.len++;
    }
    return branch;
}

/* Where the first branch ends, which nobody guesses; all of it where there is none. */
static size_t branch_end(sip_str sent)
{
    sip_str branch = sip__quote_branch(sent);

    return branch.len == 0 ? sent.len : (size_t)(branch.ptr - sent.ptr) + branch.len;
}

bool sip__quote_is_of(sip_str quoted, sip_str sent)
{
    size_t n = quoted.len < sent.len ? quoted.len : sent.len;

    return n > 0 && memcmp(quoted.ptr, sent.ptr, n) == 0 && n >= branch_end(sent);
}
