/* Running a loop over real sockets until something has happened, with a limit of ten seconds.
 */
#ifndef REAL_LOOP_H
#define REAL_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include <sip/loop.h>

typedef struct real_loop {
    sip_loop *loop;
    void (*turn_end)(void *arg); /* called at the end of each turn; may be NULL */
    void *arg;
    const size_t *count; /* what is waited for */
    size_t wanted;
    bool late;
} real_loop;

/* Run until *count is at least `wanted`. Returns false when that took too long. */
bool real_loop_until(real_loop *real, const size_t *count, size_t wanted);

#endif
