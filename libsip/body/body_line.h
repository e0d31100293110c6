/* Bodies that are text: lines, header lines, and printing them. */
#ifndef SIP_BODY_BODY_LINE_H
#define SIP_BODY_BODY_LINE_H

#include "base/arena.h"

/* Take the next line from the front without its end, which is CRLF, LF or that of the text. False
 * at the end. */
bool sip__body_line_take(sip_str *rest, sip_str *ret_line);

typedef enum sip__body_line {
    SIP__BODY_HEADER, /* a header line was taken */
    SIP__BODY_BLANK,  /* a blank line was taken */
    SIP__BODY_END,    /* there is no more */
    SIP__BODY_BAD     /* a line that is none of these, left where it is; or one with a NUL */
} sip__body_line;

/* Take "name: value", folded over further lines or not; the value is trimmed, its folds are left
 * in. */
sip__body_line sip__body_header_take(sip_str *rest, sip_str *ret_name, sip_str *ret_value);
/* A value on one line, in the arena if it was folded. False without memory. */
bool sip__body_unfold(sip__arena *arena, sip_str value, sip_str *ret_value);
/* How many header lines stand at the front of a text, up to the first other line. */
size_t sip__body_count_headers(sip_str text);

/* True if text can stand in a header line: no CR, LF or NUL. */
bool sip__body_is_one_line(sip_str text);

/* Text printed into a buffer of a given size, as snprintf() does. */
typedef struct sip__body_out {
    char *at; /* NULL only if size is 0 */
    size_t size;
    size_t len; /* printed so far, whether it fitted or not */
    int err;    /* 0 or SIP_EINVAL */
} sip__body_out;

/* Put bytes as they are. */
void sip__body_put(sip__body_out *out, sip_str text);
void sip__body_put_number(sip__body_out *out, uint32_t number);
/* Put "name: value" with its line end; a bad name or value makes the whole SIP_EINVAL. */
void sip__body_put_header(sip__body_out *out, sip_str name, sip_str value);
/* Put what a codec prints, or bytes. */
struct sip_body;
void sip__body_put_data(sip__body_out *out, const struct sip_body *body);
/* Put the zero. @return the length, or the error; SIP_ETOOBIG beyond INT_MAX */
int sip__body_out_end(sip__body_out *out);

#endif
