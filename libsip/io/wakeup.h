/* Functions handed to a loop from any thread: the posts' queue and the handle that ends the loop's
 * wait. */
#ifndef SIP_IO_WAKEUP_H
#define SIP_IO_WAKEUP_H

#include "base/mpsc_queue.h"
#include <sip/base.h>
#include <stdatomic.h>
#include <uv.h>

typedef struct sip__wakeup {
    const sip_allocator *allocator;
    uv_async_t async;
    sip__mpsc_queue posts;
} sip__wakeup;

/* @return 0 or SIP_EIO */
int sip__wakeup_init(sip__wakeup *wakeup, uv_loop_t *uv, const sip_allocator *allocator);
/* End the loop's wait; any thread, any signal handler. */
void sip__wakeup_signal(sip__wakeup *wakeup);
/* Queue a function and wake the loop; any thread. @return 0 or SIP_ENOMEM */
int sip__wakeup_post(sip__wakeup *wakeup, void (*fn)(void *arg), void *arg);
/* Run what was posted before this call; what these functions post waits for the next one. */
void sip__wakeup_run(sip__wakeup *wakeup);
/* Forget all posts and close the handle; the loop must turn once more for that. */
void sip__wakeup_finish(sip__wakeup *wakeup);

#endif
