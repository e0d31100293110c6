/* A log-linear histogram of durations in microseconds: each power of two in four parts, so that a
 * quantile is wrong by a quarter at most, in fixed memory. One thread writes, any reads. */
#ifndef SIP_BASE_HISTOGRAM_H
#define SIP_BASE_HISTOGRAM_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define SIP__HISTOGRAM_BUCKETS 124u /* up to 2^32 microseconds, more than an hour */

typedef struct sip__histogram {
    _Atomic uint64_t counts[SIP__HISTOGRAM_BUCKETS];
    _Atomic uint64_t sum_us, most_us;
} sip__histogram;

/* What a reader sees, or several added up. */
typedef struct sip__histogram_view {
    uint64_t counts[SIP__HISTOGRAM_BUCKETS];
    uint64_t count, sum_us, most_us;
} sip__histogram_view;

/* Its own thread only. */
void sip__histogram_add(sip__histogram *histogram, uint64_t us);
/* Add what it holds to a view, which is zeroed at first. Any thread; counts that are written
 * meanwhile may be there or not. */
void sip__histogram_read(const sip__histogram *histogram, sip__histogram_view *view);
/* The least duration that so many permille do not exceed: the upper end of its bucket, but not more
 * than the longest. 0 without any. */
uint64_t sip__histogram_quantile(const sip__histogram_view *view, unsigned permille);
/* How many lasted less than 2^power microseconds; power 2 … 31. */
uint64_t sip__histogram_below(const sip__histogram_view *view, unsigned power);

#endif
