/* The connections of a stream transport, without their sockets: found by flow and by remote
 * address, in order of last use, bounded, each with the sends that have not left. */
#ifndef SIP_TRANSPORT_CONNECTION_H
#define SIP_TRANSPORT_CONNECTION_H

#include "transport/frame.h"
#include "transport/keepalive.h"
#include <sip/containers.h>
#include <sip/transport.h>

#define SIP__CONNECTION_CONNECT_MS 10000

typedef enum sip__connection_state {
    SIP__CONNECTION_CONNECTING,
    SIP__CONNECTION_OPEN,
    SIP__CONNECTION_CLOSING /* not found any more; waits to be reported and freed */
} sip__connection_state;

/* A send that is queued; it has left when the stream has written end_bytes. */
typedef struct sip__connection_send {
    uint64_t ref, end_bytes;
} sip__connection_send;

typedef struct sip__connection {
    sip_list node; /* by last use; when closing: in the list of those */
    sip_map_node by_remote;
    sip_flow flow;
    sip_path path;
    sip__connection_state state;
    bool was_open;
    sip_time_ms used_ms; /* connecting: since when */
    sip__frame frame;
    sip__keepalive keepalive;
    sip__connection_send *sends; /* n_sends from first_send */
    size_t first_send, n_sends, room_sends;
    sip_transport *transport;
    void *socket;
    int err; /* why it closes */
    char text[160];
    sip_list dirty; /* in the list of those to flush */
} sip__connection;

typedef struct sip__connections {
    const sip_allocator *allocator;
    sip_id_table *flows;
    sip_transport *transport;
    size_t limit, count; /* not counting those that close */
    size_t message_bytes;
    sip_list connecting, open, closing; /* longest unused first */
    sip_map by_remote;
} sip__connections;

/* @param flows  where flows are named, shared by the transports of a worker
 * @return 0 or SIP_ENOMEM */
int sip__connections_init(sip__connections *all, const sip_allocator *allocator,
                          sip_id_table *flows, sip_transport *transport, size_t limit,
                          size_t message_bytes);
/* All connections must have been freed. Takes a zeroed object. */
void sip__connections_finish(sip__connections *all);

/* A new one to or from path->remote (path->local may be unknown). At the limit the longest unused
 * idle one begins to close.
 * @return 0, SIP_ENOMEM, or SIP_EBUSY: the limit is reached and none is idle */
int sip__connections_add(sip__connections *all, const sip_path *path, bool open, sip_time_ms now_ms,
                         sip__connection **ret_connection);
/* By flow (if it is one of this transport's), else by remote address; NULL if none, or it closes.
 */
sip__connection *sip__connections_find(const sip__connections *all, const sip_path *to);
/* It is established. */
void sip__connections_opened(sip__connections *all, sip__connection *connection,
                             const sip_addr *local, sip_time_ms now_ms);
/* It was used: the last to be closed. */
void sip__connections_touch(sip__connections *all, sip__connection *connection, sip_time_ms now_ms);
/* Begin to close: it is not found from now on. The first reason stays. */
void sip__connections_close(sip__connections *all, sip__connection *connection, int err,
                            const char *text);
/* The next that closes, taken off the list; NULL if none. The caller reports and frees it. */
sip__connection *sip__connections_take_closing(sip__connections *all);
/* Close those that connect for too long, or are unused for idle_ms (0: no matter). */
void sip__connections_expire(sip__connections *all, sip_time_ms now_ms, uint64_t idle_ms);
/* Free one that was taken off, or any at the end. */
void sip__connections_free(sip__connections *all, sip__connection *connection);

/* Note a send that ends at end_bytes of the stream; ref 0 need not be noted. @return 0 or
 * SIP_ENOMEM */
int sip__connection_note_send(sip__connections *all, sip__connection *connection, uint64_t ref,
                              uint64_t end_bytes);
/* Forget those that have left. */
void sip__connection_written(sip__connection *connection, uint64_t total_bytes);
/* Take a send that has not left. @return its ref, or 0: no more */
uint64_t sip__connection_take_send(sip__connection *connection);

#endif
