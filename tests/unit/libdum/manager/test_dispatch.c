#include "manager/dispatch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "support/fail_alloc.h"
#include "support/one_ua.h"

typedef struct world {
    one_ua ua;
    fail_alloc fails;
    dum__dialog *dialog; /* Call-ID "d", our tag "ours", the peer's "theirs", CSeq 10 so far */
    probe_log log;
} world;

static void open_world(world *w)
{
    memset(w, 0, sizeof *w);
    fail_alloc_init(&w->fails, 0);
    assert_int_equal(one_ua_open(&w->ua, NULL, &w->fails.allocator), 0);
}

static void close_world(world *w)
{
    dum__dialog_set *set = w->dialog == NULL ? NULL : w->dialog->set;

    if (w->dialog != NULL && w->dialog->usage != NULL) {
        dum__usage_destroy(w->dialog->usage);
    }
    dum__dialog_set_destroy(set);
    assert_int_equal(one_ua_left(&w->ua), 0);
    one_ua_close(&w->ua);
    assert_int_equal(w->fails.live, 0);
}

static void add_dialog(world *w)
{
    static const char invite[] = "INVITE sip:ua@ua SIP/2.0\r\nFrom: <sip:x@y>;tag=theirs\r\n"
                                 "To: <sip:ua@ua>\r\nCall-ID: d\r\nCSeq: 10 INVITE\r\n"
                                 "Contact: <sip:x@192.0.2.99>\r\n\r\n";
    dum__dialog_set *set;
    sip_msg *msg;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(invite), NULL, &msg, NULL), 0);
    assert_int_equal(dum__dialog_set_create(w->ua.dum, SIP_STR("d"), SIP_STR("ours"), &set), 0);
    assert_int_equal(dum__dialog_create_uas(set, msg, &w->dialog), 0);
    sip_msg_unref(msg);
}

/* With a usage that answers 200. */
static void open_dialog(world *w)
{
    open_world(w);
    add_dialog(w);
    w->log.answer = 200;
    w->dialog->usage = probe_create(w->ua.dum->builtin, &w->log);
}

/* A request in that dialog, under a branch of its own. */
static one_ua_request inside(const char *method, unsigned cseq, const char *branch)
{
    return (one_ua_request){.method = method,
                            .call_id = "d",
                            .from_tag = "theirs",
                            .to_tag = "ours",
                            .cseq = cseq,
                            .branch = branch};
}

/* ---- in a dialog */

static void to_the_dialogs_usage(void **state)
{
    one_ua_request request = inside("INFO", 11, "1");
    world w;

    (void)state;
    open_dialog(&w);
    assert_int_equal(one_ua_ask(&w.ua, &request), 200);
    assert_int_equal(w.log.requests, 1);
    request = inside("NOVELTY", 12, "2"); /* what it makes of the method is its own affair */
    assert_int_equal(one_ua_ask(&w.ua, &request), 200);
    assert_int_equal(w.log.requests, 2);
    assert_int_equal(w.dialog->remote_cseq, 12);
    close_world(&w);
}

static void stray_requests_in_dialogs(void **state)
{
    static const char *const methods[] = {"INVITE", "BYE", "INFO", "OPTIONS", "NOVELTY"};
    world w;

    (void)state;
    open_world(&w);
    add_dialog(&w); /* nobody uses it yet */
    for (size_t i = 0; i < 5; i++) {
        const char branch[] = {(char)('a' + i), '\0'}, other[] = {(char)('A' + i), '\0'};
        one_ua_request request = inside(methods[i], 11 + (unsigned)i, branch);

        assert_int_equal(one_ua_ask(&w.ua, &request), 481);
        request.to_tag = "unknown";
        request.branch = other;
        assert_int_equal(one_ua_ask(&w.ua, &request), 481);
    }
    assert_int_equal(w.dialog->remote_cseq, 10);
    close_world(&w);
}

static void sequence_numbers_only_rise(void **state)
{
    static const struct {
        unsigned cseq;
        const char *branch;
        int status;
    } steps[] = {
        {9, "1", 500},  {10, "2", 500}, {11, "3", 200},         {11, "4", 500},
        {40, "5", 200}, {39, "6", 500}, {2147483647, "7", 200}, {1, "8", 500},
    };
    world w;

    (void)state;
    open_dialog(&w);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const one_ua_request request = inside("INFO", steps[i].cseq, steps[i].branch);

        assert_int_equal(one_ua_ask(&w.ua, &request), steps[i].status);
    }
    assert_int_equal(w.log.requests, 3);
    close_world(&w);
}

