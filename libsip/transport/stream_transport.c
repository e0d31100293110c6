#include "transport/stream_transport.h"
#include "transport/stream_state.h"

#define SWEEP_MS 1000 /* how exact the deadlines are */

/* ---- time */

static void start_sweep(sip__stream_transport *stream)
{
    if (!stream->sweeping) {
        stream->sweeping = true;
        sip__loop_timer_set(stream->sweep_timer, SWEEP_MS);
    }
}

static void sweep(sip__stream_transport *stream)
{
    stream->swept_ms = sip__stream_now_ms(stream);
    sip__wheel_advance(&stream->wheel, stream->swept_ms);
}

/* For when nothing else makes turns. */
static void on_sweep(void *arg)
{
    sip__stream_transport *stream = arg;

    stream->sweeping = false;
    sweep(stream);
    if (stream->connections.count > 0) {
        start_sweep(stream);
    }
}

/* ---- the listener */

void sip__stream_take_accepted(sip_transport *transport, int fd, const sip_addr *remote)
{
    sip__stream_transport *stream = (sip__stream_transport *)transport;

    sip__stream_accept(stream, fd, remote);
    start_sweep(stream);
}

static void on_accepted(int fd, const sip_addr *remote, void *arg)
{
    sip__stream_transport *stream = arg;

    if (stream->deal == NULL || !stream->deal(stream->deal_arg, &stream->base, fd, remote)) {
        sip__stream_take_accepted(&stream->base, fd, remote);
    }
}

static bool on_no_descriptor(void *arg)
{
    sip__stream_transport *stream = arg;

    if (sip__stream_close_idle(stream)) {
        return true;
    }
    stream->connections.config.stats->refused_descriptors++;
    return false;
}

/* ---- sending */

static int overflow(sip__stream_transport *stream, sip__connection *connection)
{
    sip__stream_close(stream, connection, &stream->connections.config.stats->overflowed, SIP_EIO,
                      "too much waits to be written");
    return 0;
}

/* What a channel could not wrap whole it cannot go on after (a record is counted, half a frame is
 * out): left open, the connection would be found again and again and fail each time. */
static int broken_off(sip__stream_transport *stream, sip__connection *connection, int err)
{
    const char *text = connection->channel->text;

    sip__stream_close(stream, connection, &stream->connections.config.stats->broken, err,
                      *text != '\0' ? text : sip_error_text(err));
    return 0;
}

/* The note is made first, so that nothing is written that cannot be noted. */
static int write_noted(sip__stream_transport *stream, sip__connection *connection, sip_str bytes,
                       uint64_t ref)
{
    sip__send_queue *sends = &connection->sends;
    int err = sip__send_queue_note(sends, &stream->connections.buffers, ref, UINT64_MAX);

    if (err != 0) {
        return err;
    }
    err = sip__stream_put(stream, connection, bytes);
    if (err == SIP_ETOOBIG) {
        return overflow(stream, connection);
    }
    if (err != 0 && connection->channel != NULL) {
        return broken_off(stream, connection, err);
    }
    if (err != 0) {
        sip__send_queue_unnote(sends);
        return err;
    }
    sip__send_queue_end_last(sends, sip__stream_socket_queued_total(connection->socket));
    sip__connection_note_early(connection, ref);
    sip__connections_touch(&stream->connections, connection, sip__stream_now_ms(stream));
    return 0;
}

static int queue_send(sip__stream_transport *stream, sip__connection *connection, sip_str bytes,
                      uint64_t ref)
{
    sip__buffers *buffers = &stream->connections.buffers;
    int err;

    connection->used = true;
    if (connection->state == SIP__CONNECTION_CLOSING) {
        /* The attempt to connect failed at once: reported with it. */
        return sip__send_queue_note(&connection->sends, buffers, ref, UINT64_MAX);
    }
    if (connection->channel == NULL || connection->state == SIP__CONNECTION_OPEN) {
        return write_noted(stream, connection, bytes, ref);
    }
    err = sip__send_queue_wait(&connection->sends, buffers, bytes, ref, SIP__STREAM_QUEUE_BYTES);
    if (err != SIP_ETOOBIG) {
        return err;
    }
    err = sip__send_queue_note(&connection->sends, buffers, ref, UINT64_MAX);
    return err != 0 ? err : overflow(stream, connection);
}

