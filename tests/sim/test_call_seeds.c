/* Calls over 1,000 bad networks: one that goes through hold and resume, and one on which both sides
 * do whatever comes to their minds. Each must end, once, and leave nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dum/dum.h>
#include <sip/sim.h>

#define SEEDS 1000u

static const sip_body one = SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                                         "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                         "m=audio 40000 RTP/AVP 0\r\n");
static const sip_body two = SIP_BODY_SDP("v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\n"
                                         "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                         "m=audio 40000 RTP/AVP 0\r\nm=audio 40002 RTP/AVP 8\r\n");

typedef struct phone {
    dum_manager *dum;
    dum_profile *profile;
    dum_id call;
    unsigned begun, ended, answers;
    bool connected;
    uint64_t random;
} phone;

typedef struct small_town {
    sip_sim *sim;
    phone alice, bob;
} small_town;

static uint32_t roll(phone *of, uint32_t below)
{
    of->random = of->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(of->random >> 33) % below;
}

static void on_new_session(dum_invite *inv, const sip_msg *invite, void *ud)
{
    phone *self = ud;

    (void)invite;
    self->begun++;
    self->call = dum_invite_id(inv);
    if (self->random == 0) {
        dum_invite_provisional(inv, 180, NULL);
        dum_invite_accept(inv, &one, NULL);
    }
}

static void on_answer(dum_invite *inv, const sip_body *answer, void *ud)
{
    phone *self = ud;

    (void)inv;
    (void)answer;
    self->answers++;
}

static void on_connected(dum_invite *inv, const sip_msg *msg, void *ud)
{
    phone *self = ud;

    (void)inv;
    (void)msg;
    assert_false(self->connected);
    self->connected = true;
}

static void on_terminated(dum_invite *inv, const dum_cause *cause, void *ud)
{
    phone *self = ud;

    (void)inv;
    assert_true(cause->text.len > 0);
    self->ended++;
}

/* One thing that an application may do, fitting or not. */
static void meddle(phone *self)
{
    dum_invite *inv = dum_invite_find(self->dum, self->call);
    const sip_body *body = roll(self, 4) == 0 ? &two : &one;

    switch (roll(self, 12)) {
    case 0:
        dum_invite_provisional(inv, 180, NULL);
        break;
    case 1:
        dum_invite_provisional(inv, 183, NULL);
        break;
    case 2:
    case 3:
        dum_invite_accept(inv, roll(self, 2) == 0 ? NULL : body, NULL);
        break;
    case 4:
        dum_invite_hold(inv);
        break;
    case 5:
        dum_invite_resume(inv);
        break;
    case 6:
        dum_invite_offer(inv, body);
        break;
    case 7:
        dum_invite_offer(inv, NULL);
        break;
    case 8:
    case 9:
        dum_invite_answer(inv, body);
        break;
    case 10:
        dum_invite_reject_offer(inv, 488);
        break;
    default:
        if (roll(self, 8) == 0) {
            dum_invite_end(inv, 0, NULL);
        }
        break;
    }
}

static void on_offer(dum_invite *inv, const sip_body *offer, void *ud)
{
    (void)inv;
    (void)offer;
    meddle(ud);
}

static void on_asked(dum_invite *inv, const sip_msg *msg, void *ud)
{
    (void)inv;
    (void)msg;
    meddle(ud);
}

static const dum_invite_handler steady = {
    .on_new_session = on_new_session,
    .on_answer = on_answer,
    .on_connected = on_connected,
    .on_terminated = on_terminated,
};
static const dum_invite_handler moody = {
    .on_new_session = on_new_session,
    .on_offer = on_offer,
    .on_offer_required = on_asked,
    .on_connected = on_connected,
    .on_terminated = on_terminated,
};

