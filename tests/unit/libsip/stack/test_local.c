/* Which address of ours a peer sees: to where, and in which header. */
#include "../transaction/tx_world.h"

#include <sip/flow.h>
#include <sip/local.h>
#include <stdio.h>
#include <string.h>

static sip_path path_to(sip_protocol protocol, const char *host, uint16_t port)
{
    sip_path path = {.protocol = protocol};

    assert_int_equal(sip_addr_parse(sip_str_of(host), port, &path.remote), 0);
    return path;
}

static void expect_local(const sip_local *local, const char *addr, const char *host, unsigned port)
{
    char text[SIP_ADDR_TEXT_BYTES];

    assert_string_equal(sip_addr_text(&local->addr, text), addr);
    assert_string_equal(local->host, host);
    assert_int_equal(local->port, port);
}

static void test_by_path(void **state)
{
    tx_world world;
    sip_path path = path_to(SIP_PROTOCOL_UDP, "198.51.100.1", 5060);
    sip_local local;
    char text[SIP_ADDR_TEXT_BYTES];

    (void)state;
    world_init(&world);
    assert_int_equal(sip_stack_local_for(world.stack, &path, &local), 0);
    expect_local(&local, "192.0.2.1:5060", "192.0.2.1", 5060);
    assert_string_equal(sip_addr_text(&local.seen, text), "192.0.2.1:5060");
    assert_int_equal(local.protocol, SIP_PROTOCOL_UDP);
    world.udp.head.advertised_host = "pbx.example.com";
    world.udp.head.advertised_port = 5099;
    assert_int_equal(sip_stack_local_for(world.stack, &path, &local), 0);
    expect_local(&local, "192.0.2.1:5060", "pbx.example.com", 5099);
    assert_int_equal(local.seen.family, SIP_FAMILY_NONE);
    path.protocol = SIP_PROTOCOL_TLS;
    assert_int_equal(sip_stack_local_for(world.stack, &path, &local), SIP_EUNSUPPORTED);
    path.remote.family = SIP_FAMILY_NONE;
    assert_int_equal(sip_stack_local_for(world.stack, &path, &local), SIP_EINVAL);
    assert_int_equal(sip_stack_local_for(NULL, &path, &local), SIP_EINVAL);
    assert_int_equal(sip_stack_local_for(world.stack, NULL, &local), SIP_EINVAL);
    assert_int_equal(sip_stack_local_for(world.stack, &path, NULL), SIP_EINVAL);
    world_finish(&world);
}

static void test_a_name_too_long(void **state)
{
    char name[300];
    tx_world world;
    sip_path path = path_to(SIP_PROTOCOL_UDP, "198.51.100.1", 5060);
    sip_local local;

    (void)state;
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    world_init(&world);
    world.udp.head.advertised_host = name;
    assert_int_equal(sip_stack_local_for(world.stack, &path, &local), SIP_EINVAL);
    world_finish(&world);
}

static int by_uri(const tx_world *world, const char *text, sip_local *ret_local)
{
    sip_uri uri;

    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    return sip_stack_local_for_uri(world->stack, &uri, ret_local);
}

static void test_by_uri(void **state)
{
    tx_world world;
    sip_local local;

    (void)state;
    world_init(&world);
    assert_int_equal(by_uri(&world, "sip:bob@198.51.100.1", &local), 0);
    expect_local(&local, "192.0.2.1:5060", "192.0.2.1", 5060);
    assert_int_equal(local.protocol, SIP_PROTOCOL_UDP);
    assert_int_equal(by_uri(&world, "sip:bob@198.51.100.1;transport=tcp", &local), 0);
    assert_int_equal(local.protocol, SIP_PROTOCOL_TCP);
    assert_int_equal(by_uri(&world, "sip:bob@example.com;transport=tcp", &local), 0);
    assert_int_equal(local.protocol, SIP_PROTOCOL_TCP);
    assert_int_equal(by_uri(&world, "sip:bob@example.com;transport=tls", &local), SIP_EUNSUPPORTED);
    assert_int_equal(sip_stack_local_for_uri(world.stack, NULL, &local), 0);
    assert_int_equal(local.protocol, SIP_PROTOCOL_UDP);
    assert_int_equal(sip_stack_local_for_uri(NULL, NULL, &local), SIP_EINVAL);
    assert_int_equal(sip_stack_local_for_uri(world.stack, NULL, NULL), SIP_EINVAL);
    world_finish(&world);
}