static int send_message(sip_transport *transport, const sip_path *to, sip_str bytes, uint64_t ref)
{
    sip__stream_transport *stream = (sip__stream_transport *)transport;
    const char *server = NULL;
    sip__connection *connection;

    if (bytes.len > SIP__STREAM_QUEUE_BYTES) {
        return SIP_ETOOBIG;
    }
    if (to->server != 0) {
        server = sip__server_names_text(stream->names, to->server);
        if (server == NULL) {
            return sip__stream_fail_later(stream, to, ref, SIP_EGONE,
                                          "the name that was asked for has been forgotten");
        }
    }
    connection = sip__connections_find(&stream->connections, to, server);
    if (connection == NULL && to->flow != 0) {
        return sip__stream_fail_later(stream, to, ref, SIP_EGONE, "the connection has been closed");
    }
    if (connection == NULL) {
        int err = sip__stream_connect(stream, to, server, &connection);

        if (err == SIP_EBUSY) {
            return sip__stream_fail_later(stream, to, ref, err, stream->connections.refusal);
        }
        if (err != 0) {
            return err;
        }
        start_sweep(stream);
    }
    return queue_send(stream, connection, bytes, ref);
}

/* ---- connections before anything is sent */

/* @return false: the name that was asked for has been forgotten */
static bool find_server(const sip__stream_transport *stream, const sip_path *to,
                        const char **ret_server)
{
    *ret_server = to->server != 0 ? sip__server_names_text(stream->names, to->server) : NULL;
    return to->server == 0 || *ret_server != NULL;
}

static int connect_to(sip_transport *transport, const sip_path *to, sip_flow *ret_flow)
{
    sip__stream_transport *stream = (sip__stream_transport *)transport;
    sip__connection *connection;
    const char *server;

    if (!find_server(stream, to, &server)) {
        return SIP_EGONE;
    }
    connection = sip__connections_find(&stream->connections, to, server);
    if (connection == NULL && to->flow != 0) {
        return SIP_EGONE;
    }
    if (connection == NULL) {
        int err = sip__stream_connect(stream, to, server, &connection);

        if (err != 0) {
            return err;
        }
        start_sweep(stream);
    }
    connection->wanted++;
    *ret_flow = connection->flow;
    return connection->state == SIP__CONNECTION_OPEN ? 0 : SIP_EAGAIN;
}

static sip_flow flow_to(sip_transport *transport, const sip_path *to, bool *ret_stands)
{
    const sip__stream_transport *stream = (sip__stream_transport *)transport;
    const sip__connection *connection;
    const char *server;

    if (!find_server(stream, to, &server)) {
        return 0;
    }
    connection = sip__connections_find(&stream->connections, to, server);
    *ret_stands = connection != NULL && connection->state == SIP__CONNECTION_OPEN;
    return connection != NULL ? connection->flow : 0;
}

static void release(sip_transport *transport, const sip_path *path)
{
    sip__stream_transport *stream = (sip__stream_transport *)transport;
    sip__connection *connection = sip__connections_find(&stream->connections, path, NULL);

    if (connection == NULL || connection->wanted == 0) {
        return;
    }
    connection->wanted--;
    if (connection->wanted == 0 && !connection->used && !connection->accepted) {
        sip__stream_close(stream, connection, NULL, 0, "another address answered first");
    }
}

static void flush(sip_transport *transport)
{
    sip__stream_transport *stream = (sip__stream_transport *)transport;

    if (stream->connections.count > 0 &&
        sip__stream_now_ms(stream) - stream->swept_ms >= SWEEP_MS) {
        sweep(stream);
    }
    while (!sip_list_is_empty(&stream->dirty)) {
        sip__connection *connection = SIP_CONTAINER_OF(stream->dirty.next, sip__connection, dirty);

        sip_list_remove(&connection->dirty);
        sip__stream_flush(stream, connection);
    }
}

