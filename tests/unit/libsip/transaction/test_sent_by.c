#include "tx_world.h"

#include "dns/scripted_resolver.h"
#include "transaction/sent_by.h"
#include <stdio.h>
#include <string.h>

/* A world that knows client.example at 192.0.2.2 and 192.0.2.50, and by SRV on port 5080 for UDP.
 */
typedef struct home_world {
    tx_world world;
    sip__zone zone;
    sip_resolver *resolver;
} home_world;

static void home_init(home_world *it)
{
    const sip_dns_record srv = {
        .type = SIP_DNS_SRV, .ttl_s = 60, .port = 5080, .target = "client.example"};
    sip_stack_config config = {0};
    sip_addr addr = world_addr("192.0.2.2", 0);

    memset(it, 0, sizeof(*it));
    sip__zone_init(&it->zone, sip_allocator_default());
    assert_int_equal(sip__zone_add(&it->zone, "client.example", &addr), 0);
    addr = world_addr("192.0.2.50", 0);
    assert_int_equal(sip__zone_add(&it->zone, "client.example", &addr), 0);
    assert_int_equal(sip__zone_add_record(&it->zone, "_sip._udp.client.example", &srv), 0);
    assert_int_equal(sip__scripted_resolver_create(&it->zone, &it->world.clock, &it->resolver), 0);
    config.resolver = it->resolver;
    world_init_with(&it->world, &config, NULL);
}

static void home_finish(home_world *it)
{
    world_finish(&it->world);
    sip__zone_finish(&it->zone);
}

static void answer_names(home_world *it)
{
    while (sip__scripted_resolver_advance(it->resolver)) {
    }
    world_turn(&it->world);
}

/* A request from 192.0.2.2:5070, along flow 77 over TCP. */
static void ask(home_world *it, sip_protocol protocol, const char *method, const char *sent_by)
{
    char text[600];

    snprintf(text, sizeof(text),
             "%s sip:alice@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/" SIP_FMT " %s;branch=z9hG4bK%s\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:bob@x>;tag=b1\r\nTo: <sip:alice@x>\r\n"
             "Call-ID: call-2\r\nCSeq: 7 %s\r\nContent-Length: 0\r\n\r\n",
             method, SIP_ARG(sip_protocol_name(protocol)), sent_by, method, method);
    world_receive(&it->world, protocol, text);
}

static void assert_last_to(const home_world *it, const char *host, uint16_t port)
{
    sip_addr addr = world_addr(host, port);

    assert_true(sip_addr_equal(&it->world.sends[it->world.n_sends - 1].path.remote, &addr));
}

static void fail_last(home_world *it, sip_protocol protocol)
{
    const world_send *send = &it->world.sends[it->world.n_sends - 1];
    sip_transport *transport =
        protocol == SIP_PROTOCOL_TCP ? &it->world.tcp.head : &it->world.udp.head;

    transport->events->on_send_failed(transport, send->ref, &send->path, SIP_EIO, "broken",
                                      transport->stack);
    world_turn(&it->world);
}

static void unreachable(home_world *it)
{
    world_returned(&it->world, it->world.n_sends - 1, SIP_EIO, "port unreachable");
    world_turn(&it->world);
}

/* Same connection, then the port in Via, then what sent-by leads to, one after the other. */
static void test_stream(void **state)
{
    home_world it;

    (void)state;
    home_init(&it);
    it.world.answer = 486;
    ask(&it, SIP_PROTOCOL_TCP, "INVITE", "client.example:5066");
    assert_int_equal(it.world.sends[0].path.flow, 77);
    fail_last(&it, SIP_PROTOCOL_TCP);
    assert_last_to(&it, "192.0.2.2", 5066);
    fail_last(&it, SIP_PROTOCOL_TCP);
    assert_int_equal(it.world.n_sends, 2);
    answer_names(&it);
    assert_int_equal(it.world.n_sends, 3); /* 192.0.2.2:5066 has been tried */
    assert_last_to(&it, "192.0.2.50", 5066);
    assert_string_equal(it.world.sends[2].text, it.world.sends[0].text);
    assert_int_equal(it.world.news.server_ends, 0);
    fail_last(&it, SIP_PROTOCOL_TCP);
    assert_int_equal(it.world.n_sends, 3);
    assert_int_equal(it.world.news.undelivered, 1);
    home_finish(&it);
}

