/* The judgement of a peer's certificate: its chain at our clock's time, what it may be used for,
 * and its names. */
#ifndef SIP_SECURITY_TLS_VERIFY_H
#define SIP_SECURITY_TLS_VERIFY_H

#include "security/tls_context.h"

/* For SSL_CTX_set_cert_verify_callback(). */
int sip__tls_verify(X509_STORE_CTX *chain, void *arg);
/* The same for a session that may be resumed, where OpenSSL asks nobody: the certificate of then
 * must be good still. Sets handshake->verified. @return true, or false with the reason in
 * handshake->text */
bool sip__tls_verify_again(sip__tls_handshake *handshake, SSL_SESSION *session);

#endif
