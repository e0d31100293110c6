/* A UDP socket on a loop: batches in both directions, the address that each datagram came to, ICMP
 * errors by destination. */
#ifndef SIP_IO_UDP_SOCKET_H
#define SIP_IO_UDP_SOCKET_H

#include "io/port_share.h"
#include "message/msg_block.h"
#include <sip/loop.h>
#include <sip/net.h>
#include <sip/transport.h>

typedef struct sip__udp_socket sip__udp_socket;

/* A datagram that came; all borrowed for the call. */
typedef struct sip__udp_arrival {
    sip_addr remote, local;
    sip_str bytes;
    sip_time_ms received_ms; /* when the system took it in; 0: not known */
    bool truncated;          /* it was longer than max_bytes */
    sip_msg_block *block;    /* that the bytes stand in; NULL without memory for the next one */
} sip__udp_arrival;

/* All are called on the loop's thread and never from inside a function of the socket. */
typedef struct sip__udp_socket_events {
    /* @return true: the block is the callee's now */
    bool (*on_datagram)(const sip__udp_arrival *arrival, void *arg);
    /* That many more have come for which the system had no room, or we no memory. */
    void (*on_lost)(uint64_t count, void *arg);
    /* One that was given to send() will not leave. */
    void (*on_send_failed)(uint64_t ref, const sip_addr *to, int err, const char *text, void *arg);
    /* The network sent back an error; borrowed. */
    void (*on_unreachable)(const sip_network_error *error, void *arg);
} sip__udp_socket_events;

typedef struct sip__udp_socket_config {
    const sip_allocator *allocator;
    sip_loop *loop;
    sip_addr bind;
    size_t max_bytes; /* of a datagram received */
    const sip__udp_socket_events *events;
    void *arg;
    sip_socket_options options;
    sip__port_use use;
    const sip_allocator *blocks; /* of what comes, which other threads may free; NULL: allocator */
} sip__udp_socket_config;

/* @return 0, SIP_ENOMEM or SIP_EIO with the system's words in `text` (size bytes) */
int sip__udp_socket_create(const sip__udp_socket_config *config, char *text, size_t size,
                           sip__udp_socket **ret_socket);
/* No events come from here. NULL is fine. */
void sip__udp_socket_destroy(sip__udp_socket *socket);
/* The bound address with its port. */
void sip__udp_socket_local(const sip__udp_socket *socket, sip_addr *ret_addr);
/* Copy `bytes` for the next flush; `from` names the source address where the socket is bound to all
 * (NULL or family none: any).
 * @return 0, SIP_ETOOBIG (no datagram holds it) or SIP_ENOMEM (also: too many wait already) */
int sip__udp_socket_send(sip__udp_socket *socket, const sip_addr *to, const sip_addr *from,
                         sip_str bytes, uint64_t ref);
/* Send what waits; what the kernel has no room for stays and is sent when it has. */
void sip__udp_socket_flush(sip__udp_socket *socket);

#endif
