/* A host with addresses of both families races for a connection (RFC 8305). */
#include "tx_world.h"

#include "dns/scripted_resolver.h"
#include <string.h>

/* Connections over TCP come about as they are told: the flow to an address is its fourth byte. */
typedef struct dual_world {
    tx_world world;
    world_transport six; /* TCP too */
    sip__zone zone;
    unsigned attempts, releases;
    unsigned fallen; /* attempts that were over without success */
} dual_world;

static dual_world *running;

static int connect_to(sip_transport *transport, const sip_path *to, sip_flow *ret_flow)
{
    (void)transport;
    running->attempts++;
    *ret_flow = to->remote.ip[3];
    return SIP_EAGAIN;
}

static sip_flow flow_to(sip_transport *transport, const sip_path *to, bool *ret_stands)
{
    (void)transport;
    *ret_stands = false;
    return to->remote.ip[3];
}

static void release(sip_transport *transport, const sip_path *path)
{
    (void)transport, (void)path;
    running->releases++;
}

static sip_transport_vtable connecting;

#define SIX 0xb8 /* flow to 2001:db8::22, by connect_to() */
#define FOUR 33  /* to 192.0.2.33 */

static void tell(dual_world *it, sip_flow flow, int err)
{
    sip_transport *tcp = &it->world.tcp.head;

    tcp->events->on_connected(tcp, flow, err, err == 0 ? "" : "refused", tcp->stack);
    world_turn(&it->world);
}

/* Asked over TCP, its addresses found, the first attempt on its way. */
static void start(dual_world *it)
{
    const sip_addr addrs[] = {world_addr("192.0.2.33", 0), world_addr("2001:db8::22", 0)};
    sip_stack_config config = {0};

    memset(it, 0, sizeof(*it));
    running = it;
    sip__zone_init(&it->zone, sip_allocator_default());
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(sip__zone_add(&it->zone, "dual.example", &addrs[i]), 0);
    }
    assert_int_equal(sip__scripted_resolver_create(&it->zone, &it->world.clock, &config.resolver),
                     0);
    world_init_with(&it->world, &config, NULL);
    connecting = *it->world.tcp.head.vtable;
    connecting.connect = connect_to;
    connecting.flow_to = flow_to;
    connecting.release = release;
    it->world.tcp.head.vtable = &connecting;
    it->six = it->world.tcp;
    it->six.head.local = world_addr("2001:db8::1", 5060);
    assert_int_equal(sip_stack_add_transport(it->world.stack, &it->six.head), 0);
    (void)world_client(&it->world, "OPTIONS", "sip:b@dual.example:5060;transport=tcp");
    while (sip__scripted_resolver_advance(config.resolver)) {
    }
    world_turn(&it->world);
    assert_int_equal(it->attempts, 1);
}

static void finish(dual_world *it, sip_family family, const char *via)
{
    assert_int_equal(it->world.n_sends, 1);
    assert_int_equal(it->world.sends[0].path.remote.family, family);
    assert_non_null(strstr(it->world.sends[0].text, via));
    assert_int_equal(it->releases + it->fallen, it->attempts);
    assert_int_equal(it->world.news.failures, 0);
    world_finish(&it->world);
    sip__zone_finish(&it->zone);
}

/* IPv6 has 250 ms (RFC 8305 5), and the other family does not wait for its end. */
static void test_families_race(void **state)
{
    dual_world it;

    (void)state;
    start(&it);
    tell(&it, SIX, 0);
    world_run(&it.world, 1000);
    assert_int_equal(it.attempts, 1);
    finish(&it, SIP_FAMILY_IP6, "Via: SIP/2.0/TCP [2001:db8::1]:5060;");

    start(&it);
    world_run(&it.world, 249);
    assert_int_equal(it.attempts, 1);
    world_run(&it.world, 1);
    assert_int_equal(it.attempts, 2);
    tell(&it, FOUR, 0);
    finish(&it, SIP_FAMILY_IP4, "Via: SIP/2.0/TCP 192.0.2.1:5060;");

    start(&it);
    world_run(&it.world, 300);
    tell(&it, SIX, 0); /* late, and still the first */
    finish(&it, SIP_FAMILY_IP6, "Via: SIP/2.0/TCP [2001:db8::1]:5060;");

    start(&it);
    it.fallen = 1;
    tell(&it, SIX, SIP_EIO); /* refused: nobody waits */
    assert_int_equal(it.attempts, 2);
    tell(&it, FOUR, 0);
    finish(&it, SIP_FAMILY_IP4, "Via: SIP/2.0/TCP 192.0.2.1:5060;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families_race),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
