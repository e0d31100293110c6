/* What makes two messages belong to one transaction (RFC 3261 17.1.3, 17.2.3). A server transaction
 * keeps keyed hashes of the parts instead of the peer's bytes: nobody outside can find two messages
 * whose hashes agree. */
#ifndef SIP_TRANSACTION_MATCH_H
#define SIP_TRANSACTION_MATCH_H

#include <sip/msg.h>

typedef struct sip__match_key {
    uint64_t part[4];
} sip__match_key;

/* The key of the server transaction that `request`, taken for one of method `as` ("INVITE" for an
 * ACK or a CANCEL), belongs to. `secret` is the table's. False if the request lacks what the key is
 * made of. */
bool sip__match_server_key(const uint64_t secret[2], const sip_msg *request, sip_str as,
                           sip__match_key *ret_key);
/* Where a key hangs in a map. */
uint64_t sip__match_key_hash(const sip__match_key *key);
bool sip__match_key_equal(const sip__match_key *a, const sip__match_key *b);
/* True if the branch has the magic cookie of RFC 3261 8.1.1.7. */
bool sip__match_has_cookie(sip_str branch);

#endif
