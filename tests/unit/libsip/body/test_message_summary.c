#include "body_check.h"

#include <sip/message_summary.h>

#include <stdlib.h>

#define SUMMARY &sip_message_summary_type, "application/simple-message-summary"

/* RFC 3842 3.5 and 4.1. */
static void test_examples(void **state)
{
    (void)state;
    body_check(SUMMARY,
               "Messages-Waiting: yes\r\n"
               "Message-Account: sip:alice@vmail.example.com\r\n"
               "Voice-Message: 2/8 (0/2)\r\n",
               NULL);
    body_check(SUMMARY, "Messages-Waiting: no\r\n", NULL);
    body_check(SUMMARY,
               "Messages-Waiting: yes\r\n"
               "Message-Account: sip:alice@vmail.example.com\r\n"
               "Voice-Message: 4/8 (1/2)\r\n"
               "\r\n"
               "To: <alice@atlanta.example.com>\r\n"
               "From: <bob@biloxi.example.com>\r\n"
               "Subject: carpool tomorrow?\r\n"
               "Date: Sun, 09 Jul 2000 21:23:01 -0700\r\n"
               "Priority: normal\r\n"
               "Message-ID: 13784434989@vmail.example.com\r\n"
               "\r\n"
               "To: <alice@example.com>\r\n"
               "From: <cathy-the-bob@example.com>\r\n"
               "Subject: HELP! at home ill, present for me please\r\n"
               "Date: Sun, 09 Jul 2000 21:25:12 -0700\r\n"
               "Priority: urgent\r\n"
               "Message-ID: 13684434990@vmail.example.com\r\n",
               NULL);
}

static void test_values(void **state)
{
    sip_message_summary *summary =
        body_check_read(SUMMARY, SIP_STR("messages-waiting:YES\nMessage-Account : tel:+1\n"
                                         "fax-message: 1 / 2\nX-Note: this is skipped\n"
                                         "Smoke-Signal: 4294967295/0(3/4)\n\n\n\nTo: a\n b\n"));
    const sip_message_count *fax = sip_message_summary_find(summary, SIP_MESSAGE_FAX);

    (void)state;
    assert_true(summary->waiting);
    assert_str(summary->account, "tel:+1");
    assert_int_equal(summary->n_counts, 2);
    assert_int_equal(fax->new_messages, 1);
    assert_int_equal(fax->old_messages, 2);
    assert_false(fax->has_urgent);
    assert_int_equal(summary->counts[1].class_id, SIP_MESSAGE_OTHER);
    assert_str(summary->counts[1].class_text, "Smoke-Signal");
    assert_int_equal(summary->counts[1].new_messages, UINT32_MAX);
    assert_true(summary->counts[1].has_urgent);
    assert_int_equal(summary->counts[1].new_urgent, 3);
    assert_int_equal(summary->counts[1].old_urgent, 4);
    assert_null(sip_message_summary_find(summary, SIP_MESSAGE_VOICE));
    assert_null(sip_message_summary_find(NULL, SIP_MESSAGE_VOICE));
    assert_int_equal(summary->n_headers, 1);
    assert_true(summary->headers[0].begins);
    assert_str(summary->headers[0].value, "a b");
    sip_message_summary_free(NULL, summary);
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "Voice-Message: 1/2\r\n",
        "Messages-Waiting: maybe\r\n",
        "Messages-Waiting\r\n",
        "Messages-Waiting: yes\r\nVoice-Message: 1\r\n",
        "Messages-Waiting: yes\r\nVoice-Message: 1/\r\n",
        "Messages-Waiting: yes\r\nVoice-Message: some\r\n",
        "Messages-Waiting: yes\r\nVoice-Message:\r\n",
        "Messages-Waiting: yes\r\nVoice-Message: 4294967296/0\r\n",
        "Messages-Waiting: yes\r\nVoice-Message: 1/2 (3\r\n",
        "Messages-Waiting: yes\r\nVoice-Message: 1/2 (3/4\r\n",
        "Messages-Waiting: yes\r\nVoice-Message: 1/2 (3/4) 5\r\n",
        "Messages-Waiting: yes\r\nno header\r\n",
        "Messages-Waiting: yes\r\n\r\nno header\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        body_check_refused(SUMMARY, bad[i], SIP_ESYNTAX);
    }
}

static void test_limit(void **state)
{
    const sip_body_registry registry = {.base = &sip_body_registry_all, .limits = {.headers = 1}};
    const sip_body body = {.type = SIP_STR_INIT("application/simple-message-summary"),
                           .data = SIP_STR_INIT("Messages-Waiting: yes\r\n\r\na: b\r\n")};
    void *object;

    (void)state;
    assert_int_equal(sip_body_read(NULL, &body, &registry, NULL, &object), SIP_ETOOBIG);
}

static void test_print(void **state)
{
    const sip_message_count counts[] = {
        {.class_id = SIP_MESSAGE_VOICE, .new_messages = 1},
        {.class_id = SIP_MESSAGE_NONE, .has_urgent = true, .old_urgent = 10},
    };
    const sip_message_count other = {.class_id = SIP_MESSAGE_OTHER};
    const sip_message_header header = {SIP_STR_INIT("To"), SIP_STR_INIT("a\r\nb"), true};
    const sip_message_summary good = {.counts = counts, .n_counts = 2};
    const sip_message_summary unnamed = {.counts = &other, .n_counts = 1};
    const sip_message_summary broken = {.headers = &header, .n_headers = 1};
    char *text = body_check_print(&sip_message_summary_type, &good);

    (void)state;
    assert_string_equal(text, "Messages-Waiting: no\r\nVoice-Message: 1/0\r\nNone: 0/0 (0/10)\r\n");
    assert_int_equal(sip_message_summary_print(&unnamed, NULL, 0), SIP_EINVAL);
    assert_int_equal(sip_message_summary_print(&broken, NULL, 0), SIP_EINVAL);
    assert_int_equal(sip_message_summary_print(NULL, NULL, 0), SIP_EINVAL);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples), cmocka_unit_test(test_values),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_limit),
        cmocka_unit_test(test_print),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
