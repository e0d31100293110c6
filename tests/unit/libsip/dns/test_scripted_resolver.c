#include "dns/scripted_resolver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/fail_alloc.h"

static const sip_addr four = {.ip = {10, 0, 0, 1}, .port = 5060, .family = SIP_FAMILY_IP4};
static const sip_addr six = {.ip = {0x20, 1}, .family = SIP_FAMILY_IP6};

struct asker {
    sip_dns_query query;
    unsigned answers;
    int err;
    size_t n_records;
    sip_addr first;
};

static sip_time_ms now_ms(void *user_data)
{
    return *(sip_time_ms *)user_data;
}

static void on_answer(sip_dns_query *query, const sip_dns_answer *answer)
{
    struct asker *asker = query->arg;

    assert_non_null(answer->text);
    asker->answers++;
    asker->err = answer->err;
    asker->n_records = answer->n_records;
    if (answer->n_records > 0) {
        asker->first = answer->records[0].addr;
    }
}

static void ask(sip_resolver *resolver, struct asker *asker, const char *name, sip_dns_type type)
{
    memset(asker, 0, sizeof *asker);
    asker->query.fn = on_answer;
    asker->query.arg = asker;
    assert_int_equal(resolver->vtable->ask(resolver, name, type, &asker->query), 0);
}

static void answers_by_type_and_name(void **state)
{
    sip_time_ms time_ms = 5;
    sip_clock clock = {.now_ms = now_ms, .user_data = &time_ms};
    sip__zone zone;
    sip_resolver *resolver;
    struct asker a, aaaa, srv, unknown;

    (void)state;
    sip__zone_init(&zone, sip_allocator_default());
    assert_int_equal(sip__zone_add(&zone, "bob.example", &four), 0);
    assert_int_equal(sip__zone_add(&zone, "bob.example", &four), 0);
    assert_int_equal(sip__zone_add(&zone, "bob.example", &six), 0);
    assert_int_equal(sip__zone_add(&zone, "bob.example", &(sip_addr){0}), SIP_EINVAL);
    assert_int_equal(sip__scripted_resolver_create(&zone, &clock, &resolver), 0);
    assert_int_equal(sip__scripted_resolver_next_due_ms(resolver), UINT64_MAX);
    assert_false(sip__scripted_resolver_advance(resolver));
    ask(resolver, &a, "BOB.example.", SIP_DNS_A);
    ask(resolver, &aaaa, "bob.example", SIP_DNS_AAAA);
    ask(resolver, &srv, "bob.example", SIP_DNS_SRV);
    ask(resolver, &unknown, "carol.example", SIP_DNS_A);
    assert_int_equal(a.answers, 0); /* never from inside */
    assert_true(sip__scripted_resolver_advance(resolver));
    assert_int_equal(a.answers + aaaa.answers + srv.answers + unknown.answers, 4);
    assert_int_equal(a.err, 0);
    assert_int_equal(a.n_records, 1);
    assert_true(sip_addr_same_host(&a.first, &four));
    assert_int_equal(a.first.port, 0);
    assert_true(sip_addr_same_host(&aaaa.first, &six));
    assert_int_equal(srv.err, SIP_ENOENT);
    assert_int_equal(unknown.err, SIP_ENOENT);
    resolver->vtable->destroy(resolver);
    sip__zone_finish(&zone);
}

