#include "proxy/relay_request.h"

#include <stdio.h>
#include <string.h>

#include "message/print.h"
#include "stack/stack.h"

#define ROUTE_BYTES 300 /* an advertised name fits */
#define DEFAULT_MAX_FORWARDS 70 /* RFC 3261 16.6 step 3 */

int sip__relay_request_init(sip__relay_request *request, const sip_stack *stack, const sip_msg *msg,
                            bool record_route)
{
    const sip_address *route;

    *request = (sip__relay_request){.stack = stack, .msg = msg, .record_route = record_route};
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
    while ((route = sip_msg_address(msg, SIP_HEADER_ROUTE, request->first_route)) != NULL &&
           sip_stack_owns_uri(stack, &route->uri)) {
        request->first_route++;
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
    sip_uri uri;

    if (path != NULL && path->protocol != SIP_PROTOCOL_NONE) {
        return path->protocol;
    }
    if (sip_uri_parse(text, &uri) != 0) {
        return SIP_PROTOCOL_UDP;
    }
    if (uri.transport.len > 0 && sip_protocol_of(uri.transport) != SIP_PROTOCOL_NONE) {
        return sip_protocol_of(uri.transport);
    }
    return uri.scheme == SIP_SCHEME_SIPS ? SIP_PROTOCOL_TLS : SIP_PROTOCOL_UDP;
}

/* Our address as who is reached along `path` sees it. Where the way is not known yet it is the one
 * that this request has reached. */
static bool own_address(const sip__relay_request *request, sip_path *path, sip__seen_as *ret_seen)
{
    const sip__transports *transports = &request->stack->worker.transports;
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

/* Who is reached along `towards` sees us as that; empty if it cannot reach us. */
static void print_record_route(const sip__relay_request *request, bool secure,
                               const sip_path *towards, char out[ROUTE_BYTES])
{
    char transport[8] = "";
    sip_protocol protocol = towards->protocol;
    sip_str name = sip_protocol_name(protocol);
    sip_path path = *towards;
    sip__seen_as seen;

    out[0] = '\0';
    if (!own_address(request, &path, &seen)) {
        return;
    }
    for (size_t i = 0; i < name.len && i < sizeof transport - 1; i++) {
        transport[i] = (char)(name.ptr[i] | 0x20); /* the names are upper-case letters */
    }
    (void)snprintf(out, ROUTE_BYTES, "<%s:" SIP_FMT ":%u%s%s;lr>", secure ? "sips" : "sip",
                   SIP_ARG(seen.host), (unsigned)seen.port,
                   protocol == SIP_PROTOCOL_UDP ? "" : ";transport=",
                   protocol == SIP_PROTOCOL_UDP ? "" : transport);
}

static bool makes_dialog(sip_method method)
{
    return method == SIP_METHOD_INVITE || method == SIP_METHOD_SUBSCRIBE ||
           method == SIP_METHOD_REFER || method == SIP_METHOD_NOTIFY;
}

/* The way that the request leaves by, as far as it is known. */
static sip_path way_out(sip_str next_hop, const sip_path *path)
{
    sip_path way = {.protocol = protocol_towards(next_hop, path)};
    sip_uri uri;

    if (path != NULL) {
        way.remote = path->remote;
    } else if (sip_uri_parse(next_hop, &uri) == 0) {
        (void)sip_addr_parse(uri.host, uri.port, &way.remote);
    }
    return way;
}

/* The top one is for who is behind us: when protocol or address change here, each side needs those
 * on its own side (RFC 5658 4). */
static void add_record_routes(sip_edit *edit, const sip__relay_request *request, sip_str uri,
                              sip_str next_hop, const sip_path *path)
{
    sip_path in = *sip_msg_source(request->msg);
    sip_path out = way_out(next_hop, path);
    bool secure = uri.len > 5 && sip_str_equal_nocase((sip_str){uri.ptr, 5}, "sips:");
    char inside[ROUTE_BYTES], outside[ROUTE_BYTES];

    if (!request->record_route || !makes_dialog(sip_msg_method(request->msg))) {
        return;
    }
    print_record_route(request, secure, in.protocol == SIP_PROTOCOL_NONE ? &out : &in, inside);
    print_record_route(request, secure, &out, outside);
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
    size_t first = request->first_route;
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
