#include "tx_world.h"

#include <string.h>

#include "dns/scripted_resolver.h"
#include "transaction/ict.h"
#include "transaction/relay_hook.h"

/* A world whose resolver knows bob.example at 192.0.2.2 and 192.0.2.3. */
typedef struct named_world {
    tx_world world;
    sip__zone zone;
    sip_resolver *resolver;
    sip_stack_config config;
} named_world;

static void named_init(named_world *named)
{
    sip_addr first = world_addr("192.0.2.2", 0);
    sip_addr second = world_addr("192.0.2.3", 0);

    memset(named, 0, sizeof(*named));
    sip__zone_init(&named->zone, sip_allocator_default());
    assert_int_equal(sip__zone_add(&named->zone, "bob.example", &first), 0);
    assert_int_equal(sip__zone_add(&named->zone, "bob.example", &second), 0);
    assert_int_equal(
        sip__scripted_resolver_create(&named->zone, &named->world.clock, &named->resolver), 0);
    named->config.resolver = named->resolver;
    world_init_with(&named->world, &named->config, NULL);
}

static void named_answer(named_world *named)
{
    for (int i = 0; i < 4 && sip__scripted_resolver_advance(named->resolver); i++) {
    }
    world_turn(&named->world);
}

static void named_finish(named_world *named)
{
    world_finish(&named->world);
    sip__zone_finish(&named->zone);
}

static void fail_last(tx_world *world, const char *text)
{
    const world_send *send = &world->sends[world->n_sends - 1];
    sip_transport *udp = &world->udp.head;

    udp->events->on_send_failed(udp, send->ref, &send->path, SIP_EIO, text, udp->stack);
    world_turn(world);
}

static void test_numeric_target(void **state)
{
    tx_world world;
    sip_client_tx *tx;
    sip_addr remote = world_addr("192.0.2.2", 5060);

    (void)state;
    world_init(&world);
    tx = world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    assert_int_equal(world.n_sends, 1);
    assert_true(sip_addr_equal(&world.sends[0].path.remote, &remote));
    assert_true(sip_addr_equal(&sip_client_tx_path(tx)->remote, &remote));
    assert_non_null(sip_msg_via(sip_client_tx_request(tx), 0));
    assert_non_null(strstr(world.sends[0].text, "Via: SIP/2.0/UDP 192.0.2.1:5060;"));
    world_answer(&world, 0, 200);
    assert_int_equal(world.news.responses, 1);
    assert_int_equal(world.news.last_status, 200);
    world_finish(&world);
}

static void test_refuses(void **state)
{
    tx_world world;
    sip_msg *ack = world_request("ACK", "sip:bob@192.0.2.2");
    sip_msg *tel = world_request("OPTIONS", "tel:+15551234");
    const sip_send_options bad = {.next_hop = "nonsense"};

    (void)state;
    world_init(&world);
    assert_int_equal(sip_client_tx_create(world.tu, ack, NULL, &world_client_handler, NULL, NULL),
                     SIP_EINVAL);
    assert_int_equal(sip_client_tx_create(NULL, tel, NULL, &world_client_handler, NULL, NULL),
                     SIP_EINVAL);
    assert_int_equal(sip_client_tx_create(world.tu, NULL, NULL, &world_client_handler, NULL, NULL),
                     SIP_EINVAL);
    assert_int_equal(sip_client_tx_create(world.tu, tel, NULL, NULL, NULL, NULL), SIP_EINVAL);
    assert_int_equal(sip_client_tx_create(world.tu, tel, &bad, &world_client_handler, NULL, NULL),
                     SIP_EINVAL);
    assert_int_equal(sip_stack_live_objects(world.stack), 0);
    assert_int_equal(sip_client_tx_cancel(NULL, NULL), SIP_EINVAL);
    assert_null(sip_client_tx_request(NULL));
    assert_null(sip_client_tx_path(NULL));
    sip_client_tx_abandon(NULL);
    (void)sip_msg_unref(ack);
    (void)sip_msg_unref(tel);
    world_finish(&world);
}

static void test_failure_inside_create_comes_later(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2;transport=ws");
    assert_int_equal(world.news.failures, 0);
    world_turn(&world);
    assert_int_equal(world.news.failures, 1);
    assert_int_equal(world.news.last_status, 503);
    assert_int_equal(world.news.last_err, SIP_EUNSUPPORTED);
    assert_non_null(
        strstr(world.news.last_text, "no transport here leads to sip:bob@192.0.2.2;transport=ws"));
    assert_int_equal(world.news.client_ends, 1);

    world.send_err = SIP_ETOOBIG;
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    assert_int_equal(world.news.failures, 1);
    world_turn(&world);
    assert_int_equal(world.news.failures, 2);
    assert_int_equal(world.news.last_err, SIP_ETOOBIG);
    assert_non_null(strstr(world.news.last_text, "tcp 192.0.2.2:5060")); /* tried after UDP */
    world_finish(&world);
}

