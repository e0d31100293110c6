/* A number keeps its meaning in its stream (RFC 3264 8.3.2, RFC 8285 6), and has the same one in
 * all streams of a bundle (RFC 9143 9.1, 13). */
#include "body/stream_number.h"

#include "body/sdp_text.h"

#include <stdio.h>
#include <string.h>

#define UNNUMBERED 255

static sip_sdp_rtpmap map_of(const sip_oa_codec *codec)
{
    return (sip_sdp_rtpmap){codec->payload, sip_str_of(codec->encoding), codec->clock_hz,
                            codec->channels > 0 ? codec->channels : 1};
}

/** Note the numbers of a section where they have no meaning yet. */
static void note_section(struct sip__negotiation *negotiation, struct sip__numbers *numbers,
                         const struct sip__plan *plan, const sip_sdp_media *media)
{
    const sip_sdp_attribute *at = NULL;
    sip_sdp_extmap extension;

    if (media == NULL || !sip__is_rtp(media->protocol)) {
        return;
    }
    sip__formats_read(media, &negotiation->table);
    for (size_t i = 0; i < negotiation->table.n; i++) {
        const struct sip__format *format = &negotiation->table.at[i];
        struct sip__meaning *meaning = &numbers->payloads[format->map.payload % 128];

        if (format->known && meaning->plan == NULL) {
            *meaning = (struct sip__meaning){plan, format->map, format->fmtp};
        }
    }
    while ((at = sip_sdp_next_attribute(media->attributes, media->n_attributes, "extmap", at)) !=
           NULL) {
        if (sip_sdp_extmap_parse(at->value, &extension) == 0 && extension.id < SIP__N_EXTENSIONS &&
            numbers->extensions[extension.id].len == 0) {
            numbers->extensions[extension.id] = extension.uri;
        }
    }
}

/** The sections of the round before in the place of a stream that goes on, or NULL. */
static const sip_sdp_media *section_of(const struct sip__negotiation *negotiation,
                                       const struct sip__plan *plan, bool remote)
{
    if (!plan->continues) {
        return NULL;
    }
    return remote ? negotiation->last->streams[plan - negotiation->plans].remote : plan->last;
}

/** True if a section numbers an extension otherwise than the bundle does. */
static bool clashes(const struct sip__numbers *bundle, const sip_sdp_media *media)
{
    const sip_sdp_attribute *at = NULL;
    sip_sdp_extmap own;

    while (media != NULL && (at = sip_sdp_next_attribute(media->attributes, media->n_attributes,
                                                         "extmap", at)) != NULL) {
        if (sip_sdp_extmap_parse(at->value, &own) != 0 || own.id >= SIP__N_EXTENSIONS) {
            continue;
        }
        for (size_t i = 1; i < SIP__N_EXTENSIONS; i++) {
            if (bundle->extensions[i].len > 0 &&
                (i == own.id) != sip_str_same(bundle->extensions[i], own.uri)) {
                return true;
            }
        }
    }
    return false;
}

void sip__numbers_fit(struct sip__negotiation *negotiation)
{
    memset(&negotiation->bundle, 0, sizeof negotiation->bundle);
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < negotiation->n_plans; i++) {
            struct sip__plan *plan = &negotiation->plans[i];
            const bool is_inside = i == negotiation->bundle_first || plan->transport != i;
            const sip_sdp_media *local = section_of(negotiation, plan, false);
            const sip_sdp_media *remote = section_of(negotiation, plan, true);

            if (!plan->in_bundle || is_inside != (pass == 0)) {
                continue;
            }
            if (pass == 1 &&
                (clashes(&negotiation->bundle, local) || clashes(&negotiation->bundle, remote))) {
                plan->in_bundle = false;
                continue;
            }
            note_section(negotiation, &negotiation->bundle, plan, local);
            note_section(negotiation, &negotiation->bundle, plan, remote);
        }
    }
}

void sip__numbers_begin(struct sip__negotiation *negotiation)
{
    memset(&negotiation->bundle, 0, sizeof negotiation->bundle);
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < negotiation->n_plans; i++) {
            const struct sip__plan *plan = &negotiation->plans[i];

            if (plan->in_bundle) {
                note_section(negotiation, &negotiation->bundle, plan,
                             section_of(negotiation, plan, pass == 1));
            }
        }
    }
}

static bool names_payloads(const sip_oa_codec *codec)
{
    return sip__names_payloads(sip_str_of(codec->encoding));
}

