/* Which worker a message belongs to (architecture rule 2): a pure function of the message, so that
 * every worker comes to the same answer and a dialog's messages meet in one place, in order. */
#ifndef SIP_STACK_STEER_H
#define SIP_STACK_STEER_H

#include <sip/containers.h>
#include <sip/msg.h>

typedef struct sip__steer {
    unsigned workers; /* at least 1 */
    uint32_t cookie;  /* of this start, as in our tags */
    uint64_t key[2];  /* of this start, the same on all workers */
} sip__steer;

/* The index of the owner, below steer->workers. */
unsigned sip__steer_owner(const sip__steer *steer, const sip_msg *msg);

/* By which worker what comes from `remote` is received, where no system decides that. */
uint64_t sip__steer_source(const sip__steer *steer, const sip_addr *remote);

#endif
