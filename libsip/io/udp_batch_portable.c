#define _GNU_SOURCE
#include "io/udp_batch.h"
#include "io/socket_address.h"
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>

#define MOST_WAITED_MS 3600000

struct sip__udp_batch {
    size_t max_bytes;
};

typedef union control {
    struct cmsghdr align;
    char bytes[256];
} control;

sip__udp_batch *sip__udp_batch_create(const sip_allocator *allocator, size_t max_bytes)
{
    sip__udp_batch *batch = sip_alloc0(allocator, sizeof(*batch));

    if (batch != NULL) {
        batch->max_bytes = max_bytes;
    }
    return batch;
}

void sip__udp_batch_destroy(const sip_allocator *allocator, sip__udp_batch *batch)
{
    sip_free(allocator, batch);
}

int sip__udp_batch_prepare(int fd, sip_family family, bool any)
{
    int on = 1;
    int info = any;
    int err = 0;

    if (family == SIP_FAMILY_IP6) {
        err = setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &info, sizeof(info));
    } else {
#if defined(IP_PKTINFO)
        err = setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
#elif defined(IP_RECVDSTADDR)
        err = setsockopt(fd, IPPROTO_IP, IP_RECVDSTADDR, &info, sizeof(info));
#endif
    }
#ifdef SO_TIMESTAMP
    (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on));
#endif
    return err == 0 ? 0 : -errno;
}

void sip__udp_batch_ask_room(int fd, uint32_t receive_bytes, uint32_t send_bytes)
{
    int in = receive_bytes < INT_MAX / 2 ? (int)receive_bytes : INT_MAX / 2;
    int out = send_bytes < INT_MAX / 2 ? (int)send_bytes : INT_MAX / 2;

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &in, sizeof(in));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &out, sizeof(out));
}

/* A clock that was set meanwhile says nothing. */
static int32_t waited_ms(const struct timeval *then)
{
    struct timespec now;
    int64_t ms;

    clock_gettime(CLOCK_REALTIME, &now);
    ms = ((int64_t)now.tv_sec - (int64_t)then->tv_sec) * 1000 +
         ((int64_t)now.tv_nsec / 1000 - (int64_t)then->tv_usec) / 1000;
    return ms >= 0 && ms <= MOST_WAITED_MS ? (int32_t)ms : -1;
}

static void read_item(const struct cmsghdr *item, sip__udp_datagram *datagram)
{
    const unsigned char *data = CMSG_DATA(item);
    sip_addr *local = &datagram->local;

    if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
        struct in6_pktinfo info;

        memcpy(&info, data, sizeof(info));
        local->family = SIP_FAMILY_IP6;
        memcpy(local->ip, &info.ipi6_addr, 16);
        local->scope = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? (uint32_t)info.ipi6_ifindex : 0;
    }
#if defined(IP_PKTINFO)
    if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo info;

        memcpy(&info, data, sizeof(info));
        local->family = SIP_FAMILY_IP4;
        memcpy(local->ip, &info.ipi_addr, 4);
    }
#elif defined(IP_RECVDSTADDR)
    if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVDSTADDR) {
        local->family = SIP_FAMILY_IP4;
        memcpy(local->ip, data, 4);
    }
#endif
#ifdef SO_TIMESTAMP
    if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_TIMESTAMP) {
        struct timeval then;

        memcpy(&then, data, sizeof(then));
        datagram->waited_ms = waited_ms(&then);
    }
#endif
}

static int recv_one(int fd, sip__udp_datagram *datagram, size_t max_bytes)
{
    struct sockaddr_storage name;
    control space;
    size_t first = max_bytes < SIP__UDP_INLINE_BYTES ? max_bytes : SIP__UDP_INLINE_BYTES;
    struct iovec vectors[2] = {{datagram->bytes, first}, {datagram->overflow, max_bytes - first}};
    struct msghdr header;
    struct cmsghdr *item;
    ssize_t len;

    memset(&header, 0, sizeof(header));
    memset(&name, 0, sizeof(name));
    header.msg_name = &name;
    header.msg_namelen = sizeof(name);
    header.msg_iov = vectors;
    header.msg_iovlen = max_bytes > first ? 2 : 1;
    header.msg_control = &space;
    header.msg_controllen = sizeof(space);
    len = recvmsg(fd, &header, 0);
    if (len < 0) {
        return -errno;
    }
    sip__sockaddr_read(&name, &datagram->remote);
    memset(&datagram->local, 0, sizeof(datagram->local));
    datagram->waited_ms = -1;
    for (item = CMSG_FIRSTHDR(&header); item != NULL; item = CMSG_NXTHDR(&header, item)) {
        read_item(item, datagram);
    }
    datagram->len = (size_t)len;
    datagram->truncated = (header.msg_flags & MSG_TRUNC) != 0;
    return 0;
}

