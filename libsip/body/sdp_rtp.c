/* The attributes of RTP: formats, their parameters, times, feedback, sources, header extensions. */
#include <sip/sdp_attribute.h>

#include "body/sdp_line.h"
#include "body/sdp_text.h"
#include "parser/cursor.h"

static int parse_payload(sip_str text, uint8_t *ret_payload)
{
    uint64_t number;

    if (sip__sdp_number_parse(text, 127, &number) != 0) {
        return SIP_ESYNTAX;
    }
    *ret_payload = (uint8_t)number;
    return 0;
}

int sip_sdp_rtpmap_parse(sip_str value, sip_sdp_rtpmap *ret_map)
{
    sip_sdp_rtpmap map = {.channels = 1};
    sip_str payload, rest, clock, channels;
    uint64_t number;

    if (!sip__sdp_take_word(&value, &payload) || parse_payload(payload, &map.payload) != 0 ||
        !sip__sdp_split(sip_str_trim(value), '/', &map.encoding, &rest) ||
        !sip__sdp_is_token(map.encoding)) {
        return SIP_ESYNTAX;
    }
    if (sip__sdp_split(rest, '/', &clock, &channels)) {
        if (sip__sdp_number_parse(channels, UINT32_MAX, &number) != 0 || number == 0) {
            return SIP_ESYNTAX;
        }
        map.channels = (uint32_t)number;
    }
    if (sip__sdp_number_parse(clock, UINT32_MAX, &number) != 0 || number == 0) {
        return SIP_ESYNTAX;
    }
    map.clock_hz = (uint32_t)number;
    *ret_map = map;
    return 0;
}

/** RFC 3551 6, tables 4 and 5. */
static const struct {
    uint8_t payload;
    const char *encoding;
    uint32_t clock_hz, channels;
} assigned[] = {
    {0, "PCMU", 8000, 1},   {3, "GSM", 8000, 1},    {4, "G723", 8000, 1},   {5, "DVI4", 8000, 1},
    {6, "DVI4", 16000, 1},  {7, "LPC", 8000, 1},    {8, "PCMA", 8000, 1},   {9, "G722", 8000, 1},
    {10, "L16", 44100, 2},  {11, "L16", 44100, 1},  {12, "QCELP", 8000, 1}, {13, "CN", 8000, 1},
    {14, "MPA", 90000, 1},  {15, "G728", 8000, 1},  {16, "DVI4", 11025, 1}, {17, "DVI4", 22050, 1},
    {18, "G729", 8000, 1},  {25, "CelB", 90000, 1}, {26, "JPEG", 90000, 1}, {28, "nv", 90000, 1},
    {31, "H261", 90000, 1}, {32, "MPV", 90000, 1},  {33, "MP2T", 90000, 1}, {34, "H263", 90000, 1},
};

int sip_sdp_static_rtpmap(uint8_t payload, sip_sdp_rtpmap *ret_map)
{
    for (size_t i = 0; i < sizeof assigned / sizeof assigned[0]; i++) {
        if (assigned[i].payload == payload) {
            *ret_map = (sip_sdp_rtpmap){payload, sip_str_of(assigned[i].encoding),
                                        assigned[i].clock_hz, assigned[i].channels};
            return 0;
        }
    }
    return SIP_ENOENT;
}

int sip_sdp_media_rtpmap(const sip_sdp_media *media, uint8_t payload, sip_sdp_rtpmap *ret_map)
{
    const sip_sdp_attribute *at = NULL;

    while ((at = sip_sdp_next_attribute(media->attributes, media->n_attributes, "rtpmap", at)) !=
           NULL) {
        sip_str value = at->value;
        sip_str word;
        uint8_t own;

        if (sip__sdp_take_word(&value, &word) && parse_payload(word, &own) == 0 && own == payload) {
            return sip_sdp_rtpmap_parse(at->value, ret_map);
        }
    }
    return sip_sdp_static_rtpmap(payload, ret_map);
}

bool sip_sdp_same_rtpmap(const sip_sdp_rtpmap *a, const sip_sdp_rtpmap *b)
{
    return sip_str_same_nocase(a->encoding, b->encoding) && a->clock_hz == b->clock_hz &&
           a->channels == b->channels;
}

int sip_sdp_fmtp_parse(sip_str value, sip_str *ret_format, sip_str *ret_parameters)
{
    sip_str format;

    if (!sip__sdp_take_word(&value, &format) || value.len == 0) {
        return SIP_ESYNTAX;
    }
    *ret_format = format;
    *ret_parameters = sip_str_trim(value);
    return 0;
}

sip_str sip_sdp_media_fmtp(const sip_sdp_media *media, sip_str format)
{
    const sip_sdp_attribute *at = NULL;
    sip_str own, parameters;

    while ((at = sip_sdp_next_attribute(media->attributes, media->n_attributes, "fmtp", at)) !=
           NULL) {
        if (sip_sdp_fmtp_parse(at->value, &own, &parameters) == 0 && sip_str_same(own, format)) {
            return parameters;
        }
    }
    return (sip_str){NULL, 0};
}

bool sip_sdp_fmtp_next(sip_str *rest, sip_str *ret_name, sip_str *ret_value)
{
    while (rest->len > 0) {
        sip_str part, name, value;

        (void)sip__sdp_split(*rest, ';', &part, rest);
        part = sip_str_trim(part);
        if (part.len > 0) {
            (void)sip__sdp_split(part, '=', &name, &value);
            *ret_name = sip_str_trim(name);
            *ret_value = sip_str_trim(value);
            return true;
        }
    }
    return false;
}

