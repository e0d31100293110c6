/* c-ares against a name server of a few lines on the same loop. */
#include "io/ares_resolver.h"
#include "support/fail_alloc.h"
#include "support/real_loop.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

typedef struct world {
    sip_loop *loop;
    real_loop real;
    int server;
    sip_watch *watch;
    char servers[64];
    sip_resolver *resolver;
    size_t asked;
    size_t answers;
    bool mute;
    unsigned ports; /* that in turn were asked from */
    in_port_t last_port;
} world;

typedef struct asker {
    sip_dns_query query;
    world *world;
    size_t answers;
    int err;
    size_t n;
    sip_dns_record first;
    sip_dns_record last;
    uint32_t negative_ttl_s;
} asker;

/* Put an answer of `count` addresses, or a code without any, behind the question in `reply`. */
static size_t complete_reply(unsigned char *reply, size_t len, unsigned type, unsigned count)
{
    unsigned i;
    size_t bytes = type == 28 ? 16 : 4;

    reply[2] = 0x85;
    reply[3] = 0x80;
    reply[7] = (unsigned char)count;
    reply[8] = reply[9] = reply[10] = reply[11] = 0;
    for (i = 0; i < count; i++) {
        static const unsigned char head[] = {0xc0, 12, 0, 0, 0, 1, 0, 0, 0, 99, 0, 0};

        memcpy(reply + len, head, sizeof(head));
        reply[len + 3] = (unsigned char)type;
        reply[len + 11] = (unsigned char)bytes;
        len += sizeof(head);
        memset(reply + len, 0, bytes);
        reply[len] = type == 28 ? 0x20 : 192;
        reply[len + bytes - 1] = (unsigned char)(i + 1);
        len += bytes;
    }
    return len;
}

/* The name tells what to answer: "two…", "none…" (no record), "gone…" (no name), "fail…". */
static void on_question(unsigned ready, void *arg)
{
    world *w = arg;
    unsigned char question[512];
    unsigned char reply[512];
    struct sockaddr_in remote;
    socklen_t room = sizeof(remote);
    ssize_t len =
        recvfrom(w->server, question, sizeof(question), 0, (struct sockaddr *)&remote, &room);
    size_t out;
    size_t end = 12;

    (void)ready;
    w->asked++;
    w->ports += remote.sin_port != w->last_port;
    w->last_port = remote.sin_port;
    if (w->mute || len < 17 || len > 200) {
        return;
    }
    memcpy(reply, question, (size_t)len);
    while (end < (size_t)len && reply[end] != 0) {
        end += reply[end] + 1u;
    }
    out = complete_reply(reply, end + 5, reply[end + 2], memcmp(reply + 13, "two", 3) == 0 ? 2 : 0);
    if (memcmp(reply + 13, "gone", 4) == 0) {
        static const unsigned char soa[] = {0xc0, 12, 0, 6, 0, 1, 0, 0, 1, 0, 0, 22,
                                            0,    0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                            0,    0,  0, 0, 0, 0, 0, 0, 0, 77};

        reply[3] |= 3;
        reply[9] = 1;
        memcpy(reply + out, soa, sizeof(soa));
        out += sizeof(soa);
    } else if (memcmp(reply + 13, "fail", 4) == 0) {
        reply[3] |= 2;
    }
    assert_int_equal(sendto(w->server, reply, out, 0, (struct sockaddr *)&remote, room), out);
}

