#include "xml_check.h"

#include "support/fail_alloc.h"

#include <stdio.h>
#include <stdlib.h>

#include <sip/pidf_diff.h>

#define NS                                                                                         \
    "xmlns='urn:ietf:params:xml:ns:pidf' xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' "       \
    "xmlns:r='urn:ietf:params:xml:ns:pidf:rpid' xmlns:x='urn:x' "                                  \
    "xmlns:m='urn:ietf:params:xml:ns:pidf'"

static sip_pidf *must_parse(const char *content)
{
    char text[4400];
    sip_pidf *pidf = NULL;

    snprintf(text, sizeof text, "<presence " NS " entity='a'>%s</presence>", content);
    assert_int_equal(sip_pidf_parse(NULL, sip_str_of(text), &pidf), 0);
    return pidf;
}

static sip_str printed(const sip_pidf *pidf)
{
    return xml_check_print(xml_check_body(sip_pidf_codec()), pidf);
}

static void assert_same(const sip_pidf *a, const sip_pidf *b)
{
    sip_str left = printed(a), right = printed(b);

    assert_string_equal(left.ptr, right.ptr);
    free((void *)(uintptr_t)left.ptr);
    free((void *)(uintptr_t)right.ptr);
}

/* The diff, sent and received, leads from one document to the other. */
static void check_both(const sip_pidf *from, const sip_pidf *to, size_t n_changes)
{
    const sip_xml_body *body = xml_check_body(sip_pidf_diff_codec());
    sip_pidf_diff *diff = NULL;
    sip_pidf *result = NULL;
    void *received = NULL;
    sip_str sent;

    assert_int_equal(sip_pidf_diff_make(NULL, from, to, 7, &diff), 0);
    assert_int_equal(diff->version.value, 7);
    assert_int_equal(diff->n_changes, n_changes);
    sent = xml_check_print(body, diff);
    assert_int_equal(body->parse(NULL, sent, &received), 0);
    assert_int_equal(sip_pidf_diff_apply(NULL, from, received, &result), 0);
    assert_same(result, to);
    free((void *)(uintptr_t)sent.ptr);
    body->free(NULL, received);
    sip_pidf_diff_free(NULL, diff);
    sip_pidf_free(NULL, result);
}

static void check(const char *from, const char *to, size_t n_changes)
{
    sip_pidf *a = must_parse(from), *b = must_parse(to);

    check_both(a, b, n_changes);
    sip_pidf_free(NULL, a);
    sip_pidf_free(NULL, b);
}

#define TUPLE(id, basic) "<tuple id='" id "'><status><basic>" basic "</basic></status></tuple>"

static void test_tuples(void **state)
{
    (void)state;
    check(TUPLE("a", "open"), TUPLE("a", "open"), 0);
    check(TUPLE("a", "open"), TUPLE("a", "closed"), 1);
    check("", TUPLE("a", "closed"), 1);
    check(TUPLE("a", "closed"), "", 1);
    check(TUPLE("a", "open") TUPLE("b", "open"), TUPLE("b", "closed") TUPLE("c", "open"), 3);
    check(TUPLE("b", "open"), TUPLE("a", "open") TUPLE("b", "open"), 1);
    check(TUPLE("a", "open") TUPLE("c", "open"),
          TUPLE("a", "open") TUPLE("b", "open") TUPLE("c", "open"), 1);
    check(TUPLE("it&apos;s", "open") TUPLE("a", "open"),
          TUPLE("it&apos;s", "closed") TUPLE("a", "open"), 1);
}

static void test_content(void **state)
{
    (void)state;
    check("<note>a</note><note>b</note>", "<note>a</note><note xml:lang='en'>c</note>", 2);
    check("<note xml:lang='en'>a</note>", "<note>a</note>", 1);
    check("<note xml:lang='en'>a</note>", "<note xml:lang='de'></note>", 2);
    check("<note/>", "<note>a</note><note>b</note>", 2);
    check("<note>a</note><note>b</note>", "<note>a</note>", 1);
    check("<dm:person id='p'><r:activities><r:busy/></r:activities></dm:person>",
          "<dm:person id='p'><r:activities><r:away/></r:activities></dm:person>", 2);
    check("<dm:person id='p'/>",
          "<dm:person id='p'><r:mood><r:sad/></r:mood><dm:note>n</dm:note></dm:person>", 2);
}

