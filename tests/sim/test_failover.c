/* Which target a request goes to, and when (RFC 3263 4): one name with several hosts that are dead,
 * refuse or break. Every line of a log is a request that alice sent: milliseconds since the last
 * mark, method, target. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sip/trace.h>

#include "support/sim_peer.h"

#define HOSTS 3
#define LOG_BYTES 4000

typedef struct farm {
    sip_sim *sim;
    sim_peer alice, hosts[HOSTS]; /* "a", "b", "c" */
    sip_time_ms mark_ms;
    bool with_repeats;
    char log[LOG_BYTES];
} farm;

static const char *const names[HOSTS] = {"a", "b", "c"};

static const char *name_of(const farm *it, const sip_addr *addr)
{
    for (size_t i = 0; i < HOSTS; i++) {
        sip_addr host;

        assert_int_equal(sip_sim_host_addr(it->sim, names[i], &host), 0);
        if (sip_addr_same_host(&host, addr)) {
            return names[i];
        }
    }
    return "?";
}

static void on_message(const sip_trace_event *event, void *user_data)
{
    farm *it = user_data;
    size_t len = strlen(it->log);
    const char *space = memchr(event->bytes.ptr, ' ', event->bytes.len);
    char port[16] = "";

    if (!event->sent || (event->repeated && !it->with_repeats) || space == NULL ||
        memcmp(event->bytes.ptr, "SIP/", 4) == 0) {
        return;
    }
    if (event->path.remote.port != 5060) {
        snprintf(port, sizeof port, ":%u", (unsigned)event->path.remote.port);
    }
    snprintf(it->log + len, LOG_BYTES - len, "%llu %.*s %s%s%s%s\n",
             (unsigned long long)(event->at_ms - it->mark_ms), (int)(space - event->bytes.ptr),
             event->bytes.ptr, event->path.protocol == SIP_PROTOCOL_TCP ? "tcp:" : "",
             name_of(it, &event->path.remote), port, event->repeated ? " again" : "");
}

static void mark(farm *it)
{
    it->mark_ms = sip_sim_now_ms(it->sim);
    it->log[0] = '\0';
}

static void farm_init_with(farm *it, uint64_t seed, const sip_sim_config *net)
{
    sip_sim_config config = {.seed = seed, .delay_ms = 1};

    memset(it, 0, sizeof *it);
    assert_int_equal(sip_sim_create(net != NULL ? net : &config, &it->sim), 0);
    sim_peer_init(&it->alice, it->sim, "alice");
    for (size_t i = 0; i < HOSTS; i++) {
        sim_peer_init(&it->hosts[i], it->sim, names[i]);
    }
    sip_stack_set_tap(it->alice.stack, on_message, it);
    mark(it);
}

static void farm_init(farm *it)
{
    farm_init_with(it, 1, NULL);
}

/* One more target of farm.example. */
static void add_srv(farm *it, const char *service, const char *host, uint16_t priority,
                    uint16_t port)
{
    const sip_dns_record record = {.type = SIP_DNS_SRV,
                                   .ttl_s = 3600,
                                   .priority = priority,
                                   .weight = 1,
                                   .port = port,
                                   .target = host};

    assert_int_equal(sip_sim_add_record(it->sim, service, &record), 0);
}

static void add_all(farm *it, const char *service)
{
    for (size_t i = 0; i < HOSTS; i++) {
        add_srv(it, service, names[i], (uint16_t)(10 * i), 5060);
    }
}

/* Several addresses of one name. */
static void add_address(farm *it, const char *name, const char *host)
{
    sip_dns_record record = {.type = SIP_DNS_A, .ttl_s = 3600};

    assert_int_equal(sip_sim_host_addr(it->sim, host, &record.addr), 0);
    record.addr.port = 0;
    assert_int_equal(sip_sim_add_record(it->sim, name, &record), 0);
}

