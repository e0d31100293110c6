/* WebSocket channels: two ends that talk in memory, cut everywhere; peers that break the rules. */
#include "transport/ws_channel.h"
#include "support/fail_alloc.h"
#include "transport/ws_handshake.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define LIMIT 70000
#define ROOM (2 * LIMIT)

typedef struct end {
    sip__channel *channel;
    char wire[ROOM]; /* what it wrote and the other has not yet got */
    size_t wire_bytes, writes;
    unsigned opened, messages, pongs;
    char last[LIMIT]; /* message */
    size_t last_bytes;
    int write_err;
} end;

static int on_write(sip_str bytes, void *arg)
{
    end *e = arg;

    if (e->write_err != 0) {
        return e->write_err;
    }
    assert_true(bytes.len <= sizeof(e->wire) - e->wire_bytes);
    memcpy(e->wire + e->wire_bytes, bytes.ptr, bytes.len);
    e->wire_bytes += bytes.len;
    e->writes++;
    return 0;
}

static void on_open(void *arg)
{
    ((end *)arg)->opened++;
}

static void on_bytes(sip_str bytes, bool whole, void *arg)
{
    end *e = arg;

    assert_true(whole);
    assert_true(bytes.len <= sizeof(e->last));
    memcpy(e->last, bytes.ptr, bytes.len);
    e->last_bytes = bytes.len;
    e->messages++;
}

static void on_pong(void *arg)
{
    ((end *)arg)->pongs++;
}

static const sip__channel_events events = {on_write, on_open, on_bytes, on_pong};

static int create(end *e, const sip_allocator *allocator, bool client, const char *path,
                  const char *const *origins)
{
    sip__ws_config config = {allocator, sip_random_system(), LIMIT, client, "h:80", path, origins};

    memset(e, 0, sizeof(*e));
    return sip__ws_channel_create(&config, &events, e, &e->channel);
}

static void destroy(end *e)
{
    e->channel->vtable->destroy(e->channel);
}

/* Give `to` what `from` wrote, in pieces. @return the first error */
static int carry(end *from, end *to, size_t piece)
{
    char *bytes = malloc(from->wire_bytes + 1);
    size_t total = from->wire_bytes, at = 0;
    int err = 0;

    assert_non_null(bytes);
    memcpy(bytes, from->wire, total);
    from->wire_bytes = 0;
    while (err == 0 && at < total) {
        sip_str part = {bytes + at, total - at < piece ? total - at : piece};

        err = to->channel->vtable->receive(to->channel, part);
        at += part.len;
    }
    free(bytes);
    return err;
}

static int give(end *to, const void *bytes, size_t len)
{
    sip_str all = {bytes, len};

    return to->channel->vtable->receive(to->channel, all);
}

static int say(end *e, const char *text)
{
    return e->channel->vtable->send(e->channel, sip_str_of(text));
}

static void shake_hands(end *client, end *server, size_t piece)
{
    assert_int_equal(client->channel->vtable->start(client->channel), 0);
    assert_int_equal(server->channel->vtable->start(server->channel), 0);
    assert_int_equal(carry(client, server, piece), 0);
    assert_int_equal(server->opened, 1);
    assert_int_equal(carry(server, client, piece), 0);
    assert_int_equal(client->opened, 1);
}

typedef struct pair {
    end client, server;
} pair;

static int set_up(void **state)
{
    pair *p = calloc(1, sizeof(*p));

    if (p == NULL || create(&p->client, NULL, true, "/ws", NULL) != 0 ||
        create(&p->server, NULL, false, NULL, NULL) != 0) {
        return -1;
    }
    shake_hands(&p->client, &p->server, 1);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    pair *p = *state;

    destroy(&p->client);
    destroy(&p->server);
    free(p);
    return 0;
}

/* Messages of every length that changes the frame's head, both ways, in pieces of every size. */
static void test_messages(void **state)
{
    static const size_t lengths[] = {1, 125, 126, 65535, 65536, LIMIT};
    pair *p = *state;
    size_t i, piece;
    char *text = malloc(LIMIT);

    assert_non_null(text);
    memset(text, 'a', LIMIT);
    for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        sip_str message = {text, lengths[i]};

        for (piece = 1; piece<40; piece += lengths[i]> 200 ? 13 : 1) {
            end *from = piece % 2 != 0 ? &p->client : &p->server;
            end *to = piece % 2 != 0 ? &p->server : &p->client;
            unsigned before = to->messages;

            from->writes = 0;
            assert_int_equal(from->channel->vtable->send(from->channel, message), 0);
            assert_int_equal(from->writes, 1);
            assert_int_equal(carry(from, to, piece), 0);
            assert_int_equal(to->messages, before + 1);
            assert_int_equal(to->last_bytes, lengths[i]);
            assert_memory_equal(to->last, text, lengths[i]);
            assert_false(to->channel->vtable->is_partial(to->channel));
        }
    }
    free(text);
}

