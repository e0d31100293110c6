#include "transaction/left_branch.h"

#include "transaction/ict.h"
#include <string.h>

#define MOST_CALLS 8 /* callees behind one target, each of whom is remembered till the end */

static const sip_client_tx_handler nobody = {0};

/* ---- a call that nobody wants any more */

/* The address without its header parameters. */
static sip_str bare(const sip_address *address)
{
    sip_str text = address->text;
    size_t len = (size_t)(address->uri.text.ptr + address->uri.text.len - text.ptr);

    text.len = len + (text.ptr != address->uri.text.ptr ? 1 : 0); /* with its '>' */
    return text;
}

/* Record-Route backwards (RFC 3261 12.1.2), in `room` of at least the response's length. */
static sip_str routes_of(const sip_msg *response, char *room)
{
    const sip_address *route;
    size_t n = 0, len = 0;

    while (sip_msg_address(response, SIP_HEADER_RECORD_ROUTE, n) != NULL) {
        n++;
    }
    while (n > 0) {
        route = sip_msg_address(response, SIP_HEADER_RECORD_ROUTE, --n);
        memcpy(room + len, route->text.ptr, route->text.len);
        len += route->text.len;
        room[len++] = '\n';
    }
    return (sip_str){room, len > 0 ? len - 1 : 0};
}

static sip_msg *make_request(const sip_client_tx *left, const sip_msg *response, sip_method method,
                             char *room)
{
    const sip_address *from = sip_msg_from(response), *to = sip_msg_to(response);
    const sip_address *contact = sip_msg_address(response, SIP_HEADER_CONTACT, 0);
    const sip_cseq *cseq = sip_msg_cseq(response);
    const bool is_ack = method == SIP_METHOD_ACK;
    sip_dialog_facts facts;
    sip_build *build;
    sip_msg *request;

    if (from == NULL || to == NULL || cseq == NULL) {
        return NULL;
    }
    facts = (sip_dialog_facts){
        .call_id = sip_msg_call_id(response),
        .local = bare(from),
        .remote = bare(to),
        .local_tag = from->tag,
        .remote_tag = to->tag,
        .remote_target = contact != NULL ? contact->uri.text : sip_msg_request_uri_text(left->sent),
        .routes = routes_of(response, room),
        .cseq = cseq->number + (is_ack ? 0 : 1),
    };
    build = sip_build_in_dialog(left->layer->config.allocator, sip_method_name(method), &facts);
    if (is_ack) { /* the same credentials (RFC 3261 22.1) */
        sip_build_copy(build, left->sent, SIP_HEADER_AUTHORIZATION);
        sip_build_copy(build, left->sent, SIP_HEADER_PROXY_AUTHORIZATION);
    }
    return sip_build_finish(build, &request) == 0 ? request : NULL;
}

/* The calls that a left branch has ended, by the ACK of each: one a callee behind it. */
struct left_calls {
    size_t n;
    sip_msg *acks[MOST_CALLS];
};

static struct left_calls *calls_of(sip_client_tx *left)
{
    if (left->user_data == NULL) {
        left->user_data = sip_alloc0(left->layer->config.allocator, sizeof(struct left_calls));
    }
    return left->user_data;
}

/* Where the ACK to this response is kept, or will be; n for one callee too many. */
static size_t find_call(const struct left_calls *calls, const sip_msg *response)
{
    const sip_address *to = sip_msg_to(response);
    size_t i = 0;

    while (i < calls->n && !sip_str_same(sip_msg_to(calls->acks[i])->tag, to->tag)) {
        i++;
    }
    return i;
}

/* Acknowledge a 2xx that has not been before, and end its call. */
static void end_call(sip_client_tx *left, const sip_msg *response, sip_msg **ret_ack)
{
    char *room = sip_alloc(left->layer->config.allocator, sip_msg_bytes(response).len);
    sip_msg *ack, *bye = NULL, *sent = NULL;

    if (room == NULL) {
        return;
    }
    ack = make_request(left, response, SIP_METHOD_ACK, room);
    if (ack != NULL && sip_tu_send(left->tu, ack, NULL, &sent) == 0) {
        *ret_ack = sent != NULL ? sent : sip_msg_ref(ack);
        bye = make_request(left, response, SIP_METHOD_BYE, room);
    }
    if (bye != NULL) {
        (void)sip_client_tx_create(left->tu, bye, NULL, &nobody, NULL, NULL);
    }
    (void)sip_msg_unref(bye);
    (void)sip_msg_unref(ack);
    sip_free(left->layer->config.allocator, room);
}

/* Whoever answered has a call with us that is not ours any more. Without memory the 2xx comes
 * again. */
static void hang_up(sip_client_tx *left, const sip_msg *response)
{
    struct left_calls *calls = calls_of(left);
    size_t i;

    if (calls == NULL || sip_msg_to(response) == NULL) {
        return;
    }
    i = find_call(calls, response);
    if (i < calls->n) {
        (void)sip_tu_send(left->tu, calls->acks[i], NULL, NULL);
    } else if (i == MOST_CALLS) {
        left->layer->stats.dropped_left++;
    } else {
        end_call(left, response, &calls->acks[i]);
        calls->n += calls->acks[i] != NULL ? 1 : 0;
    }
}

/* Every 2xx is passed on (RFC 3261 16.7): by who still works for the request if anybody does, who
 * then wants no other branch any more. */
static void pass_on(const sip_client_tx *left, const sip_msg *response)
{
    sip__tx_kind *kind = sip_id_table_find(&left->layer->ids, left->heir);
    sip_client_tx *heir = (sip_client_tx *)kind;

    if (kind != NULL && !heir->dead && !heir->abandoned && heir->handler->on_response != NULL) {
        heir->handler->on_response(heir, response, heir->user_data);
    } else {
        sip__layer_stray(left->layer, response);
    }
}

static void on_response(sip_client_tx *left, const sip_msg *response, void *user_data)
{
    int status = sip_msg_status(response);

    (void)user_data;
    if (!left->is_invite || status < 200 || status >= 300) {
        return;
    }
    if (sip_msg_via(left->sent, 1) != NULL) {
        pass_on(left, response);
    } else {
        hang_up(left, response);
    }
}

static void on_ended(sip_client_tx *left, void *user_data)
{
    struct left_calls *calls = user_data;

    for (size_t i = 0; calls != NULL && i < calls->n; i++) {
        (void)sip_msg_unref(calls->acks[i]);
    }
    sip_free(left->layer->config.allocator, calls);
}

static const sip_client_tx_handler handler = {.on_response = on_response, .on_ended = on_ended};

/* ---- */

sip_client_tx *sip__left_branch_keep(sip_client_tx *tx)
{
    sip_client_tx *left;

    if (tx->sent == NULL || !tx->mapped) {
        return NULL;
    }
    left = sip__client_tx_make(tx->tu, NULL, tx->is_invite);
    if (left == NULL) {
        return NULL;
    }
    left->left = true;
    left->heir = tx->id;
    left->handler = &handler;
    left->sent = tx->sent;
    tx->sent = NULL;
    left->path = tx->path;
    left->reliable = tx->reliable;
    left->answered = tx->answered;
    left->state = tx->state;
    sip__client_tx_unmap(tx);
    left->method = tx->method;
    (void)sip__client_tx_map(left, sip_str_of(tx->branch));
    sip__client_tx_arm(left, &left->timeout, 64 * tx->layer->config.timers.t1_ms);
    if (tx->is_invite && tx->state == SIP__ICT_CALLING) {
        left->cancelled = sip_cancel_create(left->sent, NULL, &left->cancel) == 0;
    }
    return left;
}
