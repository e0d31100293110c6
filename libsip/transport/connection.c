#include "transport/connection.h"
#include <stdio.h>
#include <string.h>

#define FIRST_SENDS 8

int sip__connections_init(sip__connections *all, const sip_allocator *allocator,
                          sip_id_table *flows, sip_transport *transport, size_t limit,
                          size_t message_bytes)
{
    memset(all, 0, sizeof(*all));
    all->allocator = allocator;
    all->flows = flows;
    all->transport = transport;
    all->limit = limit;
    all->message_bytes = message_bytes;
    sip_list_init(&all->connecting);
    sip_list_init(&all->open);
    sip_list_init(&all->closing);
    return sip_map_init(&all->by_remote, allocator, sip_random_system());
}

void sip__connections_finish(sip__connections *all)
{
    sip_map_finish(&all->by_remote);
}

static uint64_t hash_remote(const sip__connections *all, const sip_addr *remote)
{
    char key[sizeof(remote->ip) + sizeof(remote->port) + sizeof(remote->family)];
    sip_str bytes = {key, sizeof(key)};

    memcpy(key, remote->ip, sizeof(remote->ip));
    memcpy(key + sizeof(remote->ip), &remote->port, sizeof(remote->port));
    key[sizeof(key) - 1] = (char)remote->family;
    return sip_map_hash(&all->by_remote, bytes);
}

static bool is_idle(const sip__connection *connection)
{
    return connection->n_sends == 0 && sip_list_is_empty(&connection->dirty) &&
           !sip__frame_is_partial(&connection->frame);
}

/* Make room for one more. Returns false if every connection is busy. */
static bool close_idle(sip__connections *all)
{
    sip_list *node;

    for (node = all->open.next; node != &all->open; node = node->next) {
        sip__connection *connection = SIP_CONTAINER_OF(node, sip__connection, node);

        if (is_idle(connection)) {
            sip__connections_close(all, connection, SIP_EBUSY,
                                   "closed for a new one: the limit of connections is reached");
            return true;
        }
    }
    return false;
}

int sip__connections_add(sip__connections *all, const sip_path *path, bool open, sip_time_ms now_ms,
                         sip__connection **ret_connection)
{
    sip__connection *connection;

    if (all->limit != 0 && all->count >= all->limit && !close_idle(all)) {
        return SIP_EBUSY;
    }
    connection = sip_alloc0(all->allocator, sizeof(*connection));
    if (connection == NULL) {
        return SIP_ENOMEM;
    }
    if (sip_id_table_add(all->flows, connection, &connection->flow) != 0) {
        sip_free(all->allocator, connection);
        return SIP_ENOMEM;
    }
    connection->path = *path;
    connection->path.flow = connection->flow;
    connection->transport = all->transport;
    connection->used_ms = now_ms;
    connection->state = open ? SIP__CONNECTION_OPEN : SIP__CONNECTION_CONNECTING;
    connection->was_open = open;
    sip__frame_init(&connection->frame, all->allocator, all->message_bytes);
    sip__keepalive_init(&connection->keepalive, now_ms);
    sip_map_insert(&all->by_remote, hash_remote(all, &path->remote), &connection->by_remote);
    sip_list_init(&connection->node);
    sip_list_init(&connection->dirty);
    sip_list_append(open ? &all->open : &all->connecting, &connection->node);
    all->count++;
    *ret_connection = connection;
    return 0;
}

static sip__connection *find_remote(const sip__connections *all, const sip_addr *remote)
{
    sip_map_node *node = sip_map_first(&all->by_remote, hash_remote(all, remote));

    for (; node != NULL; node = sip_map_next(node)) {
        sip__connection *connection = SIP_CONTAINER_OF(node, sip__connection, by_remote);

        if (sip_addr_equal(&connection->path.remote, remote)) {
            return connection;
        }
    }
    return NULL;
}

sip__connection *sip__connections_find(const sip__connections *all, const sip_path *to)
{
    sip__connection *connection;

    if (to->flow == 0) {
        return find_remote(all, &to->remote);
    }
    connection = sip_id_table_find(all->flows, to->flow);
    return connection != NULL && connection->transport == all->transport ? connection : NULL;
}

