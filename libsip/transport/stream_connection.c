/* One connection of a stream transport with its socket and channel: how it begins, what comes on
 * it, how it ends. */
#include "transport/stream_state.h"
#include <stdio.h>
#include <string.h>

static sip__stream_transport *stream_of(const sip__connection *connection)
{
    return (sip__stream_transport *)connection->transport;
}

static sip_connection_stats *stats_of(const sip__stream_transport *stream)
{
    return stream->connections.config.stats;
}

/* ---- ending */

void sip__stream_shut(sip__connection *connection)
{
    sip__channel *channel = connection->channel;
    char text[64];

    sip__wheel_cancel(&stream_of(connection)->wheel, &connection->timer);
    if (!sip__stream_socket_is_open(connection->socket)) {
        return;
    }
    if (channel != NULL && connection->channel_started && channel->vtable->close != NULL) {
        channel->vtable->close(channel);
        (void)sip__stream_socket_flush(connection->socket, text, sizeof(text));
    }
    sip__stream_socket_close(connection->socket);
}

void sip__stream_close(sip__stream_transport *stream, sip__connection *connection,
                       uint64_t *counter, int err, const char *text)
{
    char where[SIP_ADDR_TEXT_BYTES];
    char line[320];

    if (connection->state == SIP__CONNECTION_CLOSING) {
        return;
    }
    (void)snprintf(line, sizeof(line), "%s %s %s: %s", stream->base.vtable->name,
                   connection->accepted ? "from" : "to",
                   sip_addr_text(&connection->path.remote, where), text);
    sip__connections_close(&stream->connections, connection, counter, err, line);
    if (!connection->in_channel) {
        sip__stream_shut(connection);
    }
    sip__stream_report_later(stream);
}

void sip__stream_forget(sip__stream_transport *stream, sip__connection *connection)
{
    sip__wheel_cancel(&stream->wheel, &connection->timer);
    sip__stream_socket_destroy(connection->socket);
    if (connection->channel != NULL) {
        connection->channel->vtable->destroy(connection->channel);
    }
    sip__connections_free(&stream->connections, connection);
}

bool sip__stream_close_idle(sip__stream_transport *stream)
{
    sip__connection *connection =
        sip__connections_close_one(&stream->connections, sip__stream_now_ms(stream),
                                   "closed for a new one: no descriptor was free");

    if (connection != NULL && !connection->in_channel) {
        sip__stream_shut(connection);
    }
    sip__stream_report_later(stream);
    return connection != NULL;
}

/* The limits have closed some; their sockets are still open. */
static void shut_closing(sip__stream_transport *stream)
{
    sip_list *node;

    for (node = stream->connections.closing.next; node != &stream->connections.closing;
         node = node->next) {
        sip__connection *connection = SIP_CONTAINER_OF(node, sip__connection, node);

        if (!connection->in_channel) {
            sip__stream_shut(connection);
        }
    }
    sip__stream_report_later(stream);
}

/* ---- deadlines */

void sip__stream_schedule(sip__stream_transport *stream, sip__connection *connection)
{
    sip__deadline deadline = sip__deadline_of(&stream->connections, connection, stream->idle_ms);

    /* A timer that fires too early costs less than moving it each time. */
    if (deadline.due_ms != UINT64_MAX &&
        (!sip_timer_is_armed(&connection->timer) || deadline.due_ms < connection->timer.due_ms)) {
        sip__wheel_arm(&stream->wheel, &connection->timer, deadline.due_ms);
    }
}

static void ping(sip__stream_transport *stream, sip__connection *connection)
{
    sip__channel *channel = connection->channel;
    int err;

    (void)sip__keepalive_check(&connection->keepalive, sip__stream_now_ms(stream),
                               connection->keepalive_ms);
    if (channel != NULL && channel->vtable->ping != NULL) {
        err = channel->vtable->ping(channel);
        sip__stream_mark_dirty(stream, connection);
    } else {
        err = sip__stream_put(stream, connection, SIP_STR("\r\n\r\n"));
    }
    if (err != 0) { /* without a pong it is closed anyway: whoever is pinged now cannot answer */
        sip_log_debug(stream->log, SIP_LOG_TRANSPORT, "%s: a keep-alive could not be sent: %s",
                      stream->base.vtable->name, sip_error_text(err));
    }
}

