/* Words for people about certificates and OpenSSL's errors. */
#ifndef SIP_SECURITY_TLS_TEXT_H
#define SIP_SECURITY_TLS_TEXT_H

#include <sip/base.h>

#include <openssl/asn1.h>
#include <openssl/x509.h>

/* Print into text (NULL: nowhere), control characters replaced: names of peers come in here. */
void sip__tls_say(char *text, size_t size, const char *format, ...) SIP_PRINTF(3, 4);

/* Empty OpenSSL's error queue of this thread. *ret_reason (may be NULL) is what its first error
 * says, a static text. @return SIP_ENOMEM if one of the errors was that, else `otherwise` */
int sip__tls_take_error(int otherwise, const char **ret_reason);

#define SIP__TLS_DATE_BYTES 32
/* "2026-01-31 10:00:00 UTC"; returns `out`. */
const char *sip__tls_date(const ASN1_TIME *time, char out[SIP__TLS_DATE_BYTES]);

#define SIP__TLS_NAME_BYTES 72
/* What people would call the certificate: its first SIP or DNS name, else its common name, else
 * "?"; returns `out`, cut if need be. */
const char *sip__tls_cert_name(const X509 *cert, char out[SIP__TLS_NAME_BYTES]);
/* The same of whom the certificate says that it is from. */
const char *sip__tls_issuer_name(const X509 *cert, char out[SIP__TLS_NAME_BYTES]);

/* What a peer's alert is called. */
const char *sip__tls_alert_text(int alert);

#endif
