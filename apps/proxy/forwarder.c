#include "proxy/forwarder.h"

#include <sip/flow.h>
#include <string.h>

#define URI_BYTES 512

/* The way to it: its connection while that stands, for a datagram's contact that does not lead back
 * to its sender (a NAT between) the sender's address, else NULL: look it up.
 * @return false if there is no way (RFC 5626 5.3) */
static bool find_way(const sip_stack *stack, const dum_binding *binding, const sip_path **ret_path)
{
    sip_uri contact;
    const bool hidden = sip_uri_parse(binding->contact, &contact) == 0 &&
                        sip_contact_is_hidden(&contact, &binding->path);

    if (binding->path.flow == 0) {
        *ret_path = hidden ? &binding->path : NULL;
        return true;
    }
    *ret_path = sip_stack_flow_lives(stack, &binding->path) ? &binding->path : NULL;
    return *ret_path != NULL || !hidden;
}

static int add_binding(sip_relay *relay, const dum_binding *binding, const sip_path *path)
{
    char uri[URI_BYTES];
    sip_target target = {.uri = uri, .q_permille = binding->q_permille, .path = path};

    if (binding->contact.len >= sizeof uri) {
        return SIP_ETOOBIG;
    }
    memcpy(uri, binding->contact.ptr, binding->contact.len);
    uri[binding->contact.len] = '\0';
    return sip_relay_add(relay, &target);
}

/* Without a list of users whoever has registered is one. */
static bool may_exist(const proxy_options *options, sip_str user)
{
    return options->users.count == 0 || proxy_options_password(options, user) != NULL;
}

/* Who calls a sips URI wants TLS to the end (RFC 5630 5.3). */
static bool is_secure_enough(const sip_uri *aor, const dum_binding *binding)
{
    sip_uri contact;

    return aor->scheme != SIP_SCHEME_SIPS ||
           (sip_uri_parse(binding->contact, &contact) == 0 && contact.scheme == SIP_SCHEME_SIPS);
}

static void refuse_insecure(sip_relay *relay)
{
    static const sip_header headers[] = {{"Warning", "380 parley-proxy \"SIPS Not Allowed\""},
                                         {NULL, NULL}};
    const sip_extras extras = {.headers = headers};

    sip_relay_respond(relay, 480, &extras);
}

/* To whoever has registered as the Request-URI. */
static void relay_to_bindings(const struct forwarder *forwarder, sip_relay *relay,
                              const sip_uri *aor)
{
    dum_binding binding;
    const sip_path *path;
    size_t added = 0, insecure = 0, i;

    for (i = 0; dum_registrar_binding(forwarder->registrar, aor, i, &binding); i++) {
        if (!is_secure_enough(aor, &binding)) {
            insecure++;
        } else if (find_way(forwarder->stack, &binding, &path)) {
            added += add_binding(relay, &binding, path) == 0;
        }
    }
    if (added == 0 && insecure > 0) {
        refuse_insecure(relay);
    } else if (added == 0 && i > 0) {
        sip_relay_respond(relay, 430, NULL);
    } else if (added == 0) {
        sip_relay_respond(relay, may_exist(forwarder->options, aor->user) ? 480 : 404, NULL);
    }
}

/* A registered user's request from where that user registered: others may not use us to reach
 * strangers. */
static bool is_from_our_user(const struct forwarder *forwarder, const sip_msg *request)
{
    const sip_address *from = sip_msg_from(request);
    dum_binding binding;

    for (size_t i = 0;
         from != NULL && dum_registrar_binding(forwarder->registrar, &from->uri, i, &binding);
         i++) {
        if (sip_addr_same_host(&binding.path.remote, &sip_msg_source(request)->remote)) {
            return true;
        }
    }
    return false;
}

/* A dialog that we let through, or a flow that we named: whoever only writes our name into Route
 * gets no further than without. */
static bool is_on_our_route(const struct forwarder *forwarder, const sip_msg *request)
{
    sip_route_proof proof = sip_relay_route_proof(forwarder->stack, request);

    return proof == SIP_ROUTE_OF_DIALOG || proof == SIP_ROUTE_OF_FLOW;
}

/* No number and no name leads anywhere from here; a Route beyond us might (RFC 3261 16.3 item 2).
 */
static bool leads_nowhere(const struct forwarder *forwarder, const sip_msg *request)
{
    const sip_uri *uri = sip_msg_request_uri(request);
    const sip_address *route;

    if (uri != NULL && (uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS)) {
        return false;
    }
    for (size_t i = 0; (route = sip_msg_address(request, SIP_HEADER_ROUTE, i)) != NULL; i++) {
        if (!sip_stack_owns_uri(forwarder->stack, &route->uri)) {
            return false;
        }
    }
    return true;
}

static void answer_options(sip_server_tx *tx)
{
    static const sip_header headers[] = {{"Accept", "*/*"}, {NULL, NULL}};
    sip_extras extras = {.headers = headers};

    sip_server_tx_respond(tx, 200, &extras);
}

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    const struct forwarder *forwarder = user_data;
    const sip_msg *request = sip_server_tx_request(tx);
    const sip_uri *uri = sip_msg_request_uri(request);
    bool ours = uri != NULL && sip_stack_owns_uri(forwarder->stack, uri);
    bool routed = is_on_our_route(forwarder, request);
    sip_relay_config config = {.record_route = SIP_ON};
    sip_relay *relay;
    int err;

    (void)tu;
    if (ours && uri->user.len == 0 && !routed) {
        if (sip_msg_method(request) == SIP_METHOD_OPTIONS) {
            answer_options(tx);
        } else {
            sip_server_tx_respond(tx, 404, NULL);
        }
        return;
    }
    if (!routed && leads_nowhere(forwarder, request)) {
        sip_server_tx_respond(tx, 416, NULL);
        return;
    }
    if (!ours && !routed && !is_from_our_user(forwarder, request)) {
        sip_server_tx_respond(tx, 403, NULL);
        return;
    }
    err = sip_relay_create(tx, &config, NULL, NULL, &relay);
    if (err != 0) {
        sip_server_tx_respond(tx, sip_error_status(err), NULL);
    } else if (ours && !routed) {
        relay_to_bindings(forwarder, relay, uri);
    } else {
        sip_relay_add(relay, NULL);
    }
}

static void on_ack(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    if (is_on_our_route(user_data, ack) || is_from_our_user(user_data, ack)) {
        sip_tu_forward(tu, ack);
    }
}

static const sip_tu_handler handler = {.on_request = on_request, .on_ack = on_ack};

int forwarder_create(struct forwarder *forwarder, sip_stack *stack, const dum_registrar *registrar,
                     const proxy_options *options)
{
    *forwarder = (struct forwarder){.stack = stack, .registrar = registrar, .options = options};
    return sip_tu_create(stack, NULL, &handler, forwarder, NULL);
}
