#include "xml_check.h"

#include <sip/pidf.h>

#define PIDF "urn:ietf:params:xml:ns:pidf"

static const sip_xml_body *body(void)
{
    return xml_check_body(sip_pidf_codec());
}

static void test_documents(void **state)
{
    static const char *const names[] = {
        "rfc3863_full.xml", "rfc3863_prefix.xml", "rfc3863_extension.xml", "rfc4479_model.xml",
        "rfc4480_rpid.xml", "rfc5196_caps.xml",   "pidf_caps.xml"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        xml_check_document(body(), names[i]);
    }
}

static void test_presence(void **state)
{
    sip_pidf *pidf = xml_check_parse(body(), "rfc3863_full.xml");
    const sip_pidf_tuple *tuple = &pidf->tuples[0];

    (void)state;
    assert_str(pidf->entity, "pres:someone@example.com");
    assert_int_equal(pidf->n_tuples, 2);
    assert_int_equal(pidf->n_notes, 1);
    assert_str(pidf->notes[0].text, "I'll be in Tokyo next week");
    assert_null(pidf->notes[0].lang.ptr);
    assert_str(tuple->id, "bs35r9");
    assert_int_equal(tuple->status->basic, SIP_PIDF_OPEN);
    assert_str(sip_xml_text_of(sip_xml_find(tuple->status->extra.nodes, PIDF ":im", "im")), "busy");
    assert_str(sip_xml_text_of(sip_xml_find(tuple->status->extra.nodes, NULL, "location")), "home");
    assert_null(sip_xml_find(tuple->status->extra.nodes, PIDF, "im"));
    assert_true(tuple->contact->priority.is_set);
    assert_int_equal(tuple->contact->priority.value, 800);
    assert_str(tuple->contact->uri, "im:someone@mobilecarrier.net");
    assert_int_equal(tuple->n_notes, 2);
    assert_str(tuple->notes[1].lang, "fr");
    assert_str(tuple->notes[1].text, "Ne derangez pas, s'il vous plait");
    assert_int_equal(tuple->timestamp.year, 2001);
    assert_int_equal(tuple->timestamp.second, 29);
    assert_true(tuple->timestamp.has_zone);
    assert_int_equal(pidf->tuples[1].contact->priority.value, 1000);
    assert_int_equal(pidf->tuples[1].timestamp.month, 0);
    sip_pidf_free(NULL, pidf);
}

static void test_rich_presence(void **state)
{
    sip_pidf *pidf = xml_check_parse(body(), "rfc4480_rpid.xml");
    const sip_rpid *me = &pidf->persons[0].rpid;
    const sip_rpid_user_input *input = pidf->devices[0].rpid.user_input;

    (void)state;
    assert_int_equal(pidf->n_tuples, 3);
    assert_int_equal(pidf->n_persons, 1);
    assert_int_equal(pidf->n_devices, 1);
    assert_str(pidf->tuples[0].device_ids[0].text, "urn:device:0003ba4811e3");
    assert_non_null(sip_rpid_find(pidf->tuples[0].rpid.relationship, "self"));
    assert_null(sip_rpid_find(pidf->tuples[0].rpid.relationship, "assistant"));
    assert_null(sip_rpid_find(NULL, "assistant"));
    assert_str(pidf->tuples[2].rpid.class_name, "email");
    assert_str(pidf->tuples[2].rpid.status_icons[0].uri, "http://example.com/mail.png");
    assert_str(pidf->devices[0].device_id, "urn:device:0003ba4811e3");
    assert_int_equal(input->state, SIP_RPID_IDLE);
    assert_int_equal(input->idle_threshold_s.value, 600);
    assert_int_equal(input->last_input.zone_minutes, -300);
    assert_int_equal(me->n_activities, 1);
    assert_int_equal(me->activities[0].from.hour, 12);
    assert_int_equal(me->activities[0].until.zone_minutes, 300);
    assert_str(me->activities[0].notes[0].text, "Far away");
    assert_int_equal(me->activities[0].n_values, 1);
    assert_str(me->activities[0].values[0].name, "away");
    assert_str(sip_rpid_find(&me->moods[0], "other")->text, "brooding");
    assert_int_equal(me->place_is[0].audio, SIP_RPID_AUDIO_NOISY);
    assert_int_equal(me->place_is[0].video, SIP_RPID_VIDEO_ABSENT);
    assert_non_null(sip_rpid_find(&me->place_types[0], "residence"));
    assert_non_null(sip_rpid_find(&me->privacy[0], "unknown"));
    assert_str(me->spheres[0].text, "bowling league");
    assert_int_equal(me->time_offsets[0].minutes.value, -240);
    assert_str(pidf->persons[0].notes[0].text, "Scoring 120");
    assert_int_equal(pidf->persons[0].timestamp.minute, 9);
    sip_pidf_free(NULL, pidf);
}

