#define _GNU_SOURCE
#include "io/socket_address.h"
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

void sip__sockaddr_of(const sip_addr *addr, struct sockaddr_storage *ret, socklen_t *ret_len)
{
    memset(ret, 0, sizeof(*ret));
    if (addr->family == SIP_FAMILY_IP6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;

        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(addr->port);
        in6->sin6_scope_id = addr->scope;
        memcpy(&in6->sin6_addr, addr->ip, 16);
        *ret_len = sizeof(*in6);
    } else {
        struct sockaddr_in *in4 = (struct sockaddr_in *)ret;

        in4->sin_family = AF_INET;
        in4->sin_port = htons(addr->port);
        memcpy(&in4->sin_addr, addr->ip, 4);
        *ret_len = sizeof(*in4);
    }
}

void sip__sockaddr_read(const struct sockaddr_storage *from, sip_addr *ret_addr)
{
    memset(ret_addr, 0, sizeof(*ret_addr));
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *in4 = (const struct sockaddr_in *)from;

        ret_addr->family = SIP_FAMILY_IP4;
        ret_addr->port = ntohs(in4->sin_port);
        memcpy(ret_addr->ip, &in4->sin_addr, 4);
    } else if (from->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;

        ret_addr->port = ntohs(in6->sin6_port);
        if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
            ret_addr->family = SIP_FAMILY_IP4;
            memcpy(ret_addr->ip, (const char *)&in6->sin6_addr + 12, 4);
        } else {
            ret_addr->family = SIP_FAMILY_IP6;
            ret_addr->scope = in6->sin6_scope_id;
            memcpy(ret_addr->ip, &in6->sin6_addr, 16);
        }
    }
}

void sip__socket_local(int fd, sip_addr *ret_addr)
{
    struct sockaddr_storage local;
    socklen_t len = sizeof(local);

    memset(&local, 0, sizeof(local));
    if (getsockname(fd, (struct sockaddr *)&local, &len) != 0) {
        memset(ret_addr, 0, sizeof(*ret_addr));
        return;
    }
    sip__sockaddr_read(&local, ret_addr);
}

int sip__socket_open(const sip_addr *addr, int type)
{
    bool ip6 = addr->family == SIP_FAMILY_IP6;
    int on = 1;
    int flags;
    int fd = socket(ip6 ? AF_INET6 : AF_INET, type, 0);

    if (fd < 0) {
        return -errno;
    }
    flags = fcntl(fd, F_GETFL);
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || flags < 0 ||
        fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        (ip6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)) {
        int code = errno;

        close(fd);
        return -code;
    }
#ifdef SO_NOSIGPIPE
    (void)setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
#endif
    return fd;
}

int sip__socket_bind_device(int fd, const char *device)
{
    if (device == NULL || *device == '\0') {
        return 0;
    }
#ifdef SO_BINDTODEVICE
    if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)) != 0) {
        return errno;
    }
    return 0;
#else
    (void)fd;
    return ENOTSUP;
#endif
}

int sip__socket_mark(int fd, sip_family family, uint8_t dscp)
{
    bool ip6 = family == SIP_FAMILY_IP6;
    int octet = dscp << 2; /* above the two bits of congestion notification */

    if (dscp == 0) {
        return 0;
    }
    return setsockopt(fd, ip6 ? IPPROTO_IPV6 : IPPROTO_IP, ip6 ? IPV6_TCLASS : IP_TOS, &octet,
                      sizeof(octet)) == 0
               ? 0
               : errno;
}

int sip__socket_join(int fd, const sip_addr *group, const char *device)
{
    struct group_req request;
    socklen_t len;
    int on = 1;
    int level = group->family == SIP_FAMILY_IP6 ? IPPROTO_IPV6 : IPPROTO_IP;

    memset(&request, 0, sizeof(request));
    request.gr_interface = group->scope;
    if (group->scope == 0 && device != NULL && *device != '\0') {
        request.gr_interface = if_nametoindex(device);
    }
    sip__sockaddr_of(group, &request.gr_group, &len);
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
                   setsockopt(fd, level, MCAST_JOIN_GROUP, &request, sizeof(request)) == 0
               ? 0
               : errno;
}

const char *sip__system_error_text(int code, char *out, size_t size)
{
    return uv_strerror_r(uv_translate_sys_error(code), out, size);
}
