#include "body/sdp_grammar.h"

#include "body/sdp_text.h"
#include "parser/cursor.h"

#include <string.h>

static const struct {
    char type;
    const char *rule, *section;
} rules[] = {
    {'v', "proto-version", "RFC 8866 5.1"},      {'o', "origin-field", "RFC 8866 5.2"},
    {'s', "session-name-field", "RFC 8866 5.3"}, {'i', "information-field", "RFC 8866 5.4"},
    {'u', "uri-field", "RFC 8866 5.5"},          {'e', "email-field", "RFC 8866 5.6"},
    {'p', "phone-field", "RFC 8866 5.6"},        {'c', "connection-field", "RFC 8866 5.7"},
    {'b', "bandwidth-field", "RFC 8866 5.8"},    {'t', "time-field", "RFC 8866 5.9"},
    {'r', "repeat-field", "RFC 8866 5.10"},      {'z', "zone-field", "RFC 8866 5.11"},
    {'k', "key-field", "RFC 8866 5.12"},         {'a', "attribute-field", "RFC 8866 5.13"},
    {'m', "media-field", "RFC 8866 5.14"},
};

void sip__sdp_rule_of(char type, const char **ret_rule, const char **ret_section)
{
    *ret_rule = "line type";
    *ret_section = "RFC 8866 5";
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].type == type) {
            *ret_rule = rules[i].rule;
            *ret_section = rules[i].section;
        }
    }
}

/** The place of a line in its level's order, counted from 1; 0: it has none. */
static size_t rank_of(bool in_media, char type)
{
    const char *order = in_media ? "micbka" : "vosiuepcbtrzka";
    const char *at = type != '\0' ? strchr(order, type) : NULL;

    return at != NULL ? (size_t)(at - order) + 1 : 0;
}

static bool may_repeat(bool in_media, char type)
{
    return strchr(in_media ? "cba" : "epbtra", type) != NULL;
}

bool sip__sdp_order_step(struct sip__sdp_order *order, char type)
{
    size_t rank, last;
    bool fits;

    if (type == 'm') {
        *order = (struct sip__sdp_order){.in_media = true, .last = 'm'};
        return true;
    }
    rank = rank_of(order->in_media, type);
    last = rank_of(order->in_media, order->last);
    fits = rank > last || (rank == last && may_repeat(order->in_media, type));
    if (type == 't' && (order->last == 'r' || order->last == 'z')) {
        fits = true;
    }
    if (type == 'r' && last < rank_of(false, 't')) {
        fits = false;
    }
    if (type == 'z' && order->last != 'r') {
        fits = false;
    }
    order->last = type;
    return rank != 0 && fits;
}

static bool is_attribute(sip_str value)
{
    sip_str name, rest;

    return (!sip__sdp_split(value, ':', &name, &rest) || rest.len > 0) && sip__sdp_is_token(name);
}

static bool is_zones(sip_str value)
{
    uint64_t at;
    int64_t offset;
    int err;

    if (value.len == 0) {
        return false;
    }
    while ((err = sip_sdp_zone_next(&value, &at, &offset)) == 1) {
    }
    return err == 0;
}

static bool is_media(sip_str value)
{
    sip_sdp_media_line media;
    sip_str part, rest;

    if (sip_sdp_media_line_parse(value, &media) != 0 || !sip__sdp_is_token(media.type) ||
        media.n_ports == 0) {
        return false;
    }
    for (bool more = true; more;) {
        more = sip__sdp_split(media.protocol, '/', &part, &rest);
        if (!sip__sdp_is_token(part)) {
            return false;
        }
        media.protocol = rest;
    }
    while (sip_sdp_word_next(&media.formats, &part)) {
        if (!sip__sdp_is_token(part)) {
            return false;
        }
    }
    return true;
}

/** TTL is a must for IPv4 multicast, and there is none otherwise (RFC 8866 5.7). */
static bool is_connection(sip_str value)
{
    sip_sdp_connection connection;
    sip_addr addr;

    if (sip_sdp_connection_parse(value, &connection) != 0) {
        return false;
    }
    if (sip_addr_parse(connection.address, 0, &addr) != 0) {
        return !connection.has_ttl && connection.count == 1; /* a name is of one host */
    }
    if (!sip_sdp_is_multicast(connection.address)) {
        return !connection.has_ttl && connection.count == 1;
    }
    return connection.has_ttl == (addr.family == SIP_FAMILY_IP4);
}

bool sip__sdp_value_is_strict(const sip_sdp_line *line)
{
    const sip_str value = line->value;
    sip_sdp_origin origin;
    sip_sdp_bandwidth bandwidth;
    sip_sdp_time time;
    sip_sdp_repeat repeat;

    if (strchr("octrzm", line->type) != NULL && !sip__sdp_is_single_spaced(value)) {
        return false;
    }
    switch (line->type) {
    case 'v':
        return sip_str_equal(value, "0");
    case 'o':
        return sip_sdp_origin_parse(value, &origin) == 0;
    case 'c':
        return is_connection(value);
    case 'b':
        return sip_sdp_bandwidth_parse(value, &bandwidth) == 0;
    case 't':
        return sip_sdp_time_parse(value, &time) == 0;
    case 'r':
        return sip_sdp_repeat_parse(value, &repeat) == 0;
    case 'z':
        return is_zones(value);
    case 'a':
        return is_attribute(value);
    case 'm':
        return is_media(value);
    default: /* s i u e p k: text */
        return value.len > 0;
    }
}
