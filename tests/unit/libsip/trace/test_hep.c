#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <sip/trace.h>

#include "support/fail_alloc.h"

#define BYE                                                                                        \
    "BYE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n"       \
    "To: <sip:b@h>\r\nCall-ID: c1\r\nCSeq: 1 BYE\r\n\r\n"

static const sip_addr local = {.ip = {192, 0, 2, 1}, .port = 5060, .family = SIP_FAMILY_IP4};
static const sip_addr remote = {.ip = {192, 0, 2, 2}, .port = 5070, .family = SIP_FAMILY_IP4};

typedef struct fixture {
    int fd; /* the collector's */
    sip_addr addr;
    sip_trace_sink *sink;
    uint8_t frame[65536];
    size_t len;
} fixture;

static void start(fixture *f, const char *key)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(name);
    struct timeval patience = {.tv_sec = 10};
    sip_hep_config config = {.capture_id = 0x01020304, .auth_key = key};

    memset(f, 0, sizeof(*f));
    f->fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(f->fd, (struct sockaddr *)&name, sizeof(name)), 0);
    assert_int_equal(getsockname(f->fd, (struct sockaddr *)&name, &len), 0);
    (void)setsockopt(f->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), ntohs(name.sin_port), &f->addr), 0);
    config.collector = f->addr;
    assert_int_equal(sip_hep_create(NULL, &config, &f->sink), 0);
    assert_false(f->sink->redact);
}

static void finish(fixture *f)
{
    sip_trace_sink_destroy(f->sink);
    close(f->fd);
}

static void show(fixture *f, const sip_trace_event *event)
{
    ssize_t len;

    f->sink->write(event, f->sink->user_data);
    len = recv(f->fd, f->frame, sizeof(f->frame), 0);
    assert_true(len > 6);
    f->len = (size_t)len;
    assert_memory_equal(f->frame, "HEP3", 4);
    assert_int_equal(f->frame[4] << 8 | f->frame[5], f->len);
}

static sip_trace_event event_of(sip_protocol protocol, bool sent, sip_str bytes)
{
    return (sip_trace_event){
        .sent = sent,
        .path = {.protocol = protocol, .local = local, .remote = remote},
        .bytes = bytes,
        .wall_us = INT64_C(1700000000000007),
    };
}

/* The value of a chunk of that type; its length, or -1. */
static int find_chunk(const fixture *f, unsigned type, const uint8_t **ret_value)
{
    size_t at = 6;

    while (at < f->len) {
        size_t len;

        assert_true(f->len - at >= 6);
        len = (size_t)(f->frame[at + 4] << 8 | f->frame[at + 5]);
        assert_true(len >= 6 && len <= f->len - at);
        assert_int_equal(f->frame[at] << 8 | f->frame[at + 1], 0);
        if ((unsigned)(f->frame[at + 2] << 8 | f->frame[at + 3]) == type) {
            *ret_value = f->frame + at + 6;
            return (int)len - 6;
        }
        at += len;
    }
    return -1;
}

static void assert_chunk(const fixture *f, unsigned type, const void *bytes, size_t len)
{
    const uint8_t *value = NULL;

    assert_int_equal(find_chunk(f, type, &value), (int)len);
    assert_memory_equal(value, bytes, len);
}

static void test_chunks(void **state)
{
    sip_trace_event event = event_of(SIP_PROTOCOL_UDP, true, SIP_STR(BYE));
    fixture f;

    (void)state;
    start(&f, "secret");
    show(&f, &event);
    assert_chunk(&f, 0x01, "\x02", 1);
    assert_chunk(&f, 0x02, "\x11", 1);
    assert_chunk(&f, 0x03, local.ip, 4);
    assert_chunk(&f, 0x04, remote.ip, 4);
    assert_chunk(&f, 0x07, "\x13\xc4", 2);
    assert_chunk(&f, 0x08, "\x13\xce", 2);
    assert_chunk(&f, 0x09, "\x65\x53\xf1\x00", 4);
    assert_chunk(&f, 0x0a, "\0\0\0\x07", 4);
    assert_chunk(&f, 0x0b, "\x01", 1);
    assert_chunk(&f, 0x0c, "\x01\x02\x03\x04", 4);
    assert_chunk(&f, 0x0e, "secret", 6);
    assert_chunk(&f, 0x0f, BYE, sizeof(BYE) - 1);
    assert_chunk(&f, 0x11, "c1", 2);
    finish(&f);
}