/** The payload type of the codec that wanted this one. */
static uint64_t numbered(const struct sip__negotiation *negotiation, const struct sip__plan *plan,
                         uint64_t wanted)
{
    for (size_t i = 0; i < plan->stream->n_codecs && i < SIP__MAX_FORMATS; i++) {
        const sip_oa_codec *codec = &plan->stream->codecs[i];

        if (codec->payload == wanted && !names_payloads(codec)) {
            return negotiation->choices[i].payload;
        }
    }
    return wanted;
}

/** Copy parameters with the payload types replaced that begin in `text` at or after `from`, one or
 * all; SIP__MAX_PARAMETERS if they are too long. */
static size_t renumber(const struct sip__negotiation *negotiation, const struct sip__plan *plan,
                       sip_str text, const char *from, bool all, char out[SIP__MAX_PARAMETERS])
{
    size_t len = 0;

    for (size_t i = 0; text.ptr != NULL && i < text.len && len < SIP__MAX_PARAMETERS;) {
        size_t n = 0;
        uint64_t wanted;

        while (from != NULL && text.ptr + i >= from && i + n < text.len && text.ptr[i + n] >= '0' &&
               text.ptr[i + n] <= '9') {
            n++;
        }
        if (n == 0 || sip__sdp_number_parse((sip_str){text.ptr + i, n}, UINT8_MAX, &wanted) != 0) {
            n = n > 0 ? n : 1;
            if (len + n <= SIP__MAX_PARAMETERS) {
                memcpy(out + len, text.ptr + i, n);
            }
            len += n;
        } else {
            len += (size_t)snprintf(out + len, SIP__MAX_PARAMETERS - len, "%u",
                                    (unsigned)numbered(negotiation, plan, wanted));
            from = all ? from : NULL;
        }
        i += n;
    }
    return len;
}

sip_str sip__offered_fmtp(const struct sip__negotiation *negotiation, const struct sip__plan *plan,
                          const sip_oa_codec *codec, char out[SIP__MAX_PARAMETERS])
{
    const sip_str own = sip_str_of(codec->fmtp);
    const bool is_rtx = sip_str_equal_nocase(sip_str_of(codec->encoding), "rtx");
    sip_str repeated;
    size_t len;

    if (!names_payloads(codec) || own.len == 0) {
        return own;
    }
    if (is_rtx && !sip_sdp_fmtp_find(own, "apt", &repeated)) {
        return own;
    }
    len = renumber(negotiation, plan, own, is_rtx ? repeated.ptr : own.ptr, !is_rtx, out);
    return len < SIP__MAX_PARAMETERS ? (sip_str){out, len} : own;
}

/** True if this payload type means another thing: in this offer, in this stream, or in another of
 * the bundle, where parameters must be the same too. */
static bool is_taken(const struct sip__negotiation *negotiation, const struct sip__plan *plan,
                     uint8_t payload, const sip_oa_codec *codec, sip_str fmtp)
{
    const struct sip__meaning *own = &negotiation->numbers.payloads[payload];
    const struct sip__meaning *other = &negotiation->bundle.payloads[payload];
    const sip_sdp_rtpmap map = map_of(codec);
    sip_sdp_rtpmap assigned;

    for (size_t i = 0; i < plan->stream->n_codecs && i < SIP__MAX_FORMATS; i++) {
        if (negotiation->choices[i].payload == payload) {
            return true;
        }
    }
    if ((sip_sdp_static_rtpmap(payload, &assigned) == 0 && !sip_sdp_same_rtpmap(&assigned, &map)) ||
        (own->plan != NULL && !sip_sdp_same_rtpmap(&own->map, &map))) {
        return true;
    }
    if (!plan->in_bundle || other->plan == NULL || other->plan == plan) {
        return false;
    }
    return names_payloads(codec) || !sip_sdp_same_rtpmap(&other->map, &map) ||
           !sip_str_same(other->fmtp, fmtp);
}

/** The payload type that a codec had in this stream; UNNUMBERED: none. With `exact` the parameters
 * must be the same text, else only mean the same. */
static uint8_t former_number(const struct sip__negotiation *negotiation,
                             const struct sip__plan *plan, const sip_oa_codec *codec, sip_str fmtp,
                             bool exact)
{
    const sip_oa_fmtp *hooks = negotiation->capabilities->fmtp;
    const sip_sdp_rtpmap map = map_of(codec);

    for (size_t i = 0; i < negotiation->table.n; i++) {
        const struct sip__format *old = &negotiation->table.at[i];

        if (!old->known || !sip_sdp_same_rtpmap(&old->map, &map) ||
            is_taken(negotiation, plan, old->map.payload, codec, fmtp)) {
            continue;
        }
        if (exact ? sip_str_same(old->fmtp, fmtp)
                  : hooks != NULL && hooks->match != NULL &&
                        hooks->match(old->map.encoding, old->fmtp, fmtp, hooks->user_data)) {
            return old->map.payload;
        }
    }
    return UNNUMBERED;
}

