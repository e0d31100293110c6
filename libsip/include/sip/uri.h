/* URIs: sip and sips parsed (RFC 3261 19.1), others kept as they came. */
#ifndef SIP_URI_H
#define SIP_URI_H

#include <sip/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_scheme {
    SIP_SCHEME_OTHER,
    SIP_SCHEME_SIP,
    SIP_SCHEME_SIPS,
    SIP_SCHEME_TEL,
    SIP_SCHEME_URN
} sip_scheme;

/** A parsed URI: slices into the text it was parsed from; escapes are left as they came. Made by
 * the library only. */
typedef struct sip_uri {
    sip_str text; /**< the whole */
    sip_str
        user; /**< without password; of tel: the number; of urn and others: all after the colon */
    sip_str password;
    sip_str host;  /**< IPv6 with its brackets */
    uint16_t port; /**< 0: none */
    sip_scheme scheme;
    bool has_at; /**< an '@' was there: "sip:@h" differs from "sip:h" */
    bool lr;
    sip_str params;  /**< "transport=udp;lr", without the first semicolon */
    sip_str headers; /**< "subject=x&y=z", without the question mark */
    sip_str transport, maddr, user_param, method, ttl; /**< known parameters; empty: none */
} sip_uri;

/**
 * Parse a URI (RFC 3261 25.1). For sip and sips: host is required, ports 1..65535, parameters and
 * headers well formed.
 * @param text    borrowed; the slices of *ret_uri point into it
 * @return 0 or SIP_ESYNTAX
 */
SIP_API int sip_uri_parse(sip_str text, sip_uri *ret_uri);

/** Find a URI parameter without case. @return true if present; *ret_value is empty for a flag. */
SIP_API bool sip_uri_param(const sip_uri *uri, const char *name, sip_str *ret_value);

/** Compare by RFC 3261 19.1.4. URIs of other schemes are equal if their bytes are. */
SIP_API bool sip_uri_equal(const sip_uri *a, const sip_uri *b);

/** True if `uri` and `aor` name the same address of record: scheme class, user (unescaped) and
 * host, no parameters (RFC 3261 10.3 step 5). */
SIP_API bool sip_uri_same_aor(const sip_uri *uri, const sip_uri *aor);

/** Write `text` with %HH unescaped into `out` (at least text.len bytes). @return the length, or
 * SIP_ESYNTAX for a bad escape. */
SIP_API int sip_unescape(sip_str text, char *out);

/** A display name and URI with parameters: From, To, Contact, Route, Record-Route, Reply-To and
 * alike (RFC 3261 20.10). */
typedef struct sip_address {
    sip_str text;    /**< this value as it stands in its header */
    sip_str display; /**< without quotes; escapes inside are left */
    sip_uri uri;
    sip_str tag;
    sip_str params;      /**< header parameters without the first semicolon */
    uint32_t expires_s;  /**< valid if has_expires */
    uint16_t q_permille; /**< 1000 where no q is given */
    bool has_expires, has_q;
    bool is_star; /**< Contact: * */
} sip_address;

/** Parse one address value. @return 0 or SIP_ESYNTAX */
SIP_API int sip_address_parse(sip_str text, sip_address *ret_address);
/** Find a header parameter of an address without case; quoted values come without their quotes. */
SIP_API bool sip_address_param(const sip_address *address, const char *name, sip_str *ret_value);

/** Find `name` in "a=b;c;d=\"e\"" without case. The general form of the two above. */
SIP_API bool sip_param_find(sip_str params, const char *name, sip_str *ret_value);

#ifdef __cplusplus
}
#endif

#endif
