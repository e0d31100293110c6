/* Cursor functions: each looks at the front of `*rest` and, if it finds what it is named for, moves
 * `*rest` past it. White space is SP, HTAB, CR and LF, since only folded lines leave the last two
 * in a value (RFC 3261 7.3.1). */
#ifndef SIP_PARSER_CURSOR_H
#define SIP_PARSER_CURSOR_H

#include <sip/base.h>

/** Classes of bytes (RFC 3261 25.1), bits of sip__char_class[]. */
enum {
    SIP__CHAR_TOKEN = 1 << 0,
    SIP__CHAR_SPACE = 1 << 1,
    SIP__CHAR_DIGIT = 1 << 2,
    SIP__CHAR_HEX = 1 << 3,
    SIP__CHAR_ALPHA = 1 << 4,
    SIP__CHAR_USER = 1 << 5,      /**< of a user part, the escape's '%' aside */
    SIP__CHAR_URI_PARAM = 1 << 6, /**< of a URI parameter's name or value, '%' aside */
    SIP__CHAR_URI_HEADER = 1 << 7 /**< of a URI header's name or value, '%' aside */
};
extern const uint8_t sip__char_class[256];

static inline bool sip__is_char(char c, unsigned classes)
{
    return (sip__char_class[(unsigned char)c] & classes) != 0;
}

/** Move past `bytes`, at most rest->len. */
static inline void sip__advance(sip_str *rest, size_t bytes)
{
    rest->ptr += bytes;
    rest->len -= bytes;
}

/** True for a token of at least one byte. */
bool sip__is_token(sip_str text);
/** True if every byte is of one of the classes, or part of a sound %HH escape. */
bool sip__is_escaped(sip_str text, unsigned classes);

void sip__skip_space(sip_str *rest);
/** Take the bytes at the front that are of one of the classes; may be empty. */
sip_str sip__take_class(sip_str *rest, unsigned classes);
/** Take a token; false if there is none. */
bool sip__take_token(sip_str *rest, sip_str *ret_token);
/** Take `c`, and the white space before and after it. */
bool sip__take_char(sip_str *rest, char c);
/** Take a quoted string; *ret_inner is what stands between the quotes, escapes left. False if there
 * is none or it does not end. */
bool sip__take_quoted(sip_str *rest, sip_str *ret_inner);
/** Take a host: a name, an IPv4 address, or an IPv6 address in its brackets (which stay in
 * *ret_host). */
bool sip__take_host(sip_str *rest, sip_str *ret_host);

/**
 * Take the next value of a comma-separated list, trimmed. Commas inside quotes and angle brackets
 * part nothing; empty values are passed over.
 * @return false at the end of the list
 */
bool sip__list_next(sip_str *rest, sip_str *ret_value);

#endif
