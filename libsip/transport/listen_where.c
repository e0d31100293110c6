#include "transport/listen_where.h"
#include <string.h>

/* "HOST:PORT", "HOST" or "[V6]:PORT". */
static bool split_host(sip_str where, sip_str *ret_host, sip_str *ret_port)
{
    size_t colon = where.len;
    size_t from = 0;
    size_t i;

    if (where.len > 0 && *where.ptr == '[') {
        const char *end = memchr(where.ptr, ']', where.len);

        if (end == NULL) {
            return false;
        }
        from = (size_t)(end - where.ptr) + 1;
        if (from < where.len && where.ptr[from] != ':') {
            return false;
        }
    }
    for (i = from; i < where.len; i++) {
        if (where.ptr[i] == ':') {
            if (colon != where.len) {
                return false; /* an IPv6 address wants its brackets */
            }
            colon = i;
        }
    }
    ret_host->ptr = where.ptr;
    ret_host->len = colon;
    ret_port->ptr = colon < where.len ? where.ptr + colon + 1 : NULL;
    ret_port->len = colon < where.len ? where.len - colon - 1 : 0;
    return true;
}

static bool read_port(sip_str text, uint16_t *ret_port)
{
    unsigned port = 0;
    size_t i;

    for (i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        port = port * 10 + (unsigned)(text.ptr[i] - '0');
        if (port > 65535) {
            return false;
        }
    }
    *ret_port = (uint16_t)port;
    return text.len > 0;
}

/* Take "%zone" off the host; brackets stay. */
static bool take_zone(sip_str *host, char room[SIP_ADDR_TEXT_BYTES], sip_str *ret_zone)
{
    bool bracket = host->len > 0 && *host->ptr == '[';
    const char *percent = host->len > 0 ? memchr(host->ptr, '%', host->len) : NULL;
    size_t before;

    *ret_zone = (sip_str){NULL, 0};
    if (percent == NULL) {
        return true;
    }
    before = (size_t)(percent - host->ptr);
    ret_zone->ptr = percent + 1;
    ret_zone->len = host->len - before - 1 - (bracket ? 1 : 0);
    if (before + 2 > SIP_ADDR_TEXT_BYTES || ret_zone->len == 0) {
        return false;
    }
    memcpy(room, host->ptr, before);
    room[before] = ']';
    host->ptr = room;
    host->len = before + (bracket ? 1 : 0);
    return true;
}

/* The scope of the interface `name`, found at one of its addresses; 0: none has one. */
static uint32_t scope_of(const sip__interface *interfaces, size_t n, sip_str name)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (interfaces[i].addr.scope != 0 && sip_str_equal(name, interfaces[i].name)) {
            return interfaces[i].addr.scope;
        }
    }
    return 0;
}

static bool set_device(sip__listen_where *where, sip_str name)
{
    if (name.len >= sizeof(where->device)) {
        return false;
    }
    memcpy(where->device, name.ptr, name.len);
    where->device[name.len] = '\0';
    return true;
}

/* The addresses of an interface; link-local ones only if it has no others of that family, since
 * nothing beyond the link can answer them. */
static void add_interface(sip__listen_where *where, const sip__interface *interfaces, size_t n,
                          sip_str name, uint16_t port)
{
    bool global = false;
    size_t i;

    for (i = 0; i < n; i++) {
        global = global ||
                 (sip_str_equal(name, interfaces[i].name) &&
                  interfaces[i].addr.family == SIP_FAMILY_IP6 && interfaces[i].addr.scope == 0);
    }
    for (i = 0; i < n && where->n_addrs < SIP__LISTEN_ADDRS; i++) {
        const sip_addr *addr = &interfaces[i].addr;

        if (sip_str_equal(name, interfaces[i].name) && (addr->scope == 0 || !global)) {
            where->addrs[where->n_addrs] = *addr;
            where->addrs[where->n_addrs].port = port;
            where->n_addrs++;
        }
    }
}

/* Returns NULL or what is wrong. */
static const char *resolve(sip__listen_where *where, sip_str host, uint16_t port,
                           const sip__interface *interfaces, size_t n)
{
    char room[SIP_ADDR_TEXT_BYTES];
    sip_str zone;
    sip_addr *addr = &where->addrs[0];

    if (!take_zone(&host, room, &zone)) {
        return "no interface after %";
    }
    if (host.len == 0 || sip_str_equal(host, "*")) {
        host = SIP_STR("0.0.0.0");
    } else if (sip_str_equal_nocase(host, "localhost")) {
        host = SIP_STR("127.0.0.1");
    }
    if (sip_addr_parse(host, port, addr) != 0) {
        if (zone.len == 0) {
            add_interface(where, interfaces, n, host, port);
            where->by_interface = true;
        }
        return where->n_addrs > 0 ? NULL : "no such address or interface";
    }
    where->n_addrs = 1;
    if (zone.len == 0) {
        return NULL;
    }
    if (sip_addr_is_any(addr) || (addr->family == SIP_FAMILY_IP4 && sip_addr_is_multicast(addr))) {
        return set_device(where, zone) ? NULL : "no such interface";
    }
    addr->scope = scope_of(interfaces, n, zone);
    return addr->scope != 0 ? NULL : "no link-local address on such an interface";
}

int sip__listen_where_parse(const char *text, const sip__interface *interfaces, size_t n,
                            sip__listen_where *ret_where, const char **ret_why)
{
    const char *colon = strchr(text, ':');
    sip__listen_where where;
    sip_str host, port_text;
    uint16_t port;

    memset(&where, 0, sizeof(where));
    *ret_why = "not PROTOCOL:HOST:PORT";
    if (colon == NULL || !split_host(sip_str_of(colon + 1), &host, &port_text)) {
        return SIP_EINVAL;
    }
    where.protocol_name = (sip_str){text, (size_t)(colon - text)};
    where.protocol = sip_protocol_of(where.protocol_name);
    port = sip_protocol_default_port(where.protocol);
    if (port_text.ptr != NULL && !read_port(port_text, &port)) {
        return SIP_EINVAL;
    }
    *ret_why = resolve(&where, host, port, interfaces, n);
    if (*ret_why != NULL) {
        return SIP_EINVAL;
    }
    *ret_where = where;
    return 0;
}
