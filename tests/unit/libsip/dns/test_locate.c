/* Numeric hosts, refusals, responses, giving up and running out of memory; test_walk.c has the
 * look-ups themselves. */
#include "locate_world.h"
#include "support/fail_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const sip__locate_can everything = {
    .protocols = 1u << SIP_PROTOCOL_UDP | 1u << SIP_PROTOCOL_TCP,
    .families = 1u << SIP_FAMILY_IP4 | 1u << SIP_FAMILY_IP6,
};

static sip_uri uri_of(const char *text)
{
    sip_uri uri;

    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    return uri;
}

static void test_numeric(void **state)
{
    static const struct {
        const char *uri, *remote;
        sip_protocol protocol;
    } cases[] = {
        {"sip:192.0.2.1", "192.0.2.1:5060", SIP_PROTOCOL_UDP},
        {"sip:a@192.0.2.1:5070;transport=TCP", "192.0.2.1:5070", SIP_PROTOCOL_TCP},
        {"sip:a@[2001:db8::1]", "[2001:db8::1]:5060", SIP_PROTOCOL_UDP},
        {"sip:a@example.com;maddr=192.0.2.9", "192.0.2.9:5060", SIP_PROTOCOL_UDP},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_uri uri = uri_of(cases[i].uri);
        char text[SIP_ADDR_TEXT_BYTES];
        sip_hop hop;

        assert_int_equal(sip__locate_numeric(&uri, &everything, &hop), 0);
        assert_int_equal(hop.protocol, cases[i].protocol);
        assert_string_equal(sip_addr_text(&hop.addr, text), cases[i].remote);
        assert_int_equal(hop.ttl_s, UINT32_MAX);
    }
}

static void expect_numeric(const char *text, const sip__locate_can *can, int err)
{
    sip_uri uri = uri_of(text);
    sip_hop hop;

    assert_int_equal(sip__locate_numeric(&uri, can, &hop), err);
}

static void test_numeric_refused(void **state)
{
    static const sip__locate_can udp4 = {.protocols = 1u << SIP_PROTOCOL_UDP,
                                         .families = 1u << SIP_FAMILY_IP4};
    static const sip__locate_can tcp4 = {.protocols = 1u << SIP_PROTOCOL_TCP,
                                         .families = 1u << SIP_FAMILY_IP4};
    static const sip__locate_can tls4 = {.protocols = 1u << SIP_PROTOCOL_TLS,
                                         .families = 1u << SIP_FAMILY_IP4};
    sip_uri uri = uri_of("sip:192.0.2.1");
    sip_hop hop;

    (void)state;
    expect_numeric("sip:example.com", &everything, SIP_EAGAIN);
    expect_numeric("tel:+15551234", &everything, SIP_EUNSUPPORTED);
    expect_numeric("sips:192.0.2.1", &everything, SIP_EUNSUPPORTED);
    expect_numeric("sip:192.0.2.1;transport=sctp", &everything, SIP_EUNSUPPORTED);
    expect_numeric("sip:192.0.2.1;transport=tcp", &udp4, SIP_EUNSUPPORTED);
    expect_numeric("sip:[2001:db8::1]", &udp4, SIP_EUNSUPPORTED);
    expect_numeric("sip:192.0.2.1", &tls4, SIP_EUNSUPPORTED);
    expect_numeric("sips:192.0.2.1;transport=tcp", &tls4, 0);
    assert_int_equal(sip__locate_numeric(&uri, &tcp4, &hop), 0);
    assert_int_equal(hop.protocol, SIP_PROTOCOL_TCP); /* the only one we have */
    uri.host.len = 0;
    assert_int_equal(sip__locate_numeric(&uri, &tcp4, &hop), SIP_EINVAL);
}

