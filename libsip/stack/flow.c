/* What is known of flows above their transports: who is told of their ends, how they are kept,
 * named and used for another address. */
#include "stack/stack.h"
#include "message/print.h"
#include "transaction/client_tx.h"
#include "transport/connection.h"
#include "transport/stream_transport.h"

#define STREAM_KEEP_S 120  /* RFC 5626 4.4.1, where a peer leaves it to us */
#define DATAGRAM_KEEP_S 29 /* 4.4.2 */

void sip_stack_observe(sip_stack *stack, sip_transport_observer *observer)
{
    if (stack != NULL) {
        sip_worker_observe(sip__stack_here(stack), observer);
    }
}

void sip_worker_observe(sip_worker *worker, sip_transport_observer *observer)
{
    if (worker != NULL && observer != NULL && observer->fn != NULL) {
        sip_list_init(&observer->link);
        sip_list_append(&worker->observers, &observer->link);
    }
}

void sip_transport_observer_end(sip_transport_observer *observer)
{
    if (observer != NULL && observer->link.next != NULL) {
        sip_list_remove(&observer->link);
    }
}

/* Observers come and go meanwhile, and one may cause another event: each in turn goes to the end of
 * the list, until a mark put there before comes up. Marks of events under way are passed on. */
void sip__stack_tell(sip_worker *worker, const sip_transport_event *event)
{
    sip_transport_observer mark = {.fn = NULL};
    sip_list *link;

    sip_list_init(&mark.link);
    sip_list_append(&worker->observers, &mark.link);
    while ((link = worker->observers.next) != &mark.link) {
        sip_transport_observer *observer = SIP_CONTAINER_OF(link, sip_transport_observer, link);

        sip_list_remove(link);
        sip_list_append(&worker->observers, link);
        if (observer->fn != NULL) {
            observer->fn(event, observer->user_data);
        }
    }
    sip_list_remove(&mark.link);
}

/* ---- keep-alives */

static sip__connection *connection_of(const sip_worker *worker, sip_flow flow)
{
    return flow == 0 ? NULL : sip_id_table_find(&worker->transports.flows, flow);
}

const sip_tls_peer *sip_stack_flow_peer(const sip_stack *stack, sip_flow flow)
{
    const sip_worker *worker = stack == NULL ? NULL : sip__stack_here(stack);
    const sip__connection *connection;
    const sip__channel *channel;

    if (worker == NULL) {
        return NULL;
    }
    if (sip__transports_is_far(&worker->transports, flow)) {
        return sip__far_peer(worker, flow);
    }
    connection = connection_of(worker, flow);
    channel = connection == NULL ? NULL : connection->channel;
    return channel != NULL && channel->vtable->peer != NULL ? channel->vtable->peer(channel) : NULL;
}

int sip_stack_keep_alive(sip_stack *stack, const sip_path *path, uint32_t interval_s)
{
    if (stack == NULL || path == NULL || interval_s > UINT32_MAX / 1000) {
        return SIP_EINVAL;
    }
    return sip__stack_keep_alive(sip__stack_here(stack), path, interval_s);
}

int sip__stack_keep_alive(sip_worker *worker, const sip_path *path, uint32_t interval_s)
{
    sip__connection *connection;

    if (path->protocol == SIP_PROTOCOL_UDP && path->remote.family != SIP_FAMILY_NONE) {
        return sip__keeper_set(&worker->keeper, worker, path, interval_s);
    }
    if (path->flow == 0) {
        return SIP_EUNSUPPORTED;
    }
    if (sip__transports_is_far(&worker->transports, path->flow)) {
        return sip__far_keep_alive(worker, path, interval_s);
    }
    connection = connection_of(worker, path->flow);
    if (connection == NULL) {
        return SIP_EGONE;
    }
    sip__stream_keep_alive(connection, interval_s * 1000);
    return 0;
}

/* The peer has answered our offer: an interval, or 0, which leaves it to us (RFC 6223 4.4). */
static void take_answer(sip_worker *worker, const sip_path *path, sip_str value)
{
    uint32_t interval_s = 0;
    size_t i;

    for (i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9' || interval_s > 100000) {
            return;
        }
        interval_s = interval_s * 10 + (uint32_t)(value.ptr[i] - '0');
    }
    if (interval_s == 0) {
        interval_s = path->flow != 0 ? STREAM_KEEP_S : DATAGRAM_KEEP_S;
    }
    if (sip__stack_keep_alive(worker, path, interval_s) == SIP_ENOMEM) {
        sip_log_info(worker->config->log, SIP_LOG_TRANSPORT,
                     "no memory to keep a flow alive as the peer asks for");
    }
}

/* ---- what Via says */

void sip__stack_take_alias(sip_worker *worker, sip_flow flow, const sip_addr *addr)
{
    sip__connection *connection = connection_of(worker, flow);

    if (connection != NULL && sip__stream_takes_alias(connection) &&
        sip__stream_alias(connection, addr) != 0) {
        sip_log_info(worker->config->log, SIP_LOG_TRANSPORT, "no memory for an alias");
    }
}

