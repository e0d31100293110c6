/* Headers of authentication and of the agreement on it. */
#include "parser/auth.h"
#include "parser/param_pair.h"
#include "parser/shape.h"
#include "parser/text_out.h"
#include "parser/type_table.h"

static const sip_field security_fields[] = {
    SIP_HEAD(TOKEN, 0, sip_security, mechanism),
    SIP_PARAM_HAS("q", Q, sip_security, q_permille, has_q),
    SIP_PARAM("d-alg", TOKEN, sip_security, d_alg),
    SIP_PARAM("d-qop", TOKEN, sip_security, d_qop),
    SIP_PARAM("d-ver", QUOTED, sip_security, d_ver),
    SIP_PARAM("alg", TOKEN, sip_security, alg),
    SIP_PARAM("ealg", TOKEN, sip_security, ealg),
    SIP_PARAM("prot", TOKEN, sip_security, prot),
    SIP_PARAM("mod", TOKEN, sip_security, mod),
    SIP_PARAM_HAS("spi-c", NUMBER, sip_security, spi_c, has_spi_c),
    SIP_PARAM_HAS("spi-s", NUMBER, sip_security, spi_s, has_spi_s),
    SIP_PARAM("port-c", PORT, sip_security, port_c),
    SIP_PARAM("port-s", PORT, sip_security, port_s),
};
static const sip_shape security_shape = SIP_SHAPE(security_fields, ';', sip_security, params);

SIP__TYPE(security_client, "Security-Client", 0, true, "RFC 3329 2.2", sip_security,
          &security_shape);
SIP__TYPE(security_server, "Security-Server", 0, true, "RFC 3329 2.2", sip_security,
          &security_shape);
SIP__TYPE(security_verify, "Security-Verify", 0, true, "RFC 3329 2.2", sip_security,
          &security_shape);

static const sip_field challenge_fields[] = {
    SIP_HEAD(TOKEN, 0, sip_auth, scheme),
    SIP_PARAM("realm", QUOTED, sip_auth, realm),
    SIP_PARAM("domain", QUOTED, sip_auth, domain),
    SIP_PARAM("nonce", QUOTED, sip_auth, nonce),
    SIP_PARAM("opaque", QUOTED, sip_auth, opaque),
    SIP_PARAM("stale", TOKEN, sip_auth, stale),
    SIP_PARAM("algorithm", TOKEN, sip_auth, algorithm),
    SIP_PARAM("qop", QUOTED, sip_auth, qop),
};
static const sip_shape challenge_shape = {challenge_fields,
                                          sizeof challenge_fields / sizeof challenge_fields[0], ' ',
                                          ',', offsetof(sip_auth, params)};

static const sip_field credentials_fields[] = {
    SIP_HEAD(TOKEN, 0, sip_auth, scheme),
    SIP_PARAM("username", QUOTED, sip_auth, username),
    SIP_PARAM("realm", QUOTED, sip_auth, realm),
    SIP_PARAM("nonce", QUOTED, sip_auth, nonce),
    SIP_PARAM("uri", QUOTED, sip_auth, uri),
    SIP_PARAM("response", QUOTED, sip_auth, response),
    SIP_PARAM("algorithm", TOKEN, sip_auth, algorithm),
    SIP_PARAM("cnonce", QUOTED, sip_auth, cnonce),
    SIP_PARAM("opaque", QUOTED, sip_auth, opaque),
    SIP_PARAM("qop", TOKEN, sip_auth, qop),
    SIP_PARAM("nc", TOKEN, sip_auth, nc),
};
static const sip_shape credentials_shape = {
    credentials_fields, sizeof credentials_fields / sizeof credentials_fields[0], ' ', ',',
    offsetof(sip_auth, params)};

static const sip_field info_fields[] = {
    SIP_PARAM("qop", TOKEN, sip_auth, qop),
    SIP_PARAM("cnonce", QUOTED, sip_auth, cnonce),
    SIP_PARAM("nc", TOKEN, sip_auth, nc),
};
static const sip_shape info_shape = {info_fields, sizeof info_fields / sizeof info_fields[0], 0,
                                     ',', offsetof(sip_auth, params)};

static int parse_auth(const sip_header_type *type, sip_str text, void *ret_value, size_t *ret_at)
{
    *ret_at = 0;
    return type->shape->lead != 0 ? sip__auth_parse(text, ret_value)
                                  : sip__auth_info_parse(text, ret_value);
}

/** True if the parameters are something else than pairs, as in "Bearer abc==". */
static bool is_raw(const sip_auth *auth)
{
    sip_str rest = auth->params;
    sip_param param;
    int err;

    do {
        err = sip__pair_next(&rest, ',', &param);
    } while (err == 1 && param.has_value && *param.value.ptr != '=');
    return err != 0;
}

static int print_auth(const sip_header_type *type, const void *value, char *out, size_t size)
{
    const sip_auth *auth = value;
    sip__text_out text = {.at = out, .size = size};

    if (!is_raw(auth)) {
        return sip__shape_print(type->shape, value, out, size);
    }
    sip__out_put(&text, auth->scheme);
    sip__out_char(&text, ' ');
    sip__out_put(&text, auth->params);
    return sip__out_end(&text);
}

static bool equal_auth(const sip_header_type *type, const void *a, const void *b)
{
    const sip_auth *one = a;
    const sip_auth *other = b;

    if (!is_raw(one) && !is_raw(other)) {
        return sip__shape_equal(type->shape, a, b);
    }
    return sip_str_same_nocase(one->scheme, other->scheme) &&
           sip_str_same(one->params, other->params);
}

#define AUTH_TYPE(noun, title, section, shape)                                                     \
    const sip_header_type sip_##noun##_type = {                                                    \
        title, section, sizeof(sip_auth), 0, false, &shape, parse_auth, print_auth, equal_auth}

AUTH_TYPE(authorization, "Authorization", "RFC 3261 20.7", credentials_shape);
AUTH_TYPE(proxy_authorization, "Proxy-Authorization", "RFC 3261 20.28", credentials_shape);
AUTH_TYPE(www_authenticate, "WWW-Authenticate", "RFC 3261 20.44", challenge_shape);
AUTH_TYPE(proxy_authenticate, "Proxy-Authenticate", "RFC 3261 20.27", challenge_shape);
AUTH_TYPE(authentication_info, "Authentication-Info", "RFC 3261 20.6", info_shape);
AUTH_TYPE(proxy_authentication_info, "Proxy-Authentication-Info", "RFC 7615 4", info_shape);
