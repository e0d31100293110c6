/* The inside of a stream transport, shared by its files. */
#ifndef SIP_TRANSPORT_STREAM_STATE_H
#define SIP_TRANSPORT_STREAM_STATE_H

#include "base/timer_wheel.h"
#include "io/loop_task.h"
#include "io/stream_listener.h"
#include "io/stream_socket.h"
#include "transport/connection.h"
#include "transport/deadline.h"
#include "transport/server_names.h"
#include "transport/stream_transport.h"

typedef struct sip__stream_transport {
    sip_transport base;
    const sip_allocator *allocator;
    sip_loop *loop;
    const sip_clock *clock;
    const sip_log *log;
    sip__server_names *names;
    sip__channel_factory *factory;
    sip__stream_listener *listener; /* NULL: for our own connections, and what is dealt */
    bool (*deal)(void *arg, sip_transport *transport, int fd, const sip_addr *remote);
    void *deal_arg;
    sip__stream_socket_config sockets;
    sip__connections connections;
    uint64_t idle_ms;
    uint32_t keepalive_ms;
    bool takes_alias;
    sip_list dirty;
    sip__wheel wheel; /* of deadlines */
    sip__loop_timer *sweep_timer;
    bool sweeping;
    sip_time_ms swept_ms;
    struct sip__stream_failure *failures, **failures_end;
    sip__loop_task report;
} sip__stream_transport;

static inline sip_time_ms sip__stream_now_ms(const sip__stream_transport *stream)
{
    return sip_clock_now_ms(stream->clock);
}

/* ---- stream_connection.c */

/* What the sockets of all stream transports tell. */
extern const sip__stream_socket_events sip__stream_events;
/* Begin one to `to`. @return 0 (also when it failed at once: then it closes already), SIP_ENOMEM,
 * SIP_EBUSY (a limit) */
int sip__stream_connect(sip__stream_transport *stream, const sip_path *to, const char *server,
                        sip__connection **ret_connection);
/* Take an accepted descriptor over. */
void sip__stream_accept(sip__stream_transport *stream, int fd, const sip_addr *remote);
/* Wrap and queue a message or a keep-alive of an open connection. @return 0, SIP_ENOMEM,
 * SIP_ETOOBIG */
int sip__stream_put(sip__stream_transport *stream, sip__connection *connection, sip_str bytes);
/* Begin to close; reported in a later turn. */
void sip__stream_close(sip__stream_transport *stream, sip__connection *connection,
                       uint64_t *counter, int err, const char *text);
/* Have it flushed at the end of the turn. */
void sip__stream_mark_dirty(sip__stream_transport *stream, sip__connection *connection);
/* Write what the system takes. */
void sip__stream_flush(sip__stream_transport *stream, sip__connection *connection);
/* Its deadlines may have come nearer. */
void sip__stream_schedule(sip__stream_transport *stream, sip__connection *connection);
/* Its channel, if it has one, is open. */
void sip__stream_opened(sip__stream_transport *stream, sip__connection *connection);
/* Say goodbye and close the socket. */
void sip__stream_shut(sip__connection *connection);
/* Close an idle one at once, for its descriptor. @return false: every one is busy */
bool sip__stream_close_idle(sip__stream_transport *stream);
/* Free it with all it has; nothing is reported. */
void sip__stream_forget(sip__stream_transport *stream, sip__connection *connection);

/* ---- stream_intake.c */

/* Take bytes that came. */
void sip__stream_take(sip__stream_transport *stream, sip__connection *connection, sip_str bytes);
/* Make its channel, if this transport has any. @return 0, SIP_ENOMEM, SIP_EIO */
int sip__stream_make_channel(sip__stream_transport *stream, sip__connection *connection);
/* The TCP connection stands: greet. */
void sip__stream_start_channel(sip__stream_transport *stream, sip__connection *connection);

/* ---- stream_report.c */

/* Report in a later turn what has failed and what has closed. */
void sip__stream_report_later(sip__stream_transport *stream);
/* Tell whoever asked for the connection that the attempt is over. */
void sip__stream_tell_connected(sip__stream_transport *stream, const sip__connection *connection,
                                int err, const char *text);
/* Have a send without a connection reported. @return 0 or SIP_ENOMEM */
int sip__stream_fail_later(sip__stream_transport *stream, const sip_path *to, uint64_t ref, int err,
                           const char *text);
/* The task that reports; its argument is the transport. */
void sip__stream_run_reports(void *arg);
/* Drop what was to be reported. */
void sip__stream_drop_reports(sip__stream_transport *stream);

#endif
