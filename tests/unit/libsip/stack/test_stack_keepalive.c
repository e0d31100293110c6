/* What sip_stack_config.keepalive_s does to the stack's TCP connections (RFC 5626 3.5.1): real
 * sockets on loopback, but a clock that only the test moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stack/stack.h"
#include "support/stack_turn.h"

#define PATIENCE 10000 /* turns of a millisecond at the most */

typedef struct end {
    sip_stack *stack;
    sip_tu *tu;
    unsigned requests, responses;
    sip_flow flow; /* that the last response came on */
} end;

typedef struct world {
    sip_time_ms now_ms;
    sip_clock clock;
    end a, b;
    int fd; /* of a client of a's that is no stack; -1 */
} world;

static sip_time_ms now_ms(void *user_data)
{
    return ((world *)user_data)->now_ms;
}

static int64_t unix_s(void *user_data)
{
    (void)user_data;
    return 0;
}

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    (void)tu;
    ((end *)user_data)->requests++;
    assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
}

static const sip_tu_handler tu_handler = {.on_request = on_request};

static void open_end(world *it, end *self, uint32_t keepalive_s)
{
    const sip_stack_config config = {.embedded = true, .keepalive_s = keepalive_s};

    assert_int_equal(sip_stack_create(&config, &self->stack), 0);
    self->stack->workers->clock = &it->clock; /* a loop, and yet no real time */
    assert_int_equal(sip_stack_listen(self->stack, "tcp:127.0.0.1:0"), 0);
    assert_int_equal(sip_tu_create(self->stack, NULL, &tu_handler, self, &self->tu), 0);
}

static void open_world(world *it, uint32_t keepalive_s)
{
    *it = (world){.now_ms = sip_clock_now_ms(sip_clock_system()), .fd = -1};
    it->clock = (sip_clock){now_ms, unix_s, it};
    open_end(it, &it->a, keepalive_s);
}

static void close_world(world *it)
{
    if (it->fd >= 0) {
        close(it->fd);
    }
    sip_stack_destroy(it->a.stack);
    sip_stack_destroy(it->b.stack);
}

static void turn(world *it)
{
    stack_turn(it->a.stack, it->b.stack, it->fd);
}

/* ---- a stack and a client */

static void connect_client(world *it)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    sip_addr addr;

    assert_true(sip_stack_listener(it->a.stack, 0, NULL, &addr));
    to.sin_port = htons(addr.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    it->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(it->fd >= 0);
    assert_int_equal(connect(it->fd, (struct sockaddr *)&to, sizeof to), 0);
}

