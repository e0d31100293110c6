/* A hierarchical timing wheel of intrusive sip_timers, one a worker: arming and cancelling are
 * O(1). */
#ifndef SIP_BASE_TIMER_WHEEL_H
#define SIP_BASE_TIMER_WHEEL_H

#include <sip/containers.h>

/* Eleven levels of six bits hold any 64-bit time, so that no timer is too far away. */
#define SIP__WHEEL_LEVELS 11
#define SIP__WHEEL_SLOTS 64

/* Timers in order of arming. */
typedef struct sip__wheel_slot {
    sip_timer *head, **tail;
} sip__wheel_slot;

/* It must stay where it was initialised. */
typedef struct sip__wheel {
    sip_time_ms now_ms;
    size_t armed;
    uint64_t occupied[SIP__WHEEL_LEVELS]; /* a bit a slot */
    sip__wheel_slot slots[SIP__WHEEL_LEVELS][SIP__WHEEL_SLOTS];
    sip__wheel_slot overdue; /* armed for now or earlier: for the next advance */
    sip__wheel_slot firing;  /* the rest of those whose time is now */
} sip__wheel;

void sip__wheel_init(sip__wheel *wheel, sip_time_ms now_ms);
/* (Re)arm to fire at or after due_ms; a past time counts as now and fires at the next advance. */
void sip__wheel_arm(sip__wheel *wheel, sip_timer *timer, sip_time_ms due_ms);
/* Harmless when it is not armed. */
void sip__wheel_cancel(sip__wheel *wheel, sip_timer *timer);
/* Fire all that is due up to now_ms in order of time (ties: order of arming). Timers may arm and
 * cancel any timer from inside; what they arm for a time up to now_ms fires in the same call,
 * except for times already past. */
void sip__wheel_advance(sip__wheel *wheel, sip_time_ms now_ms);
/* The exact earliest due time; UINT64_MAX if none is armed. Linear in the timers of the nearest
 * slot. */
sip_time_ms sip__wheel_next_due_ms(const sip__wheel *wheel);
/* A time not after the earliest due time, in O(1), for loops: sleep until then and advance; the
 * wake-ups for nothing are at most one a level. UINT64_MAX if none is armed. */
sip_time_ms sip__wheel_wake_ms(const sip__wheel *wheel);

#endif
