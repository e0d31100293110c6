#include "core/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static sip_msg *parse(const char *text)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP};
    sip_msg *msg;

    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.1"), 5062, &path.remote), 0);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &path, &msg, NULL), 0);
    return msg;
}

static void from_responses(void **state)
{
    static const struct {
        const char *line;
        dum_why why;
    } cases[] = {{"SIP/2.0 486 Busy Here", DUM_WHY_REJECTED},
                 {"SIP/2.0 487 Request Terminated", DUM_WHY_CANCELLED},
                 {"SIP/2.0 408 Too Late", DUM_WHY_TIMEOUT}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[200], expected[200];
        dum__reason reason;
        sip_msg *msg;

        snprintf(text, sizeof text, "%s\r\n\r\n", cases[i].line);
        msg = parse(text);
        dum__reason_from_response(&reason, msg);
        assert_int_equal(reason.cause.why, cases[i].why);
        assert_int_equal(reason.cause.status, sip_msg_status(msg));
        assert_ptr_equal(reason.cause.msg, msg);
        snprintf(expected, sizeof expected, "%s from UDP 192.0.2.1:5062", cases[i].line + 8);
        assert_true(sip_str_equal(reason.cause.text, expected));
        sip_msg_unref(msg);
    }
}

static void from_failures(void **state)
{
    const sip_failure late = {.status = 408, .text = "udp x: no answer"};
    const sip_failure broken = {.status = 503, .text = ""};
    const sip_failure silent = {.status = 408};
    dum__reason reason;

    (void)state;
    dum__reason_from_failure(&reason, &late);
    assert_int_equal(reason.cause.why, DUM_WHY_TIMEOUT);
    assert_true(sip_str_equal(reason.cause.text, "udp x: no answer"));
    dum__reason_from_failure(&reason, &broken);
    assert_int_equal(reason.cause.why, DUM_WHY_TRANSPORT);
    assert_int_equal(reason.cause.status, 503);
    assert_true(reason.cause.text.len > 0);
    dum__reason_from_failure(&reason, &silent);
    assert_true(reason.cause.text.len > 0);
}

static void from_requests(void **state)
{
    sip_msg *msg = parse("BYE sip:a@b SIP/2.0\r\nReason: SIP;cause=200\r\n\r\n");
    sip_msg *plain = parse("BYE sip:a@b SIP/2.0\r\n\r\n");
    dum__reason reason;

    (void)state;
    dum__reason_from_request(&reason, DUM_WHY_REMOTE, msg);
    assert_int_equal(reason.cause.why, DUM_WHY_REMOTE);
    assert_true(sip_str_equal(reason.cause.text, "BYE from UDP 192.0.2.1:5062: SIP;cause=200"));
    dum__reason_from_request(&reason, DUM_WHY_REMOTE, plain);
    assert_true(sip_str_equal(reason.cause.text, "BYE from UDP 192.0.2.1:5062"));
    sip_msg_unref(msg);
    sip_msg_unref(plain);
}

static void long_texts_are_cut(void **state)
{
    char text[500];
    dum__reason reason;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    dum__reason_set(&reason, DUM_WHY_LIMIT, 500, "%s", text);
    assert_int_equal(reason.cause.text.len, DUM__REASON_BYTES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_responses),
        cmocka_unit_test(from_failures),
        cmocka_unit_test(from_requests),
        cmocka_unit_test(long_texts_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