static void say(const world *it, const char *text)
{
    assert_int_equal(send(it->fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* What the client gets next; "" once it is closed. */
static const char *hear(world *it, char out[1000])
{
    ssize_t len = -1;

    for (int i = 0; len < 0 && i < PATIENCE; i++) {
        turn(it);
        len = recv(it->fd, out, 999, MSG_DONTWAIT);
    }
    assert_true(len >= 0);
    out[len] = '\0';
    return out;
}

static bool is_silent(world *it)
{
    char byte;

    for (int i = 0; i < 5; i++) {
        turn(it);
    }
    return recv(it->fd, &byte, 1, MSG_DONTWAIT) < 0;
}

static const char options[] = "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\n"
                              "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK1\r\n"
                              "Max-Forwards: 70\r\nFrom: <sip:b@h>;tag=1\r\nTo: <sip:a@h>\r\n"
                              "Call-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

/* An OPTIONS is answered, before anything else comes. */
static void answers_options(world *it)
{
    char text[1000];

    say(it, options);
    assert_int_equal(strncmp(hear(it, text), "SIP/2.0 200 ", 12), 0);
}

/* Pings and their answers alone hold it open far beyond the hour after which idle ones are closed;
 * without an answer it lasts ten seconds. */
static void a_silent_stream_is_pinged(void **state)
{
    char text[1000];
    world it;

    (void)state;
    open_world(&it, 120);
    connect_client(&it);
    say(&it, options); /* who never says anything has half a minute */
    assert_int_equal(strncmp(hear(&it, text), "SIP/2.0 200 ", 12), 0);
    assert_true(is_silent(&it));
    for (int i = 0; i < 40; i++) {
        it.now_ms += 119000;
        assert_true(is_silent(&it));
        it.now_ms += 1000;
        assert_string_equal(hear(&it, text), "\r\n\r\n");
        say(&it, "\r\n");
        assert_true(is_silent(&it));
    }
    answers_options(&it);
    it.now_ms += 120000;
    assert_string_equal(hear(&it, text), "\r\n\r\n");
    it.now_ms += 9000;
    assert_true(is_silent(&it));
    it.now_ms += 1000;
    assert_string_equal(hear(&it, text), "");
    close_world(&it);
}

/* A stream that is spoken on needs no ping. */
static void others_are_not(void **state)
{
    world it;

    (void)state;
    open_world(&it, 120);
    connect_client(&it);
    assert_true(is_silent(&it));
    for (int i = 0; i < 5; i++) {
        it.now_ms += 90000;
        answers_options(&it);
        assert_true(is_silent(&it));
    }
    close_world(&it);
}

static void zero_is_never(void **state)
{
    char text[1000];
    world it;

    (void)state;
    open_world(&it, 0);
    connect_client(&it);
    answers_options(&it);
    assert_true(is_silent(&it));
    it.now_ms += 3500000;
    assert_true(is_silent(&it));
    say(&it, "\r\n\r\n"); /* but a peer's are answered */
    assert_string_equal(hear(&it, text), "\r\n");
    close_world(&it);
}

/* ---- two stacks */

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    end *self = user_data;

    assert_int_equal(sip_msg_status(response), 200);
    (void)tx;
    self->responses++;
    self->flow = sip_msg_source(response)->flow;
}

static const sip_client_tx_handler client_handler = {.on_response = on_response};

/* One request from a to b and its answer. */
static void ask(world *it, unsigned cseq)
{
    char uri[SIP_ADDR_TEXT_BYTES + 40], host[SIP_ADDR_TEXT_BYTES];
    unsigned answered = it->a.responses;
    sip_client_tx *tx;
    sip_build *build;
    sip_addr addr;
    sip_msg *request;

    assert_true(sip_stack_listener(it->b.stack, 0, NULL, &addr));
    snprintf(uri, sizeof uri, "sip:b@%s:%u;transport=tcp", sip_addr_host(&addr, host), addr.port);
    build = sip_build_request(NULL, SIP_STR("OPTIONS"), sip_str_of(uri));
    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:a@h>;tag=1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:b@h>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("c"));
    sip_build_headerf(build, SIP_HEADER_CSEQ, "%u OPTIONS", cseq);
    assert_int_equal(sip_build_finish(build, &request), 0);
    assert_int_equal(sip_client_tx_create(it->a.tu, request, NULL, &client_handler, &it->a, &tx),
                     0);
    sip_msg_unref(request);
    for (int i = 0; it->a.responses == answered && i < PATIENCE; i++) {
        turn(it);
    }
    assert_int_equal(it->a.responses, answered + 1);
}

/* Over more than an hour without a message the flow stays the same: b, which pings nobody,
 * answers. */
static void two_stacks(void **state)
{
    sip_flow first;
    world it;

    (void)state;
    open_world(&it, 30);
    open_end(&it, &it.b, 0);
    ask(&it, 1);
    first = it.a.flow;
    assert_int_not_equal(first, 0);
    for (int i = 0; i < 200; i++) {
        it.now_ms += 20000;
        for (int k = 0; k < 6; k++) {
            turn(&it);
        }
    }
    ask(&it, 2);
    assert_int_equal(it.a.flow, first);
    assert_int_equal(it.b.requests, 2);
    close_world(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_stream_is_pinged),
        cmocka_unit_test(others_are_not),
        cmocka_unit_test(zero_is_never),
        cmocka_unit_test(two_stacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
