#define _GNU_SOURCE
#include "io/thread.h"
#include <pthread.h>
#include <signal.h>
#include <uv.h>

struct sip__thread {
    const sip_allocator *allocator;
    uv_thread_t uv;
    void (*fn)(void *arg);
    void *arg;
};

static void begin(void *arg)
{
    sip__thread *thread = arg;

    thread->fn(thread->arg);
}

/* Signals stay with the threads that the application made: its handlers run where they did. */
static int create_without_signals(sip__thread *thread)
{
    sigset_t all, old;
    int err;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    err = uv_thread_create(&thread->uv, begin, thread);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    return err == 0 ? 0 : SIP_EIO;
}

int sip__thread_start(const sip_allocator *allocator, void (*fn)(void *arg), void *arg,
                      sip__thread **ret_thread)
{
    sip__thread *thread = sip_alloc0(allocator, sizeof(*thread));
    int err;

    if (thread == NULL) {
        return SIP_ENOMEM;
    }
    thread->allocator = allocator;
    thread->fn = fn;
    thread->arg = arg;
    err = create_without_signals(thread);
    if (err != 0) {
        sip_free(allocator, thread);
        return err;
    }
    *ret_thread = thread;
    return 0;
}

void sip__thread_join(sip__thread *thread)
{
    if (thread != NULL) {
        (void)uv_thread_join(&thread->uv);
        sip_free(thread->allocator, thread);
    }
}

const void *sip__thread_self(void)
{
    static _Thread_local char own;

    return &own;
}

unsigned sip__thread_cpus(void)
{
    unsigned n = uv_available_parallelism();

    return n > 0 ? n : 1;
}
