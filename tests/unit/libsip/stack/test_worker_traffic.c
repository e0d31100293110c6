/* Two stacks of four workers each, all on threads of their own, that do to each other whatever
 * comes to mind by UDP and TCP: requests, calls that another worker hangs up, INVITEs that are
 * cancelled, work posted across. Under ThreadSanitizer this is the proof that workers share
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <poll.h>

#include <sip/sip.h>

#define WORKERS 4
#define OPS 500   /* of each client worker */
#define AT_ONCE 6 /* few enough that no socket's queue runs over */
#define T1_MS 200 /* a crowded machine is slow */

struct side;

/* What one worker does; its own thread's alone. */
struct member {
    struct side *side;
    sip_worker *worker;
    sip_tu *tu;
    uint64_t seed;
    unsigned index, begun, done;
    struct op *ops; /* freed in the end */
    unsigned requests, byes, acks, cancels;
};

struct side {
    sip_stack *stack;
    struct member members[WORKERS];
    atomic_uint finished, posted, errors;
    uint16_t udp_port, tcp_port;
};

static struct side server, client;

static unsigned chance(struct member *member, unsigned below)
{
    member->seed = member->seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(member->seed >> 33) % below;
}

/* cmocka's own assertions belong to its thread. */
static void expect(struct side *side, bool condition)
{
    if (!condition) {
        atomic_fetch_add(&side->errors, 1);
    }
}

static void posted(void *arg)
{
    struct member *member = arg;

    (void)sip_worker_now_ms(member->worker);
    atomic_fetch_add(&member->side->posted, 1);
}

static void post_to_another(struct member *member)
{
    struct member *other = &member->side->members[chance(member, WORKERS)];

    expect(member->side, sip_worker_post(other->worker, posted, other) == 0);
}

/* ---- the server */

static const sip_header contact[] = {{"Contact", "<sip:x@127.0.0.1>"}, {NULL, NULL}};
static const sip_extras with_contact = {.headers = contact};

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    struct member *member = user_data;
    const sip_msg *request = sip_server_tx_request(tx);
    bool is_slow = sip_msg_find(request, "Subject", 0).len > 0;

    expect(member->side, sip_tu_worker(tu) == member->worker);
    member->requests++;
    if (sip_msg_method(request) == SIP_METHOD_BYE) {
        char digits[3] = "";

        memcpy(digits, sip_msg_to(request)->tag.ptr + 8, 2);
        expect(member->side, strtoul(digits, NULL, 16) == member->index);
        member->byes++;
    }
    if (chance(member, 4) == 0) {
        post_to_another(member);
    }
    expect(member->side,
           sip_server_tx_respond(tx, is_slow ? 180 : 200, is_slow ? NULL : &with_contact) == 0);
}

static void on_ack(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    (void)tu;
    (void)ack;
    ((struct member *)user_data)->acks++;
}

static void on_cancel(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    struct member *member = user_data;

    (void)tu;
    member->cancels++;
    expect(member->side, sip_server_tx_respond(tx, 487, NULL) == 0);
}

static const sip_tu_handler server_handler = {
    .on_request = on_request, .on_ack = on_ack, .on_cancel = on_cancel};

/* ---- the client */

enum kind {
    KIND_OPTIONS,
    KIND_CALL,
    KIND_CANCELLED,
    KINDS
};

struct op {
    struct op *next;
    struct member *owner, *hanger; /* who hangs up */
    enum kind kind;
    bool tcp, cancelled, over;
    char uri[80], call_id[SIP_CALL_ID_BYTES], tag[SIP_TAG_BYTES], to_tag[64];
};

static void begin_op(struct member *member);

static void end_op(void *arg)
{
    struct op *op = arg;
    struct member *member = op->owner;

    expect(&client, !op->over);
    op->over = true;
    member->done++;
    if (member->begun < OPS) {
        begin_op(member);
    } else if (member->done == OPS && atomic_fetch_add(&client.finished, 1) + 1 == WORKERS) {
        sip_stack_stop(client.stack);
    }
}

