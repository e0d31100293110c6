/* SIP over WebSocket as a channel (RFC 7118), either end: the opening handshake, then frames by
 * wslay. Each WebSocket message is one SIP message; pings are WebSocket's own. */
#ifndef SIP_TRANSPORT_WS_CHANNEL_H
#define SIP_TRANSPORT_WS_CHANNEL_H

#include "transport/channel.h"

typedef struct sip__ws_config {
    const sip_allocator *allocator;
    const sip_random *random; /* keys and masks */
    size_t max_message_bytes;
    bool client;
    /* A client: what to ask for, copied; path NULL: "/". A server: path NULL: any is served, else
     * others get 404. */
    const char *host, *path;
    /* A server: web pages that may connect, up to NULL, borrowed; NULL: all may. Clients that are
     * no browsers send no Origin and are let in. */
    const char *const *origins;
} sip__ws_config;

/* @return 0, SIP_ENOMEM, SIP_EINVAL (a client without host, or an over-long one) */
int sip__ws_channel_create(const sip__ws_config *config, const sip__channel_events *events,
                           void *arg, sip__channel **ret_channel);

#endif
