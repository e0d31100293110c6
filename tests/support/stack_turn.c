#include "support/stack_turn.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

void stack_turn(sip_stack *a, sip_stack *b, int fd)
{
    struct pollfd fds[3];
    nfds_t n = 0;

    fds[n++] = (struct pollfd){.fd = sip_stack_fd(a), .events = POLLIN};
    if (b != NULL) {
        fds[n++] = (struct pollfd){.fd = sip_stack_fd(b), .events = POLLIN};
    }
    if (fd >= 0) {
        fds[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
    }
    (void)poll(fds, n, 1);
    assert_int_equal(sip_stack_step(a), 1);
    if (b != NULL) {
        assert_int_equal(sip_stack_step(b), 1);
    }
}
