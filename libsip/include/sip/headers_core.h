/* Values of the headers of RFC 3261, and of some that every message may have. Slices point into the
 * message; `params` keeps all parameters as they came, and sip_param_find() finds there the ones
 * that have no member. */
#ifndef SIP_HEADERS_CORE_H
#define SIP_HEADERS_CORE_H

#include <sip/header_type.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A value that is one piece of text: a token (Supported, Require, Proxy-Require, Unsupported,
 * Content-Encoding, Content-Language, Priority), a token whose case counts (Allow-Events, SIP-ETag,
 * SIP-If-Match, Suppress-If-Match), a word (Call-ID, In-Reply-To) or free text (Subject,
 * Organization, Server, User-Agent). */
typedef struct sip_header_text {
    sip_str text;
} sip_header_text;

/** A value that is one number: Expires, Min-Expires, Max-Forwards, Max-Breadth, Content-Length,
 * Flow-Timer, RSeq. */
typedef struct sip_header_number {
    uint32_t number;
} sip_header_number;

/** One method of Allow (RFC 3261 20.5). */
typedef struct sip_allow {
    sip_str text;
    sip_method method;
} sip_allow;

/** Content-Type, or one range of Accept with its q (RFC 3261 20.15, 20.1). */
typedef struct sip_media_type {
    sip_str type, subtype; /**< "*" in ranges */
    sip_str boundary, charset;
    uint16_t q_permille; /**< valid if has_q; else 1000 is meant */
    bool has_q;
    sip_str params;
} sip_media_type;

/** One value of Accept-Encoding or Accept-Language (RFC 3261 20.2, 20.3). */
typedef struct sip_ranked {
    sip_str name;        /**< "gzip", "en-gb", "*" */
    uint16_t q_permille; /**< valid if has_q; else 1000 is meant */
    bool has_q;
    sip_str params;
} sip_ranked;

typedef enum sip_handling {
    SIP_HANDLING_OTHER, /**< absent (required is meant) or unknown */
    SIP_HANDLING_OPTIONAL,
    SIP_HANDLING_REQUIRED
} sip_handling;

/** Content-Disposition (RFC 3261 20.11, RFC 5621). */
typedef struct sip_content_disposition {
    sip_str type; /**< "session", "render", "icon", "by-reference" … */
    sip_str handling_text;
    uint8_t handling; /**< sip_handling */
    sip_str params;
} sip_content_disposition;

/** MIME-Version (RFC 3261 20.24). */
typedef struct sip_mime_version {
    uint32_t major_number, minor_number;
} sip_mime_version;

/** Date (RFC 3261 20.17). */
typedef struct sip_header_date {
    int64_t unix_s; /**< seconds since 1970 */
} sip_header_date;

/** Timestamp (RFC 3261 20.38). */
typedef struct sip_timestamp {
    uint64_t sent_us;
    uint64_t delay_us; /**< valid if has_delay */
    bool has_delay;
} sip_timestamp;

/** Retry-After (RFC 3261 20.33). */
typedef struct sip_retry_after {
    uint32_t after_s;
    bool has_comment, has_duration;
    sip_str comment;     /**< without its parentheses */
    uint32_t duration_s; /**< how long it will be there then; valid if has_duration */
    sip_str params;
} sip_retry_after;

/** One value of Warning (RFC 3261 20.43). */
typedef struct sip_warning {
    uint32_t code; /**< three digits in the RFC; others come as they are */
    sip_str agent; /**< host with port, or a pseudonym */
    sip_str text;  /**< without quotes */
} sip_warning;

/** One value of Call-Info, Alert-Info or Error-Info (RFC 3261 20.9, 20.4, 20.18). */
typedef struct sip_info_uri {
    sip_address address;              /**< its params are those of the value */
    sip_str purpose;                  /**< of Call-Info: "icon", "info", "card" … */
    sip_str info;                     /**< of Alert-Info: "alert-autoanswer" … */
    uint32_t answer_after_s, delay_s; /**< answer-after and delay, as phones take them */
    bool has_answer_after, has_delay;
} sip_info_uri;

/** The rate of an overloaded next hop and other things a Via may carry (RFC 3261 20.42, RFC 5923,
 * RFC 6223, RFC 7339, RFC 5049). */
typedef struct sip_via_value {
    sip_via via; /**< branch, received, rport, maddr too; its params are those of the value */
    uint32_t ttl;
    bool has_ttl;
    bool alias;
    uint8_t keep_state, oc_state; /**< sip_presence */
    uint32_t keep_s;              /**< valid if keep_state is SIP_VALUED */
    uint32_t oc;                  /**< percent to reduce; valid if oc_state is SIP_VALUED */
    sip_str oc_algo;              /**< "loss", "rate", "loss,rate" */
    uint32_t oc_validity_ms;
    uint64_t oc_seq_us; /**< the sequence number, a time stamp; in millionths */
    bool has_oc_validity, has_oc_seq;
    sip_str comp, sigcomp_id;
} sip_via_value;

