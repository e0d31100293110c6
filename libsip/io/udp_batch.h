/* Many datagrams a system call where the system can, one a call where it cannot; and the errors
 * that the network sent back. */
#ifndef SIP_IO_UDP_BATCH_H
#define SIP_IO_UDP_BATCH_H

#include <sip/net.h>

#define SIP__UDP_BATCH 64

typedef struct sip__udp_datagram {
    sip_addr remote;
    sip_addr local; /* received: where it came to, port 0; sent: the source wanted, family none: the
                       kernel's choice */
    char *bytes;    /* the owner's buffer */
    size_t len;     /* in it */
    bool truncated; /* received: it was longer than the buffer */
} sip__udp_datagram;

/* Headers for the system, prepared once. */
typedef struct sip__udp_batch sip__udp_batch;

/* @param buffer_bytes  size of every buffer that is received into. NULL without memory */
sip__udp_batch *sip__udp_batch_create(const sip_allocator *allocator, size_t buffer_bytes);
void sip__udp_batch_destroy(const sip_allocator *allocator, sip__udp_batch *batch);
/* Ask a socket for destination addresses and for its error queue. @return 0 or -errno */
int sip__udp_batch_prepare(int fd, sip_family family);
/* Receive up to SIP__UDP_BATCH datagrams into datagrams[].bytes. @return how many, or -errno */
int sip__udp_batch_recv(sip__udp_batch *batch, int fd, sip__udp_datagram *datagrams);
/* Send `count` (at most SIP__UDP_BATCH) datagrams. @return how many of the first have left, or
 * -errno of the very first */
int sip__udp_batch_send(sip__udp_batch *batch, int fd, const sip__udp_datagram *datagrams,
                        size_t count);
/* Take one error off the socket's queue. @return true with the destination that it is about and its
 * errno, 0 for one to ignore */
bool sip__udp_batch_next_error(int fd, sip_addr *ret_remote, int *ret_code);

#endif
