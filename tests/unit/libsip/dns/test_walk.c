/* Each case of RFC 3263 4: what is asked, and which targets come of it in which order. */
#include "locate_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static locate_world world;

static int set_up(void **state)
{
    (void)state;
    return locate_world_init(&world, sip_allocator_default());
}

static int tear_down(void **state)
{
    (void)state;
    locate_world_finish(&world);
    return 0;
}

#define EXPECT(uri, asked, targets) locate_world_expect(&world, uri, asked, targets)

#define HOSTS                                                                                      \
    "a.example.com 60 A 192.0.2.1\n"                                                               \
    "b.example.com 60 A 192.0.2.2\n"                                                               \
    "c.example.com 60 A 192.0.2.3\n"

static void naptr_order_and_preference(void **state)
{
    (void)state;
    zone_load(&world.zone,
              HOSTS "example.com 60 NAPTR 20 10 s SIP+D2U - _sip._udp.example.com\n"
                    "example.com 60 NAPTR 10 60 s SIPS+D2T - _sips._tcp.example.com\n"
                    "example.com 60 NAPTR 10 50 S sip+d2t - _sip._tcp.elsewhere.example\n"
                    "_sip._udp.example.com 60 SRV 0 0 5060 a.example.com\n"
                    "_sip._tcp.elsewhere.example 60 SRV 0 0 5070 b.example.com\n"
                    "_sips._tcp.example.com 60 SRV 0 0 5061 c.example.com\n");
    EXPECT("sip:example.com",
           "NAPTR example.com\n"
           "SRV _sip._tcp.elsewhere.example\nSRV _sips._tcp.example.com\n"
           "SRV _sip._udp.example.com\n"
           "AAAA b.example.com\nA b.example.com\nAAAA c.example.com\nA c.example.com\n"
           "AAAA a.example.com\nA a.example.com\n",
           "tcp 192.0.2.2:5070\ntls 192.0.2.3:5061\nudp 192.0.2.1:5060\n");
    assert_string_equal(world.locate.name, "example.com");
    assert_int_equal(world.locate.targets[0].ttl_s, 60);
}

static void naptr_of_what_we_have_only(void **state)
{
    (void)state;
    world.can.protocols = 1u << SIP_PROTOCOL_UDP;
    zone_load(&world.zone, HOSTS "example.com 60 NAPTR 1 1 s SIP+D2S - _sip._sctp.example.com\n"
                                 "example.com 60 NAPTR 2 1 s SIP+D2T - _sip._tcp.example.com\n"
                                 "example.com 60 NAPTR 3 1 u E2U+sip !.*!sip:x@y! .\n"
                                 "example.com 60 NAPTR 4 1 s SIP+D2U - .\n"
                                 "example.com 60 NAPTR 5 1 - SIP+D2U - other.example.com\n"
                                 "example.com 60 NAPTR 6 1 s SIP+D2U - _sip._udp.example.com\n"
                                 "_sip._udp.example.com 60 SRV 0 0 5060 a.example.com\n");
    EXPECT("sip:example.com",
           "NAPTR example.com\nSRV _sip._udp.example.com\nAAAA a.example.com\nA a.example.com\n",
           "udp 192.0.2.1:5060\n");
}

static void naptr_that_names_a_host(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS "example.com 30 NAPTR 1 1 a SIP+D2T - a.example.com\n"
                                 "example.com 30 NAPTR 2 1 A SIPS+D2T - b.example.com\n");
    EXPECT("sip:example.com", NULL, "tcp 192.0.2.1:5060\ntls 192.0.2.2:5061\n");
    assert_int_equal(world.locate.targets[0].ttl_s, 30);
}

static void naptr_of_both_flags(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS "example.com 30 NAPTR 1 1 a SIP+D2T - a.example.com\n"
                                 "example.com 30 NAPTR 2 1 a SIPS+D2T - b.example.com\n"
                                 "example.com 30 NAPTR 3 1 s SIP+D2U - _sip._udp.example.com\n"
                                 "_sip._udp.example.com 60 SRV 0 0 5060 c.example.com\n");
    EXPECT("sip:example.com", NULL, "tcp 192.0.2.1:5060\ntls 192.0.2.2:5061\nudp 192.0.2.3:5060\n");
}

