/* What stacks make of flows: ends told, "alias" and "keep" in Via, tokens, over real connections.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <sip/build.h>

#include "stack/stack.h"
#include "support/stack_turn.h"
#include "transport/connection.h"

typedef struct side {
    sip_stack *stack;
    sip_tu *tu;
    size_t requests, responses, ended;
    sip_path from; /* of the last message */
    char via[300]; /* its top Via */
    sip_transport_observer observer, second;
    sip_transport_event last;
    bool stop_second;
} side;

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    side *self = user_data;
    const sip_msg *request = sip_server_tx_request(tx);
    sip_str via = sip_msg_via(request, 0)->text;

    (void)tu;
    self->from = *sip_msg_source(request);
    (void)snprintf(self->via, sizeof(self->via), SIP_FMT, SIP_ARG(via));
    self->requests++;
    assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
}

static const sip_tu_handler tu_handler = {.on_request = on_request};

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    side *self = user_data;
    sip_str via = sip_msg_via(response, 0)->text;

    (void)tx;
    self->from = *sip_msg_source(response);
    (void)snprintf(self->via, sizeof(self->via), SIP_FMT, SIP_ARG(via));
    self->responses++;
}

static const sip_client_tx_handler client_handler = {.on_response = on_response};

static unsigned sequence;

static void on_event(const sip_transport_event *event, void *user_data)
{
    side *self = user_data;

    self->ended += event->kind == SIP_TRANSPORT_FLOW_ENDED;
    self->last = *event;
    if (self->stop_second) {
        sip_transport_observer_end(&self->second);
    }
}

static void open_side(side *self, const sip_listener_config *listener)
{
    const sip_stack_config config = {.embedded = true};

    memset(self, 0, sizeof(*self));
    assert_int_equal(sip_stack_create(&config, &self->stack), 0);
    assert_int_equal(sip_stack_listen_on(self->stack, listener), 0);
    assert_int_equal(sip_tu_create(self->stack, NULL, &tu_handler, self, &self->tu), 0);
    self->observer.fn = on_event;
    self->observer.user_data = self;
    sip_stack_observe(self->stack, &self->observer);
}

static void until(side *a, side *b, const size_t *count, size_t wanted)
{
    int i;

    for (i = 0; i < 5000 && *count < wanted; i++) {
        stack_turn(a->stack, b->stack, -1);
    }
    assert_true(*count >= wanted);
}

/* A request of `from` along `to`. */
static void ask(side *from, const sip_path *to)
{
    sip_send_options options = {.path = to};
    sip_build *build = sip_build_request(NULL, SIP_STR("OPTIONS"), SIP_STR("sip:x@127.0.0.1"));
    sip_client_tx *tx;
    sip_msg *request;

    sip_build_header(build, SIP_HEADER_FROM, SIP_STR("<sip:a@h>;tag=1"));
    sip_build_header(build, SIP_HEADER_TO, SIP_STR("<sip:b@h>"));
    sip_build_header(build, SIP_HEADER_CALL_ID, SIP_STR("c"));
    sip_build_headerf(build, SIP_HEADER_CSEQ, "%u OPTIONS", ++sequence);
    assert_int_equal(sip_build_finish(build, &request), 0);
    assert_int_equal(sip_client_tx_create(from->tu, request, &options, &client_handler, from, &tx),
                     0);
    (void)sip_msg_unref(request);
}

static sip_path path_to(const side *self)
{
    sip_path path = {0};

    assert_true(sip_stack_listener(self->stack, 0, &path.protocol, &path.remote));
    return path;
}

static sip__connection *connection_of(const side *self, sip_flow flow)
{
    return sip_id_table_find(&self->stack->workers->transports.flows, flow);
}

static void open_both(side *a, side *b, const char *where, const sip_listener_config *like)
{
    sip_listener_config config = *like;

    config.where = where;
    open_side(a, &config);
    open_side(b, &config);
}

