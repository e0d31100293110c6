#include <sip/local.h>

#include "stack/stack.h"
#include "transaction/client_tx.h"
#include <string.h>

#define CHANGES_MS 60000
#define MOST_CHANGES 5u /* of the address that servers see, in that time */

/* Documentation addresses (RFC 5737, RFC 3849) are nobody's, so that they stand for anybody beyond
 * the default route. */
static const sip_addr anybody4 = {.family = SIP_FAMILY_IP4, .ip = {192, 0, 2, 1}, .port = 5060};
static const sip_addr anybody6 = {
    .family = SIP_FAMILY_IP6, .ip = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, .port = 5060};
static const sip_addr loopback4 = {.family = SIP_FAMILY_IP4, .ip = {127, 0, 0, 1}, .port = 5060};
static const sip_addr loopback6 = {.family = SIP_FAMILY_IP6, .ip = {[15] = 1}, .port = 5060};

/* What the Via of ours in an answer says (RFC 3261 18.2.1, RFC 3581 4). */
static bool seen_by_server(const sip_msg *response, sip_addr *ret_seen)
{
    const sip_via *via = sip_msg_via(response, 0);
    uint16_t port;

    if (via == NULL || (via->received.len == 0 && via->rport == 0)) {
        return false;
    }
    port = via->rport != 0 ? via->rport : sip_msg_source(response)->local.port;
    return sip_addr_parse(via->received.len > 0 ? via->received : via->host, port, ret_seen) == 0;
}

/* Every change is told to all our peers: a NAT that maps every message anew, or a server that says
 * so, must not have us do nothing else. */
static bool may_change(sip_transport *transport, sip_time_ms now_ms)
{
    if (now_ms - transport->learnt_ms >= CHANGES_MS) {
        transport->learnt_ms = now_ms;
        transport->learnt_changes = 0;
    }
    if (transport->learnt_changes >= MOST_CHANGES) {
        return false;
    }
    transport->learnt_changes++;
    return true;
}

/* An address that a peer could reach, and that we could have. */
static bool is_sound(const sip_addr *seen, const sip_path *path)
{
    return seen->family == path->remote.family && seen->port != 0 && !sip_addr_is_any(seen) &&
           !sip_addr_is_multicast(seen);
}

/* Servers behind different NATs see different addresses: the first to see another than ours is the
 * one that counts until our own address changes, so that no two of them take turns.
 * @return whether that is news */
static bool take_seen(const sip_worker *worker, sip_transport *transport, const sip_path *path,
                      const sip_addr *seen)
{
    if (!is_sound(seen, path)) {
        return false;
    }
    if (transport->learnt.family == SIP_FAMILY_NONE) {
        if (sip_addr_equal(seen, &path->local)) {
            return false;
        }
        transport->learnt_from = path->remote;
    } else if (sip_addr_equal(seen, &transport->learnt) ||
               !sip_addr_equal(&path->remote, &transport->learnt_from) ||
               !may_change(transport, sip_worker_now_ms(worker))) {
        return false;
    }
    transport->learnt = *seen;
    return true;
}

void sip__stack_learn(sip_worker *worker, sip_transport *transport, const sip_msg *response)
{
    const sip_path *source = sip_msg_source(response);
    sip_transport_event moved = {.kind = SIP_TRANSPORT_FLOW_MOVED,
                                 .path = *source,
                                 .text = "a server sees us at another address"};

    if (!sip__networks_hold(worker->transports.local_networks, &source->remote) &&
        seen_by_server(response, &moved.mapped) &&
        sip__client_tx_is_from_target(&worker->layer, response) &&
        take_seen(worker, transport, source, &moved.mapped)) {
        sip__stack_tell(worker, &moved);
    }
}

void sip__stack_learn_mapped(sip_worker *worker, const sip_path *path, const sip_addr *mapped)
{
    sip_path way = *path;
    sip_transport *transport;

    if (sip__transports_choose(&worker->transports, &way, &transport) == 0 && transport->learns) {
        (void)take_seen(worker, transport, &way, mapped);
    }
}

int sip_stack_local_for(const sip_stack *stack, const sip_path *path, sip_local *ret_local)
{
    sip_path way;
    sip_transport *transport;
    sip__seen_as seen;
    int err;

    if (stack == NULL || path == NULL || ret_local == NULL ||
        (path->remote.family == SIP_FAMILY_NONE && path->flow == 0)) {
        return SIP_EINVAL;
    }
    way = *path;
    err = sip__transports_choose(&sip__stack_here(stack)->transports, &way, &transport);
    if (err != 0) {
        return err;
    }
    sip__seen_as_contact(transport, &way, sip__stack_here(stack)->transports.local_networks, &seen);
    if (seen.host.len >= sizeof(ret_local->host)) {
        return SIP_EINVAL;
    }
    memset(ret_local, 0, sizeof(*ret_local));
    ret_local->protocol = way.protocol;
    ret_local->addr = way.local;
    memcpy(ret_local->host, seen.host.ptr, seen.host.len);
    ret_local->port = seen.port;
    (void)sip_addr_parse(seen.host, seen.port, &ret_local->seen);
    return 0;
}

/* By the first listener that leads there; without a default route the loopback is all there is. */
static int local_for_anybody(const sip_stack *stack, sip_protocol protocol, sip_local *ret_local)
{
    int err = SIP_EUNSUPPORTED;

    for (const sip_transport *at = sip__stack_here(stack)->transports.first; at != NULL && err != 0;
         at = at->next) {
        bool is_ip6 = at->local.family == SIP_FAMILY_IP6;
        sip_path path = {.protocol = at->protocol, .remote = is_ip6 ? anybody6 : anybody4};

        if (protocol != SIP_PROTOCOL_NONE && protocol != at->protocol) {
            continue;
        }
        err = sip_stack_local_for(stack, &path, ret_local);
        if (err == SIP_EIO) {
            path.remote = is_ip6 ? loopback6 : loopback4;
            err = sip_stack_local_for(stack, &path, ret_local);
        }
    }
    return err;
}

int sip_stack_local_for_uri(const sip_stack *stack, const sip_uri *uri, sip_local *ret_local)
{
    sip__locate_can can;
    sip_path path = {0};
    sip_hop hop;

    if (stack == NULL || ret_local == NULL) {
        return SIP_EINVAL;
    }
    can = sip__transports_can(&sip__stack_here(stack)->transports);
    if (uri != NULL && sip__locate_numeric(uri, &can, &hop) == 0) {
        path.protocol = hop.protocol;
        path.remote = hop.addr;
        return sip_stack_local_for(stack, &path, ret_local);
    }
    return local_for_anybody(stack, uri != NULL ? sip_uri_transport(uri) : SIP_PROTOCOL_NONE,
                             ret_local);
}
