#include "fsm_world.h"

#include <string.h>

static sip_msg *response_to(const char *method, int status)
{
    sip_msg *request = fsm_world_request(method, FSM_BRANCH, SIP_PROTOCOL_UDP);
    sip_msg *response = fsm_world_response(request, status);

    (void)sip_msg_unref(request);
    return response;
}

static int receive(fsm_world *world, sip_msg *msg)
{
    int err = sip_fsm_receive(world->fsm, msg);

    (void)sip_msg_unref(msg);
    return err;
}

static void test_time_is_the_callers(void **state)
{
    const sip_fsm_config config = {.now_ms = 1000000, .timers = {.t1_ms = 100}};
    fsm_world world;
    sip_fsm_tx *tx;

    (void)state;
    fsm_world_init(&world, &config);
    assert_int_equal(sip_fsm_next_due_ms(world.fsm), UINT64_MAX);
    tx = fsm_world_client(&world, "INVITE", SIP_PROTOCOL_UDP);
    assert_int_equal(world.sends, 0);
    assert_int_equal(sip_fsm_tx_state(tx), SIP_FSM_READY);
    assert_ptr_equal(sip_fsm_tx_data(tx), &world);
    assert_ptr_equal(sip_fsm_of(tx), world.fsm);
    assert_int_equal(sip_fsm_feed(tx, SIP_FSM_MESSAGE_OUT, NULL), 0);
    assert_int_equal(world.sends, 1);
    assert_int_equal(world.sent, 1);
    assert_int_equal(world.last_to.remote.port, 5070);
    assert_int_equal(sip_fsm_next_due_ms(world.fsm), 1000100);
    sip_fsm_advance(world.fsm, 1000099);
    assert_int_equal(world.again, 0);
    /* One leap is as many small steps: 100, 300, 700, 1500, 3100, 6300. */
    sip_fsm_advance(world.fsm, 1006399);
    assert_int_equal(world.again, 6);
    assert_int_equal(world.timeouts, 0);
    sip_fsm_advance(world.fsm, 1000000);
    sip_fsm_advance(world.fsm, 1006400);
    assert_int_equal(world.timeouts, 1);
    assert_int_equal(world.ends, 1);
    assert_int_equal(sip_fsm_count(world.fsm), 0);
    fsm_world_finish(&world);
}

static void test_invite_client_and_cancel(void **state)
{
    fsm_world world;
    sip_fsm_tx *tx;

    (void)state;
    fsm_world_init(&world, NULL);
    tx = fsm_world_client(&world, "INVITE", SIP_PROTOCOL_UDP);
    assert_int_equal(sip_fsm_cancel(tx, NULL), SIP_ESTATE);
    assert_int_equal(sip_fsm_feed(tx, SIP_FSM_MESSAGE_OUT, NULL), 0);
    assert_int_equal(sip_fsm_cancel(tx, NULL), 0);
    assert_int_equal(world.sends, 1);
    assert_int_equal(receive(&world, response_to("INVITE", 180)), 0);
    assert_int_equal(world.created, 2);
    assert_true(strncmp(world.last_sent, "CANCEL ", 7) == 0);
    assert_int_equal(sip_fsm_tx_kind(world.last_created), SIP_FSM_NICT);
    assert_null(sip_fsm_tx_data(world.last_created));
    assert_int_equal(sip_fsm_cancel(world.last_created, NULL), SIP_EINVAL);
    assert_int_equal(receive(&world, response_to("CANCEL", 200)), 0);
    assert_int_equal(receive(&world, response_to("INVITE", 487)), 0);
    assert_true(strncmp(world.last_sent, "ACK ", 4) == 0);
    assert_int_equal(world.acks, 1);
    assert_int_equal(receive(&world, response_to("INVITE", 487)), 0);
    assert_int_equal(world.repeated, 1);
    assert_int_equal(world.again, 1);
    sip_fsm_advance(world.fsm, 32000);
    assert_int_equal(world.ends, 2);
    assert_int_equal(receive(&world, response_to("INVITE", 487)), SIP_EGONE);
    fsm_world_finish(&world);
}

