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

/* What one call was given, kept for its transports and for those that replace them. */
typedef struct sip__listener {
    struct sip__listener *next;
    char *where, *device, *advertised_host, *ws_path;
    bool by_interface;
    sip_listener_config given; /* its texts are those above */
    sip__listen_config config; /* complete but for `why` */
} listener;

static void drop_newest(sip__transports *transports)
{
    listener *entry = transports->listeners;

    transports->listeners = entry->next;
    sip_free(transports->allocator, entry->where);
    sip_free(transports->allocator, entry->device);
    sip_free(transports->allocator, entry->advertised_host);
    sip_free(transports->allocator, entry->ws_path);
    sip_free(transports->allocator, entry);
}

/* Those of the newest listener go. */
static void remove_all_of(sip__transports *transports, const listener *entry)
{
    sip_transport *at = transports->first;

    while (at != NULL) {
        sip_transport *next = at->next;

        if (at->listener == entry) {
            sip__transports_remove(transports, at);
        }
        at = next;
    }
}

void sip__transports_unlisten(sip__transports *transports)
{
    if (transports->listeners != NULL) {
        remove_all_of(transports, transports->listeners);
        drop_newest(transports);
    }
}

void sip__listeners_finish(sip__transports *transports)
{
    while (transports->listeners != NULL) {
        drop_newest(transports);
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
                      const char *text, const char *device)
{
    const sip_allocator *allocator = transports->allocator;
    listener *entry = sip_alloc0(allocator, sizeof(*entry));

    if (entry == NULL) {
        return NULL;
    }
    entry->next = transports->listeners;
    transports->listeners = entry;
    if (!copy(allocator, text, &entry->where) || !copy(allocator, device, &entry->device) ||
        !copy(allocator, given->advertised_host, &entry->advertised_host) ||
        !copy(allocator, given->ws_path, &entry->ws_path)) {
        return NULL;
    }
    entry->given = *given;
    entry->given.where = entry->where;
    entry->given.advertised_host = entry->advertised_host;
    entry->given.ws_path = entry->ws_path;
    return entry;
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

static void set_up(sip_transport *transport, listener *entry)
{
    const sip_listener_config *given = &entry->given;

    transport->advertised_host = given->advertised_host;
    transport->advertised_port = given->advertised_port;
    transport->offers_alias = given->offer_alias;
    transport->offers_keep = given->offer_keep;
    transport->keep_s = given->keep_s;
    transport->learns = given->learn_address && transport->protocol == SIP_PROTOCOL_UDP;
    transport->device = entry->device;
    transport->listener = entry;
}

static int create_one(sip__transports *transports, listener *entry, sip_protocol protocol,
                      const sip_addr *bind, sip_transport **ret_transport)
{
    int err = create(&entry->config, &entry->given, protocol, bind, ret_transport);

    if (err == 0) {
        set_up(*ret_transport, entry);
        sip__transports_add(transports, *ret_transport);
    }
    return err;
}

/* From `at` on the next that the newest listener made, or NULL. */
static const sip_transport *newest(const sip__transports *transports, const sip_transport *at)
{
    while (at != NULL && at->listener != transports->listeners) {
        at = at->next;
    }
    return at;
}

/* All of the addresses, or none. A further worker has the ports of the first. */
static int create_all(sip__transports *transports, const sip__listen_where *where, listener *entry)
{
    const sip__transports *first = entry->config.first;
    const sip_transport *twin = first == NULL ? NULL : newest(first, first->first);
    sip_transport *made;
    int err = 0;

    for (size_t n = 0; err == 0 && n < where->n_addrs; n++) {
        sip_addr bind = where->addrs[n];

        if (twin != NULL) {
            bind.port = twin->local.port;
            twin = newest(first, twin->next);
        }
        err = create_one(transports, entry, where->protocol, &bind, &made);
    }
    if (err != 0) {
        remove_all_of(transports, entry);
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
    sip__listen_where where = {0};
    listener *entry;
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
    entry = err == 0 ? keep(transports, given, text,
                            where.device[0] != '\0' ? where.device : config->sockets.device)
                     : NULL;
    if (entry == NULL) {
        return SIP_ENOMEM;
    }
    entry->by_interface = where.by_interface;
    entry->config = *config;
    entry->config.listener = &entry->given;
    entry->config.sockets.device = entry->device;
    entry->config.client_only = given->client_only;
    entry->config.accept_alias =
        given->accept_alias == SIP_ON ||
        (given->accept_alias == SIP_DEFAULT && where.protocol == SIP_PROTOCOL_TLS);
    err = create_all(transports, &where, entry);
    entry->config.why = NULL;
    entry->config.first = NULL;
    if (err != 0) { /* or it would come up by itself when addresses change */
        drop_newest(transports);
    }
    return err;
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

/* ---- addresses that come and go */

typedef struct refresh {
    sip__transports *transports;
    void (*tell)(sip__listener_news news, const sip_transport *transport, void *arg);
    void *arg;
    const sip__interface *here;
    size_t n_here;
} refresh;

static sip_transport *transport_at(const sip__transports *transports, const listener *entry,
                                   const sip_addr *addr)
{
    sip_transport *at = transports->first;

    while (at != NULL && (at->listener != entry || !sip_addr_same_host(&at->local, addr))) {
        at = at->next;
    }
    return at;
}

/* A free port that was found once stays the listener's. */
static uint16_t port_of(const sip__transports *transports, const listener *entry,
                        const sip_addr *addr)
{
    const sip_transport *at = transports->first;

    while (at != NULL && (at->listener != entry || at->local.family != addr->family)) {
        at = at->next;
    }
    return addr->port == 0 && at != NULL ? at->local.port : addr->port;
}

/* Listen on what the interface of `entry` has got. */
static int listen_anew(const refresh *it, listener *entry)
{
    char room[SIP__WHY_BYTES] = "";
    const char *why;
    sip__listen_where where = {0};
    int err = 0;

    if (sip__listen_where_parse(entry->where, it->here, it->n_here, &where, &why) != 0) {
        return 0; /* it has no address at the time */
    }
    entry->config.why = room;
    for (size_t i = 0; i < where.n_addrs; i++) {
        sip_addr *addr = &where.addrs[i];
        sip_transport *made;
        int failed;

        if (transport_at(it->transports, entry, addr) != NULL) {
            continue;
        }
        addr->port = port_of(it->transports, entry, addr);
        failed = create_one(it->transports, entry, where.protocol, addr, &made);
        if (failed == 0) {
            it->tell(SIP__LISTENER_BACK, made, it->arg);
        }
        err = failed != 0 ? failed : err;
    }
    entry->config.why = NULL;
    return err;
}

static void mark(const refresh *it, sip_transport *transport)
{
    bool is_lost = !sip_addr_is_any(&transport->local) &&
                   !sip_addr_is_multicast(&transport->local) &&
                   !sip__interfaces_have(it->here, it->n_here, &transport->local);

    sip__stream_close_unplaced(transport, it->here, it->n_here);
    if (is_lost != transport->is_lost) {
        transport->is_lost = is_lost;
        it->tell(is_lost ? SIP__LISTENER_LOST : SIP__LISTENER_BACK, transport, it->arg);
    }
}

int sip__listeners_refresh(sip__transports *transports,
                           void (*tell)(sip__listener_news news, const sip_transport *transport,
                                        void *arg),
                           void *arg)
{
    refresh it = {.transports = transports, .tell = tell, .arg = arg};
    sip__interface *list = NULL;
    int err = sip__interfaces_list(transports->allocator, &list, &it.n_here);

    if (err != 0) {
        return err;
    }
    it.here = list;
    for (sip_transport *at = transports->first; at != NULL; at = at->next) {
        if (at->listener != NULL) {
            mark(&it, at);
        }
    }
    for (listener *entry = transports->listeners; entry != NULL; entry = entry->next) {
        int failed = entry->by_interface ? listen_anew(&it, entry) : 0;

        err = failed != 0 ? failed : err;
    }
    sip_free(transports->allocator, list);
    return err;
}

void sip__listeners_sweep(sip__transports *transports)
{
    sip_transport *at = transports->first;

    while (at != NULL) {
        sip_transport *next = at->next;

        if (at->is_lost && at->listener != NULL && at->listener->by_interface) {
            sip__transports_remove(transports, at);
        }
        at = next;
    }
}
