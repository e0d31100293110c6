/* application/resource-lists+xml: lists of URIs (RFC 4826), also of recipients (RFC 5364, 5365). */
#ifndef SIP_RESOURCE_LISTS_H
#define SIP_RESOURCE_LISTS_H

#include <sip/xml.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_resource_kind {
    SIP_RESOURCE_ABSENT,
    SIP_RESOURCE_LIST,
    SIP_RESOURCE_EXTERNAL,  /**< a list elsewhere */
    SIP_RESOURCE_ENTRY,     /**< a URI */
    SIP_RESOURCE_ENTRY_REF, /**< an entry elsewhere */
} sip_resource_kind;

/** The role of a recipient (RFC 5364 4). */
typedef enum sip_resource_copy {
    SIP_RESOURCE_COPY_ABSENT,
    SIP_RESOURCE_TO,
    SIP_RESOURCE_CC,
    SIP_RESOURCE_BCC
} sip_resource_copy;

/** A list, or what stands in one. */
typedef struct sip_resource {
    sip_xml_extra extra;
    sip_resource_kind kind; /**< required */
    sip_str uri;            /**< of an entry */
    sip_str ref;            /**< of an entry-ref */
    sip_str anchor;         /**< of an external */
    sip_str name;           /**< of a list */
    sip_resource_copy copy; /**< copyControl */
    sip_switch anonymize;
    sip_xml_uint count;               /**< how many recipients were left out */
    const sip_xml_text *display_name; /**< or NULL */
    const struct sip_resource *items; /**< of a list, in order */
    size_t n_items;
} sip_resource;

typedef struct sip_resource_lists {
    sip_xml_extra extra;
    const sip_resource *lists;
    size_t n_lists;
} sip_resource_lists;

/** Read a document with the default limits; sip_resource_lists_free() it.
 * @return 0, SIP_ESYNTAX, SIP_ETOOBIG or SIP_ENOMEM, as sip_xml_body_parse() */
SIP_API int sip_resource_lists_parse(const sip_allocator *allocator, sip_str text,
                                     sip_resource_lists **ret_resource_lists);
/** Print as snprintf() does.
 * @return the length needed; SIP_EINVAL for something required that is absent or a value that
 * cannot be printed; SIP_ETOOBIG as sip_xml_print() */
SIP_API int sip_resource_lists_print(const sip_resource_lists *resource_lists, char *out,
                                     size_t size);
/** Free what sip_resource_lists_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_resource_lists_free(const sip_allocator *allocator,
                                     sip_resource_lists *resource_lists);
/** To give a sip_resource_lists as a body: the codec of "application/resource-lists+xml"; static.
 */
SIP_API const sip_body_codec *sip_resource_lists_codec(void);

#ifdef __cplusplus
}
#endif

#endif
