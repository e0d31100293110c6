/* WebSocket's opening handshake: RFC 6455's and RFC 7118's examples, and each way to fail. */
#include "transport/ws_handshake.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* RFC 7118 8.1. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define REST                                                                                       \
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " KEY                         \
    "\r\nOrigin: http://www.example.com\r\nSec-WebSocket-Protocol: sip\r\n"                        \
    "Sec-WebSocket-Version: 13\r\n"
#define REQUEST "GET / HTTP/1.1\r\nHost: sip-ws.example.com\r\n" REST "\r\n"
#define RESPONSE                                                                                   \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"            \
    "Sec-WebSocket-Accept: " ACCEPT "\r\nSec-WebSocket-Protocol: sip\r\n\r\n"

static void test_head_length(void **state)
{
    size_t whole = strlen(REQUEST);
    size_t n;

    (void)state;
    for (n = 0; n < whole; n++) {
        sip_str part = {REQUEST, n};

        assert_int_equal(sip__ws_head_bytes(part, 0), 0);
        assert_int_equal(sip__ws_head_bytes(SIP_STR(REQUEST), n), whole);
    }
    assert_int_equal(sip__ws_head_bytes(SIP_STR(REQUEST), 0), whole);
    assert_int_equal(sip__ws_head_bytes(SIP_STR(REQUEST "more\r\n\r\n"), 0), whole);
    assert_int_equal(sip__ws_head_bytes((sip_str){NULL, 0}, 0), 0);
}

static void test_request(void **state)
{
    sip__ws_request request;
    sip__ws_verdict verdict;

    (void)state;
    assert_int_equal(sip__ws_read_request(SIP_STR(REQUEST), &request, &verdict), 0);
    assert_true(sip_str_equal(request.path, "/"));
    assert_true(sip_str_equal(request.host, "sip-ws.example.com"));
    assert_true(sip_str_equal(request.origin, "http://www.example.com"));
    assert_true(sip_str_equal(request.key, KEY));
    assert_int_equal(
        sip__ws_read_request(SIP_STR("GET /a?b HTTP/1.1\r\nHOST:h:80\r\nupgrade: h2c, WebSocket\r\n"
                                     "connection: keep-alive\r\nConnection: x ,upgrade\r\n"
                                     "Sec-WebSocket-Key:" KEY "\r\nSec-WebSocket-Version: 13\r\n"
                                     "Sec-WebSocket-Protocol: msrp\r\n"
                                     "Sec-WebSocket-Protocol: xmpp, sip\r\n\r\n"),
                             &request, &verdict),
        0);
    assert_true(sip_str_equal(request.path, "/a?b"));
    assert_true(sip_str_equal(request.host, "h:80"));
    assert_int_equal(request.origin.len, 0);
}

static void test_refused(void **state)
{
    static const struct {
        const char *head;
        int status;
        const char *word; /* of the reason */
    } rows[] = {
        {"\r\n\r\n", 400, "HTTP"},
        {"GET\r\n\r\n", 400, "HTTP"},
        {"POST / HTTP/1.1\r\n\r\n", 405, "GET"},
        {"REGISTER sip:h SIP/2.0\r\n\r\n", 405, "GET"},
        {"GET / HTTP/1.0\r\n\r\n", 505, "1.1"},
        {"GET nowhere HTTP/1.1\r\nHost: h\r\n" REST "\r\n", 400, "HTTP"},
        {"GET /a b HTTP/1.1\r\nHost: h\r\n" REST "\r\n", 400, "HTTP"},
        {"GET / HTTP/1.1\r\n" REST "\r\n", 400, "Host"},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n" REST "\r\n", 400, "Host"},
        {"GET / HTTP/1.1\r\nHost: a\r\n b\r\n" REST "\r\n", 400, "malformed"},
        {"GET / HTTP/1.1\r\nHost: a\r\nnone\r\n" REST "\r\n", 400, "malformed"},
        {"GET / HTTP/1.1\r\nHost: a\r\n\tX: b\r\n" REST "\r\n", 400, "malformed"},
        {"GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n" REST "\r\n", 400, "malformed"},
        {"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n" REST "\r\n", 400, "malformed"},
        {"GET / HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.example\r\n" REST "\r\n", 400, "Origin"},
        {"GET / HTTP/1.1\r\nHost: a\nX: b\r\n" REST "\r\n", 400, "malformed"},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\r\n", 426, "WebSocket"},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", 426, "WebSocket"},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 8\r\n\r\n",
         426, "13"},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short==\r\n\r\n",
         400, "Key"},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub2*jZQ==\r\n\r\n",
         400, "Key"},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n"
         "Sec-WebSocket-Protocol: SIP, sips\r\n\r\n",
         400, "subprotocol"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sip__ws_request request;
        sip__ws_verdict verdict = {0, ""};
        char print[1024];

        assert_int_equal(sip__ws_read_request(sip_str_of(rows[i].head), &request, &verdict),
                         SIP_ESYNTAX);
        assert_int_equal(verdict.status, rows[i].status);
        assert_non_null(strstr(verdict.text, rows[i].word));
        assert_in_range(sip__ws_print_refusal(&verdict, print, sizeof(print)), 1,
                        sizeof(print) - 1);
        assert_non_null(strstr(print, verdict.text));
    }
}

