#include "usage/register/aor.h"

#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int dum__aor_canonical(const sip_uri *uri, char out[DUM__AOR_BYTES])
{
    static const char scheme[] = "sip:";
    size_t len = sizeof scheme - 1;
    int user_len;

    if (uri == NULL || uri->user.len == 0 ||
        (uri->scheme != SIP_SCHEME_SIP && uri->scheme != SIP_SCHEME_SIPS)) {
        return SIP_EINVAL;
    }
    if (len + uri->user.len + 1 + uri->host.len > DUM__AOR_BYTES) {
        return SIP_ETOOBIG;
    }
    memcpy(out, scheme, len);
    user_len = sip_unescape(uri->user, out + len);
    if (user_len < 0) {
        return user_len;
    }
    len += (size_t)user_len;
    out[len++] = '@';
    for (size_t i = 0; i < uri->host.len; i++) {
        out[len++] = lower(uri->host.ptr[i]);
    }
    return (int)len;
}
