/* What comes on a connection of a stream transport, through its channel and out of its frames. */
#include "transport/stream_state.h"

static sip__stream_transport *stream_of(const sip__connection *connection)
{
    return (sip__stream_transport *)connection->transport;
}

static sip_connection_stats *stats_of(const sip__stream_transport *stream)
{
    return stream->connections.config.stats;
}

/* ---- what came */

static void answer_ping(sip__stream_transport *stream, sip__connection *connection)
{
    if (sip__stream_put(stream, connection, SIP_STR("\r\n")) != 0) {
        sip__stream_close(stream, connection, &stats_of(stream)->overflowed, SIP_EIO,
                          "too much waits to be written");
    }
}

static void give_message(sip__stream_transport *stream, sip__connection *connection, sip_str bytes)
{
    sip__connections_proven(&stream->connections, connection);
    connection->partial_ms = 0;
    sip__connections_sort(&stream->connections, connection);
    stream->base.events->on_bytes(&stream->base, &connection->path, bytes, stream->base.stack);
}

static void take_stream(sip__stream_transport *stream, sip__connection *connection, sip_str bytes)
{
    sip_str message;

    if (connection->keepalive_asked) {
        sip__frame_expect_pong(&connection->frame);
        connection->keepalive_asked = false;
    }
    while (connection->state == SIP__CONNECTION_OPEN) {
        switch (sip__frame_next(&connection->frame, &bytes, &message)) {
        case SIP__FRAME_MORE:
            return;
        case SIP__FRAME_MESSAGE:
            give_message(stream, connection, message);
            break;
        case SIP__FRAME_PING:
            answer_ping(stream, connection);
            break;
        case SIP__FRAME_BROKEN:
            stream->base.events->on_dropped(&stream->base, &connection->path,
                                            connection->frame.reason, stream->base.stack);
            sip__stream_close(stream, connection, &stats_of(stream)->broken, SIP_ESYNTAX,
                              connection->frame.reason);
            break;
        }
    }
}

/* A message of its own is never cut, and may be a keep-alive (RFC 7118 6). */
static void take_whole(sip__stream_transport *stream, sip__connection *connection, sip_str bytes)
{
    if (sip__keepalive_is_datagram(bytes)) {
        if (bytes.len >= 4) {
            answer_ping(stream, connection);
        }
        return;
    }
    while (bytes.len > 0 && (*bytes.ptr == '\r' || *bytes.ptr == '\n')) {
        bytes.ptr++;
        bytes.len--;
    }
    if (bytes.len > stream->connections.config.message_bytes) {
        stream->base.events->on_dropped(&stream->base, &connection->path, "message over the limit",
                                        stream->base.stack);
    } else if (bytes.len > 0) {
        give_message(stream, connection, bytes);
    }
}

/* A message may be under way for so long, from its first byte. */
static void note_partial(sip__stream_transport *stream, sip__connection *connection, size_t came)
{
    const sip__channel *channel = connection->channel;
    bool partial = sip__frame_is_partial(&connection->frame) ||
                   (channel != NULL && channel->vtable->is_partial != NULL &&
                    channel->vtable->is_partial(channel));

    if (!partial) {
        connection->partial_ms = 0;
    } else if (connection->partial_ms == 0) {
        connection->partial_ms = sip__stream_now_ms(stream);
        connection->partial_bytes = 0;
    } else {
        connection->partial_bytes += came;
    }
    sip__connections_sort(&stream->connections, connection);
}

/* ---- the channel */

static int channel_write(sip_str bytes, void *arg)
{
    sip__connection *connection = arg;
    int err;

    if (!sip__stream_socket_is_open(connection->socket)) {
        return 0;
    }
    err = sip__stream_socket_write(connection->socket, bytes);
    if (err == 0 && connection->state != SIP__CONNECTION_CLOSING) {
        sip__stream_mark_dirty(stream_of(connection), connection);
    }
    return err;
}

