#include "security/tls_pem.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "security/tls_text.h"

#define PASSPHRASE_BYTES 1024

static const char *name_of(const sip__tls_pem *pem)
{
    return pem->file ? pem->file : pem->what;
}

bool sip__tls_pem_given(const sip__tls_pem *pem)
{
    return pem->file || pem->text.len > 0;
}

/* The system's words for errno; strerror() is not for threads. */
static int say_errno(const char *path, sip__tls_say_to say)
{
    char words[100];
    const int err = errno;

    if (strerror_r(err, words, sizeof words) != 0) {
        snprintf(words, sizeof words, "error %d", err);
    }
    sip__tls_say(say.text, say.size, "%s: %s", path, words);
    return err == ENOMEM ? SIP_ENOMEM : SIP_EIO;
}

static int open_pem(const sip__tls_pem *pem, sip__tls_say_to say, BIO **ret_bio)
{
    BIO *bio = NULL;

    ERR_clear_error();
    if (pem->file) {
        errno = 0;
        bio = BIO_new_file(pem->file, "r");
        if (!bio && errno != 0) {
            ERR_clear_error();
            return say_errno(pem->file, say);
        }
    } else if (pem->text.len <= INT_MAX) {
        bio = BIO_new_mem_buf(pem->text.ptr, (int)pem->text.len);
    }
    if (!bio) {
        sip__tls_say(say.text, say.size, "%s: cannot be read", name_of(pem));
        return sip__tls_take_error(SIP_EIO, NULL);
    }
    *ret_bio = bio;
    return 0;
}

/* After the last PEM object: the end of the text is no error. */
static int end_of_pem(const sip__tls_pem *pem, size_t found, const char *what, sip__tls_say_to say)
{
    const unsigned long last = ERR_peek_last_error();
    const char *reason;
    int err;

    if (ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE) {
        ERR_clear_error();
        if (found > 0) {
            return 0;
        }
        sip__tls_say(say.text, say.size, "%s: holds no %s in PEM", name_of(pem), what);
        return SIP_ESYNTAX;
    }
    err = sip__tls_take_error(SIP_ESYNTAX, &reason);
    sip__tls_say(say.text, say.size, "%s: %s %zu cannot be read: %s", name_of(pem), what, found + 1,
                 reason);
    return err;
}

static int refused(const sip__tls_pem *pem, const char *what, sip__tls_say_to say)
{
    const char *reason;
    const int err = sip__tls_take_error(SIP_ESYNTAX, &reason);

    sip__tls_say(say.text, say.size, "%s: the %s is of no use: %s", name_of(pem), what, reason);
    return err;
}

int sip__tls_load_chain(SSL_CTX *context, const sip__tls_pem *pem, sip__tls_say_to say)
{
    BIO *bio = NULL;
    X509 *cert;
    size_t found = 0;
    int err = open_pem(pem, say, &bio);

    if (err != 0) {
        return err;
    }
    while (err == 0 && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        if (found == 0 ? SSL_CTX_use_certificate(context, cert) != 1
                       : SSL_CTX_add1_chain_cert(context, cert) != 1) {
            err = refused(pem, "certificate", say);
        }
        X509_free(cert);
        found++;
    }
    if (err == 0) {
        err = end_of_pem(pem, found, "certificate", say);
    }
    BIO_free(bio);
    return err;
}

/* The first line of the file, without its end. @return its length or -1 */
static int read_passphrase(const char *path, char *out, int size)
{
    char line[PASSPHRASE_BYTES];
    FILE *file = fopen(path, "r");
    int len = -1;

    if (!file) {
        return -1;
    }
    if (fgets(line, sizeof line, file)) {
        len = (int)strcspn(line, "\r\n");
        if (len <= size) {
            memcpy(out, line, (size_t)len);
        } else {
            len = -1;
        }
    }
    OPENSSL_cleanse(line, sizeof line);
    fclose(file);
    return len;
}

typedef struct passphrase {
    const sip_tls_domain *domain;
    bool asked, missing;
} passphrase;

