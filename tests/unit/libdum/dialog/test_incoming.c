#include "dialog/incoming.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "support/fail_alloc.h"
#include "support/guard_str.h"
#include "support/one_ua.h"

/* A taker that holds every request. */
static dum__incoming *held;
static unsigned taken;

static void hold(dum_manager *dum, dum__incoming *in)
{
    assert_ptr_equal(in->dum, dum);
    held = in;
    taken++;
}

static const dum__taker taker = {.take = hold};

/* What the owner heard. */
static unsigned cancels, ends;

static void on_cancel(dum__incoming *in)
{
    assert_true(in->cancelled);
    cancels++;
}

static void on_ended(dum__incoming *in)
{
    assert_int_equal(*(int *)in->owner_data, 42);
    ends++;
}

static const dum__incoming_owner owner = {.on_cancel = on_cancel, .on_ended = on_ended};
static const dum__incoming_owner indifferent;
static int owner_data = 42;

typedef struct world {
    one_ua ua;
    fail_alloc fails;
} world;

static void open_world(world *w, const char *user_agent)
{
    const dum_config config = {.user_agent = user_agent};

    held = NULL;
    taken = cancels = ends = 0;
    fail_alloc_init(&w->fails, 0);
    assert_int_equal(one_ua_open(&w->ua, &config, &w->fails.allocator), 0);
    w->ua.dum->takers[SIP_METHOD_INVITE] = &taker;
    w->ua.dum->takers[SIP_METHOD_OPTIONS] = &taker;
    w->ua.dum->takers[SIP_METHOD_INFO] = &taker;
    w->ua.dum->takers[SIP_METHOD_MESSAGE] = &taker;
}

static void close_world(world *w)
{
    assert_int_equal(one_ua_left(&w->ua), 0);
    assert_true(sip_list_is_empty(&w->ua.dum->incomings));
    one_ua_close(&w->ua);
    assert_int_equal(w->fails.live, 0);
}

/* A request of this method arrives and is held. */
static dum__incoming *arrive(world *w, const char *method, const char *more)
{
    const one_ua_request request = {.method = method, .more = more, .cseq = 9};

    one_ua_ask(&w->ua, &request);
    assert_non_null(held);
    return held;
}

/* What has left since. */
static int left(world *w)
{
    sip_sim_run(w->ua.sim, 20);
    return one_ua_status(&w->ua);
}

static void linked_to_its_transaction(void **state)
{
    dum__incoming *in;
    world w;

    (void)state;
    open_world(&w, NULL);
    in = arrive(&w, "INFO", NULL);
    assert_ptr_equal(dum__incoming_of(in->tx), in);
    assert_ptr_equal(dum__incoming_msg(in), sip_server_tx_request(in->tx));
    assert_int_equal(in->cseq, 9);
    assert_int_equal(in->method, SIP_METHOD_INFO);
    assert_ptr_equal(w.ua.dum->incomings.next, &in->link);
    assert_null(in->owner);
    assert_int_equal(dum__incoming_respond(in, 200, NULL), 0);
    assert_null(dum__incoming_msg(in));
    assert_int_equal(dum__incoming_respond(in, 200, NULL), SIP_ESTATE);
    assert_int_equal(dum__incoming_respond_later(in, 503, 1), SIP_ESTATE);
    assert_int_equal(left(&w), 200);
    assert_int_equal(w.ua.n_sent, 1);
    close_world(&w);
}

