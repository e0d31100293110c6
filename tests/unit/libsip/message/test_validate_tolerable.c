/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sip/header_type.h>

#include "message/validate.h"
#include "message_samples.h"
#include "message_sweep.h"

#define VIA "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
#define FROM "From: <sip:a@h>;tag=1\r\n"
#define TO "To: <sip:b@h>\r\n"
#define CALL "Call-ID: c@h\r\n"
#define CSEQ "CSeq: 1 OPTIONS\r\n"
#define HOPS "Max-Forwards: 70\r\n"
#define LINE "OPTIONS sip:b@h SIP/2.0\r\n"
#define HEAD LINE VIA FROM TO CALL CSEQ HOPS
#define OK_HEAD "SIP/2.0 200 OK\r\n" VIA FROM TO CALL CSEQ
#define REST VIA FROM TO CALL CSEQ HOPS "\r\n"
#define END "\r\n"

struct row {
    sip_rule rule; /* that only the strict preset keeps; NONE: both take it */
    const char *text;
    size_t offset; /* of the breach; 0: not looked at */
};

/* One row or more for each rule that may be tolerated. */
static const struct row rows[] = {
    {SIP_RULE_NONE, HEAD END, 0},
    {SIP_RULE_NONE, OK_HEAD END, 0},
    {SIP_RULE_LINE_END, "OPTIONS sip:b@h SIP/2.0\n" REST, 23},
    {SIP_RULE_LINE_END, HEAD "X-Y: y\n" END, sizeof(HEAD) + 5},
    {SIP_RULE_LINE_END, HEAD "\n", sizeof(HEAD) - 1},
    {SIP_RULE_CONTROL, HEAD "X-Y: a\x01\r\n" END, sizeof(HEAD) + 5},
    {SIP_RULE_CONTROL, HEAD "X-Y: a\x7f\r\n" END, sizeof(HEAD) + 5},
    {SIP_RULE_START_LINE_SPACE, "OPTIONS  sip:b@h SIP/2.0\r\n" REST, 8},
    {SIP_RULE_START_LINE_SPACE, "OPTIONS sip:b@h  SIP/2.0\r\n" REST, 16},
    {SIP_RULE_START_LINE_SPACE, "OPTIONS sip:b@h SIP/2.0 \r\n" REST, 23},
    {SIP_RULE_START_LINE_SPACE, "SIP/2.0  200 OK\r\n" REST, 8},
    {SIP_RULE_REQUEST_SCHEME, "OPTIONS nobodyKnowsThisScheme:x SIP/2.0\r\n" REST, 8},
    {SIP_RULE_NONE, "OPTIONS tel:+1 SIP/2.0\r\n" REST, 0},
    {SIP_RULE_NONE, "OPTIONS urn:service:sos SIP/2.0\r\n" REST, 0},
    {SIP_RULE_REQUEST_URI_HEADERS, "OPTIONS sip:b@h?Route=%3Csip:e%3E SIP/2.0\r\n" REST, 15},
    {SIP_RULE_URI_PARAM_TWICE, "OPTIONS sip:b@h;transport=udp;transport=udp SIP/2.0\r\n" REST, 8},
    {SIP_RULE_URI_PARAM_TWICE, HEAD "m: <sip:b@h;x=1;x=2>\r\n" END, sizeof(HEAD) + 3},
    {SIP_RULE_URI_PARAM_EMPTY, HEAD "Route: <sip:b@h;lr;>\r\n" END, sizeof(HEAD) + 7},
    {SIP_RULE_URI_VALUE_EMPTY, HEAD "m: <sip:b@h;transport=>\r\n" END, 0},
    {SIP_RULE_URI_VALUE_EQUALS, HEAD "Record-Route: <sip:b@h;x=a==>\r\n" END, 0},
    {SIP_RULE_URI_USER_HASH, "OPTIONS sip:*21#@h SIP/2.0\r\n" REST, 8},
    {SIP_RULE_URI_IP6_COLONS, "OPTIONS sip:b@[2001:db8:::192.0.2.1] SIP/2.0\r\n" REST, 8},
    {SIP_RULE_URI_HOST_NAME, HEAD "m: <sip:b@my_pbx>\r\n" END, 0},
    {SIP_RULE_URI_NO_CONTEXT, "OPTIONS tel:911 SIP/2.0\r\n" REST, 8},
    {SIP_RULE_ADDRESS_BRACKETS, HEAD "m: sip:b@h;transport=udp\r\n" END, sizeof(HEAD) + 2},
    {SIP_RULE_NONE, HEAD "m: sip:b@h;expires=60;q=0.5\r\n" END, 0},
    {SIP_RULE_NONE, HEAD "m: <sip:b@h>;user=x, *\r\n" END, 0},
    {SIP_RULE_DISPLAY_NAME, LINE VIA "From: J\xc3\xb6rg <sip:a@h>;tag=1\r\n" TO CALL CSEQ HOPS END,
     0},
    {SIP_RULE_NONE, LINE VIA "From: \"J\xc3\xb6rg\" <sip:a@h>;tag=1\r\n" TO CALL CSEQ HOPS END, 0},
    {SIP_RULE_NONE, LINE VIA "From: A  B.C <sip:a@h>;tag=1\r\n" TO CALL CSEQ HOPS END, 0},
    {SIP_RULE_TAG, LINE VIA "From: <sip:a@h>;tag=1@2\r\n" TO CALL CSEQ HOPS END, 0},
    {SIP_RULE_FROM_TAG_MISSING, LINE VIA "From: <sip:a@h>\r\n" TO CALL CSEQ HOPS END,
     sizeof(LINE VIA) - 1},
    {SIP_RULE_MAX_FORWARDS_MISSING, LINE VIA FROM TO CALL CSEQ END, 0},
    {SIP_RULE_BRANCH, LINE "Via: SIP/2.0/UDP h\r\n" FROM TO CALL CSEQ HOPS END, 0},
    {SIP_RULE_BRANCH, LINE "Via: SIP/2.0/UDP h;branch=1\r\n" FROM TO CALL CSEQ HOPS END, 0},
    {SIP_RULE_BRANCH, LINE "Via: SIP/2.0/UDP h;branch=z9hG4bK\r\n" FROM TO CALL CSEQ HOPS END, 0},
    {SIP_RULE_CALL_ID_CHARS, LINE VIA FROM TO "Call-ID: a@b@c\r\n" CSEQ HOPS END,
     sizeof(LINE VIA FROM TO "Call-ID: a@b") - 1},
    {SIP_RULE_CALL_ID_CHARS, LINE VIA FROM TO "Call-ID: a,b\r\n" CSEQ HOPS END, 0},
    {SIP_RULE_CALL_ID_CHARS, LINE VIA FROM TO "Call-ID: a@\r\n" CSEQ HOPS END, 0},
    {SIP_RULE_NONE, LINE VIA FROM TO "Call-ID: (<>:\\\"/[]?{}%)@x\r\n" CSEQ HOPS END, 0},
    {SIP_RULE_HEADER_EMPTY, HEAD "Route: \r\n" END, sizeof(HEAD) - 1},
    {SIP_RULE_HEADER_EMPTY, HEAD "User-Agent:\r\n" END, sizeof(HEAD) - 1},
    {SIP_RULE_NONE, HEAD "Supported:\r\nSubject:\r\nX-Y:\r\nAllow: \r\n" END, 0},
    {SIP_RULE_LIST_GAP, HEAD "Route: <sip:x;lr>,,<sip:y;lr>\r\n" END, sizeof(HEAD) - 1},
    {SIP_RULE_LIST_GAP, HEAD "Supported: ,a\r\n" END, 0},
    {SIP_RULE_LIST_GAP, HEAD "Allow: A, B,\r\n" END, 0},
    {SIP_RULE_NONE, HEAD "Allow: A ,B , C\r\n" END, 0},
    {SIP_RULE_HEADER_TWICE, HEAD "Subject: a\r\ns: b\r\n" END, sizeof(HEAD "Subject: a\r\n") - 1},
    {SIP_RULE_HEADER_TWICE, HEAD "l: 0\r\nl: 0\r\n" END, 0},
    {SIP_RULE_NONE, HEAD "Allow: A\r\nAllow: B\r\nX-Y: 1\r\nX-Y: 2\r\n" END, 0},
    {SIP_RULE_HEADER_VALUE, HEAD "Date: Fri, 01 Jan 2010 16:00:00 EST\r\n" END, 0},
    {SIP_RULE_HEADER_VALUE, HEAD "Expires: soon\r\n" END, 0},
    {SIP_RULE_NONE, HEAD "Date: Fri, 01 Jan 2010 16:00:00 GMT\r\nExpires: 7\r\n" END, 0},
    /* RFC 4475 3.1.1.4 escnull: an escaped NUL is a character as any other. */
    {SIP_RULE_NONE, "OPTIONS sip:null-%00-null@example.com SIP/2.0\r\n" REST, 0},
    /* A space before the colon, folding, and any case of names are the grammar's. */
    {SIP_RULE_NONE, HEAD "sUBJECT\t : a\r\n  b\r\n" END, 0},
    /* An unfolded value is told of by its line. */
    {SIP_RULE_TAG, LINE VIA "From: <sip:a@h>;\r\n tag=1@2\r\n" TO CALL CSEQ HOPS END,
     sizeof(LINE VIA) - 1},
};

