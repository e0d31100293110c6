#include "dns/locate.h"
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 256 /* a DNS name with its zero */

/* What a URI asks for, before any look-up. @return 0, SIP_EUNSUPPORTED or SIP_EINVAL */
static int read_uri(const sip_uri *uri, const sip__locate_can *can, sip_protocol *ret_protocol,
                    uint16_t *ret_port, sip_str *ret_host)
{
    bool secure = uri->scheme == SIP_SCHEME_SIPS;
    sip_protocol protocol;

    if (!secure && uri->scheme != SIP_SCHEME_SIP) {
        return SIP_EUNSUPPORTED;
    }
    if (uri->transport.len > 0) {
        protocol = sip_protocol_of(uri->transport);
    } else if ((can->protocols & (1u << SIP_PROTOCOL_UDP)) != 0) {
        protocol = SIP_PROTOCOL_UDP; /* RFC 3263 4.1 */
    } else {
        protocol = SIP_PROTOCOL_TCP;
    }
    if (secure) {
        protocol = protocol == SIP_PROTOCOL_WS || protocol == SIP_PROTOCOL_WSS ? SIP_PROTOCOL_WSS
                                                                               : SIP_PROTOCOL_TLS;
    }
    if (protocol == SIP_PROTOCOL_NONE || (can->protocols & (1u << protocol)) == 0) {
        return SIP_EUNSUPPORTED;
    }
    *ret_host = uri->maddr.len > 0 ? uri->maddr : uri->host;
    if (ret_host->len == 0) {
        return SIP_EINVAL;
    }
    *ret_protocol = protocol;
    *ret_port = uri->port != 0 ? uri->port : sip_protocol_default_port(protocol);
    return 0;
}

static bool can_family(const sip__locate_can *can, sip_family family)
{
    return (can->families & (1u << family)) != 0;
}

int sip__locate_numeric(const sip_uri *uri, const sip__locate_can *can, sip_path *ret_path)
{
    sip_protocol protocol;
    uint16_t port;
    sip_str host;
    sip_addr addr;
    int err = read_uri(uri, can, &protocol, &port, &host);

    if (err != 0) {
        return err;
    }
    if (sip_addr_parse(host, port, &addr) != 0) {
        return SIP_EAGAIN;
    }
    if (!can_family(can, (sip_family)addr.family)) {
        return SIP_EUNSUPPORTED;
    }
    memset(ret_path, 0, sizeof(*ret_path));
    ret_path->protocol = protocol;
    ret_path->remote = addr;
    return 0;
}

/* IPv6 before IPv4 (RFC 6724's usual order), each as the answer has them; the last ones go when
 * there are too many. */
static void add_target(sip__locate *locate, const sip_addr *addr)
{
    size_t at = locate->n_targets;
    size_t moved;

    if (addr->family == SIP_FAMILY_IP6) {
        for (at = 0; at < locate->n_targets; at++) {
            if (locate->targets[at].remote.family != SIP_FAMILY_IP6) {
                break;
            }
        }
    }
    if (at == SIP__LOCATE_MAX) {
        return;
    }
    if (locate->n_targets < SIP__LOCATE_MAX) {
        locate->n_targets++;
    }
    moved = locate->n_targets - at - 1;
    memmove(&locate->targets[at + 1], &locate->targets[at], moved * sizeof(locate->targets[0]));
    memset(&locate->targets[at], 0, sizeof(locate->targets[at]));
    locate->targets[at].protocol = locate->protocol;
    locate->targets[at].remote = *addr;
    locate->targets[at].remote.port = locate->port;
}

static void on_answer(sip_dns_query *query, const sip_dns_answer *answer)
{
    sip__locate *locate = query->arg;
    size_t i;

    query->fn = NULL;
    locate->pending--;
    for (i = 0; answer->err == 0 && i < answer->n_records; i++) {
        const sip_dns_record *record = &answer->records[i];

        if (record->type == SIP_DNS_A || record->type == SIP_DNS_AAAA) {
            add_target(locate, &record->addr);
        }
    }
    /* A failure of the servers says more than the other family's "no such name". */
    if (answer->err != 0 && locate->err != SIP_EIO) {
        size_t len = strlen(locate->text);
        const char *colon = strchr(locate->text, ':');

        locate->err = answer->err;
        len = colon != NULL ? (size_t)(colon - locate->text) : len;
        (void)snprintf(locate->text + len, sizeof(locate->text) - len, ": %s",
                       answer->text != NULL ? answer->text : sip_error_text(answer->err));
    }
    if (locate->pending > 0) {
        return;
    }
    if (locate->n_targets > 0) {
        locate->fn(locate, 0, "");
    } else {
        locate->fn(locate, locate->err != 0 ? locate->err : SIP_ENOENT, locate->text);
    }
}

static int ask(sip__locate *locate, sip_dns_query *query, const char *name, sip_dns_type type)
{
    int err;

    query->fn = on_answer;
    query->arg = locate;
    query->impl = NULL;
    err = locate->resolver->vtable->ask(locate->resolver, name, type, query);
    if (err != 0) {
        query->fn = NULL;
        return err;
    }
    locate->pending++;
    return 0;
}

static int ask_all(sip__locate *locate, const char *name, const sip__locate_can *can)
{
    int err6 = SIP_EUNSUPPORTED;
    int err4 = SIP_EUNSUPPORTED;

    if (can_family(can, SIP_FAMILY_IP6)) {
        err6 = ask(locate, &locate->aaaa, name, SIP_DNS_AAAA);
    }
    if (can_family(can, SIP_FAMILY_IP4)) {
        err4 = ask(locate, &locate->a, name, SIP_DNS_A);
    }
    if (locate->pending > 0) {
        return 0; /* one is enough to go on with */
    }
    return err4 != SIP_EUNSUPPORTED ? err4 : err6;
}

int sip__locate_start(sip__locate *locate, sip_resolver *resolver, const sip_uri *uri,
                      const sip__locate_can *can)
{
    char name[NAME_BYTES];
    sip_str host;
    int err = read_uri(uri, can, &locate->protocol, &locate->port, &host);

    if (err != 0) {
        return err;
    }
    if (host.len >= sizeof(name) || memchr(host.ptr, '\0', host.len) != NULL) {
        return SIP_EINVAL;
    }
    memcpy(name, host.ptr, host.len);
    name[host.len] = '\0';
    locate->resolver = resolver;
    locate->n_targets = 0;
    locate->pending = 0;
    locate->err = 0;
    locate->a.fn = NULL;
    locate->aaaa.fn = NULL;
    (void)snprintf(locate->text, sizeof(locate->text), "no address for %.100s", name);
    return ask_all(locate, name, can);
}

static void cancel(sip__locate *locate, sip_dns_query *query)
{
    if (query->fn != NULL) {
        query->fn = NULL;
        locate->resolver->vtable->cancel(locate->resolver, query);
    }
}

void sip__locate_cancel(sip__locate *locate)
{
    if (locate->pending > 0) {
        locate->pending = 0;
        cancel(locate, &locate->a);
        cancel(locate, &locate->aaaa);
    }
}
