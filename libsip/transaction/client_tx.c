#include "transaction/client_tx.h"

#include "message/print.h"
#include "transaction/ict.h"
#include "transaction/nict.h"
#include "transaction/relay_hook.h"
#include <stdio.h>
#include <string.h>

#define TEXT_BYTES 320

static const sip_client_tx_handler silent = {0};

/* ---- birth and death */

static void unmap(sip_client_tx *tx)
{
    if (tx->mapped) {
        sip_map_remove(&tx->layer->client_map, &tx->node);
        tx->mapped = false;
    }
}

static void map(sip_client_tx *tx, sip_str branch)
{
    sip_map *clients = &tx->layer->client_map;

    unmap(tx);
    memcpy(tx->branch, branch.ptr, branch.len);
    tx->branch[branch.len] = '\0';
    sip_map_insert(clients, sip_map_hash(clients, branch), &tx->node);
    tx->mapped = true;
}

static void destroy(sip_client_tx *tx)
{
    sip__layer *layer = tx->layer;

    unmap(tx);
    sip__client_tx_disarm(tx);
    sip_id_table_remove(&layer->ids, tx->id);
    sip_list_remove(&tx->link);
    sip_list_remove(&tx->work.link);
    sip__next_hop_release(layer, tx->finder);
    (void)sip_msg_unref(tx->request);
    (void)sip_msg_unref(tx->sent);
    (void)sip_msg_unref(tx->ack);
    (void)sip_msg_unref(tx->cancel);
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
        destroy(tx);
    } else if (tx->trouble != 0) {
        tell_trouble(tx);
    }
}

static sip_client_tx *make(sip_tu *tu, const sip_msg *request, bool is_invite)
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
    tx->is_invite = is_invite;
    tx->request = sip_msg_ref(request);
    sip_list_init(&tx->link);
    sip_list_append(&layer->client_list, &tx->link);
    sip_list_init(&tx->work.link);
    tx->work.fn = at_turn_end;
    if (is_invite) {
        sip__ict_start(tx);
    } else {
        sip__nict_start(tx);
    }
    layer->stats.client_transactions++;
    return tx;
}

static void defer_trouble(sip_client_tx *tx, int err)
{
    tx->trouble = err;
    sip_worker_at_turn_end(tx->layer->config.worker, &tx->work);
}

void sip__client_tx_end(sip_client_tx *tx)
{
    if (!tx->dead) {
        tx->dead = true;
        tx->state = tx->is_invite ? (uint8_t)SIP__ICT_TERMINATED : (uint8_t)SIP__NICT_TERMINATED;
        unmap(tx);
        sip__client_tx_disarm(tx);
        sip_worker_at_turn_end(tx->layer->config.worker, &tx->work);
    }
}

/* ---- sending */

/* Begin (again) at tx->path, under a new branch. */
static int go(sip_client_tx *tx)
{
    char room[SIP__BRANCH_BYTES];
    sip_str branch = sip__ident_branch(tx->layer->config.ident, room);
    sip_msg *sent;
    int err = sip__next_hop_print(tx->layer, tx->request, &tx->path, branch, &sent);

    if (err != 0) {
        return err;
    }
    map(tx, branch);
    (void)sip_msg_unref(tx->sent);
    tx->sent = sent;
    tx->reliable = sip_protocol_is_reliable(tx->path.protocol);
    if (tx->is_invite) {
        (void)sip__ict_step(tx, SIP__ICT_SEND, NULL);
    } else {
        (void)sip__nict_step(tx, SIP__NICT_SEND, NULL);
    }
    return 0;
}

/* Go to the next target that was found, if there is one and no answer has come yet. */
static bool go_on(sip_client_tx *tx)
{
    sip__finder *finder = tx->finder;

    while (tx->request != NULL && finder != NULL && !tx->cancelled &&
           finder->next < finder->locate.n_targets) {
        tx->path = sip__next_hop_path(&finder->locate.targets[finder->next++]);
        if (go(tx) == 0) {
            return true;
        }
    }
    return false;
}

void sip__client_tx_fail(sip_client_tx *tx, int err, const char *text)
{
    if (tx->dead || go_on(tx)) {
        return;
    }
    tx->trouble = err;
    tx->cause = text;
    if (tx->is_invite) {
        (void)sip__ict_step(tx, SIP__ICT_TP_ERROR, NULL);
    } else {
        (void)sip__nict_step(tx, SIP__NICT_TP_ERROR, NULL);
    }
    tx->cause = NULL;
    tx->trouble = 0;
}

