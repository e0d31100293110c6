/* Branches, tags and Call-IDs of our own: they say which worker and which start of the program they
 * belong to (architecture rule 2). */
#ifndef SIP_MESSAGE_IDENT_H
#define SIP_MESSAGE_IDENT_H

#include <sip/stack.h>

#define SIP__BRANCH_BYTES 40

typedef struct sip__ident {
    const sip_random *random;
    uint32_t cookie; /* of this start; the same on all workers */
    uint8_t worker;
    uint64_t counter;
    uint64_t salt;
} sip__ident;

void sip__ident_init(sip__ident *ident, const sip_random *random, uint32_t cookie, unsigned worker);
/* "z9hG4bK" + worker + unique part, all in token characters; zero-terminated. Unique for the start,
 * not guessable. */
sip_str sip__ident_branch(sip__ident *ident, char out[SIP__BRANCH_BYTES]);
/* cookie + worker + random; at least 32 random bits (RFC 3261 19.3). */
sip_str sip__ident_tag(sip__ident *ident, char out[SIP_TAG_BYTES]);
sip_str sip__ident_call_id(sip__ident *ident, char out[SIP_CALL_ID_BYTES]);
/* The worker that made a branch; -1 if it is not of our form. */
int sip__ident_branch_worker(sip_str branch);
/* The worker that made a tag in this start (cookie); -1 for foreign and stale ones. */
int sip__ident_tag_worker(uint32_t cookie, sip_str tag);

#endif