static void on_deadline(void *arg)
{
    sip__connection *connection = arg;
    sip__stream_transport *stream = stream_of(connection);
    sip__deadline deadline = sip__deadline_of(&stream->connections, connection, stream->idle_ms);

    if (deadline.due_ms <= sip__stream_now_ms(stream)) {
        switch (deadline.kind) {
        case SIP__DEADLINE_NONE:
            break;
        case SIP__DEADLINE_PING:
            ping(stream, connection);
            break;
        case SIP__DEADLINE_END:
            sip__stream_close(stream, connection, deadline.counter, deadline.err, deadline.text);
            return;
        }
    }
    sip__stream_schedule(stream, connection);
}

/* ---- writing */

void sip__stream_mark_dirty(sip__stream_transport *stream, sip__connection *connection)
{
    if (sip_list_is_empty(&connection->dirty)) {
        sip_list_append(&stream->dirty, &connection->dirty);
        sip__loop_want_turn(stream->loop);
    }
}

int sip__stream_put(sip__stream_transport *stream, sip__connection *connection, sip_str bytes)
{
    int err = connection->channel != NULL
                  ? connection->channel->vtable->send(connection->channel, bytes)
                  : sip__stream_socket_write(connection->socket, bytes);

    if (err == 0) {
        sip__stream_mark_dirty(stream, connection);
    }
    return err;
}

static void note_stall(sip__stream_transport *stream, sip__connection *connection)
{
    uint64_t queued = sip__stream_socket_queued_total(connection->socket);
    size_t waiting = sip__stream_socket_waiting(connection->socket);

    if (sip__connections_note_stall(&stream->connections, connection, queued - waiting, waiting,
                                    sip__stream_now_ms(stream))) {
        sip__stream_schedule(stream, connection);
    }
}

void sip__stream_flush(sip__stream_transport *stream, sip__connection *connection)
{
    char text[64];

    if (connection->state != SIP__CONNECTION_OPEN &&
        connection->state != SIP__CONNECTION_HANDSHAKE) {
        return;
    }
    if (sip__stream_socket_flush(connection->socket, text, sizeof(text)) != 0) {
        sip__stream_close(stream, connection, NULL, SIP_EIO, text);
        return;
    }
    note_stall(stream, connection);
}

static void on_written(uint64_t total_bytes, void *arg)
{
    sip__connection *connection = arg;
    sip__stream_transport *stream = stream_of(connection);

    sip__send_queue_written(&connection->sends, &stream->connections.buffers, total_bytes);
    if (connection->state != SIP__CONNECTION_CLOSING) {
        note_stall(stream, connection);
    }
}

/* ---- the socket */

void sip__stream_opened(sip__stream_transport *stream, sip__connection *connection)
{
    sip_addr local;

    sip__stream_socket_local(connection->socket, &local);
    local.port = stream->base.local.port; /* where we can be called, for Contact */
    sip__connections_opened(&stream->connections, connection, &local, sip__stream_now_ms(stream));
}

/* The TCP connection stands. */
static void established(sip__stream_transport *stream, sip__connection *connection)
{
    if (connection->channel != NULL) {
        sip__stream_start_channel(stream, connection);
    } else {
        sip__stream_opened(stream, connection);
        sip__stream_mark_dirty(stream, connection);
    }
    sip__stream_schedule(stream, connection);
    if (connection->state == SIP__CONNECTION_OPEN) {
        sip__stream_tell_connected(stream, connection, 0, "");
    }
}

