#include "proxy/relay_request.h"

#include <stdio.h>
#include <string.h>

#include "message/print.h"
#include "stack/stack.h"

#define ROUTE_BYTES (SIP_FLOW_TOKEN_BYTES + 300) /* an advertised name fits */
#define DEFAULT_MAX_FORWARDS 70                  /* RFC 3261 16.6 step 3 */

static bool makes_dialog(sip_method method)
{
    return method == SIP_METHOD_INVITE || method == SIP_METHOD_SUBSCRIBE ||
           method == SIP_METHOD_REFER || method == SIP_METHOD_NOTIFY;
}

int sip__relay_request_init(sip__relay_request *request, const sip_stack *stack, const sip_msg *msg,
                            bool record_route)
{
    *request = (sip__relay_request){
        .stack = stack,
        .msg = msg,
        .record_route = record_route && makes_dialog(sip_msg_method(msg)),
    };
    if (sip_msg_number(msg, SIP_HEADER_MAX_FORWARDS, &request->max_forwards) != 0) {
        request->max_forwards = DEFAULT_MAX_FORWARDS + 1;
    }
    if (request->max_forwards == 0) {
        return SIP_EHOPS;
    }
    request->max_forwards--;
    if (sip_msg_value(msg, SIP_HEADER_PROXY_REQUIRE, 0).ptr != NULL) {
        return SIP_EUNSUPPORTED;
    }
    sip__own_routes_read(stack, msg, &request->ours);
    if (request->record_route) {
        sip__proof_of_dialog(&stack->proof_keys, msg, request->proof);
    }
    return 0;
}

bool sip__relay_request_same_way(const sip_msg *a, const sip_msg *b)
{
    sip_str of_a = sip_msg_request_uri_text(a), of_b = sip_msg_request_uri_text(b);

    for (size_t i = 0; sip_str_same(of_a, of_b); i++) {
        of_a = sip_msg_value(a, SIP_HEADER_ROUTE, i);
        of_b = sip_msg_value(b, SIP_HEADER_ROUTE, i);
        if (of_a.ptr == NULL && of_b.ptr == NULL) {
            return true;
        }
    }
    return false;
}

/* The protocol that a message to `uri` most likely takes: only a look-up would tell for sure, and
 * Record-Route must stand before. */
static sip_protocol protocol_towards(sip_str text, const sip_path *path)
{
    sip_protocol protocol;
    sip_uri uri;

    if (path != NULL && path->protocol != SIP_PROTOCOL_NONE) {
        return path->protocol;
    }
    if (sip_uri_parse(text, &uri) != 0) {
        return SIP_PROTOCOL_UDP;
    }
    protocol = sip_uri_transport(&uri);
    if (uri.scheme == SIP_SCHEME_SIPS) {
        return protocol == SIP_PROTOCOL_WS || protocol == SIP_PROTOCOL_WSS ? SIP_PROTOCOL_WSS
                                                                           : SIP_PROTOCOL_TLS;
    }
    return protocol != SIP_PROTOCOL_NONE ? protocol : SIP_PROTOCOL_UDP;
}

/* Our address as who is reached along `path` sees it. Where the way is not known yet it is the one
 * that this request has reached. */
static bool own_address(const sip__relay_request *request, sip_path *path, sip__seen_as *ret_seen)
{
    const sip__transports *transports = &sip__stack_here(request->stack)->transports;
    sip_transport *transport;

    if (path->remote.family == SIP_FAMILY_NONE) {
        path->local = sip_msg_source(request->msg)->local;
        path->remote.family = path->local.family;
    }
    if (sip__transports_choose(transports, path, &transport) != 0) {
        return false;
    }
    sip__seen_as_via(transport, path, transports->local_networks, ret_seen);
    return true;
}

/* ";transport=" and its value; WebSocket has one for both of its protocols (RFC 7118 5), and a sips
 * URI says TLS by its scheme (RFC 3261 26.2.2, RFC 5630 3.1.3). */
static const char *transport_param(sip_protocol protocol, bool secure)
{
    switch (protocol) {
    case SIP_PROTOCOL_TCP:
        return ";transport=tcp";
    case SIP_PROTOCOL_TLS:
        return secure ? "" : ";transport=tls";
    case SIP_PROTOCOL_WS:
    case SIP_PROTOCOL_WSS:
        return ";transport=ws";
    case SIP_PROTOCOL_NONE:
    case SIP_PROTOCOL_UDP:
        break;
    }
    return "";
}

/* Who is reached along `towards` sees us as that; empty if it cannot reach us. Requests that must
 * take `flow` (NULL: none) to get there find its token in it. */
