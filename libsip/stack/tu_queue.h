/* A transaction user whose messages wait in a queue for threads of the application's: one side a
 * worker, each with what is under way there. */
#ifndef SIP_STACK_TU_QUEUE_H
#define SIP_STACK_TU_QUEUE_H

#include <sip/tu_queue.h>

/* The stack has stopped: threads that wait for the queue of `tu`, if it has one, wait no longer. */
void sip__tu_queue_close(sip_tu *tu);

#endif