static void test_capabilities(void **state)
{
    sip_pidf *pidf = xml_check_parse(body(), "pidf_caps.xml");
    const sip_pidf_servcaps *caps = pidf->tuples[0].servcaps;
    const sip_pidf_devcaps *device = pidf->devices[0].devcaps;

    (void)state;
    assert_int_equal(caps->audio, SIP_ON);
    assert_int_equal(caps->video, SIP_OFF);
    assert_str(caps->descriptions[0].text, "Example service");
    assert_str(caps->types[0].text, "audio/basic");
    assert_int_equal(caps->methods->supported->n_caps, 2);
    assert_str(caps->methods->supported->caps[0].name, "INVITE");
    assert_str(caps->methods->not_supported->caps[0].name, "REFER");
    assert_null(caps->class_->not_supported);
    assert_str(caps->languages->supported->caps[1].text, "fi");
    assert_int_equal(caps->priority->supported->caps[1].min_value.value, 20);
    assert_int_equal(caps->priority->supported->caps[1].max_value.value, 40);
    assert_int_equal(caps->priority->supported->caps[2].value.value, -1);
    assert_false(caps->priority->supported->caps[2].min_value.is_set);
    assert_str(device->mobility->supported->caps[0].name, "mobile");
    assert_str(device->descriptions[0].lang, "en");
    sip_pidf_free(NULL, pidf);
}

static void test_build(void **state)
{
    const sip_pidf_status open = {.basic = SIP_PIDF_OPEN};
    const sip_pidf_contact contact = {.priority = {true, 755}, .uri = SIP_STR_INIT("sip:a@b?x&y")};
    const sip_xml_text note = {.lang = SIP_STR_INIT("en"), .text = SIP_STR_INIT("<&>\"'")};
    const sip_pidf_tuple tuple = {.id = SIP_STR_INIT("t1"),
                                  .status = &open,
                                  .contact = &contact,
                                  .notes = &note,
                                  .n_notes = 1,
                                  .timestamp = sip_datetime_of_unix_ms(1000000000000, 0)};
    const sip_rpid_value busy = {.name = SIP_STR_INIT("busy")};
    const sip_rpid_values activities = {.values = &busy, .n_values = 1};
    const sip_rpid_place_is quiet = {.audio = SIP_RPID_AUDIO_QUIET};
    const sip_pidf_person person = {
        .id = SIP_STR_INIT("p"),
        .rpid = {
            .activities = &activities, .n_activities = 1, .place_is = &quiet, .n_place_is = 1}};
    const sip_pidf pidf = {.entity = SIP_STR_INIT("pres:a@b"),
                           .tuples = &tuple,
                           .n_tuples = 1,
                           .persons = &person,
                           .n_persons = 1};
    char out[2000];
    int len;

    (void)state;
    len = sip_pidf_print(&pidf, out, sizeof out);
    assert_string_equal(
        out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\""
             " xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\""
             " xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" entity=\"pres:a@b\">"
             "<tuple id=\"t1\"><status><basic>open</basic></status>"
             "<contact priority=\"0.755\">sip:a@b?x&amp;y</contact>"
             "<note xml:lang=\"en\">&lt;&amp;&gt;\"'</note>"
             "<timestamp>2001-09-09T01:46:40Z</timestamp></tuple>"
             "<dm:person id=\"p\"><rpid:activities><rpid:busy/></rpid:activities>"
             "<rpid:place-is><rpid:audio><rpid:quiet/></rpid:audio></rpid:place-is></dm:person>"
             "</presence>");
    assert_int_equal(len, strlen(out));
}

