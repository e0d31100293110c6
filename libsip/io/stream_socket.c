#define _GNU_SOURCE
#include "io/stream_socket.h"
#include "io/socket_address.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE is set instead */
#endif

struct sip__stream_socket {
    const sip__stream_socket_config *config;
    void *arg;
    sip_watch *watch;
    int fd; /* -1: closed */
    bool connecting;
    bool held; /* the peer is not read: what we write does not drain */
    unsigned watched;
    size_t first; /* the queue's bytes begin here */
    sip__buffer queue;
    uint64_t written, queued;
};

static void on_ready(unsigned ready, void *arg);

static sip__stream_socket *create(const sip__stream_socket_config *config, int fd, void *arg)
{
    sip__stream_socket *socket = sip_alloc0(config->allocator, sizeof(*socket));
    int on = 1;

    if (socket == NULL) {
        close(fd);
        return NULL;
    }
    socket->config = config;
    socket->arg = arg;
    socket->fd = fd;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return socket;
}

static int start_connect(int fd, const sip_path *path, const sip_socket_options *options)
{
    struct sockaddr_storage name;
    socklen_t len;
    int code = sip__socket_bind_device(fd, options->device);

    if (code == 0) {
        code = sip__socket_mark(fd, (sip_family)path->remote.family, options->dscp);
    }
    if (code == 0 && path->local.family == path->remote.family && !sip_addr_is_any(&path->local)) {
        sip_addr source = path->local;

        source.port = 0;
        sip__sockaddr_of(&source, &name, &len);
        code = bind(fd, (struct sockaddr *)&name, len) != 0 ? errno : 0;
    }
    if (code != 0) {
        return code;
    }
    sip__sockaddr_of(&path->remote, &name, &len);
    if (connect(fd, (struct sockaddr *)&name, len) != 0 && errno != EINPROGRESS && errno != EINTR) {
        return errno;
    }
    return 0;
}

int sip__stream_socket_connect(const sip__stream_socket_config *config, const sip_path *path,
                               void *arg, char *text, size_t size, sip__stream_socket **ret_socket)
{
    int fd = sip__socket_open(&path->remote, SOCK_STREAM);
    sip__stream_socket *self;
    int code;

    if (fd < 0) {
        sip__system_error_text(-fd, text, size);
        return fd == -EMFILE || fd == -ENFILE ? SIP_EBUSY : SIP_EIO;
    }
    self = create(config, fd, arg);
    if (self == NULL) {
        return SIP_ENOMEM;
    }
    code = start_connect(fd, path, &config->options);
    if (code != 0) {
        sip__system_error_text(code, text, size);
        sip__stream_socket_destroy(self);
        return SIP_EIO;
    }
    self->connecting = true;
    self->watched = SIP_LOOP_WRITE;
    if (sip_loop_watch(config->loop, fd, SIP_LOOP_WRITE, on_ready, self, &self->watch) != 0) {
        sip__stream_socket_destroy(self);
        return SIP_ENOMEM;
    }
    *ret_socket = self;
    return 0;
}

int sip__stream_socket_wrap(const sip__stream_socket_config *config, int fd, void *arg,
                            sip__stream_socket **ret_socket)
{
    sip__stream_socket *socket = create(config, fd, arg);
    int err;

    if (socket == NULL) {
        return SIP_ENOMEM;
    }
    socket->watched = SIP_LOOP_READ;
    err = sip_loop_watch(config->loop, fd, SIP_LOOP_READ, on_ready, socket, &socket->watch);
    if (err != 0) {
        sip__stream_socket_destroy(socket);
        return err;
    }
    *ret_socket = socket;
    return 0;
}

void sip__stream_socket_refuse(int fd)
{
    close(fd);
}

void sip__stream_socket_close(sip__stream_socket *socket)
{
    sip_watch_stop(socket->watch);
    socket->watch = NULL;
    if (socket->fd >= 0) {
        close(socket->fd);
        socket->fd = -1;
    }
    sip__buffer_release(socket->config->buffers, &socket->queue);
    socket->first = 0;
}

void sip__stream_socket_destroy(sip__stream_socket *socket)
{
    if (socket != NULL) {
        sip__stream_socket_close(socket);
        sip_free(socket->config->allocator, socket);
    }
}

bool sip__stream_socket_is_open(const sip__stream_socket *socket)
{
    return socket != NULL && socket->fd >= 0;
}

void sip__stream_socket_local(const sip__stream_socket *socket, sip_addr *ret_addr)
{
    sip__socket_local(socket->fd, ret_addr);
}

size_t sip__stream_socket_waiting(const sip__stream_socket *socket)
{
    return socket->queue.len - socket->first;
}

