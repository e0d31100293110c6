/* Whether a worker has more to do than it can: by how long messages lay in the system's queues
 * before it came to them, of which a part of new work is refused until they wait no longer than
 * wanted. How much is refused follows an integral of the error and its change, in the manner of
 * PIE (RFC 8033), and is multiplied, not added: the share that is taken stays in proportion to the
 * load whatever that is. */
#ifndef SIP_STACK_OVERLOAD_H
#define SIP_STACK_OVERLOAD_H

#include <sip/stack.h>

typedef struct sip__overload {
    uint32_t target_ms, interval_ms;
    sip_time_ms began_ms; /* the present interval */
    uint32_t least_ms;    /* that any message of it has waited; UINT32_MAX: none came */
    uint32_t before_ms;   /* of the last interval */
    uint64_t idle_us;     /* of the present one, with nothing to do */
    double taken;         /* the share of new work that is taken, 0 to 1 */
    uint64_t noise;       /* a generator of our own: this decides a thousand times a millisecond */
    bool on;              /* something is refused */
} sip__overload;

/* Zeros in the configuration are the defaults. */
void sip__overload_init(sip__overload *overload, const sip_overload_config *config, uint64_t seed,
                        sip_time_ms now_ms);
/* A message has come that waited so long. */
void sip__overload_note(sip__overload *overload, sip_time_ms now_ms, uint32_t waited_ms);
/* For so long there was nothing to do: what has waited nevertheless did so for the processor, or
 * came at once, and is not more than the worker can do. */
void sip__overload_idle(sip__overload *overload, uint64_t us);
/* Is this piece of new work to be refused? As many are as sip__overload_loss() says. */
bool sip__overload_refuses(sip__overload *overload);
/* The same of who was told to send less (RFC 7339 5.3): he does, and is refused only while messages
 * wait much too long in spite of it. */
bool sip__overload_refuses_informed(sip__overload *overload);
/* How many per cent of new work are too much; 0: none. */
unsigned sip__overload_loss(const sip__overload *overload);
/* Time passes without messages. */
void sip__overload_tick(sip__overload *overload, sip_time_ms now_ms);

#endif