/* RFC 5923 5: requests to its sent-by port may go along the connection that this one came on. The
 * address is that of the connection, whatever host sent-by claims. */
static void note_alias(sip_worker *worker, const sip_path *source, const sip_via *via)
{
    sip_addr addr = source->remote;

    addr.port = via->port != 0 ? via->port : sip_protocol_default_port(source->protocol);
    if (!sip__transports_is_far(&worker->transports, source->flow)) {
        sip__stack_take_alias(worker, source->flow, &addr);
    } else {
        (void)sip__far_alias(worker, source->flow, &addr); /* without memory for it: no alias */
    }
}

/* What the peer asks us to do: a Flow-Timer is an order (RFC 5626 4.4), the value of "keep" a wish.
 * Nobody whom we asked nothing has us send anywhere. */
static void heed_response(sip_worker *worker, const sip_msg *response, const sip_via *via)
{
    sip_str value = sip_msg_value(response, SIP_HEADER_FLOW_TIMER, 0);

    if ((value.len > 0 || (sip_param_find(via->params, "keep", &value) && value.len > 0)) &&
        sip__client_tx_is_from_target(&worker->layer, response)) {
        take_answer(worker, sip_msg_source(response), value);
    }
}

void sip__stack_heed_via(sip_worker *worker, const sip_transport *transport, sip_msg *msg)
{
    const sip_path *source = sip_msg_source(msg);
    const sip_via *via;
    sip_str value;

    if (source->flow == 0 && transport->keep_s == 0 && !transport->offers_keep) {
        return;
    }
    via = sip_msg_via(msg, 0);
    if (via == NULL || via->params.len == 0) {
        return;
    }
    if (!sip_msg_is_request(msg)) {
        if (transport->offers_keep) {
            heed_response(worker, msg, via);
        }
        return;
    }
    if (transport->keep_s != 0 && sip_param_find(via->params, "keep", &value) && value.len == 0) {
        sip__msg_set_keep(msg, transport->keep_s);
    }
    if (source->flow != 0 && sip_param_find(via->params, "alias", &value)) {
        note_alias(worker, source, via);
    }
}

/* ---- tokens */

sip_str sip_stack_flow_token(const sip_stack *stack, const sip_path *path,
                             char out[SIP_FLOW_TOKEN_BYTES])
{
    sip_path named;

    if (stack == NULL || path == NULL) {
        return (sip_str){out, 0};
    }
    named = *path;
    if (named.flow != 0 && stack->steer.workers == 1) {
        named.remote.family = SIP_FAMILY_NONE; /* whoever reads it finds them with the flow */
    }
    return sip__flow_token_write(stack->flow_key, &named, out);
}

int sip_stack_flow_of_token(const sip_stack *stack, sip_str token, sip_path *ret_path)
{
    sip_path path;
    const sip_worker *worker;
    const sip__connection *connection;
    int err;

    if (stack == NULL || ret_path == NULL) {
        return SIP_EINVAL;
    }
    err = sip__flow_token_parse(stack->flow_key, token, &path);
    if (err != 0) {
        return err;
    }
    worker = sip__stack_here(stack);
    if (path.flow != 0 && !sip__transports_is_far(&worker->transports, path.flow)) {
        connection = connection_of(worker, path.flow);
        if (connection == NULL) {
            return SIP_EGONE;
        }
        path = connection->path;
    }
    *ret_path = path;
    return 0;
}

/* ---- who can be reached by a flow alone */

bool sip_stack_flow_lives(const sip_stack *stack, const sip_path *path)
{
    bool stands;

    return stack != NULL && path != NULL && path->flow != 0 &&
           sip__transports_flow_to(&sip__stack_here(stack)->transports, path, &stands) ==
               path->flow;
}

static bool is_invalid_name(sip_str host)
{
    static const sip_str domain = SIP_STR_INIT(".invalid");

    return host.len > domain.len &&
           sip_str_same_nocase((sip_str){host.ptr + host.len - domain.len, domain.len}, domain);
}

bool sip_contact_is_hidden(const sip_uri *contact, const sip_path *came)
{
    sip_addr host;

    if (contact == NULL || came == NULL) {
        return false;
    }
    switch (sip_uri_transport(contact)) {
    case SIP_PROTOCOL_WS:
    case SIP_PROTOCOL_WSS:
        return true;
    case SIP_PROTOCOL_NONE:
    case SIP_PROTOCOL_UDP:
    case SIP_PROTOCOL_TCP:
    case SIP_PROTOCOL_TLS:
        break;
    }
    if (sip_addr_parse(contact->host, 0, &host) != 0) {
        return is_invalid_name(contact->host);
    }
    return came->protocol != SIP_PROTOCOL_NONE && !sip_addr_same_host(&host, &came->remote);
}
