#include "tx_world.h"

#include "dns/scripted_resolver.h"
#include "transaction/next_hop.h"

static sip_msg *request_with_route(const char *uri, const char *route)
{
    sip_build *build = sip_build_request(NULL, SIP_STR("OPTIONS"), sip_str_of(uri));
    sip_msg *msg = NULL;

    sip_build_header(build, SIP_HEADER_ROUTE, sip_str_of(route));
    assert_int_equal(sip_build_finish(build, &msg), 0);
    return msg;
}

static void assert_goes_to(const sip_msg *request, const char *next_hop, const char *host)
{
    const sip_uri *uri = NULL;
    sip_uri room;

    assert_int_equal(sip__next_hop_uri(request, next_hop, &room, &uri), 0);
    assert_true(sip_str_equal(uri->host, host));
}

static void test_which_uri_decides(void **state)
{
    sip_msg *plain = world_request("OPTIONS", "sip:b@target.example");
    sip_msg *loose = request_with_route("sip:b@target.example", "<sip:one.example;lr>");
    sip_msg *strict = request_with_route("sip:b@target.example", "<sip:one.example>");
    const sip_uri *uri;
    sip_uri room;

    (void)state;
    assert_goes_to(plain, NULL, "target.example");
    assert_goes_to(loose, NULL, "one.example");
    assert_goes_to(strict, NULL, "target.example");
    assert_goes_to(loose, "sip:hop.example", "hop.example");
    assert_int_equal(sip__next_hop_uri(plain, "no uri", &room, &uri), SIP_EINVAL);
    (void)sip_msg_unref(plain);
    (void)sip_msg_unref(loose);
    (void)sip_msg_unref(strict);
}

/* RFC 3261 8.1.2: a sips resource is never asked for in the clear. */
static void test_sips_stays_sips(void **state)
{
    sip_msg *loose = request_with_route("sips:b@target.example", "<sip:one.example;lr>");
    sip_msg *plain = request_with_route("sip:b@target.example", "<sips:one.example;lr>");
    const sip_uri *uri;
    sip_uri room;

    (void)state;
    assert_goes_to(loose, NULL, "one.example");
    assert_int_equal(sip__next_hop_uri(loose, NULL, &room, &uri), 0);
    assert_int_equal(uri->scheme, SIP_SCHEME_SIPS);
    assert_int_equal(sip__next_hop_uri(loose, "sip:hop.example", &room, &uri), 0);
    assert_int_equal(uri->scheme, SIP_SCHEME_SIPS);
    assert_int_equal(sip__next_hop_uri(plain, NULL, &room, &uri), 0);
    assert_int_equal(uri->scheme, SIP_SCHEME_SIPS);
    assert_int_equal(sip__next_hop_uri(plain, "sip:hop.example", &room, &uri), 0);
    assert_int_equal(uri->scheme, SIP_SCHEME_SIP);
    (void)sip_msg_unref(loose);
    (void)sip_msg_unref(plain);
}

static void test_prints_with_via(void **state)
{
    sip_msg *request = world_request("OPTIONS", "sip:b@192.0.2.2");
    sip_path path = {.protocol = SIP_PROTOCOL_TCP, .remote = world_addr("192.0.2.2", 5060)};
    sip_path nowhere = {.protocol = SIP_PROTOCOL_UDP, .remote = world_addr("2001:db8::1", 5060)};
    sip_msg *sent = NULL;
    tx_world world;

    (void)state;
    world_init(&world);
    assert_int_equal(sip__next_hop_print(&world.stack->workers->layer, request, &path,
                                         SIP_STR("z9hG4bKown"), &sent),
                     0);
    assert_true(sip_str_equal(sip_msg_via(sent, 0)->branch, "z9hG4bKown"));
    assert_int_equal(sip_msg_via(sent, 0)->protocol, SIP_PROTOCOL_TCP);
    assert_int_equal(path.local.port, 5060);
    assert_int_equal(sip_msg_source(sent)->remote.port, 5060);
    assert_int_not_equal(sip__next_hop_print(&world.stack->workers->layer, request, &nowhere,
                                             SIP_STR("z9hG4bKown"), &sent),
                         0);
    (void)sip_msg_unref(sent);
    (void)sip_msg_unref(request);
    world_finish(&world);
}

static unsigned found;

static void on_found(sip__locate *locate, int err, const char *text)
{
    (void)text;
    assert_int_equal(err, 0);
    assert_int_equal(locate->n_targets, 1);
    assert_ptr_equal(locate->arg, &found);
    found++;
}

static int find(tx_world *world, const char *text, sip_path *ret_path, sip__finder **ret_finder)
{
    sip_uri uri;
    const sip__seek seek = {.uri = &uri, .fn = on_found, .arg = &found};

    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    return sip__next_hop_find(&world->stack->workers->layer, &seek, ret_path, ret_finder);
}

