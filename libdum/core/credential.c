#include "core/credential.h"

#include "core/context.h"

#include <string.h>

void dum__credentials_remove(dum__credentials *credentials, const dum_manager *dum,
                             dum__credential *credential)
{
    for (dum__credential **at = &credentials->first; *at != NULL; at = &(*at)->next) {
        if (*at == credential) {
            *at = credential->next;
            dum__free(dum, credential);
            return;
        }
    }
}

void dum__credentials_finish(dum__credentials *credentials, const dum_manager *dum)
{
    while (credentials->first != NULL) {
        dum__credentials_remove(credentials, dum, credentials->first);
    }
}

dum__credential *dum__credentials_find(const dum__credentials *credentials, sip_str realm,
                                       bool proxy)
{
    for (dum__credential *at = credentials->first; at != NULL; at = at->next) {
        if (at->proxy == proxy && sip_str_same(at->challenge.realm, realm)) {
            return at;
        }
    }
    return NULL;
}

static sip_str keep(char **end, sip_str s)
{
    sip_str kept = {*end, s.len};

    if (s.len > 0) {
        memcpy(*end, s.ptr, s.len);
    }
    *end += s.len;
    return kept;
}

int dum__credentials_put(dum__credentials *credentials, const dum_manager *dum,
                         const sip_auth *challenge, bool proxy)
{
    size_t bytes = challenge->scheme.len + challenge->realm.len + challenge->nonce.len +
                   challenge->opaque.len + challenge->algorithm.len + challenge->qop.len;
    dum__credential *fresh = dum__alloc0(dum, sizeof *fresh + bytes + 1);
    dum__credential *old = dum__credentials_find(credentials, challenge->realm, proxy);
    char *end;

    if (fresh == NULL) {
        return SIP_ENOMEM;
    }
    end = fresh->text;
    fresh->proxy = proxy;
    fresh->challenge.scheme = keep(&end, challenge->scheme);
    fresh->challenge.realm = keep(&end, challenge->realm);
    fresh->challenge.nonce = keep(&end, challenge->nonce);
    fresh->challenge.opaque = keep(&end, challenge->opaque);
    fresh->challenge.algorithm = keep(&end, challenge->algorithm);
    fresh->challenge.qop = keep(&end, challenge->qop);
    if (old != NULL) {
        dum__credentials_remove(credentials, dum, old);
    }
    fresh->next = credentials->first;
    credentials->first = fresh;
    return 0;
}
