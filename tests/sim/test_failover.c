/* Which target a request goes to, and when (RFC 3263 4): one name with several hosts that are dead
 * or refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "sim/farm.h"

/* ---- a dead first target */

static void silence_leads_to_the_next(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_all(&it, UDP);
    sip_sim_set_cut(it.sim, "a", true);
    sent = farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 33000);
    assert_string_equal(it.log, "0 OPTIONS a\n32000 OPTIONS b\n");
    assert_int_equal(sent->status, 200);
    assert_int_equal(sent->finals, 1);
    /* From now on for half a minute it is behind the others; then it gets its chance. */
    farm_mark(&it);
    sent = farm_ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(sent->status, 200);
    assert_string_equal(it.log, "0 INVITE b\n2 ACK b\n");
    sip_sim_set_cut(it.sim, "a", false);
    sip_sim_run(it.sim, 30000);
    farm_mark(&it);
    farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS a\n");
    farm_finish(&it);
}

static void an_invite_goes_on_and_its_late_answer_is_hung_up(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_all(&it, UDP);
    it.hosts[0].final_after_ms = 40000;
    assert_int_equal(sip_sim_lose(it.sim, "a", "100", 50), 0);
    sent = farm_ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 39000);
    assert_string_equal(it.log, "0 INVITE a\n32000 INVITE b\n32002 ACK b\n");
    assert_int_equal(sent->status, 200);
    farm_mark(&it);
    sip_sim_run(it.sim, 60000);
    assert_string_equal(it.log, "1002 ACK a\n1002 BYE a\n");
    assert_int_equal(sent->finals, 1); /* nobody hears of it */
    assert_int_equal(it.hosts[0].byes, 1);
    assert_int_equal(it.hosts[0].acks, 1);
    farm_finish(&it);
}

static void a_late_refusal_is_acknowledged(void **state)
{
    farm it;

    (void)state;
    farm_init(&it);
    farm_add_all(&it, UDP);
    it.hosts[0].final = 486;
    it.hosts[0].final_after_ms = 40000;
    assert_int_equal(sip_sim_lose(it.sim, "a", "100", 50), 0);
    farm_ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 80000);
    assert_string_equal(it.log, "0 INVITE a\n32000 INVITE b\n32002 ACK b\n40002 ACK a\n");
    assert_int_equal(farm_stats_of(&it).dropped_stray, 0);
    farm_finish(&it);
}

static void an_answer_pins_its_target(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_all(&it, UDP);
    it.hosts[0].provisional = 180;
    it.hosts[0].final = 503;
    it.hosts[0].final_after_ms = 1000;
    sent = farm_ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 5000);
    assert_string_equal(it.log, "0 INVITE a\n1002 ACK a\n");
    assert_int_equal(sent->status, 503);
    farm_finish(&it);
}

/* ---- 503 */

static void a_503_leads_to_the_next(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_all(&it, UDP);
    it.hosts[0].final = 503;
    sent = farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS a\n2 OPTIONS b\n");
    assert_int_equal(sent->status, 200);
    assert_int_equal(sent->finals, 1);
    /* Without Retry-After it only stands behind the others for half a minute. */
    farm_mark(&it);
    farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 31000);
    farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS b\n31000 OPTIONS a\n31002 OPTIONS b\n");
    farm_finish(&it);
}

static void a_503_after_100_to_an_invite(void **state)
{
    static const sip_header again[] = {{"Retry-After", "120"}, {NULL, NULL}};
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_all(&it, UDP);
    it.hosts[0].provisional = 100;
    it.hosts[0].final = 503;
    it.hosts[0].final_after_ms = 100;
    it.hosts[0].extras.headers = again;
    it.hosts[1].provisional = 183;
    assert_int_equal(sip_sim_lose(it.sim, "alice", "ACK", 1), 0); /* so that the 503 comes again */
    sent = farm_ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 10000);
    assert_string_equal(it.log, "0 INVITE a\n102 ACK a\n102 INVITE b\n104 ACK b\n");
    assert_int_equal(it.hosts[0].acks, 0); /* absorbed by its transaction */
    assert_int_equal(sent->status, 200);
    assert_int_equal(sent->provisionals, 2); /* 100 and 183 */
    /* It is skipped for as long as it said. */
    farm_mark(&it);
    farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 105000);
    farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 10000);
    it.hosts[0].final = 200;
    farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS b\n105000 OPTIONS b\n115000 OPTIONS a\n");
    farm_finish(&it);
}

static void a_503_of_the_last_one_is_passed_up(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_all(&it, UDP);
    for (size_t i = 0; i < FARM_HOSTS; i++) {
        it.hosts[i].final = 503;
    }
    sent = farm_ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 5000);
    assert_string_equal(it.log, "0 INVITE a\n2 ACK a\n2 INVITE b\n4 ACK b\n4 INVITE c\n6 ACK c\n");
    assert_int_equal(sent->status, 503);
    assert_int_equal(sent->finals, 1);
    assert_int_equal(sent->failures, 0);
    farm_finish(&it);
}

static void other_answers_lead_nowhere_else(void **state)
{
    static const int statuses[] = {500, 486, 404, 302, 603, 408, 504};
    farm it;

    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        const sim_peer_sent *sent;

        farm_init(&it);
        farm_add_all(&it, UDP);
        it.hosts[0].final = statuses[i];
        sent = farm_ask(&it, "INVITE", FARM);
        sip_sim_run(it.sim, 5000);
        assert_string_equal(it.log, "0 INVITE a\n2 ACK a\n");
        assert_int_equal(sent->status, statuses[i]);
        farm_finish(&it);
    }
}

/* ---- errors of the network */

