/* Types of headers. A type knows how one value of its header is read, printed and compared; the
 * library's own stand in <sip/headers.h>, and an application's own work in the same way: nothing is
 * registered anywhere, a value is kept in its message under the address of its type.
 *
 * Most headers have one form: a head, and parameters behind it. Their types are made of a table of
 * fields, sip_shape, and nothing else; such a table serves an application as well.
 *
 *     struct room { sip_str name; uint32_t floor; bool has_floor; sip_str params; };
 *
 *     static const sip_field room_fields[] = {
 *         SIP_HEAD(TOKEN, 0, struct room, name),
 *         SIP_PARAM_HAS("floor", NUMBER, struct room, floor, has_floor),
 *     };
 *     static const sip_shape room_shape = SIP_SHAPE(room_fields, ';', struct room, params);
 *     static const sip_header_type room_type = {
 *         .name = "X-Room", .size = sizeof(struct room), .shape = &room_shape};
 *
 *     const struct room *room = sip_msg_typed(msg, &room_type, 0);
 */
#ifndef SIP_HEADER_TYPE_H
#define SIP_HEADER_TYPE_H

#include <sip/build.h>
#include <sip/msg.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_header_type sip_header_type;

/** One parameter of a header value. */
typedef struct sip_param {
    sip_str text; /**< the whole: `name="value"` */
    sip_str name;
    sip_str value; /**< without quotes or angle brackets (escapes left); empty for a flag */
    bool has_value;
    bool is_quoted;
} sip_param;

/**
 * Take the next parameter from "a=b;c;d=\"e\"" (no semicolon in front). White space may stand
 * around everything.
 * @param rest  moved past what was taken; at a fault it stands where the fault is
 * @return 1 with *ret_param (slices of `rest`), 0 at the end, SIP_ESYNTAX, SIP_EINVAL (a NULL)
 */
SIP_API int sip_param_next(sip_str *rest, sip_param *ret_param);

/** What a field reads, and the member that it is kept in. */
typedef enum sip_field_kind {
    SIP_FIELD_TOKEN,    /**< sip_str: a token; compared without case */
    SIP_FIELD_LABEL,    /**< sip_str: a token up to its first dot; compared without case */
    SIP_FIELD_WORD,     /**< sip_str: up to white space, comma or semicolon; compared exactly */
    SIP_FIELD_STRING,   /**< sip_str: as WORD or quoted; printed in quotes if it is no token */
    SIP_FIELD_QUOTED,   /**< sip_str: printed in quotes; a bare word is read too */
    SIP_FIELD_ANGLED,   /**< sip_str: a URI in angle brackets; one in quotes is read too */
    SIP_FIELD_COMMENT,  /**< sip_str: what stands in parentheses */
    SIP_FIELD_TEXT,     /**< sip_str: all the rest of the value, as it is */
    SIP_FIELD_HEX32,    /**< sip_str: 32 hexadecimal digits */
    SIP_FIELD_INDEX,    /**< sip_str: numbers parted by dots, "1.2.1" */
    SIP_FIELD_NUMBER,   /**< uint32_t */
    SIP_FIELD_SECONDS,  /**< uint32_t; a larger number reads as 4294967295 */
    SIP_FIELD_US,       /**< uint64_t: decimal seconds "54.21" in microseconds */
    SIP_FIELD_Q,        /**< uint16_t: a q-value in thousandths */
    SIP_FIELD_PORT,     /**< uint16_t: a port; 0 is none. With `has`: a flag that may have one */
    SIP_FIELD_FLAG,     /**< bool */
    SIP_FIELD_SWITCH,   /**< sip_switch: a boolean feature tag, "audio" or "audio=\"FALSE\"" */
    SIP_FIELD_OPTIONAL, /**< uint32_t, `has` is a sip_presence: a flag that may have a number */
    SIP_FIELD_CHOICE,   /**< sip_str, `has` is a uint8_t: the index among the choices, 0 if none */
    SIP_FIELD_METHOD,   /**< sip_str, `has` is a sip_method */
    SIP_FIELD_DATE,     /**< int64_t: seconds since 1970 */
    SIP_FIELD_STAR,     /**< no member: an asterisk */
    SIP_FIELD_ADDRESS,  /**< sip_address; its parameters are those of the value */
    SIP_FIELD_VIA       /**< sip_via; its parameters are those of the value */
} sip_field_kind;

