/* Two workers with loops of their own, stepped in turn by the test: what one does with the flows of
 * the other. */
#include "stack/far.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sip/flow.h>

#include "stack/stack.h"
#include "support/fail_alloc.h"
#include "transport/connection.h"

#define PATIENCE 5000 /* turns of a millisecond at the most */
#define OTHER 1       /* the worker that owns nothing of what the test connects to */

typedef struct world {
    fail_alloc memory;
    sip_stack *stack;
    sip_tu *tus[2];
    uint16_t port;
    int fd; /* a connection that the first worker accepted */
    sip_flow flow;
    unsigned requests[2];
    sip_path source; /* of the last request */
    int status;      /* what became of the last request of ours */
    unsigned ended;
    sip_transport_observer observers[2];
    unsigned flow_ends[2];
} world;

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    world *self = user_data;

    self->requests[sip_worker_index(sip_tu_worker(tu))]++;
    self->source = *sip_msg_source(sip_server_tx_request(tx));
    assert_int_equal(sip_server_tx_respond(tx, 200, NULL), 0);
}

static const sip_tu_handler handler = {.on_request = on_request};

/* As if each worker had the thread. */
static void step(world *self)
{
    for (unsigned i = 0; i < 2; i++) {
        sip_worker *worker = sip_stack_worker(self->stack, i);

        atomic_store(&worker->thread, sip__thread_self());
        assert_int_equal(sip_loop_step(sip_worker_loop(worker)), 0);
        atomic_store(&worker->thread, NULL);
    }
    (void)poll(NULL, 0, 1);
}

static void be(world *self, unsigned worker, bool on)
{
    atomic_store(&sip_stack_worker(self->stack, worker)->thread, on ? sip__thread_self() : NULL);
}

