/* Where requests go by the records of a zone: to which host, by which protocol, when (RFC 3263).
 *
 * Each case, and where it is seen who was contacted, in which order, and when; "failover" is
 * test_failover.c, "streams" test_stream_targets.c, the others are here:
 *   NAPTR order, preference  naptr_order_and_preference
 *   SRV priority             srv_priority
 *   SRV weights              the_spread_of_weights; test_affinity.c for dialogs
 *   missing NAPTR            missing_naptr_and_srv
 *   missing SRV              missing_naptr_and_srv
 *   SRV with "." or port 0   services_that_are_refused
 *   CNAME                    aliases_and_families
 *   IPv6 only, both          ipv6_only_and_both, aliases_and_families
 *   dead first target        failover: silence_leads_to_the_next, icmp_leads_to_the_next,
 *                            a_refused_connection_leads_to_the_next
 *                            streams: losing_the_race_leads_to_the_next_group
 *   503 of the first target  failover: a_503_leads_to_the_next, a_503_after_100_to_an_invite,
 *                            a_503_of_the_last_one_is_passed_up
 *   TTL                      a_ttl_expires, the_ttl_of_srv_expires
 *   NXDOMAIN                 no_name_no_servers_no_answer, a_no_is_forgotten,
 *                            some_names_of_many_fail
 *   SERVFAIL                 no_name_no_servers_no_answer, a_no_is_forgotten,
 *                            some_names_of_many_fail, without_srv_for_a_reason
 *   no answer                no_name_no_servers_no_answer, without_srv_for_a_reason
 *   numeric, port, transport short_cuts, missing_naptr_and_srv */
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

/* Nothing is asked for where the URI says enough. */
static void short_cuts(void **state)
{
    world w;

    (void)state;
    start(&w, "example.com 60 NAPTR 1 1 s SIP+D2T - _sip._tcp.example.com\n"
              "_sip._tcp.example.com 60 SRV 1 0 5060 carol\n"
              "example.com 60 A 10.0.0.2\n");
    expect(&w, "sip:a@10.0.0.2", &w.bob, SIP_PROTOCOL_UDP, 0);
    expect(&w, "sip:a@10.0.0.3;transport=tcp", &w.carol, SIP_PROTOCOL_TCP, 0);
    expect(&w, "sip:a@example.org;maddr=10.0.0.3", &w.carol, SIP_PROTOCOL_UDP, 0);
    assert_int_equal(w.questions, 0);
    expect(&w, "sip:a@example.com:5060", &w.bob, SIP_PROTOCOL_UDP, ANSWER_MS);
    assert_int_equal(w.questions, 1); /* A, as alice has no IPv6 */
    expect(&w, "sip:a@example.com;transport=tcp", &w.carol, SIP_PROTOCOL_TCP, 2 * ANSWER_MS);
    assert_int_equal(w.questions, 3); /* SRV, A */
    expect(&w, "sip:a@example.com", &w.carol, SIP_PROTOCOL_TCP, ANSWER_MS);
    assert_int_equal(w.questions, 4); /* NAPTR */
    finish(&w);
}

#define ASKED 400

/* Of one priority, who is asked is drawn by weight; of the next, nobody is. */
static void the_spread_of_weights(void **state)
{
    world w;

    (void)state;
    start(&w, "_sip._udp.example.com 600 SRV 1 75 5060 bob\n"
              "_sip._udp.example.com 600 SRV 1 25 5060 carol\n"
              "_sip._udp.example.com 600 SRV 2 100 5060 alice\n");
    for (unsigned i = 0; i < ASKED; i++) {
        w.alice.n_sent = 0; /* those before are over */
        assert_non_null(
            sim_peer_send(&w.alice, "OPTIONS", "sip:a@example.com;transport=udp", NULL, NULL));
        sip_sim_run(w.sim, 6000);
    }
    assert_int_equal(w.bob.requests + w.carol.requests, ASKED);
    assert_in_range(w.bob.requests, ASKED * 69 / 100, ASKED * 81 / 100);
    assert_int_equal(w.alice.requests, 0);
    finish(&w);
}

static void services_that_are_refused(void **state)
{
    world w;

    (void)state;
    start(&w, "bob 60 A 10.0.0.2\n_sip._udp.bob 60 SRV 0 0 0 .\n_sip._tcp.bob 60 SRV 0 0 0 .\n"
              "_sip._udp.carol 60 SRV 0 0 0 bob\n"
              "_sip._udp.example.com 60 SRV 0 0 0 bob\n"
              "_sip._udp.example.com 60 SRV 1 0 5060 carol\n");
    expect_failure(&w, "sip:a@bob", 2 * ANSWER_MS);
    expect_failure(&w, "sip:a@carol;transport=udp", ANSWER_MS);
    expect(&w, "sip:a@example.com;transport=udp", &w.carol, SIP_PROTOCOL_UDP, 2 * ANSWER_MS);
    finish(&w);
}

static void add_ipv6(world *w, sim_peer *peer, const char *text)
{
    sip_transport *transport;
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(text), 5060, &addr), 0);
    assert_int_equal(sip__loopback_create(&w->sim->net, SIP_PROTOCOL_UDP, &addr, &transport), 0);
    assert_int_equal(sip_stack_add_transport(peer->stack, transport), 0);
}

