/* Why a handshake or a connection failed, in a line that names the check. */
#ifndef SIP_SECURITY_TLS_WHY_H
#define SIP_SECURITY_TLS_WHY_H

#include "security/tls_context.h"

typedef struct sip__tls_why {
    char text[200];         /* "" until it failed */
    int alert;              /* the last that the peer sent, -1 … none seen is 0 */
    unsigned char first[8]; /* that came from the peer */
    size_t first_len;
} sip__tls_why;

/* Note what came first: text shows who speaks no TLS. */
void sip__tls_why_note(sip__tls_why *why, sip_str bytes);
/* Empty OpenSSL's queue into why->text. @return SIP_EIO or SIP_ENOMEM */
int sip__tls_why_failed(sip__tls_why *why, const sip__tls_handshake *handshake, bool shaking,
                        int ssl_error);

#endif
