/* From target to target over real sockets: ICMP, a refused connection beside one that stands, and a
 * connection that is reset under a request. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sip/sip.h>

#include "support/stack_turn.h"

#define PATIENCE 10000 /* turns of a millisecond at the most */

typedef struct world {
    sip_stack *client, *server;
    sip_tu *tu;
    uint16_t port; /* of the server, or of the raw one */
    unsigned answers, failures, ended;
    int status;
    char text[320];
    /* A peer that is no stack: it answers but the second request, on which it resets. */
    int listening, connection;
    unsigned requests, resets;
    char branches[4][80];
} world;

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    (void)tu, (void)user_data;
    assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
}

static const sip_tu_handler server_handler = {.on_request = on_request};
static const sip_tu_handler client_handler = {0};

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    world *it = user_data;

    (void)tx;
    it->answers++;
    it->status = sip_msg_status(response);
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    world *it = user_data;

    (void)tx;
    it->failures++;
    it->status = failure->status;
    snprintf(it->text, sizeof(it->text), "%s", failure->text);
}

static void on_ended(sip_client_tx *tx, void *user_data)
{
    (void)tx;
    ((world *)user_data)->ended++;
}

static const sip_client_tx_handler ask_handler = {
    .on_response = on_response, .on_failed = on_failed, .on_ended = on_ended};

static void start_client(world *it)
{
    const sip_stack_config config = {.embedded = true};
    sip_addr addr;

    memset(it, 0, sizeof(*it));
    it->listening = it->connection = -1;
    assert_int_equal(sip_stack_create(&config, &it->client), 0);
    assert_int_equal(sip_stack_listen(it->client, "udp:127.0.0.1:0"), 0);
    assert_int_equal(sip_stack_listen(it->client, "tcp:127.0.0.1:0"), 0);
    assert_int_equal(sip_tu_create(it->client, NULL, &client_handler, it, &it->tu), 0);
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.2"), 0, &addr), 0);
    assert_int_equal(sip_stack_add_host(it->client, "two.example", &addr), 0);
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), 0, &addr), 0);
    assert_int_equal(sip_stack_add_host(it->client, "two.example", &addr), 0);
}

static void start_server(world *it, const char *where)
{
    const sip_stack_config config = {.embedded = true};
    sip_protocol protocol;
    sip_addr addr;

    assert_int_equal(sip_stack_create(&config, &it->server), 0);
    assert_int_equal(sip_stack_listen(it->server, where), 0);
    assert_int_equal(sip_tu_create(it->server, NULL, &server_handler, it, NULL), 0);
    assert_true(sip_stack_listener(it->server, 0, &protocol, &addr));
    it->port = addr.port;
}

static void finish(world *it)
{
    sip_stack_destroy(it->client);
    sip_stack_destroy(it->server);
    if (it->listening >= 0) {
        close(it->listening);
    }
    if (it->connection >= 0) {
        close(it->connection);
    }
}

/* ---- the peer that is no stack */

static void start_raw(world *it)
{
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(addr);

    it->listening = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(it->listening >= 0);
    assert_int_equal(bind(it->listening, (struct sockaddr *)&addr, sizeof(addr)), 0);
    assert_int_equal(listen(it->listening, 4), 0);
    assert_int_equal(getsockname(it->listening, (struct sockaddr *)&addr, &len), 0);
    it->port = ntohs(addr.sin_port);
}

static bool is_ready(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};

    return fd >= 0 && poll(&ready, 1, 0) == 1;
}

static void reset(world *it)
{
    const struct linger at_once = {.l_onoff = 1};

    assert_int_equal(setsockopt(it->connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)),
                     0);
    close(it->connection);
    it->connection = -1;
    it->resets++;
}

static void answer(world *it, const sip_msg *request)
{
    sip_msg *response;
    sip_str bytes;

    assert_int_equal(sip_response_create(request, 200, SIP_STR("raw"), NULL, &response), 0);
    bytes = sip_msg_bytes(response);
    assert_int_equal(write(it->connection, bytes.ptr, bytes.len), (ssize_t)bytes.len);
    sip_msg_unref(response);
}

