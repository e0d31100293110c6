/* Offers and answers (RFC 3264, 6337, 5888, 9143) as functions: capabilities and descriptions go
 * in, a description and what was agreed about each stream come out. Nothing is kept between calls,
 * no socket is opened and no codec is known by more than its name; so who calls may throw a round
 * away (a refused re-INVITE) by keeping the result of the one before. */
#ifndef SIP_NEGOTIATE_H
#define SIP_NEGOTIATE_H

#include <sip/sdp_attribute.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A format that we can send and receive. All texts are borrowed for the call. */
typedef struct sip_oa_codec {
    const char *encoding; /**< "PCMU", "telephone-event"; in a stream without RTP the format: "*" */
    uint32_t clock_hz;
    uint32_t channels; /**< 0 stands for 1 */
    uint8_t payload;   /**< wanted in our offers; another one is taken if it means something else */
    const char *fmtp;  /**< parameters of what we receive, or NULL; those of RTX and RED name wanted
                          payload types, and offers those that came of them */
    const char *const *feedback; /**< "nack pli" …, up to NULL (RFC 4585); or NULL */
} sip_oa_codec;

/** Keys for SDES (RFC 4568), the most wanted first. */
typedef struct sip_oa_crypto {
    const char *suite; /**< "AES_CM_128_HMAC_SHA1_80" */
    const char *keys;  /**< "inline:…": of what we send */
} sip_oa_crypto;

/** A stream that we could have. Which protocol wants what: RTP/SAVP and RTP/SAVPF want `crypto`,
 * what goes over TLS or DTLS wants `fingerprint`. */
typedef struct sip_oa_stream {
    const char *type;             /**< "audio" */
    const char *const *protocols; /**< "RTP/AVP" …, up to NULL; the first one is offered, or the one
                                     that was agreed */
    const sip_oa_codec *codecs;   /**< the most wanted first */
    size_t n_codecs;
    const char *address; /**< where we receive; NULL: at the address of all */
    uint16_t port;       /**< 0: refused, or ended */
    sip_sdp_direction direction;
    uint32_t ptime_ms, maxptime_ms; /**< of what we receive; 0: not said */
    uint16_t rtcp_port;             /**< 0: the next port (RFC 3605) */
    bool rtcp_mux;                  /**< RFC 5761 */
    bool multicast;                 /**< offers of multicast streams are taken (RFC 3264 6.2) */
    bool answer_only;               /**< never added to an offer of ours */
    bool bundle_only;               /**< offered with port 0, to live in a bundle or not at all */
    const char *mid;       /**< RFC 5888; one is made up where it is needed, if this is NULL
                              or another stream has it */
    const char *bandwidth; /**< value of b=: "AS:64"; or NULL */
    const sip_oa_crypto *crypto;
    size_t n_crypto;
    const char *fingerprint; /**< value of a=fingerprint, or NULL */
    sip_sdp_setup setup;     /**< the part we answer "actpass" with: passive, or else active; a DTLS
                                stream that goes on keeps its part (RFC 8842 5.3) */
    const char *const *extensions; /**< URIs of RTP header extensions (RFC 8285), up to NULL */
    const char *const *attributes; /**< further a= values, as they are, up to NULL */
    const char *const
        *path_attributes; /**< those of ICE: left out where a bundle's first stream has them */
} sip_oa_stream;

/** What fmtp parameters mean. NULL members: parameters never keep formats apart, and the codec's
 * own ones are answered. */
typedef struct sip_oa_fmtp {
    /** True if formats of the same name with these parameters (maybe empty) are the same format.
     * Must not depend on which of them is whose. */
    bool (*match)(sip_str encoding, sip_str a, sip_str b, void *user_data);
    /** Print the parameters for an answer; returns the length (0: none), over `size` for
     * SIP_ETOOBIG
     */
    size_t (*answer)(sip_str encoding, sip_str offered, sip_str own, char *out, size_t size,
                     void *user_data);
    void *user_data;
} sip_oa_fmtp;