/* A frame may not hang between its first byte and its last, nor a message between its frames. */
static void test_partial(void **state)
{
    static const unsigned char first[] = {0x01, 2, 'a', 'b'}, last[] = {0x80, 1, 'c'},
                               ping[] = {0x89, 0};
    pair *p = *state;
    sip__channel *server = p->server.channel, *client = p->client.channel;
    size_t i, total;

    assert_false(server->vtable->is_partial(server));
    assert_int_equal(say(&p->client, "hello"), 0);
    total = p->client.wire_bytes;
    for (i = 0; i < total; i++) {
        assert_int_equal(give(&p->server, p->client.wire + i, 1), 0);
        assert_int_equal(server->vtable->is_partial(server), i + 1 < total);
    }
    assert_int_equal(p->server.messages, 1);
    assert_int_equal(give(&p->client, first, sizeof(first)), 0);
    assert_true(client->vtable->is_partial(client));
    assert_int_equal(give(&p->client, ping, sizeof(ping)), 0);
    assert_true(client->vtable->is_partial(client));
    assert_int_equal(give(&p->client, last, sizeof(last)), 0);
    assert_false(client->vtable->is_partial(client));
    assert_int_equal(p->client.messages, 1);
}

static void test_several_in_a_piece(void **state)
{
    pair *p = *state;

    assert_int_equal(say(&p->client, "one"), 0);
    assert_int_equal(say(&p->client, "two"), 0);
    assert_int_equal(say(&p->client, "three"), 0);
    assert_int_equal(carry(&p->client, &p->server, ROOM), 0);
    assert_int_equal(p->server.messages, 3);
    assert_memory_equal(p->server.last, "three", 5);
}

/* Text that is no UTF-8 goes as binary, which a strict peer takes. */
static void test_opcode(void **state)
{
    pair *p = *state;

    assert_int_equal(say(&p->server, "text"), 0);
    assert_int_equal(p->server.wire[0] & 0xff, 0x81);
    assert_int_equal(carry(&p->server, &p->client, 1), 0);
    assert_int_equal(say(&p->server, "caf\xe9"), 0);
    assert_int_equal(p->server.wire[0] & 0xff, 0x82);
    assert_int_equal(carry(&p->server, &p->client, 1), 0);
    assert_int_equal(p->client.messages, 2);
    assert_memory_equal(p->client.last, "caf\xe9", 4);
}

static void test_ping(void **state)
{
    pair *p = *state;

    assert_int_equal(p->client.channel->vtable->ping(p->client.channel), 0);
    assert_int_equal(carry(&p->client, &p->server, ROOM), 0);
    assert_int_equal(carry(&p->server, &p->client, ROOM), 0);
    assert_int_equal(p->client.pongs, 1);
    assert_int_equal(p->server.pongs, 0);
    assert_int_equal(p->server.messages, 0);
}

static void test_close(void **state)
{
    pair *p = *state;

    p->client.channel->vtable->close(p->client.channel);
    assert_int_equal(say(&p->client, "late"), SIP_ESTATE);
    assert_int_equal(carry(&p->client, &p->server, ROOM), SIP_EGONE);
    assert_non_null(strstr(p->server.channel->text, "code 1001"));
    assert_int_equal(p->server.wire[0] & 0xff, 0x88);
    assert_int_equal(say(&p->server, "late"), SIP_ESTATE);
    assert_int_equal(give(&p->server, "x", 1), 0); /* what still comes is not looked at */
}

/* A message over fragments, with a ping between them (RFC 6455 5.4). */
static void test_fragments(void **state)
{
    static const unsigned char frames[] = {0x01, 2, 'a', 'b',  0x89, 1,  'p',
                                           0x00, 1, 'c', 0x80, 1,    'd'};
    pair *p = *state;

    assert_int_equal(give(&p->client, frames, sizeof(frames)), 0);
    assert_int_equal(p->client.messages, 1);
    assert_int_equal(p->client.last_bytes, 4);
    assert_memory_equal(p->client.last, "abcd", 4);
    assert_int_equal(p->client.wire[0] & 0xff, 0x8a); /* the pong */
}

