#include "transport/tcp.h"
#include "io/loop_task.h"
#include "io/stream_listener.h"
#include "io/stream_socket.h"
#include "transport/connection.h"
#include <stdio.h>
#include <string.h>

#define READ_BYTES 65536
#define SWEEP_MS 1000 /* how exact the limits of connecting and idling are */

/* A send that failed before it had a connection. */
typedef struct failure {
    struct failure *next;
    sip_path to;
    uint64_t ref;
    int err;
    const char *text; /* static */
} failure;

typedef struct tcp_transport {
    sip_transport base;
    const sip_allocator *allocator;
    sip_loop *loop;
    const sip_clock *clock;
    sip__stream_listener *listener;
    sip__connections connections;
    uint64_t idle_ms;
    uint32_t keepalive_ms;
    sip_list dirty;
    char *read_buffer;
    failure *failures, **failures_end;
    sip__loop_task report;
    sip__loop_timer *sweep_timer;
    bool sweeping;
    sip_time_ms swept_ms;
} tcp_transport;

static tcp_transport *tcp_of(const sip__connection *connection)
{
    return (tcp_transport *)connection->transport;
}

static sip_time_ms now_ms(const tcp_transport *tcp)
{
    return sip_clock_now_ms(tcp->clock);
}

static void report_later(tcp_transport *tcp)
{
    if (tcp->failures != NULL || !sip_list_is_empty(&tcp->connections.closing)) {
        sip__loop_defer(tcp->loop, &tcp->report);
    }
}

static void close_connection(sip__connection *connection, int err, const char *text)
{
    tcp_transport *tcp = tcp_of(connection);
    char where[SIP_ADDR_TEXT_BYTES];
    char line[160];

    (void)snprintf(line, sizeof(line), "tcp to %s: %s",
                   sip_addr_text(&connection->path.remote, where), text);
    sip__connections_close(&tcp->connections, connection, err, line);
    if (connection->socket != NULL) {
        sip__stream_socket_close(connection->socket);
    }
    report_later(tcp);
}

static void report_connection(tcp_transport *tcp, sip__connection *connection)
{
    const sip_transport_events *events = tcp->base.events;
    int err = connection->err != 0 ? connection->err : SIP_EIO;
    uint64_t ref;

    sip__stream_socket_destroy(connection->socket);
    connection->socket = NULL;
    while ((ref = sip__connection_take_send(connection)) != 0) {
        events->on_send_failed(&tcp->base, ref, &connection->path, err, connection->text,
                               tcp->base.stack);
    }
    if (connection->was_open) {
        events->on_flow_closed(&tcp->base, connection->flow, connection->err, connection->text,
                               tcp->base.stack);
    }
    sip__connections_free(&tcp->connections, connection);
}

static void run_reports(void *arg)
{
    tcp_transport *tcp = arg;
    failure *failed = tcp->failures;
    sip__connection *connection;

    tcp->failures = NULL;
    tcp->failures_end = &tcp->failures;
    while (failed != NULL) {
        failure *next = failed->next;

        tcp->base.events->on_send_failed(&tcp->base, failed->ref, &failed->to, failed->err,
                                         failed->text, tcp->base.stack);
        sip_free(tcp->allocator, failed);
        failed = next;
    }
    while ((connection = sip__connections_take_closing(&tcp->connections)) != NULL) {
        report_connection(tcp, connection);
    }
}

static void mark_dirty(tcp_transport *tcp, sip__connection *connection)
{
    if (sip_list_is_empty(&connection->dirty)) {
        sip_list_append(&tcp->dirty, &connection->dirty);
        sip__loop_want_turn(tcp->loop);
    }
}

static void answer_ping(tcp_transport *tcp, sip__connection *connection)
{
    if (sip__stream_socket_write(connection->socket, SIP_STR("\r\n")) != 0) {
        close_connection(connection, SIP_EIO, "too much waits to be written");
        return;
    }
    mark_dirty(tcp, connection);
}

