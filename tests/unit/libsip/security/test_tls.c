/* Certificates from files and from memory: what is taken, what is refused in which words, and what
 * a reload changes. */
#include <sip/tls.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/cert_maker.h"
#include "support/fail_alloc.h"
#include "support/tls_pair.h"

static char dir[] = "/tmp/test_tls_XXXXXX";
static cert ca, one, two;
static char *encrypted, *crl;
static char text[SIP_TLS_TEXT_BYTES];
static char paths[8][64];
static unsigned next_path;

/* The path of a file in our folder; good for eight calls. */
static const char *in_dir(const char *name)
{
    char *path = paths[next_path++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

static int make_all(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    cert_make(&ca, &(cert_spec){.cn = "Test CA", .ca = true});
    cert_make(&one, &(cert_spec){.cn = "one", .san = "DNS:one.example", .issuer = &ca});
    cert_make(&two, &(cert_spec){.cn = "two", .san = "DNS:two.example", .issuer = &ca});
    encrypted = cert_key_encrypted(&one, "open sesame");
    crl = cert_crl(&ca, NULL);
    cert_write_file(in_dir("ca.pem"), ca.cert_pem);
    cert_write_file(in_dir("crl.pem"), crl);
    cert_write_file(in_dir("one.pem"), one.cert_pem);
    cert_write_file(in_dir("one.key"), one.key_pem);
    cert_write_file(in_dir("two.pem"), two.cert_pem);
    cert_write_file(in_dir("two.key"), two.key_pem);
    cert_write_file(in_dir("locked.key"), encrypted);
    cert_write_file(in_dir("empty"), "");
    cert_write_file(in_dir("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n"
                                          "-----END CERTIFICATE-----\n");
    cert_write_file(in_dir("word"), "open sesame\r\nand more\n");
    return 0;
}

static int free_all(void **state)
{
    static const char *const names[] = {"ca.pem",  "crl.pem",    "one.pem", "one.key",
                                        "two.pem", "two.key",    "word",    "locked.key",
                                        "empty",   "broken.pem", "keys",    "live.pem"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        unlink(in_dir(names[i]));
    }
    rmdir(dir);
    cert_free(&ca);
    cert_free(&one);
    cert_free(&two);
    free(encrypted);
    free(crl);
    return 0;
}

static int try_config(const sip_tls_config *config)
{
    sip_tls *tls = NULL;
    int err;

    memset(text, 0, sizeof text);
    err = sip_tls_create(config, text, sizeof text, &tls);
    assert_true((err == 0) == (tls != NULL));
    assert_true((err == 0) == (text[0] == '\0'));
    sip_tls_destroy(tls);
    return err;
}

static int try_domain(const sip_tls_domain *domain)
{
    return try_config(&(sip_tls_config){.domains = domain, .domain_count = 1});
}

/* The text must be the path of `file` followed by `words`. */
static void assert_says(const char *file, const char *words)
{
    const size_t len = strlen(in_dir(file));

    if (strncmp(text, in_dir(file), len) != 0 || strcmp(text + len, words) != 0) {
        fail_msg("%s", text);
    }
}

static void a_zeroed_config_is_a_client(void **state)
{
    sip_tls *tls = NULL;

    (void)state;
    assert_int_equal(sip_tls_create(NULL, NULL, 0, &tls), 0);
    assert_false(sip_tls_can_serve(tls));
    assert_false(sip_tls_has_domain(tls, SIP_STR("one.example")));
    sip_tls_destroy(tls);
    sip_tls_destroy(NULL);
    assert_int_equal(sip_tls_create(NULL, NULL, 0, NULL), SIP_EINVAL);
    assert_int_equal(sip_tls_reload(NULL, NULL, 0), SIP_EINVAL);
    assert_int_equal(sip_tls_reconfigure(NULL, NULL, NULL, 0), SIP_EINVAL);
    assert_false(sip_tls_can_serve(NULL));
    assert_false(sip_tls_has_domain(NULL, SIP_STR("one.example")));
}

static void certificates_come_from_files_and_from_memory(void **state)
{
    char both[8192];

    (void)state;
    assert_int_equal(try_domain(&(sip_tls_domain){.chain_file = in_dir("one.pem"),
                                                  .key_file = in_dir("one.key")}),
                     0);
    assert_int_equal(
        try_domain(&(sip_tls_domain){.chain_pem = cert_pem_of(&one), .key_pem = cert_key_of(&one)}),
        0);
    snprintf(both, sizeof both, "%s%s", one.key_pem, one.cert_pem);
    assert_int_equal(try_domain(&(sip_tls_domain){.chain_pem = sip_str_of(both)}), 0);
    assert_int_equal(try_config(&(sip_tls_config){.ca_file = in_dir("ca.pem"),
                                                  .ca_dir = dir,
                                                  .ca_pem = cert_pem_of(&ca),
                                                  .system_cas = SIP_ON,
                                                  .crl_file = in_dir("crl.pem"),
                                                  .crl_pem = sip_str_of(crl)}),
                     0);
}

static void bad_files_are_named(void **state)
{
    (void)state;
    assert_int_equal(try_domain(&(sip_tls_domain){.chain_file = in_dir("none.pem")}), SIP_EIO);
    assert_says("none.pem", ": No such file or directory");
    assert_int_equal(try_domain(&(sip_tls_domain){.chain_file = in_dir("empty")}), SIP_ESYNTAX);
    assert_says("empty", ": holds no certificate in PEM");
    assert_int_equal(try_domain(&(sip_tls_domain){.chain_file = in_dir("broken.pem")}),
                     SIP_ESYNTAX);
    assert_non_null(strstr(text, "broken.pem: certificate 1 cannot be read: "));
    assert_int_equal(try_domain(&(sip_tls_domain){.chain_file = dir}), SIP_ESYNTAX);
    assert_int_equal(try_domain(&(sip_tls_domain){.chain_file = in_dir("one.pem")}), SIP_ESYNTAX);
    assert_says("one.pem", ": holds no key that can be read: unsupported");
    assert_int_equal(try_domain(&(sip_tls_domain){.chain_file = in_dir("one.pem"),
                                                  .key_file = in_dir("none.key")}),
                     SIP_EIO);
    assert_says("none.key", ": No such file or directory");
    assert_int_equal(try_domain(&(sip_tls_domain){.chain_file = in_dir("one.pem"),
                                                  .key_file = in_dir("two.key")}),
                     SIP_ESYNTAX);
    assert_says("two.key", ": the key does not belong to the certificate: key values mismatch");
    assert_int_equal(try_domain(&(sip_tls_domain){.chain_pem = SIP_STR("x")}), SIP_ESYNTAX);
    assert_string_equal(text, "chain_pem: holds no certificate in PEM");
}

static void bad_authorities_are_named(void **state)
{
    (void)state;
    assert_int_equal(try_config(&(sip_tls_config){.ca_file = in_dir("none")}), SIP_EIO);
    assert_says("none", ": No such file or directory");
    assert_int_equal(try_config(&(sip_tls_config){.ca_file = in_dir("one.key")}), SIP_ESYNTAX);
    assert_says("one.key", ": holds no certificate in PEM");
    assert_int_equal(try_config(&(sip_tls_config){.ca_pem = SIP_STR("x")}), SIP_ESYNTAX);
    assert_string_equal(text, "ca_pem: holds no certificate in PEM");
    assert_int_equal(try_config(&(sip_tls_config){.ca_dir = in_dir("none")}), SIP_EIO);
    assert_says("none", ": No such file or directory");
    assert_int_equal(try_config(&(sip_tls_config){.crl_file = in_dir("none")}), SIP_EIO);
    assert_int_equal(try_config(&(sip_tls_config){.crl_file = in_dir("ca.pem")}), SIP_ESYNTAX);
    assert_says("ca.pem", ": holds no CRL in PEM");
    assert_int_equal(try_config(&(sip_tls_config){.crl_pem = SIP_STR("x")}), SIP_ESYNTAX);
    assert_string_equal(text, "crl_pem: holds no CRL in PEM");
}

static int asked;

static int ask(char *out, size_t size, void *user_data)
{
    const char *word = user_data;

    asked++;
    if (!word || strlen(word) > size) {
        return -1;
    }
    memcpy(out, word, strlen(word));
    return (int)strlen(word);
}

static void keys_are_unlocked(void **state)
{
    static char word[] = "open sesame";
    sip_tls_domain domain = {.chain_file = in_dir("one.pem"), .key_file = in_dir("locked.key")};

    (void)state;
    assert_int_equal(try_domain(&domain), SIP_ESYNTAX);
    assert_says("locked.key", ": the key is encrypted and there is no passphrase");
    domain.passphrase = "wrong";
    assert_int_equal(try_domain(&domain), SIP_ESYNTAX);
    assert_non_null(
        strstr(text, "locked.key: the key cannot be read (is the passphrase right?): "));
    domain.passphrase = word;
    assert_int_equal(try_domain(&domain), 0);
    domain.passphrase = NULL;
    domain.passphrase_file = in_dir("word");
    assert_int_equal(try_domain(&domain), 0);
    domain.passphrase_file = in_dir("empty");
    assert_int_equal(try_domain(&domain), SIP_ESYNTAX);
    domain.passphrase_file = in_dir("none");
    assert_int_equal(try_domain(&domain), SIP_ESYNTAX);
    domain.passphrase_file = NULL;
    domain.ask_passphrase = ask;
    assert_int_equal(try_domain(&domain), SIP_ESYNTAX);
    domain.user_data = word;
    assert_int_equal(try_domain(&domain), 0);
    assert_true(asked >= 2);
    domain = (sip_tls_domain){
        .chain_pem = cert_pem_of(&one), .key_pem = sip_str_of(encrypted), .passphrase = word};
    assert_int_equal(try_domain(&domain), 0);
}

static void settings_out_of_range_are_named(void **state)
{
    static const char *const bad_names[] = {"127.0.0.1:x", NULL};
    static const char *const one_name[] = {"ONE.example", NULL};
    const sip_tls_domain nothing = {0};
    const sip_tls_domain twice[] = {
        {.chain_pem = cert_pem_of(&one), .key_pem = cert_key_of(&one)},
        {.names = one_name, .chain_pem = cert_pem_of(&two), .key_pem = cert_key_of(&two)},
    };
    const sip_tls_domain bad_name = {
        .names = bad_names, .chain_pem = cert_pem_of(&one), .key_pem = cert_key_of(&one)};
    const struct {
        sip_tls_config config;
        const char *says;
    } cases[] = {
        {{.domain_count = 1}, "TLS settings: domain_count without domains"},
        {{.domains = &nothing, .domain_count = 1},
         "TLS settings: a domain has neither chain_file nor chain_pem"},
        {{.session_s = 604801}, "TLS settings: session_s is over 604800"},
        {{.verify_depth = 101}, "TLS settings: verify_depth is over 100"},
        {{.min_version = (sip_tls_version)3},
         "TLS settings: min_version, max_version, clients or identity has no such value"},
        {{.min_version = SIP_TLS_1_3, .max_version = SIP_TLS_1_2},
         "TLS settings: max_version is below min_version"},
        {{.identity = (sip_tls_identity)3},
         "TLS settings: min_version, max_version, clients or identity has no such value"},
        {{.clients = SIP_TLS_CLIENTS_REQUIRED},
         "TLS settings: clients are to show certificates, but no CA is given to judge them by"},
        {{.ciphers = "MAGIC"}, "TLS settings: ciphers 'MAGIC': no cipher match"},
        {{.suites = "MAGIC"}, "TLS settings: suites 'MAGIC': no cipher match"},
        {{.groups = "MAGIC"}, NULL},
        {{.domains = twice, .domain_count = 2},
         "TLS settings: one.example is a name of two domains"},
        {{.domains = &bad_name, .domain_count = 1}, "TLS settings: '127.0.0.1:x' is no host name"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(try_config(&cases[i].config), SIP_EINVAL);
        if (cases[i].says) {
            assert_string_equal(text, cases[i].says);
        } else {
            assert_non_null(strstr(text, "TLS settings: groups 'MAGIC': "));
        }
    }
    assert_int_equal(try_config(&(sip_tls_config){.max_version = SIP_TLS_1_3,
                                                  .suites = "TLS_AES_128_GCM_SHA256",
                                                  .groups = "X25519:P-256",
                                                  .ciphers = "ECDHE+AESGCM"}),
                     0);
}

static void a_reload_takes_all_or_nothing(void **state)
{
    const char *live = in_dir("live.pem");
    char both[8192];
    const sip_tls_domain domain = {.chain_file = live};
    sip_tls *tls = NULL;

    (void)state;
    snprintf(both, sizeof both, "%s%s", one.cert_pem, one.key_pem);
    cert_write_file(live, both);
    assert_int_equal(
        sip_tls_create(&(sip_tls_config){.domains = &domain, .domain_count = 1}, NULL, 0, &tls), 0);
    snprintf(both, sizeof both, "%s%s", two.cert_pem, one.key_pem);
    cert_write_file(live, both);
    assert_int_equal(sip_tls_reload(tls, text, sizeof text), SIP_ESYNTAX);
    assert_says("live.pem", ": the key does not belong to the certificate: key values mismatch");
    assert_true(sip_tls_has_domain(tls, SIP_STR("one.example")));
    snprintf(both, sizeof both, "%s%s", two.cert_pem, two.key_pem);
    cert_write_file(live, both);
    assert_int_equal(sip_tls_reload(tls, text, sizeof text), 0);
    assert_string_equal(text, "");
    assert_true(sip_tls_has_domain(tls, SIP_STR("two.example")));
    assert_false(sip_tls_has_domain(tls, SIP_STR("one.example")));
    assert_int_equal(
        sip_tls_reconfigure(tls, &(sip_tls_config){.ca_file = in_dir("none")}, text, sizeof text),
        SIP_EIO);
    assert_true(sip_tls_can_serve(tls));
    assert_int_equal(sip_tls_reconfigure(tls, NULL, NULL, 0), 0);
    assert_false(sip_tls_can_serve(tls));
    sip_tls_destroy(tls);
}

static int64_t late_s(void *user_data)
{
    (void)user_data;
    return CERT_NOW_S + 2 * (int64_t)CERT_YEAR_S;
}

static sip_time_ms no_ms(void *user_data)
{
    (void)user_data;
    return 0;
}

static char logged[200];

static void log_line(sip_log_category category, sip_log_level level, const char *line,
                     void *user_data)
{
    (void)category;
    (void)level;
    (void)user_data;
    snprintf(logged, sizeof logged, "%s", line);
}

static void our_own_expired_certificate_is_logged(void **state)
{
    static const sip_clock late = {no_ms, late_s, NULL};
    static const sip_log log = {log_line, NULL, SIP_LOG_ALL, SIP_LOG_INFO, NULL};
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&one), .key_pem = cert_key_of(&one)};

    (void)state;
    assert_int_equal(try_config(&(sip_tls_config){
                         .domains = &domain, .domain_count = 1, .clock = &late, .log = &log}),
                     0);
    assert_string_equal(logged,
                        "tls: our certificate of one.example expired on 2028-01-15 08:00:00 UTC");
}

static size_t lines_of(const char *path)
{
    char line[600];
    size_t count = 0;
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        assert_true(strstr(line, "SECRET") != NULL);
        count++;
    }
    fclose(file);
    return count;
}

static void secrets_are_logged_for_debugging_only(void **state)
{
    const sip_tls_domain domain = {.chain_pem = cert_pem_of(&one), .key_pem = cert_key_of(&one)};
    struct stat about;
    sip_tls *tls = NULL;
    tls_pair pair;

    (void)state;
    assert_int_equal(try_config(&(sip_tls_config){.keylog_path = "/nonexistent/keys"}), SIP_EIO);
    assert_string_equal(text, "/nonexistent/keys: the keylog cannot be written");
    assert_int_equal(sip_tls_create(&(sip_tls_config){.domains = &domain,
                                                      .domain_count = 1,
                                                      .verify_servers = SIP_OFF,
                                                      .keylog_path = in_dir("keys")},
                                    text, sizeof text, &tls),
                     0);
    tls_pair_init(&pair, tls, tls, "one.example");
    tls_pair_run(&pair);
    assert_true(tls_pair_is_open(&pair));
    assert_false(sip__tls_session_peer(pair.client.session)->verified);
    assert_int_equal(sip__tls_session_peer(pair.client.session)->name_count, 0);
    tls_pair_finish(&pair);
    sip_tls_destroy(tls);
    assert_true(lines_of(in_dir("keys")) >= 8);
    assert_int_equal(stat(in_dir("keys"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

/* Every allocation of ours fails once, from the files to the last byte. */
static void memory_may_run_out(void **state)
{
    static const char *const names[] = {"one.example", NULL};
    sip_tls_domain domain = {.names = names,
                             .chain_pem = cert_pem_of(&one),
                             .key_pem = cert_key_of(&one),
                             .passphrase = "none needed"};
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_tls *tls = NULL;
        int err;

        fail_alloc_init(&fail, ++n);
        domain.names = n % 2 == 0 ? names : NULL;
        err = sip_tls_create(&(sip_tls_config){.allocator = &fail.allocator,
                                               .domains = &domain,
                                               .domain_count = 1,
                                               .verify_servers = SIP_OFF},
                             text, sizeof text, &tls);
        assert_true(err == 0 || err == SIP_ENOMEM);
        if (err == 0) {
            tls_pair pair = {0};

            tls_end_make(&pair.client,
                         &(sip__tls_session_config){.allocator = &fail.allocator,
                                                    .tls = tls,
                                                    .server_name = SIP_STR("one.example")});
            tls_end_make(&pair.server, &(sip__tls_session_config){.allocator = &fail.allocator,
                                                                  .tls = tls,
                                                                  .server = true});
            if (pair.client.session && pair.server.session) {
                tls_pair_run(&pair);
            }
            assert_true(tls_pair_is_open(&pair) || fail.failed);
            tls_pair_finish(&pair);
        }
        sip_tls_destroy(tls);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_zeroed_config_is_a_client),
        cmocka_unit_test(certificates_come_from_files_and_from_memory),
        cmocka_unit_test(bad_files_are_named),
        cmocka_unit_test(bad_authorities_are_named),
        cmocka_unit_test(keys_are_unlocked),
        cmocka_unit_test(settings_out_of_range_are_named),
        cmocka_unit_test(a_reload_takes_all_or_nothing),
        cmocka_unit_test(our_own_expired_certificate_is_logged),
        cmocka_unit_test(secrets_are_logged_for_debugging_only),
        cmocka_unit_test(memory_may_run_out),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}
