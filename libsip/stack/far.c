#include "stack/far.h"

#include "io/stream_socket.h"
#include "stack/stack.h"
#include "transport/stream_transport.h"
#include <string.h>

typedef struct far_flow {
    sip_map_node by_flow, by_remote;
    sip_path path;
    sip_tls_peer *peer; /* NULL: nothing was proved */
    bool accepted;
} far_flow;

/* ---- what is known */

static uint64_t hash_flow(const sip__far *far, sip_flow flow)
{
    return sip_map_hash(&far->by_flow, (sip_str){(const char *)&flow, sizeof(flow)});
}

static uint64_t hash_remote(const sip__far *far, const sip_addr *remote)
{
    char key[sizeof(remote->ip) + sizeof(remote->port)];

    memcpy(key, remote->ip, sizeof(remote->ip));
    memcpy(key + sizeof(remote->ip), &remote->port, sizeof(remote->port));
    return sip_map_hash(&far->by_remote, (sip_str){key, sizeof(key)});
}

static far_flow *find_flow(const sip__far *far, sip_flow flow)
{
    sip_map_node *node = far->ready ? sip_map_first(&far->by_flow, hash_flow(far, flow)) : NULL;

    while (node != NULL && SIP_CONTAINER_OF(node, far_flow, by_flow)->path.flow != flow) {
        node = sip_map_next(node);
    }
    return node == NULL ? NULL : SIP_CONTAINER_OF(node, far_flow, by_flow);
}

/* Whoever has proved a name is known to the flow's owner alone: a name that was asked for is looked
 * for elsewhere. */
static far_flow *find_remote(const sip__far *far, const sip_path *path)
{
    sip_map_node *node = far->ready && path->server == 0
                             ? sip_map_first(&far->by_remote, hash_remote(far, &path->remote))
                             : NULL;

    for (; node != NULL; node = sip_map_next(node)) {
        far_flow *flow = SIP_CONTAINER_OF(node, far_flow, by_remote);

        if (flow->accepted && flow->path.protocol == path->protocol &&
            sip_addr_equal(&flow->path.remote, &path->remote)) {
            return flow;
        }
    }
    return NULL;
}

static bool have_maps(sip_worker *worker)
{
    sip__far *far = &worker->far;
    const sip_stack_config *config = worker->config;

    if (!far->ready && sip_map_init(&far->by_flow, config->allocator, config->random) == 0) {
        far->ready = sip_map_init(&far->by_remote, config->allocator, config->random) == 0;
        if (!far->ready) {
            sip_map_finish(&far->by_flow);
        }
    }
    return far->ready;
}

static far_flow *add(sip_worker *worker, const sip_path *path)
{
    sip__far *far = &worker->far;
    far_flow *flow = sip_alloc0(worker->config->allocator, sizeof(*flow));

    if (flow != NULL) {
        flow->path = *path;
        sip_map_insert(&far->by_flow, hash_flow(far, path->flow), &flow->by_flow);
        sip_map_insert(&far->by_remote, hash_remote(far, &path->remote), &flow->by_remote);
    }
    return flow;
}

void sip__far_note(sip_worker *worker, const sip_path *path, bool accepted, sip_tls_peer **peer)
{
    far_flow *flow;

    if (!have_maps(worker)) {
        return;
    }
    flow = find_flow(&worker->far, path->flow);
    if (flow == NULL) {
        flow = add(worker, path);
    }
    if (flow != NULL) {
        flow->accepted = accepted;
        if (flow->peer == NULL) {
            flow->peer = *peer;
            *peer = NULL;
        }
    }
}

const sip_tls_peer *sip__far_peer(const sip_worker *worker, sip_flow flow)
{
    const far_flow *known = find_flow(&worker->far, flow);

    return known == NULL ? NULL : known->peer;
}

bool sip__far_knows(const sip_worker *worker, sip_flow flow)
{
    return find_flow(&worker->far, flow) != NULL;
}