static void on_connected(void *arg)
{
    sip__connection *connection = arg;
    tcp_transport *tcp = tcp_of(connection);
    sip_addr local;

    if (connection->state == SIP__CONNECTION_CONNECTING) {
        sip__stream_socket_local(connection->socket, &local);
        sip__connections_opened(&tcp->connections, connection, &local, now_ms(tcp));
        mark_dirty(tcp, connection);
    }
}

static void on_bytes(sip_str bytes, void *arg)
{
    sip__connection *connection = arg;
    tcp_transport *tcp = tcp_of(connection);
    const sip_transport_events *events = tcp->base.events;
    sip_str message;

    sip__connections_touch(&tcp->connections, connection, now_ms(tcp));
    if (connection->keepalive.sent_ms != 0) {
        sip__frame_expect_pong(&connection->frame);
    }
    sip__keepalive_heard(&connection->keepalive, now_ms(tcp));
    while (connection->state == SIP__CONNECTION_OPEN) {
        switch (sip__frame_next(&connection->frame, &bytes, &message)) {
        case SIP__FRAME_MORE:
            return;
        case SIP__FRAME_MESSAGE:
            events->on_bytes(&tcp->base, &connection->path, message, tcp->base.stack);
            break;
        case SIP__FRAME_PING:
            answer_ping(tcp, connection);
            break;
        case SIP__FRAME_BROKEN:
            events->on_dropped(&tcp->base, &connection->path, connection->frame.reason,
                               tcp->base.stack);
            close_connection(connection, SIP_ESYNTAX, connection->frame.reason);
            break;
        }
    }
}

static void on_written(uint64_t total_bytes, void *arg)
{
    sip__connection_written(arg, total_bytes);
}

static void on_closed(int err, const char *text, void *arg)
{
    close_connection(arg, err, text);
}

static const sip__stream_socket_events socket_events = {on_connected, on_bytes, on_written,
                                                        on_closed};

static sip__stream_socket_config socket_config(tcp_transport *tcp, sip__connection *connection)
{
    sip__stream_socket_config config = {
        tcp->allocator, tcp->loop, tcp->read_buffer, READ_BYTES, &socket_events, connection,
    };

    return config;
}

static void start_sweep(tcp_transport *tcp)
{
    if (!tcp->sweeping) {
        tcp->sweeping = true;
        sip__loop_timer_set(tcp->sweep_timer, SWEEP_MS);
    }
}

static void keep_alive(tcp_transport *tcp)
{
    sip_list *node = tcp->connections.open.next;

    while (node != &tcp->connections.open) {
        sip__connection *connection = SIP_CONTAINER_OF(node, sip__connection, node);

        node = node->next;
        switch (sip__keepalive_check(&connection->keepalive, now_ms(tcp), tcp->keepalive_ms)) {
        case SIP__KEEPALIVE_NOTHING:
            break;
        case SIP__KEEPALIVE_PING:
            if (sip__stream_socket_write(connection->socket, SIP_STR("\r\n\r\n")) == 0) {
                mark_dirty(tcp, connection);
            }
            break;
        case SIP__KEEPALIVE_DEAD:
            close_connection(connection, SIP_EIO, "no answer to a keep-alive");
            break;
        }
    }
}

static void sweep(tcp_transport *tcp)
{
    tcp->swept_ms = now_ms(tcp);
    sip__connections_expire(&tcp->connections, tcp->swept_ms, tcp->idle_ms);
    if (tcp->keepalive_ms != 0) {
        keep_alive(tcp);
    }
    report_later(tcp);
}

/* For when nothing else makes turns. */
static void on_sweep(void *arg)
{
    tcp_transport *tcp = arg;

    tcp->sweeping = false;
    sweep(tcp);
    if (tcp->connections.count > 0) {
        start_sweep(tcp);
    }
}

