/* RFC 7616 with the algorithms of RFC 8760; without qop the response is that of RFC 2069, which RFC
 * 3261 22.4 keeps. */
#include <sip/digest.h>

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

sip_digest_algorithm sip_digest_algorithm_of(sip_str name)
{
    if (name.len == 0 || sip_str_equal_nocase(name, "MD5")) {
        return SIP_DIGEST_MD5;
    }
    if (sip_str_equal_nocase(name, "SHA-256")) {
        return SIP_DIGEST_SHA256;
    }
    return sip_str_equal_nocase(name, "SHA-512-256") ? SIP_DIGEST_SHA512_256 : SIP_DIGEST_NONE;
}

const char *sip_digest_algorithm_name(sip_digest_algorithm algorithm)
{
    switch (algorithm) {
    case SIP_DIGEST_MD5:
        return "MD5";
    case SIP_DIGEST_SHA256:
        return "SHA-256";
    case SIP_DIGEST_SHA512_256:
        return "SHA-512-256";
    case SIP_DIGEST_NONE:
        break;
    }
    return "";
}

static const EVP_MD *hash_of(sip_digest_algorithm algorithm)
{
    switch (algorithm) {
    case SIP_DIGEST_MD5:
        return EVP_md5();
    case SIP_DIGEST_SHA256:
        return EVP_sha256();
    case SIP_DIGEST_SHA512_256:
        return EVP_sha512_256();
    case SIP_DIGEST_NONE:
        break;
    }
    return NULL;
}

static void print_hex(const unsigned char *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

/* The hash, in hex, of the parts with colons between them. `out` is untouched on failure. */
static int hash_joined(sip_digest_algorithm algorithm, const sip_str *parts, size_t count,
                       char out[SIP_DIGEST_HEX_BYTES])
{
    const EVP_MD *hash = hash_of(algorithm);
    EVP_MD_CTX *context = NULL;
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    bool good = false;

    if (!hash) {
        return SIP_EINVAL;
    }
    context = EVP_MD_CTX_new();
    good = context && EVP_DigestInit_ex(context, hash, NULL) == 1;
    for (size_t i = 0; good && i < count; i++) {
        good = (i == 0 || EVP_DigestUpdate(context, ":", 1) == 1) &&
               EVP_DigestUpdate(context, parts[i].ptr, parts[i].len) == 1;
    }
    good = good && EVP_DigestFinal_ex(context, bytes, &len) == 1;
    EVP_MD_CTX_free(context);
    if (!good) {
        return SIP_EIO;
    }
    print_hex(bytes, len, out);
    return 0;
}

int sip_digest_a1(sip_digest_algorithm algorithm, sip_str username, sip_str realm, sip_str password,
                  char out[SIP_DIGEST_HEX_BYTES])
{
    const sip_str parts[] = {username, realm, password};

    return hash_joined(algorithm, parts, 3, out);
}

static int hash_a2(const sip_digest_input *input, bool with_body, char out[SIP_DIGEST_HEX_BYTES])
{
    char body_hex[SIP_DIGEST_HEX_BYTES];
    sip_str parts[3] = {input->method, input->uri};

    if (!with_body) {
        return hash_joined(input->algorithm, parts, 2, out);
    }
    int err = hash_joined(input->algorithm, &input->body, 1, body_hex);

    if (err) {
        return err;
    }
    parts[2] = sip_str_of(body_hex);
    return hash_joined(input->algorithm, parts, 3, out);
}

int sip_digest_response(const sip_digest_input *input, char out[SIP_DIGEST_HEX_BYTES])
{
    char a2_hex[SIP_DIGEST_HEX_BYTES];
    bool auth_int = sip_str_equal_nocase(input->qop, "auth-int");

    if (input->qop.len > 0 && !auth_int && !sip_str_equal_nocase(input->qop, "auth")) {
        return SIP_EINVAL;
    }
    int err = hash_a2(input, auth_int, a2_hex);

    if (err) {
        return err;
    }
    const sip_str a2 = sip_str_of(a2_hex);

    if (input->qop.len == 0) {
        const sip_str parts[] = {input->a1_hex, input->nonce, a2};

        return hash_joined(input->algorithm, parts, 3, out);
    }
    const sip_str parts[] = {input->a1_hex, input->nonce, input->nc, input->cnonce, input->qop, a2};

    return hash_joined(input->algorithm, parts, 6, out);
}

/* True if the comma-separated `offered` names `wanted`. */
static bool offers(sip_str offered, const char *wanted)
{
    while (offered.len > 0) {
        const char *comma = memchr(offered.ptr, ',', offered.len);
        size_t len = comma ? (size_t)(comma - offered.ptr) : offered.len;

        if (sip_str_equal_nocase(sip_str_trim((sip_str){offered.ptr, len}), wanted)) {
            return true;
        }
        len += comma ? 1 : 0;
        offered = (sip_str){offered.ptr + len, offered.len - len};
    }
    return false;
}

static int choose_qop(sip_str offered, sip_str *ret_qop)
{
    if (sip_str_trim(offered).len == 0) {
        *ret_qop = (sip_str){0};
    } else if (offers(offered, "auth")) {
        *ret_qop = SIP_STR("auth");
    } else if (offers(offered, "auth-int")) {
        *ret_qop = SIP_STR("auth-int");
    } else {
        return SIP_EUNSUPPORTED;
    }
    return 0;
}

/* What is being printed; `len` counts on past the end, as snprintf() does. */
typedef struct printer {
    char *out;
    size_t size, len;
} printer;

static void put(printer *p, sip_str text)
{
    if (p->len < p->size && text.len < p->size - p->len) {
        if (text.len > 0) {
            memcpy(p->out + p->len, text.ptr, text.len);
        }
        p->out[p->len + text.len] = '\0';
    }
    p->len += text.len;
}

static void put_param(printer *p, const char *name, sip_str value)
{
    put(p, SIP_STR(", "));
    put(p, sip_str_of(name));
    put(p, SIP_STR("="));
    put(p, value);
}

/* A value that came quoted goes back as it came, its escapes are in it. */
static void put_quoted(printer *p, const char *name, sip_str value)
{
    put_param(p, name, SIP_STR("\""));
    put(p, value);
    put(p, SIP_STR("\""));
}

static void put_escaped(printer *p, sip_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '"' || value.ptr[i] == '\\') {
            put(p, SIP_STR("\\"));
        }
        put(p, (sip_str){value.ptr + i, 1});
    }
}

