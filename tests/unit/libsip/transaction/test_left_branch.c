#include "tx_world.h"

#include "dns/scripted_resolver.h"
#include "transaction/ict.h"
#include "transaction/left_branch.h"
#include <stdio.h>
#include <string.h>

/* A world in which a request to sip:b@two.example has left 192.0.2.2 for 192.0.2.3. */
typedef struct left_world {
    tx_world world;
    sip__zone zone;
    sip_client_tx *tx;
} left_world;

static void left_init(left_world *it, sip_msg *request, const sip_tu_handler *handler)
{
    sip_stack_config config = {0};
    sip_addr addr = world_addr("192.0.2.2", 0);

    memset(it, 0, sizeof(*it));
    sip__zone_init(&it->zone, sip_allocator_default());
    assert_int_equal(sip__zone_add(&it->zone, "two.example", &addr), 0);
    addr = world_addr("192.0.2.3", 0);
    assert_int_equal(sip__zone_add(&it->zone, "two.example", &addr), 0);
    assert_int_equal(sip__scripted_resolver_create(&it->zone, &it->world.clock, &config.resolver),
                     0);
    world_init_with(&it->world, &config, handler);
    assert_int_equal(sip_client_tx_create(it->world.tu, request, NULL, &world_client_handler,
                                          &it->world, &it->tx),
                     0);
    (void)sip_msg_unref(request);
    while (sip__scripted_resolver_advance(config.resolver)) {
    }
    world_turn(&it->world);
    assert_int_equal(it->world.n_sends, 1);
    world_run(&it->world, 31999);
    world_run(&it->world, 1); /* Timer B or F */
    assert_last_sent(&it->world, "");
    assert_int_equal(it->world.sends[it->world.n_sends - 1].path.remote.ip[3], 3);
}

static void left_finish(left_world *it)
{
    world_finish(&it->world);
    sip__zone_finish(&it->zone);
}

static void receive_answer(left_world *it, const sip_msg *response, const char *more)
{
    sip_transport *udp = &it->world.udp.head;
    sip_str bytes = sip_msg_bytes(response);
    const char *body = strstr(bytes.ptr, "\r\nContent-Length");
    char text[3000];

    assert_non_null(body);
    snprintf(text, sizeof(text), "%.*s%s" SIP_FMT, (int)(body + 2 - bytes.ptr), bytes.ptr, more,
             SIP_ARG(((sip_str){body + 2, bytes.len - (size_t)(body + 2 - bytes.ptr)})));
    udp->events->on_bytes(udp, sip_msg_source(response), sip_str_of(text), udp->stack);
    world_turn(&it->world);
}

static void test_absorbs_answers(void **state)
{
    sip_stack_stats before, after;
    left_world it;

    (void)state;
    left_init(&it, world_request("OPTIONS", "sip:b@two.example;transport=udp"), NULL);
    sip_stack_get_stats(it.world.stack, &before);
    world_answer(&it.world, 0, 200);
    world_answer(&it.world, 0, 200);
    sip_stack_get_stats(it.world.stack, &after);
    assert_true(after.absorbed > before.absorbed);
    assert_int_equal(after.client_transactions, 1); /* it is none of the user's */
    assert_int_equal(after.live_transactions, 2);
    assert_int_equal(it.world.news.responses, 0);
    assert_int_equal(it.world.news.strays, 0);
    world_run(&it.world, 5000); /* Timer K */
    sip_stack_get_stats(it.world.stack, &after);
    assert_int_equal(after.live_transactions, 1);
    left_finish(&it);
    assert_int_equal(it.world.news.client_ends, 1);
}

static void test_ends_by_itself(void **state)
{
    sip_stack_stats stats;
    left_world it;
    unsigned sends;

    (void)state;
    left_init(&it, world_request("INVITE", "sip:b@two.example;transport=udp"), NULL);
    sends = it.world.n_sends;
    world_answer(&it.world, sends - 1, 180);
    world_run(&it.world, 32000);
    sip_stack_get_stats(it.world.stack, &stats);
    assert_int_equal(stats.live_transactions, 1);
    assert_int_equal(it.world.n_sends, sends); /* it repeats nothing */
    assert_int_equal(it.world.news.failures, 0);
    left_finish(&it);
}

static void test_late_provisional_is_cancelled(void **state)
{
    left_world it;
    unsigned sends;

    (void)state;
    left_init(&it, world_request("INVITE", "sip:b@two.example;transport=udp"), NULL);
    sends = it.world.n_sends;
    world_answer(&it.world, 0, 180);
    assert_int_equal(it.world.news.responses, 0);
    assert_int_equal(it.world.n_sends, sends + 1);
    assert_last_sent(&it.world, "CANCEL sip:b@two.example");
    assert_int_equal(it.world.sends[sends].path.remote.ip[3], 2);
    world_answer(&it.world, 0, 487);
    assert_last_sent(&it.world, "ACK sip:b@two.example");
    assert_int_equal(it.world.sends[it.world.n_sends - 1].path.remote.ip[3], 2);
    left_finish(&it);
}

