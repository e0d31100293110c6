#include "../transaction/tx_world.h"

#include <stdlib.h>
#include <string.h>

static sip_stack_stats stats_of(const tx_world *world)
{
    sip_stack_stats stats;

    sip_stack_get_stats(world->stack, &stats);
    return stats;
}

typedef struct bad_message {
    const char *text;
    const char *answer; /* NULL: dropped */
} bad_message;

#define VIA "Via: SIP/2.0/UDP 192.0.2.2:5070;branch=z9hG4bKbad\r\n"
#define REST "From: <sip:b@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: c\r\n"

static const bad_message bad_messages[] = {
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA REST "\r\n", "SIP/2.0 400 "}, /* no CSeq */
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA REST "CSeq: 1 INVITE\r\n\r\n", "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA "CSeq: 1 OPTIONS\r\nCall-ID: c\r\n\r\n", "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/7.0\r\n" VIA REST "CSeq: 1 OPTIONS\r\n\r\n", "SIP/2.0 505 "},
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA REST "CSeq: 1 OPTIONS\r\nContent-Length: 99\r\n\r\nx",
     "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA REST "CSeq: 1 OPTIONS\r\nContent-Length: -1\r\n\r\n",
     "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/2.0\r\n" REST "CSeq: 1 OPTIONS\r\n\r\n", NULL}, /* no Via */
    {"OPTIONS sip:a@h SIP/2.0\r\nVia: nonsense\r\n" REST "CSeq: 1 OPTIONS\r\n\r\n", NULL},
    {"ACK sip:a@h SIP/2.0\r\n" VIA REST "\r\n", NULL},
    {"ACK sip:a@h SIP/2.0\r\n" VIA REST "CSeq: 1 ACK\r\nContent-Length: 99\r\n\r\n", NULL},
    {"SIP/2.0 200 OK\r\n" VIA REST "\r\n", NULL},
    {"SIP/2.0 200 OK\r\n" VIA REST "CSeq: 1 OPTIONS\r\nContent-Length: 99\r\n\r\n", NULL},
    {"hello\r\n\r\n", NULL},
    {"\x01\x02\x03", NULL},
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA, "SIP/2.0 400 "}, /* cut off, here and in what follows */
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA "F", "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA "From: <sip:b@h>;ta", "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA REST "CSeq: 1 OPT", "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA REST "CSeq: 1 OPTIONS\r\n", "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2:5070;branch=z9hG4bKb", NULL},
    {"OPTIONS sip:a", NULL},
    {"ACK sip:a@h SIP/2.0\r\n" VIA "From: <sip:b@h>;ta", NULL},
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA "no header\r\n ;of=this\r\n" REST "\r\n", "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/2.0\r\n ;folded\r\n" VIA REST "\r\n", "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/2.0\r\n" VIA REST "CSeq: 1 OPTIONS\r\nl \t: 99\r\n\r\nx", "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/2.0\r\nl: 99\r\n" VIA REST, "SIP/2.0 400 "},
    {"OPTIONS sip:a@h SIP/2.0\r\n" REST "CSeq: 1 OPT", NULL},
};

/* Nothing but headers that were whole goes into the answer. */
static void test_answer_to_cut(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world_receive(
        &world, SIP_PROTOCOL_UDP,
        "OPTIONS sip:a@h SIP/2.0\r\n" VIA
        "no header\r\n ;of=this\r\nFrom: <sip:b@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: cut-o");
    assert_int_equal(world.n_sends, 1);
    assert_last_sent(&world, "SIP/2.0 400 ");
    assert_non_null(strstr(world.sends[0].text, "From: <sip:b@h>;tag=1\r\n"));
    assert_non_null(strstr(world.sends[0].text, "branch=z9hG4bKbad\r\n"));
    assert_null(strstr(world.sends[0].text, "cut-o"));
    assert_null(strstr(world.sends[0].text, "of=this"));
    world_finish(&world);
}

static void test_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_messages) / sizeof(bad_messages[0]); i++) {
        bool answered = bad_messages[i].answer != NULL;
        tx_world world;

        world_init(&world);
        world_receive(&world, SIP_PROTOCOL_UDP, bad_messages[i].text);
        if (world.n_sends != (answered ? 1u : 0u)) {
            fail_msg("case %zu: %u answers: %s", i, world.n_sends, world.sends[0].text);
        }
        if (answered) {
            assert_last_sent(&world, bad_messages[i].answer);
            assert_non_null(strstr(world.sends[0].text, "branch=z9hG4bKbad"));
        }
        assert_int_equal(stats_of(&world).answered_malformed, answered ? 1 : 0);
        assert_int_equal(stats_of(&world).dropped_malformed, answered ? 0 : 1);
        assert_int_equal(stats_of(&world).received, 1);
        assert_int_equal(world.news.requests, 0);
        world_peer_request(&world, "OPTIONS", WORLD_BRANCH); /* and life goes on */
        assert_int_equal(world.news.requests, 1);
        world_finish(&world);
    }
}

