/* make_certs FOLDER: certificates for the interop tests, good and bad ones, as of now. */
#include "support/cert_maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DAY_S 86400

static const char *folder;

static void put(const char *name, const char *ending, const char *text)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending);
    cert_write_file(path, text);
}

/* NAME.pem and NAME.key, valid from yesterday to tomorrow unless said otherwise. */
static void make(const char *name, cert *out, cert_spec spec)
{
    const int64_t now = (int64_t)time(NULL);

    if (spec.from_s == 0) {
        spec.from_s = now - DAY_S;
    }
    if (spec.until_s == 0) {
        spec.until_s = now + DAY_S;
    }
    cert_make(out, &spec);
    put(name, "pem", out->cert_pem);
    put(name, "key", out->key_pem);
}

static void make_issued(const char *name, cert_spec spec)
{
    cert made;

    make(name, &made, spec);
    cert_free(&made);
}

int main(int argc, char **argv)
{
    static const char names[] = "URI:sip:example.com,DNS:example.com,DNS:localhost,IP:127.0.0.1";
    cert ca, other_ca, revoked;
    char *crl;

    if (argc != 2) {
        fprintf(stderr, "usage: make_certs FOLDER\n");
        return 2;
    }
    folder = argv[1];
    make("ca", &ca, (cert_spec){.cn = "Test CA", .ca = true});
    make("other-ca", &other_ca, (cert_spec){.cn = "Other CA", .ca = true});
    make_issued("server", (cert_spec){.cn = "example.com", .san = names, .issuer = &ca});
    make_issued("second", (cert_spec){.cn = "second.example",
                                      .san = "DNS:second.example,DNS:www.second.example",
                                      .issuer = &ca});
    make_issued("client", (cert_spec){.cn = "phone",
                                      .san = "DNS:phone.example,IP:127.0.0.1",
                                      .usage = "clientAuth,serverAuth",
                                      .issuer = &ca});
    make_issued("wrong", (cert_spec){.cn = "wrong", .san = "DNS:wrong.example", .issuer = &ca});
    make_issued("expired", (cert_spec){.cn = "expired",
                                       .san = names,
                                       .until_s = (int64_t)time(NULL) - 60,
                                       .issuer = &ca});
    make_issued("self", (cert_spec){.cn = "self", .san = names});
    make_issued("foreign", (cert_spec){.cn = "foreign", .san = names, .issuer = &other_ca});
    make("revoked", &revoked, (cert_spec){.cn = "revoked", .san = names, .issuer = &ca});
    crl = cert_crl_until(&ca, &revoked, (int64_t)time(NULL) + DAY_S);
    put("ca", "crl", crl);
    free(crl);
    cert_free(&revoked);
    cert_free(&ca);
    cert_free(&other_ca);
    return 0;
}
