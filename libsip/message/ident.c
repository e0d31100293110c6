#include "message/ident.h"

#include <string.h>

/* "z9hG4bKp" + worker + 16 random digits + 8 of the counter; "p" tells ours from those of other
 * programs. */
#define BRANCH_PREFIX "z9hG4bKp"
#define BRANCH_PREFIX_LEN 8u
#define BRANCH_LEN 34u
/* "z9hG4bKs" + worker + 16 digits that prove it + perhaps 16 that lead back: of what is passed on
 * without a transaction. */
#define PROVED_PREFIX "z9hG4bKs"
#define PROVED_LEN 26u
#define LEADING_LEN 42u
/* cookie + worker + 16 random digits */
#define TAG_LEN 26u
#define COOKIE_LEN 8u

void sip__ident_init(sip__ident *ident, const sip_random *random, uint32_t cookie, unsigned worker)
{
    if (random == NULL) {
        random = sip_random_system();
    }
    *ident = (sip__ident){.random = random,
                          .cookie = cookie,
                          .worker = (uint8_t)worker,
                          .salt = sip_random_u64(random)};
}

char *sip__ident_put_hex(char *out, uint64_t number, unsigned digits)
{
    for (unsigned i = digits; i-- > 0;) {
        *out++ = "0123456789abcdef"[number >> (4 * i) & 15];
    }
    *out = '\0';
    return out;
}

bool sip__ident_take_hex(const char *text, unsigned digits, uint64_t *ret_number)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < digits; i++) {
        char c = text[i];

        if (c >= '0' && c <= '9') {
            number = number << 4 | (uint64_t)(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            number = number << 4 | (uint64_t)(c - 'a' + 10);
        } else {
            return false;
        }
    }
    *ret_number = number;
    return true;
}

/* Many are drawn at once: asking the system for eight bytes costs as much as for some hundred. What
 * has been given is forgotten, so that nobody can read an old branch from memory. */
static uint64_t draw(sip__ident *ident)
{
    uint64_t number;

    if (ident->n_drawn == 0) {
        sip_random_fill(ident->random, ident->drawn, sizeof(ident->drawn));
        ident->n_drawn = SIP__IDENT_DRAWN;
    }
    number = ident->drawn[--ident->n_drawn];
    ident->drawn[ident->n_drawn] = 0;
    return number;
}

sip_str sip__ident_branch(sip__ident *ident, char out[SIP__BRANCH_BYTES])
{
    char *at = out + BRANCH_PREFIX_LEN;

    memcpy(out, BRANCH_PREFIX, BRANCH_PREFIX_LEN);
    at = sip__ident_put_hex(at, ident->worker, 2);
    at = sip__ident_put_hex(at, draw(ident) ^ ident->salt, 16);
    at = sip__ident_put_hex(at, ident->counter++, 8);
    return (sip_str){out, (size_t)(at - out)};
}

sip_str sip__ident_tag(sip__ident *ident, char out[SIP_TAG_BYTES])
{
    char *at = sip__ident_put_hex(out, ident->cookie, COOKIE_LEN);

    at = sip__ident_put_hex(at, ident->worker, 2);
    at = sip__ident_put_hex(at, draw(ident) ^ ident->salt, 16);
    return (sip_str){out, (size_t)(at - out)};
}

sip_str sip__ident_call_id(sip__ident *ident, char out[SIP_CALL_ID_BYTES])
{
    char *at = sip__ident_put_hex(out, draw(ident) ^ ident->salt, 16);

    at = sip__ident_put_hex(at, draw(ident), 16);
    at = sip__ident_put_hex(at, ident->counter++, 8);
    return (sip_str){out, (size_t)(at - out)};
}

sip_str sip__ident_proved_branch(unsigned worker, const sip__branch_proof *proof,
                                 char out[SIP__PROVED_BRANCH_BYTES])
{
    char *at = out + BRANCH_PREFIX_LEN;

    memcpy(out, PROVED_PREFIX, BRANCH_PREFIX_LEN);
    at = sip__ident_put_hex(at, worker, 2);
    at = sip__ident_put_hex(at, proof->mac, 16);
    if (proof->has_back) {
        at = sip__ident_put_hex(at, proof->back, 16);
    }
    return (sip_str){out, (size_t)(at - out)};
}

bool sip__ident_branch_proof(sip_str branch, sip__branch_proof *ret_proof)
{
    sip__branch_proof proof = {.has_back = branch.len == LEADING_LEN};
    uint64_t worker = 0;

    if ((branch.len != PROVED_LEN && branch.len != LEADING_LEN) ||
        memcmp(branch.ptr, PROVED_PREFIX, BRANCH_PREFIX_LEN) != 0 ||
        !sip__ident_take_hex(branch.ptr + BRANCH_PREFIX_LEN, 2, &worker) ||
        !sip__ident_take_hex(branch.ptr + BRANCH_PREFIX_LEN + 2, 16, &proof.mac) ||
        (proof.has_back && !sip__ident_take_hex(branch.ptr + PROVED_LEN, 16, &proof.back))) {
        return false;
    }
    *ret_proof = proof;
    return true;
}

int sip__ident_branch_worker(sip_str branch)
{
    const char *digits;
    sip__branch_proof proof;
    uint64_t worker = 0;
    uint64_t unused;

    if (sip__ident_branch_proof(branch, &proof) &&
        sip__ident_take_hex(branch.ptr + BRANCH_PREFIX_LEN, 2, &worker)) {
        return (int)worker;
    }
    if (branch.len != BRANCH_LEN || memcmp(branch.ptr, BRANCH_PREFIX, BRANCH_PREFIX_LEN) != 0) {
        return -1;
    }
    digits = branch.ptr + BRANCH_PREFIX_LEN;
    if (!sip__ident_take_hex(digits, 2, &worker) || !sip__ident_take_hex(digits + 2, 16, &unused) ||
        !sip__ident_take_hex(digits + 18, 8, &unused)) {
        return -1;
    }
    return (int)worker;
}

int sip__ident_tag_worker(uint32_t cookie, sip_str tag)
{
    uint64_t found = 0;
    uint64_t worker = 0;
    uint64_t unused;

    if (tag.len != TAG_LEN || !sip__ident_take_hex(tag.ptr, COOKIE_LEN, &found) ||
        found != cookie || !sip__ident_take_hex(tag.ptr + COOKIE_LEN, 2, &worker) ||
        !sip__ident_take_hex(tag.ptr + COOKIE_LEN + 2, 16, &unused)) {
        return -1;
    }
    return (int)worker;
}
