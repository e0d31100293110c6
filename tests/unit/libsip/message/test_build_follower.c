/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sip/build.h>

#include "message_samples.h"
#include "support/fail_alloc.h"

/* An INVITE as it left. */
static sip_msg *sent_invite(const sip_allocator *allocator)
{
    static const char text[] = "INVITE sip:b@h SIP/2.0\r\n"
                               "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKp1;rport\r\n"
                               "Max-Forwards: 70\r\n"
                               "Route: <sip:p;lr>\r\n"
                               "From: <sip:a@h>;tag=1\r\n"
                               "To: <sip:b@h>\r\n"
                               "Call-ID: c\r\n"
                               "CSeq: 8 INVITE\r\n"
                               "Require: x\r\n"
                               "Content-Length: 0\r\n\r\n";
    sip_msg *msg = NULL;

    (void)sip_msg_parse(allocator, NULL, sip_str_of(text), NULL, &msg, NULL);
    return msg;
}

static void test_ack(void **state)
{
    sip_msg *sent = sent_invite(NULL);
    sip_msg *response = NULL;
    sip_msg *ack = NULL;

    (void)state;
    assert_int_equal(sip_response_create(sent, 486, SIP_STR("theirs"), NULL, &response), 0);
    assert_int_equal(sip_ack_create(sent, response, &ack), 0);
    assert_true(sip_str_equal(sip_msg_bytes(ack),
                              "ACK sip:b@h SIP/2.0\r\n"
                              "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKp1;rport\r\n"
                              "Max-Forwards: 70\r\n"
                              "Route: <sip:p;lr>\r\n"
                              "From: <sip:a@h>;tag=1\r\n"
                              "To: <sip:b@h>;tag=theirs\r\n"
                              "Call-ID: c\r\n"
                              "CSeq: 8 ACK\r\n"
                              "Content-Length: 0\r\n\r\n"));
    assert_int_equal(sip_msg_check(ack, NULL, NULL), 0);
    sip_msg_unref(ack);
    sip_msg_unref(response);
    sip_msg_unref(sent);
}

static void test_cancel(void **state)
{
    static const sip_header headers[] = {{"Reason", "SIP;cause=200"}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};
    sip_msg *sent = sent_invite(NULL);
    sip_msg *cancel = NULL;

    (void)state;
    assert_int_equal(sip_cancel_create(sent, &extras, &cancel), 0);
    assert_true(sip_str_equal(sip_msg_bytes(cancel),
                              "CANCEL sip:b@h SIP/2.0\r\n"
                              "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKp1;rport\r\n"
                              "Max-Forwards: 70\r\n"
                              "Route: <sip:p;lr>\r\n"
                              "From: <sip:a@h>;tag=1\r\n"
                              "To: <sip:b@h>\r\n"
                              "Call-ID: c\r\n"
                              "CSeq: 8 CANCEL\r\n"
                              "Reason: SIP;cause=200\r\n"
                              "Content-Length: 0\r\n\r\n"));
    sip_msg_unref(cancel);
    sip_msg_unref(sent);
}

static void test_refused(void **state)
{
    sip_msg *sent = sent_invite(NULL);
    sip_msg *bare = NULL;
    sip_msg *made = NULL;

    (void)state;
    assert_int_equal(
        sip_msg_parse(NULL, NULL, SIP_STR("INVITE sip:b SIP/2.0\r\n\r\n"), NULL, &bare, NULL), 0);
    assert_int_equal(sip_ack_create(NULL, sent, &made), SIP_EINVAL);
    assert_int_equal(sip_ack_create(sent, NULL, &made), SIP_EINVAL);
    assert_int_equal(sip_ack_create(sent, sent, NULL), SIP_EINVAL);
    assert_int_equal(sip_ack_create(bare, sent, &made), SIP_EINVAL);
    assert_int_equal(sip_cancel_create(NULL, NULL, &made), SIP_EINVAL);
    assert_int_equal(sip_cancel_create(sent, NULL, NULL), SIP_EINVAL);
    assert_null(made);
    sip_msg_unref(bare);
    sip_msg_unref(sent);
}

static void test_no_memory(void **state)
{
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_msg *ack = NULL, *cancel = NULL, *sent;

        fail_alloc_init(&fail, ++n);
        sent = sent_invite(&fail.allocator);
        if (sent != NULL) {
            int rc = sip_ack_create(sent, sent, &ack);

            assert_true(rc == 0 || (rc == SIP_ENOMEM && fail.failed));
            rc = sip_cancel_create(sent, NULL, &cancel);
            assert_true(rc == 0 || (rc == SIP_ENOMEM && fail.failed));
        }
        sip_msg_unref(cancel);
        sip_msg_unref(ack);
        sip_msg_unref(sent);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ack),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
