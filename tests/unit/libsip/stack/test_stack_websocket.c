/* WebSocket through whole stacks (RFC 7118): two of them, with and without TLS, and one with a
 * client that writes frames by hand. Real sockets on loopback, but a clock that only the test
 * moves.
 */
#include "support/cert_maker.h"
#include "support/stack_turn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sip/build.h>
#include <sip/flow.h>

#include "stack/stack.h"

#define PATIENCE 10000 /* turns of a millisecond at the most */
#define BIG 40000
#define ROOM (BIG + 2000)

typedef struct end {
    sip_stack *stack;
    sip_tu *tu;
    unsigned requests, responses, ended;
    sip_path from; /* of the last message */
    char via[300];
    size_t body_bytes;
    int end_err;
    sip_transport_observer observer;
} end;

typedef struct world {
    sip_time_ms now_ms;
    sip_clock clock;
    end a, b;
    int fd; /* of a client of a's that is no stack; -1 */
} world;

static cert ca, server_cert;
static sip_tls *tls;

static sip_time_ms now_ms(void *user_data)
{
    return ((world *)user_data)->now_ms;
}

static int64_t unix_s(void *user_data)
{
    (void)user_data;
    return CERT_NOW_S;
}

static const sip_clock cert_clock = {now_ms, unix_s, NULL};

static int make_certs(void **state)
{
    sip_tls_domain domain = {0};
    sip_tls_config config = {.clock = &cert_clock, .domains = &domain, .domain_count = 1};

    (void)state;
    cert_make(&ca, &(cert_spec){.cn = "CA", .ca = true});
    cert_make(&server_cert, &(cert_spec){.cn = "s", .san = "IP:127.0.0.1", .issuer = &ca});
    domain.chain_pem = cert_pem_of(&server_cert);
    domain.key_pem = cert_key_of(&server_cert);
    config.ca_pem = cert_pem_of(&ca);
    config.identity = SIP_TLS_IDENTITY_OFF;
    return sip_tls_create(&config, NULL, 0, &tls);
}

static int free_certs(void **state)
{
    (void)state;
    sip_tls_destroy(tls);
    cert_free(&ca);
    cert_free(&server_cert);
    return 0;
}

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    const sip_msg *request = sip_server_tx_request(tx);
    end *self = user_data;

    (void)tu;
    self->requests++;
    self->from = *sip_msg_source(request);
    self->body_bytes = sip_msg_body(request) != NULL ? sip_msg_body(request)->data.len : 0;
    snprintf(self->via, sizeof(self->via), SIP_FMT, SIP_ARG(sip_msg_via(request, 0)->text));
    assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
}

static const sip_tu_handler tu_handler = {.on_request = on_request};

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    (void)tx;
    assert_int_equal(sip_msg_status(response), 200);
    ((end *)user_data)->responses++;
}

static const sip_client_tx_handler client_handler = {.on_response = on_response};

static void on_event(const sip_transport_event *event, void *user_data)
{
    end *self = user_data;

    if (event->kind == SIP_TRANSPORT_FLOW_ENDED) {
        self->ended++;
        self->end_err = event->err;
    }
}

static void open_end(world *it, end *self, const sip_stack_config *config,
                     const sip_listener_config *listener)
{
    assert_int_equal(sip_stack_create(config, &self->stack), 0);
    self->stack->workers->clock = &it->clock; /* a loop, and yet no real time */
    assert_int_equal(sip_stack_listen_on(self->stack, listener), 0);
    assert_int_equal(sip_tu_create(self->stack, NULL, &tu_handler, self, &self->tu), 0);
    self->observer.fn = on_event;
    self->observer.user_data = self;
    sip_stack_observe(self->stack, &self->observer);
}

static void open_world(world *it, uint32_t keepalive_s)
{
    const sip_stack_config config = {
        .embedded = true, .keepalive_s = keepalive_s, .limits = {.message_bytes = 2000}};
    const sip_listener_config listener = {.where = "ws:127.0.0.1:0", .ws_path = "/sip"};

    *it = (world){.now_ms = sip_clock_now_ms(sip_clock_system()), .fd = -1};
    it->clock = (sip_clock){now_ms, unix_s, it};
    open_end(it, &it->a, &config, &listener);
}

static void close_world(world *it)
{
    if (it->fd >= 0) {
        close(it->fd);
    }
    sip_stack_destroy(it->b.stack);
    sip_stack_destroy(it->a.stack);
}