/* ---- birth and death */

static void forget_all(sip__stream_transport *stream, sip_list *list)
{
    while (!sip_list_is_empty(list)) {
        sip__stream_forget(stream, SIP_CONTAINER_OF(list->next, sip__connection, node));
    }
}

static void destroy(sip_transport *transport)
{
    sip__stream_transport *stream = (sip__stream_transport *)transport;

    sip__stream_listener_destroy(stream->listener);
    sip__loop_undefer(&stream->report);
    sip__loop_timer_destroy(stream->sweep_timer);
    forget_all(stream, &stream->connections.connecting);
    forget_all(stream, &stream->connections.unproven);
    forget_all(stream, &stream->connections.open);
    forget_all(stream, &stream->connections.stuck);
    forget_all(stream, &stream->connections.closing);
    sip__connections_finish(&stream->connections);
    sip__stream_drop_reports(stream);
    if (stream->factory != NULL) {
        stream->factory->vtable->destroy(stream->factory);
    }
    sip_free(stream->allocator, stream->sockets.read_buffer);
    sip_free(stream->allocator, stream);
}

#define VTABLE(protocol_name)                                                                      \
    {                                                                                              \
        .name = protocol_name, .send = send_message, .flush = flush, .destroy = destroy,           \
        .connect = connect_to, .flow_to = flow_to, .release = release                              \
    }

static const sip_transport_vtable vtables[] = {
    [SIP_PROTOCOL_TCP] = VTABLE("tcp"),
    [SIP_PROTOCOL_TLS] = VTABLE("tls"),
    [SIP_PROTOCOL_WS] = VTABLE("ws"),
    [SIP_PROTOCOL_WSS] = VTABLE("wss"),
};

static int open_connections(sip__stream_transport *stream, const sip__listen_config *config)
{
    sip__connections_config connections = {
        .allocator = config->allocator,
        .flows = config->flows,
        .transport = &stream->base,
        .secure =
            stream->base.protocol == SIP_PROTOCOL_TLS || stream->base.protocol == SIP_PROTOCOL_WSS,
        .limit = config->max_connections,
        .message_bytes = config->max_message_bytes,
        .limits = config->limits,
        .stats = config->stats,
    };

    sip__connection_limits_complete(&connections.limits, config->max_connections);
    return sip__connections_init(&stream->connections, &connections);
}

static int open_all(sip__stream_transport *stream, const sip__listen_config *config,
                    const sip_addr *bind)
{
    sip__stream_listener_config listener = {
        .allocator = config->allocator,
        .loop = config->loop,
        .bind = *bind,
        .options = config->sockets,
        .use = config->use,
        .on_accepted = on_accepted,
        .on_no_descriptor = on_no_descriptor,
        .arg = stream,
    };
    int err = sip__loop_timer_create(stream->loop, on_sweep, stream, &stream->sweep_timer);

    stream->base.local = *bind;
    stream->sockets = (sip__stream_socket_config){
        .allocator = config->allocator,
        .loop = config->loop,
        .buffers = &stream->connections.buffers,
        .read_buffer = sip_alloc(config->allocator, SIP__STREAM_READ_BYTES),
        .events = &sip__stream_events,
        .options = config->sockets,
    };
    if (err != 0 || stream->sockets.read_buffer == NULL) {
        return SIP_ENOMEM;
    }
    if (config->client_only) {
        stream->base.local.port = 0;
        return 0;
    }
    stream->deal = config->deal;
    stream->deal_arg = config->deal_arg;
    if (config->deal != NULL && config->use == SIP__PORT_NEXT) {
        return 0; /* the first one listens for all */
    }
    err = sip__stream_listener_create(&listener, config->why, SIP__WHY_BYTES, &stream->listener);
    if (err == 0) {
        sip__stream_listener_local(stream->listener, &stream->base.local);
    }
    return err;
}

