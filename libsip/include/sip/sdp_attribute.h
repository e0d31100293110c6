/* Typed values of SDP attributes. Each function reads the value of one attribute (what stands after
 * the colon) without allocating; slices point into it. What has no type here (rid, simulcast, the
 * capability negotiation of RFC 5939 …) is read by its name and passed on as it came. */
#ifndef SIP_SDP_ATTRIBUTE_H
#define SIP_SDP_ATTRIBUTE_H

#include <sip/sdp.h>

#ifdef __cplusplus
extern "C" {
#endif

/** rtpmap (RFC 8866 6.6): "97 opus/48000/2". */
typedef struct sip_sdp_rtpmap {
    uint8_t payload; /**< 0..127 */
    sip_str encoding;
    uint32_t clock_hz;
    uint32_t channels; /**< 1 unless said */
} sip_sdp_rtpmap;
/** Read the value of rtpmap. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_rtpmap_parse(sip_str value, sip_sdp_rtpmap *ret_map);
/** What a payload type of a section means: by its rtpmap, or for a static type without one by RFC
 * 3551 6. @return 0, SIP_ENOENT (neither), SIP_ESYNTAX (an rtpmap of it is wrong) */
SIP_API int sip_sdp_media_rtpmap(const sip_sdp_media *media, uint8_t payload,
                                 sip_sdp_rtpmap *ret_map);
/** The static assignment of RFC 3551 6. @return 0 or SIP_ENOENT */
SIP_API int sip_sdp_static_rtpmap(uint8_t payload, sip_sdp_rtpmap *ret_map);
/** True if encoding (without case), clock and channels are the same. */
SIP_API bool sip_sdp_same_rtpmap(const sip_sdp_rtpmap *a, const sip_sdp_rtpmap *b);

/** fmtp (RFC 8866 6.15): the format "101", the parameters "0-15". @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_fmtp_parse(sip_str value, sip_str *ret_format, sip_str *ret_parameters);
/** The fmtp parameters of a format of a section; empty if it has none. */
SIP_API sip_str sip_sdp_media_fmtp(const sip_sdp_media *media, sip_str format);
/** Take the next of "mode=30; octet-align"; a value without '=' has an empty *ret_value. False at
 * the end. */
SIP_API bool sip_sdp_fmtp_next(sip_str *rest, sip_str *ret_name, sip_str *ret_value);
/** One parameter by its name (without case); false if it is not there. */
SIP_API bool sip_sdp_fmtp_find(sip_str parameters, const char *name, sip_str *ret_value);

/** ptime, maxptime (RFC 8866 6.4, 6.5), in microseconds since "2.5" is allowed. @return 0 or
 * SIP_ESYNTAX (also for 0) */
SIP_API int sip_sdp_ptime_parse(sip_str value, uint32_t *ret_us);

/** rtcp (RFC 3605): "53020 IN IP4 126.16.64.4"; the address may be left out. */
typedef struct sip_sdp_rtcp {
    uint16_t port;
    sip_str net_type, addr_type, address;
} sip_sdp_rtcp;
/** Read the value of rtcp. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_rtcp_parse(sip_str value, sip_sdp_rtcp *ret_rtcp);

/** rtcp-fb (RFC 4585 4.2): "96 nack pli". */
typedef struct sip_sdp_rtcp_fb {
    bool all; /**< "*": every format */
    uint8_t payload;
    sip_str type;      /**< "nack" */
    sip_str parameter; /**< "pli", or empty */
} sip_sdp_rtcp_fb;
/** Read the value of rtcp-fb. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_rtcp_fb_parse(sip_str value, sip_sdp_rtcp_fb *ret_feedback);

/** extmap (RFC 8285 8): "1/sendonly urn:… parameters". */
typedef struct sip_sdp_extmap {
    uint16_t id; /**< 1..255, 4096..4351 */
    bool has_direction;
    sip_sdp_direction direction;
    sip_str uri, parameters;
} sip_sdp_extmap;
/** Read the value of extmap. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_extmap_parse(sip_str value, sip_sdp_extmap *ret_map);

/** ssrc (RFC 5576 4.1): "314159 cname:a@b". */
typedef struct sip_sdp_ssrc {
    uint32_t id;
    sip_str name, value;
} sip_sdp_ssrc;
/** Read the value of ssrc. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_ssrc_parse(sip_str value, sip_sdp_ssrc *ret_ssrc);

/** group (RFC 5888 5) and ssrc-group (RFC 5576 4.2): "BUNDLE a v". */
typedef struct sip_sdp_group {
    sip_str semantics;
    sip_str members; /**< take them with sip_sdp_word_next() */
} sip_sdp_group;
/** Read the value of group. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_group_parse(sip_str value, sip_sdp_group *ret_group);
/** Read the value of ssrc-group: every member a number. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_ssrc_group_parse(sip_str value, sip_sdp_group *ret_group);
/** True if `word` is one of the words of `list`, parted by spaces. */
SIP_API bool sip_sdp_has_word(sip_str list, sip_str word);
/** The section with that mid (RFC 5888 4), or NULL. */
SIP_API const sip_sdp_media *sip_sdp_find_mid(const sip_sdp *sdp, sip_str mid);

/** crypto (RFC 4568 9.1): "1 AES_CM_128_HMAC_SHA1_80 inline:… UNENCRYPTED_SRTCP". */
typedef struct sip_sdp_crypto {
    uint32_t tag;
    sip_str suite;
    sip_str keys;       /**< "inline:…;inline:…": take them with sip_sdp_crypto_key_next() */
    sip_str parameters; /**< of the session, or empty */
} sip_sdp_crypto;
/** One key of a crypto attribute (RFC 4568 6.1). */
typedef struct sip_sdp_crypto_key {
    sip_str method;   /**< "inline" */
    sip_str key_salt; /**< base64 */
    sip_str lifetime; /**< "2^20", or empty */
    sip_str mki;      /**< "1", or empty */
    uint32_t mki_bytes;
} sip_sdp_crypto_key;
/** Read the value of crypto. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_crypto_parse(sip_str value, sip_sdp_crypto *ret_crypto);
/** Take the next key. @return 1, 0 at the end, SIP_ESYNTAX */
SIP_API int sip_sdp_crypto_key_next(sip_str *rest, sip_sdp_crypto_key *ret_key);

/** fingerprint (RFC 8122 5): the hash's name, the bytes in hex pairs parted by colons, checked.
 * @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_fingerprint_parse(sip_str value, sip_str *ret_hash, sip_str *ret_bytes);

/** setup (RFC 4145 4). */
typedef enum sip_sdp_setup {
    SIP_SDP_ACTPASS,
    SIP_SDP_ACTIVE,
    SIP_SDP_PASSIVE,
    SIP_SDP_HOLDCONN
} sip_sdp_setup;
/** Read the value of setup. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_setup_parse(sip_str value, sip_sdp_setup *ret_setup);
/** "actpass" … */
SIP_API const char *sip_sdp_setup_name(sip_sdp_setup setup);
/** connection (RFC 4145 5): "new" or "existing". @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_reuse_parse(sip_str value, bool *ret_existing);

/** candidate (RFC 8839 5.1). */
typedef struct sip_sdp_candidate {
    sip_str foundation;
    uint32_t component; /**< 1..256 */
    sip_str transport;  /**< "UDP" */
    uint32_t priority;
    sip_str address;
    uint16_t port;
    sip_str type; /**< "host", "srflx" … */
    sip_str related_address;
    uint16_t related_port;
    sip_str extensions; /**< "generation 0 …": names and values, words by turns */
} sip_sdp_candidate;
/** Read the value of candidate. @return 0 or SIP_ESYNTAX */
SIP_API int sip_sdp_candidate_parse(sip_str value, sip_sdp_candidate *ret_candidate);
/** The ice-ufrag and ice-pwd (RFC 8839 5.4) that hold for a section: its own, those of the first
 * section of its bundle (RFC 9143), or the session's. @return 0, SIP_ENOENT (one is
 * not there), SIP_ESYNTAX (4..256 and 22..256 of the ICE characters) */
SIP_API int sip_sdp_ice_credentials(const sip_sdp *sdp, const sip_sdp_media *media,
                                    sip_str *ret_ufrag, sip_str *ret_password);

#ifdef __cplusplus
}
#endif

#endif