static void naptr_for_web_sockets(void **state)
{
    (void)state;
    world.can.protocols = 1u << SIP_PROTOCOL_WS | 1u << SIP_PROTOCOL_WSS;
    zone_load(&world.zone, HOSTS "example.com 60 NAPTR 1 1 s SIP+D2W - _sip._ws.example.com\n"
                                 "example.com 60 NAPTR 2 1 s SIPS+D2W - _sips._ws.example.com\n"
                                 "_sip._ws.example.com 60 SRV 1 0 80 a.example.com\n"
                                 "_sips._ws.example.com 60 SRV 1 0 443 b.example.com\n");
    EXPECT("sip:example.com", NULL, "ws 192.0.2.1:80\nwss 192.0.2.2:443\n");
    EXPECT("sips:example.com", "", "wss 192.0.2.2:443\n");
    EXPECT("sip:none.example", NULL,
           "no address for none.example: it names no transport that we have");
    assert_int_equal(world.err, SIP_EUNSUPPORTED);
}

static void sips_takes_secure_ones_only(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS "example.com 60 NAPTR 1 1 s SIP+D2U - _sip._udp.example.com\n"
                                 "example.com 60 NAPTR 2 1 s SIP+D2T - _sip._tcp.example.com\n"
                                 "example.com 60 NAPTR 3 1 s SIPS+D2T - _sips._tcp.example.com\n"
                                 "_sips._tcp.example.com 60 SRV 0 0 5099 a.example.com\n");
    EXPECT("sips:example.com",
           "NAPTR example.com\nSRV _sips._tcp.example.com\nAAAA a.example.com\nA a.example.com\n",
           "tls 192.0.2.1:5099\n");
    EXPECT("sips:b.example.com",
           "NAPTR b.example.com\nSRV _sips._tcp.b.example.com\n"
           "AAAA b.example.com\nA b.example.com\n",
           "tls 192.0.2.2:5061\n");
}

static void no_naptr(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS "_sip._udp.example.com 60 SRV 0 0 5062 a.example.com\n"
                                 "_sip._tcp.example.com 60 SRV 0 0 5063 b.example.com\n");
    EXPECT("sip:example.com",
           "NAPTR example.com\nSRV _sip._udp.example.com\nSRV _sip._tcp.example.com\n"
           "AAAA a.example.com\nA a.example.com\nAAAA b.example.com\nA b.example.com\n",
           "udp 192.0.2.1:5062\ntcp 192.0.2.2:5063\n");
}

static void no_srv(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS);
    EXPECT("sip:a.example.com",
           "NAPTR a.example.com\nSRV _sip._udp.a.example.com\nSRV _sip._tcp.a.example.com\n"
           "AAAA a.example.com\nA a.example.com\n",
           "udp 192.0.2.1:5060\n");
    world.can.protocols = 1u << SIP_PROTOCOL_TCP;
    EXPECT("sip:b.example.com",
           "NAPTR b.example.com\nSRV _sip._tcp.b.example.com\n"
           "AAAA b.example.com\nA b.example.com\n",
           "tcp 192.0.2.2:5060\n");
}

static void short_cuts(void **state)
{
    (void)state;
    zone_load(&world.zone,
              HOSTS "_sip._tcp.a.example.com 60 SRV 0 0 5065 c.example.com\n"
                    "a.example.com 60 NAPTR 1 1 s SIP+D2U - _sip._udp.b.example.com\n");
    /* A port: no NAPTR, no SRV. */
    EXPECT("sip:a.example.com:5070", "AAAA a.example.com\nA a.example.com\n",
           "udp 192.0.2.1:5070\n");
    EXPECT("sips:b.example.com:5071", "AAAA b.example.com\nA b.example.com\n",
           "tls 192.0.2.2:5071\n");
    EXPECT("sip:a.example.com:5070;transport=tcp", "", "tcp 192.0.2.1:5070\n");
    /* A transport: no NAPTR. */
    EXPECT("sip:a.example.com;transport=tcp",
           "SRV _sip._tcp.a.example.com\nAAAA c.example.com\nA c.example.com\n",
           "tcp 192.0.2.3:5065\n");
    EXPECT("sip:b.example.com;transport=tls", "SRV _sips._tcp.b.example.com\n",
           "tls 192.0.2.2:5061\n");
    /* maddr stands for the host, port or not. */
    EXPECT("sip:x.example;maddr=B.example.com.;transport=udp", "SRV _sip._udp.b.example.com\n",
           "udp 192.0.2.2:5060\n");
    assert_string_equal(world.locate.name, "b.example.com");
    EXPECT("sip:x.example:7;maddr=b.example.com", "", "udp 192.0.2.2:7\n");
    EXPECT("sip:x.example;maddr=192.0.2.77", "", "udp 192.0.2.77:5060\n");
}

