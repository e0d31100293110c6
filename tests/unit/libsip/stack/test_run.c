/* Stacks of several workers on real threads and sockets: how they begin, listen and end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sip/sip.h>

#include "support/fail_alloc.h"

#define WORKERS 3
#define PATIENCE_MS 20000
#define CLIENTS 24

typedef struct world {
    sip_stack *stack;
    uint16_t udp_port, tcp_port;
    atomic_uint requests[WORKERS], stops, wrong, late;
    int result;
} world;

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    world *self = user_data;

    atomic_fetch_add(&self->requests[sip_worker_index(sip_tu_worker(tu))], 1);
    if (sip_server_tx_respond(tx, 200, NULL) != 0) {
        atomic_fetch_add(&self->wrong, 1);
    }
}

static void on_stop(sip_tu *tu, void *user_data)
{
    atomic_fetch_add(&((world *)user_data)->stops, 1);
    sip_tu_stopped(tu);
}

static const sip_tu_handler handler = {.on_request = on_request, .on_stop = on_stop};

static void init(world *self, bool embedded)
{
    const sip_stack_config config = {
        .workers = WORKERS, .embedded = embedded, .watch_addresses = SIP_OFF};
    sip_protocol protocol;
    sip_addr addr;

    memset(self, 0, sizeof *self);
    assert_int_equal(sip_stack_create(&config, &self->stack), 0);
    assert_int_equal(sip_stack_listen(self->stack, "udp:127.0.0.1:0"), 0);
    assert_int_equal(sip_stack_listen(self->stack, "tcp:127.0.0.1:0"), 0);
    assert_true(sip_stack_listener(self->stack, 0, &protocol, &addr));
    assert_int_equal(protocol, SIP_PROTOCOL_UDP);
    self->udp_port = addr.port;
    assert_true(sip_stack_listener(self->stack, 1, &protocol, &addr));
    assert_int_equal(protocol, SIP_PROTOCOL_TCP);
    self->tcp_port = addr.port;
    assert_false(sip_stack_listener(self->stack, 2, NULL, NULL));
    for (unsigned i = 0; i < WORKERS; i++) {
        const sip_tu_config one = {.worker = i};

        assert_int_equal(sip_tu_create(self->stack, &one, &handler, self, NULL), 0);
    }
}

static int client_of(uint16_t port, int type)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, type, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void ask(int fd, const char *protocol, unsigned number)
{
    char text[600];
    int len = snprintf(text, sizeof text,
                       "OPTIONS sip:x@127.0.0.1 SIP/2.0\r\n"
                       "Via: SIP/2.0/%s 127.0.0.1:5099;rport;branch=z9hG4bKr%u\r\n"
                       "From: <sip:y@z>;tag=t\r\nTo: <sip:x@127.0.0.1>\r\nCall-ID: %s%u\r\n"
                       "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                       protocol, number, protocol, number);

    assert_int_equal(send(fd, text, (size_t)len, MSG_NOSIGNAL), len);
}

/* An answer comes back to the very socket that asked. */
static void expect_200(int fd)
{
    struct pollfd at = {fd, POLLIN, 0};
    char text[1000];
    ssize_t n;

    assert_int_equal(poll(&at, 1, PATIENCE_MS), 1);
    n = recv(fd, text, sizeof text - 1, 0);
    assert_true(n > 0);
    text[n] = '\0';
    assert_non_null(strstr(text, "SIP/2.0 200"));
}

static void talk(world *self)
{
    unsigned busy = 0, all = 0;

    for (unsigned i = 0; i < CLIENTS; i++) {
        bool tcp = i % 2 == 1;
        int fd = client_of(tcp ? self->tcp_port : self->udp_port, tcp ? SOCK_STREAM : SOCK_DGRAM);

        for (unsigned n = 0; n < 3; n++) {
            ask(fd, tcp ? "TCP" : "UDP", 10 * i + n);
            expect_200(fd);
        }
        close(fd);
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        busy += atomic_load(&self->requests[i]) > 0;
        all += atomic_load(&self->requests[i]);
    }
    assert_int_equal(busy, WORKERS);
    assert_int_equal(all, 3 * CLIENTS);
    assert_int_equal(atomic_load(&self->wrong), 0);
}