static void test_build_refused(void **state)
{
    const sip_pidf_status open = {.basic = SIP_PIDF_OPEN};
    sip_pidf_tuple tuple = {.id = SIP_STR_INIT("t1"), .status = &open};
    sip_pidf pidf = {.entity = SIP_STR_INIT("pres:a@b"), .tuples = &tuple, .n_tuples = 1};
    const sip_pidf_status wrong = {.basic = (sip_pidf_basic)7};
    char out[2000];

    (void)state;
    assert_true(sip_pidf_print(&pidf, out, sizeof out) > 0);
    assert_int_equal(sip_pidf_print(NULL, out, sizeof out), SIP_EINVAL);
    tuple.status = NULL;
    assert_int_equal(sip_pidf_print(&pidf, out, sizeof out), SIP_EINVAL);
    assert_string_equal(out, "");
    tuple.status = &wrong;
    assert_int_equal(sip_pidf_print(&pidf, out, sizeof out), SIP_EINVAL);
    tuple.status = &open;
    tuple.id = SIP_STR("a\x01");
    assert_int_equal(sip_pidf_print(&pidf, out, sizeof out), SIP_EINVAL);
    tuple.id = (sip_str){NULL, 0};
    assert_int_equal(sip_pidf_print(&pidf, out, sizeof out), SIP_EINVAL);
    tuple.id = SIP_STR("t");
    tuple.timestamp = (sip_datetime){.year = 1, .month = 13};
    assert_int_equal(sip_pidf_print(&pidf, out, sizeof out), SIP_EINVAL);
    tuple.timestamp.month = 0;
    tuple.contact = &(sip_pidf_contact){.uri = SIP_STR_INIT("a"), .priority = {true, 1001}};
    assert_int_equal(sip_pidf_print(&pidf, out, sizeof out), SIP_EINVAL);
}

static void test_malformed(void **state)
{
    (void)state;
    xml_check_refused(body(), "<presence entity='a'/>", SIP_ESYNTAX);
    xml_check_refused(body(), "<presence xmlns='" PIDF "'/>", SIP_ESYNTAX);
    xml_check_refused(body(), "<x xmlns='" PIDF "' entity='a'/>", SIP_ESYNTAX);
    xml_check_refused(body(), "<presence xmlns='" PIDF "' entity='a'><tuple id='b'/></presence>",
                      SIP_ESYNTAX);
    xml_check_refused(body(),
                      "<presence xmlns='" PIDF "' entity='a'><tuple><status/></tuple></presence>",
                      SIP_ESYNTAX);
}

/* What cannot be read, and what may stand once and stands twice, is handed through. */
static void test_kept(void **state)
{
    (void)state;
    xml_check_printed(
        body(),
        "<presence xmlns='" PIDF "' entity=' a ' x='1' y:z='2' xmlns:y='u'><tuple id='b'>"
        "<timestamp>never</timestamp><status odd='1'><basic y:a='3' b='4'>open</basic>"
        "<basic>closed</basic></status><contact priority='7'>c</contact></tuple>"
        "<!-- gone -->loose <y:e q='r'> x<y:f/> <g xmlns=''/></y:e></presence>",
        "<presence xmlns=\"" PIDF "\" xmlns:y=\"u\" entity=\"a\" x=\"1\" y:z=\"2\">"
        "<tuple id=\"b\"><status odd=\"1\"><basic y:a=\"3\" b=\"4\">open</basic>"
        "<basic>closed</basic></status><timestamp>never</timestamp>"
        "<contact priority=\"7\">c</contact></tuple>"
        "loose <y:e q=\"r\"> x<y:f/> <g xmlns=\"\"/></y:e></presence>");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),     cmocka_unit_test(test_presence),
        cmocka_unit_test(test_rich_presence), cmocka_unit_test(test_capabilities),
        cmocka_unit_test(test_build),         cmocka_unit_test(test_build_refused),
        cmocka_unit_test(test_malformed),     cmocka_unit_test(test_kept),
    };

    xml_check_folder(argc > 1 ? argv[1] : ".");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
