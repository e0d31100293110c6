/* The connections of a stream transport, without their sockets: found by flow and by remote
 * address, in order of last use, bounded. */
#ifndef SIP_TRANSPORT_CONNECTION_H
#define SIP_TRANSPORT_CONNECTION_H

#include "transport/channel.h"
#include "transport/frame.h"
#include "transport/keepalive.h"
#include "transport/peer_count.h"
#include "transport/send_queue.h"
#include <sip/stack.h>

typedef enum sip__connection_state {
    SIP__CONNECTION_CONNECTING,
    SIP__CONNECTION_HANDSHAKE, /* of its channel */
    SIP__CONNECTION_OPEN,
    SIP__CONNECTION_CLOSING /* not found any more; waits to be reported and freed */
} sip__connection_state;

/* By TLS 1.3 what a client sends first has left before the server has judged its certificate. */
#define SIP__CONNECTION_EARLY 4

typedef struct sip__connection {
    sip_list node;  /* in one of the lists below */
    sip_list dirty; /* in the list of those to flush */
    sip_map_node by_remote;
    sip_timer timer; /* its next deadline */
    sip_flow flow;
    sip_path path;
    sip_time_ms accepted_ms; /* or begun by us */
    sip_time_ms since_ms;    /* of this state */
    sip_time_ms used_ms;     /* last sent or received */
    sip_time_ms partial_ms;  /* when the message that is under way began; 0: none is */
    sip_time_ms stalled_ms;  /* since when the peer has taken too little; 0: nothing waits for it */
    sip_time_ms stuck_ms;    /* the earlier of these two; 0: neither */
    uint64_t partial_bytes;  /* that came after the first ones of that message */
    uint64_t stalled_bytes;  /* written in all at stalled_ms */
    sip__frame frame;
    sip__keepalive keepalive;
    uint32_t keepalive_ms; /* ping after such a silence; 0: never */
    uint8_t state;         /* sip__connection_state */
    bool accepted, was_open;
    bool proven;     /* a whole message came, or we connected */
    bool used;       /* something was sent along it */
    unsigned wanted; /* by so many who asked for it before they send */
    bool channel_started;
    bool in_channel;      /* the channel is receiving: it is not to be closed now */
    bool keepalive_asked; /* a ping waited for its answer when these bytes came */
    bool heard;           /* clear bytes came through the channel */
    bool refused;         /* the channel failed */
    uint8_t n_early;
    uint64_t early[SIP__CONNECTION_EARLY]; /* the first sends of ours, until anything is heard */
    sip__send_queue sends;
    sip_transport *transport;
    struct sip__stream_socket *socket;
    sip__channel *channel;    /* NULL: plain TCP */
    char *server;             /* the name asked for; NULL: none */
    uint64_t told[4];         /* the workers that know what its peer has proved, a bit each */
    struct sip__alias *alias; /* the further address it serves; NULL: none */
    int err;                  /* why it closes */
    char *text;               /* the same for a person; NULL: no memory for it */
} sip__connection;

typedef struct sip__connections_config {
    const sip_allocator *allocator;
    sip_id_table *flows; /* where flows are named, shared by the transports of a worker */
    sip_transport *transport;
    bool secure; /* a connection is only for whom its peer has proved to be */
    uint32_t limit;
    size_t message_bytes;
    sip_connection_limits limits; /* complete */
    sip_connection_stats *stats;
} sip__connections_config;

typedef struct sip__connections {
    sip__connections_config config;
    uint32_t count, unproven_count; /* not counting those that close */
    sip__buffers buffers;
    sip_list connecting; /* ours, until they are open */
    sip_list unproven;   /* accepted, no whole message yet; oldest first */
    sip_list open;       /* longest unused first, but for those stuck */
    sip_list stuck;      /* in the midst of a message or a write, longest so first */
    sip_list closing;
    sip_map by_remote, aliases;
    sip__peer_count peers;
    const char *refusal; /* why the last one was not added */
} sip__connections;

/* Fill in the defaults. */
void sip__connection_limits_complete(sip_connection_limits *limits, uint32_t max_connections);

/* @return 0 or SIP_ENOMEM; sip__connections_finish() is due in any case */
int sip__connections_init(sip__connections *all, const sip__connections_config *config);
/* All connections must have been freed. Takes a zeroed object. */
void sip__connections_finish(sip__connections *all);

/* A new one to or from path->remote (path->local may be unknown), state CONNECTING. At a limit
 * another one begins to close: the oldest unproven one, else as in sip__connections_close_one().
 * `server` (may be NULL) is copied.
 * @return 0, SIP_ENOMEM, or SIP_EBUSY: all->refusal says why */
int sip__connections_add(sip__connections *all, const sip_path *path, const char *server,
                         bool accepted, sip_time_ms now_ms, sip__connection **ret_connection);
/* By flow (if it is one of this transport's), else by remote address and the name asked for (NULL:
 * none); NULL if none, or it closes. */
sip__connection *sip__connections_find(const sip__connections *all, const sip_path *to,
                                       const char *server);
/* A send has gone into its channel: if that fails before anything is heard, it is not forgotten. */
void sip__connection_note_early(sip__connection *connection, uint64_t ref);
/* Requests to `addr` may go to it as well (RFC 5923): another alias is replaced. @return 0 or
 * SIP_ENOMEM */
int sip__connections_alias(sip__connections *all, sip__connection *connection,
                           const sip_addr *addr);
/* Its TCP connection stands; its channel begins. */
void sip__connections_handshake(sip__connections *all, sip__connection *connection,
                                sip_time_ms now_ms);
/* It is established. */
void sip__connections_opened(sip__connections *all, sip__connection *connection,
                             const sip_addr *local, sip_time_ms now_ms);
/* A whole message came on it. */
void sip__connections_proven(sip__connections *all, sip__connection *connection);
/* It was used: the last to be closed. */
void sip__connections_touch(sip__connections *all, sip__connection *connection, sip_time_ms now_ms);
/* partial_ms or stalled_ms has changed: put it where it belongs. */
void sip__connections_sort(sip__connections *all, sip__connection *connection);
/* Is what waits for the peer taken too slowly from now on, or no longer? `written` in all,
 * `waiting` bytes. @return true: stalled_ms has changed, to another time than 0 */
bool sip__connections_note_stall(sip__connections *all, sip__connection *connection,
                                 uint64_t written, size_t waiting, sip_time_ms now_ms);
/* Make room: let the longest unused idle one begin to close, else the one that has been in the
 * midst of a message or a write for longest. Returns NULL if every one is busy in earnest. */
sip__connection *sip__connections_close_one(sip__connections *all, sip_time_ms now_ms,
                                            const char *text);
/* Begin to close: it is not found from now on. The first reason stays. `text` is copied; counter
 * (may be NULL) is increased. */
void sip__connections_close(sip__connections *all, sip__connection *connection, uint64_t *counter,
                            int err, const char *text);
/* The next that closes, taken off the list; NULL if none. The caller reports and frees it. */
sip__connection *sip__connections_take_closing(sip__connections *all);
/* Free one that was taken off, or any at the end; socket and channel are the caller's. */
void sip__connections_free(sip__connections *all, sip__connection *connection);

#endif
