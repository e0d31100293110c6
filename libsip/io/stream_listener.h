/* A listening TCP socket on a loop. */
#ifndef SIP_IO_STREAM_LISTENER_H
#define SIP_IO_STREAM_LISTENER_H

#include "io/port_share.h"
#include <sip/loop.h>
#include <sip/net.h>

typedef struct sip__stream_listener sip__stream_listener;

typedef struct sip__stream_listener_config {
    const sip_allocator *allocator;
    sip_loop *loop;
    sip_addr bind;
    sip_socket_options options; /* device and dscp are looked at; accepted sockets inherit them */
    sip__port_use use;
    /* A connection came; `fd`, non-blocking, is the callee's. */
    void (*on_accepted)(int fd, const sip_addr *remote, void *arg);
    /* The process has no descriptor for the connection that waits: free one and return true, or it
     * is refused. NULL: refused. */
    bool (*on_no_descriptor)(void *arg);
    void *arg;
} sip__stream_listener_config;

/* @return 0, SIP_ENOMEM or SIP_EIO with the system's words in `text` (size bytes) */
int sip__stream_listener_create(const sip__stream_listener_config *config, char *text, size_t size,
                                sip__stream_listener **ret_listener);
/* NULL is fine; not from inside on_accepted. */
void sip__stream_listener_destroy(sip__stream_listener *listener);
/* The bound address with its port. */
void sip__stream_listener_local(const sip__stream_listener *listener, sip_addr *ret_addr);

#endif
