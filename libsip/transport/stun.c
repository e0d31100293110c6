#include "transport/stun.h"
#include <string.h>

#define HEAD_BYTES 20
#define ID_AT 8
#define ATTRIBUTE_HEAD_BYTES 4

#define TYPE_REQUEST 0x0001u
#define TYPE_SUCCESS 0x0101u
#define TYPE_ERROR 0x0111u

#define ATTRIBUTE_ERROR_CODE 0x0009u
#define ATTRIBUTE_UNKNOWN 0x000au
#define ATTRIBUTE_XOR_MAPPED 0x0020u
#define ATTRIBUTE_OPTIONAL 0x8000u /* from here on they may be passed over */

static const uint8_t cookie[4] = {0x21, 0x12, 0xa4, 0x42};

static unsigned read16(const uint8_t *at)
{
    return (unsigned)(at[0] << 8 | at[1]);
}

static uint8_t *put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

bool sip__stun_is(sip_str datagram)
{
    const uint8_t *bytes = (const uint8_t *)datagram.ptr;

    return datagram.len >= HEAD_BYTES && bytes[0] < 0x40 &&
           memcmp(bytes + 4, cookie, sizeof(cookie)) == 0 &&
           read16(bytes + 2) == datagram.len - HEAD_BYTES && datagram.len % 4 == 0;
}

/* An address is hidden under cookie and id, which follow each other (RFC 8489 14.2). */
static void read_mapped(const uint8_t *head, const uint8_t *value, size_t len, sip_addr *ret_addr)
{
    size_t ip_bytes = len - 4;
    sip_addr addr;
    size_t i;

    memset(&addr, 0, sizeof(addr));
    if (value[1] == 1 && ip_bytes == 4) {
        addr.family = SIP_FAMILY_IP4;
    } else if (value[1] == 2 && ip_bytes == 16) {
        addr.family = SIP_FAMILY_IP6;
    } else {
        return;
    }
    addr.port = (uint16_t)(read16(value + 2) ^ read16(cookie));
    for (i = 0; i < ip_bytes; i++) {
        addr.ip[i] = value[4 + i] ^ head[4 + i];
    }
    *ret_addr = addr;
}

/* What a server without passwords may take note of and leave alone: MAPPED-ADDRESS, USERNAME,
 * MESSAGE-INTEGRITY and its like, REALM, NONCE. */
static bool is_harmless(unsigned type)
{
    return type == 0x0001 || type == 0x0006 || type == 0x0008 || type == 0x0014 || type == 0x0015 ||
           (type >= 0x001c && type <= 0x001e);
}

static void read_attribute(const uint8_t *head, unsigned type, const uint8_t *value, size_t len,
                           sip__stun *stun)
{
    if (type == ATTRIBUTE_XOR_MAPPED) {
        if (len > 4) {
            read_mapped(head, value, len, &stun->mapped);
        }
    } else if (type == ATTRIBUTE_ERROR_CODE) {
        if (len >= 4 && (value[2] & 7) >= 3 && (value[2] & 7) <= 6 && value[3] < 100) {
            stun->status = (value[2] & 7) * 100 + value[3];
        }
    } else if (type < ATTRIBUTE_OPTIONAL && type != ATTRIBUTE_UNKNOWN && !is_harmless(type) &&
               stun->n_unknown < SIP__STUN_MAX_UNKNOWN) {
        stun->unknown[stun->n_unknown++] = (uint16_t)type;
    }
}

static sip__stun_kind kind_of(unsigned type)
{
    switch (type) {
    case TYPE_REQUEST:
        return SIP__STUN_REQUEST;
    case TYPE_SUCCESS:
        return SIP__STUN_SUCCESS;
    case TYPE_ERROR:
        return SIP__STUN_ERROR;
    default:
        return SIP__STUN_OTHER;
    }
}

