#include "body/stream_format.h"

#include "body/sdp_text.h"

#include <string.h>

bool sip__is_rtp(sip_str protocol)
{
    sip_str part;

    for (bool more = true; more;) {
        more = sip__sdp_split(protocol, '/', &part, &protocol);
        if (sip_str_equal_nocase(part, "RTP")) {
            return true;
        }
    }
    return false;
}

bool sip__wants_crypto(sip_str protocol)
{
    return sip_str_equal_nocase(protocol, "RTP/SAVP") ||
           sip_str_equal_nocase(protocol, "RTP/SAVPF");
}

bool sip__wants_fingerprint(sip_str protocol)
{
    sip_str part;

    for (bool more = true; more;) {
        more = sip__sdp_split(protocol, '/', &part, &protocol);
        if (sip_str_equal_nocase(part, "TLS") || sip_str_equal_nocase(part, "DTLS")) {
            return true;
        }
    }
    return false;
}

bool sip__is_connected(sip_str protocol)
{
    sip_str first, rest;

    (void)sip__sdp_split(protocol, '/', &first, &rest);
    return sip_str_equal_nocase(first, "TCP");
}

bool sip__is_auxiliary(sip_str encoding)
{
    static const char *const names[] = {"telephone-event", "tone", "CN",        "red",
                                        "ulpfec",          "rtx",  "flexfec-03"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sip_str_equal_nocase(encoding, names[i])) {
            return true;
        }
    }
    return false;
}

bool sip__names_payloads(sip_str encoding)
{
    return sip_str_equal_nocase(encoding, "rtx") || sip_str_equal_nocase(encoding, "red");
}

static struct sip__format *find_token(struct sip__format_table *table, sip_str token)
{
    for (size_t i = 0; i < table->n; i++) {
        if (sip_str_same(table->at[i].token, token)) {
            return &table->at[i];
        }
    }
    return NULL;
}

/** Take the formats of the m= line, each once. */
static void read_tokens(const sip_sdp_media *media, bool rtp, struct sip__format_table *table)
{
    sip_str rest = media->formats;
    sip_str token;

    while (table->n < SIP__MAX_FORMATS && sip_sdp_word_next(&rest, &token)) {
        struct sip__format *format = &table->at[table->n];

        if (find_token(table, token) != NULL) {
            continue;
        }
        *format = (struct sip__format){.token = token, .rtp = rtp, .known = !rtp};
        if (!rtp) {
            format->map.encoding = token;
        }
        table->n++;
    }
}

/** Take the first rtpmap and the first fmtp of each format in one pass: peers choose how many there
 * are. */
static void read_attributes(const sip_sdp_media *media, struct sip__format_table *table)
{
    bool mapped[SIP__MAX_FORMATS] = {false};

    for (size_t i = 0; i < media->n_attributes; i++) {
        const sip_sdp_attribute *attribute = &media->attributes[i];
        const bool is_map = sip_str_equal(attribute->name, "rtpmap");
        sip_str parameters = attribute->value;
        struct sip__format *format;
        sip_str token;

        if ((!is_map && !sip_str_equal(attribute->name, "fmtp")) ||
            !sip__sdp_take_word(&parameters, &token)) {
            continue;
        }
        format = find_token(table, token);
        if (format == NULL) {
            continue;
        }
        if (!is_map && format->fmtp.len == 0) {
            format->fmtp = sip_str_trim(parameters);
        } else if (is_map && format->rtp && !mapped[format - table->at]) {
            mapped[format - table->at] = true;
            format->known = sip_sdp_rtpmap_parse(attribute->value, &format->map) == 0;
        }
    }
    for (size_t i = 0; i < table->n; i++) {
        struct sip__format *format = &table->at[i];
        uint64_t payload;

        if (format->rtp && !mapped[i] && sip__sdp_number_parse(format->token, 127, &payload) == 0) {
            format->known = sip_sdp_static_rtpmap((uint8_t)payload, &format->map) == 0;
        }
    }
}

