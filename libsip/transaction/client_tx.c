#include "transaction/client_tx.h"

#include "base/siphash.h"
#include "message/print.h"
#include "transaction/husk.h"
#include "transaction/ict.h"
#include "transaction/nict.h"
#include "transaction/relay_hook.h"
#include "transaction/target.h"
#include <stdio.h>
#include <string.h>

#define TEXT_BYTES 320

static const sip_client_tx_handler silent = {0};

/* ---- birth and death */

void sip__client_tx_unmap(sip_client_tx *tx)
{
    if (tx->mapped) {
        sip__key_table_remove(&tx->layer->client_map, tx->hash, tx);
        tx->mapped = false;
    }
}

int sip__client_tx_map(sip_client_tx *tx, sip_str branch)
{
    sip__key_table *clients = &tx->layer->client_map;

    sip__client_tx_unmap(tx);
    memmove(tx->branch, branch.ptr, branch.len);
    tx->branch[branch.len] = '\0';
    tx->hash = sip__siphash(clients->key, branch);
    tx->mapped = sip__key_table_insert(clients, tx->hash, tx);
    return tx->mapped ? 0 : SIP_ENOMEM;
}

static void destroy(sip_client_tx *tx)
{
    sip__layer *layer = tx->layer;

    sip__client_tx_unmap(tx);
    sip__client_tx_disarm(tx);
    sip_id_table_remove(&layer->ids, tx->id);
    sip_list_remove(&tx->link);
    sip_list_remove(&tx->await_link);
    sip_list_remove(&tx->work.link);
    sip__next_hop_release(layer, tx->finder);
    (void)sip_msg_unref(tx->request);
    (void)sip_msg_unref(tx->sent);
    (void)sip_msg_unref(tx->ack);
    (void)sip_msg_unref(tx->cancel);
    sip__husk_drop(tx);
    sip__hooks_drop_own(&tx->hooks, layer->config.allocator);
    sip__pool_give(&layer->clients, tx);
}

/* None of our transports speaks the protocol of its next hop, or the family of its address. */
static const char *no_transport(const sip_client_tx *tx, char *out, size_t size)
{
    const sip_uri *uri;
    sip_uri room;

    if (tx->hop_given || sip__next_hop_uri(tx->request, NULL, &room, &uri) != 0) {
        return "no transport here leads there";
    }
    (void)snprintf(out, size, "no transport here leads to " SIP_FMT, SIP_ARG(uri->text));
    return out;
}

static void tell_trouble(sip_client_tx *tx)
{
    char text[SIP_ADDR_TEXT_BYTES + 128];
    const char *cause = sip_error_text(tx->trouble);
    int err = tx->trouble;

    if (err == SIP_EGONE) {
        cause = "cancelled before it was sent";
    } else if (err == SIP_EBUSY) {
        cause = "not sent: the peer says that it is overloaded";
    } else if (tx->path.protocol == SIP_PROTOCOL_NONE && err == SIP_EUNSUPPORTED) {
        cause = no_transport(tx, text, sizeof(text));
    } else if (tx->path.protocol != SIP_PROTOCOL_NONE &&
               (err == SIP_EUNSUPPORTED || err == SIP_EIO)) {
        cause = sip__transports_why_not(&tx->path, err, text, sizeof(text));
    }
    tx->trouble = 0;
    sip__client_tx_fail(tx, err, cause);
}

static void at_turn_end(sip_turn_work *work)
{
    sip_client_tx *tx = SIP_CONTAINER_OF(work, sip_client_tx, work);

    if (tx->dead) {
        if (tx->handler->on_ended != NULL) {
            tx->handler->on_ended(tx, tx->user_data);
        }
        sip__client_tx_tell(tx, SIP_TX_DESTROYED, NULL);
        destroy(tx);
    } else if (tx->trouble != 0) {
        tell_trouble(tx);
    }
}

