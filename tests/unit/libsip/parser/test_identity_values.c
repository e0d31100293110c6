#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    {&sip_privacy_type, "id", NULL, "id"},
    {&sip_privacy_type, "user ; critical;x;header", "user;critical;x;header",
     "header;user;critical"},
    {&sip_privacy_type, "history;session;none", NULL, "session;none;history"},
    /* RFC 3325 9.1 */
    {&sip_p_asserted_identity_type, "\"Cullen Jennings\" <sip:fluffy@cisco.com>",
     "Cullen Jennings <sip:fluffy@cisco.com>", NULL},
    {&sip_p_asserted_identity_type, "tel:+14085264000", "<tel:+14085264000>", NULL},
    {&sip_p_preferred_identity_type, "<sip:fluffy@cisco.com>", NULL, NULL},
    {&sip_remote_party_id_type,
     "\"A B\" <sip:a@h;user=phone>;party=calling;id-type=subscriber;privacy=full;screen=yes",
     "A B <sip:a@h;user=phone>;party=calling;id-type=subscriber;privacy=full;screen=yes",
     "A B <sip:a@h;user=phone>;party=calling;id-type=subscriber;privacy=full;screen=yes"},
    {&sip_remote_party_id_type, "<sip:a@h>;privacy=\"name,uri\";np=ordinary", NULL,
     "<sip:a@h>;privacy=\"name,uri\";np=ordinary"},
    /* RFC 8224 4 */
    {&sip_identity_type,
     "eyJhbGciOiJFUzI1NiJ9.eyJkZXN0Ijp7InVyaSI6W119fQ.rq3pjT1hoRwakEGjHCnWSwUnshd0-"
     "zJ6F1VOgFWSjHBr8Q"
     ";info=<https://biloxi.example.org/biloxi.cer>",
     NULL, NULL},
    {&sip_identity_type,
     "..sv5CTo05KqpSmtHt3dcEiO/1CWTSZtnG3iV+1nmurLXV/"
     "HmtyNS7Ltrg9dlxkWzoeU7d7OV8HweTTDobV3itTmgPwCFj"
     ";info=<https://biloxi.example.org/biloxi.cer>;alg=ES256;ppt=\"shaken\"",
     NULL,
     "..sv5CTo05KqpSmtHt3dcEiO/1CWTSZtnG3iV+1nmurLXV/"
     "HmtyNS7Ltrg9dlxkWzoeU7d7OV8HweTTDobV3itTmgPwCFj"
     ";info=<https://biloxi.example.org/biloxi.cer>;alg=ES256;ppt=shaken"},
    /* RFC 4474 9 */
    {&sip_identity_info_type, "<https://atlanta.example.com/atlanta.cer>;alg=rsa-sha1", NULL,
     "<https://atlanta.example.com/atlanta.cer>;alg=rsa-sha1"},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_privacy privacy;
    sip_identity identity;
    sip_remote_party_id party;
    sip_identity_info info;

    (void)state;
    header_read(&sip_privacy_type, "ID ; critical ; other", &privacy);
    assert_true(privacy.id && privacy.critical);
    assert_false(privacy.header || privacy.session || privacy.user || privacy.none ||
                 privacy.history);
    assert_true(sip_param_find(privacy.params, "other", NULL));
    header_read(&sip_identity_type, "\"abc+/=\";info=<http://h/c?a;b>;ALG=ES256;ppt=div",
                &identity);
    assert_str(identity.digest, "abc+/=");
    assert_str(identity.info, "http://h/c?a;b");
    assert_str(identity.alg, "ES256");
    assert_str(identity.ppt, "div");
    header_read(&sip_remote_party_id_type, "<sip:a@h>;screen=no;party=called", &party);
    assert_str(party.screen, "no");
    assert_str(party.party, "called");
    assert_str(party.address.uri.user, "a");
    header_read(&sip_identity_info_type, "<http://h/c>;alg=x", &info);
    assert_str(info.address.uri.text, "http://h/c");
    assert_str(info.alg, "x");
}

static void test_build(void **state)
{
    sip_privacy privacy = {.id = true, .critical = true};
    sip_identity identity = {
        .digest = SIP_STR("a.b.c"), .info = SIP_STR("https://h/c"), .ppt = SIP_STR("rph")};

    (void)state;
    header_prints(&sip_privacy_type, &privacy, "critical;id");
    header_read(&sip_privacy_type, "user;x;id", &privacy);
    privacy.user = false;
    privacy.header = true;
    header_prints(&sip_privacy_type, &privacy, "x;id;header");
    header_prints(&sip_identity_type, &identity, "a.b.c;info=<https://h/c>;ppt=rph");
    identity.info = SIP_STR("https://h/<c>");
    header_prints(&sip_identity_type, &identity, NULL);
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_privacy_type, "", 0);
    header_refused(&sip_privacy_type, "id;id", 3);
    header_refused(&sip_privacy_type, "id,user", 2);
    header_refused(&sip_identity_type, "a.b.c;info=<https://h/c", 11);
    header_refused(&sip_identity_type, "a.b.c;info", 6);
    header_refused(&sip_identity_info_type, "x;alg=a", 0);
    header_refused(&sip_p_asserted_identity_type, "*", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
