#include "support/guard_str.h"

#include <sip/xml.h>

#include "body/xml_select.h"

static const char document[] =
    "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:a'"
    " xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model'"
    " xmlns:rpid='urn:ietf:params:xml:ns:pidf:rpid' xmlns:x='urn:x'>"
    "<tuple id='a'><status><basic>open</basic></status></tuple>"
    "<tuple id='b' x:lang='/]'><status><basic>closed</basic><x:s/></status>"
    "<contact priority='0.5'>sip:b</contact></tuple>"
    "<note xml:lang='en'>one<x:b/>two</note><note>on<x:b>e</x:b></note>"
    "<dm:person id='p'><rpid:activities><rpid:busy/></rpid:activities></dm:person>"
    "</presence>";

static const sip_xml_attribute x = {.ns = SIP_STR_INIT(SIP_XML_NS_XMLNS),
                                    .name = SIP_STR_INIT("x"),
                                    .value = SIP_STR_INIT("urn:x")};
static const sip__xml_scope usual = {.outer = &x};

static int try_select(const sip__xml_scope *scope, const char *selector, sip__xml_target *target)
{
    guard_page page;
    sip_xml *root = NULL;
    int err;

    assert_int_equal(sip_xml_parse(NULL, NULL, SIP_STR(document), &root), 0);
    err = sip__xml_select(sip__xml_node_of(root), scope != NULL ? scope : &usual,
                          guard_str(&page, selector), target);
    guard_page_finish(&page);
    if (err == 0) {
        /* Only what points into this constant memory is looked at afterwards. */
        target->node = NULL;
        target->attribute = NULL;
    }
    sip_xml_free(NULL, root);
    return err;
}

/* The selector points to an element of that name. */
static void assert_element(const char *selector, const char *name, const char *id)
{
    sip_xml *root = NULL;
    sip__xml_target target;

    assert_int_equal(sip_xml_parse(NULL, NULL, SIP_STR(document), &root), 0);
    assert_int_equal(sip__xml_select(sip__xml_node_of(root), &usual, sip_str_of(selector), &target),
                     0);
    assert_int_equal(target.kind, SIP__XML_TARGET_ELEMENT);
    assert_str(target.node->x.name, name);
    assert_str(sip_xml_attribute_value(target.node->x.attributes, NULL, "id"), id);
    sip_xml_free(NULL, root);
}

static void test_elements(void **state)
{
    (void)state;
    assert_element("presence", "presence", "");
    assert_element("/presence", "presence", "");
    assert_element("*", "presence", "");
    assert_element(" */tuple[1] ", "tuple", "a");
    assert_element("*/tuple[@id='b']", "tuple", "b");
    assert_element("*/tuple[@id=\"b\"]", "tuple", "b");
    assert_element("*/tuple[@id='b'][1]", "tuple", "b");
    assert_element("*/tuple[2][@id='b']", "tuple", "b");
    assert_element("*/tuple[@x:lang='/]']", "tuple", "b");
    assert_element("*/*[5]", "person", "p");
    assert_element("*/dm:person", "person", "p");
    assert_element("*/dm:person/rpid:activities/rpid:busy", "busy", "");
    assert_element("*/tuple/status/x:s", "s", "");
    assert_element("*/tuple/status[basic='closed']", "status", "");
    assert_element("*/tuple/status/basic[.='open']", "basic", "");
    assert_element("*/note[.='onetwo']", "note", "");
    assert_element("*/note[.='one']", "note", "");
    assert_element("*/note[x:b='e']", "note", "");
    assert_element("id('p')", "person", "p");
    assert_element("id(\"b\")/contact", "contact", "");
    assert_element("/id('b')/status/basic", "basic", "");
}

static void test_other_nodes(void **state)
{
    sip__xml_target target;

    (void)state;
    assert_int_equal(try_select(NULL, "*/tuple[1]/status/basic/text()", &target), 0);
    assert_int_equal(target.kind, SIP__XML_TARGET_TEXT);
    assert_int_equal(try_select(NULL, "*/note[1]/text()[2]", &target), 0);
    assert_int_equal(try_select(NULL, "*/note[1]/text()", &target), SIP_ENOENT);
    assert_int_equal(try_select(NULL, "*/note[1]/text()[3]", &target), SIP_ENOENT);
    assert_int_equal(try_select(NULL, "*/tuple/contact/@priority", &target), 0);
    assert_int_equal(target.kind, SIP__XML_TARGET_ATTRIBUTE);
    assert_int_equal(try_select(NULL, "*/note[1]/@xml:lang", &target), 0);
    assert_int_equal(try_select(NULL, "id('b')/@x:lang", &target), 0);
    assert_int_equal(try_select(NULL, "*/@id", &target), SIP_ENOENT);
    assert_int_equal(try_select(NULL, "*/namespace::x", &target), 0);
    assert_int_equal(target.kind, SIP__XML_TARGET_NAMESPACE);
    assert_int_equal(try_select(NULL, "*/namespace::y", &target), SIP_ENOENT);
    assert_int_equal(try_select(NULL, "*/comment()", &target), SIP_ENOENT);
    assert_int_equal(try_select(NULL, "*/processing-instruction('a')", &target), SIP_ENOENT);
}