static void test_extensions(void **state)
{
    (void)state;
    check("<x:a x:b='1'/>", "<x:a x:b='2'/>", 1);
    check("<x:a/><x:a/>", "<x:a/><x:a x:b='2'><x:c/></x:a>", 2);
    check("<x:a/>", "<x:a m:mustUnderstand='1'/>", 1);
    check("<x:a m:mustUnderstand='1'/>", "<x:a m:mustUnderstand='0'/>", 1);
    check("<x:a m:mustUnderstand='1'/>", "<x:a/>", 1);
    check("<x:a>1<x:b/>2</x:a>", "<x:a>1<x:b/>3</x:a>", 1);
    check("<x:a>1<x:b/>2</x:a>", "<x:a c='d'>1<x:b/>2</x:a>", 1);
    check("<x:a>1<x:b e='1'/>2</x:a>", "<x:a>1<x:b e='2'/>2</x:a>", 1);
    check("<x:a>1</x:a>", "<x:a><x:b/></x:a>", 1);
    check("<x:a><c xmlns=''>1</c></x:a>", "<x:a><c xmlns=''>2</c></x:a>", 1);
    check("<x:a id='1'/><x:a id='1'/>", "<x:a id='1'/>", 1);
    check("<x:a id='1'/><x:a id='1'/>", "<x:a id='1'/><x:a id='1'>t</x:a>", 1);
    check("<x:a>1</x:a><x:b>2</x:b>", "<x:a>1</x:a><x:b>2</x:b><x:a>3</x:a>", 1);
}

/* What no selector points to makes a full document. */
static void test_full(void **state)
{
    sip_pidf *from = must_parse("one" TUPLE("a", "open"));
    sip_pidf *to = must_parse("two" TUPLE("a", "closed"));
    sip_pidf_diff *diff = NULL;
    sip_pidf *result = NULL;

    (void)state;
    assert_int_equal(sip_pidf_diff_make(NULL, from, to, 1, &diff), 0);
    assert_int_equal(diff->kind, SIP_PIDF_DIFF_FULL);
    assert_int_equal(diff->presence.n_tuples, 1);
    assert_int_equal(sip_pidf_diff_apply(NULL, NULL, diff, &result), 0);
    assert_same(result, to);
    sip_pidf_free(NULL, result);
    sip_pidf_free(NULL, from);
    sip_pidf_free(NULL, to);
    sip_pidf_diff_free(NULL, diff);
}

static void test_printed(void **state)
{
    sip_pidf *from = must_parse("<dm:person id='p'><r:activities><r:busy/></r:activities>"
                                "</dm:person>" TUPLE("a", "open"));
    sip_pidf *to = must_parse("<dm:person id='p'><r:activities/></dm:person>" TUPLE("a", "closed"));
    sip_pidf_diff *diff = NULL;
    sip_str text;

    (void)state;
    assert_int_equal(sip_pidf_diff_make(NULL, from, to, 3, &diff), 0);
    text = xml_check_print(xml_check_body(sip_pidf_diff_codec()), diff);
    assert_string_equal(
        strchr(text.ptr, '\n') + 1,
        "<p:pidf-diff xmlns=\"urn:ietf:params:xml:ns:pidf\""
        " xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\""
        " xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\""
        " xmlns:p=\"urn:ietf:params:xml:ns:pidf-diff\" entity=\"a\" version=\"3\">"
        "<p:replace sel=\"*/tuple[@id='a']/status/basic/text()\">closed</p:replace>"
        "<p:remove sel=\"*/dm:person[@id='p']/rpid:activities/rpid:busy\"/></p:pidf-diff>");
    free((void *)(uintptr_t)text.ptr);
    sip_pidf_free(NULL, from);
    sip_pidf_free(NULL, to);
    sip_pidf_diff_free(NULL, diff);
}

