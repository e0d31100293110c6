#include "sim/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/fail_alloc.h"
#include "support/sim_peer.h"

/* Two peers, and what the tap saw. */
typedef struct pair_world {
    sip_sim *sim;
    sim_peer alice, bob;
    unsigned sent, arrived, refused, broken;
    sip_addr refused_from, refused_to;
} pair_world;

static void on_event(const sip_sim_event *event, void *user_data)
{
    pair_world *it = user_data;

    assert_int_equal(event->at_ms, sip_sim_now_ms(it->sim));
    switch (event->kind) {
    case SIP_SIM_SENT:
        it->sent++;
        assert_true(event->bytes.len > 0);
        break;
    case SIP_SIM_ARRIVED:
        it->arrived++;
        assert_true(event->bytes.len > 0);
        break;
    case SIP_SIM_REFUSED:
        it->refused++;
        it->refused_from = event->from;
        it->refused_to = event->to;
        assert_int_equal(event->bytes.len, 0);
        break;
    case SIP_SIM_BROKEN:
        it->broken++;
        break;
    }
}

static void pair_init(pair_world *it, const sip_sim_config *net)
{
    memset(it, 0, sizeof *it);
    assert_int_equal(sip_sim_create(net, &it->sim), 0);
    sim_peer_init(&it->alice, it->sim, "alice");
    sim_peer_init(&it->bob, it->sim, "bob");
    sip_sim_set_tap(it->sim, on_event, it);
}

static void pair_finish(pair_world *it)
{
    assert_int_equal(sip_sim_settle(it->sim, 300000), 0);
    assert_int_equal(sip_sim_live_objects(it->sim), 0);
    sip_sim_destroy(it->sim);
    sim_peer_finish(&it->alice);
    sim_peer_finish(&it->bob);
}

static void shares_over_a_hundred_are_refused(void **state)
{
    sip_sim *sim = NULL;

    (void)state;
    assert_int_equal(sip_sim_create(&(sip_sim_config){.reorder_percent = 101}, &sim), SIP_EINVAL);
    assert_int_equal(sip_sim_create(&(sip_sim_config){.dns_fail_percent = 101}, &sim), SIP_EINVAL);
}