void sip__formats_read(const sip_sdp_media *media, struct sip__format_table *ret_table)
{
    ret_table->n = 0;
    read_tokens(media, sip__is_rtp(media->protocol), ret_table);
    read_attributes(media, ret_table);
    for (size_t i = 0; i < ret_table->n; i++) {
        struct sip__format *format = &ret_table->at[i];

        format->auxiliary = format->known && format->rtp && sip__is_auxiliary(format->map.encoding);
    }
}

static bool fmtp_match(const sip_oa_fmtp *fmtp, sip_str encoding, sip_str a, sip_str b)
{
    return fmtp == NULL || fmtp->match == NULL || fmtp->match(encoding, a, b, fmtp->user_data);
}

static bool is_rtx(const struct sip__format *format)
{
    return format->rtp && sip_str_equal_nocase(format->map.encoding, "rtx");
}

/** RTX is told apart by what it repeats (RFC 4588 8.1), not by how long. */
static bool repeat_the_same(sip_str a, sip_str b)
{
    sip_str one = {NULL, 0};
    sip_str other = {NULL, 0};

    (void)sip_sdp_fmtp_find(a, "apt", &one);
    (void)sip_sdp_fmtp_find(b, "apt", &other);
    return sip_str_same(one, other);
}

/** Same formats, the numbers that RTX names being as in the offer. */
static bool is_same(const struct sip__format *a, const struct sip__format *b,
                    const sip_oa_fmtp *fmtp)
{
    if (!a->known || !b->known || a->rtp != b->rtp) {
        return false;
    }
    if (!a->rtp) {
        return sip_str_same(a->token, b->token);
    }
    if (!sip_sdp_same_rtpmap(&a->map, &b->map)) {
        return false;
    }
    return is_rtx(a) ? repeat_the_same(a->fmtp, b->fmtp)
                     : fmtp_match(fmtp, a->map.encoding, a->fmtp, b->fmtp);
}

/** The offered format for an answered one: of the same number if there is one. */
static size_t find_pair(const struct sip__format_table *offer, const struct sip__format *answered,
                        const sip_oa_fmtp *fmtp, const bool used[SIP__MAX_FORMATS])
{
    size_t found = SIP__MAX_FORMATS;

    for (size_t i = 0; i < offer->n; i++) {
        if (used[i] || !is_same(&offer->at[i], answered, fmtp)) {
            continue;
        }
        if (sip_str_same(offer->at[i].token, answered->token)) {
            return i;
        }
        if (found == SIP__MAX_FORMATS) {
            found = i;
        }
    }
    return found;
}

size_t sip__formats_pair(const struct sip__format_table *offer,
                         const struct sip__format_table *answer, const sip_oa_fmtp *fmtp,
                         struct sip__format_pair pairs[SIP__MAX_FORMATS])
{
    bool used[SIP__MAX_FORMATS] = {false};
    size_t n = 0;

    for (size_t i = 0; i < answer->n; i++) {
        size_t offered = find_pair(offer, &answer->at[i], fmtp, used);

        if (offered < SIP__MAX_FORMATS) {
            used[offered] = true;
            pairs[n++] = (struct sip__format_pair){(uint8_t)offered, (uint8_t)i};
        }
    }
    return n;
}

static bool is_codec(const struct sip__format *format, const sip_oa_codec *codec,
                     const sip_oa_fmtp *fmtp)
{
    const uint32_t channels = codec->channels > 0 ? codec->channels : 1;

    if (!format->known) {
        return false;
    }
    if (!format->rtp) {
        return sip_str_equal(format->token, codec->encoding);
    }
    return sip_str_equal_nocase(format->map.encoding, codec->encoding) &&
           format->map.clock_hz == codec->clock_hz && format->map.channels == channels &&
           (is_rtx(format) ||
            fmtp_match(fmtp, format->map.encoding, format->fmtp, sip_str_of(codec->fmtp)));
}