static void required_extensions_in_a_dialog(void **state)
{
    one_ua_request request = inside("INFO", 11, "1");
    world w;

    (void)state;
    open_dialog(&w);
    request.more = "Require: magic\r\n";
    assert_int_equal(one_ua_ask(&w.ua, &request), 420);
    assert_true(one_ua_said(&w.ua, "Unsupported: magic"));
    assert_int_equal(w.log.requests, 0);
    close_world(&w);
}

static void a_usage_that_takes_no_requests(void **state)
{
    const one_ua_request info = inside("INFO", 11, "1"), ack = inside("ACK", 10, "2");
    world w;

    (void)state;
    open_world(&w);
    add_dialog(&w);
    w.dialog->usage = probe_create_deaf(w.ua.dum->builtin, &w.log);
    assert_int_equal(one_ua_ask(&w.ua, &info), 405);
    assert_true(one_ua_said(&w.ua, "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS"));
    assert_int_equal(one_ua_ask(&w.ua, &ack), 0);
    close_world(&w);
}

static void acks_never_get_an_answer(void **state)
{
    one_ua_request ack = inside("ACK", 10, "1");
    world w;

    (void)state;
    open_dialog(&w);
    assert_int_equal(one_ua_ask(&w.ua, &ack), 0);
    assert_int_equal(w.log.acks, 1);
    ack.to_tag = "unknown";
    assert_int_equal(one_ua_ask(&w.ua, &ack), 0);
    ack.to_tag = NULL;
    assert_int_equal(one_ua_ask(&w.ua, &ack), 0);
    assert_int_equal(w.log.acks, 1);
    dum__usage_destroy(w.dialog->usage);
    w.dialog->usage = NULL;
    ack = inside("ACK", 10, "2");
    assert_int_equal(one_ua_ask(&w.ua, &ack), 0);
    assert_int_equal(w.ua.n_sent, 0);
    close_world(&w);
}

/* ---- outside of dialogs */

static dum__incoming *held;
static unsigned taken;

static void hold(dum_manager *dum, dum__incoming *in)
{
    (void)dum;
    held = in;
    taken++;
}

static const dum__taker holder = {.take = hold};

static void what_nobody_takes(void **state)
{
    static const one_ua_request cases[] = {
        {.method = "NOVELTY", .branch = "1"},
        {.method = "MESSAGE", .branch = "2"},
        {.method = "NOVELTY", .branch = "3", .more = "Require: x\r\n"}, /* method first (8.2) */
    };
    world w;

    (void)state;
    open_world(&w);
    for (size_t i = 0; i < 3; i++) {
        one_ua_request request = cases[i];

        request.call_id = cases[i].branch;
        assert_int_equal(one_ua_ask(&w.ua, &request), 405);
        assert_true(one_ua_said(&w.ua, "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS"));
    }
    close_world(&w);
}

static void the_taker_of_the_method_or_of_all_else(void **state)
{
    world w;

    (void)state;
    held = NULL;
    taken = 0;
    open_world(&w);
    w.ua.dum->takers[SIP_METHOD_OTHER] = &holder;
    assert_int_equal(one_ua_ask(&w.ua, &(one_ua_request){.method = "NOVELTY"}), 0);
    assert_int_equal(taken, 1);
    assert_int_equal(dum__incoming_respond(held, 200, NULL), 0);
    assert_int_equal(one_ua_ask(&w.ua, &(one_ua_request){.branch = "2"}), 200); /* OPTIONS */
    assert_int_equal(taken, 1);
    assert_int_equal(
        one_ua_ask(&w.ua, &(one_ua_request){.method = "BYE", .branch = "3", .cseq = 3}), 481);
    assert_int_equal(taken, 1);
    close_world(&w);
}

