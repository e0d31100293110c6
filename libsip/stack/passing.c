#include "stack/passing.h"

#include "stack/far_peer.h"
#include "stack/stack.h"
#include "transaction/server_tx.h"
#include "transaction/stateless.h"
#include "transport/connection.h"

/* The path of the letter says by which of our listeners the message came; the flow is known to its
 * owner alone, which says whether the peer opened it. */
static void open_message(sip_worker *worker, sip__letter *letter)
{
    sip_transport *twin =
        sip__transports_at(&worker->transports, letter->path.protocol, &letter->path.local);
    const sip_path *source = sip_msg_source(letter->msg);
    sip_msg *msg = letter->msg;

    if (twin == NULL) { /* the listener has gone meanwhile */
        return;
    }
    if (sip__transports_is_far(&worker->transports, source->flow)) {
        sip__far_note(worker, source, letter->flag, &letter->peer);
        if (letter->number > 0) {
            sip__far_ask(worker, source);
        }
    }
    letter->msg = NULL;
    sip__stack_take(worker, twin, msg, (unsigned)letter->number);
}

/* What `to` has to know of the flow: whether its peer opened it, and, once, what that has proved.
 */
static void introduce(const sip_worker *from, const sip_worker *to, sip_flow flow,
                      sip__letter *letter)
{
    sip__connection *connection =
        flow == 0 ? NULL : sip_id_table_find(&from->transports.flows, flow);
    const sip__channel *channel = connection == NULL ? NULL : connection->channel;
    uint64_t bit = UINT64_C(1) << to->index % 64;

    letter->flag = connection == NULL || connection->accepted;
    if (channel != NULL && channel->vtable->peer != NULL &&
        (connection->told[to->index / 64] & bit) == 0) {
        letter->peer = sip__far_peer_copy(from->config->allocator, channel->vtable->peer(channel));
        connection->told[to->index / 64] |= letter->peer != NULL ? bit : 0;
    }
}

static const sip_allocator *letters_of(const sip_worker *from)
{
    return from->letters == NULL ? from->config->allocator : sip__homing_allocator(from->letters);
}

/* @return false without memory */
static bool pass(sip_worker *from, sip_worker *to, const sip_transport *transport, sip_msg *msg,
                 unsigned hops)
{
    static const sip__letter_kind kind = {.open = open_message};
    sip__letter *letter = sip__letter_create(letters_of(from), &kind, (sip_str){NULL, 0});

    if (letter == NULL) {
        return false;
    }
    letter->path = (sip_path){.protocol = transport->protocol, .local = transport->local};
    introduce(from, to, sip_msg_source(msg)->flow, letter);
    letter->number = (int)hops;
    letter->msg = msg;
    sip__mailbox_put(to, letter);
    return true;
}

static void refuse(sip_worker *worker, sip_msg *msg)
{
    worker->layer.stats.refused_full++;
    if (sip_msg_is_request(msg) && sip_msg_method(msg) != SIP_METHOD_ACK) {
        worker->layer.stats.rejected_busy++;
        sip__stateless_answer_busy(&worker->layer, msg);
    }
    (void)sip_msg_unref(msg);
}

bool sip__pass_on(sip_worker *worker, sip_transport *transport, sip_msg *msg)
{
    unsigned owner = sip__steer_owner(&worker->stack->steer, msg);
    sip_worker *to = &worker->stack->workers[owner];

    if (to == worker) {
        return false;
    }
    if (sip__mailbox_is_full(to) || !pass(worker, to, transport, msg, 0)) {
        refuse(worker, msg);
    } else {
        worker->layer.stats.passed_on++;
    }
    return true;
}

static bool has_invite(const sip_worker *worker, const sip_msg *cancel)
{
    sip__layer *layer = (sip__layer *)&worker->layer;
    sip__match_key key;

    return !sip__match_server_key(layer->server_map.key, cancel, SIP_STR("INVITE"), &key) ||
           sip__server_tx_find(layer, &key) != NULL;
}

bool sip__pass_cancel_on(sip_worker *worker, sip_transport *transport, sip_msg *msg, unsigned hops)
{
    unsigned workers = worker->stack->steer.workers;
    sip_worker *next = &worker->stack->workers[(worker->index + 1) % workers];

    return hops + 1 < workers && sip_msg_is_request(msg) &&
           sip_msg_method(msg) == SIP_METHOD_CANCEL && !has_invite(worker, msg) &&
           pass(worker, next, transport, msg, hops + 1);
}
