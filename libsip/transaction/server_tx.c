#include "transaction/server_tx.h"

#include "transaction/ist.h"
#include "transaction/nist.h"
#include "transaction/reroute.h"
#include "transaction/oc_answer.h"
#include "transaction/stateless.h"
#include <string.h>

static const sip_str no_bytes = {NULL, 0};

/* ---- birth and death */

static void unmap(sip_server_tx *tx)
{
    if (tx->mapped) {
        sip__key_table_remove(&tx->layer->server_map, sip__match_key_hash(&tx->key), tx);
        tx->mapped = false;
    }
}

static void forget_last(sip_server_tx *tx)
{
    sip_free(tx->layer->config.allocator, tx->last);
    tx->last = NULL;
    tx->last_bytes = 0;
}

static void destroy(sip_server_tx *tx)
{
    sip__layer *layer = tx->layer;

    unmap(tx);
    sip__server_tx_disarm(tx);
    sip_id_table_remove(&layer->ids, tx->id);
    sip_list_remove(&tx->link);
    sip_list_remove(&tx->work.link);
    (void)sip_msg_unref(tx->request);
    forget_last(tx);
    sip__hooks_drop_own(&tx->hooks, layer->config.allocator);
    sip__merged_drop(&layer->merged, tx->note);
    sip__next_hop_release(layer, tx->finder);
    sip__pool_give(&layer->servers, tx);
}

static void emit_ended(sip_server_tx *tx)
{
    if (tx->relay_hooks != NULL) {
        tx->relay_hooks->on_ended(tx, tx->relay);
    }
    if (!tx->quiet && tx->tu->handler.on_server_tx_ended != NULL) {
        tx->tu->handler.on_server_tx_ended(tx->tu, tx, tx->tu->user_data);
    }
}

static void at_turn_end(sip_turn_work *work)
{
    sip_server_tx *tx = SIP_CONTAINER_OF(work, sip_server_tx, work);

    if (tx->dead) {
        emit_ended(tx);
        sip__server_tx_tell(tx, SIP_TX_DESTROYED, NULL, no_bytes);
        destroy(tx);
    } else if (tx->trouble) {
        sip__server_tx_fail(tx);
    }
}

/* An id and a place under its key, or neither. */
static bool enroll(sip__layer *layer, sip_server_tx *tx, const sip__match_key *key)
{
    if (sip_id_table_add(&layer->ids, tx, &tx->id) != 0) {
        return false;
    }
    if (!sip__key_table_insert(&layer->server_map, sip__match_key_hash(key), tx)) {
        sip_id_table_remove(&layer->ids, tx->id);
        return false;
    }
    tx->key = *key;
    tx->mapped = true;
    return true;
}

sip_server_tx *sip__server_tx_make(sip__layer *layer, sip_tu *tu, const sip_msg *request,
                                   const sip__match_key *key)
{
    const sip_path *source = sip_msg_source(request);
    sip_server_tx *tx = sip__pool_take(&layer->servers);

    if (tx == NULL) {
        return NULL;
    }
    tx->kind = SIP__TX_SERVER;
    if (!enroll(layer, tx, key)) {
        sip__pool_give(&layer->servers, tx);
        return NULL;
    }
    tx->layer = layer;
    tx->tu = tu;
    tx->quiet = tu == NULL;
    tx->is_invite = sip_msg_method(request) == SIP_METHOD_INVITE;
    tx->reliable = sip_protocol_is_reliable(source->protocol);
    tx->began_ms = (uint32_t)sip_worker_now_ms(layer->config.worker);
    tx->oc_offered = sip__oc_is_offered(layer, request);
    tx->request = sip_msg_ref(request);
    sip__response_path_find(sip_msg_via(request, 0), source, layer->config.obeys_maddr, &tx->to);
    sip_list_init(&tx->link);
    sip_list_append(&layer->server_list, &tx->link);
    sip_list_init(&tx->work.link);
    tx->work.fn = at_turn_end;
    if (tx->is_invite) {
        sip__ist_start(tx);
    } else {
        sip__nist_start(tx);
    }
    layer->stats.server_transactions++;
    sip__server_tx_tell(tx, SIP_TX_CREATED, request, no_bytes);
    return tx;
}

void sip__server_tx_end(sip_server_tx *tx)
{
    if (!tx->dead) {
        tx->dead = true;
        tx->state = tx->is_invite ? (uint8_t)SIP__IST_TERMINATED : (uint8_t)SIP__NIST_TERMINATED;
        unmap(tx);
        sip__server_tx_disarm(tx);
        sip_worker_at_turn_end(tx->layer->config.worker, &tx->work);
    }
}