static void test_late_2xx_is_hung_up(void **state)
{
    sip_msg *response;
    left_world it;
    const char *bye;
    unsigned sends;

    (void)state;
    left_init(&it, world_request("INVITE", "sip:b@two.example;transport=udp"), NULL);
    sends = it.world.n_sends;
    response = world_response(&it.world, 0, 200);
    receive_answer(&it, response,
                   "Contact: <sip:b@192.0.2.77>\r\nRecord-Route: <sip:192.0.2.8;lr>, "
                   "<sip:192.0.2.9;lr>\r\n");
    assert_int_equal(it.world.n_sends, sends + 2);
    assert_sent(&it.world, sends, "ACK sip:b@192.0.2.77 SIP/2.0");
    assert_int_equal(it.world.sends[sends].path.remote.ip[3], 9); /* backwards */
    assert_non_null(strstr(it.world.sends[sends].text, "CSeq: 1 ACK\r\n"));
    bye = it.world.sends[sends + 1].text;
    assert_sent(&it.world, sends + 1, "BYE sip:b@192.0.2.77 SIP/2.0");
    assert_non_null(strstr(bye, "CSeq: 2 BYE\r\n"));
    assert_non_null(strstr(bye, "To: <sip:bob@192.0.2.2>;tag=b1\r\n"));
    assert_non_null(strstr(bye, "From: <sip:alice@192.0.2.1>;tag=a1\r\n"));
    assert_non_null(strstr(bye, "192.0.2.9;lr"));
    assert_int_equal(it.world.news.responses, 0);
    /* Again: the same ACK, no further BYE. */
    receive_answer(&it, response, "Contact: <sip:b@192.0.2.77>\r\n");
    assert_int_equal(it.world.n_sends, sends + 3);
    assert_string_equal(it.world.sends[sends + 2].text, it.world.sends[sends].text);
    world_answer(&it.world, sends + 1, 200);
    (void)sip_msg_unref(response);
    left_finish(&it);
}

/* Each callee behind a forking proxy is hung up on once, up to a bound: beyond it they are only
 * counted, so that nobody has us call whom he wants as often as he wants. */
static void test_many_callees(void **state)
{
    sip_stack_stats stats;
    sip_msg *response;
    left_world it;
    unsigned sends;

    (void)state;
    left_init(&it, world_request("INVITE", "sip:b@two.example;transport=udp"), NULL);
    sends = it.world.n_sends;
    response = world_response(&it.world, 0, 200);
    for (unsigned again = 0; again < 2; again++) {
        for (unsigned i = 0; i < 10; i++) {
            char text[3000], *tag;
            sip_msg *one = NULL;

            snprintf(text, sizeof(text), SIP_FMT, SIP_ARG(sip_msg_bytes(response)));
            tag = strstr(text, "tag=b1");
            assert_non_null(tag);
            tag[4] = (char)('c' + (int)i);
            assert_int_equal(
                sip_msg_parse(NULL, NULL, sip_str_of(text), sip_msg_source(response), &one, NULL),
                0);
            receive_answer(&it, one, "Contact: <sip:b@192.0.2.77>\r\n");
            (void)sip_msg_unref(one);
        }
        /* ACK and BYE to each, then the ACKs again. */
        assert_int_equal(it.world.n_sends, sends + 16 + again * 8);
        sip_stack_get_stats(it.world.stack, &stats);
        assert_int_equal(stats.dropped_left, 2 + 2 * again);
        assert_int_equal(stats.client_transactions, 1 + 8);
    }
    (void)sip_msg_unref(response);
    left_finish(&it);
}

static void test_fails_without_memory(void **state)
{
    (void)state;
    for (size_t n = 1; n < 60; n++) {
        left_world it;
        sip_msg *response;

        left_init(&it, world_request("INVITE", "sip:b@two.example;transport=udp"), NULL);
        response = world_response(&it.world, 0, 200);
        it.world.memory.fail_at = it.world.memory.calls + n;
        receive_answer(&it, response, "Contact: <sip:b@192.0.2.77>\r\n");
        world_run(&it.world, 100);
        (void)sip_msg_unref(response);
        left_finish(&it);
        assert_int_equal(it.world.news.client_ends, 1);
    }
}

/* What a relay sent is its caller's to hang up. */
static void test_late_2xx_of_a_relay_is_passed_on(void **state)
{
    sip_msg *request = NULL;
    sip_build *build =
        sip_build_request(NULL, SIP_STR("INVITE"), SIP_STR("sip:b@two.example;transport=udp"));
    left_world it;
    unsigned sends;

    (void)state;
    sip_build_header(build, SIP_HEADER_VIA, SIP_STR("SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKx"));
    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:alice@192.0.2.99>;tag=a1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:b@two.example>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("call-9"));
    sip_build_header(build, SIP_HEADER_CSEQ, SIP_STR("1 INVITE"));
    assert_int_equal(sip_build_finish(build, &request), 0);
    left_init(&it, request, NULL);
    sends = it.world.n_sends;
    world_answer(&it.world, 0, 200);
    assert_int_equal(it.world.news.responses, 1);
    assert_int_equal(it.world.news.strays, 0);
    sip_client_tx_abandon(it.tx); /* nobody works for it any more */
    world_turn(&it.world);
    world_answer(&it.world, 0, 200);
    assert_int_equal(it.world.news.responses, 1);
    assert_int_equal(it.world.news.strays, 1);
    assert_int_equal(it.world.n_sends, sends);
    left_finish(&it);
}

static void test_nothing_to_keep(void **state)
{
    tx_world world;
    sip_client_tx *tx;

    (void)state;
    world_init(&world);
    tx = world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    tx->layer->clients.limit = tx->layer->clients.live;
    assert_null(sip__left_branch_keep(tx)); /* without room */
    tx->layer->clients.limit = 0;
    assert_non_null(tx->sent);
    sip__client_tx_unmap(tx);
    assert_null(sip__left_branch_keep(tx));
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absorbs_answers),
        cmocka_unit_test(test_ends_by_itself),
        cmocka_unit_test(test_late_provisional_is_cancelled),
        cmocka_unit_test(test_late_2xx_is_hung_up),
        cmocka_unit_test(test_many_callees),
        cmocka_unit_test(test_fails_without_memory),
        cmocka_unit_test(test_late_2xx_of_a_relay_is_passed_on),
        cmocka_unit_test(test_nothing_to_keep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
