/* The pieces of URIs as text: parameters, headers, escapes. Shared by uri.c and uri_compare.c. */
#ifndef SIP_PARSER_URI_TEXT_H
#define SIP_PARSER_URI_TEXT_H

#include <sip/base.h>

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

#endif
