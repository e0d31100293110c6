#include "transaction/own_routes.h"

static bool same_flow(const sip_path *a, const sip_path *b)
{
    return a->protocol == b->protocol && a->flow == b->flow &&
           (a->flow != 0 || sip_addr_equal(&a->remote, &b->remote));
}

/* A URI that leads nowhere but by the connection of whoever stated it (RFC 7118 5). */
static bool leads_by_flow_alone(const sip_uri *uri)
{
    static const sip_path nowhere = {.protocol = SIP_PROTOCOL_NONE};

    return uri != NULL && sip_contact_is_hidden(uri, &nowhere);
}

static void find_flow(const sip_stack *stack, const sip_msg *request, sip_str token,
                      sip__own_routes *routes)
{
    sip_path path;
    int err = sip_stack_flow_of_token(stack, token, &path);

    if (err == 0) {
        routes->path = same_flow(&path, sip_msg_source(request)) ? (sip_path){0} : path;
    } else if (err != SIP_EGONE || leads_by_flow_alone(sip_msg_request_uri(request))) {
        routes->err = err;
    }
}

void sip__own_routes_read(const sip_stack *stack, const sip_msg *request,
                          sip__own_routes *ret_routes)
{
    sip__own_routes routes = {.count = 0};
    const sip_address *route, *last = NULL;

    while ((route = sip_msg_address(request, SIP_HEADER_ROUTE, routes.count)) != NULL &&
           sip_stack_owns_uri(stack, &route->uri)) {
        last = route;
        routes.count++;
    }
    if (last != NULL && last->uri.user.len > 0) {
        find_flow(stack, request, last->uri.user, &routes);
    }
    *ret_routes = routes;
}
