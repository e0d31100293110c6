#include "stack/metrics_table.h"

#include <stdio.h>
#include <string.h>

static const sip__counter counters[] = {
    {offsetof(sip_stack_stats, received), "parley_messages_received_total", "Messages received."},
    {offsetof(sip_stack_stats, sent), "parley_messages_sent_total", "Messages sent."},
    {offsetof(sip_stack_stats, retransmitted), "parley_messages_retransmitted_total",
     "Messages that transactions sent again."},
    {offsetof(sip_stack_stats, absorbed), "parley_messages_absorbed_total",
     "Repetitions received that changed nothing."},
    {offsetof(sip_stack_stats, dropped_malformed), "parley_malformed_dropped_total",
     "Malformed messages that no answer was possible to."},
    {offsetof(sip_stack_stats, answered_malformed), "parley_malformed_answered_total",
     "Malformed requests answered 400, 505, 513 and the like."},
    {offsetof(sip_stack_stats, over_limits), "parley_malformed_over_limits_total",
     "Of the malformed: those over a configured limit."},
    {offsetof(sip_stack_stats, dropped_stray), "parley_responses_stray_total",
     "Responses that match nothing."},
    {offsetof(sip_stack_stats, dropped_not_sip), "parley_not_sip_dropped_total",
     "What came and is no message and no keep-alive."},
    {offsetof(sip_stack_stats, rejected_busy), "parley_refused_limit_total",
     "New requests answered 503 at the limit of transactions."},
    {offsetof(sip_stack_stats, merged), "parley_merged_total",
     "Requests answered 482 that came by several ways."},
    {offsetof(sip_stack_stats, send_failures), "parley_send_failures_total",
     "Messages that could not be sent."},
    {offsetof(sip_stack_stats, client_transactions), "parley_client_transactions_total",
     "Client transactions made."},
    {offsetof(sip_stack_stats, server_transactions), "parley_server_transactions_total",
     "Server transactions made."},
    {offsetof(sip_stack_stats, live_transactions), "parley_transactions_live",
     "Transactions that there are now."},
    {offsetof(sip_stack_stats, stun_answered), "parley_stun_answered_total",
     "Keep-alives over UDP that were answered."},
    {offsetof(sip_stack_stats, stun_dropped), "parley_stun_dropped_total",
     "Keep-alives over UDP beyond what is answered in a second."},
    {offsetof(sip_stack_stats, lost_datagrams), "parley_datagrams_lost_total",
     "Datagrams that there was no room or memory for."},
    {offsetof(sip_stack_stats, truncated_datagrams), "parley_datagrams_truncated_total",
     "Datagrams longer than the longest message."},
    {offsetof(sip_stack_stats, most_waited_ms), "parley_waited_most_seconds",
     "The longest that a datagram lay in the system's queue."},
    {offsetof(sip_stack_stats, connections.live), "parley_connections_live",
     "Connections that there are now."},
    {offsetof(sip_stack_stats, connections.unproven), "parley_connections_unproven",
     "Accepted connections without a whole message yet."},
    {offsetof(sip_stack_stats, connections.accepted), "parley_connections_accepted_total",
     "Connections accepted."},
    {offsetof(sip_stack_stats, connections.connected), "parley_connections_connected_total",
     "Connections made."},
    {offsetof(sip_stack_stats, connections.refused_limit), "parley_connections_refused_limit_total",
     "Connections refused while all were busy."},
    {offsetof(sip_stack_stats, connections.refused_host), "parley_connections_refused_host_total",
     "Connections refused over the limit of one host."},
    {offsetof(sip_stack_stats, connections.refused_descriptors),
     "parley_connections_refused_descriptors_total",
     "Connections refused without a descriptor left."},
    {offsetof(sip_stack_stats, connections.closed_for_room), "parley_connections_closed_room_total",
     "Idle connections closed for new ones."},
    {offsetof(sip_stack_stats, connections.closed_unproven),
     "parley_connections_closed_unproven_total",
     "Connections without a message closed for new ones."},
    {offsetof(sip_stack_stats, connections.closed_stuck), "parley_connections_closed_stuck_total",
     "Connections amid a message or a write closed for new ones."},
    {offsetof(sip_stack_stats, connections.closed_idle), "parley_connections_closed_idle_total",
     "Connections closed after their idle time."},
    {offsetof(sip_stack_stats, connections.connect_failures), "parley_connect_failures_total",
     "Connections that were not to be made."},
    {offsetof(sip_stack_stats, connections.connect_timeouts), "parley_connect_timeouts_total",
     "Connections that took too long to be made."},
    {offsetof(sip_stack_stats, connections.handshake_failures), "parley_handshake_failures_total",
     "TLS and WebSocket handshakes that failed."},
    {offsetof(sip_stack_stats, connections.handshake_timeouts), "parley_handshake_timeouts_total",
     "TLS and WebSocket handshakes that took too long."},
    {offsetof(sip_stack_stats, connections.silent), "parley_connections_silent_total",
     "Connections closed without a first message in time."},
    {offsetof(sip_stack_stats, connections.slow), "parley_connections_slow_total",
     "Connections closed since a message took too long."},
    {offsetof(sip_stack_stats, connections.stalled), "parley_connections_stalled_total",
     "Connections closed that did not take what was sent."},
    {offsetof(sip_stack_stats, connections.overflowed), "parley_connections_overflowed_total",
     "Connections closed since too much waited to be written."},
    {offsetof(sip_stack_stats, connections.unanswered_pings), "parley_connections_unanswered_total",
     "Connections closed without an answer to a keep-alive."},
    {offsetof(sip_stack_stats, connections.broken), "parley_connections_broken_total",
     "Connections closed that sent what is no SIP stream."},
    {offsetof(sip_stack_stats, switched_to_stream), "parley_requests_switched_total",
     "Requests too long for UDP that went by TCP."},
    {offsetof(sip_stack_stats, could_not_switch), "parley_requests_not_switched_total",
     "Requests too long for UDP that stayed with it."},
    {offsetof(sip_stack_stats, passed_on), "parley_messages_passed_on_total",
     "Messages that came to another worker than their own."},
    {offsetof(sip_stack_stats, refused_full), "parley_refused_full_total",
     "Messages that their worker had no room for."},
    {offsetof(sip_stack_stats, dropped_left), "parley_responses_left_dropped_total",
     "Late 2xx of more callees than are remembered."},
    {offsetof(sip_stack_stats, refused_overload), "parley_refused_overload_total",
     "New requests answered 503 since messages waited too long."},
    {offsetof(sip_stack_stats, refused_source), "parley_refused_source_total",
     "New requests answered 503 over the rate of their source."},
    {offsetof(sip_stack_stats, dropped_source), "parley_dropped_source_total",
     "New requests dropped over the rate of their source."},
    {offsetof(sip_stack_stats, refused_stopping), "parley_refused_stopping_total",
     "New requests answered 503 since the stack stops."},
    {offsetof(sip_stack_stats, held_back), "parley_requests_held_back_total",
     "Requests not sent since their next hop is overloaded."},
    {offsetof(sip_stack_stats, unproven_errors), "parley_errors_unproven_total",
     "ICMP errors that quote nothing that waits for an answer."},
};

