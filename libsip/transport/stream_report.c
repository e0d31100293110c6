/* What a stream transport tells in a later turn: sends that found no connection, connections that
 * ended with what was still to be sent on them. */
#include "transport/stream_state.h"

/* A send that failed before it had a connection. */
typedef struct sip__stream_failure {
    struct sip__stream_failure *next;
    sip_path to;
    uint64_t ref;
    int err;
    const char *text; /* static */
} failure;

void sip__stream_report_later(sip__stream_transport *stream)
{
    if (stream->failures != NULL || !sip_list_is_empty(&stream->connections.closing)) {
        sip__loop_defer(stream->loop, &stream->report);
    }
}

int sip__stream_fail_later(sip__stream_transport *stream, const sip_path *to, uint64_t ref, int err,
                           const char *text)
{
    failure *failed;

    if (ref == 0) {
        return 0;
    }
    failed = sip_alloc0(stream->allocator, sizeof(*failed));
    if (failed == NULL) {
        return SIP_ENOMEM;
    }
    failed->to = *to;
    failed->ref = ref;
    failed->err = err;
    failed->text = text;
    *stream->failures_end = failed;
    stream->failures_end = &failed->next;
    sip__stream_report_later(stream);
    return 0;
}

void sip__stream_tell_connected(sip__stream_transport *stream, const sip__connection *connection,
                                int err, const char *text)
{
    const sip_transport_events *events = stream->base.events;

    if (connection->wanted > 0 && events->on_connected != NULL) {
        events->on_connected(&stream->base, connection->flow, err, text, stream->base.stack);
    }
}

static void report_connection(sip__stream_transport *stream, sip__connection *connection)
{
    const sip_transport_events *events = stream->base.events;
    int err = connection->err != 0 ? connection->err : SIP_EIO;
    const char *text = connection->text != NULL ? connection->text : sip_error_text(SIP_ENOMEM);
    uint64_t ref;

    sip__stream_socket_destroy(connection->socket);
    connection->socket = NULL;
    if (connection->channel != NULL) {
        connection->channel->vtable->destroy(connection->channel);
        connection->channel = NULL;
    }
    if (!connection->refused || connection->heard ||
        !sip__send_queue_is_empty(&connection->sends)) {
        connection->n_early = 0; /* they are in the queue, or are answered elsewhere if at all */
    }
    while ((ref = sip__send_queue_take(&connection->sends, &stream->connections.buffers)) != 0) {
        events->on_send_failed(&stream->base, ref, &connection->path, err, text,
                               stream->base.stack);
    }
    for (size_t i = 0; i < connection->n_early; i++) {
        events->on_send_failed(&stream->base, connection->early[i], &connection->path, err, text,
                               stream->base.stack);
    }
    if (connection->was_open) {
        events->on_flow_closed(&stream->base, connection->flow, connection->err, text,
                               stream->base.stack);
    } else {
        sip_log_info(stream->log, SIP_LOG_TRANSPORT, "%s", text);
        sip__stream_tell_connected(stream, connection, err, text);
    }
    sip__connections_free(&stream->connections, connection);
}

void sip__stream_run_reports(void *arg)
{
    sip__stream_transport *stream = arg;
    failure *failed = stream->failures;
    /* What the reports lead to is the next turn's: whoever tries again at once keeps nobody
     * waiting. */
    const sip_list *last = stream->connections.closing.prev;
    bool more = !sip_list_is_empty(&stream->connections.closing);

    stream->failures = NULL;
    stream->failures_end = &stream->failures;
    while (failed != NULL) {
        failure *next = failed->next;

        stream->base.events->on_send_failed(&stream->base, failed->ref, &failed->to, failed->err,
                                            failed->text, stream->base.stack);
        sip_free(stream->allocator, failed);
        failed = next;
    }
    while (more) {
        sip__connection *connection = sip__connections_take_closing(&stream->connections);

        more = &connection->node != last;
        report_connection(stream, connection);
    }
}

void sip__stream_drop_reports(sip__stream_transport *stream)
{
    while (stream->failures != NULL) {
        failure *next = stream->failures->next;

        sip_free(stream->allocator, stream->failures);
        stream->failures = next;
    }
}