/** The payload type that a codec had, or wants, or a free one: of those for it, or of those that
 * nobody has and that RTCP on the same port leaves (RFC 5761 4). */
static uint8_t number_for(const struct sip__negotiation *negotiation, const struct sip__plan *plan,
                          const sip_oa_codec *codec, sip_str fmtp)
{
    uint8_t former = former_number(negotiation, plan, codec, fmtp, true);

    if (former == UNNUMBERED) {
        former = former_number(negotiation, plan, codec, fmtp, false);
    }
    if (former != UNNUMBERED) {
        return former;
    }
    if (codec->payload < 128 && !is_taken(negotiation, plan, codec->payload, codec, fmtp)) {
        return codec->payload;
    }
    for (uint8_t i = 96; i < 128; i++) {
        if (!is_taken(negotiation, plan, i, codec, fmtp)) {
            return i;
        }
    }
    for (uint8_t i = 35; i < 64; i++) {
        if (!is_taken(negotiation, plan, i, codec, fmtp)) {
            return i;
        }
    }
    return UNNUMBERED;
}

/** Number one codec; false if nothing is left. */
static bool number_codec(struct sip__negotiation *negotiation, const struct sip__plan *plan,
                         size_t i)
{
    const sip_oa_codec *codec = &plan->stream->codecs[i];
    char text[SIP__MAX_PARAMETERS];
    const sip_str fmtp = sip__offered_fmtp(negotiation, plan, codec, text);
    const uint8_t payload = number_for(negotiation, plan, codec, fmtp);
    struct sip__meaning *meaning = &negotiation->bundle.payloads[payload % 128];

    negotiation->choices[i].payload = payload;
    if (plan->in_bundle && meaning->plan == NULL) {
        *meaning = (struct sip__meaning){plan, map_of(codec), sip_str_of(codec->fmtp)};
    }
    return payload != UNNUMBERED;
}

size_t sip__number_codecs(struct sip__negotiation *negotiation, const struct sip__plan *plan)
{
    const bool rtp = sip__is_rtp(plan->protocol);
    const size_t n =
        plan->stream->n_codecs < SIP__MAX_FORMATS ? plan->stream->n_codecs : SIP__MAX_FORMATS;

    memset(&negotiation->numbers, 0, sizeof negotiation->numbers);
    note_section(negotiation, &negotiation->numbers, plan, section_of(negotiation, plan, false));
    note_section(negotiation, &negotiation->numbers, plan, section_of(negotiation, plan, true));
    negotiation->table.n = 0;
    if (rtp && plan->continues) {
        sip__formats_read(plan->last, &negotiation->table);
    }
    for (size_t i = 0; i < n; i++) {
        negotiation->choices[i] =
            (struct sip__format_choice){&plan->stream->codecs[i], NULL, rtp ? UNNUMBERED : 0};
    }
    /* Those that name others come after them. */
    for (size_t pass = 0; rtp && pass < 2; pass++) {
        for (size_t i = 0; i < n; i++) {
            if (names_payloads(&plan->stream->codecs[i]) == (pass == 1) &&
                !number_codec(negotiation, plan, i)) {
                sip__plan_fail(negotiation, SIP_ETOOBIG);
                return 0;
            }
        }
    }
    return n;
}

unsigned sip__number_extension(struct sip__negotiation *negotiation, const struct sip__plan *plan,
                               sip_str uri)
{
    sip_str *own = negotiation->numbers.extensions;
    sip_str *all = negotiation->bundle.extensions;
    unsigned found = 0;

    for (unsigned i = SIP__N_EXTENSIONS - 1; i > 0; i--) {
        if (sip_str_same(own[i], uri)) {
            return i;
        }
        if (plan->in_bundle && own[i].len == 0 && sip_str_same(all[i], uri)) {
            found = i;
        }
    }
    /* 15 ends the short form of extensions (RFC 8285 4.2). */
    for (unsigned i = 1; i < SIP__N_EXTENSIONS && found == 0; i++) {
        if (i != 15 && own[i].len == 0 && (!plan->in_bundle || all[i].len == 0)) {
            found = i;
        }
    }
    if (found != 0) {
        own[found] = uri;
        if (plan->in_bundle) {
            all[found] = uri;
        }
    }
    return found;
}
