#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    /* RFC 3261 20.1, 20.2, 20.3, 20.15 */
    {&sip_accept_type, "application/sdp;level=1", NULL, "application/sdp"},
    {&sip_accept_type, "*/*;q=0.5", NULL, "*/*;q=0.5"},
    {&sip_content_type_type, "text/html; charset=ISO-8859-4", "text/html;charset=ISO-8859-4",
     "text/html;charset=ISO-8859-4"},
    {&sip_content_type_type, "multipart / mixed;boundary=\"a b\";x=\"/\"",
     "multipart/mixed;boundary=\"a b\";x=\"/\"", "multipart/mixed;boundary=\"a b\""},
    {&sip_accept_encoding_type, "gzip;q=1.0", NULL, "gzip;q=1"},
    {&sip_accept_language_type, "en-gb;q=0.8", NULL, "en-gb;q=0.8"},
    {&sip_accept_language_type, "*", NULL, "*"},
    {&sip_content_disposition_type, "session", NULL, "session"},
    {&sip_content_disposition_type, "attachment; filename=smime.p7s;handling=Required",
     "attachment;filename=smime.p7s;handling=Required", "attachment;handling=Required"},
    {&sip_content_encoding_type, "gzip", NULL, NULL},
    {&sip_content_language_type, "fr", NULL, NULL},
    {&sip_content_length_type, "349", NULL, NULL},
    {&sip_mime_version_type, "1.0", NULL, NULL},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_media_type type;
    sip_ranked ranked;
    sip_content_disposition disposition;
    sip_mime_version version;

    (void)state;
    header_read(&sip_content_type_type, "Multipart/Related;boundary=\"x\";start=\"<1>\"", &type);
    assert_str(type.type, "Multipart");
    assert_str(type.subtype, "Related");
    assert_str(type.boundary, "x");
    assert_false(type.has_q);
    header_read(&sip_accept_type, "text/*;q=0.25", &type);
    assert_str(type.subtype, "*");
    assert_int_equal(type.q_permille, 250);
    header_read(&sip_accept_language_type, "da;x=1;q=0", &ranked);
    assert_str(ranked.name, "da");
    assert_true(ranked.has_q);
    assert_int_equal(ranked.q_permille, 0);
    header_read(&sip_content_disposition_type, "render;handling=optional", &disposition);
    assert_int_equal(disposition.handling, SIP_HANDLING_OPTIONAL);
    header_read(&sip_content_disposition_type, "render;handling=odd", &disposition);
    assert_int_equal(disposition.handling, SIP_HANDLING_OTHER);
    assert_str(disposition.handling_text, "odd");
    header_read(&sip_mime_version_type, "1.2", &version);
    assert_int_equal(version.major_number, 1);
    assert_int_equal(version.minor_number, 2);
}

static void test_build(void **state)
{
    sip_media_type type = {.type = SIP_STR("text"), .subtype = SIP_STR("plain")};
    sip_media_type other;
    sip_content_disposition disposition = {.type = SIP_STR("icon"),
                                           .handling = SIP_HANDLING_OPTIONAL};

    (void)state;
    header_prints(&sip_content_type_type, &type, "text/plain");
    type.charset = SIP_STR("UTF-8");
    type.boundary = SIP_STR("a:b");
    header_prints(&sip_content_type_type, &type, "text/plain;boundary=\"a:b\";charset=UTF-8");
    header_read(&sip_content_type_type, "TEXT/plain;charset=utf-8;boundary=\"a:b\"", &other);
    assert_true(sip_header_equal(&sip_content_type_type, &type, &other));
    type.subtype = SIP_STR("pl ain");
    header_prints(&sip_content_type_type, &type, NULL);
    header_prints(&sip_content_disposition_type, &disposition, "icon;handling=optional");
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_content_type_type, "text", 4);
    header_refused(&sip_content_type_type, "text/", 5);
    header_refused(&sip_content_type_type, "text/plain charset=x", 11);
    header_refused(&sip_accept_type, "text/plain;q=1.5", 11);
    header_refused(&sip_content_disposition_type, "session;handling", 8);
    header_refused(&sip_mime_version_type, "1", 1);
    header_refused(&sip_content_length_type, "x", 0);
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
