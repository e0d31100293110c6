/* A host with several workers: every message finds the one that it belongs to, whatever way it
 * came, and nothing is left over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sip/flow.h>
#include <sip/trace.h>

#include "support/sim_peer.h"

#define WORKERS 4
#define SEEDS 40

struct crew;

/* What one worker of the host has seen. */
struct hand {
    struct crew *crew;
    unsigned worker;
    sip_tu *tu;
    sip_server_tx *ringing; /* an INVITE that is answered only when it is cancelled */
    char tag[SIP_TAG_BYTES];
    unsigned requests, invites, byes, acks, cancels, ends, stops;
    unsigned flows_known; /* requests that came by a flow which is known here */
    unsigned responses, failures, client_ends;
};

struct crew {
    sip_sim *sim;
    sip_stack *stack;
    struct hand hands[WORKERS];
    sim_peer alice, bob;
    bool slow; /* INVITEs ring until they are cancelled */
};

/* The worker whose number stands in our To tag, which begins with eight digits of the start's. */
static unsigned tag_worker(sip_str tag)
{
    char digits[3] = "";

    assert_true(tag.len > 10);
    memcpy(digits, tag.ptr + 8, 2);
    return (unsigned)strtoul(digits, NULL, 16);
}

static const sip_header contact[] = {{"Contact", "<sip:x@crew>"}, {NULL, NULL}};
static const sip_extras with_contact = {.headers = contact};

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    struct hand *hand = user_data;
    const sip_msg *request = sip_server_tx_request(tx);
    sip_method method = sip_msg_method(request);

    assert_ptr_equal(sip_tu_worker(tu), sip_stack_worker(hand->crew->stack, hand->worker));
    if (sip_msg_to(request)->tag.len > 0) {
        assert_int_equal(tag_worker(sip_msg_to(request)->tag), hand->worker);
    }
    hand->requests++;
    hand->flows_known += sip_stack_flow_lives(hand->crew->stack, sip_msg_source(request)) ? 1 : 0;
    hand->invites += method == SIP_METHOD_INVITE;
    hand->byes += method == SIP_METHOD_BYE;
    if (method == SIP_METHOD_INVITE && hand->crew->slow) {
        (void)snprintf(hand->tag, sizeof hand->tag, SIP_FMT, SIP_ARG(sip_server_tx_tag(tx)));
        hand->ringing = tx;
        assert_int_equal(sip_server_tx_respond(tx, 180, NULL), 0);
        return;
    }
    assert_int_equal(sip_server_tx_respond(tx, 200, &with_contact), 0);
}

static void on_ack(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    struct hand *hand = user_data;

    (void)tu;
    assert_int_equal(tag_worker(sip_msg_to(ack)->tag), hand->worker);
    hand->acks++;
}

static void on_cancel(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    struct hand *hand = user_data;

    (void)tu;
    hand->cancels++;
    assert_ptr_equal(tx, hand->ringing);
    hand->ringing = NULL;
    assert_int_equal(sip_server_tx_respond(tx, 487, NULL), 0);
}

static void on_server_tx_ended(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    struct hand *hand = user_data;

    (void)tu;
    hand->ends++;
    hand->ringing = hand->ringing == tx ? NULL : hand->ringing;
}

static void on_stop(sip_tu *tu, void *user_data)
{
    ((struct hand *)user_data)->stops++;
    sip_tu_stopped(tu);
}

static const sip_tu_handler handler = {
    .on_request = on_request,
    .on_ack = on_ack,
    .on_cancel = on_cancel,
    .on_server_tx_ended = on_server_tx_ended,
    .on_stop = on_stop,
};

static void crew_init(struct crew *crew, uint64_t seed, unsigned loss_percent)
{
    const sip_sim_config net = {.seed = seed,
                                .delay_ms = 20,
                                .jitter_ms = loss_percent > 0 ? 100 : 0,
                                .loss_percent = loss_percent,
                                .dup_percent = loss_percent};
    const sip_stack_config config = {.workers = WORKERS};

    memset(crew, 0, sizeof *crew);
    assert_int_equal(sip_sim_create(&net, &crew->sim), 0);
    assert_int_equal(sip_sim_add_host(crew->sim, "crew", &config, &crew->stack), 0);
    assert_int_equal(sip_stack_workers(crew->stack), WORKERS);
    for (unsigned i = 0; i < WORKERS; i++) {
        const sip_tu_config one = {.worker = i};

        crew->hands[i].crew = crew;
        crew->hands[i].worker = i;
        assert_int_equal(
            sip_tu_create(crew->stack, &one, &handler, &crew->hands[i], &crew->hands[i].tu), 0);
    }
    sim_peer_init(&crew->alice, crew->sim, "alice");
    sim_peer_init(&crew->bob, crew->sim, "bob");
}

