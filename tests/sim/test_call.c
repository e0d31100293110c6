#include <dum/dum.h>
#include <sip/sim.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
static const sip_body media =
    SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                 "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n");
static void on_new_session(dum_invite *inv, const sip_msg *invite, void *ud)
{
    (void)invite, (void)ud;
    dum_invite_provisional(inv, 180, NULL);
    dum_invite_accept(inv, &media, NULL);
}
static void on_connected(dum_invite *inv, const sip_msg *msg, void *ud)
{
    (void)msg, (void)ud;
    dum_invite_end(inv, 0, NULL); /* at once: its BYE may overtake its ACK */
}
static const dum_invite_handler uac = {.on_connected = on_connected};
static const dum_invite_handler uas = {.on_new_session = on_new_session};
static void call_survives_a_bad_network(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 1000; seed++) {
        sip_sim_config net = {.seed = seed, .delay_ms = 50, .jitter_ms = 200, .loss_percent = 10};
        dum_invite_config call = {.to = "sip:bob@bob", .offer = &media};
        sip_sim *sim;
        sip_stack *a, *b;
        dum_manager *alice, *bob;
        dum_profile *me;
        assert_false(
            sip_sim_create(&net, &sim) || sip_sim_add_host(sim, "alice", NULL, &a) ||
            sip_sim_add_host(sim, "bob", NULL, &b) || dum_manager_create(a, NULL, &alice) ||
            dum_manager_create(b, NULL, &bob) ||
            dum_profile_create(alice, &(dum_profile_config){.aor = "sip:alice@alice"}, &me) ||
            dum_manager_set_invite_handler(alice, &uac, NULL) ||
            dum_manager_set_invite_handler(bob, &uas, NULL) || dum_invite_create(me, &call, NULL));
        assert_int_equal(sip_sim_settle(sim, 300000), 0);           /* within 300 virtual seconds */
        assert_null(sip_sim_ladder_diff(sim, SIP_LADDER_NO_REPEATS, /* NULL, or what differs */
                                        "alice -> bob INVITE sdp\n"
                                        "alice <- bob 180\n"
                                        "alice <- bob 200 sdp\n"
                                        "alice -> bob ACK\n"
                                        "alice -> bob BYE\n"
                                        "alice <- bob 200\n"));
        assert_int_equal(sip_sim_live_objects(sim), 0); /* transactions, dialogs, usages */
        sip_sim_destroy(sim);
    }
}
int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(call_survives_a_bad_network)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