/* A socket bound to everything, without a way out: the loopback remains. */
static void test_bound_to_all(void **state)
{
    sip_stack *stack = NULL;
    sip_local local;
    sip_path path = path_to(SIP_PROTOCOL_UDP, "127.0.0.7", 5060);
    sip_addr addr;

    (void)state;
    assert_int_equal(sip_stack_create(NULL, &stack), 0);
    assert_int_equal(sip_stack_listen(stack, "udp:0.0.0.0:0"), 0);
    assert_true(sip_stack_listener(stack, 0, NULL, &addr));
    assert_int_equal(sip_stack_local_for(stack, &path, &local), 0);
    assert_string_equal(local.host, "127.0.0.1");
    assert_int_equal(local.port, addr.port);
    assert_int_equal(local.addr.port, addr.port);
    assert_int_equal(sip_stack_local_for_uri(stack, NULL, &local), 0);
    assert_false(sip_addr_is_any(&local.addr));
    sip_stack_destroy(stack);
}

static void send_with_contact(tx_world *world, const char *uri)
{
    sip_build *build = sip_build_request(sip_worker_allocator(sip_stack_worker(world->stack, 0)),
                                         SIP_STR("OPTIONS"), sip_str_of(uri));
    sip_msg *request;

    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:alice@a.example>;tag=1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:bob@b.example>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("1"));
    sip_build_header(build, SIP_HEADER_CSEQ, SIP_STR("1 OPTIONS"));
    sip_build_contact(build, SIP_STR("alice"), (sip_str){0});
    assert_int_equal(sip_build_finish(build, &request), 0);
    assert_int_equal(
        sip_client_tx_create(world->tu, request, NULL, &world_client_handler, world, NULL), 0);
    (void)sip_msg_unref(request);
    world_turn(world);
}

/* The answer to a request tells in Contact what its sender sees. */
static void answer_with_contact(tx_world *world, const char *contact)
{
    sip_build *build;
    sip_msg *response, *copy;

    world_peer_request(world, "OPTIONS", WORLD_BRANCH "c");
    assert_int_equal(sip_msg_copy(sip_server_tx_request(world->news.server), &copy), 0);
    build = sip_build_response(copy, 200, (sip_str){0}, SIP_STR("t"));
    (void)sip_msg_unref(copy);
    sip_build_contact(build, SIP_STR("bob"), (sip_str){0});
    assert_int_equal(sip_build_finish(build, &response), 0);
    assert_true(sip_str_equal(sip_msg_value(response, SIP_HEADER_CONTACT, 0), contact));
    assert_int_equal(sip_server_tx_send(world->news.server, response), 0);
    (void)sip_msg_unref(response);
}

