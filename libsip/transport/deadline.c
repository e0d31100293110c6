#include "transport/deadline.h"

static void end_at(sip__deadline *earliest, sip_time_ms due_ms, uint64_t *counter, int err,
                   const char *text)
{
    if (due_ms < earliest->due_ms) {
        *earliest = (sip__deadline){due_ms, SIP__DEADLINE_END, counter, err, text};
    }
}

static void keep_alive(sip__deadline *earliest, const sip__connection *connection,
                       uint64_t *counter)
{
    sip_time_ms due_ms;

    if (connection->keepalive_ms == 0) {
        return;
    }
    if (connection->keepalive.sent_ms != 0) {
        end_at(earliest, connection->keepalive.sent_ms + SIP__KEEPALIVE_ANSWER_MS, counter, SIP_EIO,
               "no answer to a keep-alive");
        return;
    }
    due_ms = connection->keepalive.heard_ms + connection->keepalive_ms;
    if (due_ms < earliest->due_ms) {
        *earliest = (sip__deadline){due_ms, SIP__DEADLINE_PING, NULL, 0, NULL};
    }
}

/* A third of the time for whatever size, and more for what comes at the least rate. */
static uint64_t message_ms(const sip_connection_limits *limits, const sip__connection *connection)
{
    uint64_t base = limits->message_ms / 3;
    uint64_t more =
        connection->partial_bytes * 1000 / (limits->read_bytes_s > 0 ? limits->read_bytes_s : 1);

    return base + more < limits->message_ms ? base + more : limits->message_ms;
}

static void while_open(sip__deadline *earliest, const sip__connections *all,
                       const sip__connection *connection, uint64_t idle_ms)
{
    const sip_connection_limits *limits = &all->config.limits;
    sip_connection_stats *stats = all->config.stats;

    if (!connection->proven) {
        end_at(earliest, connection->since_ms + limits->first_message_ms, &stats->silent, SIP_EIO,
               "no message came in time");
    }
    if (connection->partial_ms != 0) {
        end_at(earliest, connection->partial_ms + message_ms(limits, connection), &stats->slow,
               SIP_EIO, "a message came too slowly");
    }
    if (connection->stalled_ms != 0) {
        end_at(earliest, connection->stalled_ms + limits->stall_ms, &stats->stalled, SIP_EIO,
               "the peer does not take what is sent to it");
    }
    if (idle_ms != 0) {
        end_at(earliest, connection->used_ms + idle_ms, &stats->closed_idle, 0,
               "closed after being idle");
    }
    keep_alive(earliest, connection, &stats->unanswered_pings);
}

sip__deadline sip__deadline_of(const sip__connections *all, const sip__connection *connection,
                               uint64_t idle_ms)
{
    const sip_connection_limits *limits = &all->config.limits;
    sip_connection_stats *stats = all->config.stats;
    sip__deadline earliest = {UINT64_MAX, SIP__DEADLINE_NONE, NULL, 0, NULL};

    switch ((sip__connection_state)connection->state) {
    case SIP__CONNECTION_CONNECTING:
        end_at(&earliest, connection->since_ms + limits->connect_ms, &stats->connect_timeouts,
               SIP_EIO, "no answer to the connection attempt");
        break;
    case SIP__CONNECTION_HANDSHAKE:
        end_at(&earliest, connection->since_ms + limits->handshake_ms, &stats->handshake_timeouts,
               SIP_EIO, "the handshake took too long");
        break;
    case SIP__CONNECTION_OPEN:
        while_open(&earliest, all, connection, idle_ms);
        break;
    case SIP__CONNECTION_CLOSING:
        break;
    }
    return earliest;
}
