#include "tx_world.h"

#include "dns/scripted_resolver.h"
#include "transaction/ict.h"
#include "transaction/target.h"
#include <stdio.h>
#include <string.h>

#define ANY "sip:b@many.example;transport=udp"
#define ANY_TCP "sip:b@many.example:5060;transport=tcp"

/* A world that knows many.example at 192.0.2.2, .3 and so on, and can connect over TCP as it is
 * told: the flow to an address is its last number. */
typedef struct many_world {
    tx_world world;
    sip__zone zone;
    sip_resolver *resolver;
    int connects; /* what connect() gives; 0: it stands */
    unsigned attempts, releases;
    bool stands;
} many_world;

static many_world *running;

static int connect_to(sip_transport *transport, const sip_path *to, sip_flow *ret_flow)
{
    (void)transport;
    running->attempts++;
    *ret_flow = to->remote.ip[3];
    return running->connects;
}

static sip_flow flow_to(sip_transport *transport, const sip_path *to, bool *ret_stands)
{
    (void)transport;
    *ret_stands = running->stands;
    return to->remote.ip[3];
}

static void release(sip_transport *transport, const sip_path *path)
{
    (void)transport, (void)path;
    running->releases++;
}

static sip_transport_vtable connecting;

static void many_init(many_world *it, unsigned n)
{
    sip_stack_config config = {0};

    memset(it, 0, sizeof(*it));
    running = it;
    sip__zone_init(&it->zone, sip_allocator_default());
    for (unsigned i = 0; i < n; i++) {
        sip_addr addr = world_addr("192.0.2.2", 0);

        addr.ip[3] = (uint8_t)(2 + i);
        assert_int_equal(sip__zone_add(&it->zone, "many.example", &addr), 0);
    }
    assert_int_equal(sip__scripted_resolver_create(&it->zone, &it->world.clock, &it->resolver), 0);
    config.resolver = it->resolver;
    world_init_with(&it->world, &config, NULL);
    connecting = *it->world.tcp.head.vtable;
    connecting.connect = connect_to;
    connecting.flow_to = flow_to;
    connecting.release = release;
    it->world.tcp.head.vtable = &connecting;
}

static void many_finish(many_world *it)
{
    world_finish(&it->world);
    sip__zone_finish(&it->zone);
}

static void answer_names(many_world *it)
{
    while (sip__scripted_resolver_advance(it->resolver)) {
    }
    world_turn(&it->world);
}

static unsigned last_to(const many_world *it)
{
    assert_true(it->world.n_sends > 0);
    return it->world.sends[it->world.n_sends - 1].path.remote.ip[3];
}

static void fail_last(many_world *it)
{
    const world_send *send = &it->world.sends[it->world.n_sends - 1];
    sip_transport *transport =
        send->path.protocol == SIP_PROTOCOL_TCP ? &it->world.tcp.head : &it->world.udp.head;

    transport->events->on_send_failed(transport, send->ref, &send->path, SIP_EIO, "broken",
                                      transport->stack);
    world_turn(&it->world);
}

static void tell(many_world *it, sip_flow flow, int err)
{
    sip_transport *tcp = &it->world.tcp.head;

    tcp->events->on_connected(tcp, flow, err, err == 0 ? "" : "refused", tcp->stack);
    world_turn(&it->world);
}

static void close_flow(many_world *it, sip_flow flow)
{
    sip_transport *tcp = &it->world.tcp.head;

    tcp->events->on_flow_closed(tcp, flow, SIP_EIO, "reset", tcp->stack);
    world_turn(&it->world);
}

static void ask_preferring(many_world *it, const char *host, sip_protocol protocol)
{
    const sip_path prefer = {.protocol = protocol, .remote = world_addr(host, 5060)};
    const sip_send_options options = {.prefer = &prefer};
    sip_msg *request = world_request("OPTIONS", ANY);

    assert_int_equal(sip_client_tx_create(it->world.tu, request, &options, &world_client_handler,
                                          &it->world, NULL),
                     0);
    (void)sip_msg_unref(request);
    answer_names(it);
}