int sip__stun_read(sip_str datagram, sip__stun *ret_stun)
{
    const uint8_t *head = (const uint8_t *)datagram.ptr;
    size_t at = HEAD_BYTES;
    sip__stun stun;

    if (!sip__stun_is(datagram)) {
        return SIP_ESYNTAX;
    }
    memset(&stun, 0, sizeof(stun));
    stun.kind = kind_of(read16(head));
    memcpy(stun.id, head + ID_AT, sizeof(stun.id));
    while (at < datagram.len) {
        size_t len = read16(head + at + 2);
        size_t padded = (len + 3) & ~(size_t)3;

        if (padded > datagram.len - at - ATTRIBUTE_HEAD_BYTES) {
            return SIP_ESYNTAX;
        }
        read_attribute(head, read16(head + at), head + at + ATTRIBUTE_HEAD_BYTES, len, &stun);
        at += ATTRIBUTE_HEAD_BYTES + padded;
    }
    *ret_stun = stun;
    return 0;
}

static void put_head(uint8_t *out, unsigned type, size_t body_bytes, const uint8_t *id)
{
    (void)put16(out, type);
    (void)put16(out + 2, (unsigned)body_bytes);
    memcpy(out + 4, cookie, sizeof(cookie));
    memcpy(out + ID_AT, id, SIP__STUN_ID_BYTES);
}

size_t sip__stun_print_request(const uint8_t id[SIP__STUN_ID_BYTES],
                               uint8_t out[SIP__STUN_PRINT_BYTES])
{
    put_head(out, TYPE_REQUEST, 0, id);
    return HEAD_BYTES;
}

static size_t print_success(const uint8_t *id, const sip_addr *remote, uint8_t *out)
{
    size_t ip_bytes = remote->family == SIP_FAMILY_IP6 ? 16 : 4;
    uint8_t *at = out + HEAD_BYTES;
    size_t i;

    put_head(out, TYPE_SUCCESS, ATTRIBUTE_HEAD_BYTES + 4 + ip_bytes, id);
    at = put16(at, ATTRIBUTE_XOR_MAPPED);
    at = put16(at, (unsigned)(4 + ip_bytes));
    at = put16(at, remote->family == SIP_FAMILY_IP6 ? 2 : 1);
    at = put16(at, remote->port ^ read16(cookie));
    for (i = 0; i < ip_bytes; i++) {
        *at++ = remote->ip[i] ^ out[4 + i];
    }
    return (size_t)(at - out);
}

/* 420 and the attributes that it is about (RFC 8489 6.3.1). */
static size_t print_unknown(const sip__stun *request, uint8_t *out)
{
    static const char phrase[] = "Unknown Attribute"; /* with its zero 18 bytes, padded to 20 */
    size_t list_bytes = request->n_unknown * 2;
    uint8_t *at = out + HEAD_BYTES;
    size_t i;

    memset(out, 0, SIP__STUN_PRINT_BYTES);
    at = put16(at, ATTRIBUTE_ERROR_CODE);
    at = put16(at, (unsigned)(4 + sizeof(phrase) - 1));
    at = put16(at, 0);
    at = put16(at, 4 << 8 | 20);
    memcpy(at, phrase, sizeof(phrase) - 1);
    at += 20;
    at = put16(at, ATTRIBUTE_UNKNOWN);
    at = put16(at, (unsigned)list_bytes);
    for (i = 0; i < request->n_unknown; i++) {
        at = put16(at, request->unknown[i]);
    }
    at += list_bytes % 4;
    put_head(out, TYPE_ERROR, (size_t)(at - out) - HEAD_BYTES, request->id);
    return (size_t)(at - out);
}

size_t sip__stun_print_answer(const sip__stun *request, const sip_addr *remote,
                              uint8_t out[SIP__STUN_PRINT_BYTES])
{
    return request->n_unknown > 0 ? print_unknown(request, out)
                                  : print_success(request->id, remote, out);
}
