#include "transaction/stateless.h"

#include "message/print.h"
#include "transaction/client_tx.h"
#include "transaction/oc_answer.h"
#include "transaction/own_routes.h"
#include "transaction/response_path.h"
#include <stdio.h>
#include <string.h>

#define MAX_FORWARDS 70

bool sip__stateless_answer(sip__layer *layer, const sip_msg *request, int status,
                           const sip_extras *extras)
{
    const sip_via *via = sip_msg_via(request, 0);
    char tag[SIP__PROOF_BYTES];
    sip__response_path to;
    sip_msg *response;
    int err;

    if (via == NULL ||
        sip_response_create(request, status, sip__proof_tag(layer->config.proof_keys, request, tag),
                            extras, &response) != 0) {
        return false;
    }
    sip__response_path_find(via, sip_msg_source(request), layer->config.obeys_maddr, &to);
    err = sip__layer_send(layer, &to.path, sip_msg_bytes(response), 0, false);
    (void)sip_msg_unref(response);
    return err == 0;
}

void sip__stateless_answer_busy(sip__layer *layer, const sip_msg *request)
{
    sip__oc_refuse(layer, request);
}

/* ---- errands */

void sip__stateless_drop(sip__errand *errand)
{
    sip__next_hop_release(errand->layer, errand->finder);
    sip_list_remove(&errand->link);
    (void)sip_msg_unref(errand->msg);
    sip_free(errand->layer->config.allocator, errand->kept);
    sip__pool_give(&errand->layer->errands, errand);
}

/* With the Via of somebody else the request is a proxy's, and its responses are to be known. */
static sip_str branch_for(sip__layer *layer, const sip_msg *request,
                          char room[SIP__PROVED_BRANCH_BYTES])
{
    const sip__layer_config *config = &layer->config;

    return sip_msg_via(request, 0) != NULL
               ? sip__proof_branch(config->proof_keys, config->worker_index, request, room)
               : sip__ident_branch(config->ident, room);
}

static const sip__pass plainly = {NULL, NULL, NULL};

static int print(sip__layer *layer, const sip_msg *request, sip_path *path, sip_str branch,
                 const sip__pass *pass, sip_msg **ret_sent)
{
    return pass->print != NULL ? pass->print(request, path, branch, pass->data, ret_sent)
                               : sip__next_hop_print(layer, request, path, branch, ret_sent);
}

/* With its Via; by TCP if it is too long for a datagram (RFC 3261 18.1.1), unless the user chose
 * the path. Whether the peer takes that, the INVITE before an ACK has shown. */
static int print_leaving(sip__layer *layer, const sip_msg *request, sip_path *path, bool is_chosen,
                         const sip__pass *pass, sip_msg **ret_sent)
{
    char room[SIP__PROVED_BRANCH_BYTES];
    const sip_str branch = branch_for(layer, request, room);
    sip_path stream = {.protocol = SIP_PROTOCOL_TCP, .remote = path->remote};
    sip_msg *sent, *by_stream;
    int err = print(layer, request, path, branch, pass, &sent);

    if (err != 0) {
        return err;
    }
    *ret_sent = sent;
    if (is_chosen || !sip__next_hop_is_too_long(layer, path, sip_msg_bytes(sent).len)) {
        return 0;
    }
    if (!sip__next_hop_takes_stream(layer, &stream) ||
        print(layer, request, &stream, branch, pass, &by_stream) != 0) {
        layer->stats.could_not_switch++;
        return 0;
    }
    (void)sip_msg_unref(sent);
    *path = stream;
    *ret_sent = by_stream;
    layer->stats.switched_to_stream++;
    return 0;
}

/* Write `msg` to `path`, `is_chosen` by the user: a request gets its Via, a response goes as it is.
 * *ret_sent may be NULL. */
static int leave(sip__layer *layer, const sip_msg *msg, sip_path *path, bool is_chosen,
                 const sip__pass *pass, sip_msg **ret_sent)
{
    sip_msg *sent;
    int err;

    if (sip_msg_is_request(msg)) {
        err = print_leaving(layer, msg, path, is_chosen, pass, &sent);
        if (err != 0) {
            return err;
        }
    } else {
        sent = sip_msg_ref(msg);
    }
    err = sip__layer_send(layer, path, sip_msg_bytes(sent), 0, false);
    if (err == 0 && ret_sent != NULL) {
        *ret_sent = sent;
        return 0;
    }
    (void)sip_msg_unref(sent);
    return err;
}

