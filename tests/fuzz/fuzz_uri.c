/* URIs and the other values of headers: nothing is read beyond the end, slices stay inside, and
 * what was taken once compares equal to itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sip/uri.h>

#include "parser/auth.h"
#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/start_line.h"
#include "parser/via.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_inside(sip_str whole, sip_str part)
{
    check(part.len == 0 || (part.ptr >= whole.ptr && part.len <= whole.len &&
                            (size_t)(part.ptr - whole.ptr) <= whole.len - part.len));
}

static void try_uri(sip_str text)
{
    sip_uri uri;
    sip_str value;

    if (sip_uri_parse(text, &uri) != 0) {
        return;
    }
    check_inside(text, uri.user);
    check_inside(text, uri.password);
    check_inside(text, uri.host);
    check_inside(text, uri.params);
    check_inside(text, uri.headers);
    check(sip_uri_equal(&uri, &uri));
    check(sip_uri_same_aor(&uri, &uri));
    if (uri.lr) {
        check(sip_uri_param(&uri, "lr", &value));
    }
}

static void try_unescape(sip_str text)
{
    char *out = malloc(text.len > 0 ? text.len : 1);

    if (out != NULL) {
        check(sip_unescape(text, out) <= (int)text.len);
    }
    free(out);
}

static void try_values(sip_str text)
{
    sip_address address;
    sip_str value;
    sip_via via;

    while (sip__list_next(&text, &value)) {
        check(value.len > 0);
        if (sip_address_parse(value, &address) == 0) {
            check_inside(value, address.params);
            check_inside(value, address.display);
            check_inside(value, address.tag);
        }
        if (sip__via_parse(value, &via) == 0) {
            check_inside(value, via.params);
            check_inside(value, via.branch);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sip_str text = {(const char *)data, size};
    struct sip__start_line line;
    sip_cseq cseq;
    sip_auth auth;

    try_uri(text);
    try_unescape(text);
    try_values(text);
    if (sip__auth_parse(text, &auth) == 0) {
        check_inside(text, auth.params);
    }
    if (sip__cseq_parse(text, &cseq) == 0) {
        check_inside(text, cseq.method_text);
    }
    if (sip__start_line_parse(text, &line) == 0) {
        check_inside(text, line.uri);
        check_inside(text, line.phrase);
    }
    return 0;
}