sip_client_tx *sip__client_tx_make(sip_tu *tu, const sip_msg *request, bool is_invite)
{
    sip__layer *layer = tu->layer;
    sip_client_tx *tx = sip__pool_take(&layer->clients);

    if (tx == NULL) {
        return NULL;
    }
    tx->kind = SIP__TX_CLIENT;
    if (sip_id_table_add(&layer->ids, tx, &tx->id) != 0) {
        sip__pool_give(&layer->clients, tx);
        return NULL;
    }
    tx->layer = layer;
    tx->tu = tu;
    tx->handler = &silent;
    tx->began_ms = (uint32_t)sip_worker_now_ms(layer->config.worker);
    tx->is_invite = is_invite;
    tx->method = (uint8_t)sip_msg_method(request);
    tx->request = sip_msg_ref(request);
    sip_list_init(&tx->link);
    sip_list_append(&layer->client_list, &tx->link);
    sip_list_init(&tx->await_link);
    sip_list_init(&tx->work.link);
    tx->work.fn = at_turn_end;
    if (is_invite) {
        sip__ict_start(tx);
    } else {
        sip__nict_start(tx);
    }
    return tx;
}

void sip__client_tx_defer(sip_client_tx *tx, int err)
{
    tx->trouble = err;
    sip_worker_at_turn_end(tx->layer->config.worker, &tx->work);
}

void sip__client_tx_end(sip_client_tx *tx)
{
    if (!tx->dead) {
        tx->dead = true;
        tx->state = tx->is_invite ? (uint8_t)SIP__ICT_TERMINATED : (uint8_t)SIP__NICT_TERMINATED;
        sip__client_tx_unmap(tx);
        sip__client_tx_disarm(tx);
        sip_worker_at_turn_end(tx->layer->config.worker, &tx->work);
    }
}

/* ---- sending */

/* Begin a transaction that has been made, if it could be. */
static int begin(sip_client_tx *tx, const sip_client_tx_handler *handler, void *user_data,
                 const sip__way *way, sip_client_tx **ret_tx)
{
    int err;

    if (tx == NULL) {
        return SIP_ENOMEM;
    }
    tx->handler = handler;
    tx->user_data = user_data;
    sip__client_tx_tell(tx, SIP_TX_CREATED, tx->request);
    err = sip__target_begin(tx, way);
    if (err != 0) {
        sip__client_tx_tell(tx, SIP_TX_DESTROYED, NULL);
        destroy(tx);
        return err;
    }
    tx->layer->stats.client_transactions++;
    if (ret_tx != NULL) {
        *ret_tx = tx;
    }
    return 0;
}

int sip_client_tx_create(sip_tu *tu, const sip_msg *request, const sip_send_options *options,
                         const sip_client_tx_handler *handler, void *user_data,
                         sip_client_tx **ret_tx)
{
    sip_method method = sip_msg_method(request);
    sip__way way = {.next_hop = NULL};

    if (tu == NULL || handler == NULL || !sip_msg_is_request(request) || method == SIP_METHOD_ACK ||
        method == SIP_METHOD_CANCEL) {
        return SIP_EINVAL;
    }
    if (!sip__layer_has_room(tu->layer)) {
        return SIP_EBUSY;
    }
    if (options != NULL) {
        way = (sip__way){options->next_hop, NULL, options->path, options->prefer};
    }
    return begin(sip__client_tx_make(tu, request, method == SIP_METHOD_INVITE), handler, user_data,
                 &way, ret_tx);
}

int sip__client_tx_create_relayed(sip_tu *tu, const sip__relayed *relayed,
                                  const sip_client_tx_handler *handler, void *user_data,
                                  sip_client_tx **ret_tx)
{
    const sip__way way = {.uri = relayed->next_hop, .path = relayed->path};
    sip_client_tx *tx;

    if (!sip__layer_has_room(tu->layer)) {
        return SIP_EBUSY;
    }
    tx = sip__client_tx_make(tu, relayed->received,
                             sip_msg_method(relayed->received) == SIP_METHOD_INVITE);
    if (tx != NULL) {
        tx->print = relayed->print;
    }
    return begin(tx, handler, user_data, &way, ret_tx);
}

/* Remember the connection that the request took: should it prove dead, another one is tried. */
static void note_flow(sip_client_tx *tx)
{
    tx->flow = sip__transports_flow_to(tx->layer->config.transports, &tx->path, &tx->stood);
    if (!tx->answered && sip_list_is_empty(&tx->await_link)) {
        sip_list_append(&tx->layer->awaiting, &tx->await_link);
    }
}

