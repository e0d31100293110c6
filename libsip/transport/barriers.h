/* What stands between hosts of the simulated network: one that is cut off, two that cannot reach
 * each other, one where nothing runs any more. */
#ifndef SIP_TRANSPORT_BARRIERS_H
#define SIP_TRANSPORT_BARRIERS_H

#include <sip/containers.h>
#include <sip/net.h>

typedef enum sip__barrier_kind {
    SIP__BARRIER_CUT,   /* what it sends and what is sent to it is lost */
    SIP__BARRIER_APART, /* the same between two hosts alone */
    SIP__BARRIER_DEAD   /* it answers, but that nobody is there */
} sip__barrier_kind;

typedef struct sip__barriers {
    const sip_allocator *allocator;
    sip_list list;
} sip__barriers;

void sip__barriers_init(sip__barriers *barriers, const sip_allocator *allocator);
void sip__barriers_finish(sip__barriers *barriers);
/* Put one up or take it away; ports do not count. `b` is the other host of SIP__BARRIER_APART, else
 * NULL. Harmless when it is so already. @return 0 or SIP_ENOMEM */
int sip__barriers_set(sip__barriers *barriers, sip__barrier_kind kind, const sip_addr *a,
                      const sip_addr *b, bool is_up);
/* True if that stands; the order of two hosts does not count. */
bool sip__barriers_has(const sip__barriers *barriers, sip__barrier_kind kind, const sip_addr *a,
                       const sip_addr *b);
/* True if nothing gets from the one to the other: cut off or apart. */
bool sip__barriers_between(const sip__barriers *barriers, const sip_addr *a, const sip_addr *b);

#endif
