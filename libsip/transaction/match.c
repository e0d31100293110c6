#include "transaction/match.h"

#include "base/siphash.h"
#include <string.h>

static const char cookie[] = "z9hG4bK";

bool sip__match_has_cookie(sip_str branch)
{
    const sip_str head = {branch.ptr, sizeof(cookie) - 1};

    return branch.len > head.len && sip_str_equal_nocase(head, cookie);
}

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static uint64_t hash_number(const uint64_t secret[2], uint64_t number)
{
    char bytes[sizeof(number)];

    memcpy(bytes, &number, sizeof(bytes));
    return sip__siphash(secret, (sip_str){bytes, sizeof(bytes)});
}

/* RFC 3261 17.2.3: branch, sent-by and method. */
static void key_by_branch(const uint64_t secret[2], const sip_via *via, sip__match_key *ret_key)
{
    ret_key->part[0] = sip__siphash(secret, via->branch);
    ret_key->part[1] = sip__siphash(secret, via->host);
    ret_key->part[2] = hash_number(secret, via->port);
}

/* The rule for RFC 2543 peers: Request-URI, From tag, Call-ID, CSeq number and topmost Via; the To
 * tag, which an ACK has from the response, is left to who has that response. */
static bool key_by_headers(const uint64_t secret[2], const sip_msg *request, const sip_via *via,
                           sip__match_key *ret_key)
{
    const sip_address *from = sip_msg_from(request);
    const sip_cseq *cseq = sip_msg_cseq(request);

    if (from == NULL || cseq == NULL) {
        return false;
    }
    ret_key->part[0] = sip__siphash(secret, sip_msg_call_id(request)) ^
                       rotate(sip__siphash(secret, from->tag), 17);
    ret_key->part[1] = sip__siphash(secret, via->text);
    ret_key->part[2] = sip__siphash(secret, sip_msg_request_uri_text(request)) ^
                       rotate(hash_number(secret, cseq->number), 17);
    return true;
}

bool sip__match_server_key(const uint64_t secret[2], const sip_msg *request, sip_str as,
                           sip__match_key *ret_key)
{
    const sip_via *via = sip_msg_via(request, 0);
    bool by_branch = via != NULL && sip__match_has_cookie(via->branch);
    sip__match_key key = {{0, 0, 0, 0}};

    if (via == NULL) {
        return false;
    }
    if (by_branch) {
        key_by_branch(secret, via, &key);
    } else if (!key_by_headers(secret, request, via, &key)) {
        return false;
    }
    key.part[3] = sip__siphash(secret, as) ^ (by_branch ? 1 : 0);
    *ret_key = key;
    return true;
}

uint64_t sip__match_key_hash(const sip__match_key *key)
{
    return key->part[0] ^ rotate(key->part[1], 13) ^ rotate(key->part[2], 29) ^
           rotate(key->part[3], 43);
}

bool sip__match_key_equal(const sip__match_key *a, const sip__match_key *b)
{
    return memcmp(a->part, b->part, sizeof(a->part)) == 0;
}
