/* TLS as a channel: what is sent is a stream of bytes in records, what comes is a piece of a
 * stream. */
#ifndef SIP_TRANSPORT_TLS_CHANNEL_H
#define SIP_TRANSPORT_TLS_CHANNEL_H

#include "transport/channel.h"
#include <sip/tls.h>

typedef struct sip__tls_channel_config {
    const sip_allocator *allocator;
    sip_tls *tls; /* borrowed */
    bool server;
    /* A client's: the domain that was asked for, from before any look-up (RFC 5922 7.3). It is the
     * name in SNI (unless it is a literal address) and the one that the certificate must have. */
    sip_str server_name;
    /* A client's: the domain of ours whose certificate is shown; empty: the first. */
    sip_str local_name;
    sip_str alpn; /* "sip/2" or "http/1.1"; empty: none */
} sip__tls_channel_config;

/* Strings are copied; `events` and `arg` are borrowed.
 * @return 0, SIP_EINVAL (a client without server_name that must be compared, or a server without a
 *   certificate), SIP_ENOMEM; the reason in `text` (size bytes, may be NULL) */
int sip__tls_channel_create(const sip__tls_channel_config *config,
                            const sip__channel_events *events, void *arg, char *text, size_t size,
                            sip__channel **ret_channel);

/* What is known of the peer once on_open has come; NULL before. Lives as long as the channel, which
 * must be one of these. */
const sip_tls_peer *sip__tls_channel_peer(const sip__channel *channel);

/* Makes such channels, named by the setup's server or else by the remote address.
 * @param tls   borrowed
 * @param alpn  "sip/2" or "http/1.1", static; NULL: none. sip_tls_config.alpn may turn it off
 * @return 0 or SIP_ENOMEM */
int sip__tls_factory_create(const sip_allocator *allocator, sip_tls *tls, const char *alpn,
                            sip__channel_factory **ret_factory);

#endif
