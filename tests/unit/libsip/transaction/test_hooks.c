#include "tx_world.h"

#include <sip/hook.h>

#include "transaction/hooks.h"
#include <string.h>

#define MOST 40

/* What a hook was told, in order. */
typedef struct log {
    sip_tx_hook hook;
    unsigned n;
    sip_tx_event events[MOST];
    const void *last_client, *last_server;
    int last_status;
    size_t last_bytes;
    struct log *remove; /* taken off from inside */
    sip_stack *stack;
} log;

static void on_event(const sip_tx_news *news, void *user_data)
{
    log *it = user_data;

    assert_true(it->n < MOST);
    assert_true((news->client == NULL) != (news->server == NULL));
    it->events[it->n++] = news->event;
    it->last_client = news->client;
    it->last_server = news->server;
    it->last_status = sip_msg_status(news->msg);
    it->last_bytes = news->bytes.len;
    if (it->remove != NULL) {
        sip_stack_remove_tx_hook(it->stack, &it->remove->hook);
    }
}

static void log_init(log *it, uint32_t events)
{
    memset(it, 0, sizeof(*it));
    it->hook = (sip_tx_hook){.events = events, .fn = on_event, .user_data = it};
}

static void assert_events(const log *it, unsigned n, const sip_tx_event *events)
{
    assert_int_equal(it->n, n);
    for (unsigned i = 0; i < n; i++) {
        assert_int_equal(it->events[i], events[i]);
    }
}

#define ASSERT_EVENTS(it, ...)                                                                     \
    assert_events(it, sizeof((sip_tx_event[]){__VA_ARGS__}) / sizeof(sip_tx_event),                \
                  (sip_tx_event[]){__VA_ARGS__})

static void test_client_invite_refused(void **state)
{
    tx_world world;
    log all;

    (void)state;
    log_init(&all, 0);
    world_init(&world);
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &all.hook), 0);
    (void)world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    world_run(&world, 500);
    world_answer(&world, 0, 180);
    world_answer(&world, 0, 486);
    assert_int_equal(all.last_status, 486);
    world_answer(&world, 0, 486);
    assert_true(all.last_bytes > 0); /* the ACK's */
    world_run(&world, 32000);
    ASSERT_EVENTS(&all, SIP_TX_CREATED, SIP_TX_SENT, SIP_TX_RETRANSMITTED, SIP_TX_PROVISIONAL,
                  SIP_TX_ACKED, SIP_TX_FINAL, SIP_TX_REPEATED, SIP_TX_RETRANSMITTED,
                  SIP_TX_DESTROYED);
    world_finish(&world);
    assert_int_equal(all.n, 9);
}

static void test_client_cancelled(void **state)
{
    tx_world world;
    sip_client_tx *tx;
    log own, all;

    (void)state;
    log_init(&own, 0);
    log_init(&all, SIP_TX_BIT(SIP_TX_CREATED) | SIP_TX_BIT(SIP_TX_DESTROYED));
    world_init(&world);
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &all.hook), 0);
    tx = world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    assert_int_equal(sip_client_tx_add_hook(tx, &own.hook), 0);
    assert_int_equal(sip_client_tx_add_hook(tx, &own.hook), SIP_ESTATE);
    world_answer(&world, 0, 180);
    assert_int_equal(sip_client_tx_cancel(tx, NULL), 0);
    world_run(&world, 64000);
    ASSERT_EVENTS(&own, SIP_TX_PROVISIONAL, SIP_TX_CANCELLED, SIP_TX_TIMED_OUT, SIP_TX_DESTROYED);
    ASSERT_EVENTS(&all, SIP_TX_CREATED, SIP_TX_CREATED, SIP_TX_DESTROYED, SIP_TX_DESTROYED);
    world_finish(&world);
}

static void test_client_without_way(void **state)
{
    tx_world world;
    log all;

    (void)state;
    log_init(&all, 0);
    world_init(&world);
    world.send_err = SIP_EIO;
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &all.hook), 0);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    world_run(&world, 1);
    ASSERT_EVENTS(&all, SIP_TX_CREATED, SIP_TX_FAILED, SIP_TX_DESTROYED);
    world_finish(&world);
}

/* A branch that was left for another target is not told of, nor a call that failed at once. */
static void test_client_that_never_was(void **state)
{
    sip_msg *request = world_request("OPTIONS", "sip:bob@192.0.2.2");
    const sip_send_options bad = {.next_hop = "nonsense"};
    tx_world world;
    log all;

    (void)state;
    log_init(&all, 0);
    world_init(&world);
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &all.hook), 0);
    assert_int_equal(
        sip_client_tx_create(world.tu, request, &bad, &world_client_handler, &world, NULL),
        SIP_EINVAL);
    ASSERT_EVENTS(&all, SIP_TX_CREATED, SIP_TX_DESTROYED);
    (void)sip_msg_unref(request);
    world_finish(&world);
}

