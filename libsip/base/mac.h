/* SipHash-2-4 over several parts: a message authentication code of 64 bits for what a peer shows us
 * at once and may try only over the network. */
#ifndef SIP_BASE_MAC_H
#define SIP_BASE_MAC_H

#include <sip/base.h>

typedef struct sip__mac {
    uint64_t v[4];
    uint64_t word;  /* bytes that do not fill one yet, the first lowest */
    uint64_t bytes; /* so far */
} sip__mac;

void sip__mac_init(sip__mac *mac, const uint64_t key[2]);
/* Bytes just as they are. */
void sip__mac_add(sip__mac *mac, sip_str bytes);
/* A number, or bytes with their length in front, so that no two lists of parts are the same. */
void sip__mac_add_number(sip__mac *mac, uint64_t number);
void sip__mac_add_part(sip__mac *mac, sip_str part);
uint64_t sip__mac_finish(sip__mac *mac);

#endif