static void test_send_failure(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    fail_last(&world, "udp 192.0.2.2:5060: connection refused");
    assert_int_equal(world.news.failures, 1);
    assert_int_equal(world.news.last_status, 503);
    assert_string_equal(world.news.last_text, "udp 192.0.2.2:5060: connection refused");
    fail_last(&world, "late news"); /* of one that has ended */
    assert_int_equal(world.news.failures, 1);
    world_finish(&world);
}

static void test_repetition_that_fails(void **state)
{
    sip_stack_stats stats;
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    world.send_err = SIP_ENOMEM;
    world_run(&world, 500);
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.send_failures, 1);
    world.send_err = 0;
    world_run(&world, 1000);
    assert_int_equal(world.n_sends, 2);
    assert_int_equal(world.news.failures, 0);
    world_finish(&world);
}

static void test_names_and_failover(void **state)
{
    named_world named;
    tx_world *world = &named.world;
    sip_client_tx *tx;
    sip_addr first = world_addr("192.0.2.2", 5060);

    (void)state;
    named_init(&named);
    tx = world_client(world, "OPTIONS", "sip:bob@bob.example");
    assert_int_equal(world->n_sends, 0);
    assert_int_equal(sip_client_tx_path(tx)->protocol, SIP_PROTOCOL_NONE);
    assert_null(sip_msg_via(sip_client_tx_request(tx), 0));
    named_answer(&named);
    assert_int_equal(world->n_sends, 1);
    assert_true(sip_addr_equal(&world->sends[0].path.remote, &first));
    fail_last(world, "unreachable");
    assert_int_equal(world->n_sends, 2);
    assert_false(sip_addr_equal(&world->sends[1].path.remote, &first));
    assert_string_not_equal(world->sends[0].text, world->sends[1].text); /* another branch */
    world_answer(world, 0, 200);                                         /* of the first */
    assert_int_equal(world->news.responses, 0);
    assert_int_equal(world->news.strays, 0);
    fail_last(world, "unreachable");
    assert_int_equal(world->news.failures, 1);
    assert_string_equal(
        world->news.last_text,
        "transaction: udp 192.0.2.3:5060: unreachable (the last of 2 targets tried)");
    assert_int_equal(world->news.client_ends, 1);
    named_finish(&named);
}

static void test_unknown_name(void **state)
{
    named_world named;
    sip_client_tx *tx;

    (void)state;
    named_init(&named);
    (void)world_client(&named.world, "OPTIONS", "sip:bob@nobody.example");
    named_answer(&named);
    assert_int_equal(named.world.news.failures, 1);
    assert_int_equal(named.world.news.last_status, 503);
    assert_non_null(strstr(named.world.news.last_text, "nobody.example"));
    tx = world_client(&named.world, "OPTIONS", "sip:bob@bob.example"); /* looked up at the end */
    assert_int_equal(tx->state, SIP__ICT_FINDING);
    named_finish(&named);
    assert_int_equal(named.world.news.client_ends, 2);
}

static void test_name_without_resolver(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    (void)world_client(&world, "OPTIONS", "sip:bob@bob.example");
    world_turn(&world);
    assert_int_equal(world.news.failures, 1);
    assert_int_equal(world.news.last_err, SIP_ENOENT);
    world_finish(&world);
}

static void test_next_hop_and_path(void **state)
{
    tx_world world;
    sip_msg *request = world_request("OPTIONS", "sip:bob@192.0.2.2");
    const sip_path path = {
        .protocol = SIP_PROTOCOL_TCP, .flow = 9, .remote = world_addr("192.0.2.7", 7777)};
    const sip_send_options hop = {.next_hop = "sip:192.0.2.8:8888;lr"};
    const sip_send_options way = {.path = &path};

    (void)state;
    world_init(&world);
    assert_int_equal(
        sip_client_tx_create(world.tu, request, &hop, &world_client_handler, &world, NULL), 0);
    assert_int_equal(world.sends[0].path.remote.port, 8888);
    assert_int_equal(
        sip_client_tx_create(world.tu, request, &way, &world_client_handler, &world, NULL), 0);
    assert_int_equal(world.sends[1].path.remote.port, 7777);
    assert_int_equal(world.sends[1].path.protocol, SIP_PROTOCOL_TCP);
    (void)sip_msg_unref(request);
    world_finish(&world);
}

static void test_cancel(void **state)
{
    tx_world world;
    sip_client_tx *tx, *options;

    (void)state;
    world_init(&world);
    tx = world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    options = world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    assert_int_equal(sip_client_tx_cancel(options, NULL), SIP_ESTATE);
    world_answer(&world, 0, 180);
    assert_int_equal(world.n_sends, 2);
    assert_int_equal(sip_client_tx_cancel(tx, NULL), 0);
    assert_int_equal(world.n_sends, 3);
    assert_last_sent(&world, "CANCEL sip:bob@192.0.2.2 SIP/2.0\r\n");
    assert_int_equal(sip_client_tx_cancel(tx, NULL), SIP_ESTATE);
    world_run(&world, 500); /* both repeat */
    assert_int_equal(world.n_sends, 5);
    world_answer(&world, 2, 200); /* of the CANCEL: nobody's news */
    assert_int_equal(world.news.responses, 1);
    world_answer(&world, 0, 487);
    assert_int_equal(world.news.responses, 2);
    assert_int_equal(world.news.last_status, 487);
    assert_last_sent(&world, "ACK ");
    assert_int_equal(sip_client_tx_cancel(tx, NULL), SIP_ESTATE);
    world_finish(&world);
    assert_int_equal(world.news.client_ends, 2);
}