sip_server_tx *sip__server_tx_find(sip__layer *layer, const sip__match_key *key)
{
    const uint64_t hash = sip__match_key_hash(key);
    size_t at = sip__key_table_first(&layer->server_map, hash);
    sip_server_tx *tx;

    while ((tx = sip__key_table_at(&layer->server_map, hash, &at)) != NULL &&
           !sip__match_key_equal(key, &tx->key)) {
        at++;
    }
    return tx;
}

/* ---- what comes in */

static void refuse(sip_server_tx *tx, int status)
{
    if (sip_server_tx_respond(tx, status, NULL) != 0) {
        sip__server_tx_end(tx); /* without memory: its repetition begins anew */
    }
}

void sip__server_tx_begin(sip__layer *layer, const sip_msg *request, const sip__match_key *key)
{
    sip_tu *tu = layer->config.hooks->select(layer->config.worker, request);
    sip__merged_note *note = NULL;
    sip_server_tx *tx = NULL;
    bool is_copy = false;

    if (tu != NULL && tu->handler.on_request == NULL) {
        tu = NULL;
    }
    if (tu != NULL && tu->config.refuses_merged) {
        note = sip__merged_add(&layer->merged, tu, request, &is_copy);
    }
    if (sip__layer_has_room(layer)) {
        tx = sip__server_tx_make(layer, is_copy ? NULL : tu, request, key);
    }
    if (tx == NULL) {
        sip__merged_drop(&layer->merged, note);
        layer->stats.rejected_busy++;
        sip__stateless_answer_busy(layer, request);
        return;
    }
    tx->note = note;
    layer->stats.merged += is_copy ? 1 : 0;
    if (tx->tu == NULL) {
        refuse(tx, is_copy ? 482 : 501);
    } else {
        tu->handler.on_request(tu, tx, tu->user_data);
    }
}

void sip__server_tx_repeat(sip_server_tx *tx, const sip_msg *request)
{
    tx->layer->stats.absorbed++;
    sip__server_tx_tell(tx, SIP_TX_REPEATED, request, no_bytes);
    if (tx->is_invite) {
        (void)sip__ist_step(tx, SIP__IST_RX_INVITE, NULL);
    } else {
        (void)sip__nist_step(tx, SIP__NIST_RX_REQUEST, NULL);
    }
}

/* The key of an RFC 2543 peer leaves the To tag out, since only the response has it (RFC
 * 3261 17.2.3). Such peers are rare: the response is parsed for them rather than its tag kept for
 * all. */
static bool is_foreign_ack(const sip_server_tx *tx, const sip_msg *ack)
{
    const sip_address *acked = sip_msg_to(ack);
    sip_msg *response = NULL;
    bool foreign = false;

    if (tx->last == NULL || acked == NULL || sip__match_has_cookie(sip_msg_via(ack, 0)->branch)) {
        return false;
    }
    if (sip_msg_parse(tx->layer->config.allocator, NULL, (sip_str){tx->last, tx->last_bytes},
                      &tx->to.path, &response, NULL) == 0) {
        const sip_address *answered = sip_msg_to(response);

        foreign = answered != NULL && !sip_str_same(acked->tag, answered->tag);
    }
    (void)sip_msg_unref(response);
    return foreign;
}

bool sip__server_tx_ack(sip_server_tx *tx, const sip_msg *ack)
{
    if (is_foreign_ack(tx, ack)) {
        return false;
    }
    if (!sip__ist_step(tx, SIP__IST_RX_ACK, ack)) {
        tx->layer->stats.absorbed++;
        sip__server_tx_tell(tx, SIP_TX_REPEATED, ack, no_bytes);
    }
    return true;
}

static void emit_cancel(sip_server_tx *invite, const sip_msg *cancel)
{
    sip_tu *tu = invite->tu;

    if (tu->handler.on_cancel != NULL) {
        tu->handler.on_cancel(tu, invite, tu->user_data);
    } else if (invite->relay_hooks != NULL) {
        invite->relay_hooks->on_cancel(invite, cancel, invite->relay);
    } else {
        (void)sip_server_tx_respond(invite, 487, NULL);
    }
}

