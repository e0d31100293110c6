#include "support/cert_maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "cert_maker: %s failed\n", what);
        abort();
    }
}

/* Takes the BIO; for free(). */
static char *text_of(BIO *bio)
{
    char *bytes;
    const long len = BIO_get_mem_data(bio, &bytes);
    char *text = malloc((size_t)len + 1);

    must(text != NULL, "malloc");
    memcpy(text, bytes, (size_t)len);
    text[len] = '\0';
    BIO_free(bio);
    return text;
}

static void add_extension(X509 *x509, const X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&context, (X509 *)issuer, x509, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    must(extension && X509_add_ext(x509, extension, -1) == 1, value);
    X509_EXTENSION_free(extension);
}

static void set_subject(X509 *x509, const char *cn)
{
    X509_NAME *name = X509_NAME_new();

    must(name &&
             (!cn || X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                                (const unsigned char *)cn, -1, -1, 0) == 1) &&
             X509_set_subject_name(x509, name) == 1,
         "subject");
    X509_NAME_free(name);
}

static void set_validity(X509 *x509, const cert_spec *spec)
{
    const int64_t from = spec->from_s != 0 ? spec->from_s : CERT_NOW_S - CERT_YEAR_S;
    const int64_t until = spec->until_s != 0 ? spec->until_s : CERT_NOW_S + CERT_YEAR_S;

    must(ASN1_TIME_set(X509_getm_notBefore(x509), from) &&
             ASN1_TIME_set(X509_getm_notAfter(x509), until),
         "validity");
}

static void set_serial(X509 *x509)
{
    ASN1_INTEGER *serial = X509_get_serialNumber(x509);
    uint64_t number;

    sip_random_fill(NULL, &number, sizeof number);
    must(ASN1_INTEGER_set_uint64(serial, number >> 1) == 1, "serial");
}

void cert_make(cert *out, const cert_spec *spec)
{
    X509 *x509 = X509_new();
    EVP_PKEY *key = EVP_EC_gen("P-256");
    const X509 *issuer = spec->issuer ? spec->issuer->x509 : x509;
    BIO *cert_bio = BIO_new(BIO_s_mem());
    BIO *key_bio = BIO_new(BIO_s_mem());

    must(x509 && key && cert_bio && key_bio, "new");
    must(X509_set_version(x509, X509_VERSION_3) == 1 && X509_set_pubkey(x509, key) == 1, "key");
    set_serial(x509);
    set_subject(x509, spec->cn);
    set_validity(x509, spec);
    must(X509_set_issuer_name(x509, X509_get_subject_name(issuer)) == 1, "issuer");
    add_extension(x509, issuer, NID_subject_key_identifier, "hash");
    add_extension(x509, issuer, NID_basic_constraints, spec->ca ? "critical,CA:TRUE" : "CA:FALSE");
    if (spec->san) {
        add_extension(x509, issuer, NID_subject_alt_name, spec->san);
    }
    if (spec->usage) {
        add_extension(x509, issuer, NID_ext_key_usage, spec->usage);
    }
    must(X509_sign(x509, spec->issuer ? spec->issuer->key : key, EVP_sha256()) > 0, "sign");
    must(PEM_write_bio_X509(cert_bio, x509) == 1 &&
             PEM_write_bio_PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL) == 1,
         "PEM");
    *out = (cert){x509, key, text_of(cert_bio), text_of(key_bio)};
}

void cert_free(cert *of)
{
    X509_free(of->x509);
    EVP_PKEY_free(of->key);
    free(of->cert_pem);
    free(of->key_pem);
    memset(of, 0, sizeof *of);
}

char *cert_crl(const cert *ca, const cert *revoked)
{
    return cert_crl_until(ca, revoked, CERT_NOW_S + CERT_YEAR_S);
}

char *cert_crl_until(const cert *ca, const cert *revoked, int64_t until_s)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *from = ASN1_TIME_set(NULL, until_s - 2 * CERT_YEAR_S);
    ASN1_TIME *until = ASN1_TIME_set(NULL, until_s);
    BIO *bio = BIO_new(BIO_s_mem());

    must(crl && from && until && bio, "CRL");
    must(X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
             X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->x509)) == 1 &&
             X509_CRL_set1_lastUpdate(crl, from) == 1 && X509_CRL_set1_nextUpdate(crl, until) == 1,
         "CRL");
    if (revoked) {
        X509_REVOKED *entry = X509_REVOKED_new();

        must(entry &&
                 X509_REVOKED_set_serialNumber(
                     entry, (ASN1_INTEGER *)X509_get0_serialNumber(revoked->x509)) == 1 &&
                 X509_REVOKED_set_revocationDate(entry, from) == 1 &&
                 X509_CRL_add0_revoked(crl, entry) == 1,
             "revoked");
    }
    must(X509_CRL_sign(crl, ca->key, EVP_sha256()) > 0 && PEM_write_bio_X509_CRL(bio, crl) == 1,
         "CRL");
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    X509_CRL_free(crl);
    return text_of(bio);
}

char *cert_key_encrypted(const cert *of, const char *passphrase)
{
    BIO *bio = BIO_new(BIO_s_mem());

    must(bio && PEM_write_bio_PKCS8PrivateKey(bio, of->key, EVP_aes_128_cbc(), passphrase,
                                              (int)strlen(passphrase), NULL, NULL) == 1,
         "encrypted key");
    return text_of(bio);
}

X509 *cert_with_raw_san(const unsigned char *bytes, size_t len)
{
    X509 *x509 = X509_new();
    ASN1_OCTET_STRING *data = ASN1_OCTET_STRING_new();
    X509_EXTENSION *extension;

    must(x509 && data && ASN1_OCTET_STRING_set(data, bytes, (int)len) == 1, "raw SAN");
    extension = X509_EXTENSION_create_by_NID(NULL, NID_subject_alt_name, 0, data);
    must(extension && X509_add_ext(x509, extension, -1) == 1, "raw SAN");
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(data);
    return x509;
}

sip_str cert_pem_of(const cert *of)
{
    return sip_str_of(of->cert_pem);
}

sip_str cert_key_of(const cert *of)
{
    return sip_str_of(of->key_pem);
}

void cert_write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    must(file && fputs(text, file) >= 0 && fclose(file) == 0, path);
}
