#include "xml_check.h"

#include <stdio.h>

#include <sip/imdn.h>

static const sip_xml_body *body(void)
{
    return xml_check_body(sip_imdn_codec());
}

static void test_documents(void **state)
{
    static const char *const names[] = {"rfc5438_delivered.xml", "rfc5438_displayed.xml",
                                        "imdn_displayed.xml"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        xml_check_document(body(), names[i]);
    }
}

#define NS "xmlns='urn:ietf:params:xml:ns:imdn'"

static void test_notifications(void **state)
{
    sip_imdn *imdn = xml_check_parse(body(), "rfc5438_delivered.xml");

    (void)state;
    assert_str(imdn->message_id, "34jk324j");
    assert_int_equal(imdn->datetime.zone_minutes, -300);
    assert_str(imdn->recipient_uri, "im:bob@example.com");
    assert_str(imdn->original_recipient_uri, "im:bob@example.com");
    assert_null(imdn->subject.ptr);
    assert_int_equal(imdn->notification->kind, SIP_IMDN_DELIVERY);
    assert_int_equal(imdn->notification->outcome->status, SIP_IMDN_DELIVERED);
    sip_imdn_free(NULL, imdn);
    imdn = xml_check_parse(body(), "imdn_displayed.xml");
    assert_str(imdn->subject, "Project Tomorrow");
    assert_int_equal(imdn->notification->kind, SIP_IMDN_DISPLAY);
    assert_int_equal(imdn->notification->outcome->status, SIP_IMDN_DISPLAYED);
    assert_non_null(sip_xml_find(imdn->notification->outcome->extra.nodes, NULL, "where"));
    sip_imdn_free(NULL, imdn);
}

static void test_build(void **state)
{
    const sip_imdn_outcome stored = {.status = SIP_IMDN_STORED};
    const sip_imdn_notification processing = {.kind = SIP_IMDN_PROCESSING, .outcome = &stored};
    sip_imdn imdn = {.message_id = SIP_STR_INIT("m"),
                     .datetime = sip_datetime_of_unix_ms(0, 90),
                     .notification = &processing};
    char out[500];

    (void)state;
    assert_true(sip_imdn_print(&imdn, out, sizeof out) > 0);
    assert_string_equal(strchr(out, '\n') + 1,
                        "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>m</message-id>"
                        "<datetime>1970-01-01T01:30:00+01:30</datetime><processing-notification>"
                        "<status><stored/></status></processing-notification></imdn>");
    imdn.datetime.month = 0;
    assert_int_equal(sip_imdn_print(&imdn, out, sizeof out), SIP_EINVAL);
}

static void test_malformed(void **state)
{
    (void)state;
    xml_check_refused(body(), "<imdn " NS "><datetime>2008-04-04T12:16:49Z</datetime></imdn>",
                      SIP_ESYNTAX);
    xml_check_refused(body(), "<imdn " NS "><message-id>1</message-id></imdn>", SIP_ESYNTAX);
    xml_check_refused(body(),
                      "<imdn " NS "><message-id>1</message-id><datetime>now</datetime></imdn>",
                      SIP_ESYNTAX);
    xml_check_refused(body(),
                      "<imdn " NS "><message-id>1</message-id>"
                      "<datetime>2008-04-04T12:16:49Z</datetime><delivery-notification/></imdn>",
                      SIP_ESYNTAX);
}

/* A status that is not empty, and one that nobody knows. */
static void test_kept(void **state)
{
    (void)state;
    xml_check_printed(body(),
                      "<imdn " NS "><message-id>1</message-id>"
                      "<datetime>2008-04-04T12:16:49Z</datetime><delivery-notification><status>"
                      "<failed x='1'/><lost/><error>why</error></status></delivery-notification>"
                      "</imdn>",
                      "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>1</message-id>"
                      "<datetime>2008-04-04T12:16:49Z</datetime><delivery-notification><status>"
                      "<failed x=\"1\"/><lost/><error>why</error></status>"
                      "</delivery-notification></imdn>");
}

static sip_imdn_status status_of(const char *status)
{
    char text[500];
    sip_imdn *imdn = NULL;
    sip_imdn_status read;

    snprintf(text, sizeof text,
             "<imdn " NS "><message-id>1</message-id><datetime>2008-04-04T12:16:49Z</datetime>"
             "<delivery-notification><status>%s</status></delivery-notification></imdn>",
             status);
    assert_int_equal(sip_imdn_parse(NULL, sip_str_of(text), &imdn), 0);
    read = imdn->notification->outcome->status;
    sip_imdn_free(NULL, imdn);
    return read;
}

/* The name of the element counts, not what stands in it. */
static void test_status(void **state)
{
    (void)state;
    assert_int_equal(status_of("<failed/>"), SIP_IMDN_FAILED);
    assert_int_equal(status_of("<failed>\n </failed>"), SIP_IMDN_FAILED);
    assert_int_equal(status_of("<failed>delivered</failed>"), SIP_IMDN_STATUS_ABSENT);
    assert_int_equal(status_of("<failed><delivered/></failed>"), SIP_IMDN_STATUS_ABSENT);
    assert_int_equal(status_of("delivered"), SIP_IMDN_STATUS_ABSENT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents), cmocka_unit_test(test_notifications),
        cmocka_unit_test(test_build),     cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_kept),      cmocka_unit_test(test_status),
    };

    xml_check_folder(argc > 1 ? argv[1] : ".");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