/** Whether a parameter is there, and with a value. */
typedef enum sip_presence {
    SIP_ABSENT,
    SIP_BARE,
    SIP_VALUED
} sip_presence;

enum {
    SIP_FIELD_REQUIRED = 1,  /**< a value without this parameter is malformed */
    SIP_FIELD_MAYBE = 2,     /**< this element of the head may be absent */
    SIP_FIELD_REPEATS = 4,   /**< may be there several times; the member is the first */
    SIP_FIELD_NO_VALUE = 8,  /**< a parameter without "=" is read as an empty value */
    SIP_FIELD_TOLERANT = 16, /**< a malformed value is passed over, the member stands */
    SIP_FIELD_EXACT = 32,    /**< a token that is compared with case */
    SIP_FIELD_WILDCARD = 64  /**< a SIP_FIELD_ADDRESS that may be "*" */
};

#define SIP_NO_MEMBER UINT16_MAX

/** One element of a header value. Made with the macros below. */
typedef struct sip_field {
    const char *name;           /**< of a parameter; NULL: an element of the head */
    const char *const *choices; /**< of SIP_FIELD_CHOICE, up to NULL; the first has index 1 */
    uint16_t offset;            /**< of the member */
    uint16_t has; /**< of the member that tells whether it is there; or SIP_NO_MEMBER */
    uint8_t kind; /**< sip_field_kind */
    uint8_t flags;
    char before; /**< in the head: what parts it from the element before; ' ': white space; 0:
                    nothing */
} sip_field;

/** An element of the head. */
#define SIP_HEAD(what, mark, type, member)                                                         \
    {                                                                                              \
        NULL, NULL, (uint16_t)offsetof(type, member), SIP_NO_MEMBER, SIP_FIELD_##what, 0, mark     \
    }
/** An element of the head with SIP_FIELD_… flags. */
#define SIP_HEAD_FLAGS(what, mark, type, member, bits)                                             \
    {                                                                                              \
        NULL, NULL, (uint16_t)offsetof(type, member), SIP_NO_MEMBER, SIP_FIELD_##what, bits, mark  \
    }
/** An element of the head that may be absent; `has_member` tells. */
#define SIP_HEAD_HAS(what, mark, type, member, has_member)                                         \
    {                                                                                              \
        NULL, NULL, (uint16_t)offsetof(type, member), (uint16_t)offsetof(type, has_member),        \
            SIP_FIELD_##what, SIP_FIELD_MAYBE, mark                                                \
    }
/** The head is the whole struct: a sip_address, say. */
#define SIP_HEAD_SELF(what)                                                                        \
    {                                                                                              \
        NULL, NULL, 0, SIP_NO_MEMBER, SIP_FIELD_##what, 0, 0                                       \
    }
/** A token of the head with the index among `list`, or a method with its number. */
#define SIP_HEAD_CHOICE(what, mark, type, member, index_member, list)                              \
    {                                                                                              \
        NULL, list, (uint16_t)offsetof(type, member), (uint16_t)offsetof(type, index_member),      \
            SIP_FIELD_##what, 0, mark                                                              \
    }
/** A parameter; absent when its slice is empty, its flag false, its port 0. */
#define SIP_PARAM(text, what, type, member)                                                        \
    {                                                                                              \
        text, NULL, (uint16_t)offsetof(type, member), SIP_NO_MEMBER, SIP_FIELD_##what, 0, 0        \
    }
