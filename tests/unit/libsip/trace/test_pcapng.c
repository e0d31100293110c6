#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sip/trace.h>

#include "support/fail_alloc.h"

#define BLOCKS 40

typedef struct block {
    const uint8_t *body; /* behind type and length */
    uint32_t type, len;  /* len: of the body */
} block;

typedef struct fixture {
    char path[40];
    sip_trace_sink *sink;
    uint8_t *bytes;
    size_t len;
    block blocks[BLOCKS];
    size_t count;
} fixture;

static const sip_addr local = {.ip = {192, 0, 2, 1}, .port = 5060, .family = SIP_FAMILY_IP4};
static const sip_addr remote = {.ip = {192, 0, 2, 2}, .port = 5070, .family = SIP_FAMILY_IP4};
static const sip_addr remote6 = {
    .ip = {0x20, 1, 0xd, 0xb8, [15] = 2}, .port = 5080, .family = SIP_FAMILY_IP6};

static uint32_t u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t big32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
}

static void start(fixture *f)
{
    sip_pcapng_config config = {0};
    int fd;

    *f = (fixture){.path = "/tmp/parley-trace-XXXXXX"};
    fd = mkstemp(f->path);
    assert_true(fd >= 0);
    close(fd);
    config.path = f->path;
    assert_int_equal(sip_pcapng_create(NULL, &config, &f->sink), 0);
}

static sip_trace_event event_of(sip_protocol protocol, bool sent, sip_str bytes)
{
    return (sip_trace_event){
        .sent = sent,
        .path = {.protocol = protocol,
                 .flow = protocol == SIP_PROTOCOL_UDP ? 0 : 0xabc,
                 .local = local,
                 .remote = remote},
        .bytes = bytes,
        .wall_us = INT64_C(0x123456789a),
    };
}

static void show(fixture *f, const sip_trace_event *event)
{
    f->sink->write(event, f->sink->user_data);
}

/* Read the file, and part it into blocks whose lengths agree. */
static void read_blocks(fixture *f)
{
    FILE *file = fopen(f->path, "rb");
    size_t at = 0;

    assert_non_null(file);
    f->bytes = malloc(200000);
    f->len = fread(f->bytes, 1, 200000, file);
    fclose(file);
    while (at < f->len) {
        uint32_t len;

        assert_true(f->count < BLOCKS && f->len - at >= 12);
        len = u32(f->bytes + at + 4);
        assert_true(len % 4 == 0 && len >= 12 && len <= f->len - at);
        assert_int_equal(u32(f->bytes + at + len - 4), len);
        f->blocks[f->count++] = (block){f->bytes + at + 8, u32(f->bytes + at), len - 12};
        at += len;
    }
}

static void finish(fixture *f)
{
    sip_trace_sink_destroy(f->sink);
    free(f->bytes);
    unlink(f->path);
}

/* The value of an option, from where the options begin; its length. */
static size_t find_option(const block *b, size_t at, unsigned code, const uint8_t **ret_value)
{
    while (at + 4 <= b->len) {
        unsigned found = u32(b->body + at) & 0xffff;
        size_t len = u32(b->body + at) >> 16;

        if (found == code) {
            *ret_value = b->body + at + 4;
            return len;
        }
        if (found == 0) {
            break;
        }
        at += 4 + ((len + 3) & ~(size_t)3);
    }
    *ret_value = NULL;
    return 0;
}

static void assert_comment(const block *b, const char *wanted)
{
    const uint8_t *value;
    size_t packet = u32(b->body + 12);
    size_t len = find_option(b, 20 + ((packet + 3) & ~(size_t)3), 1, &value);

    assert_int_equal(len, strlen(wanted));
    assert_memory_equal(value, wanted, len);
}

