#include "ares_world.h"
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

size_t ares_world_reply(unsigned char *reply, size_t len, unsigned type, unsigned count)
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

static void on_question(unsigned ready, void *arg)
{
    ares_world *w = arg;
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
    out =
        ares_world_reply(reply, end + 5, reply[end + 2], memcmp(reply + 13, "two", 3) == 0 ? 2 : 0);
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

void ares_world_start(ares_world *w)
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

void ares_world_finish(ares_world *w)
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
    ares_asker *self = query->arg;

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

int ares_world_ask(ares_world *w, ares_asker *self, const char *name, sip_dns_type type)
{
    memset(self, 0, sizeof(*self));
    self->world = w;
    self->query.fn = on_answer;
    self->query.arg = self;
    return w->resolver->vtable->ask(w->resolver, name, type, &self->query);
}

void ares_world_pass_time(ares_world *w)
{
    sip_time_ms from_ms = sip_loop_now_ms(w->loop);

    while (sip_loop_now_ms(w->loop) < from_ms + 2) {
        assert_true(sip_loop_step(w->loop) >= 0);
    }
}
