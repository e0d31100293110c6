#include "transaction/layer.h"

#include "base/siphash.h"
#include "transaction/husk.h"
#include "transaction/oc_answer.h"
#include "transaction/quote.h"
#include "transaction/server_tx.h"
#include "transaction/stateless.h"

#define MOST_TOLD 256u

int sip__layer_init(sip__layer *layer, const sip__layer_config *config)
{
    const sip_allocator *allocator = config->allocator;

    *layer = (sip__layer){.config = *config};
    sip__tap_init(&layer->tap, allocator, config->clock);
    sip__hooks_init(&layer->hooks);
    sip__linger_init(&layer->linger, config->worker, &config->timers);
    sip_list_init(&layer->client_list);
    sip_list_init(&layer->server_list);
    sip_list_init(&layer->errand_list);
    sip_list_init(&layer->awaiting);
    sip_list_init(&layer->racing);
    layer->noise = sip_random_u64(config->random) | 1;
    sip__pool_init(&layer->clients, allocator, sizeof(sip_client_tx), 0);
    sip__pool_init(&layer->servers, allocator, sizeof(sip_server_tx), 0);
    sip__pool_init(&layer->finders, allocator, sizeof(sip__finder), 0);
    sip__pool_init(&layer->errands, allocator, sizeof(sip__errand), config->max_transactions);
    sip__meter_init(&layer->meter, allocator);
    sip_id_table_init(&layer->ids, allocator, config->worker_index);
    if (sip__key_table_init(&layer->client_map, allocator, config->random) != 0 ||
        sip__key_table_init(&layer->server_map, allocator, config->random) != 0 ||
        sip__merged_init(&layer->merged, allocator, config->random) != 0 ||
        sip__health_init(&layer->health, allocator, config->random, config->clock, 0) != 0 ||
        sip__downstream_init(&layer->downstream, allocator, config->random, config->obeys) != 0) {
        sip__layer_finish(layer);
        return SIP_ENOMEM;
    }
    return 0;
}

void sip__layer_close(sip__layer *layer)
{
    layer->closing = true;
    for (sip_list *at = layer->client_list.next; at != &layer->client_list; at = at->next) {
        sip__client_tx_end(SIP_CONTAINER_OF(at, sip_client_tx, link));
    }
    for (sip_list *at = layer->server_list.next; at != &layer->server_list; at = at->next) {
        sip__server_tx_end(SIP_CONTAINER_OF(at, sip_server_tx, link));
    }
    while (!sip_list_is_empty(&layer->errand_list)) {
        sip__stateless_drop(SIP_CONTAINER_OF(layer->errand_list.next, sip__errand, link));
    }
}

void sip__layer_finish(sip__layer *layer)
{
    if (layer->config.allocator == NULL) {
        return;
    }
    while (!sip_list_is_empty(&layer->errand_list)) {
        sip__stateless_drop(SIP_CONTAINER_OF(layer->errand_list.next, sip__errand, link));
    }
    sip__key_table_finish(&layer->client_map);
    sip__key_table_finish(&layer->server_map);
    sip__merged_finish(&layer->merged);
    sip__tap_finish(&layer->tap);
    sip__hooks_finish(&layer->hooks, layer->config.allocator);
    sip__health_finish(&layer->health);
    sip__downstream_finish(&layer->downstream);
    sip__meter_finish(&layer->meter);
    sip_id_table_finish(&layer->ids);
    sip__pool_finish(&layer->clients);
    sip__pool_finish(&layer->servers);
    sip__pool_finish(&layer->finders);
    sip__pool_finish(&layer->errands);
}

bool sip__layer_has_room(const sip__layer *layer)
{
    return !layer->closing &&
           layer->clients.live + layer->servers.live < layer->config.max_transactions;
}

/* ---- messages in */

void sip__layer_stray(sip__layer *layer, const sip_msg *response)
{
    sip_tu *tu = sip__stateless_may_pass(layer, response)
                     ? layer->config.hooks->select_stray(layer->config.worker)
                     : NULL;

    if (tu == NULL) {
        layer->stats.dropped_stray++;
        return;
    }
    tu->handler.on_stray_response(tu, response, tu->user_data);
}

static void receive_response(sip__layer *layer, const sip_msg *response)
{
    sip_client_tx *tx = sip__client_tx_match(layer, response);

    if (tx != NULL) {
        sip__client_tx_receive(tx, response);
    } else {
        sip__layer_stray(layer, response);
    }
}

static void receive_ack(sip__layer *layer, const sip_msg *ack)
{
    sip_server_tx *invite = NULL;
    sip__match_key key;
    sip_tu *tu;

    if (sip__match_server_key(layer->server_map.key, ack, SIP_STR("INVITE"), &key)) {
        invite = sip__server_tx_find(layer, &key);
    }
    if (invite != NULL && sip__server_tx_ack(invite, ack)) {
        return;
    }
    if (sip__oc_is_refused(layer, ack) || sip__proof_is_of_ack(layer->config.proof_keys, ack)) {
        layer->stats.absorbed++;
        return;
    }
    tu = layer->config.hooks->select(layer->config.worker, ack);
    if (tu != NULL && tu->handler.on_ack != NULL) {
        tu->handler.on_ack(tu, ack, tu->user_data);
    }
}

