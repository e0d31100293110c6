#include "transport/selector.h"
#include "io/route_probe.h"
#include "transport/connection.h"
#include "transport/stream_transport.h"
#include "transport/udp.h"
#include <stdio.h>
#include <string.h>

#define MOST_SERVER_NAMES 16384

void sip__transports_init(sip__transports *transports, const sip_allocator *allocator,
                          const sip_transport_events *events, void *user_data)
{
    memset(transports, 0, sizeof(*transports));
    transports->allocator = allocator;
    transports->events = events;
    transports->user_data = user_data;
    sip_id_table_init(&transports->flows, allocator, 0);
}

void sip__transports_finish(sip__transports *transports)
{
    while (transports->first != NULL) {
        sip_transport *transport = transports->first;

        transports->first = transport->next;
        transport->vtable->destroy(transport);
    }
    sip_id_table_finish(&transports->flows);
    sip__server_names_finish(&transports->names);
    sip_free(transports->allocator, transports->routes);
    transports->routes = NULL;
}

void sip__transports_add(sip__transports *transports, sip_transport *transport)
{
    sip_transport **link = &transports->first;

    transport->events = transports->events;
    transport->stack = transports->user_data;
    transport->next = NULL;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = transport;
}

/* "HOST:PORT", "HOST" or "[V6]:PORT". */
static bool split_host(sip_str where, sip_str *ret_host, sip_str *ret_port)
{
    size_t colon = where.len;
    size_t from = 0;
    size_t i;

    if (where.len > 0 && *where.ptr == '[') {
        const char *end = memchr(where.ptr, ']', where.len);

        if (end == NULL) {
            return false;
        }
        from = (size_t)(end - where.ptr) + 1;
        if (from < where.len && where.ptr[from] != ':') {
            return false;
        }
    }
    for (i = from; i < where.len; i++) {
        if (where.ptr[i] == ':') {
            if (colon != where.len) {
                return false; /* an IPv6 address wants its brackets */
            }
            colon = i;
        }
    }
    ret_host->ptr = where.ptr;
    ret_host->len = colon;
    ret_port->ptr = colon < where.len ? where.ptr + colon + 1 : NULL;
    ret_port->len = colon < where.len ? where.len - colon - 1 : 0;
    return true;
}

static bool read_port(sip_str text, uint16_t *ret_port)
{
    unsigned port = 0;
    size_t i;

    for (i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        port = port * 10 + (unsigned)(text.ptr[i] - '0');
        if (port > 65535) {
            return false;
        }
    }
    *ret_port = (uint16_t)port;
    return text.len > 0;
}

/* @return 0 or SIP_EINVAL */
static int parse_where(const char *where, sip_str *ret_protocol, sip_addr *ret_bind)
{
    const char *colon = strchr(where, ':');
    sip_str host, port_text;
    uint16_t port = sip_protocol_default_port(SIP_PROTOCOL_UDP);

    if (colon == NULL || !split_host(sip_str_of(colon + 1), &host, &port_text)) {
        return SIP_EINVAL;
    }
    if (port_text.ptr != NULL && !read_port(port_text, &port)) {
        return SIP_EINVAL;
    }
    ret_protocol->ptr = where;
    ret_protocol->len = (size_t)(colon - where);
    if (host.len == 0 || sip_str_equal(host, "*")) {
        host = SIP_STR("0.0.0.0");
    } else if (sip_str_equal_nocase(host, "localhost")) {
        host = SIP_STR("127.0.0.1");
    }
    return sip_addr_parse(host, port, ret_bind) == 0 ? 0 : SIP_EINVAL;
}

static int create(const sip__listen_config *config, sip_protocol protocol, const sip_addr *bind,
                  sip_transport **ret_transport)
{
    if (protocol == SIP_PROTOCOL_UDP) {
        return sip__udp_transport_create(config, bind, ret_transport, config->why, SIP__WHY_BYTES);
    }
    return sip__stream_transport_create(config, protocol, NULL, bind, ret_transport);
}

static bool have_names(sip__transports *transports)
{
    return transports->names.limit != 0 ||
           sip__server_names_init(&transports->names, transports->allocator, sip_random_system(),
                                  MOST_SERVER_NAMES) == 0;
}

uint32_t sip__transports_server_id(sip__transports *transports, sip_str name)
{
    return have_names(transports) ? sip__server_names_id(&transports->names, name) : 0;
}

const char *sip__transports_server_name(sip__transports *transports, uint32_t id)
{
    return sip__server_names_text(&transports->names, id);
}

static int prepare_routes(sip__transports *transports, const sip__listen_config *config)
{
    transports->clock = config->clock;
    transports->flows.worker = config->worker;
    if (!have_names(transports)) {
        return SIP_ENOMEM;
    }
    if (transports->routes == NULL) {
        transports->routes = sip_alloc0(transports->allocator, sizeof(*transports->routes));
    }
    return transports->routes != NULL ? 0 : SIP_ENOMEM;
}

