#include "tx_world.h"

#include "transaction/husk.h"
#include <string.h>

static sip_client_tx *completed(tx_world *world, const char *method, int status)
{
    sip_client_tx *tx = world_client(world, method, "sip:bob@192.0.2.2");

    world_answer(world, 0, status);
    return tx;
}

/* The messages are gone, their bytes are not: matched, acknowledged, and shown to who asks. */
static void test_failed_invite(void **state)
{
    tx_world world;
    sip_client_tx *tx;
    const sip_msg *request;
    char sent[2000], ack[2000];

    (void)state;
    world_init(&world);
    tx = completed(&world, "INVITE", 486);
    assert_non_null(tx->husk);
    assert_null(tx->sent);
    assert_null(tx->ack);
    memcpy(sent, world.sends[0].text, sizeof(sent));
    memcpy(ack, world.sends[1].text, sizeof(ack));
    assert_true(sip_str_equal(sip__husk_sent(tx), sent));
    assert_true(sip_str_equal(sip__husk_ack(tx), ack));
    world_answer(&world, 0, 486);
    assert_int_equal(world.n_sends, 3);
    assert_string_equal(world.sends[2].text, ack);
    request = sip_client_tx_request(tx);
    assert_true(sip_str_equal(sip_msg_bytes(request), sent));
    assert_ptr_equal(sip_client_tx_request(tx), request);
    assert_int_equal(sip_msg_source(request)->protocol, SIP_PROTOCOL_UDP);
    world_answer(&world, 0, 486); /* gives it up again */
    assert_null(tx->sent);
    assert_string_equal(world.sends[3].text, ack);
    world_finish(&world);
}

static void test_accepted_and_other(void **state)
{
    tx_world world;
    sip_client_tx *tx;

    (void)state;
    world_init(&world);
    tx = completed(&world, "INVITE", 200);
    assert_non_null(tx->husk);
    assert_int_equal(sip__husk_ack(tx).len, 0);
    world_answer(&world, 0, 200);
    assert_int_equal(world.news.responses, 2);
    world_finish(&world);

    world_init(&world);
    tx = completed(&world, "FROBNICATE", 200); /* its name is read from the bytes */
    assert_non_null(tx->husk);
    world_answer(&world, 0, 200);
    assert_int_equal(world.news.responses, 1);
    assert_int_equal(world.news.strays, 0);
    world_finish(&world);
}

/* While the request may have to be sent again, and where the end comes at once, there is none. */
static void test_none(void **state)
{
    tx_world world;
    sip_client_tx *tx;

    (void)state;
    world_init(&world);
    tx = world_client(&world, "INVITE", "sip:bob@192.0.2.2");
    world_answer(&world, 0, 180);
    assert_null(tx->husk);
    assert_non_null(tx->sent);
    assert_null(sip_client_tx_request(NULL));
    world_finish(&world);
}

/* Without memory it stays as it is, and who asks late gets nothing. */
static bool stays(size_t n)
{
    tx_world world;
    sip_client_tx *tx;
    sip_msg *response;
    bool stayed;

    world_init(&world);
    tx = world_client(&world, "OPTIONS", "sip:bob@192.0.2.2");
    response = world_response(&world, 0, 200);
    world.memory.fail_at = world.memory.calls + n;
    sip__client_tx_receive(tx, response);
    stayed = tx->husk == NULL;
    assert_int_equal(tx->sent != NULL, stayed);
    sip__client_tx_receive(tx, response);
    assert_non_null(tx->husk);
    world.memory.fail_at = world.memory.calls + 1;
    assert_null(sip_client_tx_request(tx));
    assert_non_null(sip_client_tx_request(tx));
    (void)sip_msg_unref(response);
    world_finish(&world);
    return stayed;
}

static void test_without_memory(void **state)
{
    bool stayed = false;

    (void)state;
    for (size_t n = 1; n < 6; n++) {
        stayed = stays(n) || stayed;
    }
    assert_true(stayed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failed_invite),
        cmocka_unit_test(test_accepted_and_other),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
