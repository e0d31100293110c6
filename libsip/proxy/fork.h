/* The branches of a relay: targets that wait, go out group by group in the order of q, and come to
 * an end (RFC 3261 16.6, 16.7). */
#ifndef SIP_PROXY_FORK_H
#define SIP_PROXY_FORK_H

#include "proxy/best_response.h"
#include "proxy/relay_request.h"
#include <sip/relay.h>

typedef struct sip__fork sip__fork;

typedef struct sip__fork_events {
    void (*on_provisional)(sip__fork *fork, const sip_msg *response); /* 101 … 199 */
    int (*on_success)(sip__fork *fork,
                      const sip_msg *response); /* each 2xx; SIP_ENOMEM: not passed on */
    void (*on_settled)(sip__fork *fork);        /* every branch has its end and no target waits */
    void (*on_gone)(sip__fork *fork); /* the last client transaction has ended; may free `fork` */
} sip__fork_events;

struct sip__fork {
    const sip__fork_events *events;
    sip_tu *tu;
    const sip__relay_request *request;
    bool is_invite, recurse;
    uint32_t timer_c_ms, branch_timeout_s;
    /* private */
    sip_list branches; /* struct branch; each stays until the fork is finished */
    size_t n_branches, n_pending, n_live;
    uint16_t q_permille; /* of the group under way */
    bool closed;         /* nothing goes out any more */
    sip_timer group_timer;
    sip_turn_work work;
};

/* Members above the line are the caller's; prepares the rest. */
void sip__fork_init(sip__fork *fork);
/* All client transactions must have ended. */
void sip__fork_finish(sip__fork *fork);
/* Add a target, unless it is one already (16.5); it leaves at the end of the turn at the earliest.
 * Its breadth is the fork's to give.
 * @return 0, SIP_ENOMEM, SIP_ESTATE (closed) */
int sip__fork_add(sip__fork *fork, const sip__relay_to *to, uint16_t q_permille);
/* No target leaves any more; the branches under way are cancelled. */
void sip__fork_close(sip__fork *fork, const sip_extras *cancel);
bool sip__fork_has_waiting(const sip__fork *fork);
static inline bool sip__fork_is_pending(const sip__fork *fork)
{
    return fork->n_pending > 0;
}
static inline bool sip__fork_is_live(const sip__fork *fork)
{
    return fork->n_live > 0;
}
/* What the branches ended with, for sip__best_response(). Returns how many were written to `out`,
 * which has room for n_branches. */
size_t sip__fork_candidates(const sip__fork *fork, sip__candidate *out);

/* By these a branch is known among all client transactions (loop_check.c): its handler, and of its
 * user data the request that the relay received; NULL once that is answered. */
extern const sip_client_tx_handler sip__branch_handler;
const sip_msg *sip__branch_received(const void *data);

#endif
