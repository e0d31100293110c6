#include "transport/loopback.h"

#include <string.h>

#define FIRST_EPHEMERAL_PORT 49152
#define MAX_DATAGRAM_BYTES 65507

typedef struct loopback {
    sip_transport base; /* first: the stack knows this part only */
    sip_list link;
    sip__loopback_net *net;
    uint16_t next_port;   /* of connections that this side opens */
    uint64_t last_number; /* of the datagrams that came */
} loopback;

/* One side of a connection: its flow names it within its own stack. */
struct side {
    loopback *owner;
    sip_flow flow;
    sip_addr addr;
    sip_time_ms
        last_due_ms; /* what was sent to this side last arrives then; nothing overtakes it */
};

typedef struct connection {
    sip_list link;
    struct side sides[2]; /* the opener and the accepter */
    unsigned wanted;      /* by so many who asked for it before they send */
    bool used;            /* something was sent along it */
} connection;

enum packet_kind {
    PACKET_BYTES,
    PACKET_FAILED,
    PACKET_UNREACHABLE,
    PACKET_CLOSED,
    PACKET_CONNECT /* an attempt is over; `flow` of path names the connection to be */
};

typedef struct packet {
    sip_list link;
    sip_time_ms due_ms;
    uint64_t number; /* of a datagram, in the order of sending */
    enum packet_kind kind;
    loopback *target; /* NULL: a datagram, its receiver is looked up on arrival */
    sip_path path;    /* as the receiver sees it */
    uint64_t ref;     /* PACKET_CONNECT: how many asked for it */
    int err;
    const char *text;
    size_t len;
    size_t quoted_len; /* PACKET_UNREACHABLE: of the datagram */
    char bytes[];
} packet;

static sip_time_ms now_ms(const sip__loopback_net *net)
{
    return sip_clock_now_ms(net->config.clock);
}

void sip__loopback_net_init(sip__loopback_net *net, const sip__loopback_config *config)
{
    memset(net, 0, sizeof *net);
    net->config = *config;
    sip_list_init(&net->transports);
    sip_list_init(&net->packets);
    sip_list_init(&net->connections);
    sip__barriers_init(&net->barriers, config->allocator);
}

static void free_all(const sip_allocator *allocator, sip_list *head, size_t link_offset)
{
    while (!sip_list_is_empty(head)) {
        sip_list *link = head->next;

        sip_list_remove(link);
        sip_free(allocator, (char *)link - link_offset);
    }
}

void sip__loopback_net_finish(sip__loopback_net *net)
{
    free_all(net->config.allocator, &net->packets, offsetof(packet, link));
    free_all(net->config.allocator, &net->connections, offsetof(connection, link));
    sip__barriers_finish(&net->barriers);
}

static loopback *find_transport(const sip__loopback_net *net, sip_protocol protocol,
                                const sip_addr *local)
{
    for (sip_list *link = net->transports.next; link != &net->transports; link = link->next) {
        loopback *it = SIP_CONTAINER_OF(link, loopback, link);

        if (it->base.protocol == protocol && sip_addr_equal(&it->base.local, local)) {
            return it;
        }
    }
    return NULL;
}

static packet *packet_create(sip__loopback_net *net, enum packet_kind kind, sip_str bytes)
{
    packet *it = sip_alloc0(net->config.allocator, sizeof *it + bytes.len);

    if (it == NULL) {
        return NULL;
    }
    it->kind = kind;
    it->len = bytes.len;
    if (bytes.len > 0) {
        memcpy(it->bytes, bytes.ptr, bytes.len);
    }
    sip_list_init(&it->link);
    return it;
}

/* Behind all that is due earlier or at the same time. */
static void enqueue(sip__loopback_net *net, packet *it, sip_time_ms due_ms)
{
    sip_list *after = net->packets.prev;

    it->due_ms = due_ms;
    while (after != &net->packets && SIP_CONTAINER_OF(after, packet, link)->due_ms > due_ms) {
        after = after->prev;
    }
    sip_list_append(after->next, &it->link);
}