static void workers_run_on_threads_of_their_own(void **state)
{
    sip_stack_stats stats;
    world self;

    (void)state;
    init(&self, false);
    assert_int_equal(sip_stack_wait(self.stack), SIP_ESTATE);
    assert_int_equal(sip_stack_start(self.stack), 0);
    assert_int_equal(sip_stack_start(self.stack), SIP_ESTATE);
    assert_int_equal(sip_stack_run(self.stack), SIP_ESTATE);
    talk(&self);
    sip_stack_get_stats(self.stack, &stats); /* from a thread that is no worker */
    assert_true(stats.received <= 3 * CLIENTS);
    sip_stack_stop(self.stack);
    assert_int_equal(sip_stack_wait(self.stack), 0);
    assert_int_equal(atomic_load(&self.stops), WORKERS);
    sip_stack_get_stats(self.stack, &stats);
    assert_int_equal(stats.received, 3 * CLIENTS);
    assert_int_equal(stats.sent, 3 * CLIENTS);
    assert_true(stats.passed_on > 0);
    assert_int_equal(stats.server_transactions, 3 * CLIENTS);
    assert_int_equal(sip_stack_live_objects(self.stack), stats.live_transactions);
    sip_stack_destroy(self.stack);
}

/* Also one alone may be asked from elsewhere what it has counted. */
static void one_worker_on_a_thread_is_counted_too(void **state)
{
    const sip_stack_config config = {.watch_addresses = SIP_OFF};
    sip_stack_stats stats;
    sip_addr addr;
    world self;
    int fd;

    (void)state;
    memset(&self, 0, sizeof self);
    assert_int_equal(sip_stack_create(&config, &self.stack), 0);
    assert_int_equal(sip_stack_listen(self.stack, "udp:127.0.0.1:0"), 0);
    assert_true(sip_stack_listener(self.stack, 0, NULL, &addr));
    assert_int_equal(sip_tu_create(self.stack, NULL, &handler, &self, NULL), 0);
    assert_int_equal(sip_stack_start(self.stack), 0);
    fd = client_of(addr.port, SOCK_DGRAM);
    ask(fd, "UDP", 1);
    expect_200(fd);
    for (unsigned i = 0; i < PATIENCE_MS; i++) {
        sip_stack_get_stats(self.stack, &stats);
        if (stats.received > 0) {
            break;
        }
        (void)poll(NULL, 0, 1);
    }
    assert_int_equal(stats.received, 1);
    assert_int_equal(stats.passed_on, 0);
    close(fd);
    sip_stack_destroy(self.stack);
}

/* ---- the first on the caller's thread */

static void stop_from_a_worker(void *arg)
{
    sip_stack_stop(((world *)arg)->stack);
}

static void may_not_be_done_now(void *arg)
{
    sip_addr addr = {.family = SIP_FAMILY_IP4};
    world *self = arg;

    if (sip_stack_listen(self->stack, "udp:127.0.0.1:0") != SIP_ESTATE ||
        strstr(sip_stack_error(self->stack), "run already") == NULL ||
        sip_stack_add_host(self->stack, "h", &addr) != SIP_ESTATE) {
        atomic_fetch_add(&self->wrong, 1);
    }
    (void)sip_worker_post(sip_stack_worker(self->stack, WORKERS - 1), stop_from_a_worker, self);
}

static void the_caller_runs_the_first_worker(void **state)
{
    world self;

    (void)state;
    init(&self, false);
    assert_int_equal(sip_worker_post(sip_stack_worker(self.stack, 1), may_not_be_done_now, &self),
                     0);
    assert_int_equal(sip_stack_run(self.stack), 0);
    assert_int_equal(atomic_load(&self.wrong), 0);
    assert_int_equal(atomic_load(&self.stops), WORKERS);
    assert_string_equal(sip_stack_error(self.stack), "no failure so far"); /* the first's */
    sip_stack_destroy(self.stack);
}

static void a_signal_stops_all(void **state)
{
    world self;

    (void)state;
    init(&self, false);
    assert_int_equal(sip_stack_on_signal(self.stack, SIGUSR1, NULL, NULL), 0);
    assert_int_equal(raise(SIGUSR1), 0);
    assert_int_equal(sip_stack_run(self.stack), 0);
    assert_int_equal(atomic_load(&self.stops), WORKERS);
    sip_stack_destroy(self.stack);
}

static void destroying_stops_what_runs(void **state)
{
    world self;

    (void)state;
    init(&self, false);
    assert_int_equal(sip_stack_start(self.stack), 0);
    sip_stack_destroy(self.stack);
    init(&self, false);
    sip_stack_destroy(self.stack); /* before it ran */
}

/* ---- in a foreign loop */

