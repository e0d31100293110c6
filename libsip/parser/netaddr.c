#include <sip/net.h>

#include "parser/cursor.h"
#include "parser/numeric.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/** Take "%3" off the end of an address text; the number stays in *ret_scope. */
static bool take_scope(sip_str *host, uint32_t *ret_scope)
{
    const char *percent = host->len > 0 ? memchr(host->ptr, '%', host->len) : NULL;

    if (percent != NULL) {
        const size_t before = (size_t)(percent - host->ptr);

        if (sip__number_parse((sip_str){percent + 1, host->len - before - 1}, ret_scope) != 0) {
            return false;
        }
        host->len = before;
    }
    return true;
}

static bool take_brackets(sip_str *host)
{
    if (host->len == 0 || host->ptr[0] != '[') {
        return false;
    }
    if (host->len < 2 || host->ptr[host->len - 1] != ']') {
        host->len = 0;
        return false;
    }
    host->ptr++;
    host->len -= 2;
    return true;
}

int sip_addr_parse(sip_str host, uint16_t port, sip_addr *ret_addr)
{
    char text[INET6_ADDRSTRLEN];
    sip_addr addr = {.port = port};
    struct in_addr ip4;
    struct in6_addr ip6;
    const bool bracketed = take_brackets(&host);

    if (!take_scope(&host, &addr.scope) || host.len == 0 || host.len >= sizeof text) {
        return SIP_ESYNTAX;
    }
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    if (strlen(text) != host.len) {
        return SIP_ESYNTAX;
    }
    if (!bracketed && addr.scope == 0 && inet_pton(AF_INET, text, &ip4) == 1) {
        addr.family = SIP_FAMILY_IP4;
        memcpy(addr.ip, &ip4, sizeof ip4);
    } else if (inet_pton(AF_INET6, text, &ip6) == 1) {
        addr.family = SIP_FAMILY_IP6;
        memcpy(addr.ip, &ip6, sizeof ip6);
        if (memcmp(addr.ip, mapped_prefix, sizeof mapped_prefix) == 0) {
            addr.family = SIP_FAMILY_IP4;
            addr.scope = 0;
            memcpy(addr.ip, addr.ip + 12, 4);
            memset(addr.ip + 4, 0, 12);
        }
    } else {
        return SIP_ESYNTAX;
    }
    *ret_addr = addr;
    return 0;
}

/** Print the bare address; empty for a family that is none. */
static void print_ip(const sip_addr *addr, char out[INET6_ADDRSTRLEN])
{
    out[0] = '\0';
    if (addr == NULL) {
        return;
    }
    if (addr->family == SIP_FAMILY_IP4) {
        struct in_addr ip4;

        memcpy(&ip4, addr->ip, sizeof ip4);
        (void)inet_ntop(AF_INET, &ip4, out, INET6_ADDRSTRLEN);
    } else if (addr->family == SIP_FAMILY_IP6) {
        struct in6_addr ip6;

        memcpy(&ip6, addr->ip, sizeof ip6);
        (void)inet_ntop(AF_INET6, &ip6, out, INET6_ADDRSTRLEN);
    }
}

const char *sip_addr_host(const sip_addr *addr, char out[SIP_ADDR_TEXT_BYTES])
{
    char ip[INET6_ADDRSTRLEN];

    print_ip(addr, ip);
    if (addr != NULL && addr->family == SIP_FAMILY_IP6) {
        (void)snprintf(out, SIP_ADDR_TEXT_BYTES, "[%s]", ip);
    } else {
        (void)snprintf(out, SIP_ADDR_TEXT_BYTES, "%s", ip);
    }
    return out;
}

const char *sip_addr_text(const sip_addr *addr, char out[SIP_ADDR_TEXT_BYTES])
{
    char host[SIP_ADDR_TEXT_BYTES];

    if (addr == NULL || addr->family == SIP_FAMILY_NONE) {
        out[0] = '\0';
        return out;
    }
    (void)sip_addr_host(addr, host);
    (void)snprintf(out, SIP_ADDR_TEXT_BYTES, "%.57s:%u", host, (unsigned)addr->port);
    return out;
}

bool sip_addr_same_host(const sip_addr *a, const sip_addr *b)
{
    return a != NULL && b != NULL && a->family == b->family && a->scope == b->scope &&
           memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

bool sip_addr_equal(const sip_addr *a, const sip_addr *b)
{
    return sip_addr_same_host(a, b) && a->port == b->port;
}

bool sip_addr_is_multicast(const sip_addr *addr)
{
    return (addr->family == SIP_FAMILY_IP4 && (addr->ip[0] & 0xf0) == 0xe0) ||
           (addr->family == SIP_FAMILY_IP6 && addr->ip[0] == 0xff);
}

bool sip_addr_is_any(const sip_addr *addr)
{
    static const uint8_t zeros[16];

    return addr != NULL && addr->family != SIP_FAMILY_NONE &&
           memcmp(addr->ip, zeros, sizeof zeros) == 0;
}

static const struct protocol {
    sip_str name;
    uint16_t port;
} protocols[] = {
    [SIP_PROTOCOL_NONE] = {{"", 0}, 0},
    [SIP_PROTOCOL_UDP] = {SIP_STR_INIT("UDP"), 5060},
    [SIP_PROTOCOL_TCP] = {SIP_STR_INIT("TCP"), 5060},
    [SIP_PROTOCOL_TLS] = {SIP_STR_INIT("TLS"), 5061},
    [SIP_PROTOCOL_WS] = {SIP_STR_INIT("WS"), 80},
    [SIP_PROTOCOL_WSS] = {SIP_STR_INIT("WSS"), 443},
};

#define N_PROTOCOLS (sizeof protocols / sizeof protocols[0])

sip_str sip_protocol_name(sip_protocol protocol)
{
    return protocols[(size_t)protocol < N_PROTOCOLS ? (size_t)protocol : 0].name;
}

sip_protocol sip_protocol_of(sip_str name)
{
    if (name.len == 3 && sip__is_word(name.ptr, "udp", 3)) {
        return SIP_PROTOCOL_UDP;
    }
    for (size_t i = 1; i < N_PROTOCOLS; i++) {
        if (sip_str_same_nocase(name, protocols[i].name)) {
            return (sip_protocol)i;
        }
    }
    return SIP_PROTOCOL_NONE;
}

bool sip_protocol_is_reliable(sip_protocol protocol)
{
    return protocol != SIP_PROTOCOL_UDP;
}

uint16_t sip_protocol_default_port(sip_protocol protocol)
{
    return protocols[(size_t)protocol < N_PROTOCOLS ? (size_t)protocol : 0].port;
}