static void delays_failures_and_cancelling(void **state)
{
    static char long_name[400];
    sip_time_ms time_ms = 100;
    sip_clock clock = {.now_ms = now_ms, .user_data = &time_ms};
    sip__zone zone;
    sip_resolver *resolver;
    struct asker slow, fast, cancelled, left, too_long;

    (void)state;
    memset(long_name, 'x', sizeof long_name - 1);
    sip__zone_init(&zone, sip_allocator_default());
    sip__zone_add(&zone, "bob", &four);
    assert_int_equal(sip__zone_fail(&zone, "bob", SIP_EIO, 0), 0);
    assert_int_equal(sip__scripted_resolver_create(&zone, &clock, &resolver), 0);
    zone.delay_ms = 300;
    ask(resolver, &slow, "bob", SIP_DNS_A);
    zone.delay_ms = 20;
    ask(resolver, &fast, "bob", SIP_DNS_A);
    ask(resolver, &cancelled, "bob", SIP_DNS_A);
    ask(resolver, &too_long, long_name, SIP_DNS_A);
    resolver->vtable->cancel(resolver, &cancelled.query);
    resolver->vtable->cancel(resolver, &cancelled.query);
    assert_int_equal(sip__scripted_resolver_next_due_ms(resolver), 120);
    time_ms = 120;
    sip__scripted_resolver_advance(resolver);
    assert_int_equal(fast.answers, 1);
    assert_int_equal(fast.err, SIP_EIO);
    assert_int_equal(too_long.err, SIP_ENOENT);
    assert_int_equal(slow.answers, 0);
    sip__zone_fail(&zone, "bob", 0, 0);
    time_ms = 400;
    sip__scripted_resolver_advance(resolver);
    assert_int_equal(slow.err, 0);
    assert_int_equal(cancelled.answers, 0);
    ask(resolver, &left, "bob", SIP_DNS_A);
    resolver->vtable->destroy(resolver);
    assert_int_equal(left.answers, 0);
    sip__zone_finish(&zone);
}

static void fill_with_ff(void *bytes, size_t len, void *user_data)
{
    (void)user_data;
    memset(bytes, 0xff, len);
}

static void answers_by_chance_late_or_failed(void **state)
{
    const sip_random random = {.fill = fill_with_ff};
    sip_time_ms time_ms = 100;
    sip_clock clock = {.now_ms = now_ms, .user_data = &time_ms};
    sip__zone zone;
    sip_resolver *resolver;
    struct asker late, failed;

    (void)state;
    sip__zone_init(&zone, sip_allocator_default());
    sip__zone_add(&zone, "bob", &four);
    zone.random = &random;
    assert_int_equal(sip__scripted_resolver_create(&zone, &clock, &resolver), 0);
    zone.jitter_ms = 49;
    ask(resolver, &late, "bob", SIP_DNS_A);
    assert_int_equal(sip__scripted_resolver_next_due_ms(resolver), 100 + UINT64_MAX % 50);
    zone.jitter_ms = 0;
    zone.fail_percent = 100;
    ask(resolver, &failed, "bob", SIP_DNS_A);
    zone.fail_percent = 0; /* it was decided when it was asked */
    time_ms = 150;
    assert_true(sip__scripted_resolver_advance(resolver));
    assert_int_equal(late.err, 0);
    assert_int_equal(failed.err, SIP_EIO);
    assert_int_equal(failed.n_records, 0);
    assert_int_equal(zone.slow, 1);
    assert_int_equal(zone.failed, 1);
    resolver->vtable->destroy(resolver);
    sip__zone_finish(&zone);
}

static void without_memory_it_says_so(void **state)
{
    sip_time_ms time_ms = 0;
    sip_clock clock = {.now_ms = now_ms, .user_data = &time_ms};
    sip__zone zone;
    sip_resolver *resolver;
    sip_dns_query query = {.fn = on_answer};
    fail_alloc fail;
    int err;
    size_t n = 0;

    (void)state;
    do {
        fail_alloc_init(&fail, ++n);
        sip__zone_init(&zone, &fail.allocator);
        err = sip__zone_add(&zone, "bob", &four);
        if (err == 0) {
            err = sip__scripted_resolver_create(&zone, &clock, &resolver);
        }
        if (err == 0) {
            err = resolver->vtable->ask(resolver, "bob", SIP_DNS_A, &query);
            resolver->vtable->destroy(resolver);
        }
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        sip__zone_finish(&zone);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    sip__zone_init(&zone, &fail.allocator);
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip__zone_fail(&zone, "bob", SIP_EIO, 0), SIP_ENOMEM);
    for (uint8_t i = 1; i <= 17; i++) {
        sip_addr addr = {.ip = {10, 0, 0, i}, .family = SIP_FAMILY_IP4};

        assert_int_equal(sip__zone_add(&zone, "bob", &addr), i == 17 ? SIP_ETOOBIG : 0);
    }
    sip__zone_finish(&zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_by_type_and_name),
        cmocka_unit_test(delays_failures_and_cancelling),
        cmocka_unit_test(answers_by_chance_late_or_failed),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