static int check(const char *text, const sip_msg_policy *policy, sip_parse_error *error)
{
    sip_msg *msg = NULL;
    int err = sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, error);

    if (err == 0) {
        err = sip_msg_check(msg, policy, error);
    }
    sip_msg_unref(msg);
    return err;
}

static void test_presets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        sip_parse_error error = {.offset = 0};

        if (check(row->text, NULL, &error) != 0 ||
            check(row->text, sip_msg_policy_lenient(), NULL) != 0) {
            fail_msg("lenient: %s: %s", error.rule, row->text);
        }
        if ((check(row->text, sip_msg_policy_strict(), &error) != 0) !=
            (row->rule != SIP_RULE_NONE)) {
            fail_msg("strict: %s at %zu: %s", error.rule, error.offset, row->text);
        }
        if (row->rule != SIP_RULE_NONE) {
            if (error.id != row->rule || (row->offset != 0 && error.offset != row->offset)) {
                fail_msg("%s at %zu, not %zu: %s", error.rule, error.offset, row->offset,
                         row->text);
            }
            assert_true(error.offset <= strlen(row->text));
            assert_int_equal(error.status, row->text[0] == 'S' ? 0 : sip_rule_status(row->rule));
        }
    }
}

/* Each rule alone: kept while all others are tolerated, and tolerated while all others are kept. */
static void test_each_alone(void **state)
{
    uint64_t seen = 0;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        sip_msg_policy policy = *sip_msg_policy_lenient();
        sip_parse_error error;

        if (rows[i].rule == SIP_RULE_NONE) {
            continue;
        }
        seen |= UINT64_C(1) << rows[i].rule;
        assert_int_equal(sip_msg_policy_tolerate(&policy, rows[i].rule, false), 0);
        assert_int_equal(check(rows[i].text, &policy, &error), SIP_ESYNTAX);
        assert_int_equal(error.id, rows[i].rule);
        policy = *sip_msg_policy_strict();
        assert_int_equal(sip_msg_policy_tolerate(&policy, rows[i].rule, true), 0);
        assert_true(check(rows[i].text, &policy, &error) == 0 || error.id != rows[i].rule);
    }
    assert_true(seen == sip_msg_policy_lenient()->tolerated);
}

