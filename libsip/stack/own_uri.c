/* Which URIs lead to this stack. */
#include "stack/stack.h"

static bool has_port(const sip_stack *stack, uint16_t port)
{
    for (const sip_transport *at = sip__stack_here(stack)->transports.first; at != NULL;
         at = at->next) {
        if (at->local.port == port) {
            return true;
        }
    }
    return false;
}

/* Bound to all addresses: ours is what this host would itself send from. */
static bool is_local(const sip_stack *stack, const sip_transport *transport, const sip_addr *addr)
{
    sip_path path = {.protocol = transport->protocol, .remote = *addr};
    sip_transport *chosen;

    return sip__transports_choose(&sip__stack_here(stack)->transports, &path, &chosen) == 0 &&
           sip_addr_same_host(&path.local, addr);
}

/* IPv6 addresses have many texts. */
static bool same_host(sip_str a, sip_str b)
{
    sip_addr of_a, of_b;

    return sip_str_same_nocase(a, b) ||
           (sip_addr_parse(a, 0, &of_a) == 0 && sip_addr_parse(b, 0, &of_b) == 0 &&
            sip_addr_same_host(&of_a, &of_b));
}

/* A sips URI names what carries TLS (RFC 3261 26.2.2), and "ws" stands for WebSocket over TLS too
 * (RFC 7118 5). */
static bool may_mean(const sip_uri *uri, sip_protocol protocol)
{
    sip_protocol said = sip_protocol_of(uri->transport);

    switch (said) {
    case SIP_PROTOCOL_NONE:
        return true;
    case SIP_PROTOCOL_WS:
        return protocol == SIP_PROTOCOL_WSS ||
               (protocol == SIP_PROTOCOL_WS && uri->scheme != SIP_SCHEME_SIPS);
    case SIP_PROTOCOL_TCP:
        return protocol == (uri->scheme == SIP_SCHEME_SIPS ? SIP_PROTOCOL_TLS : SIP_PROTOCOL_TCP);
    case SIP_PROTOCOL_UDP:
    case SIP_PROTOCOL_TLS:
    case SIP_PROTOCOL_WSS:
        break;
    }
    return protocol == said;
}

/* What a listener advertises, or has learnt of a NAT. */
static bool is_seen(const sip_stack *stack, const sip_uri *uri)
{
    for (const sip_transport *at = sip__stack_here(stack)->transports.first; at != NULL;
         at = at->next) {
        uint16_t port = uri->port != 0 ? uri->port : sip_protocol_default_port(at->protocol);
        sip_path outside = {.protocol = at->protocol, .local = at->local};
        sip__seen_as seen;

        if (!sip__seen_as_may_differ(at) || !may_mean(uri, at->protocol)) {
            continue;
        }
        sip__seen_as_via(at, &outside, NULL, &seen);
        if (at->advertised_host != NULL && seen.port == port && same_host(uri->host, seen.host)) {
            return true;
        }
        (void)sip_addr_host(&at->learnt, seen.room);
        if (at->learnt.port == port && same_host(uri->host, sip_str_of(seen.room))) {
            return true;
        }
    }
    return false;
}

static bool listens_on(const sip_stack *stack, const sip_uri *uri, const sip_addr *addr)
{
    for (const sip_transport *at = sip__stack_here(stack)->transports.first; at != NULL;
         at = at->next) {
        uint16_t port = uri->port != 0 ? uri->port : sip_protocol_default_port(at->protocol);

        if (at->local.family != addr->family || at->local.port != port ||
            !may_mean(uri, at->protocol)) {
            continue;
        }
        if (sip_addr_same_host(&at->local, addr) ||
            (sip_addr_is_any(&at->local) && is_local(stack, at, addr))) {
            return true;
        }
    }
    return false;
}

bool sip_stack_owns_uri(const sip_stack *stack, const sip_uri *uri)
{
    const char *const *domain;
    sip_addr addr;

    if (stack == NULL || uri == NULL ||
        (uri->scheme != SIP_SCHEME_SIP && uri->scheme != SIP_SCHEME_SIPS)) {
        return false;
    }
    if ((sip_addr_parse(uri->host, 0, &addr) == 0 && listens_on(stack, uri, &addr)) ||
        is_seen(stack, uri)) {
        return true;
    }
    for (domain = stack->config.domains; domain != NULL && *domain != NULL; domain++) {
        if (sip_str_equal_nocase(uri->host, *domain)) {
            return uri->port == 0 || has_port(stack, uri->port);
        }
    }
    return false;
}
