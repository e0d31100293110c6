/* SipHash (Aumasson and Bernstein, 2012) with two rounds a word and four at the end: as its authors
 * advise where it authenticates, which the shorter one of siphash.c is not meant for. */
#include "base/mac.h"

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return (word << bits) | (word >> (64 - bits));
}

static void mix(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void take_word(sip__mac *mac, uint64_t word)
{
    mac->v[3] ^= word;
    mix(mac->v);
    mix(mac->v);
    mac->v[0] ^= word;
}

void sip__mac_init(sip__mac *mac, const uint64_t key[2])
{
    *mac = (sip__mac){.v = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
                            key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u}};
}

static uint64_t little_endian(const unsigned char *bytes, size_t len)
{
    uint64_t word = 0;

    for (size_t i = 0; i < len; i++) {
        word |= (uint64_t)bytes[i] << (8 * i);
    }
    return word;
}

/* The lowest `len` bytes of a word, at most eight. */
static void add_bytes(sip__mac *mac, uint64_t word, size_t len)
{
    const unsigned have = (unsigned)(mac->bytes & 7);

    mac->word |= word << (8 * have);
    mac->bytes += len;
    if (have + len >= 8) {
        take_word(mac, mac->word);
        mac->word = have > 0 ? word >> (8 * (8 - have)) : 0;
    }
}

void sip__mac_add(sip__mac *mac, sip_str bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    size_t left = bytes.len;

    for (; left >= 8; at += 8, left -= 8) {
        add_bytes(mac, little_endian(at, 8), 8);
    }
    if (left > 0) {
        add_bytes(mac, little_endian(at, left), left);
    }
}

void sip__mac_add_number(sip__mac *mac, uint64_t number)
{
    add_bytes(mac, number, 8);
}

void sip__mac_add_part(sip__mac *mac, sip_str part)
{
    sip__mac_add_number(mac, part.len);
    sip__mac_add(mac, part);
}

uint64_t sip__mac_finish(sip__mac *mac)
{
    take_word(mac, mac->word | mac->bytes << 56);
    mac->v[2] ^= 0xff;
    for (unsigned i = 0; i < 4; i++) {
        mix(mac->v);
    }
    return mac->v[0] ^ mac->v[1] ^ mac->v[2] ^ mac->v[3];
}
