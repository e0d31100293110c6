#include "../transaction/tx_world.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static unsigned resolvers_destroyed;

static void destroy_resolver(sip_resolver *resolver)
{
    (void)resolver;
    resolvers_destroyed++;
}

static const sip_resolver_vtable resolver_vtable = {.destroy = destroy_resolver};

static void test_defaults(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    assert_int_equal(world.stack->config.timers.t1_ms, 500);
    assert_int_equal(world.stack->config.timers.t2_ms, 4000);
    assert_int_equal(world.stack->config.timers.t4_ms, 5000);
    assert_int_equal(world.stack->config.timers.d_ms, 32000);
    assert_int_equal(world.stack->config.max_transactions, 1000000);
    assert_int_equal(world.stack->config.shutdown_ms, 5000);
    assert_int_equal(sip_stack_workers(world.stack), 1);
    assert_non_null(sip_stack_worker(world.stack, 0));
    assert_null(sip_stack_worker(world.stack, 1));
    assert_null(sip_stack_worker(NULL, 0));
    assert_int_equal(sip_stack_workers(NULL), 0);
    world_finish(&world);
}

static void test_create_refuses(void **state)
{
    sip_resolver resolver = {&resolver_vtable};
    sip_stack_config config = {.workers = 2, .resolver = &resolver};
    struct {
        sip_stack_config known;
        int unknown;
    } longer = {.unknown = 1};
    sip_stack *stack = NULL;

    (void)state;
    resolvers_destroyed = 0;
    assert_int_equal(sip_stack_create(&config, &stack), SIP_EUNSUPPORTED);
    config.workers = SIP_WORKER_PER_CPU;
    assert_int_equal(sip_stack_create(&config, &stack), SIP_EUNSUPPORTED);
    config.workers = 1;
    config.timers.t1_ms = 0x7fffffff;
    assert_int_equal(sip_stack_create(&config, &stack), SIP_EINVAL);
    assert_int_equal(resolvers_destroyed, 3);
    assert_int_equal(sip_stack_create_sized(&longer.known, sizeof(longer), &stack), SIP_EINVAL);
    assert_int_equal(sip_stack_create(NULL, NULL), SIP_EINVAL);
    assert_null(stack);
    sip_stack_destroy(NULL);
}

static void test_create_without_memory(void **state)
{
    sip_resolver resolver = {&resolver_vtable};
    unsigned tries = 0;
    fail_alloc memory;

    (void)state;
    resolvers_destroyed = 0;
    do {
        sip_stack_config config = {.allocator = &memory.allocator, .resolver = &resolver};
        sip_stack *stack = NULL;
        int err;

        fail_alloc_init(&memory, ++tries);
        err = sip_stack_create(&config, &stack);
        assert_true(err == 0 || err == SIP_ENOMEM || err == SIP_EIO);
        assert_int_equal(err == 0, stack != NULL);
        sip_stack_destroy(stack);
        assert_int_equal(memory.live, 0);
        assert_int_equal(resolvers_destroyed, tries);
    } while (memory.failed);
}

static void test_error_text(void **state)
{
    tx_world world;

    (void)state;
    assert_true(strlen(sip_stack_error(NULL)) > 0);
    sip_stack_set_error(NULL, "%s", "nobody hears");
    world_init(&world);
    assert_true(strlen(sip_stack_error(world.stack)) > 0);
    sip_stack_set_error(world.stack, "layer %d: %s", 7, "cause");
    assert_string_equal(sip_stack_error(world.stack), "layer 7: cause");
    sip_stack_set_error(world.stack, "again: %s", sip_stack_error(world.stack));
    assert_string_equal(sip_stack_error(world.stack), "again: layer 7: cause");
    world_finish(&world);
}

static void test_own_transports(void **state)
{
    sip_protocol protocol;
    sip_addr addr;
    tx_world world;

    (void)state;
    world_init(&world);
    assert_true(sip_stack_listener(world.stack, 0, &protocol, &addr));
    assert_int_equal(protocol, SIP_PROTOCOL_UDP);
    assert_int_equal(addr.port, 5060);
    assert_true(sip_stack_listener(world.stack, 1, &protocol, NULL));
    assert_int_equal(protocol, SIP_PROTOCOL_TCP);
    assert_false(sip_stack_listener(world.stack, 2, &protocol, &addr));
    assert_false(sip_stack_listener(NULL, 0, &protocol, &addr));
    assert_int_equal(sip_stack_add_transport(world.stack, NULL), SIP_EINVAL);
    assert_int_equal(sip_stack_add_transport(NULL, &world.udp.head), SIP_EINVAL);
    world_finish(&world);
}

static void test_with_a_clock_there_is_no_loop(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    assert_int_equal(sip_stack_listen(world.stack, "udp:127.0.0.1:0"), SIP_EUNSUPPORTED);
    assert_int_equal(sip_stack_run(world.stack), SIP_ESTATE);
    assert_int_equal(sip_stack_fd(world.stack), -1);
    assert_int_equal(sip_stack_on_signal(world.stack, SIGUSR1, NULL, NULL), SIP_ESTATE);
    assert_int_equal(sip_stack_step(world.stack), 1);
    world_finish(&world);
}

