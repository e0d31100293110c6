/* SDP (RFC 8866): reading it whole, with positions of what is wrong; printing, comparing and making
 * it. The typed values of its attributes are in <sip/sdp_attribute.h>, offers and answers in
 * <sip/negotiate.h>. */
#ifndef SIP_SDP_H
#define SIP_SDP_H

#include <sip/body_type.h>
#include <sip/net.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_sdp_direction {
    SIP_SDP_SENDRECV,
    SIP_SDP_SENDONLY,
    SIP_SDP_RECVONLY,
    SIP_SDP_INACTIVE
} sip_sdp_direction;

typedef struct sip_sdp_attribute {
    sip_str name, value; /**< "rtpmap", "0 PCMU/8000"; value empty for a flag */
} sip_sdp_attribute;

/** Any line, as it came: 'b' and "AS:64". */
typedef struct sip_sdp_line {
    char type;
    sip_str value;
} sip_sdp_line;

/** One m= section. */
typedef struct sip_sdp_media {
    sip_str type;                /**< "audio" */
    uint16_t port;               /**< 0: refused, unless the section has a=bundle-only */
    sip_str protocol;            /**< "RTP/AVP" */
    sip_str formats;             /**< "0 8 101" */
    sip_str connection;          /**< of c=: the address; its own or else the session's */
    sip_sdp_direction direction; /**< its own or else the session's; 0.0.0.0 and :: count as no
                                    reception (RFC 3264 8.4) except with ICE, which writes them for
                                    "not known yet" (RFC 8840) */
    const sip_sdp_attribute *attributes;
    size_t n_attributes;
    uint32_t n_ports;          /**< of "49170/2"; 1 where it is not said */
    const sip_sdp_line *lines; /**< all of the section in order, m= first, attributes too */
    size_t n_lines;
} sip_sdp_media;

/** A description. Nothing in it changes; every slice points into `text`. */
typedef struct sip_sdp {
    sip_str text; /**< as it came */
    sip_str origin_user, origin_id, origin_version, origin_address;
    sip_str session_name; /**< empty if a lenient reading found none */
    sip_str connection;
    const sip_sdp_attribute *attributes; /**< session level */
    size_t n_attributes;
    const sip_sdp_media *media;
    size_t n_media;
    const sip_sdp_line *lines; /**< of the session level, in order */
    size_t n_lines;
} sip_sdp;

/** How closely the grammar is held to. */
typedef enum sip_sdp_rules {
    /** What real phones send: line ends of LF alone, blank lines, no s= or t=, lines in another
       order, several spaces, unknown lines (kept, and passed over), fields that nobody needs in
       wrong form. */
    SIP_SDP_LENIENT,
    /** RFC 8866 9 to the letter. */
    SIP_SDP_STRICT
} sip_sdp_rules;

/** Where a description is wrong, and why. */
typedef struct sip_sdp_error {
    size_t line;         /**< counted from 1 */
    size_t offset;       /**< of the byte, in the text */
    const char *rule;    /**< "origin-field", "order of lines" …, static */
    const char *section; /**< "RFC 8866 5.2", static */
} sip_sdp_error;

/**
 * Read a description into one block, which holds a copy of `text`; sip_free() it with the same
 * allocator.
 *
 * @param ret_error  filled in for SIP_ESYNTAX and SIP_ETOOBIG; may be NULL
 * @return 0, SIP_ESYNTAX, SIP_ENOMEM, SIP_ETOOBIG (over 64 media, 1,024 attributes or 4,096 lines)
 */
SIP_API int sip_sdp_read(const sip_allocator *allocator, sip_str text, sip_sdp_rules rules,
                         sip_sdp **ret_sdp, sip_sdp_error *ret_error);
/** sip_sdp_read() by lenient rules, without a position. */
SIP_API int sip_sdp_parse(const sip_allocator *allocator, sip_str text, sip_sdp **ret_sdp);

/** The first attribute of that name, at media level; NULL: none. */
SIP_API const sip_sdp_attribute *sip_sdp_media_attribute(const sip_sdp_media *media,
                                                         const char *name);
/** The first attribute of that name in the section, or else of the session; NULL: none. `media` may
 * be NULL for the session alone. */
SIP_API const sip_sdp_attribute *
sip_sdp_find_attribute(const sip_sdp *sdp, const sip_sdp_media *media, const char *name);
/** The attribute of that name after `previous` (NULL: the first) among `n` ones; NULL: no more. */
SIP_API const sip_sdp_attribute *sip_sdp_next_attribute(const sip_sdp_attribute *attributes,
                                                        size_t n, const char *name,
                                                        const sip_sdp_attribute *previous);
/** The line of that type after `previous` (NULL: the first) among `n` ones; NULL: no more. */
SIP_API const sip_sdp_line *sip_sdp_next_line(const sip_sdp_line *lines, size_t n, char type,
                                              const sip_sdp_line *previous);

/** o= (RFC 8866 5.2). The numbers may have any size, so they are text. */
typedef struct sip_sdp_origin {
    sip_str user, id, version, net_type, addr_type, address;
} sip_sdp_origin;
/** c= (RFC 8866 5.7). */
typedef struct sip_sdp_connection {
    sip_str net_type, addr_type, address;
    bool has_ttl; /**< of IPv4 multicast */
    uint8_t ttl;
    uint32_t count; /**< addresses from this one on; 1 unless said */
} sip_sdp_connection;
/** b= (RFC 8866 5.8). */
typedef struct sip_sdp_bandwidth {
    sip_str type; /**< "AS", "CT", "TIAS" */
    uint32_t value;
} sip_sdp_bandwidth;
/** t= (RFC 8866 5.9): seconds since 1900; 0: not bounded. */
typedef struct sip_sdp_time {
    uint64_t start_s, stop_s;
} sip_sdp_time;
/** r= (RFC 8866 5.10), in seconds; the offsets are taken with sip_sdp_seconds_next(). */
typedef struct sip_sdp_repeat {
    int64_t interval_s, duration_s;
    sip_str offsets;
} sip_sdp_repeat;
/** m= (RFC 8866 5.14). */
typedef struct sip_sdp_media_line {
    sip_str type, protocol, formats;
    uint16_t port;
    uint32_t n_ports;
} sip_sdp_media_line;

