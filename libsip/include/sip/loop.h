/* The event loop: descriptor watches, timers, wake-up from other threads. The only face that libuv
 * has here; libmedia, programs and applications use this, never uv.h. A stack runs on one of these
 * a worker; see sip_worker_loop(). */
#ifndef SIP_LOOP_H
#define SIP_LOOP_H

#include <sip/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_loop sip_loop;
typedef struct sip_watch sip_watch;

#define SIP_LOOP_READ 1u
#define SIP_LOOP_WRITE 2u

/** @return 0, SIP_ENOMEM or SIP_EIO */
SIP_API int sip_loop_create(const sip_allocator *allocator, sip_loop **ret_loop);
/** Close everything and free; watches still there are freed. NULL is fine. Not from inside a
 * callback. */
SIP_API void sip_loop_destroy(sip_loop *loop);
/** Run until sip_loop_stop(). @return 0 or SIP_EIO */
SIP_API int sip_loop_run(sip_loop *loop);
/** Do what is ready without waiting. @return 0 or SIP_EIO */
SIP_API int sip_loop_step(sip_loop *loop);
/** End sip_loop_run() at the end of its turn. Any thread, any signal handler. */
SIP_API void sip_loop_stop(sip_loop *loop);
/** A descriptor that is readable whenever sip_loop_step() has something to do, timers and posts
 * included. */
SIP_API int sip_loop_fd(sip_loop *loop);
/** The monotonic time as of this turn's beginning. */
SIP_API sip_time_ms sip_loop_now_ms(const sip_loop *loop);

/** Watch a descriptor, level triggered; `events` is a mask. `fn` is called on the loop's thread
 * with what is ready (an error counts as readable). The descriptor stays yours; stop the watch
 * before closing it. @return 0, SIP_ENOMEM, SIP_EIO */
SIP_API int sip_loop_watch(sip_loop *loop, int fd, unsigned events,
                           void (*fn)(unsigned ready, void *arg), void *arg, sip_watch **ret_watch);
/** Change what is watched; 0 pauses. @return 0 or SIP_EIO */
SIP_API int sip_watch_set(sip_watch *watch, unsigned events);
/** End a watch, also from inside its own callback. NULL is fine. */
SIP_API void sip_watch_stop(sip_watch *watch);

/** Set the loop's one alarm: `fn` is called once at or after `due_ms` (of sip_loop_now_ms()'s
 * clock); UINT64_MAX: never. */
SIP_API void sip_loop_set_alarm(sip_loop *loop, sip_time_ms due_ms, void (*fn)(void *arg),
                                void *arg);
/** Have `fn` called at the end of every turn (after descriptors and alarm), before the loop waits
 * again. One a loop. */
SIP_API void sip_loop_set_turn_end(sip_loop *loop, void (*fn)(void *arg), void *arg);
/** Call `fn` on the loop's thread in a later turn, in order. Any thread. @return 0 or SIP_ENOMEM */
SIP_API int sip_loop_post(sip_loop *loop, void (*fn)(void *arg), void *arg);
/** Have `fn` called on the loop for a signal; NULL fn ends that. @return 0, SIP_ENOMEM, SIP_EIO */
SIP_API int sip_loop_on_signal(sip_loop *loop, int signum, void (*fn)(int signum, void *arg),
                               void *arg);

#ifdef __cplusplus
}
#endif

#endif