static void test_cancel_before_it_left(void **state)
{
    named_world named;
    sip_client_tx *tx;

    (void)state;
    named_init(&named);
    tx = world_client(&named.world, "INVITE", "sip:bob@bob.example");
    assert_int_equal(sip_client_tx_cancel(tx, NULL), 0);
    named_answer(&named);
    assert_int_equal(named.world.n_sends, 0);
    assert_int_equal(named.world.news.failures, 1);
    assert_int_equal(named.world.news.last_status, 408);
    assert_int_equal(named.world.news.client_ends, 1);
    named_finish(&named);
}

static void test_abandon(void **state)
{
    tx_world world;
    sip_client_tx *tx;

    (void)state;
    world_init(&world);
    tx = world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    sip_client_tx_abandon(tx);
    sip_client_tx_abandon(tx);
    assert_int_equal(world.news.client_ends, 0);
    world_turn(&world);
    assert_int_equal(world.news.client_ends, 1);
    assert_ptr_equal(world.news.client_end, tx);
    world_run(&world, 40000);
    assert_int_equal(world.n_sends, 1);
    assert_int_equal(world.news.failures, 0);
    /* A non-2xx is acknowledged further on. */
    tx = world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    world_answer(&world, 1, 486);
    sip_client_tx_abandon(tx);
    world_answer(&world, 1, 486);
    assert_int_equal(world.n_sends, 4);
    assert_string_equal(world.sends[2].text, world.sends[3].text);
    world_run(&world, 32000);
    assert_int_equal(world.news.client_ends, 2);
    world_finish(&world);
}

static void test_limit(void **state)
{
    const sip_stack_config config = {.max_transactions = 1};
    sip_msg *request = world_request("OPTIONS", "sip:bob@192.0.2.2");
    sip_stack_stats stats;
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    assert_int_equal(
        sip_client_tx_create(world.tu, request, NULL, &world_client_handler, &world, NULL),
        SIP_EBUSY);
    sip_stack_get_stats(world.stack, &stats);
    assert_int_equal(stats.live_transactions, 1);
    assert_int_equal(stats.client_transactions, 1);
    (void)sip_msg_unref(request);
    world_finish(&world);
}

static void test_find_data(void **state)
{
    tx_world world;
    sip_client_tx *tx;
    sip_str branch;

    (void)state;
    world_init(&world);
    tx = world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    branch = sip_msg_via(sip_client_tx_request(tx), 0)->branch;
    assert_ptr_equal(
        sip__client_tx_find_data(world.tu, branch, SIP_METHOD_INVITE, &world_client_handler),
        &world);
    assert_null(sip__client_tx_find_data(world.tu, branch, SIP_METHOD_BYE, &world_client_handler));
    assert_null(sip__client_tx_find_data(world.tu, SIP_STR("z9hG4bKno"), SIP_METHOD_INVITE,
                                         &world_client_handler));
    assert_null(sip__client_tx_find_data(NULL, branch, SIP_METHOD_INVITE, &world_client_handler));
    world_finish(&world);
}

/* Whichever allocation fails: an error or news of it, and nothing leaks. */
static void test_without_memory(void **state)
{
    (void)state;
    for (size_t n = 1;; n++) {
        sip_msg *request = world_request("INVITE", "sip:bob@192.0.2.2");
        tx_world world;
        bool failed;
        int err;

        world_init(&world);
        world.memory.fail_at = world.memory.calls + n;
        err = sip_client_tx_create(world.tu, request, NULL, &world_client_handler, &world, NULL);
        assert_true(err == 0 || err == SIP_ENOMEM);
        (void)sip_msg_unref(request);
        if (err == 0) {
            world_answer(&world, 0, 486);
        }
        failed = world.memory.failed;
        world_finish(&world);
        assert_int_equal(world.news.client_ends, err == 0 ? 1 : 0);
        if (!failed) {
            break;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numeric_target),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_failure_inside_create_comes_later),
        cmocka_unit_test(test_send_failure),
        cmocka_unit_test(test_repetition_that_fails),
        cmocka_unit_test(test_names_and_failover),
        cmocka_unit_test(test_unknown_name),
        cmocka_unit_test(test_name_without_resolver),
        cmocka_unit_test(test_next_hop_and_path),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cancel_before_it_left),
        cmocka_unit_test(test_abandon),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_find_data),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
