/* Managers on every worker of a host: calls, merged requests, and what is posted between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <dum/dum.h>

#define WORKERS 4
#define CALLS 24

static const sip_body media = SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\n"
                                           "c=IN IP4 10.0.0.1\r\nt=0 0\r\n"
                                           "m=audio 40000 RTP/AVP 0\r\n");

struct crew;

struct shard {
    struct crew *crew;
    unsigned index;
    dum_manager *dum;
    unsigned calls, connected, ended, counted;
};

struct crew {
    sip_sim *sim;
    sip_stack *stack, *outside;
    struct shard shards[WORKERS];
    dum_manager *caller;
    dum_profile *alice;
    unsigned connected, ended;
};

/* On the first shard's worker. */
static void count(dum_manager *dum, void *arg)
{
    struct shard *first = arg;

    assert_ptr_equal(dum, first->dum);
    first->counted++;
}

static void on_new_session(dum_invite *call, const sip_msg *invite, void *user_data)
{
    struct shard *shard = user_data;

    (void)invite;
    shard->calls++;
    assert_int_equal(dum_invite_id(call) >> 56, shard->index);
    assert_int_equal(dum_manager_post(shard->crew->shards[0].dum, count, &shard->crew->shards[0]),
                     0);
    assert_int_equal(dum_invite_accept(call, &media, NULL), 0);
}

static void on_connected(dum_invite *call, const sip_msg *msg, void *user_data)
{
    (void)call;
    (void)msg;
    ((struct shard *)user_data)->connected++;
}

static void on_terminated(dum_invite *call, const dum_cause *why, void *user_data)
{
    (void)call;
    (void)why;
    ((struct shard *)user_data)->ended++;
}

static const dum_invite_handler answering = {
    .on_new_session = on_new_session, .on_connected = on_connected, .on_terminated = on_terminated};

static void on_caller_connected(dum_invite *call, const sip_msg *msg, void *user_data)
{
    (void)msg;
    ((struct crew *)user_data)->connected++;
    assert_int_equal(dum_invite_end(call, 0, NULL), 0);
}

static void on_caller_terminated(dum_invite *call, const dum_cause *why, void *user_data)
{
    (void)call;
    (void)why;
    ((struct crew *)user_data)->ended++;
}

static const dum_invite_handler calling = {.on_connected = on_caller_connected,
                                           .on_terminated = on_caller_terminated};

static void crew_init(struct crew *crew, uint64_t seed, unsigned loss_percent)
{
    const sip_sim_config net = {.seed = seed,
                                .delay_ms = 20,
                                .jitter_ms = loss_percent > 0 ? 60 : 0,
                                .loss_percent = loss_percent};
    const sip_stack_config config = {.workers = WORKERS};
    const dum_profile_config alice = {.aor = "sip:alice@outside"};

    memset(crew, 0, sizeof *crew);
    assert_int_equal(sip_sim_create(&net, &crew->sim), 0);
    assert_int_equal(sip_sim_add_host(crew->sim, "crew", &config, &crew->stack), 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        struct shard *shard = &crew->shards[i];

        shard->crew = crew;
        shard->index = i;
        assert_int_equal(dum_manager_create(crew->stack, &(dum_config){.worker = i}, &shard->dum),
                         0);
        assert_int_equal(dum_manager_set_invite_handler(shard->dum, &answering, shard), 0);
    }
    assert_int_equal(sip_sim_add_host(crew->sim, "outside", NULL, &crew->outside), 0);
    assert_int_equal(dum_manager_create(crew->outside, NULL, &crew->caller), 0);
    assert_int_equal(dum_manager_set_invite_handler(crew->caller, &calling, crew), 0);
    assert_int_equal(dum_profile_create(crew->caller, &alice, &crew->alice), 0);
}

#define SUM(crew, member)                                                                          \
    ((crew)->shards[0].member + (crew)->shards[1].member + (crew)->shards[2].member +              \
     (crew)->shards[3].member)

