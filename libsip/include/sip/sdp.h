/* SDP (RFC 8866), as much as audio needs. The bytes stay whole: an application that passes SDP on
 * need not come here. */
#ifndef SIP_SDP_H
#define SIP_SDP_H

#include <sip/body.h>
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

/** One m= section. */
typedef struct sip_sdp_media {
    sip_str type;                /**< "audio" */
    uint16_t port;               /**< 0: refused */
    sip_str protocol;            /**< "RTP/AVP" */
    sip_str formats;             /**< "0 8 101" */
    sip_str connection;          /**< of c=: the address; its own or else the session's */
    sip_sdp_direction direction; /**< its own or else the session's; 0.0.0.0 counts as no reception
                                    (RFC 3264 8.4) */
    const sip_sdp_attribute *attributes;
    size_t n_attributes;
} sip_sdp_media;

typedef struct sip_sdp {
    sip_str text;
    sip_str origin_user, origin_id, origin_version, origin_address;
    sip_str session_name;
    sip_str connection;
    const sip_sdp_attribute *attributes; /**< session level */
    size_t n_attributes;
    const sip_sdp_media *media;
    size_t n_media;
} sip_sdp;

/** Parse SDP into one block, sip_free() it with the same allocator. It holds
 * a copy of `text`. Lines of unknown types are skipped.
 * @return 0, SIP_ESYNTAX, SIP_ENOMEM, SIP_ETOOBIG (over 64 media or 1,024 attributes) */
SIP_API int sip_sdp_parse(const sip_allocator *allocator, sip_str text, sip_sdp **ret_sdp);
/** The first attribute of that name, at media level; NULL: none. */
SIP_API const sip_sdp_attribute *sip_sdp_media_attribute(const sip_sdp_media *media,
                                                         const char *name);

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
/** "sendrecv" … */
SIP_API const char *sip_sdp_direction_name(sip_sdp_direction direction);

#ifdef __cplusplus
}
#endif

#endif
