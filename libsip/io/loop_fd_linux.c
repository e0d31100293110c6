#define _GNU_SOURCE
#include "io/loop_fd.h"
#include <sip/base.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

void sip__loop_fd_init(sip__loop_fd *fd)
{
    fd->outer = -1;
    fd->timer = -1;
}

static int add(int outer, int inner)
{
    struct epoll_event event = {.events = EPOLLIN};

    return epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event);
}

int sip__loop_fd_open(sip__loop_fd *fd, int backend_fd)
{
    fd->outer = epoll_create1(EPOLL_CLOEXEC);
    fd->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (fd->outer < 0 || fd->timer < 0 || add(fd->outer, backend_fd) != 0 ||
        add(fd->outer, fd->timer) != 0) {
        sip__loop_fd_close(fd);
        return SIP_EIO;
    }
    return 0;
}

void sip__loop_fd_arm(sip__loop_fd *fd, int timeout_ms)
{
    struct itimerspec when = {{0, 0}, {0, 0}};

    if (fd->timer < 0) {
        return;
    }
    if (timeout_ms > 0) {
        when.it_value.tv_sec = timeout_ms / 1000;
        when.it_value.tv_nsec = timeout_ms % 1000 * 1000000L;
    } else if (timeout_ms == 0) {
        when.it_value.tv_nsec = 1; /* all zero would disarm */
    }
    /* Setting it also takes back an expiry that nobody has read. */
    (void)timerfd_settime(fd->timer, 0, &when, NULL);
}

void sip__loop_fd_close(sip__loop_fd *fd)
{
    if (fd->outer >= 0) {
        close(fd->outer);
    }
    if (fd->timer >= 0) {
        close(fd->timer);
    }
    sip__loop_fd_init(fd);
}