static void test_refusals_printed(void **state)
{
    static const int statuses[] = {403, 404, 431};
    sip__ws_verdict verdict = {426, "why"};
    char print[1024];
    size_t i;

    (void)state;
    (void)sip__ws_print_refusal(&verdict, print, sizeof(print));
    assert_non_null(strstr(print, "HTTP/1.1 426 Upgrade Required\r\n"));
    assert_non_null(strstr(print, "\r\nSec-WebSocket-Version: 13\r\n"));
    assert_non_null(strstr(print, "\r\nContent-Length: 4\r\n\r\nwhy\n"));
    verdict.status = 405;
    (void)sip__ws_print_refusal(&verdict, print, sizeof(print));
    assert_non_null(strstr(print, "\r\nAllow: GET\r\n"));
    for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        verdict.status = statuses[i];
        (void)sip__ws_print_refusal(&verdict, print, sizeof(print));
        assert_null(strstr(print, "Bad Request"));
    }
}

static void test_accept(void **state)
{
    char out[SIP__WS_ACCEPT_BYTES];

    (void)state;
    assert_int_equal(sip__ws_accept_of(SIP_STR(KEY), out), 0);
    assert_string_equal(out, ACCEPT);
    assert_int_equal(sip__ws_accept_of(SIP_STR("short"), out), SIP_EINVAL);
}

static void test_response(void **state)
{
    static const struct {
        const char *head;
        const char *words;
    } rows[] = {
        {"SIP/2.0 200 OK\r\n\r\n", "does not speak HTTP"},
        {"HTTP/1.1 404 \x1b[2J\r\n\r\n", "does not speak HTTP"},
        {"HTTP/1.1 404 Not Found\r\n\r\n", "refused: 404 Not Found"},
        {"HTTP/1.1 1010\r\n\r\n", "refused: 1010"},
        {"HTTP/1.1 101 x\r\nnone\r\n\r\n", "malformed"},
        {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n", "does not upgrade"},
        {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
         "Sec-WebSocket-Accept: x\r\n\r\n",
         "does not belong to our key"},
        {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
         "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
         "does not speak the subprotocol"},
        {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
         "Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
         "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
         "extension"},
    };
    char text[200] = "";
    size_t i;

    (void)state;
    assert_int_equal(sip__ws_read_response(SIP_STR(RESPONSE), KEY, text, sizeof(text)), 0);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(sip__ws_read_response(sip_str_of(rows[i].head), KEY, text, sizeof(text)),
                         SIP_EIO);
        assert_non_null(strstr(text, rows[i].words));
    }
}

static void fill_with_count(void *bytes, size_t len, void *user_data)
{
    (void)user_data;
    memset(bytes, 7, len);
}

/* What we print we read. */
static void test_both_ends(void **state)
{
    static const sip_random sevens = {fill_with_count, NULL};
    char key[SIP__WS_KEY_BYTES], accept[SIP__WS_ACCEPT_BYTES], print[1024];
    sip__ws_request request;
    sip__ws_verdict verdict;
    int len;

    (void)state;
    sip__ws_make_key(&sevens, key);
    assert_string_equal(key, "BwcHBwcHBwcHBwcHBwcHBw==");
    len = sip__ws_print_request("/sip", "[::1]:8080", key, print, sizeof(print));
    assert_int_equal(sip__ws_read_request((sip_str){print, (size_t)len}, &request, &verdict), 0);
    assert_true(sip_str_equal(request.path, "/sip"));
    assert_true(sip_str_equal(request.host, "[::1]:8080"));
    assert_int_equal(sip__ws_accept_of(request.key, accept), 0);
    len = sip__ws_print_response(accept, print, sizeof(print));
    assert_int_equal(sip__ws_read_response((sip_str){print, (size_t)len}, key, print, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head_length), cmocka_unit_test(test_request),
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_refusals_printed),
        cmocka_unit_test(test_accept),      cmocka_unit_test(test_response),
        cmocka_unit_test(test_both_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
