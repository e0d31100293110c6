/* A hierarchical timing wheel of intrusive sip_timers, one a worker: arming and cancelling are
 * O(1). */
#ifndef SIP_BASE_TIMER_WHEEL_H
#define SIP_BASE_TIMER_WHEEL_H

#include <sip/containers.h>

#define SIP__WHEEL_LEVELS 6
#define SIP__WHEEL_SLOTS 64

typedef struct sip__wheel {
    sip_time_ms now_ms;
    size_t armed;
    uint64_t occupied[SIP__WHEEL_LEVELS]; /* a bit a slot */
    sip_timer *slots[SIP__WHEEL_LEVELS][SIP__WHEEL_SLOTS];
} sip__wheel;

void sip__wheel_init(sip__wheel *wheel, sip_time_ms now_ms);
/* (Re)arm to fire at or after due_ms; a past time fires at the next advance. */
void sip__wheel_arm(sip__wheel *wheel, sip_timer *timer, sip_time_ms due_ms);
void sip__wheel_cancel(sip__wheel *wheel, sip_timer *timer);
/* Fire all that is due up to now_ms in order of time (ties: order of arming). Timers may arm and
 * cancel any timer from inside. */
void sip__wheel_advance(sip__wheel *wheel, sip_time_ms now_ms);
/* The exact earliest due time; UINT64_MAX if none is armed. */
sip_time_ms sip__wheel_next_due_ms(const sip__wheel *wheel);

#endif
