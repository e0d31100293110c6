#include "support/fail_alloc.h"
#include "support/guard_str.h"

#include <stdlib.h>

#include <sip/iscomposing.h>
#include <sip/pidf.h>

static void test_list(void **state)
{
    static const char *const types[] = {
        "application/pidf+xml",
        "application/pidf-diff+xml",
        "application/dialog-info+xml",
        "application/reginfo+xml",
        "application/watcherinfo+xml",
        "application/conference-info+xml",
        "application/rlmi+xml",
        "application/resource-lists+xml",
        "message/imdn+xml",
        "application/im-iscomposing+xml",
    };
    size_t n = 0;
    const sip_xml_body *const *bodies = sip_xml_bodies(&n);

    (void)state;
    assert_int_equal(n, sizeof types / sizeof types[0]);
    for (size_t i = 0; i < n; i++) {
        void *object = &n;

        assert_string_equal(bodies[i]->codec.type, types[i]);
        assert_int_equal(bodies[i]->parse(NULL, SIP_STR("<a/>"), &object), SIP_ESYNTAX);
        assert_ptr_equal(object, &n);
        assert_int_equal(bodies[i]->codec.print(NULL, NULL, 0), SIP_EINVAL);
        bodies[i]->free(NULL, NULL);
    }
}

static void test_options(void **state)
{
    const sip_str text = SIP_STR("<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='a'>"
                                 "<note>n</note></presence>");
    sip_xml_counts counts = {0};
    sip_xml_options options = {.depth = 1, .counts = &counts};
    size_t n;
    const sip_xml_body *pidf = sip_xml_bodies(&n)[0];
    const sip_xml_body other = *pidf;
    void *object = NULL;

    (void)state;
    assert_int_equal(sip_xml_body_parse(pidf, &options, NULL, text, &object), SIP_ETOOBIG);
    assert_int_equal(counts.too_deep, 1);
    options.depth = 2;
    assert_int_equal(sip_xml_body_parse(pidf, &options, NULL, SIP_STR("<a/>"), &object),
                     SIP_ESYNTAX);
    assert_int_equal(counts.malformed, 1);
    assert_int_equal(sip_xml_body_parse(pidf, &options, NULL, text, &object), 0);
    assert_int_equal(counts.read, 1);
    assert_str(((const sip_pidf *)object)->notes[0].text, "n");
    pidf->free(NULL, object);
    assert_int_equal(sip_xml_body_parse(&other, NULL, NULL, text, &object), SIP_EINVAL);
    assert_int_equal(sip_xml_body_parse(NULL, NULL, NULL, text, &object), SIP_EINVAL);
}

static void test_print_alloc(void **state)
{
    const sip_iscomposing composing = {.state = SIP_ISCOMPOSING_IDLE};
    fail_alloc fail;
    sip_str text = {NULL, 0};

    (void)state;
    assert_int_equal(sip_xml_print_alloc(sip_iscomposing_codec(), &composing, NULL, &text), 0);
    assert_int_equal(strlen(text.ptr), text.len);
    assert_non_null(strstr(text.ptr, "<state>idle</state>"));
    sip_free(NULL, (void *)(uintptr_t)text.ptr);
    text.ptr = NULL;
    fail_alloc_init(&fail, 1);
    assert_int_equal(
        sip_xml_print_alloc(sip_iscomposing_codec(), &composing, &fail.allocator, &text),
        SIP_ENOMEM);
    assert_int_equal(sip_xml_print_alloc(sip_iscomposing_codec(), NULL, NULL, &text), SIP_EINVAL);
    assert_int_equal(sip_xml_print_alloc(NULL, &composing, NULL, &text), SIP_EINVAL);
    assert_null(text.ptr);
}

/* Prints the first time and then no more. */
static int print_once(const void *object, char *out, size_t size)
{
    (void)object;
    (void)out;
    return size == 0 ? 10 : SIP_EINVAL;
}

static void test_fickle_codec(void **state)
{
    const sip_body_codec once = {.print = print_once};
    sip_str text;

    (void)state;
    assert_int_equal(sip_xml_print_alloc(&once, NULL, NULL, &text), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_print_alloc),
        cmocka_unit_test(test_fickle_codec),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
