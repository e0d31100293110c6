#include "usage/register/register_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static sip_msg *request_of(const char *headers)
{
    char text[700];
    sip_msg *msg;

    snprintf(text, sizeof text,
             "REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
             "From: <sip:a@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n%s"
             "Content-Length: 0\r\n\r\n",
             headers);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

static void kinds(void **state)
{
    static const struct {
        const char *headers;
        dum__register_kind kind;
    } cases[] = {
        {"", DUM__REGISTER_QUERY},
        {"Expires: 0\r\n", DUM__REGISTER_QUERY},
        {"Contact: <sip:a@1>\r\n", DUM__REGISTER_CONTACTS},
        {"Contact: <sip:a@1>;expires=0, sip:a@2\r\nm: sip:a@3\r\n", DUM__REGISTER_CONTACTS},
        {"Contact: *\r\nExpires: 0\r\n", DUM__REGISTER_CLEAR},
        {"Contact: *\r\n", DUM__REGISTER_BAD},
        {"Contact: *\r\nExpires: 1\r\n", DUM__REGISTER_BAD},
        {"Contact: *\r\nExpires: soon\r\n", DUM__REGISTER_BAD},
        {"Contact: *, <sip:a@1>\r\nExpires: 0\r\n", DUM__REGISTER_BAD},
        {"Contact: *\r\nContact: *\r\nExpires: 0\r\n", DUM__REGISTER_BAD},
        {"Contact: <sip:a@1>, <sip:\r\n", DUM__REGISTER_BAD},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sip_msg *msg = request_of(cases[i].headers);

        assert_int_equal(dum__register_kind_of(msg), cases[i].kind);
        sip_msg_unref(msg);
    }
}

static void each_contact(void **state)
{
    sip_msg *msg = request_of("Contact: <sip:a@1>;q=0.5, A <sip:a@2>\r\nContact: sip:\r\n");
    sip_address contact;

    (void)state;
    assert_true(dum__register_contact(msg, 0, &contact));
    assert_true(sip_str_equal(contact.uri.text, "sip:a@1"));
    assert_int_equal(contact.q_permille, 500);
    assert_true(dum__register_contact(msg, 1, &contact));
    assert_true(sip_str_equal(contact.uri.text, "sip:a@2"));
    assert_false(dum__register_contact(msg, 2, &contact)); /* unsound */
    assert_false(dum__register_contact(msg, 3, &contact)); /* past the end */
    sip_msg_unref(msg);
}

static void lifetimes(void **state)
{
    static const struct {
        const char *headers;
        uint32_t asked_s;
    } cases[] = {
        {"Contact: <sip:a@1>\r\n", 3600},
        {"Contact: <sip:a@1>\r\nExpires: 77\r\n", 77},
        {"Contact: <sip:a@1>;expires=5\r\nExpires: 77\r\n", 5},
        {"Contact: <sip:a@1>;expires=0\r\n", 0},
        {"Contact: <sip:a@1>\r\nExpires: soon\r\n", 3600},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sip_msg *msg = request_of(cases[i].headers);
        sip_address contact;

        assert_true(dum__register_contact(msg, 0, &contact));
        assert_int_equal(dum__register_asked_s(msg, &contact, 3600), cases[i].asked_s);
        sip_msg_unref(msg);
    }
}

/* 10.3 step 7: only less than an hour may be called too brief. */
static void brief_ones(void **state)
{
    (void)state;
    assert_false(dum__register_is_brief(0, 60));
    assert_true(dum__register_is_brief(1, 60));
    assert_true(dum__register_is_brief(59, 60));
    assert_false(dum__register_is_brief(60, 60));
    assert_true(dum__register_is_brief(3599, 7200));
    assert_false(dum__register_is_brief(3600, 7200));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),
        cmocka_unit_test(each_contact),
        cmocka_unit_test(lifetimes),
        cmocka_unit_test(brief_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
