#define _GNU_SOURCE
#include "io/udp_batch.h"
#include "io/socket_address.h"
#include <errno.h>
#include <limits.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define MOST_WAITED_MS 3600000

/* Room for the larger of the two packet infos, the time and the count. */
typedef union control_room {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct timespec)) +
               CMSG_SPACE(sizeof(uint32_t))];
} control_room;

typedef struct direction {
    struct mmsghdr headers[SIP__UDP_BATCH];
    struct iovec vectors[SIP__UDP_BATCH][2];
    struct sockaddr_storage names[SIP__UDP_BATCH];
    control_room controls[SIP__UDP_BATCH];
} direction;

struct sip__udp_batch {
    direction in, out;
    unsigned used;          /* headers of `in` that the last call wrote to */
    uint32_t lost_by_count; /* as the kernel counts, around its end */
    uint64_t lost;
};

sip__udp_batch *sip__udp_batch_create(const sip_allocator *allocator, size_t max_bytes)
{
    sip__udp_batch *batch = sip_alloc0(allocator, sizeof(*batch));
    unsigned i;

    if (batch == NULL) {
        return NULL;
    }
    for (i = 0; i < SIP__UDP_BATCH; i++) {
        struct msghdr *in = &batch->in.headers[i].msg_hdr;
        struct msghdr *out = &batch->out.headers[i].msg_hdr;

        in->msg_name = &batch->in.names[i];
        in->msg_iov = batch->in.vectors[i];
        in->msg_iovlen = max_bytes > SIP__UDP_INLINE_BYTES ? 2 : 1;
        in->msg_control = &batch->in.controls[i];
        batch->in.vectors[i][0].iov_len =
            max_bytes < SIP__UDP_INLINE_BYTES ? max_bytes : SIP__UDP_INLINE_BYTES;
        batch->in.vectors[i][1].iov_len =
            max_bytes < SIP__UDP_INLINE_BYTES ? 0 : max_bytes - SIP__UDP_INLINE_BYTES;
        out->msg_name = &batch->out.names[i];
        out->msg_iov = batch->out.vectors[i];
        out->msg_iovlen = 1;
    }
    batch->used = SIP__UDP_BATCH;
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
    bool ip6 = family == SIP_FAMILY_IP6;
    int level = ip6 ? IPPROTO_IPV6 : IPPROTO_IP;

    if (setsockopt(fd, level, ip6 ? IPV6_RECVPKTINFO : IP_PKTINFO, &info, sizeof(info)) != 0 ||
        setsockopt(fd, level, ip6 ? IPV6_RECVERR : IP_RECVERR, &on, sizeof(on)) != 0) {
        return -errno;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
    (void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
    return 0;
}

static void ask(int fd, int forced, int polite, uint32_t bytes)
{
    int wanted = bytes < INT_MAX / 2 ? (int)bytes : INT_MAX / 2;

    if (setsockopt(fd, SOL_SOCKET, forced, &wanted, sizeof(wanted)) != 0) {
        (void)setsockopt(fd, SOL_SOCKET, polite, &wanted, sizeof(wanted));
    }
}

void sip__udp_batch_ask_room(int fd, uint32_t receive_bytes, uint32_t send_bytes)
{
    ask(fd, SO_RCVBUFFORCE, SO_RCVBUF, receive_bytes);
    ask(fd, SO_SNDBUFFORCE, SO_SNDBUF, send_bytes);
}

static void read_local(const struct cmsghdr *item, sip_addr *local)
{
    if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo info;

        memcpy(&info, CMSG_DATA(item), sizeof(info));
        local->family = SIP_FAMILY_IP4;
        memcpy(local->ip, &info.ipi_spec_dst, 4); /* ipi_addr may be a broadcast address */
    } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
        struct in6_pktinfo info;

        memcpy(&info, CMSG_DATA(item), sizeof(info));
        local->family = SIP_FAMILY_IP6;
        memcpy(local->ip, &info.ipi6_addr, 16);
        local->scope = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? info.ipi6_ifindex : 0;
    }
}

/* From the time that stands beside a datagram to now; a clock that was set meanwhile says nothing.
 */
static int32_t waited_ms(const struct cmsghdr *item, const struct timespec *now)
{
    struct timespec then;
    int64_t ms;

    memcpy(&then, CMSG_DATA(item), sizeof(then));
    ms = ((int64_t)now->tv_sec - (int64_t)then.tv_sec) * 1000 +
         ((int64_t)now->tv_nsec - (int64_t)then.tv_nsec) / 1000000;
    return ms >= 0 && ms <= MOST_WAITED_MS ? (int32_t)ms : -1;
}

static void read_controls(sip__udp_batch *batch, struct msghdr *header, const struct timespec *now,
                          sip__udp_datagram *datagram)
{
    struct cmsghdr *item;

    memset(&datagram->local, 0, sizeof(datagram->local));
    datagram->waited_ms = -1;
    for (item = CMSG_FIRSTHDR(header); item != NULL; item = CMSG_NXTHDR(header, item)) {
        if (item->cmsg_level != SOL_SOCKET) {
            read_local(item, &datagram->local);
        } else if (item->cmsg_type == SO_TIMESTAMPNS) {
            datagram->waited_ms = waited_ms(item, now);
        } else if (item->cmsg_type == SO_RXQ_OVFL) {
            uint32_t count;

            memcpy(&count, CMSG_DATA(item), sizeof(count));
            batch->lost += (uint32_t)(count - batch->lost_by_count);
            batch->lost_by_count = count;
        }
    }
}