static void test_the_preferred_goes_first(void **state)
{
    many_world it;

    (void)state;
    many_init(&it, 3);
    ask_preferring(&it, "192.0.2.4", SIP_PROTOCOL_UDP);
    assert_int_equal(last_to(&it), 4);
    ask_preferring(&it, "192.0.2.3", SIP_PROTOCOL_UDP); /* known by now */
    assert_int_equal(last_to(&it), 3);
    ask_preferring(&it, "192.0.2.99", SIP_PROTOCOL_UDP); /* none of them */
    assert_int_equal(last_to(&it), 2);
    ask_preferring(&it, "192.0.2.4", SIP_PROTOCOL_TCP);
    assert_int_equal(last_to(&it), 2);
    ask_preferring(&it, "192.0.2.4", SIP_PROTOCOL_UDP);
    fail_last(&it); /* in bad health it is behind the others */
    assert_int_equal(last_to(&it), 2);
    ask_preferring(&it, "192.0.2.4", SIP_PROTOCOL_UDP);
    assert_int_equal(last_to(&it), 2);
    many_finish(&it);
}

static void test_statelessly_too(void **state)
{
    const sip_path prefer = {.protocol = SIP_PROTOCOL_UDP, .remote = world_addr("192.0.2.3", 5060)};
    const sip_send_options options = {.prefer = &prefer};
    sip_msg *ack = world_request("ACK", ANY);
    many_world it;

    (void)state;
    many_init(&it, 2);
    assert_int_equal(sip_tu_send(it.world.tu, ack, &options, NULL), 0);
    answer_names(&it);
    assert_int_equal(last_to(&it), 3);
    assert_int_equal(sip_tu_send(it.world.tu, ack, NULL, NULL), 0);
    assert_int_equal(last_to(&it), 2);
    (void)sip_msg_unref(ack);
    many_finish(&it);
}

static void test_tries_are_bounded(void **state)
{
    many_world it;

    (void)state;
    many_init(&it, 12);
    (void)world_client(&it.world, "OPTIONS", ANY);
    answer_names(&it);
    while (it.world.news.failures == 0) {
        assert_true(it.world.n_sends < 12);
        fail_last(&it);
    }
    assert_true(it.world.n_sends <= 8);
    assert_non_null(strstr(it.world.news.last_text, "targets tried)"));
    many_finish(&it);
}

static void test_the_first_that_connects(void **state)
{
    many_world it;

    (void)state;
    many_init(&it, 3);
    it.connects = SIP_EAGAIN;
    (void)world_client(&it.world, "INVITE", ANY_TCP);
    answer_names(&it);
    world_run(&it.world, 500);
    assert_int_equal(it.attempts, 3);
    assert_int_equal(it.world.n_sends, 0);
    tell(&it, 2, SIP_EIO);
    tell(&it, 4, 0);
    assert_int_equal(it.world.n_sends, 1);
    assert_int_equal(last_to(&it), 4);
    assert_int_equal(it.releases, 2); /* of the one under way, and of its own */
    /* The one that had not come about is left, the one that fell is not tried again. */
    it.connects = 0;
    fail_last(&it);
    assert_int_equal(it.world.n_sends, 2);
    assert_int_equal(last_to(&it), 3);
    fail_last(&it);
    assert_int_equal(it.world.news.failures, 1);
    many_finish(&it);
}

static void test_a_race_that_is_lost(void **state)
{
    many_world it;

    (void)state;
    many_init(&it, 2);
    it.connects = SIP_EAGAIN;
    (void)world_client(&it.world, "OPTIONS", ANY_TCP);
    answer_names(&it);
    tell(&it, 2, SIP_EIO);
    tell(&it, 3, SIP_EIO);
    assert_int_equal(it.world.n_sends, 0);
    assert_int_equal(it.world.news.failures, 1);
    assert_string_equal(it.world.news.last_text,
                        "transaction: tcp 192.0.2.3:5060: refused (the last of 2 targets tried)");
    assert_int_equal(it.world.news.client_ends, 1);
    it.connects = SIP_EBUSY; /* lost at once */
    (void)world_client(&it.world, "OPTIONS", ANY_TCP);
    answer_names(&it);
    assert_int_equal(it.world.news.failures, 2);
    many_finish(&it);
}

