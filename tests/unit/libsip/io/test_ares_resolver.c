/* What is asked of name servers, and of the hosts file; test_ares_renewal.c has other servers. */
#include "ares_world.h"
#include "support/fail_alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static void test_addresses(void **state)
{
    ares_world w;
    ares_asker a, aaaa;
    char text[SIP_ADDR_TEXT_BYTES];

    (void)state;
    ares_world_start(&w);
    assert_int_equal(ares_world_ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_int_equal(ares_world_ask(&w, &aaaa, "two.example.com", SIP_DNS_AAAA), 0);
    assert_int_equal(a.answers, 0);
    assert_true(real_loop_until(&w.real, &w.answers, 2));
    assert_int_equal(a.err, 0);
    assert_int_equal(a.n, 2);
    assert_int_equal(a.first.type, SIP_DNS_A);
    assert_int_equal(a.first.ttl_s, 99);
    assert_int_equal(a.first.addr.port, 0);
    assert_string_equal(sip_addr_host(&a.first.addr, text), "192.0.0.1");
    assert_string_equal(sip_addr_host(&a.last.addr, text), "192.0.0.2");
    assert_int_equal(aaaa.err, 0);
    assert_int_equal(aaaa.n, 2);
    assert_string_equal(sip_addr_host(&aaaa.first.addr, text), "[2000::1]");
    ares_world_finish(&w);
}

static void test_failures(void **state)
{
    ares_world w;
    ares_asker none, gone, fail, other;

    (void)state;
    ares_world_start(&w);
    assert_int_equal(ares_world_ask(&w, &none, "none.example.com", SIP_DNS_A), 0);
    assert_int_equal(ares_world_ask(&w, &gone, "gone.example.com", SIP_DNS_AAAA), 0);
    assert_int_equal(ares_world_ask(&w, &fail, "fail.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 3));
    assert_int_equal(none.err, SIP_ENOENT);
    assert_int_equal(gone.err, SIP_ENOENT);
    assert_int_equal(gone.negative_ttl_s, 77);
    assert_int_equal(none.negative_ttl_s, 0); /* nobody says for how long */
    assert_int_equal(fail.err, SIP_EIO);
    assert_int_equal(ares_world_ask(&w, &other, "two..example.com", SIP_DNS_SRV), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 4));
    assert_int_equal(other.err, SIP_ENOENT);
    w.mute = true;
    assert_int_equal(ares_world_ask(&w, &other, "two.example.com", SIP_DNS_SRV), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 5));
    assert_int_equal(other.err, SIP_EIO);
    ares_world_finish(&w);
}

static const char too_long[] =
    "a-label-of-more-than-sixty-three-characters-is-refused-before-it-is-sent.example.com";

static void ask_again(sip_dns_query *query, const sip_dns_answer *answer)
{
    ares_asker *self = query->arg;
    sip_resolver *resolver = self->world->resolver;

    self->err = answer->err;
    if (++self->answers < 3) {
        assert_int_equal(resolver->vtable->ask(resolver, too_long, SIP_DNS_A, query), 0);
    }
}

/* Who asks again at once, and is answered at once, lets the turn end. */
static void test_later_turns(void **state)
{
    ares_world w;
    ares_asker a;

    (void)state;
    ares_world_start(&w);
    assert_int_equal(ares_world_ask(&w, &a, too_long, SIP_DNS_A), 0);
    a.query.fn = ask_again;
    for (size_t i = 1; i <= 3; i++) {
        assert_true(sip_loop_step(w.loop) >= 0);
        assert_int_equal(a.answers, i);
    }
    assert_int_equal(a.err, SIP_ENOENT);
    ares_world_finish(&w);
}

/* A question whose socket cannot be watched times out. */
static void test_no_watch(void **state)
{
    sip__ares_config names = {.timeout_ms = 10, .tries = 1};
    fail_alloc fail;
    ares_world w;
    ares_asker a;

    (void)state;
    ares_world_start(&w);
    w.resolver->vtable->destroy(w.resolver);
    fail_alloc_init(&fail, 0);
    names.allocator = &fail.allocator;
    names.loop = w.loop;
    names.name_servers = w.servers;
    names.hosts = "/nonexistent";
    assert_int_equal(sip__ares_resolver_create(&names, &w.resolver), 0);
    fail.fail_at = fail.calls + 2; /* the first is the question itself */
    assert_int_equal(ares_world_ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_true(fail.failed);
    assert_true(real_loop_until(&w.real, &w.answers, 1));
    assert_int_equal(a.err, SIP_EIO);
    ares_world_finish(&w);
    assert_int_equal(fail.live, 0);
}

static void test_hosts_file(void **state)
{
    ares_world w;
    ares_asker a;
    char text[SIP_ADDR_TEXT_BYTES];

    (void)state;
    ares_world_start(&w);
    assert_int_equal(ares_world_ask(&w, &a, "localhost", SIP_DNS_A), 0);
    assert_int_equal(a.answers, 0); /* known at once, told later */
    assert_true(real_loop_until(&w.real, &w.answers, 1));
    assert_int_equal(a.err, 0);
    assert_string_equal(sip_addr_host(&a.first.addr, text), "127.0.0.1");
    /* What is in the file is known to have nothing else. */
    assert_int_equal(ares_world_ask(&w, &a, "_sip._udp.localhost", SIP_DNS_SRV), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 2));
    assert_int_equal(a.err, SIP_ENOENT);
    assert_true(a.negative_ttl_s > 0);
    assert_int_equal(w.asked, 0);
    ares_world_finish(&w);
}

static void test_cancel(void **state)
{
    ares_world w;
    ares_asker early, late, kept;

    (void)state;
    ares_world_start(&w);
    assert_int_equal(ares_world_ask(&w, &early, "two.example.com", SIP_DNS_A), 0);
    assert_int_equal(ares_world_ask(&w, &late, "localhost", SIP_DNS_A), 0);
    assert_int_equal(ares_world_ask(&w, &kept, "two.example.org", SIP_DNS_A), 0);
    w.resolver->vtable->cancel(w.resolver, &early.query);
    w.resolver->vtable->cancel(w.resolver, &late.query);
    w.resolver->vtable->cancel(w.resolver, &late.query);
    assert_true(real_loop_until(&w.real, &w.answers, 1));
    assert_int_equal(kept.answers, 1);
    assert_int_equal(early.answers + late.answers, 0);
    ares_world_finish(&w);
}

/* A host whose name begins with "_" is not the service of another. */
static void test_services_of_hosts(void **state)
{
    char path[] = "/tmp/parley-hosts-XXXXXX";
    static const char text[] = "192.0.2.7 example.com\n";
    sip__ares_config names = {
        .allocator = sip_allocator_default(), .timeout_ms = 50, .tries = 1, .hosts = path};
    int fd = mkstemp(path);
    ares_world w;
    ares_asker a;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
    ares_world_start(&w);
    w.resolver->vtable->destroy(w.resolver);
    names.loop = w.loop;
    names.name_servers = w.servers;
    assert_int_equal(sip__ares_resolver_create(&names, &w.resolver), 0);
    assert_int_equal(ares_world_ask(&w, &a, "_two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 1));
    assert_int_equal(w.asked, 1);
    assert_int_equal(ares_world_ask(&w, &a, "_sip._tcp.example.com", SIP_DNS_SRV), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 2));
    assert_int_equal(a.err, SIP_ENOENT);
    assert_int_equal(ares_world_ask(&w, &a, "example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 3));
    assert_int_equal(a.n, 1);
    assert_int_equal(a.first.addr.ip[3], 7);
    assert_int_equal(ares_world_ask(&w, &a, "example.com", SIP_DNS_AAAA), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 4));
    assert_int_equal(a.err, SIP_ENOENT);
    assert_int_equal(w.asked, 1);
    (void)close(fd);
    (void)unlink(path);
    ares_world_finish(&w);
}

static void test_destroyed_while_asking(void **state)
{
    ares_world w;
    ares_asker a, known;

    (void)state;
    ares_world_start(&w);
    w.mute = true;
    assert_int_equal(ares_world_ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.asked, 1));
    assert_int_equal(ares_world_ask(&w, &known, "localhost", SIP_DNS_A), 0);
    w.resolver->vtable->destroy(w.resolver);
    w.resolver = NULL;
    (void)sip_loop_step(w.loop);
    assert_int_equal(w.answers, 0);
    ares_world_finish(&w);
}

static void test_creation_fails(void **state)
{
    ares_world w;
    sip__ares_config config = {.allocator = sip_allocator_default(), .name_servers = "nonsense"};
    sip_resolver *none = NULL;
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    ares_world_start(&w);
    config.loop = w.loop;
    assert_int_equal(sip__ares_resolver_create(&config, &none), SIP_EINVAL);
    config.name_servers = "127.0.0.1";
    config.timeout_ms = 4000000000u;
    config.tries = 4000000000u;
    config.allocator = &fail.allocator;
    do {
        fail_alloc_init(&fail, ++n);
        if (sip__ares_resolver_create(&config, &none) == 0) {
            sip_dns_query query = {ask_again, NULL, NULL}; /* is not called */

            (void)none->vtable->ask(none, "localhost", SIP_DNS_A, &query);
            (void)none->vtable->ask(none, "two.example.com", SIP_DNS_A, &query);
            none->vtable->destroy(none);
        }
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    ares_world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_hosts_file),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_destroyed_while_asking),
        cmocka_unit_test(test_creation_fails),
        cmocka_unit_test(test_later_turns),
        cmocka_unit_test(test_no_watch),
        cmocka_unit_test(test_services_of_hosts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