int sip__transports_listen(sip__transports *transports, const sip__listen_config *config,
                           const char *where, char *text, size_t size)
{
    sip__listen_config complete = *config;
    sip_str name;
    sip_addr bind;
    sip_protocol protocol;
    sip_transport *transport;
    char why[SIP__WHY_BYTES] = "";
    int err = parse_where(where, &name, &bind);

    if (err != 0) {
        (void)snprintf(text, size, "cannot listen on \"%s\": not udp:HOST:PORT or tcp:HOST:PORT",
                       where);
        return err;
    }
    protocol = sip_protocol_of(name);
    if (protocol != SIP_PROTOCOL_UDP && protocol != SIP_PROTOCOL_TCP) {
        (void)snprintf(text, size, "cannot listen on \"%s\": no transport \"" SIP_FMT "\" here",
                       where, SIP_ARG(name));
        return SIP_EUNSUPPORTED;
    }
    complete.flows = &transports->flows;
    complete.names = &transports->names;
    complete.stats = &transports->stats;
    complete.why = why;
    err = prepare_routes(transports, config);
    if (err == 0) {
        err = create(&complete, protocol, &bind, &transport);
    }
    if (err != 0) {
        (void)snprintf(text, size, "cannot listen on %s: %s", where,
                       *why != '\0' ? why : sip_error_text(err));
        return err;
    }
    sip__transports_add(transports, transport);
    return 0;
}

sip__locate_can sip__transports_can(const sip__transports *transports)
{
    sip__locate_can can = {0, 0};
    const sip_transport *transport;

    for (transport = transports->first; transport != NULL; transport = transport->next) {
        can.protocols |= 1u << transport->protocol;
        can.families |= 1u << transport->local.family;
    }
    return can;
}

/* How well a transport of the right protocol and family fits; `route` (may be none) is the source
 * that the system would take. */
static int fit(const sip_transport *transport, const sip_addr *wanted, const sip_addr *route)
{
    if (wanted->family != SIP_FAMILY_NONE) {
        bool port = transport->local.port == wanted->port;

        if (sip_addr_same_host(&transport->local, wanted)) {
            return port ? 6 : 5;
        }
        if (sip_addr_is_any(&transport->local)) {
            return port ? 4 : 3;
        }
    }
    if (route->family != SIP_FAMILY_NONE && sip_addr_same_host(&transport->local, route)) {
        return 2;
    }
    return sip_addr_is_any(&transport->local) ? 1 : 0;
}

static sip_transport *best_fit(const sip__transports *transports, const sip_path *path,
                               const sip_addr *route)
{
    sip_transport *transport, *best = NULL;
    int best_score = -1;

    for (transport = transports->first; transport != NULL; transport = transport->next) {
        if (transport->protocol == path->protocol &&
            transport->local.family == path->remote.family) {
            int score = fit(transport, &path->local, route);

            if (score > best_score) {
                best = transport;
                best_score = score;
            }
        }
    }
    return best;
}

static bool fill_from_flow(const sip__transports *transports, sip_path *path,
                           sip_transport **ret_transport)
{
    const sip__connection *connection;

    if (path->flow == 0) {
        return false;
    }
    connection = sip_id_table_find(&transports->flows, path->flow);
    if (connection == NULL) {
        return false;
    }
    *ret_transport = connection->transport;
    if (connection->path.local.family != SIP_FAMILY_NONE &&
        !sip_addr_is_any(&connection->path.local)) {
        path->local = connection->path.local;
    }
    path->local.port = connection->transport->local.port;
    return true;
}

int sip__transports_choose(const sip__transports *transports, sip_path *path,
                           sip_transport **ret_transport)
{
    sip_addr route;
    sip_transport *transport;
    bool wanted = path->local.family != SIP_FAMILY_NONE && !sip_addr_is_any(&path->local);

    if (fill_from_flow(transports, path, ret_transport)) {
        return 0;
    }
    memset(&route, 0, sizeof(route));
    if (!wanted && transports->routes != NULL) {
        (void)sip__route_probe(transports->routes, sip_clock_now_ms(transports->clock),
                               &path->remote, &route);
    }
    transport = best_fit(transports, path, &route);
    if (transport == NULL) {
        return SIP_EUNSUPPORTED;
    }
    if (!sip_addr_is_any(&transport->local)) {
        path->local = transport->local;
    } else if (!wanted && route.family == SIP_FAMILY_NONE) {
        return SIP_EIO;
    } else if (!wanted) {
        path->local = route;
    }
    path->local.port = transport->local.port;
    *ret_transport = transport;
    return 0;
}

int sip__transports_send(sip__transports *transports, const sip_path *to, sip_str bytes,
                         uint64_t ref)
{
    sip_path path = *to;
    sip_transport *transport;
    int err = sip__transports_choose(transports, &path, &transport);

    return err != 0 ? err : transport->vtable->send(transport, &path, bytes, ref);
}

const char *sip__transports_why_not(const sip_path *path, int err, char *out, size_t size)
{
    const char *family = path->remote.family == SIP_FAMILY_IP6 ? "IPv6" : "IPv4";
    char where[SIP_ADDR_TEXT_BYTES];
    char name[8];
    sip_str protocol = sip_protocol_name(path->protocol);
    size_t i;

    for (i = 0; i < protocol.len && i + 1 < sizeof(name); i++) {
        name[i] = (char)(protocol.ptr[i] | 0x20);
    }
    name[i] = '\0';
    if (err == SIP_EUNSUPPORTED) {
        (void)snprintf(out, size, "no %s transport for %s", name, family);
    } else {
        (void)snprintf(out, size, "%s to %s: no route", name, sip_addr_text(&path->remote, where));
    }
    return out;
}

void sip__transports_flush(sip__transports *transports)
{
    sip_transport *transport;

    for (transport = transports->first; transport != NULL; transport = transport->next) {
        if (transport->vtable->flush != NULL) {
            transport->vtable->flush(transport);
        }
    }
}