/* Without NAPTR the order is ours (RFC 3263 4.1). */
static void what_is_preferred_goes_first(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS "_sip._udp.example.com 60 SRV 0 0 5062 a.example.com\n"
                                 "_sip._tcp.example.com 60 SRV 0 0 5063 b.example.com\n"
                                 "_sips._tcp.example.com 60 SRV 0 0 5064 c.example.com\n");
    world.can.preferred = SIP_PROTOCOL_TCP;
    EXPECT("sip:example.com", NULL, "tcp 192.0.2.2:5063\nudp 192.0.2.1:5062\n");
    EXPECT("sip:a.example.com", NULL, "tcp 192.0.2.1:5060\n");
    EXPECT("sip:a.example.com:5070", NULL, "tcp 192.0.2.1:5070\n");
    EXPECT("sips:example.com", NULL, "tls 192.0.2.3:5064\n");
    world.can.preferred = SIP_PROTOCOL_TLS;
    EXPECT("sip:example.com", NULL, "tls 192.0.2.3:5064\nudp 192.0.2.1:5062\ntcp 192.0.2.2:5063\n");
}

static void srv_priorities(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS "_sip._udp.example.com 60 SRV 20 0 5060 a.example.com\n"
                                 "_sip._udp.example.com 60 SRV 10 0 5061 b.example.com\n"
                                 "_sip._udp.example.com 60 SRV 30 0 5062 c.example.com\n");
    EXPECT("sip:example.com;transport=udp", NULL,
           "udp 192.0.2.2:5061\nudp 192.0.2.1:5060\nudp 192.0.2.3:5062\n");
}

/* The draw is made anew for each look-up, also when all is known. */
static void srv_weights(void **state)
{
    unsigned first[3] = {0};

    (void)state;
    zone_load(&world.zone, HOSTS "_sip._udp.example.com 600 SRV 1 70 5060 a.example.com\n"
                                 "_sip._udp.example.com 600 SRV 1 20 5060 b.example.com\n"
                                 "_sip._udp.example.com 600 SRV 1 10 5060 c.example.com\n");
    for (unsigned i = 0; i < 10000; i++) {
        EXPECT("sip:example.com;transport=udp", NULL, NULL);
        assert_int_equal(world.locate.n_targets, 3);
        first[world.locate.targets[0].addr.ip[3] - 1]++;
    }
    assert_in_range(first[0], 6800, 7200);
    assert_in_range(first[1], 1850, 2150);
    assert_in_range(first[2], 850, 1150);
}

static void srv_refuses(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS "_sip._udp.a.example.com 60 SRV 0 0 0 .\n"
                                 "_sip._tcp.a.example.com 60 SRV 0 0 5060 b.example.com\n"
                                 "_sip._udp.c.example.com 60 SRV 0 0 0 .\n");
    EXPECT("sip:a.example.com", NULL, "tcp 192.0.2.2:5060\n");
    /* c.example.com has an address, and says that nothing is there. */
    EXPECT("sip:c.example.com;transport=udp", "SRV _sip._udp.c.example.com\n",
           "no address for c.example.com: the domain says that it has no such service");
    assert_int_equal(world.err, SIP_ENOENT);
}

/* SRV records without a port are found, so that the name's own address is none to go to; beside
 * others they are passed over. */
