#include "transport/seen_as.h"
#include <string.h>

typedef struct network {
    sip_addr addr;
    unsigned bits;
} network;

static bool read_bits(sip_str text, unsigned *ret_bits)
{
    unsigned bits = 0;
    size_t i;

    for (i = 0; i < text.len && bits <= 128; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        bits = bits * 10 + (unsigned)(text.ptr[i] - '0');
    }
    *ret_bits = bits;
    return text.len > 0;
}

static int read_network(const char *text, network *ret)
{
    const char *slash = strchr(text, '/');
    sip_str host = slash != NULL ? (sip_str){text, (size_t)(slash - text)} : sip_str_of(text);
    unsigned most;
    int err = sip_addr_parse(host, 0, &ret->addr);

    if (err != 0) {
        return err;
    }
    most = ret->addr.family == SIP_FAMILY_IP6 ? 128 : 32;
    ret->bits = most;
    if (slash != NULL && (!read_bits(sip_str_of(slash + 1), &ret->bits) || ret->bits > most)) {
        return SIP_ESYNTAX;
    }
    return 0;
}

int sip__network_check(const char *text)
{
    network read;

    return text == NULL ? SIP_ESYNTAX : read_network(text, &read);
}

static bool holds(const network *of, const sip_addr *addr)
{
    size_t whole = of->bits / 8;
    unsigned rest = of->bits % 8;
    uint8_t mask = (uint8_t)(0xff00u >> rest);

    return of->addr.family == addr->family && memcmp(of->addr.ip, addr->ip, whole) == 0 &&
           (rest == 0 || ((of->addr.ip[whole] ^ addr->ip[whole]) & mask) == 0);
}

bool sip__networks_hold(const char *const *networks, const sip_addr *addr)
{
    network read;

    for (; networks != NULL && *networks != NULL; networks++) {
        if (read_network(*networks, &read) == 0 && holds(&read, addr)) {
            return true;
        }
    }
    return false;
}

static void take_addr(const sip_addr *addr, sip__seen_as *ret_seen)
{
    ret_seen->host = sip_str_of(sip_addr_host(addr, ret_seen->room));
    ret_seen->port = addr->port;
}

void sip__seen_as_via(const sip_transport *transport, const sip_path *path,
                      const char *const *local_networks, sip__seen_as *ret_seen)
{
    const char *host = transport->advertised_host;
    sip_addr addr;

    take_addr(&path->local, ret_seen);
    if ((host == NULL && transport->advertised_port == 0) ||
        sip__networks_hold(local_networks, &path->remote)) {
        return;
    }
    if (host != NULL && sip_addr_parse(sip_str_of(host), path->local.port, &addr) == 0) {
        take_addr(&addr, ret_seen);
    } else if (host != NULL) {
        ret_seen->host = sip_str_of(host);
    }
    if (transport->advertised_port != 0) {
        ret_seen->port = transport->advertised_port;
    }
}

sip_addr sip__seen_as_learnt(const sip_transport *transport, const sip_path *path,
                             const char *const *local_networks)
{
    sip_addr none = {0};

    return transport->learnt.family == path->remote.family &&
                   !sip__networks_hold(local_networks, &path->remote)
               ? transport->learnt
               : none;
}

void sip__seen_as_contact(const sip_transport *transport, const sip_path *path,
                          const char *const *local_networks, sip__seen_as *ret_seen)
{
    sip_addr learnt = sip__seen_as_learnt(transport, path, local_networks);

    if (learnt.family != SIP_FAMILY_NONE) {
        take_addr(&learnt, ret_seen);
    } else {
        sip__seen_as_via(transport, path, local_networks, ret_seen);
    }
}
