/* Changes of addresses as a stack takes them, and the choice among several, in a network namespace
 * of the test's own; skipped where none can be had. */
#define _GNU_SOURCE
#include <sip/flow.h>
#include <sip/local.h>
#include <sip/tu.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define SKIPPED 77 /* for meson */

typedef struct watched {
    sip_stack *stack;
    sip_transport_observer observer;
    size_t changes, lost, back, ended;
    char last[200];
} watched;

static void run(const char *command)
{
    assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
    (void)state;
    /* Without addresses of their own making, which would come when they like. */
    run("ip link add one type veth peer name one.far && ip link add two type veth peer name two.far"
        " && for i in one one.far two two.far; do ip link set $i addrgenmode none; ip link set $i "
        "up; done");
    return 0;
}

static int clean_up(void **state)
{
    (void)state;
    run("ip link del one; ip link del two");
    return 0;
}

static void note(const sip_transport_event *event, void *user_data)
{
    watched *it = user_data;

    switch (event->kind) {
    case SIP_TRANSPORT_ADDRESSES_CHANGED:
        it->changes++;
        break;
    case SIP_TRANSPORT_LISTENER_LOST:
        it->lost++;
        break;
    case SIP_TRANSPORT_LISTENER_BACK:
        it->back++;
        break;
    case SIP_TRANSPORT_FLOW_ENDED:
        it->ended++;
        break;
    case SIP_TRANSPORT_FLOW_MOVED:
        break;
    }
    (void)snprintf(it->last, sizeof(it->last), "%s", event->text);
}

static void watched_init(watched *it, const sip_stack_config *config)
{
    memset(it, 0, sizeof(*it));
    assert_int_equal(sip_stack_create(config, &it->stack), 0);
    it->observer.fn = note;
    it->observer.user_data = it;
    sip_stack_observe(it->stack, &it->observer);
}

static uint64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Run for that long, or until *count has reached `wanted`. */
static bool turn_until(watched *it, const size_t *count, size_t wanted, uint64_t ms)
{
    uint64_t end_ms = now_ms() + ms;

    while (*count < wanted && now_ms() < end_ms) {
        struct pollfd ready = {.fd = sip_stack_fd(it->stack), .events = POLLIN};

        (void)poll(&ready, 1, 20);
        assert_int_equal(sip_stack_step(it->stack), 1);
    }
    return *count >= wanted;
}

/* The listeners, by protocol and host, in order. */
static void expect_listeners(const watched *it, const char *expected)
{
    char all[400] = "", host[SIP_ADDR_TEXT_BYTES];
    sip_protocol protocol;
    sip_addr addr;

    for (size_t i = 0; sip_stack_listener(it->stack, i, &protocol, &addr); i++) {
        size_t used = strlen(all);

        (void)snprintf(all + used, sizeof(all) - used, "%.*s %s;",
                       (int)sip_protocol_name(protocol).len, sip_protocol_name(protocol).ptr,
                       sip_addr_host(&addr, host));
    }
    assert_string_equal(all, expected);
}

static uint16_t port_of(const watched *it, size_t i)
{
    sip_addr addr;

    assert_true(sip_stack_listener(it->stack, i, NULL, &addr));
    return addr.port;
}

static void test_listeners_follow(void **state)
{
    watched it;
    uint16_t port;

    (void)state;
    run("ip addr add 192.0.2.7/24 dev one");
    watched_init(&it, &(sip_stack_config){.embedded = true});
    assert_int_equal(sip_stack_listen(it.stack, "udp:one:0"), 0);
    assert_int_equal(sip_stack_listen(it.stack, "tcp:one:0"), 0);
    assert_int_equal(sip_stack_listen(it.stack, "udp:192.0.2.7:0"), 0);
    assert_int_equal(sip_stack_listen(it.stack, "udp:*:0"), 0);
    expect_listeners(&it, "UDP 192.0.2.7;TCP 192.0.2.7;UDP 192.0.2.7;UDP 0.0.0.0;");
    port = port_of(&it, 0);
    run("ip addr del 192.0.2.7/24 dev one && ip addr add 198.51.100.7/24 dev one");
    assert_true(turn_until(&it, &it.changes, 1, 10000));
    assert_int_equal(it.lost, 3);
    assert_int_equal(it.back, 2);
    assert_string_equal(it.last, "addresses or routes of this machine have changed");
    (void)turn_until(&it, &it.changes, 99, 1300); /* those that are lost close meanwhile */
    expect_listeners(&it, "UDP 192.0.2.7;UDP 0.0.0.0;TCP 198.51.100.7;UDP 198.51.100.7;");
    assert_int_equal(port_of(&it, 3), port);
    run("ip addr add 192.0.2.7/24 dev one");
    assert_true(turn_until(&it, &it.changes, 2, 10000));
    assert_int_equal(it.back, 5); /* the fixed one, and both of the interface */
    run("ip addr flush dev one");
    assert_true(turn_until(&it, &it.changes, 3, 10000));
    assert_int_equal(it.lost, 8);
    (void)turn_until(&it, &it.changes, 99, 1300);
    expect_listeners(&it, "UDP 192.0.2.7;UDP 0.0.0.0;");
    sip_stack_destroy(it.stack);
}