static int send_datagram(sip__loopback_net *net, const sip_path *path, sip_str bytes)
{
    bool lost =
        net->config.on_send != NULL && net->config.on_send(path, bytes, net->config.user_data);
    bool barred = sip__barriers_between(&net->barriers, &path->local, &path->remote);
    uint32_t delays_ms[SIP__FATE_COPIES];
    unsigned copies =
        sip__fate_draw(&net->config.faults, net->config.random, &net->counts, delays_ms);

    net->counts.chosen += lost;
    net->counts.barred += barred;
    if (lost || barred) {
        return 0;
    }
    net->last_number++;
    for (unsigned i = 0; i < copies; i++) {
        packet *it = packet_create(net, PACKET_BYTES, bytes);

        if (it == NULL) {
            return SIP_ENOMEM;
        }
        it->number = net->last_number;
        it->path =
            (sip_path){.protocol = SIP_PROTOCOL_UDP, .remote = path->local, .local = path->remote};
        enqueue(net, it, now_ms(net) + delays_ms[i]);
    }
    return 0;
}

int sip__loopback_inject(sip__loopback_net *net, const sip_addr *from, const sip_addr *to,
                         sip_str bytes)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP, .local = *from, .remote = *to};

    return send_datagram(net, &path, bytes);
}

/* News for `target` about something that failed; without memory for it the peer is simply silent.
 */
static int report(loopback *target, enum packet_kind kind, const packet *news)
{
    packet *it = packet_create(target->net, kind, (sip_str){NULL, 0});

    if (it == NULL) {
        return SIP_ENOMEM;
    }
    it->target = target;
    it->path = news->path;
    it->ref = news->ref;
    it->err = news->err;
    it->text = news->text;
    enqueue(target->net, it, now_ms(target->net) + target->net->config.faults.delay_ms);
    return 0;
}

static int send_fails(loopback *self, const sip_path *to, uint64_t ref, int err, const char *text)
{
    packet news = {.path = *to, .ref = ref, .err = err, .text = text};

    return report(self, PACKET_FAILED, &news);
}

/* Both ends hear of it but `silent`; what is on its way over the connection still arrives. */
static void connection_break(sip__loopback_net *net, connection *it, const loopback *silent)
{
    for (size_t i = 0; i < 2; i++) {
        struct side *side = &it->sides[i];

        if (side->owner != silent) {
            packet news = {.path = {.protocol = SIP_PROTOCOL_TCP, .flow = side->flow},
                           .err = SIP_EIO,
                           .text = "connection reset"};

            news.path.local = side->owner->base.local;
            news.path.remote = it->sides[1 - i].owner->base.local;
            (void)report(side->owner, PACKET_CLOSED, &news);
        }
    }
    net->counts.broken++;
    sip_list_remove(&it->link);
    sip_free(net->config.allocator, it);
}

/* The connection that a message takes: the flow asked for, or any from here to that address.
 * *ret_side is the receiving side. */
static connection *find_connection(loopback *self, const sip_path *to, struct side **ret_side)
{
    sip_list *head = &self->net->connections;

    for (sip_list *link = head->next; link != head; link = link->next) {
        connection *it = SIP_CONTAINER_OF(link, connection, link);

        for (size_t i = 0; i < 2; i++) {
            const struct side *mine = &it->sides[i];

            if (mine->owner == self &&
                (to->flow != 0 ? mine->flow == to->flow
                               : sip_addr_equal(&it->sides[1 - i].addr, &to->remote))) {
                *ret_side = &it->sides[1 - i];
                return it;
            }
        }
    }
    return NULL;
}

static connection *connection_open(loopback *self, loopback *peer, sip_flow flow)
{
    sip__loopback_net *net = self->net;
    connection *it = sip_alloc0(net->config.allocator, sizeof *it);

    if (it == NULL) {
        return NULL;
    }
    it->sides[0] = (struct side){.owner = self, .flow = flow, .addr = self->base.local};
    it->sides[0].addr.port = self->next_port++;
    if (self->next_port == 0) {
        self->next_port = FIRST_EPHEMERAL_PORT;
    }
    it->sides[1] = (struct side){.owner = peer, .flow = ++net->last_flow, .addr = peer->base.local};
    sip_list_init(&it->link);
    sip_list_append(&net->connections, &it->link);
    return it;
}

