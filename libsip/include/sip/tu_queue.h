/* Transaction users on threads of their own: a program that blocks, waits for messages, and answers
 * when it likes, beside workers that never wait. Everything is a message: answers that no peer gave
 * are made up here. */
#ifndef SIP_TU_QUEUE_H
#define SIP_TU_QUEUE_H

#include <sip/tu.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @private */
SIP_API int sip_tu_create_queued_sized(sip_stack *stack, const sip_tu_config *config,
                                       size_t config_bytes, size_t room, sip_tu **ret_tu);
/**
 * Add a TU that a thread of the application's serves with sip_tu_receive() and sip_post(). It takes
 * the requests that fit its selector from all workers. The stack's allocator must be thread-safe.
 * @param config  as for sip_tu_create(); `worker` does not matter
 * @param room  how many messages may wait for the thread; at least 4. With half of them waiting
 * further requests are answered 503 with Retry-After; the other half is for ACK, CANCEL and answers
 * @param ret_tu  owned by the stack. The threads that use it must have ended before
 * sip_stack_destroy()
 * @return 0, SIP_EINVAL, SIP_ENOMEM, SIP_EIO
 * @thread As sip_tu_create().
 */
static inline int sip_tu_create_queued(sip_stack *stack, const sip_tu_config *config, size_t room,
                                       sip_tu **ret_tu)
{
    return sip_tu_create_queued_sized(stack, config, sizeof *config, room, ret_tu);
}

/**
 * Wait for the next message. What comes:
 * - requests: answer with sip_response_create() and sip_post();
 * - CANCEL: it has been answered; the INVITE of the same Call-ID and CSeq number waits for its 487;
 * - ACK to a 2xx;
 * - the responses to requests posted here. Where none comes there is a 408 or 503 of our own, with
 *   a Warning that names layer, cause and peer; sip_msg_source() of it has no protocol.
 * @param timeout_ms  at most so long; 0: do not wait, UINT32_MAX: for ever
 * @param ret_msg  a message of this thread's own: sip_msg_unref() it
 * @return 0; SIP_EAGAIN (nothing came in time); SIP_EGONE (sip_stack_stop() was called, nothing
 * waits and no answer is awaited any more, or its time to wind down is over: end the thread);
 * SIP_EINVAL (NULL, or a TU that has no queue)
 * @thread Any but the workers', also several at once.
 */
SIP_API int sip_tu_receive(sip_tu *tu, uint32_t timeout_ms, sip_msg **ret_msg);
/** True once sip_stack_stop() was called: say BYE where you must, then wait for SIP_EGONE.
 * @thread Any. */
SIP_API bool sip_tu_is_stopping(sip_tu *tu);

/**
 * Send a message. A response goes to the request it answers, once it is too late for that to
 * nowhere (sip_tu_queue_stats.late). An ACK leaves without a transaction. A CANCEL cancels the
 * INVITE of its Call-ID, From tag and CSeq number that was posted here. Any other request begins a
 * transaction; a place is held for its final answer.
 * @param msg  from sip_response_create() or a builder, the only reference to it; taken over on
 * success
 * @return 0; SIP_EBUSY (as many answers are awaited as there is room for); SIP_ENOMEM; SIP_EINVAL
 * (NULL, or a TU that has no queue)
 * @thread Any.
 */
SIP_API int sip_post(sip_tu *tu, sip_msg *msg);

/** What did not reach the thread, or the network. */
typedef struct sip_tu_queue_stats {
    uint64_t refused; /**< requests answered 503, for the queue was full */
    uint64_t dropped; /**< ACKs, CANCELs and provisional answers, for the same reason */
    uint64_t late;    /**< responses posted to transactions that had ended, CANCELs likewise */
} sip_tu_queue_stats;
/** Copy the counters as they are now. @return 0 or SIP_EINVAL @thread Any. */
SIP_API int sip_tu_queue_get_stats(sip_tu *tu, sip_tu_queue_stats *ret_stats);

#ifdef __cplusplus
}
#endif

#endif
