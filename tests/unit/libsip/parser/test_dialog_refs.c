#include "support/guard_str.h"
#include "support/header_rows.h"

static const header_row rows[] = {
    /* RFC 3891 6.1 */
    {&sip_replaces_type, "98732@sip.example.com ;from-tag=r33th4x0r ;to-tag=ff87ff",
     "98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff",
     "98732@sip.example.com;to-tag=ff87ff;from-tag=r33th4x0r"},
    {&sip_replaces_type, "12adf2f34456gs5;to-tag=12345;from-tag=54321;early-only", NULL,
     "12adf2f34456gs5;to-tag=12345;from-tag=54321;early-only"},
    {&sip_replaces_type, "a@b;x=\"1;2\";to-tag=t;y;from-tag=f", NULL, "a@b;to-tag=t;from-tag=f"},
    /* RFC 3911 7.1 */
    {&sip_join_type, "12adf2f34456gs5;to-tag=12345;from-tag=54321", NULL,
     "12adf2f34456gs5;to-tag=12345;from-tag=54321"},
    /* RFC 4538 */
    {&sip_target_dialog_type,
     "fa77as7dad8-sd98ajzz@host.example.com ;local-tag=kkaz-;remote-tag=6544",
     "fa77as7dad8-sd98ajzz@host.example.com;local-tag=kkaz-;remote-tag=6544",
     "fa77as7dad8-sd98ajzz@host.example.com;local-tag=kkaz-;remote-tag=6544"},
};

static void test_rows(void **state)
{
    (void)state;
    header_rows_check(ROWS(rows));
}

static void test_members(void **state)
{
    sip_replaces replaces;
    sip_join join;
    sip_target_dialog dialog;

    (void)state;
    header_read(&sip_replaces_type, "425928@b.example.org;to-tag=7743;from-tag=6472;EARLY-only",
                &replaces);
    assert_str(replaces.call_id, "425928@b.example.org");
    assert_str(replaces.to_tag, "7743");
    assert_str(replaces.from_tag, "6472");
    assert_true(replaces.early_only);
    assert_str(replaces.params, "to-tag=7743;from-tag=6472;EARLY-only");
    header_read(&sip_join_type, "x;from-tag=0;to-tag=24796", &join);
    assert_str(join.from_tag, "0");
    assert_str(join.to_tag, "24796");
    header_read(&sip_target_dialog_type, "i;remote-tag=r;local-tag=l", &dialog);
    assert_str(dialog.local_tag, "l");
    assert_str(dialog.remote_tag, "r");
}

static void test_change(void **state)
{
    sip_replaces replaces;

    (void)state;
    header_read(&sip_replaces_type, "a@b;x=1;to-tag=t;early-only;from-tag=f", &replaces);
    replaces.to_tag = SIP_STR("u");
    replaces.early_only = false;
    header_prints(&sip_replaces_type, &replaces, "a@b;x=1;to-tag=u;from-tag=f");
    replaces.to_tag = SIP_STR("u;early-only");
    header_prints(&sip_replaces_type, &replaces, NULL);
    replaces = (sip_replaces){.call_id = SIP_STR("a@b"), .to_tag = SIP_STR("t")};
    header_prints(&sip_replaces_type, &replaces, NULL);
    replaces.from_tag = SIP_STR("f");
    header_prints(&sip_replaces_type, &replaces, "a@b;to-tag=t;from-tag=f");
}

static void test_equal(void **state)
{
    sip_replaces a, b;

    (void)state;
    header_read(&sip_replaces_type, "a@b;x=1;to-tag=t;from-tag=f", &a);
    header_read(&sip_replaces_type, "a@b;FROM-tag=f;to-tag=t; X=1", &b);
    assert_true(sip_header_equal(&sip_replaces_type, &a, &b));
    header_read(&sip_replaces_type, "A@b;FROM-tag=f;to-tag=t; X=1", &b);
    assert_false(sip_header_equal(&sip_replaces_type, &a, &b));
    header_read(&sip_replaces_type, "a@b;from-tag=f;to-tag=T;x=1", &b);
    assert_false(sip_header_equal(&sip_replaces_type, &a, &b));
    header_read(&sip_replaces_type, "a@b;from-tag=f;to-tag=t;x=2", &b);
    assert_false(sip_header_equal(&sip_replaces_type, &a, &b));
    header_read(&sip_replaces_type, "a@b;from-tag=f;to-tag=t", &b);
    assert_false(sip_header_equal(&sip_replaces_type, &a, &b));
    assert_false(sip_header_equal(&sip_replaces_type, &b, &a));
    header_read(&sip_replaces_type, "a@b;from-tag=f;to-tag=t;x=1;early-only", &b);
    assert_false(sip_header_equal(&sip_replaces_type, &a, &b));
}

static void test_refused(void **state)
{
    (void)state;
    header_refused(&sip_replaces_type, "", 0);
    header_refused(&sip_replaces_type, ";to-tag=a;from-tag=b", 0);
    header_refused(&sip_replaces_type, "a@b", 3);
    header_refused(&sip_replaces_type, "a@b;to-tag=a", 12);
    header_refused(&sip_replaces_type, "a@b;to-tag=a;to-tag=a;from-tag=b", 13);
    header_refused(&sip_replaces_type, "a@b;to-tag;from-tag=b", 4);
    header_refused(&sip_replaces_type, "a@b;to-tag=a;from-tag=b,c@d", 23);
    header_refused(&sip_join_type, "a@b;to-tag=a", 12);
    header_refused(&sip_target_dialog_type, "a@b;local-tag=a", 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),  cmocka_unit_test(test_members), cmocka_unit_test(test_change),
        cmocka_unit_test(test_equal), cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