/* An end is told to everyone, also to who stops being told by it, once. */
static void test_ends_are_told(void **state)
{
    const sip_listener_config plain = {0};
    side a, b, other = {0};
    sip_path to;
    sip_flow flow;

    (void)state;
    open_both(&a, &b, "tcp:127.0.0.1:0", &plain);
    to = path_to(&b);
    ask(&a, &to);
    until(&a, &b, &a.responses, 1);
    flow = b.from.flow;
    b.second.fn = on_event;
    b.second.user_data = &other;
    sip_stack_observe(b.stack, &b.second);
    b.stop_second = true;
    sip_stack_destroy(a.stack);
    open_side(&a, &(sip_listener_config){.where = "tcp:127.0.0.1:0"});
    until(&a, &b, &b.ended, 1);
    assert_true(b.last.path.flow == flow);
    assert_int_equal(b.last.path.protocol, SIP_PROTOCOL_TCP);
    assert_int_equal(other.ended, 0); /* the first ended its observing */
    sip_transport_observer_end(&b.second);
    sip_transport_observer_end(&(sip_transport_observer){0});
    sip_stack_destroy(a.stack);
    sip_stack_destroy(b.stack);
}

typedef struct teller {
    sip_stack *stack;
    sip_transport_observer observer;
    unsigned told;
    bool tells;
} teller;

static void tell_once(const sip_transport_event *event, void *user_data)
{
    const sip_transport_event another = {.kind = SIP_TRANSPORT_FLOW_MOVED, .text = ""};
    teller *self = user_data;

    (void)event;
    self->told++;
    if (self->tells) {
        self->tells = false;
        sip__stack_tell(self->stack->workers, &another);
    }
}

/* An event in the midst of another reaches everyone too. */
static void test_events_in_events(void **state)
{
    const sip_transport_event event = {.kind = SIP_TRANSPORT_FLOW_ENDED, .text = ""};
    teller tellers[3];
    side a;
    size_t i;

    (void)state;
    open_side(&a, &(sip_listener_config){.where = "udp:127.0.0.1:0"});
    for (i = 0; i < 3; i++) {
        tellers[i] = (teller){.stack = a.stack, .tells = i == 1};
        tellers[i].observer.fn = tell_once;
        tellers[i].observer.user_data = &tellers[i];
        sip_stack_observe(a.stack, &tellers[i].observer);
    }
    sip__stack_tell(a.stack->workers, &event);
    for (i = 0; i < 3; i++) {
        assert_int_equal(tellers[i].told, 2);
    }
    sip__stack_tell(a.stack->workers, &event);
    assert_int_equal(tellers[0].told + tellers[1].told + tellers[2].told, 9);
    sip_stack_destroy(a.stack);
}

/* RFC 5923: who came with "alias" is reached at his sent-by along the same connection, if that is
 * believed. */
static void alias_to(sip_switch accept, size_t connections)
{
    const sip_listener_config config = {.offer_alias = true, .accept_alias = accept};
    side a, b;
    sip_path to;

    open_both(&a, &b, "tcp:127.0.0.1:0", &config);
    to = path_to(&b);
    ask(&a, &to);
    until(&a, &b, &a.responses, 1);
    assert_non_null(strstr(b.via, ";alias"));
    to = path_to(&a);
    ask(&b, &to);
    until(&a, &b, &b.responses, 1);
    assert_int_equal(a.requests, 1);
    assert_int_equal(b.stack->workers->transports.stats.live, connections);
    sip_stack_destroy(a.stack);
    sip_stack_destroy(b.stack);
}

static void test_alias(void **state)
{
    (void)state;
    alias_to(SIP_ON, 1);
    alias_to(SIP_OFF, 2);
    alias_to(SIP_DEFAULT, 2); /* of tcp nothing is proved */
}

