/* Which of several final responses a proxy passes back, and how (RFC 3261 16.7 steps 3, 6 and 7).
 */
#ifndef SIP_PROXY_BEST_RESPONSE_H
#define SIP_PROXY_BEST_RESPONSE_H

#include <sip/build.h>

/* What one branch ended with. */
typedef struct sip__candidate {
    int status;         /* 300..699 */
    const sip_msg *msg; /* NULL: nothing came, the status is our own (408, 503) */
} sip__candidate;

/* The index of the best, the earliest of equals but a received one before our own; n if there is
 * none. */
size_t sip__best_response(const sip__candidate *candidates, size_t n);

/* A response as it goes back: without its topmost Via. @return 0, SIP_ENOMEM, SIP_ETOOBIG */
int sip__response_passed_on(const sip_msg *response, sip_msg **ret_msg);
/* The same for the best of several (its msg not NULL): a 401 or 407 takes the challenges of all the
 * others along. */
int sip__best_response_print(const sip__candidate *candidates, size_t n, size_t best,
                             sip_msg **ret_msg);

#endif