/** Feature tags of a user agent (RFC 3840 10) as they stand in Contact, Accept-Contact and
 * Reject-Contact. Slices are without quotes, a "!" left in front. */
typedef struct sip_features {
    sip_switch audio, video, application, data, control, text, automata, isfocus;
    sip_str duplex, mobility, description, event_packages, priority, methods, schemes, language,
        media, extensions, actor, klass; /**< klass is "class", media is "type" */
} sip_features;

/** One Contact value (RFC 3261 20.10, RFC 3840, RFC 5626, RFC 5627). */
typedef struct sip_contact {
    sip_address address; /**< expires and q too; its params are those of the value */
    sip_features features;
    sip_str instance; /**< +sip.instance without quotes: "<urn:uuid:…>" */
    uint32_t reg_id;
    bool has_reg_id, ob;
    sip_str pub_gruu, temp_gruu;
} sip_contact;

#define SIP_DATE_BYTES 30 /**< room for a date with its zero */

/** Read "Sat, 13 Nov 2010 23:29:00 GMT" (RFC 3261 20.17), exactly in that form; that the day of the
 * week is the right one is not asked. @return 0, SIP_ESYNTAX, SIP_EINVAL (a NULL) */
SIP_API int sip_date_parse(sip_str text, int64_t *ret_unix_s);
/** Print it, zero-terminated. @return 0, or SIP_EINVAL for a NULL, before year 1 or after 9999 */
SIP_API int sip_date_print(int64_t unix_s, char out[SIP_DATE_BYTES]);

/** One part of Server or User-Agent (RFC 3261 20.35). */
typedef struct sip_product {
    sip_str name, version; /**< both empty for a comment */
    sip_str comment;       /**< without its parentheses */
} sip_product;

/** Take the next product or comment from the front of *rest; what is none, up to white space, comes
 * as a name. @return false at the end and for a NULL */
SIP_API bool sip_product_next(sip_str *rest, sip_product *ret_product);

/* Types whose value is a struct of <sip/uri.h> or <sip/msg.h>. */
SIP_API extern const sip_header_type sip_from_type, sip_to_type, sip_reply_to_type, sip_route_type,
    sip_record_route_type;                          /**< sip_address */
SIP_API extern const sip_header_type sip_cseq_type; /**< sip_cseq */
SIP_API extern const sip_header_type sip_authorization_type, sip_proxy_authorization_type,
    sip_www_authenticate_type, sip_proxy_authenticate_type, sip_authentication_info_type,
    sip_proxy_authentication_info_type;                /**< sip_auth */
SIP_API extern const sip_header_type sip_via_type;     /**< sip_via_value */
SIP_API extern const sip_header_type sip_call_id_type; /**< sip_header_text */

/** Types of RFC 3261 whose accessors are made in <sip/headers.h>: ONE for headers of one value,
 * LIST for those of several: noun, struct. */
#define SIP_CORE_TYPE_MAP(ONE, LIST)                                                               \
    LIST(accept, sip_media_type)                                                                   \
    LIST(accept_encoding, sip_ranked)                                                              \
    LIST(accept_language, sip_ranked)                                                              \
    LIST(alert_info, sip_info_uri)                                                                 \
    LIST(allow, sip_allow)                                                                         \
    LIST(call_info, sip_info_uri)                                                                  \
    LIST(contact, sip_contact)                                                                     \
    ONE(content_disposition, sip_content_disposition)                                              \
    LIST(content_encoding, sip_header_text)                                                        \
    LIST(content_language, sip_header_text)                                                        \
    ONE(content_length, sip_header_number)                                                         \
    ONE(content_type, sip_media_type)                                                              \
    ONE(date, sip_header_date)                                                                     \
    LIST(error_info, sip_info_uri)                                                                 \
    ONE(expires, sip_header_number)                                                                \
    LIST(in_reply_to, sip_header_text)                                                             \
    ONE(max_forwards, sip_header_number)                                                           \
    ONE(mime_version, sip_mime_version)                                                            \
    ONE(min_expires, sip_header_number)                                                            \
    ONE(organization, sip_header_text)                                                             \
    ONE(priority, sip_header_text)                                                                 \
    LIST(proxy_require, sip_header_text)                                                           \
    LIST(require, sip_header_text)                                                                 \
    ONE(retry_after, sip_retry_after)                                                              \
    ONE(server, sip_header_text)                                                                   \
    ONE(subject, sip_header_text)                                                                  \
    LIST(supported, sip_header_text)                                                               \
    ONE(timestamp, sip_timestamp)                                                                  \
    LIST(unsupported, sip_header_text)                                                             \
    ONE(user_agent, sip_header_text)                                                               \
    LIST(warning, sip_warning)

#ifdef __cplusplus
}
#endif

#endif
