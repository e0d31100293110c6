#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    {&sip_contact_type, "*", NULL, NULL},
    /* RFC 3261 20.10 */
    {&sip_contact_type,
     "\"Mr. Watson\" <sip:watson@worcester.bell-telephone.com>;q=0.7; expires=3600",
     "Mr. Watson <sip:watson@worcester.bell-telephone.com>;q=0.7;expires=3600",
     "Mr. Watson <sip:watson@worcester.bell-telephone.com>;q=0.7;expires=3600"},
    {&sip_contact_type, "\"Mr. Watson\" <mailto:watson@bell-telephone.com> ;q=0.1",
     "Mr. Watson <mailto:watson@bell-telephone.com>;q=0.1", NULL},
    {&sip_contact_type, "<sip:a@h>;expires=soon;q=1.000", "<sip:a@h>;expires=3600;q=1.000",
     "<sip:a@h>;q=1;expires=3600"},
    /* RFC 3840 9 */
    {&sip_contact_type,
     "<sip:user@host.example.com>;audio;video;mobility=\"fixed\";+sip.message=\"TRUE\";"
     "language=\"en,es,iw\";application=\"FALSE\";methods=\"INVITE,BYE\";data=\"TRUE\"",
     NULL,
     "<sip:user@host.example.com>;audio;video;application=\"FALSE\";data;mobility=\"fixed\";"
     "methods=\"INVITE,BYE\";language=\"en,es,iw\""},
    /* RFC 5626, RFC 5627 */
    {&sip_contact_type,
     "<sip:line1@192.0.2.2;transport=tcp>;reg-id=1;"
     "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\";ob",
     NULL,
     "<sip:line1@192.0.2.2;transport=tcp>;"
     "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\";reg-id=1;ob"},
    {&sip_contact_type,
     "<sip:callee@192.0.2.1>;pub-gruu=\"sip:callee@example.com;gr=urn:uuid:f81d4fae\""
     ";temp-gruu=\"sip:tgruu.7hs==jd7vnzga5w7fajsc7-ajd6fabz0f8g5@example.com;gr\";expires=3600",
     NULL, NULL},
    /* RFC 3841 9 */
    {&sip_accept_contact_type, "*;audio;require", NULL, "*;require;audio"},
    {&sip_accept_contact_type, "*;methods=\"BYE\";class=\"!business\";explicit", NULL,
     "*;explicit;methods=\"BYE\";class=\"!business\""},
    {&sip_reject_contact_type, "*;actor=\"msg-taker\";video", NULL, "*;video;actor=\"msg-taker\""},
    {&sip_request_disposition_type, "no-fork", NULL, NULL},
    {&sip_request_disposition_type, "Parallel", NULL, NULL},
    /* RFC 6809 */
    {&sip_feature_caps_type, "*;+g.3gpp.atcf=\"<tel:+1;a>\";+x", NULL, "*"},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_contact contact;
    sip_contact_preference preference;
    sip_request_disposition disposition;
    sip_feature_caps caps;
    sip_str value;

    (void)state;
    header_read(&sip_contact_type,
                "<sip:a@h>;AUDIO;video=\"!TRUE\";isfocus=true;text=\"odd\";description;"
                "+sip.instance=\"<urn:uuid:1>\";reg-id=2;+g.x;schemes=\"sip\"",
                &contact);
    assert_int_equal(contact.features.audio, SIP_ON);
    assert_int_equal(contact.features.video, SIP_OFF);
    assert_int_equal(contact.features.isfocus, SIP_ON);
    assert_int_equal(contact.features.text, SIP_DEFAULT);
    assert_int_equal(contact.features.data, SIP_DEFAULT);
    assert_str(contact.features.schemes, "sip");
    assert_str(contact.instance, "<urn:uuid:1>");
    assert_true(contact.has_reg_id);
    assert_int_equal(contact.reg_id, 2);
    assert_true(sip_address_param(&contact.address, "+g.x", NULL));
    header_prints(&sip_contact_type, &contact,
                  "<sip:a@h>;AUDIO;video=\"!TRUE\";isfocus=true;text=\"odd\";description;"
                  "+sip.instance=\"<urn:uuid:1>\";reg-id=2;+g.x;schemes=\"sip\"");
    header_read(&sip_contact_type, "*", &contact);
    assert_true(contact.address.is_star);
    header_read(&sip_accept_contact_type, "*;require;audio=\"FALSE\"", &preference);
    assert_true(preference.require);
    assert_false(preference.is_explicit);
    assert_int_equal(preference.features.audio, SIP_OFF);
    header_read(&sip_request_disposition_type, "No-Queue", &disposition);
    assert_int_equal(disposition.directive, SIP_DIRECTIVE_NO_QUEUE);
    header_read(&sip_request_disposition_type, "odd", &disposition);
    assert_int_equal(disposition.directive, SIP_DIRECTIVE_OTHER);
    header_read(&sip_feature_caps_type, "*;+g.3gpp.srvcc=\"a\"", &caps);
    assert_true(sip_param_find(caps.params, "+g.3gpp.srvcc", &value));
    assert_str(value, "a");
}

static void test_build(void **state)
{
    sip_contact contact = {.address = {.uri = {.text = SIP_STR("sip:a@h")}, .has_q = true}};
    sip_contact other;
    sip_request_disposition disposition = {.directive = SIP_DIRECTIVE_FORK};

    (void)state;
    contact.address.q_permille = 50;
    contact.features.audio = SIP_ON;
    contact.features.video = SIP_OFF;
    contact.ob = true;
    header_prints(&sip_contact_type, &contact, "<sip:a@h>;q=0.05;ob;audio;video=\"FALSE\"");
    header_read(&sip_contact_type, "<sip:a@h>;q=0.050;ob;video=\"FALSE\";audio=\"TRUE\"", &other);
    assert_true(sip_header_equal(&sip_contact_type, &contact, &other));
    other.features.video = SIP_ON;
    assert_false(sip_header_equal(&sip_contact_type, &contact, &other));
    header_prints(&sip_contact_type, &other, "<sip:a@h>;q=0.050;ob;video;audio=\"TRUE\"");
    contact.address.q_permille = 1001;
    header_prints(&sip_contact_type, &contact, NULL);
    contact.address.q_permille = 0;
    header_prints(&sip_contact_type, &contact, "<sip:a@h>;q=0.0;ob;audio;video=\"FALSE\"");
    header_read(&sip_contact_type, "*", &other);
    assert_false(sip_header_equal(&sip_contact_type, &contact, &other));
    header_prints(&sip_request_disposition_type, &disposition, "fork");
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_contact_type, "<sip:a@h>;q=2", 0);
    header_refused(&sip_contact_type, "<sip:a@h>;reg-id", 10);
    header_refused(&sip_contact_type, "<sip:a@h>;audio;audio", 16);
    header_refused(&sip_accept_contact_type, "audio", 0);
    header_refused(&sip_accept_contact_type, "* audio", 2);
    header_refused(&sip_request_disposition_type, "fork;x", 4);
    header_refused(&sip_feature_caps_type, "*;", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
