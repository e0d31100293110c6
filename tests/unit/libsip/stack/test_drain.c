#include "../transaction/tx_world.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/socket_address.h"
#include "stack/drain.h"

static sip_stop_report report_of(const tx_world *world)
{
    sip_stop_report report;

    sip_stack_get_stop_report(world->stack, &report);
    return report;
}

static void what_is_under_way_is_finished(void **state)
{
    sip_tu_handler handler = world_handler();
    sip_stop_report report;
    tx_world world;

    (void)state;
    handler.on_stop = NULL;
    world_init_with(&world, NULL, &handler);
    world.answer = 200;
    world_peer_request(&world, "OPTIONS", WORLD_BRANCH "-done"); /* waits for repetitions only */
    world.answer = 0;
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    sip_stack_stop(world.stack);
    assert_int_equal(sip_stack_process(world.stack), 1);
    world_run(&world, 100);
    world_answer(&world, 1, 200);
    assert_int_equal(sip_stack_process(world.stack), 1);
    world_peer_request(&world, "MESSAGE", WORLD_BRANCH "-late");
    assert_last_sent(&world, "SIP/2.0 503 ");
    assert_int_equal(sip_server_tx_respond(world.news.server, 486, NULL), 0);
    assert_int_equal(sip_stack_process(world.stack), 0);
    report = report_of(&world);
    assert_int_equal(report.under_way, 2);
    assert_int_equal(report.cut_off, 0);
    assert_int_equal(report.refused, 1);
    assert_int_equal(report.users_cut_off, 0);
    assert_int_equal(report.live_objects, 0);
    assert_true(report.took_ms >= 100 && report.took_ms < 110);
    world_finish(&world);
}

static void what_takes_too_long_is_cut_off_and_said(void **state)
{
    const sip_stack_config config = {.shutdown_ms = 300};
    sip_stop_report report;
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    world_peer_request(&world, "INVITE", WORLD_BRANCH);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    sip_stack_count_live(world.stack, 3);
    sip_stack_stop(world.stack);
    world_run(&world, 299);
    assert_int_equal(sip_stack_process(world.stack), 1);
    world_run(&world, 1);
    assert_int_equal(sip_stack_process(world.stack), 0);
    report = report_of(&world);
    assert_int_equal(report.under_way, 2);
    assert_int_equal(report.cut_off, 2);
    assert_int_equal(report.users_cut_off, 1);
    assert_int_equal(report.live_objects, 3);
    assert_int_equal(report.took_ms, 300);
    sip_stack_count_live(world.stack, -3);
    world_finish(&world);
}

static void at_once_is_cut_off_too(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    assert_int_equal(report_of(&world).took_ms, 0);
    (void)world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    sip_stack_stop(world.stack);
    sip_stack_stop(world.stack);
    assert_int_equal(sip_stack_process(world.stack), 0);
    assert_int_equal(report_of(&world).under_way, 1);
    assert_int_equal(report_of(&world).cut_off, 1);
    world_finish(&world);
    sip_stack_get_stop_report(NULL, &(sip_stop_report){.took_ms = 1});
}

/* @return whether somebody listens there */
static bool connects(const sip_addr *addr)
{
    struct sockaddr_storage storage;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool connected;
    socklen_t len;

    sip__sockaddr_of(addr, &storage, &len);
    connected = connect(fd, (const struct sockaddr *)&storage, len) == 0;
    assert_int_equal(close(fd), 0);
    return connected;
}

static void no_connection_is_accepted_any_more(void **state)
{
    sip_tu_handler handler = world_handler();
    sip_protocol protocol;
    sip_stack *stack = NULL;
    sip_addr addr;

    (void)state;
    handler = (sip_tu_handler){.on_stop = handler.on_destroy}; /* winds down for ever */
    tx_world counted = {.now_ms = 0};
    assert_int_equal(sip_stack_create(NULL, &stack), 0);
    assert_int_equal(sip_stack_listen(stack, "tcp:127.0.0.1:0"), 0);
    assert_int_equal(sip_stack_listen(stack, "udp:127.0.0.1:0"), 0);
    assert_int_equal(sip_tu_create(stack, NULL, &handler, &counted, NULL), 0);
    assert_true(sip_stack_listener(stack, 0, &protocol, &addr) ||
                sip_stack_listener(stack, 1, &protocol, &addr));
    for (size_t i = 0; sip_stack_listener(stack, i, &protocol, &addr); i++) {
        if (protocol == SIP_PROTOCOL_TCP) {
            break;
        }
    }
    assert_int_equal(protocol, SIP_PROTOCOL_TCP);
    assert_true(connects(&addr));
    sip_stack_stop(stack);
    while (counted.news.destroys == 0) {
        assert_int_equal(sip_stack_step(stack), 1);
    }
    assert_false(connects(&addr));
    sip_stack_destroy(stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_under_way_is_finished),
        cmocka_unit_test(what_takes_too_long_is_cut_off_and_said),
        cmocka_unit_test(at_once_is_cut_off_too),
        cmocka_unit_test(no_connection_is_accepted_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
