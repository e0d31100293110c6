/* What is kept, for how long, and how often a question goes out. */
#include "dns/record_cache.h"
#include "support/fail_alloc.h"
#include "support/zone_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct cache_world {
    sip_time_ms time_ms;
    sip_clock clock;
    sip__zone zone;
    sip_resolver *resolver;
    sip__static_hosts hosts;
    sip__record_cache cache;
} cache_world;

typedef struct asker {
    sip_dns_query query;
    cache_world *world;
    unsigned answers;
    int err;
    size_t n;
    uint32_t ttl_s;
    char target[64];
    sip_dns_query *to_cancel;
    const char *to_ask;
} asker;

static sip_time_ms now_ms(void *user_data)
{
    return *(sip_time_ms *)user_data;
}

static void init(cache_world *world, size_t most)
{
    sip__record_cache_config config = {.clock = &world->clock, .most = most};

    memset(world, 0, sizeof(*world));
    world->time_ms = 1000;
    world->clock = (sip_clock){.now_ms = now_ms, .user_data = &world->time_ms};
    sip__zone_init(&world->zone, sip_allocator_default());
    assert_int_equal(sip__scripted_resolver_create(&world->zone, &world->clock, &world->resolver),
                     0);
    assert_int_equal(sip__static_hosts_init(&world->hosts, NULL, NULL), 0);
    config.resolver = world->resolver;
    config.hosts = &world->hosts;
    assert_int_equal(sip__record_cache_init(&world->cache, &config), 0);
}

static void finish(cache_world *world)
{
    sip__record_cache_finish(&world->cache);
    sip__static_hosts_finish(&world->hosts);
    world->resolver->vtable->destroy(world->resolver);
    sip__zone_finish(&world->zone);
}

static void note(asker *self, const sip_dns_answer *answer)
{
    self->answers++;
    self->err = answer->err;
    self->n = answer->n_records;
    self->ttl_s = answer->n_records > 0 ? answer->records[0].ttl_s : answer->negative_ttl_s;
    if (answer->n_records > 0 && answer->records[0].target != NULL) {
        (void)snprintf(self->target, sizeof(self->target), "%s", answer->records[0].target);
    }
}

static void on_answer(sip_dns_query *query, const sip_dns_answer *answer)
{
    asker *self = query->arg;
    const sip_dns_answer *known;

    note(self, answer);
    if (self->to_cancel != NULL) {
        sip__record_cache_cancel(&self->world->cache, self->to_cancel);
    }
    if (self->to_ask != NULL) {
        (void)sip__record_cache_ask(&self->world->cache, self->to_ask, SIP_DNS_A, &self->query,
                                    &known);
    }
}

static int ask(cache_world *world, asker *self, const char *name, sip_dns_type type)
{
    const sip_dns_answer *known = NULL;
    int err;

    memset(self, 0, sizeof(*self));
    self->world = world;
    self->query = (sip_dns_query){.fn = on_answer, .arg = self};
    err = sip__record_cache_ask(&world->cache, name, type, &self->query, &known);
    if (err == 0) {
        note(self, known);
    }
    return err;
}

static void asked_once(void **state)
{
    cache_world world;
    asker a, b, c, other;

    (void)state;
    init(&world, 0);
    zone_load(&world.zone, "example.com 60 A 192.0.2.1\nexample.com 60 SRV 1 2 3 t.example.com\n"
                           "n.example 60 NAPTR 1 2 u E2U+sip !a!b! .\n");
    assert_int_equal(ask(&world, &a, "example.com", SIP_DNS_A), SIP_EAGAIN);
    assert_int_equal(ask(&world, &b, "EXAMPLE.com.", SIP_DNS_A), SIP_EAGAIN);
    assert_int_equal(ask(&world, &c, "example.com", SIP_DNS_A), SIP_EAGAIN);
    assert_int_equal(ask(&world, &other, "example.com", SIP_DNS_SRV), SIP_EAGAIN);
    assert_int_equal(world.cache.questions, 2);
    sip__record_cache_cancel(&world.cache, &b.query);
    sip__record_cache_cancel(&world.cache, &b.query);
    assert_true(sip__scripted_resolver_advance(world.resolver));
    assert_int_equal(a.answers, 1);
    assert_int_equal(b.answers, 0);
    assert_int_equal(c.answers, 1);
    assert_int_equal(other.answers, 1);
    assert_int_equal(ask(&world, &b, "example.com", SIP_DNS_SRV), 0);
    assert_string_equal(b.target, "t.example.com");
    assert_int_equal(world.cache.hits, 1);
    assert_int_equal(ask(&world, &a, "n.example", SIP_DNS_NAPTR), SIP_EAGAIN);
    assert_true(sip__scripted_resolver_advance(world.resolver));
    assert_int_equal(ask(&world, &a, "n.example", SIP_DNS_NAPTR), 0);
    assert_string_equal(a.target, ".");
    finish(&world);
}

/* How long an answer with this TTL is kept. */
static uint32_t kept_s(cache_world *world, const char *name)
{
    asker first, again;

    assert_int_equal(ask(world, &first, name, SIP_DNS_A), SIP_EAGAIN);
    assert_true(sip__scripted_resolver_advance(world->resolver));
    if (ask(world, &again, name, SIP_DNS_A) == 0) {
        return again.ttl_s;
    }
    sip__record_cache_cancel(&world->cache, &again.query);
    return 0;
}