static void note_failure(sip__layer *layer, const sip_msg *msg, const char *text)
{
    char summary[80];

    layer->stats.send_failures++;
    sip_stack_set_error(layer->config.stack, "transaction: %s could not be sent: %s",
                        sip_msg_summary(msg, summary, sizeof(summary)), text);
    sip_log_info(layer->config.log, SIP_LOG_TRANSACTION, "%s could not be sent: %s", summary, text);
}

static void on_located(sip__locate *locate, int err, const char *text)
{
    sip__errand *errand = locate->arg;

    if (err == 0) {
        sip_path path;

        sip__next_hop_order(errand->layer, errand->finder);
        path = sip__next_hop_path(errand->layer, errand->finder, 0);
        err = leave(errand->layer, errand->msg, &path, false, &errand->pass, NULL);
        text = sip_error_text(err);
    }
    if (err != 0) {
        note_failure(errand->layer, errand->msg, text);
    }
    sip__stateless_drop(errand);
}

/* It waits for its look-up. Without memory it does not leave. */
static int wait(sip__errand *errand, const sip_msg *msg, const sip__pass *pass)
{
    errand->pass = *pass;
    sip_list_init(&errand->link);
    sip_list_append(&errand->layer->errand_list, &errand->link);
    errand->msg = sip_msg_ref(msg);
    if (pass->keep != NULL) {
        errand->kept = pass->keep(errand->layer->config.allocator, pass->data);
        if (errand->kept == NULL) {
            sip__stateless_drop(errand);
            return SIP_ENOMEM;
        }
        errand->pass.data = errand->kept;
    }
    return 0;
}

/* Send `msg` to where seek.uri leads, now or after a look-up. */
static int run_errand(sip__layer *layer, const sip_msg *msg, sip__seek seek, const sip__pass *pass,
                      sip_msg **ret_sent)
{
    sip__errand *errand = sip__pool_take(&layer->errands);
    sip_path path;
    int err;

    if (errand == NULL) {
        return SIP_ENOMEM;
    }
    errand->layer = layer;
    seek.fn = on_located;
    seek.arg = errand;
    err = sip__next_hop_find(layer, &seek, &path, &errand->finder);
    if (err == SIP_EAGAIN) {
        return wait(errand, msg, pass);
    }
    sip__next_hop_release(layer, errand->finder);
    sip__pool_give(&layer->errands, errand);
    return err == 0 ? leave(layer, msg, &path, false, pass, ret_sent) : err;
}

/* Only what the caller can mend is an error of the call; the rest is the network's. */
static int finish_call(sip__layer *layer, const sip_msg *msg, int err)
{
    if (err == 0 || err == SIP_ENOMEM || err == SIP_EINVAL) {
        return err;
    }
    note_failure(layer, msg, sip_error_text(err));
    return 0;
}

int sip__stateless_pass(sip__layer *layer, const sip_msg *request, const sip_uri *uri,
                        const sip_path *path, const sip__pass *pass)
{
    sip_path way;
    int err;

    if (path != NULL) {
        way = *path;
        err = leave(layer, request, &way, true, pass, NULL);
    } else {
        err = run_errand(layer, request, (sip__seek){.uri = uri}, pass, NULL);
    }
    return finish_call(layer, request, err);
}

/* A message that we sent before goes to the same place with the same bytes. */
static int send_again(sip__layer *layer, const sip_msg *request, sip_msg **ret_sent)
{
    int err = sip__layer_send(layer, sip_msg_source(request), sip_msg_bytes(request), 0, true);

    if (err == 0 && ret_sent != NULL) {
        *ret_sent = sip_msg_ref(request);
    }
    return err;
}