static void forget(sip_worker *worker, far_flow *flow)
{
    sip_map_remove(&worker->far.by_flow, &flow->by_flow);
    sip_map_remove(&worker->far.by_remote, &flow->by_remote);
    sip_free(worker->config->allocator, flow->peer);
    sip_free(worker->config->allocator, flow);
}

void sip__far_finish(sip_worker *worker)
{
    sip_map_node *node;

    if (!worker->far.ready) {
        return;
    }
    while ((node = sip_map_any(&worker->far.by_flow)) != NULL) {
        forget(worker, SIP_CONTAINER_OF(node, far_flow, by_flow));
    }
    sip_map_finish(&worker->far.by_flow);
    sip_map_finish(&worker->far.by_remote);
}

static bool find(void *arg, sip_path *path)
{
    const sip_worker *worker = arg;
    const far_flow *flow =
        path->flow != 0 ? find_flow(&worker->far, path->flow) : find_remote(&worker->far, path);

    if (flow == NULL) {
        return false;
    }
    path->flow = flow->path.flow;
    path->remote = flow->path.remote;
    path->local = flow->path.local;
    return true;
}

/* ---- letters */

/* Of a flow or a reference: its first eight bits are the worker's number. */
static sip_worker *owner_of(const sip_worker *worker, uint64_t id)
{
    return sip_stack_worker(worker->stack, (unsigned)(id >> 56));
}

static sip__letter *write_letter(const sip_worker *from, const sip__letter_kind *kind,
                                 const sip_path *path, sip_str bytes)
{
    sip__letter *letter = sip__letter_create(from->config->allocator, kind, bytes);

    if (letter != NULL) {
        letter->path = *path;
    }
    return letter;
}

static void open_failed(sip_worker *worker, sip__letter *letter)
{
    sip__worker_enter_turn(worker);
    sip__layer_send_failed(&worker->layer, letter->ref, &letter->path, letter->number,
                           letter->bytes);
}

bool sip__far_tell_failed(sip_worker *worker, uint64_t ref, const sip_path *to, int err,
                          const char *text)
{
    static const sip__letter_kind kind = {.open = open_failed};
    sip_worker *owner = owner_of(worker, ref);
    sip__letter *letter;

    if (ref == 0 || owner == worker || owner == NULL) {
        return false;
    }
    letter = write_letter(worker, &kind, to, sip_str_of(text));
    if (letter != NULL) { /* else as if it had been lost: timers notice */
        letter->ref = ref;
        letter->number = err;
        sip__mailbox_put(owner, letter);
    }
    return true;
}

static void open_send(sip_worker *worker, sip__letter *letter)
{
    sip_str bytes = {letter->bytes, letter->len};
    int err;

    sip__worker_enter_turn(worker);
    err = sip__transports_send(&worker->transports, &letter->path, bytes, letter->ref);
    if (err != 0) {
        (void)sip__far_tell_failed(worker, letter->ref, &letter->path, err, sip_error_text(err));
    }
}

static int send_there(void *arg, unsigned there, const sip_path *to, sip_str bytes, uint64_t ref)
{
    static const sip__letter_kind kind = {.open = open_send, .is_last = true};
    sip_worker *worker = arg;
    sip_worker *owner = sip_stack_worker(worker->stack, there);
    sip__letter *letter;

    if (owner == NULL || sip__mailbox_is_full(owner)) {
        worker->layer.stats.refused_full += owner == NULL ? 0 : 1;
        return SIP_ENOMEM;
    }
    letter = write_letter(worker, &kind, to, bytes);
    if (letter == NULL) {
        return SIP_ENOMEM;
    }
    letter->ref = ref;
    letter->path.server = 0; /* its number is this worker's, and the flow names the connection */
    sip__mailbox_put(owner, letter);
    return 0;
}

const sip__far_hooks sip__far_hooks_of_worker = {.find = find, .send = send_there};

