#include "dialog/dialog_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "dialog/dialog.h"
#include "support/fail_alloc.h"
#include "support/guard_str.h"
#include "support/one_ua.h"

static dum__dialog_set *make(one_ua *ua, const char *call_id, const char *tag)
{
    dum__dialog_set *set;

    assert_int_equal(dum__dialog_set_create(ua->dum, sip_str_of(call_id), sip_str_of(tag), &set),
                     0);
    return set;
}

static dum__dialog_set *find(one_ua *ua, const char *call_id, const char *tag)
{
    const dum__dialog_id id = {.call_id = sip_str_of(call_id), .local_tag = sip_str_of(tag)};

    return dum__dialog_set_find(ua->dum, &id);
}

static void found_by_call_id_and_tag(void **state)
{
    char call_id[] = "call", tag[] = "tag";
    dum__dialog_set *a, *b;
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    a = make(&ua, call_id, tag);
    memset(call_id, '?', 4); /* it keeps bytes of its own */
    memset(tag, '?', 3);
    b = make(&ua, "call", "other");
    assert_str(a->call_id, "call");
    assert_str(a->local_tag, "tag");
    assert_ptr_equal(find(&ua, "call", "tag"), a);
    assert_ptr_equal(find(&ua, "call", "other"), b);
    assert_null(find(&ua, "Call", "tag"));
    assert_null(find(&ua, "tag", "call"));
    assert_null(find(&ua, "call", ""));
    assert_int_equal(sip_stack_live_objects(ua.stack), 2);
    dum__dialog_set_destroy(a);
    dum__dialog_set_destroy(NULL);
    assert_null(find(&ua, "call", "tag"));
    assert_ptr_equal(find(&ua, "call", "other"), b);
    dum__dialog_set_destroy(b);
    assert_int_equal(sip_stack_live_objects(ua.stack), 0);
    one_ua_close(&ua);
}

static void empty_names_are_names(void **state)
{
    dum__dialog_set *set;
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    assert_int_equal(dum__dialog_set_create(ua.dum, (sip_str){0}, (sip_str){0}, &set), 0);
    assert_ptr_equal(find(&ua, "", ""), set);
    dum__dialog_set_destroy(set);
    one_ua_close(&ua);
}

static void many_are_told_apart(void **state)
{
    dum__dialog_set *sets[500];
    char call_id[20];
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    for (size_t i = 0; i < 500; i++) {
        snprintf(call_id, sizeof call_id, "call%zu", i);
        sets[i] = make(&ua, call_id, "t");
    }
    for (size_t i = 0; i < 500; i++) {
        snprintf(call_id, sizeof call_id, "call%zu", i);
        assert_ptr_equal(find(&ua, call_id, "t"), sets[i]);
        dum__dialog_set_destroy(sets[i]);
        assert_null(find(&ua, call_id, "t"));
    }
    one_ua_close(&ua);
}

static dum__dialog *add_dialog(dum__dialog_set *set, const char *to)
{
    char text[300];
    sip_msg *response;
    dum__dialog *dialog;

    snprintf(text, sizeof text,
             "SIP/2.0 180 Ringing\r\nFrom: <sip:a@b>;tag=t\r\nTo: %s\r\nCall-ID: c\r\n"
             "CSeq: 1 INVITE\r\nContact: <sip:peer@192.0.2.1>\r\n\r\n",
             to);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &response, NULL), 0);
    assert_int_equal(dum__dialog_create_uac(set, response, (sip_str){0}, &dialog), 0);
    sip_msg_unref(response);
    return dialog;
}

static void forks_hang_in_their_set_and_go_with_it(void **state)
{
    const sip_auth challenge = {.realm = SIP_STR_INIT("home"), .nonce = SIP_STR_INIT("n")};
    dum__dialog *one, *two, *nameless;
    dum__dialog_set *set;
    fail_alloc counts;
    one_ua ua;

    (void)state;
    fail_alloc_init(&counts, 0);
    assert_int_equal(one_ua_open(&ua, NULL, &counts.allocator), 0);
    set = make(&ua, "c", "t");
    one = add_dialog(set, "<sip:x@y>;tag=1");
    two = add_dialog(set, "<sip:x@y>;tag=2");
    nameless = add_dialog(set, "<sip:x@y>");
    assert_ptr_equal(dum__dialog_set_dialog(set, SIP_STR("1")), one);
    assert_ptr_equal(dum__dialog_set_dialog(set, SIP_STR("2")), two);
    assert_null(dum__dialog_set_dialog(set, SIP_STR("12")));
    assert_ptr_equal(dum__dialog_set_dialog(set, (sip_str){0}), nameless);
    assert_int_equal(dum__credentials_put(&set->auth, ua.dum, &challenge, false), 0);
    dum__dialog_destroy(one);
    assert_null(dum__dialog_set_dialog(set, SIP_STR("1")));
    assert_int_equal(sip_stack_live_objects(ua.stack), 3);
    dum__dialog_set_destroy(set);
    assert_int_equal(sip_stack_live_objects(ua.stack), 0);
    one_ua_close(&ua);
    assert_int_equal(counts.live, 0);
}

static void without_memory_there_is_none(void **state)
{
    dum__dialog_set *set = NULL;
    fail_alloc fails;
    one_ua ua;

    (void)state;
    fail_alloc_init(&fails, 0);
    assert_int_equal(one_ua_open(&ua, NULL, &fails.allocator), 0);
    fails.fail_at = fails.calls + 1;
    assert_int_equal(dum__dialog_set_create(ua.dum, SIP_STR("c"), SIP_STR("t"), &set), SIP_ENOMEM);
    assert_null(set);
    assert_null(find(&ua, "c", "t"));
    assert_int_equal(sip_stack_live_objects(ua.stack), 0);
    fails.fail_at = fails.calls + 2; /* the map may fail to grow: slower, but all there */
    set = make(&ua, "c", "t");
    assert_ptr_equal(find(&ua, "c", "t"), set);
    dum__dialog_set_destroy(set);
    one_ua_close(&ua);
    assert_int_equal(fails.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_by_call_id_and_tag),
        cmocka_unit_test(empty_names_are_names),
        cmocka_unit_test(many_are_told_apart),
        cmocka_unit_test(forks_hang_in_their_set_and_go_with_it),
        cmocka_unit_test(without_memory_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
