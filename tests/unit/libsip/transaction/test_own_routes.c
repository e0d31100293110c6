#include "tx_world.h"

#include "transaction/own_routes.h"
#include <stdio.h>
#include <string.h>

/* What is read off a request for `uri` with `routes`, received from 192.0.2.2:5070. */
static sip__own_routes read_off(tx_world *world, const char *uri, const char *routes)
{
    sip_path source = {.protocol = SIP_PROTOCOL_UDP, .remote = world_addr("192.0.2.2", 5070)};
    sip__own_routes ours;
    sip_msg *msg = NULL;
    char text[1200];

    (void)snprintf(text, sizeof(text),
                   "BYE %s SIP/2.0\r\n%sVia: SIP/2.0/UDP 192.0.2.2:5070;branch=z9hG4bKx\r\n"
                   "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: c\r\nCSeq: 1 BYE\r\n"
                   "Content-Length: 0\r\n\r\n",
                   uri, routes);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &source, &msg, NULL), 0);
    sip__own_routes_read(world->stack, msg, &ours);
    (void)sip_msg_unref(msg);
    return ours;
}

/* "Route: " with the token of a flow in the last of two values that name us. */
static const char *routes_with(const tx_world *world, const sip_path *path, char out[400])
{
    char token[SIP_FLOW_TOKEN_BYTES];
    sip_str written = sip_stack_flow_token(world->stack, path, token);

    assert_true(written.len > 0);
    (void)snprintf(out, 400,
                   "Route: <sip:192.0.2.1;lr>, <sip:" SIP_FMT "@192.0.2.1:5060;lr>\r\n"
                   "Route: <sip:192.0.2.9;lr>\r\n",
                   SIP_ARG(written));
    return out;
}

static void test_without_token(void **state)
{
    sip__own_routes ours;
    tx_world world;

    (void)state;
    world_init(&world);
    ours = read_off(&world, "sip:b@192.0.2.3", "");
    assert_int_equal(ours.count, 0);
    ours = read_off(&world, "sip:b@192.0.2.3", "Route: <sip:192.0.2.9;lr>, <sip:192.0.2.1;lr>\r\n");
    assert_int_equal(ours.count, 0);
    ours = read_off(&world, "sip:b@192.0.2.3", "Route: <sip:192.0.2.1;lr>, <sip:192.0.2.9;lr>\r\n");
    assert_int_equal(ours.count, 1);
    assert_int_equal(ours.path.protocol, SIP_PROTOCOL_NONE);
    assert_int_equal(ours.err, 0);
    world_finish(&world);
}

static void test_token(void **state)
{
    sip_path far = {.protocol = SIP_PROTOCOL_UDP,
                    .remote = world_addr("198.51.100.7", 40000),
                    .local = world_addr("192.0.2.1", 5060)};
    sip__own_routes ours;
    char routes[400];
    tx_world world;

    (void)state;
    world_init(&world);
    ours = read_off(&world, "sip:b@10.1.1.1", routes_with(&world, &far, routes));
    assert_int_equal(ours.count, 2);
    assert_int_equal(ours.err, 0);
    assert_int_equal(ours.path.protocol, SIP_PROTOCOL_UDP);
    assert_true(sip_addr_equal(&ours.path.remote, &far.remote));
    /* Its own flow: the request goes the other way. */
    far.remote = world_addr("192.0.2.2", 5070);
    ours = read_off(&world, "sip:b@10.1.1.1", routes_with(&world, &far, routes));
    assert_int_equal(ours.count, 2);
    assert_int_equal(ours.err, 0);
    assert_int_equal(ours.path.protocol, SIP_PROTOCOL_NONE);
    /* Altered. */
    strstr(routes, "@192.0.2.1:5060")[-1] ^= 1;
    ours = read_off(&world, "sip:b@10.1.1.1", routes);
    assert_int_equal(ours.err, SIP_ESYNTAX);
    world_finish(&world);
}

/* A connection that is gone matters where nothing else leads to the peer. */
static void test_dead_flow(void **state)
{
    const sip_path gone = {.protocol = SIP_PROTOCOL_TCP,
                           .flow = 77,
                           .remote = world_addr("198.51.100.7", 40000),
                           .local = world_addr("192.0.2.1", 5060)};
    const sip_path none = {.protocol = SIP_PROTOCOL_TCP, .remote = gone.remote};
    const sip_path foreign = {.protocol = SIP_PROTOCOL_WSS, .flow = 77, .remote = gone.remote};
    sip__own_routes ours;
    char routes[400];
    tx_world world;

    (void)state;
    world_init(&world);
    assert_false(sip_stack_flow_lives(world.stack, &none));
    assert_false(sip_stack_flow_lives(world.stack, &foreign));
    assert_false(sip_stack_flow_lives(NULL, &gone));
    assert_false(sip_stack_flow_lives(world.stack, NULL));
    assert_true(sip_stack_flow_lives(world.stack, &gone)); /* its transport does not tell */
    (void)routes_with(&world, &gone, routes);
    ours = read_off(&world, "sip:b@198.51.100.7:5060", routes);
    assert_int_equal(ours.err, 0);
    assert_int_equal(ours.path.protocol, SIP_PROTOCOL_NONE);
    assert_int_equal(read_off(&world, "sip:b@df7jal23ls0d.invalid", routes).err, SIP_EGONE);
    assert_int_equal(read_off(&world, "sip:b@198.51.100.7;transport=ws", routes).err, SIP_EGONE);
    world_finish(&world);
}

static void test_hidden(void **state)
{
    static const struct {
        const char *contact;
        bool hidden, hidden_alone;
    } cases[] = {
        {"sip:a@192.0.2.2", false, false},
        {"sip:a@192.0.2.2:5080;transport=tcp", false, false},
        {"sip:a@10.0.0.7:5070", true, false},
        {"sip:a@[2001:db8::1]", true, false},
        {"sip:a@pc.example.com", false, false},
        {"sip:a@df7jal23ls0d.INVALID;transport=tls", true, true},
        {"sip:a@invalid", false, false},
        {"sip:a@192.0.2.2;transport=ws", true, true},
        {"sips:a@192.0.2.2;transport=wss", true, true},
        {"sip:a@192.0.2.2;transport=udp", false, false},
    };
    const sip_path came = {.protocol = SIP_PROTOCOL_TCP, .remote = world_addr("192.0.2.2", 5070)};
    const sip_path unknown = {.protocol = SIP_PROTOCOL_NONE};
    sip_uri uri;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(sip_uri_parse(sip_str_of(cases[i].contact), &uri), 0);
        assert_int_equal(sip_contact_is_hidden(&uri, &came), cases[i].hidden);
        assert_int_equal(sip_contact_is_hidden(&uri, &unknown), cases[i].hidden_alone);
        assert_false(sip_contact_is_hidden(&uri, NULL));
    }
    assert_false(sip_contact_is_hidden(NULL, &came));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_token),
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_dead_flow),
        cmocka_unit_test(test_hidden),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