/** Read the value of o=. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_origin_parse(sip_str value, sip_sdp_origin *ret_origin);
/** Read the value of c=. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_connection_parse(sip_str value, sip_sdp_connection *ret_connection);
/** True for 224.0.0.0/4 and ff00::/8. */
SIP_API bool sip_sdp_is_multicast(sip_str address);
/** Read the value of b=. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_bandwidth_parse(sip_str value, sip_sdp_bandwidth *ret_bandwidth);
/** Read the value of t=. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_time_parse(sip_str value, sip_sdp_time *ret_time);
/** Read the value of r=, all offsets checked. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_repeat_parse(sip_str value, sip_sdp_repeat *ret_repeat);
/** Take the next "7d", "-1h" or "3600" in seconds. @return 1, 0 at the end, SIP_ESYNTAX */
SIP_API int sip_sdp_seconds_next(sip_str *rest, int64_t *ret_seconds);
/** Take the next adjustment of a z= value (RFC 8866 5.11). @return 1, 0 at the end, SIP_ESYNTAX */
SIP_API int sip_sdp_zone_next(sip_str *rest, uint64_t *ret_at_s, int64_t *ret_offset_s);
/** Read the value of m=. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_media_line_parse(sip_str value, sip_sdp_media_line *ret_media);
/** Take the next of some words parted by spaces (formats, mids); false at the end. */
SIP_API bool sip_sdp_word_next(sip_str *rest, sip_str *ret_word);

/** Print with CRLF after each line: for a text that had them, the same bytes. Blank lines are left
 * out. As snprintf(), but without a zero at the end.
 * @return the length needed, also if it is over `size`; SIP_EINVAL for a NULL `sdp` */
SIP_API int sip_sdp_print(const sip_sdp *sdp, char *out, size_t size);
/** A body that prints `sdp`, which is borrowed. */
SIP_API sip_body sip_sdp_body(const sip_sdp *sdp);
/** True if both have the same lines in the same order, however these end. */
SIP_API bool sip_sdp_equal(const sip_sdp *a, const sip_sdp *b);

/** Makes a description line by line. The first error stays, and is what
 * sip_sdp_builder_read() returns; what is added after it is left out. */
typedef struct sip_sdp_builder {
    const sip_allocator *allocator;
    char *text; /**< so far */
    size_t len, room;
    int err; /**< 0 so far, SIP_ENOMEM, SIP_EINVAL (a line with CR, LF or NUL), SIP_ETOOBIG */
} sip_sdp_builder;

/** An empty description. */
SIP_API void sip_sdp_builder_init(sip_sdp_builder *builder, const sip_allocator *allocator);
/** Free what it holds. */
SIP_API void sip_sdp_builder_finish(sip_sdp_builder *builder);
/** Add a line: sip_sdp_builder_line(&b, 'a', "ptime:%u", 20). At most 2,000 bytes. */
SIP_API void sip_sdp_builder_line(sip_sdp_builder *builder, char type, const char *format, ...)
    SIP_PRINTF(3, 4);
/** Add a line of any length. */
SIP_API void sip_sdp_builder_value(sip_sdp_builder *builder, char type, sip_str value);
/** Add lines of a description that is there, except those of `without` (a direction, say: "sendrecv
 * sendonly", names of attributes parted by spaces; NULL: none). */
SIP_API void sip_sdp_builder_copy(sip_sdp_builder *builder, const sip_sdp_line *lines, size_t n,
                                  const char *without);
/** Read what was made, by strict rules. The builder stays as it is.
 * @return as sip_sdp_read(), or the builder's own error */
SIP_API int sip_sdp_builder_read(const sip_sdp_builder *builder, sip_sdp **ret_sdp,
                                 sip_sdp_error *ret_error);

/**
 * Print `sdp` with the direction of every media stream changed to `direction` and the version in o=
 * raised by one: the offer that holds (sendonly, inactive) or resumes (sendrecv) a call (RFC 3264
 * 8, 6).
 * @return the length, without a zero at the end; SIP_ETOOBIG if `size` is too small; SIP_EINVAL for
 * a NULL `sdp`
 */
SIP_API int sip_sdp_redirect(const sip_sdp *sdp, sip_sdp_direction direction, char *out,
                             size_t size);

/** The answer's direction to an offered one: sendonly becomes recvonly … (RFC 3264 6.1). */
SIP_API sip_sdp_direction sip_sdp_mirror(sip_sdp_direction offered);
/** What is left if both must allow it: sendonly and recvonly leave inactive. */
SIP_API sip_sdp_direction sip_sdp_common_direction(sip_sdp_direction a, sip_sdp_direction b);
/** The direction of a stream put on hold by its sender: no reception (RFC 3264 8.4). */
SIP_API sip_sdp_direction sip_sdp_held_direction(sip_sdp_direction direction);
/** "sendrecv" … */
SIP_API const char *sip_sdp_direction_name(sip_sdp_direction direction);

#ifdef __cplusplus
}
#endif

#endif
