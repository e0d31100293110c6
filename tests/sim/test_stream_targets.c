/* Targets over connections: long requests, races of addresses, connections that break; and whatever
 * may happen, at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/farm.h"

/* ---- too long for UDP (RFC 3261 18.1.1) */

static sim_peer_sent *ask_long(farm *it, const char *uri)
{
    static char filling[1400];
    const sip_header headers[] = {{"X-Filling", filling}, {NULL, NULL}};

    memset(filling, 'x', sizeof filling - 1);
    return sim_peer_send(&it->alice, "MESSAGE", uri, NULL, headers);
}

static void long_requests_go_by_tcp(void **state)
{
    farm it;
    const sim_peer_sent *sent;
    const sip_address *contact;

    (void)state;
    farm_init(&it);
    farm_add_all(&it, UDP);
    sent = ask_long(&it, FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 MESSAGE tcp:a\n");
    assert_int_equal(sent->status, 200);
    assert_int_equal(sip_msg_via(it.hosts[0].last_request, 0)->protocol, SIP_PROTOCOL_TCP);
    assert_int_equal(farm_stats_of(&it).switched_to_stream, 1);
    assert_int_equal(farm_stats_of(&it).could_not_switch, 0);
    /* Where alice is called does not depend on the length of what she said. */
    contact = sip_msg_address(it.hosts[0].last_request, SIP_HEADER_CONTACT, 0);
    assert_int_equal(contact->uri.transport.len, 0);
    farm_finish(&it);
}

static void without_tcp_there_they_go_by_udp_after_all(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_srv(&it, UDP, "a", 0, 5060);
    farm_add_srv(&it, UDP, "b", 1, 5060);
    sip_sim_set_cut(it.sim, "a", true);
    sent = ask_long(&it, FARM);
    sip_sim_run(it.sim, 40000);
    /* Refused by TCP, silent by UDP: the next, by TCP again. */
    assert_string_equal(it.log, "0 MESSAGE tcp:a\n1 MESSAGE a\n32001 MESSAGE tcp:b\n");
    assert_int_equal(sent->status, 200);
    assert_int_equal(farm_stats_of(&it).switched_to_stream, 2);
    assert_int_equal(farm_stats_of(&it).could_not_switch, 1);
    farm_finish(&it);
}

static void the_length_is_configured(void **state)
{
    const sip_stack_config never = {.datagram_bytes = UINT32_MAX};
    const sip_stack_config always = {.datagram_bytes = 1};
    sip_sim *sim;
    sip_stack *stack;

    (void)state;
    for (int i = 0; i < 2; i++) {
        sim_peer bob;
        sip_stack_stats stats;
        sip_tu_handler handler = {0};
        sip_tu *tu;
        sip_client_tx_handler nobody = {0};
        sip_build *build = sip_build_request(NULL, SIP_STR("OPTIONS"), SIP_STR("sip:bob@bob"));
        sip_msg *request;

        assert_int_equal(sip_sim_create(&(sip_sim_config){.seed = 1}, &sim), 0);
        assert_int_equal(sip_sim_add_host(sim, "u", i == 0 ? &never : &always, &stack), 0);
        assert_int_equal(sip_tu_create(stack, NULL, &handler, NULL, &tu), 0);
        sim_peer_init(&bob, sim, "bob");
        sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:u@u>;tag=1"));
        sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:bob@bob>"));
        sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("1"));
        sip_build_header(build, SIP_HEADER_CSEQ, SIP_STR("1 OPTIONS"));
        assert_int_equal(sip_build_finish(build, &request), 0);
        assert_int_equal(sip_client_tx_create(tu, request, NULL, &nobody, NULL, NULL), 0);
        assert_int_equal(sip_sim_settle(sim, 60000), 0);
        assert_int_equal(bob.requests, 1);
        assert_int_equal(sip_msg_via(bob.last_request, 0)->protocol,
                         i == 0 ? SIP_PROTOCOL_UDP : SIP_PROTOCOL_TCP);
        sip_stack_get_stats(stack, &stats);
        assert_int_equal(stats.switched_to_stream, i);
        sip_msg_unref(request);
        sip_sim_destroy(sim);
        sim_peer_finish(&bob);
    }
}