int sip__udp_batch_recv(sip__udp_batch *batch, int fd, sip__udp_datagram *datagrams)
{
    int count;

    for (count = 0; count < SIP__UDP_BATCH; count++) {
        int err = recv_one(fd, &datagrams[count], batch->max_bytes);

        if (err < 0) {
            return count > 0 ? count : err;
        }
    }
    return count;
}

/* What a socket had no room for is not told everywhere. */
uint64_t sip__udp_batch_lost(const sip__udp_batch *batch)
{
    (void)batch;
    return 0;
}

static void write_source(struct msghdr *header, control *space, const sip_addr *local)
{
    struct cmsghdr *item = &space->align;

    memset(space, 0, sizeof(*space));
    if (local->family == SIP_FAMILY_IP6) {
        struct in6_pktinfo info;

        memset(&info, 0, sizeof(info));
        memcpy(&info.ipi6_addr, local->ip, 16);
        info.ipi6_ifindex = local->scope;
        item->cmsg_level = IPPROTO_IPV6;
        item->cmsg_type = IPV6_PKTINFO;
        item->cmsg_len = CMSG_LEN(sizeof(info));
        memcpy(CMSG_DATA(item), &info, sizeof(info));
        header->msg_control = space;
        header->msg_controllen = CMSG_SPACE(sizeof(info));
    }
#if defined(IP_PKTINFO)
    if (local->family == SIP_FAMILY_IP4) {
        struct in_pktinfo info;

        memset(&info, 0, sizeof(info));
        memcpy(&info.ipi_spec_dst, local->ip, 4);
        item->cmsg_level = IPPROTO_IP;
        item->cmsg_type = IP_PKTINFO;
        item->cmsg_len = CMSG_LEN(sizeof(info));
        memcpy(CMSG_DATA(item), &info, sizeof(info));
        header->msg_control = space;
        header->msg_controllen = CMSG_SPACE(sizeof(info));
    }
#elif defined(IP_SENDSRCADDR)
    if (local->family == SIP_FAMILY_IP4) {
        item->cmsg_level = IPPROTO_IP;
        item->cmsg_type = IP_SENDSRCADDR;
        item->cmsg_len = CMSG_LEN(4);
        memcpy(CMSG_DATA(item), local->ip, 4);
        header->msg_control = space;
        header->msg_controllen = CMSG_SPACE(4);
    }
#endif
}

static int send_one(int fd, const sip__udp_datagram *datagram)
{
    struct sockaddr_storage name;
    control space;
    struct iovec vector = {datagram->bytes, datagram->len};
    struct msghdr header;

    memset(&header, 0, sizeof(header));
    sip__sockaddr_of(&datagram->remote, &name, &header.msg_namelen);
    header.msg_name = &name;
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    write_source(&header, &space, &datagram->local);
    return sendmsg(fd, &header, 0) < 0 ? -errno : 0;
}

int sip__udp_batch_send(sip__udp_batch *batch, int fd, const sip__udp_datagram *datagrams,
                        size_t count)
{
    size_t i;

    (void)batch;
    for (i = 0; i < count; i++) {
        int err = send_one(fd, &datagrams[i]);

        if (err < 0) {
            return i > 0 ? (int)i : err;
        }
    }
    return (int)count;
}

bool sip__udp_batch_next_error(int fd, sip__udp_error *ret_error)
{
    /* There is no portable way to learn what an ICMP error was about: timers find out. */
    (void)fd;
    (void)ret_error;
    return false;
}