static void receive_cancel(sip__layer *layer, const sip_msg *cancel, const sip__match_key *key)
{
    sip_server_tx *invite = NULL;
    sip__match_key invite_key;

    if (sip__match_server_key(layer->server_map.key, cancel, SIP_STR("INVITE"), &invite_key)) {
        invite = sip__server_tx_find(layer, &invite_key);
    }
    if (invite == NULL && !sip__layer_has_room(layer)) {
        layer->stats.rejected_busy++;
        sip__stateless_answer_busy(layer, cancel);
        return;
    }
    sip__server_tx_cancel(layer, cancel, key, invite);
}

static void receive_request(sip__layer *layer, const sip_msg *request)
{
    sip_server_tx *tx;
    sip__match_key key;

    if (!sip__match_server_key(layer->server_map.key, request, sip_msg_method_text(request),
                               &key)) {
        layer->stats.dropped_malformed++;
        return;
    }
    tx = sip__server_tx_find(layer, &key);
    if (tx != NULL) {
        sip__server_tx_repeat(tx, request);
    } else if (sip_msg_method(request) == SIP_METHOD_CANCEL) {
        receive_cancel(layer, request, &key);
    } else if (layer->config.hooks->admit == NULL ||
               layer->config.hooks->admit(layer->config.worker, request)) {
        sip__server_tx_begin(layer, request, &key);
    }
}

/* For a user that keeps no state there is no transaction, but for ACK and CANCEL of those that were
 * answered 503. @return false: its user keeps state */
static bool receive_stateless(sip__layer *layer, const sip_msg *request)
{
    const sip_method method = sip_msg_method(request);
    sip_tu *tu = layer->config.hooks->select(layer->config.worker, request);

    if (tu == NULL || tu->handler.on_stateless_request == NULL) {
        return false;
    }
    if (method == SIP_METHOD_ACK && (sip__oc_is_refused(layer, request) ||
                                     sip__proof_is_of_ack(layer->config.proof_keys, request))) {
        layer->stats.absorbed++;
    } else if (method == SIP_METHOD_ACK || method == SIP_METHOD_CANCEL ||
               layer->config.hooks->admit == NULL ||
               layer->config.hooks->admit(layer->config.worker, request)) {
        tu->handler.on_stateless_request(tu, request, tu->user_data);
    }
    return true;
}

void sip__layer_receive(sip__layer *layer, const sip_msg *msg)
{
    if (layer->closing) {
        return;
    }
    if (!sip_msg_is_request(msg)) {
        receive_response(layer, msg);
    } else if (layer->has_stateless && receive_stateless(layer, msg)) {
        return;
    } else if (sip_msg_method(msg) == SIP_METHOD_ACK) {
        receive_ack(layer, msg);
    } else {
        receive_request(layer, msg);
    }
}

/* ---- what transports tell */

void sip__layer_send_failed(sip__layer *layer, uint64_t ref, const sip_path *to, int err,
                            const char *text)
{
    sip__tx_kind *kind = sip_id_table_find(&layer->ids, ref);

    layer->stats.send_failures++;
    if (kind == NULL) {
        return;
    }
    if (*kind == SIP__TX_CLIENT) {
        sip_client_tx *tx = (sip_client_tx *)kind;

        /* Not the news of a target that was given up before. */
        if (tx->path.protocol == to->protocol && sip_addr_equal(&tx->path.remote, &to->remote) &&
            !sip__client_tx_again(tx)) {
            sip__client_tx_fail(tx, err, text);
        }
    } else {
        sip__server_tx_fail((sip_server_tx *)kind);
    }
}

/* Whoever answered of late; a peer that provokes such news does not have us look at all.
 * @return whether one of them is concerned */
static bool tell_servers(sip__layer *layer, const sip_network_error *error)
{
    bool is_proven = false;
    sip_list *at = layer->server_list.prev;

    for (unsigned i = 0; i < MOST_TOLD && at != &layer->server_list; i++) {
        sip_server_tx *tx = SIP_CONTAINER_OF(at, sip_server_tx, link);

        at = at->prev;
        is_proven = sip__server_tx_unreachable(tx, error) || is_proven;
    }
    return is_proven;
}

static bool is_to(const sip_client_tx *tx, const sip_addr *remote)
{
    return sip__husk_sent(tx).len > 0 && !tx->reliable && sip_addr_equal(&tx->path.remote, remote);
}

static bool is_quoted(const sip_client_tx *tx, sip_str quoted)
{
    const sip_str ack = sip__husk_ack(tx);

    return sip__quote_is_of(quoted, sip__husk_sent(tx)) ||
           (ack.len > 0 && sip__quote_is_of(quoted, ack));
}

