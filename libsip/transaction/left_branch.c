#include "transaction/left_branch.h"

#include "transaction/ict.h"
#include <string.h>

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

static bool is_acknowledged(const sip_client_tx *left, const sip_msg *response)
{
    const sip_address *to = sip_msg_to(response);

    return left->ack != NULL && to != NULL && sip_str_same(sip_msg_to(left->ack)->tag, to->tag);
}

/* Whoever answered has a call with us that is not ours any more. */
static void hang_up(sip_client_tx *left, const sip_msg *response)
{
    char *room = sip_alloc(left->layer->config.allocator, sip_msg_bytes(response).len);
    const bool is_first = !is_acknowledged(left, response);
    sip_msg *ack, *bye, *sent = NULL;

    if (room == NULL) {
        return; /* the 2xx comes again */
    }
    ack = is_first ? make_request(left, response, SIP_METHOD_ACK, room) : sip_msg_ref(left->ack);
    if (ack != NULL && sip_tu_send(left->tu, ack, NULL, &sent) == 0) {
        (void)sip_msg_unref(left->ack);
        left->ack = sent != NULL ? sent : sip_msg_ref(ack);
    }
    bye = is_first && ack != NULL ? make_request(left, response, SIP_METHOD_BYE, room) : NULL;
    if (bye != NULL) {
        (void)sip_client_tx_create(left->tu, bye, NULL, &nobody, NULL, NULL);
    }
    (void)sip_msg_unref(bye);
    (void)sip_msg_unref(ack);
    sip_free(left->layer->config.allocator, room);
}

static void on_response(sip_client_tx *left, const sip_msg *response, void *user_data)
{
    int status = sip_msg_status(response);

    (void)user_data;
    if (!left->is_invite || status < 200 || status >= 300) {
        return;
    }
    if (sip_msg_via(left->sent, 1) != NULL) {
        sip__layer_stray(left->layer, response); /* every 2xx is passed on (RFC 3261 16.7) */
    } else {
        hang_up(left, response);
    }
}

static const sip_client_tx_handler handler = {.on_response = on_response};

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
    left->handler = &handler;
    left->sent = tx->sent;
    tx->sent = NULL;
    left->path = tx->path;
    left->reliable = tx->reliable;
    left->answered = tx->answered;
    left->state = tx->state;
    sip__client_tx_unmap(tx);
    sip__client_tx_map(left, sip_str_of(tx->branch));
    sip__client_tx_arm(left, &left->timeout, 64 * tx->layer->config.timers.t1_ms);
    if (tx->is_invite && tx->state == SIP__ICT_CALLING) {
        left->cancelled = sip_cancel_create(left->sent, NULL, &left->cancel) == 0;
    }
    return left;
}
