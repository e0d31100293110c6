#include "transport/selector.h"
#include "io/interfaces.h"
#include "io/route_probe.h"
#include "transport/connection.h"
#include <stdio.h>
#include <string.h>

#define MOST_SERVER_NAMES 16384
#define MOST_DATAGRAM_BYTES 1300 /* RFC 3261 18.1.1: without knowledge of the path */
#define ROOM_BELOW_MTU 200       /* and with it: for the response, which is longer */

/* What the system has told of this machine. */
typedef struct sip__known_here {
    sip__route_cache routes;
    sip__interface_cache interfaces;
} known_here;

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
    sip__listeners_finish(transports);
    if (transports->here != NULL) {
        sip__interface_cache_drop(&transports->here->interfaces, transports->allocator);
    }
    sip_free(transports->allocator, transports->here);
    transports->here = NULL;
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

void sip__transports_remove(sip__transports *transports, sip_transport *transport)
{
    sip_transport **link = &transports->first;

    while (*link != NULL && *link != transport) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        *link = transport->next;
        transport->vtable->destroy(transport);
    }
}

static bool have_names(sip__transports *transports)
{
    return transports->names.limit != 0 ||
           sip__server_names_init(&transports->names, transports->allocator, sip_random_system(),
                                  MOST_SERVER_NAMES) == 0;
}

sip_transport *sip__transports_at(const sip__transports *transports, sip_protocol protocol,
                                  const sip_addr *local)
{
    sip_transport *at = transports->first;

    while (at != NULL && (at->protocol != protocol || !sip_addr_equal(&at->local, local))) {
        at = at->next;
    }
    return at;
}

int sip__transports_server_id(sip__transports *transports, sip_str name, uint32_t *ret_id)
{
    uint32_t id;

    if (!sip__server_names_may_be(name)) {
        return SIP_EINVAL;
    }
    id = have_names(transports) ? sip__server_names_id(&transports->names, name) : 0;
    if (id == 0) {
        return SIP_ENOMEM;
    }
    *ret_id = id;
    return 0;
}

const char *sip__transports_server_name(sip__transports *transports, uint32_t id)
{
    return sip__server_names_text(&transports->names, id);
}

int sip__transports_prepare(sip__transports *transports, const sip__listen_config *config)
{
    transports->clock = config->clock;
    transports->flows.worker = config->worker;
    if (!have_names(transports)) {
        return SIP_ENOMEM;
    }
    if (transports->here == NULL) {
        transports->here = sip_alloc0(transports->allocator, sizeof(*transports->here));
    }
    return transports->here != NULL ? 0 : SIP_ENOMEM;
}

sip__locate_can sip__transports_can(const sip__transports *transports)
{
    sip__locate_can can = {.preferred = transports->preferred};
    const sip_transport *transport;

    for (transport = transports->first; transport != NULL; transport = transport->next) {
        can.protocols |= 1u << transport->protocol;
        can.families |= 1u << transport->local.family;
    }
    return can;
}

/* The source that the system would take for a message to path->remote; family none: no route. */
static sip_addr source_of(const sip__transports *transports, const sip_path *path,
                          const char *device)
{
    sip__route route = {0};

    if (transports->here != NULL) {
        (void)sip__route_find(&transports->here->routes, sip_clock_now_ms(transports->clock),
                              &path->remote, device, &route);
    }
    return route.local;
}

/* Of a transport that is bound to an interface: would a message leave it from `source`? */
static bool leaves_from(const sip__transports *transports, const sip_transport *transport,
                        const sip_path *path, const sip_addr *source)
{
    sip_addr own;

    if (source->family == SIP_FAMILY_NONE) {
        return false;
    }
    own = source_of(transports, path, transport->device);
    return own.family != SIP_FAMILY_NONE && sip_addr_same_host(&own, source);
}

/* Also a second address of its interface, which no route gives. */
static bool has_addr(const sip__transports *transports, const sip_transport *transport,
                     const sip_addr *addr)
{
    const sip__interface *list;
    size_t n;
    size_t i;

    if (transports->here == NULL ||
        sip__interface_cache_list(&transports->here->interfaces, transports->allocator,
                                  sip_clock_now_ms(transports->clock), &list, &n) != 0) {
        return false;
    }
    for (i = 0; i < n; i++) {
        if (strcmp(list[i].name, transport->device) == 0 &&
            sip_addr_same_host(&list[i].addr, addr)) {
            return true;
        }
    }
    return false;
}

