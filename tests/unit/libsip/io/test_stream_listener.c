/* A listening socket on the real loopback: who comes, what cannot be opened, and a process without
 * descriptors. */
#include "io/stream_listener.h"
#include "io/socket_address.h"
#include "support/fail_alloc.h"
#include "support/real_loop.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define MOST 8

typedef struct world {
    sip_loop *loop;
    real_loop real;
    sip__stream_listener *listener;
    sip_addr at, remote;
    struct rlimit old;
    size_t accepted, asked;
    int fds[MOST];
    int frees;      /* what on_no_descriptor closes; -1: nothing */
    bool takes_all; /* it takes the last descriptor instead */
} world;

static void on_accepted(int fd, const sip_addr *remote, void *arg)
{
    world *self = arg;

    assert_true(self->accepted < MOST);
    self->fds[self->accepted++] = fd;
    self->remote = *remote;
}

static void allow(const world *self, rlim_t most)
{
    struct rlimit few = self->old;

    few.rlim_cur = most;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
}

static bool on_no_descriptor(void *arg)
{
    world *self = arg;

    self->asked++;
    if (self->takes_all) {
        allow(self, 3);
    }
    if (self->frees < 0) {
        return false;
    }
    close(self->frees);
    self->frees = -1;
    return true;
}

static sip__stream_listener_config config_of(world *self, const char *host)
{
    sip__stream_listener_config config = {
        .allocator = sip_allocator_default(),
        .loop = self->loop,
        .on_accepted = on_accepted,
        .on_no_descriptor = on_no_descriptor,
        .arg = self,
    };

    assert_int_equal(sip_addr_parse(sip_str_of(host), 0, &config.bind), 0);
    return config;
}

static void start(world *self, const char *host)
{
    sip__stream_listener_config config;
    char text[100] = "";

    memset(self, 0, sizeof(*self));
    self->frees = -1;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &self->old), 0);
    assert_int_equal(sip_loop_create(sip_allocator_default(), &self->loop), 0);
    self->real.loop = self->loop;
    config = config_of(self, host);
    assert_int_equal(sip__stream_listener_create(&config, text, sizeof(text), &self->listener), 0);
    sip__stream_listener_local(self->listener, &self->at);
    assert_true(self->at.port != 0);
}

static void finish(world *self)
{
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &self->old), 0);
    for (size_t i = 0; i < self->accepted; i++) {
        close(self->fds[i]);
    }
    sip__stream_listener_destroy(self->listener);
    sip__stream_listener_destroy(NULL);
    sip_loop_destroy(self->loop);
}

static int connect_to(const world *self)
{
    struct sockaddr_storage name;
    socklen_t len;
    int fd = sip__socket_open(&self->at, SOCK_STREAM);

    assert_true(fd >= 0);
    sip__sockaddr_of(&self->at, &name, &len);
    (void)connect(fd, (struct sockaddr *)&name, len);
    return fd;
}

/* The lowest number that is free. */
static int next_fd(void)
{
    int fd = dup(0);

    assert_true(fd >= 0);
    close(fd);
    return fd;
}

static void accept_one(const char *host)
{
    sip_addr mine;
    world w;
    int fd;

    start(&w, host);
    fd = connect_to(&w);
    assert_true(real_loop_until(&w.real, &w.accepted, 1));
    sip__socket_local(fd, &mine);
    assert_true(sip_addr_equal(&w.remote, &mine));
    close(fd);
    finish(&w);
}

static void test_accepts(void **state)
{
    (void)state;
    accept_one("127.0.0.1");
    accept_one("::1");
}

static void expect_failure(const sip__stream_listener_config *config)
{
    sip__stream_listener *none = NULL;
    char text[100] = "";

    assert_int_equal(sip__stream_listener_create(config, text, sizeof(text), &none), SIP_EIO);
    assert_true(strlen(text) > 0);
    assert_null(none);
}

static void test_cannot_open(void **state)
{
    sip__stream_listener_config config;
    world w;

    (void)state;
    start(&w, "127.0.0.1");
    config = config_of(&w, "127.0.0.1");
    config.bind = w.at; /* taken */
    expect_failure(&config);
    config = config_of(&w, "203.0.113.77"); /* nobody's */
    expect_failure(&config);
    config = config_of(&w, "127.0.0.1");
    config.options.device = "no-such-interface";
    expect_failure(&config);
    config = config_of(&w, "127.0.0.1");
    allow(&w, 3);
    expect_failure(&config);
    finish(&w);
}

/* Somebody gives his descriptor, or whoever comes is told that there is none. */
static void test_without_descriptors(void **state)
{
    world w;
    int given, first, second;
    char byte;

    (void)state;
    start(&w, "127.0.0.1");
    given = dup(0);
    first = connect_to(&w);
    second = connect_to(&w);
    w.frees = given;
    allow(&w, (rlim_t)next_fd());
    assert_true(real_loop_until(&w.real, &w.accepted, 1));
    assert_true(real_loop_until(&w.real, &w.asked, 2));
    assert_int_equal(w.accepted, 1);
    for (int i = 0; i < 1000 && recv(second, &byte, 1, MSG_PEEK) < 0; i++) {
        assert_int_equal(sip_loop_step(w.loop), 0);
    }
    assert_int_equal(recv(second, &byte, 1, 0), 0);
    close(first);
    close(second);
    finish(&w);
}

/* Not even that can be done: the listener waits a little, and is as before. */
static void test_pauses(void **state)
{
    world w;
    int first, second;

    (void)state;
    start(&w, "127.0.0.1");
    first = connect_to(&w);
    second = connect_to(&w);
    w.takes_all = true;
    allow(&w, (rlim_t)next_fd());
    assert_true(real_loop_until(&w.real, &w.asked, 1));
    assert_int_equal(w.accepted, 0);
    allow(&w, w.old.rlim_cur);
    assert_true(real_loop_until(&w.real, &w.accepted, 2));
    assert_int_equal(w.asked, 1);
    close(first);
    close(second);
    finish(&w);
}

static void test_no_memory(void **state)
{
    size_t n = 0;
    fail_alloc fail;
    world w;

    (void)state;
    start(&w, "127.0.0.1");
    do {
        sip__stream_listener_config config = config_of(&w, "127.0.0.1");
        sip__stream_listener *listener = NULL;
        char text[100];

        fail_alloc_init(&fail, ++n);
        config.allocator = &fail.allocator;
        if (sip__stream_listener_create(&config, text, sizeof(text), &listener) == 0) {
            sip__stream_listener_destroy(listener);
        }
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_cannot_open),
        cmocka_unit_test(test_without_descriptors),
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