bool sip_sdp_fmtp_find(sip_str parameters, const char *name, sip_str *ret_value)
{
    sip_str own, value;

    while (sip_sdp_fmtp_next(&parameters, &own, &value)) {
        if (sip_str_equal_nocase(own, name)) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

int sip_sdp_ptime_parse(sip_str value, uint32_t *ret_us)
{
    sip_str whole, fraction;
    uint64_t ms, us = 0;
    uint64_t unit = 100;

    if (sip__sdp_split(value, '.', &whole, &fraction) && !sip__sdp_is_digits(fraction)) {
        return SIP_ESYNTAX;
    }
    if (sip__sdp_number_parse(whole, UINT32_MAX / 1000 - 1, &ms) != 0) {
        return SIP_ESYNTAX;
    }
    for (size_t i = 0; i < fraction.len && unit > 0; i++, unit /= 10) {
        us += (uint64_t)(fraction.ptr[i] - '0') * unit;
    }
    us += ms * 1000;
    if (us == 0) {
        return SIP_ESYNTAX;
    }
    *ret_us = (uint32_t)us;
    return 0;
}

int sip_sdp_rtcp_parse(sip_str value, sip_sdp_rtcp *ret_rtcp)
{
    sip_sdp_rtcp rtcp = {0};
    sip_str port;
    uint64_t number;

    if (!sip__sdp_take_word(&value, &port) ||
        sip__sdp_number_parse(port, UINT16_MAX, &number) != 0) {
        return SIP_ESYNTAX;
    }
    if (value.len > 0 && (!sip__sdp_take_word(&value, &rtcp.net_type) ||
                          !sip__sdp_take_word(&value, &rtcp.addr_type) ||
                          !sip__sdp_take_word(&value, &rtcp.address) || value.len > 0)) {
        return SIP_ESYNTAX;
    }
    rtcp.port = (uint16_t)number;
    *ret_rtcp = rtcp;
    return 0;
}

int sip_sdp_rtcp_fb_parse(sip_str value, sip_sdp_rtcp_fb *ret_feedback)
{
    sip_sdp_rtcp_fb feedback = {0};
    sip_str format;

    if (!sip__sdp_take_word(&value, &format) || !sip__sdp_take_word(&value, &feedback.type)) {
        return SIP_ESYNTAX;
    }
    feedback.all = sip_str_equal(format, "*");
    if (!feedback.all && parse_payload(format, &feedback.payload) != 0) {
        return SIP_ESYNTAX;
    }
    feedback.parameter = sip_str_trim(value);
    *ret_feedback = feedback;
    return 0;
}

int sip_sdp_extmap_parse(sip_str value, sip_sdp_extmap *ret_map)
{
    sip_sdp_extmap map = {.direction = SIP_SDP_SENDRECV};
    sip_str word, id, direction;
    uint64_t number;

    if (!sip__sdp_take_word(&value, &word) || !sip__sdp_take_word(&value, &map.uri)) {
        return SIP_ESYNTAX;
    }
    map.has_direction = sip__sdp_split(word, '/', &id, &direction);
    if (map.has_direction && !sip__sdp_direction_of(direction, &map.direction)) {
        return SIP_ESYNTAX;
    }
    if (sip__sdp_number_parse(id, 4351, &number) != 0 || number == 0 ||
        (number > 255 && number < 4096)) {
        return SIP_ESYNTAX;
    }
    map.id = (uint16_t)number;
    map.parameters = sip_str_trim(value);
    *ret_map = map;
    return 0;
}

int sip_sdp_ssrc_parse(sip_str value, sip_sdp_ssrc *ret_ssrc)
{
    sip_sdp_ssrc ssrc;
    sip_str id;
    uint64_t number;

    if (!sip__sdp_take_word(&value, &id) || sip__sdp_number_parse(id, UINT32_MAX, &number) != 0) {
        return SIP_ESYNTAX;
    }
    (void)sip__sdp_split(value, ':', &ssrc.name, &ssrc.value);
    if (!sip__sdp_is_token(ssrc.name)) {
        return SIP_ESYNTAX;
    }
    ssrc.id = (uint32_t)number;
    *ret_ssrc = ssrc;
    return 0;
}

int sip_sdp_group_parse(sip_str value, sip_sdp_group *ret_group)
{
    sip_sdp_group group;

    if (!sip__sdp_take_word(&value, &group.semantics) || !sip__sdp_is_token(group.semantics)) {
        return SIP_ESYNTAX;
    }
    group.members = sip_str_trim(value);
    *ret_group = group;
    return 0;
}

int sip_sdp_ssrc_group_parse(sip_str value, sip_sdp_group *ret_group)
{
    sip_sdp_group group;
    sip_str members, word;
    uint64_t number;

    if (sip_sdp_group_parse(value, &group) != 0) {
        return SIP_ESYNTAX;
    }
    members = group.members;
    while (sip_sdp_word_next(&members, &word)) {
        if (sip__sdp_number_parse(word, UINT32_MAX, &number) != 0) {
            return SIP_ESYNTAX;
        }
    }
    *ret_group = group;
    return 0;
}
