#include "io/port_share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <unistd.h>

#include "io/socket_address.h"

static sip_addr loopback(uint16_t port)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), port, &addr), 0);
    return addr;
}

/* A bound (and, if a stream, listening) socket, or -1 with the error in *ret_code. */
static int bound(sip__port_use use, int type, sip_addr *addr, int *ret_code)
{
    struct sockaddr_storage name;
    socklen_t len;
    int fd = sip__socket_open(addr, type);

    assert_true(fd >= 0);
    *ret_code = sip__port_share(fd, use, type, NULL, addr);
    sip__sockaddr_of(addr, &name, &len);
    if (*ret_code == 0 && bind(fd, (struct sockaddr *)&name, len) != 0) {
        *ret_code = errno;
    }
    if (*ret_code == 0 && type == SOCK_STREAM && listen(fd, 5) != 0) {
        *ret_code = errno;
    }
    if (*ret_code != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void several_of_ours_and_nobody_else(int type)
{
    sip_addr addr = loopback(0);
    sip_addr local;
    int first, next, other, code;

    first = bound(SIP__PORT_FIRST, type, &addr, &code);
    assert_int_equal(code, 0);
    assert_int_not_equal(addr.port, 0); /* it was found, for the others to have as well */
    sip__socket_local(first, &local);
    assert_int_equal(local.port, addr.port);
    next = bound(SIP__PORT_NEXT, type, &addr, &code);
    assert_int_equal(code, 0);

    /* Another process: with one worker or with several. */
    other = bound(SIP__PORT_ALONE, type, &addr, &code);
    assert_int_equal(other, -1);
    assert_int_equal(code, EADDRINUSE);
    other = bound(SIP__PORT_FIRST, type, &addr, &code);
    assert_int_equal(other, -1);
    assert_int_equal(code, EADDRINUSE);
    close(first);
    close(next);
}

static void datagrams(void **state)
{
    (void)state;
    several_of_ours_and_nobody_else(SOCK_DGRAM);
}

static void streams(void **state)
{
    (void)state;
    several_of_ours_and_nobody_else(SOCK_STREAM);
}

/* One alone does not let others in, not even those that would share. */
static void alone(void **state)
{
    sip_addr addr = loopback(0);
    int fd, code;

    (void)state;
    fd = bound(SIP__PORT_ALONE, SOCK_DGRAM, &addr, &code);
    assert_int_equal(code, 0);
    assert_int_equal(addr.port, 0); /* as it was given */
    sip__socket_local(fd, &addr);
    assert_int_equal(bound(SIP__PORT_NEXT, SOCK_DGRAM, &addr, &code), -1);
    assert_int_equal(code, EADDRINUSE);
    close(fd);
}

static void an_address_that_is_not_ours(void **state)
{
    sip_addr addr;
    int code;

    (void)state;
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.77"), 0, &addr), 0);
    assert_int_equal(bound(SIP__PORT_FIRST, SOCK_DGRAM, &addr, &code), -1);
    assert_int_equal(code, EADDRNOTAVAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams),
        cmocka_unit_test(streams),
        cmocka_unit_test(alone),
        cmocka_unit_test(an_address_that_is_not_ours),
    };

    return cmocka_run_group_tests_name("port_share", tests, NULL, NULL);
}