static void test_cancelled_and_abandoned_while_racing(void **state)
{
    sip_client_tx *tx;
    many_world it;

    (void)state;
    many_init(&it, 2);
    it.connects = SIP_EAGAIN;
    tx = world_client(&it.world, "INVITE", ANY_TCP);
    answer_names(&it);
    assert_int_equal(sip_client_tx_cancel(tx, NULL), 0);
    world_turn(&it.world);
    assert_int_equal(it.world.news.failures, 1);
    assert_int_equal(it.world.news.last_status, 408);
    assert_int_equal(it.releases, 1);
    tx = world_client(&it.world, "OPTIONS", ANY_TCP);
    sip_client_tx_abandon(tx);
    world_turn(&it.world);
    assert_int_equal(it.releases, 2);
    tell(&it, 2, 0);
    assert_int_equal(it.world.n_sends, 0);
    assert_int_equal(it.world.news.client_ends, 2);
    /* The connection stands before the turn is over: what was cancelled does not leave. */
    tx = world_client(&it.world, "INVITE", ANY_TCP);
    assert_int_equal(sip_client_tx_cancel(tx, NULL), 0);
    tell(&it, 2, 0);
    assert_int_equal(it.world.n_sends, 0);
    assert_int_equal(it.world.news.failures, 2);
    assert_int_equal(it.world.news.last_status, 408);
    assert_int_equal(it.world.news.client_ends, 3);
    assert_int_equal(it.releases, 3);
    many_finish(&it);
}

/* Both its call and the network tell of the same target: the next one is not to blame. */
static void test_news_of_one_target_twice(void **state)
{
    sip_network_error error = {.remote = world_addr("192.0.2.2", 5060), .err = SIP_EIO};
    const sip_client_tx *tx;
    sip_transport *udp;
    many_world it;

    (void)state;
    many_init(&it, 2);
    udp = &it.world.udp.head;
    error.text = "port unreachable";
    ask_preferring(&it, "192.0.2.2", SIP_PROTOCOL_UDP); /* known from here on */
    assert_int_equal(it.world.n_sends, 1);
    it.world.send_err = SIP_EIO;
    tx = world_client(&it.world, "INVITE", ANY);
    it.world.send_err = 0;
    error.quoted = sip_msg_bytes(tx->sent);
    udp->events->on_unreachable(udp, &error, udp->stack);
    world_turn(&it.world);
    assert_int_equal(last_to(&it), 3);
    assert_int_equal(it.world.news.failures, 0);
    world_answer(&it.world, it.world.n_sends - 1, 486);
    assert_int_equal(it.world.news.last_status, 486);
    many_finish(&it);
}

/* The path takes no datagram so long, whatever its length: by TCP, and back if nobody is there. */
static void test_too_long_for_the_path(void **state)
{
    sip_transport *udp;
    many_world it;

    (void)state;
    many_init(&it, 1);
    udp = &it.world.udp.head;
    it.connects = SIP_EAGAIN;
    (void)world_client(&it.world, "MESSAGE", "sip:b@192.0.2.2");
    assert_int_equal(it.world.n_sends, 1);
    world_returned(&it.world, 0, SIP_ETOOBIG, "message too long");
    assert_int_equal(it.world.n_sends, 2);
    assert_int_equal(it.world.sends[1].path.protocol, SIP_PROTOCOL_TCP);
    assert_non_null(strstr(it.world.sends[1].text, "Via: SIP/2.0/TCP"));
    world_answer(&it.world, 1, 200);
    assert_int_equal(it.world.news.last_status, 200);
    /* The system says so itself, and TCP is refused: a clear end. */
    (void)world_client(&it.world, "MESSAGE", "sip:b@192.0.2.2");
    udp->events->on_send_failed(udp, it.world.sends[2].ref, &it.world.sends[2].path, SIP_ETOOBIG,
                                "message too long", udp->stack);
    assert_int_equal(it.world.sends[3].path.protocol, SIP_PROTOCOL_TCP);
    fail_last(&it);
    assert_int_equal(it.world.n_sends, 5);
    assert_int_equal(it.world.sends[4].path.protocol, SIP_PROTOCOL_UDP);
    udp->events->on_send_failed(udp, it.world.sends[4].ref, &it.world.sends[4].path, SIP_ETOOBIG,
                                "message too long", udp->stack);
    world_turn(&it.world);
    assert_int_equal(it.world.n_sends, 5);
    assert_int_equal(it.world.news.failures, 1);
    assert_int_equal(it.world.news.last_err, SIP_ETOOBIG);
    assert_non_null(strstr(it.world.news.last_text, "message too long"));
    many_finish(&it);
}