void sip__connections_opened(sip__connections *all, sip__connection *connection,
                             const sip_addr *local, sip_time_ms now_ms)
{
    connection->path.local = *local;
    connection->state = SIP__CONNECTION_OPEN;
    connection->was_open = true;
    sip__connections_touch(all, connection, now_ms);
    sip__keepalive_heard(&connection->keepalive, now_ms);
}

void sip__connections_touch(sip__connections *all, sip__connection *connection, sip_time_ms now_ms)
{
    if (connection->state == SIP__CONNECTION_OPEN) {
        connection->used_ms = now_ms;
        sip_list_remove(&connection->node);
        sip_list_append(&all->open, &connection->node);
    }
}

void sip__connections_close(sip__connections *all, sip__connection *connection, int err,
                            const char *text)
{
    if (connection->state == SIP__CONNECTION_CLOSING) {
        return;
    }
    connection->state = SIP__CONNECTION_CLOSING;
    connection->err = err;
    (void)snprintf(connection->text, sizeof(connection->text), "%s", text);
    sip_map_remove(&all->by_remote, &connection->by_remote);
    sip_id_table_remove(all->flows, connection->flow);
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

static sip__connection *first_since(sip_list *list, sip_time_ms now_ms, uint64_t most_ms)
{
    sip__connection *connection = SIP_CONTAINER_OF(list->next, sip__connection, node);

    return !sip_list_is_empty(list) && now_ms - connection->used_ms >= most_ms ? connection : NULL;
}

void sip__connections_expire(sip__connections *all, sip_time_ms now_ms, uint64_t idle_ms)
{
    sip__connection *connection;

    while ((connection = first_since(&all->connecting, now_ms, SIP__CONNECTION_CONNECT_MS)) !=
           NULL) {
        sip__connections_close(all, connection, SIP_EIO, "no answer to the connection attempt");
    }
    while (idle_ms != 0 && (connection = first_since(&all->open, now_ms, idle_ms)) != NULL) {
        sip__connections_close(all, connection, 0, "closed after being idle");
    }
}

void sip__connections_free(sip__connections *all, sip__connection *connection)
{
    if (connection->state != SIP__CONNECTION_CLOSING) {
        sip__connections_close(all, connection, 0, "");
    }
    sip_list_remove(&connection->node);
    sip_list_remove(&connection->dirty);
    sip__frame_finish(&connection->frame);
    sip_free(all->allocator, connection->sends);
    sip_free(all->allocator, connection);
}

static int make_room(sip__connections *all, sip__connection *connection)
{
    size_t room = connection->room_sends == 0 ? FIRST_SENDS : connection->room_sends * 2;
    sip__connection_send *larger;

    if (connection->first_send > 0) {
        memmove(connection->sends, connection->sends + connection->first_send,
                connection->n_sends * sizeof(*connection->sends));
        connection->first_send = 0;
        return 0;
    }
    larger = sip_realloc(all->allocator, connection->sends, room * sizeof(*larger));
    if (larger == NULL) {
        return SIP_ENOMEM;
    }
    connection->sends = larger;
    connection->room_sends = room;
    return 0;
}

int sip__connection_note_send(sip__connections *all, sip__connection *connection, uint64_t ref,
                              uint64_t end_bytes)
{
    sip__connection_send *send;

    if (connection->first_send + connection->n_sends == connection->room_sends &&
        make_room(all, connection) != 0) {
        return SIP_ENOMEM;
    }
    send = &connection->sends[connection->first_send + connection->n_sends++];
    send->ref = ref;
    send->end_bytes = end_bytes;
    return 0;
}

void sip__connection_written(sip__connection *connection, uint64_t total_bytes)
{
    while (connection->n_sends > 0 &&
           connection->sends[connection->first_send].end_bytes <= total_bytes) {
        connection->first_send++;
        connection->n_sends--;
    }
    if (connection->n_sends == 0) {
        connection->first_send = 0;
    }
}

uint64_t sip__connection_take_send(sip__connection *connection)
{
    while (connection->n_sends > 0) {
        uint64_t ref = connection->sends[connection->first_send++].ref;

        connection->n_sends--;
        if (ref != 0) {
            return ref;
        }
    }
    return 0;
}