/* Via and Contact of requests, Contact of their answers, and whose URI it is. */
static void test_advertised_on_the_wire(void **state)
{
    static const char *const networks[] = {"10.0.0.0/8", NULL};
    const sip_stack_config config = {.local_networks = networks};
    tx_world world;
    sip_uri uri;

    (void)state;
    world_init_with(&world, &config, NULL);
    world.udp.head.advertised_host = "203.0.113.5";
    world.udp.head.advertised_port = 5066;
    send_with_contact(&world, "sip:bob@198.51.100.1");
    assert_non_null(strstr(world.sends[0].text, "Via: SIP/2.0/UDP 203.0.113.5:5066;branch="));
    assert_non_null(strstr(world.sends[0].text, "Contact: <sip:alice@203.0.113.5:5066>"));
    send_with_contact(&world, "sip:bob@10.1.2.3");
    assert_non_null(strstr(world.sends[1].text, "Via: SIP/2.0/UDP 192.0.2.1:5060;branch="));
    assert_non_null(strstr(world.sends[1].text, "Contact: <sip:alice@192.0.2.1:5060>"));
    answer_with_contact(&world, "<sip:bob@203.0.113.5:5066>");
    assert_int_equal(sip_uri_parse(SIP_STR("sip:203.0.113.5:5066;lr"), &uri), 0);
    assert_true(sip_stack_owns_uri(world.stack, &uri));
    assert_int_equal(sip_uri_parse(SIP_STR("sip:203.0.113.5"), &uri), 0);
    assert_false(sip_stack_owns_uri(world.stack, &uri));
    assert_int_equal(sip_uri_parse(SIP_STR("sip:203.0.113.5:5066;transport=tcp"), &uri), 0);
    assert_false(sip_stack_owns_uri(world.stack, &uri));
    world.udp.head.advertised_host = "[2001:DB8:0::1]";
    assert_int_equal(sip_uri_parse(SIP_STR("sip:[2001:db8::1]:5066"), &uri), 0);
    assert_true(sip_stack_owns_uri(world.stack, &uri));
    world_finish(&world);
}

typedef struct moves {
    unsigned count;
    sip_addr mapped;
} moves;

static void note_move(const sip_transport_event *event, void *user_data)
{
    moves *it = user_data;

    if (event->kind == SIP_TRANSPORT_FLOW_MOVED) {
        it->count++;
        it->mapped = event->mapped;
    }
}

/* The answer to what we sent last, from 192.0.2.2:5070, with this after the branch in Via. */
static void answer_seen_as(tx_world *world, const char *params)
{
    const char *sent = world->sends[world->n_sends - 1].text;
    const char *via = strstr(sent, "Via: ");
    const char *rport = strstr(sent, ";rport");
    char text[1500];

    assert_non_null(via);
    assert_non_null(rport);
    (void)snprintf(text, sizeof(text),
                   "SIP/2.0 200 OK\r\n%.*s%s\r\nFrom: <sip:alice@a.example>;tag=1\r\n"
                   "To: <sip:bob@b.example>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n"
                   "Content-Length: 0\r\n\r\n",
                   (int)(rport - via), via, params);
    world_receive(world, SIP_PROTOCOL_UDP, text);
    world_turn(world);
}

/* Contact follows what the server sees; Via stays as it is. */
static void test_learning(void **state)
{
    static const char *const networks[] = {"10.0.0.0/8", NULL};
    const sip_stack_config config = {.local_networks = networks};
    sip_transport_observer observer = {.fn = note_move};
    tx_world world;
    moves told = {0};
    sip_uri uri;

    (void)state;
    world_init_with(&world, &config, NULL);
    observer.user_data = &told;
    sip_stack_observe(world.stack, &observer);
    send_with_contact(&world, "sip:bob@192.0.2.2:5070");
    answer_seen_as(&world, ";received=203.0.113.9;rport=40000");
    assert_int_equal(told.count, 0); /* nobody asked for it */
    world.udp.head.learns = true;
    send_with_contact(&world, "sip:bob@192.0.2.2:5070");
    answer_seen_as(&world, ";received=192.0.2.1;rport=5060");
    answer_seen_as(&world, ";received=name.example;rport=5060");
    answer_seen_as(&world, ";received=0.0.0.0;rport=5060");
    answer_seen_as(&world, ";received=224.0.1.75;rport=5060");
    answer_seen_as(&world, ";received=2001:db8::9;rport=5060");
    assert_int_equal(told.count, 0); /* it sees us as we are, or says nothing sound */
    send_with_contact(&world, "sip:bob@192.0.2.77:5070");
    answer_seen_as(&world, ";received=203.0.113.9;rport=40000");
    assert_int_equal(told.count, 0); /* this is not who was asked */
    send_with_contact(&world, "sip:bob@192.0.2.2:5070");
    answer_seen_as(&world, ";received=203.0.113.9;rport=40000");
    assert_int_equal(told.count, 1);
    assert_int_equal(told.mapped.port, 40000);
    send_with_contact(&world, "sip:bob@192.0.2.2:5070");
    assert_non_null(
        strstr(world.sends[world.n_sends - 1].text, "Via: SIP/2.0/UDP 192.0.2.1:5060;branch="));
    assert_non_null(
        strstr(world.sends[world.n_sends - 1].text, "Contact: <sip:alice@203.0.113.9:40000>"));
    answer_seen_as(&world, ";received=203.0.113.9;rport=40000");
    assert_int_equal(told.count, 1);
    assert_int_equal(sip_uri_parse(SIP_STR("sip:203.0.113.9:40000"), &uri), 0);
    assert_true(sip_stack_owns_uri(world.stack, &uri));
    answer_with_contact(&world, "<sip:bob@203.0.113.9:40000>");
    send_with_contact(&world, "sip:bob@192.0.2.2:5070");
    answer_seen_as(&world, ";rport=40001"); /* the host of sent-by, at another port */
    assert_int_equal(told.count, 2);
    assert_int_equal(told.mapped.port, 40001);
    world.udp.head.learnt_from.port++; /* another server's word does not count */
    send_with_contact(&world, "sip:bob@192.0.2.2:5070");
    answer_seen_as(&world, ";received=203.0.113.9;rport=40002");
    assert_int_equal(told.count, 2);
    sip_transport_observer_end(&observer);
    world_finish(&world);
}

