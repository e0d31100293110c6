/* What stands between the bytes of a connection and those of its messages: nothing for TCP, TLS,
 * WebSocket's frames, or these over TLS. Sans I/O, so that one may stand on another. */
#ifndef SIP_TRANSPORT_CHANNEL_H
#define SIP_TRANSPORT_CHANNEL_H

#include <sip/net.h>
#include <sip/tls.h>

typedef struct sip__channel sip__channel;

/* What a channel tells its owner, from inside receive() and start(). The owner does not free or
 * close() it from here, but may send() from on_open and on_bytes. */
typedef struct sip__channel_events {
    /* Bytes for the peer, copied before return; also from inside send() and close().
     * @return 0, SIP_ENOMEM, SIP_ETOOBIG */
    int (*write)(sip_str bytes, void *arg);
    /* The handshake is done: messages may be sent. */
    void (*on_open)(void *arg);
    /* Bytes from the peer, borrowed; `whole`: exactly one message (a WebSocket message), else a
     * piece of a stream. */
    void (*on_bytes)(sip_str bytes, bool whole, void *arg);
    /* The peer answered a ping() that is the channel's own (WebSocket's Pong). */
    void (*on_pong)(void *arg);
} sip__channel_events;

typedef struct sip__channel_vtable {
    /* Begin: a client says hello. @return 0, SIP_ENOMEM, or SIP_EIO with channel->text */
    int (*start)(sip__channel *channel);
    /* Take bytes that came. @return 0; SIP_EGONE the peer said goodbye; SIP_ESYNTAX or SIP_EIO: the
     * connection must close and channel->text says why; SIP_ENOMEM */
    int (*receive)(sip__channel *channel, sip_str bytes);
    /* Wrap one message and write() it; only once open. @return 0, SIP_ENOMEM, SIP_ETOOBIG */
    int (*send)(sip__channel *channel, sip_str bytes);
    /* Ping the peer in the channel's own way; NULL: CRLF is sent as a message is. @return 0 or
     * SIP_ENOMEM */
    int (*ping)(sip__channel *channel);
    /* Say goodbye (close_notify, Close), at any time once started; the connection is closed right
     * after. NULL: silently. */
    void (*close)(sip__channel *channel);
    void (*destroy)(sip__channel *channel);
    /* True if the peer has proved to be `name` (lower case), so that requests for that name may go
     * to it too (RFC 5922 7.2, RFC 5923). NULL: it has proved nothing. */
    bool (*speaks_for)(const sip__channel *channel, const char *name);
    /* True while a part of something has come (a record, a frame) and the rest has not: it may take
     * so long and no longer. NULL: never. */
    bool (*is_partial)(const sip__channel *channel);
    /* What is known of the peer, as long as the channel lives. NULL, or NULL returned: nothing. */
    const sip_tls_peer *(*peer)(const sip__channel *channel);
} sip__channel_vtable;

/* The head of every channel; an implementation embeds it as its first member. */
struct sip__channel {
    const sip__channel_vtable *vtable;
    const sip__channel_events *events;
    void *arg;
    char text[200]; /* why it failed: check, name, cause */
};

/* For whom a channel is made. */
typedef struct sip__channel_setup {
    const sip_path *path; /* remote; local where known; borrowed for the call */
    const char *server;   /* of a client: the name asked for, lower case, borrowed for the call;
                             NULL: none but the address */
    const sip__channel_events *events;
    void *arg;
} sip__channel_setup;

typedef struct sip__channel_factory sip__channel_factory;

typedef struct sip__channel_factory_vtable {
    /* Make one, not yet started. @return 0, SIP_ENOMEM, or SIP_EIO (settings that cannot work) */
    int (*make_client)(sip__channel_factory *factory, const sip__channel_setup *setup,
                       sip__channel **ret_channel);
    int (*make_server)(sip__channel_factory *factory, const sip__channel_setup *setup,
                       sip__channel **ret_channel);
    /* Its channels have been destroyed. */
    void (*destroy)(sip__channel_factory *factory);
} sip__channel_factory_vtable;

/* Makes the channels of one transport; an implementation embeds it as its first member. */
struct sip__channel_factory {
    const sip__channel_factory_vtable *vtable;
};

#endif
