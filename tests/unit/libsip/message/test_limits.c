#include "support/guard_str.h"

#include "message/limits.h"

#include <sip/headers.h>

#include <stdio.h>

#define START                                                                                      \
    "INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n"    \
    "To: <sip:b@h>\r\nCall-ID: 1@h\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"

static const sip_msg_limits small = {.uri_bytes = 12, .params = 3};

static sip_msg *parse(const sip_msg_limits *limits, const char *text)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_msg_parse(NULL, limits, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

/* A value of each form: with a URI in its head, in brackets, in a parameter, and with parameters
 * behind a semicolon, a blank or nothing. */
static const struct {
    const sip_header_type *type;
    const char *value;
    sip_rule rule;
} values[] = {
    {&sip_p_asserted_identity_type, "<sip:a@h.long>", SIP_RULE_NONE},
    {&sip_p_asserted_identity_type, "<sip:a@h.longer>", SIP_RULE_URI_LENGTH},
    {&sip_p_asserted_identity_type, "<sip:h;a;b;c>;a;b;c", SIP_RULE_NONE},
    {&sip_p_asserted_identity_type, "<sip:h>;a;b;c", SIP_RULE_NONE},
    {&sip_p_asserted_identity_type, "<sip:h>;a;b;c;d", SIP_RULE_PARAM_COUNT},
    {&sip_alert_info_type, "<http://h/abcd>;x", SIP_RULE_URI_LENGTH},
    {&sip_alert_info_type, "<http://h/a>;x;y;z;u", SIP_RULE_PARAM_COUNT},
    {&sip_identity_type, "abc;info=<http://h/abc>;alg=a;ppt=x", SIP_RULE_NONE},
    {&sip_identity_type, "abc;info=<http://h/abc>;alg=a;ppt=x;y", SIP_RULE_PARAM_COUNT},
    {&sip_identity_type, "abc;info=<http://h/abcd>;alg=a", SIP_RULE_URI_LENGTH},
    {&sip_identity_type, "abc;info=<no URI>;alg=a", SIP_RULE_NONE},
    {&sip_via_type, "SIP/2.0/UDP h;a;b;c", SIP_RULE_NONE},
    {&sip_via_type, "SIP/2.0/UDP h;a;b;c;d", SIP_RULE_PARAM_COUNT},
    {&sip_event_type, "presence;a;b;c", SIP_RULE_NONE},
    {&sip_event_type, "presence;a;b;c;d", SIP_RULE_PARAM_COUNT},
    {&sip_authorization_type, "Digest a=\"b,c\",d=e,f=g", SIP_RULE_NONE},
    {&sip_authorization_type, "Digest a=\"b,c\",d=e,f=g,h=i", SIP_RULE_PARAM_COUNT},
    {&sip_authentication_info_type, "qop=auth,nc=00000001,cnonce=\"1\"", SIP_RULE_NONE},
    {&sip_authentication_info_type, "qop=auth,nc=00000001,cnonce=\"1\",a=b", SIP_RULE_PARAM_COUNT},
    {&sip_subject_type, "far longer than any limit; a; b; c; d; e", SIP_RULE_NONE},
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char text[400];
        sip_parse_error error = {0};
        const bool is_over = values[i].rule != SIP_RULE_NONE;
        sip_msg *msg;

        (void)snprintf(text, sizeof text, "OPTIONS sip:h SIP/2.0\r\n%s: %s\r\n\r\n",
                       values[i].type->name, values[i].value);
        msg = parse(&small, text);
        if ((sip_msg_typed(msg, values[i].type, 0) == NULL) != is_over) {
            fail_msg("%s: %s", values[i].type->name, values[i].value);
        }
        assert_int_equal(sip_msg_typed_error(msg, values[i].type, 0, &error),
                         is_over ? SIP_ETOOBIG : 0);
        assert_int_equal(error.id, values[i].rule);
        if (is_over) {
            assert_int_equal(error.status, 513);
            assert_int_equal(error.offset, strstr(text, values[i].value) - text);
        }
        sip_msg_unref(msg);
        msg = parse(NULL, text);
        assert_non_null(sip_msg_typed(msg, values[i].type, 0));
        sip_msg_unref(msg);
    }
}

/* The parameters of a URI count for themselves. */
static void test_uri_params(void **state)
{
    static const sip_msg_limits three = {.params = 3};
    sip_msg *msg =
        parse(&three, START "P-Asserted-Identity: <sip:h;a;b;c>;a;b;c, <sip:h;a;b;c;d>\r\n"
                            "Identity: abc;info=<sip:h;a;b;c;d>;alg=a\r\n"
                            "Alert-Info: <sip:h;a;b;c>, <sip:h;a;b;c;d>\r\n\r\n");
    sip_parse_error error = {0};

    (void)state;
    assert_non_null(sip_msg_typed(msg, &sip_p_asserted_identity_type, 0));
    assert_null(sip_msg_typed(msg, &sip_p_asserted_identity_type, 1));
    assert_non_null(sip_msg_typed(msg, &sip_alert_info_type, 0));
    assert_int_equal(sip_msg_typed_error(msg, &sip_alert_info_type, 1, &error), SIP_ETOOBIG);
    assert_int_equal(sip_msg_typed_error(msg, &sip_identity_type, 0, NULL), SIP_ETOOBIG);
    assert_int_equal(error.id, SIP_RULE_PARAM_COUNT);
    sip_msg_unref(msg);
}

/* Credentials by the accessor of their own. */
static void test_credentials(void **state)
{
    sip_msg *msg = parse(&small, START "Authorization: Digest a=1,b=2,c=3,d=4\r\n"
                                       "Authorization: Digest a=1,b=2,c=3\r\n\r\n");

    (void)state;
    assert_null(sip_msg_auth(msg, SIP_HEADER_AUTHORIZATION, 0));
    assert_non_null(sip_msg_auth(msg, SIP_HEADER_AUTHORIZATION, 1));
    sip_msg_unref(msg);
}

/* A type of an application's that reads for itself has nothing to count. */
static int parse_own(const sip_header_type *type, sip_str text, void *ret_value, size_t *ret_at)
{
    (void)type;
    *ret_at = 0;
    *(sip_str *)ret_value = text;
    return 0;
}

static void test_own_type(void **state)
{
    static const sip_header_type own = {
        .name = "X-Own", .size = sizeof(sip_str), .parse = parse_own};
    sip_msg *msg = parse(&small, START "X-Own: a;b;c;d;e;f\r\n\r\n");

    (void)state;
    assert_str(*(const sip_str *)sip_msg_typed(msg, &own, 0), "a;b;c;d;e;f");
    sip_msg_unref(msg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_uri_params),
        cmocka_unit_test(test_credentials),
        cmocka_unit_test(test_own_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
