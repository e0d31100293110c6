#include "feature/credentials_check.h"

#include <string.h>

#include "handler/emit.h"

/* What no password gives, for a user that does not exist: the time to say no tells nothing. */
static const char nobodys_a1[] = "00000000000000000000000000000000"
                                 "00000000000000000000000000000000";

/* Undo the escapes of a quoted string. @return false: too long for any user of ours */
static bool unescape(sip_str text, char out[DUM__AUTH_USER_BYTES], sip_str *ret_text)
{
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.len) {
            i++;
        }
        if (len == DUM__AUTH_USER_BYTES) {
            return false;
        }
        out[len++] = text.ptr[i];
    }
    *ret_text = (sip_str){out, len};
    return true;
}

/* The count of nc: eight hexadecimal digits. @return false if it is none */
static bool parse_nc(sip_str text, uint32_t *ret_nc)
{
    uint32_t nc = 0;

    if (text.len != 8) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        uint32_t digit;

        if (c >= '0' && c <= '9') {
            digit = (uint32_t)(c - '0');
        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            digit = (uint32_t)((c | 0x20) - 'a' + 10);
        } else {
            return false;
        }
        nc = nc << 4 | digit;
    }
    *ret_nc = nc;
    return nc != 0;
}

/* Compared without telling by time how much of it is right; hex digits of either case. */
static bool is_same_digest(sip_str given, const char *right)
{
    size_t len = strlen(right);
    unsigned difference = 0;

    if (given.len != len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned c = (unsigned char)given.ptr[i];

        difference |= (c >= 'A' && c <= 'F' ? c + 0x20 : c) ^ (unsigned char)right[i];
    }
    return difference == 0;
}

/* Proxies may have rewritten the Request-URI's host (22.4 allows the equivalence that fits), but
 * not whom the request is for. */
static bool is_uri_fitting(const sip_msg *request, sip_str digest_uri)
{
    const sip_uri *own = sip_msg_request_uri(request);
    sip_uri uri;

    if (sip_str_same(digest_uri, sip_msg_request_uri_text(request))) {
        return true;
    }
    if (own == NULL || sip_uri_parse(digest_uri, &uri) != 0) {
        return false;
    }
    uri.host = own->host;
    return sip_uri_same_aor(&uri, own);
}

static bool is_offered(const dum__credentials_check *check, sip_digest_algorithm algorithm)
{
    for (size_t i = 0; i < check->n_algorithms; i++) {
        if (check->algorithms[i] == algorithm) {
            return algorithm != SIP_DIGEST_NONE;
        }
    }
    return false;
}

static bool is_well_formed(const sip_msg *request, const sip_auth *auth, uint32_t *ret_nc)
{
    bool has_qop = auth->qop.len > 0;

    *ret_nc = 0; /* without qop the nonce is good for one use */
    if (auth->username.len == 0 || auth->nonce.len == 0 || auth->response.len == 0 ||
        auth->uri.len == 0 || !is_uri_fitting(request, auth->uri)) {
        return false;
    }
    if (!has_qop) {
        return true;
    }
    return auth->cnonce.len > 0 && parse_nc(auth->nc, ret_nc) &&
           (sip_str_equal_nocase(auth->qop, "auth") || sip_str_equal_nocase(auth->qop, "auth-int"));
}

static bool is_right(const dum__credentials_check *check, const sip_msg *request,
                     const sip_auth *auth, sip_str user)
{
    sip_digest_algorithm algorithm = sip_digest_algorithm_of(auth->algorithm);
    const sip_body *body = sip_msg_body(request);
    char a1[SIP_DIGEST_HEX_BYTES] = {0}, right[SIP_DIGEST_HEX_BYTES];
    bool is_known = dum__emit_server_auth_find_a1(check->dum, user, check->realm, algorithm, a1);
    sip_digest_input input = {
        .algorithm = algorithm,
        .a1_hex = sip_str_of(is_known ? a1 : nobodys_a1),
        .nonce = auth->nonce,
        .cnonce = auth->cnonce,
        .nc = auth->nc,
        .qop = auth->qop,
        .method = sip_msg_method_text(request),
        .uri = auth->uri,
        .body = body == NULL ? (sip_str){0} : body->data,
    };

    a1[sizeof a1 - 1] = '\0';
    return sip_digest_response(&input, right) == 0 && is_same_digest(auth->response, right) &&
           is_known;
}

static dum__credentials_verdict judge(const dum__credentials_check *check, const sip_msg *request,
                                      const sip_auth *auth, char user[DUM__AUTH_USER_BYTES],
                                      sip_str *ret_user)
{
    uint32_t nc;
    sip_str name;

    if (!is_well_formed(request, auth, &nc)) {
        return DUM__CREDENTIALS_MALFORMED;
    }
    if (!is_offered(check, sip_digest_algorithm_of(auth->algorithm))) {
        return DUM__CREDENTIALS_NONE;
    }
    if (!unescape(auth->username, user, &name) || !is_right(check, request, auth, name)) {
        return DUM__CREDENTIALS_WRONG;
    }
    switch (sip_nonces_check(check->nonces, auth->nonce, nc)) {
    case SIP_NONCE_GOOD:
        *ret_user = name;
        return DUM__CREDENTIALS_RIGHT;
    case SIP_NONCE_STALE:
    case SIP_NONCE_REPLAYED:
    case SIP_NONCE_FOREIGN: /* from before a restart, say: the password is right all the same */
        return DUM__CREDENTIALS_STALE;
    }
    return DUM__CREDENTIALS_WRONG;
}

dum__credentials_verdict dum__credentials_check_request(const dum__credentials_check *check,
                                                        const sip_msg *request,
                                                        char user[DUM__AUTH_USER_BYTES],
                                                        sip_str *ret_user)
{
    dum__credentials_verdict best = DUM__CREDENTIALS_NONE;

    for (size_t i = 0; sip_msg_value(request, SIP_HEADER_AUTHORIZATION, i).ptr != NULL; i++) {
        const sip_auth *auth = sip_msg_auth(request, SIP_HEADER_AUTHORIZATION, i);
        dum__credentials_verdict verdict;

        if (auth == NULL) {
            return DUM__CREDENTIALS_MALFORMED;
        }
        if (!sip_str_equal_nocase(auth->scheme, "Digest") ||
            !sip_str_same(auth->realm, check->realm)) {
            continue; /* another realm's, further on (22.3) */
        }
        verdict = judge(check, request, auth, user, ret_user);
        if (verdict == DUM__CREDENTIALS_RIGHT || verdict == DUM__CREDENTIALS_MALFORMED) {
            return verdict;
        }
        best = verdict > best ? verdict : best;
    }
    return best;
}
