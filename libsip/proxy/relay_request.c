#include "proxy/relay_request.h"

#include <stdio.h>

#include "message/print.h"

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

/* How well a listener fits as our address in `protocol`, as seen from where `near` is. */
static int fitness(const sip_addr *listener, const sip_addr *near)
{
    if (sip_addr_equal(listener, near)) {
        return 4;
    }
    if (sip_addr_same_host(listener, near)) {
        return 3;
    }
    return sip_addr_is_any(listener) && listener->family == near->family ? 2 : 1;
}

static bool own_address(const sip_stack *stack, sip_protocol protocol, const sip_addr *near,
                        sip_addr *ret_addr)
{
    sip_protocol of;
    sip_addr addr;
    int best = 0;

    for (size_t i = 0; sip_stack_listener(stack, i, &of, &addr); i++) {
        int fits = of == protocol ? fitness(&addr, near) : 0;

        if (fits > best) {
            best = fits;
            *ret_addr = addr;
        }
    }
    if (best == 2) { /* bound to all: reached by the address that this request reached */
        uint16_t port = ret_addr->port;

        *ret_addr = *near;
        ret_addr->port = port;
    }
    return best > 0;
}

static void add_record_route(sip_edit *edit, const sip__relay_request *request, bool secure,
                             sip_protocol protocol)
{
    const sip_path *source = sip_msg_source(request->msg);
    char host[SIP_ADDR_TEXT_BYTES], transport[8] = "", value[SIP_ADDR_TEXT_BYTES + 40];
    sip_str name = sip_protocol_name(protocol);
    sip_addr addr;

    if (!own_address(request->stack, protocol, &source->local, &addr)) {
        return;
    }
    for (size_t i = 0; i < name.len && i < sizeof transport - 1; i++) {
        transport[i] = (char)(name.ptr[i] | 0x20); /* the names are upper-case letters */
    }
    (void)snprintf(value, sizeof value, "<%s:%s:%u%s%s;lr>", secure ? "sips" : "sip",
                   sip_addr_host(&addr, host), (unsigned)addr.port,
                   protocol == SIP_PROTOCOL_UDP ? "" : ";transport=",
                   protocol == SIP_PROTOCOL_UDP ? "" : transport);
    sip_edit_push(edit, SIP_HEADER_RECORD_ROUTE, sip_str_of(value));
}

static bool makes_dialog(sip_method method)
{
    return method == SIP_METHOD_INVITE || method == SIP_METHOD_SUBSCRIBE ||
           method == SIP_METHOD_REFER || method == SIP_METHOD_NOTIFY;
}

/* The top one is for who is behind us: when the protocol changes here, each side needs the address
 * on its own side (RFC 5658 4). */
static void add_record_routes(sip_edit *edit, const sip__relay_request *request, sip_str uri,
                              sip_str next_hop, const sip_path *path)
{
    sip_protocol in = sip_msg_source(request->msg)->protocol;
    sip_protocol out = protocol_towards(next_hop, path);
    bool secure = uri.len > 5 && sip_str_equal_nocase((sip_str){uri.ptr, 5}, "sips:");

    if (!request->record_route || !makes_dialog(sip_msg_method(request->msg))) {
        return;
    }
    add_record_route(edit, request, secure, in == SIP_PROTOCOL_NONE ? out : in);
    if (out != in) {
        add_record_route(edit, request, secure, out);
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