static void what_each_status_says(void **state)
{
    static const sip_header extra[] = {{"X-More", "1"}, {NULL, NULL}};
    const sip_extras extras = {.headers = extra};
    static const struct {
        const char *method;
        int status;
        bool allow, accept, unsupported;
    } cases[] = {
        {"INFO", 200, false, false, false},   {"INFO", 405, true, false, false},
        {"INFO", 415, false, true, false},    {"INFO", 481, false, false, false},
        {"OPTIONS", 200, true, true, false},  {"OPTIONS", 486, false, false, false},
        {"OPTIONS", 405, true, false, false}, {"INVITE", 500, false, false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w;

        open_world(&w, "Tester/1");
        arrive(&w, cases[i].method, NULL);
        assert_int_equal(dum__incoming_respond(held, cases[i].status, &extras), 0);
        assert_int_equal(left(&w), cases[i].status);
        assert_true(one_ua_said(&w.ua, "Server: Tester/1"));
        assert_true(one_ua_said(&w.ua, "X-More: 1"));
        assert_int_equal(one_ua_said(&w.ua, "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS"),
                         cases[i].allow);
        assert_int_equal(one_ua_said(&w.ua, "Accept: application/sdp"), cases[i].accept);
        assert_int_equal(one_ua_said(&w.ua, "Accept-Encoding: identity"), cases[i].accept);
        close_world(&w);
    }
}

static void accept_goes_by_the_method(void **state)
{
    static const struct {
        const char *method;
        int status;
        bool has_messages;
        const char *accept;
    } cases[] = {
        {"OPTIONS", 200, false, "\r\nAccept: application/sdp\r\n"},
        {"OPTIONS", 200, true, "\r\nAccept: application/sdp, text/plain\r\n"},
        {"MESSAGE", 415, true, "\r\nAccept: text/plain\r\n"},
        {"INFO", 415, true, "\r\nAccept: application/sdp\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *accept;
        world w;

        open_world(&w, NULL);
        if (cases[i].has_messages) {
            w.ua.dum->allow |= 1u << SIP_METHOD_MESSAGE;
        }
        arrive(&w, cases[i].method, NULL);
        assert_int_equal(dum__incoming_respond(held, cases[i].status, NULL), 0);
        assert_int_equal(left(&w), cases[i].status);
        accept = strstr(w.ua.sent[0], "\r\nAccept: ");
        assert_non_null(accept);
        assert_memory_equal(accept, cases[i].accept, strlen(cases[i].accept));
        assert_null(strstr(accept + 2, "\r\nAccept: "));
        close_world(&w);
    }
}

static void unsupported_names_all_that_was_required(void **state)
{
    const one_ua_request request = {.method = "INFO",
                                    .more = "Require: 100rel, timer\r\nRequire: x\r\n"};
    world w;

    (void)state;
    open_world(&w, "");
    assert_int_equal(one_ua_ask(&w.ua, &request), 420); /* by the dispatch */
    assert_non_null(strstr(w.ua.sent[0], "100rel"));
    assert_non_null(strstr(w.ua.sent[0], "timer"));
    assert_non_null(strstr(w.ua.sent[0], "\r\nUnsupported: x\r\n"));
    assert_null(strstr(w.ua.sent[0], "Server:")); /* the user agent is "" */
    close_world(&w);
}

static void one_tag_for_all_responses(void **state)
{
    const char *tag;
    sip_build *build;
    sip_msg *msg;
    char first[100];
    world w;

    (void)state;
    open_world(&w, NULL);
    arrive(&w, "INVITE", NULL);
    assert_int_equal(dum__incoming_respond(held, 180, NULL), 0);
    assert_int_equal(left(&w), 180);
    tag = strstr(w.ua.sent[w.ua.n_sent - 1], "To: <sip:ua@ua>;tag=");
    assert_non_null(tag);
    snprintf(first, sizeof first, "%.*s", (int)strcspn(tag, "\r"), tag);

    build = dum__incoming_build(held, 183, SIP_STR("given"));
    assert_int_equal(sip_build_finish(build, &msg), 0);
    assert_str(sip_msg_to(msg)->tag, "given");
    sip_msg_unref(msg);
    build = dum__incoming_build(held, 100, (sip_str){0});
    assert_int_equal(sip_build_finish(build, &msg), 0);
    assert_int_equal(sip_msg_to(msg)->tag.len, 0); /* 8.2.6.2 */
    sip_msg_unref(msg);

    assert_int_equal(dum__incoming_respond(held, 486, NULL), 0);
    assert_int_equal(left(&w), 486);
    assert_true(one_ua_said(&w.ua, first));
    close_world(&w);
}

static void a_status_out_of_range_changes_nothing(void **state)
{
    static const int wrong[] = {0, 99, 700, -1};
    world w;

    (void)state;
    open_world(&w, NULL);
    arrive(&w, "INFO", NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(dum__incoming_respond(held, wrong[i], NULL), SIP_EINVAL);
    }
    assert_int_equal(dum__incoming_respond(held, 180, NULL), SIP_EINVAL); /* 101..199: INVITE's */
    assert_non_null(dum__incoming_msg(held));
    assert_int_equal(dum__incoming_respond(held, 603, NULL), 0);
    assert_int_equal(left(&w), 603);
    close_world(&w);
}

static void later_says_when(void **state)
{
    static const struct {
        uint32_t retry_s;
        const char *line;
    } cases[] = {{7, "Retry-After: 7"}, {0, "Retry-After: 0"}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        world w;

        open_world(&w, NULL);
        arrive(&w, "INVITE", NULL);
        assert_int_equal(dum__incoming_respond_later(held, 500, cases[i].retry_s), 0);
        assert_int_equal(left(&w), 500);
        assert_true(one_ua_said(&w.ua, cases[i].line));
        close_world(&w);
    }
}

static void owners_hear_of_cancel_and_the_end(void **state)
{
    const one_ua_request cancel = {.method = "CANCEL", .cseq = 9};
    world w;

    (void)state;
    open_world(&w, NULL);
    dum__incoming_own(arrive(&w, "INVITE", NULL), &owner, &owner_data);
    assert_int_equal(one_ua_ask(&w.ua, &cancel), 200); /* the INVITE is its owner's to answer */
    assert_int_equal(cancels, 1);
    assert_int_equal(ends, 0);
    assert_int_equal(dum__incoming_respond(held, 487, NULL), 0);
    assert_int_equal(left(&w), 487);
    close_world(&w);
    assert_int_equal(cancels, 1);
    assert_int_equal(ends, 1);
}

static void given_up_or_indifferent_owners(void **state)
{
    const one_ua_request cancel = {.method = "CANCEL", .cseq = 9};

    (void)state;
    for (int given_up = 0; given_up < 2; given_up++) {
        world w;

        open_world(&w, NULL);
        arrive(&w, "INVITE", NULL);
        if (given_up) {
            dum__incoming_own(held, &owner, &owner_data);
            dum__incoming_own(held, NULL, NULL);
        } else {
            dum__incoming_own(held, &indifferent, NULL);
        }
        assert_int_equal(one_ua_ask(&w.ua, &cancel), 487);
        assert_true(strstr(w.ua.sent[0], "SIP/2.0 200 OK") == w.ua.sent[0]);
        close_world(&w);
        assert_int_equal(cancels + ends, 0);
    }
}

static void the_end_of_the_stack_is_an_end(void **state)
{
    world w;

    (void)state;
    open_world(&w, NULL);
    dum__incoming_own(arrive(&w, "INFO", NULL), &owner, &owner_data);
    one_ua_close(&w.ua);
    assert_int_equal(ends, 1);
    assert_int_equal(w.fails.live, 0);
}

/* The same From tag, Call-ID and CSeq in another branch: 482 while the first one lives. */
static void merged_requests(void **state)
{
    static const one_ua_request first = {.method = "INFO"},
                                again = {.method = "INFO", .branch = "2"};
    static const one_ua_request others[] = {
        {.method = "INFO", .branch = "3", .cseq = 2},
        {.method = "INFO", .branch = "4", .call_id = "c2"},
        {.method = "INFO", .branch = "5", .from_tag = "y"},
        {.method = "INVITE", .branch = "6"},
    };
    world w;

    (void)state;
    open_world(&w, NULL);
    assert_int_equal(one_ua_ask(&w.ua, &first), 0);
    assert_int_equal(one_ua_ask(&w.ua, &again), 482);
    assert_int_equal(taken, 1);
    dum__incoming_respond(held, 200, NULL);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_not_equal(one_ua_ask(&w.ua, &others[i]), 482);
        assert_int_equal(taken, i + 2);
        assert_int_equal(dum__incoming_respond(held, 404, NULL), 0);
    }
    assert_int_equal(one_ua_left(&w.ua), 0); /* all have ended, and are forgotten */
    assert_int_equal(one_ua_ask(&w.ua, &again), 0);
    assert_int_equal(dum__incoming_respond(held, 200, NULL), 0);
    close_world(&w);
}

/* Without memory a final response is decided all the same, and leaves when there is some. */
static void finals_wait_for_memory(void **state)
{
    (void)state;
    for (int later = 0; later < 2; later++) {
        bool failed = true;

        for (size_t n = 1; failed; n++) {
            world w;

            open_world(&w, NULL);
            dum__incoming_own(arrive(&w, "INFO", NULL), &owner, &owner_data);
            w.fails.fail_at = w.fails.calls + n;
            assert_int_equal(later ? dum__incoming_respond_later(held, 503, 5)
                                   : dum__incoming_respond(held, 503, NULL),
                             0);
            failed = w.fails.failed;
            if (held->decided != 0) {
                assert_true(failed);
                assert_int_equal(dum__incoming_respond(held, 200, NULL), SIP_ESTATE);
                assert_int_equal(dum__incoming_respond_later(held, 503, 1), SIP_ESTATE);
            }
            w.fails.fail_at = 0;
            sip_sim_run(w.ua.sim, 1000);
            assert_int_equal(one_ua_status(&w.ua), 503);
            assert_int_equal(w.ua.n_sent, 1);
            close_world(&w);
            assert_int_equal(ends, 1);
        }
    }
}

static void *no_memory(size_t bytes, void *user_data)
{
    (void)bytes, (void)user_data;
    return NULL;
}

/* It is tried again and again, and the end of the stack finds its timer set. */
static void finals_wait_for_memory_long(void **state)
{
    (void)state;
    for (int destroyed = 0; destroyed < 2; destroyed++) {
        void *(*alloc)(size_t, void *);
        world w;

        open_world(&w, NULL);
        arrive(&w, "INFO", NULL);
        alloc = w.fails.allocator.alloc;
        w.fails.allocator.alloc = no_memory;
        assert_int_equal(dum__incoming_respond(held, 200, NULL), 0);
        assert_int_equal(held->decided, 200);
        sip_sim_run(w.ua.sim, 5000);
        assert_int_equal(one_ua_status(&w.ua), 0);
        if (destroyed) {
            one_ua_close(&w.ua);
            assert_int_equal(w.fails.live, 0);
        } else {
            w.fails.allocator.alloc = alloc;
            sip_sim_run(w.ua.sim, 220);
            assert_int_equal(one_ua_status(&w.ua), 200);
            close_world(&w);
        }
    }
}

static void provisionals_do_not_wait(void **state)
{
    bool failed = true;

    (void)state;
    for (size_t n = 1; failed; n++) {
        int err;
        world w;

        open_world(&w, NULL);
        arrive(&w, "INVITE", NULL);
        w.ua.n_sent = 0;
        w.fails.fail_at = w.fails.calls + n;
        err = dum__incoming_respond(held, 180, NULL);
        failed = w.fails.failed;
        assert_true(err == 0 || (err == SIP_ENOMEM && failed));
        assert_int_equal(held->decided, 0);
        assert_int_equal(dum__incoming_respond(held, 486, NULL), 0);
        close_world(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linked_to_its_transaction),
        cmocka_unit_test(what_each_status_says),
        cmocka_unit_test(accept_goes_by_the_method),
        cmocka_unit_test(unsupported_names_all_that_was_required),
        cmocka_unit_test(one_tag_for_all_responses),
        cmocka_unit_test(a_status_out_of_range_changes_nothing),
        cmocka_unit_test(later_says_when),
        cmocka_unit_test(owners_hear_of_cancel_and_the_end),
        cmocka_unit_test(given_up_or_indifferent_owners),
        cmocka_unit_test(the_end_of_the_stack_is_an_end),
        cmocka_unit_test(merged_requests),
        cmocka_unit_test(finals_wait_for_memory),
        cmocka_unit_test(finals_wait_for_memory_long),
        cmocka_unit_test(provisionals_do_not_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
