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

static int add_binding(sip_routing *routing, const dum_binding *binding, const sip_path *path)
{
    char uri[URI_BYTES];
    sip_target target = {.uri = uri, .q_permille = binding->q_permille, .path = path};

    if (binding->contact.len >= sizeof uri) {
        return SIP_ETOOBIG;
    }
    memcpy(uri, binding->contact.ptr, binding->contact.len);
    uri[binding->contact.len] = '\0';
    return sip_routing_add(routing, &target);
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

static void refuse_insecure(sip_routing *routing)
{
    static const sip_header headers[] = {{"Warning", "380 parley-proxy \"SIPS Not Allowed\""},
                                         {NULL, NULL}};
    const sip_extras extras = {.headers = headers};

    sip_routing_respond(routing, 480, &extras);
}

/* To whoever has registered as the Request-URI; without state to the first of them. */
static void route_to_bindings(const struct forwarder *forwarder, sip_routing *routing,
                              const sip_uri *aor)
{
    dum_binding binding;
    const sip_path *path;
    size_t added = 0, insecure = 0, i;

    for (i = 0; dum_registrar_binding(forwarder->registrar, aor, i, &binding); i++) {
        if (!is_secure_enough(aor, &binding)) {
            insecure++;
        } else if (find_way(forwarder->stack, &binding, &path)) {
            added += add_binding(routing, &binding, path) == 0;
        }
    }
    if (added > 0) {
        return;
    }
    if (insecure > 0) {
        refuse_insecure(routing);
    } else {
        sip_routing_respond(routing,
                            i > 0                                      ? 430
                            : may_exist(forwarder->options, aor->user) ? 480
                                                                       : 404,
                            NULL);
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

static void answer_options(sip_routing *routing)
{
    static const sip_header headers[] = {{"Accept", "*/*"}, {NULL, NULL}};
    sip_extras extras = {.headers = headers};

    sip_routing_respond(routing, 200, &extras);
}

/* What is in no dialog that we let through, and along no flow that we named: to our users, and from
 * them to anybody. */
static void route(sip_routing *routing, void *user_data)
{
    const struct forwarder *forwarder = user_data;
    const sip_msg *request = sip_routing_msg(routing);
    const sip_uri *uri = sip_msg_request_uri(request);

    if (sip_routing_is_ours(routing) && uri->user.len > 0) {
        route_to_bindings(forwarder, routing, uri);
    } else if (sip_routing_is_ours(routing)) {
        if (sip_msg_method(request) == SIP_METHOD_OPTIONS) {
            answer_options(routing);
        }
    } else if (is_from_our_user(forwarder, request)) {
        sip_routing_add(routing, NULL);
    }
}

static const sip_proxy_handler handler = {.route = route};

int forwarder_create(struct forwarder *forwarder, sip_stack *stack, const dum_registrar *registrar,
                     const proxy_options *options)
{
    const sip_proxy_config config = {.relay = {.record_route = SIP_ON},
                                     .stateless = options->stateless ? SIP_ON : SIP_OFF};

    *forwarder = (struct forwarder){.stack = stack, .registrar = registrar, .options = options};
    return sip_proxy_create(stack, &config, &handler, forwarder, NULL);
}
