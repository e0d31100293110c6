#include "support/fail_alloc.h"
#include "support/guard_str.h"

#include <stdio.h>
#include <stdlib.h>

#include <sip/xml.h>

static sip_xml *must_parse(const char *text)
{
    guard_page page;
    sip_xml *root = NULL;

    assert_int_equal(sip_xml_parse(NULL, NULL, guard_str(&page, text), &root), 0);
    guard_page_finish(&page);
    return root;
}

static void assert_refused(const char *text, const sip_xml_options *options, int err)
{
    guard_page page;
    sip_xml *root = NULL;

    assert_int_equal(sip_xml_parse(NULL, options, guard_str(&page, text), &root), err);
    assert_null(root);
    guard_page_finish(&page);
}

static void test_tree(void **state)
{
    sip_xml *root =
        must_parse("<?xml version='1.0'?><!-- c --><a xmlns='u' xmlns:p='v' x='1' p:y='2'>"
                   "one<p:b/>&lt;<![CDATA[&]]>&#x41;<?pi?> two<c>three</c></a>\n");
    const sip_xml *x = root->children;

    (void)state;
    assert_str(root->name, "a");
    assert_str(root->ns, "u");
    assert_str(root->prefix, "");
    assert_str(root->attributes->ns, SIP_XML_NS_XMLNS);
    assert_str(root->attributes->name, "");
    assert_str(root->attributes->value, "u");
    assert_str(root->attributes->next->name, "p");
    assert_str(sip_xml_attribute_value(root->attributes, NULL, "x"), "1");
    assert_str(sip_xml_attribute_value(root->attributes, "v", "y"), "2");
    assert_null(sip_xml_attribute_value(root->attributes, NULL, "y").ptr);
    assert_str(x->text, "one");
    assert_int_equal(x->name.len, 0);
    x = x->next;
    assert_str(x->name, "b");
    assert_str(x->ns, "v");
    assert_str(x->prefix, "p");
    x = x->next;
    assert_str(x->text, "<&A two");
    assert_str(sip_xml_text_of(x->next), "three");
    assert_null(x->next->next);
    assert_ptr_equal(sip_xml_find(root->children, "u", "c"), x->next);
    assert_ptr_equal(sip_xml_find(root->children, NULL, "b"), root->children->next);
    assert_null(sip_xml_find(root->children, "v", "c"));
    assert_null(sip_xml_find(root->children, NULL, ""));
    assert_str(sip_xml_text_of(root), "one");
    assert_null(sip_xml_text_of(root->children->next).ptr);
    assert_null(sip_xml_text_of(NULL).ptr);
    sip_xml_free(NULL, root);
    sip_xml_free(NULL, NULL);
}

static void test_encodings(void **state)
{
    static const char utf16[] = "\xfe\xff\0<\0a\0>\0\xe9\0<\0/\0a\0>";
    sip_xml *root = must_parse("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>");

    (void)state;
    assert_str(sip_xml_text_of(root), "\xc3\xa9");
    sip_xml_free(NULL, root);
    root = NULL;
    assert_int_equal(sip_xml_parse(NULL, NULL, (sip_str){utf16, sizeof utf16 - 1}, &root), 0);
    assert_str(sip_xml_text_of(root), "\xc3\xa9");
    sip_xml_free(NULL, root);
    assert_refused("<?xml version='1.0' encoding='KOI8-R'?><a/>", NULL, SIP_ESYNTAX);
}

static void test_malformed(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "a",
        "<a",
        "<a></b>",
        "<a/><b/>",
        "<a/>x",
        "<p:a/>",
        "<a b='1' b='2'/>",
        "<a>\xff</a>",
        "<a>\x01</a>",
        "<a b=1/>",
        "<a>&x;</a>",
        "<a xmlns:p=''/>",
        "<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>",
    };
    sip_xml_counts counts = {0};
    const sip_xml_options options = {.counts = &counts};
    const size_t n = sizeof texts / sizeof texts[0];

    (void)state;
    for (size_t i = 0; i < n; i++) {
        assert_refused(texts[i], &options, SIP_ESYNTAX);
    }
    assert_int_equal(counts.malformed, n);
    assert_int_equal(counts.read, 0);
}

