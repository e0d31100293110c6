#include "transport/connection.h"
#include <string.h>

#define LEAST_SHARE 16 /* of one host, where there are few connections in all */
#define GRACE_MS 1000  /* whoever has come just now is let greet: a crowd would displace itself */
#define STUCK_MS 1000  /* what is under way so long has met with a loss, or means no good */

/* A further address under which a connection is found. */
typedef struct sip__alias {
    sip_map_node node;
    sip_addr addr;
    sip__connection *connection;
} alias;

static void set_default(uint32_t *value, uint32_t standard)
{
    if (*value == 0) {
        *value = standard;
    }
}

void sip__connection_limits_complete(sip_connection_limits *limits, uint32_t max_connections)
{
    uint32_t quarter = max_connections == 0 ? UINT32_MAX : max_connections / 4;
    uint32_t share = quarter > LEAST_SHARE ? quarter : LEAST_SHARE;

    set_default(&limits->per_host, share);
    set_default(&limits->unproven, share);
    set_default(&limits->connect_ms, 10000);
    set_default(&limits->handshake_ms, 10000);
    set_default(&limits->first_message_ms, 30000);
    set_default(&limits->message_ms, 30000);
    set_default(&limits->stall_ms, 30000);
    set_default(&limits->read_bytes_s, 500);
    set_default(&limits->drain_bytes_s, 1000);
}

int sip__connections_init(sip__connections *all, const sip__connections_config *config)
{
    int err;

    memset(all, 0, sizeof(*all));
    all->config = *config;
    sip__buffers_init(&all->buffers, config->allocator);
    sip_list_init(&all->connecting);
    sip_list_init(&all->unproven);
    sip_list_init(&all->open);
    sip_list_init(&all->stuck);
    sip_list_init(&all->closing);
    err = sip_map_init(&all->by_remote, config->allocator, sip_random_system());
    if (err == 0) {
        err = sip_map_init(&all->aliases, config->allocator, sip_random_system());
    }
    return err != 0 ? err
                    : sip__peer_count_init(&all->peers, config->allocator, sip_random_system());
}

void sip__connections_finish(sip__connections *all)
{
    sip__peer_count_finish(&all->peers);
    sip_map_finish(&all->aliases);
    sip_map_finish(&all->by_remote);
    sip__buffers_finish(&all->buffers);
}

static uint64_t hash_addr(const sip_map *map, const sip_addr *remote)
{
    char key[sizeof(remote->ip) + sizeof(remote->port) + sizeof(remote->family)];
    sip_str bytes = {key, sizeof(key)};

    memcpy(key, remote->ip, sizeof(remote->ip));
    memcpy(key + sizeof(remote->ip), &remote->port, sizeof(remote->port));
    key[sizeof(key) - 1] = (char)remote->family;
    return sip_map_hash(map, bytes);
}

/* ---- room for one more */

static bool is_idle(const sip__connection *connection)
{
    return sip__send_queue_is_empty(&connection->sends) && sip_list_is_empty(&connection->dirty) &&
           connection->stalled_ms == 0 && connection->partial_ms == 0;
}

/* Whoever holds a slot by half a message, or by not reading, loses it to whoever comes. */
static sip__connection *close_stuck(sip__connections *all, sip_time_ms now_ms, const char *text)
{
    sip__connection *first = SIP_CONTAINER_OF(all->stuck.next, sip__connection, node);

    if (sip_list_is_empty(&all->stuck) || now_ms - first->stuck_ms < STUCK_MS) {
        return NULL;
    }
    sip__connections_close(all, first, &all->config.stats->closed_stuck, SIP_EBUSY, text);
    return first;
}

sip__connection *sip__connections_close_one(sip__connections *all, sip_time_ms now_ms,
                                            const char *text)
{
    sip_list *node;

    for (node = all->open.next; node != &all->open; node = node->next) {
        sip__connection *connection = SIP_CONTAINER_OF(node, sip__connection, node);

        if (is_idle(connection)) {
            sip__connections_close(all, connection, &all->config.stats->closed_for_room, SIP_EBUSY,
                                   text);
            return connection;
        }
    }
    return close_stuck(all, now_ms, text);
}

