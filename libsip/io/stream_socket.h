/* One TCP connection on a loop: a bounded queue of bytes to write, bounded reads and writes a turn,
 * no reading while too much waits to be written. */
#ifndef SIP_IO_STREAM_SOCKET_H
#define SIP_IO_STREAM_SOCKET_H

#include "base/buffers.h"
#include <sip/loop.h>
#include <sip/net.h>

#define SIP__STREAM_QUEUE_BYTES (1u << 20) /* of bytes that wait to be written */
#define SIP__STREAM_READ_BYTES 16384       /* in one turn: a busy peer does not starve the others */
#define SIP__STREAM_WRITE_BYTES 65536      /* in one turn */
#define SIP__STREAM_HIGH_BYTES 65536       /* waiting to be written: the peer is read no more */
#define SIP__STREAM_LOW_BYTES 16384        /* and now it is again */

typedef struct sip__stream_socket sip__stream_socket;

/* All are called on the loop's thread, none from inside a function of the socket; each may close
 * the socket. */
typedef struct sip__stream_socket_events {
    void (*on_connected)(void *arg);
    /* Bytes came; borrowed. */
    void (*on_bytes)(sip_str bytes, void *arg);
    /* So many bytes in all have been given to the system since the beginning. */
    void (*on_written)(uint64_t total_bytes, void *arg);
    /* Over: err 0 at the peer's end, else SIP_EIO and the system's words. The socket is closed
     * already, not yet destroyed. */
    void (*on_closed)(int err, const char *text, void *arg);
} sip__stream_socket_events;

/* What the sockets of one transport have in common; borrowed by each. */
typedef struct sip__stream_socket_config {
    const sip_allocator *allocator;
    sip_loop *loop;
    sip__buffers *buffers; /* of this thread */
    char *read_buffer;     /* shared by sockets of one thread; SIP__STREAM_READ_BYTES */
    const sip__stream_socket_events *events;
    sip_socket_options options; /* device and dscp are looked at */
} sip__stream_socket_config;

/* Begin to connect to path->remote; path->local may name the source address, its port is not looked
 * at. `arg` is what the events get.
 * @return 0, SIP_ENOMEM, SIP_EBUSY (no descriptor is free) or SIP_EIO, with the system's words in
 * `text` (size bytes) */
int sip__stream_socket_connect(const sip__stream_socket_config *config, const sip_path *path,
                               void *arg, char *text, size_t size, sip__stream_socket **ret_socket);
/* Wrap an accepted descriptor, which is taken over also on failure. on_connected does not come.
 * @return 0, SIP_ENOMEM, SIP_EIO */
int sip__stream_socket_wrap(const sip__stream_socket_config *config, int fd, void *arg,
                            sip__stream_socket **ret_socket);
/* Close an accepted descriptor that nobody wants. */
void sip__stream_socket_refuse(int fd);
/* Stop reading and writing and close the descriptor; no events come any more. */
void sip__stream_socket_close(sip__stream_socket *socket);
/* Close and free; not from inside its own events. NULL is fine. */
void sip__stream_socket_destroy(sip__stream_socket *socket);
bool sip__stream_socket_is_open(const sip__stream_socket *socket);
void sip__stream_socket_local(const sip__stream_socket *socket, sip_addr *ret_addr);
/* Queue bytes for the next flush. @return 0, SIP_ENOMEM, SIP_ETOOBIG (the queue would pass its
 * bound: nothing is queued) */
int sip__stream_socket_write(sip__stream_socket *socket, sip_str bytes);
/* Bytes ever queued: a write ends at this count. */
uint64_t sip__stream_socket_queued_total(const sip__stream_socket *socket);
/* Bytes that wait. */
size_t sip__stream_socket_waiting(const sip__stream_socket *socket);
/* Write what the system takes, within the bound of a turn; the rest follows when it takes more.
 * @return 0, or SIP_EIO with `text`: the caller closes. on_written comes from inside this one. */
int sip__stream_socket_flush(sip__stream_socket *socket, char *text, size_t size);

#endif
