#include "support/header_rows.h"

#include "support/guard_str.h"

#include <stdlib.h>

#define TEXT_BYTES 2048

static void *value_of(const sip_header_type *type)
{
    void *value = malloc(type->size);

    assert_non_null(value);
    return value;
}

void header_read(const sip_header_type *type, const char *text, void *value)
{
    size_t at = 0;

    if (sip_header_parse(type, sip_str_of(text), value, &at) != 0) {
        fail_msg("%s: \"%s\" is refused at %zu", type->name, text, at);
    }
}

void header_prints(const sip_header_type *type, const void *value, const char *text)
{
    char out[TEXT_BYTES];
    const int len = sip_header_print(type, value, out, sizeof out);

    if (text == NULL) {
        assert_int_equal(len, SIP_EINVAL);
        return;
    }
    if (len < 0) {
        fail_msg("%s: \"%s\" cannot be printed", type->name, text);
    }
    assert_string_equal(out, text);
    assert_int_equal(len, strlen(text));
}

static void check_sizes(const sip_header_type *type, const void *value, const char *text)
{
    const size_t len = strlen(text);

    assert_int_equal(sip_header_print(type, value, NULL, 0), len);
    for (size_t size = 1; size <= len + 1; size++) {
        guard_page page;

        guard_page_init(&page, text, size);
        memset(page.bytes, 'x', size);
        assert_int_equal(sip_header_print(type, value, page.bytes, size), len);
        assert_int_equal(strlen(page.bytes), size - 1);
        assert_memory_equal(page.bytes, text, size - 1);
        guard_page_finish(&page);
    }
}

/* What reads must print as something that reads as the same, or not at all. */
static void check_any(const sip_header_type *type, sip_str text)
{
    char out[TEXT_BYTES];
    void *value = value_of(type);
    void *again = value_of(type);
    size_t at = 0;

    if (sip_header_parse(type, text, value, &at) != 0) {
        assert_true(at <= text.len);
    } else if (sip_header_print(type, value, out, sizeof out) >= 0) {
        if (sip_header_parse(type, sip_str_of(out), again, NULL) != 0 ||
            !sip_header_equal(type, value, again)) {
            fail_msg("%s: \"%.*s\" prints as \"%s\"", type->name, (int)text.len, text.ptr, out);
        }
    }
    free(again);
    free(value);
}

static void check_around(const sip_header_type *type, const char *text)
{
    static const char bytes[] = {'\0', ' ', '"', '\\', ';', ',', '=', '<', '>', '(', ')', '0', 'z'};
    const size_t len = strlen(text);

    for (size_t i = 0; i < len; i++) {
        guard_page page;

        check_any(type, guard_bytes(&page, text, i));
        guard_page_finish(&page);
        for (size_t k = 0; k < sizeof bytes; k++) {
            const sip_str changed = guard_str(&page, text);

            page.bytes[i] = bytes[k];
            check_any(type, changed);
            guard_page_finish(&page);
        }
    }
}

static void check_anew(const header_row *row, const void *value)
{
    void *anew = value_of(row->type);

    memcpy(anew, value, row->type->size);
    if (row->type->shape->params != SIP_NO_MEMBER) {
        memset((char *)anew + row->type->shape->params, 0, sizeof(sip_str));
    }
    header_prints(row->type, anew, row->anew);
    free(anew);
}

void header_rows_check(const header_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const sip_header_type *type = rows[i].type;
        const char *printed = rows[i].printed != NULL ? rows[i].printed : rows[i].text;
        void *value = value_of(type);
        void *again = value_of(type);
        guard_page page;
        size_t at = 0;

        if (sip_header_parse(type, guard_str(&page, rows[i].text), value, &at) != 0) {
            fail_msg("%s: \"%s\" is refused at %zu", type->name, rows[i].text, at);
        }
        header_prints(type, value, printed);
        check_sizes(type, value, printed);
        header_read(type, printed, again);
        assert_true(sip_header_equal(type, value, again));
        assert_true(sip_header_equal(type, again, value));
        if (rows[i].anew != NULL) {
            check_anew(&rows[i], value);
        }
        guard_page_finish(&page);
        free(again);
        free(value);
        check_around(type, rows[i].text);
    }
}

void header_refused(const sip_header_type *type, const char *text, size_t at)
{
    void *value = value_of(type);
    size_t where = SIZE_MAX;
    guard_page page;

    if (sip_header_parse(type, guard_str(&page, text), value, &where) != SIP_ESYNTAX) {
        fail_msg("%s: \"%s\" is taken", type->name, text);
    }
    if (where != at) {
        fail_msg("%s: the fault of \"%s\" is said to be at %zu", type->name, text, where);
    }
    guard_page_finish(&page);
    free(value);
}