/* Of one that is bound to the any-address. */
static int fit_of_any(const sip__transports *transports, const sip_transport *transport,
                      const sip_path *path, const sip_addr *route)
{
    const sip_addr *wanted = &path->local;
    bool is_wanted = wanted->family != SIP_FAMILY_NONE;
    bool here = transport->device == NULL ||
                leaves_from(transports, transport, path, is_wanted ? wanted : route) ||
                (is_wanted && has_addr(transports, transport, wanted));

    if (!here) {
        return 1;
    }
    if (is_wanted) {
        return transport->local.port == wanted->port ? 6 : 5;
    }
    return transport->device != NULL ? 3 : 2;
}

/* How well a transport of the right protocol and family fits; `route` (may be none) is the source
 * that the system would take. */
static int fit(const sip__transports *transports, const sip_transport *transport,
               const sip_path *path, const sip_addr *route)
{
    const sip_addr *wanted = &path->local;

    if (transport->is_lost) {
        return 0;
    }
    if (sip_addr_is_any(&transport->local)) {
        return fit_of_any(transports, transport, path, route);
    }
    if (wanted->family != SIP_FAMILY_NONE && sip_addr_same_host(&transport->local, wanted)) {
        return transport->local.port == wanted->port ? 8 : 7;
    }
    if (route->family != SIP_FAMILY_NONE && sip_addr_same_host(&transport->local, route)) {
        return 4;
    }
    return 1;
}

static sip_transport *best_fit(const sip__transports *transports, const sip_path *path,
                               const sip_addr *route)
{
    sip_transport *transport, *best = NULL;
    int best_score = -1;

    for (transport = transports->first; transport != NULL; transport = transport->next) {
        if (transport->protocol == path->protocol &&
            transport->local.family == path->remote.family &&
            !sip_addr_is_multicast(&transport->local)) { /* a group is listened to only */
            int score = fit(transports, transport, path, route);

            if (score > best_score) {
                best = transport;
                best_score = score;
            }
        }
    }
    return best;
}

static bool is_link_local(const sip_addr *addr)
{
    return addr->family == SIP_FAMILY_IP6 && addr->ip[0] == 0xfe && (addr->ip[1] & 0xc0) == 0x80;
}

