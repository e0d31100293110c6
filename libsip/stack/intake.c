/* What transports tell a stack: bytes become messages, are checked, and go to the transaction
 * layer. */
#include "stack/stack.h"

#include "message/msg_block.h"
#include "message/print.h"
#include "message/rules.h"
#include "stack/passing.h"
#include "stack/strict_route.h"
#include "transaction/racers.h"
#include "transaction/stateless.h"
#include <string.h>

static bool starts(sip_str line, const char *text)
{
    size_t len = strlen(text);

    return line.len >= len && sip_str_equal_nocase((sip_str){line.ptr, len}, text);
}

static sip_str next_line(sip_str *rest)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->ptr, '\n', rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->ptr) + 1;
    sip_str line = {rest->ptr, len};

    rest->ptr += len;
    rest->len -= len;
    return line;
}

/* A whole line that an answer may be made of: a header with its colon but for the body's length, or
 * more of one that was taken. What is cut off is not taken: half a branch is another branch. */
static bool is_sound(sip_str line, bool after_sound)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    sip_str name;

    if (line.ptr[line.len - 1] != '\n') {
        return false;
    }
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t') {
        return after_sound;
    }
    if (colon == NULL) {
        return false;
    }
    name = sip_str_trim((sip_str){line.ptr, (size_t)(colon - line.ptr)});
    return !sip_str_equal_nocase(name, "Content-Length") && !sip_str_equal_nocase(name, "l");
}

/* What an answer is made of is often sound where a message is not: its headers under a start line
 * that is, without body and length. Writes to `out` (at least bytes.len + 64); returns the length,
 * 0 if this is no request that may be answered. */
static size_t salvage(sip_str bytes, char *out)
{
    static const char uri[] = " sip:invalid.invalid SIP/2.0\r\n";
    sip_str rest = bytes;
    sip_str line;
    size_t n = 0;
    bool taken = false;

    do {
        line = next_line(&rest);
    } while (line.len > 0 && sip_str_trim(line).len == 0);
    while (n < line.len && n < 32 && line.ptr[n] > ' ') {
        out[n] = line.ptr[n];
        n++;
    }
    if (n == 0 || starts(line, "SIP/") || starts(line, "ACK ")) {
        return 0;
    }
    memcpy(out + n, uri, sizeof(uri) - 1);
    n += sizeof(uri) - 1;
    while (rest.len > 0) {
        line = next_line(&rest);
        if (sip_str_trim(line).len == 0) {
            break;
        }
        taken = is_sound(line, taken);
        if (taken) {
            memcpy(out + n, line.ptr, line.len);
            n += line.len;
        }
    }
    memcpy(out + n, "\r\n", 2);
    return n + 2;
}

/* Answer a message that did not parse, if anything of it can be read. */
static bool answer_unparsed(sip_worker *worker, sip_str bytes, const sip_path *from, int status)
{
    const sip_allocator *allocator = worker->config->allocator;
    char *text = sip_alloc(allocator, bytes.len + 64);
    sip_msg *msg = NULL;
    bool done = false;
    size_t len;

    if (text == NULL) {
        return false;
    }
    len = salvage(bytes, text);
    if (len > 0 && sip_msg_parse(allocator, NULL, (sip_str){text, len}, from, &msg, NULL) == 0) {
        done = sip__stateless_answer(&worker->layer, msg, status, NULL);
    }
    (void)sip_msg_unref(msg);
    sip_free(allocator, text);
    return done;
}

static void count_malformed(sip_worker *worker, const sip_path *from, int err,
                            const sip_parse_error *error, bool answered)
{
    char addr[SIP_ADDR_TEXT_BYTES];

    worker->layer.stats.over_limits += err == SIP_ETOOBIG ? 1 : 0;
    if (answered) {
        worker->layer.stats.answered_malformed++;
    } else {
        worker->layer.stats.dropped_malformed++;
    }
    sip_log_info(worker->config->log, SIP_LOG_MESSAGE, "message from %s: %s at byte %zu (%s), %s",
                 sip_addr_text(&from->remote, addr), error->rule != NULL ? error->rule : "memory",
                 error->offset, error->section != NULL ? error->section : "",
                 answered ? "answered" : "dropped");
}

/* Without memory to undo what a strict router did, the message is lost: it comes again. */
static void receive(sip_worker *worker, const sip_msg *msg)
{
    sip_msg *meant = NULL;

    if (sip__strict_route_undo(worker->stack, msg, &meant) == 0) {
        sip__layer_receive(&worker->layer, meant != NULL ? meant : msg);
    }
    (void)sip_msg_unref(meant);
}

