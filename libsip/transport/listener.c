/* Listeners of all kinds, made from what the application says about them. */
#include "io/interfaces.h"
#include "transport/channel_stack.h"
#include "transport/listen_where.h"
#include "transport/selector.h"
#include "transport/stream_transport.h"
#include "transport/tls_channel.h"
#include "transport/udp.h"
#include "transport/ws_factory.h"
#include <stdio.h>
#include <string.h>

/* What one call was given, kept for its transports. */
typedef struct sip__listener {
    struct sip__listener *next;
    char *device, *advertised_host;
} listener;

void sip__listeners_finish(sip__transports *transports)
{
    while (transports->listeners != NULL) {
        listener *entry = transports->listeners;

        transports->listeners = entry->next;
        sip_free(transports->allocator, entry->device);
        sip_free(transports->allocator, entry->advertised_host);
        sip_free(transports->allocator, entry);
    }
}

static bool copy(const sip_allocator *allocator, const char *text, char **ret)
{
    if (text == NULL || *text == '\0') {
        return true;
    }
    *ret = sip_strdup(allocator, sip_str_of(text));
    return *ret != NULL;
}

/* Also the first of the list when it fails: it is freed with the others. */
static listener *keep(sip__transports *transports, const sip_listener_config *given,
                      const char *device)
{
    listener *entry = sip_alloc0(transports->allocator, sizeof(*entry));

    if (entry == NULL) {
        return NULL;
    }
    entry->next = transports->listeners;
    transports->listeners = entry;
    return copy(transports->allocator, device, &entry->device) &&
                   copy(transports->allocator, given->advertised_host, &entry->advertised_host)
               ? entry
               : NULL;
}

/* ---- channels */

static int make_tls(const sip__listen_config *config, sip_tls *tls, const char *alpn,
                    sip__channel_factory **ret_factory)
{
    return sip__tls_factory_create(config->allocator, tls, alpn, ret_factory);
}

static int make_ws(const sip__listen_config *config, const sip_listener_config *given,
                   sip__channel_factory **ret_factory)
{
    sip__ws_config ws = {
        .allocator = config->allocator,
        .random = config->random,
        .max_message_bytes = config->max_message_bytes,
        .path = given->ws_path,
        .origins = given->ws_origins,
    };

    return sip__ws_factory_create(&ws, ret_factory);
}

/* What the connections of `protocol` have between bytes and messages; TCP's have nothing. */
static int make_factory(const sip__listen_config *config, const sip_listener_config *given,
                        sip_protocol protocol, sip__channel_factory **ret_factory)
{
    sip_tls *tls = given->tls != NULL ? given->tls : config->tls;
    sip__channel_factory *lower = NULL;
    sip__channel_factory *upper = NULL;
    int err;

    if (protocol == SIP_PROTOCOL_TLS) {
        return make_tls(config, tls, "sip/2", ret_factory);
    }
    if (protocol == SIP_PROTOCOL_WS) {
        return make_ws(config, given, ret_factory);
    }
    if (protocol != SIP_PROTOCOL_WSS) {
        return 0;
    }
    err = make_tls(config, tls, "http/1.1", &lower);
    if (err != 0) {
        return err;
    }
    err = make_ws(config, given, &upper);
    if (err != 0) {
        lower->vtable->destroy(lower);
        return err;
    }
    return sip__channel_stack_factory_create(config->allocator, lower, upper, ret_factory);
}

/* Returns NULL or why `protocol` cannot be served. */
static const char *check(const sip__listen_config *config, const sip_listener_config *given,
                         const sip__listen_where *where)
{
    const sip_tls *tls = given->tls != NULL ? given->tls : config->tls;
    bool secure = where->protocol == SIP_PROTOCOL_TLS || where->protocol == SIP_PROTOCOL_WSS;

    if (where->protocol == SIP_PROTOCOL_NONE) {
        return "no such transport here";
    }
    if (secure && tls == NULL) {
        return "no sip_tls was given";
    }
    if (secure && !given->client_only && !sip_tls_can_serve(tls)) {
        return "the sip_tls has no certificate of ours";
    }
    if (where->protocol == SIP_PROTOCOL_UDP && given->client_only) {
        return "udp is never for clients alone";
    }
    return NULL;
}

/* ---- transports */

