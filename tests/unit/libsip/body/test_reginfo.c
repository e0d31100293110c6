#include "xml_check.h"

#include <sip/reginfo.h>

static const sip_xml_body *body(void)
{
    return xml_check_body(sip_reginfo_codec());
}

static void test_documents(void **state)
{
    static const char *const names[] = {"rfc3680_full.xml", "reginfo_partial.xml",
                                        "rfc5628_gruu.xml"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        xml_check_document(body(), names[i]);
    }
}

#include <stdio.h>

static void test_contacts(void **state)
{
    sip_reginfo *info = xml_check_parse(body(), "rfc3680_full.xml");
    const sip_reginfo_registration *registration = &info->registrations[0];

    (void)state;
    assert_int_equal(info->state, SIP_XML_FULL);
    assert_int_equal(info->n_registrations, 1);
    assert_str(registration->aor, "sip:user@example.com");
    assert_str(registration->id, "as9");
    assert_int_equal(registration->state, SIP_REGINFO_ACTIVE);
    assert_int_equal(registration->n_contacts, 2);
    assert_str(registration->contacts[0].id, "76");
    assert_str(registration->contacts[0].uri, "sip:user@pc887.example.com");
    assert_int_equal(registration->contacts[0].duration_registered_s.value, 7322);
    assert_int_equal(registration->contacts[0].q.value, 800);
    assert_int_equal(registration->contacts[1].state, SIP_REGINFO_TERMINATED);
    assert_int_equal(registration->contacts[1].event, SIP_REGINFO_EXPIRED);
    assert_null(registration->contacts[1].pub_gruu);
    sip_reginfo_free(NULL, info);
}

static void test_parameters(void **state)
{
    sip_reginfo *info = xml_check_parse(body(), "reginfo_partial.xml");
    const sip_reginfo_contact *contact = &info->registrations[0].contacts[0];

    (void)state;
    assert_int_equal(info->version.value, 2);
    assert_int_equal(contact->event, SIP_REGINFO_CREATED);
    assert_int_equal(contact->expires_s.value, 3600);
    assert_int_equal(contact->retry_after_s.value, 5);
    assert_str(contact->call_id, "1j9FpLxk3uxtm8tn");
    assert_int_equal(contact->cseq.value, 987);
    assert_str(contact->display_name->text, "Joe & Co");
    assert_str(contact->display_name->lang, "en");
    assert_int_equal(contact->n_params, 2);
    assert_str(contact->params[1].name, "methods");
    assert_str(contact->params[1].value, "INVITE,BYE");
    sip_reginfo_free(NULL, info);
}

static void test_gruus(void **state)
{
    sip_reginfo *info = xml_check_parse(body(), "rfc5628_gruu.xml");
    const sip_reginfo_contact *contact = &info->registrations[0].contacts[0];

    (void)state;
    assert_str(contact->params[0].value, "\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\"");
    assert_str(contact->pub_gruu->uri, "sip:user@example.com;gr=hha9s8d-999a");
    assert_false(contact->pub_gruu->first_cseq.is_set);
    assert_str(contact->temp_gruu->uri, "sip:8ffkas08af7fasklzi9@example.com;gr");
    assert_str(contact->call_id, "1j9FpLxk3uxtm8tn@192.0.2.1");
    assert_int_equal(contact->cseq.value, 54321);
    assert_int_equal(contact->temp_gruu->first_cseq.value, 54301);
    sip_reginfo_free(NULL, info);
}

static void test_build(void **state)
{
    const sip_reginfo_gruu gruu = {.uri = SIP_STR_INIT("sip:a@b;gr=1")};
    const sip_reginfo_contact contact = {.id = SIP_STR_INIT("1"),
                                         .state = SIP_REGINFO_ACTIVE,
                                         .event = SIP_REGINFO_REFRESHED,
                                         .uri = SIP_STR_INIT("sip:a@c"),
                                         .pub_gruu = &gruu};
    sip_reginfo_registration registration = {.aor = SIP_STR_INIT("sip:a@b"),
                                             .id = SIP_STR_INIT("r"),
                                             .state = SIP_REGINFO_ACTIVE,
                                             .contacts = &contact,
                                             .n_contacts = 1};
    const sip_reginfo info = {.version = {true, 3},
                              .state = SIP_XML_FULL,
                              .registrations = &registration,
                              .n_registrations = 1};
    char out[1000];

    (void)state;
    assert_true(sip_reginfo_print(&info, out, sizeof out) > 0);
    assert_string_equal(strchr(out, '\n') + 1,
                        "<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\""
                        " xmlns:gr=\"urn:ietf:params:xml:ns:gruuinfo\" version=\"3\""
                        " state=\"full\"><registration aor=\"sip:a@b\" id=\"r\""
                        " state=\"active\"><contact id=\"1\" state=\"active\""
                        " event=\"refreshed\"><uri>sip:a@c</uri>"
                        "<gr:pub-gruu uri=\"sip:a@b;gr=1\"/></contact></registration></reginfo>");
    registration.state = SIP_REGINFO_STATE_ABSENT;
    assert_int_equal(sip_reginfo_print(&info, out, sizeof out), SIP_EINVAL);
}

static void test_malformed(void **state)
{
    static const char *const contacts[] = {
        "<contact/>",
        "<contact id='1' state='active' event='created'/>",
        "<contact id='1' state='active'><uri>a</uri></contact>",
        "<contact id='1' state='active' event='born'><uri>a</uri></contact>",
        "<contact id='1' state='active' event='created'><uri>a<b/></uri></contact>",
        "<contact id='1' state='active' event='created'><uri>a</uri><unknown-param/></contact>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof contacts / sizeof contacts[0]; i++) {
        char text[500];

        snprintf(text, sizeof text,
                 "<reginfo xmlns='urn:ietf:params:xml:ns:reginfo' version='1' state='full'>"
                 "<registration aor='a' id='1' state='init'>%s</registration></reginfo>",
                 contacts[i]);
        xml_check_refused(body(), text, SIP_ESYNTAX);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),  cmocka_unit_test(test_contacts),
        cmocka_unit_test(test_parameters), cmocka_unit_test(test_gruus),
        cmocka_unit_test(test_build),      cmocka_unit_test(test_malformed),
    };

    xml_check_folder(argc > 1 ? argv[1] : ".");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
