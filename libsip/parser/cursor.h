/* Cursor functions: each looks at the front of `*rest` and, if it finds what it is named for, moves
 * `*rest` past it. White space is SP, HTAB, CR and LF, since only folded lines leave the last two
 * in a value (RFC 3261 7.3.1). */
#ifndef SIP_PARSER_CURSOR_H
#define SIP_PARSER_CURSOR_H

#include <sip/base.h>

#include <string.h>

/** Classes of bytes (RFC 3261 25.1), bits of sip__char_class[]. */
enum {
    SIP__CHAR_TOKEN = 1 << 0,
    SIP__CHAR_SPACE = 1 << 1,
    SIP__CHAR_DIGIT = 1 << 2,
    SIP__CHAR_HEX = 1 << 3,
    SIP__CHAR_ALPHA = 1 << 4,
    SIP__CHAR_HOST =
        1 << 5, /**< of a host name; '_' is in none of the RFC, but in many of the world */
    SIP__CHAR_VALUE = 1 << 6,     /**< of an unquoted parameter value, see params.c */
    SIP__CHAR_URI_HEADER = 1 << 7 /**< of a URI header's name or value, '%' aside */
};
/* Told hidden, so that position-independent code reaches it without a table. */
extern const uint8_t sip__char_class[256] __attribute__((visibility("hidden")));

static inline bool sip__is_char(char c, unsigned classes)
{
    return (sip__char_class[(unsigned char)c] & classes) != 0;
}

/** Past the bytes from `at` that are of one of the classes; at most `end`. Four at a time, since
 * this is where reading a value spends its time. */
static inline const char *sip__skip(const char *at, const char *end, unsigned classes)
{
    while (end - at >= 4) {
        if (!sip__is_char(at[0], classes)) {
            return at;
        }
        if (!sip__is_char(at[1], classes)) {
            return at + 1;
        }
        if (!sip__is_char(at[2], classes)) {
            return at + 2;
        }
        if (!sip__is_char(at[3], classes)) {
            return at + 3;
        }
        at += 4;
    }
    while (at < end && sip__is_char(*at, classes)) {
        at++;
    }
    return at;
}

/** Past white space, of which there is mostly none. */
static inline const char *sip__skip_blanks(const char *at, const char *end)
{
    while (at < end && sip__is_char(*at, SIP__CHAR_SPACE)) {
        at++;
    }
    return at;
}

/** True if `len` bytes, at most eight, are those of `word` without case; `word` has letters only.
 */
static inline bool sip__is_word(const char *at, const char *word, size_t len)
{
    const uint64_t lower = UINT64_C(0x2020202020202020);
    uint64_t a = 0, b = 0;

    memcpy(&a, at, len);
    memcpy(&b, word, len);
    return (a | lower) == (b | lower);
}

/** Move past `bytes`, at most rest->len. */
static inline void sip__advance(sip_str *rest, size_t bytes)
{
    rest->ptr += bytes;
    rest->len -= bytes;
}

/** True for a token of at least one byte. */
bool sip__is_token(sip_str text);
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
/** Take what stands in angle brackets, without these; false if there is none. */
bool sip__take_angled(sip_str *rest, sip_str *ret_inner);
/** Take a host: a name, an IPv4 address, or an IPv6 address in its brackets (which stay in
 * *ret_host). */
bool sip__take_host(sip_str *rest, sip_str *ret_host);

/**
 * Take the next value of a comma-separated list, trimmed. Commas inside quotes and angle brackets
 * part nothing; empty values are passed over.
 * @return false at the end of the list
 */
bool sip__list_next(sip_str *rest, sip_str *ret_value);
/** As sip__list_next() of a list whose every comma parts two values. */
bool sip__comma_list_next(sip_str *rest, sip_str *ret_value);

#endif