static bool close_unproven(sip__connections *all, sip_time_ms now_ms)
{
    sip__connection *oldest = SIP_CONTAINER_OF(all->unproven.next, sip__connection, node);

    if (sip_list_is_empty(&all->unproven) || now_ms - oldest->accepted_ms < GRACE_MS) {
        return false;
    }
    sip__connections_close(all, oldest, &all->config.stats->closed_unproven, SIP_EBUSY,
                           "closed for a new one: no message had come");
    return true;
}

static int refuse(sip__connections *all, uint64_t *counter, const char *text)
{
    (*counter)++;
    all->refusal = text;
    return SIP_EBUSY;
}

/* Whoever proved nothing goes before whoever is idle: a flood does not displace what stands. */
static int make_room(sip__connections *all, const sip_path *path, bool accepted, sip_time_ms now_ms)
{
    const sip__connections_config *config = &all->config;

    if (accepted && config->limits.per_host != 0 &&
        sip__peer_count_of(&all->peers, &path->remote) >= config->limits.per_host) {
        return refuse(all, &config->stats->refused_host, "connection over the limit of one host");
    }
    if (accepted && config->limits.unproven != 0 &&
        all->unproven_count >= config->limits.unproven && !close_unproven(all, now_ms)) {
        return refuse(all, &config->stats->refused_limit, "too many connections at once");
    }
    if (config->limit != 0 && all->count >= config->limit && !close_unproven(all, now_ms) &&
        sip__connections_close_one(
            all, now_ms, "closed for a new one: the limit of connections is reached") == NULL) {
        return refuse(all, &config->stats->refused_limit, "connection over the limit");
    }
    return 0;
}

/* ---- adding */

static int name_it(sip__connections *all, sip__connection *connection, const char *server)
{
    if (server != NULL) {
        connection->server = sip_strdup(all->config.allocator, sip_str_of(server));
        if (connection->server == NULL) {
            return SIP_ENOMEM;
        }
    }
    if (connection->accepted &&
        sip__peer_count_add(&all->peers, &connection->path.remote, 0) != 0) {
        return SIP_ENOMEM;
    }
    if (sip_id_table_add(all->config.flows, connection, &connection->flow) != 0) {
        if (connection->accepted) {
            sip__peer_count_remove(&all->peers, &connection->path.remote);
        }
        return SIP_ENOMEM;
    }
    connection->path.flow = connection->flow;
    return 0;
}

int sip__connections_add(sip__connections *all, const sip_path *path, const char *server,
                         bool accepted, sip_time_ms now_ms, sip__connection **ret_connection)
{
    sip__connection *connection;
    int err = make_room(all, path, accepted, now_ms);

    if (err != 0) {
        return err;
    }
    connection = sip_alloc0(all->config.allocator, sizeof(*connection));
    if (connection == NULL) {
        return SIP_ENOMEM;
    }
    connection->path = *path;
    connection->accepted = accepted;
    err = name_it(all, connection, server);
    if (err != 0) {
        sip_free(all->config.allocator, connection->server);
        sip_free(all->config.allocator, connection);
        return err;
    }
    connection->transport = all->config.transport;
    connection->accepted_ms = connection->since_ms = connection->used_ms = now_ms;
    connection->proven = !accepted;
    sip__frame_init(&connection->frame, &all->buffers, all->config.message_bytes);
    sip__keepalive_init(&connection->keepalive, now_ms);
    sip_map_insert(&all->by_remote, hash_addr(&all->by_remote, &path->remote),
                   &connection->by_remote);
    sip_list_init(&connection->node);
    sip_list_init(&connection->dirty);
    sip_list_append(accepted ? &all->unproven : &all->connecting, &connection->node);
    all->count++;
    all->unproven_count += accepted ? 1 : 0;
    all->config.stats->live++;
    all->config.stats->unproven += accepted ? 1 : 0;
    *ret_connection = connection;
    return 0;
}

/* ---- finding */

/* May a request for `server` (NULL: for the address alone) go along this connection? (RFC 5922 and
 * 5923: only to whom its peer has proved to be.) */
static bool serves(const sip__connections *all, const sip__connection *connection,
                   const sip_addr *remote, const char *server)
{
    const sip__channel *channel = connection->channel;
    char address[SIP_ADDR_TEXT_BYTES];

    if (!all->config.secure) {
        return true;
    }
    if (!connection->accepted &&
        (server == NULL || connection->server == NULL ? server == connection->server
                                                      : strcmp(server, connection->server) == 0)) {
        return true;
    }
    return connection->state == SIP__CONNECTION_OPEN && channel->vtable->speaks_for != NULL &&
           channel->vtable->speaks_for(channel,
                                       server != NULL ? server : sip_addr_host(remote, address));
}

