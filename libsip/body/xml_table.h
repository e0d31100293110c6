/* Documents described by tables: which attribute and element goes to which member of which struct.
 * One reader and one printer follow them, so that a type of document is a table and no code.
 *
 * Every struct begins with a sip_xml_extra, where all goes that the table does not know. A value
 * that cannot be read counts as not known: it is kept there. */
#ifndef SIP_BODY_XML_TABLE_H
#define SIP_BODY_XML_TABLE_H

#include "body/xml.h"
#include "body/xml_write.h"

/* The namespaces that tables name. */
enum sip__xml_ns {
    SIP__NS_NONE,
    SIP__NS_XML,
    SIP__NS_PIDF,
    SIP__NS_DATA_MODEL,
    SIP__NS_RPID,
    SIP__NS_CAPS,
    SIP__NS_LOCATION_TYPE,
    SIP__NS_PIDF_DIFF,
    SIP__NS_DIALOG_INFO,
    SIP__NS_REGINFO,
    SIP__NS_GRUU_INFO,
    SIP__NS_WATCHERINFO,
    SIP__NS_CONFERENCE_INFO,
    SIP__NS_RLMI,
    SIP__NS_RESOURCE_LISTS,
    SIP__NS_COPY_CONTROL,
    SIP__NS_IMDN,
    SIP__NS_ISCOMPOSING,
    SIP__NS_COUNT
};

/* Where a value stands. */
enum sip__xml_place {
    SIP__XML_ATTRIBUTE,
    SIP__XML_CHILD,
    SIP__XML_CONTENT, /* the text of the struct's own element */
    SIP__XML_NAME,    /* the name of the struct's own element: which of several it is */
    SIP__XML_ANY /* no value: the nodes of the sip_xml_extra are printed here; else at the end */
};

/* What a value is, and the type of its member. */
enum sip__xml_kind {
    SIP__XML_TEXT,     /* sip_str, as it stands */
    SIP__XML_TOKEN,    /* sip_str, without white space around it */
    SIP__XML_UINT,     /* sip_xml_uint */
    SIP__XML_INT,      /* sip_xml_int */
    SIP__XML_Q,        /* sip_xml_uint: 0.75 is 750 */
    SIP__XML_BOOL,     /* sip_switch */
    SIP__XML_ENUM,     /* an enum, the index in `names` */
    SIP__XML_DATETIME, /* sip_datetime */
    SIP__XML_CHOICE, /* an enum: the child has one empty child, whose name is in `names`; without a
                        name of its own that one is a child itself */
    SIP__XML_STRUCT, /* const struct *, NULL: none */
    SIP__XML_LIST    /* const struct * and, right after it, a size_t: how many */
};

struct sip__xml_shape;

struct sip__xml_row {
    const char *name; /* of a STRUCT, LIST or CHOICE also NULL: any in `names`, or any at all */
    const struct sip__xml_shape *shape; /* of STRUCT and LIST */
    const char *const *names; /* of an ENUM or CHOICE: [0] is NULL, NULL at the end; of a STRUCT or
                                 LIST without `name` the same */
    uint8_t ns;               /* enum sip__xml_ns */
    uint8_t place;            /* enum sip__xml_place */
    uint8_t kind;             /* enum sip__xml_kind */
    bool required;
    uint16_t offset;
    uint16_t bytes; /* of the member; of STRUCT and LIST of what it points to, as in `shape` */
};

struct sip__xml_shape {
    const struct sip__xml_row *rows;
    uint16_t n_rows;
    uint16_t bytes; /* of the struct */
};

struct sip__xml_doc {
    const char *root; /* its name; NULL: any of `roots` */
    const char *const *roots;
    const struct sip__xml_shape *shape;
    uint8_t ns;         /* of the root */
    uint8_t default_ns; /* the one that needs no prefix */
};

/* 0; does not compile for a member of another type than its kind has, or a list without its count
 * right behind. A pointer to an enum is one to unsigned. */
