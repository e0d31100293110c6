#define _GNU_SOURCE
#include "io/stream_socket.h"
#include "io/socket_address.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READS_A_TURN 4        /* one busy peer does not starve the others */
#define KEEP_QUEUE_BYTES 8192 /* an empty queue larger than this is given back */
#define FIRST_QUEUE_BYTES 2048

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE is set instead */
#endif

struct sip__stream_socket {
    sip__stream_socket_config config;
    int fd; /* -1: closed */
    sip_watch *watch;
    bool connecting, watches_write;
    char *queue; /* bytes at queue + first, `len` of them */
    size_t first, len, room;
    uint64_t written, queued;
};

static void on_ready(unsigned ready, void *arg);

static sip__stream_socket *create(const sip__stream_socket_config *config, int fd)
{
    sip__stream_socket *socket = sip_alloc0(config->allocator, sizeof(*socket));
    int on = 1;

    if (socket == NULL) {
        close(fd);
        return NULL;
    }
    socket->config = *config;
    socket->fd = fd;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return socket;
}

static int start_connect(int fd, const sip_addr *to, const sip_addr *from)
{
    struct sockaddr_storage name;
    socklen_t len;

    if (from != NULL && from->family == to->family && !sip_addr_is_any(from)) {
        sip_addr source = *from;

        source.port = 0;
        sip__sockaddr_of(&source, &name, &len);
        if (bind(fd, (struct sockaddr *)&name, len) != 0) {
            return errno;
        }
    }
    sip__sockaddr_of(to, &name, &len);
    if (connect(fd, (struct sockaddr *)&name, len) != 0 && errno != EINPROGRESS && errno != EINTR) {
        return errno;
    }
    return 0;
}

int sip__stream_socket_connect(const sip__stream_socket_config *config, const sip_addr *to,
                               const sip_addr *from, char *text, size_t size,
                               sip__stream_socket **ret_socket)
{
    int fd = sip__socket_open(to, SOCK_STREAM);
    sip__stream_socket *self;
    int code;

    if (fd < 0) {
        sip__system_error_text(-fd, text, size);
        return SIP_EIO;
    }
    self = create(config, fd);
    if (self == NULL) {
        return SIP_ENOMEM;
    }
    code = start_connect(fd, to, from);
    if (code != 0) {
        sip__system_error_text(code, text, size);
        sip__stream_socket_destroy(self);
        return SIP_EIO;
    }
    self->connecting = true;
    self->watches_write = true;
    if (sip_loop_watch(config->loop, fd, SIP_LOOP_WRITE, on_ready, self, &self->watch) != 0) {
        sip__stream_socket_destroy(self);
        return SIP_ENOMEM;
    }
    *ret_socket = self;
    return 0;
}

int sip__stream_socket_wrap(const sip__stream_socket_config *config, int fd,
                            sip__stream_socket **ret_socket)
{
    sip__stream_socket *socket = create(config, fd);
    int err;

    if (socket == NULL) {
        return SIP_ENOMEM;
    }
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
    sip_free(socket->config.allocator, socket->queue);
    socket->queue = NULL;
    socket->first = socket->len = socket->room = 0;
}

void sip__stream_socket_destroy(sip__stream_socket *socket)
{
    if (socket != NULL) {
        sip__stream_socket_close(socket);
        sip_free(socket->config.allocator, socket);
    }
}

void sip__stream_socket_local(const sip__stream_socket *socket, sip_addr *ret_addr)
{
    sip__socket_local(socket->fd, ret_addr);
}

static int make_room(sip__stream_socket *socket, size_t bytes)
{
    size_t room = socket->room == 0 ? FIRST_QUEUE_BYTES : socket->room;
    char *larger;

    if (socket->first > 0) {
        memmove(socket->queue, socket->queue + socket->first, socket->len);
        socket->first = 0;
    }
    while (room < socket->len + bytes) {
        room *= 2;
    }
    if (room == socket->room) {
        return 0;
    }
    larger = sip_realloc(socket->config.allocator, socket->queue, room);
    if (larger == NULL) {
        return SIP_ENOMEM;
    }
    socket->queue = larger;
    socket->room = room;
    return 0;
}

int sip__stream_socket_write(sip__stream_socket *socket, sip_str bytes)
{
    if (socket->len + bytes.len > SIP__STREAM_QUEUE_BYTES) {
        return SIP_ETOOBIG;
    }
    if (socket->first + socket->len + bytes.len > socket->room &&
        make_room(socket, bytes.len) != 0) {
        return SIP_ENOMEM;
    }
    if (bytes.len > 0) {
        memcpy(socket->queue + socket->first + socket->len, bytes.ptr, bytes.len);
    }
    socket->len += bytes.len;
    socket->queued += bytes.len;
    return 0;
}

uint64_t sip__stream_socket_queued_total(const sip__stream_socket *socket)
{
    return socket->queued;
}

static void watch_write(sip__stream_socket *socket, bool on)
{
    if (socket->watches_write != on) {
        socket->watches_write = on;
        (void)sip_watch_set(socket->watch, SIP_LOOP_READ | (on ? SIP_LOOP_WRITE : 0u));
    }
}

static void queue_emptied(sip__stream_socket *socket)
{
    socket->first = 0;
    if (socket->room > KEEP_QUEUE_BYTES) {
        sip_free(socket->config.allocator, socket->queue);
        socket->queue = NULL;
        socket->room = 0;
    }
}

int sip__stream_socket_flush(sip__stream_socket *socket, char *text, size_t size)
{
    uint64_t before = socket->written;

    if (socket->fd < 0 || socket->connecting) {
        return 0;
    }
    while (socket->len > 0) {
        ssize_t n = send(socket->fd, socket->queue + socket->first, socket->len, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            break;
        }
        if (n < 0) {
            sip__system_error_text(errno, text, size);
            return SIP_EIO;
        }
        socket->first += (size_t)n;
        socket->len -= (size_t)n;
        socket->written += (uint64_t)n;
    }
    watch_write(socket, socket->len > 0);
    if (socket->len == 0) {
        queue_emptied(socket);
    }
    if (socket->written != before) {
        socket->config.events->on_written(socket->written, socket->config.arg);
    }
    return 0;
}

static void end(sip__stream_socket *socket, int err, const char *text)
{
    sip__stream_socket_close(socket);
    socket->config.events->on_closed(err, text, socket->config.arg);
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
    socket->watches_write = false;
    (void)sip_watch_set(socket->watch, SIP_LOOP_READ);
    socket->config.events->on_connected(socket->config.arg);
}

static void read_some(sip__stream_socket *socket)
{
    int i;

    for (i = 0; i < READS_A_TURN && socket->fd >= 0; i++) {
        ssize_t n =
            recv(socket->fd, socket->config.read_buffer, socket->config.read_buffer_bytes, 0);

        if (n > 0) {
            sip_str bytes = {socket->config.read_buffer, (size_t)n};

            socket->config.events->on_bytes(bytes, socket->config.arg);
            if ((size_t)n < socket->config.read_buffer_bytes) {
                return; /* the rest, if any, wakes us again */
            }
        } else if (n == 0) {
            end(socket, 0, "closed by the peer");
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } else if (errno != EINTR) {
            end_by_system(socket, errno);
        }
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
    if ((ready & SIP_LOOP_READ) != 0) {
        read_some(socket);
    }
}
