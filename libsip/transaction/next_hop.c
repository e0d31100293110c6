#include "transaction/next_hop.h"

#include <stdio.h>
#include <string.h>

/* Whatever URI decides, one that is for a sips resource goes as if that were sips too (RFC 3261
 * 8.1.2 and 16.6 item 7). */
static const sip_uri *as_secure(const sip_msg *request, const sip_uri *uri, sip_uri *room)
{
    const sip_uri *wanted = sip_msg_request_uri(request);

    if (wanted == NULL || wanted->scheme != SIP_SCHEME_SIPS || uri->scheme != SIP_SCHEME_SIP) {
        return uri;
    }
    if (uri != room) {
        *room = *uri;
    }
    room->scheme = SIP_SCHEME_SIPS;
    return room;
}

int sip__next_hop_uri(const sip_msg *request, const char *next_hop, sip_uri *room,
                      const sip_uri **ret_uri)
{
    const sip_address *route = sip_msg_address(request, SIP_HEADER_ROUTE, 0);
    const sip_uri *uri;

    if (next_hop != NULL) {
        if (sip_uri_parse(sip_str_of(next_hop), room) != 0) {
            return SIP_EINVAL;
        }
        *ret_uri = as_secure(request, room, room);
        return 0;
    }
    /* Before a strict router the request has been rewritten (12.2.1.1): its Request-URI is the next
     * hop. */
    uri = route != NULL && route->uri.lr && !sip__msg_is_to_strict(request)
              ? &route->uri
              : sip_msg_request_uri(request);
    if (uri == NULL) {
        return SIP_EINVAL;
    }
    *ret_uri = as_secure(request, uri, room);
    return 0;
}

/* By whom it is to be answered. Without memory for that, by nobody: nothing leaves unchecked. */
static void set_server(sip__layer *layer, sip_str name, sip_path *path)
{
    if ((path->protocol == SIP_PROTOCOL_TLS || path->protocol == SIP_PROTOCOL_WSS) &&
        sip__transports_server_id(layer->config.transports, name, &path->server) != 0) {
        path->server = SIP__SERVER_NAME_LOST;
    }
}

sip_path sip__next_hop_path(sip__layer *layer, const sip__finder *finder, size_t i)
{
    const sip_hop *hop = &finder->locate.targets[i];
    sip_path path = {.protocol = hop->protocol, .remote = hop->addr};

    set_server(layer, sip_str_of(finder->locate.name), &path);
    return path;
}

static bool same_hop(const sip_hop *a, const sip_hop *b)
{
    return a->protocol == b->protocol && sip_addr_equal(&a->addr, &b->addr);
}

void sip__next_hop_order(sip__layer *layer, sip__finder *finder)
{
    sip_hop *targets = finder->locate.targets;
    sip_hop first = finder->prefer;
    size_t at = 0;

    sip__health_order(&layer->health, targets, finder->locate.n_targets);
    if (first.protocol == SIP_PROTOCOL_NONE ||
        sip__health_of(&layer->health, &first) != SIP__HEALTH_GOOD) {
        return;
    }
    while (at < finder->locate.n_targets && !same_hop(&targets[at], &first)) {
        at++;
    }
    if (at < finder->locate.n_targets) {
        first = targets[at];
        memmove(&targets[1], &targets[0], at * sizeof(targets[0]));
        targets[0] = first;
    }
}

static void on_found(sip__locate *locate, int err, const char *text)
{
    sip__finder *finder = SIP_CONTAINER_OF(locate, sip__finder, locate);
    sip__layer *layer = finder->layer;
    uint64_t took_ms = sip_worker_now_ms(layer->config.worker) - finder->began_ms;

    sip__histogram_add(&layer->meter.lookups, took_ms * 1000);
    finder->fn(locate, err, text);
}

