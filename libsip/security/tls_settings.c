#include "security/tls_settings.h"

#include <string.h>

#include <openssl/crypto.h>

#include "security/tls_text.h"

#define SETTINGS_MAX_BYTES ((size_t)1 << 26)
#define SESSION_MAX_S 604800 /* RFC 8446 4.6.1 */
#define DEPTH_MAX 100

/* One copy at a time; after the first that fails all others are NULL too. */
typedef struct copier {
    sip__arena *arena;
    bool failed;
} copier;

static void *copy_bytes(copier *to, const void *bytes, size_t len)
{
    char *copy = to->failed ? NULL : sip__arena_alloc(to->arena, len + 1);

    if (!copy) {
        to->failed = true;
        return NULL;
    }
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

static const char *copy_text(copier *to, const char *text)
{
    return text ? copy_bytes(to, text, strlen(text)) : NULL;
}

static sip_str copy_str(copier *to, sip_str str)
{
    return str.len > 0 ? (sip_str){copy_bytes(to, str.ptr, str.len), str.len} : (sip_str){0};
}

static const char *const *copy_names(copier *to, const char *const *names)
{
    const char **copy;
    size_t count = 0;

    if (!names) {
        return NULL;
    }
    while (names[count]) {
        count++;
    }
    copy = copy_bytes(to, names, (count + 1) * sizeof *names);
    for (size_t i = 0; copy && i < count; i++) {
        copy[i] = copy_text(to, names[i]);
    }
    return copy;
}

static void copy_domain(copier *to, sip_tls_domain *domain)
{
    domain->names = copy_names(to, domain->names);
    domain->chain_file = copy_text(to, domain->chain_file);
    domain->key_file = copy_text(to, domain->key_file);
    domain->chain_pem = copy_str(to, domain->chain_pem);
    domain->key_pem = copy_str(to, domain->key_pem);
    domain->passphrase = copy_text(to, domain->passphrase);
    domain->passphrase_file = copy_text(to, domain->passphrase_file);
}

static void copy_domains(copier *to, sip_tls_config *config)
{
    const size_t bytes = config->domain_count * sizeof *config->domains;
    sip_tls_domain *domains = NULL;

    if (config->domain_count > 0) {
        domains = copy_bytes(to, config->domains, bytes);
    }
    for (size_t i = 0; domains && i < config->domain_count; i++) {
        copy_domain(to, &domains[i]);
    }
    config->domains = domains;
}

static void copy_config(copier *to, sip_tls_config *config)
{
    copy_domains(to, config);
    config->ca_file = copy_text(to, config->ca_file);
    config->ca_dir = copy_text(to, config->ca_dir);
    config->ca_pem = copy_str(to, config->ca_pem);
    config->crl_file = copy_text(to, config->crl_file);
    config->crl_pem = copy_str(to, config->crl_pem);
    config->ciphers = copy_text(to, config->ciphers);
    config->suites = copy_text(to, config->suites);
    config->groups = copy_text(to, config->groups);
    config->keylog_path = copy_text(to, config->keylog_path);
}

static const char *wrong_setting(const sip_tls_config *config)
{
    if (config->domain_count > 0 && !config->domains) {
        return "domain_count without domains";
    }
    for (size_t i = 0; i < config->domain_count; i++) {
        if (!config->domains[i].chain_file && config->domains[i].chain_pem.len == 0) {
            return "a domain has neither chain_file nor chain_pem";
        }
    }
    if (config->session_s > SESSION_MAX_S) {
        return "session_s is over 604800";
    }
    if (config->verify_depth > DEPTH_MAX) {
        return "verify_depth is over 100";
    }
    if (config->max_version != SIP_TLS_VERSION_DEFAULT &&
        config->max_version < config->min_version) {
        return "max_version is below min_version";
    }
    if (config->min_version > SIP_TLS_1_3 || config->max_version > SIP_TLS_1_3 ||
        config->clients > SIP_TLS_CLIENTS_REQUIRED || config->identity > SIP_TLS_IDENTITY_OFF) {
        return "min_version, max_version, clients or identity has no such value";
    }
    if (config->clients >= SIP_TLS_CLIENTS_OPTIONAL && !sip__tls_settings_has_ca(config) &&
        config->system_cas != SIP_ON) {
        return "clients are to show certificates, but no CA is given to judge them by";
    }
    return NULL;
}

static void set_defaults(sip_tls_config *config)
{
    if (config->session_s == 0) {
        config->session_s = 3600;
    }
    if (config->max_sessions == 0) {
        config->max_sessions = 256;
    }
    if (config->verify_depth == 0) {
        config->verify_depth = 8;
    }
}

int sip__tls_settings_init(sip__tls_settings *settings, const sip_tls_config *config, char *text,
                           size_t size)
{
    const char *wrong = wrong_setting(config);
    copier to = {&settings->arena, false};

    if (wrong) {
        sip__tls_say(text, size, "TLS settings: %s", wrong);
        return SIP_EINVAL;
    }
    *settings = (sip__tls_settings){.config = *config};
    sip__arena_init(&settings->arena, config->allocator, NULL, 0, SETTINGS_MAX_BYTES);
    copy_config(&to, &settings->config);
    if (to.failed) {
        settings->config = (sip_tls_config){0}; /* half copied: nothing to wipe by */
        sip__tls_settings_finish(settings);
        sip__tls_say(text, size, "TLS settings: %s", sip_error_text(SIP_ENOMEM));
        return SIP_ENOMEM;
    }
    set_defaults(&settings->config);
    return 0;
}

static void wipe(const char *secret, size_t len)
{
    if (secret) {
        OPENSSL_cleanse((char *)secret, len);
    }
}

void sip__tls_settings_finish(sip__tls_settings *settings)
{
    for (size_t i = 0; i < settings->config.domain_count; i++) {
        const sip_tls_domain *domain = &settings->config.domains[i];

        wipe(domain->passphrase, domain->passphrase ? strlen(domain->passphrase) : 0);
        wipe(domain->key_pem.ptr, domain->key_pem.len);
        wipe(domain->chain_pem.ptr, domain->chain_pem.len);
    }
    sip__arena_finish(&settings->arena);
    *settings = (sip__tls_settings){0};
}

bool sip__tls_settings_verify_servers(const sip_tls_config *config)
{
    return config->verify_servers != SIP_OFF;
}

bool sip__tls_settings_resume(const sip_tls_config *config)
{
    return config->resumption != SIP_OFF;
}

bool sip__tls_settings_has_ca(const sip_tls_config *config)
{
    return config->ca_file || config->ca_dir || config->ca_pem.len > 0;
}

sip_tls_clients sip__tls_settings_clients(const sip_tls_config *config)
{
    if (config->clients != SIP_TLS_CLIENTS_DEFAULT) {
        return config->clients;
    }
    return sip__tls_settings_has_ca(config) ? SIP_TLS_CLIENTS_OPTIONAL : SIP_TLS_CLIENTS_NONE;
}
