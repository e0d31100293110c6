#include "support/stream_net.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

const stream_setting stream_plain = {"127.0.0.1", 10, 0, 0, SIP_PROTOCOL_TCP, false};

int stream_node_send(stream_node *self, const sip_path *to, sip_str bytes, uint64_t ref)
{
    return self->transport->vtable->send(self->transport, to, bytes, ref);
}

static void on_bytes(sip_transport *transport, const sip_path *from, sip_str bytes, void *user)
{
    stream_node *self = user;

    assert_ptr_equal(transport, self->transport);
    assert_true(bytes.len > 0);
    self->messages++;
    self->bytes += bytes.len;
    self->from = *from;
    if (self->echo) {
        assert_int_equal(stream_node_send(self, from, bytes, 99), 0);
    }
}

static void on_send_failed(sip_transport *transport, uint64_t ref, const sip_path *to, int err,
                           const char *text, void *user)
{
    stream_node *self = user;

    assert_int_equal(to->protocol, transport->protocol);
    self->failed++;
    self->refs += ref;
    self->err = err;
    (void)snprintf(self->text, sizeof(self->text), "%s", text);
    if (self->retries > 0) {
        sip_path again = {.protocol = to->protocol, .remote = to->remote};

        self->retries--;
        assert_int_equal(stream_node_send(self, &again, SIP_STR(STREAM_HELLO), ref), 0);
    }
}

static void on_flow_closed(sip_transport *transport, sip_flow flow, int err, const char *text,
                           void *user)
{
    stream_node *self = user;

    (void)transport;
    self->closed++;
    self->closed_flow = flow;
    self->err = err;
    (void)snprintf(self->text, sizeof(self->text), "%s", text);
}

static void on_connected(sip_transport *transport, sip_flow flow, int err, const char *text,
                         void *user)
{
    stream_node *self = user;

    (void)transport;
    self->connected++;
    self->connected_flow = flow;
    self->err = err;
    (void)snprintf(self->text, sizeof(self->text), "%s", text);
}

static void on_dropped(sip_transport *transport, const sip_path *from, const char *reason,
                       void *user)
{
    stream_node *self = user;

    assert_int_equal(from->protocol, transport->protocol);
    self->dropped++;
    (void)snprintf(self->reason, sizeof(self->reason), "%s", reason);
}

static const sip_transport_events events = {
    .on_bytes = on_bytes,
    .on_send_failed = on_send_failed,
    .on_flow_closed = on_flow_closed,
    .on_dropped = on_dropped,
    .on_connected = on_connected,
};

static sip_time_ms clock_now(void *user_data)
{
    return ((stream_net *)user_data)->now_ms;
}

static int64_t clock_unix(void *user_data)
{
    (void)user_data;
    return 0;
}

void stream_node_open(stream_net *net, stream_node *self, const stream_setting *how)
{
    char why[SIP__WHY_BYTES] = "";
    sip__listen_config config = {
        .allocator = sip_allocator_default(),
        .loop = net->loop,
        .clock = &net->clock,
        .max_message_bytes = how->protocol == SIP_PROTOCOL_TCP ? 65535 : 1000,
        .max_connections = how->limit,
        .idle_connection_s = how->idle_s,
        .keepalive_s = how->keepalive_s,
        .client_only = how->a_listens_not && self == &net->a,
        .flows = &self->flows,
        .names = &self->names,
        .stats = &self->stats,
        .why = why,
    };
    sip_addr bind;

    memset(self, 0, sizeof(*self));
    fake_factory_init(&self->factory, sip_allocator_default(), 0x21);
    self->factory.whole = how->protocol == SIP_PROTOCOL_WS || how->protocol == SIP_PROTOCOL_WSS;
    sip_id_table_init(&self->flows, sip_allocator_default(), 0);
    assert_int_equal(
        sip__server_names_init(&self->names, sip_allocator_default(), sip_random_system(), 100), 0);
    assert_int_equal(sip_addr_parse(sip_str_of(how->host), 0, &bind), 0);
    assert_int_equal(
        sip__stream_transport_create(&config, how->protocol,
                                     how->protocol == SIP_PROTOCOL_TCP ? NULL : &self->factory.base,
                                     &bind, &self->transport),
        0);
    self->transport->events = &events;
    self->transport->stack = self;
}

void stream_node_close(stream_node *self)
{
    if (self->transport != NULL) {
        self->transport->vtable->destroy(self->transport);
        assert_int_equal(self->factory.live, 0);
        assert_int_equal(self->stats.live, 0);
        assert_int_equal(self->stats.unproven, 0);
        sip_id_table_finish(&self->flows);
        sip__server_names_finish(&self->names);
        self->transport = NULL;
    }
}

static void raw_connected(void *arg)
{
    (void)arg;
}

static void raw_bytes(sip_str bytes, void *arg)
{
    stream_net *net = arg;

    assert_true(net->raw_bytes + bytes.len < sizeof(net->got));
    memcpy(net->got + net->raw_bytes, bytes.ptr, bytes.len);
    net->raw_bytes += bytes.len;
}

static void raw_written(uint64_t total_bytes, void *arg)
{
    (void)total_bytes;
    (void)arg;
}

static void raw_closed(int err, const char *text, void *arg)
{
    (void)err;
    (void)text;
    ((stream_net *)arg)->raw_closed++;
}

static const sip__stream_socket_events raw_events = {raw_connected, raw_bytes, raw_written,
                                                     raw_closed};

void stream_net_flush(stream_net *net)
{
    char text[64];

    if (net->a.transport != NULL) {
        net->a.transport->vtable->flush(net->a.transport);
    }
    if (net->b.transport != NULL) {
        net->b.transport->vtable->flush(net->b.transport);
    }
    if (net->raw != NULL) {
        (void)sip__stream_socket_flush(net->raw, text, sizeof(text));
    }
}

static void turn_end(void *arg)
{
    stream_net_flush(arg);
}

void stream_net_start(stream_net *net, const stream_setting *how)
{
    memset(net, 0, sizeof(*net));
    net->now_ms = 1000;
    net->clock.now_ms = clock_now;
    net->clock.unix_s = clock_unix;
    net->clock.user_data = net;
    assert_int_equal(sip_loop_create(sip_allocator_default(), &net->loop), 0);
    net->real.loop = net->loop;
    net->real.turn_end = turn_end;
    net->real.arg = net;
    sip__buffers_init(&net->buffers, sip_allocator_default());
    net->raw_config = (sip__stream_socket_config){
        .allocator = sip_allocator_default(),
        .loop = net->loop,
        .buffers = &net->buffers,
        .read_buffer = net->buffer,
        .events = &raw_events,
    };
    stream_node_open(net, &net->a, how);
    stream_node_open(net, &net->b, how);
}

void stream_net_finish(stream_net *net)
{
    stream_node_close(&net->a);
    stream_node_close(&net->b);
    sip__stream_socket_destroy(net->raw);
    sip__buffers_finish(&net->buffers);
    sip_loop_destroy(net->loop);
}

sip_path stream_path_to(const stream_node *self)
{
    return (sip_path){.protocol = self->transport->protocol, .remote = self->transport->local};
}

void stream_raw_open(stream_net *net, sip_str bytes)
{
    sip_path to = stream_path_to(&net->a);
    char text[64];

    sip__stream_socket_destroy(net->raw);
    net->raw = NULL;
    assert_int_equal(
        sip__stream_socket_connect(&net->raw_config, &to, net, text, sizeof(text), &net->raw), 0);
    assert_int_equal(sip__stream_socket_write(net->raw, bytes), 0);
}
