#include "../transaction/tx_world.h"

#include <stdio.h>
#include <string.h>

#include "stack/queue_side.h"
#include "stack/tu_queue.h"
#include "stack/tu_selector.h"

/* A world whose only TU has a queue of eight. */
typedef struct queue_world {
    tx_world world;
    sip_tu *tu;
} queue_world;

static void begin(queue_world *w)
{
    world_init(&w->world);
    sip_list_remove(&w->world.tu->link);
    assert_int_equal(sip_tu_create_queued(w->world.stack, NULL, 8, &w->tu), 0);
    sip_list_append(&w->world.tu->link, &w->world.tu->link);
}

/* The world's own TU comes back, so that it is destroyed with the rest. */
static void end(queue_world *w)
{
    sip_list_remove(&w->world.tu->link);
    sip_list_append(&w->tu->link, &w->world.tu->link);
    world_finish(&w->world);
}

static sip_msg *receive(queue_world *w)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_tu_receive(w->tu, 0, &msg), 0);
    return msg;
}

static void assert_nothing(queue_world *w)
{
    sip_msg *msg = NULL;

    assert_int_equal(sip_tu_receive(w->tu, 0, &msg), SIP_EAGAIN);
    assert_null(msg);
}

static void post(queue_world *w, sip_msg *msg)
{
    assert_int_equal(sip_post(w->tu, msg), 0);
    world_turn(&w->world);
}

static void answer(queue_world *w, const sip_msg *request, int status)
{
    sip_msg *response = NULL;

    assert_int_equal(sip_response_create(request, status, SIP_STR("mine"), NULL, &response), 0);
    post(w, response);
}

static void assert_stats(queue_world *w, unsigned refused, unsigned dropped, unsigned late)
{
    sip_tu_queue_stats stats;

    assert_int_equal(sip_tu_queue_get_stats(w->tu, &stats), 0);
    assert_int_equal(stats.refused, refused);
    assert_int_equal(stats.dropped, dropped);
    assert_int_equal(stats.late, late);
}

static void test_request_and_answer(void **state)
{
    queue_world w;
    sip_msg *request;

    (void)state;
    begin(&w);
    assert_nothing(&w);
    world_peer_request(&w.world, "OPTIONS", WORLD_BRANCH);
    assert_int_equal(w.world.n_sends, 0);
    request = receive(&w);
    assert_int_equal(sip_msg_method(request), SIP_METHOD_OPTIONS);
    assert_nothing(&w);
    world_peer_request(&w.world, "OPTIONS", WORLD_BRANCH); /* absorbed */
    assert_nothing(&w);
    answer(&w, request, 200);
    assert_last_sent(&w.world, "SIP/2.0 200 ");
    answer(&w, request, 200); /* one too many */
    assert_int_equal(w.world.n_sends, 1);
    assert_stats(&w, 0, 0, 1);
    world_run(&w.world, 33000); /* the transaction has ended, nothing is left of it */
    answer(&w, request, 404);
    assert_int_equal(w.world.n_sends, 1);
    assert_stats(&w, 0, 0, 2);
    (void)sip_msg_unref(request);
    end(&w);
}

static void test_two_at_once(void **state)
{
    queue_world w;
    sip_msg *first, *second;

    (void)state;
    begin(&w);
    world_peer_request(&w.world, "OPTIONS", "z9hG4bKone");
    world_peer_request(&w.world, "OPTIONS", "z9hG4bKtwo");
    first = receive(&w);
    second = receive(&w);
    answer(&w, second, 200);
    assert_non_null(strstr(w.world.sends[0].text, "z9hG4bKtwo"));
    answer(&w, first, 486);
    assert_non_null(strstr(w.world.sends[1].text, "z9hG4bKone"));
    (void)sip_msg_unref(first);
    (void)sip_msg_unref(second);
    end(&w);
}

static void test_invite(void **state)
{
    queue_world w;
    sip_msg *invite, *cancel, *ack;

    (void)state;
    begin(&w);
    world_peer_request(&w.world, "INVITE", WORLD_BRANCH);
    invite = receive(&w);
    answer(&w, invite, 180);
    assert_last_sent(&w.world, "SIP/2.0 180 ");
    world_peer_request(&w.world, "CANCEL", WORLD_BRANCH);
    assert_last_sent(&w.world, "SIP/2.0 200 ");
    cancel = receive(&w);
    assert_int_equal(sip_msg_method(cancel), SIP_METHOD_CANCEL);
    assert_int_equal(sip_msg_cseq(cancel)->number, sip_msg_cseq(invite)->number);
    answer(&w, invite, 487);
    assert_last_sent(&w.world, "SIP/2.0 487 ");
    world_peer_request(&w.world, "ACK", WORLD_BRANCH); /* the transaction's */
    assert_nothing(&w);
    world_peer_request(&w.world, "ACK", "z9hG4bKother"); /* to a 2xx */
    ack = receive(&w);
    assert_int_equal(sip_msg_method(ack), SIP_METHOD_ACK);
    (void)sip_msg_unref(ack);
    (void)sip_msg_unref(cancel);
    (void)sip_msg_unref(invite);
    end(&w);
}