/* RFC 6223: offered, answered, done. */
static void test_keep(void **state)
{
    const sip_listener_config config = {.offer_keep = true, .keep_s = 25};
    side a, b;
    sip_path to;

    (void)state;
    open_both(&a, &b, "tcp:127.0.0.1:0", &config);
    to = path_to(&b);
    ask(&a, &to);
    until(&a, &b, &a.responses, 1);
    assert_non_null(strstr(b.via, ";keep"));
    assert_null(strstr(b.via, ";keep="));
    assert_non_null(strstr(a.via, ";keep=25"));
    assert_in_range(connection_of(&a, a.from.flow)->keepalive_ms, 20000, 25000);
    assert_int_equal(connection_of(&b, b.from.flow)->keepalive_ms, 0);
    sip_stack_destroy(a.stack);
    sip_stack_destroy(b.stack);
}

static void test_keep_over_udp(void **state)
{
    const sip_listener_config config = {.offer_keep = true, .keep_s = 25};
    side a, b;
    sip_path to;

    (void)state;
    open_both(&a, &b, "udp:127.0.0.1:0", &config);
    to = path_to(&b);
    ask(&a, &to);
    until(&a, &b, &a.responses, 1);
    assert_non_null(strstr(a.via, ";keep=25"));
    assert_ptr_equal(a.stack->workers->keeper.worker, a.stack->workers);
    assert_int_equal(a.stack->workers->keeper.flows.count, 1);
    assert_int_equal(b.stack->workers->keeper.flows.count, 0);
    sip_stack_destroy(a.stack);
    sip_stack_destroy(b.stack);
}

static void answer_with_timer(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    sip_build *build =
        sip_build_response(sip_server_tx_request(tx), 200, SIP_STR("OK"), SIP_STR("t"));
    sip_msg *response;

    (void)tu;
    (void)user_data;
    sip_build_header(build, SIP_HEADER_FLOW_TIMER, SIP_STR("77"));
    assert_int_equal(sip_build_finish(build, &response), 0);
    assert_int_equal(sip_server_tx_send(tx, response), 0);
    (void)sip_msg_unref(response);
}

/* A Flow-Timer counts for more. */
static void test_flow_timer(void **state)
{
    static const sip_tu_handler timing = {.on_request = answer_with_timer};
    const sip_stack_config config = {.embedded = true};
    side a, b = {0};
    sip_path to;

    (void)state;
    open_side(&a, &(sip_listener_config){.where = "tcp:127.0.0.1:0", .offer_keep = true});
    assert_int_equal(sip_stack_create(&config, &b.stack), 0);
    assert_int_equal(sip_stack_listen_on(
                         b.stack, &(sip_listener_config){.where = "tcp:127.0.0.1:0", .keep_s = 25}),
                     0);
    assert_int_equal(sip_tu_create(b.stack, NULL, &timing, &b, &b.tu), 0);
    to = path_to(&b);
    ask(&a, &to);
    until(&a, &b, &a.responses, 1);
    assert_in_range(connection_of(&a, a.from.flow)->keepalive_ms, 61600, 77000);
    sip_stack_destroy(a.stack);
    sip_stack_destroy(b.stack);
}

/* Who is not willing says nothing. */
static void test_keep_refused(void **state)
{
    side a, b;
    sip_path to;

    (void)state;
    open_side(&a, &(sip_listener_config){.where = "tcp:127.0.0.1:0", .offer_keep = true});
    open_side(&b, &(sip_listener_config){.where = "tcp:127.0.0.1:0"});
    to = path_to(&b);
    ask(&a, &to);
    until(&a, &b, &a.responses, 1);
    assert_null(strstr(a.via, ";keep="));
    assert_int_equal(connection_of(&a, a.from.flow)->keepalive_ms, 0);
    sip_stack_destroy(a.stack);
    sip_stack_destroy(b.stack);
}