static void tell_all(sip_worker *worker, const sip__letter_kind *kind, const sip_path *path,
                     int number, sip_str bytes)
{
    for (unsigned i = 0; i < worker->stack->steer.workers; i++) {
        sip__letter *letter;

        if (i == worker->index) {
            continue;
        }
        letter = write_letter(worker, kind, path, bytes);
        if (letter != NULL) {
            letter->number = number;
            sip__mailbox_put(&worker->stack->workers[i], letter);
        }
    }
}

static void open_ended(sip_worker *worker, sip__letter *letter)
{
    far_flow *flow = find_flow(&worker->far, letter->path.flow);
    sip_transport_event event = {
        .kind = SIP_TRANSPORT_FLOW_ENDED,
        .path = letter->path,
        .err = letter->number,
        .text = letter->bytes,
    };

    sip__worker_enter_turn(worker);
    if (flow != NULL) {
        forget(worker, flow);
    }
    sip__layer_flow_closed(&worker->layer, letter->path.flow);
    sip__stack_tell(worker, &event);
}

/* Whoever asks is named by the number. */
static void open_asked(sip_worker *worker, sip__letter *letter)
{
    static const sip__letter_kind kind = {.open = open_ended};
    sip_worker *asker = &worker->stack->workers[letter->number];
    sip__letter *answer;
    bool stands;

    if (sip__transports_flow_to(&worker->transports, &letter->path, &stands) == letter->path.flow) {
        return;
    }
    answer = write_letter(worker, &kind, &letter->path, SIP_STR("the connection has ended"));
    if (answer != NULL) {
        answer->number = SIP_EGONE;
        sip__mailbox_put(asker, answer);
    }
}

void sip__far_ask(sip_worker *worker, const sip_path *path)
{
    static const sip__letter_kind kind = {.open = open_asked};
    sip_worker *owner = owner_of(worker, path->flow);
    sip__letter *letter =
        owner == NULL ? NULL : write_letter(worker, &kind, path, (sip_str){NULL, 0});

    if (letter != NULL) {
        letter->number = (int)worker->index;
        sip__mailbox_put(owner, letter);
    }
}

void sip__far_tell_ended(sip_worker *worker, const sip_path *path, int err, const char *text)
{
    static const sip__letter_kind kind = {.open = open_ended};

    tell_all(worker, &kind, path, err, sip_str_of(text));
}

static void open_unreachable(sip_worker *worker, sip__letter *letter)
{
    const size_t quoted = strlen(letter->bytes) + 1; /* behind the text */
    const sip_network_error error = {.remote = letter->path.remote,
                                     .quoted = {letter->bytes + quoted, letter->len - quoted},
                                     .err = letter->number,
                                     .text = letter->bytes};

    sip__worker_enter_turn(worker);
    sip__stack_heed_unreachable(worker, &error);
}

void sip__far_tell_unreachable(sip_worker *worker, const sip_network_error *error)
{
    static const sip__letter_kind kind = {.open = open_unreachable};
    const sip_path path = {.protocol = SIP_PROTOCOL_UDP, .remote = error->remote};
    char bytes[1024] = "";
    size_t n = strlen(error->text) < 256 ? strlen(error->text) : 255;
    size_t room = sizeof(bytes) - n - 1;
    size_t len = error->quoted.len < room ? error->quoted.len : room;

    memcpy(bytes, error->text, n);
    if (len > 0) {
        memcpy(bytes + n + 1, error->quoted.ptr, len);
    }
    tell_all(worker, &kind, &path, error->err, (sip_str){bytes, n + 1 + len});
}

/* ---- what is done there */

static void open_keep(sip_worker *worker, sip__letter *letter)
{
    sip__worker_enter_turn(worker);
    (void)sip__stack_keep_alive(worker, &letter->path, (uint32_t)letter->ref);
}

int sip__far_keep_alive(sip_worker *worker, const sip_path *path, uint32_t interval_s)
{
    static const sip__letter_kind kind = {.open = open_keep};
    sip__letter *letter;

    if (!sip__far_knows(worker, path->flow)) {
        return SIP_EGONE;
    }
    letter = write_letter(worker, &kind, path, (sip_str){NULL, 0});
    if (letter == NULL) {
        return SIP_ENOMEM;
    }
    letter->ref = interval_s;
    sip__mailbox_put(owner_of(worker, path->flow), letter);
    return 0;
}