static void serve_raw(world *it)
{
    char bytes[2000];
    sip_msg *request;
    ssize_t len;

    if (is_ready(it->listening)) {
        assert_int_equal(it->connection, -1);
        it->connection = accept(it->listening, NULL, NULL);
        assert_true(it->connection >= 0);
    }
    if (!is_ready(it->connection)) {
        return;
    }
    len = read(it->connection, bytes, sizeof(bytes));
    assert_true(len > 0 && it->requests < 4);
    assert_int_equal(sip_msg_parse(NULL, NULL, (sip_str){bytes, (size_t)len}, NULL, &request, NULL),
                     0);
    snprintf(it->branches[it->requests], sizeof(it->branches[0]), SIP_FMT,
             SIP_ARG(sip_msg_via(request, 0)->branch));
    it->requests++;
    if (it->requests == 2) {
        reset(it);
    } else {
        answer(it, request);
    }
    sip_msg_unref(request);
}

/* ---- asking */

static void ask(world *it, const char *format)
{
    char uri[100];
    unsigned ended = it->ended;
    sip_build *build;
    sip_msg *request;

    snprintf(uri, sizeof(uri), "sip:x@two.example:%u%s", (unsigned)it->port, format);
    build = sip_build_request(NULL, SIP_STR("OPTIONS"), sip_str_of(uri));
    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, SIP_STR("70"));
    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:a@a>;tag=1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:x@two.example>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("c"));
    sip_build_header(build, SIP_HEADER_CSEQ, SIP_STR("1 OPTIONS"));
    assert_int_equal(sip_build_finish(build, &request), 0);
    assert_int_equal(sip_client_tx_create(it->tu, request, NULL, &ask_handler, it, NULL), 0);
    sip_msg_unref(request);
    for (int i = 0; i < PATIENCE && it->answers + it->failures == 0; i++) {
        stack_turn(it->client, it->server, -1);
        serve_raw(it);
    }
    assert_int_equal(it->answers + it->failures, 1);
    assert_in_range(it->ended - ended, 0, 1);
    it->answers = it->failures = 0;
}

/* The portable twin does not learn of ICMP errors: there it takes Timer F, too long to wait for
 * here. */
#ifndef SIP_PORTABLE
static void test_icmp(void **state)
{
    world it;

    (void)state;
    start_client(&it);
    start_server(&it, "udp:127.0.0.1:0");
    ask(&it, "");
    assert_int_equal(it.status, 200);
    ask(&it, "");
    assert_int_equal(it.status, 200);
    finish(&it);
}
#endif

static void test_race(void **state)
{
    world it;

    (void)state;
    start_client(&it);
    start_server(&it, "tcp:127.0.0.1:0");
    ask(&it, ";transport=tcp");
    assert_int_equal(it.status, 200);
    ask(&it, ";transport=tcp");
    assert_int_equal(it.status, 200);
    finish(&it);
}

static void test_nobody(void **state)
{
    sip_stack_stats stats;
    world it;

    (void)state;
    start_client(&it);
    start_server(&it, "tcp:127.0.0.1:0");
    sip_stack_destroy(it.server);
    it.server = NULL;
    ask(&it, ";transport=tcp");
    assert_int_equal(it.status, 503);
    assert_non_null(strstr(it.text, "tcp to 127.0.0.1:"));
    assert_non_null(strstr(it.text, "refused (the last of 2 targets tried)"));
#ifndef SIP_PORTABLE
    ask(&it, "");
    assert_int_equal(it.status, 503);
    assert_non_null(strstr(it.text, "(the last of 2 targets tried)"));
#endif
    sip_stack_get_stats(it.client, &stats);
    assert_int_equal(stats.connections.live, 0);
    finish(&it);
}

static void test_reset_under_a_request(void **state)
{
    world it;

    (void)state;
    start_client(&it);
    start_raw(&it);
    for (int i = 0; i < 2; i++) {
        ask(&it, ";transport=tcp");
        assert_int_equal(it.status, 200);
    }
    assert_int_equal(it.resets, 1);
    assert_int_equal(it.requests, 3);
    assert_string_equal(it.branches[1], it.branches[2]);
    assert_string_not_equal(it.branches[0], it.branches[1]);
    finish(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef SIP_PORTABLE
        cmocka_unit_test(test_icmp),
#endif
        cmocka_unit_test(test_race),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_reset_under_a_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
