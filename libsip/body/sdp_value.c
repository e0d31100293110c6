/* The values of all lines but a= (RFC 8866 5). */
#include <sip/sdp.h>

#include "body/sdp_text.h"
#include "parser/cursor.h"

#define MAX_S (UINT64_C(1) << 53) /* what every time of the grammar's ten digits fits in */

int sip_sdp_origin_parse(sip_str value, sip_sdp_origin *ret_origin)
{
    sip_sdp_origin origin;

    if (!sip__sdp_take_word(&value, &origin.user) || !sip__sdp_take_word(&value, &origin.id) ||
        !sip__sdp_is_digits(origin.id) || !sip__sdp_take_word(&value, &origin.version) ||
        !sip__sdp_is_digits(origin.version) || !sip__sdp_take_word(&value, &origin.net_type) ||
        !sip__sdp_take_word(&value, &origin.addr_type) ||
        !sip__sdp_take_word(&value, &origin.address) || value.len > 0) {
        return SIP_ESYNTAX;
    }
    *ret_origin = origin;
    return 0;
}

bool sip_sdp_is_multicast(sip_str address)
{
    sip_addr addr;

    if (sip_addr_parse(address, 0, &addr) != 0) {
        return false;
    }
    return addr.family == SIP_FAMILY_IP4 ? (addr.ip[0] & 0xf0) == 0xe0 : addr.ip[0] == 0xff;
}

/** "127/3": TTL and count of IPv4, for IPv6 the count alone (RFC 8866 5.7). */
static bool parse_suffix(sip_str suffix, sip_sdp_connection *connection)
{
    sip_str first, second;
    bool has_second = sip__sdp_split(suffix, '/', &first, &second);
    uint64_t number;

    if (!sip_str_equal(connection->addr_type, "IP6")) {
        if (sip__sdp_number_parse(first, 255, &number) != 0) {
            return false;
        }
        connection->has_ttl = true;
        connection->ttl = (uint8_t)number;
        if (!has_second) {
            return true;
        }
        first = second;
    } else if (has_second) {
        return false;
    }
    if (sip__sdp_number_parse(first, UINT32_MAX, &number) != 0 || number == 0) {
        return false;
    }
    connection->count = (uint32_t)number;
    return true;
}

int sip_sdp_connection_parse(sip_str value, sip_sdp_connection *ret_connection)
{
    sip_sdp_connection connection = {.count = 1};
    sip_str word, suffix;

    if (!sip__sdp_take_word(&value, &connection.net_type) ||
        !sip__sdp_take_word(&value, &connection.addr_type) || !sip__sdp_take_word(&value, &word) ||
        value.len > 0) {
        return SIP_ESYNTAX;
    }
    if (sip__sdp_split(word, '/', &connection.address, &suffix) &&
        !parse_suffix(suffix, &connection)) {
        return SIP_ESYNTAX;
    }
    if (connection.address.len == 0) {
        return SIP_ESYNTAX;
    }
    *ret_connection = connection;
    return 0;
}

int sip_sdp_bandwidth_parse(sip_str value, sip_sdp_bandwidth *ret_bandwidth)
{
    sip_str type, digits;
    uint64_t number;

    if (!sip__sdp_split(value, ':', &type, &digits) || !sip__sdp_is_token(type) ||
        sip__sdp_number_parse(digits, UINT32_MAX, &number) != 0) {
        return SIP_ESYNTAX;
    }
    *ret_bandwidth = (sip_sdp_bandwidth){type, (uint32_t)number};
    return 0;
}

int sip_sdp_time_parse(sip_str value, sip_sdp_time *ret_time)
{
    sip_str start, stop;
    sip_sdp_time time;

    if (!sip__sdp_take_word(&value, &start) || !sip__sdp_take_word(&value, &stop) ||
        value.len > 0 || sip__sdp_number_parse(start, MAX_S, &time.start_s) != 0 ||
        sip__sdp_number_parse(stop, MAX_S, &time.stop_s) != 0) {
        return SIP_ESYNTAX;
    }
    *ret_time = time;
    return 0;
}

static int64_t unit_s(char unit)
{
    switch (unit) {
    case 'd':
        return 86400;
    case 'h':
        return 3600;
    case 'm':
        return 60;
    case 's':
        return 1;
    default:
        return 0;
    }
}

/** "-1h", "7d", "3600". */
static bool parse_seconds(sip_str text, int64_t *ret_seconds)
{
    const bool negative = text.len > 0 && *text.ptr == '-';
    int64_t unit = 1;
    uint64_t number;

    if (negative) {
        sip__advance(&text, 1);
    }
    if (text.len > 1 && unit_s(text.ptr[text.len - 1]) != 0) {
        unit = unit_s(text.ptr[--text.len]);
    }
    if (sip__sdp_number_parse(text, UINT32_MAX, &number) != 0) {
        return false;
    }
    *ret_seconds = (int64_t)number * unit * (negative ? -1 : 1);
    return true;
}

int sip_sdp_seconds_next(sip_str *rest, int64_t *ret_seconds)
{
    sip_str word;

    if (!sip_sdp_word_next(rest, &word)) {
        return 0;
    }
    return parse_seconds(word, ret_seconds) ? 1 : SIP_ESYNTAX;
}

int sip_sdp_repeat_parse(sip_str value, sip_sdp_repeat *ret_repeat)
{
    sip_sdp_repeat repeat;
    sip_str interval, duration, rest;
    int64_t ignored;
    int err;

    if (!sip__sdp_take_word(&value, &interval) || !parse_seconds(interval, &repeat.interval_s) ||
        repeat.interval_s <= 0 || !sip__sdp_take_word(&value, &duration) ||
        !parse_seconds(duration, &repeat.duration_s) || value.len == 0) {
        return SIP_ESYNTAX;
    }
    repeat.offsets = value;
    rest = value;
    while ((err = sip_sdp_seconds_next(&rest, &ignored)) == 1) {
    }
    if (err == 0) {
        *ret_repeat = repeat;
    }
    return err;
}

int sip_sdp_zone_next(sip_str *rest, uint64_t *ret_at_s, int64_t *ret_offset_s)
{
    sip_str at, offset;
    uint64_t at_s;

    if (!sip_sdp_word_next(rest, &at)) {
        return 0;
    }
    if (sip__sdp_number_parse(at, MAX_S, &at_s) != 0 || !sip_sdp_word_next(rest, &offset) ||
        !parse_seconds(offset, ret_offset_s)) {
        return SIP_ESYNTAX;
    }
    *ret_at_s = at_s;
    return 1;
}

int sip_sdp_media_line_parse(sip_str value, sip_sdp_media_line *ret_media)
{
    sip_sdp_media_line media = {.n_ports = 1};
    sip_str port, count;
    uint64_t number;

    if (!sip__sdp_take_word(&value, &media.type) || !sip__sdp_take_word(&value, &port) ||
        !sip__sdp_take_word(&value, &media.protocol) || value.len == 0) {
        return SIP_ESYNTAX;
    }
    if (sip__sdp_split(port, '/', &port, &count)) {
        if (sip__sdp_number_parse(count, UINT32_MAX, &number) != 0) {
            return SIP_ESYNTAX;
        }
        media.n_ports = (uint32_t)number;
    }
    if (sip__sdp_number_parse(port, UINT16_MAX, &number) != 0) {
        return SIP_ESYNTAX;
    }
    media.port = (uint16_t)number;
    media.formats = sip_str_trim(value);
    *ret_media = media;
    return 0;
}