static sip_msg *make(const struct op *op, const char *method, unsigned cseq)
{
    sip_build *build = sip_build_request(NULL, sip_str_of(method), sip_str_of(op->uri));
    sip_msg *msg = NULL;

    sip_build_headerf(build, SIP_HEADER_FROM, "<sip:c@127.0.0.1>;tag=%s", op->tag);
    sip_build_headerf(build, SIP_HEADER_TO, "<%s>%s%s", op->uri,
                      op->to_tag[0] != '\0' ? ";tag=" : "", op->to_tag);
    sip_build_header(build, SIP_HEADER_CALL_ID, sip_str_of(op->call_id));
    sip_build_headerf(build, SIP_HEADER_CSEQ, "%u %s", cseq, method);
    if (op->kind == KIND_CANCELLED) {
        sip_build_named(build, SIP_STR("Subject"), SIP_STR("slow"));
    }
    sip_build_contact(build, SIP_STR("c"), (sip_str){NULL, 0});
    expect(&client, sip_build_finish(build, &msg) == 0);
    return msg;
}

static void on_bye_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    struct op *op = user_data;

    (void)tx;
    expect(&client, sip_msg_status(response) == 200);
    expect(&client, sip_worker_post(op->owner->worker, end_op, op) == 0);
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    struct op *op = user_data;

    (void)tx;
    (void)op;
    fprintf(stderr, "%s\n", failure->text);
    expect(&client, false);
    sip_stack_stop(client.stack);
}

/* Another worker, which by TCP has another connection, ends the call. */
static void hang_up(void *arg)
{
    static const sip_client_tx_handler handler = {.on_response = on_bye_response,
                                                  .on_failed = on_failed};
    struct op *op = arg;
    sip_msg *bye = make(op, "BYE", 2);

    expect(&client, sip_client_tx_create(op->hanger->tu, bye, NULL, &handler, op, NULL) == 0);
    (void)sip_msg_unref(bye);
}

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    struct op *op = user_data;
    int status = sip_msg_status(response);

    if (op->kind == KIND_CANCELLED) {
        if (status == 180 && !op->cancelled) { /* a slow machine sees it repeated */
            op->cancelled = true;
            expect(&client, sip_client_tx_cancel(tx, NULL) == 0);
        } else if (status >= 200) {
            expect(&client, status == 487);
            end_op(op);
        }
    } else if (op->kind == KIND_CALL && status == 200 && op->to_tag[0] == '\0') {
        sip_msg *ack;

        (void)snprintf(op->to_tag, sizeof op->to_tag, SIP_FMT, SIP_ARG(sip_msg_to(response)->tag));
        ack = make(op, "ACK", 1);
        expect(&client, sip_tu_send(op->owner->tu, ack, NULL, NULL) == 0);
        (void)sip_msg_unref(ack);
        op->hanger = &client.members[chance(op->owner, WORKERS)];
        expect(&client, sip_worker_post(op->hanger->worker, hang_up, op) == 0);
    } else if (op->kind == KIND_OPTIONS) {
        expect(&client, status == 200);
        end_op(op);
    }
}

static void begin_op(struct member *member)
{
    static const sip_client_tx_handler handler = {.on_response = on_response,
                                                  .on_failed = on_failed};
    struct op *op = calloc(1, sizeof *op);
    sip_msg *request;

    op->next = member->ops;
    member->ops = op;
    member->begun++;
    op->owner = member;
    op->kind = (enum kind)chance(member, KINDS);
    op->tcp = chance(member, 2) == 0;
    (void)snprintf(op->uri, sizeof op->uri, "sip:x@127.0.0.1:%u%s",
                   op->tcp ? server.tcp_port : server.udp_port, op->tcp ? ";transport=tcp" : "");
    (void)sip_worker_make_tag(member->worker, op->tag);
    (void)sip_worker_make_call_id(member->worker, op->call_id);
    request = make(op, op->kind == KIND_OPTIONS ? "OPTIONS" : "INVITE", 1);
    expect(&client, sip_client_tx_create(member->tu, request, NULL, &handler, op, NULL) == 0);
    (void)sip_msg_unref(request);
    if (chance(member, 4) == 0) {
        post_to_another(member);
    }
}