static void test_full(void **state)
{
    queue_world w;
    char branch[32];

    (void)state;
    begin(&w);
    for (int i = 0; i < 4; i++) { /* half of the room */
        snprintf(branch, sizeof(branch), "z9hG4bKn%d", i);
        world_peer_request(&w.world, "INVITE", branch);
    }
    assert_int_equal(w.world.n_sends, 0);
    world_peer_request(&w.world, "OPTIONS", "z9hG4bKlate");
    assert_last_sent(&w.world, "SIP/2.0 503 ");
    assert_non_null(strstr(w.world.sends[0].text, "Retry-After: 1\r\n"));
    assert_stats(&w, 1, 0, 0);
    for (int i = 0; i < 4; i++) { /* the other half is for such */
        world_peer_request(&w.world, "ACK", "z9hG4bKack");
    }
    assert_stats(&w, 1, 0, 0);
    world_peer_request(&w.world, "ACK", "z9hG4bKack");
    assert_stats(&w, 1, 1, 0);
    world_peer_request(&w.world, "CANCEL", "z9hG4bKn0"); /* answered for the thread */
    assert_last_sent(&w.world, "SIP/2.0 487 ");
    assert_stats(&w, 1, 2, 0);
    for (int i = 0; i < 8; i++) {
        (void)sip_msg_unref(receive(&w));
    }
    assert_nothing(&w);
    end(&w);
}

static void test_requests_of_the_thread(void **state)
{
    queue_world w;
    sip_msg *response;

    (void)state;
    begin(&w);
    post(&w, world_request("OPTIONS", "sip:b@192.0.2.2:5070"));
    assert_last_sent(&w.world, "OPTIONS sip:b@192.0.2.2:5070 ");
    world_answer(&w.world, 0, 200);
    response = receive(&w);
    assert_int_equal(sip_msg_status(response), 200);
    assert_int_equal(sip_msg_source(response)->protocol, SIP_PROTOCOL_UDP);
    (void)sip_msg_unref(response);
    post(&w, world_request("ACK", "sip:b@192.0.2.2:5070"));
    assert_last_sent(&w.world, "ACK sip:b@192.0.2.2:5070 ");
    assert_nothing(&w);
    end(&w);
}

static void test_no_answer(void **state)
{
    queue_world w;
    sip_msg *response;
    sip_str warning;

    (void)state;
    begin(&w);
    post(&w, world_request("OPTIONS", "sip:b@192.0.2.2:5070"));
    world_run(&w.world, 33000);
    response = receive(&w);
    assert_int_equal(sip_msg_status(response), 408);
    assert_int_equal(sip_msg_source(response)->protocol, SIP_PROTOCOL_NONE);
    warning = sip_msg_value(response, SIP_HEADER_WARNING, 0);
    assert_true(warning.len > 20 && memcmp(warning.ptr, "399 parley \"", 12) == 0);
    (void)sip_msg_unref(response);
    assert_nothing(&w);
    end(&w);
}

static void test_cancels(void **state)
{
    queue_world w;
    sip_msg *response;

    (void)state;
    begin(&w);
    post(&w, world_request("INVITE", "sip:b@192.0.2.2:5070"));
    world_answer(&w.world, 0, 180);
    (void)sip_msg_unref(receive(&w));
    post(&w, world_request("CANCEL", "sip:b@192.0.2.2:5070"));
    assert_last_sent(&w.world, "CANCEL sip:b@192.0.2.2:5070 ");
    world_answer(&w.world, 0, 487);
    response = receive(&w);
    assert_int_equal(sip_msg_status(response), 487);
    (void)sip_msg_unref(response);
    assert_stats(&w, 0, 0, 0);
    post(&w, world_request("CANCEL", "sip:b@192.0.2.2:5070")); /* too late */
    assert_stats(&w, 0, 0, 1);
    end(&w);
}

static void test_bounded_requests(void **state)
{
    queue_world w;
    sip_msg *more = world_request("OPTIONS", "sip:b@192.0.2.2:5070");

    (void)state;
    begin(&w);
    for (unsigned i = 0; i < 8; i++) {
        post(&w, world_request("OPTIONS", "sip:b@192.0.2.2:5070"));
    }
    assert_int_equal(sip_post(w.tu, more), SIP_EBUSY);
    world_answer(&w.world, 0, 200); /* its place is taken until it is received */
    assert_int_equal(sip_post(w.tu, more), SIP_EBUSY);
    (void)sip_msg_unref(receive(&w));
    post(&w, more);
    assert_int_equal(w.world.n_sends, 9);
    end(&w);
}