/* "ws" stands for both kinds of WebSocket (RFC 7118 5): TLS is tried first. */
static void test_either_websocket(void **state)
{
    locate_world world;
    sip_uri uri = uri_of("sip:192.0.2.1:8080;transport=ws");
    sip_addr addr;
    sip_hop hop;

    (void)state;
    assert_int_equal(locate_world_init(&world, sip_allocator_default()), 0);
    world.can.protocols |= 1u << SIP_PROTOCOL_WS | 1u << SIP_PROTOCOL_WSS;
    assert_int_equal(sip__locate_numeric(&uri, &world.can, &hop), SIP_EAGAIN);
    assert_int_equal(locate_world_start(&world, "sip:192.0.2.1:8080;transport=ws"), 0);
    assert_string_equal(world.targets, "wss 192.0.2.1:8080\nws 192.0.2.1:8080\n");
    assert_int_equal(locate_world_start(&world, "sip:192.0.2.1;transport=ws"), 0);
    assert_string_equal(world.targets, "wss 192.0.2.1:443\nws 192.0.2.1:80\n");
    assert_int_equal(locate_world_start(&world, "sips:192.0.2.1:8080;transport=ws"), 0);
    assert_string_equal(world.targets, "wss 192.0.2.1:8080\n");
    assert_int_equal(locate_world_start(&world, "sip:192.0.2.1:8080;transport=wss"), 0);
    assert_string_equal(world.targets, "wss 192.0.2.1:8080\n");
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.5"), 0, &addr), 0);
    assert_int_equal(sip__zone_add(&world.zone, "ws.example", &addr), 0);
    locate_world_expect(&world, "sip:ws.example:8080;transport=ws", NULL,
                        "wss 192.0.2.5:8080\nws 192.0.2.5:8080\n");
    world.can.protocols &= ~(1u << SIP_PROTOCOL_WSS);
    assert_int_equal(locate_world_start(&world, "sip:192.0.2.1:8080;transport=ws"), 0);
    assert_string_equal(world.targets, "ws 192.0.2.1:8080\n");
    locate_world_finish(&world);
}

static void test_start_refused(void **state)
{
    locate_world world;
    sip_uri uri = uri_of("sip:example.com");
    char text[300];

    (void)state;
    assert_int_equal(locate_world_init(&world, sip_allocator_default()), 0);
    assert_int_equal(locate_world_start(&world, "tel:+1"), SIP_EUNSUPPORTED);
    assert_int_equal(locate_world_start(&world, "sip:example.com;transport=ws"), SIP_EUNSUPPORTED);
    memset(text, 'a', sizeof(text));
    uri.host = (sip_str){text, sizeof(text)};
    assert_int_equal(sip__locate_start(&world.locate, &world.locator, &uri, &world.can),
                     SIP_EINVAL);
    uri.host = (sip_str){"a\0b", 3};
    assert_int_equal(sip__locate_start(&world.locate, &world.locator, &uri, &world.can),
                     SIP_EINVAL);
    assert_int_equal(locate_world_start(&world, "sip:192.0.2.1"), 0);
    assert_string_equal(world.locate.name, "192.0.2.1");
    assert_string_equal(world.targets, "udp 192.0.2.1:5060\n");
    /* A label too many for an SRV name is not looked up there; the name itself may do. */
    memset(text, 'a', sizeof(text));
    for (size_t i = 0; i < sizeof(text); i += 50) {
        text[i + 4] = '.';
    }
    uri.host = (sip_str){text, 250};
    assert_int_equal(sip__locate_start(&world.locate, &world.locator, &uri, &world.can),
                     SIP_EAGAIN);
    locate_world_finish(&world);
}

static void test_cancel_at_each_stage(void **state)
{
    locate_world world;

    (void)state;
    assert_int_equal(locate_world_init(&world, sip_allocator_default()), 0);
    world.zone.delay_ms = 10;
    zone_load(&world.zone, "example.com 60 NAPTR 1 1 s SIP+D2U - _sip._udp.example.com\n"
                           "_sip._udp.example.com 60 SRV 0 0 5060 a.example.com\n"
                           "a.example.com 60 A 192.0.2.1\n");
    for (uint32_t ms = 5; ms <= 25; ms += 10) {
        assert_int_equal(locate_world_start(&world, "sip:example.com"), SIP_EAGAIN);
        locate_world_run(&world, 5);
        sip__locate_cancel(&world.locate);
        sip__locate_cancel(&world.locate);
        locate_world_run(&world, 10);
        assert_int_equal(world.calls, 0);
    }
    /* What was asked for has been kept. */
    assert_int_equal(locate_world_start(&world, "sip:example.com"), 0);
    assert_string_equal(world.targets, "udp 192.0.2.1:5060\n");
    assert_string_equal(world.asked, "");
    locate_world_finish(&world);
}

