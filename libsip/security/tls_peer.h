/* What a finished handshake tells of the peer. */
#ifndef SIP_SECURITY_TLS_PEER_H
#define SIP_SECURITY_TLS_PEER_H

#include "security/tls_context.h"

typedef struct sip__tls_peer_info {
    bool known;
    sip_tls_peer peer;
    sip__tls_names names;
    char *subject, *server_name, *alpn;
} sip__tls_peer_info;

/* `info` is zeroed. @return 0 or SIP_ENOMEM */
int sip__tls_peer_info_read(sip__tls_peer_info *info, const sip__tls_handshake *handshake,
                            const SSL *ssl, const sip_allocator *allocator);
/* Takes a zeroed object. */
void sip__tls_peer_info_finish(sip__tls_peer_info *info);

#endif