static void srv_with_port_0(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS "_sip._udp.a.example.com 60 SRV 0 0 0 a.example.com\n"
                                 "_sip._udp.a.example.com 60 SRV 1 0 0 b.example.com\n"
                                 "_sip._udp.c.example.com 60 SRV 0 0 0 a.example.com\n"
                                 "_sip._udp.c.example.com 60 SRV 1 0 5062 b.example.com\n"
                                 "_sip._udp.b.example.com 60 SRV 0 0 0 .\n"
                                 "_sip._udp.b.example.com 60 SRV 1 0 5060 .\n");
    EXPECT("sip:a.example.com;transport=udp", "SRV _sip._udp.a.example.com\n",
           "no address for a.example.com: its SRV records have port 0");
    assert_int_equal(world.err, SIP_ENOENT);
    EXPECT("sip:c.example.com;transport=udp", NULL, "udp 192.0.2.2:5062\n");
    EXPECT("sip:b.example.com;transport=udp", "SRV _sip._udp.b.example.com\n",
           "no address for b.example.com: the domain says that it has no such service");
}

static void aliases(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS "www.example.com 20 CNAME also.example.com\n"
                                 "also.example.com 40 CNAME a.example.com\n"
                                 "loop.example.com 40 CNAME loop.example.com\n");
    EXPECT("sip:www.example.com:5060", "AAAA www.example.com\nA www.example.com\n",
           "udp 192.0.2.1:5060\n");
    assert_int_equal(world.locate.targets[0].ttl_s, 20);
    EXPECT("sip:loop.example.com:5060", NULL, "no address for loop.example.com: no such name");
}

static void families(void **state)
{
    (void)state;
    zone_load(&world.zone, "six.example 60 AAAA 2001:db8::1\n"
                           "both.example 60 A 192.0.2.1\nboth.example 60 A 192.0.2.2\n"
                           "both.example 60 AAAA 2001:db8::1\nboth.example 60 AAAA 2001:db8::2\n"
                           "both.example 60 AAAA 2001:db8::3\n");
    EXPECT("sip:six.example:5060", NULL, "udp [2001:db8::1]:5060\n");
    EXPECT("sip:both.example:5060", NULL,
           "udp [2001:db8::1]:5060\nudp 192.0.2.1:5060\nudp [2001:db8::2]:5060\n"
           "udp 192.0.2.2:5060\nudp [2001:db8::3]:5060\n");
    world.can.families = 1u << SIP_FAMILY_IP6;
    EXPECT("sip:both.example:5061", "",
           "udp [2001:db8::1]:5061\nudp [2001:db8::2]:5061\nudp [2001:db8::3]:5061\n");
    world.can.families = 1u << SIP_FAMILY_IP4;
    EXPECT("sip:six.example:5061", "", NULL); /* it was asked for above */
    assert_int_equal(world.err, SIP_ENOENT);
}

static void ttls_expire(void **state)
{
    (void)state;
    zone_load(&world.zone, "example.com 100 NAPTR 1 1 s SIP+D2U - _sip._udp.example.com\n"
                           "_sip._udp.example.com 50 SRV 0 0 5060 a.example.com\n"
                           "a.example.com 20 A 192.0.2.1\n");
    world.can.families = 1u << SIP_FAMILY_IP4;
    EXPECT("sip:example.com", NULL, "udp 192.0.2.1:5060\n");
    assert_int_equal(world.locate.targets[0].ttl_s, 20);
    locate_world_run(&world, 19999);
    EXPECT("sip:example.com", "", "udp 192.0.2.1:5060\n");
    assert_int_equal(world.locate.targets[0].ttl_s, 1);
    sip__zone_clear(&world.zone, "a.example.com");
    zone_load(&world.zone, "a.example.com 0 A 192.0.2.9\n");
    locate_world_run(&world, 1);
    EXPECT("sip:example.com", "A a.example.com\n", "udp 192.0.2.9:5060\n");
    EXPECT("sip:example.com", "A a.example.com\n", "udp 192.0.2.9:5060\n"); /* TTL 0 */
    locate_world_run(&world, 30000);
    EXPECT("sip:example.com", "SRV _sip._udp.example.com\nA a.example.com\n", NULL);
    locate_world_run(&world, 50000);
    EXPECT("sip:example.com", "NAPTR example.com\nSRV _sip._udp.example.com\nA a.example.com\n",
           NULL);
}

