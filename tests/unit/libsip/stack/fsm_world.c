#include "fsm_world.h"

#include <stdio.h>
#include <string.h>

static int on_send(sip_fsm_tx *tx, const sip_path *to, sip_str bytes, void *user_data)
{
    fsm_world *world = user_data;

    (void)tx;
    world->sends++;
    world->last_to = *to;
    assert_true(bytes.len < sizeof(world->last_sent));
    memcpy(world->last_sent, bytes.ptr, bytes.len);
    world->last_sent[bytes.len] = '\0';
    return world->send_err;
}

static void on_created(sip_fsm_tx *tx, const sip_msg *request, void *user_data)
{
    fsm_world *world = user_data;

    assert_true(sip_msg_is_request(request));
    world->created++;
    world->last_created = tx;
}

static void on_sent(sip_fsm_tx *tx, const sip_msg *request, void *user_data)
{
    assert_ptr_equal(sip_fsm_tx_request(tx), request);
    ((fsm_world *)user_data)->sent++;
}

static void on_sent_again(sip_fsm_tx *tx, void *user_data)
{
    (void)tx;
    ((fsm_world *)user_data)->again++;
}

static void on_repeated(sip_fsm_tx *tx, const sip_msg *msg, void *user_data)
{
    (void)tx;
    assert_non_null(msg);
    ((fsm_world *)user_data)->repeated++;
}

static void on_provisional(sip_fsm_tx *tx, const sip_msg *response, void *user_data)
{
    fsm_world *world = user_data;

    (void)tx;
    world->provisional++;
    world->last_status = sip_msg_status(response);
}

static void on_final(sip_fsm_tx *tx, const sip_msg *response, void *user_data)
{
    fsm_world *world = user_data;

    (void)tx;
    world->final++;
    world->last_status = sip_msg_status(response);
}

static void on_ack(sip_fsm_tx *tx, const sip_msg *ack, void *user_data)
{
    (void)tx;
    assert_int_equal(sip_msg_method(ack), SIP_METHOD_ACK);
    ((fsm_world *)user_data)->acks++;
}

static void on_timeout(sip_fsm_tx *tx, void *user_data)
{
    (void)tx;
    ((fsm_world *)user_data)->timeouts++;
}

static void on_transport_error(sip_fsm_tx *tx, void *user_data)
{
    (void)tx;
    ((fsm_world *)user_data)->errors++;
}

static void on_destroyed(sip_fsm_tx *tx, void *user_data)
{
    assert_int_equal(sip_fsm_tx_state(tx), SIP_FSM_TERMINATED);
    ((fsm_world *)user_data)->ends++;
}

static const sip_fsm_handler handler = {
    .on_send = on_send,
    .on_created = on_created,
    .on_sent = on_sent,
    .on_sent_again = on_sent_again,
    .on_repeated = on_repeated,
    .on_provisional = on_provisional,
    .on_final = on_final,
    .on_ack = on_ack,
    .on_timeout = on_timeout,
    .on_transport_error = on_transport_error,
    .on_destroyed = on_destroyed,
};

void fsm_world_init(fsm_world *world, const sip_fsm_config *config)
{
    sip_fsm_config own = config != NULL ? *config : (sip_fsm_config){0};

    memset(world, 0, sizeof(*world));
    fail_alloc_init(&world->memory, 0);
    own.allocator = &world->memory.allocator;
    assert_int_equal(sip_fsm_create(&own, &handler, world, &world->fsm), 0);
}

void fsm_world_finish(fsm_world *world)
{
    sip_fsm_destroy(world->fsm);
    assert_int_equal(world->created, world->ends);
    assert_int_equal(world->memory.live, 0);
}

sip_path fsm_world_path(sip_protocol protocol)
{
    sip_path path = {.protocol = protocol};

    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.2"), 5070, &path.remote), 0);
    return path;
}

sip_msg *fsm_world_request(const char *method, const char *branch, sip_protocol protocol)
{
    const sip_path from = fsm_world_path(protocol);
    const bool late = strcmp(method, "ACK") == 0;
    sip_msg *msg = NULL;
    char text[600];

    snprintf(text, sizeof(text),
             "%s sip:bob@192.0.2.2 SIP/2.0\r\n"
             "Via: SIP/2.0/" SIP_FMT " 192.0.2.2:5070%s%s\r\n"
             "Max-Forwards: 70\r\n"
             "From: <sip:alice@192.0.2.1>;tag=a1\r\n"
             "To: <sip:bob@192.0.2.2>%s\r\n"
             "Call-ID: call-1\r\n"
             "CSeq: 7 %s\r\n"
             "Content-Length: 0\r\n\r\n",
             method, SIP_ARG(sip_protocol_name(protocol)), branch != NULL ? ";branch=" : "",
             branch != NULL ? branch : "", late ? ";tag=b1" : "", method);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), &from, &msg, NULL), 0);
    return msg;
}

sip_msg *fsm_world_response(const sip_msg *request, int status)
{
    sip_msg *response = NULL;

    assert_int_equal(sip_response_create(request, status, SIP_STR("b1"), NULL, &response), 0);
    return response;
}

sip_fsm_tx *fsm_world_client(fsm_world *world, const char *method, sip_protocol protocol)
{
    sip_msg *request = fsm_world_request(method, FSM_BRANCH, protocol);
    const sip_path to = fsm_world_path(protocol);
    sip_fsm_tx *tx = NULL;

    assert_int_equal(sip_fsm_create_client(world->fsm, request, &to, world, &tx), 0);
    (void)sip_msg_unref(request);
    return tx;
}

sip_fsm_tx *fsm_world_server(fsm_world *world, const char *method, sip_protocol protocol)
{
    sip_msg *request = fsm_world_request(method, FSM_BRANCH, protocol);
    sip_fsm_tx *tx = NULL;

    assert_null(sip_fsm_find(world->fsm, request));
    assert_int_equal(sip_fsm_create_server(world->fsm, request, world, &tx), 0);
    (void)sip_msg_unref(request);
    return tx;
}