static void transmit(sip_client_tx *tx, bool repeated)
{
    int err = sip__layer_send(tx->layer, &tx->path, sip_msg_bytes(tx->sent), tx->id, repeated);

    if (err == 0 && tx->reliable) {
        note_flow(tx);
    }
    if (err != 0 && repeated) {
        tx->layer->stats.send_failures++; /* the next repetition may do better */
    } else if (err != 0) {
        sip__client_tx_defer(tx, err);
    } else {
        sip__client_tx_tell_sent(tx, repeated ? SIP_TX_RETRANSMITTED : SIP_TX_SENT, tx->sent,
                                 sip_msg_bytes(tx->sent));
    }
}

/* Timer B or F (RFC 3261 17.1.1.2, 17.1.2.2). */
static uint32_t patience_ms(const sip_client_tx *tx)
{
    const sip_timers *timers = &tx->layer->config.timers;

    return tx->is_invite ? timers->b_ms : timers->f_ms;
}

void sip__client_tx_send(sip_client_tx *tx, const sip_msg *response)
{
    uint32_t t1_ms = tx->layer->config.timers.t1_ms;

    (void)response;
    tx->interval_ms = t1_ms;
    sip__client_tx_disarm(tx);
    if (!tx->reliable) {
        sip__client_tx_arm(tx, &tx->retransmit, t1_ms);
    }
    sip__client_tx_arm(tx, &tx->timeout, patience_ms(tx));
    transmit(tx, false);
}

bool sip__client_tx_again(sip_client_tx *tx)
{
    int err;

    if (tx->dead || !tx->reliable || !tx->stood || tx->again || tx->answered || tx->sent == NULL ||
        tx->path.flow != 0) {
        return false;
    }
    tx->again = true;
    err = sip__layer_send(tx->layer, &tx->path, sip_msg_bytes(tx->sent), tx->id, true);
    if (err != 0) {
        sip__client_tx_defer(tx, err);
    }
    return true;
}

void sip__client_tx_resend(sip_client_tx *tx)
{
    sip__client_tx_arm(tx, &tx->retransmit, tx->interval_ms);
    transmit(tx, true);
}

void sip__client_tx_send_ack(sip_client_tx *tx, const sip_msg *response)
{
    bool repeated = sip__husk_ack(tx).len > 0;
    sip_str bytes;

    if (!repeated && sip_ack_create(tx->sent, response, &tx->ack) != 0) {
        return;
    }
    bytes = sip__husk_ack(tx);
    if (sip__layer_send(tx->layer, &tx->path, bytes, tx->id, repeated) != 0) {
        tx->layer->stats.send_failures++;
        return;
    }
    sip__client_tx_tell_sent(tx, repeated ? SIP_TX_RETRANSMITTED : SIP_TX_ACKED, tx->ack, bytes);
}

bool sip__client_tx_step(sip_client_tx *tx, const sip__client_cell *cell,
                         void (*enter)(sip_client_tx *tx), const sip_msg *response)
{
    if (cell->next == 0) {
        return false;
    }
    if (tx->state != cell->next) {
        tx->state = cell->next;
        enter(tx);
    }
    if (cell->act != NULL) {
        cell->act(tx, response);
    }
    return true;
}

/* From the queue or the wheel, wherever it is armed. */
static void clear_timeout(sip_client_tx *tx)
{
    if (tx->linger != 0) {
        sip__linger_clear(&tx->layer->linger, tx->linger, &tx->timeout);
        tx->linger = 0;
    } else {
        sip_timer_clear(tx->layer->config.worker, &tx->timeout);
    }
}

void sip__client_tx_arm(sip_client_tx *tx, sip_timer *timer, uint32_t ms)
{
    if (timer == &tx->timeout) {
        clear_timeout(tx);
        tx->linger = sip__linger_set(&tx->layer->linger, timer, ms);
        if (tx->linger != 0) {
            return;
        }
    }
    sip_timer_set(tx->layer->config.worker, timer, ms);
}

void sip__client_tx_disarm(sip_client_tx *tx)
{
    sip_timer_clear(tx->layer->config.worker, &tx->retransmit);
    clear_timeout(tx);
}

/* ---- CANCEL */

