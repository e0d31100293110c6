/* Timers of lengths that all transactions share: 64*T1, T4, Timers B, D and F. Those of one length
 * end in the order in which they were begun, so each length is a queue of which the first alone has
 * a timer of the wheel: millions that are over but for repetitions are touched twice, not once a
 * level of the wheel too, and in thousands at a time. */
#ifndef SIP_TRANSACTION_LINGER_H
#define SIP_TRANSACTION_LINGER_H

#include <sip/stack.h>

#define SIP__LINGER_QUEUES 5

typedef struct sip__linger_queue {
    sip_worker *worker;
    uint32_t ms;
    sip_timer *head, **tail; /* in order */
    sip_timer first;         /* fires when the head is due */
} sip__linger_queue;

typedef struct sip__linger {
    sip__linger_queue queues[SIP__LINGER_QUEUES];
    unsigned n;
} sip__linger;

/* It must stay where it is. */
void sip__linger_init(sip__linger *linger, sip_worker *worker, const sip_timers *timers);
/* Arm a timer that is not armed.
 * @return the number that sip__linger_clear() wants; 0: there is no queue of that length, it is not
 * armed */
uint8_t sip__linger_set(sip__linger *linger, sip_timer *timer, uint32_t ms);
/* Harmless when it has fired. */
void sip__linger_clear(sip__linger *linger, uint8_t number, sip_timer *timer);

#endif
