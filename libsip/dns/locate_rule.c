#include "dns/locate_rule.h"

static bool can_use(const sip__locate_can *can, sip_protocol protocol)
{
    return protocol != SIP_PROTOCOL_NONE && (can->protocols & (1u << protocol)) != 0;
}

/* A sips URI names what carries TLS (RFC 3261 26.2.2), a sip URI perhaps TLS itself, as RFC 2543
 * had it and RFC 5630 3.1.3 bears it. */
static sip_protocol asked_protocol(const sip_uri *uri, bool secure)
{
    sip_protocol asked = sip_protocol_of(uri->transport);

    if (!secure) {
        return asked;
    }
    switch (asked) {
    case SIP_PROTOCOL_TCP:
    case SIP_PROTOCOL_TLS:
        return SIP_PROTOCOL_TLS;
    case SIP_PROTOCOL_WS:
    case SIP_PROTOCOL_WSS:
        return SIP_PROTOCOL_WSS;
    case SIP_PROTOCOL_NONE:
    case SIP_PROTOCOL_UDP:
        break;
    }
    return SIP_PROTOCOL_NONE;
}

bool sip__locate_rule_prefers(const sip__locate_can *can, bool secure)
{
    return can_use(can, can->preferred) &&
           (!secure || can->preferred == SIP_PROTOCOL_TLS || can->preferred == SIP_PROTOCOL_WSS);
}

static sip_protocol standard_protocol(const sip__locate_can *can, bool secure)
{
    if (sip__locate_rule_prefers(can, secure)) {
        return can->preferred;
    }
    if (secure) {
        return can_use(can, SIP_PROTOCOL_TLS) ? SIP_PROTOCOL_TLS : SIP_PROTOCOL_NONE;
    }
    if (can_use(can, SIP_PROTOCOL_UDP)) {
        return SIP_PROTOCOL_UDP;
    }
    return can_use(can, SIP_PROTOCOL_TCP) ? SIP_PROTOCOL_TCP : SIP_PROTOCOL_NONE;
}

/* Can we send what the scheme allows at all? */
static bool can_scheme(const sip__locate_can *can, bool secure)
{
    unsigned fit = secure ? 1u << SIP_PROTOCOL_TLS | 1u << SIP_PROTOCOL_WSS : ~0u;

    return (can->protocols & fit) != 0;
}

int sip__locate_rule_read(const sip_uri *uri, const sip__locate_can *can,
                          sip__locate_rule *ret_rule)
{
    sip__locate_rule rule = {.host = uri->maddr.len > 0 ? uri->maddr : uri->host,
                             .port = uri->port,
                             .secure = uri->scheme == SIP_SCHEME_SIPS};

    if (!rule.secure && uri->scheme != SIP_SCHEME_SIP) {
        return SIP_EUNSUPPORTED;
    }
    if (!can_scheme(can, rule.secure)) {
        return SIP_EUNSUPPORTED;
    }
    if (uri->transport.len > 0) {
        rule.protocol = asked_protocol(uri, rule.secure);
        if (rule.protocol == SIP_PROTOCOL_WS && !can_use(can, SIP_PROTOCOL_WS)) {
            rule.protocol = SIP_PROTOCOL_WSS; /* "ws" stands for both (RFC 7118 5) */
        }
        if (!can_use(can, rule.protocol)) {
            return SIP_EUNSUPPORTED;
        }
        rule.either = rule.protocol == SIP_PROTOCOL_WS && can_use(can, SIP_PROTOCOL_WSS);
        rule.standard = rule.protocol;
    } else {
        rule.standard = standard_protocol(can, rule.secure);
    }
    if (rule.port != 0 && rule.standard == SIP_PROTOCOL_NONE) {
        return SIP_EUNSUPPORTED; /* no record could tell of another */
    }
    if (rule.host.len == 0) {
        return SIP_EINVAL;
    }
    *ret_rule = rule;
    return 0;
}

uint16_t sip__locate_rule_port(const sip__locate_rule *rule, sip_protocol protocol)
{
    return rule->port != 0 ? rule->port : sip_protocol_default_port(protocol);
}

const char *sip__locate_rule_prefix(sip_protocol protocol)
{
    static const char *const prefixes[] = {
        [SIP_PROTOCOL_NONE] = "",          [SIP_PROTOCOL_UDP] = "_sip._udp.",
        [SIP_PROTOCOL_TCP] = "_sip._tcp.", [SIP_PROTOCOL_TLS] = "_sips._tcp.",
        [SIP_PROTOCOL_WS] = "_sip._ws.",   [SIP_PROTOCOL_WSS] = "_sips._ws.",
    };

    return prefixes[protocol];
}
