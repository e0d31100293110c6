#include <dum/server_auth.h>

#include <string.h>

#include "dialog/incoming.h"
#include "feature/credentials_check.h"
#include "handler/emit.h"

#define MAX_ALGORITHMS 3u
#define KEY_BYTES 32

typedef struct server_auth {
    dum__part part; /* first */
    dum__gate gate;
    dum_manager *dum;
    sip_clock clock; /* the worker's, for the nonces */
    sip_nonces *nonces;
    char *realm;
    sip_digest_algorithm algorithms[MAX_ALGORITHMS];
    size_t n_algorithms;
    bool auth_int;
    const char *const *methods; /* NULL: all */
} server_auth;

static bool is_challenged(const server_auth *auth, const dum__incoming *in)
{
    sip_str method = sip_msg_method_text(dum__incoming_msg(in));

    if (in->method == SIP_METHOD_ACK || in->method == SIP_METHOD_CANCEL) {
        return false; /* they cannot be sent again (22.1) */
    }
    for (const char *const *at = auth->methods; at != NULL && *at != NULL; at++) {
        if (sip_str_equal(method, *at)) {
            return true;
        }
    }
    return auth->methods == NULL;
}

static void add_challenges(const server_auth *auth, sip_build *build, bool stale)
{
    char nonce[SIP_NONCE_BYTES];

    if (sip_nonces_make(auth->nonces, nonce) != 0) {
        sip_log_info(sip_worker_log(auth->dum->worker), SIP_LOG_AUTH,
                     "server auth: no nonce could be made");
        return;
    }
    for (size_t i = 0; i < auth->n_algorithms; i++) {
        sip_build_headerf(build, SIP_HEADER_WWW_AUTHENTICATE,
                          "Digest realm=\"%s\", nonce=\"%s\", algorithm=%s, qop=\"%s\"%s",
                          auth->realm, nonce, sip_digest_algorithm_name(auth->algorithms[i]),
                          auth->auth_int ? "auth,auth-int" : "auth", stale ? ", stale=true" : "");
    }
}

static void challenge(const server_auth *auth, dum__incoming *in, bool stale)
{
    sip_build *build = dum__incoming_build(in, 401, (sip_str){0});

    add_challenges(auth, build, stale);
    if (dum__incoming_send(in, build) != 0) {
        dum__incoming_respond(in, 500, NULL); /* a 401 without a challenge would be for good */
    }
}

/* "alice" or "alice@example.com" may speak for sip:alice@example.com. */
static bool is_user_of(const sip_uri *uri, sip_str user)
{
    const char *at = memchr(user.ptr, '@', user.len);
    char unescaped[DUM__AUTH_USER_BYTES];
    int len;

    if (uri->user.len > sizeof unescaped || uri->user.len == 0) {
        return false;
    }
    len = sip_unescape(uri->user, unescaped);
    if (len < 0) {
        return false;
    }
    if (sip_str_same((sip_str){unescaped, (size_t)len}, user)) {
        return true;
    }
    return at != NULL &&
           sip_str_same((sip_str){unescaped, (size_t)len},
                        (sip_str){user.ptr, (size_t)(at - user.ptr)}) &&
           sip_str_same_nocase(uri->host,
                               (sip_str){at + 1, user.len - (size_t)(at + 1 - user.ptr)});
}

static bool may_send(const server_auth *auth, const sip_msg *request, sip_str user)
{
    const sip_address *party;
    bool may = false;

    if (dum__emit_server_auth_may_send(auth->dum, user, request, &may)) {
        return may;
    }
    party = sip_msg_method(request) == SIP_METHOD_REGISTER ? sip_msg_to(request)
                                                           : sip_msg_from(request);
    return party != NULL && is_user_of(&party->uri, user);
}

static dum__verdict check(dum__gate *gate, dum__incoming *in)
{
    const server_auth *auth = SIP_CONTAINER_OF(gate, server_auth, gate);
    dum__credentials_check what = {
        .dum = auth->dum,
        .nonces = auth->nonces,
        .realm = sip_str_of(auth->realm),
        .algorithms = auth->algorithms,
        .n_algorithms = auth->n_algorithms,
    };
    const sip_msg *request = dum__incoming_msg(in);
    char text[DUM__AUTH_USER_BYTES];
    sip_str user = {0};

    if (!is_challenged(auth, in)) {
        return DUM__PASS;
    }
    switch (dum__credentials_check_request(&what, request, text, &user)) {
    case DUM__CREDENTIALS_RIGHT:
        if (may_send(auth, request, user)) {
            return DUM__PASS;
        }
        dum__incoming_respond(in, 403, NULL);
        break;
    case DUM__CREDENTIALS_MALFORMED:
        dum__incoming_respond(in, 400, NULL);
        break;
    case DUM__CREDENTIALS_STALE:
        challenge(auth, in, true);
        break;
    case DUM__CREDENTIALS_NONE:
    case DUM__CREDENTIALS_WRONG:
        challenge(auth, in, false);
        break;
    }
    return DUM__TAKEN;
}

