/* Many datagrams a system call where the system can, one a call where it cannot; what the system
 * tells beside them; and the errors that the network sent back. */
#ifndef SIP_IO_UDP_BATCH_H
#define SIP_IO_UDP_BATCH_H

#include <sip/net.h>

#define SIP__UDP_BATCH 32           /* more do not get cheaper, and leave the cache */
#define SIP__UDP_INLINE_BYTES 2048u /* of a datagram received that go to its first buffer */

typedef struct sip__udp_datagram {
    sip_addr remote;
    sip_addr local;    /* received: where it came to, port 0, if the socket has more addresses than
                          one; sent: the source wanted, family none: the kernel's choice */
    char *bytes;       /* the owner's buffer; received: of the first SIP__UDP_INLINE_BYTES */
    char *overflow;    /* received: the owner's buffer of the rest */
    size_t len;        /* of both */
    int32_t waited_ms; /* received: in the system's queue; -1: not known */
    bool truncated;    /* received: it was longer than the buffers */
} sip__udp_datagram;

/* Headers for the system, prepared once. */
typedef struct sip__udp_batch sip__udp_batch;

/* @param max_bytes  of a datagram received: that much less SIP__UDP_INLINE_BYTES is the size of
 *   each overflow buffer. NULL without memory */
sip__udp_batch *sip__udp_batch_create(const sip_allocator *allocator, size_t max_bytes);
void sip__udp_batch_destroy(const sip_allocator *allocator, sip__udp_batch *batch);
/* Ask a socket for the destination addresses (`any`: it has more than one), receive times, counts
 * of what it had no room for, and its error queue; as far as the system has them. @return 0 or
 * -errno
 */
int sip__udp_batch_prepare(int fd, sip_family family, bool any);
/* Ask for room in the socket's queues; the system may give less. */
void sip__udp_batch_ask_room(int fd, uint32_t receive_bytes, uint32_t send_bytes);
/* Receive up to SIP__UDP_BATCH datagrams into datagrams[].bytes and .overflow: always the same
 * array, of which only those that came last time may have other buffers. @return how many, or
 * -errno */
int sip__udp_batch_recv(sip__udp_batch *batch, int fd, sip__udp_datagram *datagrams);
/* How many datagrams the socket has had no room for, as far as those received since tell. */
uint64_t sip__udp_batch_lost(const sip__udp_batch *batch);
/* Send `count` (at most SIP__UDP_BATCH) datagrams. @return how many of the first have left, or
 * -errno of the very first */
int sip__udp_batch_send(sip__udp_batch *batch, int fd, const sip__udp_datagram *datagrams,
                        size_t count);

#define SIP__UDP_QUOTED_BYTES 548 /* routers quote no more, without the headers */

/* What the network sent back. */
typedef struct sip__udp_error {
    sip_addr remote; /* where the datagram was to go */
    int code;        /* errno; 0: one to ignore */
    size_t len;      /* of what it quotes of the datagram */
    char quoted[SIP__UDP_QUOTED_BYTES];
} sip__udp_error;

/* Take one error off the socket's queue. @return false: there is none */
bool sip__udp_batch_next_error(int fd, sip__udp_error *ret_error);

#endif
