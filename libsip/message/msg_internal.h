/* The inside of a message. One block holds it all: the struct, the header index, the bytes, and
 * room for the values that are parsed when first asked for. Places in the bytes are 32-bit offsets,
 * so a block can be copied or moved as it is. */
#ifndef SIP_MESSAGE_MSG_INTERNAL_H
#define SIP_MESSAGE_MSG_INTERNAL_H

#include <sip/msg.h>

#include "base/arena.h"
#include "parser/scan.h"

/* Headers whose values have a type, and the type. */
#define SIP__TYPED_MAP(X)                                                                          \
    X(VIA, VIA)                                                                                    \
    X(FROM, ADDRESS)                                                                               \
    X(TO, ADDRESS)                                                                                 \
    X(CSEQ, CSEQ)                                                                                  \
    X(CONTACT, ADDRESS)                                                                            \
    X(ROUTE, ADDRESS)                                                                              \
    X(RECORD_ROUTE, ADDRESS)                                                                       \
    X(PATH, ADDRESS)                                                                               \
    X(SERVICE_ROUTE, ADDRESS)                                                                      \
    X(REPLY_TO, ADDRESS)                                                                           \
    X(REFER_TO, ADDRESS)                                                                           \
    X(REFERRED_BY, ADDRESS)                                                                        \
    X(ALERT_INFO, ADDRESS)                                                                         \
    X(CALL_INFO, ADDRESS)                                                                          \
    X(ERROR_INFO, ADDRESS)                                                                         \
    X(AUTHORIZATION, AUTH)                                                                         \
    X(PROXY_AUTHORIZATION, AUTH)                                                                   \
    X(WWW_AUTHENTICATE, AUTH)                                                                      \
    X(PROXY_AUTHENTICATE, AUTH)

enum {
    SIP__SLOT_NONE,
#define SIP__SLOT_ENUM(id, kind) SIP__SLOT_##id,
    SIP__TYPED_MAP(SIP__SLOT_ENUM)
#undef SIP__SLOT_ENUM
    SIP__SLOT_COUNT
};

typedef enum sip__kind {
    SIP__KIND_NONE,
    SIP__KIND_VIA,
    SIP__KIND_ADDRESS,
    SIP__KIND_CSEQ,
    SIP__KIND_AUTH
} sip__kind;

typedef struct sip__span {
    uint32_t at, len;
} sip__span;

/* A walk over the values of one header: those left of the present line, then further lines. */
typedef struct sip__value_iter {
    sip_str rest;
    uint32_t next_line; /* index + 1; 0: none */
} sip__value_iter;

/* One typed value; a malformed one is kept too, without the union. */
typedef struct sip__value {
    struct sip__value *next;
    sip__value_iter after;
    uint32_t n;
    uint8_t id;
    bool sound;
    uint8_t over; /* the rule of the limit that it is over, then it is not sound; else NONE */
    union {
        sip_via via;
        sip_address address;
        sip_cseq cseq;
        sip_auth auth;
    } of;
} sip__value;

/* How far a value that is made once has come. */
typedef enum sip__lazy {
    SIP__LAZY_NEW,
    SIP__LAZY_ABSENT,
    SIP__LAZY_READY
} sip__lazy;

struct sip_msg {
    const sip_allocator *allocator;
    const struct sip__scan_way *way;
    struct sip__scan_line *lines; /* `next` is index + 1 of the next one with this id; 0: none */
    char *bytes;
    char *block_end;
    uint32_t refs;
    uint32_t n_lines, max_lines;
    uint32_t n_bytes; /* what sip_msg_bytes() gives */
    uint32_t
        n_extra; /* behind them: unfolded values, or user and parameters of a Contact to come */
    uint32_t body_at;
    sip__span method_text, uri_text, phrase;
    sip_method method; /* of requests */
    uint16_t status;
    bool is_request, other_version;
    bool to_strict;     /* the Request-URI is a strict router's: it is the next hop, no Route is */
    bool wants_contact; /* sip__print_request() adds it before the line contact_line */
    uint32_t contact_line, contact_user_len;
    const char *seen_host; /* where its sender sees us, in the arena; NULL: at source.local */
    uint16_t seen_port;
    uint32_t keep_s; /* what the answer puts behind a "keep" in Via (RFC 6223); 0: nothing */
    uint32_t max_uri_bytes, max_params;
    uint32_t short_value_bytes; /* values that are no longer are within both; all that we built */
    uint8_t uri_state, body_state;    /* sip__lazy */
    uint16_t first[SIP_HEADER_COUNT]; /* index + 1 of the first line with this id */
    sip_path source;
    sip__arena arena;
    sip__value *values[SIP__SLOT_COUNT];
    /* Values by the address of their type. */
    struct sip__typed *typed;
    struct sip__kept *kept; /* objects made of the body */
    sip__value *recent;     /* the value last asked for past the first of its header */
    sip__value_iter cursor; /* after value cursor_n - 1 of cursor_id, for sip_msg_value() */
    size_t cursor_n;
    sip_header_id cursor_id;
    /* From here on nothing is zeroed at birth. */
    sip_uri uri;
    sip_body body;
};