static void test_nulls(void **state)
{
    (void)state;
    assert_int_equal(sip_stack_run(NULL), SIP_ESTATE);
    assert_int_equal(sip_stack_step(NULL), SIP_EIO);
    assert_int_equal(sip_stack_process(NULL), SIP_EIO);
    assert_int_equal(sip_stack_fd(NULL), -1);
    assert_int_equal(sip_stack_listen(NULL, "udp:127.0.0.1:0"), SIP_EINVAL);
    assert_int_equal(sip_stack_on_signal(NULL, SIGUSR1, NULL, NULL), SIP_ESTATE);
    assert_true(sip_stack_next_due_ms(NULL) == UINT64_MAX);
}

static void test_listen(void **state)
{
    sip_stack *stack = NULL, *other = NULL;
    sip_protocol protocol;
    char where[40];
    sip_addr addr;

    (void)state;
    assert_int_equal(sip_stack_create(NULL, &stack), 0);
    assert_int_equal(sip_stack_create(NULL, &other), 0);
    assert_int_equal(sip_stack_listen(stack, "udp:127.0.0.1:0"), 0);
    assert_true(sip_stack_listener(stack, 0, &protocol, &addr));
    assert_int_equal(protocol, SIP_PROTOCOL_UDP);
    assert_int_not_equal(addr.port, 0);
    snprintf(where, sizeof(where), "udp:127.0.0.1:%u", (unsigned)addr.port);
    assert_int_equal(sip_stack_listen(other, where), SIP_EIO);
    assert_non_null(strstr(sip_stack_error(other), "127.0.0.1"));
    assert_int_equal(sip_stack_listen(other, "nonsense"), SIP_EINVAL);
    assert_int_equal(sip_stack_listen(other, NULL), SIP_EINVAL);
    sip_stack_destroy(stack);
    sip_stack_destroy(other);
}

/* ---- two real stacks */

static void answer_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    (void)tu;
    (void)user_data;
    assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
}

static void take_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    (void)tx;
    *(int *)user_data = sip_msg_status(response);
}

static void send_options(sip_tu *tu, const char *where, int *ret_status)
{
    static const sip_client_tx_handler handler = {.on_response = take_response};
    sip_msg *request = world_request("OPTIONS", where);

    assert_int_equal(sip_client_tx_create(tu, request, NULL, &handler, ret_status, NULL), 0);
    (void)sip_msg_unref(request);
}

/* An embedded stack is driven by its descriptor alone, from the first message sent outside of a
 * step. */
static void test_embedded(void **state)
{
    static const sip_tu_handler server = {.on_request = answer_request};
    static const sip_tu_handler client = {0};
    static const sip_stack_config embedded = {.embedded = true};
    static const char *const protocols[] = {"udp", "tcp"};
    sip_stack *one = NULL, *two = NULL;
    sip_tu *tu;

    (void)state;
    assert_int_equal(sip_stack_create(&embedded, &one), 0);
    assert_int_equal(sip_stack_create(&embedded, &two), 0);
    assert_int_equal(sip_stack_run(one), SIP_ESTATE);
    assert_int_equal(sip_tu_create(one, NULL, &server, NULL, NULL), 0);
    assert_int_equal(sip_tu_create(two, NULL, &client, NULL, &tu), 0);
    for (unsigned i = 0; i < 2; i++) {
        char where[80];
        sip_addr addr;
        int status = 0;

        snprintf(where, sizeof(where), "%s:127.0.0.1:0", protocols[i]);
        assert_int_equal(sip_stack_listen(one, where), 0);
        assert_int_equal(sip_stack_listen(two, where), 0);
        assert_true(sip_stack_listener(one, i, NULL, &addr));
        snprintf(where, sizeof(where), "sip:127.0.0.1:%u;transport=%s", (unsigned)addr.port,
                 protocols[i]);
        send_options(tu, where, &status);
        for (int turns = 0; status == 0 && turns < 1000; turns++) {
            struct pollfd fds[2] = {{sip_stack_fd(one), POLLIN, 0}, {sip_stack_fd(two), POLLIN, 0}};

            assert_true(poll(fds, 2, 5000) > 0);
            for (int k = 0; k < 2; k++) {
                if (fds[k].revents != 0) {
                    assert_int_equal(sip_stack_step(k == 0 ? one : two), 1);
                }
            }
        }
        assert_int_equal(status, 200);
    }
    sip_stack_destroy(one);
    sip_stack_destroy(two);
}

static void raise_signal(void *arg)
{
    (void)arg;
    (void)raise(SIGUSR1);
}

static void test_stops_by_a_signal(void **state)
{
    sip_stack *stack = NULL;

    (void)state;
    assert_int_equal(sip_stack_create(NULL, &stack), 0);
    assert_int_equal(sip_stack_on_signal(stack, SIGUSR1, NULL, NULL), 0);
    assert_int_equal(sip_timer_start(sip_stack_worker(stack, 0), 1, raise_signal, NULL), 0);
    assert_int_equal(sip_stack_run(stack), 0);
    sip_stack_destroy(stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_create_refuses),
        cmocka_unit_test(test_create_without_memory),
        cmocka_unit_test(test_error_text),
        cmocka_unit_test(test_own_transports),
        cmocka_unit_test(test_with_a_clock_there_is_no_loop),
        cmocka_unit_test(test_nulls),
        cmocka_unit_test(test_listen),
        cmocka_unit_test(test_embedded),
        cmocka_unit_test(test_stops_by_a_signal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
