#include "../transaction/tx_world.h"

#include <string.h>

#include "stack/metrics_print.h"

static char *print(const tx_world *world, sip_metrics_format format)
{
    char *text = NULL;

    assert_int_equal(sip_metrics_print(world->stack, format, NULL, &text), 0);
    return text;
}

static void expect(const char *text, const char *line)
{
    if (strstr(text, line) == NULL) {
        print_error("there is no line %s", line);
        fail();
    }
}

static void live(tx_world *world)
{
    world->answer = 200;
    world_peer_request(world, "OPTIONS", WORLD_BRANCH);
    (void)world_client(world, "MESSAGE", "sip:bob@192.0.2.2");
    world_run(world, 3);
    world_answer(world, 1, 404);
}

static void as_text(void **state)
{
    tx_world world;
    char *text;

    (void)state;
    world_init(&world);
    text = print(&world, SIP_METRICS_TEXT);
    assert_string_equal(text, "");
    sip_free(NULL, text);
    live(&world);
    text = print(&world, SIP_METRICS_TEXT);
    expect(text, "parley_messages_received_total 2\n");
    expect(text, "parley_transactions_live 2\n");
    expect(text,
           "\nparley_waited count 2 mean 0.000 ms median 0.000 p90 0.000 p99 0.000 most 0.000\n");
    expect(text, "\nparley_client_transaction MESSAGE 4xx count 1 mean 3.000 ms median 3.000 ");
    expect(text, "\nparley_server_transaction OPTIONS 2xx count 1 mean 0.000 ms ");
    assert_null(strstr(text, " 0\n"));
    sip_free(NULL, text);
    world_finish(&world);
}

static void as_json(void **state)
{
    tx_world world;
    char *text;

    (void)state;
    world_init(&world);
    live(&world);
    text = print(&world, SIP_METRICS_JSON);
    assert_int_equal(strncmp(text, "{\"workers\":[{\"worker\":0,\"counters\":{\"parley_", 44), 0);
    expect(text, "\"parley_messages_received_total\":2,");
    expect(text, "{\"name\":\"parley_waited\",\"count\":2,\"sum_us\":0,");
    expect(text,
           ",{\"name\":\"parley_client_transaction\",\"method\":\"MESSAGE\",\"class\":\"4xx\","
           "\"count\":1,\"sum_us\":3000,\"median_us\":3000,\"p90_us\":3000,\"p99_us\":3000,"
           "\"most_us\":3000}");
    expect(text, "\"method\":\"OPTIONS\",\"class\":\"2xx\",\"count\":1,");
    assert_string_equal(text + strlen(text) - 6, "}]}]}\n");
    sip_free(NULL, text);
    world_finish(&world);
}

static void for_prometheus(void **state)
{
    tx_world world;
    char *text;

    (void)state;
    world_init(&world);
    live(&world);
    text = print(&world, SIP_METRICS_PROMETHEUS);
    expect(text, "# HELP parley_messages_received_total Messages received.\n"
                 "# TYPE parley_messages_received_total counter\n"
                 "parley_messages_received_total{worker=\"0\"} 2\n");
    expect(text, "# TYPE parley_transactions_live gauge\n");
    expect(text,
           "# TYPE parley_client_transaction_seconds histogram\n"
           "parley_client_transaction_seconds_bucket{worker=\"0\",method=\"MESSAGE\",class=\"4xx\","
           "le=\"0.000064\"} 0\n");
    expect(text, "class=\"4xx\",le=\"0.004096\"} 1\n");
    expect(text, "class=\"4xx\",le=\"1073.741824\"} 1\n");
    expect(text,
           "class=\"4xx\",le=\"+Inf\"} 1\n"
           "parley_client_transaction_seconds_sum{worker=\"0\",method=\"MESSAGE\",class=\"4xx\"} "
           "0.003000\n"
           "parley_client_transaction_seconds_count{worker=\"0\",method=\"MESSAGE\",class=\"4xx\"} "
           "1\n");
    expect(text, "parley_turn_seconds_count{worker=\"0\"} 0\n");
    sip_free(NULL, text);
    world_finish(&world);
}

static void without_memory_there_is_no_text(void **state)
{
    fail_alloc fail;
    tx_world world;
    char *text = NULL;
    size_t n = 0;

    (void)state;
    world_init(&world);
    live(&world);
    do {
        int err;

        fail_alloc_init(&fail, ++n);
        text = NULL;
        err = sip_metrics_print(world.stack, SIP_METRICS_PROMETHEUS, &fail.allocator, &text);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        assert_int_equal(text != NULL, err == 0);
        sip_free(&fail.allocator, text);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 1);
    assert_int_equal(sip_metrics_print(NULL, SIP_METRICS_TEXT, NULL, &text), SIP_EINVAL);
    assert_int_equal(sip_metrics_print(world.stack, SIP_METRICS_TEXT, NULL, NULL), SIP_EINVAL);
    world_finish(&world);
}

static void names_of_what_there_is_not(void **state)
{
    (void)state;
    assert_string_equal(sip__metrics_duration_name((sip_duration)9), "");
    assert_string_equal(sip__metrics_class_name(99), "none");
    assert_true(sip_str_equal(sip__metrics_method_name(SIP_METHOD_OTHER), "other"));
    assert_true(sip_str_equal(sip__metrics_method_name(SIP_METHOD_BYE), "BYE"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_text),
        cmocka_unit_test(as_json),
        cmocka_unit_test(for_prometheus),
        cmocka_unit_test(without_memory_there_is_no_text),
        cmocka_unit_test(names_of_what_there_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
