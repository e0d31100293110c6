/* Addresses to the system and back. */
#include "io/socket_address.h"
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static sip_addr addr_of(const char *host, uint16_t port)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(host), port, &addr), 0);
    return addr;
}

static void test_there_and_back(void **state)
{
    struct sockaddr_storage name;
    socklen_t len;
    sip_addr addr = addr_of("192.0.2.1", 5060), back;

    (void)state;
    sip__sockaddr_of(&addr, &name, &len);
    assert_int_equal(len, sizeof(struct sockaddr_in));
    sip__sockaddr_read(&name, &back);
    assert_true(sip_addr_equal(&addr, &back));
    addr = addr_of("fe80::1", 5061);
    addr.scope = 3;
    sip__sockaddr_of(&addr, &name, &len);
    assert_int_equal(len, sizeof(struct sockaddr_in6));
    sip__sockaddr_read(&name, &back);
    assert_true(sip_addr_equal(&addr, &back));
    assert_int_equal(back.scope, 3);
}

static void test_mapped_is_v4(void **state)
{
    static const unsigned char mapped[16] = {0, 0, 0,    0,    0,   0, 0, 0,
                                             0, 0, 0xff, 0xff, 192, 0, 2, 1};
    struct sockaddr_storage name;
    struct sockaddr_in6 in6;
    sip_addr back, expected = addr_of("192.0.2.1", 9);

    (void)state;
    memset(&name, 0, sizeof(name));
    memset(&in6, 0, sizeof(in6));
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(9);
    memcpy(&in6.sin6_addr, mapped, sizeof(mapped));
    memcpy(&name, &in6, sizeof(in6));
    sip__sockaddr_read(&name, &back);
    assert_true(sip_addr_equal(&back, &expected));
    name.ss_family = AF_UNIX;
    sip__sockaddr_read(&name, &back);
    assert_int_equal(back.family, SIP_FAMILY_NONE);
}

static void test_sockets(void **state)
{
    sip_addr addr = addr_of("::1", 0), local;
    char text[64];
    int on = 0;
    socklen_t len = sizeof(on);
    int fd = sip__socket_open(&addr, SOCK_DGRAM);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, &len), 0);
    assert_int_equal(on, 1);
    close(fd);
    assert_true(sip__socket_open(&addr, 12345) < 0);
    sip__socket_local(-1, &local);
    assert_int_equal(local.family, SIP_FAMILY_NONE);
    assert_string_equal(sip__system_error_text(ECONNREFUSED, text, sizeof(text)),
                        "connection refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_mapped_is_v4),
        cmocka_unit_test(test_sockets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
