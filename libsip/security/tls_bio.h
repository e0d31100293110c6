/* Where OpenSSL reads and writes: the slice that was just received, and our owner. Nothing is
 * copied on the way, and an idle connection holds no buffer. */
#ifndef SIP_SECURITY_TLS_BIO_H
#define SIP_SECURITY_TLS_BIO_H

#include <sip/base.h>

#include <openssl/bio.h>

typedef struct sip__tls_wire {
    sip_str in; /* not yet read */
    /* @return 0 or a SIP_E…, which ends the connection */
    int (*write)(sip_str bytes, void *arg);
    void *arg;
    int write_err; /* the first */
} sip__tls_wire;

/* NULL without memory. Free it with BIO_meth_free() after all BIOs. */
BIO_METHOD *sip__tls_bio_method_new(void);
/* A BIO over `wire`, which must outlive it; NULL without memory. */
BIO *sip__tls_bio_new(const BIO_METHOD *method, sip__tls_wire *wire);

#endif