static void on_located(sip__locate *locate, int err, const char *text)
{
    sip_client_tx *tx = locate->arg;

    if (tx->dead || tx->trouble != 0) {
        return;
    }
    if (err != 0) {
        sip__client_tx_fail(tx, err, text);
    } else if (!go_on(tx)) {
        sip__client_tx_fail(tx, SIP_EUNSUPPORTED, "no transport leads there");
    }
}

/* Find the first target and begin; what the caller could not have known is told at the end of the
 * turn. */
static int aim(sip_client_tx *tx, const sip_send_options *options)
{
    const sip_uri *uri;
    sip_uri room;
    int err;

    if (options != NULL && options->path != NULL) {
        tx->path = *options->path;
        err = go(tx);
    } else {
        tx->hop_given = options != NULL && options->next_hop != NULL;
        if (sip__next_hop_uri(tx->request, options != NULL ? options->next_hop : NULL, &room,
                              &uri) != 0) {
            return SIP_EINVAL;
        }
        err = sip__next_hop_find(tx->layer, uri, on_located, tx, &tx->path, &tx->finder);
        if (err == SIP_EAGAIN) {
            return 0;
        }
        if (err == 0) {
            err = go(tx);
        }
    }
    if (err == SIP_ENOMEM || err == SIP_EINVAL) {
        return err;
    }
    if (err != 0) {
        defer_trouble(tx, err);
    }
    return 0;
}

int sip_client_tx_create(sip_tu *tu, const sip_msg *request, const sip_send_options *options,
                         const sip_client_tx_handler *handler, void *user_data,
                         sip_client_tx **ret_tx)
{
    sip_method method = sip_msg_method(request);
    sip_client_tx *tx;
    int err;

    if (tu == NULL || handler == NULL || !sip_msg_is_request(request) || method == SIP_METHOD_ACK ||
        method == SIP_METHOD_CANCEL) {
        return SIP_EINVAL;
    }
    if (!sip__layer_has_room(tu->layer)) {
        return SIP_EBUSY;
    }
    tx = make(tu, request, method == SIP_METHOD_INVITE);
    if (tx == NULL) {
        return SIP_ENOMEM;
    }
    tx->handler = handler;
    tx->user_data = user_data;
    err = aim(tx, options);
    if (err != 0) {
        destroy(tx);
        return err;
    }
    if (ret_tx != NULL) {
        *ret_tx = tx;
    }
    return 0;
}

static void transmit(sip_client_tx *tx, bool repeated)
{
    int err = sip__layer_send(tx->layer, &tx->path, sip_msg_bytes(tx->sent), tx->id, repeated);

    if (err != 0 && repeated) {
        tx->layer->stats.send_failures++; /* the next repetition may do better */
    } else if (err != 0) {
        defer_trouble(tx, err);
    }
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
    sip__client_tx_arm(tx, &tx->timeout, 64 * t1_ms);
    transmit(tx, false);
}

void sip__client_tx_resend(sip_client_tx *tx)
{
    sip__client_tx_arm(tx, &tx->retransmit, tx->interval_ms);
    transmit(tx, true);
}

