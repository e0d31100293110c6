#include "common/local_host.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static bool take_interface(const struct ifaddrs *ifa, uint8_t family, sip_addr *ret_addr)
{
    if (ifa->ifa_addr == NULL) {
        return false;
    }
    if (family == SIP_FAMILY_IP4 && ifa->ifa_addr->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)ifa->ifa_addr;

        if ((ntohl(in->sin_addr.s_addr) >> 24) == 127) {
            return false;
        }
        memcpy(ret_addr->ip, &in->sin_addr, 4);
        return true;
    }
    if (family == SIP_FAMILY_IP6 && ifa->ifa_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)ifa->ifa_addr;

        if (IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr) || IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr)) {
            return false;
        }
        memcpy(ret_addr->ip, &in6->sin6_addr, 16);
        return true;
    }
    return false;
}

static void set_loopback(sip_addr *addr)
{
    if (addr->family == SIP_FAMILY_IP6) {
        addr->ip[15] = 1;
    } else {
        addr->family = SIP_FAMILY_IP4;
        addr->ip[0] = 127;
        addr->ip[3] = 1;
    }
}

void local_host(const sip_stack *stack, sip_addr *ret_addr)
{
    sip_protocol protocol;
    struct ifaddrs *list = NULL;
    bool found = false;

    *ret_addr = (sip_addr){.family = SIP_FAMILY_IP4};
    if (sip_stack_listener(stack, 0, &protocol, ret_addr) && !sip_addr_is_any(ret_addr)) {
        return;
    }
    if (getifaddrs(&list) == 0) {
        for (const struct ifaddrs *ifa = list; ifa != NULL && !found; ifa = ifa->ifa_next) {
            found = take_interface(ifa, ret_addr->family, ret_addr);
        }
        freeifaddrs(list);
    }
    if (!found) {
        set_loopback(ret_addr);
    }
}