static void destroy(dum__part *part)
{
    server_auth *auth = (server_auth *)(void *)part;

    sip_nonces_destroy(auth->nonces);
    dum__free(auth->dum, auth->realm);
    dum__free(auth->dum, auth);
}

static sip_time_ms clock_now_ms(void *user_data)
{
    return sip_worker_now_ms(user_data);
}

static int64_t clock_unix_s(void *user_data)
{
    return sip_worker_unix_s(user_data);
}

/* The realm stands between quotes as it is. */
static bool is_realm(const char *realm)
{
    if (realm == NULL || realm[0] == '\0') {
        return false;
    }
    for (const char *at = realm; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\' || (unsigned char)*at < 0x20 || *at == 0x7f) {
            return false;
        }
    }
    return strlen(realm) <= 255;
}

static int read_algorithms(server_auth *auth, const dum_server_auth_config *config)
{
    for (size_t i = 0; i < MAX_ALGORITHMS; i++) {
        if (config->algorithms[i] == SIP_DIGEST_NONE) {
            continue;
        }
        if (sip_digest_algorithm_name(config->algorithms[i])[0] == '\0') {
            return SIP_EINVAL;
        }
        auth->algorithms[auth->n_algorithms++] = config->algorithms[i];
    }
    if (auth->n_algorithms == 0) {
        auth->algorithms[0] = SIP_DIGEST_SHA256;
        auth->algorithms[1] = SIP_DIGEST_MD5;
        auth->n_algorithms = 2;
    }
    return 0;
}

static int fill_in(server_auth *auth, const dum_server_auth_config *config)
{
    dum_manager *dum = auth->dum;
    uint8_t key[KEY_BYTES];
    int err = read_algorithms(auth, config);

    if (err != 0) {
        return err;
    }
    auth->auth_int = config->auth_int == SIP_ON;
    auth->methods = config->methods;
    auth->clock = (sip_clock){clock_now_ms, clock_unix_s, dum->worker};
    auth->realm = sip_strdup(dum->allocator, sip_str_of(config->realm));
    if (auth->realm == NULL) {
        return SIP_ENOMEM;
    }
    sip_random_fill(sip_worker_random(dum->worker), key, sizeof key);
    return sip_nonces_create(dum->allocator, &auth->clock, key, sip_worker_index(dum->worker),
                             config->nonce_s, &auth->nonces);
}

int dum_manager_set_server_auth_sized(dum_manager *dum, const dum_server_auth_config *config,
                                      size_t config_bytes, const dum_server_auth_handler *handler,
                                      size_t handler_bytes, void *user_data)
{
    dum_server_auth_config own;
    dum_server_auth_handler callbacks;
    server_auth *auth;
    int err;

    if (dum == NULL || config == NULL || handler == NULL ||
        dum__copy_sized(&own, sizeof own, config, config_bytes) != 0 ||
        dum__copy_sized(&callbacks, sizeof callbacks, handler, handler_bytes) != 0 ||
        !is_realm(own.realm) || callbacks.find_a1 == NULL) {
        return SIP_EINVAL;
    }
    if (dum->gate != NULL) {
        return SIP_ESTATE;
    }
    auth = dum__alloc0(dum, sizeof *auth);
    if (auth == NULL) {
        return SIP_ENOMEM;
    }
    auth->dum = dum;
    err = fill_in(auth, &own);
    if (err == 0) {
        err = dum__set_handler(&dum->server_auth.handler, sizeof callbacks, &callbacks,
                               sizeof callbacks, &dum->server_auth.set);
    }
    if (err != 0) {
        destroy(&auth->part);
        return err;
    }
    dum->server_auth.user_data = user_data;
    auth->gate.check = check;
    dum__part_add(dum, &auth->part, destroy);
    dum->gate = &auth->gate;
    return 0;
}
