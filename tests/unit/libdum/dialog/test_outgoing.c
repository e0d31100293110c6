#include "dialog/outgoing.h"

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

static sip_msg *finish(sip_build *build)
{
    sip_msg *msg;

    assert_int_equal(sip_build_finish(build, &msg), 0);
    return msg;
}

static dum_profile *profile_of(one_ua *ua, const dum_profile_config *config)
{
    dum_profile *profile;

    assert_int_equal(dum_profile_create(ua->dum, config, &profile), 0);
    return profile;
}

static dum__outgoing options(const dum_profile *profile)
{
    return (dum__outgoing){
        .profile = profile,
        .method = SIP_METHOD_OPTIONS,
        .request_uri = SIP_STR("sip:bob@y"),
        .to = SIP_STR("\"Bob\" <sip:bob@y;x=1>"),
        .from_tag = SIP_STR("f"),
        .call_id = SIP_STR("c"),
        .cseq = 4294967295u,
    };
}

static void what_all_requests_have(void **state)
{
    const dum_profile_config config = {.aor = "\"Alice \\\"A\\\"\" <sip:alice@x>"};
    const dum_config agent = {.user_agent = "Tester/1"};
    dum__outgoing what;
    sip_msg *msg;
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, &agent, NULL), 0);
    what = options(profile_of(&ua, &config));
    msg = finish(dum__outgoing_build(&what));
    assert_int_equal(sip_msg_method(msg), SIP_METHOD_OPTIONS);
    assert_str(sip_msg_request_uri(msg)->text, "sip:bob@y");
    assert_str(sip_msg_value(msg, SIP_HEADER_FROM, 0), "\"Alice \\\"A\\\"\" <sip:alice@x>;tag=f");
    assert_str(sip_msg_value(msg, SIP_HEADER_TO, 0), "\"Bob\" <sip:bob@y;x=1>");
    assert_str(sip_msg_call_id(msg), "c");
    assert_true(sip_msg_cseq(msg)->number == 4294967295u);
    assert_int_equal(sip_msg_cseq(msg)->method, SIP_METHOD_OPTIONS);
    assert_str(sip_msg_value(msg, SIP_HEADER_MAX_FORWARDS, 0), "70");
    assert_str(sip_msg_value(msg, SIP_HEADER_USER_AGENT, 0), "Tester/1");
    assert_null(sip_msg_value(msg, SIP_HEADER_ROUTE, 0).ptr);
    assert_null(sip_msg_value(msg, SIP_HEADER_ALLOW, 0).ptr);
    assert_null(sip_msg_address(msg, SIP_HEADER_CONTACT, 0));
    sip_msg_unref(msg);
    one_ua_close(&ua);
}

static void what_some_have(void **state)
{
    const dum_profile_config config = {.aor = "<sip:alice@x;p=1>"};
    const dum_config silent = {.user_agent = ""};
    dum__outgoing what;
    sip_msg *msg;
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, &silent, NULL), 0);
    what = options(profile_of(&ua, &config));
    what.method = SIP_METHOD_OTHER;
    what.method_text = SIP_STR("FETCH");
    what.to = (sip_str){0}; /* the AOR, as REGISTER has it */
    what.from_tag = (sip_str){0};
    what.capabilities = true;
    msg = finish(dum__outgoing_build(&what));
    assert_str(sip_msg_method_text(msg), "FETCH");
    assert_str(sip_msg_value(msg, SIP_HEADER_CSEQ, 0), "4294967295 FETCH");
    assert_str(sip_msg_value(msg, SIP_HEADER_FROM, 0), "<sip:alice@x;p=1>");
    assert_str(sip_msg_value(msg, SIP_HEADER_TO, 0), "<sip:alice@x;p=1>");
    assert_null(sip_msg_value(msg, SIP_HEADER_USER_AGENT, 0).ptr);
    assert_str(sip_msg_value(msg, SIP_HEADER_ALLOW, 0), "INVITE"); /* and more: one a value */
    assert_str(sip_msg_value(msg, SIP_HEADER_ALLOW, 4), "OPTIONS");
    assert_str(sip_msg_value(msg, SIP_HEADER_ACCEPT, 0), "application/sdp");
    sip_msg_unref(msg);
    one_ua_close(&ua);
}

