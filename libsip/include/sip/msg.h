/* A SIP message: immutable, one arena, headers read lazily.
 *
 * A message belongs to one worker; its reference count is not atomic. All slices and typed values
 * live as long as the message. Typed values are parsed on first touch and kept: an accessor that
 * gives a pointer gives the same one again. Accessors take a NULL message and then give 0, NULL or
 * the empty slice. A header that is there but malformed reads as absent through its typed accessor;
 * sip_msg_check() tells the two apart. */
#ifndef SIP_MSG_H
#define SIP_MSG_H

#include <sip/body.h>
#include <sip/header.h>
#include <sip/net.h>
#include <sip/policy.h>
#include <sip/uri.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_msg sip_msg;

typedef struct sip_cseq {
    uint32_t number;
    sip_method method;
    sip_str method_text;
} sip_cseq;

/** One Via value (RFC 3261 20.42). */
typedef struct sip_via {
    sip_str text;          /**< this value as it came */
    sip_protocol protocol; /**< NONE for a transport that we do not know */
    sip_str protocol_text; /**< "UDP" */
    sip_str host;          /**< sent-by, IPv6 with brackets */
    uint16_t port;         /**< 0: none */
    sip_str params;        /**< without the first semicolon */
    sip_str branch, received, maddr;
    uint16_t rport; /**< value of rport= */
    bool has_rport; /**< rport was there, with or without a value */
} sip_via;

/** A challenge or credentials: scheme and its parameters (RFC 3261 20.27, RFC 7616). Quoted values
 * come unquoted (escapes left); an absent one is empty. */
typedef struct sip_auth {
    sip_str text;
    sip_str scheme; /**< "Digest" */
    sip_str realm, nonce, opaque, algorithm, qop, uri, username, response, cnonce, nc, stale,
        domain;
    sip_str params; /**< all of them, raw */
} sip_auth;

/** Limits of the parser, each counted where it is hit. 0 in a member: the default in brackets. */
typedef struct sip_msg_limits {
    size_t message_bytes;  /**< [65535] a larger message is SIP_ETOOBIG */
    size_t headers;        /**< [512] header lines */
    size_t header_bytes;   /**< [16384] one header line */
    size_t uri_bytes;      /**< [4096] the Request-URI, and the URIs of a value that is read */
    size_t params;         /**< [128] parameters of a value that is read, and of its URI */
    unsigned arena_factor; /**< [6] the arena may grow to this multiple of the message (at least
                              16 KiB) */
} sip_msg_limits;

/** Where and why parsing failed. */
typedef struct sip_parse_error {
    size_t offset;       /**< byte offset into the message */
    const char *rule;    /**< the rule that was broken, static: "start line", "CSeq" … */
    const char *section; /**< "RFC 3261 7.1", static */
    int status;          /**< the SIP status to answer with: 400, 505, 513 …; 0: drop */
    sip_rule id;         /**< the rule by number, NONE for a header type's own */
} sip_parse_error;

/**
 * Parse one whole message (a datagram, or what a stream framer cut out) into a new arena that holds
 * a copy of it.
 *
 * Only start line and header lines are split here; values are parsed on first touch. Without
 * Content-Length the body is all that follows; with a smaller one the rest is dropped; with a
 * larger one SIP_ESYNTAX (RFC 3261 18.3).
 *
 * @param allocator  NULL: the default
 * @param limits     NULL: the defaults
 * @param bytes      borrowed; leading CRLFs are skipped (7.5)
 * @param source     where it came from, copied; may be NULL
 * @param ret_msg    one reference, sip_msg_unref()
 * @param reterr     may be NULL; set on SIP_ESYNTAX and SIP_ETOOBIG only
 * @return 0; SIP_ESYNTAX; SIP_ETOOBIG; SIP_ENOMEM; SIP_EAGAIN (nothing but white space: a
 * keep-alive)
 */
SIP_API int sip_msg_parse(const sip_allocator *allocator, const sip_msg_limits *limits,
                          sip_str bytes, const sip_path *source, sip_msg **ret_msg,
                          sip_parse_error *reterr);

/**
 * Check what every transaction needs: To, From, Call-ID, CSeq, Via (and Max-Forwards where present)
 * are there once and sound, CSeq's method is the request's, a request's Request-URI, version and
 * Contacts are sound (RFC 3261 8.1.1, 16.3). Then look for what `policy` does not tolerate.
 *
 * Parsing takes all that a policy may tolerate, so it needs none.
 * @param policy  NULL: sip_msg_policy_lenient()
 * @param reterr  may be NULL; of a malformed response its status is 0: it is dropped
 * @return 0; SIP_ESYNTAX, or SIP_ETOOBIG for a value that is over a limit, with *reterr filled in;
 *   SIP_ENOMEM; SIP_EINVAL (msg NULL)
 */
