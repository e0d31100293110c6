#include <sip/sim.h>
#include <sip/flow.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/fail_alloc.h"
#include "support/sim_peer.h"

static void impossible_networks_are_refused(void **state)
{
    sip_sim *sim = NULL;
    unsigned char longer[sizeof(sip_sim_config) + 8] = {0};

    (void)state;
    assert_int_equal(sip_sim_create(&(sip_sim_config){.loss_percent = 101}, &sim), SIP_EINVAL);
    assert_int_equal(sip_sim_create(&(sip_sim_config){.dup_percent = 101}, &sim), SIP_EINVAL);
    assert_int_equal(sip_sim_create(NULL, NULL), SIP_EINVAL);
    longer[sizeof longer - 1] = 1;
    assert_int_equal(sip_sim_create_sized((const void *)longer, sizeof longer, &sim), SIP_EINVAL);
    longer[sizeof longer - 1] = 0;
    assert_int_equal(sip_sim_create_sized((const void *)longer, sizeof longer, &sim), 0);
    sip_sim_destroy(sim);
}

static void the_ladder_has_the_older_host_left(void **state)
{
    sip_sim_config net = {.seed = 3, .delay_ms = 50};
    sip_sim *sim;
    sim_peer alice, bob;
    sip_time_ms before_ms;
    const char *diff;

    (void)state;
    assert_int_equal(sip_sim_create(&net, &sim), 0);
    sim_peer_init(&alice, sim, "alice");
    sim_peer_init(&bob, sim, "bob");
    alice.hang_up = true;
    bob.provisional = 180;
    sim_peer_send(&alice, "INVITE", "sip:bob@bob", NULL, NULL);
    sim_peer_send(&bob, "OPTIONS", "sip:alice@alice;transport=tcp", NULL, NULL);
    before_ms = sip_sim_now_ms(sim);
    assert_int_equal(sip_sim_settle(sim, 300000), 0);
    assert_true(sip_sim_now_ms(sim) > before_ms + 32000); /* Timer J and alike */
    assert_int_equal(sip_sim_live_objects(sim), 0);
    diff = sip_sim_ladder_diff(sim, SIP_LADDER_NO_REPEATS,
                               "alice -> bob INVITE sdp\nalice <- bob OPTIONS\n"
                               "alice <- bob 180\nalice <- bob 200 sdp\nalice -> bob 200\n"
                               "alice -> bob ACK\nalice -> bob BYE\nalice <- bob 200\n");
    if (diff != NULL) {
        fail_msg("%s", diff);
    }
    diff = sip_sim_ladder_diff(sim, 0, "alice -> bob INVITE sdp\nsomething else\n");
    assert_non_null(diff);
    assert_non_null(strstr(diff, "seed 3: line 2 differs"));
    assert_non_null(strstr(diff, "something else"));
    assert_non_null(strstr(diff, "alice -> bob BYE"));
    sip_sim_destroy(sim);
    sim_peer_finish(&alice);
    sim_peer_finish(&bob);
}