static void test_a_dead_connection_once(void **state)
{
    many_world it;

    (void)state;
    many_init(&it, 1);
    it.stands = true;
    (void)world_client(&it.world, "OPTIONS", "sip:b@192.0.2.2;transport=tcp");
    close_flow(&it, 99); /* another one */
    assert_int_equal(it.world.n_sends, 1);
    close_flow(&it, 2);
    assert_int_equal(it.world.n_sends, 2);
    assert_string_equal(it.world.sends[0].text, it.world.sends[1].text); /* the same branch */
    close_flow(&it, 2);
    assert_int_equal(it.world.n_sends, 2);
    world_answer(&it.world, 1, 200);
    assert_int_equal(it.world.news.last_status, 200);
    /* What could not be written to it is reported as such. */
    (void)world_client(&it.world, "OPTIONS", "sip:b@192.0.2.2;transport=tcp");
    fail_last(&it);
    assert_int_equal(it.world.n_sends, 4);
    assert_int_equal(it.world.news.failures, 0);
    fail_last(&it);
    assert_int_equal(it.world.news.failures, 1);
    /* A connection that was made for it was not dead, but refused. */
    it.stands = false;
    (void)world_client(&it.world, "OPTIONS", "sip:b@192.0.2.2;transport=tcp");
    fail_last(&it);
    assert_int_equal(it.world.n_sends, 5);
    assert_int_equal(it.world.news.failures, 2);
    /* After an answer it does not matter. */
    it.stands = true;
    (void)world_client(&it.world, "OPTIONS", "sip:b@192.0.2.2;transport=tcp");
    world_answer(&it.world, 5, 100);
    close_flow(&it, 2);
    assert_int_equal(it.world.n_sends, 6);
    /* Nor after its end. */
    sip_client_tx_abandon(world_client(&it.world, "OPTIONS", "sip:b@192.0.2.2;transport=tcp"));
    close_flow(&it, 2);
    assert_int_equal(it.world.n_sends, 7);
    many_finish(&it);
}

/* A second try that cannot even begin leads on at once. */
static void test_a_dead_connection_without_a_way(void **state)
{
    many_world it;

    (void)state;
    many_init(&it, 1);
    it.stands = true;
    (void)world_client(&it.world, "OPTIONS", "sip:b@192.0.2.2;transport=tcp");
    it.world.send_err = SIP_EIO;
    close_flow(&it, 2);
    world_turn(&it.world);
    assert_int_equal(it.world.news.failures, 1);
    it.world.send_err = 0;
    many_finish(&it);
}

static void test_no_way_on(void **state)
{
    many_world it;

    (void)state;
    many_init(&it, 2);
    (void)world_client(&it.world, "INVITE", ANY);
    answer_names(&it);
    it.world.udp.head.protocol = SIP_PROTOCOL_WS; /* as if its transport had gone */
    world_answer(&it.world, 0, 503);
    assert_int_equal(it.world.news.failures, 1);
    assert_int_equal(it.world.news.last_status, 503);
    many_finish(&it);
}

static void ask_long(many_world *it)
{
    static char filling[1400];
    sip_build *build = sip_build_request(NULL, SIP_STR("MESSAGE"), SIP_STR(ANY));
    sip_msg *request;

    memset(filling, 'x', sizeof(filling) - 1);
    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:alice@192.0.2.1>;tag=a1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:b@many.example>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("call-1"));
    sip_build_header(build, SIP_HEADER_CSEQ, SIP_STR("1 MESSAGE"));
    sip_build_contact(build, SIP_STR("alice"), (sip_str){NULL, 0});
    sip_build_header(build, SIP_HEADER_SUBJECT, sip_str_of(filling));
    assert_int_equal(sip_build_finish(build, &request), 0);
    assert_int_equal(
        sip_client_tx_create(it->world.tu, request, NULL, &world_client_handler, &it->world, NULL),
        0);
    (void)sip_msg_unref(request);
    answer_names(it);
}