void sip__server_tx_cancel(sip__layer *layer, const sip_msg *cancel, const sip__match_key *key,
                           sip_server_tx *invite)
{
    sip_server_tx *tx = sip__server_tx_make(layer, NULL, cancel, key);

    if (tx != NULL) {
        if (invite != NULL) {
            /* The same To tag as in the responses to the INVITE (9.2). */
            (void)sip_server_tx_tag(invite);
            memcpy(tx->tag, invite->tag, sizeof(tx->tag));
        }
        if (sip_server_tx_respond(tx, invite != NULL ? 200 : 481, NULL) != 0) {
            sip__server_tx_end(tx); /* without memory: its repetition begins anew */
        }
    }
    if (invite != NULL && invite->state == SIP__IST_PROCEEDING && !invite->quiet) {
        sip__server_tx_tell(invite, SIP_TX_CANCELLED, cancel, no_bytes);
        emit_cancel(invite, cancel);
    }
}

/* ---- what goes out */

static void transmit(sip_server_tx *tx, sip_str bytes, bool repeated)
{
    sip__reroute_leave_dead_flow(tx);
    if (sip__layer_send(tx->layer, &tx->to.path, bytes, tx->id, repeated) != 0) {
        tx->trouble = true;
        sip_worker_at_turn_end(tx->layer->config.worker, &tx->work);
    }
}

/* An exact copy: of thousands of transactions that are over but for repetitions, a whole message
 * each would be most of the memory of a busy server. */
static void keep_last(sip_server_tx *tx, sip_str bytes)
{
    forget_last(tx);
    if (tx->is_invite && tx->state == SIP__IST_ACCEPTED) {
        return;
    }
    tx->last = sip_alloc(tx->layer->config.allocator, bytes.len);
    if (tx->last != NULL) {
        memcpy(tx->last, bytes.ptr, bytes.len);
        tx->last_bytes = bytes.len;
    }
}

void sip__server_tx_write(sip_server_tx *tx, const sip_msg *response)
{
    char *own = NULL;
    sip_str bytes =
        tx->oc_offered ? sip__oc_answer(tx->layer, response, &own) : sip_msg_bytes(response);

    if (tx->search == SIP__SEARCH_WANTED && !sip__reroute_search(tx, response) &&
        tx->finder != NULL) {
        (void)sip__sent_by_next(tx->layer, tx->finder, &tx->to.path);
    }
    keep_last(tx, bytes);
    if (sip_msg_status(response) >= 200) {
        sip__meter_request(&tx->layer->meter, SIP__METER_SERVER, tx->request,
                           sip_msg_status(response),
                           (uint32_t)sip_worker_now_ms(tx->layer->config.worker) - tx->began_ms);
        tx->request = sip_msg_unref(tx->request);
    } else {
        sip_timer_clear(tx->layer->config.worker, &tx->retransmit); /* no 100 by itself any more */
    }
    transmit(tx, bytes, false);
    sip__server_tx_tell(tx, sip_msg_status(response) < 200 ? SIP_TX_PROVISIONAL : SIP_TX_FINAL,
                        response, bytes);
    sip_free(tx->layer->config.allocator, own);
}

void sip__server_tx_rewrite(sip_server_tx *tx, const sip_msg *msg)
{
    (void)msg;
    if (tx->last != NULL) {
        const sip_str bytes = {tx->last, tx->last_bytes};

        transmit(tx, bytes, true);
        sip__server_tx_tell(tx, SIP_TX_RETRANSMITTED, NULL, bytes);
    }
}

void sip__server_tx_write_100(sip_server_tx *tx, const sip_msg *msg)
{
    sip_build *build;
    sip_msg *response;

    (void)msg;
    if (tx->last != NULL) {
        return;
    }
    build = sip_build_response(tx->request, 100, (sip_str){NULL, 0}, (sip_str){NULL, 0});
    sip_build_delay(build, tx->interval_ms);
    if (sip_build_finish(build, &response) == 0) {
        sip__server_tx_write(tx, response);
        (void)sip_msg_unref(response);
    }
}

bool sip__server_tx_step(sip_server_tx *tx, const sip__server_cell *cell,
                         void (*enter)(sip_server_tx *tx), const sip_msg *msg)
{
    if (cell->next == 0) {
        return false;
    }
    if (tx->state != cell->next) {
        tx->state = cell->next;
        enter(tx);
    }
    if (cell->act != NULL) {
        cell->act(tx, msg);
    }
    return true;
}

/* From the queue or the wheel, wherever it is armed. */
static void clear_timeout(sip_server_tx *tx)
{
    if (tx->linger != 0) {
        sip__linger_clear(&tx->layer->linger, tx->linger, &tx->timeout);
        tx->linger = 0;
    } else {
        sip_timer_clear(tx->layer->config.worker, &tx->timeout);
    }
}

void sip__server_tx_arm(sip_server_tx *tx, sip_timer *timer, uint32_t ms)
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