static void two_apart_and_together_again(void **state)
{
    pair_world it;
    sip_sim_faults faults;

    (void)state;
    pair_init(&it, NULL);
    assert_int_equal(sip_sim_set_apart(it.sim, "alice", "nobody", true), SIP_ENOENT);
    assert_int_equal(sip_sim_set_apart(it.sim, "nobody", "bob", true), SIP_ENOENT);
    assert_int_equal(sip_sim_set_apart(it.sim, "alice", "bob", true), 0);
    sim_peer_send(&it.alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(it.sent, 2);
    assert_int_equal(it.arrived, 0);
    sip_sim_get_faults(it.sim, &faults);
    assert_int_equal(faults.barred, 2);
    assert_int_equal(sip_sim_set_apart(it.sim, "bob", "alice", false), 0);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(it.alice.sent[0].status, 200);
    sip_sim_set_tap(it.sim, NULL, NULL);
    pair_finish(&it);
    assert_int_equal(it.sent, 4);
}

static void a_process_dies_and_another_begins(void **state)
{
    pair_world it;
    sip_stack *again;
    sip_addr before, after;
    sip_sim_faults faults;

    (void)state;
    pair_init(&it, NULL);
    assert_int_equal(sip_sim_host_addr(it.sim, "bob", &before), 0);
    sim_peer_send(&it.alice, "OPTIONS", "sip:bob@bob;transport=tcp", NULL, NULL);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(sip_sim_remove_host(NULL, "bob"), SIP_ENOENT);
    assert_int_equal(sip_sim_remove_host(it.sim, "bob"), 0);
    assert_int_equal(sip_sim_remove_host(it.sim, "bob"), SIP_ENOENT);
    assert_int_equal(sip_sim_host_addr(it.sim, "bob", &after), SIP_ENOENT);
    sim_peer_send(&it.alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    sim_peer_send(&it.alice, "OPTIONS", "sip:bob@bob;transport=tcp", NULL, NULL);
    sip_sim_run(it.sim, 1000);
    assert_int_equal(it.broken, 1);
    assert_int_equal(it.refused, 2);
    assert_true(sip_addr_same_host(&it.refused_from, &before));
    assert_int_equal(it.alice.sent[1].status, 503);
    assert_int_equal(it.alice.sent[2].status, 503);
    sip_sim_get_faults(it.sim, &faults);
    assert_int_equal(faults.refused, 2);
    assert_int_equal(faults.broken, 1);
    assert_non_null(strstr(sip_sim_ladder(it.sim, 0), "alice -> bob OPTIONS\n"));
    assert_int_equal(sip_sim_set_cut(it.sim, "bob", true), 0); /* a dead host has its place */
    assert_int_equal(sip_sim_set_cut(it.sim, "bob", false), 0);
    assert_int_equal(sip_sim_add_host(it.sim, "bob", NULL, &again), 0);
    assert_int_equal(sip_sim_host_addr(it.sim, "bob", &after), 0);
    assert_true(sip_addr_equal(&before, &after));
    sim_peer_send(&it.alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    sip_sim_run(it.sim, 33000);
    assert_int_equal(it.alice.sent[3].status, 501); /* nobody takes requests there */
    pair_finish(&it);
}

static void held_back_datagrams_are_overtaken(void **state)
{
    const sip_sim_config net = {.seed = 4, .delay_ms = 5, .reorder_percent = 30, .reorder_ms = 900};
    pair_world it;
    sip_sim_faults faults;

    (void)state;
    pair_init(&it, &net);
    for (int i = 0; i < 10; i++) {
        sim_peer_send(&it.alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
        sip_sim_run(it.sim, 10);
    }
    sip_sim_run(it.sim, 40000);
    sip_sim_get_faults(it.sim, &faults);
    assert_true(faults.held_back > 0);
    assert_true(faults.overtaken > 0);
    assert_int_equal(faults.lost + faults.doubled, 0);
    pair_finish(&it);
}

static void names_may_fail(void **state)
{
    const sip_sim_config net = {.dns_ms = 10, .dns_jitter_ms = 1000, .dns_fail_percent = 100};
    pair_world it;
    sip_sim_faults faults;

    (void)state;
    pair_init(&it, &net);
    sim_peer_send(&it.alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    sip_sim_run(it.sim, 10000);
    assert_int_equal(it.alice.sent[0].status, 503);
    assert_int_equal(it.sent, 0);
    sip_sim_get_faults(it.sim, &faults);
    assert_true(faults.failed_names > 0);
    assert_true(faults.slow_names > 0);
    sip_sim_set_network(it.sim, &(sip_sim_config){.delay_ms = 1});
    pair_finish(&it);
}

static void what_is_lost_on_purpose_is_counted(void **state)
{
    pair_world it;
    sip_sim_faults faults;

    (void)state;
    pair_init(&it, NULL);
    assert_int_equal(sip_sim_lose(it.sim, "alice", "OPTIONS", 0), 0);
    assert_int_equal(sip_sim_lose(it.sim, "alice", "OPTIONS", 2), 0);
    sim_peer_send(&it.alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    sip_sim_run(it.sim, 2000);
    sip_sim_get_faults(it.sim, &faults);
    assert_int_equal(faults.chosen, 2);
    assert_int_equal(it.alice.sent[0].status, 200);
    assert_true(sip_list_is_empty(&it.sim->losses));
    assert_int_equal(sip_sim_lose(it.sim, NULL, "BYE", 1), 0); /* never comes */
    pair_finish(&it);
}

static void a_failure_says_how_to_see_it_again(void **state)
{
    const sip_sim_config net = {.seed = 17}, without = {.seed = 18, .no_ladder = true};
    pair_world it;

    (void)state;
    pair_init(&it, &net);
    sim_peer_send(&it.alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(sip_sim_failure(it.sim, "no luck", "try --seed % twice"),
                        "no luck (seed 17)\nreplay: try --seed 17 twice\n"
                        "alice -> bob OPTIONS\nalice <- bob 200\n");
    assert_non_null(strstr(sip_sim_failure(it.sim, "x", "y"), "x (seed 17)\nreplay: y17\n"));
    pair_finish(&it);
    pair_init(&it, &without);
    sim_peer_send(&it.alice, "OPTIONS", "sip:bob@bob", NULL, NULL);
    sip_sim_run(it.sim, 1000);
    assert_string_equal(sip_sim_ladder(it.sim, 0), "");
    assert_string_equal(sip_sim_failure(it.sim, "no", "--seed %"),
                        "no (seed 18)\nreplay: --seed 18\n(no ladder was kept)\n");
    pair_finish(&it);
}

static void without_memory_a_host_neither_dies_nor_rises(void **state)
{
    bool any = false;

    (void)state;
    for (size_t n = 1; n < 400; n++) {
        sip_sim_config config = {.seed = 1};
        fail_alloc fail;
        sip_stack *stack;
        sip_sim *sim;
        int err;

        fail_alloc_init(&fail, 0);
        config.allocator = &fail.allocator;
        assert_int_equal(sip_sim_create(&config, &sim), 0);
        assert_int_equal(sip_sim_add_host(sim, "bob", NULL, &stack), 0);
        fail.calls = 0;
        fail.fail_at = n;
        err = sip_sim_remove_host(sim, "bob");
        if (err != 0) {
            assert_int_equal(err, SIP_ENOMEM);
            fail.fail_at = 0;
            assert_int_equal(sip_sim_remove_host(sim, "bob"), 0);
        } else {
            err = sip_sim_add_host(sim, "bob", NULL, &stack);
            any = any || err == 0;
            fail.fail_at = 0;
            assert_int_equal(sip_sim_add_host(sim, "bob", NULL, &stack), err == 0 ? SIP_EINVAL : 0);
        }
        sip_sim_destroy(sim);
        assert_int_equal(fail.live, 0);
        if (any) {
            return;
        }
    }
    fail_msg("it never works");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_over_a_hundred_are_refused),
        cmocka_unit_test(two_apart_and_together_again),
        cmocka_unit_test(a_process_dies_and_another_begins),
        cmocka_unit_test(held_back_datagrams_are_overtaken),
        cmocka_unit_test(names_may_fail),
        cmocka_unit_test(what_is_lost_on_purpose_is_counted),
        cmocka_unit_test(a_failure_says_how_to_see_it_again),
        cmocka_unit_test(without_memory_a_host_neither_dies_nor_rises),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