static void start(world *w)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    sip__ares_config names = {.allocator = sip_allocator_default(), .timeout_ms = 50, .tries = 2};

    memset(w, 0, sizeof(*w));
    assert_int_equal(sip_loop_create(sip_allocator_default(), &w->loop), 0);
    w->real.loop = w->loop;
    w->server = socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(w->server >= 0);
    assert_int_equal(bind(w->server, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(getsockname(w->server, (struct sockaddr *)&at, &len), 0);
    assert_int_equal(sip_loop_watch(w->loop, w->server, SIP_LOOP_READ, on_question, w, &w->watch),
                     0);
    (void)snprintf(w->servers, sizeof(w->servers), "127.0.0.1:%u", ntohs(at.sin_port));
    names.loop = w->loop;
    names.name_servers = w->servers;
    assert_int_equal(sip__ares_resolver_create(&names, &w->resolver), 0);
}

static void finish(world *w)
{
    if (w->resolver != NULL) {
        w->resolver->vtable->destroy(w->resolver);
    }
    sip_watch_stop(w->watch);
    (void)close(w->server);
    sip_loop_destroy(w->loop);
}

static void on_answer(sip_dns_query *query, const sip_dns_answer *answer)
{
    asker *self = query->arg;

    self->answers++;
    self->world->answers++;
    self->err = answer->err;
    self->n = answer->n_records;
    self->negative_ttl_s = answer->negative_ttl_s;
    assert_non_null(answer->text);
    if (answer->n_records > 0) {
        self->first = answer->records[0];
        self->last = answer->records[answer->n_records - 1];
    }
}

static int ask(world *w, asker *self, const char *name, sip_dns_type type)
{
    memset(self, 0, sizeof(*self));
    self->world = w;
    self->query.fn = on_answer;
    self->query.arg = self;
    return w->resolver->vtable->ask(w->resolver, name, type, &self->query);
}

static void test_addresses(void **state)
{
    world w;
    asker a, aaaa;
    char text[SIP_ADDR_TEXT_BYTES];

    (void)state;
    start(&w);
    assert_int_equal(ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_int_equal(ask(&w, &aaaa, "two.example.com", SIP_DNS_AAAA), 0);
    assert_int_equal(a.answers, 0);
    assert_true(real_loop_until(&w.real, &w.answers, 2));
    assert_int_equal(a.err, 0);
    assert_int_equal(a.n, 2);
    assert_int_equal(a.first.type, SIP_DNS_A);
    assert_int_equal(a.first.ttl_s, 99);
    assert_int_equal(a.first.addr.port, 0);
    assert_string_equal(sip_addr_host(&a.first.addr, text), "192.0.0.1");
    assert_string_equal(sip_addr_host(&a.last.addr, text), "192.0.0.2");
    assert_int_equal(aaaa.err, 0);
    assert_int_equal(aaaa.n, 2);
    assert_string_equal(sip_addr_host(&aaaa.first.addr, text), "[2000::1]");
    finish(&w);
}

static void test_failures(void **state)
{
    world w;
    asker none, gone, fail, other;

    (void)state;
    start(&w);
    assert_int_equal(ask(&w, &none, "none.example.com", SIP_DNS_A), 0);
    assert_int_equal(ask(&w, &gone, "gone.example.com", SIP_DNS_AAAA), 0);
    assert_int_equal(ask(&w, &fail, "fail.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 3));
    assert_int_equal(none.err, SIP_ENOENT);
    assert_int_equal(gone.err, SIP_ENOENT);
    assert_int_equal(gone.negative_ttl_s, 77);
    assert_int_equal(none.negative_ttl_s, 0); /* nobody says for how long */
    assert_int_equal(fail.err, SIP_EIO);
    assert_int_equal(ask(&w, &other, "two..example.com", SIP_DNS_SRV), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 4));
    assert_int_equal(other.err, SIP_ENOENT);
    w.mute = true;
    assert_int_equal(ask(&w, &other, "two.example.com", SIP_DNS_SRV), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 5));
    assert_int_equal(other.err, SIP_EIO);
    finish(&w);
}

static const char too_long[] =
    "a-label-of-more-than-sixty-three-characters-is-refused-before-it-is-sent.example.com";

static void ask_again(sip_dns_query *query, const sip_dns_answer *answer)
{
    asker *self = query->arg;
    sip_resolver *resolver = self->world->resolver;

    self->err = answer->err;
    if (++self->answers < 3) {
        assert_int_equal(resolver->vtable->ask(resolver, too_long, SIP_DNS_A, query), 0);
    }
}

/* Who asks again at once, and is answered at once, lets the turn end. */
static void test_later_turns(void **state)
{
    world w;
    asker a;

    (void)state;
    start(&w);
    assert_int_equal(ask(&w, &a, too_long, SIP_DNS_A), 0);
    a.query.fn = ask_again;
    for (size_t i = 1; i <= 3; i++) {
        assert_true(sip_loop_step(w.loop) >= 0);
        assert_int_equal(a.answers, i);
    }
    assert_int_equal(a.err, SIP_ENOENT);
    finish(&w);
}

/* A question whose socket cannot be watched times out. */
static void test_no_watch(void **state)
{
    sip__ares_config names = {.timeout_ms = 10, .tries = 1};
    fail_alloc fail;
    world w;
    asker a;

    (void)state;
    start(&w);
    w.resolver->vtable->destroy(w.resolver);
    fail_alloc_init(&fail, 0);
    names.allocator = &fail.allocator;
    names.loop = w.loop;
    names.name_servers = w.servers;
    names.hosts = "/nonexistent";
    assert_int_equal(sip__ares_resolver_create(&names, &w.resolver), 0);
    fail.fail_at = fail.calls + 2; /* the first is the question itself */
    assert_int_equal(ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_true(fail.failed);
    assert_true(real_loop_until(&w.real, &w.answers, 1));
    assert_int_equal(a.err, SIP_EIO);
    finish(&w);
    assert_int_equal(fail.live, 0);
}

static void test_hosts_file(void **state)
{
    world w;
    asker a;
    char text[SIP_ADDR_TEXT_BYTES];

    (void)state;
    start(&w);
    assert_int_equal(ask(&w, &a, "localhost", SIP_DNS_A), 0);
    assert_int_equal(a.answers, 0); /* known at once, told later */
    assert_true(real_loop_until(&w.real, &w.answers, 1));
    assert_int_equal(a.err, 0);
    assert_string_equal(sip_addr_host(&a.first.addr, text), "127.0.0.1");
    /* What is in the file is known to have nothing else. */
    assert_int_equal(ask(&w, &a, "_sip._udp.localhost", SIP_DNS_SRV), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 2));
    assert_int_equal(a.err, SIP_ENOENT);
    assert_true(a.negative_ttl_s > 0);
    assert_int_equal(w.asked, 0);
    finish(&w);
}

static void test_cancel(void **state)
{
    world w;
    asker early, late, kept;

    (void)state;
    start(&w);
    assert_int_equal(ask(&w, &early, "two.example.com", SIP_DNS_A), 0);
    assert_int_equal(ask(&w, &late, "localhost", SIP_DNS_A), 0);
    assert_int_equal(ask(&w, &kept, "two.example.org", SIP_DNS_A), 0);
    w.resolver->vtable->cancel(w.resolver, &early.query);
    w.resolver->vtable->cancel(w.resolver, &late.query);
    w.resolver->vtable->cancel(w.resolver, &late.query);
    assert_true(real_loop_until(&w.real, &w.answers, 1));
    assert_int_equal(kept.answers, 1);
    assert_int_equal(early.answers + late.answers, 0);
    finish(&w);
}

/* Let the loop's time go on, so that files are looked at again. */
static void pass_time(world *w)
{
    sip_time_ms from_ms = sip_loop_now_ms(w->loop);

    while (sip_loop_now_ms(w->loop) < from_ms + 2) {
        assert_true(sip_loop_step(w->loop) >= 0);
    }
}

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
    world w;
    asker a;

    (void)state;
    assert_true(fd >= 0);
    start(&w);
    w.resolver->vtable->destroy(w.resolver);
    names.loop = w.loop;
    assert_int_equal(sip__ares_resolver_create(&names, &w.resolver), 0);
    (void)snprintf(servers, sizeof(servers), "%s", w.servers);
    assert_int_equal(ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 1));
    assert_int_equal(a.err, SIP_EIO); /* nothing has changed yet */
    assert_int_equal(write(fd, "x", 1), 1);
    pass_time(&w);
    assert_int_equal(ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 2));
    assert_int_equal(a.err, 0);
    (void)snprintf(servers, sizeof(servers), "nonsense"); /* what was right stays */
    assert_int_equal(write(fd, "x", 1), 1);
    pass_time(&w);
    assert_int_equal(ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 3));
    assert_int_equal(a.err, 0);
    (void)close(fd);
    (void)unlink(path);
    finish(&w);
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
    len = (ssize_t)complete_reply(reply, end + 5, reply[end + 2], 1);
    assert_int_equal(sendto(deaf->fd, reply, (size_t)len, 0, (struct sockaddr *)&remote, room),
                     len);
}