static void farm_finish(farm *it)
{
    assert_int_equal(sip_sim_settle(it->sim, 600000), 0);
    if (sip_sim_live_objects(it->sim) != 0) {
        fail_msg("%zu left\n%s", sip_sim_live_objects(it->sim), sip_sim_ladder(it->sim, 0));
    }
    sip_sim_destroy(it->sim);
    sim_peer_finish(&it->alice);
    for (size_t i = 0; i < HOSTS; i++) {
        sim_peer_finish(&it->hosts[i]);
    }
}

static sim_peer_sent *ask(farm *it, const char *method, const char *uri)
{
    return sim_peer_send(&it->alice, method, uri, NULL, NULL);
}

static sip_stack_stats stats_of(const farm *it)
{
    sip_stack_stats stats;

    sip_stack_get_stats(it->alice.stack, &stats);
    return stats;
}

#define UDP "_sip._udp.farm.example"
#define TCP "_sip._tcp.farm.example"
#define FARM "sip:x@farm.example;transport=udp"
#define FARM_TCP "sip:x@farm.example;transport=tcp"

/* ---- a dead first target */

static void silence_leads_to_the_next(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    add_all(&it, UDP);
    sip_sim_set_cut(it.sim, "a", true);
    sent = ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 33000);
    assert_string_equal(it.log, "0 OPTIONS a\n32000 OPTIONS b\n");
    assert_int_equal(sent->status, 200);
    assert_int_equal(sent->finals, 1);
    /* From now on for half a minute it is behind the others; then it gets its chance. */
    mark(&it);
    sent = ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(sent->status, 200);
    assert_string_equal(it.log, "0 INVITE b\n2 ACK b\n");
    sip_sim_set_cut(it.sim, "a", false);
    sip_sim_run(it.sim, 30000);
    mark(&it);
    ask(&it, "OPTIONS", FARM);
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
    add_all(&it, UDP);
    it.hosts[0].final_after_ms = 40000;
    assert_int_equal(sip_sim_lose(it.sim, "a", "100", 50), 0);
    sent = ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 39000);
    assert_string_equal(it.log, "0 INVITE a\n32000 INVITE b\n32002 ACK b\n");
    assert_int_equal(sent->status, 200);
    mark(&it);
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
    add_all(&it, UDP);
    it.hosts[0].final = 486;
    it.hosts[0].final_after_ms = 40000;
    assert_int_equal(sip_sim_lose(it.sim, "a", "100", 50), 0);
    ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 80000);
    assert_string_equal(it.log, "0 INVITE a\n32000 INVITE b\n32002 ACK b\n40002 ACK a\n");
    assert_int_equal(stats_of(&it).dropped_stray, 0);
    farm_finish(&it);
}