static void test_too_long_for_udp(void **state)
{
    sip_stack_stats stats;
    many_world it;

    (void)state;
    many_init(&it, 2);
    ask_long(&it);
    assert_int_equal(it.world.sends[0].path.protocol, SIP_PROTOCOL_TCP);
    assert_non_null(strstr(it.world.sends[0].text, "\r\nVia: SIP/2.0/TCP 192.0.2.1"));
    assert_non_null(strstr(it.world.sends[0].text, "\r\nContact: <sip:alice@192.0.2.1"));
    assert_null(strstr(it.world.sends[0].text, "transport=tcp"));
    assert_null(strstr(it.world.sends[0].text, "SIP/2.0/UDP"));
    fail_last(&it); /* by UDP after all, to the same */
    assert_int_equal(it.world.sends[1].path.protocol, SIP_PROTOCOL_UDP);
    assert_int_equal(last_to(&it), 2);
    fail_last(&it);
    assert_int_equal(it.world.sends[2].path.protocol, SIP_PROTOCOL_TCP);
    assert_int_equal(last_to(&it), 3);
    world_answer(&it.world, 2, 200);
    assert_int_equal(it.world.news.last_status, 200);
    sip_stack_get_stats(it.world.stack, &stats);
    assert_int_equal(stats.switched_to_stream, 2);
    assert_int_equal(stats.could_not_switch, 1);
    /* Whose TCP has failed of late is asked by UDP at once. */
    it.world.tcp.head.protocol = SIP_PROTOCOL_WS; /* as is whoever we have no TCP for */
    ask_long(&it);
    assert_int_equal(it.world.sends[3].path.protocol, SIP_PROTOCOL_UDP);
    sip_stack_get_stats(it.world.stack, &stats);
    assert_int_equal(stats.could_not_switch, 2);
    many_finish(&it);
}

static void test_whom_a_certificate_is_for(void **state)
{
    const sip_path *path;
    many_world it;

    (void)state;
    many_init(&it, 1);
    it.world.tcp.head.protocol = SIP_PROTOCOL_TLS;
    (void)world_client(&it.world, "OPTIONS", "sip:b@many.example:5061;transport=tls");
    answer_names(&it);
    path = &it.world.sends[0].path;
    assert_int_equal(path->protocol, SIP_PROTOCOL_TLS);
    assert_string_equal(sip_stack_server_name(it.world.stack, path->server), "many.example");
    (void)world_client(&it.world, "OPTIONS", "sip:b@192.0.2.9;transport=tls");
    assert_int_equal(it.world.sends[1].path.server, 0); /* none but the address */
    many_finish(&it);
}

static void test_texts(void **state)
{
    char text[SIP__TARGET_TEXT_BYTES];
    sip_client_tx tx = {.tries = 1};

    (void)state;
    assert_string_equal(sip__target_text(&tx, text), "");
    tx.tries = 8;
    assert_string_equal(sip__target_text(&tx, text), " (the last of 8 targets tried)");
}

/* Whichever allocation fails on the way from target to target: one end, and nothing leaks. */
static void test_without_memory(void **state)
{
    (void)state;
    for (size_t n = 1; n < 80; n++) {
        sip_msg *request = world_request("INVITE", n % 2 == 0 ? ANY : ANY_TCP);
        many_world it;
        int err;

        many_init(&it, 3);
        it.connects = SIP_EAGAIN;
        it.world.memory.fail_at = it.world.memory.calls + n;
        err = sip_client_tx_create(it.world.tu, request, NULL, &world_client_handler, &it.world,
                                   NULL);
        answer_names(&it);
        tell(&it, 2, 0);
        if (it.world.n_sends > 0) {
            world_answer(&it.world, 0, 503);
        }
        world_run(&it.world, 1000);
        for (sip_flow flow = 2; flow < 5; flow++) {
            tell(&it, flow, SIP_EIO);
        }
        world_run(&it.world, 100000);
        (void)sip_msg_unref(request);
        assert_int_equal(it.world.news.client_ends, err == 0 ? 1 : 0);
        many_finish(&it);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_preferred_goes_first),
        cmocka_unit_test(test_statelessly_too),
        cmocka_unit_test(test_tries_are_bounded),
        cmocka_unit_test(test_the_first_that_connects),
        cmocka_unit_test(test_a_race_that_is_lost),
        cmocka_unit_test(test_cancelled_and_abandoned_while_racing),
        cmocka_unit_test(test_news_of_one_target_twice),
        cmocka_unit_test(test_too_long_for_the_path),
        cmocka_unit_test(test_a_dead_connection_once),
        cmocka_unit_test(test_a_dead_connection_without_a_way),
        cmocka_unit_test(test_no_way_on),
        cmocka_unit_test(test_too_long_for_udp),
        cmocka_unit_test(test_whom_a_certificate_is_for),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
