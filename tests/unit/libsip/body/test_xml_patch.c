#include "support/guard_str.h"

#include "body/xml_patch.h"

#include <stdio.h>

#define S(literal) SIP_STR_INIT(literal)
#define PROLOG "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define PIDF "urn:ietf:params:xml:ns:pidf"

static const sip_xml_attribute standard = {.ns = S(SIP_XML_NS_XMLNS), .value = S(PIDF)};

/* A presence document with this content, as it is printed. */
static void wrap(char *out, size_t size, const char *content)
{
    snprintf(out, size, "%s<presence xmlns=\"" PIDF "\" entity=\"a\"%s%s%s", PROLOG,
             content[0] != '\0' ? ">" : "/>", content, content[0] != '\0' ? "</presence>" : "");
}

static int patch(const char *text, const sip_pidf_change *change, char *out, size_t size)
{
    sip__arena arena;
    sip__xml_node root = {.parent = NULL};
    int err;

    sip__arena_init(&arena, NULL, NULL, 0, 100000);
    assert_int_equal(sip__xml_read_tree(&arena, NULL, sip_str_of(text), &root), 0);
    err = sip__xml_patch(&arena, &root, &standard, change, NULL);
    assert_true(sip_xml_print(&root.x, out, size) > 0);
    sip__arena_finish(&arena);
    return err;
}

static void assert_patched(const char *text, sip_pidf_change change, const char *expected)
{
    char out[2000], in[2000];

    snprintf(in, sizeof in, "<presence xmlns='" PIDF "' entity='a'>%s</presence>", text);
    assert_int_equal(patch(in, &change, out, sizeof out), 0);
    wrap(in, sizeof in, expected);
    assert_string_equal(out, in);
}

/* It is refused, and the document is as it was. */
static void assert_refused(const char *text, sip_pidf_change change, int err)
{
    char out[2000], in[2000];

    wrap(in, sizeof in, text);
    assert_int_equal(patch(in, &change, out, sizeof out), err);
    assert_string_equal(out, in);
}

static const sip_xml x = {.ns = S(PIDF), .name = S("x")};
static const sip_xml yx = {.next = &x, .ns = S(PIDF), .name = S("y")};
static const sip_xml text_node = {.text = S("new")};

/* Two texts that come to stand side by side are one for the selectors that follow. */
static void test_texts_join(void **state)
{
    sip_pidf_change change = {.kind = SIP_PIDF_REMOVE, .sel = S("*/n/b")};
    char out[2000];
    sip__arena arena;
    sip__xml_node root = {.parent = NULL};

    (void)state;
    sip__arena_init(&arena, NULL, NULL, 0, 100000);
    assert_int_equal(
        sip__xml_read_tree(&arena, NULL,
                           SIP_STR("<p xmlns='" PIDF "'><n>one<b/>two<c/>three</n></p>"), &root),
        0);
    assert_int_equal(sip__xml_patch(&arena, &root, &standard, &change, NULL), 0);
    change = (sip_pidf_change){.kind = SIP_PIDF_ADD,
                               .sel = S("*/n/text()[2]"),
                               .pos = SIP_PIDF_AFTER,
                               .extra = {.nodes = &text_node}};
    assert_int_equal(sip__xml_patch(&arena, &root, &standard, &change, NULL), 0);
    change = (sip_pidf_change){.kind = SIP_PIDF_REMOVE, .sel = S("*/n/c")};
    assert_int_equal(sip__xml_patch(&arena, &root, &standard, &change, NULL), 0);
    change = (sip_pidf_change){.kind = SIP_PIDF_REPLACE,
                               .sel = S("*/n[.='onetwothreenew']/text()"),
                               .extra = {.nodes = &text_node}};
    assert_int_equal(sip__xml_patch(&arena, &root, &standard, &change, NULL), 0);
    assert_true(sip_xml_print(&root.x, out, sizeof out) > 0);
    assert_string_equal(out, PROLOG "<p xmlns=\"" PIDF "\"><n>new</n></p>");
    sip__arena_finish(&arena);
}

