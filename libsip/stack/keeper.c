#include "stack/keeper.h"
#include "stack/stack.h"
#include "transport/stun.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define RTO_MS 500 /* RFC 8489 6.2.1, also Rc and Rm */
#define MOST_TRIES 7
#define LAST_WAIT_MS (16 * RTO_MS)

typedef struct kept_flow {
    sip_map_node node;
    sip_timer timer; /* for the next ping, or for its answer */
    sip__keeper *keeper;
    sip_path path;
    uint32_t interval_ms;
    unsigned tries; /* of the ping under way; 0: none is */
    uint8_t id[SIP__STUN_ID_BYTES];
    sip_addr mapped; /* what the last answer said */
} kept_flow;

static uint64_t hash_of(const sip__keeper *keeper, const sip_addr *remote)
{
    char key[sizeof(remote->ip) + sizeof(remote->port)];

    memcpy(key, remote->ip, sizeof(remote->ip));
    memcpy(key + sizeof(remote->ip), &remote->port, sizeof(remote->port));
    return sip_map_hash(&keeper->flows, (sip_str){key, sizeof(key)});
}

/* A flow that leaves from any address of ours is the same whatever address that is. */
static bool is_flow(const kept_flow *flow, const sip_path *path)
{
    return sip_addr_equal(&flow->path.remote, &path->remote) &&
           (flow->path.local.family == SIP_FAMILY_NONE || path->local.family == SIP_FAMILY_NONE ||
            sip_addr_equal(&flow->path.local, &path->local));
}

static kept_flow *find(const sip__keeper *keeper, const sip_path *path)
{
    sip_map_node *node = keeper->worker == NULL
                             ? NULL
                             : sip_map_first(&keeper->flows, hash_of(keeper, &path->remote));

    for (; node != NULL; node = sip_map_next(node)) {
        kept_flow *flow = SIP_CONTAINER_OF(node, kept_flow, node);

        if (is_flow(flow, path)) {
            return flow;
        }
    }
    return NULL;
}

static void drop(kept_flow *flow)
{
    sip_timer_clear(flow->keeper->worker, &flow->timer);
    sip_map_remove(&flow->keeper->flows, &flow->node);
    sip_free(flow->keeper->worker->config->allocator, flow);
}

/* Between 80 and 100 percent of the interval, so that a crowd does not ping in step (RFC 5626
 * 4.4.2). */
static void wait_for_next(kept_flow *flow)
{
    sip_worker *worker = flow->keeper->worker;
    uint32_t fifth = flow->interval_ms / 5;
    uint32_t chance;

    sip_random_fill(worker->config->random, &chance, sizeof(chance));
    flow->tries = 0;
    sip_timer_set(worker, &flow->timer, flow->interval_ms - chance % (fifth + 1));
}

static void end(kept_flow *flow, const char *why)
{
    sip_worker *worker = flow->keeper->worker;
    char where[SIP_ADDR_TEXT_BYTES];
    char text[160];
    sip_transport_event event = {
        .kind = SIP_TRANSPORT_FLOW_ENDED, .path = flow->path, .err = SIP_EIO, .text = text};

    (void)snprintf(text, sizeof(text), "udp to %s: %s", sip_addr_text(&flow->path.remote, where),
                   why);
    drop(flow);
    sip__stack_tell(worker, &event);
}

static void ping(kept_flow *flow)
{
    sip_worker *worker = flow->keeper->worker;
    uint8_t bytes[SIP__STUN_PRINT_BYTES];
    size_t len;

    if (flow->tries == 0) {
        sip_random_fill(worker->config->random, flow->id, sizeof(flow->id));
        flow->id[0] = (uint8_t)worker->index; /* the answer may come to another worker */
    }
    len = sip__stun_print_request(flow->id, bytes);
    /* What cannot be sent now is sent again, as what is lost. */
    (void)sip__transports_send(&worker->transports, &flow->path,
                               (sip_str){(const char *)bytes, len}, 0);
    flow->tries++;
    sip_timer_set(worker, &flow->timer,
                  flow->tries == MOST_TRIES ? LAST_WAIT_MS : (uint32_t)RTO_MS << (flow->tries - 1));
}

static void on_timer(void *arg)
{
    kept_flow *flow = arg;

    if (flow->tries == MOST_TRIES) {
        end(flow, "no answer to a keep-alive");
    } else {
        ping(flow);
    }
}

