#include "support/fail_alloc.h"
#include "support/guard_str.h"

#include "body/xml_body.h"

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

/* A table that follows its own shape ends at the depth of documents. */
static void check_shape(const struct sip__xml_shape *shape, unsigned depth)
{
    for (unsigned i = 0; i < shape->n_rows; i++) {
        const struct sip__xml_row *row = &shape->rows[i];
        const bool points = row->kind == SIP__XML_STRUCT || row->kind == SIP__XML_LIST;

        assert_true(row->offset < shape->bytes);
        assert_int_equal(points, row->shape != NULL);
        assert_true(row->place == SIP__XML_ANY || row->offset >= sizeof(sip_xml_extra));
        if (points) {
            assert_int_equal(row->bytes, row->shape->bytes);
        } else if (row->place != SIP__XML_ANY) {
            assert_true(row->offset + row->bytes <= shape->bytes);
            assert_int_equal(row->kind == SIP__XML_ENUM || row->kind == SIP__XML_CHOICE,
                             row->names != NULL);
        }
        if (points && depth > 0) {
            check_shape(row->shape, depth - 1);
        }
    }
}

static void test_tables(void **state)
{
    const struct sip__xml_type *const types[] = {
        &sip__conference_info_type, &sip__dialog_info_type,    &sip__imdn_type,
        &sip__iscomposing_type,     &sip__pidf_type,           &sip__pidf_diff_type,
        &sip__reginfo_type,         &sip__resource_lists_type, &sip__rlmi_type,
        &sip__watcherinfo_type,
    };

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        check_shape(types[i]->doc->shape, 6);
    }
}

/* A list that is said to have members and has none. */
static void test_null_list(void **state)
{
    const sip_pidf pidf = {.entity = SIP_STR_INIT("pres:a"), .n_tuples = 1};
    char out[200];

    (void)state;
    assert_int_equal(sip_pidf_print(&pidf, out, sizeof out), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),        cmocka_unit_test(test_options),
        cmocka_unit_test(test_print_alloc), cmocka_unit_test(test_fickle_codec),
        cmocka_unit_test(test_tables),      cmocka_unit_test(test_null_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
