#include "../transaction/tx_world.h"

#include <string.h>

typedef struct watcher {
    unsigned sent, received, dropped;
    char rule[40];
} watcher;

static void on_event(const sip_trace_event *event, void *user_data)
{
    watcher *self = user_data;

    self->sent += event->sent;
    self->received += !event->sent;
    if (event->dropped != NULL) {
        self->dropped++;
        strncpy(self->rule, event->dropped, sizeof(self->rule) - 1);
    }
}

static void deliver(tx_world *world, const char *text)
{
    const sip_path from = {.protocol = SIP_PROTOCOL_UDP, .remote = world_addr("192.0.2.2", 5070)};
    sip_transport *udp = &world->udp.head;

    udp->events->on_bytes(udp, &from, sip_str_of(text), udp->stack);
    world_run(world, 0);
}

#define HEADERS                                                                                    \
    "Via: SIP/2.0/UDP 192.0.2.2:5070;branch=z9hG4bKx\r\nFrom: <sip:b@h>;tag=1\r\n"                 \
    "To: <sip:a@h>\r\nCall-ID: c\r\n"

static void test_what_was_dropped_says_why(void **state)
{
    watcher seen = {0};
    sip_trace_sink sink = {.write = on_event, .user_data = &seen};
    tx_world world;

    (void)state;
    world_init(&world);
    world.answer = 200;
    assert_int_equal(sip_stack_add_sink(world.stack, &sink), 0);
    deliver(&world, "OPTIONS sip:a@h SIP/2.0\r\n" HEADERS "CSeq: 1 OPTIONS\r\n\r\n");
    assert_int_equal(seen.received, 1);
    assert_int_equal(seen.sent, 1);
    assert_int_equal(seen.dropped, 0);
    /* Parsed, but not sound; and not even parsed. */
    deliver(&world, "OPTIONS sip:a@h SIP/2.0\r\n" HEADERS "\r\n");
    assert_int_equal(seen.dropped, 1);
    assert_string_equal(seen.rule, "CSeq is missing");
    deliver(&world, "hello\r\n\r\n");
    assert_int_equal(seen.dropped, 2);
    assert_string_equal(seen.rule, "start line");
    assert_int_equal(seen.received, 3);
    assert_int_equal(seen.sent, 2); /* the first of them was answered */
    sip_stack_remove_sink(world.stack, &sink);
    deliver(&world, "hello\r\n\r\n");
    assert_int_equal(seen.received, 3);
    world_finish(&world);
}

static void test_tap_beside_sinks(void **state)
{
    watcher tap = {0}, other = {0}, seen = {0};
    sip_trace_sink sink = {.write = on_event, .user_data = &seen};
    tx_world world;

    (void)state;
    world_init(&world);
    sip_stack_set_tap(world.stack, on_event, &other);
    sip_stack_set_tap(world.stack, on_event, &tap);
    assert_int_equal(sip_stack_add_sink(world.stack, &sink), 0);
    deliver(&world, "hello\r\n\r\n");
    sip_stack_set_tap(world.stack, NULL, NULL);
    deliver(&world, "hello\r\n\r\n");
    assert_int_equal(other.received, 0);
    assert_int_equal(tap.received, 1);
    assert_int_equal(seen.received, 2);
    world_finish(&world); /* with a sink still on it, which may be used again */
    world_init(&world);
    assert_int_equal(sip_stack_add_sink(world.stack, &sink), 0);
    world_finish(&world);
}

static void test_refused(void **state)
{
    watcher seen = {0};
    sip_trace_sink sink = {.user_data = &seen};
    tx_world world;

    (void)state;
    world_init(&world);
    assert_int_equal(sip_stack_add_sink(world.stack, &sink), SIP_EINVAL);
    sink.write = on_event;
    assert_int_equal(sip_stack_add_sink(NULL, &sink), SIP_EINVAL);
    assert_int_equal(sip_stack_add_sink(world.stack, NULL), SIP_EINVAL);
    assert_int_equal(sip_stack_add_sink(world.stack, &sink), 0);
    assert_int_equal(sip_stack_add_sink(world.stack, &sink), SIP_EINVAL);
    sip_stack_remove_sink(NULL, &sink);
    sip_stack_remove_sink(world.stack, NULL);
    sip_stack_remove_sink(world.stack, &sink);
    sip_stack_remove_sink(world.stack, &sink);
    sip_stack_set_tap(NULL, on_event, &seen);
    sip_trace_sink_destroy(&sink); /* has nothing to free */
    world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_dropped_says_why),
        cmocka_unit_test(test_tap_beside_sinks),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
