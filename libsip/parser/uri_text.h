/* The pieces of URIs as text: classes of characters, parameters, headers, escapes. Shared by the
 * uri_*.c files. */
#ifndef SIP_PARSER_URI_TEXT_H
#define SIP_PARSER_URI_TEXT_H

#include <sip/uri.h>

/** Classes of bytes, bits of sip__uri_class[]; the escape's '%' is in none (RFC 3261 25.1). */
enum {
    SIP__URI_USER = 1 << 0,
    SIP__URI_PASSWORD = 1 << 1,
    SIP__URI_PARAM = 1 << 2,
    SIP__URI_HEADER = 1 << 3,
    SIP__URI_HOST = 1 << 4, /**< of a name; '_' is in no host name of the RFC, but in many here */
    SIP__URI_SCHEME = 1 << 5,
    SIP__URI_NUMBER = 1 << 6, /**< phonedigit-hex and '+' (RFC 3966 3) */
    SIP__URI_OPAQUE = 1 << 7  /**< printable, and nothing that ends a URI where it stands */
};
extern const uint8_t sip__uri_class[256];

static inline bool sip__is_uri_char(char c, unsigned classes)
{
    return (sip__uri_class[(unsigned char)c] & classes) != 0;
}

/** Past the bytes from `at` that are of one of the classes; at most `end`. Four at a time, since
 * this is where reading a URI spends its time. */
static inline const char *sip__uri_skip(const char *at, const char *end, unsigned classes)
{
    while (end - at >= 4) {
        if (!sip__is_uri_char(at[0], classes)) {
            return at;
        }
        if (!sip__is_uri_char(at[1], classes)) {
            return at + 1;
        }
        if (!sip__is_uri_char(at[2], classes)) {
            return at + 2;
        }
        if (!sip__is_uri_char(at[3], classes)) {
            return at + 3;
        }
        at += 4;
    }
    while (at < end && sip__is_uri_char(*at, classes)) {
        at++;
    }
    return at;
}

/** As above, sound escapes passed over too. */
const char *sip__uri_skip_escaped(const char *at, const char *end, unsigned classes);

/** As sip_uri_parse(), into memory that a failure leaves in disorder. */
int sip__uri_read(sip_str text, sip_uri *uri);

/** Take the next "name" or "name=value" from text whose pairs are parted by `separator`; the last
 * one ends with the text. @return false at the end */
bool sip__uri_pair_next(sip_str *rest, char separator, sip_str *ret_name, sip_str *ret_value);

/**
 * Take one character from the front of `*rest`, an escape counting as the character it stands for.
 *
 * An escaped reserved character differs from the plain one (RFC 3261 19.1.4): it is given with 256
 * added, unless `all` is set. `nocase`: letters come in lower case.
 * @return the character, or -1 at the end
 */
int sip__uri_char_next(sip_str *rest, bool nocase, bool all);

/** True if both texts are the same, character by character as sip__uri_char_next() gives them. */
bool sip__uri_text_same(sip_str a, sip_str b, bool nocase, bool all);

/** True if both have the same parameters byte by byte, in the same order; empty ones do not count.
 */
bool sip__uri_params_same(sip_str a, sip_str b);

/** Text that is printed into a buffer which may be too small: `bytes` counts on. */
struct sip__uri_out {
    char *out;
    size_t size, bytes;
};
void sip__uri_put(struct sip__uri_out *out, sip_str text);
void sip__uri_put_char(struct sip__uri_out *out, char c);
/** Put `text`, escaping all that is of none of the classes. Escapes of `text` itself are kept if
 * `is_escaped`. */
void sip__uri_put_escaped(struct sip__uri_out *out, sip_str text, unsigned classes,
                          bool is_escaped);

#endif