static void repeats_are_known_as_such(void **state)
{
    sip_sim *sim;
    sim_peer alice, bob;
    sim_peer_sent *sent;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    sim_peer_init(&alice, sim, "alice");
    sim_peer_init(&bob, sim, "bob");
    assert_int_equal(sip_sim_lose(sim, "alice", "OPT", 1), 0);
    assert_int_equal(sip_sim_lose(sim, NULL, "200", 1), 0);
    assert_int_equal(sip_sim_lose(sim, "nobody", "200", 1), SIP_ENOENT);
    sent = sim_peer_send(&alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    assert_int_equal(sip_sim_settle(sim, 300000), 0);
    assert_int_equal(sent->status, 200);
    assert_string_equal(sip_sim_ladder(sim, 0),
                        "alice -> bob OPTIONS\nalice -> bob OPTIONS\nalice <- bob 200\n"
                        "alice -> bob OPTIONS\nalice <- bob 200\n");
    assert_string_equal(sip_sim_ladder(sim, SIP_LADDER_NO_REPEATS),
                        "alice -> bob OPTIONS\nalice <- bob 200\n");
    sip_sim_destroy(sim);
    sim_peer_finish(&alice);
    sim_peer_finish(&bob);
}

static void note_change(const sip_transport_event *event, void *user_data)
{
    *(unsigned *)user_data += event->kind == SIP_TRANSPORT_ADDRESSES_CHANGED;
}

static void a_host_moves(void **state)
{
    sip_sim *sim;
    sim_peer alice, bob;
    sim_peer_sent *sent;
    unsigned changes = 0;
    sip_transport_observer observer = {.fn = note_change, .user_data = &changes};
    sip_addr before, after;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    sim_peer_init(&alice, sim, "alice");
    sim_peer_init(&bob, sim, "bob");
    sip_stack_observe(sip_tu_stack(bob.tu), &observer);
    assert_int_equal(sip_sim_host_addr(sim, "bob", &before), 0);
    assert_int_equal(sip_sim_move_host(sim, "nobody"), SIP_ENOENT);
    assert_int_equal(sip_sim_move_host(NULL, "bob"), SIP_ENOENT);
    assert_int_equal(sip_sim_move_host(sim, "bob"), 0);
    assert_int_equal(changes, 1);
    assert_int_equal(sip_sim_host_addr(sim, "bob", &after), 0);
    assert_false(sip_addr_same_host(&before, &after));
    sent = sim_peer_send(&alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    assert_int_equal(sip_sim_settle(sim, 300000), 0);
    assert_int_equal(sent->status, 200);
    sent = sim_peer_send(&alice, "OPTIONS", "sip:bob@bob;transport=tcp", NULL, NULL);
    assert_int_equal(sip_sim_settle(sim, 300000), 0);
    assert_int_equal(sent->status, 200);
    assert_string_equal(sip_sim_ladder(sim, SIP_LADDER_NO_REPEATS),
                        "alice -> bob OPTIONS\nalice <- bob 200\n"
                        "alice -> bob OPTIONS\nalice <- bob 200\n");
    for (unsigned i = 2; i <= 255; i++) {
        assert_int_equal(sip_sim_move_host(sim, "bob"), 0);
    }
    assert_int_equal(sip_sim_move_host(sim, "bob"), SIP_ETOOBIG);
    sip_sim_destroy(sim);
    sim_peer_finish(&alice);
    sim_peer_finish(&bob);
}

static void the_same_seed_gives_the_same_run(void **state)
{
    char *ladders[3];
    sip_time_ms ends_ms[3];

    (void)state;
    for (int run = 0; run < 3; run++) {
        sip_sim_config net = {.seed = run == 2 ? 8 : 7,
                              .delay_ms = 20,
                              .jitter_ms = 300,
                              .loss_percent = 20,
                              .dup_percent = 20};
        sip_sim *sim;
        sim_peer alice, bob;

        assert_int_equal(sip_sim_create(&net, &sim), 0);
        sim_peer_init(&alice, sim, "alice");
        sim_peer_init(&bob, sim, "bob");
        alice.hang_up = true;
        bob.provisional = 180;
        sim_peer_send(&alice, "INVITE", "sip:bob@bob", NULL, NULL);
        assert_int_equal(sip_sim_settle(sim, 300000), 0);
        ladders[run] = sip_strdup(sip_allocator_default(), sip_str_of(sip_sim_ladder(sim, 0)));
        ends_ms[run] = sip_sim_now_ms(sim);
        sip_sim_destroy(sim);
        sim_peer_finish(&alice);
        sim_peer_finish(&bob);
    }
    assert_string_equal(ladders[0], ladders[1]);
    assert_int_equal(ends_ms[0], ends_ms[1]);
    assert_int_not_equal(ends_ms[0], ends_ms[2]);
    for (int run = 0; run < 3; run++) {
        sip_free(sip_allocator_default(), ladders[run]);
    }
}

static void settling_ends_when_nothing_is_due_or_the_limit_comes(void **state)
{
    sip_sim_config net = {.delay_ms = 400};
    sip_sim *sim;
    sip_time_ms start_ms;
    sim_peer alice, bob;

    (void)state;
    assert_int_equal(sip_sim_settle(NULL, 1), SIP_EINVAL);
    assert_int_equal(sip_sim_create(&net, &sim), 0);
    sim_peer_init(&alice, sim, "alice");
    sim_peer_init(&bob, sim, "bob");
    start_ms = sip_sim_now_ms(sim);
    assert_int_equal(sip_sim_settle(sim, 100000), 0);
    assert_int_equal(sip_sim_now_ms(sim), start_ms); /* nothing to do takes no time */
    sip_sim_run(sim, 250);
    assert_int_equal(sip_sim_now_ms(sim), start_ms + 250);
    sip_sim_set_cut(sim, "bob", true);
    sim_peer_send(&alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    assert_int_equal(sip_sim_settle(sim, 10000), SIP_EAGAIN); /* it still repeats its request */
    assert_int_equal(sip_sim_now_ms(sim), start_ms + 10250);
    assert_int_equal(sip_sim_settle(sim, 100000), 0);
    assert_int_equal(alice.sent[0].status, 408);
    sip_sim_set_cut(sim, "bob", false);
    sim_peer_send(&alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    assert_int_equal(sip_sim_settle(sim, 100), SIP_EAGAIN); /* under way */
    assert_int_equal(sip_sim_settle(sim, 100000), 0);
    assert_int_equal(alice.sent[1].status, 200);
    sip_sim_destroy(sim);
    sim_peer_finish(&alice);
    sim_peer_finish(&bob);
}

static void on_far(void *arg)
{
    ++*(unsigned *)arg;
}

static void a_far_refresh_is_quiet(void **state)
{
    sip_sim *sim;
    sip_stack *stack;
    unsigned fired = 0;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    assert_int_equal(sip_sim_add_host(sim, "alice", NULL, &stack), 0);
    assert_int_equal(sip_timer_start(sip_stack_worker(stack, 0), 3600000, on_far, &fired), 0);
    assert_int_equal(sip_sim_settle(sim, 60000), 0);
    assert_int_equal(fired, 0);
    sip_sim_run(sim, 3600000);
    assert_int_equal(fired, 1);
    sip_sim_destroy(sim);
}

static void a_cut_host_and_a_mended_one(void **state)
{
    sip_sim *sim;
    sim_peer alice, bob;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    sim_peer_init(&alice, sim, "alice");
    sim_peer_init(&bob, sim, "bob");
    assert_int_equal(sip_sim_set_cut(sim, "nobody", true), SIP_ENOENT);
    assert_int_equal(sip_sim_set_cut(sim, "bob", true), 0);
    sim_peer_send(&alice, "OPTIONS", "sip:bob@bob;transport=tcp", NULL, NULL);
    sim_peer_send(&alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    assert_int_equal(sip_sim_settle(sim, 100000), 0);
    assert_int_equal(alice.sent[0].status, 503);
    assert_int_equal(alice.sent[1].status, 408);
    assert_int_equal(bob.requests, 0);
    assert_int_equal(sip_sim_set_cut(sim, "bob", false), 0);
    sim_peer_send(&alice, "OPTIONS", "sip:bob@bob;transport=tcp", NULL, NULL);
    assert_int_equal(sip_sim_settle(sim, 100000), 0);
    assert_int_equal(alice.sent[2].status, 200);
    sip_sim_destroy(sim);
    sim_peer_finish(&alice);
    sim_peer_finish(&bob);
}

static void strangers_may_send_anything(void **state)
{
    static const char options[] =
        "OPTIONS sip:bob@bob SIP/2.0\r\nVia: SIP/2.0/UDP 10.9.9.9:7;branch=z9hG4bKx\r\n"
        "From: <sip:x@y>;tag=1\r\nTo: <sip:bob@bob>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n"
        "Content-Length: 0\r\n\r\n";
    sip_addr stranger = {.ip = {10, 9, 9, 9}, .port = 7, .family = SIP_FAMILY_IP4};
    sip_sim *sim;
    sim_peer bob;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    sim_peer_init(&bob, sim, "bob");
    assert_int_equal(sip_sim_inject(sim, &stranger, "nobody", SIP_STR("x")), SIP_ENOENT);
    assert_int_equal(sip_sim_inject(sim, &stranger, "bob", SIP_STR("\r\n\r\n")), 0);
    assert_int_equal(sip_sim_inject(sim, &stranger, "bob", SIP_STR("no SIP at all")), 0);
    assert_int_equal(sip_sim_inject(sim, &stranger, "bob", sip_str_of(options)), 0);
    assert_int_equal(sip_sim_settle(sim, 100000), 0);
    assert_int_equal(bob.requests, 1);
    assert_string_equal(sip_sim_ladder(sim, 0), "bob <- 10.9.9.9 ?\nbob <- 10.9.9.9 OPTIONS\n"
                                                "bob -> 10.9.9.9 200\n");
    sip_sim_destroy(sim);
    sim_peer_finish(&bob);
}

static void the_network_may_change(void **state)
{
    sip_sim *sim;
    sim_peer alice, bob;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    sim_peer_init(&alice, sim, "alice");
    sim_peer_init(&bob, sim, "bob");
    sip_sim_set_network(sim, &(sip_sim_config){.loss_percent = 100});
    sim_peer_send(&alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    sip_sim_run(sim, 5000);
    assert_int_equal(alice.sent[0].finals, 0);
    sip_sim_set_network(sim, &(sip_sim_config){.delay_ms = 1});
    assert_int_equal(sip_sim_settle(sim, 100000), 0);
    assert_int_equal(alice.sent[0].status, 200);
    sip_sim_destroy(sim);
    sim_peer_finish(&alice);
    sim_peer_finish(&bob);
}

static void without_memory_it_says_so(void **state)
{
    sip_addr stranger = {.ip = {10, 9, 9, 9}, .port = 7, .family = SIP_FAMILY_IP4};
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_sim_config config = {.allocator = &fail.allocator};
        sip_sim *sim = NULL;
        int err;

        fail_alloc_init(&fail, ++n);
        err = sip_sim_create(&config, &sim);
        if (err == 0) {
            err = sip_sim_add_host(sim, "alice", NULL, NULL);
        }
        if (err == 0) {
            err = sip_sim_lose(sim, "alice", "200", 1);
        }
        if (err == 0) {
            err = sip_sim_inject(sim, &stranger, "alice", SIP_STR("no SIP"));
        }
        if (err == 0) {
            bool whole = strcmp(sip_sim_ladder(sim, 0), "alice <- 10.9.9.9 ?\n") == 0;

            assert_non_null(sip_sim_ladder_diff(sim, 0, "x"));
            assert_int_equal(sip_sim_settle(sim, 1000), 0);
            assert_true(whole || fail.failed);
        } else {
            assert_int_equal(err, SIP_ENOMEM);
        }
        sip_sim_destroy(sim);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_networks_are_refused),
        cmocka_unit_test(the_ladder_has_the_older_host_left),
        cmocka_unit_test(repeats_are_known_as_such),
        cmocka_unit_test(a_host_moves),
        cmocka_unit_test(the_same_seed_gives_the_same_run),
        cmocka_unit_test(settling_ends_when_nothing_is_due_or_the_limit_comes),
        cmocka_unit_test(a_far_refresh_is_quiet),
        cmocka_unit_test(a_cut_host_and_a_mended_one),
        cmocka_unit_test(strangers_may_send_anything),
        cmocka_unit_test(the_network_may_change),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
