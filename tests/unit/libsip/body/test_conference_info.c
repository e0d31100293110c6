#include "xml_check.h"

#include <sip/conference_info.h>

static const sip_xml_body *body(void)
{
    return xml_check_body(sip_conference_info_codec());
}

static void test_documents(void **state)
{
    static const char *const names[] = {"rfc4575_full.xml", "rfc4575_rich.xml",
                                        "conference_rich.xml"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        xml_check_document(body(), names[i]);
    }
}

static void test_users(void **state)
{
    sip_conference_info *info = xml_check_parse(body(), "rfc4575_full.xml");
    const sip_conference_endpoint *endpoint = &info->users->users[0].endpoints[0];

    (void)state;
    assert_str(info->entity, "sips:conf233@example.com");
    assert_int_equal(info->state, SIP_CONFERENCE_FULL);
    assert_int_equal(info->version.value, 1);
    assert_str(info->description->subject, "Agenda: This month's goals");
    assert_str(info->description->service_uris->entries[0].purpose, "web-page");
    assert_int_equal(info->status->user_count.value, 33);
    assert_int_equal(info->status->active, SIP_DEFAULT);
    assert_int_equal(info->users->n_users, 2);
    assert_str(info->users->users[0].display_text, "Bob Hoskins");
    assert_str(endpoint->entity, "sip:bob@pc33.example.com");
    assert_int_equal(endpoint->status, SIP_CONFERENCE_DISCONNECTED);
    assert_int_equal(endpoint->disconnection_method, SIP_CONFERENCE_DEPARTED);
    assert_str(endpoint->disconnection_info->reason, "bad voice quality");
    assert_str(endpoint->disconnection_info->by, "sip:mike@example.com");
    assert_int_equal(endpoint->disconnection_info->when.hour, 20);
    assert_str(endpoint->media[0].id, "1");
    assert_str(endpoint->media[0].label, "34567");
    assert_str(endpoint->media[0].src_id, "432424");
    assert_int_equal(endpoint->media[0].status, SIP_CONFERENCE_MEDIA_SENDRECV);
    endpoint = &info->users->users[1].endpoints[0];
    assert_int_equal(endpoint->joining_method, SIP_CONFERENCE_DIALED_OUT);
    assert_null(endpoint->disconnection_info);
    sip_conference_info_free(NULL, info);
}

static void test_rest(void **state)
{
    sip_conference_info *info = xml_check_parse(body(), "conference_rich.xml");
    const sip_conference_description *description = info->description;
    const sip_conference_user *bob = &info->users->users[0];

    (void)state;
    assert_str(description->keywords, "sales, meeting, weekly");
    assert_str(sip_xml_attribute_value(description->extra.attributes, SIP_XML_NS_XML, "lang"),
               "en-us");
    assert_int_equal(description->conf_uris->n_entries, 3);
    assert_str(description->conf_uris->entries[0].display_text, "TTI Bridge");
    assert_int_equal(description->maximum_user_count.value, 50);
    assert_str(description->available_media->entries[1].label, "34569");
    assert_str(description->available_media->entries[1].type, "video");
    assert_int_equal(description->available_media->entries[1].status,
                     SIP_CONFERENCE_MEDIA_RECVONLY);
    assert_str(info->host->uris->entries[0].uri, "sip:sales@example.com");
    assert_int_equal(info->status->active, SIP_ON);
    assert_int_equal(info->status->locked, SIP_OFF);
    assert_str(bob->roles->entries[0].text, "participant");
    assert_str(bob->languages, "en");
    assert_str(bob->cascaded_focus, "sips:conf11@example.org");
    assert_str(bob->associated_aors->entries[0].uri, "mailto:bob@example.com");
    assert_str(bob->endpoints[0].referred->reason, "expert required");
    assert_str(bob->endpoints[0].call_info->sip->to_tag, "8954jgjg8432");
    assert_int_equal(info->users->users[2].state, SIP_CONFERENCE_DELETED);
    assert_int_equal(info->sidebars_by_ref->n_entries, 2);
    assert_int_equal(info->sidebars_by_val->state, SIP_CONFERENCE_PARTIAL);
    assert_int_equal(info->sidebars_by_val->entries[0].users->n_users, 3);
    assert_str(info->sidebars_by_val->entries[0].entity, "sips:conf233@example.com;grid=77");
    sip_conference_info_free(NULL, info);
}

/* RFC 4575 7.2 */
static void test_booted(void **state)
{
    sip_conference_info *info = xml_check_parse(body(), "rfc4575_rich.xml");
    const sip_conference_endpoint *endpoint = &info->users->users[0].endpoints[0];

    (void)state;
    assert_int_equal(info->state, SIP_CONFERENCE_PARTIAL);
    assert_int_equal(info->description->maximum_user_count.value, 100);
    assert_str(info->description->service_uris->entries[1].display_text, "Quicktime");
    assert_int_equal(info->description->available_media->entries[1].status,
                     SIP_CONFERENCE_MEDIA_INACTIVE);
    assert_int_equal(endpoint->status, SIP_CONFERENCE_DISCONNECTING);
    assert_int_equal(endpoint->disconnection_method, SIP_CONFERENCE_BOOTED);
    assert_str(endpoint->joining_info->reason, "invitation");
    assert_int_equal(info->sidebars_by_ref->state, SIP_CONFERENCE_PARTIAL);
    assert_int_equal(info->sidebars_by_val->entries[0].state, SIP_CONFERENCE_PARTIAL);
    sip_conference_info_free(NULL, info);
}

static void test_build(void **state)
{
    const sip_conference_endpoint endpoint = {.entity = SIP_STR_INIT("sip:a@1"),
                                              .status = SIP_CONFERENCE_MUTED_VIA_FOCUS};
    const sip_conference_user user = {
        .entity = SIP_STR_INIT("sip:a@b"), .endpoints = &endpoint, .n_endpoints = 1};
    const sip_conference_users users = {.users = &user, .n_users = 1};
    const sip_conference_status status = {.user_count = {true, 1}, .locked = SIP_ON};
    const sip_conference_info info = {.entity = SIP_STR_INIT("sip:c@b"),
                                      .state = SIP_CONFERENCE_FULL,
                                      .status = &status,
                                      .users = &users};
    char out[1000];

    (void)state;
    assert_true(sip_conference_info_print(&info, out, sizeof out) > 0);
    assert_string_equal(strchr(out, '\n') + 1,
                        "<conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\""
                        " entity=\"sip:c@b\" state=\"full\"><conference-state>"
                        "<user-count>1</user-count><locked>true</locked></conference-state>"
                        "<users><user entity=\"sip:a@b\"><endpoint entity=\"sip:a@1\">"
                        "<status>muted-via-focus</status></endpoint></user></users>"
                        "</conference-info>");
}

static void test_malformed(void **state)
{
    (void)state;
    xml_check_refused(body(), "<conference-info xmlns='urn:ietf:params:xml:ns:conference-info'/>",
                      SIP_ESYNTAX);
    xml_check_refused(body(),
                      "<conference-info xmlns='urn:ietf:params:xml:ns:conference-info' entity='a'>"
                      "<sidebars-by-val><entry/></sidebars-by-val></conference-info>",
                      SIP_ESYNTAX);
    xml_check_refused(body(), "<conference-info entity='a'/>", SIP_ESYNTAX);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents), cmocka_unit_test(test_users),
        cmocka_unit_test(test_rest),      cmocka_unit_test(test_booted),
        cmocka_unit_test(test_build),     cmocka_unit_test(test_malformed),
    };

    xml_check_folder(argc > 1 ? argv[1] : ".");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