void sip__server_tx_disarm(sip_server_tx *tx)
{
    sip_timer_clear(tx->layer->config.worker, &tx->retransmit);
    clear_timeout(tx);
}

void sip__server_tx_emit_ack(sip_server_tx *tx, const sip_msg *ack)
{
    sip__server_tx_note_ack(tx, ack);
    if (!tx->quiet && tx->tu->handler.on_ack != NULL) {
        tx->tu->handler.on_ack(tx->tu, ack, tx->tu->user_data);
    }
}

void sip__server_tx_note_ack(sip_server_tx *tx, const sip_msg *ack)
{
    sip__server_tx_tell(tx, SIP_TX_ACKED, ack, no_bytes);
}

void sip__server_tx_note_timeout(sip_server_tx *tx, const sip_msg *msg)
{
    sip__server_tx_tell(tx, SIP_TX_TIMED_OUT, msg, no_bytes);
}

void sip__server_tx_emit_trouble(sip_server_tx *tx, const sip_msg *msg)
{
    sip__server_tx_tell(tx, SIP_TX_FAILED, msg, no_bytes);
    if (!tx->quiet && tx->tu->handler.on_undelivered != NULL) {
        tx->tu->handler.on_undelivered(tx->tu, tx, tx->tu->user_data);
    }
}

static bool send_to_invite(sip_server_tx *tx, int status, const sip_msg *response)
{
    sip__ist_event event = SIP__IST_TX_1XX;

    if (status >= 300) {
        event = SIP__IST_TX_FAIL;
    } else if (status >= 200) {
        event = SIP__IST_TX_2XX;
    }
    return sip__ist_step(tx, event, response);
}

static bool send_to_other(sip_server_tx *tx, int status, const sip_msg *response)
{
    if (status == 408) {
        return sip__nist_step(tx, SIP__NIST_GIVE_UP, NULL);
    }
    if (status >= 200) {
        return sip__nist_step(tx, SIP__NIST_TX_FINAL, response);
    }
    /* Over UDP the 100 leaves by its timer, not before (RFC 4320 4.1). */
    return tx->reliable ? sip__nist_step(tx, SIP__NIST_TX_1XX, response) : tx->request != NULL;
}

int sip_server_tx_send(sip_server_tx *tx, const sip_msg *response)
{
    int status = sip_msg_status(response);
    bool done;

    if (tx == NULL || status == 0 || (!tx->is_invite && status > 100 && status < 200)) {
        return SIP_EINVAL;
    }
    done =
        tx->is_invite ? send_to_invite(tx, status, response) : send_to_other(tx, status, response);
    return done ? 0 : SIP_ESTATE;
}

int sip_server_tx_respond(sip_server_tx *tx, int status, const sip_extras *extras)
{
    sip_msg *response;
    int err;

    if (tx == NULL || status < 100 || status > 699) {
        return SIP_EINVAL;
    }
    if (tx->request == NULL || tx->dead) {
        return SIP_ESTATE;
    }
    err = sip_response_create(tx->request, status,
                              status > 100 ? sip_server_tx_tag(tx) : (sip_str){NULL, 0}, extras,
                              &response);
    if (err != 0) {
        return err;
    }
    err = sip_server_tx_send(tx, response);
    (void)sip_msg_unref(response);
    return err;
}

void sip_server_tx_abandon(sip_server_tx *tx)
{
    if (tx != NULL) {
        sip__server_tx_end(tx);
    }
}

/* ---- looking at one */

const sip_msg *sip_server_tx_request(const sip_server_tx *tx)
{
    return tx == NULL ? NULL : tx->request;
}

sip_tu *sip_server_tx_tu(const sip_server_tx *tx)
{
    return tx == NULL ? NULL : tx->tu;
}

void sip_server_tx_set_data(sip_server_tx *tx, void *data)
{
    if (tx != NULL) {
        tx->data = data;
    }
}

void *sip_server_tx_data(const sip_server_tx *tx)
{
    return tx == NULL ? NULL : tx->data;
}

sip_str sip_server_tx_tag(sip_server_tx *tx)
{
    if (tx == NULL) {
        return (sip_str){NULL, 0};
    }
    if (tx->tag[0] == '\0') {
        (void)sip_worker_make_tag(tx->layer->config.worker, tx->tag);
    }
    return sip_str_of(tx->tag);
}

void sip__server_tx_set_relay(sip_server_tx *tx, const sip__relay_hooks *hooks, void *relay)
{
    tx->relay_hooks = hooks;
    tx->relay = hooks != NULL ? relay : NULL;
}

void *sip__server_tx_relay(const sip_server_tx *tx)
{
    return tx->relay;
}