int sip__next_hop_find(sip__layer *layer, const sip__seek *seek, sip_path *ret_path,
                       sip__finder **ret_finder)
{
    sip__locate_can can = sip__transports_can(layer->config.transports);
    char host[SIP_ADDR_TEXT_BYTES];
    sip_hop hop;
    int err = sip__locate_numeric(seek->uri, &can, &hop);
    sip__finder *finder;

    if (err == 0) {
        *ret_path = (sip_path){.protocol = hop.protocol, .remote = hop.addr};
        if (seek->uri->scheme == SIP_SCHEME_SIPS) {
            /* Whoever has come from this address, without proof of it, is not asked. */
            set_server(layer, sip_str_of(sip_addr_host(&hop.addr, host)), ret_path);
        }
    }
    if (err != SIP_EAGAIN) {
        return err;
    }
    finder = sip__pool_take(&layer->finders);
    if (finder == NULL) {
        return SIP_ENOMEM;
    }
    finder->layer = layer;
    finder->fn = seek->fn;
    finder->began_ms = sip_worker_now_ms(layer->config.worker);
    finder->locate.fn = on_found;
    finder->locate.arg = seek->arg;
    if (seek->prefer != NULL) {
        finder->prefer =
            (sip_hop){.protocol = seek->prefer->protocol, .addr = seek->prefer->remote};
    }
    err = sip__locate_start(&finder->locate, layer->config.locator, seek->uri, &can);
    if (err == 0) {
        sip__next_hop_order(layer, finder);
        *ret_path = sip__next_hop_path(layer, finder, 0);
    } else if (err != SIP_EAGAIN) {
        sip__pool_give(&layer->finders, finder);
        return err;
    }
    *ret_finder = finder;
    return err;
}

void sip__next_hop_release(sip__layer *layer, sip__finder *finder)
{
    if (finder != NULL) {
        sip__racers_stop(&finder->racers);
        sip__locate_cancel(&finder->locate);
        sip__pool_give(&layer->finders, finder);
    }
}

int sip__next_hop_wire(sip__layer *layer, sip_path *path, sip_str branch, sip__wire_room *room,
                       sip__wire *ret_wire)
{
    const sip__transports *transports = layer->config.transports;
    sip_transport *transport;
    sip__wire wire = {.branch = branch};
    int err = sip__transports_choose(layer->config.transports, path, &transport);

    if (err != 0) {
        return err;
    }
    wire.protocol = path->protocol;
    wire.sent_by = path->local;
    if (sip__seen_as_may_differ(transport)) {
        sip__seen_as_via(transport, path, transports->local_networks, &room->seen);
        wire.sent_by_host = room->seen.host;
        wire.sent_by.port = room->seen.port;
        wire.contact = sip__seen_as_learnt(transport, path, transports->local_networks);
    }
    wire.maddr = sip_addr_is_multicast(&path->remote) ? &path->remote : NULL;
    wire.alias = transport->offers_alias;
    wire.keep = transport->offers_keep;
    if (layer->downstream.on) { /* parameters in any order: those behind the branch come with it */
        (void)snprintf(room->branch, sizeof room->branch, SIP_FMT SIP_FMT, SIP_ARG(branch),
                       SIP_ARG(sip__oc_offer()));
        wire.branch = sip_str_of(room->branch);
    }
    *ret_wire = wire;
    return 0;
}

int sip__next_hop_print(sip__layer *layer, const sip_msg *request, sip_path *path, sip_str branch,
                        sip_msg **ret_sent)
{
    sip__wire_room room;
    sip__wire wire;
    sip_msg *sent;
    int err = sip__next_hop_wire(layer, path, branch, &room, &wire);

    if (err == 0) {
        err = sip__print_request(request, &wire, &sent);
    }
    if (err != 0) {
        return err;
    }
    sip__msg_set_source(sent, path);
    *ret_sent = sent;
    return 0;
}

bool sip__next_hop_is_too_long(const sip__layer *layer, const sip_path *path, size_t bytes)
{
    const sip__layer_config *config = &layer->config;
    uint32_t most = config->datagram_bytes;

    if (path->protocol != SIP_PROTOCOL_UDP || sip_addr_is_multicast(&path->remote)) {
        return false;
    }
    if (most == 0) {
        most = sip__transports_datagram_bytes(config->transports, path);
    }
    return bytes > most;
}

bool sip__next_hop_takes_stream(const sip__layer *layer, const sip_path *path)
{
    const sip_hop hop = {.protocol = SIP_PROTOCOL_TCP, .addr = path->remote};

    return sip__health_of(&layer->health, &hop) != SIP__HEALTH_BAD;
}

const char *sip__next_hop_path_text(const sip_path *path, char out[SIP__PATH_TEXT_BYTES])
{
    char addr[SIP_ADDR_TEXT_BYTES];
    static const char *const names[] = {
        [SIP_PROTOCOL_NONE] = "",    [SIP_PROTOCOL_UDP] = "udp ", [SIP_PROTOCOL_TCP] = "tcp ",
        [SIP_PROTOCOL_TLS] = "tls ", [SIP_PROTOCOL_WS] = "ws ",   [SIP_PROTOCOL_WSS] = "wss ",
    };

    (void)snprintf(out, SIP__PATH_TEXT_BYTES, "%s%s", names[path->protocol],
                   sip_addr_text(&path->remote, addr));
    return out;
}
