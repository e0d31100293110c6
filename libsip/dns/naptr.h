/* Which of a domain's NAPTR records say how to reach it by SIP (RFC 3263 4.1, RFC 7118 9.2). */
#ifndef SIP_DNS_NAPTR_H
#define SIP_DNS_NAPTR_H

#include <sip/resolver.h>

#define SIP__NAPTR_MAX 4

/* One way that can be gone. */
typedef struct sip__naptr {
    sip_protocol protocol;
    bool is_host; /* flag "a": the replacement has addresses; else "s", it has SRV records */
    const char *replacement;
    uint32_t ttl_s;
} sip__naptr;

/* Choose by order and preference among the records of `answer` what `protocols` (a mask of 1 <<
 * sip_protocol) allow; `secure`: only what a sips URI may take. The texts are the answer's.
 * @return how many, at most SIP__NAPTR_MAX */
size_t sip__naptr_choose(const sip_dns_answer *answer, unsigned protocols, bool secure,
                         sip__naptr out[SIP__NAPTR_MAX]);
/* True if `a` comes before `b` by order, then preference (RFC 3403 4.1). */
bool sip__naptr_before(const sip_dns_record *a, const sip_dns_record *b);

#endif
