/* What chance makes of a datagram of the simulated network. */
#ifndef SIP_TRANSPORT_FATE_H
#define SIP_TRANSPORT_FATE_H

#include <sip/base.h>

#define SIP__FATE_COPIES 2

typedef struct sip__fate_odds {
    uint32_t delay_ms,
        jitter_ms; /* jitter, loss and duplicates are for datagrams; streams are only late */
    unsigned loss_percent, dup_percent; /* 0..100 */
    unsigned reorder_percent;           /* are held back … */
    uint32_t reorder_ms;                /* … for so long, so that later ones overtake them */
} sip__fate_odds;

/* How often each fault struck: chance, then what the network itself adds. */
typedef struct sip__fate_counts {
    uint64_t lost, doubled, held_back;
    uint64_t chosen, overtaken, barred, refused, broken;
} sip__fate_counts;

/* How many copies arrive, and after how long each. */
unsigned sip__fate_draw(const sip__fate_odds *odds, const sip_random *random,
                        sip__fate_counts *counts, uint32_t ret_delays_ms[SIP__FATE_COPIES]);

#endif