static int send_on(sip__loopback_net *net, connection *via, struct side *to, sip_str bytes)
{
    const struct side *from = to == &via->sides[0] ? &via->sides[1] : &via->sides[0];
    sip_path path = {.protocol = SIP_PROTOCOL_TCP, .local = from->addr, .remote = to->addr};
    packet *it = packet_create(net, PACKET_BYTES, bytes);

    if (it == NULL) {
        return SIP_ENOMEM;
    }
    if (net->config.on_send != NULL && net->config.on_send(&path, bytes, net->config.user_data)) {
        sip_free(net->config.allocator, it);
        return 0;
    }
    it->target = to->owner;
    it->path = (sip_path){.protocol = SIP_PROTOCOL_TCP,
                          .flow = to->flow,
                          .remote = from->addr,
                          .local = to->owner->base.local};
    if (to->last_due_ms < now_ms(net) + net->config.faults.delay_ms) {
        to->last_due_ms = now_ms(net) + net->config.faults.delay_ms;
    }
    enqueue(net, it, to->last_due_ms);
    return 0;
}

static int send_stream(loopback *self, const sip_path *to, sip_str bytes, uint64_t ref)
{
    sip__loopback_net *net = self->net;
    struct side *receiver = NULL;
    connection *via = find_connection(self, to, &receiver);

    if (via == NULL && to->flow != 0) {
        return send_fails(self, to, ref, SIP_EGONE, "the connection is gone");
    }
    if (via == NULL) {
        loopback *peer = find_transport(net, SIP_PROTOCOL_TCP, &to->remote);

        if (peer == NULL || sip__barriers_between(&net->barriers, &self->base.local, &to->remote)) {
            return send_fails(self, to, ref, SIP_EIO,
                              peer == NULL ? "connection refused" : "connection timed out");
        }
        via = connection_open(self, peer, ++net->last_flow);
        if (via == NULL) {
            return SIP_ENOMEM;
        }
        receiver = &via->sides[1];
    }
    via->used = true;
    return send_on(net, via, receiver, bytes);
}

/* ---- connections before anything is sent */

static packet *find_attempt(const loopback *self, const sip_path *to)
{
    sip_list *head = &self->net->packets;

    for (sip_list *link = head->next; link != head; link = link->next) {
        packet *it = SIP_CONTAINER_OF(link, packet, link);

        if (it->kind == PACKET_CONNECT && it->target == self &&
            (to->flow != 0 ? it->path.flow == to->flow
                           : sip_addr_equal(&it->path.remote, &to->remote))) {
            return it;
        }
    }
    return NULL;
}

static int loopback_connect(sip_transport *transport, const sip_path *to, sip_flow *ret_flow)
{
    loopback *self = (loopback *)transport;
    sip__loopback_net *net = self->net;
    struct side *receiver;
    connection *stands = find_connection(self, to, &receiver);
    packet *it = find_attempt(self, to);
    const bool is_slow = sip__barriers_between(&net->barriers, &self->base.local, &to->remote);

    if (stands != NULL) {
        stands->wanted++;
        *ret_flow = (receiver == &stands->sides[0] ? &stands->sides[1] : &stands->sides[0])->flow;
        return 0;
    }
    if (it == NULL) {
        it = packet_create(net, PACKET_CONNECT, (sip_str){NULL, 0});
        if (it == NULL) {
            return SIP_ENOMEM;
        }
        it->target = self;
        it->path = *to;
        it->path.flow = ++net->last_flow;
        enqueue(net, it,
                now_ms(net) + (is_slow ? SIP__LOOPBACK_CONNECT_MS : net->config.faults.delay_ms));
    }
    it->ref++;
    *ret_flow = it->path.flow;
    return SIP_EAGAIN;
}

/* Where a listener is when the attempt's time has come, it succeeds. */
static void finish_attempt(loopback *self, packet *it)
{
    sip__loopback_net *net = self->net;
    loopback *peer = find_transport(net, SIP_PROTOCOL_TCP, &it->path.remote);
    const bool is_cut = sip__barriers_between(&net->barriers, &self->base.local, &it->path.remote);
    connection *opened =
        peer != NULL && !is_cut ? connection_open(self, peer, it->path.flow) : NULL;

    it->err = opened != NULL ? 0 : SIP_EIO;
    it->text = opened != NULL ? "" : is_cut ? "connection timed out" : "connection refused";
    if (opened != NULL) {
        opened->wanted = (unsigned)it->ref;
    }
}

