/* What a stack has counted, and what lives in it. */
#include "stack/stack.h"

static uint64_t live_transactions(const sip_stack *stack)
{
    return stack->worker.layer.clients.live + stack->worker.layer.servers.live;
}

static void add_transports(const sip_stack *stack, sip_stack_stats *stats)
{
    const sip_transport *at;

    for (at = stack->worker.transports.first; at != NULL; at = at->next) {
        stats->lost_datagrams += at->lost;
        stats->stun_answered += at->stun_answered;
        stats->stun_dropped += at->stun_dropped;
    }
}

void sip_stack_get_stats(const sip_stack *stack, sip_stack_stats *ret_stats)
{
    *ret_stats = (sip_stack_stats){0};
    if (stack != NULL) {
        *ret_stats = stack->worker.layer.stats;
        ret_stats->live_transactions = live_transactions(stack);
        ret_stats->connections = stack->worker.transports.stats;
        add_transports(stack, ret_stats);
    }
}

void sip_stack_count_live(sip_stack *stack, int by)
{
    stack->live += by;
}

uint64_t sip_stack_live_objects(const sip_stack *stack)
{
    return stack == NULL ? 0 : (uint64_t)stack->live + live_transactions(stack);
}