/* A URI from a web page may carry headers; To and Request-URI must not (19.1.1). */
static void a_target_with_headers(void **state)
{
    dum__outgoing what;
    sip_msg *msg;
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    what = options(ua.dum->builtin);
    what.request_uri = SIP_STR("sip:bob@y;x=1?Subject=s&Priority=urgent");
    what.to = SIP_STR("Bob <sip:bob@y;x=1?Subject=s&Priority=urgent>");
    msg = finish(dum__outgoing_build(&what));
    assert_str(sip_msg_value(msg, SIP_HEADER_TO, 0), "\"Bob\" <sip:bob@y;x=1>");
    assert_str(sip_msg_request_uri(msg)->text, "sip:bob@y;x=1");
    assert_null(sip_msg_value(msg, SIP_HEADER_SUBJECT, 0).ptr);
    sip_msg_unref(msg);
    one_ua_close(&ua);
}

static void the_outbound_proxy_is_a_loose_route(void **state)
{
    static const char *const cases[][2] = {
        {"sip:p", "<sip:p;lr>"},
        {"sip:p;lr", "<sip:p;lr>"},
        {"<sip:p:5070;transport=tcp>", "<sip:p:5070;transport=tcp;lr>"},
        {"\"P\" <sips:p;lr>", "<sips:p;lr>"},
    };
    one_ua ua;

    (void)state;
    assert_int_equal(one_ua_open(&ua, NULL, NULL), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dum_profile_config config = {.aor = "sip:alice@x", .outbound_proxy = cases[i][0]};
        dum__outgoing what = options(profile_of(&ua, &config));
        sip_msg *msg = finish(dum__outgoing_build(&what));

        assert_str(sip_msg_value(msg, SIP_HEADER_ROUTE, 0), cases[i][1]);
        assert_str(sip_msg_request_uri(msg)->text, "sip:bob@y");
        sip_msg_unref(msg);
    }
    one_ua_close(&ua);
}

static void targets(void **state)
{
    static const char *const wrong[] = {NULL, "", "*", "bob", "tel:+123", "<sip:>", "mailto:a@b"};
    static const char *const right[] = {"sip:bob@y", "sips:y", "Bob <sip:bob@y;a=1>;b=2"};
    sip_address address = {.q_permille = 77};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(dum__outgoing_parse_target(wrong[i], &address), SIP_EINVAL);
        assert_int_equal(address.q_permille, 77);
    }
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        assert_int_equal(dum__outgoing_parse_target(right[i], &address), 0);
        assert_true(address.uri.text.ptr >= right[i] &&
                    address.uri.text.ptr < right[i] + strlen(right[i]));
    }
    assert_str(address.uri.text, "sip:bob@y;a=1");
}

/* ---- inside a dialog */

typedef struct dialog_world {
    one_ua ua;
    dum__dialog *dialog;
} dialog_world;

static dum__dialog *dialog_of(one_ua *ua, const char *more)
{
    char text[600] = "SIP/2.0 200 OK\r\nFrom: \"A\" <sip:alice@x>;tag=ours\r\n"
                     "To: <sip:bob@y>;tag=theirs\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"
                     "Contact: <sip:bob@192.0.2.1>\r\n";
    dum__dialog_set *set;
    dum__dialog *dialog;
    sip_msg *msg;

    snprintf(text + strlen(text), sizeof text - strlen(text), "%s\r\n", more);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    assert_int_equal(dum__dialog_set_create(ua->dum, SIP_STR("c"), SIP_STR("ours"), &set), 0);
    assert_int_equal(dum__dialog_create_uac(set, msg, (sip_str){0}, &dialog), 0);
    sip_msg_unref(msg);
    return dialog;
}

static void open_dialog(dialog_world *w, const char *more)
{
    assert_int_equal(one_ua_open(&w->ua, NULL, NULL), 0);
    w->dialog = dialog_of(&w->ua, more);
}

static void close_dialog(dialog_world *w)
{
    dum__dialog_set_destroy(w->dialog->set);
    one_ua_close(&w->ua);
}

static void in_a_dialog(void **state)
{
    dialog_world w;
    sip_msg *msg;

    (void)state;
    open_dialog(&w, "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\n");
    msg = finish(dum__outgoing_build_in_dialog(w.dialog, SIP_METHOD_BYE, 2));
    assert_str(sip_msg_request_uri(msg)->text, "sip:bob@192.0.2.1");
    assert_str(sip_msg_value(msg, SIP_HEADER_ROUTE, 0), "<sip:p2;lr>");
    assert_str(sip_msg_value(msg, SIP_HEADER_ROUTE, 1), "<sip:p1;lr>");
    assert_str(sip_msg_value(msg, SIP_HEADER_FROM, 0), "\"A\" <sip:alice@x>;tag=ours");
    assert_str(sip_msg_value(msg, SIP_HEADER_TO, 0), "<sip:bob@y>;tag=theirs");
    assert_str(sip_msg_value(msg, SIP_HEADER_CSEQ, 0), "2 BYE");
    assert_str(sip_msg_call_id(msg), "c");
    assert_str(sip_msg_value(msg, SIP_HEADER_MAX_FORWARDS, 0), "70");
    assert_null(sip_msg_value(msg, SIP_HEADER_ALLOW, 0).ptr);
    sip_msg_unref(msg);
    close_dialog(&w);
}

