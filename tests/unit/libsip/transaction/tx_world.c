#include "tx_world.h"

#include <stdio.h>
#include <string.h>

#include <sip/build.h>

static sip_time_ms now_ms(void *user_data)
{
    return ((tx_world *)user_data)->now_ms;
}

static int64_t unix_s(void *user_data)
{
    (void)user_data;
    return 1700000000;
}

static void fill(void *bytes, size_t len, void *user_data)
{
    tx_world *world = user_data;

    for (size_t i = 0; i < len; i++) {
        world->seed = world->seed * 6364136223846793005u + 1442695040888963407u;
        ((unsigned char *)bytes)[i] = (unsigned char)(world->seed >> 56);
    }
}

sip_addr world_addr(const char *host, uint16_t port)
{
    sip_addr addr;

    assert_int_equal(sip_addr_parse(sip_str_of(host), port, &addr), 0);
    return addr;
}

/* ---- transports */

static int transport_send(sip_transport *transport, const sip_path *to, sip_str bytes, uint64_t ref)
{
    tx_world *world = ((world_transport *)transport)->world;
    world_send *send = &world->sends[world->n_sends % WORLD_SENDS];

    if (world->send_err != 0) {
        return world->send_err;
    }
    assert_true(bytes.len < sizeof(send->text));
    send->path = *to;
    send->ref = ref;
    memcpy(send->text, bytes.ptr, bytes.len);
    send->text[bytes.len] = '\0';
    world->n_sends++;
    return 0;
}

static void transport_flush(sip_transport *transport)
{
    ((world_transport *)transport)->flushes++;
}

static void transport_destroy(sip_transport *transport)
{
    (void)transport;
}

static const sip_transport_vtable vtable = {
    .name = "test",
    .send = transport_send,
    .flush = transport_flush,
    .destroy = transport_destroy,
};

static void add_transport(tx_world *world, world_transport *transport, sip_protocol protocol)
{
    transport->head.vtable = &vtable;
    transport->head.protocol = protocol;
    transport->head.local = world_addr("192.0.2.1", 5060);
    transport->world = world;
    assert_int_equal(sip_stack_add_transport(world->stack, &transport->head), 0);
}

/* ---- users */

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    tx_world *world = user_data;

    (void)tu;
    world->news.requests++;
    world->news.server = tx;
    if (world->answer != 0) {
        assert_int_equal(sip_server_tx_respond(tx, world->answer, NULL), 0);
    }
}

static void on_ack(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    (void)tu;
    (void)ack;
    ((tx_world *)user_data)->news.acks++;
}

static void on_cancel(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    (void)tu;
    (void)tx;
    ((tx_world *)user_data)->news.cancels++;
}

static void on_stray_response(sip_tu *tu, const sip_msg *response, void *user_data)
{
    (void)tu;
    (void)response;
    ((tx_world *)user_data)->news.strays++;
}

static void on_server_tx_ended(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    tx_world *world = user_data;

    (void)tu;
    world->news.server_ends++;
    if (world->news.server == tx) {
        world->news.server = NULL;
    }
}

static void on_stop(sip_tu *tu, void *user_data)
{
    (void)tu;
    ((tx_world *)user_data)->news.stops++;
}

static void on_destroy(sip_tu *tu, void *user_data)
{
    (void)tu;
    ((tx_world *)user_data)->news.destroys++;
}

static void on_undelivered(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    (void)tu;
    (void)tx;
    ((tx_world *)user_data)->news.undelivered++;
}

sip_tu_handler world_handler(void)
{
    return (sip_tu_handler){
        .on_request = on_request,
        .on_ack = on_ack,
        .on_cancel = on_cancel,
        .on_stray_response = on_stray_response,
        .on_server_tx_ended = on_server_tx_ended,
        .on_stop = on_stop,
        .on_destroy = on_destroy,
        .on_undelivered = on_undelivered,
    };
}

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    tx_world *world = user_data;

    (void)tx;
    world->news.responses++;
    world->news.last_status = sip_msg_status(response);
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    tx_world *world = user_data;

    (void)tx;
    world->news.failures++;
    world->news.last_status = failure->status;
    world->news.last_err = failure->err;
    snprintf(world->news.last_text, sizeof(world->news.last_text), "%s", failure->text);
}

static void on_ended(sip_client_tx *tx, void *user_data)
{
    tx_world *world = user_data;

    world->news.client_ends++;
    world->news.client_end = tx;
}

const sip_client_tx_handler world_client_handler = {
    .on_response = on_response,
    .on_failed = on_failed,
    .on_ended = on_ended,
};

/* ---- the world */

void world_init_with(tx_world *world, const sip_stack_config *config, const sip_tu_handler *handler)
{
    sip_tu_handler own = world_handler();

    memset(world, 0, sizeof(*world));
    fail_alloc_init(&world->memory, 0);
    world->now_ms = 1000;
    world->clock = (sip_clock){now_ms, unix_s, world};
    world->random = (sip_random){fill, world};
    if (config != NULL) {
        world->config = *config;
    }
    world->config.clock = &world->clock;
    world->config.random = &world->random;
    world->config.allocator = &world->memory.allocator;
    assert_int_equal(sip_stack_create(&world->config, &world->stack), 0);
    add_transport(world, &world->udp, SIP_PROTOCOL_UDP);
    add_transport(world, &world->tcp, SIP_PROTOCOL_TCP);
    assert_int_equal(
        sip_tu_create(world->stack, NULL, handler != NULL ? handler : &own, world, &world->tu), 0);
}

void world_init(tx_world *world)
{
    world_init_with(world, NULL, NULL);
}

