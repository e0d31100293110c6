/* What stands between the bytes of a connection and those of its messages: nothing for TCP, TLS,
 * WebSocket's frames, or these over TLS. Sans I/O, so that one may stand on another. */
#ifndef SIP_TRANSPORT_CHANNEL_H
#define SIP_TRANSPORT_CHANNEL_H

#include <sip/net.h>

typedef struct sip__channel sip__channel;

/* What a channel tells its owner, from inside receive() and start(). The owner does not free it
 * from here. */
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
    /* Say goodbye (close_notify, Close); the connection is closed right after. NULL: silently. */
    void (*close)(sip__channel *channel);
    void (*destroy)(sip__channel *channel);
} sip__channel_vtable;

/* The head of every channel; an implementation embeds it as its first member. */
struct sip__channel {
    const sip__channel_vtable *vtable;
    const sip__channel_events *events;
    void *arg;
    char text[200]; /* why it failed: check, name, cause */
};

#endif