static void on_event(const sip_transport_event *event, void *user_data)
{
    if (event->kind == SIP_TRANSPORT_FLOW_ENDED && event->path.flow != 0) {
        ++*(unsigned *)user_data;
    }
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* The connection of `fd` at the first worker, or NULL: the other one accepted it. */
static sip__connection *connection_at_first(const world *self, int fd)
{
    struct sockaddr_in name = {0};
    socklen_t len = sizeof name;
    const sip_id_table *flows = &self->stack->workers->transports.flows;

    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
    for (uint32_t slot = 0; slot < 64; slot++) {
        for (uint64_t generation = 1; generation < 40; generation++) {
            sip__connection *at = sip_id_table_find(flows, (uint64_t)slot << 32 | generation);

            if (at != NULL && at->path.remote.port == ntohs(name.sin_port)) {
                return at;
            }
        }
    }
    return NULL;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* What comes until `end` has; "" when nothing does. */
static const char *hear(world *self, int fd, const char *end)
{
    static char heard[4000];
    size_t len = 0;

    heard[0] = '\0';
    for (unsigned i = 0; i < PATIENCE && strstr(heard, end) == NULL; i++) {
        ssize_t n;

        step(self);
        n = recv(fd, heard + len, sizeof heard - len - 1, MSG_DONTWAIT);
        len += n > 0 ? (size_t)n : 0;
        heard[len] = '\0';
    }
    return heard;
}

static unsigned owner_of(const world *self, const char *text)
{
    sip_msg *msg = NULL;
    unsigned owner;

    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    owner = sip__steer_owner(&self->stack->steer, msg);
    (void)sip_msg_unref(msg);
    return owner;
}

/* A request that belongs to `worker`. */
static const char *request_for(const world *self, unsigned worker, const char *method,
                               const char *via_params)
{
    static unsigned count;
    static char text[900];

    do {
        count++;
        (void)snprintf(text, sizeof text,
                       "%s sip:x@127.0.0.1 SIP/2.0\r\n"
                       "Via: SIP/2.0/TCP 127.0.0.1:5099;branch=z9hG4bKf%u%s\r\n"
                       "From: <sip:y@z>;tag=t\r\nTo: <sip:x@127.0.0.1>\r\nCall-ID: c%u\r\n"
                       "CSeq: 1 %s\r\nMax-Forwards: 70\r\nContact: <sip:y@127.0.0.1>\r\n"
                       "Content-Length: 0\r\n\r\n",
                       method, count, via_params, count, method);
    } while (owner_of(self, text) != worker);
    return text;
}

static void init(world *self)
{
    sip_stack_config config = {.workers = 2, .watch_addresses = SIP_OFF};
    sip_listener_config listener = {.where = "tcp:127.0.0.1:0", .accept_alias = SIP_ON};
    sip__connection *connection = NULL;
    sip_addr addr;

    memset(self, 0, sizeof *self);
    fail_alloc_init(&self->memory, 0);
    config.allocator = &self->memory.allocator;
    assert_int_equal(sip_stack_create(&config, &self->stack), 0);
    assert_int_equal(sip_stack_listen_on(self->stack, &listener), 0);
    assert_true(sip_stack_listener(self->stack, 0, NULL, &addr));
    self->port = addr.port;
    for (unsigned i = 0; i < 2; i++) {
        const sip_tu_config one = {.worker = i};

        assert_int_equal(sip_tu_create(self->stack, &one, &handler, self, &self->tus[i]), 0);
        self->observers[i] =
            (sip_transport_observer){.fn = on_event, .user_data = &self->flow_ends[i]};
        sip_worker_observe(sip_stack_worker(self->stack, i), &self->observers[i]);
    }
    for (unsigned i = 0; i < 40 && connection == NULL; i++) { /* the system chooses who accepts */
        self->fd = connect_to(self->port);
        say(self->fd, request_for(self, OTHER, "OPTIONS", ""));
        assert_non_null(strstr(hear(self, self->fd, "\r\n\r\n"), " 200 "));
        connection = connection_at_first(self, self->fd);
        if (connection == NULL) {
            close(self->fd);
        }
    }
    assert_non_null(connection);
    self->flow = connection->flow;
    self->flow_ends[0] = self->flow_ends[1] = 0;
}

static void finish(world *self)
{
    if (self->fd >= 0) {
        close(self->fd);
    }
    sip_transport_observer_end(&self->observers[0]);
    sip_transport_observer_end(&self->observers[1]);
    sip_stack_destroy(self->stack);
    assert_int_equal(self->memory.live, 0);
}

static sip__connection *connection_of(const world *self)
{
    return sip_id_table_find(&self->stack->workers->transports.flows, self->flow);
}

static void a_flow_is_known_where_its_messages_go(void **state)
{
    sip_path path;
    world self;

    (void)state;
    init(&self);
    assert_int_equal(self.source.flow, self.flow);
    assert_true(sip__far_knows(sip_stack_worker(self.stack, OTHER), self.flow));
    assert_false(sip__far_knows(sip_stack_worker(self.stack, OTHER), self.flow + 1));
    be(&self, OTHER, true);
    path = self.source;
    assert_true(sip_stack_flow_lives(self.stack, &path));
    path.flow++;
    assert_false(sip_stack_flow_lives(self.stack, &path));
    be(&self, OTHER, false);
    finish(&self);
}

static void its_owner_keeps_it_and_uses_it_for_aliases(void **state)
{
    sip_path path;
    world self;

    (void)state;
    init(&self);
    be(&self, OTHER, true);
    path = self.source;
    assert_int_equal(sip_stack_keep_alive(self.stack, &path, 90), 0);
    path.flow++;
    assert_int_equal(sip_stack_keep_alive(self.stack, &path, 90), SIP_EGONE);
    be(&self, OTHER, false);
    assert_int_equal(connection_of(&self)->keepalive_ms, 0);
    step(&self);
    assert_in_range(connection_of(&self)->keepalive_ms, 72000, 90000);
    assert_null(connection_of(&self)->alias);
    say(self.fd, request_for(&self, OTHER, "OPTIONS", ";alias"));
    assert_non_null(strstr(hear(&self, self.fd, "\r\n\r\n"), " 200 "));
    step(&self);
    assert_non_null(connection_of(&self)->alias);
    finish(&self);
}

/* ---- requests of ours */

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    (void)tx;
    ((world *)user_data)->status = sip_msg_status(response);
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    (void)tx;
    ((world *)user_data)->status = -failure->status;
}

static void on_ended(sip_client_tx *tx, void *user_data)
{
    (void)tx;
    ((world *)user_data)->ended++;
}

static void ask(world *self, const char *uri, const sip_path *path)
{
    static const sip_client_tx_handler client = {
        .on_response = on_response, .on_failed = on_failed, .on_ended = on_ended};
    const sip_send_options options = {.path = path};
    sip_build *build = sip_build_request(NULL, SIP_STR("OPTIONS"), sip_str_of(uri));
    sip_msg *msg = NULL;

    sip_build_headerf(build, SIP_HEADER_FROM, "<sip:a@h>;tag=u");
    sip_build_headerf(build, SIP_HEADER_TO, "<%s>", uri);
    sip_build_headerf(build, SIP_HEADER_CALL_ID, "ours");
    sip_build_headerf(build, SIP_HEADER_CSEQ, "1 OPTIONS");
    assert_int_equal(sip_build_finish(build, &msg), 0);
    assert_int_equal(sip_client_tx_create(self->tus[OTHER], msg, path != NULL ? &options : NULL,
                                          &client, self, NULL),
                     0);
    (void)sip_msg_unref(msg);
}

/* Answer what has come along the connection. */
static void answer(world *self, const char *request)
{
    const char *via = strstr(request, "Via: ");
    char text[1200];

    assert_non_null(via);
    (void)snprintf(text, sizeof text,
                   "SIP/2.0 200 OK\r\n%.*s\r\nFrom: <sip:a@h>;tag=u\r\nTo: <sip:b@h>;tag=v\r\n"
                   "Call-ID: ours\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
                   (int)strcspn(via, "\r"), via);
    self->status = 0;
    say(self->fd, text);
    for (unsigned i = 0; i < PATIENCE && self->status == 0; i++) {
        step(self);
    }
    assert_int_equal(self->status, 200);
}

/* Nobody listens at a port that a connection came from: the way there is the connection, whoever
 * has it. */
static void requests_find_the_connection_of_another_worker(void **state)
{
    char uri[80], token[SIP_FLOW_TOKEN_BYTES];
    sip_path path;
    world self;

    (void)state;
    init(&self);
    (void)snprintf(uri, sizeof uri, "sip:y@127.0.0.1:%u;transport=tcp", self.source.remote.port);
    ask(&self, uri, NULL);
    answer(&self, hear(&self, self.fd, "\r\n\r\n"));

    /* And by a token that the owner wrote. */
    be(&self, 0, true);
    path = connection_of(&self)->path;
    assert_true(sip_stack_flow_token(self.stack, &path, token).len > 0);
    be(&self, 0, false);
    be(&self, OTHER, true);
    memset(&path, 0, sizeof path);
    assert_int_equal(sip_stack_flow_of_token(self.stack, sip_str_of(token), &path), 0);
    assert_int_equal(sip_stack_server_id(self.stack, "known.here.alone.example", &path.server), 0);
    be(&self, OTHER, false);
    assert_int_equal(path.flow, self.flow);
    assert_int_equal(path.remote.port, self.source.remote.port);
    ask(&self, "sip:y@elsewhere.invalid", &path);
    answer(&self, hear(&self, self.fd, "\r\n\r\n"));
    finish(&self);
}

static void the_end_of_a_flow_is_told_and_what_was_sent_fails(void **state)
{
    sip_path path;
    world self;

    (void)state;
    init(&self);
    path = self.source;
    close(self.fd);
    self.fd = -1;
    for (unsigned i = 0; i < PATIENCE && self.flow_ends[OTHER] == 0; i++) {
        step(&self);
    }
    assert_int_equal(self.flow_ends[0], 1);
    assert_int_equal(self.flow_ends[OTHER], 1);
    assert_false(sip__far_knows(sip_stack_worker(self.stack, OTHER), self.flow));

    /* Who knows better sends all the same, and hears that it is gone. */
    ask(&self, "sip:y@127.0.0.1", &path);
    for (unsigned i = 0; i < PATIENCE && self.status == 0; i++) {
        step(&self);
    }
    assert_int_equal(self.status, -503);
    assert_int_equal(self.requests[0] + self.requests[OTHER] > 0, 1);
    finish(&self);
}

/* Who heard of a flow from another than its owner asks whether it stands. */
static void a_flow_that_had_ended_before_is_forgotten(void **state)
{
    sip_tls_peer *nothing = NULL;
    sip_worker *other;
    sip_path path;
    world self;

    (void)state;
    init(&self);
    other = sip_stack_worker(self.stack, OTHER);
    path = self.source;
    sip__far_ask(other, &path);
    path.flow += UINT64_C(1) << 40; /* no such connection */
    sip__far_note(other, &path, true, &nothing);
    assert_true(sip__far_knows(other, path.flow));
    sip__far_ask(other, &path);
    for (unsigned i = 0; i < 4; i++) {
        step(&self);
    }
    assert_false(sip__far_knows(other, path.flow));
    assert_true(sip__far_knows(other, self.flow));
    path.flow = UINT64_C(77) << 56; /* nor such a worker */
    sip__far_ask(other, &path);
    finish(&self);
}

/* ---- at the limit */

static void a_worker_with_too_much_to_do_gets_no_more(void **state)
{
    sip_stack_stats stats;
    sip__mailbox *mailbox;
    world self;
    sip_path path;
    unsigned handled;

    (void)state;
    init(&self);
    path = self.source;
    handled = self.requests[OTHER];
    mailbox = &sip_stack_worker(self.stack, OTHER)->mailbox;
    atomic_fetch_add(&mailbox->waiting, SIP__MAILBOX_MOST);
    say(self.fd, request_for(&self, OTHER, "ACK", ""));
    say(self.fd, request_for(&self, OTHER, "OPTIONS", ""));
    assert_non_null(strstr(hear(&self, self.fd, "\r\n\r\n"), " 503 "));
    assert_int_equal(self.requests[OTHER], handled);
    sip_stack_get_stats(self.stack, &stats);
    assert_int_equal(stats.refused_full, 2);
    assert_int_equal(stats.rejected_busy, 1);
    atomic_fetch_sub(&mailbox->waiting, SIP__MAILBOX_MOST);

    /* The same the other way: what is not sent fails at once. */
    mailbox = &sip_stack_worker(self.stack, 0)->mailbox;
    atomic_fetch_add(&mailbox->waiting, SIP__MAILBOX_MOST);
    ask(&self, "sip:y@127.0.0.1", &path);
    for (unsigned i = 0; i < PATIENCE && self.status == 0; i++) {
        step(&self);
    }
    assert_int_equal(self.status, -503);
    atomic_fetch_sub(&mailbox->waiting, SIP__MAILBOX_MOST);
    finish(&self);
}

/* ---- keep-alives over UDP, and connections that are dealt */

static void answers_to_keepalives_go_to_who_asked(void **state)
{
    uint8_t id[12] = {OTHER, 1, 2, 3};
    char stun[20] = {0x01, 0x01, 0, 0, 0x21, 0x12, (char)0xa4, 0x42};
    sip_path from = {.protocol = SIP_PROTOCOL_UDP};
    sip_worker *first;
    world self;

    (void)state;
    init(&self);
    first = sip_stack_worker(self.stack, 0);
    memcpy(stun + 8, id, sizeof id);
    assert_true(sip__far_pass_keepalive(first, &from, (sip_str){stun, sizeof stun}));
    step(&self);
    stun[8] = 0; /* its own */
    assert_false(sip__far_pass_keepalive(first, &from, (sip_str){stun, sizeof stun}));
    stun[8] = 7; /* nobody's */
    assert_false(sip__far_pass_keepalive(first, &from, (sip_str){stun, sizeof stun}));
    assert_false(sip__far_pass_keepalive(first, &from, SIP_STR("no STUN")));
    finish(&self);
}

static void accepted_connections_are_dealt_in_turn(void **state)
{
    sip_transport *transport;
    sip_addr remote;
    int pair[2], more[2];
    world self;

    (void)state;
    init(&self);
    transport = self.stack->workers->transports.first;
    assert_int_equal(sip_addr_parse(SIP_STR("127.0.0.1"), 4000, &remote), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, more), 0);
    self.stack->workers->dealt = 0;
    assert_false(sip__far_deal(self.stack->workers, transport, pair[0], &remote)); /* its own */
    assert_true(sip__far_deal(self.stack->workers, transport, pair[0], &remote));
    step(&self);
    say(pair[1], request_for(&self, 0, "OPTIONS", ""));
    assert_non_null(strstr(hear(&self, pair[1], "\r\n\r\n"), " 200 "));
    assert_int_equal(self.source.flow >> 56, OTHER);
    /* One that nobody takes any more is closed. */
    self.stack->workers->dealt = 1;
    assert_true(sip__far_deal(self.stack->workers, transport, more[0], &remote));
    finish(&self);
    assert_int_equal(recv(more[1], &remote, 1, MSG_DONTWAIT), 0);
    close(pair[1]);
    close(more[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flow_is_known_where_its_messages_go),
        cmocka_unit_test(its_owner_keeps_it_and_uses_it_for_aliases),
        cmocka_unit_test(requests_find_the_connection_of_another_worker),
        cmocka_unit_test(the_end_of_a_flow_is_told_and_what_was_sent_fails),
        cmocka_unit_test(a_flow_that_had_ended_before_is_forgotten),
        cmocka_unit_test(a_worker_with_too_much_to_do_gets_no_more),
        cmocka_unit_test(answers_to_keepalives_go_to_who_asked),
        cmocka_unit_test(accepted_connections_are_dealt_in_turn),
    };

    return cmocka_run_group_tests_name("far", tests, NULL, NULL);
}