int sip_tu_send(sip_tu *tu, const sip_msg *request, const sip_send_options *options,
                sip_msg **ret_sent)
{
    sip_msg *sent = NULL;
    sip_msg **want_sent = ret_sent != NULL ? &sent : NULL;
    sip__seek seek = {.prefer = options != NULL ? options->prefer : NULL};
    sip_uri room;
    int err;

    if (tu == NULL || !sip_msg_is_request(request)) {
        return SIP_EINVAL;
    }
    if (sip_msg_source(request)->protocol != SIP_PROTOCOL_NONE) {
        err = send_again(tu->layer, request, want_sent);
    } else if (options != NULL && options->path != NULL) {
        sip_path path = *options->path;

        err = leave(tu->layer, request, &path, true, &plainly, want_sent);
    } else {
        err = sip__next_hop_uri(request, options != NULL ? options->next_hop : NULL, &room,
                                &seek.uri);
        if (err == 0) {
            err = run_errand(tu->layer, request, seek, &plainly, want_sent);
        }
    }
    err = finish_call(tu->layer, request, err);
    if (err == 0 && ret_sent != NULL) {
        *ret_sent = sent;
    }
    return err;
}

/* ---- forwarding */

/* The copy that is passed on; `route` is the first that is not ours, or NULL. A strict router's
 * takes the place of the Request-URI, which goes last into Route (RFC 3261 16.6 step 6). */
static int print_forwarded(const sip_msg *request, const sip_address *route, size_t ours,
                           uint32_t hops, sip_msg **ret_msg)
{
    const bool is_strict = route != NULL && !route->uri.lr;
    const sip_str uri = sip_msg_request_uri_text(request);
    sip_edit *edit = sip_edit_create(request);
    char text[16];
    int err;

    (void)snprintf(text, sizeof(text), "%u", (unsigned)hops);
    sip_edit_request_uri(edit, is_strict ? route->uri.text : uri); /* without headers */
    sip_edit_received(edit); /* the answer goes by it, and nothing else remembers where to */
    sip_edit_set(edit, SIP_HEADER_MAX_FORWARDS, sip_str_of(text));
    sip_edit_remove_values(edit, SIP_HEADER_ROUTE, ours + (is_strict ? 1 : 0));
    if (is_strict) {
        sip_edit_append_uri(edit, SIP_HEADER_ROUTE, uri);
    }
    err = sip_edit_finish(edit, ret_msg);
    if (err == 0 && is_strict) {
        sip__msg_set_to_strict(*ret_msg);
    }
    return err;
}

static int forward_request(sip_tu *tu, const sip_msg *request)
{
    const sip_stack *stack = tu->layer->config.stack;
    uint32_t hops = MAX_FORWARDS + 1;
    sip__own_routes ours;
    sip_send_options options = {.path = NULL};
    const sip_address *route;
    sip_msg *msg;
    int err;

    if (sip_msg_number(request, SIP_HEADER_MAX_FORWARDS, &hops) == 0 && hops == 0) {
        return SIP_EHOPS;
    }
    sip__own_routes_read(stack, request, &ours);
    route = sip_msg_address(request, SIP_HEADER_ROUTE, ours.count);
    if (ours.err != 0) {
        return finish_call(tu->layer, request, ours.err);
    }
    if (ours.path.protocol != SIP_PROTOCOL_NONE) {
        options.path = &ours.path;
    } else if (route == NULL && sip_stack_owns_uri(stack, sip_msg_request_uri(request))) {
        return SIP_EINVAL;
    }
    err = print_forwarded(request, route, ours.count, hops - 1, &msg);
    if (err != 0) {
        return err;
    }
    err = sip_tu_send(tu, msg, &options, NULL);
    (void)sip_msg_unref(msg);
    return err;
}

/* Where the Via below ours says (RFC 3261 18.2.2), as a URI with a port, so that only addresses are
 * looked up. */
