/* Why things end, and weak ids. */
#ifndef DUM_CAUSE_H
#define DUM_CAUSE_H

#include <sip/tu.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DUM_API SIP_API

/** A weak id of a usage: worker, slot, generation. 0 names nothing. */
typedef uint64_t dum_id;

typedef enum dum_why {
    DUM_WHY_LOCAL,     /**< the application ended it */
    DUM_WHY_REMOTE,    /**< the peer ended it (BYE …) */
    DUM_WHY_CANCELLED, /**< cancelled before it was answered, by whichever side */
    DUM_WHY_REJECTED,  /**< a final response of 300 to 699 */
    DUM_WHY_TIMEOUT,   /**< no answer in time: 408 of ours */
    DUM_WHY_TRANSPORT, /**< names, connections, sockets: 503 of ours */
    DUM_WHY_FORK_LOST, /**< another fork of the same call won */
    DUM_WHY_REPLACED,  /**< another call took its place */
    DUM_WHY_PROTOCOL,  /**< the peer broke the rules */
    DUM_WHY_LIMIT,     /**< a configured limit, or no memory */
    DUM_WHY_SHUTDOWN   /**< manager or stack destroyed or stopped */
} dum_why;

/** Why a usage ended, an offer failed, or a retry is due; borrowed for the callback. */
typedef struct dum_cause {
    dum_why why;
    int status;         /**< SIP status, ours (408, 503) or the peer's; 0: none */
    sip_str text;       /**< a line for a person that names layer, reason and peer; never empty */
    const sip_msg *msg; /**< the message that caused it, or NULL */
    uint32_t retry_ms;  /**< for on_retrying: when */
} dum_cause;

#ifdef __cplusplus
}
#endif

#endif
