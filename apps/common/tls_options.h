/* --tls-cert and its kin, the same in every program; and the object that they make. */
#ifndef COMMON_TLS_OPTIONS_H
#define COMMON_TLS_OPTIONS_H

#include "common/words.h"
#include <getopt.h>
#include <sip/stack.h>
#include <sip/tls.h>

/* Values of getopt_long(); no program's own are in between. */
enum {
    OPT_TLS_CERT = 1000,
    OPT_TLS_KEY,
    OPT_TLS_PASSPHRASE_FILE,
    OPT_TLS_CA,
    OPT_TLS_CRL,
    OPT_TLS_VERIFY,
    OPT_TLS_CLIENTS,
    OPT_TLS_MIN,
    OPT_TLS_KEYLOG,
    OPT_TLS_END
};

/* Rows for a program's table of long options. */
#define TLS_LONG_OPTIONS                                                                           \
    {"tls-cert", required_argument, NULL, OPT_TLS_CERT},                                           \
        {"tls-key", required_argument, NULL, OPT_TLS_KEY},                                         \
        {"tls-passphrase-file", required_argument, NULL, OPT_TLS_PASSPHRASE_FILE},                 \
        {"tls-ca", required_argument, NULL, OPT_TLS_CA},                                           \
        {"tls-crl", required_argument, NULL, OPT_TLS_CRL},                                         \
        {"tls-verify", required_argument, NULL, OPT_TLS_VERIFY},                                   \
        {"tls-clients", required_argument, NULL, OPT_TLS_CLIENTS},                                 \
        {"tls-min", required_argument, NULL, OPT_TLS_MIN},                                         \
    {                                                                                              \
        "tls-keylog", required_argument, NULL, OPT_TLS_KEYLOG                                      \
    }

/* Lines for a program's help. */
#define TLS_USAGE                                                                                  \
    "  --tls-cert FILE       our certificate and its issuers in PEM; may be repeated, a domain "   \
    "each\n"                                                                                       \
    "  --tls-key FILE        the key of the last --tls-cert; else it is in there\n"                \
    "  --tls-passphrase-file FILE  whose first line opens that key\n"                              \
    "  --tls-ca PATH         the CAs to believe, a file or a folder; else the system's\n"          \
    "  --tls-crl FILE        refuse what these lists revoke; each CA needs one then\n"             \
    "  --tls-verify HOW      of servers: strict (the default), lenient (common names and\n"        \
    "                        wildcards count), chain (whatever the name), none\n"                  \
    "  --tls-clients HOW     certificates of clients: none, optional (the default with --tls-ca)," \
    "\n"                                                                                           \
    "                        required\n"                                                           \
    "  --tls-min VERSION     1.2 (the default) or 1.3\n"                                           \
    "  --tls-keylog FILE     append the secrets of all connections, for Wireshark\n"

#define TLS_OPTIONS_DOMAINS 16

/* Zeroed at first. Strings are those of the command line. */
typedef struct tls_options {
    sip_tls_domain domains[TLS_OPTIONS_DOMAINS];
    sip_tls_config config;
    bool given; /* one of the options was */
} tls_options;

/* True if `option` is one of ours. */
bool tls_options_has(int option);
/* @return -1 to go on, or 2 having said what is wrong */
int tls_options_set(tls_options *options, int option, const char *value, const char *program);
/* Make the object if an option was given, or one of the places to listen at needs it.
 * @return 0 with *ret_tls (perhaps NULL), or 1 having said what is wrong */
int tls_options_create(const tls_options *options, const words *listen, const char *program,
                       sip_tls **ret_tls);
/* True for "tls:…" and "wss:…". */
bool tls_options_is_secure(const char *where);
/* Read the files again, and say how it went. */
void tls_options_reload(sip_tls *tls, const char *program);

#endif
