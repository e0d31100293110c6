#include "security/tls_context.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>

#include "security/tls_bio.h"
#include "security/tls_text.h"
#include "security/tls_verify.h"

/* What RFC 9325 4.2 recommends, and its like of finite fields. */
#define DEFAULT_CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20"

static const unsigned char session_id_context[] = "sip";

/* ---- What OpenSSL calls */

static int choose_site(SSL *ssl, int *alert, void *arg)
{
    sip__tls_handshake *handshake = SSL_get_app_data(ssl);
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    sip__tls_site *site;

    (void)arg;
    if (!name || !handshake->server) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    site = sip__tls_context_site(handshake->context, sip_str_of(name));
    if (site) {
        return SSL_set_SSL_CTX(ssl, site->ssl) ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    if (handshake->context->settings.config.refuse_unknown_names != SIP_ON) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    sip__tls_say(handshake->text, sizeof handshake->text,
                 "the peer asks for %s, which is no domain of ours",
                 sip__tls_is_host_name(sip_str_of(name)) ? name : "what is no host name");
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *offered, unsigned offered_len, void *arg)
{
    sip__tls_handshake *handshake = SSL_get_app_data(ssl);
    const sip_str ours = handshake->alpn;

    (void)arg;
    if (ours.len == 0) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    for (unsigned i = 0; i < offered_len; i += 1U + offered[i]) {
        const sip_str theirs = {(const char *)offered + i + 1, offered[i]};

        if (sip_str_same(theirs, ours)) {
            *out = offered + i + 1;
            *out_len = offered[i];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    sip__tls_say(handshake->text, sizeof handshake->text,
                 "the peer offers protocols (ALPN), but not " SIP_FMT, SIP_ARG(ours));
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* A ticket from the server; in TLS 1.3 it comes after the handshake. @return 1: kept */
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    sip__tls_handshake *handshake = SSL_get_app_data(ssl);
    sip__tls_context *context = handshake->context;
    unsigned long life_s = SSL_SESSION_get_ticket_lifetime_hint(session);

    if (handshake->key.len == 0 ||
        (life_s == 0 && SSL_SESSION_get_protocol_version(session) == TLS1_3_VERSION)) {
        return 0;
    }
    if (life_s == 0 || life_s > context->settings.config.session_s) {
        life_s = context->settings.config.session_s;
    }
    return sip__tls_kept_put(&context->kept, handshake->key, session,
                             sip_clock_unix_s(context->clock) + (int64_t)life_s)
               ? 1
               : 0;
}

/* A ticket says when it was given by our clock; OpenSSL has none but the system's. It is sealed,
 * and of use to no other process. */
static int date_ticket(SSL *ssl, void *arg)
{
    const sip__tls_handshake *handshake = SSL_get_app_data(ssl);
    int64_t now_s = sip_clock_unix_s(handshake->context->clock);

    (void)arg;
    return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), &now_s, sizeof now_s);
}

static bool is_fresh(const sip__tls_context *context, SSL_SESSION *session)
{
    int64_t age_s = sip_clock_unix_s(context->clock);
    void *given = NULL;
    size_t len = 0;
    int64_t given_s;

    if (SSL_SESSION_get0_ticket_appdata(session, &given, &len) != 1 || len != sizeof given_s) {
        return false;
    }
    memcpy(&given_s, given, sizeof given_s);
    age_s -= given_s;
    return age_s >= 0 && age_s < (int64_t)context->settings.config.session_s;
}

/* A client's certificate may have expired since it was given the ticket: then it shows one again.
 */
static SSL_TICKET_RETURN judge_ticket(SSL *ssl, SSL_SESSION *session, const unsigned char *name,
                                      size_t name_len, SSL_TICKET_STATUS status, void *arg)
{
    sip__tls_handshake *handshake = SSL_get_app_data(ssl);
    bool good;

    (void)name;
    (void)name_len;
    (void)arg;
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    good = is_fresh(handshake->context, session) && sip__tls_verify_again(handshake, session);
    handshake->verified = false; /* until it has been resumed */
    handshake->text[0] = '\0';
    if (!good) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

static int open_keylog(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
}

/* Written a line at a time, so that a capture that runs can be read at once. */
static void log_key(const SSL *ssl, const char *line)
{
    const sip__tls_handshake *handshake = SSL_get_app_data(ssl);
    char whole[512];
    const int len = snprintf(whole, sizeof whole, "%s\n", line);
    int file;

    if (len < 0 || (size_t)len >= sizeof whole) {
        return;
    }
    file = open_keylog(handshake->context->settings.config.keylog_path);
    if (file < 0) {
        return;
    }
    if (write(file, whole, (size_t)len) != len) {
        sip_log_warning(handshake->context->log, SIP_LOG_TLS, "tls: the keylog is not written");
    }
    close(file);
}

/* ---- An SSL_CTX */

static int setting_refused(const char *setting, const char *value, sip__tls_say_to say)
{
    const char *reason;
    const int err = sip__tls_take_error(SIP_EINVAL, &reason);

    sip__tls_say(say.text, say.size, "TLS settings: %s '%s': %s", setting, value, reason);
    return err;
}

static int set_algorithms(SSL_CTX *ssl, const sip_tls_config *config, sip__tls_say_to say)
{
    const char *ciphers = config->ciphers ? config->ciphers : DEFAULT_CIPHERS;
    const int oldest = config->min_version == SIP_TLS_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
    int newest = 0; /* no limit */

    if (config->max_version != SIP_TLS_VERSION_DEFAULT) {
        newest = config->max_version == SIP_TLS_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
    }
    if (SSL_CTX_set_min_proto_version(ssl, oldest) != 1 ||
        SSL_CTX_set_max_proto_version(ssl, newest) != 1) {
        return setting_refused("min_version, max_version", "", say);
    }
    if (SSL_CTX_set_cipher_list(ssl, ciphers) != 1) {
        return setting_refused("ciphers", ciphers, say);
    }
    if (config->suites && SSL_CTX_set_ciphersuites(ssl, config->suites) != 1) {
        return setting_refused("suites", config->suites, say);
    }
    if (config->groups && SSL_CTX_set1_groups_list(ssl, config->groups) != 1) {
        return setting_refused("groups", config->groups, say);
    }
    return 0;
}

/* Sessions are in tickets, none in OpenSSL's cache, whose size peers would determine. */
static void set_resumption(SSL_CTX *ssl, const sip_tls_config *config)
{
    if (!sip__tls_settings_resume(config)) {
        SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(ssl, 0);
        return;
    }
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_timeout(ssl, (long)config->session_s);
    SSL_CTX_sess_set_new_cb(ssl, keep_session);
    SSL_CTX_set_session_ticket_cb(ssl, date_ticket, judge_ticket, NULL);
}

static int make_ssl(const sip__tls_context *context, sip__tls_say_to say, SSL_CTX **ret_ssl)
{
    const sip_tls_config *config = &context->settings.config;
    SSL_CTX *ssl = SSL_CTX_new(TLS_method());
    const char *reason;
    int err;

    if (!ssl ||
        SSL_CTX_set_session_id_context(ssl, session_id_context, sizeof session_id_context) != 1) {
        err = sip__tls_take_error(SIP_ENOMEM, &reason);
        sip__tls_say(say.text, say.size, "TLS: %s", reason);
        SSL_CTX_free(ssl);
        return err;
    }
    SSL_CTX_set1_cert_store(ssl, context->store);
    SSL_CTX_set_options(ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    /* What is shown is what the file holds, not what OpenSSL finds among those we believe. */
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_dh_auto(ssl, 1);
    SSL_CTX_set_cert_verify_callback(ssl, sip__tls_verify, NULL);
    SSL_CTX_set_tlsext_servername_callback(ssl, choose_site);
    SSL_CTX_set_alpn_select_cb(ssl, choose_alpn, NULL);
    if (config->keylog_path) {
        SSL_CTX_set_keylog_callback(ssl, log_key);
    }
    set_resumption(ssl, config);
    err = set_algorithms(ssl, config, say);
    if (err != 0) {
        SSL_CTX_free(ssl);
        return err;
    }
    *ret_ssl = ssl;
    return 0;
}

/* ---- Sites */

static void finish_site(sip__tls_site *site)
{
    SSL_CTX_free(site->ssl);
    sip__tls_names_finish(&site->names);
    *site = (sip__tls_site){0};
}

static int copy_names(sip__tls_context *context, sip__tls_site *site, const char *const *names,
                      sip__tls_say_to say)
{
    sip__tls_names *own = &site->names;

    *own = (sip__tls_names){.allocator = context->allocator};
    for (size_t i = 0; names[i]; i++) {
        const sip_str name = sip__tls_without_dot(sip_str_of(names[i]));

        if (!sip__tls_is_host_name(name)) {
            sip__tls_say(say.text, say.size, "TLS settings: '%s' is no host name", names[i]);
            return SIP_EINVAL;
        }
        if (sip__tls_names_add(own, name) != 0) {
            return SIP_ENOMEM;
        }
    }
    return 0;
}

static int read_names(sip__tls_context *context, sip__tls_site *site, const sip_tls_domain *domain,
                      sip__tls_say_to say)
{
    if (domain->names) {
        return copy_names(context, site, domain->names, say);
    }
    return sip__tls_names_read(context->allocator, SSL_CTX_get0_certificate(site->ssl),
                               SIP_TLS_IDENTITY_LENIENT, &site->names);
}

/* An expired certificate is shown nevertheless: peers differ in what they mind. */
static void warn_of_expiry(const sip__tls_context *context, const X509 *cert)
{
    time_t now = (time_t)sip_clock_unix_s(context->clock);
    char name[SIP__TLS_NAME_BYTES];
    char date[SIP__TLS_DATE_BYTES];

    if (X509_cmp_time(X509_get0_notAfter(cert), &now) <= 0) {
        sip_log_warning(context->log, SIP_LOG_TLS, "tls: our certificate of %s expired on %s",
                        sip__tls_cert_name(cert, name),
                        sip__tls_date(X509_get0_notAfter(cert), date));
    }
}

static int load_site(sip__tls_context *context, sip__tls_site *site, const sip_tls_domain *domain,
                     sip__tls_say_to say)
{
    const sip__tls_pem chain = {domain->chain_file, domain->chain_pem, "chain_pem"};
    const sip__tls_pem own_key = {domain->key_file, domain->key_pem, "key_pem"};
    int err = make_ssl(context, say, &site->ssl);

    if (err == 0) {
        err = sip__tls_load_chain(site->ssl, &chain, say);
    }
    if (err == 0) {
        err = sip__tls_load_key(site->ssl, sip__tls_pem_given(&own_key) ? &own_key : &chain, domain,
                                say);
    }
    if (err == 0) {
        warn_of_expiry(context, SSL_CTX_get0_certificate(site->ssl));
        err = read_names(context, site, domain, say);
    }
    return err;
}

/* @return true if two sites could be meant by one name */
static bool have_name_twice(const sip__tls_context *context, sip__tls_say_to say)
{
    for (size_t i = 1; i < context->site_count; i++) {
        const sip__tls_names *names = &context->sites[i].names;

        for (size_t n = 0; n < names->count; n++) {
            if (sip__tls_context_site(context, names->list[n]) != &context->sites[i]) {
                sip__tls_say(say.text, say.size,
                             "TLS settings: " SIP_FMT " is a name of two domains",
                             SIP_ARG(names->list[n]));
                return true;
            }
        }
    }
    return false;
}

static int load_sites(sip__tls_context *context, sip__tls_say_to say)
{
    const sip_tls_config *config = &context->settings.config;
    const size_t count = config->domain_count > 0 ? config->domain_count : 1;
    int err = 0;

    context->sites = sip_alloc0(context->allocator, count * sizeof *context->sites);
    if (!context->sites) {
        return SIP_ENOMEM;
    }
    for (size_t i = 0; err == 0 && i < count; i++) {
        context->site_count++;
        err = config->domain_count > 0
                  ? load_site(context, &context->sites[i], &config->domains[i], say)
                  : make_ssl(context, say, &context->sites[i].ssl);
    }
    if (err == 0 && have_name_twice(context, say)) {
        err = SIP_EINVAL;
    }
    return err;
}

/* ---- Whom we believe */

static int load_system_cas(X509_STORE *store, sip__tls_say_to say)
{
    const char *reason;
    int err;

    if (X509_STORE_set_default_paths(store) == 1) {
        return 0;
    }
    err = sip__tls_take_error(SIP_EIO, &reason);
    sip__tls_say(say.text, say.size, "TLS: the system's CA store: %s", reason);
    return err;
}

static int load_store(sip__tls_context *context, sip__tls_say_to say)
{
    const sip_tls_config *config = &context->settings.config;
    const sip__tls_pem ca_file = {config->ca_file, {0}, "ca_file"};
    const sip__tls_pem ca_pem = {NULL, config->ca_pem, "ca_pem"};
    const sip__tls_pem crl_file = {config->crl_file, {0}, "crl_file"};
    const sip__tls_pem crl_pem = {NULL, config->crl_pem, "crl_pem"};
    int err = 0;

    context->store = X509_STORE_new();
    if (!context->store) {
        return sip__tls_take_error(SIP_ENOMEM, NULL);
    }
    if (sip__tls_pem_given(&ca_file)) {
        err = sip__tls_load_cas(context->store, &ca_file, say);
    }
    if (err == 0 && sip__tls_pem_given(&ca_pem)) {
        err = sip__tls_load_cas(context->store, &ca_pem, say);
    }
    if (err == 0 && config->ca_dir) {
        err = sip__tls_load_ca_dir(context->store, config->ca_dir, say);
    }
    if (err == 0 && (config->system_cas == SIP_ON ||
                     (config->system_cas == SIP_DEFAULT && !sip__tls_settings_has_ca(config)))) {
        err = load_system_cas(context->store, say);
    }
    if (err == 0 && sip__tls_pem_given(&crl_file)) {
        err = sip__tls_load_crls(context->store, &crl_file, say);
    }
    if (err == 0 && sip__tls_pem_given(&crl_pem)) {
        err = sip__tls_load_crls(context->store, &crl_pem, say);
    }
    return err;
}

/* ---- The whole */

static int check_keylog(const char *path, sip__tls_say_to say)
{
    const int file = path ? open_keylog(path) : -1;

    if (path && file < 0) {
        sip__tls_say(say.text, say.size, "%s: the keylog cannot be written", path);
        return SIP_EIO;
    }
    if (path) {
        close(file);
    }
    return 0;
}

static int fill(sip__tls_context *context, const sip_tls_config *config, sip__tls_say_to say)
{
    int err = sip__tls_settings_init(&context->settings, config, say.text, say.size);

    if (err != 0) {
        return err;
    }
    config = &context->settings.config;
    context->bio_method = sip__tls_bio_method_new();
    if (!context->bio_method) {
        return sip__tls_take_error(SIP_ENOMEM, NULL);
    }
    err = sip__tls_kept_init(&context->kept, context->allocator, config->max_sessions);
    if (err == 0) {
        err = check_keylog(config->keylog_path, say);
    }
    if (err == 0) {
        err = load_store(context, say);
    }
    return err == 0 ? load_sites(context, say) : err;
}

int sip__tls_context_create(const sip_tls_config *config, sip__tls_say_to say,
                            sip__tls_context **ret_context)
{
    sip__tls_context *context = sip_alloc0(config->allocator, sizeof *context);
    int err = SIP_ENOMEM;

    sip__tls_say(say.text, say.size, "TLS: %s", sip_error_text(SIP_ENOMEM));
    if (!context) {
        return err;
    }
    atomic_init(&context->refs, 1);
    context->allocator = config->allocator;
    context->clock = config->clock;
    context->log = config->log;
    err = fill(context, config, say);
    if (err != 0) {
        sip__tls_context_unref(context);
        return err;
    }
    sip__tls_say(say.text, say.size, "%s", "");
    *ret_context = context;
    return 0;
}

sip__tls_context *sip__tls_context_ref(sip__tls_context *context)
{
    atomic_fetch_add_explicit(&context->refs, 1, memory_order_relaxed);
    return context;
}

void sip__tls_context_unref(sip__tls_context *context)
{
    if (!context || atomic_fetch_sub(&context->refs, 1) > 1) {
        return;
    }
    if (context->kept.allocator || context->kept.limit > 0) {
        sip__tls_kept_finish(&context->kept);
    }
    for (size_t i = 0; i < context->site_count; i++) {
        finish_site(&context->sites[i]);
    }
    sip_free(context->allocator, context->sites);
    X509_STORE_free(context->store);
    BIO_meth_free(context->bio_method);
    sip__tls_settings_finish(&context->settings);
    sip_free(context->allocator, context);
}

sip__tls_site *sip__tls_context_site(const sip__tls_context *context, sip_str name)
{
    for (size_t i = 0; i < context->site_count; i++) {
        const sip__tls_names *names = &context->sites[i].names;

        if (sip__tls_names_have(names->list, names->count, name, SIP_TLS_IDENTITY_LENIENT)) {
            return &context->sites[i];
        }
    }
    return NULL;
}

bool sip__tls_context_can_serve(const sip__tls_context *context)
{
    return context->settings.config.domain_count > 0;
}