/* Nobody but its peer is behind this very address and port, be it that of a NAT: where no name was
 * asked for, a phone without a certificate can be called along its own connection. */
static bool is_peer_itself(const sip__connection *connection, const char *server)
{
    return server == NULL && connection->accepted && connection->state == SIP__CONNECTION_OPEN;
}

static sip__connection *find_remote(const sip__connections *all, const sip_addr *remote,
                                    const char *server)
{
    sip_map_node *node = sip_map_first(&all->by_remote, hash_addr(&all->by_remote, remote));

    for (; node != NULL; node = sip_map_next(node)) {
        sip__connection *connection = SIP_CONTAINER_OF(node, sip__connection, by_remote);

        if (sip_addr_equal(&connection->path.remote, remote) &&
            (serves(all, connection, remote, server) || is_peer_itself(connection, server))) {
            return connection;
        }
    }
    return NULL;
}

static sip__connection *find_alias(const sip__connections *all, const sip_addr *remote,
                                   const char *server)
{
    sip_map_node *node = sip_map_first(&all->aliases, hash_addr(&all->aliases, remote));

    for (; node != NULL; node = sip_map_next(node)) {
        alias *entry = SIP_CONTAINER_OF(node, alias, node);

        if (sip_addr_equal(&entry->addr, remote) &&
            serves(all, entry->connection, remote, server)) {
            return entry->connection;
        }
    }
    return NULL;
}

sip__connection *sip__connections_find(const sip__connections *all, const sip_path *to,
                                       const char *server)
{
    sip__connection *connection;

    if (to->flow == 0) {
        connection = find_remote(all, &to->remote, server);
        return connection != NULL ? connection : find_alias(all, &to->remote, server);
    }
    connection = sip_id_table_find(all->config.flows, to->flow);
    return connection != NULL && connection->transport == all->config.transport ? connection : NULL;
}

static void drop_alias(sip__connections *all, sip__connection *connection)
{
    if (connection->alias != NULL) {
        sip_map_remove(&all->aliases, &connection->alias->node);
        sip_free(all->config.allocator, connection->alias);
        connection->alias = NULL;
    }
}

void sip__connection_note_early(sip__connection *connection, uint64_t ref)
{
    if (connection->channel != NULL && !connection->accepted && !connection->heard && ref != 0 &&
        connection->n_early < SIP__CONNECTION_EARLY) {
        connection->early[connection->n_early++] = ref;
    }
}

int sip__connections_alias(sip__connections *all, sip__connection *connection, const sip_addr *addr)
{
    alias *entry;

    if (connection->alias != NULL && sip_addr_equal(&connection->alias->addr, addr)) {
        return 0;
    }
    entry = sip_alloc0(all->config.allocator, sizeof(*entry));
    if (entry == NULL) {
        return SIP_ENOMEM;
    }
    drop_alias(all, connection);
    entry->addr = *addr;
    entry->connection = connection;
    sip_map_insert(&all->aliases, hash_addr(&all->aliases, addr), &entry->node);
    connection->alias = entry;
    return 0;
}

/* ---- its life */

void sip__connections_handshake(sip__connections *all, sip__connection *connection,
                                sip_time_ms now_ms)
{
    (void)all;
    connection->state = SIP__CONNECTION_HANDSHAKE;
    connection->since_ms = now_ms;
}

void sip__connections_opened(sip__connections *all, sip__connection *connection,
                             const sip_addr *local, sip_time_ms now_ms)
{
    connection->path.local = *local;
    connection->state = SIP__CONNECTION_OPEN;
    connection->since_ms = now_ms;
    connection->was_open = true;
    if (connection->accepted) {
        all->config.stats->accepted++;
    } else {
        all->config.stats->connected++;
    }
    sip__connections_touch(all, connection, now_ms);
    sip__keepalive_heard(&connection->keepalive, now_ms);
}

/* It counts among the unproven no more. */
static void count_proven(sip__connections *all)
{
    all->unproven_count--;
    all->config.stats->unproven--;
}