static void test_keep_alive(void **state)
{
    const sip_listener_config plain = {0};
    sip_path path = {.protocol = SIP_PROTOCOL_TCP};
    side a, b;
    sip_path to;

    (void)state;
    open_both(&a, &b, "tcp:127.0.0.1:0", &plain);
    to = path_to(&b);
    ask(&a, &to);
    until(&a, &b, &a.responses, 1);
    assert_int_equal(sip_stack_keep_alive(b.stack, &b.from, 30), 0);
    assert_in_range(connection_of(&b, b.from.flow)->keepalive_ms, 24000, 30000);
    assert_int_equal(sip_stack_keep_alive(NULL, &b.from, 30), SIP_EINVAL);
    assert_int_equal(sip_stack_keep_alive(b.stack, NULL, 30), SIP_EINVAL);
    assert_int_equal(sip_stack_keep_alive(b.stack, &b.from, UINT32_MAX), SIP_EINVAL);
    assert_int_equal(sip_stack_keep_alive(b.stack, &path, 30), SIP_EUNSUPPORTED);
    path.flow = b.from.flow + 1;
    assert_int_equal(sip_stack_keep_alive(b.stack, &path, 30), SIP_EGONE);
    sip_stack_destroy(a.stack);
    sip_stack_destroy(b.stack);
}

static void test_tokens(void **state)
{
    const sip_listener_config plain = {0};
    char out[SIP_FLOW_TOKEN_BYTES];
    sip_str token;
    sip_path back;
    side a, b;
    sip_path to;

    (void)state;
    open_both(&a, &b, "tcp:127.0.0.1:0", &plain);
    to = path_to(&b);
    ask(&a, &to);
    until(&a, &b, &a.responses, 1);
    token = sip_stack_flow_token(b.stack, &b.from, out);
    assert_true(token.len > 0);
    assert_int_equal(sip_stack_flow_of_token(a.stack, token, &back), SIP_ESYNTAX);
    assert_int_equal(sip_stack_flow_of_token(b.stack, token, &back), 0);
    /* Back to whom it names, who does not listen there. */
    ask(&b, &back);
    until(&a, &b, &a.requests, 1);
    until(&a, &b, &b.responses, 1);
    sip_stack_destroy(a.stack);
    open_side(&a, &(sip_listener_config){.where = "tcp:127.0.0.1:0"});
    until(&a, &b, &b.ended, 1);
    assert_int_equal(sip_stack_flow_of_token(b.stack, token, &back), SIP_EGONE);
    assert_int_equal(sip_stack_flow_of_token(NULL, token, &back), SIP_EINVAL);
    assert_int_equal(sip_stack_flow_token(NULL, &back, out).len, 0);
    sip_stack_destroy(a.stack);
    sip_stack_destroy(b.stack);
}

static void test_server_names(void **state)
{
    side a;
    uint32_t id;

    (void)state;
    open_side(&a, &(sip_listener_config){.where = "udp:127.0.0.1:0"});
    assert_int_equal(sip_stack_server_id(a.stack, "Example.COM", &id), 0);
    assert_string_equal(sip_stack_server_name(a.stack, id), "example.com");
    assert_null(sip_stack_server_name(a.stack, 0));
    assert_null(sip_stack_server_name(NULL, id));
    assert_int_equal(sip_stack_server_id(NULL, "x", &id), SIP_EINVAL);
    assert_int_equal(sip_stack_server_id(a.stack, NULL, &id), SIP_EINVAL);
    assert_int_equal(sip_stack_server_id(a.stack, "", &id), SIP_EINVAL);
    assert_int_equal(sip_stack_server_id(a.stack, "x", NULL), SIP_EINVAL);
    sip_stack_destroy(a.stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends_are_told), cmocka_unit_test(test_events_in_events),
        cmocka_unit_test(test_alias),         cmocka_unit_test(test_keep),
        cmocka_unit_test(test_keep_over_udp), cmocka_unit_test(test_flow_timer),
        cmocka_unit_test(test_keep_refused),  cmocka_unit_test(test_keep_alive),
        cmocka_unit_test(test_tokens),        cmocka_unit_test(test_server_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