static void test_received_over_tls_and_ip6(void **state)
{
    sip_trace_event event = event_of(SIP_PROTOCOL_TLS, false, SIP_STR("no message"));
    const uint8_t *none;
    fixture f;

    (void)state;
    assert_int_equal(sip_addr_parse(SIP_STR("2001:db8::1"), 5061, &event.path.local), 0);
    assert_int_equal(sip_addr_parse(SIP_STR("2001:db8::2"), 4, &event.path.remote), 0);
    start(&f, NULL);
    show(&f, &event);
    assert_chunk(&f, 0x01, "\x0a", 1);
    assert_chunk(&f, 0x02, "\x06", 1);
    assert_chunk(&f, 0x05, event.path.remote.ip, 16);
    assert_chunk(&f, 0x06, event.path.local.ip, 16);
    assert_chunk(&f, 0x07, "\0\x04", 2);
    assert_int_equal(find_chunk(&f, 0x0e, &none), -1);
    assert_int_equal(find_chunk(&f, 0x11, &none), -1);
    assert_chunk(&f, 0x0f, "no message", 10);
    finish(&f);
}

/* What no datagram holds is cut to one that does. */
static void test_too_long(void **state)
{
    static char large[70000];
    sip_trace_event event = event_of(SIP_PROTOCOL_TCP, true, (sip_str){large, sizeof(large)});
    const uint8_t *value;
    fixture f;

    (void)state;
    start(&f, NULL);
    show(&f, &event);
    assert_int_equal(f.len, 65507);
    assert_true(find_chunk(&f, 0x0f, &value) > 65000);
    finish(&f);
}

/* Nobody there: the next one is sent all the same. */
static void test_refused_by_the_collector(void **state)
{
    sip_trace_event event = event_of(SIP_PROTOCOL_UDP, true, SIP_STR(BYE));
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    fixture f;

    (void)state;
    start(&f, NULL);
    close(f.fd);
    f.sink->write(&event, f.sink->user_data);
    f.fd = socket(AF_INET, SOCK_DGRAM, 0);
    name.sin_port = htons(f.addr.port);
    assert_int_equal(bind(f.fd, (struct sockaddr *)&name, sizeof(name)), 0);
    show(&f, &event);
    finish(&f);
}

static void test_refused(void **state)
{
    char key[300];
    sip_hep_config config = {.redact = true};
    sip_trace_sink *sink = NULL;
    fail_alloc fail;

    (void)state;
    assert_int_equal(sip_hep_create(NULL, NULL, &sink), SIP_EINVAL);
    assert_int_equal(sip_hep_create(NULL, &config, &sink), SIP_EINVAL);
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), 9, &config.collector), 0);
    assert_int_equal(sip_hep_create(NULL, &config, NULL), SIP_EINVAL);
    memset(key, 'k', sizeof(key));
    key[256] = '\0';
    config.auth_key = key;
    assert_int_equal(sip_hep_create(NULL, &config, &sink), SIP_EINVAL);
    config.auth_key = NULL;
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip_hep_create(&fail.allocator, &config, &sink), SIP_ENOMEM);
    assert_int_equal(sip_addr_parse(SIP_STR("255.255.255.255"), 9, &config.collector), 0);
    assert_int_equal(sip_hep_create(NULL, &config, &sink), SIP_EIO); /* a broadcast */
    assert_null(sink);
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), 9, &config.collector), 0);
    assert_int_equal(sip_hep_create(NULL, &config, &sink), 0);
    assert_true(sink->redact);
    sip_trace_sink_destroy(sink);
    sip_trace_sink_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunks),   cmocka_unit_test(test_received_over_tls_and_ip6),
        cmocka_unit_test(test_too_long), cmocka_unit_test(test_refused_by_the_collector),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
