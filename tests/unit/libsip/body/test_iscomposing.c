#include "xml_check.h"

#include <sip/iscomposing.h>

static const sip_xml_body *body(void)
{
    return xml_check_body(sip_iscomposing_codec());
}

static void test_documents(void **state)
{
    static const char *const names[] = {"rfc3994_active.xml", "rfc3994_idle.xml"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        xml_check_document(body(), names[i]);
    }
}

static void test_states(void **state)
{
    sip_iscomposing *composing = xml_check_parse(body(), "rfc3994_active.xml");

    (void)state;
    assert_int_equal(composing->state, SIP_ISCOMPOSING_ACTIVE);
    assert_str(composing->content_type, "text/plain");
    assert_int_equal(composing->refresh_s.value, 90);
    assert_int_equal(composing->last_active.month, 0);
    sip_iscomposing_free(NULL, composing);
    composing = xml_check_parse(body(), "rfc3994_idle.xml");
    assert_int_equal(composing->state, SIP_ISCOMPOSING_IDLE);
    assert_int_equal(composing->last_active.minute, 43);
    assert_str(composing->content_type, "audio");
    assert_false(composing->refresh_s.is_set);
    sip_iscomposing_free(NULL, composing);
}

static void test_build(void **state)
{
    const sip_iscomposing composing = {.state = SIP_ISCOMPOSING_ACTIVE, .refresh_s = {true, 60}};
    char out[300];

    (void)state;
    assert_true(sip_iscomposing_print(&composing, out, sizeof out) > 0);
    assert_string_equal(strchr(out, '\n') + 1,
                        "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">"
                        "<state>active</state><refresh>60</refresh></isComposing>");
}

static void test_unknown_state(void **state)
{
    void *object = NULL;

    (void)state;
    assert_int_equal(body()->parse(NULL,
                                   SIP_STR("<isComposing "
                                           "xmlns='urn:ietf:params:xml:ns:im-iscomposing'>"
                                           "<state>pondering</state></isComposing>"),
                                   &object),
                     0);
    assert_int_equal(((const sip_iscomposing *)object)->state, SIP_ISCOMPOSING_STATE_ABSENT);
    assert_str(sip_xml_text_of(((const sip_iscomposing *)object)->extra.nodes), "pondering");
    body()->free(NULL, object);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_unknown_state),
    };

    xml_check_folder(argc > 1 ? argv[1] : ".");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
