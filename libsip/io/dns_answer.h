/* What a name server has answered, read from its bytes (RFC 1035 4): records with their TTLs, the
 * aliases on the way (CNAME), and for how long a "no" holds (RFC 2308 5). */
#ifndef SIP_IO_DNS_ANSWER_H
#define SIP_IO_DNS_ANSWER_H

#include <sip/resolver.h>

#define SIP__DNS_ANSWER_RECORDS 32
#define SIP__DNS_ANSWER_TEXT_BYTES 8192

/* An answer with room for all that it points to; it may not be moved once read. SRV and
 * NAPTR records stand in the order in which they are wanted (within a priority by weight, the
 * largest first); what there is no room for is left out at its end. */
typedef struct sip__dns_answer {
    sip_dns_answer news;
    sip_dns_record records[SIP__DNS_ANSWER_RECORDS];
    size_t used;
    char text[SIP__DNS_ANSWER_TEXT_BYTES];
} sip__dns_answer;

/* Read the answer to a question about records of `type` (not CNAME). Whatever the bytes are, there
 * is one: SIP_EIO where they are malformed or a failure of the server, SIP_ENOENT for no name or no
 * such record (negative_ttl_s 0: may not be kept). */
void sip__dns_answer_read(const unsigned char *bytes, size_t len, sip_dns_type type,
                          sip__dns_answer *ret_answer);

#endif
