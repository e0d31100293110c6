/* Certificates made while a test runs: keys of P-256, validity around the test's own clock. */
#ifndef CERT_MAKER_H
#define CERT_MAKER_H

#include <sip/base.h>

#include <openssl/x509.h>

#define CERT_NOW_S 1800000000 /* 2027-01-15 08:00:00 UTC */
#define CERT_YEAR_S 31536000

typedef struct cert {
    X509 *x509;
    EVP_PKEY *key;
    char *cert_pem, *key_pem; /* zero-terminated */
} cert;

typedef struct cert_spec {
    const char *cn;          /* NULL: no subject */
    const char *san;         /* "URI:sip:a.example,DNS:b.example"; NULL: none */
    const char *usage;       /* extendedKeyUsage, "serverAuth,clientAuth"; NULL: none */
    const cert *issuer;      /* NULL: self-signed */
    int64_t from_s, until_s; /* 0: a year before, or after, CERT_NOW_S */
    bool ca;
} cert_spec;

void cert_make(cert *out, const cert_spec *spec);
void cert_free(cert *of);
/* A CRL of `ca` in PEM that revokes `revoked` (NULL: nobody), valid for a year around CERT_NOW_S;
 * for free(). */
char *cert_crl(const cert *ca, const cert *revoked);
/* The same, valid for the two years before a time of one's own. */
char *cert_crl_until(const cert *ca, const cert *revoked, int64_t until_s);
/* The key encrypted, in PEM; for free(). */
char *cert_key_encrypted(const cert *of, const char *passphrase);
/* A subjectAltName of these bytes as they are, be they what they may. */
X509 *cert_with_raw_san(const unsigned char *bytes, size_t len);
sip_str cert_pem_of(const cert *of);
sip_str cert_key_of(const cert *of);
/* Writes a file; asserts that it went well. */
void cert_write_file(const char *path, const char *text);

#endif