/* No URI or Via names the link of a link-local address: it is that of our own such address. */
static void complete_scope(const sip__transports *transports, sip_path *path)
{
    const sip_transport *transport = transports->first;

    if (!is_link_local(&path->remote) || path->remote.scope != 0) {
        return;
    }
    path->remote.scope = path->local.scope;
    for (; path->remote.scope == 0 && transport != NULL; transport = transport->next) {
        path->remote.scope = transport->protocol == path->protocol ? transport->local.scope : 0;
    }
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
    sip_addr route = {0};
    sip_transport *transport;
    bool wanted;

    if (sip__transports_is_far(transports, path->flow)) {
        (void)transports->far->find(transports->far_arg, path);
    }
    wanted = path->local.family != SIP_FAMILY_NONE && !sip_addr_is_any(&path->local);
    if (fill_from_flow(transports, path, ret_transport)) {
        return 0;
    }
    complete_scope(transports, path);
    if (!wanted) {
        route = source_of(transports, path, NULL);
    }
    transport = best_fit(transports, path, &route);
    if (transport == NULL) {
        return SIP_EUNSUPPORTED;
    }
    if (!wanted && transport->device != NULL && sip_addr_is_any(&transport->local)) {
        route = source_of(transports, path, transport->device);
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

/* As sip__transports_choose(); and another worker's connection is taken where there is none of this
 * one's. */
static int choose_flow(const sip__transports *transports, sip_path *path,
                       sip_transport **ret_transport)
{
    int err = sip__transports_choose(transports, path, ret_transport);
    bool stands;

    if (err == 0 && transports->far != NULL && path->flow == 0 &&
        (*ret_transport)->vtable->flow_to != NULL &&
        (*ret_transport)->vtable->flow_to(*ret_transport, path, &stands) == 0) {
        (void)transports->far->find(transports->far_arg, path);
    }
    return err;
}

int sip__transports_send(sip__transports *transports, const sip_path *to, sip_str bytes,
                         uint64_t ref)
{
    sip_path path = *to;
    sip_transport *transport;
    int err = choose_flow(transports, &path, &transport);

    if (err != 0) {
        return err;
    }
    return sip__transports_is_far(transports, path.flow)
               ? transports->far->send(transports->far_arg, (unsigned)(path.flow >> 56), &path,
                                       bytes, ref)
               : transport->vtable->send(transport, &path, bytes, ref);
}

bool sip__transports_can_connect(const sip__transports *transports, const sip_path *path)
{
    sip_path to = *path;
    sip_transport *transport;

    return sip__transports_choose(transports, &to, &transport) == 0 &&
           transport->vtable->connect != NULL;
}

int sip__transports_connect(sip__transports *transports, const sip_path *path, sip_flow *ret_flow)
{
    sip_path to = *path;
    sip_transport *transport;
    int err = choose_flow(transports, &to, &transport);

    if (err != 0) {
        return err;
    }
    if (sip__transports_is_far(transports, to.flow)) {
        if (!transports->far->find(transports->far_arg, &to)) {
            return SIP_EGONE;
        }
        *ret_flow = to.flow;
        return 0;
    }
    return transport->vtable->connect == NULL
               ? SIP_EUNSUPPORTED
               : transport->vtable->connect(transport, &to, ret_flow);
}

void sip__transports_release(sip__transports *transports, const sip_path *path)
{
    sip_path to = *path;
    sip_transport *transport;

    if (!sip__transports_is_far(transports, path->flow) &&
        sip__transports_choose(transports, &to, &transport) == 0 &&
        transport->vtable->release != NULL) {
        transport->vtable->release(transport, path);
    }
}

sip_flow sip__transports_flow_to(sip__transports *transports, const sip_path *path,
                                 bool *ret_stands)
{
    sip_path to = *path;
    sip_transport *transport;

    *ret_stands = false;
    if (choose_flow(transports, &to, &transport) != 0) {
        return 0;
    }
    if (sip__transports_is_far(transports, to.flow)) {
        *ret_stands = transports->far->find(transports->far_arg, &to);
        return *ret_stands ? to.flow : 0;
    }
    return transport->vtable->flow_to != NULL
               ? transport->vtable->flow_to(transport, &to, ret_stands)
               : path->flow;
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

uint32_t sip__transports_datagram_bytes(const sip__transports *transports, const sip_path *path)
{
    sip__route route = {0};
    sip_path to = *path;
    sip_transport *transport;
    uint32_t below;

    /* What lies behind the first link may be narrower than that, never wider for certain. */
    if (transports->here == NULL || sip__transports_choose(transports, &to, &transport) != 0 ||
        sip__route_find(&transports->here->routes, sip_clock_now_ms(transports->clock),
                        &path->remote, transport->device, &route) != 0 ||
        route.mtu_bytes == 0) {
        return MOST_DATAGRAM_BYTES;
    }
    below = route.mtu_bytes > ROOM_BELOW_MTU ? route.mtu_bytes - ROOM_BELOW_MTU : 0;
    return below < MOST_DATAGRAM_BYTES ? below : MOST_DATAGRAM_BYTES;
}

void sip__transports_mtu_changed(sip__transports *transports, const sip_addr *remote)
{
    if (transports->here != NULL) {
        sip__route_forget(&transports->here->routes, remote);
    }
}

void sip__transports_forget_routes(sip__transports *transports)
{
    sip_transport *transport;

    if (transports->here != NULL) {
        memset(&transports->here->routes, 0, sizeof(transports->here->routes));
        sip__interface_cache_drop(&transports->here->interfaces, transports->allocator);
    }
    for (transport = transports->first; transport != NULL; transport = transport->next) {
        memset(&transport->learnt, 0, sizeof(transport->learnt));
    }
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
