#include "stack/tu_queue.h"

#include "base/sized.h"
#include "stack/queue_side.h"
#include "stack/stack.h"
#include "stack/tu_selector.h"

#define LEAST_ROOM 4u

/* ---- for the thread */

static sip__tu_queue *queue_of(sip_tu *tu)
{
    return tu == NULL || tu->handler.on_stop != sip__queue_side_handler.on_stop
               ? NULL
               : ((sip__queue_side *)tu->user_data)->queue;
}

static bool awaits_answer(const sip_msg *msg)
{
    return sip_msg_is_request(msg) && sip_msg_method(msg) != SIP_METHOD_ACK &&
           sip_msg_method(msg) != SIP_METHOD_CANCEL;
}

int sip_post(sip_tu *tu, sip_msg *msg)
{
    sip__tu_queue *queue = queue_of(tu);
    sip__queue_side *side;
    int err;

    if (queue == NULL || msg == NULL) {
        return SIP_EINVAL;
    }
    if (awaits_answer(msg) && !sip__inbox_reserve(queue->inbox, 0)) {
        return SIP_EBUSY;
    }
    side = &queue->sides[sip__steer_owner(&queue->stack->steer, msg)];
    err = sip__queue_side_post(side, msg);
    if (err != 0 && awaits_answer(msg)) {
        sip__inbox_release(queue->inbox);
    }
    return err;
}

static void say_stopped(void *arg)
{
    sip_tu_stopped(((sip__queue_side *)arg)->tu);
}

/* The thread has nothing more to do: so have its sides, after what it has posted. */
static void end_sides(sip__tu_queue *queue)
{
    for (unsigned i = 0; i < queue->n_sides; i++) {
        sip__queue_side *side = &queue->sides[i];

        /* Without memory the stack waits for as long as it would for any user. */
        (void)sip_worker_post(sip_tu_worker(side->tu), say_stopped, side);
    }
}

int sip_tu_receive(sip_tu *tu, uint32_t timeout_ms, sip_msg **ret_msg)
{
    sip__tu_queue *queue = queue_of(tu);
    int err;

    if (queue == NULL || ret_msg == NULL) {
        return SIP_EINVAL;
    }
    err = sip__inbox_take(queue->inbox, timeout_ms, ret_msg);
    if (err == SIP_EGONE && !atomic_exchange(&queue->told_stopped, true)) {
        end_sides(queue);
    }
    return err;
}

bool sip_tu_is_stopping(sip_tu *tu)
{
    sip__tu_queue *queue = queue_of(tu);

    return queue != NULL && atomic_load(&queue->stopping);
}

int sip_tu_queue_get_stats(sip_tu *tu, sip_tu_queue_stats *ret_stats)
{
    sip__tu_queue *queue = queue_of(tu);

    if (queue == NULL || ret_stats == NULL) {
        return SIP_EINVAL;
    }
    ret_stats->refused = atomic_load(&queue->refused);
    ret_stats->dropped = atomic_load(&queue->dropped);
    ret_stats->late = atomic_load(&queue->late);
    return 0;
}

/* ---- its beginning and its end */

void sip__tu_queue_close(sip_tu *tu)
{
    sip__tu_queue *queue = queue_of(tu);

    if (queue != NULL) {
        sip__inbox_close(queue->inbox);
    }
}

static void discard(sip__tu_queue *queue)
{
    for (unsigned i = 0; i < queue->n_sides; i++) {
        sip__tu_forget(queue->sides[i].tu);
        sip_map_finish(&queue->sides[i].servers);
    }
    sip__inbox_destroy(queue->inbox);
    sip_free(queue->allocator, queue);
}

static int add_side(sip__tu_queue *queue, const sip_tu_config *config, unsigned i)
{
    const sip_random *random = queue->stack->config.random;
    sip__queue_side *side = &queue->sides[i];
    sip_tu_config own = *config;
    int err = sip_map_init(&side->servers, queue->allocator, random);

    if (err != 0) {
        return err;
    }
    own.worker = i;
    side->queue = queue;
    side->index = i;
    sip_list_init(&side->clients);
    return sip_tu_create(queue->stack, &own, &sip__queue_side_handler, side, &side->tu);
}

static int add_sides(sip__tu_queue *queue, const sip_tu_config *config)
{
    int err = sip__inbox_create(queue->allocator, queue->room, &queue->inbox);

    for (unsigned i = 0; err == 0 && i < queue->n_sides; i++) {
        err = add_side(queue, config, i);
    }
    return err;
}

int sip_tu_create_queued_sized(sip_stack *stack, const sip_tu_config *config, size_t config_bytes,
                               size_t room, sip_tu **ret_tu)
{
    const unsigned n = sip_stack_workers(stack);
    sip_tu_config own = {0};
    sip__tu_queue *queue;
    int err;

    if (stack == NULL || room < LEAST_ROOM ||
        (config != NULL && sip__sized_copy(&own, sizeof(own), config, config_bytes) != 0)) {
        return SIP_EINVAL;
    }
    queue = sip_alloc0(stack->config.allocator, sizeof(*queue) + n * sizeof(queue->sides[0]));
    if (queue == NULL) {
        return SIP_ENOMEM;
    }
    queue->stack = stack;
    queue->allocator = stack->config.allocator;
    queue->room = room;
    queue->n_sides = n;
    sip_random_fill(stack->config.random, queue->secret, sizeof(queue->secret));
    atomic_init(&queue->left, n);
    err = add_sides(queue, &own);
    if (err != 0) {
        discard(queue);
        return err;
    }
    if (ret_tu != NULL) {
        *ret_tu = queue->sides[0].tu;
    }
    return 0;
}
