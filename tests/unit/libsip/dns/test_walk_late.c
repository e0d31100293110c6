/* Look-ups whose questions about IPv4 and IPv6 are answered at different times (RFC 8305 3). */
#include "dns/walk.h"
#include "locate_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static locate_world world;

static int set_up(void **state)
{
    (void)state;
    return locate_world_init(&world, sip_allocator_default());
}

static int tear_down(void **state)
{
    (void)state;
    locate_world_finish(&world);
    return 0;
}

/* Name servers that say what they are told to, when they are told to. */
typedef struct slow_server {
    sip_resolver base;
    sip_dns_query *asked[8];
    char names[8][40];
    sip_dns_type types[8];
    size_t n;
} slow_server;

static int slow_ask(sip_resolver *resolver, const char *name, sip_dns_type type,
                    sip_dns_query *query)
{
    slow_server *server = (slow_server *)resolver;

    assert_true(server->n < 8);
    (void)snprintf(server->names[server->n], sizeof(server->names[0]), "%s", name);
    server->types[server->n] = type;
    server->asked[server->n++] = query;
    return 0;
}

static void slow_cancel(sip_resolver *resolver, sip_dns_query *query)
{
    (void)resolver;
    (void)query;
}

static const sip_resolver_vtable slow_vtable = {.ask = slow_ask, .cancel = slow_cancel};

/* Begin a look-up of `uri` with name servers that are silent so far. */
static void slow_start(slow_server *server, const char *uri)
{
    *server = (slow_server){.base = {&slow_vtable}};
    world.cache.config.resolver = &server->base;
    assert_int_equal(locate_world_start(&world, uri), SIP_EAGAIN);
}

/* Answer with one record of this type (NULL: there is none). */
static void slow_answer(slow_server *server, const char *name, sip_dns_type type, const char *addr)
{
    sip_dns_record record = {.type = type, .ttl_s = 60};
    sip_dns_answer answer = {.records = &record, .n_records = 1, .text = "slowly"};

    if (addr == NULL) {
        answer = (sip_dns_answer){.err = SIP_ENOENT, .text = "no such record"};
    } else if (type == SIP_DNS_SRV) {
        record.target = addr;
        record.port = 5060;
    } else {
        assert_int_equal(sip_addr_parse(sip_str_of(addr), 0, &record.addr), 0);
    }
    for (size_t i = 0; i < server->n; i++) {
        if (server->types[i] == type && strcmp(server->names[i], name) == 0) {
            server->asked[i]->fn(server->asked[i], &answer);
            return;
        }
    }
    fail_msg("nobody asked for %s", name);
}

/* With an IPv4 address there IPv6 is waited for no longer than RFC 8305 3 has it, and found in the
 * cache the next time. */
static void ipv6_that_is_late(void **state)
{
    static slow_server server; /* the cache lets go of it after the test */

    (void)state;
    slow_start(&server, "sip:late.example:5060");
    locate_world_run(&world, 1000);
    assert_int_equal(world.calls, 0);
    slow_answer(&server, "late.example", SIP_DNS_A, "192.0.2.1");
    locate_world_run(&world, SIP__WALK_LATE_MS - 1);
    assert_int_equal(world.calls, 0);
    locate_world_run(&world, 1);
    assert_int_equal(world.calls, 1);
    assert_string_equal(world.targets, "udp 192.0.2.1:5060\n");
    slow_answer(&server, "late.example", SIP_DNS_AAAA, "2001:db8::1");
    assert_int_equal(world.calls, 1);
    assert_int_equal(locate_world_start(&world, "sip:late.example:5060"), 0);
    assert_string_equal(world.targets, "udp [2001:db8::1]:5060\nudp 192.0.2.1:5060\n");
}

static void ipv6_that_is_in_time(void **state)
{
    static slow_server server; /* the cache lets go of it after the test */

    (void)state;
    slow_start(&server, "sip:time.example:5060");
    slow_answer(&server, "time.example", SIP_DNS_A, "192.0.2.1");
    locate_world_run(&world, SIP__WALK_LATE_MS - 1);
    slow_answer(&server, "time.example", SIP_DNS_AAAA, "2001:db8::1");
    assert_int_equal(world.calls, 1);
    assert_string_equal(world.targets, "udp [2001:db8::1]:5060\nudp 192.0.2.1:5060\n");
    locate_world_run(&world, 1000);
    assert_int_equal(world.calls, 1);
}

/* IPv4 is always waited for, and so is IPv6 where there is nothing else. */
static void the_only_family_is_waited_for(void **state)
{
    static slow_server server; /* the cache lets go of it after the test */

    (void)state;
    slow_start(&server, "sip:six.example:5060");
    slow_answer(&server, "six.example", SIP_DNS_A, NULL);
    locate_world_run(&world, 5000);
    assert_int_equal(world.calls, 0);
    slow_answer(&server, "six.example", SIP_DNS_AAAA, "2001:db8::1");
    assert_string_equal(world.targets, "udp [2001:db8::1]:5060\n");
    slow_start(&server, "sip:four.example:5060");
    slow_answer(&server, "four.example", SIP_DNS_AAAA, "2001:db8::1");
    locate_world_run(&world, 5000);
    assert_int_equal(world.calls, 0);
    slow_answer(&server, "four.example", SIP_DNS_A, "192.0.2.1");
    assert_string_equal(world.targets, "udp [2001:db8::1]:5060\nudp 192.0.2.1:5060\n");
}

static void each_host_has_its_time(void **state)
{
    const sip_dns_record servers[] = {
        {.type = SIP_DNS_SRV, .ttl_s = 60, .priority = 1, .port = 5060, .target = "one.example"},
        {.type = SIP_DNS_SRV, .ttl_s = 60, .priority = 2, .port = 5060, .target = "two.example"}};
    const sip_dns_answer answer = {.records = servers, .n_records = 2, .text = "slowly"};
    static slow_server server; /* the cache lets go of it after the test */

    (void)state;
    slow_start(&server, "sip:hosts.example;transport=udp");
    server.asked[0]->fn(server.asked[0], &answer);
    assert_int_equal(server.n, 5);
    slow_answer(&server, "one.example", SIP_DNS_A, "192.0.2.1");
    locate_world_run(&world, 1000);
    slow_answer(&server, "two.example", SIP_DNS_A, "192.0.2.2");
    locate_world_run(&world, SIP__WALK_LATE_MS - 1);
    assert_int_equal(world.calls, 0);
    locate_world_run(&world, 1);
    assert_int_equal(world.calls, 1);
    assert_string_equal(world.targets, "udp 192.0.2.1:5060\nudp 192.0.2.2:5060\n");
    /* Given up while waiting. */
    slow_start(&server, "sip:cancelled.example:5060");
    slow_answer(&server, "cancelled.example", SIP_DNS_A, "192.0.2.1");
    sip__locate_cancel(&world.locate);
    locate_world_run(&world, 1000);
    assert_int_equal(world.calls, 0);
    assert_int_equal(world.wheel.armed, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(ipv6_that_is_late),
        CASE(ipv6_that_is_in_time),
        CASE(the_only_family_is_waited_for),
        CASE(each_host_has_its_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
