#include "trace/packet.h"

#include <string.h>

#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define IP4_BYTES 20u
#define IP6_BYTES 40u
#define TCP_BYTES 20u
#define UDP_BYTES 8u
#define HOPS 64
#define TCP_PSH_ACK 0x18

static bool is_ip6(const sip__packet_way *way)
{
    return way->from.family == SIP_FAMILY_IP6 || way->to.family == SIP_FAMILY_IP6;
}

/* The ones' complement sum of 16-bit words, the last filled up with zero. */
static uint32_t add(uint32_t sum, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    for (; len > 1; len -= 2, at += 2) {
        sum += (uint32_t)(at[0] << 8 | at[1]);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    if (len > 0) {
        sum += (uint32_t)(at[0] << 8);
    }
    return (sum & 0xffff) + (sum >> 16);
}

static unsigned finish(uint32_t sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

/* @param len  of what follows the header */
static size_t write_ip(const sip__packet_way *way, unsigned protocol, size_t len, uint8_t *out)
{
    if (is_ip6(way)) {
        memset(out, 0, IP6_BYTES);
        out[0] = 0x60;
        sip__put16(out + 4, (unsigned)len);
        out[6] = (uint8_t)protocol;
        out[7] = HOPS;
        memcpy(out + 8, way->from.ip, 16);
        memcpy(out + 24, way->to.ip, 16);
        return IP6_BYTES;
    }
    memset(out, 0, IP4_BYTES);
    out[0] = 0x45;
    sip__put16(out + 2, (unsigned)(IP4_BYTES + len));
    out[6] = 0x40; /* not to be fragmented, so that no identification is needed */
    out[8] = HOPS;
    out[9] = (uint8_t)protocol;
    memcpy(out + 12, way->from.ip, 4);
    memcpy(out + 16, way->to.ip, 4);
    sip__put16(out + 10, finish(add(0, out, IP4_BYTES)));
    return IP4_BYTES;
}

/* Over addresses, protocol, length, the header (its own field zero) and the payload. */
static unsigned checksum(const sip__packet_way *way, unsigned protocol, const uint8_t *head,
                         size_t head_len, sip_str payload)
{
    size_t address_len = is_ip6(way) ? 16 : 4;
    uint32_t sum = protocol + (uint32_t)(head_len + payload.len);

    sum = add(sum, way->from.ip, address_len);
    sum = add(sum, way->to.ip, address_len);
    sum = add(sum, head, head_len);
    return finish(add(sum, payload.ptr, payload.len));
}

size_t sip__packet_udp(const sip__packet_way *way, sip_str payload,
                       uint8_t out[SIP__PACKET_HEAD_BYTES])
{
    size_t at = write_ip(way, PROTOCOL_UDP, UDP_BYTES + payload.len, out);
    uint8_t *udp = out + at;
    unsigned sum;

    memset(udp, 0, UDP_BYTES);
    sip__put16(udp, way->from.port);
    sip__put16(udp + 2, way->to.port);
    sip__put16(udp + 4, (unsigned)(UDP_BYTES + payload.len));
    sum = checksum(way, PROTOCOL_UDP, udp, UDP_BYTES, payload);
    sip__put16(udp + 6, sum != 0 ? sum : 0xffff); /* 0 would say that there is none */
    return at + UDP_BYTES;
}

size_t sip__packet_tcp(const sip__packet_way *way, uint32_t seq, uint32_t ack, sip_str payload,
                       uint8_t out[SIP__PACKET_HEAD_BYTES])
{
    size_t at = write_ip(way, PROTOCOL_TCP, TCP_BYTES + payload.len, out);
    uint8_t *tcp = out + at;

    memset(tcp, 0, TCP_BYTES);
    sip__put16(tcp, way->from.port);
    sip__put16(tcp + 2, way->to.port);
    sip__put32(tcp + 4, seq);
    sip__put32(tcp + 8, ack);
    tcp[12] = (TCP_BYTES / 4) << 4;
    tcp[13] = TCP_PSH_ACK;
    sip__put16(tcp + 14, 0xffff);
    sip__put16(tcp + 16, checksum(way, PROTOCOL_TCP, tcp, TCP_BYTES, payload));
    return at + TCP_BYTES;
}