static void test_stops(void **state)
{
    queue_world w;
    sip_msg *msg = NULL;

    (void)state;
    begin(&w);
    assert_false(sip_tu_is_stopping(w.tu));
    post(&w, world_request("OPTIONS", "sip:b@192.0.2.2:5070"));
    sip_stack_stop(w.world.stack);
    world_turn(&w.world);
    assert_true(sip_tu_is_stopping(w.tu));
    assert_nothing(&w); /* an answer is awaited */
    world_answer(&w.world, 0, 200);
    (void)sip_msg_unref(receive(&w));
    assert_int_equal(sip_stack_process(w.world.stack), 1);
    assert_int_equal(sip_tu_receive(w.tu, 0, &msg), SIP_EGONE);
    assert_int_equal(sip_tu_receive(w.tu, 0, &msg), SIP_EGONE);
    assert_int_equal(sip_stack_process(w.world.stack), 0);
    end(&w);
}

static void test_time_to_stop_is_over(void **state)
{
    queue_world w;
    sip_msg *msg = NULL;

    (void)state;
    begin(&w);
    post(&w, world_request("INVITE", "sip:b@192.0.2.2:5070"));
    sip_stack_stop(w.world.stack);
    world_turn(&w.world);
    assert_nothing(&w);
    world_run(&w.world, 5010);
    assert_int_equal(sip_tu_receive(w.tu, 0, &msg), SIP_EGONE);
    end(&w);
}

static void test_refuses(void **state)
{
    queue_world w;
    sip_msg *msg = world_request("OPTIONS", "sip:b@192.0.2.2:5070");
    sip_tu_queue_stats stats;
    sip_msg *got;

    (void)state;
    begin(&w);
    assert_int_equal(sip_tu_create_queued(NULL, NULL, 8, NULL), SIP_EINVAL);
    assert_int_equal(sip_tu_create_queued(w.world.stack, NULL, 3, NULL), SIP_EINVAL);
    assert_int_equal(sip_post(NULL, msg), SIP_EINVAL);
    assert_int_equal(sip_post(w.tu, NULL), SIP_EINVAL);
    assert_int_equal(sip_post(w.world.tu, msg), SIP_EINVAL); /* has no queue */
    assert_int_equal(sip_tu_receive(w.world.tu, 0, &got), SIP_EINVAL);
    assert_int_equal(sip_tu_receive(w.tu, 0, NULL), SIP_EINVAL);
    assert_int_equal(sip_tu_queue_get_stats(w.world.tu, &stats), SIP_EINVAL);
    assert_int_equal(sip_tu_queue_get_stats(w.tu, NULL), SIP_EINVAL);
    assert_false(sip_tu_is_stopping(w.world.tu));
    sip__tu_queue_close(w.world.tu);
    sip__tu_forget(NULL);
    (void)sip_msg_unref(msg);
    end(&w);
}

/* Made, or nothing is left of it. */
static void test_creation_out_of_memory(void **state)
{
    size_t n = 0;
    int err;

    (void)state;
    do {
        tx_world world;
        sip_tu *tu = NULL;

        world_init(&world);
        world.memory.fail_at = world.memory.calls + ++n;
        err = sip_tu_create_queued(world.stack, NULL, 8, &tu);
        assert_true(err == 0 || (err == SIP_ENOMEM && tu == NULL));
        assert_int_equal(sip_tu_queue_get_stats(tu, &(sip_tu_queue_stats){0}),
                         err == 0 ? 0 : SIP_EINVAL);
        world.memory.fail_at = 0;
        world_finish(&world);
    } while (err != 0);
    assert_true(n > 3);
}

/* A request and its answer: each allocation fails once; nothing leaks, and nothing hangs. */
static void test_out_of_memory(void **state)
{
    bool failed;
    size_t n = 0;

    (void)state;
    do {
        queue_world w;
        sip_msg *request = world_request("OPTIONS", "sip:b@192.0.2.2:5070");
        sip_msg *msg;
        int err;

        begin(&w);
        w.world.memory.fail_at = w.world.memory.calls + ++n;
        w.world.memory.failed = false;
        world_peer_request(&w.world, "INVITE", WORLD_BRANCH);
        while (sip_tu_receive(w.tu, 0, &msg) == 0) {
            (void)sip_msg_unref(msg);
        }
        err = sip_post(w.tu, request);
        assert_true(err == 0 || err == SIP_ENOMEM);
        if (err != 0) {
            (void)sip_msg_unref(request);
        }
        world_run(&w.world, 33000);
        while (sip_tu_receive(w.tu, 0, &msg) == 0) {
            (void)sip_msg_unref(msg);
        }
        failed = w.world.memory.failed;
        sip_stack_stop(w.world.stack);
        world_turn(&w.world);
        assert_int_equal(sip_tu_receive(w.tu, 0, &msg), SIP_EGONE);
        end(&w);
    } while (failed);
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_and_answer),
        cmocka_unit_test(test_two_at_once),
        cmocka_unit_test(test_invite),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_requests_of_the_thread),
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_cancels),
        cmocka_unit_test(test_bounded_requests),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_time_to_stop_is_over),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_creation_out_of_memory),
        cmocka_unit_test(test_out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
