/* Certificates, keys and CRLs from PEM text, be it in a file or in memory. Each function says what
 * failed, and where, in `say`. */
#ifndef SIP_SECURITY_TLS_PEM_H
#define SIP_SECURITY_TLS_PEM_H

#include <sip/tls.h>

#include <openssl/ssl.h>

typedef struct sip__tls_say_to {
    char *text; /* NULL: not wanted */
    size_t size;
} sip__tls_say_to;

typedef struct sip__tls_pem {
    const char *file; /* NULL: text */
    sip_str text;
    const char *what; /* "chain_pem": what to call the text */
} sip__tls_pem;

/* True if there is a file or a text. */
bool sip__tls_pem_given(const sip__tls_pem *pem);
/* The certificate and its issuers. @return 0, SIP_EIO, SIP_ESYNTAX, SIP_ENOMEM */
int sip__tls_load_chain(SSL_CTX *context, const sip__tls_pem *pem, sip__tls_say_to say);
/* The key, after the chain to which it must belong; `domain` gives the passphrase. @return as above
 */
int sip__tls_load_key(SSL_CTX *context, const sip__tls_pem *pem, const sip_tls_domain *domain,
                      sip__tls_say_to say);
/* CA certificates, one at least. @return as above */
int sip__tls_load_cas(X509_STORE *store, const sip__tls_pem *pem, sip__tls_say_to say);
/* CRLs, one at least. @return as above */
int sip__tls_load_crls(X509_STORE *store, const sip__tls_pem *pem, sip__tls_say_to say);
/* A folder of CA certificates. @return as above */
int sip__tls_load_ca_dir(X509_STORE *store, const char *path, sip__tls_say_to say);

#endif
