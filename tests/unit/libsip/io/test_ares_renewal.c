/* Name servers that change, and ports that do. */
#include "ares_world.h"
#include <arpa/inet.h>
#include <sys/socket.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* Name servers are read anew when the file that the system keeps them in has changed. */
static void test_other_servers(void **state)
{
    char path[] = "/tmp/parley-servers-XXXXXX";
    char servers[64] = "127.0.0.1:1";
    sip__ares_config names = {.allocator = sip_allocator_default(),
                              .name_servers = servers,
                              .timeout_ms = 50,
                              .tries = 1,
                              .watched = path,
                              .look_every_ms = 1};
    int fd = mkstemp(path);
    ares_world w;
    ares_asker a;

    (void)state;
    assert_true(fd >= 0);
    ares_world_start(&w);
    w.resolver->vtable->destroy(w.resolver);
    names.loop = w.loop;
    assert_int_equal(sip__ares_resolver_create(&names, &w.resolver), 0);
    (void)snprintf(servers, sizeof(servers), "%s", w.servers);
    assert_int_equal(ares_world_ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 1));
    assert_int_equal(a.err, SIP_EIO); /* nothing has changed yet */
    assert_int_equal(write(fd, "x", 1), 1);
    ares_world_pass_time(&w);
    assert_int_equal(ares_world_ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 2));
    assert_int_equal(a.err, 0);
    (void)snprintf(servers, sizeof(servers), "nonsense"); /* what was right stays */
    assert_int_equal(write(fd, "x", 1), 1);
    ares_world_pass_time(&w);
    assert_int_equal(ares_world_ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 3));
    assert_int_equal(a.err, 0);
    (void)close(fd);
    (void)unlink(path);
    ares_world_finish(&w);
}

/* A name server that hears and says nothing of its own. */
typedef struct deaf_server {
    int fd;
    char text[64];
} deaf_server;