static void on_accepted(int fd, const sip_addr *remote, void *arg)
{
    tcp_transport *tcp = arg;
    sip_path path = {.protocol = SIP_PROTOCOL_TCP, .remote = *remote, .local = tcp->base.local};
    sip__connection *connection;
    sip__stream_socket_config config;
    sip__stream_socket *socket;
    int err = sip__connections_add(&tcp->connections, &path, true, now_ms(tcp), &connection);

    report_later(tcp);
    if (err != 0) {
        sip__stream_socket_refuse(fd);
        tcp->base.events->on_dropped(&tcp->base, &path, "connection over the limit",
                                     tcp->base.stack);
        return;
    }
    config = socket_config(tcp, connection);
    if (sip__stream_socket_wrap(&config, fd, &socket) != 0) {
        sip__connections_free(&tcp->connections, connection);
        return;
    }
    connection->socket = socket;
    sip__stream_socket_local(socket, &connection->path.local);
    start_sweep(tcp);
}

/* Have a send without a connection reported. @return 0 or SIP_ENOMEM */
static int fail_later(tcp_transport *tcp, const sip_path *to, uint64_t ref, int err,
                      const char *text)
{
    failure *failed;

    if (ref == 0) {
        return 0;
    }
    failed = sip_alloc0(tcp->allocator, sizeof(*failed));
    if (failed == NULL) {
        return SIP_ENOMEM;
    }
    failed->to = *to;
    failed->ref = ref;
    failed->err = err;
    failed->text = text;
    *tcp->failures_end = failed;
    tcp->failures_end = &failed->next;
    report_later(tcp);
    return 0;
}

static int start_connection(tcp_transport *tcp, const sip_path *to, sip__connection **ret)
{
    const sip_addr *from = sip_addr_is_any(&tcp->base.local) ? &to->local : &tcp->base.local;
    sip__connection *connection;
    sip__stream_socket_config config;
    sip__stream_socket *socket;
    char text[64];
    int err = sip__connections_add(&tcp->connections, to, false, now_ms(tcp), &connection);

    report_later(tcp);
    if (err != 0) {
        return err;
    }
    config = socket_config(tcp, connection);
    err = sip__stream_socket_connect(&config, &to->remote, from, text, sizeof(text), &socket);
    if (err == SIP_ENOMEM) {
        sip__connections_free(&tcp->connections, connection);
        return SIP_ENOMEM;
    }
    if (err == 0) {
        connection->socket = socket;
        start_sweep(tcp);
    } else {
        close_connection(connection, err, text);
    }
    *ret = connection;
    return 0;
}

static int queue_send(tcp_transport *tcp, sip__connection *connection, sip_str bytes, uint64_t ref)
{
    uint64_t end = bytes.len;
    int err;

    if (connection->socket != NULL) {
        end += sip__stream_socket_queued_total(connection->socket);
    }
    if (sip__connection_note_send(&tcp->connections, connection, ref, end) != 0) {
        return SIP_ENOMEM;
    }
    if (connection->state == SIP__CONNECTION_CLOSING) {
        return 0; /* the attempt to connect failed at once: reported with it */
    }
    err = sip__stream_socket_write(connection->socket, bytes);
    if (err == SIP_ETOOBIG) {
        close_connection(connection, SIP_EIO, "too much waits to be written");
        return 0;
    }
    if (err != 0) {
        connection->n_sends--;
        return err;
    }
    mark_dirty(tcp, connection);
    sip__connections_touch(&tcp->connections, connection, now_ms(tcp));
    return 0;
}

static int send_message(sip_transport *transport, const sip_path *to, sip_str bytes, uint64_t ref)
{
    tcp_transport *tcp = (tcp_transport *)transport;
    sip__connection *connection = sip__connections_find(&tcp->connections, to);

    if (bytes.len > SIP__STREAM_QUEUE_BYTES) {
        return SIP_ETOOBIG;
    }
    if (connection == NULL && to->flow != 0) {
        return fail_later(tcp, to, ref, SIP_EGONE, "the tcp connection has been closed");
    }
    if (connection == NULL) {
        int err = start_connection(tcp, to, &connection);

        if (err == SIP_EBUSY) {
            return fail_later(tcp, to, ref, err, "tcp: the limit of connections is reached");
        }
        if (err != 0) {
            return err;
        }
    }
    return queue_send(tcp, connection, bytes, ref);
}

