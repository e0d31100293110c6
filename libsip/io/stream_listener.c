#define _GNU_SOURCE
#include "io/stream_listener.h"
#include "io/loop_task.h"
#include "io/socket_address.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_A_TURN 64
#define BACKLOG 4096 /* the system's bound counts too */
#define PAUSE_MS 100 /* without descriptors the listener would be ready for ever */

struct sip__stream_listener {
    sip__stream_listener_config config;
    sip_addr local;
    int fd;
    int spare; /* a descriptor kept for refusing a connection when there is no other; -1: none */
    sip_watch *watch;
    sip__loop_timer *resume;
};

static int open_spare(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void on_resume(void *arg)
{
    sip__stream_listener *listener = arg;

    if (listener->spare < 0) {
        listener->spare = open_spare();
    }
    (void)sip_watch_set(listener->watch, SIP_LOOP_READ);
}

/* Without a descriptor for it the peer would wait for ever: it is told. Returns false if even that
 * is impossible. */
static bool refuse_one(sip__stream_listener *listener)
{
    int fd;

    if (listener->spare < 0) {
        return false;
    }
    close(listener->spare);
    fd = accept(listener->fd, NULL, NULL);
    if (fd >= 0) {
        close(fd);
    }
    listener->spare = open_spare();
    return fd >= 0;
}

/* Without a descriptor accept() does not say whether anybody is there. */
static bool somebody_waits(const sip__stream_listener *listener)
{
    struct pollfd at = {listener->fd, POLLIN, 0};

    return poll(&at, 1, 0) > 0;
}

/* What happened to one connection before it was accepted, which Linux tells too; the next may be
 * well. */
static bool is_of_connection(int code)
{
    return code == ECONNABORTED || code == EPROTO || code == ENOPROTOOPT || code == EHOSTDOWN ||
           code == EHOSTUNREACH || code == ENETDOWN || code == ENETUNREACH || code == EPERM;
}

/* accept() failed by `code`. Returns true to try again. */
static bool go_on_after(sip__stream_listener *listener, int code)
{
    if (code == EINTR || is_of_connection(code)) {
        return true;
    }
    if (code == EAGAIN || code == EWOULDBLOCK) {
        return false;
    }
    if (code == EMFILE || code == ENFILE) {
        if (!somebody_waits(listener)) {
            return false;
        }
        if (listener->config.on_no_descriptor != NULL &&
            listener->config.on_no_descriptor(listener->config.arg)) {
            return true;
        }
        if (refuse_one(listener)) {
            return true;
        }
    }
    (void)sip_watch_set(listener->watch, 0);
    sip__loop_timer_set(listener->resume, PAUSE_MS);
    return false;
}

/* Returns the descriptor or -1 when no connection waits. */
static int accept_one(sip__stream_listener *listener, sip_addr *ret_remote)
{
    struct sockaddr_storage name;
    int tries = ACCEPTS_A_TURN;
    socklen_t len;
    int fd, flags;

    do {
        memset(&name, 0, sizeof(name));
        len = sizeof(name);
        fd = accept(listener->fd, (struct sockaddr *)&name, &len);
    } while (fd < 0 && --tries > 0 && go_on_after(listener, errno));
    if (fd < 0) {
        return -1;
    }
    flags = fcntl(fd, F_GETFL);
    (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    sip__sockaddr_read(&name, ret_remote);
    return fd;
}

static void on_ready(unsigned ready, void *arg)
{
    sip__stream_listener *listener = arg;
    int i;

    (void)ready;
    for (i = 0; i < ACCEPTS_A_TURN; i++) {
        sip_addr remote;
        int fd = accept_one(listener, &remote);

        if (fd < 0) {
            return;
        }
        listener->config.on_accepted(fd, &remote, listener->config.arg);
    }
}

static int open_listener(sip__stream_listener *listener, char *text, size_t size)
{
    struct sockaddr_storage name;
    socklen_t len;
    int on = 1;
    int code;
    int fd = sip__socket_open(&listener->config.bind, SOCK_STREAM);

    if (fd < 0) {
        sip__system_error_text(-fd, text, size);
        return SIP_EIO;
    }
    listener->fd = fd;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    code = sip__socket_bind_device(fd, listener->config.options.device);
    if (code == 0) {
        code = sip__socket_mark(fd, (sip_family)listener->config.bind.family,
                                listener->config.options.dscp);
    }
    if (code == 0) {
        code = sip__port_share(fd, listener->config.use, SOCK_STREAM,
                               listener->config.options.device, &listener->config.bind);
    }
    if (code != 0) {
        sip__system_error_text(code, text, size);
        return SIP_EIO;
    }
    sip__sockaddr_of(&listener->config.bind, &name, &len);
    if (bind(fd, (struct sockaddr *)&name, len) != 0 || listen(fd, BACKLOG) != 0) {
        sip__system_error_text(errno, text, size);
        return SIP_EIO;
    }
    sip__socket_local(fd, &listener->local);
    return 0;
}

int sip__stream_listener_create(const sip__stream_listener_config *config, char *text, size_t size,
                                sip__stream_listener **ret_listener)
{
    sip__stream_listener *listener = sip_alloc0(config->allocator, sizeof(*listener));
    int err;

    if (listener == NULL) {
        return SIP_ENOMEM;
    }
    listener->config = *config;
    listener->fd = -1;
    listener->spare = open_spare();
    err = open_listener(listener, text, size);
    if (err == 0) {
        err = sip__loop_timer_create(config->loop, on_resume, listener, &listener->resume);
    }
    if (err == 0) {
        err = sip_loop_watch(config->loop, listener->fd, SIP_LOOP_READ, on_ready, listener,
                             &listener->watch);
    }
    if (err != 0) {
        sip__stream_listener_destroy(listener);
        return err;
    }
    *ret_listener = listener;
    return 0;
}

void sip__stream_listener_destroy(sip__stream_listener *listener)
{
    if (listener == NULL) {
        return;
    }
    sip_watch_stop(listener->watch);
    sip__loop_timer_destroy(listener->resume);
    if (listener->fd >= 0) {
        close(listener->fd);
    }
    if (listener->spare >= 0) {
        close(listener->spare);
    }
    sip_free(listener->config.allocator, listener);
}

void sip__stream_listener_local(const sip__stream_listener *listener, sip_addr *ret_addr)
{
    *ret_addr = listener->local;
}