static void test_invite_server(void **state)
{
    sip_msg *cancel = fsm_world_request("CANCEL", FSM_BRANCH, SIP_PROTOCOL_UDP);
    fsm_world world;
    sip_fsm_tx *tx;
    sip_msg *response;

    (void)state;
    fsm_world_init(&world, NULL);
    assert_null(sip_fsm_find_cancelled(world.fsm, cancel));
    tx = fsm_world_server(&world, "INVITE", SIP_PROTOCOL_UDP);
    assert_ptr_equal(sip_fsm_find_cancelled(world.fsm, cancel), tx);
    assert_null(sip_fsm_find(world.fsm, cancel));
    assert_non_null(sip_fsm_tx_request(tx));
    assert_int_equal(sip_fsm_next_due_ms(world.fsm), 200);
    sip_fsm_advance(world.fsm, 200);
    assert_true(strncmp(world.last_sent, "SIP/2.0 100 ", 12) == 0);
    assert_int_equal(receive(&world, fsm_world_request("INVITE", FSM_BRANCH, SIP_PROTOCOL_UDP)), 0);
    assert_int_equal(world.sends, 2);
    response = response_to("INVITE", 486);
    assert_int_equal(sip_fsm_feed(tx, SIP_FSM_MESSAGE_OUT, response), 0);
    assert_int_equal(sip_fsm_feed(tx, SIP_FSM_MESSAGE_OUT, response), SIP_ESTATE);
    assert_null(sip_fsm_tx_request(tx));
    sip_fsm_advance(world.fsm, 700);
    assert_int_equal(world.sends, 4);
    assert_int_equal(receive(&world, fsm_world_request("ACK", FSM_BRANCH, SIP_PROTOCOL_UDP)), 0);
    assert_int_equal(receive(&world, fsm_world_request("ACK", FSM_BRANCH, SIP_PROTOCOL_UDP)),
                     SIP_ESTATE);
    assert_int_equal(world.acks, 1);
    sip_fsm_advance(world.fsm, 5700);
    assert_int_equal(world.ends, 1);
    (void)sip_msg_unref(response);
    (void)sip_msg_unref(cancel);
    fsm_world_finish(&world);
}

/* Without the cookie: by Request-URI, From tag, Call-ID, CSeq and Via, and the ACK by the To tag of
 * the response (RFC 3261 17.2.3). */
static void test_peers_of_rfc_2543(void **state)
{
    sip_msg *invite = fsm_world_request("INVITE", NULL, SIP_PROTOCOL_UDP);
    sip_msg *response = fsm_world_response(invite, 486);
    sip_msg *strange = NULL;
    fsm_world world;
    sip_fsm_tx *tx = NULL;
    sip_fsm_tx *again = NULL;
    const sip_path to = fsm_world_path(SIP_PROTOCOL_UDP);

    (void)state;
    fsm_world_init(&world, NULL);
    assert_int_equal(sip_fsm_create_client(world.fsm, invite, &to, NULL, &tx), SIP_EINVAL);
    assert_int_equal(sip_fsm_create_server(world.fsm, invite, NULL, &tx), 0);
    assert_int_equal(sip_fsm_create_server(world.fsm, invite, NULL, &again), SIP_ESTATE);
    assert_int_equal(receive(&world, sip_msg_ref(invite)), 0);
    assert_int_equal(world.repeated, 1);
    assert_int_equal(sip_fsm_feed(tx, SIP_FSM_MESSAGE_OUT, response), 0);
    assert_int_equal(sip_response_create(invite, 486, SIP_STR("other"), NULL, &strange), 0);
    assert_int_equal(sip_fsm_feed(tx, SIP_FSM_MESSAGE_IN, strange), SIP_EINVAL);
    assert_int_equal(receive(&world, fsm_world_request("ACK", NULL, SIP_PROTOCOL_UDP)), 0);
    assert_int_equal(world.acks, 1);
    (void)sip_msg_unref(strange);
    (void)sip_msg_unref(response);
    (void)sip_msg_unref(invite);
    fsm_world_finish(&world);
}

static void test_what_cannot_leave(void **state)
{
    fsm_world world;
    sip_fsm_tx *tx;
    sip_msg *response = response_to("OPTIONS", 200);

    (void)state;
    fsm_world_init(&world, NULL);
    world.send_err = SIP_EIO;
    tx = fsm_world_client(&world, "OPTIONS", SIP_PROTOCOL_UDP);
    assert_int_equal(sip_fsm_feed(tx, SIP_FSM_MESSAGE_OUT, NULL), 0);
    assert_int_equal(world.errors, 1);
    assert_int_equal(world.ends, 1);
    tx = fsm_world_server(&world, "OPTIONS", SIP_PROTOCOL_TCP);
    (void)sip_fsm_feed(tx, SIP_FSM_MESSAGE_OUT, response);
    assert_int_equal(world.ends, 2); /* Timer J has no length there */
    tx = fsm_world_server(&world, "OPTIONS", SIP_PROTOCOL_UDP);
    assert_int_equal(sip_fsm_feed(tx, SIP_FSM_MESSAGE_OUT, response), 0);
    assert_int_equal(world.errors, 2);
    assert_int_equal(world.ends, 2); /* RFC 6026 8.8 */
    assert_int_equal(world.sends, 3);
    sip_fsm_end(tx);
    assert_int_equal(world.ends, 3);
    (void)sip_msg_unref(response);
    fsm_world_finish(&world);
}

