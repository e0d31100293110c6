/* Headers inside URIs (RFC 3261 19.1.1). */
#include <sip/header_type.h>

#include "parser/cursor.h"
#include "parser/text_out.h"
#include "parser/uri_text.h"

/** Find the n-th header of that name, long or compact. */
static bool find(sip_str headers, const sip_header_type *type, size_t n, sip_str *ret_value)
{
    sip_str name;

    while (sip__uri_pair_next(&headers, '&', &name, ret_value)) {
        const bool is_it =
            sip_str_equal_nocase(name, type->name) ||
            (type->compact != 0 && sip_str_same_nocase(name, (sip_str){&type->compact, 1}));

        if (is_it && n-- == 0) {
            return true;
        }
    }
    return false;
}

int sip_uri_embedded(const sip_uri *uri, const sip_header_type *type, size_t n, char *scratch,
                     size_t scratch_bytes, void *ret_value)
{
    sip_str escaped;
    int len;

    if (uri == NULL || type == NULL || scratch == NULL || ret_value == NULL) {
        return SIP_EINVAL;
    }
    if (!find(uri->headers, type, n, &escaped)) {
        return SIP_ENOENT;
    }
    if (escaped.len > scratch_bytes) {
        return SIP_ETOOBIG;
    }
    len = sip_unescape(escaped, scratch);
    if (len < 0) {
        return len;
    }
    return sip_header_parse(type, (sip_str){scratch, (size_t)len}, ret_value, NULL);
}

/** Put a byte of a header's value, escaped where a URI wants that. */
static void put_escaped(sip__text_out *out, char c)
{
    static const char hex[] = "0123456789ABCDEF";

    if (sip__is_char(c, SIP__CHAR_URI_HEADER)) {
        sip__out_char(out, c);
        return;
    }
    sip__out_char(out, '%');
    sip__out_char(out, hex[(unsigned char)c >> 4]);
    sip__out_char(out, hex[(unsigned char)c & 15]);
}

int sip_uri_embed(const sip_header_type *type, const void *value, char *out, size_t size)
{
    char plain[2048];
    sip__text_out text = {.at = out, .size = size};
    const int len = sip_header_print(type, value, plain, sizeof plain);

    if (len < 0 || (size_t)len >= sizeof plain || (out == NULL && size > 0)) {
        return SIP_EINVAL;
    }
    sip__out_put(&text, sip_str_of(type->name));
    sip__out_char(&text, '=');
    for (int i = 0; i < len; i++) {
        put_escaped(&text, plain[i]);
    }
    return sip__out_end(&text);
}