static void print_record_route(const sip__relay_request *request, bool secure,
                               const sip_path *towards, const sip_path *flow, char out[ROUTE_BYTES])
{
    char token[SIP_FLOW_TOKEN_BYTES];
    sip_str user = {token, 0};
    sip_path path = *towards;
    sip__seen_as seen;

    out[0] = '\0';
    if (!own_address(request, &path, &seen)) {
        return;
    }
    if (flow != NULL) {
        user = sip_stack_flow_token(request->stack, flow, token);
    }
    (void)snprintf(
        out, ROUTE_BYTES, "<%s:" SIP_FMT "%s" SIP_FMT ":%u%s;lr;" SIP__PROOF_PARAM "=%s>",
        secure ? "sips" : "sip", SIP_ARG(user), user.len > 0 ? "@" : "", SIP_ARG(seen.host),
        (unsigned)seen.port, transport_param(towards->protocol, secure), request->proof);
}

/* The way that the request leaves by, as far as it is known. */
static sip_path way_out(sip_str next_hop, const sip_path *path)
{
    sip_path way = {.protocol = protocol_towards(next_hop, path)};
    sip_uri uri;

    if (path != NULL) {
        way.remote = path->remote;
        way.local = path->local;
        way.flow = path->flow;
    } else if (sip_uri_parse(next_hop, &uri) == 0) {
        (void)sip_addr_parse(uri.host, uri.port, &way.remote);
    }
    return way;
}

/* Connections that prove who is at their other end, or that cannot be made again from here, are
 * kept to for the whole dialog. */
static bool needs_flow(const sip_uri *contact, const sip_path *path)
{
    return (path->flow != 0 && path->protocol != SIP_PROTOCOL_TCP) ||
           sip_contact_is_hidden(contact, path);
}

/* The flow back to the caller: only where nobody is between, who would have named himself; and over
 * UDP only if he said that he hears where he speaks (RFC 3581). */
static const sip_path *flow_of_caller(const sip_msg *msg)
{
    const sip_path *source = sip_msg_source(msg);
    const sip_address *contact = sip_msg_address(msg, SIP_HEADER_CONTACT, 0);
    const sip_via *via = sip_msg_via(msg, 0);

    if (contact == NULL || via == NULL || sip_msg_via(msg, 1) != NULL ||
        (source->flow == 0 && !via->has_rport) || !needs_flow(&contact->uri, source)) {
        return NULL;
    }
    return source;
}

static const sip_path *flow_of_callee(sip_str text, const sip_path *path)
{
    sip_uri uri;

    return path != NULL && sip_uri_parse(text, &uri) == 0 && needs_flow(&uri, path) ? path : NULL;
}

/* The top one is for who is behind us: when protocol or address change here, each side needs those
 * on its own side (RFC 5658 4), and one that has a flow is asked for by it (RFC 5626 5.3). */
static void add_record_routes(sip_edit *edit, const sip__relay_request *request, sip_str uri,
                              sip_str next_hop, const sip_path *path)
{
    sip_path in = *sip_msg_source(request->msg);
    sip_path out = way_out(next_hop, path);
    bool secure = uri.len > 5 && sip_str_equal_nocase((sip_str){uri.ptr, 5}, "sips:");
    char inside[ROUTE_BYTES], outside[ROUTE_BYTES];

    if (!request->record_route) {
        return;
    }
    print_record_route(request, secure, in.protocol == SIP_PROTOCOL_NONE ? &out : &in,
                       flow_of_caller(request->msg), inside);
    print_record_route(request, secure, &out, flow_of_callee(uri, path), outside);
    if (inside[0] != '\0') {
        sip_edit_push(edit, SIP_HEADER_RECORD_ROUTE, sip_str_of(inside));
    }
    if (outside[0] != '\0' && strcmp(inside, outside) != 0) {
        sip_edit_push(edit, SIP_HEADER_RECORD_ROUTE, sip_str_of(outside));
    }
}

int sip__relay_request_print(const sip__relay_request *request, sip_str uri, const sip_path *path,
                             sip_msg **ret_msg)
{
    const sip_msg *msg = request->msg;
    size_t first = request->ours.count;
    const sip_address *next = sip_msg_address(msg, SIP_HEADER_ROUTE, first);
    const bool is_strict = next != NULL && !next->uri.lr;
    const sip_str last = uri.len > 0 ? uri : sip_msg_request_uri_text(msg);
    sip_edit *edit = sip_edit_create(msg);
    char hops[16];
    int err;

    uri = is_strict ? next->uri.text : last;
    sip_edit_request_uri(edit, uri);
    sip_edit_received(edit);
    add_record_routes(edit, request, uri, next != NULL ? next->uri.text : uri, path);
    sip_edit_remove_values(edit, SIP_HEADER_ROUTE, first + (is_strict ? 1 : 0));
    if (is_strict) { /* our Request-URI goes last into Route (16.6 step 6) */
        sip_edit_append_uri(edit, SIP_HEADER_ROUTE, last);
    }
    (void)snprintf(hops, sizeof hops, "%u", (unsigned)request->max_forwards);
    sip_edit_set(edit, SIP_HEADER_MAX_FORWARDS, sip_str_of(hops));
    err = sip_edit_finish(edit, ret_msg);
    if (err == 0 && is_strict) {
        sip__msg_set_to_strict(*ret_msg);
    }
    return err;
}