/** A parameter with SIP_FIELD_… flags. */
#define SIP_PARAM_FLAGS(text, what, type, member, bits)                                            \
    {                                                                                              \
        text, NULL, (uint16_t)offsetof(type, member), SIP_NO_MEMBER, SIP_FIELD_##what, bits, 0     \
    }
/** A parameter whose presence another member tells. */
#define SIP_PARAM_HAS(text, what, type, member, has_member)                                        \
    {                                                                                              \
        text, NULL, (uint16_t)offsetof(type, member), (uint16_t)offsetof(type, has_member),        \
            SIP_FIELD_##what, 0, 0                                                                 \
    }
/** Both. */
#define SIP_PARAM_FULL(text, what, type, member, has_member, bits)                                 \
    {                                                                                              \
        text, NULL, (uint16_t)offsetof(type, member), (uint16_t)offsetof(type, has_member),        \
            SIP_FIELD_##what, bits, 0                                                              \
    }
/** A parameter with the index among `list`. */
#define SIP_PARAM_CHOICE(text, type, member, index_member, list)                                   \
    {                                                                                              \
        text, list, (uint16_t)offsetof(type, member), (uint16_t)offsetof(type, index_member),      \
            SIP_FIELD_CHOICE, 0, 0                                                                 \
    }

/** The form of a header value: first the fields of its head in order, then its parameters. */
typedef struct sip_shape {
    const sip_field *fields;
    uint8_t n_fields; /**< at most 64 */
    char lead;        /**< in front of the first parameter: ';', ' ' (white space), 0 (nothing) */
    char separator;   /**< between parameters: ';' or ',' */
    uint16_t params;  /**< of the sip_str that keeps all parameters as they came, the first without
                         `lead`; SIP_NO_MEMBER: no parameter is allowed */
} sip_shape;

/** A shape with parameters. */
#define SIP_SHAPE(table, lead, type, params_member)                                                \
    {                                                                                              \
        table, (uint8_t)(sizeof(table) / sizeof((table)[0])), lead, ';',                           \
            (uint16_t)offsetof(type, params_member)                                                \
    }
/** A shape without. */
#define SIP_SHAPE_HEAD(table)                                                                      \
    {                                                                                              \
        table, (uint8_t)(sizeof(table) / sizeof((table)[0])), 0, ';', SIP_NO_MEMBER                \
    }

/** A type of header. Zeroed members are as if absent. */
struct sip_header_type {
    const char *name;       /**< as printed */
    const char *section;    /**< where it is defined, for errors: "RFC 3891 6.1"; or NULL */
    size_t size;            /**< bytes of the struct that a value is kept in */
    char compact;           /**< the compact form; 0: none */
    bool is_list;           /**< commas part its values */
    const sip_shape *shape; /**< needed by functions below that are NULL */
    /**
     * Read one value, trimmed and on one line.
     * @param ret_value  `size` zeroed bytes; slices may point into `text`
     * @param ret_at     at a fault: where it is in `text`
     * @return 0 or SIP_ESYNTAX
     */
    int (*parse)(const sip_header_type *type, sip_str text, void *ret_value, size_t *ret_at);
    /** Print one value, at most `size` bytes with a zero at the end (as snprintf(), `out` may be
     * NULL if size is 0). @return the length needed, or SIP_EINVAL for what cannot be printed */
    int (*print)(const sip_header_type *type, const void *value, char *out, size_t size);
    /** True if both say the same (RFC 3261 7.3.1). */
    bool (*equal)(const sip_header_type *type, const void *a, const void *b);
};

/** Read one value of a header from text, which must outlive it.
 * @param ret_value  a struct of type->size bytes; after an error its content is undefined
 * @param ret_at     NULL, or gets the offset of the fault
 * @return 0, SIP_ESYNTAX, SIP_EINVAL (a NULL) */