static void test_entities(void **state)
{
    sip_xml_counts counts = {0};
    const sip_xml_options options = {.counts = &counts};
    sip_xml *root = NULL;

    (void)state;
    assert_refused("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", &options, SIP_ESYNTAX);
    assert_refused("<!DOCTYPE a [<!ENTITY l 'lol'><!ENTITY m '&l;&l;&l;&l;&l;'>"
                   "<!ENTITY n '&m;&m;&m;&m;&m;'>]><a>&n;</a>",
                   &options, SIP_ESYNTAX);
    assert_refused("<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>", &options, SIP_ESYNTAX);
    assert_refused("<!DOCTYPE a SYSTEM 'file:///etc/passwd' []><a/>", &options, SIP_ESYNTAX);
    /* Nobody reads the declaration, so nobody knows the entity. */
    assert_refused("<!DOCTYPE a SYSTEM 'a.dtd'><a>&b;</a>", &options, SIP_ESYNTAX);
    assert_int_equal(counts.entities_refused, 5);
    assert_int_equal(counts.malformed, 0);
    assert_int_equal(
        sip_xml_parse(NULL, &options, SIP_STR("<!DOCTYPE a SYSTEM 'a.dtd'><a>b</a>"), &root), 0);
    assert_str(sip_xml_text_of(root), "b");
    assert_int_equal(counts.read, 1);
    sip_xml_free(NULL, root);
}

static void test_limits(void **state)
{
    sip_xml_counts counts = {0};
    const sip_xml_options options = {.bytes = 60,
                                     .depth = 3,
                                     .elements = 4,
                                     .attributes = 2,
                                     .namespaces = 1,
                                     .counts = &counts};
    sip_xml *root = NULL;

    (void)state;
    assert_int_equal(
        sip_xml_parse(NULL, &options, SIP_STR("<a xmlns='u' b='1'><b><c/></b><d/></a>"), &root), 0);
    sip_xml_free(NULL, root);
    assert_refused("<a><b><c><d/></c></b></a>", &options, SIP_ETOOBIG);
    assert_int_equal(counts.too_deep, 1);
    assert_refused("<a><b/><c/><d/><e/></a>", &options, SIP_ETOOBIG);
    assert_int_equal(counts.too_many_elements, 1);
    assert_refused("<a b='1' c='2' d='3'/>", &options, SIP_ETOOBIG);
    assert_refused("<a xmlns='u' c='2' d='3'/>", &options, SIP_ETOOBIG);
    assert_int_equal(counts.too_many_attributes, 2);
    assert_refused("<a xmlns='u'><b xmlns='v'/></a>", &options, SIP_ETOOBIG);
    assert_int_equal(counts.too_many_namespaces, 1);
    assert_refused("<a>123456789012345678901234567890123456789012345678901234567</a>", &options,
                   SIP_ETOOBIG);
    assert_int_equal(counts.too_long, 1);
    assert_int_equal(counts.read, 1);
    assert_int_equal(counts.malformed, 0);
    /* Namespaces side by side are not in force at one place. */
    root = NULL;
    assert_int_equal(
        sip_xml_parse(NULL, &options, SIP_STR("<a><b xmlns='u'/><b xmlns='v'/></a>"), &root), 0);
    sip_xml_free(NULL, root);
}

static void test_default_limits(void **state)
{
    const size_t room = 300000;
    char *text = malloc(room);
    size_t len = 0;

    (void)state;
    assert_non_null(text);
    for (int i = 0; i < 33; i++) {
        len += (size_t)snprintf(text + len, room - len, "<a>");
    }
    assert_refused(text, NULL, SIP_ETOOBIG);
    assert_refused(text, &(sip_xml_options){.depth = 1000}, SIP_ESYNTAX);
    len = (size_t)snprintf(text, room, "<a>");
    for (int i = 0; i < 10000; i++) {
        len += (size_t)snprintf(text + len, room - len, "<b/>");
    }
    assert_refused(text, NULL, SIP_ETOOBIG);
    len = (size_t)snprintf(text, room, "<a");
    for (int i = 0; i < 65; i++) {
        len += (size_t)snprintf(text + len, room - len, " a%d=''", i);
    }
    assert_refused(text, NULL, SIP_ESYNTAX);
    snprintf(text + len, room - len, "/>");
    assert_refused(text, NULL, SIP_ETOOBIG);
    len = (size_t)snprintf(text, room, "<a");
    for (int i = 0; i < 33; i++) {
        len += (size_t)snprintf(text + len, room - len, " xmlns:a%d='u'", i);
    }
    snprintf(text + len, room - len, "/>");
    assert_refused(text, NULL, SIP_ETOOBIG);
    memset(text, ' ', room);
    assert_int_equal(sip_xml_parse(NULL, NULL, (sip_str){text, 262145}, NULL), SIP_ETOOBIG);
    assert_int_equal(sip_xml_parse(NULL, NULL, (sip_str){text, 262144}, NULL), SIP_ESYNTAX);
    free(text);
}

