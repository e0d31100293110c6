/* A message whose reading has each of its allocations fail in turn. */
#ifndef MESSAGE_SWEEP_H
#define MESSAGE_SWEEP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sip/msg.h>

#include "support/fail_alloc.h"

/* Parse `text`, then `use` it, which gives 0 or an error; until nothing fails any more.
 * @return how often that was done */
static inline size_t message_sweep(sip_str text, int (*use)(const sip_msg *msg))
{
    fail_alloc fail;
    size_t n = 0;

    do {
        sip_msg *msg = NULL;
        int err;

        fail_alloc_init(&fail, ++n);
        err = sip_msg_parse(&fail.allocator, NULL, text, NULL, &msg, NULL);
        if (err == 0) {
            err = use(msg);
        }
        assert_true(err == 0 || (err == SIP_ENOMEM && fail.failed));
        sip_msg_unref(msg);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    return n;
}

#endif