static void renew(direction *in, const sip__udp_datagram *datagrams, unsigned i)
{
    struct msghdr *header = &in->headers[i].msg_hdr;

    in->vectors[i][0].iov_base = datagrams[i].bytes;
    in->vectors[i][1].iov_base = datagrams[i].overflow;
    header->msg_namelen = sizeof(in->names[i]);
    header->msg_controllen = sizeof(in->controls[i]);
    header->msg_flags = 0;
}

int sip__udp_batch_recv(sip__udp_batch *batch, int fd, sip__udp_datagram *datagrams)
{
    direction *in = &batch->in;
    struct timespec now;
    int count;
    int i;

    while (batch->used > 0) {
        renew(in, datagrams, --batch->used);
    }
    count = recvmmsg(fd, in->headers, SIP__UDP_BATCH, MSG_DONTWAIT, NULL);
    if (count < 0) {
        return -errno;
    }
    batch->used = (unsigned)count;
    clock_gettime(CLOCK_REALTIME, &now);
    for (i = 0; i < count; i++) {
        sip__sockaddr_read(&in->names[i], &datagrams[i].remote);
        read_controls(batch, &in->headers[i].msg_hdr, &now, &datagrams[i]);
        datagrams[i].len = in->headers[i].msg_len;
        datagrams[i].truncated = (in->headers[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
    }
    return count;
}

uint64_t sip__udp_batch_lost(const sip__udp_batch *batch)
{
    return batch->lost;
}

static void write_source(struct msghdr *header, control_room *room, const sip_addr *local)
{
    struct cmsghdr *item = &room->align;

    header->msg_control = room;
    if (local->family == SIP_FAMILY_IP4) {
        struct in_pktinfo info;

        memset(&info, 0, sizeof(info));
        memcpy(&info.ipi_spec_dst, local->ip, 4);
        item->cmsg_level = IPPROTO_IP;
        item->cmsg_type = IP_PKTINFO;
        item->cmsg_len = CMSG_LEN(sizeof(info));
        memcpy(CMSG_DATA(item), &info, sizeof(info));
        header->msg_controllen = CMSG_SPACE(sizeof(info));
    } else if (local->family == SIP_FAMILY_IP6) {
        struct in6_pktinfo info;

        memset(&info, 0, sizeof(info));
        memcpy(&info.ipi6_addr, local->ip, 16);
        info.ipi6_ifindex = local->scope;
        item->cmsg_level = IPPROTO_IPV6;
        item->cmsg_type = IPV6_PKTINFO;
        item->cmsg_len = CMSG_LEN(sizeof(info));
        memcpy(CMSG_DATA(item), &info, sizeof(info));
        header->msg_controllen = CMSG_SPACE(sizeof(info));
    } else {
        header->msg_control = NULL;
        header->msg_controllen = 0;
    }
}

int sip__udp_batch_send(sip__udp_batch *batch, int fd, const sip__udp_datagram *datagrams,
                        size_t count)
{
    direction *out = &batch->out;
    size_t i;
    int sent;

    for (i = 0; i < count; i++) {
        struct msghdr *header = &out->headers[i].msg_hdr;

        out->vectors[i][0].iov_base = datagrams[i].bytes;
        out->vectors[i][0].iov_len = datagrams[i].len;
        sip__sockaddr_of(&datagrams[i].remote, &out->names[i], &header->msg_namelen);
        write_source(header, &out->controls[i], &datagrams[i].local);
    }
    sent = sendmmsg(fd, out->headers, (unsigned)count, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}

static int icmp_code(struct msghdr *header)
{
    struct cmsghdr *item;

    for (item = CMSG_FIRSTHDR(header); item != NULL; item = CMSG_NXTHDR(header, item)) {
        struct sock_extended_err error;

        if (!(item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR) &&
            !(item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR)) {
            continue;
        }
        memcpy(&error, CMSG_DATA(item), sizeof(error));
        if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6) {
            return 0;
        }
        return (int)error.ee_errno;
    }
    return 0;
}

bool sip__udp_batch_next_error(int fd, sip__udp_error *ret_error)
{
    union {
        struct cmsghdr align;
        char bytes[512];
    } space;
    struct sockaddr_storage name;
    struct iovec vector = {ret_error->quoted, sizeof(ret_error->quoted)};
    struct msghdr header;
    ssize_t len;

    memset(&header, 0, sizeof(header));
    memset(&name, 0, sizeof(name));
    header.msg_name = &name;
    header.msg_namelen = sizeof(name);
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = &space;
    header.msg_controllen = sizeof(space);
    len = recvmsg(fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (len < 0) {
        return false;
    }
    sip__sockaddr_read(&name, &ret_error->remote);
    ret_error->code = icmp_code(&header);
    ret_error->len = (size_t)len;
    return true;
}
