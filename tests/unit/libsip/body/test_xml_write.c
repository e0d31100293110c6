#include "support/guard_str.h"

#include "body/xml_write.h"

#include <stdio.h>

#define PROLOG "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define S(literal) SIP_STR_INIT(literal)

static void assert_printed(const sip_xml *root, const char *expected)
{
    char out[4000];
    const int len = sip_xml_print(root, out, sizeof out);

    assert_int_equal(len, strlen(out));
    assert_memory_equal(out, PROLOG, strlen(PROLOG));
    assert_string_equal(out + strlen(PROLOG), expected);
}

static void assert_refused(const sip_xml *root, int err)
{
    char out[100] = "x";

    assert_int_equal(sip_xml_print(root, NULL, 0), err);
    assert_int_equal(sip_xml_print(root, out, sizeof out), err);
    if (root != NULL && root->name.len > 0) {
        assert_string_equal(out, "");
    }
}

static void test_escapes(void **state)
{
    const sip_xml text = {.text = S("<&>\"' \t\r\n]]>\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")};
    const sip_xml_attribute attribute = {.name = S("b"), .value = S("<&>\"' \t\r\n")};
    const sip_xml root = {.name = S("a"), .children = &text, .attributes = &attribute};

    (void)state;
    assert_printed(&root,
                   "<a b=\"&lt;&amp;&gt;&quot;' &#9;&#13;&#10;\">&lt;&amp;&gt;\"' \t&#13;\n]]&gt;"
                   "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80</a>");
}

static void test_bad_text(void **state)
{
    static const sip_str texts[] = {
        S("\x01"),
        S("a\x1f"),
        S("\xff"),
        S("\x80"),
        S("\xc0\x80"),
        S("\xc3"),
        S("\xc3("),
        S("\xe0\x80\x80"),
        S("\xed\xa0\x80"),
        S("\xef\xbf\xbe"),
        S("\xef\xbf\xbf"),
        S("\xf0\x80\x80\x80"),
        S("\xf4\x90\x80\x80"),
        S("\xf5\x80\x80\x80"),
        S("a\0b"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const sip_xml text = {.text = texts[i]};
        const sip_xml_attribute attribute = {.name = S("b"), .value = texts[i]};

        assert_refused(&(sip_xml){.name = S("a"), .children = &text}, SIP_EINVAL);
        assert_refused(&(sip_xml){.name = S("a"), .attributes = &attribute}, SIP_EINVAL);
    }
}

static void test_bad_names(void **state)
{
    static const sip_str names[] = {S("a b"), S("1"),   S("-"),   S("a:b"),
                                    S("<"),   S("a\""), S("\xff")};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const sip_xml_attribute attribute = {.name = names[i]};

        assert_refused(&(sip_xml){.name = names[i]}, SIP_EINVAL);
        assert_refused(&(sip_xml){.name = S("a"), .attributes = &attribute}, SIP_EINVAL);
    }
    assert_refused(&(sip_xml){.name = S("a"), .attributes = &(sip_xml_attribute){.value = S("x")}},
                   SIP_EINVAL);
    assert_refused(&(sip_xml){.text = S("a")}, SIP_EINVAL);
    assert_refused(NULL, SIP_EINVAL);
}

static void test_prefixes(void **state)
{
    const sip_xml_attribute third = {.ns = S("w"), .prefix = S("p"), .name = S("z")};
    const sip_xml_attribute second = {.next = &third, .ns = S("v"), .name = S("y")};
    const sip_xml_attribute first = {
        .next = &second, .ns = S("u"), .prefix = S("p"), .name = S("x")};
    const sip_xml inner = {.ns = S("u"), .prefix = S("q"), .name = S("b"), .attributes = &first};
    const sip_xml root = {.ns = S("u"), .name = S("a"), .children = &inner};

    (void)state;
    /* The default namespace does for elements, attributes want a prefix. */
    assert_printed(&root, "<a xmlns=\"u\"><b xmlns:p=\"u\" p:x=\"\" xmlns:n1=\"v\" n1:y=\"\""
                          " xmlns:n2=\"w\" n2:z=\"\"/></a>");
}

static void test_declarations(void **state)
{
    const sip_xml_attribute xml = {
        .ns = S(SIP_XML_NS_XMLNS), .name = S("xml"), .value = S(SIP_XML_NS_XML)};
    const sip_xml_attribute none = {.next = &xml, .ns = S(SIP_XML_NS_XMLNS), .name = S("n")};
    const sip_xml_attribute again = {
        .next = &none, .ns = S(SIP_XML_NS_XMLNS), .name = S("p"), .value = S("u")};
    const sip_xml_attribute lang = {
        .next = &again, .ns = S(SIP_XML_NS_XML), .name = S("lang"), .value = S("en")};
    const sip_xml_attribute p = {.ns = S(SIP_XML_NS_XMLNS), .name = S("p"), .value = S("u")};
    const sip_xml_attribute other = {.ns = S(SIP_XML_NS_XMLNS), .name = S("p"), .value = S("v")};
    sip_xml inner = {.ns = S("u"), .prefix = S("p"), .name = S("b"), .attributes = &lang};
    const sip_xml root = {
        .ns = S("u"), .prefix = S("p"), .name = S("a"), .attributes = &p, .children = &inner};

    (void)state;
    assert_printed(&root, "<p:a xmlns:p=\"u\"><p:b xml:lang=\"en\"/></p:a>");
    /* The prefix now stands for something else: the element takes another. */
    inner.attributes = &other;
    assert_printed(&root, "<p:a xmlns:p=\"u\"><n1:b xmlns:p=\"v\" xmlns:n1=\"u\"/></p:a>");
    inner.prefix = SIP_STR("xmlns");
    inner.ns = SIP_STR("w");
    assert_printed(&root, "<p:a xmlns:p=\"u\"><n1:b xmlns:p=\"v\" xmlns:n1=\"w\"/></p:a>");
}

static void test_no_namespace(void **state)
{
    const sip_xml_attribute declared = {.ns = S(SIP_XML_NS_XMLNS), .value = S("v")};
    sip_xml inner = {.name = S("b")};
    const sip_xml root = {.ns = S("u"), .name = S("a"), .children = &inner};

    (void)state;
    assert_printed(&root, "<a xmlns=\"u\"><b xmlns=\"\"/></a>");
    inner.attributes = &declared;
    assert_refused(&root, SIP_EINVAL);
}

static void test_limits(void **state)
{
    sip_xml nodes[65] = {{.name = S("a")}};
    sip_xml_attribute attributes[65];
    char names[65][8];

    (void)state;
    for (int i = 0; i < 65; i++) {
        nodes[i].name = SIP_STR("a");
        nodes[i].children = i < 64 ? &nodes[i + 1] : NULL;
    }
    assert_refused(&nodes[0], SIP_EINVAL);
    assert_true(sip_xml_print(&nodes[1], NULL, 0) > 0);
    for (int i = 0; i < 65; i++) {
        snprintf(names[i], sizeof names[i], "p%d", i);
        attributes[i] = (sip_xml_attribute){.next = i < 64 ? &attributes[i + 1] : NULL,
                                            .ns = S(SIP_XML_NS_XMLNS),
                                            .name = sip_str_of(names[i]),
                                            .value = sip_str_of(names[i])};
    }
    nodes[0] = (sip_xml){.name = S("a"), .attributes = attributes};
    assert_refused(&nodes[0], SIP_ETOOBIG);
    nodes[0].attributes = &attributes[1];
    assert_true(sip_xml_print(&nodes[0], NULL, 0) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),      cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_bad_names),    cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_declarations), cmocka_unit_test(test_no_namespace),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
