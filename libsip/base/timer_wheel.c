/* A time is eleven digits of six bits. A timer hangs in the level of the highest digit in which its
 * due time differs from the present, in the slot of that digit. So every slot in use lies ahead of
 * the present digit of its level, all timers of one due time share a slot, and each slot is in
 * order of arming. When the present enters a slot, its timers move to lower levels, or fire. */
#include "base/timer_wheel.h"

#define DIGIT_BITS 6

static void slot_init(sip__wheel_slot *slot)
{
    slot->head = NULL;
    slot->tail = &slot->head;
}

static void slot_append(sip__wheel_slot *slot, sip_timer *timer)
{
    timer->next = NULL;
    timer->prev_next = slot->tail;
    *slot->tail = timer;
    slot->tail = &timer->next;
}

static void slot_remove(sip__wheel_slot *slot, sip_timer *timer)
{
    *timer->prev_next = timer->next;
    if (timer->next) {
        timer->next->prev_next = timer->prev_next;
    } else {
        slot->tail = timer->prev_next;
    }
    timer->next = NULL;
    timer->prev_next = NULL;
}

static void slot_move(sip__wheel_slot *from, sip__wheel_slot *to)
{
    *to = *from;
    if (to->head) {
        to->head->prev_next = &to->head;
        slot_init(from);
    } else {
        slot_init(to);
    }
}

/* The level and slot of a due time that lies ahead. */
static unsigned level_of(const sip__wheel *wheel, sip_time_ms due_ms)
{
    return (63u - (unsigned)__builtin_clzll(due_ms ^ wheel->now_ms)) / DIGIT_BITS;
}

static unsigned digit_of(sip_time_ms time_ms, unsigned level)
{
    return (unsigned)(time_ms >> (level * DIGIT_BITS)) & (SIP__WHEEL_SLOTS - 1);
}

static void place(sip__wheel *wheel, sip_timer *timer)
{
    unsigned level = level_of(wheel, timer->due_ms);
    unsigned digit = digit_of(timer->due_ms, level);

    slot_append(&wheel->slots[level][digit], timer);
    wheel->occupied[level] |= UINT64_C(1) << digit;
}

void sip__wheel_init(sip__wheel *wheel, sip_time_ms now_ms)
{
    *wheel = (sip__wheel){.now_ms = now_ms};
    for (unsigned level = 0; level < SIP__WHEEL_LEVELS; level++) {
        for (unsigned digit = 0; digit < SIP__WHEEL_SLOTS; digit++) {
            slot_init(&wheel->slots[level][digit]);
        }
    }
    slot_init(&wheel->overdue);
    slot_init(&wheel->firing);
}

void sip__wheel_arm(sip__wheel *wheel, sip_timer *timer, sip_time_ms due_ms)
{
    sip__wheel_cancel(wheel, timer);
    wheel->armed++;
    if (due_ms > wheel->now_ms) {
        timer->due_ms = due_ms;
        place(wheel, timer);
    } else {
        timer->due_ms = wheel->now_ms;
        slot_append(&wheel->overdue, timer);
    }
}

void sip__wheel_cancel(sip__wheel *wheel, sip_timer *timer)
{
    if (!sip_timer_is_armed(timer)) {
        return;
    }
    wheel->armed--;
    if (timer->due_ms <= wheel->now_ms) {
        bool last_to_fire = wheel->firing.tail == &timer->next;

        slot_remove(last_to_fire ? &wheel->firing : &wheel->overdue, timer);
        return;
    }
    unsigned level = level_of(wheel, timer->due_ms);
    unsigned digit = digit_of(timer->due_ms, level);
    sip__wheel_slot *slot = &wheel->slots[level][digit];

    slot_remove(slot, timer);
    if (!slot->head) {
        wheel->occupied[level] &= ~(UINT64_C(1) << digit);
    }
}

/* Find the slot that the present enters first. */
static bool nearest(const sip__wheel *wheel, unsigned *ret_level, unsigned *ret_digit)
{
    for (unsigned level = 0; level < SIP__WHEEL_LEVELS; level++) {
        if (wheel->occupied[level] != 0) {
            *ret_level = level;
            *ret_digit = (unsigned)__builtin_ctzll(wheel->occupied[level]);
            return true;
        }
    }
    return false;
}

/* The first time in a slot: the digits of the present above it, its own, then zeros. */
static sip_time_ms slot_start_ms(const sip__wheel *wheel, unsigned level, unsigned digit)
{
    unsigned shift = level * DIGIT_BITS;
    sip_time_ms above = level + 1 < SIP__WHEEL_LEVELS
                            ? wheel->now_ms >> (shift + DIGIT_BITS) << (shift + DIGIT_BITS)
                            : 0;

    return above | (sip_time_ms)digit << shift;
}

static void fire(sip__wheel *wheel)
{
    while (wheel->firing.head) {
        sip_timer *timer = wheel->firing.head;

        slot_remove(&wheel->firing, timer);
        wheel->armed--;
        timer->fn(timer->arg);
    }
}

/* The present has come to the start of this slot: what is due now is to fire, the rest moves down.
 */
static void enter(sip__wheel *wheel, unsigned level, unsigned digit)
{
    sip__wheel_slot entered;

    slot_move(&wheel->slots[level][digit], &entered);
    wheel->occupied[level] &= ~(UINT64_C(1) << digit);
    while (entered.head) {
        sip_timer *timer = entered.head;

        slot_remove(&entered, timer);
        if (timer->due_ms == wheel->now_ms) {
            slot_append(&wheel->firing, timer);
        } else {
            place(wheel, timer);
        }
    }
}

void sip__wheel_advance(sip__wheel *wheel, sip_time_ms now_ms)
{
    unsigned level = 0, digit = 0;

    slot_move(&wheel->overdue, &wheel->firing);
    fire(wheel);
    while (nearest(wheel, &level, &digit)) {
        sip_time_ms start_ms = slot_start_ms(wheel, level, digit);

        if (start_ms > now_ms) {
            break;
        }
        wheel->now_ms = start_ms;
        enter(wheel, level, digit);
        fire(wheel);
    }
    if (now_ms > wheel->now_ms) {
        wheel->now_ms = now_ms;
    }
}

/* Those that need no further advance of time, oldest first. */
static const sip_timer *waiting(const sip__wheel *wheel)
{
    return wheel->firing.head ? wheel->firing.head : wheel->overdue.head;
}

sip_time_ms sip__wheel_next_due_ms(const sip__wheel *wheel)
{
    sip_time_ms due_ms = UINT64_MAX;
    unsigned level = 0, digit = 0;

    if (waiting(wheel)) {
        return waiting(wheel)->due_ms;
    }
    if (!nearest(wheel, &level, &digit)) {
        return UINT64_MAX;
    }
    for (const sip_timer *timer = wheel->slots[level][digit].head; timer; timer = timer->next) {
        due_ms = timer->due_ms < due_ms ? timer->due_ms : due_ms;
    }
    return due_ms;
}

sip_time_ms sip__wheel_wake_ms(const sip__wheel *wheel)
{
    unsigned level = 0, digit = 0;

    if (waiting(wheel)) {
        return waiting(wheel)->due_ms;
    }
    return nearest(wheel, &level, &digit) ? slot_start_ms(wheel, level, digit) : UINT64_MAX;
}

void sip_timer_init(sip_timer *timer, void (*fn)(void *arg), void *arg)
{
    *timer = (sip_timer){.fn = fn, .arg = arg};
}

bool sip_timer_is_armed(const sip_timer *timer)
{
    return timer->prev_next != NULL;
}