/* An allocator that knows how much it gave at most. */
typedef struct gauge {
    size_t live, peak;
} gauge;

static void *gauge_realloc(void *block, size_t bytes, void *user_data)
{
    gauge *g = user_data;
    max_align_t *head = block != NULL ? (max_align_t *)block - 1 : NULL;
    const size_t before = head != NULL ? *(size_t *)(void *)head : 0;

    head = realloc(head, sizeof *head + bytes);
    assert_non_null(head);
    *(size_t *)(void *)head = bytes;
    g->live += bytes - before;
    g->peak = g->live > g->peak ? g->live : g->peak;
    return head + 1;
}

static void *gauge_alloc(size_t bytes, void *user_data)
{
    return gauge_realloc(NULL, bytes, user_data);
}

static void gauge_free(void *block, void *user_data)
{
    gauge *g = user_data;

    if (block != NULL) {
        max_align_t *head = (max_align_t *)block - 1;

        g->live -= *(size_t *)(void *)head;
        free(head);
    }
}

/* "<a xmlns:p='uuu'": a namespace of this length. */
static size_t begin_namespace(char *text, size_t room, int bytes)
{
    int len = snprintf(text, room, "<a xmlns:p='");

    memset(text + len, 'u', (size_t)bytes);
    return (size_t)(len + bytes + snprintf(text + len + bytes, room, "'"));
}

/* A namespace that is declared once costs its length wherever it is used. */
static void test_long_namespaces(void **state)
{
    const size_t room = 300000;
    gauge g = {0};
    const sip_allocator allocator = {
        .alloc = gauge_alloc, .realloc = gauge_realloc, .free = gauge_free, .user_data = &g};
    sip_xml_counts counts = {0};
    const sip_xml_options options = {.counts = &counts};
    char *text = malloc(room);
    sip_xml *root = NULL;
    size_t len;

    (void)state;
    assert_non_null(text);
    len = begin_namespace(text, 2000, 1024);
    snprintf(text + len, room - len, " p:b='c'/>");
    assert_int_equal(sip_xml_parse(NULL, NULL, sip_str_of(text), &root), 0);
    assert_int_equal(root->attributes->next->ns.len, 1024);
    sip_xml_free(NULL, root);
    len = begin_namespace(text, 2000, 1025);
    snprintf(text + len, room - len, "/>");
    assert_refused(text, &options, SIP_ETOOBIG);
    assert_int_equal(counts.too_long, 1);
    /* All attributes of an element are read before anybody can count them. */
    len = begin_namespace(text, 2000, 1024);
    for (int i = 0; i < 20000; i++) {
        len += (size_t)snprintf(text + len, room - len, " p:a%d=''", i);
    }
    snprintf(text + len, room - len, "/>");
    root = NULL;
    assert_int_equal(sip_xml_parse(&allocator, &options, sip_str_of(text), &root), SIP_ETOOBIG);
    assert_int_equal(counts.too_long, 2);
    assert_int_equal(counts.no_memory, 0);
    assert_true(g.peak < 16 * 1024 * 1024);
    assert_int_equal(g.live, 0);
    free(text);
}

static void test_no_memory(void **state)
{
    const sip_str text = SIP_STR("<a xmlns='u' xmlns:p='v' x='1' p:y='2'>one<p:b/>&lt; two"
                                 "<c>a text that is long enough to need room of its own</c></a>");
    sip_xml_counts counts = {0};
    const sip_xml_options options = {.counts = &counts};
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_xml *root = NULL;
        int err;

        fail_alloc_init(&fail, ++n);
        err = sip_xml_parse(&fail.allocator, &options, text, &root);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        assert_int_equal(counts.no_memory, fail.failed ? n : n - 1);
        sip_xml_free(&fail.allocator, root);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_int_equal(counts.read, 1);
    assert_true(n > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),      cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_entities),
        cmocka_unit_test(test_limits),    cmocka_unit_test(test_default_limits),
        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_long_namespaces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