static void test_head(void **state)
{
    const uint8_t *value;
    fixture f;

    (void)state;
    start(&f);
    sip_trace_sink_destroy(f.sink);
    f.sink = NULL;
    read_blocks(&f);
    assert_int_equal(f.count, 3);
    assert_int_equal(f.blocks[0].type, 0x0a0d0d0a);
    assert_int_equal(u32(f.blocks[0].body), 0x1a2b3c4d);
    assert_int_equal(u32(f.blocks[0].body + 4), 1); /* version 1.0 */
    assert_int_equal(find_option(&f.blocks[0], 16, 4, &value), 6);
    assert_memory_equal(value, "Parley", 6);
    for (size_t i = 1; i <= 2; i++) {
        assert_int_equal(f.blocks[i].type, 1);
        assert_int_equal(u32(f.blocks[i].body), i == 1 ? 101 : 252);
        assert_int_equal(find_option(&f.blocks[i], 8, 9, &value), 1);
        assert_int_equal(*value, 6);
    }
    finish(&f);
}

static void test_udp(void **state)
{
    sip_trace_event sent = event_of(SIP_PROTOCOL_UDP, true, SIP_STR("OPTIONS"));
    sip_trace_event received = event_of(SIP_PROTOCOL_UDP, false, SIP_STR("SIP/2.0"));
    const uint8_t *flags;
    fixture f;

    (void)state;
    sent.repeated = true;
    received.dropped = "CSeq";
    start(&f);
    show(&f, &sent);
    show(&f, &received);
    read_blocks(&f); /* while it is still open */
    assert_int_equal(f.count, 5);
    for (size_t i = 3; i < 5; i++) {
        const uint8_t *body = f.blocks[i].body;
        const uint8_t *packet = body + 20;

        assert_int_equal(f.blocks[i].type, 6);
        assert_int_equal(u32(body), 0);
        assert_int_equal(u32(body + 4), 0x12);
        assert_int_equal(u32(body + 8), 0x3456789a);
        assert_int_equal(u32(body + 12), 35);
        assert_int_equal(u32(body + 16), 35);
        assert_int_equal(packet[0], 0x45);
        assert_memory_equal(packet + 12, i == 3 ? local.ip : remote.ip, 4);
        assert_memory_equal(packet + 16, i == 3 ? remote.ip : local.ip, 4);
        assert_memory_equal(packet + 28, i == 3 ? "OPTIONS" : "SIP/2.0", 7);
        assert_int_equal(find_option(&f.blocks[i], 56, 2, &flags), 4);
        assert_int_equal(u32(flags), i == 3 ? 2 : 1);
    }
    assert_comment(&f.blocks[3], "UDP sent, again");
    assert_comment(&f.blocks[4], "UDP received, dropped: CSeq");
    finish(&f);
}

/* Each direction's bytes are numbered one after the other, also over several segments, and
 * acknowledged by the other's. */
static void test_tcp(void **state)
{
    static char large[66000];
    sip_trace_event request = event_of(SIP_PROTOCOL_TCP, true, SIP_STR("OPTIONS"));
    sip_trace_event response = event_of(SIP_PROTOCOL_TCP, false, SIP_STR("SIP/2.0 200"));
    sip_trace_event long_one = event_of(SIP_PROTOCOL_TCP, true, (sip_str){large, sizeof(large)});
    static const uint32_t seqs[] = {1, 1, 8, 65008, 66008};
    static const uint32_t acks[] = {1, 8, 12, 12, 12};
    fixture f;

    (void)state;
    start(&f);
    show(&f, &request);
    show(&f, &response);
    show(&f, &long_one);
    show(&f, &request);
    read_blocks(&f);
    assert_int_equal(f.count, 8);
    for (size_t i = 0; i < 5; i++) {
        const uint8_t *tcp = f.blocks[3 + i].body + 20 + 20;

        assert_int_equal(big32(tcp + 4), seqs[i]);
        assert_int_equal(big32(tcp + 8), acks[i]);
    }
    assert_comment(&f.blocks[3], "TCP sent, flow abc");
    finish(&f);
}

/* A connection that was forgotten for another goes on behind all bytes so far. */
static void test_more_flows_than_are_remembered(void **state)
{
    sip_trace_event event = event_of(SIP_PROTOCOL_TCP, true, SIP_STR("abc"));
    fixture f;

    (void)state;
    start(&f);
    for (unsigned i = 0; i < 4; i++) {
        event.path.flow = i % 2 == 0 ? 1 : 513;
        show(&f, &event);
    }
    read_blocks(&f);
    assert_int_equal(f.count, 7);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(big32(f.blocks[3 + i].body + 20 + 20 + 4), 1 + 3 * i);
    }
    finish(&f);
}

