/* A token bucket for each address that sends new work, an IPv6 network of 64 bits counting as one.
 * A table of fixed size: in a full set of it the one who was silent longest is forgotten, who has
 * least to lose. */
#ifndef SIP_STACK_SOURCE_LIMIT_H
#define SIP_STACK_SOURCE_LIMIT_H

#include <sip/net.h>

struct sip__source;

typedef struct sip__source_limit {
    const sip_allocator *allocator;
    struct sip__source *sources; /* NULL: no limit */
    uint32_t sets;               /* a power of two */
    uint32_t rate_per_s, burst;
    uint64_t key[2]; /* which set is whose is nobody else's to know */
} sip__source_limit;

typedef enum sip__source_verdict {
    SIP__SOURCE_FINE,
    SIP__SOURCE_REFUSE, /* with an answer */
    SIP__SOURCE_DROP    /* it has had as many answers as a second allows */
} sip__source_verdict;

/* `rate_per_s` 0: no limit, and no memory; `burst` 0: a second's worth; `most` 0: 65,536 addresses.
 * @return 0 or SIP_ENOMEM */
int sip__source_limit_init(sip__source_limit *limit, const sip_allocator *allocator,
                           const sip_random *random, uint32_t rate_per_s, uint32_t burst,
                           uint32_t most);
/* Takes a zeroed one. */
void sip__source_limit_finish(sip__source_limit *limit);
/* A piece of new work has come from there. */
sip__source_verdict sip__source_limit_take(sip__source_limit *limit, const sip_addr *from,
                                           sip_time_ms now_ms);

#endif