bool sip__client_tx_release_cancel(sip_client_tx *tx)
{
    sip_client_tx *cancel;

    if (tx->cancel == NULL) {
        return false;
    }
    cancel = sip__client_tx_make(tx->tu, tx->cancel, false);
    if (cancel != NULL) {
        tx->layer->stats.client_transactions++;
        sip__client_tx_tell(cancel, SIP_TX_CREATED, tx->cancel);
        cancel->sent = tx->cancel;
        cancel->path = tx->path;
        cancel->reliable = tx->reliable;
        (void)sip__client_tx_map(cancel, sip_str_of(tx->branch));
        (void)sip__nict_step(cancel, SIP__NICT_SEND, NULL);
    } else {
        (void)sip_msg_unref(tx->cancel);
    }
    tx->cancel = NULL;
    return true;
}

int sip_client_tx_cancel(sip_client_tx *tx, const sip_extras *extras)
{
    int err;

    if (tx == NULL) {
        return SIP_EINVAL;
    }
    if (!tx->is_invite || tx->cancelled || tx->state > SIP__ICT_PROCEEDING) {
        return SIP_ESTATE;
    }
    if (tx->sent == NULL) {
        tx->cancelled = true;
        sip__client_tx_tell(tx, SIP_TX_CANCELLED, NULL);
        sip__client_tx_defer(tx, SIP_EGONE);
        return 0;
    }
    err = sip_cancel_create(tx->sent, extras, &tx->cancel);
    if (err != 0) {
        return err;
    }
    tx->cancelled = true;
    sip__client_tx_tell(tx, SIP_TX_CANCELLED, NULL);
    if (tx->state == SIP__ICT_PROCEEDING) {
        (void)sip__client_tx_release_cancel(tx);
        sip__client_tx_arm(tx, &tx->timeout, 64 * tx->layer->config.timers.t1_ms);
    }
    return 0;
}

void sip_client_tx_abandon(sip_client_tx *tx)
{
    if (tx == NULL || tx->dead) {
        return;
    }
    tx->abandoned = true;
    /* The repetitions of a non-2xx still want their ACK. */
    if (!tx->is_invite || tx->state != SIP__ICT_COMPLETED) {
        sip__client_tx_end(tx);
    }
}

/* ---- responses */

static bool is_of_method(const sip_client_tx *tx, sip_str method)
{
    return sip_str_same(method, tx->method != SIP_METHOD_OTHER
                                    ? sip_method_name((sip_method)tx->method)
                                    : sip_msg_method_text(sip_client_tx_request(tx)));
}

static sip_client_tx *find(sip__layer *layer, sip_str branch, sip_str method)
{
    const sip__key_table *clients = &layer->client_map;
    const uint64_t hash = sip__siphash(clients->key, branch);
    size_t at = sip__key_table_first(clients, hash);
    sip_client_tx *tx;

    while ((tx = sip__key_table_at(clients, hash, &at)) != NULL) {
        if (sip_str_equal(branch, tx->branch) && is_of_method(tx, method)) {
            return tx;
        }
        at++;
    }
    return NULL;
}

sip_client_tx *sip__client_tx_match(sip__layer *layer, const sip_msg *response)
{
    const sip_via *via = sip_msg_via(response, 0);

    return via == NULL ? NULL : find(layer, via->branch, sip_msg_method_text(response));
}

bool sip__client_tx_is_from_target(sip__layer *layer, const sip_msg *response)
{
    const sip_client_tx *tx = sip__client_tx_match(layer, response);

    return tx != NULL && sip_addr_same_host(&tx->path.remote, &sip_msg_source(response)->remote);
}

void *sip__client_tx_find_data(sip_tu *tu, sip_str branch, sip_method method,
                               const sip_client_tx_handler *handler)
{
    sip_client_tx *tx = tu == NULL ? NULL : find(tu->layer, branch, sip_method_name(method));

    return tx != NULL && tx->handler == handler ? tx->user_data : NULL;
}

static void note_absorbed(sip_client_tx *tx, const sip_msg *response)
{
    tx->layer->stats.absorbed++;
    sip__client_tx_tell(tx, SIP_TX_REPEATED, response);
}