static void note_wait(sip_worker *worker, const sip_path *from)
{
    sip_stack_stats *stats = &worker->layer.stats;
    sip_time_ms now_ms = worker->now_ms;

    if (from->received_ms != 0 && now_ms > from->received_ms &&
        now_ms - from->received_ms > stats->most_waited_ms) {
        stats->most_waited_ms = now_ms - from->received_ms;
    }
}

/* Bytes that came. */
typedef struct arrival {
    sip_transport *transport;
    const sip_path *from;
    sip_str bytes;
} arrival;

/* What Contact of the answer says, where that is not the address that the request came to; without
 * memory for it that one has to do. */
static void note_seen(const sip_worker *worker, const sip_transport *transport, sip_msg *msg)
{
    const char *const *networks = worker->transports.local_networks;
    sip_path path = *sip_msg_source(msg);
    sip__seen_as seen;

    if (!sip_msg_is_request(msg) ||
        (!sip__seen_as_may_differ(transport) && path.local.port == transport->local.port)) {
        return;
    }
    path.local.port =
        transport->local.port; /* a connection of ours has a port that nobody listens on */
    sip__seen_as_contact(transport, &path, networks, &seen);
    (void)sip__msg_set_seen(msg, seen.host, seen.port);
}

static const char *reason(const sip_parse_error *error)
{
    return error->rule != NULL ? error->rule : "memory";
}

/* A message that this worker owns. */
static void handle(sip_worker *worker, sip_transport *transport, sip_msg *msg, unsigned hops)
{
    sip__layer *layer = &worker->layer;
    const sip_path *from = sip_msg_source(msg);
    sip_parse_error error = {0};
    int err = sip_msg_check(msg, worker->config->policy, &error);

    sip__admission_note(worker, from);
    sip__layer_show_received(layer, from, sip_msg_bytes(msg), err != 0 ? reason(&error) : NULL);
    if (err == 0) {
        sip__stack_heed_via(worker, transport, msg);
        note_seen(worker, transport, msg);
        if (transport->learns && !sip_msg_is_request(msg)) {
            sip__stack_learn(worker, transport, msg);
        }
        if (sip__pass_cancel_on(worker, transport, msg, hops)) {
            return;
        }
        receive(worker, msg);
    } else {
        bool answerable =
            error.status != 0 && sip_msg_is_request(msg) && sip_msg_method(msg) != SIP_METHOD_ACK;

        count_malformed(worker, from, err, &error,
                        answerable && sip__stateless_answer(layer, msg, error.status, NULL));
    }
    (void)sip_msg_unref(msg);
}

void sip__stack_take(sip_worker *worker, sip_transport *transport, sip_msg *msg, unsigned hops)
{
    sip__worker_enter_turn(worker);
    handle(worker, transport, msg, hops);
}

/* What became of bytes that came: a message, or `err` and `error`. */
static void take(sip_worker *worker, arrival came, sip_msg *msg, int err, sip_parse_error error)
{
    const sip_path *from = came.from;

    if (err == SIP_EAGAIN) {
        return;
    }
    worker->layer.stats.received++;
    note_wait(worker, from);
    if (err != 0) {
        sip__layer_show_received(&worker->layer, from, came.bytes, reason(&error));
        count_malformed(worker, from, err, &error,
                        error.status != 0 &&
                            answer_unparsed(worker, came.bytes, from, error.status));
    } else if (worker->transports.far == NULL || !sip__pass_on(worker, came.transport, msg)) {
        handle(worker, came.transport, msg, 0);
    }
}

/* Over sockets the system spreads what comes over the workers, by who sends it. Where one thread
 * has them all, and a transport of the application's, that is done here. */
static sip_worker *receiver(sip_worker *worker, sip_transport **transport, const sip_path *from)
{
    sip_stack *stack = worker->stack;
    sip_worker *other =
        &stack->workers[sip__steer_source(&stack->steer, &from->remote) % stack->steer.workers];
    sip_transport *twin =
        sip__transports_at(&other->transports, (*transport)->protocol, &(*transport)->local);

    if (from->flow != 0 || twin == NULL) {
        return worker;
    }
    *transport = twin;
    return other;
}

static void on_bytes(sip_transport *transport, const sip_path *from, sip_str bytes, void *arg)
{
    sip_worker *worker = arg;
    sip_parse_error error = {0};
    sip_msg *msg = NULL;
    int err;

    if (worker->transports.far != NULL && worker->loop == NULL) {
        worker = receiver(worker, &transport, from);
    }
    sip__worker_enter_turn(worker);
    err = sip_msg_parse(worker->config->allocator, &worker->config->limits, bytes, from, &msg,
                        &error);
    take(worker, (arrival){transport, from, bytes}, msg, err, error);
}