static void test_not_watched(void **state)
{
    watched it;

    (void)state;
    watched_init(&it, &(sip_stack_config){.embedded = true, .watch_addresses = SIP_OFF});
    assert_int_equal(sip_stack_listen(it.stack, "udp:*:0"), 0);
    run("ip addr add 192.0.2.7/24 dev one");
    assert_false(turn_until(&it, &it.changes, 1, 700));
    sip_stack_destroy(it.stack);
    run("ip addr flush dev one");
}

static const sip_client_tx_handler nobody = {0};

static sip_msg *make_options(const char *uri)
{
    sip_build *build = sip_build_request(NULL, SIP_STR("OPTIONS"), sip_str_of(uri));
    sip_msg *request;

    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:a@a.example>;tag=1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:b@b.example>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("1"));
    sip_build_header(build, SIP_HEADER_CSEQ, SIP_STR("1 OPTIONS"));
    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, SIP_STR("70"));
    assert_int_equal(sip_build_finish(build, &request), 0);
    return request;
}

/* A connection from an address that goes ends at once, long before TCP would notice. */
static void test_connections_end(void **state)
{
    watched it;
    sip_tu *tu;
    sip_msg *request;
    sip_addr addr;
    char uri[80], text[SIP_ADDR_TEXT_BYTES];

    (void)state;
    run("ip addr add 192.0.2.7/24 dev one");
    watched_init(&it, &(sip_stack_config){.embedded = true});
    assert_int_equal(sip_tu_create(it.stack, NULL, &(sip_tu_handler){0}, NULL, &tu), 0);
    assert_int_equal(sip_stack_listen(it.stack, "tcp:192.0.2.7:0"), 0);
    assert_true(sip_stack_listener(it.stack, 0, NULL, &addr));
    (void)snprintf(uri, sizeof(uri), "sip:%s;transport=tcp", sip_addr_text(&addr, text));
    request = make_options(uri);
    assert_int_equal(sip_client_tx_create(tu, request, NULL, &nobody, NULL, NULL), 0);
    (void)sip_msg_unref(request);
    assert_false(turn_until(&it, &it.ended, 1, 200));
    run("ip addr del 192.0.2.7/24 dev one");
    assert_true(turn_until(&it, &it.ended, 2, 10000)); /* both ends of it are ours */
    sip_stack_destroy(it.stack);
}

typedef struct outcome {
    size_t failures;
    int status;
} outcome;

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    outcome *it = user_data;

    (void)tx;
    it->failures++;
    it->status = failure->status;
}

static const sip_client_tx_handler counting = {.on_failed = on_failed};

/* Whatever is wrong with the way: the call succeeds, and the failure comes when it is over. */
static void test_failures_come_later(void **state)
{
    static const char *const uris[] = {
        "sip:192.0.2.99",                   /* no route at all */
        "sip:127.0.0.1:9;transport=tcp",    /* refused at once */
        "sip:127.0.0.1;transport=tls",      /* no such transport here */
        "sip:[2001:db8::1]",                /* nor such a family */
        "sip:[fe80::1];transport=tcp",      /* nor such a link */
        "sip:h.example;transport=sctp",     /* unknown */
        "sip:nobody.invalid",               /* a name that is none */
        "sip:127.0.0.1:5060;maddr=0.0.0.1", /* no host's address */
    };
    watched it;
    sip_tu *tu;
    sip_local local;

    (void)state;
    watched_init(&it, &(sip_stack_config){.embedded = true, .name_servers = "127.0.0.1:9"});
    assert_int_equal(sip_tu_create(it.stack, NULL, &(sip_tu_handler){0}, NULL, &tu), 0);
    assert_int_equal(sip_stack_listen(it.stack, "udp:0.0.0.0:0"), 0);
    assert_int_equal(sip_stack_listen(it.stack, "tcp:0.0.0.0:0"), 0);
    /* There is no world outside: what can be reached is here. */
    assert_int_equal(sip_stack_local_for_uri(it.stack, NULL, &local), 0);
    assert_string_equal(local.host, "127.0.0.1");
    for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
        sip_msg *request = make_options(uris[i]);
        outcome came = {0, 0};

        assert_int_equal(sip_client_tx_create(tu, request, NULL, &counting, &came, NULL), 0);
        (void)sip_msg_unref(request);
        assert_int_equal(came.failures, 0);
        if (!turn_until(&it, &came.failures, 1, 30000)) {
            fail_msg("%s did not fail", uris[i]);
        }
        assert_int_equal(came.status, 503);
    }
    sip_stack_destroy(it.stack);
}

