#include <sip/uri.h>

#include "parser/cursor.h"
#include "parser/uri_text.h"

#include <string.h>

#define MAX_PARAMS 32

typedef struct tel_param {
    sip_str name, value;
} tel_param;

static bool is_separator(int c)
{
    return c == '-' || c == '.' || c == '(' || c == ')';
}

/* The next character of a number that counts, in lower case; -1 at the end. */
static int number_next(sip_str *rest)
{
    int c;

    do {
        c = sip__uri_char_next(rest, true, true);
    } while (is_separator(c));
    return c;
}

static bool same_number(sip_str a, sip_str b)
{
    int c;

    do {
        c = number_next(&a);
        if (c != number_next(&b)) {
            return false;
        }
    } while (c != -1);
    return true;
}

size_t sip_number_normalise(sip_str number, char *out)
{
    size_t n = 0;
    int c;

    while ((c = number_next(&number)) != -1) {
        out[n++] = (char)c;
    }
    return n;
}

/* A number in a user part may have its '#' escaped. */
static bool is_number(sip_str text)
{
    bool has_digit = false;
    int c;

    if (text.len > 0 && *text.ptr == '+') {
        sip__advance(&text, 1);
    }
    while ((c = sip__uri_char_next(&text, false, true)) != -1) {
        if (c > 0x7f || c == '+' || !sip__is_uri_char((char)c, SIP__URI_NUMBER)) {
            return false;
        }
        has_digit = has_digit || !is_separator(c);
    }
    return has_digit;
}

int sip_uri_tel(const sip_uri *uri, sip_tel *ret_tel)
{
    const bool is_tel = uri != NULL && uri->scheme == SIP_SCHEME_TEL;
    sip_str name, value, rest;
    sip_tel tel = {0};

    if (uri == NULL || (!is_tel && !sip_str_equal_nocase(uri->user_param, "phone"))) {
        return SIP_ENOENT;
    }
    tel.number = uri->user;
    tel.params = uri->params;
    if (!is_tel) {
        const char *semicolon =
            uri->user.len > 0 ? memchr(uri->user.ptr, ';', uri->user.len) : NULL;

        tel.params = (sip_str){NULL, 0};
        if (semicolon != NULL) {
            tel.number.len = (size_t)(semicolon - uri->user.ptr);
            tel.params = (sip_str){semicolon + 1, uri->user.len - tel.number.len - 1};
        }
    }
    if (!is_number(tel.number)) {
        return SIP_ESYNTAX;
    }
    tel.is_global = *tel.number.ptr == '+';
    for (rest = tel.params; sip_uri_param_next(&rest, &name, &value);) {
        if (sip_str_equal_nocase(name, "ext")) {
            tel.ext = value;
        } else if (sip_str_equal_nocase(name, "isub")) {
            tel.isub = value;
        } else if (sip_str_equal_nocase(name, "phone-context")) {
            tel.context = value;
        }
    }
    *ret_tel = tel;
    return 0;
}

static size_t count_params(sip_str params)
{
    size_t n = 0;

    while (sip_uri_param_next(&params, NULL, NULL)) {
        n++;
    }
    return n;
}

static bool same_value(sip_str name, sip_str a, sip_str b)
{
    const bool is_digits =
        sip_str_equal_nocase(name, "ext") ||
        (sip_str_equal_nocase(name, "phone-context") && a.len > 0 && *a.ptr == '+');

    return is_digits ? same_number(a, b) : sip__uri_text_same(a, b, true, true);
}