static void flush(sip_transport *transport)
{
    tcp_transport *tcp = (tcp_transport *)transport;
    char text[64];

    if (tcp->connections.count > 0 && now_ms(tcp) - tcp->swept_ms >= SWEEP_MS) {
        sweep(tcp);
    }
    while (!sip_list_is_empty(&tcp->dirty)) {
        sip__connection *connection = SIP_CONTAINER_OF(tcp->dirty.next, sip__connection, dirty);

        sip_list_remove(&connection->dirty);
        if (connection->state == SIP__CONNECTION_OPEN &&
            sip__stream_socket_flush(connection->socket, text, sizeof(text)) != 0) {
            close_connection(connection, SIP_EIO, text);
        }
    }
}

static void free_all(tcp_transport *tcp, sip_list *list)
{
    while (!sip_list_is_empty(list)) {
        sip__connection *connection = SIP_CONTAINER_OF(list->next, sip__connection, node);

        sip__stream_socket_destroy(connection->socket);
        sip__connections_free(&tcp->connections, connection);
    }
}

static void destroy(sip_transport *transport)
{
    tcp_transport *tcp = (tcp_transport *)transport;

    sip__stream_listener_destroy(tcp->listener);
    sip__loop_undefer(&tcp->report);
    sip__loop_timer_destroy(tcp->sweep_timer);
    free_all(tcp, &tcp->connections.connecting);
    free_all(tcp, &tcp->connections.open);
    free_all(tcp, &tcp->connections.closing);
    sip__connections_finish(&tcp->connections);
    while (tcp->failures != NULL) {
        failure *next = tcp->failures->next;

        sip_free(tcp->allocator, tcp->failures);
        tcp->failures = next;
    }
    sip_free(tcp->allocator, tcp->read_buffer);
    sip_free(tcp->allocator, tcp);
}

static const sip_transport_vtable tcp_vtable = {"tcp", send_message, flush, destroy};

static int open_all(tcp_transport *tcp, const sip_addr *bind, char *text, size_t size)
{
    sip__stream_listener_config listener = {tcp->allocator, tcp->loop, *bind, on_accepted, tcp};
    int err;

    tcp->read_buffer = sip_alloc(tcp->allocator, READ_BYTES);
    if (tcp->read_buffer == NULL) {
        return SIP_ENOMEM;
    }
    err = sip__loop_timer_create(tcp->loop, on_sweep, tcp, &tcp->sweep_timer);
    if (err == 0) {
        err = sip__stream_listener_create(&listener, text, size, &tcp->listener);
    }
    if (err == 0) {
        sip__stream_listener_local(tcp->listener, &tcp->base.local);
    }
    return err;
}

int sip__tcp_transport_create(const sip__listen_config *config, const sip_addr *bind,
                              sip_transport **ret_transport, char *text, size_t size)
{
    tcp_transport *tcp = sip_alloc0(config->allocator, sizeof(*tcp));
    int err;

    if (tcp == NULL) {
        return SIP_ENOMEM;
    }
    tcp->base.vtable = &tcp_vtable;
    tcp->base.protocol = SIP_PROTOCOL_TCP;
    tcp->allocator = config->allocator;
    tcp->loop = config->loop;
    tcp->clock = config->clock;
    tcp->idle_ms = (uint64_t)config->idle_connection_s * 1000;
    tcp->keepalive_ms = config->keepalive_s * 1000;
    tcp->failures_end = &tcp->failures;
    tcp->report.fn = run_reports;
    tcp->report.arg = tcp;
    sip_list_init(&tcp->dirty);
    err = sip__connections_init(&tcp->connections, config->allocator, config->flows, &tcp->base,
                                config->max_connections, config->max_message_bytes);
    if (err == 0) {
        err = open_all(tcp, bind, text, size);
    }
    if (err != 0) {
        destroy(&tcp->base);
        return err;
    }
    *ret_transport = &tcp->base;
    return 0;
}
