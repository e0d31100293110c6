#include "xml_check.h"

#include <sip/dialog_info.h>

static const sip_xml_body *body(void)
{
    return xml_check_body(sip_dialog_info_codec());
}

static void test_documents(void **state)
{
    static const char *const names[] = {"rfc4235_early.xml", "rfc4235_rejected.xml",
                                        "dialog_info_party.xml"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        xml_check_document(body(), names[i]);
    }
}

#define NS "xmlns='urn:ietf:params:xml:ns:dialog-info'"

static void test_states(void **state)
{
    sip_dialog_info *info = xml_check_parse(body(), "rfc4235_early.xml");

    (void)state;
    assert_int_equal(info->version.value, 1);
    assert_true(info->version.is_set);
    assert_int_equal(info->state, SIP_XML_FULL);
    assert_str(info->entity, "sip:alice@example.com");
    assert_int_equal(info->n_dialogs, 1);
    assert_str(info->dialogs[0].id, "as7d900as8");
    assert_str(info->dialogs[0].call_id, "a84b4c76e66710");
    assert_str(info->dialogs[0].local_tag, "1928301774");
    assert_str(info->dialogs[0].remote_tag, "456887766");
    assert_int_equal(info->dialogs[0].direction, SIP_DIALOG_INFO_INITIATOR);
    assert_int_equal(info->dialogs[0].status->state, SIP_DIALOG_INFO_EARLY);
    assert_int_equal(info->dialogs[0].status->event, SIP_DIALOG_INFO_EVENT_ABSENT);
    assert_null(info->dialogs[0].local);
    sip_dialog_info_free(NULL, info);
    info = xml_check_parse(body(), "rfc4235_rejected.xml");
    assert_int_equal(info->state, SIP_XML_PARTIAL);
    assert_null(info->dialogs[0].remote_tag.ptr);
    assert_int_equal(info->dialogs[0].status->state, SIP_DIALOG_INFO_TERMINATED);
    assert_int_equal(info->dialogs[0].status->event, SIP_DIALOG_INFO_REJECTED);
    assert_int_equal(info->dialogs[0].status->code.value, 486);
    assert_int_equal(info->dialogs[0].duration_s.value, 145);
    sip_dialog_info_free(NULL, info);
}

static void test_parties(void **state)
{
    sip_dialog_info *info = xml_check_parse(body(), "dialog_info_party.xml");
    const sip_dialog_info_dialog *dialog = &info->dialogs[0];

    (void)state;
    assert_int_equal(dialog->status->event, SIP_DIALOG_INFO_REPLACED);
    assert_str(dialog->replaces->call_id, "hg287s98s89");
    assert_str(dialog->replaces->local_tag, "6762h7");
    assert_str(dialog->replaces->remote_tag, "09278hsb");
    assert_str(dialog->referred_by->display, "Bob");
    assert_int_equal(dialog->route_set->n_hops, 2);
    assert_str(dialog->route_set->hops[1].text, "sip:p2.example.com;lr");
    assert_str(dialog->local->identity->uri, "sip:alice@example.com");
    assert_str(dialog->local->target->uri, "sip:alice@pc33.example.com");
    assert_int_equal(dialog->local->target->n_params, 2);
    assert_str(dialog->local->target->params[1].name, "class");
    assert_str(dialog->local->target->params[1].value, "personal");
    assert_str(dialog->local->session->type, "application/sdp");
    assert_int_equal(dialog->local->cseq.value, 17);
    assert_false(dialog->remote->cseq.is_set);
    assert_str(sip_xml_text_of(sip_xml_find(dialog->extra.nodes, NULL, "appearance")), "1");
    sip_dialog_info_free(NULL, info);
}

static void test_build(void **state)
{
    const sip_dialog_info_status confirmed = {.state = SIP_DIALOG_INFO_CONFIRMED};
    const sip_dialog_info_dialog dialog = {.id = SIP_STR_INIT("1"), .status = &confirmed};
    const sip_dialog_info info = {.version = {true, 0},
                                  .state = SIP_XML_PARTIAL,
                                  .entity = SIP_STR_INIT("sip:a@b"),
                                  .dialogs = &dialog,
                                  .n_dialogs = 1};
    char out[1000];

    (void)state;
    assert_true(sip_dialog_info_print(&info, out, sizeof out) > 0);
    assert_string_equal(strchr(out, '\n') + 1,
                        "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"0\""
                        " state=\"partial\" entity=\"sip:a@b\"><dialog id=\"1\">"
                        "<state>confirmed</state></dialog></dialog-info>");
}

static void test_malformed(void **state)
{
    (void)state;
    xml_check_refused(body(), "<dialog-info " NS " state='full' entity='a'/>", SIP_ESYNTAX);
    xml_check_refused(body(), "<dialog-info " NS " version='-1' state='full' entity='a'/>",
                      SIP_ESYNTAX);
    xml_check_refused(body(), "<dialog-info " NS " version='1' state='most' entity='a'/>",
                      SIP_ESYNTAX);
    xml_check_refused(body(),
                      "<dialog-info " NS
                      " version='1' state='full' entity='a'><dialog id='1'/></dialog-info>",
                      SIP_ESYNTAX);
    xml_check_refused(body(), "<dialog " NS " id='1'><state>early</state></dialog>", SIP_ESYNTAX);
}

static void test_unknown_state(void **state)
{
    (void)state;
    xml_check_printed(body(),
                      "<dialog-info " NS " version='+007' state=' full ' entity='a'><dialog id='1'>"
                      "<state event='bored' code='x'>snoring</state></dialog></dialog-info>",
                      "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"7\""
                      " state=\"full\" entity=\"a\"><dialog id=\"1\">"
                      "<state event=\"bored\" code=\"x\">snoring</state></dialog></dialog-info>");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents), cmocka_unit_test(test_states),
        cmocka_unit_test(test_parties),   cmocka_unit_test(test_build),
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_unknown_state),
    };

    xml_check_folder(argc > 1 ? argv[1] : ".");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
