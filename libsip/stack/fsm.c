#include "stack/fsm.h"

#include "base/sized.h"
#include "transaction/ict.h"
#include "transaction/ist.h"
#include "transaction/nict.h"
#include "transaction/nist.h"
#include <string.h>

/* A transaction of the layer under another name: its first member says which kind it is. */
struct sip_fsm_tx {
    sip__tx_kind kind;
};

sip_client_tx *sip__fsm_client(const sip_fsm_tx *tx)
{
    return tx != NULL && tx->kind == SIP__TX_CLIENT ? (sip_client_tx *)tx : NULL;
}

sip_server_tx *sip__fsm_server(const sip_fsm_tx *tx)
{
    return tx != NULL && tx->kind == SIP__TX_SERVER ? (sip_server_tx *)tx : NULL;
}

static sip_fsm_tx *tx_of(sip_client_tx *client, sip_server_tx *server)
{
    return client != NULL ? (sip_fsm_tx *)client : (sip_fsm_tx *)server;
}

/* ---- time and turns */

static sip_time_ms now_ms(void *user_data)
{
    return ((const sip_fsm *)user_data)->now_ms;
}

static int64_t unix_s(void *user_data)
{
    return (int64_t)(((const sip_fsm *)user_data)->now_ms / 1000);
}

/* What is due at the present time too: timers of no length. */
static void end_turn(sip_fsm *fsm)
{
    do {
        (void)sip_stack_process(fsm->stack);
    } while (sip_stack_next_due_ms(fsm->stack) <= fsm->now_ms);
}

void sip__fsm_enter(sip_fsm *fsm)
{
    fsm->depth++;
}

void sip__fsm_leave(sip_fsm *fsm)
{
    if (fsm->depth == 1) {
        end_turn(fsm);
    }
    fsm->depth--;
}

void sip_fsm_advance(sip_fsm *fsm, sip_time_ms to_ms)
{
    if (fsm == NULL || fsm->depth > 0) {
        return;
    }
    fsm->depth++;
    for (;;) {
        sip_time_ms due_ms = sip_stack_next_due_ms(fsm->stack);

        if (due_ms > to_ms) {
            break;
        }
        fsm->now_ms = due_ms > fsm->now_ms ? due_ms : fsm->now_ms;
        end_turn(fsm);
    }
    fsm->now_ms = to_ms > fsm->now_ms ? to_ms : fsm->now_ms;
    end_turn(fsm);
    fsm->depth--;
}

sip_time_ms sip_fsm_next_due_ms(const sip_fsm *fsm)
{
    return fsm == NULL ? UINT64_MAX : sip_stack_next_due_ms(fsm->stack);
}

/* ---- announcements */

static int send_out(sip__layer *layer, const sip_path *to, sip_str bytes, uint64_t ref)
{
    const sip_fsm *fsm = layer->outlet_arg;
    sip_fsm_tx *tx = sip_id_table_find(&layer->ids, ref);

    return tx == NULL ? 0 : fsm->handler.on_send(tx, to, bytes, fsm->user_data);
}

/* Those that have a message with them. */
static void (*message_callback(const sip_fsm_handler *handler,
                               sip_tx_event event))(sip_fsm_tx *tx, const sip_msg *msg,
                                                    void *user_data)
{
    switch (event) {
    case SIP_TX_CREATED:
        return handler->on_created;
    case SIP_TX_SENT:
        return handler->on_sent;
    case SIP_TX_REPEATED:
        return handler->on_repeated;
    case SIP_TX_PROVISIONAL:
        return handler->on_provisional;
    case SIP_TX_FINAL:
        return handler->on_final;
    case SIP_TX_ACKED:
        return handler->on_ack;
    case SIP_TX_RETRANSMITTED:
    case SIP_TX_CANCELLED:
    case SIP_TX_TIMED_OUT:
    case SIP_TX_FAILED:
    case SIP_TX_DESTROYED:
    case SIP_TX_EVENTS:
        break;
    }
    return NULL;
}

static void (*bare_callback(const sip_fsm_handler *handler, sip_tx_event event))(sip_fsm_tx *tx,
                                                                                 void *user_data)
{
    switch (event) {
    case SIP_TX_RETRANSMITTED:
        return handler->on_sent_again;
    case SIP_TX_TIMED_OUT:
        return handler->on_timeout;
    case SIP_TX_FAILED:
        return handler->on_transport_error;
    case SIP_TX_DESTROYED:
        return handler->on_destroyed;
    case SIP_TX_CREATED:
    case SIP_TX_SENT:
    case SIP_TX_REPEATED:
    case SIP_TX_PROVISIONAL:
    case SIP_TX_FINAL:
    case SIP_TX_ACKED:
    case SIP_TX_CANCELLED:
    case SIP_TX_EVENTS:
        break;
    }
    return NULL;
}

