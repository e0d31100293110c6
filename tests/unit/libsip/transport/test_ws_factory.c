/* WebSocket channels from a factory: for whom they ask, what they serve. */
#include "transport/ws_factory.h"
#include "support/fail_alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

typedef struct end {
    char out[4000];
    size_t len;
    unsigned opened;
} end;

static int on_write(sip_str bytes, void *arg)
{
    end *self = arg;

    assert_true(self->len + bytes.len < sizeof(self->out));
    memcpy(self->out + self->len, bytes.ptr, bytes.len);
    self->len += bytes.len;
    self->out[self->len] = '\0';
    return 0;
}

static void on_open(void *arg)
{
    ((end *)arg)->opened++;
}

static const sip__channel_events events = {.write = on_write, .on_open = on_open};

static sip__ws_config config_of(const sip_allocator *allocator, const char *path)
{
    sip__ws_config config = {
        .allocator = allocator,
        .random = sip_random_system(),
        .max_message_bytes = 1000,
        .path = path,
    };

    return config;
}

static sip_path path_to(uint16_t port)
{
    sip_path path = {.protocol = SIP_PROTOCOL_WS};

    assert_int_equal(sip_addr_parse(SIP_STR("2001:db8::1"), port, &path.remote), 0);
    return path;
}

/* What a client says first. */
static void expect_hello(const char *path, const char *server, uint16_t port, const char *request,
                         const char *host)
{
    sip__ws_config config = config_of(sip_allocator_default(), path);
    sip_path to = path_to(port);
    end self = {.len = 0};
    sip__channel_setup setup = {&to, server, &events, &self};
    sip__channel_factory *factory;
    sip__channel *channel;

    assert_int_equal(sip__ws_factory_create(&config, &factory), 0);
    assert_int_equal(factory->vtable->make_client(factory, &setup, &channel), 0);
    assert_int_equal(channel->vtable->start(channel), 0);
    assert_memory_equal(self.out, request, strlen(request));
    assert_non_null(strstr(self.out, host));
    channel->vtable->destroy(channel);
    factory->vtable->destroy(factory);
}

static void test_clients(void **state)
{
    (void)state;
    expect_hello(NULL, "ws.example", 80, "GET / HTTP/1.1\r\n", "\r\nHost: ws.example\r\n");
    expect_hello("/sip", "ws.example", 8080, "GET /sip HTTP/1.1\r\n",
                 "\r\nHost: ws.example:8080\r\n");
    expect_hello(NULL, NULL, 80, "GET / HTTP/1.1\r\n", "\r\nHost: [2001:db8::1]\r\n");
}

static void test_server(void **state)
{
    static const char hello[] = "GET /sip HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Protocol: sip\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    sip__ws_config config = config_of(sip_allocator_default(), "/sip");
    sip_path from = path_to(1);
    end self = {.len = 0};
    sip__channel_setup setup = {&from, NULL, &events, &self};
    sip__channel_factory *factory;
    sip__channel *channel;

    (void)state;
    assert_int_equal(sip__ws_factory_create(&config, &factory), 0);
    assert_int_equal(factory->vtable->make_server(factory, &setup, &channel), 0);
    assert_int_equal(channel->vtable->start(channel), 0);
    assert_int_equal(channel->vtable->receive(channel, SIP_STR(hello)), 0);
    assert_int_equal(self.opened, 1);
    assert_memory_equal(self.out, "HTTP/1.1 101 ", 13);
    channel->vtable->destroy(channel);
    factory->vtable->destroy(factory);
}

static void test_no_memory(void **state)
{
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        sip__ws_config config;
        sip_path to = path_to(1);
        end self = {.len = 0};
        sip__channel_setup setup = {&to, NULL, &events, &self};
        sip__channel_factory *factory;
        sip__channel *channel;

        fail_alloc_init(&fail, ++n);
        config = config_of(&fail.allocator, "/sip");
        if (sip__ws_factory_create(&config, &factory) == 0) {
            if (factory->vtable->make_client(factory, &setup, &channel) == 0) {
                channel->vtable->destroy(channel);
            }
            factory->vtable->destroy(factory);
        }
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_server),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
