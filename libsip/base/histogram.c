#include "base/histogram.h"

#define PARTS 4u /* of a power of two */
#define PART_BITS 2u

static unsigned bucket_of(uint64_t us)
{
    unsigned power, bucket;

    if (us < PARTS) {
        return (unsigned)us;
    }
    power = 63u - (unsigned)__builtin_clzll(us);
    bucket = (power - 1) * PARTS + (unsigned)(us >> (power - PART_BITS) & (PARTS - 1));
    return bucket < SIP__HISTOGRAM_BUCKETS ? bucket : SIP__HISTOGRAM_BUCKETS - 1;
}

/* The least duration of the next bucket. */
static uint64_t end_of(unsigned bucket)
{
    unsigned power = bucket / PARTS + 1;

    return bucket < PARTS ? bucket + 1
                          : (uint64_t)(PARTS + bucket % PARTS + 1) << (power - PART_BITS);
}

static void add(_Atomic uint64_t *counter, uint64_t by)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + by,
                          memory_order_relaxed);
}

void sip__histogram_add(sip__histogram *histogram, uint64_t us)
{
    add(&histogram->counts[bucket_of(us)], 1);
    add(&histogram->sum_us, us);
    if (us > atomic_load_explicit(&histogram->most_us, memory_order_relaxed)) {
        atomic_store_explicit(&histogram->most_us, us, memory_order_relaxed);
    }
}

void sip__histogram_read(const sip__histogram *histogram, sip__histogram_view *view)
{
    uint64_t most_us = atomic_load_explicit(&histogram->most_us, memory_order_relaxed);

    for (unsigned i = 0; i < SIP__HISTOGRAM_BUCKETS; i++) {
        uint64_t count = atomic_load_explicit(&histogram->counts[i], memory_order_relaxed);

        view->counts[i] += count;
        view->count += count;
    }
    view->sum_us += atomic_load_explicit(&histogram->sum_us, memory_order_relaxed);
    view->most_us = view->most_us > most_us ? view->most_us : most_us;
}

uint64_t sip__histogram_quantile(const sip__histogram_view *view, unsigned permille)
{
    uint64_t wanted = (view->count * permille + 999) / 1000;
    uint64_t seen = 0;

    for (unsigned i = 0; i < SIP__HISTOGRAM_BUCKETS; i++) {
        seen += view->counts[i];
        if (view->counts[i] > 0 && seen >= wanted) {
            return end_of(i) - 1 < view->most_us ? end_of(i) - 1 : view->most_us;
        }
    }
    return 0;
}

uint64_t sip__histogram_below(const sip__histogram_view *view, unsigned power)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < SIP__HISTOGRAM_BUCKETS && i < (power - 1) * PARTS; i++) {
        count += view->counts[i];
    }
    return count;
}