static sip_flow loopback_flow_to(sip_transport *transport, const sip_path *to, bool *ret_stands)
{
    struct side *receiver;
    connection *via = find_connection((loopback *)transport, to, &receiver);

    *ret_stands = via != NULL;
    if (via == NULL) {
        return 0;
    }
    return (receiver == &via->sides[0] ? &via->sides[1] : &via->sides[0])->flow;
}

static void loopback_release(sip_transport *transport, const sip_path *path)
{
    loopback *self = (loopback *)transport;
    struct side *receiver;
    connection *via = find_connection(self, path, &receiver);
    packet *attempt = find_attempt(self, path);

    if (via != NULL && via->wanted > 0 && --via->wanted == 0 && !via->used) {
        connection_break(self->net, via, self);
    } else if (via == NULL && attempt != NULL && --attempt->ref == 0) {
        sip_list_remove(&attempt->link);
        sip_free(self->net->config.allocator, attempt);
    }
}

static int loopback_send(sip_transport *transport, const sip_path *to, sip_str bytes, uint64_t ref)
{
    loopback *self = (loopback *)transport;

    if (transport->protocol == SIP_PROTOCOL_UDP) {
        sip_path path = {.protocol = SIP_PROTOCOL_UDP, .local = transport->local};

        path.remote = to->remote;
        return bytes.len > MAX_DATAGRAM_BYTES ? SIP_ETOOBIG
                                              : send_datagram(self->net, &path, bytes);
    }
    return send_stream(self, to, bytes, ref);
}

static void loopback_destroy(sip_transport *transport)
{
    loopback *self = (loopback *)transport;
    sip__loopback_net *net = self->net;

    for (sip_list *link = net->connections.next, *next; link != &net->connections; link = next) {
        connection *it = SIP_CONTAINER_OF(link, connection, link);

        next = link->next;
        if (it->sides[0].owner == self || it->sides[1].owner == self) {
            connection_break(net, it, self);
        }
    }
    for (sip_list *link = net->packets.next, *next; link != &net->packets; link = next) {
        packet *it = SIP_CONTAINER_OF(link, packet, link);

        next = link->next;
        if (it->target == self) {
            sip_list_remove(link);
            sip_free(net->config.allocator, it);
        }
    }
    sip_list_remove(&self->link);
    sip_free(net->config.allocator, self);
}

static const sip_transport_vtable loopback_vtable = {
    .name = "loopback", .send = loopback_send, .destroy = loopback_destroy};

static const sip_transport_vtable stream_vtable = {.name = "loopback",
                                                   .send = loopback_send,
                                                   .destroy = loopback_destroy,
                                                   .connect = loopback_connect,
                                                   .flow_to = loopback_flow_to,
                                                   .release = loopback_release};

int sip__loopback_create(sip__loopback_net *net, sip_protocol protocol, const sip_addr *local,
                         sip_transport **ret_transport)
{
    loopback *self = sip_alloc0(net->config.allocator, sizeof *self);

    if (self == NULL) {
        return SIP_ENOMEM;
    }
    self->base.vtable = sip_protocol_is_reliable(protocol) ? &stream_vtable : &loopback_vtable;
    self->base.protocol = protocol;
    self->base.local = *local;
    self->net = net;
    self->next_port = FIRST_EPHEMERAL_PORT;
    sip_list_init(&self->link);
    sip_list_append(&net->transports, &self->link);
    *ret_transport = &self->base;
    return 0;
}

sip_time_ms sip__loopback_next_due_ms(const sip__loopback_net *net)
{
    return sip_list_is_empty(&net->packets)
               ? UINT64_MAX
               : SIP_CONTAINER_OF(net->packets.next, packet, link)->due_ms;
}

/* A datagram for a port of a host that listens elsewhere: its sender hears of it, as ICMP would
 * have it. */
static loopback *refuse_datagram(sip__loopback_net *net, const packet *it)
{
    bool host_is_there =
        sip__barriers_has(&net->barriers, SIP__BARRIER_DEAD, &it->path.local, NULL);

    for (sip_list *link = net->transports.next; link != &net->transports; link = link->next) {
        const loopback *other = SIP_CONTAINER_OF(link, loopback, link);

        host_is_there |= sip_addr_same_host(&other->base.local, &it->path.local);
    }
    return host_is_there ? find_transport(net, SIP_PROTOCOL_UDP, &it->path.remote) : NULL;
}

