#include "tx_world.h"

#include "transaction/match.h"
#include <stdio.h>

static const uint64_t secret[2] = {1, 2};

static sip_msg *request(const char *method, const char *uri, const char *via, const char *to)
{
    const sip_path from = {.protocol = SIP_PROTOCOL_UDP, .remote = world_addr("192.0.2.2", 5070)};
    sip_msg *msg = NULL;
    char text[600];

    snprintf(text, sizeof(text),
             "%s %s SIP/2.0\r\nVia: %s\r\nFrom: <sip:b@h>;tag=f\r\nTo: %s\r\nCall-ID: c\r\n"
             "CSeq: 3 %s\r\n\r\n",
             method, uri, via, to, method);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &from, &msg, NULL), 0);
    return msg;
}

static bool same(const char *method_a, const char *via_a, const char *method_b, const char *via_b)
{
    sip_msg *a = request(method_a, "sip:a@h", via_a, "<sip:a@h>");
    sip_msg *b = request(method_b, "sip:a@h", via_b, "<sip:a@h>;tag=t");
    sip__match_key key_a, key_b;
    bool equal;

    assert_true(sip__match_server_key(secret, a, sip_msg_method_text(a), &key_a));
    assert_true(sip__match_server_key(
        secret, b, sip_msg_method(b) == SIP_METHOD_ACK ? SIP_STR("INVITE") : sip_msg_method_text(b),
        &key_b));
    equal = sip__match_key_equal(&key_a, &key_b);
    assert_int_equal(equal, sip__match_key_hash(&key_a) == sip__match_key_hash(&key_b));
    (void)sip_msg_unref(a);
    (void)sip_msg_unref(b);
    return equal;
}

static void test_by_branch(void **state)
{
    static const char via[] = "SIP/2.0/UDP h:5070;branch=z9hG4bKx";

    (void)state;
    assert_true(same("INVITE", via, "INVITE", via));
    assert_true(same("INVITE", via, "ACK", via));
    assert_false(same("INVITE", via, "CANCEL", via));
    assert_false(same("OPTIONS", via, "BYE", via));
    assert_false(same("INVITE", via, "INVITE", "SIP/2.0/UDP h:5070;branch=z9hG4bKy"));
    assert_false(same("INVITE", via, "INVITE", "SIP/2.0/UDP h:5071;branch=z9hG4bKx"));
    assert_false(same("INVITE", via, "INVITE", "SIP/2.0/UDP g:5070;branch=z9hG4bKx"));
}

/* RFC 3261 17.2.3, second half: no magic cookie. */
static void test_by_headers(void **state)
{
    (void)state;
    assert_true(same("INVITE", "SIP/2.0/UDP h", "INVITE", "SIP/2.0/UDP h"));
    assert_true(same("INVITE", "SIP/2.0/UDP h;branch=1", "ACK", "SIP/2.0/UDP h;branch=1"));
    assert_false(same("INVITE", "SIP/2.0/UDP h;branch=1", "INVITE", "SIP/2.0/UDP h;branch=2"));
    assert_false(same("INVITE", "SIP/2.0/UDP h", "CANCEL", "SIP/2.0/UDP h"));
}

static void test_uri_counts_without_cookie(void **state)
{
    sip_msg *a = request("INVITE", "sip:a@h", "SIP/2.0/UDP h", "<sip:a@h>");
    sip_msg *b = request("INVITE", "sip:b@h", "SIP/2.0/UDP h", "<sip:a@h>");
    sip__match_key key_a, key_b;

    (void)state;
    assert_true(sip__match_server_key(secret, a, SIP_STR("INVITE"), &key_a));
    assert_true(sip__match_server_key(secret, b, SIP_STR("INVITE"), &key_b));
    assert_false(sip__match_key_equal(&key_a, &key_b));
    (void)sip_msg_unref(a);
    (void)sip_msg_unref(b);
}

static void test_lacking_parts(void **state)
{
    static const char *const texts[] = {
        "OPTIONS sip:a@h SIP/2.0\r\nFrom: <sip:b@h>;tag=f\r\nCSeq: 1 OPTIONS\r\n\r\n",
        "OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nCSeq: 1 OPTIONS\r\n\r\n",
        "OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:b@h>;tag=f\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        sip_msg *msg = NULL;
        sip__match_key key;

        assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(texts[i]), NULL, &msg, NULL), 0);
        assert_false(sip__match_server_key(secret, msg, SIP_STR("OPTIONS"), &key));
        (void)sip_msg_unref(msg);
    }
}

static void test_cookie(void **state)
{
    (void)state;
    assert_true(sip__match_has_cookie(SIP_STR("z9hG4bKx")));
    assert_true(sip__match_has_cookie(SIP_STR("Z9HG4BKx")));
    assert_false(sip__match_has_cookie(SIP_STR("z9hG4bK")));
    assert_false(sip__match_has_cookie(SIP_STR("x9hG4bKx")));
    assert_false(sip__match_has_cookie((sip_str){NULL, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_branch),
        cmocka_unit_test(test_by_headers),
        cmocka_unit_test(test_uri_counts_without_cookie),
        cmocka_unit_test(test_lacking_parts),
        cmocka_unit_test(test_cookie),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
