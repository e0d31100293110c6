#include "transport/flow_token.h"
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <string.h>

#define MAC_BYTES 10  /* RFC 5626 5.2: 80 bits */
#define HASH_BYTES 32 /* of SHA-256 */
#define MOST_BYTES 54 /* protocol, family and two addresses of IPv6 with scope and port */
#define HAS_FLOW 0x80u
#define ADDR_BYTES(family) ((family) == SIP_FAMILY_IP6 ? 22u : 6u)

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* What the key says to `bytes`; `use` keeps its uses apart. */
static bool keyed_hash(const uint8_t *key, uint8_t use, const uint8_t *bytes, size_t len,
                       uint8_t out[HASH_BYTES])
{
    uint8_t input[1 + MOST_BYTES];
    uint8_t whole[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    input[0] = use;
    memcpy(input + 1, bytes, len);
    if (HMAC(EVP_sha256(), key, SIP__FLOW_KEY_BYTES, input, len + 1, whole, &n) == NULL ||
        n != HASH_BYTES) {
        return false;
    }
    memcpy(out, whole, HASH_BYTES);
    return true;
}

static bool make_mac(const uint8_t *key, const uint8_t *bytes, size_t len, uint8_t out[MAC_BYTES])
{
    uint8_t whole[HASH_BYTES];

    if (!keyed_hash(key, 0, bytes, len, whole)) {
        return false;
    }
    memcpy(out, whole, MAC_BYTES);
    return true;
}

/* Nobody is told the addresses of our side of a NAT, or who else is connected: the bytes are hidden
 * under a stream that their MAC chooses, so that the same path has the same token. The same call
 * undoes it. */
static bool hide(const uint8_t *key, const uint8_t mac[MAC_BYTES], uint8_t *bytes, size_t len)
{
    uint8_t stream[HASH_BYTES];
    size_t i;

    for (i = 0; i < len; i++) {
        if (i % HASH_BYTES == 0 &&
            !keyed_hash(key, (uint8_t)(1 + i / HASH_BYTES), mac, MAC_BYTES, stream)) {
            return false;
        }
        bytes[i] ^= stream[i % HASH_BYTES];
    }
    return true;
}

static size_t put_number(uint8_t *out, uint64_t number, size_t bytes)
{
    size_t i;

    for (i = 0; i < bytes; i++) {
        out[i] = (uint8_t)(number >> (8 * (bytes - 1 - i)));
    }
    return bytes;
}

static uint64_t get_number(const uint8_t *in, size_t bytes)
{
    uint64_t number = 0;
    size_t i;

    for (i = 0; i < bytes; i++) {
        number = number << 8 | in[i];
    }
    return number;
}

static size_t put_addr(uint8_t *out, const sip_addr *addr)
{
    bool six = addr->family == SIP_FAMILY_IP6;
    size_t n = six ? 16 : 4;

    memcpy(out, addr->ip, n);
    if (six) {
        n += put_number(out + n, addr->scope, 4);
    }
    return n + put_number(out + n, addr->port, 2);
}

static void get_addr(const uint8_t *in, sip_family family, sip_addr *ret_addr)
{
    bool six = family == SIP_FAMILY_IP6;
    size_t n = six ? 16 : 4;

    memset(ret_addr, 0, sizeof(*ret_addr));
    ret_addr->family = (uint8_t)family;
    memcpy(ret_addr->ip, in, n);
    if (six) {
        ret_addr->scope = (uint32_t)get_number(in + n, 4);
        n += 4;
    }
    ret_addr->port = (uint16_t)get_number(in + n, 2);
}

/* base64url without padding: every character may stand in a URI's user part. */
static size_t encode(const uint8_t *bytes, size_t len, char *out)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t n = 0;
    size_t i;

    for (i = 0; i < len; i++) {
        bits = bits << 8 | bytes[i];
        for (have += 8; have >= 6; have -= 6) {
            out[n++] = digits[bits >> (have - 6) & 63];
        }
    }
    if (have > 0) {
        out[n++] = digits[bits << (6 - have) & 63];
    }
    out[n] = '\0';
    return n;
}

/* @return how many bytes, or 0: it is none, or too long */
static size_t decode(sip_str text, uint8_t *out, size_t room)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t n = 0;
    size_t i;

    for (i = 0; i < text.len; i++) {
        const char *digit = memchr(digits, text.ptr[i], 64);

        if (digit == NULL || n == room) {
            return 0;
        }
        bits = bits << 6 | (uint32_t)(digit - digits);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (uint8_t)(bits >> have);
        }
    }
    return have < 6 && (bits & ((1u << have) - 1)) == 0 ? n : 0;
}

sip_str sip__flow_token_write(const uint8_t key[SIP__FLOW_KEY_BYTES], const sip_path *path,
                              char out[SIP_FLOW_TOKEN_BYTES])
{
    uint8_t bytes[MOST_BYTES + MAC_BYTES];
    size_t n = 0;

    bytes[n++] = (uint8_t)path->protocol;
    bool has_addrs =
        path->remote.family != SIP_FAMILY_NONE && path->local.family == path->remote.family;

    if (!has_addrs && path->flow == 0) {
        return (sip_str){out, 0};
    }
    bytes[n++] = (uint8_t)((has_addrs ? path->remote.family : SIP_FAMILY_NONE) |
                           (path->flow != 0 ? HAS_FLOW : 0));
    if (path->flow != 0) {
        n += put_number(bytes + n, path->flow, 8);
    }
    if (has_addrs) {
        n += put_addr(bytes + n, &path->remote);
        n += put_addr(bytes + n, &path->local);
    }
    if (!make_mac(key, bytes, n, bytes + n) || !hide(key, bytes + n, bytes, n)) {
        return (sip_str){out, 0};
    }
    return (sip_str){out, encode(bytes, n + MAC_BYTES, out)};
}

int sip__flow_token_parse(const uint8_t key[SIP__FLOW_KEY_BYTES], sip_str token, sip_path *ret_path)
{
    uint8_t bytes[MOST_BYTES + MAC_BYTES], mac[MAC_BYTES];
    const uint8_t *at = bytes + 2;
    size_t n = decode(token, bytes, sizeof(bytes));
    sip_family family;

    if (n <= MAC_BYTES + 2) {
        return SIP_ESYNTAX;
    }
    n -= MAC_BYTES;
    if (!hide(key, bytes + n, bytes, n) || !make_mac(key, bytes, n, mac) ||
        CRYPTO_memcmp(mac, bytes + n, MAC_BYTES) != 0) {
        return SIP_ESYNTAX;
    }
    /* It is of our own making from here on. */
    family = (sip_family)(bytes[1] & ~HAS_FLOW);
    *ret_path = (sip_path){.protocol = (sip_protocol)bytes[0]};
    if ((bytes[1] & HAS_FLOW) != 0) {
        ret_path->flow = get_number(at, 8);
        at += 8;
    }
    if (family != SIP_FAMILY_NONE) {
        get_addr(at, family, &ret_path->remote);
        get_addr(at + ADDR_BYTES(family), family, &ret_path->local);
    }
    return 0;
}