void sip__client_tx_send_ack(sip_client_tx *tx, const sip_msg *response)
{
    bool repeated = tx->ack != NULL;

    if (repeated || sip_ack_create(tx->sent, response, &tx->ack) == 0) {
        if (sip__layer_send(tx->layer, &tx->path, sip_msg_bytes(tx->ack), tx->id, repeated) != 0) {
            tx->layer->stats.send_failures++;
        }
    }
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

void sip__client_tx_arm(sip_client_tx *tx, sip_timer *timer, uint32_t ms)
{
    sip_timer_set(tx->layer->config.worker, timer, ms);
}

void sip__client_tx_disarm(sip_client_tx *tx)
{
    sip_timer_clear(tx->layer->config.worker, &tx->retransmit);
    sip_timer_clear(tx->layer->config.worker, &tx->timeout);
}

/* ---- CANCEL */

bool sip__client_tx_release_cancel(sip_client_tx *tx)
{
    sip_client_tx *cancel;

    if (tx->cancel == NULL) {
        return false;
    }
    cancel = make(tx->tu, tx->cancel, false);
    if (cancel != NULL) {
        cancel->sent = tx->cancel;
        cancel->path = tx->path;
        cancel->reliable = tx->reliable;
        map(cancel, sip_str_of(tx->branch));
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
        defer_trouble(tx, SIP_EGONE);
        return 0;
    }
    err = sip_cancel_create(tx->sent, extras, &tx->cancel);
    if (err != 0) {
        return err;
    }
    tx->cancelled = true;
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

static sip_client_tx *find(sip__layer *layer, sip_str branch, sip_str method)
{
    sip_map *clients = &layer->client_map;

    for (sip_map_node *node = sip_map_first(clients, sip_map_hash(clients, branch)); node != NULL;
         node = sip_map_next(node)) {
        sip_client_tx *tx = SIP_CONTAINER_OF(node, sip_client_tx, node);

        if (sip_str_equal(branch, tx->branch) &&
            sip_str_same(method, sip_msg_method_text(tx->sent))) {
            return tx;
        }
    }
    return NULL;
}

sip_client_tx *sip__client_tx_match(sip__layer *layer, const sip_msg *response)
{
    const sip_via *via = sip_msg_via(response, 0);

    return via == NULL ? NULL : find(layer, via->branch, sip_msg_method_text(response));
}

void *sip__client_tx_find_data(sip_tu *tu, sip_str branch, sip_method method,
                               const sip_client_tx_handler *handler)
{
    sip_client_tx *tx = tu == NULL ? NULL : find(tu->layer, branch, sip_method_name(method));

    return tx != NULL && tx->handler == handler ? tx->user_data : NULL;
}

static sip__ict_event ict_event(int status)
{
    if (status >= 300) {
        return SIP__ICT_RX_FAIL;
    }
    return status >= 200 ? SIP__ICT_RX_2XX : SIP__ICT_RX_1XX;
}

void sip__client_tx_receive(sip_client_tx *tx, const sip_msg *response)
{
    int status = sip_msg_status(response);
    bool done;

    /* An answer: this target works, no other will be tried. */
    tx->request = sip_msg_unref(tx->request);
    sip__next_hop_release(tx->layer, tx->finder);
    tx->finder = NULL;
    if (tx->is_invite) {
        if (tx->state == SIP__ICT_COMPLETED) {
            tx->layer->stats.absorbed++;
        }
        (void)sip__ict_step(tx, ict_event(status), response);
        return;
    }
    done = sip__nict_step(tx, status < 200 ? SIP__NICT_RX_1XX : SIP__NICT_RX_FINAL, response);
    if (!done) {
        tx->layer->stats.absorbed++;
    }
}

/* ---- telling the user */

void sip__client_tx_emit(sip_client_tx *tx, const sip_msg *response)
{
    if (!tx->abandoned && tx->handler->on_response != NULL) {
        tx->handler->on_response(tx, response, tx->user_data);
    }
}

static void emit_failed(sip_client_tx *tx, const sip_failure *failure)
{
    sip_stack_set_error(tx->layer->config.stack, "%s", failure->text);
    sip_log_info(tx->layer->config.log, SIP_LOG_TRANSACTION, "%s", failure->text);
    if (!tx->abandoned && tx->handler->on_failed != NULL) {
        tx->handler->on_failed(tx, failure, tx->user_data);
    }
}

void sip__client_tx_emit_timeout(sip_client_tx *tx, const sip_msg *response)
{
    (void)response;
    char text[TEXT_BYTES], path[SIP__PATH_TEXT_BYTES];
    sip_failure failure = {.status = 408, .err = SIP_EIO, .text = text};

    (void)snprintf(text, sizeof(text), "transaction: no %sanswer from %s within %u s",
                   tx->cancelled ? "final " : "", sip__next_hop_path_text(&tx->path, path),
                   (unsigned)(64 * tx->layer->config.timers.t1_ms / 1000));
    emit_failed(tx, &failure);
}

void sip__client_tx_emit_trouble(sip_client_tx *tx, const sip_msg *response)
{
    (void)response;
    char text[TEXT_BYTES], path[SIP__PATH_TEXT_BYTES], addr[SIP_ADDR_TEXT_BYTES];
    sip_failure failure = {.status = 503, .err = tx->trouble, .text = text};
    const char *cause = tx->cause != NULL ? tx->cause : sip_error_text(tx->trouble);

    if (tx->trouble == SIP_EGONE && tx->sent == NULL) {
        failure.status = 408;
    }
    if (tx->path.protocol == SIP_PROTOCOL_NONE ||
        strstr(cause, sip_addr_text(&tx->path.remote, addr)) != NULL) {
        (void)snprintf(text, sizeof(text), "%s", cause);
    } else {
        (void)snprintf(text, sizeof(text), "transaction: %s: %s",
                       sip__next_hop_path_text(&tx->path, path), cause);
    }
    emit_failed(tx, &failure);
}

const sip_msg *sip_client_tx_request(const sip_client_tx *tx)
{
    if (tx == NULL) {
        return NULL;
    }
    return tx->sent != NULL ? tx->sent : tx->request;
}

const sip_path *sip_client_tx_path(const sip_client_tx *tx)
{
    return tx == NULL ? NULL : &tx->path;
}