static void tell(const sip__loopback_net *net, sip__loopback_news news, const packet *it)
{
    if (net->config.on_news != NULL) {
        net->config.on_news(news, &it->path, (sip_str){it->bytes, it->len}, net->config.user_data);
    }
}

static void count_order(loopback *target, const packet *it)
{
    target->net->counts.overtaken += it->number > 0 && it->number < target->last_number;
    target->last_number = it->number > target->last_number ? it->number : target->last_number;
}

static void hand_over(loopback *target, packet *it)
{
    sip_transport *base = &target->base;
    const sip_transport_events *events = base->events;

    switch (it->kind) {
    case PACKET_BYTES:
        count_order(target, it);
        tell(target->net, SIP__LOOPBACK_ARRIVED, it);
        events->on_bytes(base, &it->path, (sip_str){it->bytes, it->len}, base->stack);
        break;
    case PACKET_FAILED:
        target->net->counts.refused++;
        tell(target->net, SIP__LOOPBACK_REFUSED, it);
        events->on_send_failed(base, it->ref, &it->path, it->err, it->text, base->stack);
        break;
    case PACKET_UNREACHABLE:
        target->net->counts.refused++;
        tell(target->net, SIP__LOOPBACK_REFUSED, it);
        events->on_unreachable(
            base,
            &(sip_network_error){it->path.remote, {it->bytes, it->quoted_len}, SIP_EIO, it->text},
            base->stack);
        break;
    case PACKET_CLOSED:
        tell(target->net, SIP__LOOPBACK_BROKEN, it);
        events->on_flow_closed(base, it->path.flow, it->err, it->text, base->stack);
        break;
    case PACKET_CONNECT:
        finish_attempt(target, it);
        if (it->err != 0) {
            target->net->counts.refused++;
            tell(target->net, SIP__LOOPBACK_REFUSED, it);
        }
        if (events->on_connected != NULL) {
            events->on_connected(base, it->path.flow, it->err, it->text, base->stack);
        }
        break;
    }
}

void *sip__loopback_deliver(sip__loopback_net *net, bool *ret_delivered)
{
    packet *it = SIP_CONTAINER_OF(net->packets.next, packet, link);
    loopback *target;

    *ret_delivered = sip__loopback_next_due_ms(net) <= now_ms(net);
    if (!*ret_delivered) {
        return NULL;
    }
    sip_list_remove(&it->link);
    target =
        it->target != NULL ? it->target : find_transport(net, SIP_PROTOCOL_UDP, &it->path.local);
    if (target != NULL && it->kind == PACKET_BYTES &&
        sip__barriers_between(&net->barriers, &target->base.local, &it->path.remote)) {
        net->counts.barred++;
        target = NULL;
    } else if (target == NULL) {
        sip_addr dead = it->path.local;

        target = refuse_datagram(net, it);
        it->kind = PACKET_UNREACHABLE;
        it->quoted_len = it->len;
        it->len = 0;
        it->path.local = it->path.remote;
        it->path.remote = dead;
        it->text = "port unreachable";
    }
    if (target != NULL && target->base.events == NULL) {
        target = NULL; /* not yet added to a stack */
    }
    if (target != NULL) {
        hand_over(target, it);
    }
    sip_free(net->config.allocator, it);
    return target != NULL ? target->base.stack : NULL;
}

int sip__loopback_set_barrier(sip__loopback_net *net, sip__barrier_kind kind, const sip_addr *a,
                              const sip_addr *b, bool is_up)
{
    int err = sip__barriers_set(&net->barriers, kind, a, b, is_up);

    if (err != 0 || !is_up) {
        return err;
    }
    for (sip_list *link = net->connections.next, *next; link != &net->connections; link = next) {
        connection *it = SIP_CONTAINER_OF(link, connection, link);

        next = link->next;
        if (sip__barriers_between(&net->barriers, &it->sides[0].addr, &it->sides[1].addr)) {
            connection_break(net, it, NULL);
        }
    }
    return 0;
}