static void test_stream_to_nowhere(void **state)
{
    home_world it;

    (void)state;
    home_init(&it);
    it.world.answer = 486;
    ask(&it, SIP_PROTOCOL_TCP, "INVITE", "nobody.example");
    fail_last(&it, SIP_PROTOCOL_TCP);
    fail_last(&it, SIP_PROTOCOL_TCP);
    assert_int_equal(it.world.news.undelivered, 0);
    answer_names(&it);
    assert_int_equal(it.world.news.undelivered, 1);
    /* A numeric one that has been tried. */
    ask(&it, SIP_PROTOCOL_TCP, "INVITE", "192.0.2.2:5070;x=1");
    home_finish(&it);
}

/* The 2xx is its user's to repeat: the next one finds the way. */
static void test_stream_2xx(void **state)
{
    sip_msg *response = NULL;
    home_world it;

    (void)state;
    home_init(&it);
    ask(&it, SIP_PROTOCOL_TCP, "INVITE", "client.example:5066");
    assert_int_equal(sip_response_create(sip_server_tx_request(it.world.news.server), 200,
                                         SIP_STR("b1"), NULL, &response),
                     0);
    assert_int_equal(sip_server_tx_send(it.world.news.server, response), 0);
    fail_last(&it, SIP_PROTOCOL_TCP);
    assert_int_equal(sip_server_tx_send(it.world.news.server, response), 0);
    assert_last_to(&it, "192.0.2.2", 5066);
    fail_last(&it, SIP_PROTOCOL_TCP);
    assert_int_equal(sip_server_tx_send(it.world.news.server, response), 0);
    answer_names(&it);
    assert_int_equal(sip_server_tx_send(it.world.news.server, response), 0);
    assert_last_to(&it, "192.0.2.50", 5066);
    (void)sip_msg_unref(response);
    home_finish(&it);
}

static void test_datagram(void **state)
{
    home_world it;

    (void)state;
    home_init(&it);
    it.world.answer = 200;
    ask(&it, SIP_PROTOCOL_UDP, "OPTIONS", "client.example;rport");
    assert_last_to(&it, "192.0.2.2", 5070);
    unreachable(&it);
    assert_int_equal(it.world.n_sends, 1);
    answer_names(&it);
    assert_int_equal(it.world.n_sends, 2);
    assert_last_to(&it, "192.0.2.2", 5080);
    unreachable(&it);
    assert_last_to(&it, "192.0.2.50", 5080);
    unreachable(&it);
    assert_int_equal(it.world.n_sends, 3);
    assert_int_equal(it.world.news.server_ends, 0); /* it waits for repetitions all the same */
    home_finish(&it);
}

static void test_datagram_to_nowhere(void **state)
{
    home_world it;

    (void)state;
    home_init(&it);
    it.world.answer = 200;
    ask(&it, SIP_PROTOCOL_UDP, "OPTIONS", "nobody.example;rport");
    unreachable(&it);
    answer_names(&it);
    assert_int_equal(it.world.n_sends, 1);
    assert_int_equal(it.world.news.server_ends, 0);
    ask(&it, SIP_PROTOCOL_UDP, "OPTIONS", "nobody.example;rport"); /* again */
    assert_int_equal(it.world.n_sends, 2);
    home_finish(&it);
}

static void test_ends_while_it_looks(void **state)
{
    home_world it;

    (void)state;
    home_init(&it);
    it.world.answer = 200;
    ask(&it, SIP_PROTOCOL_UDP, "OPTIONS", "client.example;rport");
    unreachable(&it);
    sip_server_tx_abandon(it.world.news.server);
    world_turn(&it.world);
    answer_names(&it);
    assert_int_equal(it.world.n_sends, 1);
    home_finish(&it);
}

static void test_finds_nothing(void **state)
{
    const sip_via none = {.protocol = SIP_PROTOCOL_WS, .host = SIP_STR("client.example")};
    sip__finder *finder = NULL;
    sip__layer *layer;
    home_world it;
    void *only;

    (void)state;
    home_init(&it);
    layer = &it.world.stack->workers->layer;
    assert_int_equal(sip__sent_by_find(layer, &none, NULL, NULL, &finder), SIP_EUNSUPPORTED);
    assert_null(finder);
    only = sip__pool_take(&layer->finders);
    layer->finders.limit = 1;
    assert_int_equal(sip__sent_by_find(layer, &none, NULL, NULL, &finder), SIP_ENOMEM);
    sip__pool_give(&layer->finders, only);
    home_finish(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_stream_to_nowhere),
        cmocka_unit_test(test_stream_2xx),
        cmocka_unit_test(test_datagram),
        cmocka_unit_test(test_datagram_to_nowhere),
        cmocka_unit_test(test_ends_while_it_looks),
        cmocka_unit_test(test_finds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