/* What goes to a group says so (RFC 3261 18.1.1). */
/* A NAT that maps every message anew: it is followed a while, not at any price. */
static void test_learning_is_bounded(void **state)
{
    sip_transport_observer observer = {.fn = note_move};
    tx_world world;
    moves told = {0};
    char seen[64];

    (void)state;
    world_init(&world);
    observer.user_data = &told;
    sip_stack_observe(world.stack, &observer);
    world.udp.head.learns = true;
    world_run(&world, 100000);
    for (unsigned i = 0; i < 20; i++) {
        (void)snprintf(seen, sizeof(seen), ";received=203.0.113.9;rport=%u", 40000 + i);
        send_with_contact(&world, "sip:bob@192.0.2.2:5070");
        answer_seen_as(&world, seen);
    }
    assert_int_equal(told.count, 6); /* the first, and five changes */
    world_run(&world, 60000);
    send_with_contact(&world, "sip:bob@192.0.2.2:5070");
    answer_seen_as(&world, ";received=203.0.113.9;rport=40019");
    assert_int_equal(told.count, 7);
    assert_int_equal(told.mapped.port, 40019);
    sip_transport_observer_end(&observer);
    world_finish(&world);
}

static void test_multicast(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    send_with_contact(&world, "sip:bob@example.com;maddr=224.0.1.75");
    assert_int_equal(world.n_sends, 1);
    assert_true(sip_addr_is_multicast(&world.sends[0].path.remote));
    assert_non_null(strstr(world.sends[0].text, ";rport;maddr=224.0.1.75;ttl=1\r\n"));
    send_with_contact(&world, "sip:bob@example.com;maddr=192.0.2.99");
    assert_null(strstr(world.sends[1].text, ";ttl"));
    assert_string_equal(strstr(world.sends[1].text, "OPTIONS"), world.sends[1].text);
    world_finish(&world);
}

static void test_bad_networks(void **state)
{
    static const char *const networks[] = {"10.0.0.0/8", "10.0.0.0/40", NULL};
    const sip_stack_config config = {.local_networks = networks};
    sip_stack *stack = NULL;

    (void)state;
    assert_int_equal(sip_stack_create(&config, &stack), SIP_EINVAL);
    assert_null(stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_path),
        cmocka_unit_test(test_a_name_too_long),
        cmocka_unit_test(test_by_uri),
        cmocka_unit_test(test_bound_to_all),
        cmocka_unit_test(test_advertised_on_the_wire),
        cmocka_unit_test(test_bad_networks),
        cmocka_unit_test(test_learning),
        cmocka_unit_test(test_learning_is_bounded),
        cmocka_unit_test(test_multicast),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