static void an_answer_pins_its_target(void **state)
{
    farm it;
    const sim_peer_sent *sent;

    (void)state;
    farm_init(&it);
    add_all(&it, UDP);
    it.hosts[0].provisional = 180;
    it.hosts[0].final = 503;
    it.hosts[0].final_after_ms = 1000;
    sent = ask(&it, "INVITE", FARM);
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
    add_all(&it, UDP);
    it.hosts[0].final = 503;
    sent = ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS a\n2 OPTIONS b\n");
    assert_int_equal(sent->status, 200);
    assert_int_equal(sent->finals, 1);
    /* Without Retry-After it only stands behind the others for half a minute. */
    mark(&it);
    ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 31000);
    ask(&it, "OPTIONS", FARM);
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
    add_all(&it, UDP);
    it.hosts[0].provisional = 100;
    it.hosts[0].final = 503;
    it.hosts[0].final_after_ms = 100;
    it.hosts[0].extras.headers = again;
    it.hosts[1].provisional = 183;
    assert_int_equal(sip_sim_lose(it.sim, "alice", "ACK", 1), 0); /* so that the 503 comes again */
    sent = ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 10000);
    assert_string_equal(it.log, "0 INVITE a\n102 ACK a\n102 INVITE b\n104 ACK b\n");
    assert_int_equal(it.hosts[0].acks, 0); /* absorbed by its transaction */
    assert_int_equal(sent->status, 200);
    assert_int_equal(sent->provisionals, 2); /* 100 and 183 */
    /* It is skipped for as long as it said. */
    mark(&it);
    ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 105000);
    ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 10000);
    it.hosts[0].final = 200;
    ask(&it, "OPTIONS", FARM);
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
    add_all(&it, UDP);
    for (size_t i = 0; i < HOSTS; i++) {
        it.hosts[i].final = 503;
    }
    sent = ask(&it, "INVITE", FARM);
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
        add_all(&it, UDP);
        it.hosts[0].final = statuses[i];
        sent = ask(&it, "INVITE", FARM);
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
    add_srv(&it, UDP, "a", 0, 5099); /* nobody listens there */
    add_srv(&it, UDP, "b", 1, 5060);
    sent = ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 INVITE a:5099\n1 INVITE b\n3 ACK b\n");
    assert_int_equal(sent->status, 200);
    /* That address is bad for half a minute, the host itself is not. */
    mark(&it);
    ask(&it, "OPTIONS", FARM);
    ask(&it, "OPTIONS", "sip:a");
    sip_sim_run(it.sim, 31000);
    ask(&it, "OPTIONS", FARM);
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
    add_srv(&it, TCP, "a", 0, 5099);
    add_srv(&it, TCP, "b", 1, 5060);
    sent = ask(&it, "INVITE", FARM_TCP);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 INVITE tcp:a:5099\n1 INVITE tcp:b\n3 ACK tcp:b\n");
    assert_int_equal(sent->status, 200);
    mark(&it);
    ask(&it, "OPTIONS", FARM_TCP);
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
    add_srv(&it, UDP, "a", 0, 5099);
    add_srv(&it, UDP, "b", 1, 5099);
    add_srv(&it, UDP, "c", 2, 5099);
    sent = ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS a:5099\n1 OPTIONS b:5099\n2 OPTIONS c:5099\n");
    assert_int_equal(sent->status, 503);
    assert_int_equal(sent->failures, 1);
    assert_string_equal(sip_stack_error(it.alice.stack),
                        "transaction: udp 10.0.0.4:5099: port unreachable"
                        " (the last of 3 targets tried)");
    /* All bad ones are still tried, the one that failed first first. */
    mark(&it);
    ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS a:5099\n1 OPTIONS b:5099\n2 OPTIONS c:5099\n");
    for (size_t i = 0; i < HOSTS; i++) {
        sip_sim_set_cut(it.sim, names[i], true);
    }
    sip_sim_run(it.sim, 60000);
    mark(&it);
    sent = ask(&it, "OPTIONS", FARM);
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
    add_all(&it, UDP);
    it.hosts[0].provisional = 180;
    it.hosts[0].final_after_ms = 60000;
    ringing = ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(sip_sim_lose(it.sim, "a", "200", 11), 0); /* to every repetition */
    waiting = ask(&it, "OPTIONS", FARM);
    sip_sim_run(it.sim, 1000);
    it.hosts[0].final = 503;
    refused = ask(&it, "MESSAGE", FARM);
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
    add_all(&it, UDP);
    it.hosts[0].final = 503;
    it.hosts[1].provisional = 180;
    it.hosts[1].final = 0;
    sent = ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 1000);
    mark(&it);
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
    add_all(&it, UDP);
    sip_sim_set_cut(it.sim, "a", true);
    sent = ask(&it, "INVITE", FARM);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(sip_client_tx_cancel(sent->tx, NULL), 0);
    sip_sim_run(it.sim, 40000);
    assert_string_equal(it.log, "0 INVITE a\n");
    assert_int_equal(sent->status, 408);
    farm_finish(&it);
}

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
    add_all(&it, UDP);
    sent = ask_long(&it, FARM);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 MESSAGE tcp:a\n");
    assert_int_equal(sent->status, 200);
    assert_int_equal(sip_msg_via(it.hosts[0].last_request, 0)->protocol, SIP_PROTOCOL_TCP);
    assert_int_equal(stats_of(&it).switched_to_stream, 1);
    assert_int_equal(stats_of(&it).could_not_switch, 0);
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
    add_srv(&it, UDP, "a", 0, 5060);
    add_srv(&it, UDP, "b", 1, 5060);
    sip_sim_set_cut(it.sim, "a", true);
    sent = ask_long(&it, FARM);
    sip_sim_run(it.sim, 40000);
    /* Refused by TCP, silent by UDP: the next, by TCP again. */
    assert_string_equal(it.log, "0 MESSAGE tcp:a\n1 MESSAGE a\n32001 MESSAGE tcp:b\n");
    assert_int_equal(sent->status, 200);
    assert_int_equal(stats_of(&it).switched_to_stream, 2);
    assert_int_equal(stats_of(&it).could_not_switch, 1);
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
    for (size_t i = 0; i < HOSTS; i++) {
        add_address(&it, "many.example", names[i]);
    }
    sip_sim_set_cut(it.sim, "a", true);
    sent = ask(&it, "INVITE", MANY);
    sip_sim_run(it.sim, 5000);
    assert_string_equal(it.log, "251 INVITE tcp:b\n253 ACK tcp:b\n");
    assert_int_equal(sent->status, 200);
    mark(&it);
    ask(&it, "OPTIONS", MANY); /* a is not known to be dead: its attempt was given up */
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
    add_address(&it, "pair.example", "a");
    add_address(&it, "pair.example", "b");
    add_srv(&it, TCP, "pair.example", 0, 5060);
    add_srv(&it, TCP, "c", 1, 5060);
    sip_sim_set_cut(it.sim, "a", true);
    sip_sim_set_cut(it.sim, "b", true);
    sent = ask(&it, "OPTIONS", FARM_TCP);
    sip_sim_run(it.sim, 20000);
    assert_string_equal(it.log, "10250 OPTIONS tcp:c\n");
    assert_int_equal(sent->status, 200);
    sip_sim_set_cut(it.sim, "c", true);
    sent = ask(&it, "INVITE", FARM_TCP);
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
    for (size_t i = 0; i < HOSTS; i++) {
        add_address(&it, "many.example", names[i]);
    }
    sent = ask(&it, "OPTIONS", "sip:x@many.example:5099;transport=tcp");
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
    ask(&it, "OPTIONS", "sip:a;transport=tcp");
    sip_sim_run(it.sim, 1000);
    mark(&it);
    assert_int_equal(sip_sim_lose(it.sim, "alice", "OPTIONS", 1), 0);
    sent = ask(&it, "OPTIONS", "sip:a;transport=tcp");
    sip_sim_run(it.sim, 100);
    break_connections(&it, "a");
    sip_sim_run(it.sim, 1000);
    assert_string_equal(it.log, "0 OPTIONS tcp:a\n101 OPTIONS tcp:a again\n");
    assert_int_equal(sent->status, 200);
    /* Not a second time. */
    mark(&it);
    assert_int_equal(sip_sim_lose(it.sim, "alice", "OPTIONS", 2), 0);
    sent = ask(&it, "OPTIONS", "sip:a;transport=tcp");
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
    size_t which = draw(dice, HOSTS);
    sim_peer *host = &it->hosts[which];

    switch (draw(dice, 5)) {
    case 0:
        sip_sim_set_cut(it->sim, names[which], true);
        break;
    case 1:
        sip_sim_set_cut(it->sim, names[which], false);
        break;
    case 2:
        break_connections(it, names[which]);
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
        add_all(&it, UDP);
        add_all(&it, TCP);
        add_address(&it, "farm.example", "b");
        for (size_t i = 0; i < HOSTS; i++) {
            add_address(&it, "many.example", names[i]);
        }
        for (int i = 0; i < 8; i++) {
            sim_peer_sent *sent =
                ask(&it, draw(&dice, 2) ? "INVITE" : "OPTIONS", uris[draw(&dice, 5)]);

            disturb(&it, &dice);
            sip_sim_run(it.sim, draw(&dice, 20000));
            disturb(&it, &dice);
            if (draw(&dice, 4) == 0 && sent->tx != NULL) {
                (void)sip_client_tx_cancel(sent->tx, NULL);
            }
        }
        for (size_t i = 0; i < HOSTS; i++) {
            sip_sim_set_cut(it.sim, names[i], false);
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