#define SIP__MSG_ROOM_BYTES 2048u
#define SIP__MSG_MAX_BYTES (UINT32_C(1) << 28)
#define SIP__MSG_MAX_LINES 65534u
#define SIP__MSG_ARENA_FACTOR 6u
#define SIP__MSG_ALIGN_BYTES 16u
/* Room for the typed values of a short message: one takes up to 700 bytes. */
#define SIP__MSG_MIN_ARENA_BYTES 16384u

static inline sip_str sip__msg_span(const sip_msg *msg, sip__span span)
{
    return (sip_str){msg->bytes + span.at, span.len};
}

static inline sip_str sip__msg_line_name(const sip_msg *msg, size_t line)
{
    return (sip_str){msg->bytes + msg->lines[line].name, msg->lines[line].name_len};
}

static inline sip_str sip__msg_line_value(const sip_msg *msg, size_t line)
{
    return (sip_str){msg->bytes + msg->lines[line].value, msg->lines[line].value_len};
}

/* A block with room for that many lines and bytes and `room` behind; all fields zero but those
 * places. One reference. */
sip_msg *sip__msg_create(const sip_allocator *allocator, size_t max_lines, size_t max_bytes,
                         size_t room);
/* How large that block is, and its first half: make a message of a block that is there,
 * or NULL of NULL. */
size_t sip__msg_block_size(size_t max_lines, size_t max_bytes, size_t room);
sip_msg *sip__msg_init(void *block, size_t block_bytes, const sip_allocator *allocator,
                       size_t max_lines);
/* The bytes stand: give the rest of the block to the arena. */
static inline void sip__msg_seal(sip_msg *msg, unsigned arena_factor)
{
    char *room = msg->bytes + msg->n_bytes + msg->n_extra;
    const size_t limit = (size_t)msg->n_bytes * arena_factor;

    sip__arena_init(&msg->arena, msg->allocator, room, (size_t)(msg->block_end - room),
                    limit > SIP__MSG_MIN_ARENA_BYTES ? limit : SIP__MSG_MIN_ARENA_BYTES);
}

/* Enter line `i`, whose place is in msg->lines[i] already, into the index; `last` is scratch of the
 * caller. */
void sip__msg_link(sip_msg *msg, uint32_t i, sip_header_id id, uint16_t last[SIP_HEADER_COUNT]);

/* True for headers whose values are parted by commas. */
bool sip__header_is_list(sip_header_id id);
/* Take the next value of such a header from a line; false at its end. */
bool sip__header_list_next(sip_header_id id, sip_str *rest, sip_str *ret_value);
/* True for the headers that go with a body: Content-Type, -Disposition, -Encoding, -Language,
 * MIME-Version. */
bool sip__header_is_about_body(sip_header_id id);

void sip__value_iter_init(const sip_msg *msg, sip_header_id id, sip__value_iter *iter);
bool sip__value_next(const sip_msg *msg, sip_header_id id, sip__value_iter *iter,
                     sip_str *ret_value);
/* The n-th value of a typed header, sound or not; NULL when there is none, or without memory. */
const sip__value *sip__msg_typed(const sip_msg *msg, sip_header_id id, size_t n);
/* The first Contact of a message that has one; NULL without memory. */
const sip__value *sip__msg_contact(const sip_msg *msg);
/* True if the first Via, From, To and CSeq are sound and no star, in a message that has them. */
bool sip__msg_basics_sound(const sip_msg *msg);

#endif