/* A control character would end the quoted string, or the header. */
static bool is_printable(sip_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char byte = (unsigned char)s.ptr[i];

        if (byte < 0x20 || byte == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool may_stand_in_quotes(sip_str s)
{
    return is_printable(s) &&
           (s.len == 0 || (!memchr(s.ptr, '"', s.len) && !memchr(s.ptr, '\\', s.len)));
}

static int print_credentials(const sip_auth *challenge, sip_str username,
                             const sip_digest_input *input, const char *response, char *out,
                             size_t size)
{
    printer p = {.out = out, .size = size};

    put(&p, SIP_STR("Digest username=\""));
    put_escaped(&p, username);
    put(&p, SIP_STR("\""));
    put_quoted(&p, "realm", challenge->realm);
    put_quoted(&p, "nonce", challenge->nonce);
    put_quoted(&p, "uri", input->uri);
    put_quoted(&p, "response", sip_str_of(response));
    if (challenge->algorithm.len > 0) {
        put_param(&p, "algorithm", sip_str_of(sip_digest_algorithm_name(input->algorithm)));
    }
    if (challenge->opaque.ptr) {
        put_quoted(&p, "opaque", challenge->opaque);
    }
    if (input->qop.len > 0) {
        put_quoted(&p, "cnonce", input->cnonce);
        put_param(&p, "qop", input->qop);
        put_param(&p, "nc", input->nc);
    }
    return p.len < size && p.len <= INT32_MAX ? (int)p.len : SIP_ETOOBIG;
}

int sip_digest_authorize(const sip_auth *challenge, sip_str username, sip_str password,
                         const sip_digest_input *request, uint32_t nc, char *out, size_t size)
{
    char a1_hex[SIP_DIGEST_HEX_BYTES], response[SIP_DIGEST_HEX_BYTES], nc_hex[9];
    sip_digest_input input = *request;
    int err = 0;

    input.algorithm = sip_digest_algorithm_of(challenge->algorithm);
    if (!sip_str_equal_nocase(challenge->scheme, "Digest") || input.algorithm == SIP_DIGEST_NONE ||
        choose_qop(challenge->qop, &input.qop) != 0) {
        return SIP_EUNSUPPORTED;
    }
    if (!is_printable(username) || !is_printable(challenge->realm) ||
        !is_printable(challenge->nonce) || !is_printable(challenge->opaque) ||
        !may_stand_in_quotes(input.uri) || !may_stand_in_quotes(input.cnonce) ||
        (input.qop.len > 0 && input.cnonce.len == 0)) {
        return SIP_EINVAL;
    }
    snprintf(nc_hex, sizeof(nc_hex), "%08x", (unsigned)nc);
    input.nc = sip_str_of(nc_hex);
    input.nonce = challenge->nonce;
    if (input.a1_hex.len == 0) {
        err = sip_digest_a1(input.algorithm, username, challenge->realm, password, a1_hex);
        input.a1_hex = sip_str_of(a1_hex);
    }
    if (!err) {
        err = sip_digest_response(&input, response);
    }
    OPENSSL_cleanse(a1_hex, sizeof(a1_hex));
    return err ? err : print_credentials(challenge, username, &input, response, out, size);
}
