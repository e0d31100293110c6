/* The inside of a builder: it prints into the block of the message to be and keeps the header index
 * as it goes.
 *
 *     | struct | index | start line and headers → |   room   | ← headers about the body, body |
 *
 * The body waits at the end of the room until the headers are complete. */
#ifndef SIP_MESSAGE_BUILD_INTERNAL_H
#define SIP_MESSAGE_BUILD_INTERNAL_H

#include <sip/build.h>

#include "message/msg_internal.h"

struct sip_build {
    const sip_allocator *allocator;
    sip_msg *msg; /* NULL once the builder failed without memory */
    int err;
    size_t used;                                              /* bytes printed from the front */
    size_t end;                                               /* room for bytes in all */
    size_t tail_head_bytes, tail_head_lines, tail_data_bytes; /* what waits at the end */
    size_t value_at;                                          /* of the line being printed */
    char *contact; /* user and parameters of a Contact that is filled in when sent */
    size_t contact_user_len, contact_params_len;
    uint32_t contact_line;
    bool is_response, is_sips, is_compact;
    const sip_msg *folds_of; /* whose folded lines were copied as they are; NULL: none were */
    sip_path came_by;        /* of the request that is answered */
    char *seen_host;         /* what its sender sees us as; NULL: as came_by.local */
    uint16_t seen_port;
    uint16_t last[SIP_HEADER_COUNT];
};

/* Prepare a builder in memory of the caller's, for that many lines and bytes; room for more is made
 * when needed. */
void sip__build_init(sip_build *build, const sip_allocator *allocator, size_t lines, size_t bytes);
/* Free what a builder holds, not itself. */
void sip__build_finish(sip_build *build);
/* Print what waits at the end, give the message away and finish the builder. */
int sip__build_complete(sip_build *build, sip_msg **ret_msg);
/* As above when headers with Content-Length, blank line and body are printed already; they begin at
 * body_at. */
int sip__build_give(sip_build *build, size_t body_at, sip_msg **ret_msg);

/* The first error stays. */
void sip__build_fail(sip_build *build, int err);
/* The first value of a header, NULL if it is not there or malformed. One that there is no memory to
 * keep fails the build: it must not pass for absent. */
const sip__value *sip__build_read(sip_build *build, const sip_msg *from, sip_header_id id);
/* Make room for more; false after a failure. */
bool sip__build_reserve(sip_build *build, size_t bytes, size_t lines);

void sip__build_request_line(sip_build *build, sip_str method, sip_str uri);
void sip__build_status_line(sip_build *build, int status, sip_str phrase);
/* The start line of another message, byte for byte where its version may be sent as it stands. */
void sip__build_copy_start(sip_build *build, const sip_msg *from);

void sip__build_put(sip_build *build, sip_str text);
void sip__build_put_number(sip_build *build, uint32_t number);
/* A header line in pieces: begin with its name, put its value, end. Nothing is checked here. */
void sip__build_begin(sip_build *build, sip_header_id id, sip_str name);
void sip__build_end(sip_build *build);
void sip__build_line(sip_build *build, sip_header_id id, sip_str name, sip_str value);
/* Where a Contact of ours leads. */
typedef struct sip__contact_place {
    sip_protocol protocol;
    sip_str host; /* as in a URI */
    uint16_t port;
} sip__contact_place;

/* Print the value of a Contact of ours (RFC 3261 8.1.1.8). */
void sip__build_put_contact(sip_build *build, bool is_sips, sip_str user, sip_str params,
                            const sip__contact_place *place);
/* Copy the lines first … end-1 of a message as they stand, bytes and index in runs. Only a line
 * that ends with a lone LF is printed anew. All calls for one builder are for the same message. */
void sip__build_run(sip_build *build, const sip_msg *from, uint32_t first, uint32_t end);
/* After all lines: Content-Length if the message has none, blank line and body as they stand. */
int sip__build_give_body_of(sip_build *build, const sip_msg *from, sip_msg **ret_msg);
/* Take up to `*skip` values off the front of a line. */
sip_str sip__header_skip(sip_header_id id, sip_str value, size_t *skip);
/* The value of the topmost Via line with the received and rport that its sender wants back. */
void sip__build_put_top_via(sip_build *build, const sip_msg *request, sip_str line);
/* Every Via of a received request, the topmost as above (RFC 3261 18.2.1, RFC 3581). */
void sip__build_vias(sip_build *build, const sip_msg *request);

/* True if the text can be a Request-URI: not empty, no blanks, no control characters. */
bool sip__is_solid(sip_str text);
/* A URI without its "?…" (RFC 3261 19.1.1 table 1: not allowed in a Request-URI). */
sip_str sip__without_uri_headers(sip_str text);
/* True if the text can stand in a header value: no CR, LF or NUL. */
bool sip__is_one_line(sip_str text);

#endif