#define SIP__XML_IS_A(wanted, type, member) _Generic(&((type *)0)->member, wanted * : 0)
#define SIP__XML_FITS_TEXT(type, member) SIP__XML_IS_A(sip_str, type, member)
#define SIP__XML_FITS_TOKEN(type, member) SIP__XML_IS_A(sip_str, type, member)
#define SIP__XML_FITS_UINT(type, member) SIP__XML_IS_A(sip_xml_uint, type, member)
#define SIP__XML_FITS_INT(type, member) SIP__XML_IS_A(sip_xml_int, type, member)
#define SIP__XML_FITS_Q(type, member) SIP__XML_IS_A(sip_xml_uint, type, member)
#define SIP__XML_FITS_BOOL(type, member) SIP__XML_IS_A(sip_switch, type, member)
#define SIP__XML_FITS_ENUM(type, member) SIP__XML_IS_A(unsigned, type, member)
#define SIP__XML_FITS_DATETIME(type, member) SIP__XML_IS_A(sip_datetime, type, member)
#define SIP__XML_FITS_CHOICE(type, member) SIP__XML_IS_A(unsigned, type, member)
#define SIP__XML_FITS_STRUCT(type, member) 0
#define SIP__XML_FITS_LIST(type, member)                                                           \
    (SIP__XML_IS_A(size_t, type, n_##member) /                                                     \
     (offsetof(type, n_##member) == offsetof(type, member) + sizeof(void *)))

#define SIP__XML_BYTES(type, member) sizeof(((type *)0)->member)
#define SIP__XML_BYTES_TEXT SIP__XML_BYTES
#define SIP__XML_BYTES_TOKEN SIP__XML_BYTES
#define SIP__XML_BYTES_UINT SIP__XML_BYTES
#define SIP__XML_BYTES_INT SIP__XML_BYTES
#define SIP__XML_BYTES_Q SIP__XML_BYTES
#define SIP__XML_BYTES_BOOL SIP__XML_BYTES
#define SIP__XML_BYTES_ENUM SIP__XML_BYTES
#define SIP__XML_BYTES_DATETIME SIP__XML_BYTES
#define SIP__XML_BYTES_CHOICE SIP__XML_BYTES
#define SIP__XML_BYTES_STRUCT(type, member) sizeof(*((type *)0)->member)
#define SIP__XML_BYTES_LIST SIP__XML_BYTES_STRUCT

/* A row for a member of a struct, which stands at `from` in the object; more members of the row may
 * follow. */
#define SIP__XML_ROW_FROM(from, where, what, type, member, ...)                                    \
    {                                                                                              \
        .place = SIP__XML_##where, .kind = SIP__XML_##what,                                        \
        .offset =                                                                                  \
            (uint16_t)((from) + offsetof(type, member) + SIP__XML_FITS_##what(type, member)),      \
        .bytes = (uint16_t)SIP__XML_BYTES_##what(type, member), __VA_ARGS__                        \
    }
#define SIP__XML_ROW(where, what, type, member, ...)                                               \
    SIP__XML_ROW_FROM(0, where, what, type, member, __VA_ARGS__)
#define SIP__XML_ANY_ROW                                                                           \
    {                                                                                              \
        .place = SIP__XML_ANY                                                                      \
    }
#define SIP__XML_SHAPE(table, type)                                                                \
    {                                                                                              \
        .rows = (table), .n_rows = sizeof(table) / sizeof((table)[0]), .bytes = sizeof(type)       \
    }

/* Text with a language, in many documents. */
extern const struct sip__xml_shape sip__xml_text_shape;
/* "", "full", "partial" */
extern const char *const sip__xml_states[];

const char *sip__xml_ns_uri(unsigned ns);
/* The prefix that the RFCs use for it. */
const char *sip__xml_ns_prefix(unsigned ns);

/* Read the value of a row from text into its member; false: it is none. */
bool sip__xml_value_read(const struct sip__xml_row *row, sip_str text, void *member);
/* What a value takes at most that is not text. */
#define SIP__XML_VALUE_BYTES 48
/* The text of a member, in `room` or its own; a NULL pointer: it is absent. False: it has a value
 * that cannot be. */
bool sip__xml_value_print(const struct sip__xml_row *row, const void *member,
                          char room[SIP__XML_VALUE_BYTES], sip_str *ret_text);
bool sip__xml_name_is_in(const char *const *names, sip_str name, unsigned *ret_index);

/* Take apart `root` into the struct `object`, which is zeroed. */
int sip__xml_doc_take(const struct sip__xml_doc *doc, sip__arena *arena, sip__xml_node *root,
                      void *object);
/* As sip_xml_body_parse(). */
int sip__xml_doc_parse(const struct sip__xml_doc *doc, const sip_xml_options *options,
                       const sip_allocator *allocator, sip_str text, void **ret_object);
/* As sip_xml_print(); SIP_EINVAL also for something required that is absent. */
int sip__xml_doc_print(const struct sip__xml_doc *doc, const void *object, char *out, size_t size);

/* The functions of a type of document: sip_<noun>_parse() and so on, and sip__<noun>_body. */
#define SIP__XML_BODY(noun, media_type, document)                                                  \
    static int parse_body(const sip_allocator *allocator, sip_str text, void **ret_object)         \
    {                                                                                              \
        return sip__xml_doc_parse(&(document), NULL, allocator, text, ret_object);                 \
    }                                                                                              \
    static int print_body(const void *object, char *out, size_t size)                              \
    {                                                                                              \
        return sip__xml_doc_print(&(document), object, out, size);                                 \
    }                                                                                              \
    const sip_body_type sip_##noun##_type = {                                                      \
        .codec = {(media_type), print_body}, .parse = parse_body, .free = sip__xml_box_free};      \
    const struct sip__xml_type sip__##noun##_type = {&sip_##noun##_type, &(document)};             \
    const sip_body_codec *sip_##noun##_codec(void)                                                 \
    {                                                                                              \
        return &sip_##noun##_type.codec;                                                           \
    }                                                                                              \
    int sip_##noun##_parse(const sip_allocator *allocator, sip_str text, sip_##noun **ret_##noun)  \
    {                                                                                              \
        void *object;                                                                              \
        int err = parse_body(allocator, text, &object);                                            \
                                                                                                   \
        if (err == 0) {                                                                            \
            *ret_##noun = object;                                                                  \
        }                                                                                          \
        return err;                                                                                \
    }                                                                                              \
    int sip_##noun##_print(const sip_##noun *noun, char *out, size_t size)                         \
    {                                                                                              \
        return print_body(noun, out, size);                                                        \
    }                                                                                              \
    void sip_##noun##_free(const sip_allocator *allocator, sip_##noun *noun)                       \
    {                                                                                              \
        sip__xml_box_free(allocator, noun);                                                        \
    }

/* A type as the list of all types has it. */
struct sip__xml_type {
    const sip_xml_body *body;
    const struct sip__xml_doc *doc;
};

#endif
