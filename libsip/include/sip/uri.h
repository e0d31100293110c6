/* URIs: sip, sips and tel read into their parts (RFC 3261 19.1, RFC 3966), urn and others kept as
 * they came; comparison, escapes, printing, and telephone numbers. */
#ifndef SIP_URI_H
#define SIP_URI_H

#include <sip/net.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_scheme {
    SIP_SCHEME_OTHER, /**< http, https, mailto and all others: sip_uri_scheme_text() names it */
    SIP_SCHEME_SIP,
    SIP_SCHEME_SIPS,
    SIP_SCHEME_TEL,
    SIP_SCHEME_URN
} sip_scheme;

/** What a URI has that its grammar forbids and that we read nevertheless, bits of a mask. */
typedef enum sip_uri_flaw {
    SIP_URI_PARAM_TWICE = 1 << 0,  /**< a parameter twice; a known one has the same value twice */
    SIP_URI_PARAM_EMPTY = 1 << 1,  /**< ";;", or ";" at the end */
    SIP_URI_VALUE_EMPTY = 1 << 2,  /**< "x=", or "transport" without a value */
    SIP_URI_VALUE_EQUALS = 1 << 3, /**< an '=' inside a value */
    SIP_URI_USER_HASH = 1 << 4,    /**< '#' in a user part, not escaped */
    SIP_URI_IP6_COLONS = 1 << 5,   /**< ":::" in an IPv6 address (RFC 5118 4.10) */
    SIP_URI_HOST_NAME = 1 << 6, /**< a host name with '_', or a label that begins or ends wrong */
    SIP_URI_NO_CONTEXT = 1 << 7 /**< a local number without phone-context (RFC 3966 5.1.5) */
} sip_uri_flaw;

/** A parsed URI: slices into the text it was parsed from; escapes are left as they came. One that
 * is to be printed may be filled in by hand, all else zero; escape what goes into it. */
typedef struct sip_uri {
    sip_str text; /**< the whole */
    sip_str
        user; /**< without password; of tel: the number; of urn and others: all after the colon */
    sip_str password;
    sip_str host;    /**< IPv6 with its brackets */
    sip_str params;  /**< "transport=udp;lr", without the first semicolon */
    sip_str headers; /**< "subject=x&y=z", without the question mark */
    sip_str transport, maddr, user_param, method, ttl; /**< known parameters; empty: none */
    sip_str gr;    /**< of a GRUU (RFC 5627); empty with has_gr for one that is temporary */
    uint16_t port; /**< 0: none */
    uint8_t flaws; /**< those met on the way; sip_uri_flaws() gives all */
    bool has_at;   /**< an '@' was there: "sip:@h" differs from "sip:h" */
    bool lr;
    bool ob; /**< RFC 5626 5.4 */
    bool has_gr;
    sip_scheme scheme;
} sip_uri;

/**
 * Parse a URI (RFC 3261 25.1, RFC 3966 3). For sip and sips: host is required, an IPv6 address is
 * one (without a zone), ports 1..65535, parameters and headers well formed but for the flaws above.
 * @param text    borrowed; the slices of *ret_uri point into it
 * @return 0 or SIP_ESYNTAX
 */
SIP_API int sip_uri_parse(sip_str text, sip_uri *ret_uri);

/** All flaws of a parsed URI, a mask of sip_uri_flaw; 0 for none and for NULL. */
SIP_API unsigned sip_uri_flaws(const sip_uri *uri);
/** What stands before the colon, as it came; empty for a URI that was filled in by hand. */
SIP_API sip_str sip_uri_scheme_text(const sip_uri *uri);

/** Find a URI parameter without case. @return true if present; *ret_value is empty for a flag. */
SIP_API bool sip_uri_param(const sip_uri *uri, const char *name, sip_str *ret_value);
/** Walk parameters: `*rest` is uri->params at first. Empty ones are passed over. Values are empty
 * for flags. @return false at the end */
SIP_API bool sip_uri_param_next(sip_str *rest, sip_str *ret_name, sip_str *ret_value);
/** Walk the headers that a URI carries: `*rest` is uri->headers at first. Name and value are
 * escaped still, see sip_unescape(). @return false at the end */
SIP_API bool sip_uri_header_next(sip_str *rest, sip_str *ret_name, sip_str *ret_value);

/** The transport that the transport parameter names; NONE without one, and for an unknown one. */
SIP_API sip_protocol sip_uri_transport(const sip_uri *uri);
/** The cause parameter (RFC 4458): 100..699; 0 for none or a malformed one. */
SIP_API int sip_uri_cause(const sip_uri *uri);
/** The ttl parameter; -1 for none or a malformed one. */
SIP_API int sip_uri_ttl(const sip_uri *uri);
/** True for a GRUU (RFC 5627 5.1): a sip or sips URI with a gr parameter, valued or not. */
SIP_API bool sip_uri_is_gruu(const sip_uri *uri);

