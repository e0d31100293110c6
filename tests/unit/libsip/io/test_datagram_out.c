/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/datagram_out.h"

static int listen_at(sip_addr *addr)
{
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                               .sin_port = htons(addr->port)};
    socklen_t len = sizeof(name);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), ntohs(name.sin_port), addr), 0);
    return fd;
}

static void expect(int fd, const char *wanted)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    char bytes[10];

    assert_int_equal(poll(&ready, 1, 10000), 1);
    assert_int_equal(recv(fd, bytes, sizeof(bytes), 0), 1);
    assert_int_equal(bytes[0], *wanted);
}

/* The refusal of one does not keep the next from leaving. */
static void test_send(void **state)
{
    sip_addr addr = {0};
    int there = listen_at(&addr);
    int fd = sip__datagram_out_open(&addr);

    (void)state;
    assert_true(fd >= 0);
    sip__datagram_out_send(fd, SIP_STR("a"));
    expect(there, "a");
    close(there);
    sip__datagram_out_send(fd, SIP_STR("b"));
    there = listen_at(&addr);
    sip__datagram_out_send(fd, SIP_STR("c"));
    expect(there, "c");
    close(there);
    sip__datagram_out_close(fd);
    sip__datagram_out_close(-1);
}

static void test_no_way(void **state)
{
    sip_addr broadcast;

    (void)state;
    assert_int_equal(sip_addr_parse(SIP_STR("255.255.255.255"), 9, &broadcast), 0);
    assert_int_equal(sip__datagram_out_open(&broadcast), SIP_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_send),
        cmocka_unit_test(test_no_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