static void test_server_invite(void **state)
{
    tx_world world;
    log all, own;

    (void)state;
    log_init(&all, 0);
    log_init(&own, 0);
    world_init(&world);
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &all.hook), 0);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    assert_ptr_equal(all.last_server, world.news.server);
    assert_int_equal(sip_server_tx_add_hook(world.news.server, &own.hook), 0);
    assert_int_equal(sip_server_tx_respond(world.news.server, 180, NULL), 0);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    sip_server_tx_remove_hook(world.news.server, &own.hook);
    assert_int_equal(sip_server_tx_respond(world.news.server, 486, NULL), 0);
    world_run(&world, 500);
    world_peer_request(&world, "ACK", WORLD_BRANCH);
    world_peer_request(&world, "ACK", WORLD_BRANCH);
    world_run(&world, 5000);
    ASSERT_EVENTS(&all, SIP_TX_CREATED, SIP_TX_PROVISIONAL, SIP_TX_REPEATED, SIP_TX_RETRANSMITTED,
                  SIP_TX_FINAL, SIP_TX_RETRANSMITTED, SIP_TX_ACKED, SIP_TX_REPEATED,
                  SIP_TX_DESTROYED);
    ASSERT_EVENTS(&own, SIP_TX_PROVISIONAL, SIP_TX_REPEATED, SIP_TX_RETRANSMITTED);
    world_finish(&world);
}

static void test_server_cancelled_and_never_acknowledged(void **state)
{
    tx_world world;
    log all;

    (void)state;
    log_init(&all, SIP_TX_BIT(SIP_TX_CANCELLED) | SIP_TX_BIT(SIP_TX_TIMED_OUT) |
                       SIP_TX_BIT(SIP_TX_FAILED) | SIP_TX_BIT(SIP_TX_ACKED));
    world_init(&world);
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &all.hook), 0);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    world_peer_request(&world, "CANCEL", WORLD_BRANCH);
    world.send_err = SIP_EIO;
    assert_int_equal(sip_server_tx_respond(world.news.server, 487, NULL), 0);
    world_turn(&world);
    world.send_err = 0;
    world_run(&world, 32000);
    ASSERT_EVENTS(&all, SIP_TX_CANCELLED, SIP_TX_FAILED, SIP_TX_TIMED_OUT);
    world_peer_request(&world, "INVITE", "z9hG4bKpeer2");
    assert_int_equal(sip_server_tx_respond(world.news.server, 200, NULL), 0);
    world_peer_request(&world, "ACK", "z9hG4bKpeer2"); /* as from before RFC 6026 */
    assert_int_equal(all.n, 4);
    assert_int_equal(all.events[3], SIP_TX_ACKED);
    world_finish(&world);
}

static void test_several_and_taken_off(void **state)
{
    tx_world world;
    log first, second, third;

    (void)state;
    log_init(&first, 0);
    log_init(&second, 0);
    log_init(&third, SIP_TX_BIT(SIP_TX_DESTROYED));
    world_init(&world);
    first.stack = world.stack;
    first.remove = &second;
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &first.hook), 0);
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &second.hook), 0);
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &third.hook), 0);
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &third.hook), SIP_ESTATE);
    world.answer = 200;
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH);
    assert_int_equal(first.n, 2);
    assert_int_equal(second.n, 0); /* the first took it off before it was told */
    assert_int_equal(third.n, 0);
    sip_stack_remove_tx_hook(world.stack, &first.hook);
    sip_stack_remove_tx_hook(world.stack, &first.hook);
    world_run(&world, 32000);
    assert_int_equal(first.n, 2);
    assert_int_equal(third.n, 1);
    world_finish(&world);
}

static void test_arguments_and_memory(void **state)
{
    const sip_tx_hook none = {0};
    tx_world world;
    sip_client_tx *tx;
    log it;

    (void)state;
    log_init(&it, 0);
    world_init(&world);
    tx = world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    assert_int_equal(sip_stack_add_tx_hook(NULL, &it.hook), SIP_EINVAL);
    assert_int_equal(sip_stack_add_tx_hook(world.stack, NULL), SIP_EINVAL);
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &none), SIP_EINVAL);
    assert_int_equal(sip_client_tx_add_hook(NULL, &it.hook), SIP_EINVAL);
    assert_int_equal(sip_client_tx_add_hook(tx, &none), SIP_EINVAL);
    assert_int_equal(sip_server_tx_add_hook(NULL, &it.hook), SIP_EINVAL);
    sip_stack_remove_tx_hook(NULL, &it.hook);
    sip_stack_remove_tx_hook(world.stack, NULL);
    sip_client_tx_remove_hook(NULL, &it.hook);
    sip_client_tx_remove_hook(tx, &it.hook);
    sip_server_tx_remove_hook(NULL, &it.hook);
    for (unsigned i = 1; i <= 2; i++) {
        world.memory.fail_at = world.memory.calls + i;
        assert_int_equal(sip_client_tx_add_hook(tx, &it.hook), SIP_ENOMEM);
    }
    world.memory.fail_at = world.memory.calls + 1;
    assert_int_equal(sip_stack_add_tx_hook(world.stack, &it.hook), SIP_ENOMEM);
    world.memory.fail_at = 0;
    world_answer(&world, 0, 486);
    assert_int_equal(it.n, 0);
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client_invite_refused),
        cmocka_unit_test(test_client_cancelled),
        cmocka_unit_test(test_client_without_way),
        cmocka_unit_test(test_client_that_never_was),
        cmocka_unit_test(test_server_invite),
        cmocka_unit_test(test_server_cancelled_and_never_acknowledged),
        cmocka_unit_test(test_several_and_taken_off),
        cmocka_unit_test(test_arguments_and_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
