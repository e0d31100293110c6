#include "dialog/dialog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>

#include "dialog/route_set.h"
#include "support/fail_alloc.h"
#include "support/guard_str.h"
#include "support/one_ua.h"

static sip_msg *parse(const char *text)
{
    sip_msg *msg;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

/* A message with what a dialog is made of; `more` are further headers. */
static sip_msg *message(const char *start, const char *from, const char *to, const char *more)
{
    char text[1000];

    snprintf(text, sizeof text,
             "%s\r\nFrom: %s\r\nTo: %s\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\n%s\r\n", start, from, to,
             more);
    return parse(text);
}

#define OK "SIP/2.0 200 OK"
#define INVITE "INVITE sip:ua@ua SIP/2.0"
#define CONTACT "Contact: <sip:peer@192.0.2.1;x=1>;expires=3\r\n"

typedef struct world {
    one_ua ua;
    fail_alloc fails;
    dum__dialog_set *set;
} world;

static void open_world(world *w)
{
    fail_alloc_init(&w->fails, 0);
    assert_int_equal(one_ua_open(&w->ua, NULL, &w->fails.allocator), 0);
    assert_int_equal(dum__dialog_set_create(w->ua.dum, SIP_STR("c"), SIP_STR("ours"), &w->set), 0);
}

static void close_world(world *w)
{
    dum__dialog_set_destroy(w->set);
    assert_int_equal(sip_stack_live_objects(w->ua.stack), 0);
    one_ua_close(&w->ua);
    assert_int_equal(w->fails.live, 0);
}

static dum__dialog *make_uac(world *w, const char *from, const char *to, const char *more)
{
    sip_msg *response = message(OK, from, to, more);
    dum__dialog *dialog;

    assert_int_equal(dum__dialog_create_uac(w->set, response, SIP_STR("sip:fallback@y"), &dialog),
                     0);
    sip_msg_unref(response); /* nothing of it is borrowed */
    return dialog;
}

static void callers_dialog(void **state)
{
    dum__dialog *dialog;
    world w;

    (void)state;
    open_world(&w);
    dialog = make_uac(&w, "\"A ;tag=no\" <sip:a@b>;tag=ours", "<sip:x@y>;tag=theirs;p=1",
                      "Record-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>\r\n" CONTACT);
    assert_str(dialog->remote_tag, "theirs");
    assert_str(dialog->local, "\"A ;tag=no\" <sip:a@b>");
    assert_str(dialog->remote, "<sip:x@y>;p=1");
    assert_string_equal(dialog->target, "sip:peer@192.0.2.1;x=1");
    assert_int_equal(dialog->local_cseq, 7);
    assert_false(dialog->has_remote_cseq);
    assert_false(dialog->confirmed);
    assert_null(dialog->usage);
    assert_str(dum__route_set_value(dialog->routes, 0), "<sip:p2;lr>"); /* reversed (12.1.2) */
    assert_str(dum__route_set_value(dialog->routes, 1), "<sip:p1;lr>");
    assert_int_equal(sip_stack_live_objects(w.ua.stack), 2);
    close_world(&w);
}

static void called_dialog(void **state)
{
    sip_msg *invite = message(INVITE, "<sip:x@y>;tag=theirs", "sip:ua@ua",
                              "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\n" CONTACT);
    dum__dialog *dialog;
    world w;

    (void)state;
    open_world(&w);
    assert_int_equal(dum__dialog_create_uas(w.set, invite, &dialog), 0);
    sip_msg_unref(invite);
    assert_str(dialog->remote_tag, "theirs");
    assert_str(dialog->local, "sip:ua@ua");
    assert_str(dialog->remote, "<sip:x@y>");
    assert_int_equal(dialog->remote_cseq, 7);
    assert_true(dialog->has_remote_cseq);
    assert_int_equal(dialog->local_cseq, 0);
    assert_str(dum__route_set_value(dialog->routes, 0), "<sip:p1;lr>"); /* in order (12.1.1) */
    assert_str(dum__route_set_value(dialog->routes, 1), "<sip:p2;lr>");
    close_world(&w);
}

static void only_the_tag_is_taken_off(void **state)
{
    static const char *const cases[][2] = {
        {"<sip:x@y>;tag=t", "<sip:x@y>"},
        {"<sip:x@y>;a=1;tag=t;b=2", "<sip:x@y>;a=1;b=2"},
        {"<sip:x@y>;TAG=t;b", "<sip:x@y>;b"},
        {"<sip:x@y> ; tag = t ; b=2", "<sip:x@y> ; b=2"},
        {"<sip:x@y>;z=\"a;tag=n\\\";tag=n\";tag=t", "<sip:x@y>;z=\"a;tag=n\\\";tag=n\""},
        {"<sip:x@y;tag=uri>;tag=t", "<sip:x@y;tag=uri>"},
        {"sip:x@y;tag=t", "sip:x@y"},
        {"<sip:x@y>;tagged=1;tag=t", "<sip:x@y>;tagged=1"},
        {"<sip:x@y>", "<sip:x@y>"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dum__dialog *dialog;
        world w;

        open_world(&w);
        dialog = make_uac(&w, "<sip:a@b>;tag=ours", cases[i][0], CONTACT);
        assert_str(dialog->remote, cases[i][1]);
        close_world(&w);
    }
}

/* A response without a usable Contact: early, or from a peer that breaks the rule. */
static void fallback_target(void **state)
{
    dum__dialog *dialog;
    world w;

    (void)state;
    open_world(&w);
    dialog = make_uac(&w, "<sip:a@b>;tag=ours", "<sip:x@y>", "");
    assert_string_equal(dialog->target, "sip:fallback@y");
    assert_int_equal(dialog->remote_tag.len, 0); /* 12.1.2: a peer of RFC 2543 may have none */
    assert_null(dialog->routes);
    dum__dialog_destroy(dialog);
    dialog = make_uac(&w, "<sip:a@b>;tag=ours", "<sip:x@y>", "Contact: *\r\n");
    assert_string_equal(dialog->target, "sip:fallback@y");
    dum__dialog_destroy(NULL);
    close_world(&w);
}

static void a_request_without_contact_makes_none(void **state)
{
    static const char *const headers[] = {"", "Contact: *\r\n"};
    world w;

    (void)state;
    open_world(&w);
    for (size_t i = 0; i < 2; i++) {
        sip_msg *invite = message(INVITE, "<sip:x@y>;tag=t", "<sip:ua@ua>", headers[i]);
        dum__dialog *dialog = NULL;

        assert_int_equal(dum__dialog_create_uas(w.set, invite, &dialog), SIP_EINVAL);
        assert_null(dialog);
        assert_true(sip_list_is_empty(&w.set->dialogs));
        sip_msg_unref(invite);
    }
    close_world(&w);
}

static void from_and_to_may_be_missing(void **state)
{
    sip_msg *response = parse("SIP/2.0 200 OK\r\nContact: <sip:x@y>\r\n\r\n");
    sip_msg *request = parse("INVITE sip:ua@ua SIP/2.0\r\nContact: <sip:x@y>\r\n\r\n");
    dum__dialog *dialog;
    world w;

    (void)state;
    open_world(&w);
    assert_int_equal(dum__dialog_create_uac(w.set, response, (sip_str){0}, &dialog), 0);
    assert_int_equal(dialog->local.len + dialog->remote.len + dialog->remote_tag.len, 0);
    assert_int_equal(dialog->local_cseq, 0);
    assert_int_equal(dum__dialog_create_uas(w.set, request, &dialog), 0);
    assert_int_equal(dialog->remote_cseq, 0);
    sip_msg_unref(response);
    sip_msg_unref(request);
    close_world(&w);
}

static dum__dialog *find(const world *w, const char *from, const char *to)
{
    sip_msg *bye = message("BYE sip:ua@ua SIP/2.0", from, to, "");
    dum__dialog *dialog = dum__dialog_find(w->ua.dum, bye);

    sip_msg_unref(bye);
    return dialog;
}

static void found_for_a_request(void **state)
{
    dum__dialog *dialog;
    world w;

    (void)state;
    open_world(&w);
    dialog = make_uac(&w, "<sip:a@b>;tag=ours", "<sip:x@y>;tag=theirs", CONTACT);
    assert_ptr_equal(find(&w, "<sip:x@y>;tag=theirs", "<sip:a@b>;tag=ours"), dialog);
    assert_ptr_equal(find(&w, "<sip:o@o>;tag=theirs", "<sip:o@o>;tag=ours"), dialog); /* 12 */
    assert_null(find(&w, "<sip:x@y>;tag=ours", "<sip:a@b>;tag=theirs"));
    assert_null(find(&w, "<sip:x@y>;tag=other", "<sip:a@b>;tag=ours"));
    assert_null(find(&w, "<sip:x@y>", "<sip:a@b>;tag=ours"));
    assert_null(find(&w, "<sip:x@y>;tag=theirs", "<sip:a@b>"));
    dum__dialog_destroy(dialog);
    assert_null(find(&w, "<sip:x@y>;tag=theirs", "<sip:a@b>;tag=ours"));
    close_world(&w);
}

static void the_target_follows_the_contact(void **state)
{
    sip_msg *same = message(OK, "<sip:a@b>;tag=ours", "<sip:x@y>;tag=t", CONTACT);
    sip_msg *none = message(OK, "<sip:a@b>;tag=ours", "<sip:x@y>;tag=t", "");
    sip_msg *star = message(OK, "<sip:a@b>;tag=ours", "<sip:x@y>;tag=t", "Contact: *\r\n");
    sip_msg *moved = message(OK, "<sip:a@b>;tag=ours", "<sip:x@y>;tag=t", "m: <sip:new@z>\r\n");
    dum__dialog *dialog;
    size_t calls;
    world w;

    (void)state;
    open_world(&w);
    dialog = make_uac(&w, "<sip:a@b>;tag=ours", "<sip:x@y>;tag=t", CONTACT);
    calls = w.fails.calls;
    assert_int_equal(dum__dialog_refresh_target(dialog, same), 0);
    assert_int_equal(dum__dialog_refresh_target(dialog, none), 0);
    assert_int_equal(dum__dialog_refresh_target(dialog, star), 0);
    assert_string_equal(dialog->target, "sip:peer@192.0.2.1;x=1");
    assert_int_equal(w.fails.calls, calls);
    w.fails.fail_at = calls + 1;
    assert_int_equal(dum__dialog_refresh_target(dialog, moved), SIP_ENOMEM);
    assert_string_equal(dialog->target, "sip:peer@192.0.2.1;x=1");
    assert_int_equal(dum__dialog_refresh_target(dialog, moved), 0);
    assert_string_equal(dialog->target, "sip:new@z");
    close_world(&w);
    sip_msg_unref(same);
    sip_msg_unref(none);
    sip_msg_unref(star);
    sip_msg_unref(moved);
}

static void the_2xx_names_the_routes_anew(void **state)
{
    sip_msg *other = message(OK, "<sip:a@b>;tag=ours", "<sip:x@y>;tag=t",
                             "Record-Route: <sip:p3;lr>\r\n" CONTACT);
    sip_msg *none = message(OK, "<sip:a@b>;tag=ours", "<sip:x@y>;tag=t", CONTACT);
    dum__dialog *dialog;
    world w;

    (void)state;
    open_world(&w);
    dialog = make_uac(&w, "<sip:a@b>;tag=ours", "<sip:x@y>;tag=t",
                      "Record-Route: <sip:p1;lr>\r\n" CONTACT);
    w.fails.fail_at = w.fails.calls + 1;
    assert_int_equal(dum__dialog_refresh_routes(dialog, other), SIP_ENOMEM);
    assert_str(dum__route_set_value(dialog->routes, 0), "<sip:p1;lr>");
    assert_int_equal(dum__dialog_refresh_routes(dialog, other), 0);
    assert_str(dum__route_set_value(dialog->routes, 0), "<sip:p3;lr>");
    assert_int_equal(dum__dialog_refresh_routes(dialog, none), 0);
    assert_null(dialog->routes);
    close_world(&w);
    sip_msg_unref(other);
    sip_msg_unref(none);
}

static void cseq_only_rises(void **state)
{
    dum__dialog dialog = {.has_remote_cseq = false};

    (void)state;
    assert_true(dum__dialog_accept_cseq(&dialog, 0)); /* the first may be anything */
    assert_false(dum__dialog_accept_cseq(&dialog, 0));
    assert_true(dum__dialog_accept_cseq(&dialog, 5)); /* gaps are no error (12.2.2) */
    assert_false(dum__dialog_accept_cseq(&dialog, 4));
    assert_false(dum__dialog_accept_cseq(&dialog, 5));
    assert_int_equal(dialog.remote_cseq, 5);
    assert_true(dum__dialog_accept_cseq(&dialog, UINT32_MAX));
    assert_false(dum__dialog_accept_cseq(&dialog, 6));
    assert_true(dialog.remote_cseq == UINT32_MAX);
}

static void without_memory_there_is_none(void **state)
{
    sip_msg *msg[2];

    (void)state;
    msg[0] =
        message(OK, "<sip:a@b>;tag=ours", "<sip:x@y>;tag=t", "Record-Route: <sip:p>\r\n" CONTACT);
    msg[1] = message(INVITE, "<sip:x@y>;tag=t", "<sip:ua@ua>", "Record-Route: <sip:p>\r\n" CONTACT);
    for (int uas = 0; uas < 2; uas++) {
        int err = SIP_ENOMEM;
        size_t n = 0;
        world w;

        open_world(&w);
        while (err != 0) {
            dum__dialog *dialog = NULL;

            w.fails.fail_at = w.fails.calls + ++n;
            err = uas ? dum__dialog_create_uas(w.set, msg[1], &dialog)
                      : dum__dialog_create_uac(w.set, msg[0], (sip_str){0}, &dialog);
            assert_true(err == 0 || err == SIP_ENOMEM);
            assert_int_equal(dialog == NULL, err != 0);
            assert_int_equal(sip_list_is_empty(&w.set->dialogs), err != 0);
            assert_int_equal(sip_stack_live_objects(w.ua.stack), err != 0 ? 1 : 2);
        }
        assert_int_equal(n, 4); /* itself, target, routes; then it is made */
        close_world(&w);
        sip_msg_unref(msg[uas]);
    }
}

/* Only who cannot be found is kept to a connection, and only while that stands. */
static void a_flow_is_for_who_cannot_be_found(void **state)
{
    static const char *const contacts[] = {"Contact: <sip:peer@192.0.2.1>\r\n",
                                           "Contact: <sip:peer@df7jal23ls0d.invalid>\r\n",
                                           "Contact: <sip:peer@192.0.2.1;transport=ws>\r\n"};
    sip_path path = {.flow = 4711};
    world w;

    (void)state;
    open_world(&w);
    for (size_t i = 0; i < 3; i++) {
        dum__dialog *dialog =
            make_uac(&w, "<sip:a@x>;tag=ours", "<sip:b@y>;tag=theirs", contacts[i]);

        assert_false(dum__dialog_flow(dialog, &path));
        dialog->way_flow = 99; /* has ended */
        assert_false(dum__dialog_flow(dialog, &path));
        dum__dialog_destroy(dialog);
    }
    assert_int_equal(path.flow, 4711);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callers_dialog),
        cmocka_unit_test(called_dialog),
        cmocka_unit_test(only_the_tag_is_taken_off),
        cmocka_unit_test(fallback_target),
        cmocka_unit_test(a_request_without_contact_makes_none),
        cmocka_unit_test(from_and_to_may_be_missing),
        cmocka_unit_test(found_for_a_request),
        cmocka_unit_test(the_target_follows_the_contact),
        cmocka_unit_test(the_2xx_names_the_routes_anew),
        cmocka_unit_test(cseq_only_rises),
        cmocka_unit_test(without_memory_there_is_none),
        cmocka_unit_test(a_flow_is_for_who_cannot_be_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