static int add(sip__keeper *keeper, const sip_path *path, kept_flow **ret_flow)
{
    kept_flow *flow = sip_alloc0(keeper->worker->config->allocator, sizeof(*flow));

    if (flow == NULL) {
        return SIP_ENOMEM;
    }
    flow->keeper = keeper;
    flow->path = *path;
    sip_timer_init(&flow->timer, on_timer, flow);
    sip_map_insert(&keeper->flows, hash_of(keeper, &path->remote), &flow->node);
    *ret_flow = flow;
    return 0;
}

int sip__keeper_set(sip__keeper *keeper, sip_worker *worker, const sip_path *path,
                    uint32_t interval_s)
{
    kept_flow *flow;
    int err = 0;

    if (keeper->worker == NULL) {
        err = sip_map_init(&keeper->flows, worker->config->allocator, worker->config->random);
        if (err != 0) {
            return err;
        }
        keeper->worker = worker;
    }
    flow = find(keeper, path);
    if (interval_s == 0) {
        if (flow != NULL) {
            drop(flow);
        }
        return 0;
    }
    if (flow == NULL) {
        err = add(keeper, path, &flow);
    }
    if (err == 0 && flow->interval_ms != interval_s * 1000) {
        flow->interval_ms = interval_s * 1000;
        wait_for_next(flow);
    }
    return err;
}

unsigned sip__keeper_owner(sip_str bytes)
{
    sip__stun stun;

    return sip__stun_read(bytes, &stun) == 0 ? stun.id[0] : UINT_MAX;
}

void sip__keeper_receive(sip__keeper *keeper, const sip_path *from, sip_str bytes)
{
    kept_flow *flow = find(keeper, from);
    sip_transport_event moved = {.kind = SIP_TRANSPORT_FLOW_MOVED, .text = "a NAT maps it anew"};
    bool is_new;
    sip__stun stun;

    if (flow == NULL || flow->tries == 0 || sip__stun_read(bytes, &stun) != 0 ||
        memcmp(stun.id, flow->id, sizeof(flow->id)) != 0) {
        return;
    }
    if (stun.kind != SIP__STUN_SUCCESS) {
        if (stun.kind == SIP__STUN_ERROR) {
            end(flow, "a keep-alive was answered by an error");
        }
        return;
    }
    wait_for_next(flow);
    if (stun.mapped.family == SIP_FAMILY_NONE || sip_addr_equal(&stun.mapped, &flow->mapped)) {
        return;
    }
    is_new = flow->mapped.family == SIP_FAMILY_NONE;
    flow->mapped = stun.mapped;
    sip__stack_learn_mapped(keeper->worker, &flow->path, &stun.mapped);
    if (!is_new) {
        moved.path = flow->path;
        moved.mapped = stun.mapped;
        sip__stack_tell(keeper->worker, &moved);
    }
}

/* Only who has seen the ping knows its number. */
static bool is_quoted(const kept_flow *flow, sip_str quoted)
{
    uint8_t bytes[SIP__STUN_PRINT_BYTES];
    size_t len = sip__stun_print_request(flow->id, bytes);

    return flow->tries > 0 && quoted.len >= len && memcmp(quoted.ptr, bytes, len) == 0;
}

void sip__keeper_unreachable(sip__keeper *keeper, const sip_network_error *error)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP, .remote = error->remote};
    sip_map_node *node = find(keeper, &path) == NULL
                             ? NULL
                             : sip_map_first(&keeper->flows, hash_of(keeper, &error->remote));

    for (; node != NULL; node = sip_map_next(node)) {
        kept_flow *flow = SIP_CONTAINER_OF(node, kept_flow, node);

        if (!is_flow(flow, &path)) {
            continue;
        }
        if (is_quoted(flow, error->quoted)) {
            end(flow, error->text); /* the only one with this number */
            return;
        }
        if (flow->tries == 0) {
            ping(flow);
        }
    }
}

void sip__keeper_finish(sip__keeper *keeper)
{
    sip_map_node *node;

    if (keeper->worker == NULL) {
        return;
    }
    while ((node = sip_map_any(&keeper->flows)) != NULL) {
        drop(SIP_CONTAINER_OF(node, kept_flow, node));
    }
    sip_map_finish(&keeper->flows);
}
