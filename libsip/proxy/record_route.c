#include "proxy/record_route.h"

#include "base/text_end.h"
#include "transaction/proof.h"

/* ";transport=" and its value; WebSocket has one for both of its protocols (RFC 7118 5), and a sips
 * URI says TLS by its scheme (RFC 3261 26.2.2, RFC 5630 3.1.3). */
static sip_str transport_param(sip_protocol protocol, bool secure)
{
    switch (protocol) {
    case SIP_PROTOCOL_TCP:
        return SIP_STR(";transport=tcp");
    case SIP_PROTOCOL_TLS:
        return secure ? SIP_STR("") : SIP_STR(";transport=tls");
    case SIP_PROTOCOL_WS:
    case SIP_PROTOCOL_WSS:
        return SIP_STR(";transport=ws");
    case SIP_PROTOCOL_NONE:
    case SIP_PROTOCOL_UDP:
        break;
    }
    return SIP_STR("");
}

/* Our host and port as who is on that side sees them. @return false: he cannot reach us */
static bool put_address(const sip__route_side *side, sip__text_end *text)
{
    const sip__transports *transports = &sip__stack_here(side->stack)->transports;
    sip_transport *transport;
    sip_path path = *side->towards;
    uint16_t port;
    sip__seen_as seen;

    if (sip__transports_choose(transports, &path, &transport) != 0) {
        return false;
    }
    if (path.local.family == SIP_FAMILY_IP4 && !sip__seen_as_may_differ(transport)) {
        sip__text_put_ip4(text, path.local.ip);
        port = path.local.port;
    } else {
        sip__seen_as_via(transport, &path, transports->local_networks, &seen);
        sip__text_put(text, seen.host);
        port = seen.port;
    }
    sip__text_put(text, SIP_STR(":"));
    sip__text_put_number(text, port);
    return true;
}

static void put_flow(const sip__route_side *side, sip__text_end *text)
{
    char room[SIP_FLOW_TOKEN_BYTES];
    sip_str token = {NULL, 0};

    if (side->flow != NULL) {
        token = sip_stack_flow_token(side->stack, side->flow, room);
    }
    if (token.len > 0) {
        sip__text_put(text, token);
        sip__text_put(text, SIP_STR("@"));
    }
}

sip_str sip__route_print(const sip__route_side *side, char out[SIP__ROUTE_BYTES])
{
    sip__text_end text = sip__text_begin(out, SIP__ROUTE_BYTES);

    sip__text_put(&text, side->secure ? SIP_STR("<sips:") : SIP_STR("<sip:"));
    put_flow(side, &text);
    if (!put_address(side, &text)) {
        return (sip_str){out, 0};
    }
    sip__text_put(&text, transport_param(side->towards->protocol, side->secure));
    sip__text_put(&text, SIP_STR(";lr"));
    sip__text_put(&text, sip_str_of(side->params));
    if (side->proof.len > 0) {
        sip__text_put(&text, SIP_STR(";" SIP__PROOF_PARAM "="));
        sip__text_put(&text, side->proof);
    }
    sip__text_put(&text, SIP_STR(">"));
    return sip__text_all(&text);
}

/* Connections that prove who is at their other end, or that cannot be made again from here, are
 * kept to for the whole dialog. */
static bool needs_flow(const sip_uri *contact, const sip_path *path)
{
    return (path->flow != 0 && path->protocol != SIP_PROTOCOL_TCP) ||
           sip_contact_is_hidden(contact, path);
}

const sip_path *sip__flow_of_caller(const sip_msg *request)
{
    const sip_path *source = sip_msg_source(request);
    const sip_address *contact = sip_msg_address(request, SIP_HEADER_CONTACT, 0);
    const sip_via *via = sip_msg_via(request, 0);

    if (contact == NULL || via == NULL || sip_msg_via(request, 1) != NULL ||
        (source->flow == 0 && !via->has_rport) || !needs_flow(&contact->uri, source)) {
        return NULL;
    }
    return source;
}

const sip_path *sip__flow_of_callee(sip_str text, const sip_path *path)
{
    sip_uri uri;

    return path != NULL && sip_uri_parse(text, &uri) == 0 && needs_flow(&uri, path) ? path : NULL;
}