static void icmp_leads_to_the_next(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_srv(&it, UDP, "a", 0, 5099); /* nobody listens there */
    farm_add_srv(&it, UDP, "b", 1, 5060);
    sent = farm_ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 INVITE a:5099\n1 INVITE b\n3 ACK b\n");
    assert_int_equal(sent->status, 200);
    /* That address is bad for half a minute, the host itself is not. */
    farm_mark(&it);
    farm_ask(&it, "OPTIONS", FARM);
    farm_ask(&it, "OPTIONS", "sip:a");
    sip_sim_run(it.sim, 31000);
    farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS b\n0 OPTIONS a\n31000 OPTIONS a:5099\n"
                                "31001 OPTIONS b\n");
    farm_finish(&it);
}

static void a_refused_connection_leads_to_the_next(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_srv(&it, TCP, "a", 0, 5099);
    farm_add_srv(&it, TCP, "b", 1, 5060);
    sent = farm_ask(&it, "INVITE", FARM_TCP);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 INVITE tcp:a:5099\n1 INVITE tcp:b\n3 ACK tcp:b\n");
    assert_int_equal(sent->status, 200);
    farm_mark(&it);
    farm_ask(&it, "OPTIONS", FARM_TCP);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS tcp:b\n");
    farm_finish(&it);
}

static void when_all_are_dead_the_error_says_so(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_srv(&it, UDP, "a", 0, 5099);
    farm_add_srv(&it, UDP, "b", 1, 5099);
    farm_add_srv(&it, UDP, "c", 2, 5099);
    sent = farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS a:5099\n1 OPTIONS b:5099\n2 OPTIONS c:5099\n");
    assert_int_equal(sent->status, 503);
    assert_int_equal(sent->failures, 1);
    assert_string_equal(sip_stack_error(it.alice.stack),
                        "transaction: udp 10.0.0.4:5099: port unreachable"
                        " (the last of 3 targets tried)");
    /* All bad ones are still tried, the one that failed first first. */
    farm_mark(&it);
    farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS a:5099\n1 OPTIONS b:5099\n2 OPTIONS c:5099\n");
    for (size_t i = 0; i < FARM_HOSTS; i++) {
        sip_sim_set_cut(it.sim, farm_hosts[i], true);
    }
    sip_sim_run(it.sim, 60000);
    farm_mark(&it);
    sent = farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 100000);
    assert_string_equal(it.log, "0 OPTIONS a:5099\n32000 OPTIONS b:5099\n64000 OPTIONS c:5099\n");
    assert_int_equal(sent->status, 408);
    assert_string_equal(sip_stack_error(it.alice.stack),
                        "transaction: no answer from udp 10.0.0.4:5099 within 32 s"
                        " (the last of 3 targets tried)");
    farm_finish(&it);
}

/* ---- who has chosen is not disturbed */

static void what_is_under_way_goes_on(void **state)
{
    farm it;
    const sim_peer_sent *ringing, *waiting, *refused;

    (void)state;
    farm_init(&it);
    farm_add_all(&it, UDP);
    it.hosts[0].provisional = 180;
    it.hosts[0].final_after_ms = 60000;
    ringing = farm_ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(sip_sim_lose(it.sim, "a", "200", 11), 0); /* to every repetition */
    waiting = farm_ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    it.hosts[0].final = 503;
    refused = farm_ask(&it, "MESSAGE", FARM);
    sip_sim_run(it.sim, 1000);
    it.hosts[0].final = 200;
    assert_int_equal(refused->status, 200); /* by b */
    assert_int_equal(waiting->finals, 0);
    sip_sim_run(it.sim, 61000);
    assert_int_equal(ringing->status, 200);
    assert_int_equal(waiting->status, 200);
    assert_string_equal(it.log, "0 INVITE a\n1000 OPTIONS a\n2000 MESSAGE a\n2002 MESSAGE b\n"
                                "33000 OPTIONS b\n60002 ACK a\n");
    farm_finish(&it);
}

static void cancel_goes_where_the_invite_went(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_all(&it, UDP);
    it.hosts[0].final = 503;
    it.hosts[1].provisional = 180;
    it.hosts[1].final = 0;
    sent = farm_ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 1000);
    farm_mark(&it);
    assert_int_equal(sip_client_tx_cancel(sent->tx, NULL), 0);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 CANCEL b\n2 ACK b\n");
    assert_int_equal(sent->status, 487);
    farm_finish(&it);
}

static void what_is_cancelled_goes_nowhere_else(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    farm_add_all(&it, UDP);
    sip_sim_set_cut(it.sim, "a", true);
    sent = farm_ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(sip_client_tx_cancel(sent->tx, NULL), 0);
    sip_sim_run(it.sim, 40000);
    assert_string_equal(it.log, "0 INVITE a\n");
    assert_int_equal(sent->status, 408);
    farm_finish(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_leads_to_the_next),
        cmocka_unit_test(an_invite_goes_on_and_its_late_answer_is_hung_up),
        cmocka_unit_test(a_late_refusal_is_acknowledged),
        cmocka_unit_test(an_answer_pins_its_target),
        cmocka_unit_test(a_503_leads_to_the_next),
        cmocka_unit_test(a_503_after_100_to_an_invite),
        cmocka_unit_test(a_503_of_the_last_one_is_passed_up),
        cmocka_unit_test(other_answers_lead_nowhere_else),
        cmocka_unit_test(icmp_leads_to_the_next),
        cmocka_unit_test(a_refused_connection_leads_to_the_next),
        cmocka_unit_test(when_all_are_dead_the_error_says_so),
        cmocka_unit_test(what_is_under_way_goes_on),
        cmocka_unit_test(cancel_goes_where_the_invite_went),
        cmocka_unit_test(what_is_cancelled_goes_nowhere_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
