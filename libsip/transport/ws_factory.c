#include "transport/ws_factory.h"
#include <stdio.h>

#define HOST_BYTES 320

typedef struct ws_factory {
    sip__channel_factory base;
    sip__ws_config config;
    char *path;
} ws_factory;

/* RFC 6455 4.1: the name that was asked for, and the port unless it is the usual one. */
static void print_host(const sip__channel_setup *setup, char out[HOST_BYTES])
{
    const sip_path *path = setup->path;
    char address[SIP_ADDR_TEXT_BYTES];
    const char *host =
        setup->server != NULL ? setup->server : sip_addr_host(&path->remote, address);

    if (path->remote.port == sip_protocol_default_port(path->protocol)) {
        (void)snprintf(out, HOST_BYTES, "%s", host);
    } else {
        (void)snprintf(out, HOST_BYTES, "%s:%u", host, path->remote.port);
    }
}

static int make_client(sip__channel_factory *base, const sip__channel_setup *setup,
                       sip__channel **ret_channel)
{
    const ws_factory *factory = (const ws_factory *)base;
    sip__ws_config config = factory->config;
    char host[HOST_BYTES];
    int err;

    print_host(setup, host);
    config.client = true;
    config.host = host;
    err = sip__ws_channel_create(&config, setup->events, setup->arg, ret_channel);
    return err == SIP_EINVAL ? SIP_EIO : err;
}

static int make_server(sip__channel_factory *base, const sip__channel_setup *setup,
                       sip__channel **ret_channel)
{
    const ws_factory *factory = (const ws_factory *)base;
    sip__ws_config config = factory->config;

    config.client = false;
    return sip__ws_channel_create(&config, setup->events, setup->arg, ret_channel);
}

static void destroy(sip__channel_factory *base)
{
    ws_factory *factory = (ws_factory *)base;

    sip_free(factory->config.allocator, factory->path);
    sip_free(factory->config.allocator, factory);
}

static const sip__channel_factory_vtable vtable = {make_client, make_server, destroy};

int sip__ws_factory_create(const sip__ws_config *config, sip__channel_factory **ret_factory)
{
    ws_factory *factory = sip_alloc0(config->allocator, sizeof(*factory));

    if (factory == NULL) {
        return SIP_ENOMEM;
    }
    factory->base.vtable = &vtable;
    factory->config = *config;
    if (config->path != NULL) {
        factory->path = sip_strdup(config->allocator, sip_str_of(config->path));
        if (factory->path == NULL) {
            sip_free(config->allocator, factory);
            return SIP_ENOMEM;
        }
        factory->config.path = factory->path;
    }
    *ret_factory = &factory->base;
    return 0;
}