/* 12.2.1.1: the first proxy is a strict router. */
static void through_a_strict_router(void **state)
{
    dialog_world w;
    sip_msg *msg;

    (void)state;
    open_dialog(&w, "Record-Route: <sip:p1;lr>, <sip:p2>\r\n");
    msg = finish(dum__outgoing_build_in_dialog(w.dialog, SIP_METHOD_BYE, 2));
    assert_str(sip_msg_request_uri(msg)->text, "sip:p2");
    assert_str(sip_msg_value(msg, SIP_HEADER_ROUTE, 0), "<sip:p1;lr>");
    assert_str(sip_msg_value(msg, SIP_HEADER_ROUTE, 1), "<sip:bob@192.0.2.1>");
    sip_msg_unref(msg);
    close_dialog(&w);
}

/* A re-INVITE also says who we are and what we can do, when there is a usage to say it of. */
static void reinvites_say_more(void **state)
{
    probe_log log = {.answer = 0};
    dialog_world w;
    sip_msg *msg;

    (void)state;
    open_dialog(&w, "");
    msg = finish(dum__outgoing_build_in_dialog(w.dialog, SIP_METHOD_INVITE, 3));
    assert_null(sip_msg_value(msg, SIP_HEADER_ALLOW, 0).ptr);
    sip_msg_unref(msg);
    w.dialog->usage = probe_create(w.ua.dum->builtin, &log);
    msg = finish(dum__outgoing_build_in_dialog(w.dialog, SIP_METHOD_INVITE, 3));
    assert_str(sip_msg_value(msg, SIP_HEADER_CSEQ, 0), "3 INVITE");
    assert_non_null(sip_msg_value(msg, SIP_HEADER_ALLOW, 0).ptr);
    assert_str(sip_msg_value(msg, SIP_HEADER_ACCEPT, 0), "application/sdp");
    sip_msg_unref(msg);
    close_dialog(&w);
}

/* A peer without tags (RFC 2543): no ";tag=" is made up. */
static void without_a_remote_tag(void **state)
{
    dialog_world w;
    sip_msg *msg;

    (void)state;
    open_dialog(&w, "");
    w.dialog->remote_tag.len = 0;
    msg = finish(dum__outgoing_build_in_dialog(w.dialog, SIP_METHOD_BYE, 2));
    assert_str(sip_msg_value(msg, SIP_HEADER_TO, 0), "<sip:bob@y>");
    sip_msg_unref(msg);
    close_dialog(&w);
}

static void without_memory_there_is_none(void **state)
{
    const dum_profile_config config = {.aor = "sip:alice@x", .outbound_proxy = "sip:p"};
    dum__outgoing what;
    dum__dialog *dialog;
    fail_alloc fails;
    one_ua ua;

    (void)state;
    fail_alloc_init(&fails, 0);
    assert_int_equal(one_ua_open(&ua, NULL, &fails.allocator), 0);
    what = options(profile_of(&ua, &config));
    what.contact = what.capabilities = true;
    dialog = dialog_of(&ua, "Record-Route: <sip:p>\r\n");
    for (int inside = 0; inside < 2; inside++) {
        int err = SIP_ENOMEM;

        for (size_t n = 1; err != 0; n++) {
            size_t live = fails.live;
            sip_msg *msg = NULL;

            fails.fail_at = fails.calls + n;
            err = sip_build_finish(inside ? dum__outgoing_build_in_dialog(dialog, SIP_METHOD_BYE, 2)
                                          : dum__outgoing_build(&what),
                                   &msg);
            assert_true(err == 0 || err == SIP_ENOMEM);
            assert_int_equal(msg == NULL, err != 0);
            sip_msg_unref(msg);
            assert_int_equal(fails.live, live);
        }
    }
    dum__dialog_set_destroy(dialog->set);
    one_ua_close(&ua);
    assert_int_equal(fails.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_all_requests_have),
        cmocka_unit_test(what_some_have),
        cmocka_unit_test(a_target_with_headers),
        cmocka_unit_test(the_outbound_proxy_is_a_loose_route),
        cmocka_unit_test(targets),
        cmocka_unit_test(in_a_dialog),
        cmocka_unit_test(through_a_strict_router),
        cmocka_unit_test(reinvites_say_more),
        cmocka_unit_test(without_a_remote_tag),
        cmocka_unit_test(without_memory_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