void sip__client_tx_receive(sip_client_tx *tx, const sip_msg *response)
{
    int status = sip_msg_status(response);
    bool done;

    if (sip__target_answered(tx, response)) {
        return;
    }
    if (tx->is_invite) {
        if (tx->left || tx->state == SIP__ICT_COMPLETED) {
            note_absorbed(tx, response);
        }
        (void)sip__ict_step(tx, sip__ict_event_of(status), response);
        sip__husk_make(tx);
        return;
    }
    done = sip__nict_step(tx, status < 200 ? SIP__NICT_RX_1XX : SIP__NICT_RX_FINAL, response);
    if (tx->left || !done) {
        note_absorbed(tx, response);
    }
    sip__husk_make(tx);
}

/* ---- telling the user */

/* How long it took to the first final answer, or (0) to giving up. */
static void meter(sip_client_tx *tx, int status)
{
    if (!tx->metered && !tx->left) {
        tx->metered = true;
        sip__meter_request(&tx->layer->meter, SIP__METER_CLIENT,
                           tx->sent != NULL ? tx->sent : tx->request, status,
                           (uint32_t)sip_worker_now_ms(tx->layer->config.worker) - tx->began_ms);
    }
}

void sip__client_tx_emit(sip_client_tx *tx, const sip_msg *response)
{
    if (sip_msg_status(response) >= 200) {
        meter(tx, sip_msg_status(response));
    }
    sip__client_tx_tell(tx, sip_msg_status(response) < 200 ? SIP_TX_PROVISIONAL : SIP_TX_FINAL,
                        response);
    if (!tx->abandoned && tx->handler->on_response != NULL) {
        tx->handler->on_response(tx, response, tx->user_data);
    }
}

static void emit_failed(sip_client_tx *tx, const sip_failure *failure)
{
    if (tx->left) {
        return;
    }
    meter(tx, 0);
    sip_stack_set_error(tx->layer->config.stack, "%s", failure->text);
    sip_log_info(tx->layer->config.log, SIP_LOG_TRANSACTION, "%s", failure->text);
    if (!tx->abandoned && tx->handler->on_failed != NULL) {
        tx->handler->on_failed(tx, failure, tx->user_data);
    }
}

void sip__client_tx_emit_timeout(sip_client_tx *tx, const sip_msg *response)
{
    (void)response;
    char text[TEXT_BYTES], path[SIP__PATH_TEXT_BYTES], tried[SIP__TARGET_TEXT_BYTES];
    sip_failure failure = {.status = 408, .err = SIP_EIO, .text = text};
    const bool was_cancelled = tx->cancelled && tx->answered;
    uint32_t ms = was_cancelled ? 64 * tx->layer->config.timers.t1_ms : patience_ms(tx);

    (void)snprintf(text, sizeof(text), "transaction: no %sanswer from %s within %u s%s",
                   tx->cancelled ? "final " : "", sip__next_hop_path_text(&tx->path, path),
                   (unsigned)(ms / 1000), sip__target_text(tx, tried));
    sip__client_tx_tell(tx, SIP_TX_TIMED_OUT, NULL);
    emit_failed(tx, &failure);
}

void sip__client_tx_emit_trouble(sip_client_tx *tx, const sip_msg *response)
{
    (void)response;
    char text[TEXT_BYTES], path[SIP__PATH_TEXT_BYTES], addr[SIP_ADDR_TEXT_BYTES];
    char tried[SIP__TARGET_TEXT_BYTES];
    sip_failure failure = {.status = 503, .err = tx->trouble, .text = text};
    const char *cause = tx->cause != NULL ? tx->cause : sip_error_text(tx->trouble);

    sip__client_tx_tell(tx, SIP_TX_FAILED, NULL);
    if (tx->trouble == SIP_EGONE && tx->sent == NULL) {
        failure.status = 408;
    }
    if (tx->path.protocol == SIP_PROTOCOL_NONE ||
        strstr(cause, sip_addr_text(&tx->path.remote, addr)) != NULL) {
        (void)snprintf(text, sizeof(text), "%s%s", cause, sip__target_text(tx, tried));
    } else {
        (void)snprintf(text, sizeof(text), "transaction: %s: %s%s",
                       sip__next_hop_path_text(&tx->path, path), cause,
                       sip__target_text(tx, tried));
    }
    emit_failed(tx, &failure);
}

const sip_path *sip_client_tx_path(const sip_client_tx *tx)
{
    return tx == NULL ? NULL : &tx->path;
}