static void announce(const sip_tx_news *news, void *user_data)
{
    const sip_fsm *fsm = user_data;
    sip_fsm_tx *tx = tx_of(news->client, news->server);
    void (*told)(sip_fsm_tx *, const sip_msg *, void *) =
        message_callback(&fsm->handler, news->event);
    void (*bare)(sip_fsm_tx *, void *) = bare_callback(&fsm->handler, news->event);

    if (told != NULL) {
        told(tx, news->msg, fsm->user_data);
    } else if (bare != NULL) {
        bare(tx, fsm->user_data);
    }
}

/* ---- birth and death of the machines */

static int init(sip_fsm *fsm, const sip_fsm_config *config)
{
    static const sip_tu_handler nobody = {0};
    const sip_stack_config stack = {
        .allocator = fsm->allocator,
        .random = config->random,
        .clock = &fsm->clock,
        .timers = config->timers,
        .max_transactions = config->max_transactions,
    };
    int err = sip_stack_create(&stack, &fsm->stack);

    if (err == 0) {
        err = sip_tu_create(fsm->stack, NULL, &nobody, fsm, &fsm->tu);
    }
    if (err == 0) {
        fsm->layer = &sip_stack_worker(fsm->stack, 0)->layer;
        fsm->layer->outlet = send_out;
        fsm->layer->outlet_arg = fsm;
        err = sip_stack_add_tx_hook(fsm->stack, &fsm->hook);
    }
    return err;
}

int sip_fsm_create_sized(const sip_fsm_config *config, size_t config_bytes,
                         const sip_fsm_handler *handler, size_t handler_bytes, void *user_data,
                         sip_fsm **ret_fsm)
{
    sip_fsm_config own;
    sip_fsm_handler callbacks;
    sip_fsm *fsm;
    int err;

    if (handler == NULL || ret_fsm == NULL ||
        sip__sized_copy(&own, sizeof(own), config, config_bytes) != 0 ||
        sip__sized_copy(&callbacks, sizeof(callbacks), handler, handler_bytes) != 0 ||
        callbacks.on_send == NULL) {
        return SIP_EINVAL;
    }
    if (own.allocator == NULL) {
        own.allocator = sip_allocator_default();
    }
    fsm = sip_alloc0(own.allocator, sizeof(*fsm));
    if (fsm == NULL) {
        return SIP_ENOMEM;
    }
    fsm->allocator = own.allocator;
    fsm->now_ms = own.now_ms;
    fsm->clock = (sip_clock){now_ms, unix_s, fsm};
    fsm->handler = callbacks;
    fsm->user_data = user_data;
    fsm->hook = (sip_tx_hook){.fn = announce, .user_data = fsm};
    err = init(fsm, &own);
    if (err != 0) {
        sip_fsm_destroy(fsm);
        return err;
    }
    *ret_fsm = fsm;
    return 0;
}

void sip_fsm_destroy(sip_fsm *fsm)
{
    if (fsm != NULL) {
        fsm->depth++;
        sip_stack_destroy(fsm->stack);
        sip_free(fsm->allocator, fsm);
    }
}

size_t sip_fsm_count(const sip_fsm *fsm)
{
    return fsm == NULL ? 0 : fsm->layer->clients.live + fsm->layer->servers.live;
}

/* ---- making transactions */

static bool may_begin(const sip_fsm *fsm, const sip_msg *request)
{
    return fsm != NULL && sip_msg_is_request(request) &&
           sip_msg_method(request) != SIP_METHOD_ACK && sip_msg_via(request, 0) != NULL;
}