/* A raw NUL is refused whatever the policy. */
static void test_raw_nul(void **state)
{
    static const char text[] = HEAD "X-Y: a\0b\r\n" END;
    sip_msg *msg = NULL;
    sip_parse_error error;

    (void)state;
    assert_int_equal(
        sip_msg_parse(NULL, NULL, (sip_str){text, sizeof text - 1}, NULL, &msg, &error),
        SIP_ESYNTAX);
    assert_int_equal(error.id, SIP_RULE_HEADER_LINE);
    assert_int_equal(error.offset, sizeof(HEAD) + 5);
}

/* Ordinary messages keep every rule. */
static void test_ordinary(void **state)
{
    const char *const texts[] = {sample_invite, sample_200, sample_bye};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sip_parse_error error = {.rule = ""};

        if (check(texts[i], sip_msg_policy_strict(), &error) != 0) {
            fail_msg("%s at %zu: %s", error.rule, error.offset, texts[i]);
        }
    }
}

static void test_room_for_values(void **state)
{
    (void)state;
    for (int id = 0; id < SIP_HEADER_COUNT; id++) {
        const sip_header_type *type = sip_header_type_of((sip_header_id)id);

        assert_true(type == NULL || type->size <= SIP__ANY_VALUE_BYTES);
    }
}

static int check_strictly(const sip_msg *msg)
{
    return sip_msg_check(msg, sip_msg_policy_strict(), NULL);
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(message_sweep(SIP_STR(sample_invite), check_strictly) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_presets),         cmocka_unit_test(test_each_alone),
        cmocka_unit_test(test_raw_nul),         cmocka_unit_test(test_ordinary),
        cmocka_unit_test(test_room_for_values), cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