static void test_finds(void **state)
{
    sip_stack_config config = {0};
    sip_addr addr = world_addr("192.0.2.2", 0);
    sip__finder *finder = NULL;
    sip_path path = {0};
    tx_world world;
    sip__zone zone;

    (void)state;
    sip__zone_init(&zone, sip_allocator_default());
    assert_int_equal(sip__zone_add(&zone, "bob.example", &addr), 0);
    assert_int_equal(sip__scripted_resolver_create(&zone, &world.clock, &config.resolver), 0);
    world_init_with(&world, &config, NULL);
    assert_int_equal(find(&world, "sip:192.0.2.7:7", &path, &finder), 0);
    assert_int_equal(path.remote.port, 7);
    assert_null(finder);
    assert_int_equal(find(&world, "sip:bob.example;transport=ws", &path, &finder),
                     SIP_EUNSUPPORTED);
    assert_int_equal(find(&world, "sip:bob.example", &path, &finder), SIP_EAGAIN);
    assert_non_null(finder);
    sip__next_hop_release(&world.stack->workers->layer, finder);  /* given up */
    assert_true(sip__scripted_resolver_advance(config.resolver)); /* what is asked for is kept */
    assert_int_equal(find(&world, "sip:bob.example", &path, &finder), SIP_EAGAIN);
    assert_int_equal(found, 0);
    while (sip__scripted_resolver_advance(config.resolver)) {
    }
    assert_int_equal(found, 1);
    sip__next_hop_release(&world.stack->workers->layer, finder);
    finder = NULL;
    assert_int_equal(find(&world, "sip:bob.example", &path, &finder), 0); /* known by now */
    assert_int_equal(path.remote.port, 5060);
    assert_int_equal(finder->next, 0);
    assert_int_equal(found, 1);
    sip__next_hop_release(&world.stack->workers->layer, finder);
    sip__next_hop_release(&world.stack->workers->layer, NULL);
    world_finish(&world);
    sip__zone_finish(&zone);
}

static void test_finds_nothing_without_resolver(void **state)
{
    sip__finder *finder = NULL;
    sip_path path;
    tx_world world;

    (void)state;
    world_init(&world);
    assert_int_equal(find(&world, "sip:bob.example", &path, &finder), SIP_ENOENT);
    assert_null(finder);
    world_finish(&world);
}

/* Whoever has come from an address has not proved to be that: for a sips URI it is asked for by
 * name. */
static void test_secure_by_address(void **state)
{
    sip__finder *finder = NULL;
    sip_path path = {0};
    world_transport tls = {.head = {.protocol = SIP_PROTOCOL_TLS}};
    sip__transports *all;
    tx_world world;

    (void)state;
    world_init(&world);
    all = &world.stack->workers->transports;
    tls.head.vtable = world.tcp.head.vtable;
    tls.head.local = world.tcp.head.local;
    tls.world = &world;
    sip__transports_add(all, &tls.head);
    assert_int_equal(find(&world, "sips:192.0.2.7:7", &path, &finder), 0);
    assert_int_equal(path.protocol, SIP_PROTOCOL_TLS);
    assert_string_equal(sip__transports_server_name(all, path.server), "192.0.2.7");
    assert_int_equal(find(&world, "sips:[2001:DB8::1]", &path, &finder), SIP_EUNSUPPORTED);
    assert_int_equal(find(&world, "sip:192.0.2.7;transport=tls", &path, &finder), 0);
    assert_int_equal(path.server, 0);
    world.memory.fail_at = world.memory.calls + 1;
    assert_int_equal(find(&world, "sips:192.0.2.8:7", &path, &finder), 0);
    assert_int_equal(path.server, SIP__SERVER_NAME_LOST);
    assert_null(finder);
    world_finish(&world);
}

static void test_path_text(void **state)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP, .remote = world_addr("2001:db8::1", 5060)};
    char text[SIP__PATH_TEXT_BYTES];

    (void)state;
    assert_string_equal(sip__next_hop_path_text(&path, text), "udp [2001:db8::1]:5060");
    path.protocol = SIP_PROTOCOL_WSS;
    path.remote = world_addr("192.0.2.2", 443);
    assert_string_equal(sip__next_hop_path_text(&path, text), "wss 192.0.2.2:443");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_uri_decides),
        cmocka_unit_test(test_sips_stays_sips),
        cmocka_unit_test(test_prints_with_via),
        cmocka_unit_test(test_finds),
        cmocka_unit_test(test_finds_nothing_without_resolver),
        cmocka_unit_test(test_secure_by_address),
        cmocka_unit_test(test_path_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
