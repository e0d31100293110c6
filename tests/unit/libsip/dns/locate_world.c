#include "locate_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static sip_time_ms now_ms(void *user_data)
{
    return ((locate_world *)user_data)->time_ms;
}

static void fill(void *bytes, size_t len, void *user_data)
{
    uint64_t *seed = user_data;
    unsigned char *out = bytes;

    for (size_t i = 0; i < len; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        out[i] = (unsigned char)(*seed >> 56);
    }
}

static void on_ask(const char *name, sip_dns_type type, void *user_data)
{
    locate_world *world = user_data;
    size_t len = strlen(world->asked);

    (void)snprintf(world->asked + len, sizeof(world->asked) - len, "%s %s\n", zone_type_name(type),
                   name);
}

int locate_world_init(locate_world *world, const sip_allocator *allocator)
{
    sip__record_cache_config config;
    int err;

    memset(world, 0, sizeof(*world));
    world->time_ms = 1000;
    world->clock = (sip_clock){.now_ms = now_ms, .user_data = world};
    world->seed = 1;
    world->random = (sip_random){.fill = fill, .user_data = &world->seed};
    world->allocator = allocator;
    world->can = (sip__locate_can){
        .protocols = 1u << SIP_PROTOCOL_UDP | 1u << SIP_PROTOCOL_TCP | 1u << SIP_PROTOCOL_TLS,
        .families = 1u << SIP_FAMILY_IP4 | 1u << SIP_FAMILY_IP6,
    };
    sip__zone_init(&world->zone, sip_allocator_default());
    world->zone.on_ask = on_ask;
    world->zone.user_data = world;
    assert_int_equal(sip__scripted_resolver_create(&world->zone, &world->clock, &world->resolver),
                     0);
    config = (sip__record_cache_config){.allocator = allocator,
                                        .random = &world->random,
                                        .clock = &world->clock,
                                        .hosts = &world->hosts,
                                        .resolver = world->resolver};
    err = sip__static_hosts_init(&world->hosts, allocator, &world->random);
    if (err == 0) {
        err = sip__record_cache_init(&world->cache, &config);
    }
    if (err == 0) {
        sip__wheel_init(&world->wheel, world->time_ms);
        sip__locator_init(&world->locator, &world->cache, &world->wheel, &world->random);
    }
    return err;
}

void locate_world_finish(locate_world *world)
{
    sip__locate_cancel(&world->locate);
    sip__locator_finish(&world->locator);
    sip__record_cache_finish(&world->cache);
    sip__static_hosts_finish(&world->hosts);
    world->resolver->vtable->destroy(world->resolver);
    sip__zone_finish(&world->zone);
}

static void write_targets(locate_world *world)
{
    size_t len = 0;

    world->targets[0] = '\0';
    for (size_t i = 0; i < world->locate.n_targets; i++) {
        static const char *const names[] = {"", "udp", "tcp", "tls", "ws", "wss"};
        char addr[SIP_ADDR_TEXT_BYTES];

        len += (size_t)snprintf(world->targets + len, sizeof(world->targets) - len, "%s %s\n",
                                names[world->locate.targets[i].protocol],
                                sip_addr_text(&world->locate.targets[i].addr, addr));
    }
}

static void on_located(sip__locate *locate, int err, const char *text)
{
    locate_world *world = locate->arg;

    world->calls++;
    world->err = err;
    write_targets(world);
    if (err != 0) {
        (void)snprintf(world->targets, sizeof(world->targets), "%s", text);
        assert_int_equal(locate->n_targets, 0);
    } else {
        assert_true(locate->n_targets > 0);
    }
}

int locate_world_start(locate_world *world, const char *text)
{
    sip_uri uri;
    int err;

    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    memset(&world->locate, 0, sizeof(world->locate));
    world->locate.fn = on_located;
    world->locate.arg = world;
    world->asked[0] = '\0';
    world->targets[0] = '\0';
    world->calls = 0;
    err = sip__locate_start(&world->locate, &world->locator, &uri, &world->can);
    assert_int_equal(world->calls, 0);
    world->err = err;
    if (err == 0) {
        write_targets(world);
    } else if (err != SIP_EAGAIN) {
        (void)snprintf(world->targets, sizeof(world->targets), "%s", world->locate.text);
    }
    return err;
}

static sip_time_ms next_due_ms(const locate_world *world)
{
    sip_time_ms answer_ms = sip__scripted_resolver_next_due_ms(world->resolver);
    sip_time_ms timer_ms = sip__wheel_next_due_ms(&world->wheel);

    return answer_ms < timer_ms ? answer_ms : timer_ms;
}

void locate_world_run(locate_world *world, uint32_t ms)
{
    sip_time_ms end_ms = world->time_ms + ms;
    sip_time_ms due_ms;

    while ((due_ms = next_due_ms(world)) <= end_ms) {
        world->time_ms = due_ms > world->time_ms ? due_ms : world->time_ms;
        (void)sip__scripted_resolver_advance(world->resolver);
        sip__wheel_advance(&world->wheel, world->time_ms);
    }
    world->time_ms = end_ms;
    sip__wheel_advance(&world->wheel, end_ms);
}

void locate_world_expect(locate_world *world, const char *uri, const char *asked,
                         const char *targets)
{
    int err = locate_world_start(world, uri);

    if (err == SIP_EAGAIN) {
        sip_time_ms begun_ms = world->time_ms;

        while (world->calls == 0 && world->time_ms < begun_ms + 60000) {
            locate_world_run(world, 0);
            world->time_ms += world->calls == 0;
        }
        assert_int_equal(world->calls, 1);
    }
    if (asked != NULL) {
        assert_string_equal(world->asked, asked);
    }
    if (targets != NULL) {
        assert_string_equal(world->targets, targets);
    }
}
