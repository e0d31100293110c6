/* What a stack counts and measures, for people and for machines. docs/statistics.md says what each
 * is. */
#ifndef SIP_METRICS_H
#define SIP_METRICS_H

#include <sip/stack.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_metrics_format {
    SIP_METRICS_TEXT,      /**< a line each, of all workers together, without those that are zero */
    SIP_METRICS_JSON,      /**< an object, with one for each worker */
    SIP_METRICS_PROMETHEUS /**< its text format 0.0.4, the worker as a label */
} sip_metrics_format;

/**
 * Print what a stack has counted and measured.
 * @param allocator  NULL: malloc
 * @param ret_text   zero-terminated; to be freed with sip_free() and the same allocator
 * @return 0, SIP_EINVAL, SIP_ENOMEM
 * @thread Any while its workers run on threads of their own, without a lock; else the one that
 *   drives the stack.
 */
SIP_API int sip_metrics_print(const sip_stack *stack, sip_metrics_format format,
                              const sip_allocator *allocator, char **ret_text);

/** Durations of one kind, from all workers. */
typedef struct sip_durations {
    uint64_t count, sum_us;
    uint64_t median_us, p90_us, p99_us, most_us; /**< up to a quarter too long */
} sip_durations;
/** What is measured. */
typedef enum sip_duration {
    SIP_DURATION_WAITED, /**< messages: in the system's queue, and in ours for another worker */
    SIP_DURATION_TURN,   /**< a worker's turn; not with a clock of the application's */
    SIP_DURATION_LOOKUP  /**< finding the targets of a name that is not known already */
} sip_duration;
/** Those of one kind. @thread as sip_metrics_print() */
SIP_API void sip_metrics_durations(const sip_stack *stack, sip_duration kind,
                                   sip_durations *ret_durations);
/** Those of transactions of one method that ended with a final response of one class, 200, 300 …
 * 600, or 0: without any. `as_server`: those that we answered. @thread as sip_metrics_print() */
SIP_API void sip_metrics_transactions(const sip_stack *stack, bool as_server, sip_method method,
                                      int status_class, sip_durations *ret_durations);

#ifdef __cplusplus
}
#endif

#endif
