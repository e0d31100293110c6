/* An allocator whose n-th call fails, once, and that counts the blocks still alive. The sweep is
 *
 *     size_t n = 0;
 *     do {
 *         fail_alloc_init(&fail, ++n);
 *         ... run with &fail.allocator, release everything ...
 *         assert_int_equal(fail.live, 0);
 *     } while (fail.failed);
 */
#ifndef FAIL_ALLOC_H
#define FAIL_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

#include <sip/base.h>

typedef struct fail_alloc {
    sip_allocator allocator;
    size_t calls;   /* calls of alloc and realloc so far */
    size_t fail_at; /* the call that fails, counted from 1; 0: none */
    size_t live;    /* blocks not yet freed */
    bool failed;    /* the call fail_at has come */
} fail_alloc;

/* The object must stay where it is: its allocator points to it. */
void fail_alloc_init(fail_alloc *fail, size_t fail_at);

#endif