static void turn(world *it)
{
    stack_turn(it->a.stack, it->b.stack, it->fd);
}

static void until(world *it, const unsigned *count, unsigned wanted)
{
    for (int i = 0; i < PATIENCE && *count < wanted; i++) {
        turn(it);
    }
    assert_int_equal(*count, wanted);
}

/* ---- two stacks */

/* A request of `from` to `uri`, with a body; along `path` unless that is NULL. */
static void ask(end *from, const char *uri, const sip_path *path, size_t body_bytes)
{
    static unsigned sequence;
    const sip_send_options options = {.path = path};
    sip_build *build = sip_build_request(NULL, SIP_STR("MESSAGE"), sip_str_of(uri));
    char *text = calloc(1, body_bytes + 1);
    sip_body body = {.type = SIP_STR("text/plain"), .data = {text, body_bytes}};
    sip_msg *request;

    assert_non_null(text);
    memset(text, 'x', body_bytes);
    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:a@h>;tag=1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:b@h>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("c"));
    sip_build_headerf(build, SIP_HEADER_CSEQ, "%u MESSAGE", ++sequence);
    sip_build_body(build, &body);
    assert_int_equal(sip_build_finish(build, &request), 0);
    assert_int_equal(sip_client_tx_create(from->tu, request, &options, &client_handler, from, NULL),
                     0);
    (void)sip_msg_unref(request);
    free(text);
}

/* Requests of every size in both directions, all along the connection that b made. */
static void both_ways(const char *where, const char *format, const char *via)
{
    static const size_t sizes[] = {0, 100, 1000, BIG};
    const sip_stack_config config = {.embedded = true, .tls = tls};
    sip_listener_config listener = {.where = where, .ws_path = "/sip"};
    sip_connection_stats stats;
    sip_stack_stats all;
    char uri[80];
    sip_addr addr;
    world it = {.now_ms = sip_clock_now_ms(sip_clock_system()), .fd = -1};

    it.clock = (sip_clock){now_ms, unix_s, &it};
    open_end(&it, &it.a, &config, &listener);
    listener.client_only = true;
    open_end(&it, &it.b, &config, &listener);
    assert_true(sip_stack_listener(it.a.stack, 0, NULL, &addr));
    snprintf(uri, sizeof(uri), format, (unsigned)addr.port);
    for (unsigned i = 0; i < 4; i++) {
        ask(&it.b, uri, NULL, sizes[i]);
        until(&it, &it.b.responses, i + 1);
        assert_int_equal(it.a.body_bytes, sizes[i]);
        assert_int_equal(strncmp(it.a.via, via, strlen(via)), 0);
        ask(&it.a, "sip:page@df7jal23ls0d.invalid;transport=ws", &it.a.from, sizes[i]);
        until(&it, &it.a.responses, i + 1);
        assert_int_equal(it.b.body_bytes, sizes[i]);
        assert_int_equal(strncmp(it.b.via, via, strlen(via)), 0);
    }
    sip_stack_get_stats(it.a.stack, &all);
    stats = all.connections;
    assert_int_equal(stats.live, 1);
    assert_int_equal(stats.accepted, 1);
    assert_int_equal(stats.connected, 0);
    close_world(&it);
}

static void requests_go_both_ways(void **state)
{
    (void)state;
    both_ways("ws:127.0.0.1:0", "sip:x@127.0.0.1:%u;transport=ws", "SIP/2.0/WS ");
    both_ways("wss:127.0.0.1:0", "sips:x@127.0.0.1:%u;transport=ws", "SIP/2.0/WSS ");
    both_ways("wss:127.0.0.1:0", "sip:x@127.0.0.1:%u;transport=ws", "SIP/2.0/WSS ");
}

/* ---- a client by hand */

#define GET "GET /sip HTTP/1.1\r\nHost: 127.0.0.1\r\n"
#define UPGRADE                                                                                    \
    GET "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"               \
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define OPTIONS                                                                                    \
    "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK1\r\n"  \
    "Max-Forwards: 70\r\nFrom: <sip:b@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: c\r\n"                 \
    "CSeq: 1 OPTIONS\r\n\r\n"

static void connect_client(world *it)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    sip_addr addr;

    if (it->fd >= 0) {
        close(it->fd);
    }
    assert_true(sip_stack_listener(it->a.stack, 0, NULL, &addr));
    to.sin_port = htons(addr.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    it->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(it->fd >= 0);
    assert_int_equal(connect(it->fd, (struct sockaddr *)&to, sizeof(to)), 0);
}