void sip__connections_proven(sip__connections *all, sip__connection *connection)
{
    if (!connection->proven && connection->state == SIP__CONNECTION_OPEN) {
        connection->proven = true;
        count_proven(all);
        sip_list_remove(&connection->node);
        sip_list_append(&all->open, &connection->node);
        sip__connections_sort(all, connection);
    }
}

static sip_time_ms stuck_since(const sip__connection *connection)
{
    sip_time_ms partial_ms = connection->partial_ms, stalled_ms = connection->stalled_ms;

    return partial_ms == 0 || (stalled_ms != 0 && stalled_ms < partial_ms) ? stalled_ms
                                                                           : partial_ms;
}

void sip__connections_sort(sip__connections *all, sip__connection *connection)
{
    sip_time_ms since_ms = stuck_since(connection);
    sip_list *after = &all->stuck;

    if (connection->state != SIP__CONNECTION_OPEN || !connection->proven ||
        connection->stuck_ms == since_ms) {
        return;
    }
    connection->stuck_ms = since_ms;
    sip_list_remove(&connection->node);
    if (since_ms == 0) {
        sip_list_append(&all->open, &connection->node);
        return;
    }
    /* Almost always the last. */
    while (after->prev != &all->stuck &&
           SIP_CONTAINER_OF(after->prev, sip__connection, node)->stuck_ms > since_ms) {
        after = after->prev;
    }
    sip_list_append(after, &connection->node);
}

/* A byte now and then is no progress: only so much counts as would have been taken in the time at
 * the least rate. */
bool sip__connections_note_stall(sip__connections *all, sip__connection *connection,
                                 uint64_t written, size_t waiting, sip_time_ms now_ms)
{
    const sip_connection_limits *limits = &all->config.limits;
    uint64_t least = (uint64_t)limits->stall_ms * limits->drain_bytes_s / 1000;
    bool anew = connection->stalled_ms == 0 ||
                written - connection->stalled_bytes >= (least > 0 ? least : 1);

    if (waiting == 0) {
        connection->stalled_ms = 0;
    } else if (anew) {
        connection->stalled_ms = now_ms;
        connection->stalled_bytes = written;
    }
    sip__connections_sort(all, connection);
    return waiting > 0 && anew;
}

void sip__connections_touch(sip__connections *all, sip__connection *connection, sip_time_ms now_ms)
{
    if (connection->state == SIP__CONNECTION_OPEN) {
        connection->used_ms = now_ms;
        if (connection->proven && connection->stuck_ms == 0) {
            sip_list_remove(&connection->node);
            sip_list_append(&all->open, &connection->node);
        }
    }
}

void sip__connections_close(sip__connections *all, sip__connection *connection, uint64_t *counter,
                            int err, const char *text)
{
    if (connection->state == SIP__CONNECTION_CLOSING) {
        return;
    }
    all->config.stats->live--;
    if (counter != NULL) {
        (*counter)++;
    }
    if (!connection->proven) {
        count_proven(all);
    }
    connection->state = SIP__CONNECTION_CLOSING;
    connection->err = err;
    connection->text = sip_strdup(all->config.allocator, sip_str_of(text));
    drop_alias(all, connection);
    sip_map_remove(&all->by_remote, &connection->by_remote);
    sip_id_table_remove(all->config.flows, connection->flow);
    if (connection->accepted) {
        sip__peer_count_remove(&all->peers, &connection->path.remote);
    }
    sip_list_remove(&connection->node);
    sip_list_append(&all->closing, &connection->node);
    all->count--;
}

sip__connection *sip__connections_take_closing(sip__connections *all)
{
    sip__connection *connection;

    if (sip_list_is_empty(&all->closing)) {
        return NULL;
    }
    connection = SIP_CONTAINER_OF(all->closing.next, sip__connection, node);
    sip_list_remove(&connection->node);
    return connection;
}

void sip__connections_free(sip__connections *all, sip__connection *connection)
{
    if (connection->state != SIP__CONNECTION_CLOSING) {
        sip__connections_close(all, connection, NULL, 0, "");
    }
    sip_list_remove(&connection->node);
    sip_list_remove(&connection->dirty);
    sip__frame_finish(&connection->frame);
    sip__send_queue_finish(&connection->sends, &all->buffers);
    sip_free(all->config.allocator, connection->server);
    sip_free(all->config.allocator, connection->text);
    sip_free(all->config.allocator, connection);
}