static void on_connected(void *arg)
{
    sip__connection *connection = arg;

    if (connection->state == SIP__CONNECTION_CONNECTING) {
        established(stream_of(connection), connection);
    }
}

static void on_bytes(sip_str bytes, void *arg)
{
    sip__connection *connection = arg;

    sip__stream_take(stream_of(connection), connection, bytes);
}

static void on_closed(int err, const char *text, void *arg)
{
    sip__connection *connection = arg;
    sip__stream_transport *stream = stream_of(connection);
    sip_connection_stats *stats = stats_of(stream);
    uint64_t *counter = connection->state == SIP__CONNECTION_CONNECTING ? &stats->connect_failures
                        : connection->state == SIP__CONNECTION_HANDSHAKE
                            ? &stats->handshake_failures
                            : NULL;

    sip__stream_close(stream, connection, counter, err, text);
}

const sip__stream_socket_events sip__stream_events = {on_connected, on_bytes, on_written,
                                                      on_closed};

/* ---- beginning */

static void begin(sip__stream_transport *stream, sip__connection *connection)
{
    sip_timer_init(&connection->timer, on_deadline, connection);
    connection->keepalive_ms = stream->keepalive_ms;
}

/* Without a descriptor an idle connection gives its own. */
static int connect_socket(sip__stream_transport *stream, sip__connection *connection, char *text,
                          size_t size)
{
    int err = sip__stream_socket_connect(&stream->sockets, &connection->path, connection, text,
                                         size, &connection->socket);

    if (err == SIP_EBUSY && sip__stream_close_idle(stream)) {
        err = sip__stream_socket_connect(&stream->sockets, &connection->path, connection, text,
                                         size, &connection->socket);
    }
    if (err == SIP_EBUSY) {
        stats_of(stream)->refused_descriptors++;
    }
    return err;
}

int sip__stream_connect(sip__stream_transport *stream, const sip_path *to, const char *server,
                        sip__connection **ret_connection)
{
    const sip_addr *bound = &stream->base.local;
    sip_path path = *to;
    sip__connection *connection;
    char text[64] = "";
    int err;

    path.local = sip_addr_is_any(bound) ? to->local : *bound;
    err = sip__connections_add(&stream->connections, &path, server, false,
                               sip__stream_now_ms(stream), &connection);
    shut_closing(stream);
    if (err != 0) {
        return err;
    }
    begin(stream, connection);
    err = sip__stream_make_channel(stream, connection);
    if (err == 0) {
        err = connect_socket(stream, connection, text, sizeof(text));
    }
    if (err == SIP_ENOMEM) {
        sip__stream_forget(stream, connection);
        return SIP_ENOMEM;
    }
    if (err != 0) {
        sip__stream_close(stream, connection, &stats_of(stream)->connect_failures, err,
                          *text != '\0' ? text : sip_error_text(err));
    } else {
        sip__stream_schedule(stream, connection);
    }
    *ret_connection = connection;
    return 0;
}

void sip__stream_accept(sip__stream_transport *stream, int fd, const sip_addr *remote)
{
    sip_path path = {
        .protocol = stream->base.protocol, .remote = *remote, .local = stream->base.local};
    sip__connection *connection;
    int err = sip__connections_add(&stream->connections, &path, NULL, true,
                                   sip__stream_now_ms(stream), &connection);

    shut_closing(stream);
    if (err != 0) {
        sip__stream_socket_refuse(fd);
        stream->base.events->on_dropped(
            &stream->base, &path, err == SIP_EBUSY ? stream->connections.refusal : "no memory",
            stream->base.stack);
        return;
    }
    begin(stream, connection);
    err = sip__stream_socket_wrap(&stream->sockets, fd, connection, &connection->socket);
    if (err == 0) {
        sip__stream_socket_local(connection->socket, &connection->path.local);
        err = sip__stream_make_channel(stream, connection);
    }
    if (err != 0) {
        sip__stream_forget(stream, connection);
        return;
    }
    established(stream, connection);
}
