/* IP packets made up for messages: headers with checksums, no payload. */
#ifndef SIP_TRACE_PACKET_H
#define SIP_TRACE_PACKET_H

#include <sip/net.h>

#define SIP__PACKET_HEAD_BYTES 60       /* IPv6 and TCP, the larger of each */
#define SIP__PACKET_PAYLOAD_BYTES 65000 /* at most, under any of the headers */

/* From where to where; a family none becomes the other's with zeros. */
typedef struct sip__packet_way {
    sip_addr from, to;
} sip__packet_way;

/* Write the headers of a UDP datagram with that payload. @return their length */
size_t sip__packet_udp(const sip__packet_way *way, sip_str payload,
                       uint8_t out[SIP__PACKET_HEAD_BYTES]);
/* Write the headers of a TCP segment (PSH, ACK) with that payload. @return their length */
size_t sip__packet_tcp(const sip__packet_way *way, uint32_t seq, uint32_t ack, sip_str payload,
                       uint8_t out[SIP__PACKET_HEAD_BYTES]);

/* How numbers are written. */
static inline void sip__put16(uint8_t *out, unsigned value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

static inline void sip__put32(uint8_t *out, uint32_t value)
{
    sip__put16(out, value >> 16);
    sip__put16(out + 2, value & 0xffff);
}

#endif
