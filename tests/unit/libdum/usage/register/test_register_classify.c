#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "usage/register/register_classify.h"

static sip_msg *response_of(int status, const char *headers)
{
    char text[700];
    sip_msg *msg;

    snprintf(text, sizeof text,
             "SIP/2.0 %d X\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n"
             "To: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n%sContent-Length: 0\r\n\r\n",
             status, headers);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

static void outcomes(void **state)
{
    static const struct {
        int status;
        const char *headers;
        dum__register_outcome outcome;
    } cases[] = {
        {200, "", DUM__REGISTER_ACTIVE},  {423, "Min-Expires: 9\r\n", DUM__REGISTER_TOO_BRIEF},
        {423, "", DUM__REGISTER_REFUSED}, {408, "", DUM__REGISTER_LATER},
        {503, "", DUM__REGISTER_LATER},   {500, "", DUM__REGISTER_LATER},
        {501, "", DUM__REGISTER_REFUSED}, {401, "", DUM__REGISTER_REFUSED},
        {403, "", DUM__REGISTER_REFUSED}, {404, "", DUM__REGISTER_REFUSED},
        {302, "", DUM__REGISTER_REFUSED}, {603, "", DUM__REGISTER_REFUSED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sip_msg *msg = response_of(cases[i].status, cases[i].headers);

        assert_int_equal(dum__register_classify(msg), cases[i].outcome);
        sip_msg_unref(msg);
    }
}

static void times(void **state)
{
    sip_msg *busy = response_of(503, "Retry-After: 100\r\n");

    (void)state;
    assert_int_equal(dum__register_refresh_ms(3600), 3240000);
    assert_int_equal(dum__register_refresh_ms(50), 45000);
    assert_int_equal(dum__register_refresh_ms(20), 15000);
    assert_int_equal(dum__register_refresh_ms(10), 5000);
    assert_int_equal(dum__register_refresh_ms(UINT32_MAX), 3600000000u);
    assert_int_equal(dum__register_retry_ms(30, 1, NULL), 30000);
    assert_int_equal(dum__register_retry_ms(30, 3, NULL), 120000);
    assert_int_equal(dum__register_retry_ms(30, 50, NULL), 1800000);
    assert_int_equal(dum__register_retry_ms(30, 1, busy), 100000);
    assert_int_equal(dum__register_retry_ms(30, 4, busy), 240000);
    sip_msg_unref(busy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(outcomes), cmocka_unit_test(times)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