const sip__counter *sip__metrics_counter(size_t i)
{
    return i < sizeof(counters) / sizeof(counters[0]) ? &counters[i] : NULL;
}

uint64_t sip__metrics_value(const sip__counter *counter, const sip_stack_stats *stats)
{
    uint64_t value;

    memcpy(&value, (const char *)stats + counter->offset, sizeof(value));
    return value;
}

static bool ends_in(const char *name, const char *end)
{
    size_t len = strlen(name), end_len = strlen(end);

    return len > end_len && strcmp(name + len - end_len, end) == 0;
}

const char *sip__metrics_shown(const sip__counter *counter, const sip_stack_stats *stats,
                               char out[SIP__METRICS_VALUE_BYTES])
{
    uint64_t value = sip__metrics_value(counter, stats);

    if (ends_in(counter->name, "_seconds")) {
        (void)snprintf(out, SIP__METRICS_VALUE_BYTES, "%llu.%03u",
                       (unsigned long long)(value / 1000), (unsigned)(value % 1000));
    } else {
        (void)snprintf(out, SIP__METRICS_VALUE_BYTES, "%llu", (unsigned long long)value);
    }
    return out;
}

bool sip__metrics_only_grows(const sip__counter *counter)
{
    return ends_in(counter->name, "_total");
}
