/* Where requests go by the records of a zone: to which host, by which protocol, when (RFC 3263). */
#include "sim/host.h"
#include "support/sim_peer.h"
#include "support/zone_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ANSWER_MS 20 /* that each question takes */

/* bob is 10.0.0.2, carol 10.0.0.3; both listen on UDP and TCP port 5060. */
typedef struct world {
    sip_sim *sim;
    sim_peer alice, bob, carol;
    unsigned questions;
} world;

static void on_ask(const char *name, sip_dns_type type, void *user_data)
{
    (void)name;
    (void)type;
    ((world *)user_data)->questions++;
}

static void start(world *w, const char *zone)
{
    sip_sim_config config = {.seed = 5};

    memset(w, 0, sizeof(*w));
    assert_int_equal(sip_sim_create(&config, &w->sim), 0);
    sim_peer_init(&w->alice, w->sim, "alice");
    sim_peer_init(&w->bob, w->sim, "bob");
    sim_peer_init(&w->carol, w->sim, "carol");
    w->sim->zone.delay_ms = ANSWER_MS;
    w->sim->zone.on_ask = on_ask;
    w->sim->zone.user_data = w;
    zone_load(&w->sim->zone, zone);
}

static void finish(world *w)
{
    assert_int_equal(sip_sim_settle(w->sim, 300000), 0);
    assert_int_equal(sip_sim_live_objects(w->sim), 0);
    sip_sim_destroy(w->sim);
    sim_peer_finish(&w->alice);
    sim_peer_finish(&w->bob);
    sim_peer_finish(&w->carol);
}

/* Send OPTIONS to `uri`: it is at `to` after exactly `ms`, by `protocol`. */
static void expect(world *w, const char *uri, const sim_peer *to, sip_protocol protocol,
                   uint32_t ms)
{
    sim_peer_sent *sent = sim_peer_send(&w->alice, "OPTIONS", uri, NULL, NULL);
    unsigned before = to->requests;
    unsigned all = w->bob.requests + w->carol.requests;

    if (ms > 0) {
        sip_sim_run(w->sim, ms - 1);
        assert_int_equal(w->bob.requests + w->carol.requests, all);
        sip_sim_run(w->sim, 1);
    } else {
        sip_sim_run(w->sim, 0);
    }
    assert_int_equal(to->requests, before + 1);
    assert_int_equal(w->bob.requests + w->carol.requests, all + 1);
    assert_int_equal(sip_msg_source(to->last_request)->protocol, protocol);
    sip_sim_run(w->sim, 100);
    assert_int_equal(sent->status, 200);
}

/* Send OPTIONS to `uri`: nothing leaves, and it fails after exactly `ms`. */
static void expect_failure(world *w, const char *uri, uint32_t ms)
{
    sim_peer_sent *sent = sim_peer_send(&w->alice, "OPTIONS", uri, NULL, NULL);
    unsigned all = w->bob.requests + w->carol.requests;

    if (ms > 0) {
        sip_sim_run(w->sim, ms - 1);
        assert_int_equal(sent->failures, 0);
    }
    sip_sim_run(w->sim, 1);
    assert_int_equal(sent->failures, 1);
    assert_int_equal(w->bob.requests + w->carol.requests, all);
}

static void naptr_order_and_preference(void **state)
{
    world w;

    (void)state;
    start(&w, "example.com 60 NAPTR 20 1 s SIP+D2U - _sip._udp.example.com\n"
              "example.com 60 NAPTR 10 2 s SIP+D2T - _sip._tcp.example.com\n"
              "example.com 60 NAPTR 10 1 s SIPS+D2T - _sips._tcp.example.com\n"
              "_sip._udp.example.com 60 SRV 0 0 5060 bob\n"
              "_sip._tcp.example.com 60 SRV 0 0 5060 carol\n");
    expect(&w, "sip:a@example.com", &w.carol, SIP_PROTOCOL_TCP, 3 * ANSWER_MS);
    /* The other way round by preference, in another domain. */
    zone_load(&w.sim->zone, "example.org 60 NAPTR 10 1 s SIP+D2U - _sip._udp.example.com\n"
                            "example.org 60 NAPTR 10 2 s SIP+D2T - _sip._tcp.example.com\n");
    expect(&w, "sip:a@example.org", &w.bob, SIP_PROTOCOL_UDP, ANSWER_MS); /* the rest is known */
    finish(&w);
}