static void test_tls_and_websocket_in_clear(void **state)
{
    static const uint8_t wanted[] = {0, 12, 0, 4, 's', 'i', 'p',       0, /* the dissector */
                                     0, 20, 0, 4, 192, 0,   2,         1, /* from */
                                     0, 21, 0, 4, 192, 0,   2,         2, /* to */
                                     0, 24, 0, 4, 0,   0,   0,         2, /* TCP */
                                     0, 25, 0, 4, 0,   0,   5060 >> 8, 5060 & 0xff, /* ports */
                                     0, 26, 0, 4, 0,   0,   5070 >> 8, 5070 & 0xff, /**/
                                     0, 0,  0, 0, 'B', 'Y', 'E'};
    sip_trace_event event = event_of(SIP_PROTOCOL_TLS, true, SIP_STR("BYE"));
    const uint8_t *packet;
    fixture f;

    (void)state;
    start(&f);
    show(&f, &event);
    event.path.protocol = SIP_PROTOCOL_WSS;
    event.path.remote = remote6;
    memset(&event.path.local, 0, sizeof(event.path.local));
    show(&f, &event);
    read_blocks(&f);
    assert_int_equal(f.count, 5);
    assert_int_equal(u32(f.blocks[3].body), 1);
    assert_int_equal(u32(f.blocks[3].body + 12), sizeof(wanted));
    assert_memory_equal(f.blocks[3].body + 20, wanted, sizeof(wanted));
    assert_comment(&f.blocks[3], "TLS sent, flow abc");
    packet = f.blocks[4].body + 20;
    assert_int_equal(packet[9], 22);          /* from, IPv6 */
    assert_int_equal(packet[8 + 20 + 1], 23); /* to, IPv6 */
    assert_memory_equal(packet + 8 + 20 + 4, remote6.ip, 16);
    assert_comment(&f.blocks[4], "WSS sent, flow abc");
    finish(&f);
}

typedef struct told {
    unsigned count;
    char line[200];
} told;

static void on_line(sip_log_category category, sip_log_level level, const char *line, void *user)
{
    told *self = user;

    (void)category;
    (void)level;
    self->count++;
    strncpy(self->line, line, sizeof(self->line) - 1);
}

/* A full disk ends the trace, and is told once. */
static void test_no_room(void **state)
{
    told lines = {0};
    const sip_log log = {on_line, &lines, SIP_LOG_ALL, SIP_LOG_INFO, NULL};
    const sip_pcapng_config config = {.path = "/dev/full", .log = &log};
    sip_trace_event event = event_of(SIP_PROTOCOL_UDP, true, SIP_STR("BYE"));
    sip_trace_sink *sink = NULL;

    (void)state;
    if (access(config.path, W_OK) != 0) {
        skip();
    }
    assert_int_equal(sip_pcapng_create(NULL, &config, &sink), 0);
    for (int i = 0; i < 3; i++) {
        sink->write(&event, sink->user_data);
    }
    assert_int_equal(lines.count, 1);
    assert_string_equal(lines.line, "trace: /dev/full takes no more, it ends here");
    sip_trace_sink_destroy(sink);
}

static void test_refused(void **state)
{
    const sip_pcapng_config nowhere = {.path = "/nowhere/at/all"};
    const sip_pcapng_config none = {0};
    sip_trace_sink *sink = NULL;
    fail_alloc fail;

    (void)state;
    assert_int_equal(sip_pcapng_create(NULL, &nowhere, &sink), SIP_EIO);
    assert_int_equal(sip_pcapng_create(NULL, &none, &sink), SIP_EINVAL);
    assert_int_equal(sip_pcapng_create(NULL, NULL, &sink), SIP_EINVAL);
    assert_int_equal(sip_pcapng_create(NULL, &nowhere, NULL), SIP_EINVAL);
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip_pcapng_create(&fail.allocator, &nowhere, &sink), SIP_ENOMEM);
    assert_null(sink);
    assert_int_equal(fail.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_udp),
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_more_flows_than_are_remembered),
        cmocka_unit_test(test_tls_and_websocket_in_clear),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