static void deaf_start(deaf_server *deaf)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);

    deaf->fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(deaf->fd >= 0);
    assert_int_equal(bind(deaf->fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(getsockname(deaf->fd, (struct sockaddr *)&at, &len), 0);
    (void)snprintf(deaf->text, sizeof(deaf->text), "127.0.0.1:%u", ntohs(at.sin_port));
}

/* The first of what it has heard is answered after all. */
static void deaf_answer(const deaf_server *deaf)
{
    unsigned char reply[512];
    struct sockaddr_in remote;
    socklen_t room = sizeof(remote);
    ssize_t len = recvfrom(deaf->fd, reply, 200, 0, (struct sockaddr *)&remote, &room);
    size_t end = 12;

    assert_true(len > 17);
    while (reply[end] != 0) {
        end += reply[end] + 1u;
    }
    len = (ssize_t)ares_world_reply(reply, end + 5, reply[end + 2], 1);
    assert_int_equal(sendto(deaf->fd, reply, (size_t)len, 0, (struct sockaddr *)&remote, room),
                     len);
}

/* A world whose resolver asks `servers`, which are read anew when `path` has changed. */
static void start_resolver(ares_world *w, const char *servers, const char *path)
{
    sip__ares_config names = {.allocator = sip_allocator_default(),
                              .name_servers = servers,
                              .timeout_ms = 20000, /* never, as tests go */
                              .tries = 1,
                              .watched = path,
                              .look_every_ms = 1};

    names.loop = w->loop;
    assert_int_equal(sip__ares_resolver_create(&names, &w->resolver), 0);
}

static void start_watching(ares_world *w, const char *servers, const char *path)
{
    ares_world_start(w);
    w->resolver->vtable->destroy(w->resolver);
    start_resolver(w, servers, path);
}

/* Where there is always a question under way, others are heeded as soon, and what was asked before
 * is answered by whom it was asked of. */
static void test_other_servers_while_busy(void **state)
{
    char path[] = "/tmp/parley-servers-XXXXXX";
    char servers[64];
    int fd = mkstemp(path);
    deaf_server deaf;
    ares_world w;
    ares_asker old, fresh, gone;

    (void)state;
    assert_true(fd >= 0);
    deaf_start(&deaf);
    (void)snprintf(servers, sizeof(servers), "%s", deaf.text);
    start_watching(&w, servers, path);
    assert_int_equal(ares_world_ask(&w, &old, "two.example.com", SIP_DNS_A), 0);
    assert_int_equal(ares_world_ask(&w, &gone, "two.example.com", SIP_DNS_A), 0);
    (void)snprintf(servers, sizeof(servers), "%s", w.servers);
    assert_int_equal(write(fd, "x", 1), 1);
    ares_world_pass_time(&w);
    assert_int_equal(ares_world_ask(&w, &fresh, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 1));
    assert_int_equal(fresh.answers, 1);
    assert_int_equal(fresh.n, 2);
    assert_int_equal(old.answers, 0);
    w.resolver->vtable->cancel(w.resolver, &gone.query);
    deaf_answer(&deaf);
    deaf_answer(&deaf);
    assert_true(real_loop_until(&w.real, &w.answers, 2));
    assert_int_equal(old.answers, 1);
    assert_int_equal(old.n, 1);
    assert_int_equal(gone.answers, 0);
    (void)close(deaf.fd);
    (void)close(fd);
    (void)unlink(path);
    ares_world_finish(&w);
}

#define CHANGES 6 /* more than are heeded while nobody answers */

/* A file that changes all the time does not open a channel each time; the last change is heeded
 * when those before it have got their answers. */
static void test_many_changes(void **state)
{
    char path[] = "/tmp/parley-servers-XXXXXX";
    char servers[64];
    int fd = mkstemp(path);
    deaf_server deaf;
    ares_world w;
    ares_asker old[CHANGES], fresh;

    (void)state;
    assert_true(fd >= 0);
    deaf_start(&deaf);
    (void)snprintf(servers, sizeof(servers), "%s", deaf.text);
    start_watching(&w, servers, path);
    for (size_t i = 0; i < CHANGES; i++) {
        assert_int_equal(ares_world_ask(&w, &old[i], "two.example.com", SIP_DNS_A), 0);
        assert_int_equal(write(fd, "x", 1), 1);
        ares_world_pass_time(&w);
    }
    (void)snprintf(servers, sizeof(servers), "%s", w.servers);
    assert_int_equal(ares_world_ask(&w, &fresh, "two.example.com", SIP_DNS_A), 0);
    assert_int_equal(w.answers, 0);
    for (size_t i = 0; i < CHANGES + 1; i++) {
        deaf_answer(&deaf); /* the last question went there, too */
    }
    assert_true(real_loop_until(&w.real, &w.answers, CHANGES + 1));
    assert_int_equal(w.asked, 0);
    ares_world_pass_time(&w);
    assert_int_equal(ares_world_ask(&w, &fresh, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, CHANGES + 2));
    assert_int_equal(w.asked, 1);
    assert_int_equal(fresh.n, 2);
    (void)close(deaf.fd);
    (void)close(fd);
    (void)unlink(path);
    ares_world_finish(&w);
}

/* While there is always a question under way, the port that is asked from changes nevertheless. */
static void test_ports_change(void **state)
{
    ares_asker pending, a;
    ares_world w;

    (void)state;
    ares_world_start(&w);
    w.resolver->vtable->destroy(w.resolver);
    start_resolver(&w, w.servers, "/nonexistent");
    w.mute = true;
    assert_int_equal(ares_world_ask(&w, &pending, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.asked, 1));
    w.mute = false;
    for (size_t i = 1; i <= 99; i++) {
        assert_int_equal(ares_world_ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
        assert_true(real_loop_until(&w.real, &w.answers, i));
    }
    assert_int_equal(w.ports, 1);
    for (size_t i = 100; i <= 199; i++) {
        assert_int_equal(ares_world_ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
        assert_true(real_loop_until(&w.real, &w.answers, i));
        assert_int_equal(a.err, 0);
    }
    assert_true(w.ports >= 2);
    assert_int_equal(pending.answers, 0);
    ares_world_finish(&w);
}

#define FLOOD 3000

/* Who has us ask for names that nobody answers for does not keep others from asking: the questions
 * that have waited longest are given up, and no more than so many are under way. */
static void test_flood(void **state)
{
    static ares_asker flood[FLOOD];
    size_t under_way = 0;
    size_t heard;
    ares_asker fresh;
    ares_world w;

    (void)state;
    ares_world_start(&w);
    w.resolver->vtable->destroy(w.resolver);
    start_resolver(&w, w.servers, "/nonexistent");
    w.mute = true;
    for (size_t i = 0; i < FLOOD; i++) {
        assert_int_equal(ares_world_ask(&w, &flood[i], "two.example.com", SIP_DNS_A), 0);
    }
    assert_int_equal(w.answers, 0); /* not from inside */
    assert_true(sip_loop_step(w.loop) >= 0);
    for (size_t i = 0; i < FLOOD; i++) {
        under_way += flood[i].answers == 0;
        assert_true(flood[i].answers == 0 || flood[i].err == SIP_EBUSY);
        assert_true(i == 0 || flood[i].answers <= flood[i - 1].answers); /* the oldest */
    }
    assert_in_range(under_way, 1000, 2500);
    do { /* the server has heard all that has not been lost */
        heard = w.asked;
        assert_true(sip_loop_step(w.loop) >= 0);
    } while (w.asked != heard);
    w.mute = false;
    assert_int_equal(ares_world_ask(&w, &fresh, "two.example.org", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &fresh.answers, 1));
    assert_int_equal(fresh.err, 0);
    ares_world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_other_servers), cmocka_unit_test(test_other_servers_while_busy),
        cmocka_unit_test(test_many_changes),  cmocka_unit_test(test_ports_change),
        cmocka_unit_test(test_flood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