static void begin(void *arg)
{
    for (unsigned i = 0; i < AT_ONCE; i++) {
        begin_op(arg);
    }
}

static const sip_tu_handler client_handler = {.on_request = NULL};

/* ---- both */

static void init(struct side *side, const sip_tu_handler *handler, uint64_t seed)
{
    const sip_stack_config config = {
        .workers = WORKERS, .timers = {.t1_ms = T1_MS}, .watch_addresses = SIP_OFF};
    sip_addr addr;

    memset(side, 0, sizeof *side);
    assert_int_equal(sip_stack_create(&config, &side->stack), 0);
    assert_int_equal(sip_stack_listen(side->stack, "udp:127.0.0.1:0"), 0);
    assert_int_equal(sip_stack_listen(side->stack, "tcp:127.0.0.1:0"), 0);
    assert_true(sip_stack_listener(side->stack, 0, NULL, &addr));
    side->udp_port = addr.port;
    assert_true(sip_stack_listener(side->stack, 1, NULL, &addr));
    side->tcp_port = addr.port;
    for (unsigned i = 0; i < WORKERS; i++) {
        struct member *member = &side->members[i];
        const sip_tu_config config_of_one = {.worker = i};

        member->side = side;
        member->index = i;
        member->seed = seed + i;
        member->worker = sip_stack_worker(side->stack, i);
        assert_int_equal(sip_tu_create(side->stack, &config_of_one, handler, member, &member->tu),
                         0);
    }
}

static void finish(struct side *side)
{
    sip_stack_destroy(side->stack);
    for (unsigned i = 0; i < WORKERS; i++) {
        while (side->members[i].ops != NULL) {
            struct op *op = side->members[i].ops;

            side->members[i].ops = op->next;
            free(op);
        }
    }
}

static unsigned sum(size_t offset)
{
    unsigned n = 0;

    for (unsigned i = 0; i < WORKERS; i++) {
        unsigned one;

        memcpy(&one, (const char *)&server.members[i] + offset, sizeof one);
        n += one;
    }
    return n;
}

static void workers_talk_to_workers(void **state)
{
    sip_stack_stats stats;
    unsigned calls = 0, cancelled = 0;

    (void)state;
    init(&server, &server_handler, 1);
    init(&client, &client_handler, 100);
    assert_int_equal(sip_stack_start(server.stack), 0);
    assert_int_equal(sip_stack_start(server.stack), SIP_ESTATE);
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_int_equal(sip_worker_post(client.members[i].worker, begin, &client.members[i]), 0);
    }
    assert_int_equal(sip_stack_start(client.stack), 0);
    do { /* counters are read by whoever likes */
        sip_stack_get_stats(server.stack, &stats);
        (void)poll(NULL, 0, 1);
    } while (stats.passed_on == 0 && atomic_load(&client.errors) == 0);
    assert_int_equal(sip_stack_wait(client.stack), 0);
    sip_stack_stop(server.stack);
    assert_int_equal(sip_stack_wait(server.stack), 0);

    assert_int_equal(atomic_load(&client.errors), 0);
    assert_int_equal(atomic_load(&server.errors), 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_int_equal(client.members[i].done, OPS);
        assert_true(server.members[i].requests > 0);
        for (const struct op *op = client.members[i].ops; op != NULL; op = op->next) {
            calls += op->kind == KIND_CALL;
            cancelled += op->kind == KIND_CANCELLED;
        }
    }
    assert_int_equal(sum(offsetof(struct member, byes)), calls);
    assert_int_equal(sum(offsetof(struct member, cancels)), cancelled);
    assert_int_equal(sum(offsetof(struct member, requests)), WORKERS * OPS + calls);
    assert_true(atomic_load(&client.posted) > 0 && atomic_load(&server.posted) > 0);
    sip_stack_get_stats(server.stack, &stats);
    assert_true(stats.passed_on > 0);
    assert_int_equal(stats.refused_full, 0);
    assert_true(stats.connections.accepted > 0);
    finish(&client);
    finish(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(workers_talk_to_workers)};

    return cmocka_run_group_tests_name("worker_traffic", tests, NULL, NULL);
}