/* What a policy refuses is answered as any malformed message; NULL tolerates it. */
static void test_policy(void **state)
{
    static const struct {
        const char *text;
        const char *answer;
    } cases[] = {
        {"OPTIONS sip:a@h;transport=udp;transport=udp SIP/2.0\r\nMax-Forwards: 1\r\n" VIA REST
         "CSeq: 1 OPTIONS\r\n\r\n",
         "SIP/2.0 400 "},
        {"OPTIONS odd:x SIP/2.0\r\nMax-Forwards: 1\r\n" VIA REST "CSeq: 1 OPTIONS\r\n\r\n",
         "SIP/2.0 416 "},
    };
    const sip_stack_config strict = {.policy = sip_msg_policy_strict()};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tx_world world;

        world_init_with(&world, &strict, NULL);
        world_receive(&world, SIP_PROTOCOL_UDP, cases[i].text);
        assert_int_equal(world.n_sends, 1);
        assert_last_sent(&world, cases[i].answer);
        assert_int_equal(world.news.requests, 0);
        world_finish(&world);
        world_init(&world);
        world_receive(&world, SIP_PROTOCOL_UDP, cases[i].text);
        assert_int_equal(world.n_sends, 0);
        assert_int_equal(world.news.requests, 1);
        world_finish(&world);
    }
}

static void test_too_large(void **state)
{
    const sip_stack_config config = {.limits = {.message_bytes = 700}};
    const size_t size = 1500;
    char *text = malloc(size);
    tx_world world;
    size_t len;

    (void)state;
    world_init_with(&world, &config, NULL);
    world_peer_text(text, size, "OPTIONS", WORLD_BRANCH, SIP_PROTOCOL_UDP);
    len = strlen(text);
    memset(text + len, 'x', size - 1 - len);
    text[size - 1] = '\0';
    world_receive(&world, SIP_PROTOCOL_UDP, text);
    assert_int_equal(world.n_sends, 1);
    assert_last_sent(&world, "SIP/2.0 513 ");
    assert_int_equal(stats_of(&world).over_limits, 1);
    free(text);
    world_finish(&world);
}

/* A limit of values, found by the check; what is malformed otherwise is not counted as such. */
static void test_limits_are_counted(void **state)
{
    const sip_stack_config config = {.limits = {.params = 2}};
    tx_world world;

    (void)state;
    world_init_with(&world, &config, NULL);
    world_receive(&world, SIP_PROTOCOL_UDP,
                  "OPTIONS sip:a@h SIP/2.0\r\n" VIA REST "CSeq: 1 OPTIONS\r\n"
                  "Contact: <sip:c@h>;a;b, <sip:d@h>;a;b;c\r\n\r\n");
    assert_last_sent(&world, "SIP/2.0 513 ");
    assert_int_equal(stats_of(&world).over_limits, 1);
    world_receive(&world, SIP_PROTOCOL_UDP, "OPTIONS sip:a@h SIP/2.0\r\n" VIA REST "\r\n");
    assert_int_equal(stats_of(&world).over_limits, 1);
    assert_int_equal(stats_of(&world).answered_malformed, 2);
    world_finish(&world);
}

static void test_keep_alive_is_no_message(void **state)
{
    tx_world world;

    (void)state;
    world_init(&world);
    world_receive(&world, SIP_PROTOCOL_UDP, "\r\n\r\n");
    assert_int_equal(stats_of(&world).received, 0);
    assert_int_equal(stats_of(&world).dropped_malformed, 0);
    world_finish(&world);
}

static unsigned lines;

static void on_line(sip_log_category category, sip_log_level level, const char *line,
                    void *user_data)
{
    (void)category;
    (void)level;
    (void)line;
    (void)user_data;
    lines++;
}

static void test_transport_events(void **state)
{
    static const sip_log log = {
        .write = on_line, .categories = SIP_LOG_ALL, .level = SIP_LOG_DEBUG};
    const sip_stack_config config = {.log = &log};
    const sip_path path = {.protocol = SIP_PROTOCOL_UDP, .remote = world_addr("192.0.2.2", 5070)};
    tx_world world;
    sip_transport *udp = &world.udp.head;

    (void)state;
    world_init_with(&world, &config, NULL);
    lines = 0;
    udp->events->on_dropped(udp, &path, "no SIP", udp->stack);
    assert_int_equal(stats_of(&world).dropped_not_sip, 1);
    udp->events->on_send_failed(udp, 0, &path, SIP_EIO, "refused", udp->stack);
    assert_int_equal(stats_of(&world).send_failures, 1);
    udp->events->on_flow_closed(udp, 5, SIP_EIO, "closed", udp->stack);
    udp->events->on_unreachable(
        udp, &(sip_network_error){path.remote, SIP_STR(""), SIP_EIO, "unreachable"}, udp->stack);
    assert_int_equal(lines, 4);
    world_receive(&world, SIP_PROTOCOL_UDP, bad_messages[0].text);
    assert_int_equal(lines, 5);
    world_finish(&world);
}

static void test_without_memory(void **state)
{
    bool failed = true;

    (void)state;
    for (size_t n = 1; failed; n++) {
        tx_world world;

        world_init(&world);
        world.memory.fail_at = world.memory.calls + n;
        world_receive(&world, SIP_PROTOCOL_UDP, bad_messages[4].text);
        failed = world.memory.failed;
        assert_int_equal(stats_of(&world).received, 1);
        world_finish(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_answer_to_cut),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_limits_are_counted),
        cmocka_unit_test(test_keep_alive_is_no_message),
        cmocka_unit_test(test_transport_events),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
