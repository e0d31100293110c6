/* Connecting to the first of several addresses that answers (RFC 8305): in which order, and when
 * the next one is tried beside those under way. Only the reckoning; connecting is the caller's. */
#ifndef SIP_DNS_RACE_H
#define SIP_DNS_RACE_H

#include <sip/net.h>

#define SIP__RACE_DELAY_MS 250 /* RFC 8305 5, "Connection Attempt Delay" */

/* Write IPv6 and IPv4 addresses in turn, IPv6 first, each family as given (RFC 8305 4; RFC 6724
 * prefers IPv6); `out` has room for all. @return their number */
size_t sip__race_interleave(const sip_addr *six, size_t n_six, const sip_addr *four, size_t n_four,
                            sip_addr *out);

/* One race of `n` runners. */
typedef struct sip__race {
    size_t n, started, failed;
    sip_time_ms next_ms; /* when the next one starts */
} sip__race;

void sip__race_init(sip__race *race, size_t n, sip_time_ms now_ms);
/* Is one to start now? Call until it says no; then again at *ret_due_ms (UINT64_MAX: all have
 * started) and after each failure. @return true with *ret_runner to start */
bool sip__race_next(sip__race *race, sip_time_ms now_ms, size_t *ret_runner,
                    sip_time_ms *ret_due_ms);
/* A runner that had started fell: the next need not wait for its delay. */
void sip__race_fail(sip__race *race, sip_time_ms now_ms);
/* True when all have started and fallen. */
bool sip__race_is_lost(const sip__race *race);

#endif
