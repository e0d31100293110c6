/* A nonce is the hex of: time of issue, worker, serial number, and a MAC over these. The serial
 * number names a slot of a table that goes round, so a nonce is forgotten, and thereby stale, after
 * NONCE_SLOTS younger ones. */
#include <sip/digest.h>

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define NONCE_SLOTS 4096u
#define DEFAULT_LIFETIME_S 300
#define KEY_BYTES 32
#define CLAIM_BYTES 20
#define MAC_BYTES 16
#define WINDOW_BITS 64u

_Static_assert(2 * (CLAIM_BYTES + MAC_BYTES) < SIP_NONCE_BYTES, "a printed nonce has room");

typedef struct claim {
    uint64_t issued_s;
    uint32_t worker;
    uint64_t serial; /* from 1 */
} claim;

/* The counts seen with one nonce: bit n of `seen` is the count `highest` - n. */
typedef struct slot {
    uint64_t issued_s, serial; /* serial 0: never used */
    uint64_t seen;
    uint32_t highest;
} slot;

struct sip_nonces {
    const sip_allocator *allocator;
    const sip_clock *clock;
    uint8_t key[KEY_BYTES];
    uint32_t worker;
    uint32_t lifetime_s;
    uint64_t serial; /* of the youngest nonce */
    slot slots[NONCE_SLOTS];
};

int sip_nonces_create(const sip_allocator *allocator, const sip_clock *clock, const uint8_t key[32],
                      unsigned worker, uint32_t lifetime_s, sip_nonces **ret_nonces)
{
    sip_nonces *nonces = sip_alloc0(allocator, sizeof(*nonces));

    if (!nonces) {
        return SIP_ENOMEM;
    }
    nonces->allocator = allocator;
    nonces->clock = clock;
    memcpy(nonces->key, key, KEY_BYTES);
    nonces->worker = worker;
    nonces->lifetime_s = lifetime_s > 0 ? lifetime_s : DEFAULT_LIFETIME_S;
    *ret_nonces = nonces;
    return 0;
}

void sip_nonces_destroy(sip_nonces *nonces)
{
    if (!nonces) {
        return;
    }
    OPENSSL_cleanse(nonces->key, sizeof(nonces->key));
    sip_free(nonces->allocator, nonces);
}

static void write_number(uint64_t number, uint8_t *out, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        out[i] = (uint8_t)(number >> (8 * (bytes - 1 - i)));
    }
}

static uint64_t read_number(const uint8_t *in, size_t bytes)
{
    uint64_t number = 0;

    for (size_t i = 0; i < bytes; i++) {
        number = number << 8 | in[i];
    }
    return number;
}

static void write_claim(const claim *c, uint8_t out[CLAIM_BYTES])
{
    write_number(c->issued_s, out, 8);
    write_number(c->worker, out + 8, 4);
    write_number(c->serial, out + 12, 8);
}

static claim read_claim(const uint8_t in[CLAIM_BYTES])
{
    return (claim){
        .issued_s = read_number(in, 8),
        .worker = (uint32_t)read_number(in + 8, 4),
        .serial = read_number(in + 12, 8),
    };
}

static bool make_mac(const sip_nonces *nonces, const uint8_t bytes[CLAIM_BYTES],
                     uint8_t out[MAC_BYTES])
{
    uint8_t whole[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (!HMAC(EVP_sha256(), nonces->key, KEY_BYTES, bytes, CLAIM_BYTES, whole, &len) ||
        len < MAC_BYTES) {
        return false;
    }
    memcpy(out, whole, MAC_BYTES);
    return true;
}

int sip_nonces_make(sip_nonces *nonces, char out[SIP_NONCE_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[CLAIM_BYTES + MAC_BYTES];
    const claim c = {
        .issued_s = (uint64_t)sip_clock_unix_s(nonces->clock),
        .worker = nonces->worker,
        .serial = nonces->serial + 1,
    };

    write_claim(&c, bytes);
    if (!make_mac(nonces, bytes, bytes + CLAIM_BYTES)) {
        return SIP_EIO;
    }
    for (size_t i = 0; i < sizeof(bytes); i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * sizeof(bytes)] = '\0';
    nonces->serial = c.serial;
    nonces->slots[c.serial % NONCE_SLOTS] = (slot){.issued_s = c.issued_s, .serial = c.serial};
    return 0;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(sip_str text, uint8_t *out, size_t bytes)
{
    if (text.len != 2 * bytes) {
        return false;
    }
    for (size_t i = 0; i < bytes; i++) {
        int high = digit_value(text.ptr[2 * i]);
        int low = digit_value(text.ptr[2 * i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        out[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

static bool is_alive(const sip_nonces *nonces, const claim *c)
{
    const slot *s = &nonces->slots[c->serial % NONCE_SLOTS];
    uint64_t now_s = (uint64_t)sip_clock_unix_s(nonces->clock);

    /* A nonce of the future means that the wall clock was set back: its age cannot be known. */
    return c->worker == nonces->worker && c->serial != 0 && c->serial == s->serial &&
           c->issued_s == s->issued_s && c->issued_s <= now_s &&
           now_s - c->issued_s <= nonces->lifetime_s;
}

/* Counts may come out of order, over UDP say, but each only once (RFC 7616 3.4). */
static bool use_count(slot *s, uint32_t nc)
{
    if (nc > s->highest) {
        uint32_t step = nc - s->highest;

        s->seen = step < WINDOW_BITS ? s->seen << step | 1 : 1;
        s->highest = nc;
        return true;
    }
    uint32_t back = s->highest - nc;
    uint64_t bit = back < WINDOW_BITS ? UINT64_C(1) << back : 0;

    if (bit == 0 || (s->seen & bit) != 0) {
        return false;
    }
    s->seen |= bit;
    return true;
}

sip_nonce_verdict sip_nonces_check(sip_nonces *nonces, sip_str nonce, uint32_t nc)
{
    uint8_t bytes[CLAIM_BYTES + MAC_BYTES], mac[MAC_BYTES];

    if (!read_hex(nonce, bytes, sizeof(bytes))) {
        return SIP_NONCE_FOREIGN;
    }
    if (!make_mac(nonces, bytes, mac)) {
        return SIP_NONCE_STALE;
    }
    if (CRYPTO_memcmp(mac, bytes + CLAIM_BYTES, MAC_BYTES) != 0) {
        return SIP_NONCE_FOREIGN;
    }
    const claim c = read_claim(bytes);

    if (!is_alive(nonces, &c)) {
        return SIP_NONCE_STALE;
    }
    slot *s = &nonces->slots[c.serial % NONCE_SLOTS];

    if (nc > 0) {
        return use_count(s, nc) ? SIP_NONCE_GOOD : SIP_NONCE_REPLAYED;
    }
    /* Without a count a second use cannot be told from a replay: such a client has each nonce once.
     */
    if (s->seen != 0) {
        return SIP_NONCE_REPLAYED;
    }
    s->highest = UINT32_MAX;
    s->seen = UINT64_MAX;
    return SIP_NONCE_GOOD;
}