static void open_alias(sip_worker *worker, sip__letter *letter)
{
    sip__worker_enter_turn(worker);
    sip__stack_take_alias(worker, letter->path.flow, &letter->path.remote);
}

int sip__far_alias(sip_worker *worker, sip_flow flow, const sip_addr *addr)
{
    static const sip__letter_kind kind = {.open = open_alias};
    const sip_path path = {.flow = flow, .remote = *addr};
    sip_worker *owner = owner_of(worker, flow);
    sip__letter *letter = write_letter(worker, &kind, &path, (sip_str){NULL, 0});

    if (letter == NULL) {
        return SIP_ENOMEM;
    }
    if (owner == NULL) {
        sip_free(worker->config->allocator, letter);
        return 0;
    }
    sip__mailbox_put(owner, letter);
    return 0;
}

static void open_keepalive(sip_worker *worker, sip__letter *letter)
{
    sip__worker_enter_turn(worker);
    sip__keeper_receive(&worker->keeper, &letter->path, (sip_str){letter->bytes, letter->len});
}

bool sip__far_pass_keepalive(sip_worker *worker, const sip_path *from, sip_str bytes)
{
    static const sip__letter_kind kind = {.open = open_keepalive};
    unsigned owner = sip__keeper_owner(bytes);
    sip__letter *letter;

    if (owner >= worker->stack->steer.workers || owner == worker->index) {
        return false;
    }
    letter = write_letter(worker, &kind, from, bytes);
    if (letter != NULL) {
        sip__mailbox_put(&worker->stack->workers[owner], letter);
    }
    return true;
}

/* ---- accepted connections, where the system does not spread them */

static void drop_accepted(sip__letter *letter)
{
    sip__stream_socket_refuse(letter->number);
}

static void open_accepted(sip_worker *worker, sip__letter *letter)
{
    sip_transport *twin =
        sip__transports_at(&worker->transports, letter->path.protocol, &letter->path.local);

    sip__worker_enter_turn(worker);
    if (twin == NULL) {
        drop_accepted(letter);
    } else {
        sip__stream_take_accepted(twin, letter->number, &letter->path.remote);
        sip__worker_want_turn_end(worker);
    }
}

bool sip__far_deal(void *arg, sip_transport *transport, int fd, const sip_addr *remote)
{
    static const sip__letter_kind kind = {.open = open_accepted, .drop = drop_accepted};
    const sip_path path = {
        .protocol = transport->protocol, .local = transport->local, .remote = *remote};
    sip_worker *worker = arg;
    sip_worker *next = &worker->stack->workers[worker->dealt++ % worker->stack->steer.workers];
    sip__letter *letter =
        next == worker ? NULL : write_letter(worker, &kind, &path, (sip_str){NULL, 0});

    if (letter == NULL) {
        return false;
    }
    letter->number = fd;
    sip__mailbox_put(next, letter);
    return true;
}

/* ---- transports of the application's */

typedef struct far_transport {
    sip_transport base;
    sip_worker *of; /* that it is a member of */
} far_transport;

static int far_send(sip_transport *transport, const sip_path *to, sip_str bytes, uint64_t ref)
{
    return send_there(((far_transport *)transport)->of, 0, to, bytes, ref);
}

static void far_destroy(sip_transport *transport)
{
    sip_free(((far_transport *)transport)->of->config->allocator, transport);
}

int sip__far_transport_create(sip_worker *of, const sip_transport *there,
                              sip_transport **ret_transport)
{
    static const sip_transport_vtable vtable = {
        .name = "far", .send = far_send, .destroy = far_destroy};
    far_transport *transport = sip_alloc0(of->config->allocator, sizeof(*transport));

    if (transport == NULL) {
        return SIP_ENOMEM;
    }
    transport->base = *there;
    transport->base.vtable = &vtable;
    transport->of = of;
    *ret_transport = &transport->base;
    return 0;
}