static void crew_finish(struct crew *crew)
{
    assert_int_equal(sip_sim_settle(crew->sim, 300000), 0);
    assert_int_equal(sip_sim_live_objects(crew->sim), 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_int_equal(crew->hands[i].requests, crew->hands[i].ends);
    }
    sip_sim_destroy(crew->sim);
    sim_peer_finish(&crew->alice);
    sim_peer_finish(&crew->bob);
}

#define SUM(crew, member)                                                                          \
    ((crew)->hands[0].member + (crew)->hands[1].member + (crew)->hands[2].member +                 \
     (crew)->hands[3].member)

static unsigned busy(const struct crew *crew)
{
    unsigned n = 0;

    for (unsigned i = 0; i < WORKERS; i++) {
        n += crew->hands[i].requests > 0;
    }
    return n;
}

static void requests_are_shared_and_answered_once(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        unsigned by_tag[WORKERS] = {0};
        sip_stack_stats stats;
        struct crew crew;

        crew_init(&crew, seed, 15);
        for (size_t i = 0; i < SIM_PEER_SENT; i++) {
            sim_peer_send(&crew.alice, "OPTIONS", "sip:x@crew", NULL, NULL);
            sim_peer_send(&crew.bob, "OPTIONS", "sip:x@crew;transport=tcp", NULL, NULL);
        }
        assert_int_equal(sip_sim_settle(crew.sim, 300000), 0);
        for (size_t i = 0; i < SIM_PEER_SENT; i++) {
            assert_int_equal(crew.alice.sent[i].status, 200);
            assert_int_equal(crew.bob.sent[i].status, 200);
            by_tag[tag_worker(sip_msg_to(crew.alice.sent[i].response)->tag)]++;
            by_tag[tag_worker(sip_msg_to(crew.bob.sent[i].response)->tag)]++;
        }
        assert_int_equal(SUM(&crew, requests), 2 * SIM_PEER_SENT);
        assert_int_equal(SUM(&crew, flows_known), SIM_PEER_SENT); /* those over TCP */
        assert_true(busy(&crew) >= 3);
        for (unsigned i = 0; i < WORKERS; i++) {
            assert_int_equal(by_tag[i], crew.hands[i].requests);
        }
        sip_stack_get_stats(crew.stack, &stats);
        assert_true(stats.passed_on > 0 && stats.passed_on < stats.received);
        assert_int_equal(stats.refused_full, 0);
        assert_int_equal(stats.server_transactions, 2 * SIM_PEER_SENT);
        crew_finish(&crew);
    }
}

static void calls_stay_with_their_worker(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        bool is_lossy = seed % 2 == 0;
        struct crew crew;

        crew_init(&crew, seed, is_lossy ? 10 : 0);
        crew.alice.hang_up = true;
        crew.bob.hang_up = true;
        for (size_t i = 0; i < 4; i++) {
            sim_peer_send(&crew.alice, "INVITE", "sip:x@crew", NULL, NULL);
            sim_peer_send(&crew.bob, "INVITE", "sip:x@crew;transport=tcp", NULL, NULL);
        }
        crew_finish(&crew);
        assert_int_equal(SUM(&crew, invites), 8);
        for (unsigned i = 0; i < WORKERS; i++) {
            assert_true(crew.hands[i].byes == crew.hands[i].invites || is_lossy);
            assert_true(crew.hands[i].acks >= crew.hands[i].invites || is_lossy);
        }
    }
}

/* ---- what is sent as bytes, from an address where no stack is */

static void inject(struct crew *crew, const char *from, const char *text)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(from), 5090, &addr), 0);
    assert_int_equal(sip_sim_inject(crew->sim, &addr, "crew", sip_str_of(text)), 0);
    sip_sim_run(crew->sim, 100);
}