static void test_add(void **state)
{
    sip_pidf_change change = {.kind = SIP_PIDF_ADD, .sel = S("*"), .extra = {.nodes = &yx}};

    (void)state;
    assert_patched("<a/><b/>", change, "<a/><b/><y/><x/>");
    assert_patched("", change, "<y/><x/>");
    change.pos = SIP_PIDF_PREPEND;
    assert_patched("<a/><b/>", change, "<y/><x/><a/><b/>");
    change.sel = SIP_STR("*/b");
    change.pos = SIP_PIDF_BEFORE;
    assert_patched("<a/><b/>", change, "<a/><y/><x/><b/>");
    change.pos = SIP_PIDF_AFTER;
    assert_patched("<a/><b/>", change, "<a/><b/><y/><x/>");
    change.sel = SIP_STR("*/a");
    assert_patched("<a/><b/>", change, "<a/><y/><x/><b/>");
    change.pos = SIP_PIDF_BEFORE;
    assert_patched("<a/><b/>", change, "<y/><x/><a/><b/>");
    change.sel = SIP_STR("*/text()");
    assert_patched("loose<a/>", change, "<y/><x/>loose<a/>");
    change.sel = SIP_STR("*/a");
    change.pos = SIP_PIDF_POS_ABSENT;
    change.extra.nodes = &text_node;
    assert_patched("<a>old </a>", change, "<a>old new</a>");
    change.extra.nodes = NULL;
    assert_patched("<a/>", change, "<a/>");
}

static void test_add_attribute(void **state)
{
    sip_pidf_change change = {
        .kind = SIP_PIDF_ADD, .sel = S("*/a"), .type = S("@b"), .extra = {.nodes = &text_node}};

    (void)state;
    assert_patched("<a/>", change, "<a b=\"new\"/>");
    assert_patched("<a c=\"1\"/>", change, "<a c=\"1\" b=\"new\"/>");
    assert_refused("<a b=\"1\"/>", change, SIP_ESYNTAX);
    change.type = SIP_STR("@xml:lang");
    assert_patched("<a/>", change, "<a xml:lang=\"new\"/>");
    change.type = SIP_STR("namespace::q");
    assert_patched("<a/>", change, "<a xmlns:q=\"new\"/>");
    change.type = SIP_STR("b");
    assert_refused("<a/>", change, SIP_ESYNTAX);
    change.type = SIP_STR("@b");
    change.extra.nodes = &x;
    assert_refused("<a/>", change, SIP_ESYNTAX);
    change.extra.nodes = NULL;
    assert_patched("<a/>", change, "<a b=\"\"/>");
    change.sel = SIP_STR("*/a/text()");
    assert_refused("<a>t</a>", change, SIP_ESYNTAX);
}

static void test_add_refused(void **state)
{
    sip_pidf_change change = {.kind = SIP_PIDF_ADD, .extra = {.nodes = &x}};

    (void)state;
    change.sel = SIP_STR("*/@entity");
    assert_refused("", change, SIP_ESYNTAX);
    change.sel = SIP_STR("*/a/text()");
    assert_refused("<a>t</a>", change, SIP_ESYNTAX);
    change.sel = SIP_STR("*");
    change.pos = SIP_PIDF_BEFORE;
    assert_refused("", change, SIP_ESYNTAX);
    change.sel = SIP_STR("*/nothing");
    assert_refused("<a/>", change, SIP_ENOENT);
    change.kind = SIP_PIDF_CHANGE_ABSENT;
    change.sel = SIP_STR("*/a");
    assert_refused("<a/>", change, SIP_ESYNTAX);
}