/** What we are and can. */
typedef struct sip_oa_capabilities {
    const char *user;         /**< of o=; NULL: "-" */
    const char *session_id;   /**< digits, of our first description; later ones keep it */
    const char *version;      /**< digits, of our first description; later ones count on */
    const char *address;      /**< of o= and c=; a name counts as IPv4 */
    const char *session_name; /**< NULL: "-" */
    const sip_oa_stream *streams;
    size_t n_streams;
    bool hold;         /**< we want to receive nothing (RFC 3264 8.4) */
    bool single_codec; /**< answer with one codec, and the events of its clock */
    bool own_order;    /**< answer in our order, not in the offer's */
    bool own_payloads; /**< answer with our own dynamic payload types, not the offer's, outside of
                          bundles */
    bool bundle;       /**< RFC 9143 */
    bool lip_sync;     /**< groups LS are understood (RFC 5888 7) */
    bool strict;       /**< what breaks a rule that can be lived with is refused */
    const char *const *attributes; /**< a= values of the session, up to NULL; or NULL */
    const sip_oa_fmtp *fmtp;       /**< or NULL */
} sip_oa_capabilities;

/** Why a stream is not there. */
typedef enum sip_oa_refusal {
    SIP_OA_TAKEN,
    SIP_OA_PENDING,      /**< offered by us, not answered yet */
    SIP_OA_ENDED,        /**< by us: its capability has port 0 now, or is gone */
    SIP_OA_REFUSED,      /**< by the peer, who answered or offered port 0 */
    SIP_OA_NO_STREAM,    /**< we have none of this type, or no more */
    SIP_OA_NO_PROTOCOL,  /**< none over this protocol */
    SIP_OA_NO_FORMAT,    /**< no format in common */
    SIP_OA_NO_KEYS,      /**< no crypto in common, or no fingerprint */
    SIP_OA_NO_MULTICAST, /**< multicast that we do not want, or not in this direction */
    SIP_OA_NOT_BUNDLED   /**< offered for a bundle only, and there is none */
} sip_oa_refusal;

/** A format that both have. */
typedef struct sip_oa_format {
    sip_str encoding; /**< without RTP: the format */
    uint32_t clock_hz, channels;
    bool auxiliary; /**< goes beside a codec: telephone-event, CN, RED, FEC, RTX */
    uint8_t send_payload, receive_payload;
    sip_str send_fmtp;    /**< theirs: rules for what we send */
    sip_str receive_fmtp; /**< ours */
} sip_oa_format;

#define SIP_OA_NONE SIZE_MAX

/** What was agreed about the stream of one m= line. Slices point into the result's descriptions. */
typedef struct sip_oa_agreed {
    sip_oa_refusal refusal;      /**< SIP_OA_TAKEN, or why all that follows is empty */
    size_t capability;           /**< index of our stream, or SIP_OA_NONE */
    const sip_sdp_media *local;  /**< our section */
    const sip_sdp_media *remote; /**< theirs; NULL while they have not answered */
    sip_sdp_direction direction; /**< as we see it: sendonly if we send alone */
    bool held_by_remote;         /**< they receive nothing */
    bool held_by_local;          /**< we receive nothing */
    bool multicast;
    const sip_oa_format *formats; /**< in the answer's order; send with the first codec */
    size_t n_formats;
    sip_str remote_address, remote_rtcp_address; /**< where to send; "0.0.0.0", "::": nowhere
                                                  */
    uint16_t remote_port, remote_rtcp_port;
    bool rtcp_mux;
    uint32_t ptime_us, maxptime_us; /**< that they want; 0: not said */
    uint32_t bandwidth_bps;         /**< that they want at most; 0: not said */
    bool has_crypto;
    sip_sdp_crypto local_crypto, remote_crypto;
    bool has_setup;
    sip_sdp_setup setup;   /**< ours: active, passive or holdconn */
    bool reuse_connection; /**< a=connection:existing was agreed (RFC 4145 5) */
    sip_str mid;
    size_t transport; /**< index of the stream whose addresses and keys it uses: itself, or the
                         first of its bundle */
} sip_oa_agreed;