static void a_foreign_loop_drives_the_first_worker(void **state)
{
    struct pollfd at;
    world self;
    int fd;
    bool answered = false;

    (void)state;
    init(&self, true);
    assert_int_equal(sip_stack_run(self.stack), SIP_ESTATE);
    at = (struct pollfd){sip_stack_fd(self.stack), POLLIN, 0};
    assert_int_equal(poll(&at, 1, PATIENCE_MS), 1); /* the others have to be started */
    assert_int_equal(sip_stack_step(self.stack), 1);
    assert_int_equal(sip_stack_wait(self.stack), SIP_ESTATE);
    fd = client_of(self.udp_port, SOCK_DGRAM);
    for (unsigned i = 0; i < 20; i++) {
        struct pollfd both[2] = {at, {fd, POLLIN, 0}};

        ask(fd, "UDP", i);
        for (answered = false; !answered;) {
            assert_true(poll(both, 2, PATIENCE_MS) > 0);
            answered = both[1].revents != 0;
            assert_int_equal(sip_stack_step(self.stack), 1);
        }
        expect_200(fd);
    }
    close(fd);
    sip_stack_stop(self.stack);
    do {
        assert_int_equal(poll(&at, 1, PATIENCE_MS), 1);
    } while (sip_stack_step(self.stack) > 0);
    assert_int_equal(atomic_load(&self.stops), WORKERS);
    assert_int_equal(sip_stack_step(self.stack), 0);
    sip_stack_destroy(self.stack);
}

/* ---- ports */

static void a_second_stack_is_refused(void **state)
{
    const unsigned numbers[] = {1, 2};
    char where[2][40];
    world self;

    (void)state;
    init(&self, false);
    (void)snprintf(where[0], sizeof where[0], "udp:127.0.0.1:%u", self.udp_port);
    (void)snprintf(where[1], sizeof where[1], "tcp:127.0.0.1:%u", self.tcp_port);
    for (unsigned i = 0; i < 2; i++) {
        const sip_stack_config config = {.workers = numbers[i], .watch_addresses = SIP_OFF};
        sip_stack *other;

        assert_int_equal(sip_stack_create(&config, &other), 0);
        for (unsigned n = 0; n < 2; n++) {
            assert_int_equal(sip_stack_listen(other, where[n]), SIP_EIO);
            assert_non_null(strstr(sip_stack_error(other), "in use"));
            assert_false(sip_stack_listener(other, 0, NULL, NULL));
        }
        sip_stack_destroy(other);
    }
    sip_stack_destroy(self.stack);
}

static void without_memory_nothing_listens_and_nothing_leaks(void **state)
{
    fail_alloc memory;
    size_t n = 0;

    (void)state;
    do {
        sip_stack_config config = {
            .workers = 2, .watch_addresses = SIP_OFF, .allocator = &memory.allocator};
        sip_stack *stack = NULL;
        int err;

        fail_alloc_init(&memory, ++n);
        err = sip_stack_create(&config, &stack);
        if (err == 0) {
            err = sip_stack_listen(stack, "udp:127.0.0.1:0");
            assert_int_equal(err == 0, sip_stack_listener(stack, 0, NULL, NULL));
        }
        assert_true(err == 0 || err == SIP_ENOMEM || err == SIP_EIO);
        sip_stack_destroy(stack);
        assert_int_equal(memory.live, 0);
    } while (memory.failed);
}

static void without_a_thread_nothing_runs(void **state)
{
    fail_alloc memory;
    sip_stack_config config = {.workers = 2, .watch_addresses = SIP_OFF};
    sip_stack *stack = NULL;

    (void)state;
    fail_alloc_init(&memory, 0);
    config.allocator = &memory.allocator;
    assert_int_equal(sip_stack_create(&config, &stack), 0);
    memory.fail_at = memory.calls + 1;
    assert_int_equal(sip_stack_run(stack), SIP_ENOMEM);
    assert_non_null(strstr(sip_stack_error(stack), "no thread"));
    assert_int_equal(sip_stack_step(stack), 0); /* it has stopped */
    sip_stack_destroy(stack);
    assert_int_equal(memory.live, 0);
}

static void out_of_range(void **state)
{
    sip_stack_config config = {.workers = 257};
    sip_stack *stack = NULL;

    (void)state;
    assert_int_equal(sip_stack_create(&config, &stack), SIP_EINVAL);
    config.workers = SIP_WORKER_PER_CPU;
    config.watch_addresses = SIP_OFF;
    assert_int_equal(sip_stack_create(&config, &stack), 0);
    assert_true(sip_stack_workers(stack) >= 1);
    assert_null(sip_stack_worker(stack, sip_stack_workers(stack)));
    assert_int_equal(sip_stack_start(NULL), SIP_ESTATE);
    assert_int_equal(sip_stack_wait(NULL), SIP_ESTATE);
    sip_stack_destroy(stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_run_on_threads_of_their_own),
        cmocka_unit_test(one_worker_on_a_thread_is_counted_too),
        cmocka_unit_test(the_caller_runs_the_first_worker),
        cmocka_unit_test(a_signal_stops_all),
        cmocka_unit_test(destroying_stops_what_runs),
        cmocka_unit_test(a_foreign_loop_drives_the_first_worker),
        cmocka_unit_test(a_second_stack_is_refused),
        cmocka_unit_test(without_memory_nothing_listens_and_nothing_leaks),
        cmocka_unit_test(without_a_thread_nothing_runs),
        cmocka_unit_test(out_of_range),
    };

    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
