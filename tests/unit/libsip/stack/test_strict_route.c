#include "stack/strict_route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/sim_peer.h"

#define OPTIONS(uri, routes)                                                                       \
    "OPTIONS " uri " SIP/2.0\r\nVia: SIP/2.0/UDP 10.9.9.9:7;branch=z9hG4bKa\r\n" routes            \
    "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n"                  \
    "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"

static sip_msg *undo(const char *bytes)
{
    sip_path source = {.protocol = SIP_PROTOCOL_UDP,
                       .remote = {.ip = {10, 9, 9, 9}, .port = 7, .family = SIP_FAMILY_IP4},
                       .local = {.ip = {10, 0, 0, 1}, .port = 5060, .family = SIP_FAMILY_IP4}};
    sip_msg *msg = NULL, *out = NULL;
    sip_stack *stack;
    sip_sim *sim;

    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    assert_int_equal(sip_sim_add_host(sim, "proxy", NULL, &stack), 0);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(bytes), &source, &msg, NULL), 0);
    assert_int_equal(sip__strict_route_undo(stack, msg, &out), 0);
    sip_msg_unref(msg);
    sip_sim_destroy(sim);
    return out;
}

static void the_last_route_becomes_the_request_uri(void **state)
{
    sip_msg *msg = undo(OPTIONS("sip:10.0.0.1:5060;lr",
                                "Route: <sip:10.0.0.7;lr>\r\nRoute: <sip:b@10.0.0.8;x=y>\r\n"));

    (void)state;
    assert_non_null(msg);
    assert_true(sip_str_equal(sip_msg_request_uri_text(msg), "sip:b@10.0.0.8;x=y"));
    /* What it was is still there: a proxy may find a flow or a dialog of its own in it. */
    assert_true(sip_str_equal(sip_msg_value(msg, SIP_HEADER_ROUTE, 0), "<sip:10.0.0.1:5060;lr>"));
    assert_true(sip_str_equal(sip_msg_value(msg, SIP_HEADER_ROUTE, 1), "<sip:10.0.0.7;lr>"));
    assert_null(sip_msg_value(msg, SIP_HEADER_ROUTE, 2).ptr);
    assert_int_equal(sip_msg_source(msg)->remote.port, 7);
    assert_int_equal(sip_msg_check(msg, NULL, NULL), 0);
    assert_true(sip_str_equal(sip_msg_body(msg)->data, "hello"));
    sip_msg_unref(msg);
}

static void others_stay_as_they_are(void **state)
{
    (void)state;
    assert_null(undo(OPTIONS("sip:10.0.0.1:5060;lr", "")));
    assert_null(undo(OPTIONS("sip:b@10.0.0.1", "Route: <sip:10.0.0.7;lr>\r\n")));
    assert_null(undo(OPTIONS("sip:10.0.0.3;lr", "Route: <sip:10.0.0.7;lr>\r\n")));
    assert_null(undo(OPTIONS("tel:+1", "Route: <sip:10.0.0.7;lr>\r\n")));
}

static void a_maddr_of_ours_is_taken_off(void **state)
{
    static const struct {
        const char *uri, *meant; /* NULL: stays as it is */
    } cases[] = {
        {"sip:b@example.com;maddr=10.0.0.1", "sip:b@example.com"},
        {"sip:b@example.com:5060;maddr=10.0.0.1;x=y;transport=udp", "sip:b@example.com;x=y"},
        {"sip:b@example.com;maddr=10.0.0.2", NULL},
        {"sip:b@example.com:5070;maddr=10.0.0.1", NULL},
        {"sip:b@example.com;maddr=10.0.0.1;transport=tcp", NULL},
        {"tel:+1;maddr=10.0.0.1", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[500];
        sip_msg *msg;

        snprintf(text, sizeof text,
                 "OPTIONS %s SIP/2.0\r\nVia: SIP/2.0/UDP 10.9.9.9:7;branch=z9hG4bKa\r\n"
                 "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n",
                 cases[i].uri);
        msg = undo(text);
        assert_int_equal(msg != NULL, cases[i].meant != NULL);
        if (msg != NULL) {
            assert_true(sip_str_equal(sip_msg_request_uri_text(msg), cases[i].meant));
            assert_int_equal(sip_msg_source(msg)->remote.port, 7);
        }
        sip_msg_unref(msg);
    }
}

static void a_proxy_sees_what_was_meant(void **state)
{
    sip_addr stranger = {.ip = {10, 9, 9, 9}, .port = 7, .family = SIP_FAMILY_IP4};
    sim_proxy proxy;
    sim_peer bob;
    sip_sim *sim;

    (void)state;
    assert_int_equal(sip_sim_create(NULL, &sim), 0);
    sim_proxy_init(&proxy, sim, "proxy", NULL);
    sim_peer_init(&bob, sim, "bob");
    assert_int_equal(sip_sim_inject(sim, &stranger, "proxy",
                                    SIP_STR(OPTIONS("sip:10.0.0.1;lr", "Route: <sip:b@bob>\r\n"))),
                     0);
    assert_int_equal(sip_sim_settle(sim, 100000), 0);
    assert_int_equal(bob.requests, 1);
    assert_true(sip_str_equal(sip_msg_request_uri_text(bob.last_request), "sip:b@bob"));
    assert_null(sip_msg_value(bob.last_request, SIP_HEADER_ROUTE, 0).ptr);
    assert_string_equal(sip_sim_ladder(sim, 0), "proxy <- 10.9.9.9 OPTIONS\nproxy -> bob OPTIONS\n"
                                                "proxy <- bob 200\nproxy -> 10.9.9.9 200\n");
    sip_sim_destroy(sim);
    sim_peer_finish(&bob);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_route_becomes_the_request_uri),
        cmocka_unit_test(a_maddr_of_ours_is_taken_off),
        cmocka_unit_test(others_stay_as_they_are),
        cmocka_unit_test(a_proxy_sees_what_was_meant),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