static void ipv6_only_and_both(void **state)
{
    char text[SIP_ADDR_TEXT_BYTES];
    world w;

    (void)state;
    start(&w, "six.example.com 60 AAAA 2001:db8::3\n"
              "_sip._udp.example.com 60 SRV 1 0 5060 six.example.com\n"
              "both.example.com 60 A 10.0.0.2\nboth.example.com 60 AAAA 2001:db8::3\n"
              "four.example.com 60 A 10.0.0.2\n");
    add_ipv6(&w, &w.alice, "2001:db8::1");
    add_ipv6(&w, &w.carol, "2001:db8::3");
    expect(&w, "sip:a@six.example.com:5060", &w.carol, SIP_PROTOCOL_UDP, ANSWER_MS);
    assert_string_equal(sip_addr_text(&sip_msg_source(w.carol.last_request)->remote, text),
                        "[2001:db8::1]:5060");
    expect(&w, "sip:a@example.com;transport=udp", &w.carol, SIP_PROTOCOL_UDP, ANSWER_MS);
    expect(&w, "sip:a@both.example.com:5060", &w.carol, SIP_PROTOCOL_UDP, ANSWER_MS);
    expect(&w, "sip:a@four.example.com:5060", &w.bob, SIP_PROTOCOL_UDP, ANSWER_MS);
    finish(&w);
}

static void the_ttl_of_srv_expires(void **state)
{
    world w;

    (void)state;
    start(&w, "_sip._udp.example.com 10 SRV 1 0 5060 bob.example.com\n"
              "bob.example.com 600 A 10.0.0.2\ncarol.example.com 600 A 10.0.0.3\n");
    expect(&w, "sip:a@example.com;transport=udp", &w.bob, SIP_PROTOCOL_UDP, 2 * ANSWER_MS);
    sip__zone_clear(&w.sim->zone, "_sip._udp.example.com");
    zone_load(&w.sim->zone, "_sip._udp.example.com 10 SRV 1 0 5060 carol.example.com\n");
    expect(&w, "sip:a@example.com;transport=udp", &w.bob, SIP_PROTOCOL_UDP, 0);
    sip_sim_run(w.sim, 10000);
    expect(&w, "sip:a@example.com;transport=udp", &w.carol, SIP_PROTOCOL_UDP, 2 * ANSWER_MS);
    assert_int_equal(w.questions, 4);
    finish(&w);
}

/* "No such name" holds for its TTL, a failure of the servers for five seconds (RFC 9520 3.2). */
static void a_no_is_forgotten(void **state)
{
    world w;

    (void)state;
    start(&w, "");
    expect_failure(&w, "sip:a@new.example:5060", ANSWER_MS);
    zone_load(&w.sim->zone, "new.example 60 A 10.0.0.3\n");
    sip_sim_run(w.sim, 50000);
    expect_failure(&w, "sip:a@new.example:5060", 0);
    sip_sim_run(w.sim, 10000);
    expect(&w, "sip:a@new.example:5060", &w.carol, SIP_PROTOCOL_UDP, ANSWER_MS);
    zone_load(&w.sim->zone, "bad.example 60 A 10.0.0.3\n");
    assert_int_equal(sip_sim_fail_name(w.sim, "bad.example", SIP_EIO, 0), 0);
    expect_failure(&w, "sip:a@bad.example:5060", ANSWER_MS);
    assert_int_equal(sip_sim_fail_name(w.sim, "bad.example", 0, 0), 0);
    sip_sim_run(w.sim, 4000);
    expect_failure(&w, "sip:a@bad.example:5060", 0);
    sip_sim_run(w.sim, 1000);
    expect(&w, "sip:a@bad.example:5060", &w.carol, SIP_PROTOCOL_UDP, ANSWER_MS);
    finish(&w);
}

/* Of several servers those count whose addresses can be had. */
static void some_names_of_many_fail(void **state)
{
    world w;

    (void)state;
    start(&w, "_sip._udp.example.com 60 SRV 1 0 5060 gone.example\n"
              "_sip._udp.example.com 60 SRV 2 0 5060 bad.example\n"
              "_sip._udp.example.com 60 SRV 3 0 5060 bob\n"
              "_sip._udp.example.com 60 SRV 4 0 5060 carol\n");
    assert_int_equal(sip_sim_fail_name(w.sim, "bad.example", SIP_EIO, 0), 0);
    expect(&w, "sip:a@example.com;transport=udp", &w.bob, SIP_PROTOCOL_UDP, 2 * ANSWER_MS);
    finish(&w);
}

/* Name servers that fail, or are silent, about SRV records alone leave the name's addresses. */
static void without_srv_for_a_reason(void **state)
{
    world w;

    (void)state;
    start(&w, "example.com 60 A 10.0.0.2\nexample.org 60 A 10.0.0.3\n");
    assert_int_equal(sip_sim_fail_name(w.sim, "_sip._udp.example.com", SIP_EIO, 0), 0);
    expect(&w, "sip:a@example.com;transport=udp", &w.bob, SIP_PROTOCOL_UDP, 2 * ANSWER_MS);
    assert_int_equal(sip_sim_fail_name(w.sim, "_sip._udp.example.org", SIP_EIO, 6000), 0);
    expect(&w, "sip:a@example.org;transport=udp", &w.carol, SIP_PROTOCOL_UDP, 6000 + 2 * ANSWER_MS);
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
        cmocka_unit_test(short_cuts),
        cmocka_unit_test(the_spread_of_weights),
        cmocka_unit_test(services_that_are_refused),
        cmocka_unit_test(ipv6_only_and_both),
        cmocka_unit_test(the_ttl_of_srv_expires),
        cmocka_unit_test(a_no_is_forgotten),
        cmocka_unit_test(some_names_of_many_fail),
        cmocka_unit_test(without_srv_for_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