/* Tell the loop what to watch for, if that has changed. */
static void watch(sip__stream_socket *socket)
{
    size_t waiting = sip__stream_socket_waiting(socket);
    unsigned wanted = waiting > 0 ? SIP_LOOP_WRITE : 0u;

    if (socket->connecting || socket->watch == NULL) {
        return;
    }
    socket->held = waiting >= (socket->held ? SIP__STREAM_LOW_BYTES : SIP__STREAM_HIGH_BYTES);
    wanted |= socket->held ? 0u : SIP_LOOP_READ;
    if (wanted != socket->watched) {
        socket->watched = wanted;
        (void)sip_watch_set(socket->watch, wanted);
    }
}

int sip__stream_socket_write(sip__stream_socket *socket, sip_str bytes)
{
    sip__buffer *queue = &socket->queue;

    if (sip__stream_socket_waiting(socket) + bytes.len > SIP__STREAM_QUEUE_BYTES) {
        return SIP_ETOOBIG;
    }
    if (queue->len + bytes.len > queue->room && socket->first > 0) {
        memmove(queue->ptr, queue->ptr + socket->first, queue->len - socket->first);
        queue->len -= socket->first;
        socket->first = 0;
    }
    if (sip__buffer_reserve(socket->config->buffers, queue, queue->len + bytes.len) != 0) {
        return SIP_ENOMEM;
    }
    if (bytes.len > 0) {
        memcpy(queue->ptr + queue->len, bytes.ptr, bytes.len);
    }
    queue->len += bytes.len;
    socket->queued += bytes.len;
    return 0;
}

uint64_t sip__stream_socket_queued_total(const sip__stream_socket *socket)
{
    return socket->queued;
}

/* @return 0 or the system's error */
static int write_some(sip__stream_socket *socket)
{
    size_t left = SIP__STREAM_WRITE_BYTES;

    while (sip__stream_socket_waiting(socket) > 0 && left > 0) {
        size_t waiting = sip__stream_socket_waiting(socket);
        ssize_t n = send(socket->fd, socket->queue.ptr + socket->first,
                         waiting < left ? waiting : left, MSG_NOSIGNAL);

        if (n >= 0) {
            socket->first += (size_t)n;
            socket->written += (uint64_t)n;
            left -= (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return 0;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

int sip__stream_socket_flush(sip__stream_socket *socket, char *text, size_t size)
{
    uint64_t before = socket->written;
    int code;

    if (socket->fd < 0 || socket->connecting) {
        return 0;
    }
    code = write_some(socket);
    if (code != 0) {
        sip__system_error_text(code, text, size);
        return SIP_EIO;
    }
    if (sip__stream_socket_waiting(socket) == 0) {
        sip__buffer_release(socket->config->buffers, &socket->queue);
        socket->first = 0;
    }
    watch(socket);
    if (socket->written != before) {
        socket->config->events->on_written(socket->written, socket->arg);
    }
    return 0;
}

static void end(sip__stream_socket *socket, int err, const char *text)
{
    sip__stream_socket_close(socket);
    socket->config->events->on_closed(err, text, socket->arg);
}

static void end_by_system(sip__stream_socket *socket, int code)
{
    char text[64];

    end(socket, SIP_EIO, sip__system_error_text(code, text, sizeof(text)));
}

static void finish_connect(sip__stream_socket *socket)
{
    int code = 0;
    socklen_t len = sizeof(code);

    if (getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &code, &len) != 0) {
        code = errno;
    }
    if (code != 0) {
        end_by_system(socket, code);
        return;
    }
    socket->connecting = false;
    watch(socket);
    socket->config->events->on_connected(socket->arg);
}

/* One read: what remains wakes us again, after the others have had their turn. */
static void read_some(sip__stream_socket *socket)
{
    ssize_t n;

    do {
        n = recv(socket->fd, socket->config->read_buffer, SIP__STREAM_READ_BYTES, 0);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
        sip_str bytes = {socket->config->read_buffer, (size_t)n};

        socket->config->events->on_bytes(bytes, socket->arg);
    } else if (n == 0) {
        end(socket, 0, "closed by the peer");
    } else if (errno != EAGAIN && errno != EWOULDBLOCK) {
        end_by_system(socket, errno);
    }
}

static void on_ready(unsigned ready, void *arg)
{
    sip__stream_socket *socket = arg;
    char text[64];

    if (socket->connecting) {
        finish_connect(socket);
        return;
    }
    if ((ready & SIP_LOOP_WRITE) != 0 &&
        sip__stream_socket_flush(socket, text, sizeof(text)) != 0) {
        end(socket, SIP_EIO, text);
        return;
    }
    if ((ready & SIP_LOOP_READ) != 0 && socket->fd >= 0) {
        read_some(socket);
    }
}