static void srv_priority(void **state)
{
    world w;

    (void)state;
    start(&w, "_sip._udp.example.com 60 SRV 2 0 5060 bob\n"
              "_sip._udp.example.com 60 SRV 1 0 5060 carol\n");
    expect(&w, "sip:a@example.com;transport=udp", &w.carol, SIP_PROTOCOL_UDP, 2 * ANSWER_MS);
    finish(&w);
}

static void missing_naptr_and_srv(void **state)
{
    world w;

    (void)state;
    start(&w, "_sip._tcp.example.com 60 SRV 1 0 5060 carol\n");
    expect(&w, "sip:a@example.com", &w.carol, SIP_PROTOCOL_TCP, 3 * ANSWER_MS);
    expect(&w, "sip:a@bob", &w.bob, SIP_PROTOCOL_UDP, 3 * ANSWER_MS);
    expect(&w, "sip:a@bob;transport=tcp", &w.bob, SIP_PROTOCOL_TCP, 0); /* known by now */
    expect(&w, "sip:a@bob:5060", &w.bob, SIP_PROTOCOL_UDP, 0);
    finish(&w);
}

static void aliases_and_families(void **state)
{
    world w;

    (void)state;
    start(&w, "www.example.com 60 CNAME carol\n"
              "both.example.com 60 AAAA 2001:db8::1\nboth.example.com 60 A 10.0.0.2\n"
              "six.example.com 60 AAAA 2001:db8::1\n");
    expect(&w, "sip:a@www.example.com:5060", &w.carol, SIP_PROTOCOL_UDP, ANSWER_MS);
    /* alice has no IPv6. */
    expect(&w, "sip:a@both.example.com:5060", &w.bob, SIP_PROTOCOL_UDP, ANSWER_MS);
    expect_failure(&w, "sip:a@six.example.com:5060", ANSWER_MS);
    finish(&w);
}

static void a_ttl_expires(void **state)
{
    world w;

    (void)state;
    start(&w, "example.com 10 A 10.0.0.2\n");
    expect(&w, "sip:a@example.com:5060", &w.bob, SIP_PROTOCOL_UDP, ANSWER_MS);
    sip__zone_clear(&w.sim->zone, "example.com");
    zone_load(&w.sim->zone, "example.com 10 A 10.0.0.3\n");
    assert_int_equal(w.questions, 1);
    expect(&w, "sip:a@example.com:5060", &w.bob, SIP_PROTOCOL_UDP, 0);
    assert_int_equal(w.questions, 1);
    sip_sim_run(w.sim, 10000);
    expect(&w, "sip:a@example.com:5060", &w.carol, SIP_PROTOCOL_UDP, ANSWER_MS);
    assert_int_equal(w.questions, 2);
    finish(&w);
}

static void no_name_no_servers_no_answer(void **state)
{
    world w;

    (void)state;
    start(&w, "");
    expect_failure(&w, "sip:a@gone.example", 3 * ANSWER_MS);
    expect_failure(&w, "sip:a@gone.example", 0);
    assert_int_equal(sip_sim_fail_name(w.sim, "bad.example", SIP_EIO, 0), 0);
    expect_failure(&w, "sip:a@bad.example:5060", ANSWER_MS);
    assert_int_equal(sip_sim_fail_name(w.sim, "mute.example", SIP_EIO, 6000), 0);
    expect_failure(&w, "sip:a@mute.example:5060", 6000 + ANSWER_MS);
    finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(naptr_order_and_preference),
        cmocka_unit_test(srv_priority),
        cmocka_unit_test(missing_naptr_and_srv),
        cmocka_unit_test(aliases_and_families),
        cmocka_unit_test(a_ttl_expires),
        cmocka_unit_test(no_name_no_servers_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