static void kept_as_long_as_allowed(void **state)
{
    cache_world world;
    asker a;

    (void)state;
    init(&world, 0);
    zone_load(&world.zone, "zero.example 0 A 192.0.2.1\nlong.example 999999 A 192.0.2.1\n"
                           "mixed.example 60 A 192.0.2.1\nmixed.example 30 A 192.0.2.2\n");
    assert_int_equal(kept_s(&world, "zero.example"), 0);
    assert_int_equal(kept_s(&world, "long.example"), 86400);
    assert_int_equal(kept_s(&world, "mixed.example"), 30);
    world.time_ms += 29001;
    assert_int_equal(ask(&world, &a, "mixed.example", SIP_DNS_A), 0);
    assert_int_equal(a.ttl_s, 1);
    assert_int_equal(a.n, 2);
    world.time_ms += 999;
    assert_int_equal(ask(&world, &a, "mixed.example", SIP_DNS_A), SIP_EAGAIN);
    world.zone.negative_ttl_s = 50;
    assert_int_equal(kept_s(&world, "gone.example"), 50);
    world.zone.negative_ttl_s = 50000;
    assert_int_equal(kept_s(&world, "gone2.example"), 10800);
    world.zone.negative_ttl_s = 0;
    assert_int_equal(kept_s(&world, "gone3.example"), 0);
    assert_int_equal(sip__zone_fail(&world.zone, "bad.example", SIP_EIO, 0), 0);
    assert_int_equal(kept_s(&world, "bad.example"), 5);
    assert_int_equal(sip__zone_fail(&world.zone, "worse.example", SIP_ENOMEM, 0), 0);
    assert_int_equal(kept_s(&world, "worse.example"), 0);
    finish(&world);
}

static void the_least_used_goes_first(void **state)
{
    cache_world world;
    asker a, b;

    (void)state;
    init(&world, 2);
    zone_load(&world.zone, "a.example 60 A 192.0.2.1\nb.example 60 A 192.0.2.1\n"
                           "c.example 60 A 192.0.2.1\n");
    assert_int_equal(kept_s(&world, "a.example"), 60);
    assert_int_equal(kept_s(&world, "b.example"), 60);
    assert_int_equal(ask(&world, &a, "a.example", SIP_DNS_A), 0);
    assert_int_equal(kept_s(&world, "c.example"), 60);
    assert_int_equal(ask(&world, &a, "a.example", SIP_DNS_A), 0);
    assert_int_equal(world.cache.count, 2);
    /* Questions under way are not pushed out, and there are no more of them than there is room. */
    assert_int_equal(ask(&world, &a, "d.example", SIP_DNS_A), SIP_EAGAIN);
    assert_int_equal(ask(&world, &b, "e.example", SIP_DNS_A), SIP_EAGAIN);
    assert_int_equal(ask(&world, &b, "f.example", SIP_DNS_A), SIP_EBUSY);
    assert_int_equal(world.cache.count, 2);
    finish(&world);
}

static void askers_may_do_as_they_like(void **state)
{
    cache_world world;
    asker a, b, c;

    (void)state;
    init(&world, 1);
    zone_load(&world.zone, "a.example 60 A 192.0.2.1\nb.example 60 A 192.0.2.2\n");
    assert_int_equal(ask(&world, &a, "a.example", SIP_DNS_A), SIP_EAGAIN);
    assert_int_equal(ask(&world, &b, "a.example", SIP_DNS_A), SIP_EAGAIN);
    assert_int_equal(ask(&world, &c, "a.example", SIP_DNS_A), SIP_EAGAIN);
    a.to_cancel = &b.query;
    a.to_ask = "b.example"; /* pushes a.example out while its askers are being told */
    assert_true(sip__scripted_resolver_advance(world.resolver));
    assert_int_equal(b.answers, 0);
    assert_int_equal(c.answers, 1);
    assert_int_equal(c.n, 1);
    assert_int_equal(a.answers, 2);
    finish(&world);
}

static void without_a_resolver(void **state)
{
    sip__record_cache_config config = {0};
    sip__record_cache cache;
    sip_dns_query query = {0};
    const sip_dns_answer *known;

    (void)state;
    assert_int_equal(sip__record_cache_init(&cache, &config), 0);
    assert_int_equal(sip__record_cache_ask(&cache, "a.example", SIP_DNS_A, &query, &known),
                     SIP_ENOENT);
    assert_int_equal(sip__record_cache_ask(&cache, "..", SIP_DNS_A, &query, &known), SIP_ENOENT);
    assert_false(sip__record_cache_is_static(&cache, "a.example"));
    sip__record_cache_cancel(&cache, &query);
    sip__record_cache_finish(&cache);
    memset(&cache, 0, sizeof(cache));
    sip__record_cache_finish(&cache);
}

static void names_given_come_first(void **state)
{
    cache_world world;
    sip_addr addr;
    asker a;

    (void)state;
    init(&world, 0);
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.5"), 5060, &addr), 0);
    assert_int_equal(sip__static_hosts_add(&world.hosts, "Given.Example.", &addr), 0);
    assert_true(sip__record_cache_is_static(&world.cache, "given.example"));
    assert_int_equal(ask(&world, &a, "given.example", SIP_DNS_A), 0);
    assert_int_equal(a.n, 1);
    assert_int_equal(ask(&world, &a, "given.example", SIP_DNS_AAAA), 0);
    assert_int_equal(a.err, SIP_ENOENT);
    assert_int_equal(ask(&world, &a, "given.example", SIP_DNS_NAPTR), 0);
    assert_int_equal(a.err, SIP_ENOENT);
    assert_int_equal(world.cache.questions, 0);
    finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asked_once),
        cmocka_unit_test(kept_as_long_as_allowed),
        cmocka_unit_test(the_least_used_goes_first),
        cmocka_unit_test(askers_may_do_as_they_like),
        cmocka_unit_test(without_a_resolver),
        cmocka_unit_test(names_given_come_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
