/* A stack on real UDP sockets: which address answers, what is too long, what the system tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sip/sip.h>

#include "support/stack_turn.h"

#define PATIENCE 10000 /* turns of a millisecond at the most */

typedef struct world {
    sip_stack *stack;
    uint16_t port;
    sip_addr local, remote; /* of the last request */
    sip_time_ms received_ms;
} world;

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    world *self = user_data;
    const sip_path *source = sip_msg_source(sip_server_tx_request(tx));

    (void)tu;
    self->local = source->local;
    self->remote = source->remote;
    self->received_ms = source->received_ms;
    assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
}

static const sip_tu_handler handler = {.on_request = on_request};

static void start(world *self, const char *where)
{
    const sip_stack_config config = {
        .embedded = true, .limits = {.message_bytes = 3000}, .sockets = {.dscp = 40}};
    sip_protocol protocol;
    sip_addr addr;

    memset(self, 0, sizeof(*self));
    assert_int_equal(sip_stack_create(&config, &self->stack), 0);
    assert_int_equal(sip_stack_listen(self->stack, where), 0);
    assert_true(sip_stack_listener(self->stack, 0, &protocol, &addr));
    self->port = addr.port;
    assert_int_equal(sip_tu_create(self->stack, NULL, &handler, self, NULL), 0);
}

/* A client that hears nobody but `host` at our port. */
static int client_of(const world *self, const char *host)
{
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(self->port)};
    struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons(self->port)};
    bool ip6 = inet_pton(AF_INET6, host, &to6.sin6_addr) == 1;
    int on = 1;
    int fd = socket(ip6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);

    assert_true(fd >= 0);
    if (ip6) {
        assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, &on, sizeof(on)), 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&to6, sizeof(to6)), 0);
    } else {
        assert_int_equal(inet_pton(AF_INET, host, &to4.sin_addr), 1);
        assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof(on)), 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&to4, sizeof(to4)), 0);
    }
    return fd;
}

static size_t write_options(char *out, size_t size, size_t padding)
{
    int n = snprintf(out, size,
                     "OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP c.invalid;rport;branch=z9hG4bK%zu"
                     "\r\nFrom: <sip:b@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: c\r\n"
                     "CSeq: 1 OPTIONS\r\nContent-Length: %zu\r\n\r\n",
                     padding, padding);

    memset(out + n, 'x', padding);
    return (size_t)n + padding;
}

/* The answer's text, and the octet that its packet was marked with. */
static void receive(world *self, int fd, char *answer, size_t size, unsigned *ret_mark)
{
    union {
        struct cmsghdr align;
        char bytes[256];
    } space;
    struct iovec vector = {answer, size - 1};
    struct msghdr header = {.msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = &space,
                            .msg_controllen = sizeof(space)};
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    const struct cmsghdr *item;
    ssize_t len;
    int i;

    for (i = 0; i < PATIENCE && poll(&ready, 1, 1) == 0; i++) {
        assert_int_equal(sip_stack_step(self->stack), 1);
    }
    assert_true(i < PATIENCE);
    len = recvmsg(fd, &header, 0);
    assert_true(len > 0);
    answer[len] = '\0';
    item = CMSG_FIRSTHDR(&header);
    assert_non_null(item);
    *ret_mark = CMSG_DATA(item)[0];
}

/* Ask `host` and be answered by it. */
static void ask(world *self, const char *host, size_t padding, const char *wanted)
{
    int fd = client_of(self, host);
    unsigned mark = 0;
    char text[6000];
    size_t len = write_options(text, sizeof(text), padding);

    assert_int_equal(send(fd, text, len, 0), len);
    receive(self, fd, text, sizeof(text), &mark);
    assert_memory_equal(text, wanted, strlen(wanted));
    assert_int_equal(mark >> 2, 40);
    close(fd);
}

static void test_the_address_that_was_asked_answers(void **state)
{
    char host[SIP_ADDR_TEXT_BYTES];
    world s;

    (void)state;
    start(&s, "udp:0.0.0.0:0");
    ask(&s, "127.0.0.2", 1, "SIP/2.0 200 ");
    assert_string_equal(sip_addr_host(&s.local, host), "127.0.0.2");
    ask(&s, "127.0.0.3", 2, "SIP/2.0 200 ");
    assert_string_equal(sip_addr_host(&s.local, host), "127.0.0.3");
    assert_true(s.received_ms > 0);
    sip_stack_destroy(s.stack);
}

/* "[::]" leaves IPv4 to another socket at the same port, and each hears its own. */
static void test_two_sockets_for_two_families(void **state)
{
    char where[64];
    world s;

    (void)state;
    start(&s, "udp:[::]:0");
    snprintf(where, sizeof(where), "udp:0.0.0.0:%u", s.port);
    assert_int_equal(sip_stack_listen(s.stack, where), 0);
    ask(&s, "127.0.0.1", 1, "SIP/2.0 200 ");
    assert_int_equal(s.remote.family, SIP_FAMILY_IP4);
    assert_int_equal(s.local.family, SIP_FAMILY_IP4);
    ask(&s, "::1", 2, "SIP/2.0 200 ");
    assert_int_equal(s.remote.family, SIP_FAMILY_IP6);
    assert_int_equal(s.local.family, SIP_FAMILY_IP6);
    sip_stack_destroy(s.stack);
}

static void test_too_long(void **state)
{
    sip_stack_stats stats;
    world s;

    (void)state;
    start(&s, "udp:127.0.0.1:0");
    ask(&s, "127.0.0.1", 2700, "SIP/2.0 200 ");
    sip_stack_get_stats(s.stack, &stats);
    assert_int_equal(stats.truncated_datagrams, 0);
    ask(&s, "127.0.0.1", 4000, "SIP/2.0 513 ");
    sip_stack_get_stats(s.stack, &stats);
    assert_int_equal(stats.truncated_datagrams, 1);
    assert_int_equal(stats.answered_malformed, 1);
    assert_int_equal(stats.received, 2);
    assert_int_equal(stats.lost_datagrams, 0);
    sip_stack_destroy(s.stack);
}

/* What cannot be answered is counted all the same. */
static void test_too_long_for_an_answer(void **state)
{
    static char text[4000];
    sip_stack_stats stats = {0};
    world s;
    int fd;

    (void)state;
    memset(text, 'x', sizeof(text));
    start(&s, "udp:127.0.0.1:0");
    fd = client_of(&s, "127.0.0.1");
    assert_int_equal(send(fd, text, sizeof(text), 0), sizeof(text));
    for (int i = 0; i < PATIENCE && stats.truncated_datagrams == 0; i++) {
        stack_turn(s.stack, NULL, -1);
        sip_stack_get_stats(s.stack, &stats);
    }
    assert_int_equal(stats.truncated_datagrams, 1);
    assert_int_equal(stats.dropped_malformed, 1);
    assert_int_equal(stats.answered_malformed, 0);
    close(fd);
    sip_stack_destroy(s.stack);
}

static void test_a_mark_has_six_bits(void **state)
{
    const sip_stack_config config = {.sockets = {.dscp = 64}};
    sip_stack *stack = NULL;

    (void)state;
    assert_int_equal(sip_stack_create(&config, &stack), SIP_EINVAL);
    assert_null(stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_address_that_was_asked_answers),
        cmocka_unit_test(test_two_sockets_for_two_families),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_too_long_for_an_answer),
        cmocka_unit_test(test_a_mark_has_six_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