void world_finish(tx_world *world)
{
    sip_stack_destroy(world->stack);
    assert_int_equal(world->memory.live, 0);
}

void world_turn(tx_world *world)
{
    (void)sip_stack_process(world->stack);
}

void world_run(tx_world *world, uint32_t ms)
{
    sip_time_ms end_ms = world->now_ms + ms;

    world_turn(world);
    while (world->now_ms < end_ms) {
        sip_time_ms next_ms = sip_stack_next_due_ms(world->stack);

        if (next_ms <= world->now_ms) {
            next_ms = world->now_ms + 1;
        }
        world->now_ms = next_ms < end_ms ? next_ms : end_ms;
        world_turn(world);
    }
}

sip_msg *world_request(const char *method, const char *uri)
{
    sip_build *build = sip_build_request(NULL, sip_str_of(method), sip_str_of(uri));
    sip_msg *msg = NULL;

    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, SIP_STR("70"));
    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:alice@192.0.2.1>;tag=a1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:bob@192.0.2.2>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("call-1"));
    sip_build_headerf(build, SIP_HEADER_CSEQ, "1 %s", method);
    assert_int_equal(sip_build_finish(build, &msg), 0);
    return msg;
}

sip_client_tx *world_client(tx_world *world, const char *method, const char *uri)
{
    sip_msg *request = world_request(method, uri);
    sip_client_tx *tx = NULL;

    assert_int_equal(
        sip_client_tx_create(world->tu, request, NULL, &world_client_handler, world, &tx), 0);
    (void)sip_msg_unref(request);
    return tx;
}

sip_client_tx *world_client_tcp(tx_world *world, const char *method)
{
    return world_client(world, method, "sip:bob@192.0.2.2;transport=tcp");
}

sip_msg *world_response(tx_world *world, unsigned i, int status)
{
    const world_send *send = &world->sends[i];
    sip_path from = {.protocol = send->path.protocol,
                     .remote = send->path.remote,
                     .local = world_addr("192.0.2.1", 5060)};
    sip_msg *request = NULL;
    sip_msg *response = NULL;
    sip_msg *parsed = NULL;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(send->text), &from, &request, NULL), 0);
    assert_int_equal(sip_response_create(request, status, SIP_STR("b1"), NULL, &response), 0);
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_msg_bytes(response), &from, &parsed, NULL), 0);
    (void)sip_msg_unref(request);
    (void)sip_msg_unref(response);
    return parsed;
}

static void deliver(tx_world *world, const sip_path *from, sip_str bytes)
{
    world_transport *transport = from->protocol == SIP_PROTOCOL_TCP ? &world->tcp : &world->udp;

    transport->head.events->on_bytes(&transport->head, from, bytes, transport->head.stack);
    world_turn(world);
}

void world_answer(tx_world *world, unsigned i, int status)
{
    sip_msg *response = world_response(world, i, status);

    deliver(world, sip_msg_source(response), sip_msg_bytes(response));
    (void)sip_msg_unref(response);
}

void world_receive(tx_world *world, sip_protocol protocol, const char *text)
{
    sip_path from = {.protocol = protocol,
                     .flow = protocol == SIP_PROTOCOL_TCP ? 77 : 0,
                     .remote = world_addr("192.0.2.2", 5070),
                     .local = world_addr("192.0.2.1", 5060)};

    deliver(world, &from, sip_str_of(text));
}

const char *world_peer_text(char *out, size_t size, const char *method, const char *branch,
                            sip_protocol protocol)
{
    bool late = strcmp(method, "ACK") == 0;

    snprintf(out, size,
             "%s sip:alice@192.0.2.1 SIP/2.0\r\n"
             "Via: SIP/2.0/" SIP_FMT " 192.0.2.2:5070%s%s\r\n"
             "Max-Forwards: 70\r\n"
             "From: <sip:bob@192.0.2.2>;tag=b1\r\n"
             "To: <sip:alice@192.0.2.1>%s\r\n"
             "Call-ID: call-2\r\n"
             "CSeq: 7 %s\r\n"
             "Content-Length: 0\r\n\r\n",
             method, SIP_ARG(sip_protocol_name(protocol)), branch[0] != '\0' ? ";branch=" : "",
             branch, late ? ";tag=a1" : "", method);
    return out;
}

void world_peer_request(tx_world *world, const char *method, const char *branch)
{
    char text[600];

    world_receive(world, SIP_PROTOCOL_UDP,
                  world_peer_text(text, sizeof(text), method, branch, SIP_PROTOCOL_UDP));
}

void assert_sent(const tx_world *world, unsigned i, const char *starts)
{
    assert_true(i < world->n_sends);
    if (strncmp(world->sends[i].text, starts, strlen(starts)) != 0) {
        fail_msg("sent %.60s, expected %s", world->sends[i].text, starts);
    }
}

void assert_last_sent(const tx_world *world, const char *starts)
{
    assert_true(world->n_sends > 0);
    assert_sent(world, world->n_sends - 1, starts);
}

static void give_back(tx_world *world, const sip_network_error *error)
{
    sip_transport *udp = &world->udp.head;

    udp->events->on_unreachable(udp, error, udp->stack);
}

void world_returned(tx_world *world, unsigned i, int err, const char *text)
{
    const world_send *send = &world->sends[i];

    assert_true(i < world->n_sends);
    assert_int_equal(send->path.protocol, SIP_PROTOCOL_UDP);
    give_back(world, &(sip_network_error){send->path.remote, sip_str_of(send->text), err, text});
}

void world_forged(tx_world *world, const sip_addr *remote, const char *quoted)
{
    give_back(world,
              &(sip_network_error){*remote, sip_str_of(quoted), SIP_EIO, "port unreachable"});
}
