/* What a stack has counted, and what lives in it. A worker's own counters are plain; what other
 * threads may read is a copy that it makes at the end of each turn. */
#include "stack/stack.h"

#include <string.h>

_Static_assert(sizeof(sip_stack_stats) == SIP__STATS_WORDS * sizeof(uint64_t),
               "the counters are copied as words of 64 bits");

static uint64_t live_transactions(const sip_worker *worker)
{
    return worker->layer.clients.live + worker->layer.servers.live;
}

static void collect(const sip_worker *worker, sip_stack_stats *ret_stats)
{
    const sip_transport *at;

    *ret_stats = worker->layer.stats;
    ret_stats->live_transactions = live_transactions(worker);
    ret_stats->connections = worker->transports.stats;
    for (at = worker->transports.first; at != NULL; at = at->next) {
        ret_stats->lost_datagrams += at->lost;
        ret_stats->stun_answered += at->stun_answered;
        ret_stats->stun_dropped += at->stun_dropped;
    }
}

static uint64_t word_of(const sip_stack_stats *stats, size_t i)
{
    uint64_t word;

    memcpy(&word, (const char *)stats + i * sizeof(word), sizeof(word));
    return word;
}

void sip__stats_publish(sip_worker *worker)
{
    sip_stack_stats stats;

    collect(worker, &stats);
    for (size_t i = 0; i < SIP__STATS_WORDS; i++) {
        atomic_store_explicit(&worker->stats[i], word_of(&stats, i), memory_order_relaxed);
    }
    atomic_store_explicit(&worker->stats[SIP__STATS_WORDS], (uint64_t)worker->live,
                          memory_order_relaxed);
}

/* May this thread look at the worker itself? */
static bool is_mine(const sip_worker *worker)
{
    return !worker->published ||
           atomic_load_explicit(&worker->thread, memory_order_relaxed) == sip__thread_self();
}

static void get(const sip_worker *worker, sip_stack_stats *ret_stats, uint64_t *ret_live)
{
    if (is_mine(worker)) {
        collect(worker, ret_stats);
        *ret_live = (uint64_t)worker->live;
        return;
    }
    for (size_t i = 0; i < SIP__STATS_WORDS; i++) {
        uint64_t word = atomic_load_explicit(&worker->stats[i], memory_order_relaxed);

        memcpy((char *)ret_stats + i * sizeof(word), &word, sizeof(word));
    }
    *ret_live = atomic_load_explicit(&worker->stats[SIP__STATS_WORDS], memory_order_relaxed);
}

void sip__stats_of(const sip_worker *worker, sip_stack_stats *ret_stats)
{
    uint64_t live;

    get(worker, ret_stats, &live);
}

/* Everything is a sum, but for what says the most. */
static void add(sip_stack_stats *sum, const sip_stack_stats *stats)
{
    uint64_t most_ms =
        sum->most_waited_ms > stats->most_waited_ms ? sum->most_waited_ms : stats->most_waited_ms;

    for (size_t i = 0; i < SIP__STATS_WORDS; i++) {
        uint64_t word = word_of(sum, i) + word_of(stats, i);

        memcpy((char *)sum + i * sizeof(word), &word, sizeof(word));
    }
    sum->most_waited_ms = most_ms;
}

static uint64_t sum_up(const sip_stack *stack, sip_stack_stats *ret_stats)
{
    uint64_t live = 0;

    *ret_stats = (sip_stack_stats){0};
    for (unsigned i = 0; stack != NULL && i < stack->steer.workers; i++) {
        sip_stack_stats stats;
        uint64_t its_live;

        get(&stack->workers[i], &stats, &its_live);
        add(ret_stats, &stats);
        live += its_live;
    }
    return live;
}

void sip_stack_get_stats(const sip_stack *stack, sip_stack_stats *ret_stats)
{
    (void)sum_up(stack, ret_stats);
}

void sip_stack_count_live(sip_stack *stack, int by)
{
    sip__stack_here(stack)->live += by;
}

uint64_t sip_stack_live_objects(const sip_stack *stack)
{
    sip_stack_stats stats;
    uint64_t live = sum_up(stack, &stats);

    return live + stats.live_transactions;
}