static void check_broken(end *e, const void *bytes, size_t len, const char *words, unsigned code)
{
    assert_int_equal(give(e, bytes, len), SIP_ESYNTAX);
    assert_non_null(strstr(e->channel->text, words));
    assert_int_equal(e->wire[0] & 0xff, 0x88);
    if ((e->wire[1] & 0x80) == 0) { /* a server's is in clear */
        assert_int_equal((e->wire[2] & 0xff) << 8 | (e->wire[3] & 0xff), code);
    }
    assert_int_equal(say(e, "late"), SIP_ESTATE);
}

static void test_unmasked_to_server(void **state)
{
    static const unsigned char frame[] = {0x81, 1, 'a'};
    pair *p = *state;

    check_broken(&p->server, frame, sizeof(frame), "breaks the WebSocket protocol", 1002);
    assert_int_equal(p->server.messages, 0);
}

static void test_masked_to_client(void **state)
{
    static const unsigned char frame[] = {0x81, 0x81, 0, 0, 0, 0, 'a'};
    pair *p = *state;

    check_broken(&p->client, frame, sizeof(frame), "breaks the WebSocket protocol", 1002);
    assert_int_equal(p->client.messages, 0);
}

static void test_reserved_bits(void **state)
{
    static const unsigned char frame[] = {0xc1, 0x81, 0, 0, 0, 0, 'a'};
    pair *p = *state;

    check_broken(&p->server, frame, sizeof(frame), "breaks the WebSocket protocol", 1002);
}

static void test_bad_text(void **state)
{
    static const unsigned char frame[] = {0x81, 0x81, 0, 0, 0, 0, 0xff};
    pair *p = *state;

    check_broken(&p->server, frame, sizeof(frame), "no UTF-8", 1007);
}

static void test_too_big(void **state)
{
    static const unsigned char frame[] = {0x82, 0xff, 0, 0, 0, 0, 0,  1,
                                          0x11, 0x71, 0, 0, 0, 0, 'a'};
    pair *p = *state;

    check_broken(&p->server, frame, sizeof(frame), "over the limit", 1009);
}

/* Frames of a byte cost us far more than whoever sends them: one message has at most 256. */
static void test_too_many_frames(void **state)
{
    unsigned char frames[300 * 7];
    pair *p = *state;

    for (size_t i = 0; i < 300; i++) {
        static const unsigned char frame[] = {0x00, 0x81, 0, 0, 0, 0, 'a'};

        memcpy(frames + i * sizeof(frame), frame, sizeof(frame));
    }
    frames[0] = 0x02; /* begins it */
    frames[255 * 7] = 0x80;
    assert_int_equal(give(&p->server, frames, 256 * 7), 0);
    assert_int_equal(p->server.messages, 1);
    assert_int_equal(p->server.last_bytes, 256);
    frames[255 * 7] = 0x00;
    check_broken(&p->server, frames, sizeof(frames), "over the limit", 1009);
    assert_int_equal(p->server.messages, 1);
}

static void test_write_fails(void **state)
{
    static const unsigned char ping[] = {0x89, 0};
    pair *p = *state;

    p->client.write_err = SIP_ETOOBIG;
    assert_int_equal(say(&p->client, "text"), SIP_ETOOBIG);
    assert_int_equal(give(&p->client, ping, sizeof(ping)), SIP_ETOOBIG);
    assert_non_null(strstr(p->client.channel->text, "cannot be written"));
}

/* ---- handshakes that fail */

static void check_refused(const char *path, const char *const *origins, const char *head,
                          const char *answer, const char *words)
{
    end *server = calloc(1, sizeof(*server));

    assert_non_null(server);
    assert_int_equal(create(server, NULL, false, path, origins), 0);
    assert_int_equal(give(server, head, strlen(head)), SIP_ESYNTAX);
    assert_non_null(strstr(server->channel->text, words));
    assert_memory_equal(server->wire, answer, strlen(answer));
    assert_int_equal(server->opened, 0);
    destroy(server);
    free(server);
}

#define HEAD(path)                                                                                 \
    "GET " path " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"            \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"                 \
    "Sec-WebSocket-Protocol: sip\r\nOrigin: http://evil.example\r\n\r\n"

static void test_server_refuses(void **state)
{
    static const char *const origins[] = {"https://a.example", NULL};
    char *huge = malloc(SIP__WS_HEAD_BYTES + 1);

    (void)state;
    check_refused("/ws", NULL, HEAD("/"), "HTTP/1.1 404 ", "404");
    check_refused(NULL, origins, HEAD("/"), "HTTP/1.1 403 ", "403");
    check_refused(NULL, NULL, "OPTIONS sip:a SIP/2.0\r\n\r\n", "HTTP/1.1 405 ", "405");
    assert_non_null(huge);
    memset(huge, 'a', SIP__WS_HEAD_BYTES);
    huge[SIP__WS_HEAD_BYTES] = '\0';
    check_refused(NULL, NULL, huge, "HTTP/1.1 431 ", "431");
    free(huge);
}

