#include "transport/udp.h"
#include "io/route_probe.h"
#include "io/udp_socket.h"
#include "transport/keepalive.h"
#include "transport/stun.h"

#define STUN_PER_SECOND 1000

typedef struct udp_transport {
    sip_transport base;
    const sip_allocator *allocator;
    const sip_clock *clock;
    sip__udp_socket *socket;
    sip_time_ms stun_since_ms; /* when the present second of STUN began */
    uint32_t stun_count;       /* requests in it */
} udp_transport;

static sip_path path_of(const sip_addr *remote, const sip_addr *local)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP, .remote = *remote, .local = *local};

    return path;
}

/* Anybody may ask, and whoever forges his address has the answer sent to another. */
static bool may_answer_stun(udp_transport *udp)
{
    sip_time_ms now_ms = sip_clock_now_ms(udp->clock);

    if (now_ms - udp->stun_since_ms >= 1000) {
        udp->stun_since_ms = now_ms;
        udp->stun_count = 0;
    }
    if (udp->stun_count >= STUN_PER_SECOND) {
        udp->base.stun_dropped++;
        return false;
    }
    udp->stun_count++;
    udp->base.stun_answered++;
    return true;
}

static void answer_stun(udp_transport *udp, const sip_path *from, const sip__stun *request)
{
    uint8_t out[SIP__STUN_PRINT_BYTES];
    size_t len;

    if (may_answer_stun(udp)) {
        len = sip__stun_print_answer(request, &from->remote, out);
        /* One that does not get through is asked for again. */
        (void)sip__udp_socket_send(udp->socket, &from->remote, &from->local,
                                   (sip_str){(const char *)out, len}, 0);
    }
}

/* Keep-alives of the other kind (RFC 5626 4.4.2, 8). */
static void take_stun(udp_transport *udp, const sip_path *from, sip_str bytes)
{
    sip__stun stun;

    if (sip__stun_read(bytes, &stun) != 0) {
        udp->base.events->on_dropped(&udp->base, from, "malformed STUN", udp->base.stack);
    } else if (stun.kind == SIP__STUN_REQUEST) {
        answer_stun(udp, from, &stun);
    } else if (udp->base.events->on_keepalive != NULL) {
        udp->base.events->on_keepalive(&udp->base, from, bytes, udp->base.stack);
    }
}

/* What came to a group is answered from an address of ours, the one by which the sender is reached;
 * IPv4 names that by itself. */
static void leave_group(const udp_transport *udp, sip_path *from)
{
    sip__route route = {0};

    if (sip_addr_is_multicast(&from->local)) {
        (void)sip__route_find(NULL, 0, &from->remote, udp->base.device, &route);
        route.local.port = from->local.port;
        from->local = route.local;
    }
}

static bool on_datagram(const sip__udp_arrival *arrival, void *arg)
{
    udp_transport *udp = arg;
    const sip_transport_events *events = udp->base.events;
    sip_path from = path_of(&arrival->remote, &arrival->local);
    sip_str bytes = arrival->bytes;

    from.received_ms = arrival->received_ms;
    leave_group(udp, &from);
    if (sip__stun_is(bytes)) {
        take_stun(udp, &from, bytes);
        return false;
    }
    if (sip__keepalive_is_datagram(bytes)) {
        return false;
    }
    /* RFC 3261 7.5: line breaks before a start line are ignored. */
    while (bytes.len > 0 && (*bytes.ptr == '\r' || *bytes.ptr == '\n')) {
        bytes.ptr++;
        bytes.len--;
    }
    if (bytes.len == 0) {
        events->on_dropped(&udp->base, &from, "empty datagram", udp->base.stack);
    } else if (arrival->truncated) {
        events->on_truncated(&udp->base, &from, bytes, udp->base.stack);
    } else if (arrival->block != NULL && events->on_block != NULL) {
        return events->on_block(&udp->base, &from, bytes, arrival->block, udp->base.stack);
    } else {
        events->on_bytes(&udp->base, &from, bytes, udp->base.stack);
    }
    return false;
}

static void on_lost(uint64_t count, void *arg)
{
    udp_transport *udp = arg;

    udp->base.lost += count;
}

static void on_send_failed(uint64_t ref, const sip_addr *to, int err, const char *text, void *arg)
{
    udp_transport *udp = arg;
    sip_path path = path_of(to, &udp->base.local);

    udp->base.events->on_send_failed(&udp->base, ref, &path, err, text, udp->base.stack);
}

static void on_unreachable(const sip_network_error *error, void *arg)
{
    udp_transport *udp = arg;

    udp->base.events->on_unreachable(&udp->base, error, udp->base.stack);
}

static const sip__udp_socket_events socket_events = {on_datagram, on_lost, on_send_failed,
                                                     on_unreachable};

static int send_datagram(sip_transport *transport, const sip_path *to, sip_str bytes, uint64_t ref)
{
    udp_transport *udp = (udp_transport *)transport;

    return sip__udp_socket_send(udp->socket, &to->remote, &to->local, bytes, ref);
}

static void flush(sip_transport *transport)
{
    sip__udp_socket_flush(((udp_transport *)transport)->socket);
}

static void destroy(sip_transport *transport)
{
    udp_transport *udp = (udp_transport *)transport;

    sip__udp_socket_destroy(udp->socket);
    sip_free(udp->allocator, udp);
}

static const sip_transport_vtable udp_vtable = {
    .name = "udp", .send = send_datagram, .flush = flush, .destroy = destroy};

int sip__udp_transport_create(const sip__listen_config *config, const sip_addr *bind,
                              sip_transport **ret_transport, char *text, size_t size)
{
    udp_transport *udp = sip_alloc0(config->allocator, sizeof(*udp));
    sip__udp_socket_config socket = {
        config->allocator,         config->loop,   *bind,
        config->max_message_bytes, &socket_events, udp,
        config->sockets,           config->use,    config->blocks,
    };
    int err;

    if (udp == NULL) {
        return SIP_ENOMEM;
    }
    udp->base.vtable = &udp_vtable;
    udp->base.protocol = SIP_PROTOCOL_UDP;
    udp->allocator = config->allocator;
    udp->clock = config->clock;
    err = sip__udp_socket_create(&socket, text, size, &udp->socket);
    if (err != 0) {
        sip_free(config->allocator, udp);
        return err;
    }
    sip__udp_socket_local(udp->socket, &udp->base.local);
    *ret_transport = &udp->base;
    return 0;
}