/** A round, or half of one. One block with descriptions of its own; sip_oa_result_destroy(). */
typedef struct sip_oa_result {
    const sip_allocator *allocator;
    const sip_sdp *local;  /**< ours: to be sent, or that was sent */
    const sip_sdp *remote; /**< theirs; NULL after sip_oa_offer() */
    bool offered;          /**< the offer was ours */
    const sip_oa_agreed *streams;
    size_t n_streams; /**< as many as either has m= lines */
    size_t n_taken;   /**< 0 after an answer: send 488 rather than this */
} sip_oa_result;

/** Which rule an answer breaks. */
typedef struct sip_oa_problem {
    size_t stream;       /**< index of the m= line, or SIP_OA_NONE */
    const char *rule;    /**< "number of streams", "protocol" …, static */
    const char *section; /**< "RFC 3264 6", static */
} sip_oa_problem;

/**
 * Make an offer: the first one, or one that changes what `last` agreed.
 *
 * Streams keep their places: what `last` took is offered again as its capability now says, what has
 * port 0 now is ended, a capability not in use yet takes a free place or a new one (RFC 3264 8).
 * What the peer refused stays refused until another stream takes its place. Payload types and
 * numbers of header extensions keep the meaning that `last` gave them on either side, and have one
 * in all of a bundle. The version of o= is raised only if something changed.
 *
 * @param last  the result of the round before (of either side), or NULL; borrowed for the call
 * @return 0, SIP_EINVAL (no capabilities, or o= and c= cannot be made of them), SIP_ENOMEM,
 * SIP_ETOOBIG (no payload types or extension numbers left, a line of over 2,000 bytes, over the
 * limits of sip_sdp_read())
 */
SIP_API int sip_oa_offer(const sip_allocator *allocator, const sip_oa_capabilities *capabilities,
                         const sip_oa_result *last, sip_oa_result **ret_result);

/**
 * Answer an offer. Each offered stream is taken if a capability not yet in use has its type, its
 * protocol and a format of it, and what its keys need; else it gets port 0. A stream of `last`
 * keeps its capability.
 *
 * @param last  the result of the round before, or NULL
 * @return as sip_oa_offer(); with `strict` also SIP_ESYNTAX: the offer has fewer m= lines than the
 * round before (RFC 3264 8)
 */
SIP_API int sip_oa_answer(const sip_allocator *allocator, const sip_oa_capabilities *capabilities,
                          const sip_sdp *offer, const sip_oa_result *last,
                          sip_oa_result **ret_result);

/**
 * Take the answer to an offer of ours.
 *
 * Checked always: number and types of streams, protocols, a common format, crypto tags and suites,
 * setup, BUNDLE groups. With `strict` also: no port where none was offered, no direction beyond
 * what was offered; without it such a stream counts as refused, and the direction as what both
 * allow. Formats that the offer did not have are allowed (RFC 3264 6.1) and not used.
 *
 * @param offered  the result of sip_oa_offer(); unchanged, it may take further answers
 * @return 0, SIP_ESYNTAX with *ret_problem (may be NULL) filled in, SIP_EINVAL, SIP_ENOMEM
 */
SIP_API int sip_oa_process(const sip_allocator *allocator, const sip_oa_capabilities *capabilities,
                           const sip_oa_result *offered, const sip_sdp *answer,
                           sip_oa_result **ret_result, sip_oa_problem *ret_problem);

/** Free a result. NULL is fine. */
SIP_API void sip_oa_result_destroy(sip_oa_result *result);
/** "no format in common" …, static. */
SIP_API const char *sip_oa_refusal_text(sip_oa_refusal refusal);

#ifdef __cplusplus
}
#endif

#endif