static bool on_block(sip_transport *transport, const sip_path *from, sip_str bytes,
                     struct sip_msg_block *block, void *arg)
{
    sip_worker *worker = arg;
    sip_parse_error error = {0};
    sip_msg *msg = NULL;
    bool taken = false;
    int err;

    sip__worker_enter_turn(worker);
    err = sip__msg_adopt(block, &worker->config->limits, bytes, from, &taken, &msg, &error);
    take(worker, (arrival){transport, from, bytes}, msg, err, error);
    return taken;
}

static void on_truncated(sip_transport *transport, const sip_path *from, sip_str bytes, void *arg)
{
    sip_worker *worker = arg;
    sip_parse_error error = {0};

    sip__worker_enter_turn(worker);
    (void)sip__rule_broken(SIP_RULE_MESSAGE_LENGTH, bytes.len, true, &error);
    worker->layer.stats.truncated_datagrams++;
    take(worker, (arrival){transport, from, bytes}, NULL, SIP_ETOOBIG, error);
}

static void on_send_failed(sip_transport *transport, uint64_t ref, const sip_path *to, int err,
                           const char *text, void *arg)
{
    sip_worker *worker = arg;

    (void)transport;
    sip__worker_enter_turn(worker);
    sip_log_info(worker->config->log, SIP_LOG_TRANSPORT, "%s", text);
    if (worker->transports.far == NULL || !sip__far_tell_failed(worker, ref, to, err, text)) {
        sip__layer_send_failed(&worker->layer, ref, to, err, text);
    }
}

void sip__stack_heed_unreachable(sip_worker *worker, const sip_network_error *error)
{
    if (error->err == SIP_ETOOBIG) {
        sip__transports_mtu_changed(&worker->transports, &error->remote);
    } else {
        sip__keeper_unreachable(&worker->keeper, error);
    }
    sip__layer_unreachable(&worker->layer, error);
}

static void on_unreachable(sip_transport *transport, const sip_network_error *error, void *arg)
{
    sip_worker *worker = arg;

    sip__worker_enter_turn(worker);
    sip_log_info(worker->config->log, SIP_LOG_TRANSPORT, "%s", error->text);
    if (worker->transports.far != NULL && transport->listener == NULL) {
        sip__far_tell_unreachable(worker, error);
    }
    sip__stack_heed_unreachable(worker, error);
}

static void on_flow_closed(sip_transport *transport, sip_flow flow, int err, const char *text,
                           void *arg)
{
    sip_worker *worker = arg;
    sip_transport_event event = {
        .kind = SIP_TRANSPORT_FLOW_ENDED,
        .path = {.protocol = transport->protocol, .flow = flow, .local = transport->local},
        .err = err,
        .text = text,
    };

    /* Answers may still come on another connection (RFC 3261 18.2.2): transactions go on. */
    sip__worker_enter_turn(worker);
    sip_log_debug(worker->config->log, SIP_LOG_TRANSPORT, "%s", text);
    sip__layer_flow_closed(&worker->layer, flow);
    if (worker->transports.far != NULL) {
        sip__far_tell_ended(worker, &event.path, err, text);
    }
    sip__stack_tell(worker, &event);
}

static void on_connected(sip_transport *transport, sip_flow flow, int err, const char *text,
                         void *arg)
{
    sip_worker *worker = arg;

    (void)transport;
    sip__worker_enter_turn(worker);
    sip__racers_told(&worker->layer, flow, err, text);
}

static void on_keepalive(sip_transport *transport, const sip_path *from, sip_str bytes, void *arg)
{
    sip_worker *worker = arg;

    (void)transport;
    sip__worker_enter_turn(worker);
    if (worker->transports.far == NULL || !sip__far_pass_keepalive(worker, from, bytes)) {
        sip__keeper_receive(&worker->keeper, from, bytes);
    }
}

static void on_dropped(sip_transport *transport, const sip_path *from, const char *reason,
                       void *arg)
{
    sip_worker *worker = arg;
    char addr[SIP_ADDR_TEXT_BYTES];

    (void)transport;
    worker->layer.stats.dropped_not_sip++;
    sip_log_info(worker->config->log, SIP_LOG_TRANSPORT, "from %s: %s",
                 sip_addr_text(&from->remote, addr), reason);
}

const sip_transport_events *sip__stack_intake(void)
{
    static const sip_transport_events events = {
        .on_bytes = on_bytes,
        .on_send_failed = on_send_failed,
        .on_unreachable = on_unreachable,
        .on_flow_closed = on_flow_closed,
        .on_dropped = on_dropped,
        .on_truncated = on_truncated,
        .on_block = on_block,
        .on_keepalive = on_keepalive,
        .on_connected = on_connected,
    };

    return &events;
}