/** The first codec of ours that the format is and that is not in use, or NULL. */
static const sip_oa_codec *codec_of(const struct sip__format *format, const sip_oa_stream *stream,
                                    const sip_oa_fmtp *fmtp,
                                    const struct sip__format_choice *choices, size_t n)
{
    for (size_t i = 0; i < stream->n_codecs; i++) {
        bool free = true;

        for (size_t k = 0; k < n && !is_rtx(format); k++) {
            free = free && choices[k].codec != &stream->codecs[i];
        }
        if (free && is_codec(format, &stream->codecs[i], fmtp)) {
            return &stream->codecs[i];
        }
    }
    return NULL;
}

/** True if a codec among the choices has this clock (RFC 4733 2.1), or is what RTX repeats. */
static bool goes_beside(const struct sip__format *format, const struct sip__format_choice *choices,
                        size_t n)
{
    sip_str repeated;

    for (size_t i = 0; i < n; i++) {
        const struct sip__format *codec = choices[i].offered;

        if (is_rtx(format)) {
            if (sip_sdp_fmtp_find(format->fmtp, "apt", &repeated) &&
                sip_str_same(repeated, codec->token)) {
                return true;
            }
        } else if (!codec->auxiliary && codec->map.clock_hz == format->map.clock_hz) {
            return true;
        }
    }
    return false;
}

/** Choose codecs, or with `auxiliary` what goes beside those chosen already. */
static size_t choose(const struct sip__format_table *offer, const sip_oa_stream *stream,
                     const sip_oa_capabilities *capabilities, bool auxiliary, bool alone,
                     struct sip__format_choice *choices, size_t n)
{
    for (size_t i = 0; i < offer->n; i++) {
        const struct sip__format *format = &offer->at[i];
        const sip_oa_codec *codec;

        if (format->auxiliary != auxiliary ||
            (auxiliary && !alone && !goes_beside(format, choices, n))) {
            continue;
        }
        codec = codec_of(format, stream, capabilities->fmtp, choices, n);
        if (codec == NULL) {
            continue;
        }
        choices[n++] = (struct sip__format_choice){codec, format, format->map.payload};
        if (!auxiliary && capabilities->single_codec && !capabilities->own_order) {
            break;
        }
    }
    return n;
}

/** By our codecs' order, or by that of the offer's formats. A stable sort by insertion. */
static void sort(struct sip__format_choice *choices, size_t n, bool own_order)
{
    for (size_t i = 1; i < n; i++) {
        const struct sip__format_choice moved = choices[i];
        size_t k = i;

        while (k > 0 && (own_order ? choices[k - 1].codec > moved.codec
                                   : choices[k - 1].offered > moved.offered)) {
            choices[k] = choices[k - 1];
            k--;
        }
        choices[k] = moved;
    }
}

/** Our own dynamic payload types where they are free. */
static void use_own_payloads(struct sip__format_choice *choices, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t own = choices[i].codec->payload;
        bool free = own >= 96 && own <= 127 && choices[i].payload >= 96;

        for (size_t k = 0; k < n; k++) {
            free = free && (k == i || choices[k].payload != own) && !is_rtx(choices[k].offered);
        }
        if (free) {
            choices[i].payload = own;
        }
    }
}

size_t sip__formats_choose(const struct sip__format_table *offer, const sip_oa_stream *stream,
                           const sip_oa_capabilities *capabilities,
                           struct sip__format_choice choices[SIP__MAX_FORMATS])
{
    bool alone = true;
    size_t n;

    for (size_t i = 0; i < offer->n; i++) {
        alone = alone && offer->at[i].auxiliary;
    }
    n = choose(offer, stream, capabilities, false, alone, choices, 0);
    if (n == 0 && !alone) {
        return 0;
    }
    if (capabilities->own_order) {
        sort(choices, n, true);
    }
    if (n > 1 && capabilities->single_codec) {
        n = 1;
    }
    n = choose(offer, stream, capabilities, true, alone, choices, n);
    sort(choices, n, capabilities->own_order);
    if (capabilities->own_payloads && n > 0 && offer->at[0].rtp) {
        use_own_payloads(choices, n);
    }
    return n;
}
