#include "usage/invite/invite_classify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SDP "Content-Type: application/sdp\r\n"
#define CONTACT "Contact: <sip:a@1>\r\n"

static dum__invite_event classify(const char *start, const char *headers, const char *body)
{
    const char *method = strncmp(start, "SIP/2.0", 7) == 0 ? "INVITE" : start;
    char text[900];
    dum__invite_event event;
    sip_msg *msg;

    snprintf(text, sizeof text,
             "%s%s\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
             "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 %s\r\n%s"
             "Content-Length: %zu\r\n\r\n%s",
             start, method == start ? " sip:b@h SIP/2.0" : "", method, headers, strlen(body), body);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    event = dum__invite_classify(msg);
    sip_msg_unref(msg);
    return event;
}

static void responses(void **state)
{
    static const struct {
        int status;
        dum__invite_event event;
    } cases[] = {
        {100, DUM__INVITE_TRYING},      {101, DUM__INVITE_RINGING}, {180, DUM__INVITE_RINGING},
        {183, DUM__INVITE_RINGING},     {199, DUM__INVITE_RINGING}, {200, DUM__INVITE_SUCCESS},
        {202, DUM__INVITE_SUCCESS},     {299, DUM__INVITE_SUCCESS}, {300, DUM__INVITE_FAILURE},
        {302, DUM__INVITE_FAILURE},     {401, DUM__INVITE_FAILURE}, {408, DUM__INVITE_DIALOG_GONE},
        {481, DUM__INVITE_DIALOG_GONE}, {486, DUM__INVITE_FAILURE}, {487, DUM__INVITE_FAILURE},
        {491, DUM__INVITE_GLARE},       {500, DUM__INVITE_FAILURE}, {603, DUM__INVITE_FAILURE},
        {699, DUM__INVITE_FAILURE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char start[40];

        snprintf(start, sizeof start, "SIP/2.0 %d X", cases[i].status);
        assert_int_equal(classify(start, "", ""), cases[i].event);
    }
    assert_int_equal(dum__invite_classify(NULL), DUM__INVITE_NOTHING);
}

static void invites(void **state)
{
    static const struct {
        const char *headers, *body;
        dum__invite_event event;
    } cases[] = {
        {CONTACT, "", DUM__INVITE_RX_BARE},
        {CONTACT SDP, "v=0\r\n", DUM__INVITE_RX_OFFER},
        {CONTACT "c: APPLICATION/SDP ;x=y\r\n", "v=0\r\n", DUM__INVITE_RX_OFFER},
        {"Contact: <sips:a@1>\r\n", "", DUM__INVITE_RX_BARE},
        {"", "", DUM__INVITE_RX_BAD_CONTACT},
        {"Contact: *\r\n", "", DUM__INVITE_RX_BAD_CONTACT},
        {"Contact: <tel:+1>\r\n", "", DUM__INVITE_RX_BAD_CONTACT},
        {"Contact: <sip:\r\n" SDP, "v=0\r\n", DUM__INVITE_RX_BAD_CONTACT},
        {CONTACT "Content-Type: text/plain\r\n", "hello", DUM__INVITE_RX_BAD_TYPE},
        {CONTACT SDP "Content-Encoding: gzip\r\n", "v=0\r\n", DUM__INVITE_RX_BAD_TYPE},
        {CONTACT SDP "Content-Encoding: identity\r\n", "v=0\r\n", DUM__INVITE_RX_OFFER},
        {CONTACT "Content-Type: text/plain\r\nContent-Disposition: render;handling=optional\r\n",
         "hello", DUM__INVITE_RX_BARE},
        {CONTACT "Content-Type: text/plain\r\nContent-Disposition: render;handling=required\r\n",
         "hello", DUM__INVITE_RX_BAD_TYPE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(classify("INVITE", cases[i].headers, cases[i].body), cases[i].event);
    }
}

static void other_requests(void **state)
{
    (void)state;
    assert_int_equal(classify("BYE", "", ""), DUM__INVITE_RX_BYE);
    assert_int_equal(classify("OPTIONS", "", ""), DUM__INVITE_RX_OPTIONS);
    assert_int_equal(classify("INFO", "", ""), DUM__INVITE_RX_OTHER);
    assert_int_equal(classify("FROBNICATE", "", ""), DUM__INVITE_RX_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses),
        cmocka_unit_test(invites),
        cmocka_unit_test(other_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
