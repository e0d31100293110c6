#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    {&sip_event_type, "presence", NULL, "presence"},
    {&sip_event_type, "refer;id=93809824", NULL, "refer;id=93809824"},
    {&sip_event_type, "dialog; call-id=\"12@h\"; include-session-description",
     "dialog;call-id=\"12@h\";include-session-description", "dialog"},
    {&sip_event_type, "presence.winfo", NULL, "presence.winfo"},
    {&sip_allow_events_type, "message-summary", NULL, NULL},
    {&sip_subscription_state_type, "active;expires=60", NULL, "active;expires=60"},
    {&sip_subscription_state_type, "terminated ; reason=noresource", "terminated;reason=noresource",
     "terminated;reason=noresource"},
    {&sip_subscription_state_type, "terminated;retry-after=300;reason=probation;x", NULL,
     "terminated;reason=probation;retry-after=300"},
    {&sip_subscription_state_type, "Asleep;reason=Naptime", NULL, "Asleep;reason=Naptime"},
    {&sip_sip_etag_type, "dx200xyz", NULL, NULL},
    {&sip_sip_if_match_type, "kwj449x", NULL, NULL},
    {&sip_suppress_if_match_type, "*", NULL, NULL},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_event event;
    sip_subscription_state sub;
    sip_header_text tag;

    (void)state;
    header_read(&sip_event_type, "dialog;ID=7;x", &event);
    assert_str(event.package, "dialog");
    assert_str(event.id, "7");
    assert_true(sip_param_find(event.params, "x", NULL));
    header_read(&sip_subscription_state_type, "Active ;expires=9999999999", &sub);
    assert_int_equal(sub.state, SIP_SUBSTATE_ACTIVE);
    assert_true(sub.has_expires);
    assert_int_equal(sub.expires_s, UINT32_MAX);
    assert_false(sub.has_retry_after);
    assert_int_equal(sub.reason, SIP_SUB_REASON_NONE);
    header_read(&sip_subscription_state_type, "terminated;reason=BadFilter;retry-after=3", &sub);
    assert_int_equal(sub.state, SIP_SUBSTATE_TERMINATED);
    assert_int_equal(sub.reason, SIP_SUB_REASON_BADFILTER);
    assert_str(sub.reason_text, "BadFilter");
    assert_int_equal(sub.retry_after_s, 3);
    header_read(&sip_subscription_state_type, "odd;reason=odder", &sub);
    assert_int_equal(sub.state, SIP_SUBSTATE_OTHER);
    assert_str(sub.state_text, "odd");
    assert_int_equal(sub.reason, SIP_SUB_REASON_NONE);
    header_read(&sip_sip_etag_type, " abc ", &tag);
    assert_str(tag.text, "abc");
}

/* RFC 6665 8.2.1: byte by byte */
static void test_case(void **state)
{
    sip_event a, b;
    sip_header_text tag, other;

    (void)state;
    header_read(&sip_event_type, "presence;id=a;X=y", &a);
    header_read(&sip_event_type, "presence;x=Y;ID=a", &b);
    assert_true(sip_header_equal(&sip_event_type, &a, &b));
    header_read(&sip_event_type, "Presence;id=a;x=y", &b);
    assert_false(sip_header_equal(&sip_event_type, &a, &b));
    header_read(&sip_event_type, "presence;id=A;x=y", &b);
    assert_false(sip_header_equal(&sip_event_type, &a, &b));
    header_read(&sip_sip_etag_type, "dx200xyz", &tag);
    header_read(&sip_sip_etag_type, "dx200xyZ", &other);
    assert_false(sip_header_equal(&sip_sip_etag_type, &tag, &other));
    assert_true(sip_header_equal(&sip_sip_etag_type, &tag, &tag));
}

static void test_build(void **state)
{
    sip_subscription_state sub = {.state = SIP_SUBSTATE_PENDING, .has_expires = true};

    (void)state;
    header_prints(&sip_subscription_state_type, &sub, "pending;expires=0");
    sub = (sip_subscription_state){.state = SIP_SUBSTATE_TERMINATED,
                                   .reason = SIP_SUB_REASON_GIVEUP,
                                   .has_retry_after = true,
                                   .retry_after_s = 5,
                                   .params = SIP_STR("x=y")};
    header_prints(&sip_subscription_state_type, &sub, "terminated;x=y;reason=giveup;retry-after=5");
    sub.reason = 200;
    header_prints(&sip_subscription_state_type, &sub, NULL);
    sub = (sip_subscription_state){0};
    header_prints(&sip_subscription_state_type, &sub, NULL);
    sub = (sip_subscription_state){.state = SIP_SUBSTATE_ACTIVE, .params = SIP_STR("a=\"")};
    header_prints(&sip_subscription_state_type, &sub, NULL);
}

static void test_equal(void **state)
{
    sip_event a, b;

    (void)state;
    header_read(&sip_event_type, "refer;id=a;x=\"Q\"", &a);
    header_read(&sip_event_type, "refer;x=\"Q\";id=a", &b);
    assert_true(sip_header_equal(&sip_event_type, &a, &b));
    header_read(&sip_event_type, "refer;x=\"q\";id=a", &b);
    assert_false(sip_header_equal(&sip_event_type, &a, &b));
    header_read(&sip_event_type, "refer;x=\"Q\";id=A", &b);
    assert_false(sip_header_equal(&sip_event_type, &a, &b));
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_event_type, ";id=1", 0);
    header_refused(&sip_event_type, "a b", 2);
    header_refused(&sip_event_type, "a;", 2);
    header_refused(&sip_event_type, "a;;b", 2);
    header_refused(&sip_event_type, "a;id=", 5);
    header_refused(&sip_subscription_state_type, "active;expires=soon", 7);
    header_refused(&sip_subscription_state_type, "active;expires", 7);
    header_refused(&sip_sip_etag_type, "a b", 2);
    header_refused(&sip_sip_etag_type, "\"a\"", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),  cmocka_unit_test(test_members),
        cmocka_unit_test(test_case),  cmocka_unit_test(test_build),
        cmocka_unit_test(test_equal), cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
