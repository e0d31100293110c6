/* Types of bodies: how the bytes of one become an object and back. The library's own stand at the
 * end of this header, an application's work in the same way: nothing is registered anywhere, a
 * registry is a constant of the application.
 *
 *     static const sip_body_type *const mine[] = {&room_type, NULL};
 *     static const sip_body_registry registry = {.types = mine, .base = &sip_body_registry_all};
 *
 *     const struct room *room = sip_body_as(sip_msg_body(msg), &room_type);
 */
#ifndef SIP_BODY_TYPE_H
#define SIP_BODY_TYPE_H

#include <sip/body.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sip_build;
typedef struct sip_body_registry sip_body_registry;

/** One type of body. */
typedef struct sip_body_type {
    sip_body_codec codec; /**< "application/sdp", without parameters, and how it is printed */
    /**
     * Read an object; NULL where `read` is given.
     * @param allocator  NULL: the default
     * @param text       the object's slices may point into it, so it has to outlive it
     * @return 0, SIP_ESYNTAX, SIP_ETOOBIG, SIP_ENOMEM
     */
    int (*parse)(const sip_allocator *allocator, sip_str text, void **ret_object);
    /** Free what parse() or read() gave, with the same allocator; takes NULL. */
    void (*free)(const sip_allocator *allocator, void *object);
    /** As parse(), for a type that needs parameters of Content-Type, or limits. `registry` may be
     * NULL for the defaults. */
    int (*read)(const sip_allocator *allocator, const sip_body *body,
                const sip_body_registry *registry, void **ret_object);
} sip_body_type;

/** Limits to what bodies are made of. 0 in a member: the default in brackets. */
typedef struct sip_body_limits {
    size_t parts;   /**< [64] of a multipart, those of multiparts inside of it counted too */
    unsigned depth; /**< [8] of multiparts in multiparts; at most 64 */
    size_t headers; /**< [256] header lines of one part, of a fragment, of a CPIM message; lines of
                       a message summary */
} sip_body_limits;

/** How often bodies were read and refused, and why. */
typedef struct sip_body_counts {
    uint64_t read;
    uint64_t malformed;
    uint64_t too_many_parts, too_deep, too_many_headers;
    uint64_t too_big;     /**< over a limit of the type's own */
    uint64_t unsupported; /**< no type for it */
    uint64_t no_memory;
} sip_body_counts;

/** What an application understands. */
struct sip_body_registry {
    const sip_body_type *const *types; /**< up to NULL; a NULL list is empty */
    const sip_body_registry *base;     /**< asked for what is not in `types`; or NULL */
    /** Values of Content-Disposition that are understood, up to NULL; a NULL list: all. */
    const char *const *dispositions;
    /** Values of Content-Encoding that the application undoes, up to NULL; NULL: none. */
    const char *const *encodings;
    /** Languages, "en" for "en-GB" too, up to NULL; NULL: any. */
    const char *const *languages;
    sip_body_limits limits;
    sip_body_counts *counts; /**< where to count, by the thread that reads; or NULL */
};

/** All types of this library and nothing else. */
SIP_API extern const sip_body_registry sip_body_registry_all;

/** The type for a Content-Type, parameters and case of letters aside; an empty one is text/plain, a
 * multipart of unknown subtype is multipart/mixed (RFC 2045 5.2, RFC 2046 5.1.7).
 * @param registry  NULL: sip_body_registry_all
 * @return NULL if there is none or the value is malformed */
SIP_API const sip_body_type *sip_body_type_find(const sip_body_registry *registry,
                                                sip_str content_type);
/** True if a Content-Type is of this type. */
SIP_API bool sip_body_is(const sip_body *body, const sip_body_type *type);

/**
 * Read a body into an object that the caller frees with (*ret_type)->free() and the same allocator.
 * Parts in it have no sip_body_msg(), for they may be gone before the message: sip_body_read()
 * those too.
 *
 * @param registry  NULL: sip_body_registry_all
 * @param body      its bytes have to outlive the object. A body with a codec is SIP_EINVAL
 * @param ret_type  may be NULL
 * @return 0, or
 *   SIP_EUNSUPPORTED  no type for it, or it is encoded (Content-Encoding)
 *   SIP_ESYNTAX, SIP_ETOOBIG, SIP_ENOMEM, SIP_EINVAL (a NULL)
 */
SIP_API int sip_body_read(const sip_allocator *allocator, const sip_body *body,
                          const sip_body_registry *registry, const sip_body_type **ret_type,
                          void **ret_object);
/**
 * The object of a received body or of a part of one, kept with its message and as long as that; the
 * same one again when asked again. Of a body with a codec, its object.
 *
 * @param ret_type  may be NULL
 * @return as sip_body_read(); SIP_EINVAL also for bytes without a message: sip_body_read() those
 */
SIP_API int sip_body_typed(const sip_body *body, const sip_body_registry *registry,
                           const sip_body_type **ret_type, const void **ret_object);
/** sip_body_typed() for who wants one type: NULL if the body is NULL, of another type or unsound,
 * and without memory. */
SIP_API const void *sip_body_as(const sip_body *body, const sip_body_type *type);

/** Whether we can do with a body what its sender wants. */
typedef struct sip_body_verdict {
    int status; /**< 0: go on; else to be answered: 400, 413, 415, 500 (no memory) */
    /** What goes with 415: SIP_HEADER_ACCEPT, _ACCEPT_ENCODING or _ACCEPT_LANGUAGE; else
     * SIP_HEADER_OTHER */
    sip_header_id header;
    const sip_body *body; /**< what was refused, of the message or a part; else NULL */
    const char *reason;   /**< "Content-Type" …, static; or NULL */
} sip_body_verdict;

/**
 * Judge a message's body with its parts by Content-Type, -Disposition, -Encoding and -Language (RFC
 * 3261 8.2.3, RFC 5621). What is not understood does no harm with handling=optional (RFC 3204 6.2).
 * A mixed or signed multipart is understood if all of its required parts are, an alternative if one
 * part is, a related one if its root is. A message without a body has status 0.
 *
 * @param registry  NULL: sip_body_registry_all
 */
SIP_API sip_body_verdict sip_body_judge(const struct sip_msg *msg,
                                        const sip_body_registry *registry);
/** Print the value of Accept, Accept-Encoding or Accept-Language for what a registry understands,
 * as snprintf(). @return the length needed, SIP_EINVAL for another header */
SIP_API int sip_body_accept_print(const sip_body_registry *registry, sip_header_id header,
                                  char *out, size_t size);
/** Add to a response the header that its verdict wants (RFC 3261 21.4.13); none unless 415. */
SIP_API void sip_build_accept(struct sip_build *build, const sip_body_registry *registry,
                              const sip_body_verdict *verdict);

/* The library's types, each with the struct of its object. */
SIP_API extern const sip_body_type sip_sdp_type;                   /**< sip_sdp */
SIP_API extern const sip_body_type sip_text_type;                  /**< sip_text */
SIP_API extern const sip_body_type sip_multipart_mixed_type;       /**< sip_multipart */
SIP_API extern const sip_body_type sip_multipart_alternative_type; /**< sip_multipart */
SIP_API extern const sip_body_type sip_multipart_related_type;     /**< sip_multipart */
SIP_API extern const sip_body_type sip_multipart_signed_type;      /**< sip_multipart */
SIP_API extern const sip_body_type sip_sipfrag_type;               /**< sip_sipfrag */
SIP_API extern const sip_body_type sip_message_sip_type;           /**< sip_msg */
SIP_API extern const sip_body_type sip_message_summary_type;       /**< sip_message_summary */
SIP_API extern const sip_body_type sip_cpim_type;                  /**< sip_cpim */
SIP_API extern const sip_body_type sip_dtmf_relay_type;            /**< sip_dtmf */
SIP_API extern const sip_body_type sip_dtmf_type;                  /**< sip_dtmf */
SIP_API extern const sip_body_type sip_pkcs7_mime_type;            /**< sip_pkcs7 */
SIP_API extern const sip_body_type sip_pkcs7_signature_type;       /**< sip_pkcs7 */
SIP_API extern const sip_body_type sip_pidf_type;                  /**< sip_pidf */
SIP_API extern const sip_body_type sip_pidf_diff_type;             /**< sip_pidf_diff */
SIP_API extern const sip_body_type sip_dialog_info_type;           /**< sip_dialog_info */
SIP_API extern const sip_body_type sip_reginfo_type;               /**< sip_reginfo */
SIP_API extern const sip_body_type sip_watcherinfo_type;           /**< sip_watcherinfo */
SIP_API extern const sip_body_type sip_conference_info_type;       /**< sip_conference_info */
SIP_API extern const sip_body_type sip_rlmi_type;                  /**< sip_rlmi */
SIP_API extern const sip_body_type sip_resource_lists_type;        /**< sip_resource_lists */
SIP_API extern const sip_body_type sip_imdn_type;                  /**< sip_imdn */
SIP_API extern const sip_body_type sip_iscomposing_type;           /**< sip_iscomposing */

#ifdef __cplusplus
}
#endif

#endif
