#define _GNU_SOURCE
#include "io/address_news.h"
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct sip__address_news {
    const sip_allocator *allocator;
    void (*fn)(void *arg);
    void *arg;
    sip_watch *watch;
    int fd;
};

/* What the messages say does not matter: whoever is told looks for himself, so that lost ones
 * (ENOBUFS) are no loss. */
static void on_ready(unsigned ready, void *arg)
{
    sip__address_news *news = arg;
    char message[8192];
    ssize_t got;

    (void)ready;
    do {
        got = recv(news->fd, message, sizeof(message), MSG_DONTWAIT | MSG_TRUNC);
    } while (got > 0 || (got < 0 && (errno == EINTR || errno == ENOBUFS)));
    news->fn(news->arg);
}

static int open_socket(void)
{
    struct sockaddr_nl name;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);

    memset(&name, 0, sizeof(name));
    name.nl_family = AF_NETLINK;
    name.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |
                     RTMGRP_IPV6_ROUTE;
    if (fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof(name)) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

int sip__address_news_open(const sip_allocator *allocator, sip_loop *loop, void (*fn)(void *arg),
                           void *arg, sip__address_news **ret_news)
{
    sip__address_news *news = sip_alloc0(allocator, sizeof(*news));
    int err = SIP_EIO;

    if (news == NULL) {
        return SIP_ENOMEM;
    }
    news->allocator = allocator;
    news->fn = fn;
    news->arg = arg;
    news->fd = open_socket();
    if (news->fd >= 0) {
        err = sip_loop_watch(loop, news->fd, SIP_LOOP_READ, on_ready, news, &news->watch);
    }
    if (err != 0) {
        sip__address_news_close(news);
        return err;
    }
    *ret_news = news;
    return 0;
}

void sip__address_news_close(sip__address_news *news)
{
    if (news != NULL) {
        sip_watch_stop(news->watch);
        if (news->fd >= 0) {
            close(news->fd);
        }
        sip_free(news->allocator, news);
    }
}