static void say(const world *it, const void *bytes, size_t len)
{
    assert_int_equal(send(it->fd, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
}

/* A frame as clients send them; the mask changes nothing. */
static void say_frame(const world *it, unsigned char first, const void *bytes, size_t len)
{
    unsigned char frame[4000];
    size_t n = 0;

    assert_true(len + 8 <= sizeof(frame));
    frame[n++] = first;
    if (len < 126) {
        frame[n++] = (unsigned char)(0x80 | len);
    } else {
        frame[n++] = 0x80 | 126;
        frame[n++] = (unsigned char)(len >> 8);
        frame[n++] = (unsigned char)len;
    }
    memset(frame + n, 0, 4);
    n += 4;
    if (len > 0) {
        memcpy(frame + n, bytes, len);
    }
    say(it, frame, n + len);
}

/* What the client gets next, terminated; 0 bytes once it is closed. */
static size_t hear(world *it, char out[2000])
{
    ssize_t len = -1;

    for (int i = 0; len < 0 && i < PATIENCE; i++) {
        turn(it);
        len = recv(it->fd, out, 1999, MSG_DONTWAIT);
    }
    assert_true(len >= 0);
    out[len] = '\0';
    return (size_t)len;
}

static bool is_silent(world *it)
{
    char byte;

    for (int i = 0; i < 5; i++) {
        turn(it);
    }
    return recv(it->fd, &byte, 1, MSG_DONTWAIT) < 0;
}

static void expect_bytes(world *it, const char *wanted, size_t len)
{
    char text[2000];

    assert_int_equal(hear(it, text), len);
    assert_memory_equal(text, wanted, len);
}

static void expect_closed(world *it)
{
    char text[2000];

    assert_int_equal(hear(it, text), 0);
}

static void open_page(world *it)
{
    char text[2000];

    connect_client(it);
    say(it, UPGRADE "Sec-WebSocket-Protocol: sip\r\n\r\n",
        strlen(UPGRADE "Sec-WebSocket-Protocol: sip\r\n\r\n"));
    (void)hear(it, text);
    assert_int_equal(strncmp(text, "HTTP/1.1 101 ", 13), 0);
    assert_non_null(strstr(text, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_non_null(strstr(text, "Sec-WebSocket-Protocol: sip\r\n"));
}

static void expect_answer(world *it)
{
    char text[2000];

    assert_true(hear(it, text) > 20);
    assert_int_equal((unsigned char)text[0], 0x81);
    assert_int_equal(strncmp(text + 4, "SIP/2.0 200 ", 12), 0);
    assert_non_null(
        strstr(text + 4, "Via: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK1;received="));
}

/* Text and binary frames, keep-alives of pages (RFC 7118 6), Ping and Close. */
static void a_page_is_served(void **state)
{
    static const char code[] = {3, (char)0xe9}; /* 1001 */
    world it;

    (void)state;
    open_world(&it, 0);
    open_page(&it);
    say_frame(&it, 0x81, OPTIONS, strlen(OPTIONS));
    expect_answer(&it);
    say_frame(&it, 0x82, OPTIONS, strlen(OPTIONS)); /* the same again */
    expect_answer(&it);
    assert_int_equal(it.a.requests, 1);
    assert_int_equal(it.a.from.protocol, SIP_PROTOCOL_WS);
    assert_true(sip_stack_flow_lives(it.a.stack, &it.a.from));
    say_frame(&it, 0x81, "\r\n\r\n", 4);
    expect_bytes(&it, "\x81\x02\r\n", 4);
    say_frame(&it, 0x89, "hi", 2);
    expect_bytes(&it, "\x8a\x02hi", 4);
    assert_true(is_silent(&it));
    say_frame(&it, 0x88, code, 2);
    expect_bytes(&it, "\x88\x02\x03\xe9", 4);
    expect_closed(&it);
    assert_int_equal(it.a.ended, 1);
    assert_int_equal(it.a.end_err, 0);
    assert_false(sip_stack_flow_lives(it.a.stack, &it.a.from));
    close_world(&it);
}

/* We ping by a frame, not by a line; who does not answer is gone. */
static void a_silent_page_is_pinged(void **state)
{
    sip_stack_stats stats;
    world it;

    (void)state;
    open_world(&it, 30);
    open_page(&it);
    say_frame(&it, 0x81, OPTIONS, strlen(OPTIONS));
    expect_answer(&it);
    for (int i = 0; i < 3; i++) {
        it.now_ms += 29000;
        assert_true(is_silent(&it));
        it.now_ms += 1000;
        expect_bytes(&it, "\x89", 2);
        say_frame(&it, 0x8a, NULL, 0);
        assert_true(is_silent(&it));
    }
    it.now_ms += 30000;
    expect_bytes(&it, "\x89", 2);
    it.now_ms += 10000;
    expect_bytes(&it, "\x88\x02\x03\xe9", 4);
    expect_closed(&it);
    sip_stack_get_stats(it.a.stack, &stats);
    assert_int_equal(stats.connections.unanswered_pings, 1);
    close_world(&it);
}

static void bad_handshakes_are_refused_and_counted(void **state)
{
    static const struct {
        const char *said, *answer;
    } cases[] = {
        {GET "\r\n", "HTTP/1.1 426 "},
        {UPGRADE "\r\n", "HTTP/1.1 400 "},
        {UPGRADE "Sec-WebSocket-Protocol: xmpp\r\n\r\n", "HTTP/1.1 400 "},
        {"GET /other" UPGRADE "Sec-WebSocket-Protocol: sip\r\n\r\n", "HTTP/1.1 400 "},
        {OPTIONS, "HTTP/1.1 405 "},
    };
    sip_stack_stats stats;
    char text[2000];
    world it;
    unsigned i;

    (void)state;
    open_world(&it, 0);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        connect_client(&it);
        say(&it, cases[i].said, strlen(cases[i].said));
        (void)hear(&it, text);
        assert_int_equal(strncmp(text, cases[i].answer, strlen(cases[i].answer)), 0);
        expect_closed(&it);
        sip_stack_get_stats(it.a.stack, &stats);
        assert_int_equal(stats.connections.handshake_failures, i + 1);
        assert_int_equal(stats.connections.accepted, 0);
    }
    assert_int_equal(stats.received, 0);
    close_world(&it);
}

/* Half a handshake lasts ten seconds, and so does half a frame of which no more comes. */
static void nothing_is_waited_for_without_end(void **state)
{
    sip_stack_stats stats;
    world it;

    (void)state;
    open_world(&it, 0);
    connect_client(&it);
    say(&it, GET, strlen(GET));
    assert_true(is_silent(&it));
    it.now_ms += 9000;
    assert_true(is_silent(&it));
    it.now_ms += 1000;
    expect_closed(&it);
    sip_stack_get_stats(it.a.stack, &stats);
    assert_int_equal(stats.connections.handshake_timeouts, 1);
    open_page(&it);
    say_frame(&it, 0x81, OPTIONS, strlen(OPTIONS));
    expect_answer(&it);
    say(&it, "\x81\xfe\x01", 3);
    assert_true(is_silent(&it));
    it.now_ms += 9000;
    assert_true(is_silent(&it));
    it.now_ms += 1000;
    expect_bytes(&it, "\x88\x02\x03\xe9", 4);
    expect_closed(&it);
    sip_stack_get_stats(it.a.stack, &stats);
    assert_int_equal(stats.connections.slow, 1);
    close_world(&it);
}

static void what_breaks_the_rules_is_closed(void **state)
{
    char big[2100];
    sip_stack_stats stats;
    world it;

    (void)state;
    memset(big, 'x', sizeof(big));
    open_world(&it, 0);
    open_page(&it);
    say_frame(&it, 0x81, big, sizeof(big));
    expect_bytes(&it, "\x88\x02\x03\xf1", 4); /* 1009 */
    expect_closed(&it);
    open_page(&it);
    say(&it, "\x81\x02hi", 4);                /* without a mask */
    expect_bytes(&it, "\x88\x02\x03\xea", 4); /* 1002 */
    expect_closed(&it);
    sip_stack_get_stats(it.a.stack, &stats);
    assert_int_equal(stats.connections.broken, 2);
    assert_int_equal(stats.received, 0);
    close_world(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_go_both_ways),
        cmocka_unit_test(a_page_is_served),
        cmocka_unit_test(a_silent_page_is_pinged),
        cmocka_unit_test(bad_handshakes_are_refused_and_counted),
        cmocka_unit_test(nothing_is_waited_for_without_end),
        cmocka_unit_test(what_breaks_the_rules_is_closed),
    };

    return cmocka_run_group_tests(tests, make_certs, free_certs);
}