/* The one whose request, or ACK, is quoted. */
static sip_client_tx *find_quoted(sip__layer *layer, const sip_network_error *error)
{
    const sip_str branch = sip__quote_branch(error->quoted);
    const uint64_t hash = sip__siphash(layer->client_map.key, branch);
    size_t at = sip__key_table_first(&layer->client_map, hash);
    sip_client_tx *tx;

    while ((tx = sip__key_table_at(&layer->client_map, hash, &at)) != NULL &&
           !(is_to(tx, &error->remote) && is_quoted(tx, error->quoted))) {
        at++;
    }
    return tx;
}

/* Somebody says so, who may have seen nothing of ours: others go first for a while, if anybody
 * waits for this one, and whoever does asks again as he would have anyway. */
static void note_doubt(sip__layer *layer, const sip_network_error *error)
{
    sip_list *at = layer->client_list.prev;

    layer->stats.unproven_errors++;
    for (unsigned i = 0; i < MOST_TOLD && error->err == SIP_EIO && at != &layer->client_list; i++) {
        const sip_client_tx *tx = SIP_CONTAINER_OF(at, sip_client_tx, link);

        at = at->prev;
        if (is_to(tx, &error->remote)) {
            sip__layer_note_failed(layer, &tx->path, SIP__HEALTH_REFUSED, SIP_EIO);
            return;
        }
    }
}

void sip__layer_unreachable(sip__layer *layer, const sip_network_error *error)
{
    sip_client_tx *tx = find_quoted(layer, error);

    if (tx != NULL) {
        sip__client_tx_fail(tx, error->err, error->text);
    } else if (!tell_servers(layer, error)) {
        note_doubt(layer, error);
    }
}

void sip__layer_flow_closed(sip__layer *layer, sip_flow flow)
{
    sip_list *last = layer->awaiting.prev;
    sip_list *at = &layer->awaiting;

    while (at != last) { /* sending calls nobody back */
        at = at->next;
        sip_client_tx *tx = SIP_CONTAINER_OF(at, sip_client_tx, await_link);

        if (tx->flow == flow) {
            (void)sip__client_tx_again(tx);
        }
    }
}

/* ---- which targets work */

static sip_hop hop_of(const sip_path *path)
{
    return (sip_hop){.protocol = path->protocol, .addr = path->remote};
}

void sip__layer_note_failed(sip__layer *layer, const sip_path *path, sip__health_reason reason,
                            int err)
{
    sip_hop hop = hop_of(path);

    /* What was sent before a target turned bad is no further news of it. */
    if (err == SIP_EIO && path->flow == 0 && path->protocol != SIP_PROTOCOL_NONE &&
        sip__health_of(&layer->health, &hop) != SIP__HEALTH_BAD) {
        sip__health_mark_failed(&layer->health, &hop, reason, 0);
    }
}

/* What the next hop says of its load (RFC 7339 5.4), in any answer. */
static void heed(sip__layer *layer, const sip_path *path, const sip_msg *response)
{
    const sip_via *via = sip_msg_via(response, 0);
    sip__oc oc;

    if (via != NULL && sip__oc_read(via->params, &oc)) {
        sip__downstream_heed(&layer->downstream, path, &oc,
                             sip_worker_now_ms(layer->config.worker));
    }
}

void sip__layer_note_answer(sip__layer *layer, const sip_path *path, const sip_msg *response)
{
    sip_hop hop = hop_of(path);
    uint32_t after_s = 0;

    if (layer->downstream.on) {
        heed(layer, path, response);
    }
    if (sip_msg_status(response) != 503) {
        if (layer->health.count > 0) {
            sip__health_mark_good(&layer->health, &hop);
        }
        return;
    }
    if (path->flow == 0) {
        (void)sip_msg_number(response, SIP_HEADER_RETRY_AFTER, &after_s);
        sip__health_mark_failed(&layer->health, &hop, SIP__HEALTH_REFUSED, after_s);
    }
}

/* ---- bytes out */

void sip__layer_show(sip__layer *layer, sip_trace_event *event)
{
    event->at_ms = sip_worker_now_ms(layer->config.worker);
    sip__tap_show(&layer->tap, event);
}

int sip__layer_send(sip__layer *layer, const sip_path *to, sip_str bytes, uint64_t ref,
                    bool repeated)
{
    int err = layer->outlet != NULL
                  ? layer->outlet(layer, to, bytes, ref)
                  : sip__transports_send(layer->config.transports, to, bytes, ref);

    if (err != 0) {
        return err;
    }
    layer->stats.sent++;
    layer->stats.retransmitted += repeated ? 1 : 0;
    layer->config.hooks->want_turn_end(layer->config.worker);
    if (sip__tap_is_on(&layer->tap)) {
        sip__layer_show(
            layer,
            &(sip_trace_event){.sent = true, .repeated = repeated, .path = *to, .bytes = bytes});
    }
    return 0;
}
