/* Where a client transaction sends its request, and what comes next when a target fails (RFC 3263
 * 4.3), when the request is too long for UDP (RFC 3261 18.1.1), or when a connection proves dead.
 */
#ifndef SIP_TRANSACTION_TARGET_H
#define SIP_TRANSACTION_TARGET_H

#include "transaction/client_tx.h"

/* Where a request goes: along `path` if not NULL, else by `uri`, else as sip__next_hop_uri() says
 * of `next_hop`; those of `prefer` first. */
typedef struct sip__way {
    const char *next_hop;
    const sip_uri *uri;
    const sip_path *path;
    const sip_path *prefer;
} sip__way;

/* Find the first target and begin; what the caller could not have known is told at the end of the
 * turn. @return 0, SIP_EINVAL, SIP_ENOMEM */
int sip__target_begin(sip_client_tx *tx, const sip__way *way);
/* A response has come, not seen by the machine yet.
 * @return true: it was a refusal, and the request has gone on to another target */
bool sip__target_answered(sip_client_tx *tx, const sip_msg *response);
/* Nothing was heard in time. @return true: the request has gone on to another target */
bool sip__target_timed_out(sip_client_tx *tx);
/* " (the last of 3 targets tried)", or nothing; returns `out`. */
#define SIP__TARGET_TEXT_BYTES 48
const char *sip__target_text(const sip_client_tx *tx, char out[SIP__TARGET_TEXT_BYTES]);

#endif