static const char *request(char out[900], const char *method, const char *of, const char *branch,
                           const char *call_id, const char *to_tag, const char *more)
{
    (void)snprintf(out, 900,
                   "%s sip:x@crew SIP/2.0\r\nVia: SIP/2.0/UDP 10.9.9.9:5090;branch=%s\r\n"
                   "From: <sip:y@z>;tag=theirs\r\nTo: <sip:x@crew>%s%s\r\nCall-ID: %s\r\n"
                   "CSeq: %d %s\r\nMax-Forwards: 70\r\nContact: <sip:y@10.9.9.9:5090>\r\n%s"
                   "Content-Length: 0\r\n\r\n",
                   method, branch, to_tag != NULL ? ";tag=" : "", to_tag != NULL ? to_tag : "",
                   call_id, strcmp(of, "INVITE") == 0 ? 1 : 2, method, more);
    return out;
}

static struct hand *ringing(struct crew *crew)
{
    for (unsigned i = 0; i < WORKERS; i++) {
        if (crew->hands[i].ringing != NULL) {
            return &crew->hands[i];
        }
    }
    return NULL;
}

/* In a dialog the tag counts, whoever sends and whatever the Call-ID would say. */
static void requests_in_a_dialog_come_from_anywhere(void **state)
{
    struct crew crew;
    char text[900], from[20];

    (void)state;
    crew_init(&crew, 1, 0);
    crew.slow = true;
    for (unsigned i = 0; i < 24; i++) {
        struct hand *hand;
        char call_id[20], branch[40], bye_branch[40];
        unsigned byes;

        (void)snprintf(call_id, sizeof call_id, "call-%u", i);
        (void)snprintf(branch, sizeof branch, "z9hG4bKa%u", i);
        (void)snprintf(bye_branch, sizeof bye_branch, "z9hG4bKb%u", i);
        inject(&crew, "10.9.9.9", request(text, "INVITE", "INVITE", branch, call_id, NULL, ""));
        hand = ringing(&crew);
        assert_non_null(hand);
        byes = hand->byes;
        (void)snprintf(from, sizeof from, "10.8.8.%u", i + 1);
        inject(&crew, from, request(text, "BYE", "BYE", bye_branch, "another-call", hand->tag, ""));
        assert_int_equal(hand->byes, byes + 1);
        inject(&crew, from, request(text, "CANCEL", "INVITE", branch, call_id, NULL, ""));
        assert_null(ringing(&crew));
    }
    assert_int_equal(SUM(&crew, cancels), 24);
    assert_true(busy(&crew) >= 3);
    crew_finish(&crew);
}

/* An INVITE that names a dialog in Replaces goes to its worker; its CANCEL does not name it. */
static void a_cancel_finds_an_invite_that_replaces(void **state)
{
    struct crew crew;
    char text[900], more[200];

    (void)state;
    crew_init(&crew, 2, 0);
    crew.slow = true;
    for (unsigned i = 0; i < 12; i++) {
        struct hand *first, *second;
        char call_id[20], branch[40];

        (void)snprintf(call_id, sizeof call_id, "first-%u", i);
        (void)snprintf(branch, sizeof branch, "z9hG4bKf%u", i);
        inject(&crew, "10.9.9.9", request(text, "INVITE", "INVITE", branch, call_id, NULL, ""));
        first = ringing(&crew);
        assert_non_null(first);
        (void)snprintf(more, sizeof more, "Replaces: %s;to-tag=%s;from-tag=theirs\r\n", call_id,
                       first->tag);
        inject(&crew, "10.9.9.9", request(text, "CANCEL", "INVITE", branch, call_id, NULL, ""));
        assert_null(ringing(&crew));
        (void)snprintf(call_id, sizeof call_id, "second-%u", i);
        (void)snprintf(branch, sizeof branch, "z9hG4bKs%u", i);
        inject(&crew, "10.9.9.9", request(text, "INVITE", "INVITE", branch, call_id, NULL, more));
        second = ringing(&crew);
        assert_ptr_equal(second, first);
        inject(&crew, "10.9.9.9", request(text, "CANCEL", "INVITE", branch, call_id, NULL, ""));
        assert_null(ringing(&crew));
    }
    assert_int_equal(SUM(&crew, cancels), 24);
    /* One that cancels nothing is asked of all, and answered 481. */
    inject(&crew, "10.9.9.9",
           request(text, "CANCEL", "INVITE", "z9hG4bKnone", "nothing", NULL, ""));
    assert_non_null(strstr(sip_sim_ladder(crew.sim, 0), " 481"));
    crew_finish(&crew);
}