/* ---- several addresses of one name, by TCP (RFC 8305) */

#define MANY "sip:x@many.example:5060;transport=tcp"

static void the_first_that_connects_is_taken(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    for (size_t i = 0; i < FARM_HOSTS; i++) {
        farm_add_address(&it, "many.example", farm_hosts[i]);
    }
    sip_sim_set_cut(it.sim, "a", true);
    sent = farm_ask(&it, "INVITE", MANY);
    sip_sim_run(it.sim, 5000);
    assert_string_equal(it.log, "251 INVITE tcp:b\n253 ACK tcp:b\n");
    assert_int_equal(sent->status, 200);
    farm_mark(&it);
    farm_ask(&it, "OPTIONS", MANY); /* a is not known to be dead: its attempt was given up */
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "250 OPTIONS tcp:b\n");
    farm_finish(&it);
}

static void losing_the_race_leads_to_the_next_group(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_address(&it, "pair.example", "a");
    farm_add_address(&it, "pair.example", "b");
    farm_add_srv(&it, TCP, "pair.example", 0, 5060);
    farm_add_srv(&it, TCP, "c", 1, 5060);
    sip_sim_set_cut(it.sim, "a", true);
    sip_sim_set_cut(it.sim, "b", true);
    sent = farm_ask(&it, "OPTIONS", FARM_TCP);
    sip_sim_run(it.sim, 20000);
    assert_string_equal(it.log, "10250 OPTIONS tcp:c\n");
    assert_int_equal(sent->status, 200);
    sip_sim_set_cut(it.sim, "c", true);
    sent = farm_ask(&it, "INVITE", FARM_TCP);
    sip_sim_run(it.sim, 300);
    assert_int_equal(sip_client_tx_cancel(sent->tx, NULL), 0); /* while it has nowhere to be */
    sip_sim_run(it.sim, 10);
    assert_int_equal(sent->status, it.alice.n_sent == 2 ? sent->status : 0);
    farm_finish(&it);
}

static void a_race_of_the_refused_is_short(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    for (size_t i = 0; i < FARM_HOSTS; i++) {
        farm_add_address(&it, "many.example", farm_hosts[i]);
    }
    sent = farm_ask(&it, "OPTIONS", "sip:x@many.example:5099;transport=tcp");
    sip_sim_run(it.sim, 100);
    assert_string_equal(it.log, "");
    assert_int_equal(sent->failures, 1);
    assert_int_equal(sent->status, 503);
    assert_string_equal(sip_stack_error(it.alice.stack),
                        "transaction: tcp 10.0.0.4:5099: connection refused"
                        " (the last of 3 targets tried)");
    farm_finish(&it);
}

/* ---- a connection that stood is dead */

static void break_connections(farm *it, const char *host)
{
    sip_sim_set_cut(it->sim, host, true);
    sip_sim_set_cut(it->sim, host, false);
}

static void a_dead_connection_is_replaced_once(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    it.with_repeats = true;
    farm_ask(&it, "OPTIONS", "sip:a;transport=tcp");
    sip_sim_run(it.sim, 1000);
    farm_mark(&it);
    assert_int_equal(sip_sim_lose(it.sim, "alice", "OPTIONS", 1), 0);
    sent = farm_ask(&it, "OPTIONS", "sip:a;transport=tcp");
    sip_sim_run(it.sim, 100);
    break_connections(&it, "a");
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS tcp:a\n101 OPTIONS tcp:a again\n");
    assert_int_equal(sent->status, 200);
    /* Not a second time. */
    farm_mark(&it);
    assert_int_equal(sip_sim_lose(it.sim, "alice", "OPTIONS", 2), 0);
    sent = farm_ask(&it, "OPTIONS", "sip:a;transport=tcp");
    sip_sim_run(it.sim, 100);
    break_connections(&it, "a");
    sip_sim_run(it.sim, 100);
    break_connections(&it, "a");
    sip_sim_run(it.sim, 40000);
    assert_string_equal(it.log, "0 OPTIONS tcp:a\n101 OPTIONS tcp:a again\n");
    assert_int_equal(sent->status, 408);
    farm_finish(&it);
}

