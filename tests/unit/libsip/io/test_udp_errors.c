/* ICMP errors as routers send them, made by hand: what they quote and say arrives, and none of them
 * is taken for what this machine said of another datagram. Needs a raw socket. */
#include "io/udp_socket.h"
#include "io/socket_address.h"
#include "support/real_loop.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define PAYLOAD "OPTIONS sip:a SIP/2.0"

typedef struct world {
    sip_loop *loop;
    real_loop real;
    sip__udp_socket *socket;
    sip_addr at;
    int raw;
    size_t errors, failed, datagrams;
    sip_addr remote;
    int err;
    char quoted[100], text[200];
} world;

static bool on_datagram(const sip__udp_arrival *arrival, void *arg)
{
    (void)arrival;
    ((world *)arg)->datagrams++;
    return false;
}

static void on_lost(uint64_t count, void *arg)
{
    (void)count, (void)arg;
}

static void on_send_failed(uint64_t ref, const sip_addr *to, int err, const char *text, void *arg)
{
    (void)ref, (void)to, (void)err, (void)text;
    ((world *)arg)->failed++;
}

static void on_unreachable(const sip_network_error *error, void *arg)
{
    world *self = arg;

    assert_true(error->quoted.len < sizeof(self->quoted));
    self->errors++;
    self->remote = error->remote;
    self->err = error->err;
    memcpy(self->quoted, error->quoted.ptr, error->quoted.len);
    self->quoted[error->quoted.len] = '\0';
    strncpy(self->text, error->text, sizeof(self->text) - 1);
}

static const sip__udp_socket_events events = {on_datagram, on_lost, on_send_failed, on_unreachable};

static void turn_end(void *arg)
{
    sip__udp_socket_flush(((world *)arg)->socket);
}

static void start(world *self)
{
    sip__udp_socket_config config = {.events = &events, .arg = self, .max_bytes = 2000};
    char text[100];

    memset(self, 0, sizeof(*self));
#ifdef SIP_PORTABLE
    self->raw = -1; /* nobody tells of them there */
#else
    self->raw = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
#endif
    if (self->raw < 0) {
        skip();
    }
    assert_int_equal(sip_loop_create(sip_allocator_default(), &self->loop), 0);
    self->real = (real_loop){.loop = self->loop, .turn_end = turn_end, .arg = self};
    config.allocator = sip_allocator_default();
    config.loop = self->loop;
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), 0, &config.bind), 0);
    assert_int_equal(sip__udp_socket_create(&config, text, sizeof(text), &self->socket), 0);
    sip__udp_socket_local(self->socket, &self->at);
}

static void finish(world *self)
{
    sip__udp_socket_destroy(self->socket);
    sip_loop_destroy(self->loop);
    close(self->raw);
}

static size_t put16(uint8_t *out, unsigned value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
    return 2;
}

static unsigned checksum(const uint8_t *bytes, size_t len)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < len; i++) {
        sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
    }
    while (sum > 0xffff) {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    return ~sum & 0xffff;
}

/* Destination unreachable, about a datagram from our socket to 127.0.0.77:5060 that began so. */
static void forge(const world *self, uint8_t code, unsigned mtu, const char *quoted)
{
    uint8_t packet[200] = {3, code};
    size_t len = strlen(quoted), n = 6;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    static const uint8_t ip[] = {0x45, 0, 0,   0, 0, 0, 0x40, 0, 64, IPPROTO_UDP,
                                 0,    0, 127, 0, 0, 1, 127,  0, 0,  77};

    n += put16(packet + n, mtu);
    memcpy(packet + n, ip, sizeof(ip));
    put16(packet + n + 2, (unsigned)(28 + len));
    n += sizeof(ip);
    n += put16(packet + n, self->at.port);
    n += put16(packet + n, 5060);
    n += put16(packet + n, (unsigned)(8 + len));
    n += 2;
    memcpy(packet + n, quoted, len);
    n += len;
    put16(packet + 2, checksum(packet, n));
    assert_int_equal(sendto(self->raw, packet, n, 0, (struct sockaddr *)&to, sizeof(to)), n);
}

static void test_what_is_quoted(void **state)
{
    sip_addr dead;
    world w;

    (void)state;
    start(&w);
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.77"), 5060, &dead), 0);
    forge(&w, 3, 0, PAYLOAD);
    assert_true(real_loop_until(&w.real, &w.errors, 1));
    assert_true(sip_addr_equal(&w.remote, &dead));
    assert_int_equal(w.err, SIP_EIO);
    assert_string_equal(w.quoted, PAYLOAD);
    assert_non_null(strstr(w.text, "udp to 127.0.0.77:5060: "));
    forge(&w, 3, 0, ""); /* a terse router */
    assert_true(real_loop_until(&w.real, &w.errors, 2));
    assert_string_equal(w.quoted, "");
    finish(&w);
}

/* The error waits in the socket and comes with the next send, of which it says nothing. */
static void test_path_mtu(void **state)
{
    world w;

    (void)state;
    start(&w);
    forge(&w, 4, 600, PAYLOAD);
    assert_int_equal(sip__udp_socket_send(w.socket, &w.at, NULL, SIP_STR("x"), 7), 0);
    assert_true(real_loop_until(&w.real, &w.errors, 1));
    assert_true(real_loop_until(&w.real, &w.datagrams, 1));
    assert_int_equal(w.err, SIP_ETOOBIG);
    assert_string_equal(w.quoted, PAYLOAD);
    assert_int_equal(w.failed, 0);
    finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_quoted),
        cmocka_unit_test(test_path_mtu),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
