/* A forking proxy whose branches answer when nobody reckons with it any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "sim/farm.h"

typedef struct late_world {
    farm farm;
    sim_proxy proxy;
} late_world;

static void late_init(late_world *it, const char *target)
{
    memset(it, 0, sizeof *it);
    farm_init(&it->farm);
    sim_proxy_init(&it->proxy, it->farm.sim, "proxy", NULL);
    it->proxy.targets[0] = (sip_target){.uri = target};
    it->proxy.n_targets = 1;
}

static sim_peer_sent *call(late_world *it)
{
    return sim_peer_send(&it->farm.alice, "INVITE", "sip:x@example.com", "sip:proxy", NULL);
}

static unsigned count(late_world *it, const char *line)
{
    const char *at = sip_sim_ladder(it->farm.sim, 0);
    unsigned n = 0;

    while ((at = strstr(at, line)) != NULL) {
        n++;
        at += strlen(line);
    }
    return n;
}

/* The CANCEL waits for a provisional response (RFC 3261 9.1), and the wait for what it comes to
 * begins when it has left: the 487 gets its ACK. */
static void a_cancel_that_left_late(void **state)
{
    late_world it;
    sim_peer_sent *sent;

    (void)state;
    late_init(&it, "sip:x@a");
    it.farm.hosts[0].provisional = 180;
    it.farm.hosts[0].final = 0;
    sip_sim_set_cut(it.farm.sim, "a", true);
    sent = call(&it);
    sip_sim_run(it.farm.sim, 1000);
    assert_int_equal(sip_client_tx_cancel(sent->tx, NULL), 0);
    sip_sim_run(it.farm.sim, 29000);
    sip_sim_set_cut(it.farm.sim, "a", false);
    assert_int_equal(sip_sim_lose(it.farm.sim, "a", "487", 4), 0);
    sip_sim_run(it.farm.sim, 30000);
    assert_int_equal(count(&it, "a <- proxy CANCEL\n"), 1);
    assert_int_equal(count(&it, "a -> proxy 487\n"), 5);
    assert_int_equal(count(&it, "a <- proxy ACK\n"), 1);
    farm_finish(&it.farm);
}

/* The first target is silent until the second has been asked. When it accepts the call after all,
 * the second one is cancelled. */
static void a_2xx_from_a_target_given_up(void **state)
{
    late_world it;
    sim_peer_sent *sent;

    (void)state;
    late_init(&it, FARM);
    farm_add_srv(&it.farm, UDP, "a", 0, 5060);
    farm_add_srv(&it.farm, UDP, "b", 10, 5060);
    it.farm.hosts[0].final_after_ms = 2000;
    it.farm.hosts[1].provisional = 180;
    it.farm.hosts[1].final = 0;
    sip_sim_set_cut(it.farm.sim, "a", true);
    sent = call(&it);
    sip_sim_run(it.farm.sim, 30000);
    sip_sim_set_cut(it.farm.sim, "a", false);
    assert_int_equal(sip_sim_lose(it.farm.sim, "a", "100", 1), 0);
    sip_sim_run(it.farm.sim, 3000);
    assert_int_equal(it.farm.hosts[0].invites, 1);
    assert_int_equal(it.farm.hosts[1].invites, 1);
    assert_int_equal(sent->finals, 0);
    sip_sim_run(it.farm.sim, 3000);
    assert_int_equal(sent->status, 200);
    assert_int_equal(count(&it, "b <- proxy CANCEL\n"), 1);
    assert_int_equal(count(&it, "b -> proxy 487\n"), 1);
    assert_int_equal(count(&it, "alice <- proxy 200"), 1);
    assert_int_equal(sip_sim_settle(it.farm.sim, 300000), 0);
    assert_int_equal(it.proxy.relays, 1);
    assert_int_equal(it.proxy.ended, 1);
    farm_finish(&it.farm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cancel_that_left_late),
        cmocka_unit_test(a_2xx_from_a_target_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