static void test_origin_allowed(void **state)
{
    static const char *const origins[] = {"https://a.example", "HTTP://Evil.example", NULL};
    end *server = calloc(1, sizeof(*server));

    (void)state;
    assert_non_null(server);
    assert_int_equal(create(server, NULL, false, "/", origins), 0);
    assert_int_equal(give(server, HEAD("/"), strlen(HEAD("/"))), 0);
    assert_int_equal(server->opened, 1);
    destroy(server);
    free(server);
}

static void test_client_gives_up(void **state)
{
    static const char no[] = "HTTP/1.1 403 Forbidden\r\n\r\n";
    end *client = calloc(1, sizeof(*client));
    char *huge = calloc(1, SIP__WS_HEAD_BYTES);

    (void)state;
    assert_non_null(client);
    assert_non_null(huge);
    assert_int_equal(create(client, NULL, true, NULL, NULL), 0);
    assert_int_equal(say(client, "early"), SIP_ESTATE);
    assert_int_equal(give(client, "x", 1), SIP_EIO);
    destroy(client);
    assert_int_equal(create(client, NULL, true, NULL, NULL), 0);
    assert_int_equal(client->channel->vtable->start(client->channel), 0);
    assert_memory_equal(client->wire, "GET / HTTP/1.1\r\nHost: h:80\r\n", 28);
    assert_int_equal(give(client, no, sizeof(no) - 1), SIP_EIO);
    assert_non_null(strstr(client->channel->text, "403 Forbidden"));
    destroy(client);
    assert_int_equal(create(client, NULL, true, NULL, NULL), 0);
    assert_int_equal(client->channel->vtable->start(client->channel), 0);
    assert_int_equal(give(client, huge, SIP__WS_HEAD_BYTES), SIP_EIO);
    assert_non_null(strstr(client->channel->text, "too long"));
    destroy(client);
    free(huge);
    free(client);
}

static void test_bad_config(void **state)
{
    sip__ws_config config = {NULL, sip_random_system(), LIMIT, true, NULL, NULL, NULL};
    sip__channel *channel = NULL;
    char path[600];

    (void)state;
    memset(path, '/', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    assert_int_equal(sip__ws_channel_create(&config, &events, NULL, &channel), SIP_EINVAL);
    config.host = "a b";
    assert_int_equal(sip__ws_channel_create(&config, &events, NULL, &channel), SIP_EINVAL);
    config.host = "h";
    config.path = path;
    assert_int_equal(sip__ws_channel_create(&config, &events, NULL, &channel), SIP_EINVAL);
    config.path = "/\r\nX: y";
    assert_int_equal(sip__ws_channel_create(&config, &events, NULL, &channel), SIP_EINVAL);
    assert_null(channel);
}

/* Without memory nothing leaks and each failure is told. wslay allocates by itself. */
static void test_without_memory(void **state)
{
    end *client = calloc(1, sizeof(*client));
    end *server = calloc(1, sizeof(*server));
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    assert_non_null(client);
    assert_non_null(server);
    do {
        fail_alloc_init(&fail, ++n);
        if (create(client, &fail.allocator, true, NULL, NULL) == 0) {
            if (create(server, &fail.allocator, false, NULL, NULL) == 0) {
                int err;

                shake_hands(client, server, ROOM);
                err = say(client, "hello");
                assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
                destroy(server);
            }
            destroy(client);
        }
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    free(server);
    free(client);
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PAIR(test_messages),
        WITH_PAIR(test_partial),
        WITH_PAIR(test_several_in_a_piece),
        WITH_PAIR(test_opcode),
        WITH_PAIR(test_ping),
        WITH_PAIR(test_close),
        WITH_PAIR(test_fragments),
        WITH_PAIR(test_unmasked_to_server),
        WITH_PAIR(test_masked_to_client),
        WITH_PAIR(test_reserved_bits),
        WITH_PAIR(test_bad_text),
        WITH_PAIR(test_too_big),
        WITH_PAIR(test_too_many_frames),
        WITH_PAIR(test_write_fails),
        cmocka_unit_test(test_server_refuses),
        cmocka_unit_test(test_origin_allowed),
        cmocka_unit_test(test_client_gives_up),
        cmocka_unit_test(test_bad_config),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
