/* What next hops have asked of us by oc: to send so much less, or so many a second (RFC 7339 5, RFC
 * 7415 3). Only those that do so at the time take room. */
#ifndef SIP_TRANSACTION_DOWNSTREAM_H
#define SIP_TRANSACTION_DOWNSTREAM_H

#include "base/pool.h"
#include "transaction/oc_params.h"
#include <sip/containers.h>

typedef struct sip__downstream {
    bool on;        /* we offer to obey */
    sip_map hops;   /* sip__downstream_hop */
    sip_list order; /* the one heard of longest ago first */
    sip__pool pool;
    uint64_t noise;
} sip__downstream;

/* What a request is worth when not all may be sent (RFC 7339 5.10.1). */
typedef enum sip__request_class {
    SIP__REQUEST_NEW,       /* work that nobody depends on yet */
    SIP__REQUEST_UNDER_WAY, /* in a dialog */
    SIP__REQUEST_EXEMPT     /* an emergency, or what ends work */
} sip__request_class;

/* What a request of ours, or one that came, is. `trust_priority`: a Resource-Priority is believed.
 */
sip__request_class sip__request_classify(const sip_msg *request, bool trust_priority);

/* @return 0 or SIP_ENOMEM */
int sip__downstream_init(sip__downstream *downstream, const sip_allocator *allocator,
                         const sip_random *random, bool on);
/* Takes a zeroed one. */
void sip__downstream_finish(sip__downstream *downstream);
/* An answer along this path says so. */
void sip__downstream_heed(sip__downstream *downstream, const sip_path *path, const sip__oc *oc,
                          sip_time_ms now_ms);
/* May a request of this class be sent along that path now? It counts as sent if so. */
bool sip__downstream_admits(sip__downstream *downstream, const sip_path *path,
                            sip__request_class kind, sip_time_ms now_ms);

#endif
