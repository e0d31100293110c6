/* application/pidf-diff+xml: what changed in a presence document (RFC 5262), made, read and applied
 * with the operations and selectors of RFC 5261. */
#ifndef SIP_PIDF_DIFF_H
#define SIP_PIDF_DIFF_H

#include <sip/pidf.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_pidf_diff_kind {
    SIP_PIDF_DIFF_ABSENT,
    SIP_PIDF_DIFF_CHANGES, /**< <pidf-diff> */
    SIP_PIDF_DIFF_FULL     /**< <pidf-full>: all of the presence */
} sip_pidf_diff_kind;

typedef enum sip_pidf_change_kind {
    SIP_PIDF_CHANGE_ABSENT,
    SIP_PIDF_ADD,
    SIP_PIDF_REPLACE,
    SIP_PIDF_REMOVE
} sip_pidf_change_kind;

/** Where something is added; absent: as the last child. */
typedef enum sip_pidf_pos {
    SIP_PIDF_POS_ABSENT,
    SIP_PIDF_BEFORE,
    SIP_PIDF_AFTER,
    SIP_PIDF_PREPEND
} sip_pidf_pos;

/** White space that is removed too. */
typedef enum sip_pidf_ws {
    SIP_PIDF_WS_ABSENT,
    SIP_PIDF_WS_BEFORE,
    SIP_PIDF_WS_AFTER,
    SIP_PIDF_WS_BOTH
} sip_pidf_ws;

/** One operation. What is added or put in place stands in extra.nodes: elements or text. */
typedef struct sip_pidf_change {
    sip_xml_extra extra;
    sip_pidf_change_kind kind; /**< required */
    sip_str sel;               /**< required: "presence/tuple[@id='r1230d']/status/basic/text()" */
    sip_pidf_pos pos;          /**< of add */
    sip_str type;              /**< of add: "@name", "namespace::prefix", or empty */
    sip_pidf_ws ws;            /**< of remove */
} sip_pidf_change;

/** A document with changes, or with all. */
typedef struct sip_pidf_diff {
    sip_xml_extra extra;
    sip_pidf_diff_kind kind; /**< required */
    sip_xml_uint version;    /**< one more with each document; the receiver compares it */
    const sip_pidf_change *changes;
    size_t n_changes;
    sip_pidf presence; /**< of a full one all but its `extra`, which is that of the document; else
                          the entity alone, which may be absent */
} sip_pidf_diff;

/** Read a document with the default limits; sip_pidf_diff_free() it.
 * @return 0, SIP_ESYNTAX, SIP_ETOOBIG or SIP_ENOMEM, as sip_xml_body_parse() */
SIP_API int sip_pidf_diff_parse(const sip_allocator *allocator, sip_str text,
                                sip_pidf_diff **ret_pidf_diff);
/** Print as snprintf() does.
 * @return the length needed; SIP_EINVAL for something required that is absent or a value that
 * cannot be printed; SIP_ETOOBIG as sip_xml_print() */
SIP_API int sip_pidf_diff_print(const sip_pidf_diff *pidf_diff, char *out, size_t size);
/** Free what sip_pidf_diff_parse() or sip_pidf_diff_make() gave, with the same allocator; NULL is
 * fine. */
SIP_API void sip_pidf_diff_free(const sip_allocator *allocator, sip_pidf_diff *pidf_diff);
/** To give a sip_pidf_diff as a body: the codec of "application/pidf-diff+xml"; static. */
SIP_API const sip_body_codec *sip_pidf_diff_codec(void);

/**
 * What a presence document becomes by a diff: a new object, `pidf` stays.
 *
 * Selectors that count elements of different names (`*[3]`) count them in the order in which
 * sip_pidf_print() prints them; apply such diffs to the text with sip_pidf_diff_apply_text().
 *
 * @param pidf  not looked at if the diff is a full document; NULL then
 * @return 0, or, with the need to ask for the full document (RFC 5263 4.2),
 *   SIP_ENOENT   a selector that does not point to exactly one node
 *   SIP_ESYNTAX  an operation that RFC 5261 does not allow, or no presence document afterwards
 *   SIP_ETOOBIG  over 16 steps in a selector or 4 conditions at a step, over a default limit of
 *                sip_xml_options, or changes that look at over 16 Mi nodes and bytes of text
 *   SIP_EINVAL   something that cannot be printed; a NULL
 *   SIP_ENOMEM
 */
SIP_API int sip_pidf_diff_apply(const sip_allocator *allocator, const sip_pidf *pidf,
                                const sip_pidf_diff *diff, sip_pidf **ret_pidf);
/** The same from text to text, the order of elements kept; sip_free() its ptr.
 * @return as sip_pidf_diff_apply() */
SIP_API int sip_pidf_diff_apply_text(const sip_allocator *allocator, sip_str document,
                                     const sip_pidf_diff *diff, sip_str *ret_document);
/**
 * The changes that lead from one presence document to another; applied to `from` they give `to`,
 * but for the order of elements that both have. It may be longer than `to`: then send that.
 *
 * @return 0, SIP_EINVAL for a document that cannot be printed or NULL, SIP_ETOOBIG over a default
 * limit of sip_xml_options, SIP_ENOMEM
 */
SIP_API int sip_pidf_diff_make(const sip_allocator *allocator, const sip_pidf *from,
                               const sip_pidf *to, uint64_t version, sip_pidf_diff **ret_pidf_diff);

#ifdef __cplusplus
}
#endif

#endif
