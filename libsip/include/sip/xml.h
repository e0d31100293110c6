/* XML documents as bodies: what all of their types have in common, and the plain tree for those
 * that have no type here.
 *
 * A document that was read is one object, freed by one call; all that it points to lives as long.
 * Documents to be printed are made of your own structs: zeroed members are absent. Slices that are
 * present and empty have a pointer that is not NULL. */
#ifndef SIP_XML_H
#define SIP_XML_H

#include <sip/body_type.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The namespace of attributes that declare a namespace: their name is the prefix (empty for the
 * default namespace), their value the namespace. */
#define SIP_XML_NS_XMLNS "http://www.w3.org/2000/xmlns/"
/** The namespace of xml:lang. */
#define SIP_XML_NS_XML "http://www.w3.org/XML/1998/namespace"

/** An attribute. */
typedef struct sip_xml_attribute {
    const struct sip_xml_attribute *next;
    sip_str ns;     /**< empty for an attribute without a prefix */
    sip_str prefix; /**< as it came; a wish when printing */
    sip_str name, value;
} sip_xml_attribute;

/** An element, or a piece of text between elements. */
typedef struct sip_xml {
    const struct sip_xml *next;
    const struct sip_xml *children; /**< elements and text, in order */
    const sip_xml_attribute
        *attributes; /**< declarations of namespaces first, the others in order */
    sip_str ns;
    sip_str prefix;       /**< as it came; a wish when printing */
    sip_str name;         /**< empty: this is text */
    sip_str text;         /**< of a piece of text; UTF-8, references resolved */
    bool attributes_only; /**< the element itself is a member of the struct that this list belongs
                             to; here stand attributes of it that have no member */
} sip_xml;

/** What stood in an element and has no member in its struct, in order: unknown attributes and
 * elements, those whose value could not be read, second ones of what may stand once. It is printed
 * again. */
typedef struct sip_xml_extra {
    const sip_xml_attribute *attributes; /**< declarations of namespaces included */
    const sip_xml *nodes;
} sip_xml_extra;

/** A number that may be absent. */
typedef struct sip_xml_uint {
    bool is_set;
    uint64_t value;
} sip_xml_uint;

/** A number with a sign that may be absent. */
typedef struct sip_xml_int {
    bool is_set;
    int64_t value;
} sip_xml_int;

/** An element with text and perhaps its language: notes, names, descriptions. */
typedef struct sip_xml_text {
    sip_xml_extra extra;
    sip_str lang; /**< xml:lang */
    sip_str text;
} sip_xml_text;

/** Whether a document tells all or what changed. */
typedef enum sip_xml_state {
    SIP_XML_STATE_ABSENT,
    SIP_XML_FULL,
    SIP_XML_PARTIAL
} sip_xml_state;

/** How often documents were read and refused, and why. */
typedef struct sip_xml_counts {
    uint64_t read;
    uint64_t malformed;        /**< no well-formed XML, or not what its type demands */
    uint64_t entities_refused; /**< a document type with declarations inside, or in a text an entity
                                  that was not declared */
    uint64_t too_long;         /**< the document, or a namespace in it, or names longer still once
                                  they are written out with their namespaces */
    uint64_t too_deep, too_many_elements, too_many_attributes, too_many_namespaces;
    uint64_t no_memory;
} sip_xml_counts;

/** Limits to what is read; 0: the default. */
typedef struct sip_xml_options {
    size_t bytes;           /**< of the document; 262,144 */
    unsigned depth;         /**< of elements in elements; 32, at most 64 */
    unsigned elements;      /**< in all; 10,000 */
    unsigned attributes;    /**< of one element, declarations included; 64 */
    unsigned namespaces;    /**< declared and in force at one place; 32, at most 256. One is at most
                               1,024 bytes long */
    sip_xml_counts *counts; /**< where to count; or NULL */
} sip_xml_options;

/** A type of document: how its object is read, printed and freed. */
typedef sip_body_type sip_xml_body;

/** All types of documents of this library, `*ret_count` of them; static. */
SIP_API const sip_xml_body *const *sip_xml_bodies(size_t *ret_count);
/**
 * Read a document of a type from sip_xml_bodies() with limits of one's own.
 *
 * @param options  NULL: the defaults
 * @return 0, or
 *   SIP_ESYNTAX  not well-formed, entities declared, another root element, something that the type
 *                demands is missing
 *   SIP_ETOOBIG  over a limit
 *   SIP_EINVAL   a type that is none of the library's
 *   SIP_ENOMEM
 */
SIP_API int sip_xml_body_parse(const sip_xml_body *body, const sip_xml_options *options,
                               const sip_allocator *allocator, sip_str text, void **ret_object);

/** Read any document into its root element; to be freed with sip_xml_free(). Comments and
 * processing instructions are skipped.
 * @return as sip_xml_body_parse() */
SIP_API int sip_xml_parse(const sip_allocator *allocator, const sip_xml_options *options,
                          sip_str text, sip_xml **ret_root);
/** Print a document as snprintf() does, in UTF-8. A prefix that is bound to something else, or that
 * nobody declared, is declared or replaced where it is needed.
 * @return the length needed, or
 *   SIP_EINVAL  text that XML cannot carry (control characters, broken UTF-8), a bad name, nesting
 *               over 64 elements
 *   SIP_ETOOBIG over 64 namespaces in force at one place, or over 2 GiB */
SIP_API int sip_xml_print(const sip_xml *root, char *out, size_t size);
/** Free what sip_xml_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_xml_free(const sip_allocator *allocator, sip_xml *root);
/** Print with a codec into memory of the right size, zero-terminated; sip_free() it.
 * @return 0, SIP_ENOMEM, SIP_EINVAL for a NULL codec, or the error of the codec */
SIP_API int sip_xml_print_alloc(const sip_body_codec *codec, const void *object,
                                const sip_allocator *allocator, sip_str *ret_text);

/** The first element of that name in a list of nodes; NULL: none. A NULL `ns`: in any namespace. */
SIP_API const sip_xml *sip_xml_find(const sip_xml *nodes, const char *ns, const char *name);
/** The value of an attribute; empty: none. A NULL `ns`: one without a namespace. */
SIP_API sip_str sip_xml_attribute_value(const sip_xml_attribute *attributes, const char *ns,
                                        const char *name);
/** The text of an element that holds nothing else, of one that holds more the first piece. */
SIP_API sip_str sip_xml_text_of(const sip_xml *element);

#ifdef __cplusplus
}
#endif

#endif