/* A world whose resolver asks `servers`, which are read anew when `path` has changed. */
static void start_resolver(world *w, const char *servers, const char *path)
{
    sip__ares_config names = {.allocator = sip_allocator_default(),
                              .name_servers = servers,
                              .timeout_ms = 2000,
                              .tries = 1,
                              .watched = path,
                              .look_every_ms = 1};

    names.loop = w->loop;
    assert_int_equal(sip__ares_resolver_create(&names, &w->resolver), 0);
}

static void start_watching(world *w, const char *servers, const char *path)
{
    start(w);
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
    world w;
    asker old, fresh, gone;

    (void)state;
    assert_true(fd >= 0);
    deaf_start(&deaf);
    (void)snprintf(servers, sizeof(servers), "%s", deaf.text);
    start_watching(&w, servers, path);
    assert_int_equal(ask(&w, &old, "two.example.com", SIP_DNS_A), 0);
    assert_int_equal(ask(&w, &gone, "two.example.com", SIP_DNS_A), 0);
    (void)snprintf(servers, sizeof(servers), "%s", w.servers);
    assert_int_equal(write(fd, "x", 1), 1);
    pass_time(&w);
    assert_int_equal(ask(&w, &fresh, "two.example.com", SIP_DNS_A), 0);
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
    finish(&w);
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
    world w;
    asker old[CHANGES], fresh;

    (void)state;
    assert_true(fd >= 0);
    deaf_start(&deaf);
    (void)snprintf(servers, sizeof(servers), "%s", deaf.text);
    start_watching(&w, servers, path);
    for (size_t i = 0; i < CHANGES; i++) {
        assert_int_equal(ask(&w, &old[i], "two.example.com", SIP_DNS_A), 0);
        assert_int_equal(write(fd, "x", 1), 1);
        pass_time(&w);
    }
    (void)snprintf(servers, sizeof(servers), "%s", w.servers);
    assert_int_equal(ask(&w, &fresh, "two.example.com", SIP_DNS_A), 0);
    assert_int_equal(w.answers, 0);
    for (size_t i = 0; i < CHANGES + 1; i++) {
        deaf_answer(&deaf); /* the last question went there, too */
    }
    assert_true(real_loop_until(&w.real, &w.answers, CHANGES + 1));
    assert_int_equal(w.asked, 0);
    pass_time(&w);
    assert_int_equal(ask(&w, &fresh, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, CHANGES + 2));
    assert_int_equal(w.asked, 1);
    assert_int_equal(fresh.n, 2);
    (void)close(deaf.fd);
    (void)close(fd);
    (void)unlink(path);
    finish(&w);
}

