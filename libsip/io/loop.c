#define _GNU_SOURCE
#include <sip/loop.h>
#include "io/loop_fd.h"
#include "io/loop_task.h"
#include "io/wakeup.h"
#include <uv.h>

struct sip_watch {
    uv_poll_t poll;
    sip_list node;
    sip_loop *loop;
    unsigned events;
    void (*fn)(unsigned ready, void *arg);
    void *arg;
};

struct sip__loop_timer {
    uv_timer_t uv;
    sip_list node;
    sip_loop *loop;
    void (*fn)(void *arg);
    void *arg;
};

typedef struct loop_signal {
    uv_signal_t uv;
    sip_list node;
    sip_loop *loop;
    void (*fn)(int signum, void *arg);
    void *arg;
} loop_signal;

struct sip_loop {
    uv_loop_t uv;
    const sip_allocator *allocator;
    sip__wakeup wakeup;
    sip__loop_fd fd;
    sip_list watches, timers, signals;
    sip_list tasks;
    uv_timer_t alarm;
    sip_time_ms alarm_due_ms; /* UINT64_MAX: not armed */
    bool alarm_rang;
    bool changed;         /* since libuv last told the kernel what we watch */
    bool in_turn, wanted; /* a turn is wanted though no event asks for one */
    void (*alarm_fn)(void *arg);
    void *alarm_arg;
    void (*turn_end_fn)(void *arg);
    void *turn_end_arg;
    atomic_bool stopping;
};

static void on_alarm(uv_timer_t *timer)
{
    sip_loop *loop = timer->data;

    /* Only noted: the alarm is called after the descriptors, whatever order this libuv has. */
    loop->alarm_rang = true;
    uv_stop(&loop->uv);
}

int sip_loop_create(const sip_allocator *allocator, sip_loop **ret_loop)
{
    sip_loop *loop = sip_alloc0(allocator, sizeof(*loop));

    if (loop == NULL) {
        return SIP_ENOMEM;
    }
    loop->allocator = allocator;
    loop->alarm_due_ms = UINT64_MAX;
    sip__loop_fd_init(&loop->fd);
    sip_list_init(&loop->watches);
    sip_list_init(&loop->timers);
    sip_list_init(&loop->signals);
    sip_list_init(&loop->tasks);
    atomic_init(&loop->stopping, false);
    if (uv_loop_init(&loop->uv) != 0) {
        sip_free(allocator, loop);
        return SIP_EIO;
    }
    if (sip__wakeup_init(&loop->wakeup, &loop->uv, allocator) != 0) {
        (void)uv_loop_close(&loop->uv);
        sip_free(allocator, loop);
        return SIP_EIO;
    }
    (void)uv_timer_init(&loop->uv, &loop->alarm);
    loop->alarm.data = loop;
    *ret_loop = loop;
    return 0;
}

static void free_watch(uv_handle_t *handle)
{
    sip_watch *watch = handle->data;

    sip_free(watch->loop->allocator, watch);
}

static void free_timer(uv_handle_t *handle)
{
    sip__loop_timer *timer = handle->data;

    sip_free(timer->loop->allocator, timer);
}

static void free_signal(uv_handle_t *handle)
{
    loop_signal *entry = handle->data;

    sip_free(entry->loop->allocator, entry);
}

static void end_signal(loop_signal *entry)
{
    sip_list_remove(&entry->node);
    uv_close((uv_handle_t *)&entry->uv, free_signal);
}

void sip_loop_destroy(sip_loop *loop)
{
    if (loop == NULL) {
        return;
    }
    while (!sip_list_is_empty(&loop->watches)) {
        sip_watch_stop(SIP_CONTAINER_OF(loop->watches.next, sip_watch, node));
    }
    while (!sip_list_is_empty(&loop->timers)) {
        sip__loop_timer_destroy(SIP_CONTAINER_OF(loop->timers.next, sip__loop_timer, node));
    }
    while (!sip_list_is_empty(&loop->signals)) {
        end_signal(SIP_CONTAINER_OF(loop->signals.next, loop_signal, node));
    }
    sip__wakeup_finish(&loop->wakeup);
    uv_close((uv_handle_t *)&loop->alarm, NULL);
    while (uv_run(&loop->uv, UV_RUN_NOWAIT) != 0) {
        continue;
    }
    sip__loop_fd_close(&loop->fd);
    (void)uv_loop_close(&loop->uv);
    sip_free(loop->allocator, loop);
}

static void arm_fd(sip_loop *loop)
{
    bool now =
        loop->changed || loop->wanted || loop->alarm_rang || !sip_list_is_empty(&loop->tasks);

    sip__loop_fd_arm(&loop->fd, now ? 0 : uv_backend_timeout(&loop->uv));
}

/* libuv tells the kernel of a new watch only when it next waits; the outer descriptor must not
 * sleep until then. */
