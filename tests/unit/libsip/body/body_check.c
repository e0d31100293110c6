#include "body_check.h"

#include "support/fail_alloc.h"

#include <stdlib.h>

static int read_text(const sip_body_type *type, const sip_allocator *allocator,
                     const char *content_type, sip_str text, void **ret_object)
{
    const sip_body body = {.type = sip_str_of(content_type), .data = text};

    return type->read != NULL ? type->read(allocator, &body, NULL, ret_object)
                              : type->parse(allocator, text, ret_object);
}

void *body_check_read(const sip_body_type *type, const char *content_type, sip_str text)
{
    void *object = NULL;

    assert_int_equal(read_text(type, NULL, content_type, text, &object), 0);
    assert_non_null(object);
    return object;
}

char *body_check_print(const sip_body_type *type, const void *object)
{
    const int len = type->codec.print(object, NULL, 0);
    char *text;

    assert_true(len >= 0);
    text = malloc((size_t)len + 1);
    assert_non_null(text);
    assert_int_equal(type->codec.print(object, text, (size_t)len + 1), len);
    assert_int_equal(text[len], '\0');
    for (size_t size = 0; size <= (size_t)len; size++) {
        char *cut = malloc(size + 1);

        assert_non_null(cut);
        assert_int_equal(type->codec.print(object, cut, size), len);
        if (size > 0) {
            assert_memory_equal(cut, text, size - 1);
            assert_int_equal(cut[size - 1], '\0');
        }
        free(cut);
    }
    return text;
}

static void try_text(const sip_body_type *type, const char *content_type, sip_str text)
{
    void *object = NULL;
    const int err = read_text(type, NULL, content_type, text, &object);

    assert_true(err == 0 ? object != NULL : object == NULL);
    if (err == 0) {
        const int len = type->codec.print(object, NULL, 0);

        assert_true(len >= 0 || len == SIP_EINVAL);
        type->free(NULL, object);
    }
}

static void try_prefixes(const sip_body_type *type, const char *content_type, const char *text)
{
    for (size_t len = 0; len < strlen(text); len++) {
        guard_page page;

        try_text(type, content_type, guard_bytes(&page, text, len));
        guard_page_finish(&page);
    }
}

static void try_changes(const sip_body_type *type, const char *content_type, const char *text)
{
    static const char others[] = {'\0', '\r', '\n', ' ', ':', '"', '<', '-', '\\', (char)0xff};
    guard_page page;
    const sip_str changed = guard_str(&page, text);

    for (size_t at = 0; at < changed.len; at++) {
        for (size_t i = 0; i < sizeof others; i++) {
            page.bytes[at] = others[i];
            try_text(type, content_type, changed);
        }
        page.bytes[at] = text[at];
    }
    guard_page_finish(&page);
}

static void sweep(const sip_body_type *type, const char *content_type, const char *text)
{
    fail_alloc fail;
    size_t n = 0;

    do {
        void *object = NULL;
        int err;

        fail_alloc_init(&fail, ++n);
        err = read_text(type, &fail.allocator, content_type, sip_str_of(text), &object);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        assert_true(err == 0 || object == NULL);
        type->free(&fail.allocator, object);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 1);
}

void body_check(const sip_body_type *type, const char *content_type, const char *text,
                const char *printed)
{
    guard_page page;
    void *object = body_check_read(type, content_type, guard_str(&page, text));
    char *first = body_check_print(type, object);
    void *again = body_check_read(type, content_type, sip_str_of(first));
    char *second = body_check_print(type, again);

    assert_string_equal(first, printed != NULL ? printed : text);
    assert_string_equal(second, first);
    type->free(NULL, object);
    type->free(NULL, again);
    free(first);
    free(second);
    guard_page_finish(&page);
    type->free(NULL, NULL);
    try_prefixes(type, content_type, text);
    try_changes(type, content_type, text);
    sweep(type, content_type, text);
}

void body_check_refused(const sip_body_type *type, const char *content_type, const char *text,
                        int err)
{
    guard_page page;
    void *object = &page;

    assert_int_equal(read_text(type, NULL, content_type, guard_str(&page, text), &object), err);
    assert_ptr_equal(object, &page);
    guard_page_finish(&page);
}
