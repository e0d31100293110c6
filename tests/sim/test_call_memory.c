/* A call in which every allocation fails once, on either side: nothing crashes, nothing leaks, and
 * whoever heard of a session hears of its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dum/dum.h>
#include <sip/sim.h>

#include "support/fail_alloc.h"

static const sip_body media = SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                                           "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                           "m=audio 40000 RTP/AVP 0\r\n");

typedef struct party {
    dum_manager *dum;
    dum_profile *profile;
    dum_invite *call;
    unsigned begun, ended;
} party;

static void on_new_session(dum_invite *inv, const sip_msg *invite, void *ud)
{
    party *self = ud;

    (void)invite;
    self->begun++;
    self->call = inv;
    dum_invite_provisional(inv, 180, NULL);
    if (dum_invite_accept(inv, &media, NULL) != 0) {
        dum_invite_end(inv, 500, NULL);
    }
}

static void on_offer(dum_invite *inv, const sip_body *offer, void *ud)
{
    (void)ud;
    if (dum_invite_answer(inv, offer) != 0) {
        dum_invite_reject_offer(inv, 488);
    }
}

static void on_terminated(dum_invite *inv, const dum_cause *cause, void *ud)
{
    party *self = ud;

    (void)inv;
    assert_true(cause->text.len > 0);
    self->ended++;
    self->call = NULL;
}

static const dum_invite_handler handler = {
    .on_new_session = on_new_session,
    .on_offer = on_offer,
    .on_terminated = on_terminated,
};

static int open_party(sip_sim *sim, party *who, const char *name, const char *aor,
                      const sip_allocator *allocator)
{
    const sip_stack_config config = {.allocator = allocator};
    const dum_profile_config profile = {.aor = aor, .outbound_proxy = "sip:bob"};
    sip_stack *stack;
    int err = sip_sim_add_host(sim, name, &config, &stack);

    if (err == 0) {
        err = dum_manager_create(stack, NULL, &who->dum);
    }
    if (err == 0) {
        err = dum_profile_create(who->dum, &profile, &who->profile);
    }
    return err != 0 ? err : dum_manager_set_invite_handler(who->dum, &handler, who);
}

/* One call with re-INVITEs, also since alice moves; whatever fails is given up. */
static void play(party *alice, party *bob, sip_sim *sim, const sip_body *offer)
{
    const dum_invite_config call = {.to = "\"Bob\" <sip:bob@bob>", .offer = offer};

    if (dum_invite_create(alice->profile, &call, &alice->call) == 0) {
        alice->begun++;
    }
    sip_sim_run(sim, 2000);
    dum_invite_hold(alice->call);
    sip_sim_run(sim, 2000);
    (void)sip_sim_move_host(sim, "alice");
    sip_sim_run(sim, 2000);
    dum_invite_offer(bob->call, NULL);
    sip_sim_run(sim, 2000);
    dum_invite_end(alice->call, 0, NULL);
    sip_sim_run(sim, 70000);
}

static bool fail_at(size_t n, bool at_bob, const sip_body *offer)
{
    const sip_sim_config net = {.seed = n, .delay_ms = 5};
    party alice = {.begun = 0}, bob = {.begun = 0};
    fail_alloc fails;
    sip_sim *sim;

    fail_alloc_init(&fails, n);
    assert_int_equal(sip_sim_create(&net, &sim), 0);
    if (open_party(sim, &alice, "alice", "sip:alice@alice", at_bob ? NULL : &fails.allocator) ==
            0 &&
        open_party(sim, &bob, "bob", "sip:bob@bob", at_bob ? &fails.allocator : NULL) == 0) {
        play(&alice, &bob, sim, offer);
        if (alice.begun == alice.ended && bob.begun == bob.ended) {
            assert_int_equal(sip_sim_settle(sim, 300000), 0);
            assert_int_equal(sip_sim_live_objects(sim), 0);
        }
    }
    sip_sim_destroy(sim);
    assert_int_equal(alice.begun, alice.ended);
    assert_int_equal(bob.begun, bob.ended);
    assert_int_equal(fails.live, 0);
    return fails.failed;
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++) {
        size_t n = 0;

        while (fail_at(++n, way % 2 == 1, way < 2 ? &media : NULL)) {
        }
        assert_true(n > 50);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_fails_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