static void test_documents(void **state)
{
    static const char *const names[] = {"rfc3863_full.xml", "rfc4479_model.xml", "rfc4480_rpid.xml",
                                        "rfc5196_caps.xml", "pidf_caps.xml"};
    const size_t n = sizeof names / sizeof names[0];
    const sip_xml_body *body = xml_check_body(sip_pidf_codec());

    (void)state;
    for (size_t i = 0; i < n * n; i++) {
        sip_pidf *from = xml_check_parse(body, names[i / n]);
        sip_pidf *to = xml_check_parse(body, names[i % n]);
        sip_pidf_diff *diff = NULL;
        sip_pidf *result = NULL;
        sip_pidf_diff *rest = NULL;

        assert_int_equal(sip_pidf_diff_make(NULL, from, to, 1, &diff), 0);
        assert_int_equal(sip_pidf_diff_apply(NULL, from, diff, &result), 0);
        /* The order may differ; nothing else does. */
        assert_int_equal(sip_pidf_diff_make(NULL, result, to, 1, &rest), 0);
        assert_int_equal(rest->n_changes, 0);
        assert_true(i % (n + 1) != 0 || diff->n_changes == 0);
        sip_pidf_diff_free(NULL, rest);
        sip_pidf_diff_free(NULL, diff);
        sip_pidf_free(NULL, result);
        sip_pidf_free(NULL, from);
        sip_pidf_free(NULL, to);
    }
}

static void test_refused(void **state)
{
    const sip_pidf nobody = {.n_tuples = 0};
    sip_pidf *from = must_parse("");
    sip_pidf_diff *diff = NULL;

    (void)state;
    assert_int_equal(sip_pidf_diff_make(NULL, from, &nobody, 1, &diff), SIP_EINVAL);
    assert_int_equal(sip_pidf_diff_make(NULL, &nobody, from, 1, &diff), SIP_EINVAL);
    sip_pidf_free(NULL, from);
}

/* A path that no selector is long enough for. */
static void test_long_path(void **state)
{
    char long_id[3000];
    char text[2][4000];
    sip_pidf *from, *to;
    sip_pidf_diff *diff = NULL;

    (void)state;
    memset(long_id, 'i', sizeof long_id - 1);
    long_id[sizeof long_id - 1] = '\0';
    snprintf(text[0], sizeof text[0], "<tuple id='%s'><status/></tuple>", long_id);
    snprintf(text[1], sizeof text[1], "<tuple id='%s'><status/><note/></tuple>", long_id);
    from = must_parse(text[0]);
    to = must_parse(text[1]);
    assert_int_equal(sip_pidf_diff_make(NULL, from, to, 1, &diff), SIP_ETOOBIG);
    sip_pidf_free(NULL, from);
    sip_pidf_free(NULL, to);
}

static void test_no_memory(void **state)
{
    sip_pidf *from = must_parse(TUPLE("a", "open") "<x:a x:b='1'/><note>a</note>");
    sip_pidf *to = must_parse(TUPLE("a", "closed") TUPLE("b", "open") "<x:a x:b='2'/>");
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_pidf_diff *diff = NULL;
        int err;

        fail_alloc_init(&fail, ++n);
        err = sip_pidf_diff_make(&fail.allocator, from, to, 1, &diff);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        sip_pidf_diff_free(&fail.allocator, diff);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 30);
    sip_pidf_free(NULL, from);
    sip_pidf_free(NULL, to);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tuples),     cmocka_unit_test(test_content),
        cmocka_unit_test(test_extensions), cmocka_unit_test(test_full),
        cmocka_unit_test(test_printed),    cmocka_unit_test(test_documents),
        cmocka_unit_test(test_refused),    cmocka_unit_test(test_long_path),
        cmocka_unit_test(test_no_memory),
    };

    xml_check_folder(argc > 1 ? argv[1] : ".");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