static void open_phone(small_town *town, phone *who, const char *name, const char *aor,
                       const dum_invite_handler *handler)
{
    const dum_profile_config profile = {.aor = aor};
    sip_stack *stack;

    assert_int_equal(sip_sim_add_host(town->sim, name, NULL, &stack), 0);
    assert_int_equal(dum_manager_create(stack, NULL, &who->dum), 0);
    assert_int_equal(dum_profile_create(who->dum, &profile, &who->profile), 0);
    assert_int_equal(dum_manager_set_invite_handler(who->dum, handler, who), 0);
}

static void open_town(small_town *t, const sip_sim_config *net, const dum_invite_handler *handler)
{
    *t = (small_town){.sim = NULL};
    assert_int_equal(sip_sim_create(net, &t->sim), 0);
    open_phone(t, &t->alice, "alice", "sip:alice@alice", handler);
    open_phone(t, &t->bob, "bob", "sip:bob@bob", handler);
}

static void call_bob(small_town *t, const sip_body *offer)
{
    const dum_invite_config call = {.to = "sip:bob@bob", .offer = offer};
    dum_invite *inv;

    assert_int_equal(dum_invite_create(t->alice.profile, &call, &inv), 0);
    t->alice.begun++;
    t->alice.call = dum_invite_id(inv);
}

static void close_town(small_town *t, uint64_t seed)
{
    if (sip_sim_settle(t->sim, 600000) != 0 || sip_sim_live_objects(t->sim) != 0 ||
        t->alice.begun != t->alice.ended || t->bob.begun != t->bob.ended) {
        print_error("seed %llu: %zu alive, alice %u of %u ended, bob %u of %u\n%s",
                    (unsigned long long)seed, sip_sim_live_objects(t->sim), t->alice.ended,
                    t->alice.begun, t->bob.ended, t->bob.begun, sip_sim_ladder(t->sim, 0));
        fail();
    }
    sip_sim_destroy(t->sim);
}

static void hold_and_resume_on_bad_networks(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const sip_sim_config net = {
            .seed = seed, .delay_ms = 20, .jitter_ms = 100, .loss_percent = 10, .dup_percent = 5};
        dum_invite *inv;
        small_town t;

        open_town(&t, &net, &steady);
        call_bob(&t, &one);
        sip_sim_run(t.sim, 35000);
        inv = dum_invite_find(t.alice.dum, t.alice.call);
        assert_true(dum_invite_is_stable(inv));
        assert_int_equal(dum_invite_hold(inv), 0);
        sip_sim_run(t.sim, 35000);
        assert_true(dum_invite_is_held(inv));
        assert_int_equal(dum_invite_resume(inv), 0);
        sip_sim_run(t.sim, 35000);
        assert_false(dum_invite_is_held(inv));
        assert_int_equal(t.alice.answers, 3);
        assert_true(dum_invite_is_stable(inv));
        inv = dum_invite_find(t.bob.dum, t.bob.call);
        assert_true(dum_invite_is_stable(inv));
        assert_int_equal(dum_invite_end(inv, 0, NULL), 0);
        close_town(&t, seed);
    }
}

static void whatever_both_sides_do(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const sip_sim_config net = {.seed = seed,
                                    .delay_ms = 10,
                                    .jitter_ms = 50,
                                    .loss_percent = seed % 3 == 0 ? 10 : 0,
                                    .dup_percent = 5};
        small_town t;

        open_town(&t, &net, &moody);
        t.alice.random = seed * 2;
        t.bob.random = seed * 2 + 1;
        call_bob(&t, seed % 2 == 0 ? &one : NULL);
        for (int step = 0; step < 150; step++) {
            sip_sim_run(t.sim, roll(&t.alice, 200));
            meddle(roll(&t.alice, 2) == 0 ? &t.alice : &t.bob);
        }
        dum_invite_end(dum_invite_find(t.alice.dum, t.alice.call), 0, NULL);
        close_town(&t, seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hold_and_resume_on_bad_networks),
        cmocka_unit_test(whatever_both_sides_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
