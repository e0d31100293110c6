/* A level for each category of log lines, in one word that any thread reads and changes. */
#ifndef SIP_BASE_LOG_LEVELS_H
#define SIP_BASE_LOG_LEVELS_H

#include <sip/log.h>
#include <stdatomic.h>

#define SIP__LOG_CATEGORIES 10u
#define SIP__LOG_MASK_BITS 16u

struct sip_log_levels {
    const sip_allocator *allocator;
    /* A mask of categories for each level from SIP_LOG_ERROR on, that one lowest: those that want
     * lines of this level. */
    _Atomic uint64_t wanted;
};

static inline bool sip__log_levels_want(const sip_log_levels *levels, sip_log_category category,
                                        sip_log_level level)
{
    uint64_t wanted = atomic_load_explicit(&levels->wanted, memory_order_relaxed);

    return level > SIP_LOG_OFF &&
           (wanted >> ((unsigned)level - 1) * SIP__LOG_MASK_BITS & (unsigned)category) != 0;
}

#endif
