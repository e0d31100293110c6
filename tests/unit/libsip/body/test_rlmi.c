#include "xml_check.h"

#include <sip/rlmi.h>

static const sip_xml_body *body(void)
{
    return xml_check_body(sip_rlmi_codec());
}

static void test_documents(void **state)
{
    static const char *const names[] = {"rfc4662_full.xml", "rlmi_partial.xml"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        xml_check_document(body(), names[i]);
    }
}

static void test_lists(void **state)
{
    sip_rlmi *list = xml_check_parse(body(), "rfc4662_full.xml");

    (void)state;
    assert_str(list->uri, "sip:adam-friends@pres.vancouver.example.com");
    assert_int_equal(list->version.value, 1);
    assert_int_equal(list->full_state, SIP_ON);
    assert_int_equal(list->n_names, 2);
    assert_str(list->names[1].lang, "de");
    assert_str(list->names[1].text, "Liste der Freunde an COM");
    assert_int_equal(list->n_resources, 4);
    assert_str(list->resources[0].uri, "sip:bob@vancouver.example.com");
    assert_str(list->resources[0].names[0].text, "Bob Smith");
    assert_int_equal(list->resources[0].n_instances, 1);
    assert_str(list->resources[0].instances[0].id, "juwigmtboe");
    assert_str(list->resources[0].instances[0].cid, "bUZBsM@pres.vancouver.example.com");
    assert_int_equal(list->resources[0].instances[0].state, SIP_RLMI_ACTIVE);
    assert_int_equal(list->resources[2].n_instances, 0);
    sip_rlmi_free(NULL, list);
    list = xml_check_parse(body(), "rlmi_partial.xml");
    assert_int_equal(list->full_state, SIP_OFF);
    assert_int_equal(list->resources[0].instances[0].state, SIP_RLMI_PENDING);
    assert_null(list->resources[0].instances[0].cid.ptr);
    assert_int_equal(list->resources[1].instances[1].state, SIP_RLMI_TERMINATED);
    assert_str(list->resources[1].instances[1].reason, "rejected");
    sip_rlmi_free(NULL, list);
}

static void test_build(void **state)
{
    sip_rlmi list = {.uri = SIP_STR_INIT("sip:l@b"), .version = {true, 0}, .full_state = SIP_OFF};
    char out[500];

    (void)state;
    assert_true(sip_rlmi_print(&list, out, sizeof out) > 0);
    assert_string_equal(strchr(out, '\n') + 1, "<list xmlns=\"urn:ietf:params:xml:ns:rlmi\""
                                               " uri=\"sip:l@b\" version=\"0\""
                                               " fullState=\"false\"/>");
    list.full_state = SIP_DEFAULT;
    assert_int_equal(sip_rlmi_print(&list, out, sizeof out), SIP_EINVAL);
}

static void test_booleans(void **state)
{
    (void)state;
    xml_check_printed(
        body(), "<list xmlns='urn:ietf:params:xml:ns:rlmi' uri='a' version='1' fullState='1'/>",
        "<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"a\" version=\"1\""
        " fullState=\"true\"/>");
    xml_check_printed(
        body(), "<list xmlns='urn:ietf:params:xml:ns:rlmi' uri='a' version='1' fullState='0'/>",
        "<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"a\" version=\"1\""
        " fullState=\"false\"/>");
    xml_check_refused(
        body(), "<list xmlns='urn:ietf:params:xml:ns:rlmi' uri='a' version='1' fullState='yes'/>",
        SIP_ESYNTAX);
    xml_check_refused(
        body(), "<list xmlns='urn:ietf:params:xml:ns:rlmi' uri='a' version='' fullState='1'/>",
        SIP_ESYNTAX);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_booleans),
    };

    xml_check_folder(argc > 1 ? argv[1] : ".");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