static void expect_source(const watched *it, const char *to, const char *expected)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP};
    sip_local local;
    char text[SIP_ADDR_TEXT_BYTES];

    assert_int_equal(sip_addr_parse(sip_str_of(to), 5060, &path.remote), 0);
    assert_int_equal(sip_stack_local_for(it->stack, &path, &local), 0);
    assert_string_equal(sip_addr_host(&local.addr, text), expected);
    assert_string_equal(local.host, expected);
}

/* From an address that is wanted: by the socket that has it. */
static void expect_port(const watched *it, const char *to, const char *from, uint16_t port)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP};
    sip_local local;

    assert_int_equal(sip_addr_parse(sip_str_of(to), 5060, &path.remote), 0);
    assert_int_equal(sip_addr_parse(sip_str_of(from), 0, &path.local), 0);
    assert_int_equal(sip_stack_local_for(it->stack, &path, &local), 0);
    assert_true(sip_addr_same_host(&local.addr, &path.local));
    assert_int_equal(local.addr.port, port);
}

static void test_two_homes(void **state)
{
    watched it;

    (void)state;
    run("ip addr add 192.0.2.7/24 dev one && ip addr add 198.51.100.7/24 dev two && "
        "ip addr add 198.51.100.8/24 dev two && ip addr add 2001:db8:1::7/64 dev one nodad && ip "
        "addr add 2001:db8:2::7/64 dev two nodad "
        "&& ip addr add fe80::7/64 dev two nodad");
    watched_init(&it, &(sip_stack_config){.embedded = true});
    assert_int_equal(sip_stack_listen(it.stack, "udp:*:0"), 0);
    assert_int_equal(sip_stack_listen(it.stack, "udp:[::]:0"), 0);
    expect_source(&it, "192.0.2.10", "192.0.2.7");
    expect_source(&it, "198.51.100.10", "198.51.100.7");
    expect_source(&it, "2001:db8:1::10", "[2001:db8:1::7]");
    expect_source(&it, "2001:db8:2::10", "[2001:db8:2::7]");
    sip_stack_destroy(it.stack);

    /* A socket each: the one that the route leads to. */
    watched_init(&it, &(sip_stack_config){.embedded = true});
    assert_int_equal(sip_stack_listen(it.stack, "udp:192.0.2.7:0"), 0);
    assert_int_equal(sip_stack_listen(it.stack, "udp:198.51.100.7:0"), 0);
    assert_int_equal(sip_stack_listen(it.stack, "udp:[fe80::7%two]:0"), 0);
    expect_source(&it, "198.51.100.10", "198.51.100.7");
    expect_source(&it, "192.0.2.10", "192.0.2.7");
    expect_source(&it, "fe80::10", "[fe80::7]");
    sip_stack_destroy(it.stack);

    /* By interface. */
    watched_init(&it, &(sip_stack_config){.embedded = true});
    assert_int_equal(sip_stack_listen(it.stack, "udp:*%one:0"), 0);
    assert_int_equal(sip_stack_listen(it.stack, "udp:*%two:0"), 0);
    expect_source(&it, "198.51.100.10", "198.51.100.7");
    expect_source(&it, "192.0.2.10", "192.0.2.7");
    expect_port(&it, "198.51.100.10", "198.51.100.7", port_of(&it, 1));
    expect_port(&it, "198.51.100.10", "198.51.100.8", port_of(&it, 1));
    expect_port(&it, "192.0.2.10", "192.0.2.7", port_of(&it, 0));
    sip_stack_destroy(it.stack);
    run("ip addr flush dev one; ip addr flush dev two");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listeners_follow), cmocka_unit_test(test_not_watched),
        cmocka_unit_test(test_connections_end),  cmocka_unit_test(test_failures_come_later),
        cmocka_unit_test(test_two_homes),
    };

    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        (void)printf("no network namespace can be had here\n");
        return SKIPPED;
    }
    run("ip link set lo up");
    return cmocka_run_group_tests(tests, set_up, clean_up);
}
