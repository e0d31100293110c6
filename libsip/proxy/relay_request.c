#include "proxy/relay_request.h"

#include "base/text_end.h"
#include "message/print.h"
#include "proxy/record_route.h"
#include "transaction/next_hop.h"
#include "transaction/via_text.h"

#define DEFAULT_MAX_FORWARDS 70 /* RFC 3261 16.6 step 3 */
#define DEFAULT_BREADTH 60      /* RFC 5393 5.3 */

static bool makes_dialog(sip_method method)
{
    return method == SIP_METHOD_INVITE || method == SIP_METHOD_SUBSCRIBE ||
           method == SIP_METHOD_REFER || method == SIP_METHOD_NOTIFY;
}

/* ACK and CANCEL go where their request went. */
static bool has_breadth(sip_method method)
{
    return method != SIP_METHOD_ACK && method != SIP_METHOD_CANCEL;
}

static uint32_t number_of(const sip_msg *msg, sip_header_id id, uint32_t missing)
{
    uint32_t number;

    return sip_msg_number(msg, id, &number) == 0 ? number : missing;
}

int sip__relay_request_init(sip__relay_request *request, const sip_stack *stack, const sip_msg *msg,
                            const sip_relay_config *config)
{
    const sip_method method = sip_msg_method(msg);

    *request = (sip__relay_request){
        .stack = stack,
        .msg = msg,
        .max_forwards = number_of(msg, SIP_HEADER_MAX_FORWARDS, DEFAULT_MAX_FORWARDS + 1),
        .record_route = config->record_route == SIP_ON && makes_dialog(method),
        .path = config->path == SIP_ON && method == SIP_METHOD_REGISTER,
    };
    if (request->max_forwards == 0) {
        return SIP_EHOPS;
    }
    request->max_forwards--;
    if (sip_msg_value(msg, SIP_HEADER_PROXY_REQUIRE, 0).ptr != NULL) {
        return 420;
    }
    if (has_breadth(method)) {
        request->breadth = number_of(msg, SIP_HEADER_MAX_BREADTH, DEFAULT_BREADTH);
        if (request->breadth == 0) {
            return 440;
        }
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

/* ---- where to */

static bool is_sips(sip_str uri)
{
    return uri.len > 5 && sip_str_equal_nocase((sip_str){uri.ptr, 5}, "sips:");
}

static sip_str target_of(const sip_msg *msg, const sip__relay_to *to)
{
    return to->uri.len > 0 ? to->uri : sip_msg_request_uri_text(msg);
}

/* The first Route that is left of those received; NULL: none. */
static const sip_address *route_left(const sip__relay_request *request, const sip_msg *msg)
{
    return sip_msg_address(msg, SIP_HEADER_ROUTE, request->ours.count);
}

sip_str sip__relay_first_route(sip_str routes)
{
    const char *end = routes.len > 0 ? memchr(routes.ptr, '>', routes.len) : NULL;

    return (sip_str){routes.ptr, end != NULL ? (size_t)(end - routes.ptr) + 1 : 0};
}

/* "<sip:a;lr>, <sip:b;lr>" */
static bool are_loose_routes(sip_str routes)
{
    sip_address address;

    while (routes.len > 0) {
        sip_str first = sip__relay_first_route(routes);

        if (first.len == 0 || sip_address_parse(first, &address) != 0 || !address.uri.lr) {
            return false;
        }
        routes = sip_str_trim((sip_str){routes.ptr + first.len, routes.len - first.len});
        if (routes.len > 0) {
            if (routes.ptr[0] != ',') {
                return false;
            }
            routes = sip_str_trim((sip_str){routes.ptr + 1, routes.len - 1});
            if (routes.len == 0) {
                return false;
            }
        }
    }
    return true;
}

bool sip__relay_to_read(const sip_target *target, sip__relay_to *ret_to)
{
    sip__relay_to to = {.breadth = 0};
    sip_uri parsed;

    if (target != NULL) {
        to.uri = sip_str_of(target->uri);
        to.routes = sip_str_of(target->route);
        to.path = target->path;
        if ((to.uri.len > 0 && sip_uri_parse(to.uri, &parsed) != 0) || target->q_permille > 1000 ||
            !are_loose_routes(to.routes)) {
            return false;
        }
    }
    *ret_to = to;
    return true;
}

/* It is a strict router's, that wants to be the Request-URI: not when a route of ours comes first.
 */
static bool is_strict(const sip_address *route, const sip__relay_to *to)
{
    return route != NULL && !route->uri.lr && to->routes.len == 0;
}

int sip__relay_next_hop(const sip__relay_request *request, const sip__relay_to *to, sip_uri *room,
                        const sip_uri **ret_uri)
{
    const sip_address *route = route_left(request, request->msg);
    const sip_str target = target_of(request->msg, to);
    const sip_uri *uri = room;
    sip_address policy;

    if (to->routes.len > 0) {
        if (sip_address_parse(sip__relay_first_route(to->routes), &policy) != 0) {
            return SIP_EINVAL;
        }
        *room = policy.uri;
    } else if (route != NULL) {
        uri = &route->uri;
    } else if (to->uri.len == 0 && sip_msg_request_uri(request->msg) != NULL) {
        uri = sip_msg_request_uri(request->msg);
    } else if (sip_uri_parse(target, room) != 0) {
        return SIP_EINVAL;
    }
    if (is_sips(target) && uri->scheme == SIP_SCHEME_SIP) { /* as if it were sips too */
        if (uri != room) {
            *room = *uri;
        }
        room->scheme = SIP_SCHEME_SIPS;
        uri = room;
    }
    *ret_uri = uri;
    return 0;
}

/* ---- printing */

/* The top one is for who is behind us: when protocol, address or family change here, each side
 * needs those on its own side (RFC 5658 4), and one that has a flow is asked for by it (RFC 5626
 * 5.3). */
static void add_record_routes(sip_edit *edit, const sip__relay_request *request, const sip_msg *msg,
                              const sip__relay_to *to, const sip_path *path)
{
    const sip_path *source = sip_msg_source(msg);
    const sip_address *route = route_left(request, msg);
    const sip_str target = target_of(msg, to);
    const sip__route_side in = {
        .stack = request->stack,
        .towards = source->protocol == SIP_PROTOCOL_NONE ? path : source,
        .flow = sip__flow_of_caller(msg),
        .params = "",
        .proof = sip_str_of(request->proof),
        .secure = is_sips(target) || (route != NULL && route->uri.scheme == SIP_SCHEME_SIPS),
    };
    sip__route_side out = in;
    char inside[SIP__ROUTE_BYTES], outside[SIP__ROUTE_BYTES];
    sip_str ours, theirs;

    out.towards = path;
    out.flow = sip__flow_of_callee(target, to->path);
    ours = sip__route_print(&in, inside);
    theirs = sip__route_print(&out, outside);
    if (ours.len > 0) {
        sip_edit_push(edit, SIP_HEADER_RECORD_ROUTE, ours);
    }
    if (theirs.len > 0 && !sip_str_same(ours, theirs)) {
        sip_edit_push(edit, SIP_HEADER_RECORD_ROUTE, theirs);
    }
}

/* Requests for who registers come back by the flow that he keeps: a user agent of RFC 5626 is told
 * so ("ob"), one behind another proxy is that one's to find. */
static void add_path(sip_edit *edit, const sip__relay_request *request, const sip_msg *msg,
                     const sip_path *path)
{
    const sip_address *contact = sip_msg_address(msg, SIP_HEADER_CONTACT, 0);
    const bool is_first = sip_msg_via(msg, 1) == NULL;
    sip_str reg_id;
    const sip__route_side side = {
        .stack = request->stack,
        .towards = path,
        .flow = is_first ? sip_msg_source(msg) : NULL,
        .params = is_first && contact != NULL && sip_param_find(contact->params, "reg-id", &reg_id)
                      ? ";ob"
                      : "",
    };
    char room[SIP__ROUTE_BYTES];
    sip_str value = sip__route_print(&side, room);

    if (value.len > 0) {
        sip_edit_push(edit, SIP_HEADER_PATH, value);
    }
}

static void set_number(sip_edit *edit, sip_header_id id, uint32_t number)
{
    char room[16];
    sip__text_end text = sip__text_begin(room, sizeof room);

    sip__text_put_number(&text, number);
    sip_edit_set(edit, id, sip__text_all(&text));
}

/* Route as it is for who comes next. A strict router's takes the place of the Request-URI, which
 * goes last into Route (16.6 step 6). */
static void set_routes(sip_edit *edit, const sip__relay_request *request, const sip_msg *msg,
                       const sip__relay_to *to)
{
    const sip_address *next = route_left(request, msg);
    const bool strict = is_strict(next, to);
    const sip_str target = target_of(msg, to);

    if (strict || to->uri.len > 0) {
        sip_edit_request_uri(edit, strict ? next->uri.text : target);
    } else if (memchr(target.ptr, '?', target.len) != NULL) {
        sip_edit_request_uri(edit, target); /* without headers */
    }
    sip_edit_remove_values(edit, SIP_HEADER_ROUTE, request->ours.count + (strict ? 1 : 0));
    if (to->routes.len > 0) {
        sip_edit_push(edit, SIP_HEADER_ROUTE, to->routes);
    }
    if (strict) {
        sip_edit_append_uri(edit, SIP_HEADER_ROUTE, target);
    }
}

static int add_via(sip_edit *edit, sip__layer *layer, sip_path *path, sip_str branch)
{
    char via[SIP__VIA_TEXT_BYTES];
    sip__wire_room room;
    sip__wire wire;
    int err = sip__next_hop_wire(layer, path, branch, &room, &wire);

    if (err == 0) {
        sip_edit_push(edit, SIP_HEADER_VIA, sip__via_text(&wire, via));
    }
    return err;
}

int sip__relay_request_print(const sip__relay_request *request, const sip_msg *msg,
                             const sip__relay_to *to, sip_path *path, sip_str branch,
                             sip_msg **ret_msg)
{
    sip__layer *layer = &sip__stack_here(request->stack)->layer;
    sip_edit *edit = sip_edit_create(msg);
    int err = add_via(edit, layer, path, branch);

    if (err != 0) {
        sip_edit_discard(edit);
        return err;
    }
    sip_edit_received(edit);
    set_routes(edit, request, msg, to);
    set_number(edit, SIP_HEADER_MAX_FORWARDS, request->max_forwards);
    if (to->breadth != 0 && to->breadth != number_of(msg, SIP_HEADER_MAX_BREADTH, 0)) {
        set_number(edit, SIP_HEADER_MAX_BREADTH, to->breadth);
    }
    if (request->record_route) {
        add_record_routes(edit, request, msg, to, path);
    }
    if (request->path) {
        add_path(edit, request, msg, path);
    }
    err = sip_edit_finish(edit, ret_msg);
    if (err == 0) {
        sip__msg_set_source(*ret_msg, path);
    }
    return err;
}