/* ---- whatever happens, every request ends once and nothing is left */

static uint64_t seeds(void)
{
    const char *wanted = getenv("SIM_SEEDS");

    return wanted != NULL ? strtoull(wanted, NULL, 10) : 1000;
}

static unsigned draw(uint64_t *state, unsigned below)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (unsigned)(*state >> 33) % below;
}

static void disturb(farm *it, uint64_t *dice)
{
    static const int answers[] = {200, 200, 503, 486, 503};
    size_t which = draw(dice, FARM_HOSTS);
    sim_peer *host = &it->hosts[which];

    switch (draw(dice, 5)) {
    case 0:
        sip_sim_set_cut(it->sim, farm_hosts[which], true);
        break;
    case 1:
        sip_sim_set_cut(it->sim, farm_hosts[which], false);
        break;
    case 2:
        break_connections(it, farm_hosts[which]);
        break;
    case 3:
        host->final = answers[draw(dice, 5)];
        host->provisional = draw(dice, 2) ? 180 : 0;
        host->final_after_ms = draw(dice, 50000);
        break;
    default:
        break;
    }
}

static void thousand_farms(void **state)
{
    static const char *const uris[] = {FARM, FARM_TCP, MANY, "sip:x@a", "sip:x@farm.example:5099"};

    (void)state;
    for (uint64_t seed = 0; seed < seeds(); seed++) {
        sip_sim_config net = {
            .seed = seed, .delay_ms = 20, .jitter_ms = 100, .loss_percent = 5, .dup_percent = 5};
        uint64_t dice = seed * 77777 + 1;
        farm it;

        farm_init_with(&it, seed, &net);
        farm_add_all(&it, UDP);
        farm_add_all(&it, TCP);
        farm_add_address(&it, "farm.example", "b");
        for (size_t i = 0; i < FARM_HOSTS; i++) {
            farm_add_address(&it, "many.example", farm_hosts[i]);
        }
        for (int i = 0; i < 8; i++) {
            sim_peer_sent *sent =
                farm_ask(&it, draw(&dice, 2) ? "INVITE" : "OPTIONS", uris[draw(&dice, 5)]);

            disturb(&it, &dice);
            sip_sim_run(it.sim, draw(&dice, 20000));
            disturb(&it, &dice);
            if (draw(&dice, 4) == 0 && sent->tx != NULL) {
                (void)sip_client_tx_cancel(sent->tx, NULL);
            }
        }
        for (size_t i = 0; i < FARM_HOSTS; i++) {
            sip_sim_set_cut(it.sim, farm_hosts[i], false);
            it.hosts[i].final = 200;
            it.hosts[i].final_after_ms = 0;
        }
        sip_sim_run(it.sim, 300000);
        for (size_t i = 0; i < it.alice.n_sent; i++) { /* what rings for ever is cancelled */
            if (it.alice.sent[i].tx != NULL) {
                (void)sip_client_tx_cancel(it.alice.sent[i].tx, NULL);
            }
        }
        sip_sim_run(it.sim, 300000);
        for (size_t i = 0; i < it.alice.n_sent; i++) {
            const sim_peer_sent *sent = &it.alice.sent[i];

            if (sent->ended != 1 || sent->failures + (sent->finals > 0) != 1) {
                fail_msg("seed %llu, request %zu: ended %u, failures %u, finals %u\n%s\n%s",
                         (unsigned long long)seed, i, sent->ended, sent->failures, sent->finals,
                         it.log, sip_sim_ladder(it.sim, 0));
            }
        }
        farm_finish(&it);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_requests_go_by_tcp),
        cmocka_unit_test(without_tcp_there_they_go_by_udp_after_all),
        cmocka_unit_test(the_length_is_configured),
        cmocka_unit_test(the_first_that_connects_is_taken),
        cmocka_unit_test(losing_the_race_leads_to_the_next_group),
        cmocka_unit_test(a_race_of_the_refused_is_short),
        cmocka_unit_test(a_dead_connection_is_replaced_once),
        cmocka_unit_test(thousand_farms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