static void what_is_not_for_us(void **state)
{
    static const struct {
        one_ua_request request;
        int status;
    } cases[] = {
        {{.uri = "tel:+12125551212"}, 416},
        {{.uri = "unknown:stuff"}, 416},
        {{.uri = "sips:ua@ua"}, 200},
        {{.more = "Require: magic\r\n"}, 420},
        {{.more = "Require:\r\n"}, 200},
        {{.more = "Proxy-Require: magic\r\n"}, 200}, /* a proxy's affair */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w;

        open_world(&w);
        assert_int_equal(one_ua_ask(&w.ua, &cases[i].request), cases[i].status);
        close_world(&w);
    }
}

static void nothing_new_while_stopping(void **state)
{
    one_ua_request request = inside("INFO", 11, "1");
    world w;

    (void)state;
    open_dialog(&w);
    w.ua.dum->stopping = true;
    assert_int_equal(one_ua_ask(&w.ua, &(one_ua_request){.branch = "2"}), 503);
    assert_int_equal(one_ua_ask(&w.ua, &request), 200); /* dialogs may say goodbye */
    w.ua.dum->stopping = false;
    close_world(&w);
}

static unsigned checks;

static dum__verdict keep(dum__gate *gate, dum__incoming *in)
{
    (void)gate;
    checks++;
    held = in;
    return DUM__TAKEN;
}

static dum__verdict pass(dum__gate *gate, dum__incoming *in)
{
    (void)gate, (void)in;
    checks++;
    return DUM__PASS;
}

static void past_the_gate(void **state)
{
    dum__gate open = {.check = pass}, closed = {.check = keep};
    one_ua_request in_dialog = inside("INFO", 11, "3");
    world w;

    (void)state;
    checks = 0;
    open_dialog(&w);
    w.ua.dum->gate = &open;
    assert_int_equal(one_ua_ask(&w.ua, &(one_ua_request){.branch = "1"}), 200);
    assert_int_equal(checks, 1);
    w.ua.dum->gate = &closed;
    assert_int_equal(one_ua_ask(&w.ua, &(one_ua_request){.branch = "2", .call_id = "2"}), 0);
    assert_int_equal(checks, 2);
    w.ua.dum->resume(held);
    sip_sim_run(w.ua.sim, 20);
    assert_int_equal(one_ua_status(&w.ua), 200);
    w.ua.n_sent = 0;
    w.ua.dum->resume(held); /* it has been answered */
    sip_sim_run(w.ua.sim, 20);
    assert_int_equal(w.ua.n_sent, 0);
    assert_int_equal(one_ua_ask(&w.ua, &in_dialog), 200);
    assert_int_equal(checks, 2); /* whoever is in a dialog has passed it */
    close_world(&w);
}

static void merged_before_the_gate(void **state)
{
    dum__gate closed = {.check = keep};
    world w;

    (void)state;
    checks = 0;
    open_world(&w);
    w.ua.dum->gate = &closed;
    assert_int_equal(one_ua_ask(&w.ua, &(one_ua_request){.branch = "1"}), 0);
    assert_int_equal(one_ua_ask(&w.ua, &(one_ua_request){.branch = "2"}), 482);
    assert_int_equal(checks, 1);
    dum__incoming_respond(held, 403, NULL);
    close_world(&w);
}

static void cancels(void **state)
{
    static const one_ua_request invite = {.method = "INVITE"}, cancel = {.method = "CANCEL"},
                                stray = {.method = "CANCEL", .branch = "2"},
                                astray = {.method = "CANCEL", .branch = "3"};
    world w;

    (void)state;
    open_world(&w);
    w.ua.dum->takers[SIP_METHOD_INVITE] = &holder;
    assert_int_equal(one_ua_ask(&w.ua, &stray), 481);
    one_ua_ask(&w.ua, &invite);
    assert_int_equal(one_ua_ask(&w.ua, &astray), 481);
    assert_false(held->cancelled);
    assert_int_equal(one_ua_ask(&w.ua, &cancel), 487); /* nobody owns it */
    assert_int_equal(w.ua.n_sent, 2);
    assert_memory_equal(w.ua.sent[0], "SIP/2.0 200 OK\r\n", 16);
    close_world(&w);
}

