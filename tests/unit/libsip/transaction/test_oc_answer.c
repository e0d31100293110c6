#include "tx_world.h"

#include "transaction/oc_answer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sip__layer *layer_of(tx_world *world)
{
    return &sip_stack_worker(world->stack, 0)->layer;
}

static sip_msg *peer_request(const char *via)
{
    char text[500];
    sip_msg *msg = NULL;
    sip_path from = {.protocol = SIP_PROTOCOL_UDP,
                     .remote = world_addr("192.0.2.2", 5070),
                     .local = world_addr("192.0.2.1", 5060)};
    int len = snprintf(
        text, sizeof(text),
        "OPTIONS sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2:5070;branch=z9hG4bKq%s"
        "\r\nMax-Forwards: 70\r\nFrom: <sip:b@b>;tag=1\r\nTo: <sip:a@a>\r\nCall-ID: q\r\n"
        "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
        via);

    assert_int_equal(sip_msg_parse(NULL, NULL, (sip_str){text, (size_t)len}, &from, &msg, NULL), 0);
    return msg;
}

static void offers_are_seen(void **state)
{
    static const struct {
        const char *via;
        bool offered;
    } rows[] = {{"", false},         {";rport", false}, {";oc", true},
                {";rport;oc", true}, {";oc=5", false},  {";oc-algo=\"loss\"", false},
                {";OC;rport", true}};
    tx_world world;

    (void)state;
    world_init(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sip_msg *msg = peer_request(rows[i].via);

        assert_int_equal(sip__oc_is_offered(layer_of(&world), msg), rows[i].offered);
        (void)sip_msg_unref(msg);
    }
    world_finish(&world);
}

static void without_memory_an_answer_says_nothing_of_it(void **state)
{
    tx_world world;
    sip_msg *request = peer_request(";oc"), *response = NULL;
    char *own = NULL;
    sip_str bytes;

    (void)state;
    world_init(&world);
    assert_int_equal(sip_response_create(request, 200, SIP_STR("t"), NULL, &response), 0);
    bytes = sip__oc_answer(layer_of(&world), response, &own);
    assert_non_null(own);
    assert_ptr_equal(bytes.ptr, own);
    assert_true(bytes.len > sip_msg_bytes(response).len);
    sip_free(&world.memory.allocator, own);
    world.memory.fail_at = world.memory.calls + 1;
    bytes = sip__oc_answer(layer_of(&world), response, &own);
    assert_null(own);
    assert_ptr_equal(bytes.ptr, sip_msg_bytes(response).ptr);
    (void)sip_msg_unref(request);
    (void)sip_msg_unref(response);
    world_finish(&world);
}

static void refusals_spread_over_time(void **state)
{
    const sip_stack_config config = {.overload = {.retry_after_s = 10}};
    tx_world world;
    sip_msg *request = peer_request(";oc");
    unsigned seen[20] = {0}, kinds = 0;

    (void)state;
    world_init_with(&world, &config, NULL);
    for (unsigned i = 0; i < 90; i++) {
        const char *at;
        long after_s;

        sip__oc_refuse(layer_of(&world), request);
        at = strstr(world.sends[i].text, "Retry-After: ");
        assert_non_null(at);
        after_s = strtol(at + 13, NULL, 10);
        assert_in_range(after_s, 10, 19);
        seen[after_s]++;
    }
    for (unsigned i = 0; i < 20; i++) {
        kinds += seen[i] > 0 ? 1 : 0;
    }
    assert_true(kinds >= 8);
    world.send_err = SIP_ENOMEM;
    sip__oc_refuse(layer_of(&world), request);
    assert_int_equal(layer_of(&world)->stats.send_failures, 1);
    (void)sip_msg_unref(request);
    world_finish(&world);
}

/* ---- as a client */

static const sip_stack_config obeying = {.overload = {.obey = SIP_ON}};

/* The peer's answer to the i-th message, with this behind the parameters of its Via. */
static void answer_with(tx_world *world, unsigned i, int status, const char *said)
{
    sip_msg *response = world_response(world, i, status);
    sip_str bytes = sip_msg_bytes(response), out;

    assert_int_equal(sip__oc_stamp(NULL, bytes, sip_msg_via(response, 0), sip_str_of(said), &out),
                     0);
    char *text = malloc(out.len + 1);

    memcpy(text, out.ptr, out.len);
    text[out.len] = '\0';
    world_receive(world, SIP_PROTOCOL_UDP, text);
    free(text);
    sip_free(NULL, (char *)out.ptr);
    (void)sip_msg_unref(response);
}

static void a_next_hop_that_asks_for_less_gets_less(void **state)
{
    tx_world world;

    (void)state;
    world_init_with(&world, &obeying, NULL);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    assert_non_null(strstr(world.sends[0].text, ";oc;oc-algo=\"loss,rate\";rport\r\n"));
    answer_with(&world, 0, 200, ";oc=100;oc-algo=\"loss\";oc-validity=500;oc-seq=1.1");
    assert_int_equal(world.news.responses, 1);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    world_turn(&world);
    assert_int_equal(world.n_sends, 1);
    assert_int_equal(world.news.failures, 1);
    assert_int_equal(world.news.last_status, 503);
    assert_int_equal(world.news.last_err, SIP_EBUSY);
    assert_non_null(strstr(world.news.last_text, "overloaded"));
    assert_int_equal(layer_of(&world)->stats.held_back, 1);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.9"); /* another */
    (void)world_client(&world, "OPTIONS", "urn:service:sos");
    assert_int_equal(world.n_sends, 2);
    world_run(&world, 500);
    unsigned sent = world.n_sends;
    (void)world_client(&world, "OPTIONS",
                       "sip:bob@192.0.2.2"); /* what it said is no longer valid */
    assert_int_equal(world.n_sends, sent + 1);
    world_finish(&world);
}

static void provisional_answers_say_it_too(void **state)
{
    tx_world world;

    (void)state;
    world_init_with(&world, &obeying, NULL);
    (void)world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    answer_with(&world, 0, 100, ";oc=100;oc-seq=1.1");
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    world_turn(&world);
    assert_int_equal(world.n_sends, 1);
    answer_with(&world, 0, 180, ";oc=0;oc-validity=0;oc-seq=1.2");
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    assert_int_equal(world.n_sends, 2);
    world_finish(&world);
}

static void without_obeying_nothing_is_offered_or_heeded(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    assert_null(strstr(world.sends[0].text, ";oc"));
    answer_with(&world, 0, 200, ";oc=100;oc-seq=1.1");
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    assert_int_equal(world.n_sends, 2);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offers_are_seen),
        cmocka_unit_test(without_memory_an_answer_says_nothing_of_it),
        cmocka_unit_test(refusals_spread_over_time),
        cmocka_unit_test(a_next_hop_that_asks_for_less_gets_less),
        cmocka_unit_test(provisional_answers_say_it_too),
        cmocka_unit_test(without_obeying_nothing_is_offered_or_heeded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
