/* Threads, for the workers of a stack. */
#ifndef SIP_IO_THREAD_H
#define SIP_IO_THREAD_H

#include <sip/base.h>

typedef struct sip__thread sip__thread;

/* Run `fn(arg)` on a thread of its own, which takes no signals. @return 0, SIP_ENOMEM, SIP_EIO */
int sip__thread_start(const sip_allocator *allocator, void (*fn)(void *arg), void *arg,
                      sip__thread **ret_thread);
/* Wait for its end and free it. NULL is fine. */
void sip__thread_join(sip__thread *thread);
/* Differs between any two threads that live at the same time; never NULL. */
const void *sip__thread_self(void);
/* How many this process may run at once; at least 1. */
unsigned sip__thread_cpus(void);

#endif
