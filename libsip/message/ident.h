/* Branches, tags and Call-IDs of our own: they say which worker and which start of the program they
 * belong to (architecture rule 2). */
#ifndef SIP_MESSAGE_IDENT_H
#define SIP_MESSAGE_IDENT_H

#include <sip/stack.h>

#define SIP__BRANCH_BYTES 40
#define SIP__IDENT_DRAWN 64

typedef struct sip__ident {
    const sip_random *random;
    uint32_t cookie; /* of this start; the same on all workers */
    uint8_t worker;
    uint64_t counter;
    uint64_t salt;
    uint64_t drawn[SIP__IDENT_DRAWN]; /* random numbers, each given once */
    unsigned n_drawn;                 /* that are left */
} sip__ident;

void sip__ident_init(sip__ident *ident, const sip_random *random, uint32_t cookie, unsigned worker);
/* "z9hG4bK" + worker + unique part, all in token characters; zero-terminated. Unique for the start,
 * not guessable. */
sip_str sip__ident_branch(sip__ident *ident, char out[SIP__BRANCH_BYTES]);
/* cookie + worker + random; at least 32 random bits (RFC 3261 19.3). */
sip_str sip__ident_tag(sip__ident *ident, char out[SIP_TAG_BYTES]);
sip_str sip__ident_call_id(sip__ident *ident, char out[SIP_CALL_ID_BYTES]);
/* What stands in the branch of what is passed on without a transaction (transaction/proof.h). */
typedef struct sip__branch_proof {
    uint64_t mac, back;
    bool has_back;
} sip__branch_proof;

#define SIP__PROVED_BRANCH_BYTES 44
/* Such a branch: worker and proof. */
sip_str sip__ident_proved_branch(unsigned worker, const sip__branch_proof *proof,
                                 char out[SIP__PROVED_BRANCH_BYTES]);
/* The proof in it; false for any other. */
bool sip__ident_branch_proof(sip_str branch, sip__branch_proof *ret_proof);
/* The worker that made a branch of either kind; -1 if it is not of our form. */
int sip__ident_branch_worker(sip_str branch);
/* The worker that made a tag in this start (cookie); -1 for foreign and stale ones. */
int sip__ident_tag_worker(uint32_t cookie, sip_str tag);

/* Write `digits` lower-case digits and a zero; returns where the zero stands. */
char *sip__ident_put_hex(char *out, uint64_t number, unsigned digits);
/* Read exactly `digits` lower-case digits; false for anything else. */
bool sip__ident_take_hex(const char *text, unsigned digits, uint64_t *ret_number);

#endif