/**
 * Compare: sip and sips by RFC 3261 19.1.4 with the gr and ob parameters as any other, IPv6 hosts
 * as addresses (RFC 5954 4.2), tel by RFC 3966 4, urn by RFC 8141 3 (all of "service" and "uuid"
 * without case, RFC 5031 4.2, RFC 4122 3). URIs of other schemes are equal if their bytes are, the
 * scheme taken without case.
 */
SIP_API bool sip_uri_equal(const sip_uri *a, const sip_uri *b);

/** True if `uri` and `aor` name the same address of record: scheme class, user (unescaped) and
 * host, no parameters (RFC 3261 10.3 step 5). Numbers of tel are compared without visual
 * separators. */
SIP_API bool sip_uri_same_aor(const sip_uri *uri, const sip_uri *aor);

/** Write `text` with %HH unescaped into `out` (at least text.len bytes). @return the length, or
 * SIP_ESYNTAX for a bad escape. */
SIP_API int sip_unescape(sip_str text, char *out);

/** Where text is to stand: each place has characters of its own that need no escape. */
typedef enum sip_escape_place {
    SIP_ESCAPE_USER,
    SIP_ESCAPE_PASSWORD,
    SIP_ESCAPE_PARAM, /**< a URI parameter's name or value */
    SIP_ESCAPE_HEADER /**< the name or value of a header in a URI */
} sip_escape_place;

/** Escape what may not stand in `place` as it is (RFC 3261 25.1). At most `size` bytes are written,
 * no zero behind them. @return the length in full, which is more than `size` when it did not fit */
SIP_API size_t sip_escape(sip_str text, sip_escape_place place, char *out, size_t size);

/** A parameter to be set or removed when a URI is printed. */
typedef struct sip_uri_change {
    const char *name;  /**< NULL ends a list of changes */
    const char *value; /**< escaped as needed; "": a flag; NULL: remove the parameter */
} sip_uri_change;

/**
 * Print a URI from its parts, so that parts may have been replaced. Of tel, urn and others `user`
 * is all before the parameters.
 *
 * Changed parameters stand where they stood, new ones at the end.
 *
 * @param uri      of a scheme that is not OTHER, or one with its text
 * @param changes  up to a NULL name, at most 32; may be NULL
 * @param size     of `out`; at most so many bytes are written, no zero behind them
 * @return the length in full, more than `size` when it did not fit; SIP_EINVAL for a NULL `uri`, a
 *   sip URI without host, and OTHER without text
 */
SIP_API int sip_uri_print(const sip_uri *uri, const sip_uri_change *changes, char *out,
                          size_t size);

/** A telephone number (RFC 3966 3), of a tel URI or of the user part of a sip one. */
typedef struct sip_tel {
    sip_str number; /**< with its '+' if global, and its visual separators */
    sip_str params; /**< all of them */
    sip_str ext, isub, context;
    bool is_global;
} sip_tel;

/** Read the number of a tel URI, or of a sip or sips URI with user=phone (RFC 3261 19.1.6); the
 * slices point into the URI's text. @return 0; SIP_ENOENT for other URIs; SIP_ESYNTAX */
SIP_API int sip_uri_tel(const sip_uri *uri, sip_tel *ret_tel);
/** Compare two numbers by RFC 3966 4. */
SIP_API bool sip_tel_equal(const sip_tel *a, const sip_tel *b);
/** Write a number without its visual separators, letters in lower case, into `out` (at least
 * number.len bytes). @return the length */
SIP_API size_t sip_number_normalise(sip_str number, char *out);
/** Print a tel URI as a sip or sips one at `host`: the number with all its parameters becomes the
 * user part, in the canonical form of RFC 3261 19.1.6 (lower case; isub and postd first, the other
 * parameters by name), then ";user=phone". @return as sip_uri_print(); SIP_EINVAL for another URI
 * or an unsound `host`, SIP_ETOOBIG for more than 32 parameters */
SIP_API int sip_uri_print_tel_as_sip(const sip_uri *tel, sip_str host, bool secure, char *out,
                                     size_t size);
/** Print the number of a sip or sips URI with user=phone as a tel URI. @return as sip_uri_print();
 * SIP_EINVAL for another URI */
SIP_API int sip_uri_print_sip_as_tel(const sip_uri *uri, char *out, size_t size);

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
