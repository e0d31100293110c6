#include "transport/tls_channel.h"

#include <sip/containers.h>
#include <stdio.h>

#include "security/tls_session.h"

typedef struct tls_channel {
    sip__channel channel; /* first */
    const sip_allocator *allocator;
    sip__tls_session *session;
} tls_channel;

static tls_channel *of(sip__channel *channel)
{
    return SIP_CONTAINER_OF(channel, tls_channel, channel);
}

static int on_write(sip_str bytes, void *arg)
{
    const tls_channel *tls = arg;

    return tls->channel.events->write(bytes, tls->channel.arg);
}

static void on_open(void *arg)
{
    const tls_channel *tls = arg;

    tls->channel.events->on_open(tls->channel.arg);
}

static void on_bytes(sip_str bytes, void *arg)
{
    const tls_channel *tls = arg;

    tls->channel.events->on_bytes(bytes, false, tls->channel.arg);
}

static const sip__tls_session_events session_events = {
    .write = on_write, .on_open = on_open, .on_bytes = on_bytes};

static int told(tls_channel *tls, int err)
{
    if (err != 0) {
        snprintf(tls->channel.text, sizeof tls->channel.text, "%s",
                 sip__tls_session_text(tls->session));
    }
    return err;
}

static int channel_start(sip__channel *channel)
{
    tls_channel *tls = of(channel);

    return told(tls, sip__tls_session_start(tls->session));
}

static int channel_receive(sip__channel *channel, sip_str bytes)
{
    tls_channel *tls = of(channel);

    return told(tls, sip__tls_session_receive(tls->session, bytes));
}

static int channel_send(sip__channel *channel, sip_str bytes)
{
    tls_channel *tls = of(channel);

    return told(tls, sip__tls_session_send(tls->session, bytes));
}

static void channel_close(sip__channel *channel)
{
    sip__tls_session_close(of(channel)->session);
}

static void channel_destroy(sip__channel *channel)
{
    tls_channel *tls = of(channel);

    sip__tls_session_destroy(tls->session);
    sip_free(tls->allocator, tls);
}

static bool channel_speaks_for(const sip__channel *channel, const char *name)
{
    const tls_channel *tls = (const tls_channel *)channel;
    const sip_tls_peer *peer = sip__tls_session_peer(tls->session);

    if (!peer) {
        return false;
    }
    return sip__tls_session_believes_all(tls->session) || sip_tls_peer_is(peer, sip_str_of(name)) ||
           sip_str_equal_nocase(sip__tls_session_wanted(tls->session), name);
}

const sip_tls_peer *sip__tls_channel_peer(const sip__channel *channel)
{
    return sip__tls_session_peer(((const tls_channel *)channel)->session);
}

static bool channel_is_partial(const sip__channel *channel)
{
    return sip__tls_session_is_partial(((const tls_channel *)channel)->session);
}

static const sip__channel_vtable channel_vtable = {
    .start = channel_start,
    .receive = channel_receive,
    .send = channel_send,
    .close = channel_close,
    .destroy = channel_destroy,
    .speaks_for = channel_speaks_for,
    .is_partial = channel_is_partial,
    .peer = sip__tls_channel_peer,
};

int sip__tls_channel_create(const sip__tls_channel_config *config,
                            const sip__channel_events *events, void *arg, char *text, size_t size,
                            sip__channel **ret_channel)
{
    const sip__tls_session_config session = {
        .allocator = config->allocator,
        .tls = config->tls,
        .server = config->server,
        .server_name = config->server_name,
        .local_name = config->local_name,
        .alpn = config->alpn,
    };
    tls_channel *tls = sip_alloc0(config->allocator, sizeof *tls);
    int err;

    if (!tls) {
        return SIP_ENOMEM;
    }
    tls->allocator = config->allocator;
    tls->channel.vtable = &channel_vtable;
    tls->channel.events = events;
    tls->channel.arg = arg;
    err = sip__tls_session_create(&session, &session_events, tls, text, size, &tls->session);
    if (err != 0) {
        sip_free(config->allocator, tls);
        return err;
    }
    *ret_channel = &tls->channel;
    return 0;
}

/* ---- The factory */

typedef struct tls_factory {
    sip__channel_factory factory; /* first */
    const sip_allocator *allocator;
    sip_tls *tls;
    sip_str alpn;
} tls_factory;

static int make(const sip__channel_factory *factory, const sip__channel_setup *setup, bool server,
                sip__channel **ret_channel)
{
    const tls_factory *from = (const tls_factory *)factory;
    char address[SIP_ADDR_TEXT_BYTES];
    sip__tls_channel_config config = {
        .allocator = from->allocator, .tls = from->tls, .server = server, .alpn = from->alpn};
    int err;

    if (!server) {
        config.server_name = sip_str_of(
            setup->server ? setup->server : sip_addr_host(&setup->path->remote, address));
    }
    err = sip__tls_channel_create(&config, setup->events, setup->arg, NULL, 0, ret_channel);
    return err == SIP_EINVAL ? SIP_EIO : err;
}

static int make_client(sip__channel_factory *factory, const sip__channel_setup *setup,
                       sip__channel **ret_channel)
{
    return make(factory, setup, false, ret_channel);
}

static int make_server(sip__channel_factory *factory, const sip__channel_setup *setup,
                       sip__channel **ret_channel)
{
    return make(factory, setup, true, ret_channel);
}

static void factory_destroy(sip__channel_factory *factory)
{
    tls_factory *own = (tls_factory *)factory;

    sip_free(own->allocator, own);
}

static const sip__channel_factory_vtable factory_vtable = {
    .make_client = make_client, .make_server = make_server, .destroy = factory_destroy};

int sip__tls_factory_create(const sip_allocator *allocator, sip_tls *tls, const char *alpn,
                            sip__channel_factory **ret_factory)
{
    tls_factory *own = sip_alloc0(allocator, sizeof *own);

    if (!own) {
        return SIP_ENOMEM;
    }
    *own = (tls_factory){.factory = {.vtable = &factory_vtable},
                         .allocator = allocator,
                         .tls = tls,
                         .alpn = sip_str_of(alpn)};
    *ret_factory = &own->factory;
    return 0;
}