static void test_arguments(void **state)
{
    const sip_fsm_config config = {.max_transactions = 1};
    const sip_fsm_handler mute = {0};
    const sip_path to = fsm_world_path(SIP_PROTOCOL_UDP);
    sip_msg *ack = fsm_world_request("ACK", FSM_BRANCH, SIP_PROTOCOL_UDP);
    sip_msg *far = fsm_world_request("OPTIONS", "z9hG4bK0123456789012345678901234567890123456789",
                                     SIP_PROTOCOL_UDP);
    sip_msg *ok = fsm_world_request("OPTIONS", "z9hG4bKother", SIP_PROTOCOL_UDP);
    sip_fsm_tx *tx = NULL;
    sip_fsm *fsm = NULL;
    fsm_world world;

    (void)state;
    assert_int_equal(sip_fsm_create(NULL, &mute, NULL, &fsm), SIP_EINVAL);
    assert_int_equal(sip_fsm_create(NULL, NULL, NULL, &fsm), SIP_EINVAL);
    sip_fsm_destroy(NULL);
    sip_fsm_advance(NULL, 1);
    assert_int_equal(sip_fsm_next_due_ms(NULL), UINT64_MAX);
    assert_int_equal(sip_fsm_count(NULL), 0);
    assert_null(sip_fsm_find(NULL, ok));
    assert_null(sip_fsm_find_cancelled(NULL, ok));
    assert_int_equal(sip_fsm_receive(NULL, ok), SIP_EINVAL);
    fsm_world_init(&world, &config);
    assert_null(sip_fsm_find(world.fsm, NULL));
    assert_int_equal(sip_fsm_receive(world.fsm, NULL), SIP_EINVAL);
    assert_int_equal(sip_fsm_create_client(world.fsm, ack, &to, NULL, &tx), SIP_EINVAL);
    assert_int_equal(sip_fsm_create_client(world.fsm, far, &to, NULL, &tx), SIP_EINVAL);
    assert_int_equal(sip_fsm_create_client(world.fsm, ok, NULL, NULL, &tx), SIP_EINVAL);
    assert_int_equal(sip_fsm_create_server(world.fsm, ack, NULL, &tx), SIP_EINVAL);
    assert_int_equal(sip_fsm_create_server(world.fsm, NULL, NULL, &tx), SIP_EINVAL);
    (void)fsm_world_client(&world, "OPTIONS", SIP_PROTOCOL_UDP);
    assert_int_equal(sip_fsm_count(world.fsm), 1);
    assert_int_equal(sip_fsm_create_client(world.fsm, ok, &to, NULL, &tx), SIP_EBUSY);
    assert_int_equal(sip_fsm_create_server(world.fsm, ok, NULL, &tx), SIP_EBUSY);
    (void)sip_msg_unref(ack);
    (void)sip_msg_unref(far);
    (void)sip_msg_unref(ok);
    fsm_world_finish(&world);
}

static int refuse(sip_fsm_tx *tx, const sip_path *to, sip_str bytes, void *user_data)
{
    (void)tx, (void)to, (void)bytes, (void)user_data;
    return SIP_EIO;
}

/* Every allocation fails once. */
static void test_without_memory(void **state)
{
    static const sip_fsm_handler handler = {.on_send = refuse};
    const sip_path to = fsm_world_path(SIP_PROTOCOL_UDP);
    sip_msg *request = fsm_world_request("OPTIONS", FSM_BRANCH, SIP_PROTOCOL_UDP);
    fail_alloc memory;
    size_t n = 0;

    (void)state;
    do {
        const sip_fsm_config config = {.allocator = &memory.allocator};
        sip_fsm_tx *client = NULL;
        sip_fsm_tx *server = NULL;
        sip_fsm *fsm = NULL;

        fail_alloc_init(&memory, ++n);
        if (sip_fsm_create(&config, &handler, NULL, &fsm) == 0) {
            int client_err = sip_fsm_create_client(fsm, request, &to, NULL, &client);
            int server_err = sip_fsm_create_server(fsm, request, NULL, &server);

            assert_true(client_err == 0 || client_err == SIP_ENOMEM);
            assert_true(server_err == 0 || server_err == SIP_ENOMEM);
        }
        sip_fsm_destroy(fsm);
        assert_int_equal(memory.live, 0);
    } while (memory.failed);
    (void)sip_msg_unref(request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_is_the_callers), cmocka_unit_test(test_invite_client_and_cancel),
        cmocka_unit_test(test_invite_server),       cmocka_unit_test(test_peers_of_rfc_2543),
        cmocka_unit_test(test_what_cannot_leave),   cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
