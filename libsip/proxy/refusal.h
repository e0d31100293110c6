/* Why a proxy does not pass a request on, as an answer (RFC 3261 16.3). */
#ifndef SIP_PROXY_REFUSAL_H
#define SIP_PROXY_REFUSAL_H

#include <sip/build.h>

#define SIP__REFUSAL_BYTES 512

typedef struct sip__refusal {
    sip_header headers[2];
    sip_extras extras; /* of the answer; do not move the struct */
    char names[SIP__REFUSAL_BYTES];
} sip__refusal;

/* What goes with `status`: Unsupported with all that Proxy-Require asks for, if it is 420 (16.3
 * step 5). */
void sip__refusal_init(sip__refusal *refusal, const sip_msg *request, int status);
/* The error that a caller gets who need not answer any more. */
int sip__refusal_error(int status);

#endif