static void no_such_name(void **state)
{
    (void)state;
    world.can.families = 1u << SIP_FAMILY_IP4;
    EXPECT("sip:gone.example;transport=udp", "SRV _sip._udp.gone.example\nA gone.example\n",
           "no address for gone.example: no such name");
    assert_int_equal(world.err, SIP_ENOENT);
    assert_int_equal(world.calls, 1);
    /* Known by now; and said by start itself. */
    EXPECT("sip:gone.example;transport=udp", "", "no address for gone.example: no such name");
    assert_int_equal(world.calls, 0);
    assert_int_equal(world.err, SIP_ENOENT);
    locate_world_run(&world, 60000);
    EXPECT("sip:gone.example;transport=udp", "SRV _sip._udp.gone.example\nA gone.example\n", NULL);
}

static void servers_fail(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS);
    assert_int_equal(sip__zone_fail(&world.zone, "bad.example", SIP_EIO, 0), 0);
    EXPECT("sip:bad.example:5060", NULL, "no address for bad.example: the name server failed");
    assert_int_equal(world.err, SIP_EIO);
    /* Not for long. */
    EXPECT("sip:bad.example:5060", "", NULL);
    assert_int_equal(world.err, SIP_EIO);
    locate_world_run(&world, 5000);
    EXPECT("sip:bad.example:5060", "AAAA bad.example\nA bad.example\n", NULL);
    /* Servers that know no NAPTR or SRV do not stop a look-up, but are told of in the end. */
    assert_int_equal(sip__zone_fail(&world.zone, "_sip._udp.a.example.com", SIP_EIO, 0), 0);
    EXPECT("sip:a.example.com;transport=udp", NULL, "udp 192.0.2.1:5060\n");
    assert_int_equal(sip__zone_fail(&world.zone, "_sip._udp.none.example", SIP_EIO, 0), 0);
    EXPECT("sip:none.example;transport=udp", NULL,
           "no address for none.example: the name server failed");
    assert_int_equal(world.err, SIP_EIO);
}

static void servers_say_nothing(void **state)
{
    sip_time_ms begun_ms = world.time_ms;

    (void)state;
    zone_load(&world.zone, "_sip._udp.example.com 60 SRV 1 0 5060 a.example.com\n"
                           "_sip._udp.example.com 60 SRV 2 0 5060 b.example.com\n"
                           "a.example.com 60 A 192.0.2.1\nb.example.com 60 A 192.0.2.2\n");
    world.zone.delay_ms = 20;
    assert_int_equal(sip__zone_fail(&world.zone, "a.example.com", SIP_EIO, 6000), 0);
    EXPECT("sip:example.com;transport=udp", NULL, "udp 192.0.2.2:5060\n");
    assert_int_equal(world.time_ms - begun_ms, 20 + 20 + 6000);
}

/* A dead server is waited for twice, not once a stage. */
static void no_server_is_there(void **state)
{
    sip_time_ms begun_ms = world.time_ms;

    (void)state;
    zone_load(&world.zone, "late.example 60 A 192.0.2.1\n");
    assert_int_equal(sip__zone_fail(&world.zone, "dead.example", SIP_EIO, 6000), 0);
    assert_int_equal(sip__zone_fail(&world.zone, "_sip._udp.dead.example", SIP_EIO, 6000), 0);
    EXPECT("sip:dead.example",
           "NAPTR dead.example\nAAAA dead.example\nA dead.example\nSRV _sip._udp.dead.example\n"
           "SRV _sip._tcp.dead.example\n",
           "no address for dead.example: the name server failed");
    assert_int_equal(world.err, SIP_EIO);
    assert_int_equal(world.time_ms - begun_ms, 12000);
    /* Given up while both are asked for. */
    locate_world_run(&world, 5000);
    assert_int_equal(locate_world_start(&world, "sip:dead.example"), SIP_EAGAIN);
    locate_world_run(&world, 6001);
    sip__locate_cancel(&world.locate);
    locate_world_run(&world, 12000);
    assert_int_equal(world.calls, 0);
}