static void calls_live_on_one_worker_each(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct crew crew;
        bool is_lossy = seed % 2 == 1;
        unsigned busy = 0;

        crew_init(&crew, seed, is_lossy ? 10 : 0);
        for (unsigned i = 0; i < CALLS; i++) {
            const dum_invite_config to = {
                .to = i % 2 == 0 ? "sip:x@crew" : "sip:x@crew;transport=tcp", .offer = &media};

            assert_int_equal(dum_invite_create(crew.alice, &to, NULL), 0);
        }
        assert_int_equal(sip_sim_settle(crew.sim, 300000), 0);
        assert_int_equal(crew.connected, CALLS);
        assert_int_equal(crew.ended, CALLS);
        assert_int_equal(SUM(&crew, calls), CALLS);
        assert_true(SUM(&crew, connected) == CALLS || is_lossy); /* a BYE may overtake */
        assert_int_equal(SUM(&crew, ended), CALLS);
        assert_int_equal(SUM(&crew, counted), CALLS);
        assert_int_equal(crew.shards[0].counted, CALLS);
        for (unsigned i = 0; i < WORKERS; i++) {
            busy += crew.shards[i].calls > 0;
            assert_int_equal(crew.shards[i].calls, crew.shards[i].ended);
        }
        assert_true(busy >= 3);
        assert_int_equal(sip_sim_live_objects(crew.sim), 0);
        sip_sim_destroy(crew.sim);
    }
}

static void invite(struct crew *crew, const char *from, unsigned call, const char *branch)
{
    char text[900];
    sip_addr addr;

    (void)snprintf(text, sizeof text,
                   "INVITE sip:x@crew SIP/2.0\r\nVia: SIP/2.0/UDP %s:5090;branch=z9hG4bK%s%u\r\n"
                   "From: <sip:y@z>;tag=theirs\r\nTo: <sip:x@crew>\r\nCall-ID: merged-%u\r\n"
                   "CSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:y@10.9.9.9:5090>\r\n"
                   "Content-Length: 0\r\n\r\n",
                   from, branch, call, call);
    assert_int_equal(sip_addr_parse(sip_str_of(from), 5090, &addr), 0);
    assert_int_equal(sip_sim_inject(crew->sim, &addr, "crew", sip_str_of(text)), 0);
}

static unsigned lines_with(const char *ladder, const char *words)
{
    unsigned n = 0;

    for (const char *at = strstr(ladder, words); at != NULL; at = strstr(at + 1, words)) {
        n++;
    }
    return n;
}

/* One request that came by two ways (RFC 3261 8.2.2.2), through two addresses and so perhaps two
 * workers: its Call-ID brings both to one. */
static void merged_requests_meet(void **state)
{
    struct crew crew;
    const char *ladder;
    unsigned busy = 0;

    (void)state;
    crew_init(&crew, 1, 0);
    for (unsigned i = 0; i < CALLS; i++) {
        char one[20], other[20];

        (void)snprintf(one, sizeof one, "10.9.9.%u", i + 1);
        (void)snprintf(other, sizeof other, "10.8.8.%u", i + 1);
        invite(&crew, one, i, "a");
        invite(&crew, other, i, "b");
    }
    sip_sim_run(crew.sim, 300); /* before the first 200 is repeated */
    ladder = sip_sim_ladder(crew.sim, 0);
    assert_int_equal(lines_with(ladder, " 200"), CALLS);
    assert_int_equal(lines_with(ladder, " 482"), CALLS);
    assert_int_equal(SUM(&crew, calls), CALLS);
    for (unsigned i = 0; i < WORKERS; i++) {
        busy += crew.shards[i].calls > 0;
    }
    assert_true(busy >= 3);
    sip_sim_destroy(crew.sim);
}

static void stopping_ends_the_calls_of_all(void **state)
{
    struct crew crew;

    (void)state;
    crew_init(&crew, 2, 0);
    for (unsigned i = 0; i < CALLS; i++) {
        invite(&crew, "10.9.9.9", i, "s");
    }
    sip_sim_run(crew.sim, 100);
    assert_int_equal(SUM(&crew, calls), CALLS);
    sip_stack_stop(crew.stack);
    sip_sim_run(crew.sim, 20000);
    assert_int_equal(sip_stack_process(crew.stack), 0);
    sip_sim_destroy(crew.sim); /* those that nobody has acknowledged end here */
    assert_int_equal(SUM(&crew, ended), CALLS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_live_on_one_worker_each),
        cmocka_unit_test(merged_requests_meet),
        cmocka_unit_test(stopping_ends_the_calls_of_all),
    };

    return cmocka_run_group_tests_name("worker_calls", tests, NULL, NULL);
}
