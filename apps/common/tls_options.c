#include "common/tls_options.h"

#include "common/say.h"
#include <string.h>
#include <sys/stat.h>

typedef struct choice {
    const char *word;
    int value;
} choice;

enum {
    VERIFY_NONE = SIP_TLS_IDENTITY_OFF + 1
};

static const choice verify_choices[] = {{"strict", SIP_TLS_IDENTITY_STRICT},
                                        {"lenient", SIP_TLS_IDENTITY_LENIENT},
                                        {"chain", SIP_TLS_IDENTITY_OFF},
                                        {"none", VERIFY_NONE},
                                        {NULL, 0}};
static const choice client_choices[] = {{"none", SIP_TLS_CLIENTS_NONE},
                                        {"optional", SIP_TLS_CLIENTS_OPTIONAL},
                                        {"required", SIP_TLS_CLIENTS_REQUIRED},
                                        {NULL, 0}};
static const choice version_choices[] = {{"1.2", SIP_TLS_1_2}, {"1.3", SIP_TLS_1_3}, {NULL, 0}};

bool tls_options_has(int option)
{
    return option >= OPT_TLS_CERT && option < OPT_TLS_END;
}

static int bad(const char *program, const char *option, const char *value, const char *mend)
{
    say_error(program, "%s '%s': %s", option, value, mend);
    return 2;
}

static bool choose(const choice *from, const char *word, int *ret_value)
{
    for (; from->word != NULL; from++) {
        if (strcmp(from->word, word) == 0) {
            *ret_value = from->value;
            return true;
        }
    }
    return false;
}

static int add_domain(tls_options *options, const char *path, const char *program)
{
    if (options->config.domain_count == TLS_OPTIONS_DOMAINS) {
        return bad(program, "--tls-cert", path, "is one too many");
    }
    options->domains[options->config.domain_count++].chain_file = path;
    return -1;
}

static int set_of_domain(tls_options *options, int option, const char *path, const char *program)
{
    sip_tls_domain *last;

    if (options->config.domain_count == 0) {
        return bad(program, option == OPT_TLS_KEY ? "--tls-key" : "--tls-passphrase-file", path,
                   "must follow the --tls-cert that it belongs to");
    }
    last = &options->domains[options->config.domain_count - 1];
    if (option == OPT_TLS_KEY) {
        last->key_file = path;
    } else {
        last->passphrase_file = path;
    }
    return -1;
}

static void set_ca(sip_tls_config *config, const char *path)
{
    struct stat about;

    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        config->ca_dir = path;
    } else {
        config->ca_file = path;
    }
}

static int set_choice(sip_tls_config *config, int option, const char *word, const char *program)
{
    int value;

    if (option == OPT_TLS_VERIFY) {
        if (!choose(verify_choices, word, &value)) {
            return bad(program, "--tls-verify", word, "must be strict, lenient, chain or none");
        }
        config->verify_servers = value == VERIFY_NONE ? SIP_OFF : SIP_DEFAULT;
        config->identity = value == VERIFY_NONE ? SIP_TLS_IDENTITY_OFF : (sip_tls_identity)value;
    } else if (option == OPT_TLS_CLIENTS) {
        if (!choose(client_choices, word, &value)) {
            return bad(program, "--tls-clients", word, "must be none, optional or required");
        }
        config->clients = (sip_tls_clients)value;
    } else {
        if (!choose(version_choices, word, &value)) {
            return bad(program, "--tls-min", word, "must be 1.2 or 1.3");
        }
        config->min_version = (sip_tls_version)value;
    }
    return -1;
}

int tls_options_set(tls_options *options, int option, const char *value, const char *program)
{
    options->given = true;
    switch (option) {
    case OPT_TLS_CERT:
        return add_domain(options, value, program);
    case OPT_TLS_KEY:
    case OPT_TLS_PASSPHRASE_FILE:
        return set_of_domain(options, option, value, program);
    case OPT_TLS_CA:
        set_ca(&options->config, value);
        return -1;
    case OPT_TLS_CRL:
        options->config.crl_file = value;
        return -1;
    case OPT_TLS_KEYLOG:
        options->config.keylog_path = value;
        return -1;
    default:
        return set_choice(&options->config, option, value, program);
    }
}

bool tls_options_is_secure(const char *where)
{
    return strncmp(where, "tls:", 4) == 0 || strncmp(where, "wss:", 4) == 0;
}

static bool is_needed(const tls_options *options, const words *listen)
{
    bool needed = options->given;

    for (size_t i = 0; !needed && i < listen->count; i++) {
        needed = tls_options_is_secure(listen->items[i]);
    }
    return needed;
}

int tls_options_create(const tls_options *options, const words *listen, const char *program,
                       sip_tls **ret_tls)
{
    sip_tls_config config = options->config;
    char text[SIP_TLS_TEXT_BYTES];

    *ret_tls = NULL;
    if (!is_needed(options, listen)) {
        return 0;
    }
    config.domains = options->domains;
    if (sip_tls_create(&config, text, sizeof text, ret_tls) != 0) {
        say_error(program, "%s", text);
        return 1;
    }
    return 0;
}

void tls_options_reload(sip_tls *tls, const char *program)
{
    char text[SIP_TLS_TEXT_BYTES];

    if (sip_tls_reload(tls, text, sizeof text) != 0) {
        say_error(program, "not reloaded: %s", text);
    } else {
        say_error(program, "certificates reloaded");
    }
}