static void on_via(sip__locate *locate, int err, const char *text)
{
    assert_string_equal(text, "");
    assert_int_equal(err, 0);
    *(unsigned *)locate->arg += 1;
}

static int start_via(locate_world *world, sip_protocol protocol, const char *host, uint16_t port,
                     unsigned *calls)
{
    world->locate = (sip__locate){.fn = on_via, .arg = calls};
    world->asked[0] = '\0';
    return sip__locate_start_via(&world->locate, &world->locator, protocol, sip_str_of(host), port,
                                 &world->can);
}

static void test_responses(void **state)
{
    locate_world world;
    unsigned calls = 0;
    char text[SIP_ADDR_TEXT_BYTES];

    (void)state;
    assert_int_equal(locate_world_init(&world, sip_allocator_default()), 0);
    zone_load(&world.zone, "_sip._tcp.example.com 60 SRV 1 0 5064 a.example.com\n"
                           "_sip._tcp.example.com 60 SRV 2 0 5065 a.example.com\n"
                           "a.example.com 60 A 192.0.2.1\n");
    assert_int_equal(start_via(&world, SIP_PROTOCOL_TCP, "example.com", 0, &calls), SIP_EAGAIN);
    locate_world_run(&world, 1);
    assert_int_equal(calls, 1);
    assert_int_equal(world.locate.n_targets, 2);
    assert_string_equal(sip_addr_text(&world.locate.targets[1].addr, text), "192.0.2.1:5065");
    assert_int_equal(start_via(&world, SIP_PROTOCOL_UDP, "a.example.com", 5070, &calls), 0);
    assert_string_equal(world.asked, "");
    assert_string_equal(sip_addr_text(&world.locate.targets[0].addr, text), "192.0.2.1:5070");
    assert_int_equal(world.locate.targets[0].protocol, SIP_PROTOCOL_UDP);
    assert_int_equal(start_via(&world, SIP_PROTOCOL_TLS, "[2001:db8::1]", 0, &calls), 0);
    assert_string_equal(sip_addr_text(&world.locate.targets[0].addr, text), "[2001:db8::1]:5061");
    assert_int_equal(start_via(&world, SIP_PROTOCOL_WS, "a.example.com", 0, &calls),
                     SIP_EUNSUPPORTED);
    assert_int_equal(start_via(&world, SIP_PROTOCOL_NONE, "a.example.com", 0, &calls),
                     SIP_EUNSUPPORTED);
    locate_world_finish(&world);
}

/* Whichever allocation fails, the look-up either does without or says so. */
static void test_without_memory(void **state)
{
    fail_alloc fail;
    size_t n = 0;
    size_t refused = 0;

    (void)state;
    do {
        locate_world world;
        int err;

        fail_alloc_init(&fail, ++n);
        err = locate_world_init(&world, &fail.allocator);
        if (err == 0) {
            zone_load(&world.zone, "_sip._udp.example.com 60 SRV 0 0 5060 a.example.com\n"
                                   "a.example.com 60 A 192.0.2.1\n");
            err = locate_world_start(&world, "sip:example.com");
            if (err == SIP_EAGAIN) {
                locate_world_run(&world, 1);
                assert_int_equal(world.calls, 1);
                err = world.err;
            }
        }
        refused += err != 0;
        assert_true(err == 0 || err == SIP_ENOMEM);
        assert_true(err == 0 || fail.failed);
        locate_world_finish(&world);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(refused >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_either_websocket),     cmocka_unit_test(test_numeric),
        cmocka_unit_test(test_numeric_refused),      cmocka_unit_test(test_start_refused),
        cmocka_unit_test(test_cancel_at_each_stage), cmocka_unit_test(test_responses),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