static void test_none_or_several(void **state)
{
    static const char *const selectors[] = {
        "tuple",
        "*/tuple",
        "*/tuple[3]",
        "*/tuple[@id='c']",
        "*/tuple/status",
        "*/person",
        "presence/presence",
        "*/tuple[@nope='a']",
        "id('c')",
        "id('b')/nothing",
        "*/note[note='a']",
        "*/tuple[1]/status/basic[.='ope']",
        "*/tuple[1]/status/basic[.='opened']",
        "*/dm:person[rpid:activities='x']",
        "@id",
    };
    sip__xml_target target;

    (void)state;
    for (size_t i = 0; i < sizeof selectors / sizeof selectors[0]; i++) {
        assert_int_equal(try_select(NULL, selectors[i], &target), SIP_ENOENT);
    }
}

static void test_malformed(void **state)
{
    static const char *const selectors[] = {
        "",
        "/",
        "//tuple",
        "*/",
        "*/tuple[",
        "*/tuple[]",
        "*/tuple[0]",
        "*/tuple[1",
        "*/tuple[@]",
        "*/tuple[@id]",
        "*/tuple[@id=b]",
        "*/tuple[@id='b]",
        "*/tuple[.'b']",
        "*/tuple[status]",
        "*/nope:a",
        "*/a:",
        "*/:a",
        "*/@a/b",
        "*/text()/b",
        "*/text()[x]",
        "*/text()[1",
        "id(b)",
        "id('b'",
        "id('b')x",
        "*/tuple x",
        "*/tuple[1]x",
        "*/@",
        "*/namespace::",
        "*/a|*/b",
        "*/tuple[999999999999999999999999]",
        "*/namespace::x/a",
    };
    sip__xml_target target;

    (void)state;
    for (size_t i = 0; i < sizeof selectors / sizeof selectors[0]; i++) {
        assert_int_equal(try_select(NULL, selectors[i], &target), SIP_ESYNTAX);
    }
}

static void test_limits(void **state)
{
    sip__xml_target target;

    (void)state;
    assert_int_equal(try_select(NULL, "*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*", &target), SIP_ENOENT);
    assert_int_equal(try_select(NULL, "*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*", &target), SIP_ETOOBIG);
    assert_int_equal(try_select(NULL, "*[1][1][1][1]", &target), 0);
    assert_int_equal(try_select(NULL, "*[1][1][1][1][1]", &target), SIP_ETOOBIG);
}

/* Whatever a selector makes one look at is counted: names, attributes, texts, steps. */
static void test_work(void **state)
{
    static const char *const selectors[] = {
        "presence/x:nothing",
        "*/*[.='one two']",
        "presence/tuple[@id='b'][status='closed']/contact/@priority",
        "id('p')/rpid:activities",
        "presence/note[1]/text()[2]",
    };

    (void)state;
    for (size_t i = 0; i < sizeof selectors / sizeof selectors[0]; i++) {
        sip__xml_scope scope = usual;
        sip__xml_target target;
        size_t work, needed = 0;
        int err;

        do {
            work = ++needed;
            scope.work = &work;
            err = try_select(&scope, selectors[i], &target);
            assert_true((err == SIP_ETOOBIG) == (work == 0));
        } while (err == SIP_ETOOBIG && needed < 200);
        assert_int_equal(err, try_select(NULL, selectors[i], &target));
        assert_in_range(needed, 5, 60);
    }
}

static void test_scope(void **state)
{
    const sip_xml_attribute person = {.ns = SIP_STR_INIT(SIP_XML_NS_XMLNS),
                                      .name = SIP_STR_INIT("q"),
                                      .value =
                                          SIP_STR_INIT("urn:ietf:params:xml:ns:pidf:data-model")};
    const sip_xml_attribute nothing = {.ns = SIP_STR_INIT(SIP_XML_NS_XMLNS),
                                       .name = SIP_STR_INIT("q"),
                                       .value = SIP_STR_INIT("urn:nothing")};
    const sip_xml_attribute standard = {.ns = SIP_STR_INIT(SIP_XML_NS_XMLNS),
                                        .value = SIP_STR_INIT("urn:ietf:params:xml:ns:pidf")};
    sip__xml_scope scope = {.inner = &person, .outer = &standard};
    sip__xml_target target;

    (void)state;
    assert_int_equal(try_select(&scope, "presence/q:person", &target), 0);
    scope = (sip__xml_scope){.inner = &standard, .outer = &person};
    assert_int_equal(try_select(&scope, "presence/q:person", &target), 0);
    scope = (sip__xml_scope){.inner = &nothing, .outer = &person};
    assert_int_equal(try_select(&scope, "presence/q:person", &target), SIP_ENOENT);
}

static void test_type(void **state)
{
    const sip__xml_scope scope = {.outer = NULL};
    sip__xml_target target = {.node = NULL};

    (void)state;
    assert_int_equal(sip__xml_select_type(&scope, SIP_STR("@id"), &target), 0);
    assert_int_equal(target.kind, SIP__XML_TARGET_ATTRIBUTE);
    assert_str(target.name, "id");
    assert_int_equal(target.ns.len, 0);
    assert_int_equal(sip__xml_select_type(&scope, SIP_STR("@xml:lang"), &target), 0);
    assert_str(target.ns, SIP_XML_NS_XML);
    assert_int_equal(sip__xml_select_type(&scope, SIP_STR("namespace::p"), &target), 0);
    assert_int_equal(target.kind, SIP__XML_TARGET_NAMESPACE);
    assert_str(target.name, "p");
    assert_int_equal(sip__xml_select_type(&scope, SIP_STR("id"), &target), SIP_ESYNTAX);
    assert_int_equal(sip__xml_select_type(&scope, SIP_STR("@id/x"), &target), SIP_ESYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elements),        cmocka_unit_test(test_other_nodes),
        cmocka_unit_test(test_none_or_several), cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_limits),          cmocka_unit_test(test_work),
        cmocka_unit_test(test_scope),           cmocka_unit_test(test_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