/* While there is always a question under way, the port that is asked from changes nevertheless. */
static void test_ports_change(void **state)
{
    asker pending, a;
    world w;

    (void)state;
    start(&w);
    w.resolver->vtable->destroy(w.resolver);
    start_resolver(&w, w.servers, "/nonexistent");
    w.mute = true;
    assert_int_equal(ask(&w, &pending, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.asked, 1));
    w.mute = false;
    for (size_t i = 1; i <= 99; i++) {
        assert_int_equal(ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
        assert_true(real_loop_until(&w.real, &w.answers, i));
    }
    assert_int_equal(w.ports, 1);
    for (size_t i = 100; i <= 199; i++) {
        assert_int_equal(ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
        assert_true(real_loop_until(&w.real, &w.answers, i));
        assert_int_equal(a.err, 0);
    }
    assert_true(w.ports >= 2);
    assert_int_equal(pending.answers, 0);
    finish(&w);
}

/* A host whose name begins with "_" is not the service of another. */
static void test_services_of_hosts(void **state)
{
    char path[] = "/tmp/parley-hosts-XXXXXX";
    static const char text[] = "192.0.2.7 example.com\n";
    sip__ares_config names = {
        .allocator = sip_allocator_default(), .timeout_ms = 50, .tries = 1, .hosts = path};
    int fd = mkstemp(path);
    world w;
    asker a;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
    start(&w);
    w.resolver->vtable->destroy(w.resolver);
    names.loop = w.loop;
    names.name_servers = w.servers;
    assert_int_equal(sip__ares_resolver_create(&names, &w.resolver), 0);
    assert_int_equal(ask(&w, &a, "_two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 1));
    assert_int_equal(w.asked, 1);
    assert_int_equal(ask(&w, &a, "_sip._tcp.example.com", SIP_DNS_SRV), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 2));
    assert_int_equal(a.err, SIP_ENOENT);
    assert_int_equal(ask(&w, &a, "example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 3));
    assert_int_equal(a.n, 1);
    assert_int_equal(a.first.addr.ip[3], 7);
    assert_int_equal(ask(&w, &a, "example.com", SIP_DNS_AAAA), 0);
    assert_true(real_loop_until(&w.real, &w.answers, 4));
    assert_int_equal(a.err, SIP_ENOENT);
    assert_int_equal(w.asked, 1);
    (void)close(fd);
    (void)unlink(path);
    finish(&w);
}

static void test_destroyed_while_asking(void **state)
{
    world w;
    asker a, known;

    (void)state;
    start(&w);
    w.mute = true;
    assert_int_equal(ask(&w, &a, "two.example.com", SIP_DNS_A), 0);
    assert_true(real_loop_until(&w.real, &w.asked, 1));
    assert_int_equal(ask(&w, &known, "localhost", SIP_DNS_A), 0);
    w.resolver->vtable->destroy(w.resolver);
    w.resolver = NULL;
    (void)sip_loop_step(w.loop);
    assert_int_equal(w.answers, 0);
    finish(&w);
}

static void test_creation_fails(void **state)
{
    world w;
    sip__ares_config config = {.allocator = sip_allocator_default(), .name_servers = "nonsense"};
    sip_resolver *none = NULL;
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    start(&w);
    config.loop = w.loop;
    assert_int_equal(sip__ares_resolver_create(&config, &none), SIP_EINVAL);
    config.name_servers = "127.0.0.1";
    config.timeout_ms = 4000000000u;
    config.tries = 4000000000u;
    config.allocator = &fail.allocator;
    do {
        fail_alloc_init(&fail, ++n);
        if (sip__ares_resolver_create(&config, &none) == 0) {
            sip_dns_query query = {on_answer, NULL, NULL};

            (void)none->vtable->ask(none, "localhost", SIP_DNS_A, &query);
            (void)none->vtable->ask(none, "two.example.com", SIP_DNS_A, &query);
            none->vtable->destroy(none);
        }
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),         cmocka_unit_test(test_failures),
        cmocka_unit_test(test_hosts_file),        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_other_servers),     cmocka_unit_test(test_destroyed_while_asking),
        cmocka_unit_test(test_creation_fails),    cmocka_unit_test(test_later_turns),
        cmocka_unit_test(test_no_watch),          cmocka_unit_test(test_other_servers_while_busy),
        cmocka_unit_test(test_many_changes),      cmocka_unit_test(test_ports_change),
        cmocka_unit_test(test_services_of_hosts),

    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