static int create(const sip__listen_config *config, const sip_listener_config *given,
                  sip_protocol protocol, const sip_addr *bind, sip_transport **ret_transport)
{
    sip__channel_factory *factory = NULL;
    int err;

    if (protocol == SIP_PROTOCOL_UDP) {
        return sip__udp_transport_create(config, bind, ret_transport, config->why, SIP__WHY_BYTES);
    }
    err = make_factory(config, given, protocol, &factory);
    return err != 0 ? err
                    : sip__stream_transport_create(config, protocol, factory, bind, ret_transport);
}

static void set_up(sip_transport *transport, const sip_listener_config *given,
                   const listener *entry)
{
    transport->advertised_host = entry->advertised_host;
    transport->advertised_port = given->advertised_port;
    transport->offers_alias = given->offer_alias;
    transport->offers_keep = given->offer_keep;
    transport->keep_s = given->keep_s;
}

/* All of the addresses, or none. */
static int create_all(sip__transports *transports, const sip__listen_config *config,
                      const sip_listener_config *given, const sip__listen_where *where,
                      const listener *entry)
{
    sip_transport *made[SIP__LISTEN_ADDRS];
    size_t n;
    int err = 0;

    for (n = 0; n < where->n_addrs; n++) {
        err = create(config, given, where->protocol, &where->addrs[n], &made[n]);
        if (err != 0) {
            break;
        }
        set_up(made[n], given, entry);
        sip__transports_add(transports, made[n]);
    }
    while (err != 0 && n > 0) {
        sip__transports_remove(transports, made[--n]);
    }
    return err;
}

static int parse(const sip_allocator *allocator, const char *text, sip__listen_where *ret_where,
                 const char **ret_why)
{
    sip__interface *list = NULL;
    size_t n = 0;
    int err = sip__interfaces_list(allocator, &list, &n);

    if (err == SIP_ENOMEM) {
        return err;
    }
    err = sip__listen_where_parse(text, list, n, ret_where, ret_why);
    sip_free(allocator, list);
    return err;
}

static int listen_on(sip__transports *transports, const sip__listen_config *config,
                     const sip_listener_config *given, const char *text, const char **ret_why)
{
    sip__listen_config complete = *config;
    sip__listen_where where = {0};
    const listener *entry;
    int err = parse(config->allocator, text, &where, ret_why);

    if (err != 0) {
        return err;
    }
    *ret_why = check(config, given, &where);
    if (*ret_why != NULL) {
        return SIP_EUNSUPPORTED;
    }
    *ret_why = config->why;
    err = sip__transports_prepare(transports, config);
    entry = err == 0 ? keep(transports, given,
                            where.device[0] != '\0' ? where.device : config->sockets.device)
                     : NULL;
    if (entry == NULL) {
        return SIP_ENOMEM;
    }
    complete.sockets.device = entry->device;
    complete.client_only = given->client_only;
    complete.accept_alias =
        given->accept_alias == SIP_ON ||
        (given->accept_alias == SIP_DEFAULT && where.protocol == SIP_PROTOCOL_TLS);
    return create_all(transports, &complete, given, &where, entry);
}

/* Members that the listener leaves out are the stack's. */
static sip_socket_options options_of(const sip_socket_options *own, const sip_socket_options *all)
{
    sip_socket_options options = *all;

    options.receive_bytes = own->receive_bytes != 0 ? own->receive_bytes : all->receive_bytes;
    options.send_bytes = own->send_bytes != 0 ? own->send_bytes : all->send_bytes;
    options.dscp = own->dscp != 0 ? own->dscp : all->dscp;
    options.device = own->device != NULL ? own->device : all->device;
    return options;
}

int sip__transports_listen(sip__transports *transports, const sip__listen_config *config,
                           const char *where, char *text, size_t size)
{
    static const sip_listener_config nothing = {0};
    const sip_listener_config *given = config->listener != NULL ? config->listener : &nothing;
    sip__listen_config complete = *config;
    char room[SIP__WHY_BYTES] = "";
    const char *why = NULL;
    int err;

    complete.sockets = options_of(&given->sockets, &config->sockets);
    complete.flows = &transports->flows;
    complete.names = &transports->names;
    complete.stats = &transports->stats;
    complete.why = room;
    err = listen_on(transports, &complete, given, where, &why);
    if (err != 0) {
        (void)snprintf(text, size, "cannot listen on \"%s\": %s", where,
                       why != NULL && *why != '\0' ? why : sip_error_text(err));
    }
    return err;
}