static int via_uri(const sip_via *via, bool obeys_maddr, char *text, size_t size, sip_uri *ret_uri)
{
    sip_addr maddr;
    sip_str host = via->received.len > 0 ? via->received : via->host;
    sip_str protocol = sip_protocol_name(via->protocol);
    bool bare_ip6 = host.len > 0 && host.ptr[0] != '[' && memchr(host.ptr, ':', host.len) != NULL;
    uint16_t port = via->rport != 0 ? via->rport : via->port;
    int len;

    if (via->maddr.len > 0 && !sip_protocol_is_reliable(via->protocol) &&
        (obeys_maddr ||
         (sip_addr_parse(via->maddr, 0, &maddr) == 0 && sip_addr_is_multicast(&maddr)))) {
        host = via->maddr;
        port = via->port;
        bare_ip6 = host.ptr[0] != '[' && memchr(host.ptr, ':', host.len) != NULL;
    }
    if (port == 0) {
        port = sip_protocol_default_port(via->protocol);
    }
    len = snprintf(text, size, "sip:%s" SIP_FMT "%s:%u;transport=" SIP_FMT, bare_ip6 ? "[" : "",
                   SIP_ARG(host), bare_ip6 ? "]" : "", (unsigned)port, SIP_ARG(protocol));
    if (len < 0 || (size_t)len >= size) {
        return SIP_EINVAL;
    }
    return sip_uri_parse(sip_str_of(text), ret_uri) == 0 ? 0 : SIP_EINVAL;
}

static bool same_way_back(const sip_via *a, const sip_via *b)
{
    return a != NULL && b != NULL && a->protocol == b->protocol && a->port == b->port &&
           a->rport == b->rport && sip_str_same(a->host, b->host) &&
           sip_str_same(a->received, b->received) && sip_str_same(a->maddr, b->maddr) &&
           sip_str_same(a->branch, b->branch);
}

bool sip__stateless_may_pass(sip__layer *layer, const sip_msg *response)
{
    const sip_client_tx *tx = sip__client_tx_match(layer, response);

    if (tx != NULL) {
        return same_way_back(sip_msg_via(sip_client_tx_request(tx), 1), sip_msg_via(response, 1));
    }
    return sip__proof_is_of_response(layer->config.proof_keys, response, NULL);
}

/* Along the connection that its request came by, while that stands (RFC 3261 18.2.2): many of those
 * who connect cannot be connected to. `msg` is `response` as it leaves. */
static bool go_back(sip__layer *layer, const sip_msg *response, const sip_msg *msg)
{
    sip_path path;

    return sip__proof_is_of_response(layer->config.proof_keys, response, &path) && path.flow != 0 &&
           leave(layer, msg, &path, true, &plainly, NULL) == 0;
}

static int forward_response(sip_tu *tu, const sip_msg *response)
{
    const sip_via *via = sip_msg_via(response, 1);
    const bool obeys_maddr = tu->layer->config.obeys_maddr;
    char text[320];
    sip_uri uri;
    sip_edit *edit;
    sip_msg *msg;
    int err;

    if (via == NULL || via_uri(via, obeys_maddr, text, sizeof(text), &uri) != 0) {
        return SIP_EINVAL;
    }
    if (!sip__stateless_may_pass(tu->layer, response)) {
        tu->layer->stats.dropped_stray++;
        return 0;
    }
    edit = sip_edit_create(response);
    sip_edit_remove_values(edit, SIP_HEADER_VIA, 1);
    err = sip_edit_finish(edit, &msg);
    if (err != 0) {
        return err;
    }
    if (go_back(tu->layer, response, msg)) {
        (void)sip_msg_unref(msg);
        return 0;
    }
    err = finish_call(tu->layer, msg,
                      run_errand(tu->layer, msg, (sip__seek){.uri = &uri}, &plainly, NULL));
    (void)sip_msg_unref(msg);
    return err;
}

int sip_tu_respond(sip_tu *tu, const sip_msg *request, int status, const sip_extras *extras)
{
    if (tu == NULL || !sip_msg_is_request(request) || sip_msg_method(request) == SIP_METHOD_ACK ||
        status < 200 || status > 699) {
        return SIP_EINVAL;
    }
    return sip__stateless_answer(tu->layer, request, status, extras) ? 0 : SIP_ENOMEM;
}

int sip_tu_forward(sip_tu *tu, const sip_msg *msg)
{
    if (tu == NULL || msg == NULL) {
        return SIP_EINVAL;
    }
    return sip_msg_is_request(msg) ? forward_request(tu, msg) : forward_response(tu, msg);
}