/* Send what has waited for the handshake. */
static void send_waiting(sip__stream_transport *stream, sip__connection *connection)
{
    sip__buffers *buffers = &stream->connections.buffers;
    sip_str bytes;
    uint64_t ref;
    int err = 0;

    while (err == 0 && sip__send_queue_first(&connection->sends, &bytes, &ref)) {
        err = sip__stream_put(stream, connection, bytes);
        if (err == 0) {
            err = sip__send_queue_note(&connection->sends, buffers, ref,
                                       sip__stream_socket_queued_total(connection->socket));
        }
        if (err == 0) {
            sip__connection_note_early(connection, ref);
            sip__send_queue_drop_first(&connection->sends, buffers);
        }
    }
    if (err != 0) {
        sip__stream_close(stream, connection, &stats_of(stream)->overflowed, err,
                          sip_error_text(err));
    }
}

static void channel_open(void *arg)
{
    sip__connection *connection = arg;
    sip__stream_transport *stream = stream_of(connection);

    if (connection->state == SIP__CONNECTION_HANDSHAKE) {
        sip__stream_opened(stream, connection);
        send_waiting(stream, connection);
        sip__stream_tell_connected(stream, connection, 0, "");
    }
}

static void channel_bytes(sip_str bytes, bool whole, void *arg)
{
    sip__connection *connection = arg;
    sip__stream_transport *stream = stream_of(connection);

    if (connection->state != SIP__CONNECTION_OPEN) {
        return;
    }
    connection->heard = true;
    if (whole) {
        take_whole(stream, connection, bytes);
    } else {
        take_stream(stream, connection, bytes);
    }
}

/* That anything came has been noted with the bytes. */
static void channel_pong(void *arg)
{
    (void)arg;
}

static const sip__channel_events channel_events = {channel_write, channel_open, channel_bytes,
                                                   channel_pong};

/* What a call into the channel came to. */
static void after_channel(sip__stream_transport *stream, sip__connection *connection, int err)
{
    bool greeting = connection->state == SIP__CONNECTION_HANDSHAKE;
    uint64_t *counter =
        greeting ? &stats_of(stream)->handshake_failures : &stats_of(stream)->broken;

    connection->in_channel = false;
    if (connection->state == SIP__CONNECTION_CLOSING) {
        sip__stream_shut(connection);
    } else if (err == SIP_EGONE && !greeting) {
        sip__stream_close(stream, connection, NULL, 0, "closed by the peer");
    } else if (err != 0) {
        const char *text = connection->channel->text;

        connection->refused = true;
        sip__stream_close(stream, connection, counter, err,
                          *text != '\0' ? text : sip_error_text(err));
    }
}

void sip__stream_start_channel(sip__stream_transport *stream, sip__connection *connection)
{
    sip__connections_handshake(&stream->connections, connection, sip__stream_now_ms(stream));
    connection->in_channel = true;
    connection->channel_started = true;
    after_channel(stream, connection, connection->channel->vtable->start(connection->channel));
}

int sip__stream_make_channel(sip__stream_transport *stream, sip__connection *connection)
{
    sip__channel_factory *factory = stream->factory;
    sip__channel_setup setup = {&connection->path, connection->server, &channel_events, connection};

    if (factory == NULL) {
        return 0;
    }
    return connection->accepted
               ? factory->vtable->make_server(factory, &setup, &connection->channel)
               : factory->vtable->make_client(factory, &setup, &connection->channel);
}

void sip__stream_take(sip__stream_transport *stream, sip__connection *connection, sip_str bytes)
{
    sip_time_ms now_ms = sip__stream_now_ms(stream);

    sip__connections_touch(&stream->connections, connection, now_ms);
    connection->keepalive_asked = connection->keepalive.sent_ms != 0;
    sip__keepalive_heard(&connection->keepalive, now_ms);
    if (connection->channel != NULL) {
        connection->in_channel = true;
        after_channel(stream, connection,
                      connection->channel->vtable->receive(connection->channel, bytes));
    } else {
        take_stream(stream, connection, bytes);
    }
    if (connection->state != SIP__CONNECTION_CLOSING) {
        note_partial(stream, connection, bytes.len);
        sip__stream_schedule(stream, connection);
    }
}