/* After its final response a CANCEL is answered and has no effect (9.2). */
static void cancels_that_come_too_late(void **state)
{
    static const one_ua_request invite = {.method = "INVITE"}, cancel = {.method = "CANCEL"};
    world w;

    (void)state;
    open_world(&w);
    w.ua.dum->takers[SIP_METHOD_INVITE] = &holder;
    one_ua_ask(&w.ua, &invite);
    dum__incoming_respond(held, 486, NULL);
    assert_int_equal(one_ua_ask(&w.ua, &cancel), 200);
    assert_int_equal(w.ua.n_sent, 1);
    assert_false(held->cancelled);
    close_world(&w);
}

/* ---- without memory */

static void each_allocation_fails_once(void **state)
{
    bool failed = true;

    (void)state;
    for (size_t n = 1; failed; n++) {
        int status;
        world w;

        open_world(&w);
        w.fails.fail_at = w.fails.calls + n;
        status = one_ua_ask(&w.ua, &(one_ua_request){.branch = "1"});
        failed = w.fails.failed;
        w.fails.fail_at = 0;
        if (status == 0) {
            sip_sim_run(w.ua.sim, 1000); /* it was decided, and leaves now */
            status = one_ua_status(&w.ua);
        }
        if (status == 0) {
            status = one_ua_ask(&w.ua, &(one_ua_request){.branch = "1"}); /* repeated */
        }
        assert_true(status == 200 || status == 500 || status == 503);
        close_world(&w);
    }
}

static size_t alloc_after;
static void *(*alloc_well)(size_t, void *);

static void *alloc_some(size_t bytes, void *user_data)
{
    if (alloc_after == 0) {
        return NULL;
    }
    alloc_after--;
    return alloc_well(bytes, user_data);
}

/* Memory ends for a while, however far the request has got: afterwards its repetition is answered,
 * and no transaction is left behind. */
static void memory_ends_for_a_while(void **state)
{
    static const one_ua_request requests[] = {{.method = "OPTIONS"}, {.method = "INVITE"}};

    (void)state;
    for (size_t n = 0; n < 40; n++) {
        int status;
        world w;

        open_world(&w);
        alloc_well = w.fails.allocator.alloc;
        w.fails.allocator.alloc = alloc_some;
        alloc_after = n / 2;
        one_ua_ask(&w.ua, &requests[n % 2]);
        sip_sim_run(w.ua.sim, 1000);
        status = one_ua_status(&w.ua);
        w.fails.allocator.alloc = alloc_well;
        sip_sim_run(w.ua.sim, 1000);
        status = status >= 200 ? status : one_ua_status(&w.ua);
        if (status < 200) {
            status = one_ua_ask(&w.ua, &requests[n % 2]);
        }
        assert_true(status >= 200);
        close_world(&w);
    }
}

/* A CANCEL of an INVITE that there was no memory to take in. */
static void cancel_of_what_was_never_taken_in(void **state)
{
    static const one_ua_request invite = {.method = "INVITE"};
    sip_server_tx *tx;
    world w;

    (void)state;
    open_world(&w);
    w.ua.dum->takers[SIP_METHOD_INVITE] = &holder;
    one_ua_ask(&w.ua, &invite);
    tx = held->tx;
    dum__incoming_ended(held);
    assert_null(dum__incoming_of(tx));
    dum__dispatch_cancel(w.ua.dum, tx);
    sip_sim_run(w.ua.sim, 20);
    assert_int_equal(one_ua_status(&w.ua), 487);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_the_dialogs_usage),
        cmocka_unit_test(stray_requests_in_dialogs),
        cmocka_unit_test(sequence_numbers_only_rise),
        cmocka_unit_test(required_extensions_in_a_dialog),
        cmocka_unit_test(a_usage_that_takes_no_requests),
        cmocka_unit_test(acks_never_get_an_answer),
        cmocka_unit_test(what_nobody_takes),
        cmocka_unit_test(the_taker_of_the_method_or_of_all_else),
        cmocka_unit_test(what_is_not_for_us),
        cmocka_unit_test(nothing_new_while_stopping),
        cmocka_unit_test(past_the_gate),
        cmocka_unit_test(merged_before_the_gate),
        cmocka_unit_test(cancels),
        cmocka_unit_test(cancels_that_come_too_late),
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(memory_ends_for_a_while),
        cmocka_unit_test(cancel_of_what_was_never_taken_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
