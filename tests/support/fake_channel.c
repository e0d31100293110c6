#include "support/fake_channel.h"
#include <stdio.h>
#include <string.h>

#define MOST 4096

typedef struct fake_channel {
    sip__channel base;
    fake_factory *factory;
    bool is_client, open;
    char got[MOST]; /* of a message that is not whole yet */
    size_t len;
} fake_channel;

static fake_channel *of(sip__channel *channel)
{
    return (fake_channel *)channel;
}

static int put(fake_channel *self, const char *bytes, size_t len)
{
    char room[MOST];
    size_t i;

    if (len > sizeof(room)) {
        return SIP_ETOOBIG;
    }
    for (i = 0; i < len; i++) {
        room[i] = (char)(bytes[i] ^ (char)self->factory->key);
    }
    return self->base.events->write((sip_str){room, len}, self->base.arg);
}

static int start(sip__channel *channel)
{
    return of(channel)->is_client ? put(of(channel), "H", 1) : 0;
}

static int fail(fake_channel *self, int err, const char *text)
{
    (void)snprintf(self->base.text, sizeof(self->base.text), "%s", text);
    return err;
}

/* Takes the greeting off the bytes. */
static int greet(fake_channel *self, sip_str *bytes)
{
    char want = self->is_client ? 'h' : 'H';

    if (*bytes->ptr != want) {
        return fail(self, SIP_EIO, "the fake greeting is wrong");
    }
    bytes->ptr++;
    bytes->len--;
    if (!self->is_client) {
        if (self->factory->mute) {
            return 0;
        }
        if (put(self, "h", 1) != 0) {
            return SIP_ENOMEM;
        }
    }
    self->open = true;
    self->base.events->on_open(self->base.arg);
    return 0;
}

static int take_messages(fake_channel *self, sip_str bytes)
{
    if (self->len + bytes.len > MOST) {
        return fail(self, SIP_ESYNTAX, "too long a fake message");
    }
    memcpy(self->got + self->len, bytes.ptr, bytes.len);
    self->len += bytes.len;
    while (self->len >= 2) {
        size_t n = (size_t)(unsigned char)self->got[0] * 128 + (unsigned char)self->got[1];
        char message[MOST];

        if (self->len < n + 2) {
            break;
        }
        memcpy(message, self->got + 2, n);
        memmove(self->got, self->got + n + 2, self->len - n - 2);
        self->len -= n + 2;
        if (n == 1 && message[0] == 'P') {
            (void)put(self, "\0\1p", 3);
        } else if (n == 1 && message[0] == 'p') {
            self->base.events->on_pong(self->base.arg);
        } else if (n == 1 && message[0] == 'Q') {
            return SIP_EGONE;
        } else {
            self->base.events->on_bytes((sip_str){message, n}, true, self->base.arg);
        }
    }
    return 0;
}

static int receive(sip__channel *channel, sip_str bytes)
{
    fake_channel *self = of(channel);
    char room[65536];
    sip_str plain = {room, bytes.len};
    size_t i;

    for (i = 0; i < bytes.len; i++) {
        room[i] = (char)(bytes.ptr[i] ^ (char)self->factory->key);
    }
    if (!self->open) {
        int err = greet(self, &plain);

        if (err != 0) {
            return err;
        }
    }
    if (plain.len == 0 || !self->open) {
        return 0;
    }
    if (self->factory->whole) {
        return take_messages(self, plain);
    }
    if (self->factory->refuses && !self->is_client) {
        (void)put(self, "!", 1);
        return fail(self, SIP_EIO, "the fake peer is refused");
    }
    if (self->is_client && *plain.ptr == '!') {
        return fail(self, SIP_EIO, "the fake peer refuses us");
    }
    self->base.events->on_bytes(plain, false, self->base.arg);
    return 0;
}

static int send(sip__channel *channel, sip_str bytes)
{
    fake_channel *self = of(channel);
    char room[MOST];

    if (self->factory->send_err != 0) {
        return self->factory->send_err;
    }
    if (!self->factory->whole) {
        return put(self, bytes.ptr, bytes.len);
    }
    if (bytes.len + 2 > sizeof(room)) {
        return SIP_ETOOBIG;
    }
    room[0] = (char)(bytes.len / 128);
    room[1] = (char)(bytes.len % 128);
    memcpy(room + 2, bytes.ptr, bytes.len);
    return put(self, room, bytes.len + 2);
}

static int ping(sip__channel *channel)
{
    return send(channel, SIP_STR("P"));
}

static void say_goodbye(sip__channel *channel)
{
    of(channel)->factory->closed++;
    if (of(channel)->factory->whole && of(channel)->open) {
        (void)send(channel, SIP_STR("Q"));
    }
}

static void destroy(sip__channel *channel)
{
    fake_factory *factory = of(channel)->factory;

    factory->live--;
    sip_free(factory->allocator, channel);
}

static bool speaks_for(const sip__channel *channel, const char *name)
{
    const char *proves = ((const fake_channel *)channel)->factory->proves;

    return proves != NULL && strcmp(proves, name) == 0;
}

static bool is_partial(const sip__channel *channel)
{
    return ((const fake_channel *)channel)->len > 0;
}

static const sip__channel_vtable stream_vtable = {
    start, receive, send, NULL, say_goodbye, destroy, speaks_for, is_partial, NULL};
static const sip__channel_vtable whole_vtable = {start,   receive,    send,       ping, say_goodbye,
                                                 destroy, speaks_for, is_partial, NULL};

static int make(fake_factory *factory, const sip__channel_setup *setup, bool is_client,
                sip__channel **ret_channel)
{
    fake_channel *self;

    if (factory->make_err != 0) {
        return factory->make_err;
    }
    self = sip_alloc0(factory->allocator, sizeof(*self));
    if (self == NULL) {
        return SIP_ENOMEM;
    }
    self->base.vtable = factory->whole ? &whole_vtable : &stream_vtable;
    self->base.events = setup->events;
    self->base.arg = setup->arg;
    self->factory = factory;
    self->is_client = is_client;
    factory->live++;
    factory->made++;
    *ret_channel = &self->base;
    return 0;
}

static int make_client(sip__channel_factory *base, const sip__channel_setup *setup,
                       sip__channel **ret_channel)
{
    fake_factory *factory = (fake_factory *)base;

    (void)snprintf(factory->server, sizeof(factory->server), "%s",
                   setup->server != NULL ? setup->server : "");
    return make(factory, setup, true, ret_channel);
}

static int make_server(sip__channel_factory *base, const sip__channel_setup *setup,
                       sip__channel **ret_channel)
{
    return make((fake_factory *)base, setup, false, ret_channel);
}

static void destroy_factory(sip__channel_factory *base)
{
    ((fake_factory *)base)->destroyed++;
}

static const sip__channel_factory_vtable vtable = {make_client, make_server, destroy_factory};

void fake_factory_init(fake_factory *factory, const sip_allocator *allocator, unsigned char key)
{
    memset(factory, 0, sizeof(*factory));
    factory->base.vtable = &vtable;
    factory->allocator = allocator;
    factory->key = key;
}
