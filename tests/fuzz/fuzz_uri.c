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

/* What is printed reads as the same URI. */
static void try_print(const sip_uri *uri)
{
    static const sip_uri_change changes[] = {{"transport", "a=b"}, {"lr", NULL}, {NULL, NULL}};
    const size_t room = uri->text.len + 64;
    char *out = malloc(room);
    sip_uri again;
    sip_tel tel, tel_again;
    int len;

    check(out != NULL);
    len = sip_uri_print(uri, NULL, out, room);
    check(len > 0 && (size_t)len <= room);
    check(sip_uri_parse((sip_str){out, (size_t)len}, &again) == 0 && sip_uri_equal(uri, &again));
    len = sip_uri_print(uri, changes, out, room);
    check(len > 0 && (size_t)len <= room);
    check(sip_uri_parse((sip_str){out, (size_t)len}, &again) == 0 && !(again.lr && uri->host.len));
    (void)sip_uri_print_sip_as_tel(uri, out, room);
    free(out);
    if (uri->scheme == SIP_SCHEME_TEL && sip_uri_tel(uri, &tel) == 0) {
        out = malloc(3 * room);
        check(out != NULL);
        len = sip_uri_print_tel_as_sip(uri, SIP_STR("h"), false, out, 3 * room);
        check(len == SIP_ETOOBIG || (len > 0 && (size_t)len <= 3 * room));
        check(len < 0 || (sip_uri_parse((sip_str){out, (size_t)len}, &again) == 0 &&
                          sip_uri_tel(&again, &tel_again) == 0 && sip_tel_equal(&tel, &tel_again)));
        free(out);
    }
}

static void try_params(const sip_uri *uri)
{
    char *number = malloc(uri->user.len + 1);

    check(number != NULL);
    check(sip_number_normalise(uri->user, number) <= uri->user.len);
    free(number);
    check(sip_uri_transport(uri) == SIP_PROTOCOL_NONE || uri->transport.len > 0);
    check(sip_uri_cause(uri) == 0 || (sip_uri_cause(uri) >= 100 && sip_uri_cause(uri) < 700));
    check(sip_uri_ttl(uri) >= -1 && sip_uri_ttl(uri) <= 255);
    check(sip_uri_is_gruu(uri) == uri->has_gr);
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
    (void)sip_uri_flaws(&uri);
    try_print(&uri);
    try_params(&uri);
}

/* Both ways of asking whether two URIs are the same give one answer. */
static void try_two(const sip_uri *a, const sip_uri *b)
{
    sip_tel tel_a, tel_b;

    check(sip_uri_equal(a, b) == sip_uri_equal(b, a));
    check(sip_uri_same_aor(a, b) == sip_uri_same_aor(b, a));
    if (sip_uri_tel(a, &tel_a) == 0 && sip_uri_tel(b, &tel_b) == 0) {
        check(sip_tel_equal(&tel_a, &tel_b) == sip_tel_equal(&tel_b, &tel_a));
    }
}

/* A URI a line, each with the one before. */
static void try_lines(sip_str text)
{
    sip_uri previous, uri;
    bool has_previous = false;

    while (text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        const sip_str line = {text.ptr, end != NULL ? (size_t)(end - text.ptr) : text.len};
        const size_t used = line.len + (end != NULL);

        try_uri(line);
        if (sip_uri_parse(line, &uri) == 0) {
            if (has_previous) {
                try_two(&previous, &uri);
            }
            previous = uri;
            has_previous = true;
        }
        text = (sip_str){text.ptr + used, text.len - used};
    }
}

static void try_escape(sip_str text)
{
    for (int place = SIP_ESCAPE_USER; place <= SIP_ESCAPE_HEADER; place++) {
        const size_t len = sip_escape(text, (sip_escape_place)place, NULL, 0);
        char *out = malloc(len + 1);
        char *plain = malloc(len + 1);

        check(out != NULL && plain != NULL);
        check(sip_escape(text, (sip_escape_place)place, out, len) == len);
        check(sip_unescape((sip_str){out, len}, plain) == (int)text.len);
        check(text.len == 0 || memcmp(plain, text.ptr, text.len) == 0);
        free(plain);
        free(out);
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

    try_lines(text);
    try_unescape(text);
    try_escape(text);
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