/* ---- requests of our own */

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    (void)tx;
    ((struct hand *)user_data)->responses += sip_msg_status(response) == 200;
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    (void)tx;
    (void)failure;
    ((struct hand *)user_data)->failures++;
}

static void on_ended(sip_client_tx *tx, void *user_data)
{
    (void)tx;
    ((struct hand *)user_data)->client_ends++;
}

static const sip_client_tx_handler client_handler = {
    .on_response = on_response, .on_failed = on_failed, .on_ended = on_ended};

static void ask(struct hand *hand, const char *uri)
{
    sip_worker *worker = sip_tu_worker(hand->tu);
    sip_build *build = sip_build_request(NULL, SIP_STR("OPTIONS"), sip_str_of(uri));
    char tag[SIP_TAG_BYTES], call_id[SIP_CALL_ID_BYTES];
    sip_msg *msg;

    sip_build_headerf(build, SIP_HEADER_FROM, "<sip:crew@crew>;tag=" SIP_FMT,
                      SIP_ARG(sip_worker_make_tag(worker, tag)));
    sip_build_headerf(build, SIP_HEADER_TO, "<%s>", uri);
    sip_build_header(build, SIP_HEADER_CALL_ID, sip_worker_make_call_id(worker, call_id));
    sip_build_headerf(build, SIP_HEADER_CSEQ, "1 OPTIONS");
    assert_int_equal(sip_build_finish(build, &msg), 0);
    assert_int_equal(sip_client_tx_create(hand->tu, msg, NULL, &client_handler, hand, NULL), 0);
    (void)sip_msg_unref(msg);
}

static void answers_come_to_who_asked(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct crew crew;

        crew_init(&crew, seed, 10);
        for (unsigned i = 0; i < WORKERS; i++) {
            ask(&crew.hands[i], "sip:alice@alice");
            ask(&crew.hands[i], "sip:bob@bob;transport=tcp");
            ask(&crew.hands[i], "sip:x@10.77.0.1;transport=tcp"); /* nobody is there */
        }
        crew_finish(&crew);
        for (unsigned i = 0; i < WORKERS; i++) {
            assert_int_equal(crew.hands[i].responses, 2);
            assert_int_equal(crew.hands[i].failures, 1);
            assert_int_equal(crew.hands[i].client_ends, 3);
        }
    }
}

/* A transport that all send by tells the first worker alone that nobody is there. */
static void who_asked_hears_that_nobody_is_there(void **state)
{
    struct crew crew;

    (void)state;
    crew_init(&crew, 9, 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        ask(&crew.hands[i], "sip:x@alice:5999");
    }
    sip_sim_run(crew.sim, 1000); /* long before a request times out */
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_int_equal(crew.hands[i].failures, 1);
    }
    crew_finish(&crew);
}

/* ---- ends of flows, stopping, the same again */

static void count_event(const sip_transport_event *event, void *user_data)
{
    if (event->kind == SIP_TRANSPORT_FLOW_ENDED && event->path.flow != 0) {
        ++*(unsigned *)user_data;
    }
}

static void every_worker_hears_of_the_end_of_a_flow(void **state)
{
    unsigned ended[WORKERS] = {0};
    sip_transport_observer observers[WORKERS];
    struct crew crew;

    (void)state;
    crew_init(&crew, 3, 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        observers[i] = (sip_transport_observer){.fn = count_event, .user_data = &ended[i]};
        sip_worker_observe(sip_stack_worker(crew.stack, i), &observers[i]);
    }
    sim_peer_send(&crew.alice, "OPTIONS", "sip:x@crew;transport=tcp", NULL, NULL);
    sip_sim_run(crew.sim, 1000);
    assert_int_equal(SUM(&crew, flows_known), 1);
    assert_int_equal(sip_sim_set_cut(crew.sim, "alice", true), 0);
    sip_sim_run(crew.sim, 1000);
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_int_equal(ended[i], 1);
        sip_transport_observer_end(&observers[i]);
    }
    crew_finish(&crew);
}

static void count_shown(const sip_trace_event *event, void *user_data)
{
    uint64_t *counts = user_data;

    assert_true(event->bytes.len > 0 && event->wall_us > 0);
    assert_int_equal(event->path.protocol, SIP_PROTOCOL_UDP);
    counts[event->sent ? 1 : 0]++;
}