static void mark_changed(sip_loop *loop)
{
    if (!loop->changed) {
        loop->changed = true;
        arm_fd(loop);
    }
}

static void run_tasks(sip_list *tasks)
{
    while (!sip_list_is_empty(tasks)) {
        sip__loop_task *task = SIP_CONTAINER_OF(tasks->next, sip__loop_task, node);

        sip__loop_undefer(task);
        task->fn(task->arg);
    }
}

static void move_list(sip_list *from, sip_list *to)
{
    sip_list_init(to);
    while (!sip_list_is_empty(from)) {
        sip_list *node = from->next;

        sip_list_remove(node);
        sip_list_append(to, node);
    }
}

static void turn(sip_loop *loop, bool wait)
{
    sip_list tasks;

    /* Those put off so far; what they put off themselves is the next turn's. */
    move_list(&loop->tasks, &tasks);
    if (loop->wanted || loop->alarm_rang || !sip_list_is_empty(&tasks)) {
        wait = false;
    }
    loop->in_turn = true;
    loop->wanted = false;
    uv_update_time(&loop->uv);
    loop->changed = false;
    (void)uv_run(&loop->uv, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
    run_tasks(&tasks);
    if (loop->alarm_rang) {
        loop->alarm_rang = false;
        loop->alarm_due_ms = UINT64_MAX;
        loop->alarm_fn(loop->alarm_arg);
    }
    sip__wakeup_run(&loop->wakeup);
    if (loop->turn_end_fn != NULL) {
        loop->turn_end_fn(loop->turn_end_arg);
    }
    loop->in_turn = false;
    arm_fd(loop);
}

void sip__loop_want_turn(sip_loop *loop)
{
    if (!loop->in_turn && !loop->wanted) {
        loop->wanted = true;
        arm_fd(loop);
    }
}

void sip__loop_wake(sip_loop *loop)
{
    sip__wakeup_signal(&loop->wakeup);
}

int sip_loop_run(sip_loop *loop)
{
    /* What was begun before has its turn's end first: alarms are set and bytes leave there. */
    sip__loop_want_turn(loop);
    do {
        turn(loop, true);
    } while (!atomic_exchange(&loop->stopping, false));
    return 0;
}

int sip_loop_step(sip_loop *loop)
{
    turn(loop, false);
    return 0;
}

void sip_loop_stop(sip_loop *loop)
{
    atomic_store(&loop->stopping, true);
    sip__wakeup_signal(&loop->wakeup);
}

int sip_loop_fd(sip_loop *loop)
{
    if (loop->fd.outer < 0) {
        if (sip__loop_fd_open(&loop->fd, uv_backend_fd(&loop->uv)) != 0) {
            return -1;
        }
        loop->changed = true; /* watches made before are not known to the kernel either */
        arm_fd(loop);
    }
    return loop->fd.outer;
}

sip_time_ms sip_loop_now_ms(const sip_loop *loop)
{
    return uv_now(&loop->uv);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    sip_watch *watch = poll->data;
    unsigned ready = 0;

    if (status < 0) {
        /* libuv has stopped the handle (EPOLLERR: a UDP socket's error queue, say); the owner reads
         * the error and goes on. */
        ready = SIP_LOOP_READ;
        (void)sip_watch_set(watch, watch->events);
    } else {
        ready |= (events & UV_READABLE) != 0 ? SIP_LOOP_READ : 0;
        ready |= (events & UV_WRITABLE) != 0 ? SIP_LOOP_WRITE : 0;
    }
    watch->fn(ready, watch->arg);
}

int sip_loop_watch(sip_loop *loop, int fd, unsigned events, void (*fn)(unsigned ready, void *arg),
                   void *arg, sip_watch **ret_watch)
{
    sip_watch *watch = sip_alloc0(loop->allocator, sizeof(*watch));

    if (watch == NULL) {
        return SIP_ENOMEM;
    }
    watch->loop = loop;
    watch->fn = fn;
    watch->arg = arg;
    if (uv_poll_init(&loop->uv, &watch->poll, fd) != 0) {
        sip_free(loop->allocator, watch);
        return SIP_EIO;
    }
    watch->poll.data = watch;
    sip_list_init(&watch->node);
    sip_list_append(&loop->watches, &watch->node);
    if (sip_watch_set(watch, events) != 0) {
        sip_watch_stop(watch);
        return SIP_EIO;
    }
    *ret_watch = watch;
    return 0;
}

int sip_watch_set(sip_watch *watch, unsigned events)
{
    int mask = 0;
    int err;

    mask |= (events & SIP_LOOP_READ) != 0 ? UV_READABLE : 0;
    mask |= (events & SIP_LOOP_WRITE) != 0 ? UV_WRITABLE : 0;
    watch->events = events;
    err = mask == 0 ? uv_poll_stop(&watch->poll) : uv_poll_start(&watch->poll, mask, on_poll);
    mark_changed(watch->loop);
    return err == 0 ? 0 : SIP_EIO;
}

void sip_watch_stop(sip_watch *watch)
{
    if (watch == NULL) {
        return;
    }
    sip_list_remove(&watch->node);
    uv_close((uv_handle_t *)&watch->poll, free_watch);
    mark_changed(watch->loop);
}

void sip_loop_set_alarm(sip_loop *loop, sip_time_ms due_ms, void (*fn)(void *arg), void *arg)
{
    sip_time_ms now_ms = uv_now(&loop->uv);

    loop->alarm_fn = fn;
    loop->alarm_arg = arg;
    if (due_ms == loop->alarm_due_ms) {
        return;
    }
    loop->alarm_due_ms = due_ms;
    loop->alarm_rang = false;
    if (due_ms == UINT64_MAX) {
        (void)uv_timer_stop(&loop->alarm);
    } else {
        (void)uv_timer_start(&loop->alarm, on_alarm, due_ms > now_ms ? due_ms - now_ms : 0, 0);
    }
    arm_fd(loop);
}

void sip_loop_set_turn_end(sip_loop *loop, void (*fn)(void *arg), void *arg)
{
    loop->turn_end_fn = fn;
    loop->turn_end_arg = arg;
}

int sip_loop_post(sip_loop *loop, void (*fn)(void *arg), void *arg)
{
    return sip__wakeup_post(&loop->wakeup, fn, arg);
}

static void on_uv_signal(uv_signal_t *handle, int signum)
{
    loop_signal *entry = handle->data;

    entry->fn(signum, entry->arg);
}

static loop_signal *find_signal(sip_loop *loop, int signum)
{
    sip_list *node;

    for (node = loop->signals.next; node != &loop->signals; node = node->next) {
        loop_signal *entry = SIP_CONTAINER_OF(node, loop_signal, node);

        if (entry->uv.signum == signum) {
            return entry;
        }
    }
    return NULL;
}

int sip_loop_on_signal(sip_loop *loop, int signum, void (*fn)(int signum, void *arg), void *arg)
{
    loop_signal *entry = find_signal(loop, signum);

    if (fn == NULL) {
        if (entry != NULL) {
            end_signal(entry);
        }
        return 0;
    }
    if (entry == NULL) {
        entry = sip_alloc0(loop->allocator, sizeof(*entry));
        if (entry == NULL) {
            return SIP_ENOMEM;
        }
        entry->loop = loop;
        sip_list_init(&entry->node);
        if (uv_signal_init(&loop->uv, &entry->uv) != 0) {
            sip_free(loop->allocator, entry);
            return SIP_EIO;
        }
        entry->uv.data = entry;
        sip_list_append(&loop->signals, &entry->node);
        if (uv_signal_start(&entry->uv, on_uv_signal, signum) != 0) {
            end_signal(entry);
            return SIP_EIO;
        }
    }
    entry->fn = fn;
    entry->arg = arg;
    mark_changed(loop);
    return 0;
}

void sip__loop_defer(sip_loop *loop, sip__loop_task *task)
{
    if (!task->queued) {
        task->queued = true;
        sip_list_init(&task->node);
        sip_list_append(&loop->tasks, &task->node);
        arm_fd(loop);
    }
}

void sip__loop_undefer(sip__loop_task *task)
{
    if (task->queued) {
        task->queued = false;
        sip_list_remove(&task->node);
    }
}

static void on_timer(uv_timer_t *handle)
{
    sip__loop_timer *timer = handle->data;

    /* Else libuv could go on to wait before the turn's end has been. */
    uv_stop(&timer->loop->uv);
    timer->fn(timer->arg);
}

int sip__loop_timer_create(sip_loop *loop, void (*fn)(void *arg), void *arg,
                           sip__loop_timer **ret_timer)
{
    sip__loop_timer *timer = sip_alloc0(loop->allocator, sizeof(*timer));

    if (timer == NULL) {
        return SIP_ENOMEM;
    }
    timer->loop = loop;
    timer->fn = fn;
    timer->arg = arg;
    (void)uv_timer_init(&loop->uv, &timer->uv);
    timer->uv.data = timer;
    sip_list_init(&timer->node);
    sip_list_append(&loop->timers, &timer->node);
    *ret_timer = timer;
    return 0;
}

void sip__loop_timer_set(sip__loop_timer *timer, uint64_t ms)
{
    (void)uv_timer_start(&timer->uv, on_timer, ms, 0);
    arm_fd(timer->loop);
}

void sip__loop_timer_clear(sip__loop_timer *timer)
{
    (void)uv_timer_stop(&timer->uv);
}

void sip__loop_timer_destroy(sip__loop_timer *timer)
{
    if (timer == NULL) {
        return;
    }
    sip_list_remove(&timer->node);
    uv_close((uv_handle_t *)&timer->uv, free_timer);
}