static int give_passphrase(char *out, int size, int writing, void *arg)
{
    passphrase *of = arg;
    const sip_tls_domain *domain = of->domain;
    int len = -1;

    (void)writing;
    of->asked = true;
    if (domain->passphrase && strlen(domain->passphrase) <= (size_t)size) {
        len = (int)strlen(domain->passphrase);
        memcpy(out, domain->passphrase, (size_t)len);
    } else if (domain->passphrase_file) {
        len = read_passphrase(domain->passphrase_file, out, size);
    } else if (domain->ask_passphrase) {
        len = domain->ask_passphrase(out, (size_t)size, domain->user_data);
    }
    of->missing = len < 0 || len > size;
    return of->missing ? -1 : len;
}

static int key_unreadable(const sip__tls_pem *pem, const passphrase *of, sip__tls_say_to say)
{
    const char *reason;
    const int err = sip__tls_take_error(SIP_ESYNTAX, &reason);

    if (of->missing) {
        sip__tls_say(say.text, say.size, "%s: the key is encrypted and there is no passphrase",
                     name_of(pem));
        return err;
    }
    if (!of->asked) {
        sip__tls_say(say.text, say.size, "%s: holds no key that can be read: %s", name_of(pem),
                     reason);
        return err;
    }
    sip__tls_say(say.text, say.size, "%s: the key cannot be read (is the passphrase right?): %s",
                 name_of(pem), reason);
    return err;
}

int sip__tls_load_key(SSL_CTX *context, const sip__tls_pem *pem, const sip_tls_domain *domain,
                      sip__tls_say_to say)
{
    passphrase of = {domain, false, false};
    EVP_PKEY *key;
    BIO *bio = NULL;
    int err = open_pem(pem, say, &bio);

    if (err != 0) {
        return err;
    }
    key = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &of);
    if (!key) {
        err = key_unreadable(pem, &of, say);
    } else if (SSL_CTX_use_PrivateKey(context, key) != 1 ||
               SSL_CTX_check_private_key(context) != 1) {
        const char *reason;

        err = sip__tls_take_error(SIP_ESYNTAX, &reason);
        sip__tls_say(say.text, say.size, "%s: the key does not belong to the certificate: %s",
                     name_of(pem), reason);
    }
    EVP_PKEY_free(key);
    BIO_free(bio);
    return err;
}

/* Move the next of a kind into a store. @return 1, 0: there is none, -1: the store refused it */
static int take_ca(X509_STORE *store, BIO *bio)
{
    X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    int taken = cert == NULL ? 0 : X509_STORE_add_cert(store, cert) == 1 ? 1 : -1;

    X509_free(cert);
    return taken;
}

static int take_crl(X509_STORE *store, BIO *bio)
{
    X509_CRL *crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
    int taken = crl == NULL ? 0 : X509_STORE_add_crl(store, crl) == 1 ? 1 : -1;

    X509_CRL_free(crl);
    return taken;
}

static int take_all(X509_STORE *store, const sip__tls_pem *pem,
                    int (*take)(X509_STORE *store, BIO *bio), const char *what, const char *kind,
                    sip__tls_say_to say)
{
    BIO *bio = NULL;
    size_t found = 0;
    int taken;
    int err = open_pem(pem, say, &bio);

    if (err != 0) {
        return err;
    }
    while ((taken = take(store, bio)) > 0) {
        found++;
    }
    err = taken < 0 ? refused(pem, what, say) : end_of_pem(pem, found, kind, say);
    BIO_free(bio);
    return err;
}

int sip__tls_load_cas(X509_STORE *store, const sip__tls_pem *pem, sip__tls_say_to say)
{
    return take_all(store, pem, take_ca, "CA certificate", "certificate", say);
}

int sip__tls_load_crls(X509_STORE *store, const sip__tls_pem *pem, sip__tls_say_to say)
{
    return take_all(store, pem, take_crl, "CRL", "CRL", say);
}

int sip__tls_load_ca_dir(X509_STORE *store, const char *path, sip__tls_say_to say)
{
    DIR *dir = opendir(path);

    if (!dir) {
        return say_errno(path, say);
    }
    closedir(dir);
    ERR_clear_error();
    if (X509_STORE_load_path(store, path) != 1) {
        const char *reason;
        const int err = sip__tls_take_error(SIP_EIO, &reason);

        sip__tls_say(say.text, say.size, "%s: %s", path, reason);
        return err;
    }
    return 0;
}
