/* Which counters there are, and their names outside. */
#ifndef SIP_STACK_METRICS_TABLE_H
#define SIP_STACK_METRICS_TABLE_H

#include <sip/stack.h>

typedef struct sip__counter {
    size_t offset;    /* in sip_stack_stats, of a uint64_t */
    const char *name; /* one that ends in _total only grows, in _seconds is kept in milliseconds */
    const char *help;
} sip__counter;

/* The i-th, or NULL past the last. */
const sip__counter *sip__metrics_counter(size_t i);
uint64_t sip__metrics_value(const sip__counter *counter, const sip_stack_stats *stats);
/* The value as it is shown; returns `out`. */
#define SIP__METRICS_VALUE_BYTES 32
const char *sip__metrics_shown(const sip__counter *counter, const sip_stack_stats *stats,
                               char out[SIP__METRICS_VALUE_BYTES]);
/* Does it only grow? */
bool sip__metrics_only_grows(const sip__counter *counter);

#endif
