#include "tx_world.h"

#include "transaction/merged.h"
#include <stdio.h>

/* A request as if forked on its way: another branch, the rest as said. */
static void ask(tx_world *world, const char *method, const char *branch, const char *from_tag,
                unsigned cseq, const char *to_tag)
{
    char text[600];

    snprintf(text, sizeof(text),
             "%s sip:alice@192.0.2.1 SIP/2.0\r\n"
             "Via: SIP/2.0/UDP 192.0.2.2:5070;branch=z9hG4bK%s\r\n"
             "Max-Forwards: 70\r\n"
             "From: <sip:bob@192.0.2.2>;tag=%s\r\n"
             "To: <sip:alice@192.0.2.1>%s\r\n"
             "Call-ID: call-2\r\n"
             "CSeq: %u %s\r\n"
             "Content-Length: 0\r\n\r\n",
             method, branch, from_tag, to_tag, cseq, method);
    world_receive(world, SIP_PROTOCOL_UDP, text);
}

static void open_uas(tx_world *world)
{
    world_init(world);
    world->tu->config.refuses_merged = true;
}

static void test_second_copy(void **state)
{
    sip_stack_stats stats;
    tx_world world;

    (void)state;
    open_uas(&world);
    ask(&world, "INVITE", "1", "b1", 7, "");
    ask(&world, "INVITE", "2", "b1", 7, "");
    assert_int_equal(world.news.requests, 1);
    assert_int_equal(world.n_sends, 1);
    assert_last_sent(&world, "SIP/2.0 482 ");
    ask(&world, "INVITE", "2", "b1", 7, ""); /* its repetition */
    assert_last_sent(&world, "SIP/2.0 482 ");
    assert_int_equal(world.n_sends, 2);
    world_run(&world, 500); /* Timer G, and the 100 of the first */
    assert_int_equal(world.n_sends, 4);
    ask(&world, "ACK", "2", "b1", 7, ";tag=x");
    assert_int_equal(world.news.acks, 0);
    assert_int_equal(sip_server_tx_respond(world.news.server, 200, NULL), 0);
    ask(&world, "INVITE", "3", "b1", 7, ""); /* the first has been answered, and is under way */
    assert_last_sent(&world, "SIP/2.0 482 ");
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.merged, 2);
    assert_int_equal(world.news.requests, 1);
    world_run(&world, 64000);
    ask(&world, "INVITE", "4", "b1", 7, ""); /* it has ended, and is forgotten */
    assert_int_equal(world.news.requests, 2);
    world_finish(&world);
    assert_int_equal(world.news.server_ends, 2);
}

static void test_what_is_none(void **state)
{
    tx_world world;

    (void)state;
    open_uas(&world);
    world.answer = 200;
    ask(&world, "OPTIONS", "1", "b1", 7, "");
    ask(&world, "OPTIONS", "2", "b2", 7, "");
    ask(&world, "OPTIONS", "3", "b1", 8, "");
    ask(&world, "MESSAGE", "4", "b1", 7, "");
    ask(&world, "OPTIONS", "5", "b1", 7, ";tag=a1"); /* in a dialog */
    ask(&world, "OPTIONS", "6", "b1", 7, ";tag=a1");
    assert_int_equal(world.news.requests, 6);
    world_finish(&world);
}

static void test_switched_off(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world.answer = 200;
    ask(&world, "OPTIONS", "1", "b1", 7, "");
    ask(&world, "OPTIONS", "2", "b1", 7, "");
    assert_int_equal(world.news.requests, 2);
    world_finish(&world);
}

/* Without memory a request is taken, and not remembered. */
static void test_without_memory(void **state)
{
    sip__merged merged = {0};
    fail_alloc memory;
    bool is_copy = true;
    sip_msg *request = world_request("OPTIONS", "sip:bob@192.0.2.2");

    (void)state;
    sip__merged_finish(&merged);
    fail_alloc_init(&memory, 1);
    assert_int_equal(sip__merged_init(&merged, &memory.allocator, NULL), SIP_ENOMEM);
    assert_int_equal(sip__merged_init(&merged, &memory.allocator, NULL), 0);
    memory.fail_at = memory.calls + 1;
    assert_null(sip__merged_add(&merged, NULL, request, &is_copy));
    assert_false(is_copy);
    sip__merged_drop(&merged, NULL);
    sip__merged_drop(&merged, sip__merged_add(&merged, NULL, request, &is_copy));
    assert_false(is_copy);
    sip__merged_finish(&merged);
    assert_int_equal(memory.live, 0);
    (void)sip_msg_unref(request);
}

/* Two users are two UAS: each takes a branch of its own. */
static void test_two_users(void **state)
{
    sip_msg *request = world_request("OPTIONS", "sip:bob@192.0.2.2");
    sip__merged_note *notes[2];
    sip__merged merged;
    fail_alloc memory;
    bool is_copy;

    (void)state;
    fail_alloc_init(&memory, 0);
    assert_int_equal(sip__merged_init(&merged, &memory.allocator, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        notes[i] = sip__merged_add(&merged, &notes[i], request, &is_copy);
        assert_non_null(notes[i]);
        assert_false(is_copy);
        assert_null(sip__merged_add(&merged, &notes[i], request, &is_copy));
        assert_true(is_copy);
    }
    sip__merged_drop(&merged, notes[0]);
    sip__merged_drop(&merged, notes[1]);
    sip__merged_finish(&merged);
    assert_int_equal(memory.live, 0);
    (void)sip_msg_unref(request);
}

static void test_limit(void **state)
{
    const sip_stack_config config = {.max_transactions = 1};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    world.tu->config.refuses_merged = true;
    ask(&world, "OPTIONS", "1", "b1", 7, "");
    ask(&world, "OPTIONS", "2", "b2", 7, "");
    assert_last_sent(&world, "SIP/2.0 503 ");
    ask(&world, "OPTIONS", "3", "b2", 7, ""); /* the one refused is not remembered */
    assert_last_sent(&world, "SIP/2.0 503 ");
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_second_copy),    cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_switched_off),   cmocka_unit_test(test_limit),
        cmocka_unit_test(test_without_memory), cmocka_unit_test(test_two_users),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
