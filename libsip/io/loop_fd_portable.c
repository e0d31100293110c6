#include "io/loop_fd.h"
#include <sip/base.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <unistd.h>

/* POSIX has no descriptor that stands for others and a timer, so a thread waits for both and makes
 * a pipe readable. It waits once for each time it is armed, and is told so through a second pipe:
 * milliseconds, or one of these. */
enum {
    BY_EVENTS_ALONE = -1,
    THE_END = -2
};

#define NEVER UINT64_MAX

void sip__loop_fd_init(sip__loop_fd *fd)
{
    *fd = (sip__loop_fd){.outer = -1, .timer = -1, .bell = -1, .orders = -1, .backend = -1};
}

static uint64_t now_ms(void)
{
    return uv_hrtime() / 1000000;
}

/* Rounded up, so that the loop's timers are due when it rings. */
static int wait_ms(uint64_t due_ms)
{
    uint64_t now = now_ms();

    if (due_ms == NEVER) {
        return -1;
    }
    if (due_ms <= now) {
        return 0;
    }
    return due_ms - now < INT32_MAX ? (int)(due_ms - now) : INT32_MAX;
}

static void waiter(void *arg)
{
    sip__loop_fd *fd = arg;
    uint64_t due_ms = NEVER;
    bool armed = false;
    int order;

    for (;;) {
        struct pollfd fds[2] = {{fd->orders, POLLIN, 0}, {fd->backend, POLLIN, 0}};
        int n = poll(fds, armed ? 2 : 1, armed ? wait_ms(due_ms) : -1);

        if (n < 0) {
            continue;
        }
        if (fds[0].revents != 0) {
            if (read(fd->orders, &order, sizeof(order)) != (ssize_t)sizeof(order) ||
                order == THE_END) {
                return;
            }
            armed = true;
            due_ms = order == BY_EVENTS_ALONE ? NEVER : now_ms() + (uint64_t)order;
        } else if (armed && (n > 0 || wait_ms(due_ms) == 0)) {
            armed = false;
            (void)!write(fd->bell, "", 1);
        }
    }
}

/* Both ends close on exec; the reading one does not block if `poll_reader`. */
static int open_pipe(int *ret_reader, int *ret_writer, bool poll_reader)
{
    int ends[2];

    if (pipe(ends) != 0) {
        return SIP_EIO;
    }
    *ret_reader = ends[0];
    *ret_writer = ends[1];
    if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) != 0 || fcntl(ends[1], F_SETFD, FD_CLOEXEC) != 0 ||
        (poll_reader && fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)) {
        return SIP_EIO;
    }
    return 0;
}

static void close_all(sip__loop_fd *fd)
{
    int all[] = {fd->outer, fd->bell, fd->timer, fd->orders};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i] >= 0) {
            close(all[i]);
        }
    }
    sip__loop_fd_init(fd);
}

int sip__loop_fd_open(sip__loop_fd *fd, int backend_fd)
{
    fd->backend = backend_fd;
    if (open_pipe(&fd->outer, &fd->bell, true) != 0 ||
        open_pipe(&fd->orders, &fd->timer, false) != 0 ||
        uv_thread_create(&fd->thread, waiter, fd) != 0) {
        close_all(fd);
        return SIP_EIO;
    }
    return 0;
}

static void give_order(const sip__loop_fd *fd, int order)
{
    while (write(fd->timer, &order, sizeof(order)) < 0 && errno == EINTR) {
        continue;
    }
}

void sip__loop_fd_arm(sip__loop_fd *fd, int timeout_ms)
{
    char rings[64];

    if (fd->timer < 0) {
        return;
    }
    while (read(fd->outer, rings, sizeof(rings)) > 0) {
        continue;
    }
    give_order(fd, timeout_ms < 0 ? BY_EVENTS_ALONE : timeout_ms);
}

void sip__loop_fd_close(sip__loop_fd *fd)
{
    if (fd->timer >= 0) {
        give_order(fd, THE_END);
        (void)uv_thread_join(&fd->thread);
    }
    close_all(fd);
}