SIP_API int sip_header_parse(const sip_header_type *type, sip_str text, void *ret_value,
                             size_t *ret_at);
/** Print one value without the header's name. Parameters come in the order in which they were read,
 * known and unknown ones alike, those unchanged since as they came; ones that were not read come
 * behind in the order of the type's table. @return the length needed as snprintf() does, or
 * SIP_EINVAL for a NULL and when a member has bytes that cannot stand there (a blank in a token,
 * CR, LF …) */
SIP_API int sip_header_print(const sip_header_type *type, const void *value, char *out,
                             size_t size);
/** True if two values say the same: elements by their kinds, parameters in any order, unknown ones
 * without case unless quoted (RFC 3261 7.3.1). False if one of the two is NULL. */
SIP_API bool sip_header_equal(const sip_header_type *type, const void *a, const void *b);

/**
 * The n-th value of a header of that type, over all its lines and under both of its names; kept in
 * the message, by the address of the type, from the first call on for as long as the message lives.
 * Like every accessor that reads a value, not from two threads at once.
 * @return NULL when absent, malformed, over a limit or without memory: sip_msg_typed_error() tells
 * them apart
 */
SIP_API const void *sip_msg_typed(const sip_msg *msg, const sip_header_type *type, size_t n);
/** How many values there are, sound or not. */
SIP_API size_t sip_msg_typed_count(const sip_msg *msg, const sip_header_type *type);
/**
 * Why sip_msg_typed() gives what it gives.
 * @param ret_error  NULL, or filled in for SIP_ESYNTAX: the offset in the message (of a folded
 * value that of its line), the header's name, its section, 400; for SIP_ETOOBIG: the same offset,
 * and the rule of the limit
 * @return 0 if it is sound, SIP_ENOENT, SIP_ESYNTAX, SIP_ETOOBIG (over a limit of a URI or of
 * parameters), SIP_ENOMEM, SIP_EINVAL (a NULL)
 */
SIP_API int sip_msg_typed_error(const sip_msg *msg, const sip_header_type *type, size_t n,
                                sip_parse_error *ret_error);

/** Add a header line with one value, under the compact name where the message has those. An error
 * stays in the build as with sip_build_header(): SIP_EINVAL for a NULL, for a value that cannot be
 * printed and for Content-Length, which sip_build_finish() writes; SIP_ENOMEM, SIP_ETOOBIG. */
SIP_API void sip_build_typed(sip_build *build, const sip_header_type *type, const void *value);
/** Copy all lines of a header, known or not, under whichever of its names they stand; nothing for a
 * NULL. Errors as of sip_build_copy_named(). */
SIP_API void sip_build_copy_typed(sip_build *build, const sip_msg *from,
                                  const sip_header_type *type);

/** The type of a header that the library knows; NULL for SIP_HEADER_OTHER. */
SIP_API const sip_header_type *sip_header_type_of(sip_header_id id);

/**
 * Read a header that is embedded in a URI (RFC 3261 19.1.1: `<sip:b@h?Replaces=…>` in Refer-To, the
 * Reason and Privacy of History-Info).
 * @param n        which of those with that name
 * @param scratch  at least as long as uri->headers: the value points into it
 * @return 0, SIP_ENOENT, SIP_ESYNTAX, SIP_ETOOBIG (scratch), SIP_EINVAL (a NULL)
 */
SIP_API int sip_uri_embedded(const sip_uri *uri, const sip_header_type *type, size_t n,
                             char *scratch, size_t scratch_bytes, void *ret_value);
/** Print a value as it stands in a URI's headers, "Replaces=a%3Bto-tag%3Db", escaped; as
 * snprintf().
 * @return the length needed, or SIP_EINVAL for a NULL, for what sip_header_print() refuses and for
 * values of 2048 bytes and more */
SIP_API int sip_uri_embed(const sip_header_type *type, const void *value, char *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif
