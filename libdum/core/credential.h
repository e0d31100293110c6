/* What the realms that challenged a registration or a call are answered with. Here only its memory;
 * answering is feature/client_auth's. */
#ifndef DUM_CREDENTIAL_H
#define DUM_CREDENTIAL_H

#include <dum/manager.h>

/** One realm: its last challenge, and how often that one's nonce has been used. */
typedef struct dum__credential {
    struct dum__credential *next;
    bool proxy;         /* from Proxy-Authenticate: answered in Proxy-Authorization */
    uint32_t nc;        /* uses of the nonce so far */
    sip_auth challenge; /* slices of `text` */
    char text[];
} dum__credential;

/** Zeroed: nobody challenged yet. Owned by a usage or a dialog set; a pointer until challenged. */
typedef struct dum__credentials {
    dum__credential *first;
} dum__credentials;

/** Free all of them; then as zeroed. */
void dum__credentials_finish(dum__credentials *credentials, const dum_manager *dum);
/** Free one of them. */
void dum__credentials_remove(dum__credentials *credentials, const dum_manager *dum,
                             dum__credential *credential);
/** The one for a realm, or NULL. */
dum__credential *dum__credentials_find(const dum__credentials *credentials, sip_str realm,
                                       bool proxy);
/** Keep a copy of a challenge in the place of the realm's earlier one. @return 0 or SIP_ENOMEM */
int dum__credentials_put(dum__credentials *credentials, const dum_manager *dum,
                         const sip_auth *challenge, bool proxy);

#endif
