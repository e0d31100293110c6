#include "xml_check.h"

#include <sip/resource_lists.h>

static const sip_xml_body *body(void)
{
    return xml_check_body(sip_resource_lists_codec());
}

static void test_documents(void **state)
{
    static const char *const names[] = {"rfc4826_lists.xml", "rfc5364_copy.xml",
                                        "rfc5364_history.xml"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        xml_check_document(body(), names[i]);
    }
}

static void test_nested(void **state)
{
    sip_resource_lists *lists = xml_check_parse(body(), "rfc4826_lists.xml");
    const sip_resource *friends = &lists->lists[0];
    const sip_resource *close = &friends->items[2];

    (void)state;
    assert_int_equal(lists->n_lists, 1);
    assert_int_equal(friends->kind, SIP_RESOURCE_LIST);
    assert_str(friends->name, "friends");
    assert_null(friends->display_name);
    assert_int_equal(friends->n_items, 3);
    assert_int_equal(friends->items[0].kind, SIP_RESOURCE_ENTRY);
    assert_str(friends->items[0].uri, "sip:bill@example.com");
    assert_str(friends->items[0].display_name->text, "Bill Doe");
    assert_int_equal(friends->items[1].kind, SIP_RESOURCE_ENTRY_REF);
    assert_memory_equal(friends->items[1].ref.ptr, "resource-lists/users/sip:bill@example.com/",
                        42);
    assert_int_equal(close->kind, SIP_RESOURCE_LIST);
    assert_str(close->display_name->text, "Close Friends");
    assert_int_equal(close->n_items, 3);
    assert_int_equal(close->items[2].kind, SIP_RESOURCE_EXTERNAL);
    assert_memory_equal(close->items[2].anchor.ptr, "http://xcap.example.org/resource-lists/", 39);
    assert_str(close->items[2].display_name->text, "Marketing");
    sip_resource_lists_free(NULL, lists);
}

static void test_copies(void **state)
{
    sip_resource_lists *lists = xml_check_parse(body(), "rfc5364_copy.xml");
    const sip_resource *list = &lists->lists[0];

    (void)state;
    assert_int_equal(list->n_items, 7);
    assert_int_equal(list->items[0].copy, SIP_RESOURCE_TO);
    assert_int_equal(list->items[0].anonymize, SIP_DEFAULT);
    assert_int_equal(list->items[1].anonymize, SIP_ON);
    assert_int_equal(list->items[3].copy, SIP_RESOURCE_CC);
    assert_int_equal(list->items[6].copy, SIP_RESOURCE_BCC);
    sip_resource_lists_free(NULL, lists);
    lists = xml_check_parse(body(), "rfc5364_history.xml");
    assert_int_equal(lists->lists[0].items[1].count.value, 2);
    sip_resource_lists_free(NULL, lists);
}

static void test_build(void **state)
{
    sip_resource entries[] = {
        {.kind = SIP_RESOURCE_ENTRY, .uri = SIP_STR_INIT("sip:a@b"), .copy = SIP_RESOURCE_BCC},
        {.kind = SIP_RESOURCE_LIST, .name = SIP_STR_INIT("x")},
        {.kind = SIP_RESOURCE_ENTRY, .uri = SIP_STR_INIT("sip:c@b")},
    };
    const sip_resource list = {.kind = SIP_RESOURCE_LIST, .items = entries, .n_items = 3};
    const sip_resource_lists lists = {.lists = &list, .n_lists = 1};
    char out[500];

    (void)state;
    assert_true(sip_resource_lists_print(&lists, out, sizeof out) > 0);
    assert_string_equal(strchr(out, '\n') + 1,
                        "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\""
                        " xmlns:cp=\"urn:ietf:params:xml:ns:copycontrol\"><list>"
                        "<entry uri=\"sip:a@b\" cp:copyControl=\"bcc\"/><list name=\"x\"/>"
                        "<entry uri=\"sip:c@b\"/></list></resource-lists>");
    entries[1].kind = SIP_RESOURCE_ABSENT;
    assert_int_equal(sip_resource_lists_print(&lists, out, sizeof out), SIP_EINVAL);
}

/* Nobody nests lists so deep that the reader recurses without end. */
static void test_deep(void **state)
{
    char text[2000] = "<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'>";
    size_t len = strlen(text);

    (void)state;
    for (int i = 0; i < 32; i++) {
        memcpy(text + len, "<list>", 7);
        len += 6;
    }
    xml_check_refused(body(), text, SIP_ETOOBIG);
}

static void test_malformed(void **state)
{
    (void)state;
    xml_check_refused(body(), "<resource-lists/>", SIP_ESYNTAX);
    xml_check_refused(body(), "<list xmlns='urn:ietf:params:xml:ns:resource-lists'/>", SIP_ESYNTAX);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents), cmocka_unit_test(test_nested),
        cmocka_unit_test(test_copies),    cmocka_unit_test(test_build),
        cmocka_unit_test(test_deep),      cmocka_unit_test(test_malformed),
    };

    xml_check_folder(argc > 1 ? argv[1] : ".");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