int sip_fsm_create_client(sip_fsm *fsm, const sip_msg *request, const sip_path *to, void *data,
                          sip_fsm_tx **ret_tx)
{
    sip_client_tx *tx;
    sip_str branch;

    if (!may_begin(fsm, request) || to == NULL || ret_tx == NULL) {
        return SIP_EINVAL;
    }
    branch = sip_msg_via(request, 0)->branch;
    if (!sip__match_has_cookie(branch) || branch.len >= SIP__BRANCH_BYTES) {
        return SIP_EINVAL;
    }
    if (!sip__layer_has_room(fsm->layer)) {
        return SIP_EBUSY;
    }
    tx = sip__client_tx_make(fsm->tu, request, sip_msg_method(request) == SIP_METHOD_INVITE);
    if (tx == NULL) {
        return SIP_ENOMEM;
    }
    tx->sent = sip_msg_ref(request);
    tx->path = *to;
    tx->path_given = true;
    tx->reliable = sip_protocol_is_reliable(to->protocol);
    tx->user_data = data;
    if (sip__client_tx_map(tx, branch) != 0) {
        tx->left = true; /* of which nobody has been told, and nobody is */
        sip__client_tx_end(tx);
        end_turn(fsm);
        return SIP_ENOMEM;
    }
    fsm->layer->stats.client_transactions++;
    sip__client_tx_tell(tx, SIP_TX_CREATED, request);
    *ret_tx = tx_of(tx, NULL);
    return 0;
}

int sip_fsm_create_server(sip_fsm *fsm, const sip_msg *request, void *data, sip_fsm_tx **ret_tx)
{
    sip_server_tx *tx;
    sip__match_key key;

    if (!may_begin(fsm, request) || ret_tx == NULL ||
        !sip__match_server_key(fsm->layer->server_map.key, request, sip_msg_method_text(request),
                               &key)) {
        return SIP_EINVAL;
    }
    if (sip__server_tx_find(fsm->layer, &key) != NULL) {
        return SIP_ESTATE;
    }
    if (!sip__layer_has_room(fsm->layer)) {
        return SIP_EBUSY;
    }
    tx = sip__server_tx_make(fsm->layer, fsm->tu, request, &key);
    if (tx == NULL) {
        return SIP_ENOMEM;
    }
    tx->data = data;
    *ret_tx = tx_of(NULL, tx);
    return 0;
}

/* ---- finding them */

static sip_fsm_tx *find_server(sip_fsm *fsm, const sip_msg *request, sip_str as)
{
    sip__match_key key;

    return sip__match_server_key(fsm->layer->server_map.key, request, as, &key)
               ? tx_of(NULL, sip__server_tx_find(fsm->layer, &key))
               : NULL;
}

sip_fsm_tx *sip_fsm_find(sip_fsm *fsm, const sip_msg *msg)
{
    if (fsm == NULL || msg == NULL) {
        return NULL;
    }
    if (!sip_msg_is_request(msg)) {
        return tx_of(sip__client_tx_match(fsm->layer, msg), NULL);
    }
    return find_server(fsm, msg,
                       sip_msg_method(msg) == SIP_METHOD_ACK ? SIP_STR("INVITE")
                                                             : sip_msg_method_text(msg));
}

sip_fsm_tx *sip_fsm_find_cancelled(sip_fsm *fsm, const sip_msg *cancel)
{
    return fsm == NULL || sip_msg_method(cancel) != SIP_METHOD_CANCEL
               ? NULL
               : find_server(fsm, cancel, SIP_STR("INVITE"));
}

/* ---- looking at one */

sip_fsm *sip_fsm_of(const sip_fsm_tx *tx)
{
    const sip_client_tx *client = sip__fsm_client(tx);

    if (tx == NULL) {
        return NULL;
    }
    return client != NULL ? client->tu->user_data : sip__fsm_server(tx)->tu->user_data;
}

sip_fsm_kind sip_fsm_tx_kind(const sip_fsm_tx *tx)
{
    const sip_client_tx *client = sip__fsm_client(tx);
    const sip_server_tx *server = sip__fsm_server(tx);

    if (client != NULL) {
        return client->is_invite ? SIP_FSM_ICT : SIP_FSM_NICT;
    }
    return server != NULL && server->is_invite ? SIP_FSM_IST : SIP_FSM_NIST;
}

void *sip_fsm_tx_data(const sip_fsm_tx *tx)
{
    const sip_client_tx *client = sip__fsm_client(tx);

    return client != NULL ? client->user_data : sip_server_tx_data(sip__fsm_server(tx));
}

const sip_msg *sip_fsm_tx_request(const sip_fsm_tx *tx)
{
    const sip_client_tx *client = sip__fsm_client(tx);

    return client != NULL ? sip_client_tx_request(client)
                          : sip_server_tx_request(sip__fsm_server(tx));
}