int sip__stream_transport_create(const sip__listen_config *config, sip_protocol protocol,
                                 sip__channel_factory *factory, const sip_addr *bind,
                                 sip_transport **ret_transport)
{
    sip__stream_transport *stream = sip_alloc0(config->allocator, sizeof(*stream));
    int err;

    if (stream == NULL) {
        if (factory != NULL) {
            factory->vtable->destroy(factory);
        }
        return SIP_ENOMEM;
    }
    stream->base.vtable = &vtables[protocol];
    stream->base.protocol = protocol;
    stream->allocator = config->allocator;
    stream->loop = config->loop;
    stream->clock = config->clock;
    stream->log = config->log;
    stream->names = config->names;
    stream->factory = factory;
    stream->idle_ms = (uint64_t)config->idle_connection_s * 1000;
    stream->keepalive_ms = config->keepalive_s * 1000;
    stream->takes_alias = config->accept_alias;
    stream->failures_end = &stream->failures;
    stream->report.fn = sip__stream_run_reports;
    stream->report.arg = stream;
    sip_list_init(&stream->dirty);
    sip__wheel_init(&stream->wheel, sip__stream_now_ms(stream));
    err = open_connections(stream, config);
    if (err == 0) {
        err = open_all(stream, config, bind);
    }
    if (err != 0) {
        destroy(&stream->base);
        return err;
    }
    *ret_transport = &stream->base;
    return 0;
}

void sip__stream_stop_accepting(sip_transport *transport)
{
    if (sip_protocol_is_reliable(transport->protocol) &&
        transport->vtable == &vtables[transport->protocol]) {
        sip__stream_transport *stream = (sip__stream_transport *)transport;

        sip__stream_listener_destroy(stream->listener);
        stream->listener = NULL;
    }
}

/* ---- what the layers above know of a connection */

bool sip__stream_takes_alias(const sip__connection *connection)
{
    return connection->accepted && ((sip__stream_transport *)connection->transport)->takes_alias;
}

int sip__stream_alias(sip__connection *connection, const sip_addr *addr)
{
    sip__stream_transport *stream = (sip__stream_transport *)connection->transport;

    return sip__connections_alias(&stream->connections, connection, addr);
}

void sip__stream_keep_alive(sip__connection *connection, uint32_t interval_ms)
{
    uint32_t chance = 0;

    /* Not all in step: between 80 and 100 percent (RFC 5626 4.4.1). */
    sip_random_fill(sip_random_system(), &chance, sizeof(chance));
    connection->keepalive_ms = interval_ms - chance % (interval_ms / 5 + 1);
    sip__stream_schedule((sip__stream_transport *)connection->transport, connection);
}

/* ---- addresses that go */

static void close_from(sip__stream_transport *stream, sip_list *list, const sip__interface *here,
                       size_t n)
{
    sip_list *link = list->next;

    while (link != list) {
        sip__connection *connection = SIP_CONTAINER_OF(link, sip__connection, node);
        const sip_addr *local = &connection->path.local;

        link = link->next;
        if (local->family != SIP_FAMILY_NONE && !sip_addr_is_any(local) &&
            !sip__interfaces_have(here, n, local)) {
            sip__stream_close(stream, connection, NULL, SIP_EIO, "our address is gone");
        }
    }
}

void sip__stream_close_unplaced(sip_transport *transport, const sip__interface *here, size_t n)
{
    sip__stream_transport *stream = (sip__stream_transport *)transport;

    if (sip_protocol_is_reliable(transport->protocol) &&
        transport->vtable == &vtables[transport->protocol]) {
        close_from(stream, &stream->connections.connecting, here, n);
        close_from(stream, &stream->connections.unproven, here, n);
        close_from(stream, &stream->connections.open, here, n);
        close_from(stream, &stream->connections.stuck, here, n);
    }
}