/* True if each parameter of `a` is in `b` with the same value. */
static bool params_match(sip_str a, sip_str b)
{
    sip_str name, value;

    while (sip_uri_param_next(&a, &name, &value)) {
        sip_str rest = b;
        sip_str other_name, other_value;
        bool found = false;

        while (!found && sip_uri_param_next(&rest, &other_name, &other_value)) {
            found = sip__uri_text_same(name, other_name, true, true) &&
                    same_value(name, value, other_value);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

bool sip_tel_equal(const sip_tel *a, const sip_tel *b)
{
    size_t n;

    if (a == NULL || b == NULL || !same_number(a->number, b->number)) {
        return false;
    }
    n = count_params(a->params);
    if (n > MAX_PARAMS) {
        return sip__uri_params_same(a->params, b->params);
    }
    return n == count_params(b->params) && params_match(a->params, b->params) &&
           params_match(b->params, a->params);
}

/* Where a parameter stands in the canonical order: isub, postd, then by name. */
static bool is_before(const tel_param *a, const tel_param *b)
{
    static const char *const first[] = {"isub", "postd"};
    sip_str name_a = a->name, name_b = b->name;
    int c, d;

    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        const bool is_b = sip_str_equal_nocase(name_b, first[i]);

        if (is_b || sip_str_equal_nocase(name_a, first[i])) {
            return !is_b;
        }
    }
    do {
        c = sip__uri_char_next(&name_a, true, true);
        d = sip__uri_char_next(&name_b, true, true);
    } while (c == d && c != -1);
    return c < d;
}

/* @return how many there are, or SIP_ETOOBIG */
static int sort_params(sip_str params, tel_param out[MAX_PARAMS])
{
    tel_param param;
    size_t n = 0;

    while (sip_uri_param_next(&params, &param.name, &param.value)) {
        size_t at = n;

        if (n == MAX_PARAMS) {
            return SIP_ETOOBIG;
        }
        for (; at > 0 && is_before(&param, &out[at - 1]); at--) {
            out[at] = out[at - 1];
        }
        out[at] = param;
        n++;
    }
    return (int)n;
}

/* Put text of a tel URI into a user part, in lower case. */
static void put_folded(struct sip__uri_out *out, sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const bool in_escape =
            (i > 0 && text.ptr[i - 1] == '%') || (i > 1 && text.ptr[i - 2] == '%');
        char c = text.ptr[i];

        if (c == '%' || in_escape) {
            sip__uri_put_char(out, c);
            continue;
        }
        c = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
        sip__uri_put_escaped(out, (sip_str){&c, 1}, SIP__URI_USER, false);
    }
}

int sip_uri_print_tel_as_sip(const sip_uri *tel, sip_str host, bool secure, char *out, size_t size)
{
    struct sip__uri_out to = {.out = out, .size = size};
    tel_param params[MAX_PARAMS];
    sip_str rest = host;
    int n;

    if (tel == NULL || tel->scheme != SIP_SCHEME_TEL || (out == NULL && size > 0) ||
        !sip__take_host(&rest, &host) || rest.len > 0) {
        return SIP_EINVAL;
    }
    n = sort_params(tel->params, params);
    if (n < 0) {
        return n;
    }
    sip__uri_put(&to, secure ? SIP_STR("sips:") : SIP_STR("sip:"));
    put_folded(&to, tel->user);
    for (int i = 0; i < n; i++) {
        sip__uri_put_char(&to, ';');
        put_folded(&to, params[i].name);
        if (params[i].value.len > 0) {
            sip__uri_put_char(&to, '=');
            put_folded(&to, params[i].value);
        }
    }
    sip__uri_put_char(&to, '@');
    sip__uri_put(&to, host);
    sip__uri_put(&to, SIP_STR(";user=phone"));
    return to.bytes <= INT32_MAX ? (int)to.bytes : SIP_ETOOBIG;
}

int sip_uri_print_sip_as_tel(const sip_uri *uri, char *out, size_t size)
{
    struct sip__uri_out to = {.out = out, .size = size};
    sip_str rest;
    sip_tel tel;

    if (uri == NULL || uri->scheme == SIP_SCHEME_TEL || (out == NULL && size > 0) ||
        sip_uri_tel(uri, &tel) != 0) {
        return SIP_EINVAL;
    }
    sip__uri_put(&to, SIP_STR("tel:"));
    for (rest = uri->user; rest.len > 0;) {
        const unsigned class =
            rest.ptr < tel.number.ptr + tel.number.len ? SIP__URI_NUMBER : SIP__URI_PARAM;
        const sip_str before = rest;
        const int c = sip__uri_char_next(&rest, false, true);

        if (c <= 0x7f && sip__is_uri_char((char)c, class)) {
            sip__uri_put_char(&to, (char)c);
        } else {
            sip__uri_put(&to, (sip_str){before.ptr, before.len - rest.len});
        }
    }
    return to.bytes <= INT32_MAX ? (int)to.bytes : SIP_ETOOBIG;
}