static void numbers_are_bounded(void **state)
{
    char line[100];

    (void)state;
    world.can.families = 1u << SIP_FAMILY_IP4;
    for (unsigned i = 0; i < 16; i++) {
        (void)snprintf(line, sizeof(line), "_sip._udp.example.com 60 SRV %u 0 5060 h%u.example\n",
                       i, i);
        zone_load(&world.zone, line);
        for (unsigned j = 0; j < 6; j++) {
            (void)snprintf(line, sizeof(line), "h%u.example 60 A 10.0.%u.%u\n", i, i, j);
            zone_load(&world.zone, line);
        }
    }
    EXPECT("sip:example.com;transport=udp", NULL, NULL);
    assert_int_equal(world.locate.n_targets, SIP__LOCATE_MAX);
    assert_int_equal(world.locate.targets[15].addr.ip[2], 3); /* four addresses a host */
}

static void what_leads_nowhere_is_left_out(void **state)
{
    static const sip_dns_record mapped = {
        .type = SIP_DNS_AAAA,
        .ttl_s = 60,
        .addr = {.ip = {[10] = 0xff, 0xff, 192, 0, 2, 9}, .family = SIP_FAMILY_IP6}};

    (void)state;
    zone_load(&world.zone, HOSTS "_sip._udp.example.com 60 SRV 1 0 0 a.example.com\n"
                                 "_sip._udp.example.com 60 SRV 2 0 5060 any.example.com\n"
                                 "_sip._udp.example.com 60 SRV 3 0 5060 b.example.com\n"
                                 "any.example.com 60 A 0.0.0.0\n"
                                 "any.example.com 60 AAAA ::\n");
    assert_int_equal(sip__zone_add_record(&world.zone, "any.example.com", &mapped), 0);
    EXPECT("sip:example.com;transport=udp", NULL, "udp 192.0.2.2:5060\n");
    EXPECT("sip:any.example.com:5060", NULL, NULL);
    assert_int_equal(world.err, SIP_ENOENT);
}

static void one_address_once(void **state)
{
    (void)state;
    zone_load(&world.zone, HOSTS "_sip._udp.example.com 60 SRV 1 0 5060 a.example.com\n"
                                 "_sip._udp.example.com 60 SRV 2 0 5060 a.example.com\n"
                                 "_sip._udp.example.com 60 SRV 3 0 5070 a.example.com\n");
    EXPECT("sip:example.com;transport=udp", NULL, "udp 192.0.2.1:5060\nudp 192.0.2.1:5070\n");
}

static void static_hosts(void **state)
{
    sip_addr addr;

    (void)state;
    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.50"), 9, &addr), 0);
    assert_int_equal(sip__static_hosts_add(&world.hosts, "Fixed.example", &addr), 0);
    zone_load(&world.zone, "_sip._udp.example.com 60 SRV 1 0 5060 fixed.example\n");
    EXPECT("sip:fixed.example", "", "udp 192.0.2.50:5060\n");
    EXPECT("sips:fixed.example", "", "tls 192.0.2.50:5061\n");
    EXPECT("sip:example.com;transport=udp", "SRV _sip._udp.example.com\n", "udp 192.0.2.50:5060\n");
    EXPECT("sip:localhost;transport=tcp", "", "tcp [::1]:5060\ntcp 127.0.0.1:5060\n");
    world.can.families = 1u << SIP_FAMILY_IP6;
    EXPECT("sip:fixed.example", "",
           "no address for fixed.example: a static host has no such record");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(naptr_order_and_preference),
        CASE(naptr_of_what_we_have_only),
        CASE(naptr_that_names_a_host),
        CASE(naptr_of_both_flags),
        CASE(naptr_for_web_sockets),
        CASE(sips_takes_secure_ones_only),
        CASE(no_naptr),
        CASE(no_srv),
        CASE(short_cuts),
        CASE(what_is_preferred_goes_first),
        CASE(srv_priorities),
        CASE(srv_weights),
        CASE(srv_refuses),
        CASE(srv_with_port_0),
        CASE(aliases),
        CASE(families),
        CASE(ttls_expire),
        CASE(no_such_name),
        CASE(servers_fail),
        CASE(servers_say_nothing),
        CASE(no_server_is_there),
        CASE(numbers_are_bounded),
        CASE(what_leads_nowhere_is_left_out),
        CASE(one_address_once),
        CASE(static_hosts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