static void test_replace(void **state)
{
    sip_pidf_change change = {.kind = SIP_PIDF_REPLACE, .sel = S("*/a"), .extra = {.nodes = &x}};

    (void)state;
    assert_patched("<a/><b/>", change, "<x/><b/>");
    assert_patched("<b/><a>t</a>", change, "<b/><x/>");
    change.extra.nodes = &yx;
    assert_refused("<a/>", change, SIP_ESYNTAX);
    change.extra.nodes = &text_node;
    assert_refused("<a/>", change, SIP_ESYNTAX);
    change.extra.nodes = NULL;
    assert_refused("<a/>", change, SIP_ESYNTAX);
    change.extra.nodes = &x;
    change.sel = SIP_STR("*");
    assert_refused("<a/>", change, SIP_ESYNTAX);
    change.sel = SIP_STR("*/a/text()");
    assert_refused("<a>t</a>", change, SIP_ESYNTAX);
    change.extra.nodes = &text_node;
    assert_patched("<a>t</a>", change, "<a>new</a>");
    change.extra.nodes = NULL;
    assert_patched("<a>t</a>", change, "<a/>");
    change.sel = SIP_STR("*/a/@b");
    assert_patched("<a b='1' c='2'/>", change, "<a b=\"\" c=\"2\"/>");
    change.extra.nodes = &text_node;
    assert_patched("<a b='1' c='2'/>", change, "<a b=\"new\" c=\"2\"/>");
    change.sel = SIP_STR("*/a/namespace::q");
    assert_patched("<a xmlns:q='u'/>", change, "<a xmlns:q=\"new\"/>");
}

static void test_remove(void **state)
{
    sip_pidf_change change = {.kind = SIP_PIDF_REMOVE, .sel = S("*/b")};

    (void)state;
    assert_patched("<a/><b/><c/>", change, "<a/><c/>");
    assert_patched("<b/>", change, "");
    assert_patched(" <b/> <c/>", change, "  <c/>");
    change.ws = SIP_PIDF_WS_BEFORE;
    assert_patched(" <b/>\t<c/>", change, "\t<c/>");
    change.ws = SIP_PIDF_WS_AFTER;
    assert_patched(" <b/>\t<c/>", change, " <c/>");
    change.ws = SIP_PIDF_WS_BOTH;
    assert_patched(" <b/>\t<c/>", change, "<c/>");
    assert_patched("t<b/>t", change, "tt");
    assert_patched("<b/>", change, "");
    change.sel = SIP_STR("*/a/@b");
    assert_patched("<a b='1' c='2'/>", change, "<a c=\"2\"/>");
    change.sel = SIP_STR("*/a/@c");
    assert_patched("<a b='1' c='2'/>", change, "<a b=\"1\"/>");
    change.sel = SIP_STR("*/a/text()");
    assert_patched("<a>t</a>", change, "<a/>");
    change.sel = SIP_STR("*/a/namespace::q");
    assert_patched("<a xmlns:q='u'/>", change, "<a/>");
    change.sel = SIP_STR("*");
    assert_refused("<a/>", change, SIP_ESYNTAX);
}

/* Additions do not make a document deeper than what can be printed. */
static void test_depth(void **state)
{
    sip_xml nodes[62];
    sip_pidf_change change = {.kind = SIP_PIDF_ADD, .sel = S("*/a/b"), .extra = {.nodes = nodes}};
    char out[2000];

    (void)state;
    for (int i = 0; i < 62; i++) {
        nodes[i] = (sip_xml){.name = S("n"), .children = i < 61 ? &nodes[i + 1] : NULL};
    }
    assert_refused("<a><b/></a>", change, SIP_ETOOBIG);
    change.kind = SIP_PIDF_REPLACE;
    assert_int_equal(
        patch("<presence xmlns='" PIDF "'><a><b/></a></presence>", &change, out, sizeof out), 0);
    change.kind = SIP_PIDF_ADD;
    change.pos = SIP_PIDF_AFTER;
    assert_int_equal(
        patch("<presence xmlns='" PIDF "'><a><b/></a></presence>", &change, out, sizeof out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add),         cmocka_unit_test(test_add_attribute),
        cmocka_unit_test(test_add_refused), cmocka_unit_test(test_replace),
        cmocka_unit_test(test_texts_join),  cmocka_unit_test(test_remove),
        cmocka_unit_test(test_depth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