/* Sinks are the first worker's, and see everything. */
static void a_sink_sees_what_all_workers_see(void **state)
{
    uint64_t counts[2] = {0, 0};
    sip_trace_sink sink = {.write = count_shown, .user_data = counts};
    sip_stack_stats stats;
    struct crew crew;

    (void)state;
    crew_init(&crew, 5, 0);
    assert_int_equal(sip_stack_add_sink(crew.stack, &sink), 0);
    assert_int_equal(sip_stack_add_sink(crew.stack, &sink), SIP_EINVAL);
    for (size_t i = 0; i < SIM_PEER_SENT / 2; i++) {
        sim_peer_send(&crew.alice, "OPTIONS", "sip:x@crew", NULL, NULL);
    }
    assert_int_equal(sip_sim_settle(crew.sim, 300000), 0);
    sip_stack_get_stats(crew.stack, &stats);
    assert_int_equal(stats.received, SIM_PEER_SENT / 2);
    assert_int_equal(counts[0], stats.received);
    assert_int_equal(counts[1], stats.sent);
    sip_stack_remove_sink(crew.stack, &sink);
    sim_peer_send(&crew.alice, "OPTIONS", "sip:x@crew", NULL, NULL);
    assert_int_equal(sip_sim_settle(crew.sim, 300000), 0);
    assert_int_equal(counts[0], stats.received);
    assert_true(busy(&crew) >= 2);
    crew_finish(&crew);
}

static void all_workers_move_with_their_host(void **state)
{
    struct crew crew;

    (void)state;
    crew_init(&crew, 6, 0);
    assert_int_equal(sip_sim_move_host(crew.sim, "crew"), 0);
    for (size_t i = 0; i < SIM_PEER_SENT; i++) {
        sim_peer_send(&crew.alice, "OPTIONS",
                      i % 2 == 0 ? "sip:x@crew" : "sip:x@crew;transport=tcp", NULL, NULL);
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        ask(&crew.hands[i], "sip:bob@bob");
    }
    assert_int_equal(sip_sim_settle(crew.sim, 300000), 0);
    for (size_t i = 0; i < SIM_PEER_SENT; i++) {
        assert_int_equal(crew.alice.sent[i].status, 200);
    }
    assert_int_equal(SUM(&crew, responses), WORKERS);
    assert_true(busy(&crew) >= 3);
    crew_finish(&crew);
}

static void all_workers_wind_down(void **state)
{
    struct crew crew;

    (void)state;
    crew_init(&crew, 4, 0);
    sip_sim_run(crew.sim, 100);
    sip_stack_stop(crew.stack);
    sip_sim_run(crew.sim, 100);
    assert_int_equal(sip_stack_process(crew.stack), 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_int_equal(crew.hands[i].stops, 1);
    }
    crew_finish(&crew);
}

static char *ladder_of(uint64_t seed)
{
    struct crew crew;
    char *ladder;

    crew_init(&crew, seed, 20);
    for (size_t i = 0; i < 6; i++) {
        sim_peer_send(&crew.alice, "OPTIONS", "sip:x@crew", NULL, NULL);
        sim_peer_send(&crew.bob, "INVITE", "sip:x@crew", NULL, NULL);
    }
    assert_int_equal(sip_sim_settle(crew.sim, 300000), 0);
    ladder = strdup(sip_sim_ladder(crew.sim, 0));
    crew_finish(&crew);
    return ladder;
}

static void a_seed_gives_the_same_run_again(void **state)
{
    char *first = ladder_of(7);
    char *again = ladder_of(7);
    char *other = ladder_of(8);

    (void)state;
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    free(first);
    free(again);
    free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_shared_and_answered_once),
        cmocka_unit_test(calls_stay_with_their_worker),
        cmocka_unit_test(requests_in_a_dialog_come_from_anywhere),
        cmocka_unit_test(a_cancel_finds_an_invite_that_replaces),
        cmocka_unit_test(answers_come_to_who_asked),
        cmocka_unit_test(who_asked_hears_that_nobody_is_there),
        cmocka_unit_test(every_worker_hears_of_the_end_of_a_flow),
        cmocka_unit_test(a_sink_sees_what_all_workers_see),
        cmocka_unit_test(all_workers_move_with_their_host),
        cmocka_unit_test(all_workers_wind_down),
        cmocka_unit_test(a_seed_gives_the_same_run_again),
    };

    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