SIP_API int sip_msg_check(const sip_msg *msg, const sip_msg_policy *policy,
                          sip_parse_error *reterr);

/** One more reference; returns `msg`. NULL is fine. */
SIP_API sip_msg *sip_msg_ref(const sip_msg *msg);
/** Give a reference back; returns NULL. */
SIP_API sip_msg *sip_msg_unref(const sip_msg *msg);
/** A deep copy with one reference, for another thread. @return 0 or SIP_ENOMEM */
SIP_API int sip_msg_copy(const sip_msg *msg, sip_msg **ret_copy);

/** The whole message as bytes; what is sent, what was received (without line ends before it and
 * bytes behind its body). */
SIP_API sip_str sip_msg_bytes(const sip_msg *msg);
/** Where it came from (protocol NONE for one that we built and have not sent). */
SIP_API const sip_path *sip_msg_source(const sip_msg *msg);

/** True for a request, false for a response. */
SIP_API bool sip_msg_is_request(const sip_msg *msg);
/** Of a request, its method; of a response, that of its CSeq. */
SIP_API sip_method sip_msg_method(const sip_msg *msg);
/** The method as it stands in the message, also an extension's (RFC 3261 7.1). */
SIP_API sip_str sip_msg_method_text(const sip_msg *msg);
/** 100..699, or 0 for a request. */
SIP_API int sip_msg_status(const sip_msg *msg);
/** The reason phrase; empty for a request. */
SIP_API sip_str sip_msg_phrase(const sip_msg *msg);
/** NULL for a response or an unsound URI; sip_msg_request_uri_text() gives its bytes. */
SIP_API const sip_uri *sip_msg_request_uri(const sip_msg *msg);
/** The Request-URI as it stands; empty for a response. */
SIP_API sip_str sip_msg_request_uri_text(const sip_msg *msg);

/** From (RFC 3261 20.20); NULL when absent or malformed. */
SIP_API const sip_address *sip_msg_from(const sip_msg *msg);
/** To (RFC 3261 20.39); NULL when absent or malformed. */
SIP_API const sip_address *sip_msg_to(const sip_msg *msg);
/** Call-ID (RFC 3261 20.8); empty when absent. */
SIP_API sip_str sip_msg_call_id(const sip_msg *msg);
/** CSeq (RFC 3261 20.16); NULL when absent or malformed. */
SIP_API const sip_cseq *sip_msg_cseq(const sip_msg *msg);
/** The n-th Via value from the top, over all lines; n = 0 is the topmost. */
SIP_API const sip_via *sip_msg_via(const sip_msg *msg, size_t n);
/** The n-th value of Contact, Route, Record-Route, Path, Service-Route, Reply-To, Refer-To,
 * Alert-Info … ; NULL past the end. */
SIP_API const sip_address *sip_msg_address(const sip_msg *msg, sip_header_id id, size_t n);
/** The n-th line of WWW-Authenticate, Proxy-Authenticate, Authorization or Proxy-Authorization. */
SIP_API const sip_auth *sip_msg_auth(const sip_msg *msg, sip_header_id id, size_t n);
/** A header that is one number: Expires, Min-Expires, Max-Forwards, Content-Length, Retry-After
 * (its comment left out).
 * @return 0; SIP_ENOENT when absent; SIP_ESYNTAX */
SIP_API int sip_msg_number(const sip_msg *msg, sip_header_id id, uint32_t *ret_number);
/** True if a comma-separated header (Supported, Require, Allow, Proxy-Require …) has this token,
 * without case. */
SIP_API bool sip_msg_has_token(const sip_msg *msg, sip_header_id id, const char *token);
/** The n-th comma-separated value of a list header, or the n-th line of another, trimmed; ptr NULL
 * past the end. A compact name counts as its long one. */
SIP_API sip_str sip_msg_value(const sip_msg *msg, sip_header_id id, size_t n);
/** The n-th line whose name is `name` without case, whole; ptr NULL past the end. Works for every
 * header. */
SIP_API sip_str sip_msg_find(const sip_msg *msg, const char *name, size_t n);
/** How many header lines there are, and the i-th of them in order. A folded value is given on one
 * line (RFC 3261 7.3.1). */
SIP_API size_t sip_msg_header_lines(const sip_msg *msg);
/** The i-th header line: its id, its name and its trimmed value as they stand. Past the end
 * SIP_HEADER_OTHER and empty slices. Both ret_ may be NULL. */
SIP_API sip_header_id sip_msg_header_line(const sip_msg *msg, size_t i, sip_str *ret_name,
                                          sip_str *ret_value);

/** The body with its type and disposition; NULL when there is none. */
SIP_API const sip_body *sip_msg_body(const sip_msg *msg);

/** A response's or request's identity for logs: "INVITE sip:b@h" or "200 OK (INVITE)", written to
 * `out`; returns `out`. */
SIP_API const char *sip_msg_summary(const sip_msg *msg, char *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif
