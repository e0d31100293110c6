/* Bodies of several parts (RFC 2046 5.1, RFC 5621). */
#ifndef SIP_MULTIPART_H
#define SIP_MULTIPART_H

#include <sip/body_type.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How the bytes of a part were made fit for mail (RFC 2045 6); SIP itself needs none of it. */
typedef enum sip_transfer_encoding {
    SIP_TRANSFER_NONE, /**< none, 7bit, 8bit, binary */
    SIP_TRANSFER_BASE64,
    SIP_TRANSFER_QUOTED_PRINTABLE,
    SIP_TRANSFER_OTHER /**< unknown, or unsound: the data is as it came */
} sip_transfer_encoding;

/** One part. */
typedef struct sip_part {
    sip_body body; /**< data without its transfer encoding; headers: all but Content-Type,
                      -Disposition, -ID and an encoding that was undone, on one line each. Type
                      empty: text/plain */
    sip_str id;    /**< Content-ID without its angle brackets; empty: none */
    sip_transfer_encoding encoding; /**< printed anew from body.data, which must not be a codec's
                                       for BASE64 and QUOTED_PRINTABLE */
    sip_str text; /**< of a part that was read: all of it as it came, headers too, as signatures are
                     made of it (RFC 1847 2.1); not printed */
    const struct sip_multipart *nested; /**< of a part that was read and is itself a multipart; NULL
                                           if that is unsound */
} sip_part;

/** All parts. */
typedef struct sip_multipart {
    sip_str type;     /**< Content-Type whole, when read; not printed */
    sip_str subtype;  /**< "mixed"; when read */
    sip_str boundary; /**< without quotes and escapes; 1 … 70 bytes */
    sip_str preamble, epilogue;
    const sip_part *parts;
    size_t n_parts;
    bool is_closed; /**< when read: the last boundary was there */
} sip_multipart;

/**
 * Read a multipart and all multiparts in it. A line is a boundary only if nothing but white space
 * stands behind it, so that one boundary may be the beginning of another. A missing last boundary
 * is noted in is_closed; lone LFs are taken as line ends.
 *
 * @param body      borrowed; slices of the result point into its data and its type. Parts have no
 *                  sip_body_msg(): sip_body_read() them, or have it all by sip_body_typed()
 * @param registry  for its limits and counts; may be NULL
 * @return 0; sip_multipart_free() it; or
 *   SIP_ESYNTAX  no boundary in Content-Type, none in the data, a part's header line
 *   SIP_ETOOBIG  too many parts, too deep, too many headers
 *   SIP_ENOMEM, SIP_EINVAL (a NULL)
 */
SIP_API int sip_multipart_read(const sip_allocator *allocator, const sip_body *body,
                               const sip_body_registry *registry, sip_multipart **ret_multipart);
/** Free what sip_multipart_read() gave, with the same allocator; NULL is fine. */
SIP_API void sip_multipart_free(const sip_allocator *allocator, sip_multipart *multipart);

/** Print with its boundary, as snprintf(). @return the length needed; SIP_EINVAL: no parts, a
 * boundary that cannot be or that occurs in the parts, a bad header; the error of a part's codec */
SIP_API int sip_multipart_print(const sip_multipart *multipart, char *out, size_t size);
/** Print one part, headers and data, as it stands between boundaries: what is signed. @return as
 * sip_multipart_print() */
SIP_API int sip_part_print(const sip_part *part, char *out, size_t size);

/** What a multipart body is made of. All borrowed for the call. */
typedef struct sip_multipart_config {
    const char *subtype; /**< "mixed" … */
    const char *params;  /**< further parameters of Content-Type: "start=\"<a@b>\";type=\"a/b\"", or
                            NULL */
    const sip_part *parts;
    size_t n_parts;
    const sip_random *random; /**< for the boundary; NULL: the system's */
} sip_multipart_config;

/** Make a body with a boundary that no part has in it. One block: sip_free() *ret_body.
 * @return 0, SIP_ENOMEM, or as sip_multipart_print() */
SIP_API int sip_multipart_create(const sip_allocator *allocator, const sip_multipart_config *config,
                                 sip_body **ret_body);

/** The part that a Content-ID names, or a URL "cid:…" with its escapes (RFC 2392), also in
 * multiparts inside; NULL: none. */
SIP_API const sip_part *sip_multipart_find(const sip_multipart *multipart, sip_str id);
/** The first part of that type, also in multiparts inside; NULL: none. */
SIP_API const sip_part *sip_multipart_find_type(const sip_multipart *multipart,
                                                const sip_body_type *type);
/** The root of a related multipart: what its start parameter names, else the first part (RFC 2387
 * 3.2). NULL if the start is not there. */
SIP_API const sip_part *sip_multipart_root(const sip_multipart *multipart);
/** Of an alternative multipart the last part that the registry has a type for (RFC 2046 5.1.4);
 * NULL: none. */
SIP_API const sip_part *sip_multipart_choose(const sip_multipart *multipart,
                                             const sip_body_registry *registry);

/** A signed multipart taken apart (RFC 1847 2.1). */
typedef struct sip_multipart_signature {
    const sip_part *content;   /**< its text is what was signed */
    const sip_part *signature; /**< its body is the signature */
    sip_str protocol, micalg;  /**< "application/pkcs7-signature", "sha-256" */
} sip_multipart_signature;

/** @return 0; SIP_ESYNTAX unless it is multipart/signed, closed, has two parts and the second is of
 * the type that `protocol` says; SIP_EINVAL (a NULL) */
SIP_API int sip_multipart_signed(const sip_multipart *multipart,
                                 sip_multipart_signature *ret_signature);

#ifdef __cplusplus
}
#endif

#endif
