#include "io/inbox.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

typedef enum inbox_state {
    OPEN,
    WINDING_DOWN,
    CLOSED
} inbox_state;

struct sip__inbox {
    const sip_allocator *allocator;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t room, first, count, held;
    inbox_state state;
    sip_msg *places[];
};

static int init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t how;
    int err;

    if (pthread_condattr_init(&how) != 0) {
        return SIP_EIO;
    }
    /* A wait must not end early or late because somebody sets the wall clock. */
    err = pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    if (err == 0) {
        err = pthread_cond_init(condition, &how);
    }
    pthread_condattr_destroy(&how);
    return err == 0 ? 0 : SIP_EIO;
}

int sip__inbox_create(const sip_allocator *allocator, size_t room, sip__inbox **ret_inbox)
{
    sip__inbox *inbox;

    if (room == 0 || room > (SIZE_MAX - sizeof(*inbox)) / sizeof(sip_msg *)) {
        return SIP_EINVAL;
    }
    inbox = sip_alloc0(allocator, sizeof(*inbox) + room * sizeof(sip_msg *));
    if (inbox == NULL) {
        return SIP_ENOMEM;
    }
    inbox->allocator = allocator;
    inbox->room = room;
    if (pthread_mutex_init(&inbox->lock, NULL) != 0) {
        sip_free(allocator, inbox);
        return SIP_EIO;
    }
    if (init_condition(&inbox->changed) != 0) {
        pthread_mutex_destroy(&inbox->lock);
        sip_free(allocator, inbox);
        return SIP_EIO;
    }
    *ret_inbox = inbox;
    return 0;
}

void sip__inbox_destroy(sip__inbox *inbox)
{
    if (inbox == NULL) {
        return;
    }
    for (; inbox->count > 0; inbox->count--) {
        (void)sip_msg_unref(inbox->places[inbox->first]);
        inbox->first = (inbox->first + 1) % inbox->room;
    }
    pthread_cond_destroy(&inbox->changed);
    pthread_mutex_destroy(&inbox->lock);
    sip_free(inbox->allocator, inbox);
}

/* has_place, append, is_over and wait_for_one are called with the lock. */
static bool has_place(const sip__inbox *inbox, size_t spare)
{
    return inbox->state != CLOSED && inbox->room - inbox->count - inbox->held > spare;
}

static void append(sip__inbox *inbox, sip_msg *msg)
{
    inbox->places[(inbox->first + inbox->count) % inbox->room] = msg;
    inbox->count++;
    pthread_cond_signal(&inbox->changed);
}

static bool is_over(const sip__inbox *inbox)
{
    return inbox->state == CLOSED || (inbox->state == WINDING_DOWN && inbox->held == 0);
}

bool sip__inbox_reserve(sip__inbox *inbox, size_t spare)
{
    bool done;

    pthread_mutex_lock(&inbox->lock);
    done = has_place(inbox, spare);
    inbox->held += done ? 1 : 0;
    pthread_mutex_unlock(&inbox->lock);
    return done;
}

void sip__inbox_release(sip__inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->held--;
    pthread_cond_broadcast(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
}

bool sip__inbox_put(sip__inbox *inbox, sip_msg *msg, size_t spare)
{
    bool done;

    pthread_mutex_lock(&inbox->lock);
    done = has_place(inbox, spare);
    if (done) {
        append(inbox, msg);
    }
    pthread_mutex_unlock(&inbox->lock);
    return done;
}

void sip__inbox_put_held(sip__inbox *inbox, sip_msg *msg)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->held--;
    append(inbox, msg);
    pthread_mutex_unlock(&inbox->lock);
}

static void set_state(sip__inbox *inbox, inbox_state state)
{
    pthread_mutex_lock(&inbox->lock);
    if (inbox->state < state) {
        inbox->state = state;
    }
    pthread_cond_broadcast(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
}

void sip__inbox_wind_down(sip__inbox *inbox)
{
    set_state(inbox, WINDING_DOWN);
}

void sip__inbox_close(sip__inbox *inbox)
{
    set_state(inbox, CLOSED);
}

static struct timespec time_in(uint32_t ms)
{
    struct timespec at = {0, 0};

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)(ms / 1000);
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

/* With the lock: sleep until there is a message, there will be none, or the time is up. */
static void wait_for_one(sip__inbox *inbox, uint32_t timeout_ms)
{
    const struct timespec until = time_in(timeout_ms);
    int err = timeout_ms == 0 ? ETIMEDOUT : 0;

    while (inbox->count == 0 && !is_over(inbox) && err != ETIMEDOUT) {
        err = timeout_ms == UINT32_MAX
                  ? pthread_cond_wait(&inbox->changed, &inbox->lock)
                  : pthread_cond_timedwait(&inbox->changed, &inbox->lock, &until);
    }
}

int sip__inbox_take(sip__inbox *inbox, uint32_t timeout_ms, sip_msg **ret_msg)
{
    int err;

    pthread_mutex_lock(&inbox->lock);
    wait_for_one(inbox, timeout_ms);
    if (inbox->count > 0) {
        *ret_msg = inbox->places[inbox->first];
        inbox->first = (inbox->first + 1) % inbox->room;
        inbox->count--;
        err = 0;
    } else {
        err = is_over(inbox) ? SIP_EGONE : SIP_EAGAIN;
    }
    pthread_mutex_unlock(&inbox->lock);
    return err;
}
