/* Writing what was planned. */
#include "body/stream_number.h"

#include "body/sdp_text.h"

#include <stdio.h>
#include <string.h>

#define FORMATS_BYTES (SIP__MAX_FORMATS * 4 + 1)
#define GROUP_BYTES (SIP__MAX_STREAMS * (SIP__MAX_MID + 1) + 32)

void sip__plan_fail(struct sip__negotiation *negotiation, int err)
{
    if (negotiation->builder.err == 0) {
        negotiation->builder.err = err;
    }
}

static const char *addr_type(const char *address)
{
    return strchr(address, ':') != NULL ? "IP6" : "IP4";
}

static void add_each(sip_sdp_builder *builder, const char *const *values)
{
    for (size_t i = 0; values != NULL && values[i] != NULL; i++) {
        sip_sdp_builder_value(builder, 'a', sip_str_of(values[i]));
    }
}

/** A group on its way. */
struct group {
    char text[GROUP_BYTES];
    size_t len;
    size_t n_members;
};

static void begin_group(struct group *group, const char *semantics)
{
    group->n_members = 0;
    group->len = (size_t)snprintf(group->text, sizeof group->text, "group:%s", semantics);
}

static void add_member(struct group *group, sip_str mid)
{
    if (mid.len <= SIP__MAX_MID && mid.len < sizeof group->text - group->len) {
        group->text[group->len] = ' ';
        memcpy(group->text + group->len + 1, mid.ptr, mid.len);
        group->len += mid.len + 1;
        group->n_members++;
    }
}

static void end_group(struct sip__negotiation *negotiation, const struct group *group)
{
    if (group->n_members > 0) {
        sip_sdp_builder_value(&negotiation->builder, 'a', (sip_str){group->text, group->len});
    }
}

/** Answer a group with those of its members that are taken, in its order, each once. */
static void write_group(struct sip__negotiation *negotiation, const char *semantics, bool bundle)
{
    sip_str members = sip__group_of(negotiation->offer, semantics);
    bool used[SIP__MAX_STREAMS] = {false};
    struct group group;
    sip_str mid;

    begin_group(&group, semantics);
    while (sip_sdp_word_next(&members, &mid)) {
        for (size_t i = 0; i < negotiation->n_plans; i++) {
            const struct sip__plan *plan = &negotiation->plans[i];

            if (!used[i] && plan->refusal == SIP_OA_TAKEN && (!bundle || plan->in_bundle) &&
                sip_str_same(plan->mid, mid)) {
                used[i] = true;
                add_member(&group, mid);
                break;
            }
        }
    }
    end_group(negotiation, &group);
}

/** The bundle of an offer, the stream that carries it first. */
static void write_own_bundle(struct sip__negotiation *negotiation)
{
    struct group group;

    begin_group(&group, "BUNDLE");
    for (size_t pass = 0; pass < 2 && negotiation->bundle_first != SIP_OA_NONE; pass++) {
        for (size_t i = 0; i < negotiation->n_plans; i++) {
            const struct sip__plan *plan = &negotiation->plans[i];

            if (plan->in_bundle && (i == negotiation->bundle_first) == (pass == 0)) {
                add_member(&group, plan->mid);
            }
        }
    }
    end_group(negotiation, &group);
}

/** t= of an answer is the offer's (RFC 3264 6). */
static void write_times(struct sip__negotiation *negotiation)
{
    const sip_sdp *source = negotiation->offer;
    bool any = false;

    if (source == NULL && negotiation->last != NULL) {
        source = negotiation->last->local;
    }
    for (size_t i = 0; source != NULL && i < source->n_lines; i++) {
        const sip_sdp_line *line = &source->lines[i];

        if (line->type == 't' || (any && (line->type == 'r' || line->type == 'z'))) {
            sip_sdp_builder_value(&negotiation->builder, line->type, line->value);
            any = true;
        }
    }
    if (!any) {
        sip_sdp_builder_line(&negotiation->builder, 't', "0 0");
    }
}

static void write_session(struct sip__negotiation *negotiation, sip_str version)
{
    const sip_oa_capabilities *c = negotiation->capabilities;
    const sip_sdp *own = negotiation->last != NULL ? negotiation->last->local : NULL;
    sip_sdp_builder *builder = &negotiation->builder;

    sip_sdp_builder_line(builder, 'v', "0");
    if (own != NULL) {
        sip_sdp_builder_line(
            builder, 'o', SIP_FMT " " SIP_FMT " " SIP_FMT " IN %s " SIP_FMT,
            SIP_ARG(own->origin_user), SIP_ARG(own->origin_id), SIP_ARG(version),
            memchr(own->origin_address.ptr, ':', own->origin_address.len) != NULL ? "IP6" : "IP4",
            SIP_ARG(own->origin_address));
    } else {
        sip_sdp_builder_line(builder, 'o', "%s %s " SIP_FMT " IN %s %s",
                             c->user != NULL ? c->user : "-", c->session_id, SIP_ARG(version),
                             addr_type(c->address), c->address);
    }
    sip_sdp_builder_line(builder, 's', "%s", c->session_name != NULL ? c->session_name : "-");
    sip_sdp_builder_line(builder, 'c', "IN %s %s", addr_type(c->address), c->address);
    write_times(negotiation);
    if (negotiation->offer != NULL) {
        write_group(negotiation, "BUNDLE", true);
        if (c->lip_sync) {
            write_group(negotiation, "LS", false);
        }
    } else {
        write_own_bundle(negotiation);
    }
    add_each(builder, c->attributes);
}

/** A closed place still has a format: the first one of those that were there, or that would be. */
static void write_closed(struct sip__negotiation *negotiation, const struct sip__plan *plan)
{
    const sip_sdp_media *source = plan->offered != NULL ? plan->offered : plan->last;
    sip_sdp_builder *builder = &negotiation->builder;

    if (source != NULL) {
        sip_str formats = source->formats;
        sip_str first = SIP_STR("0");

        (void)sip_sdp_word_next(&formats, &first);
        sip_sdp_builder_line(builder, 'm', SIP_FMT " 0 " SIP_FMT " " SIP_FMT, SIP_ARG(source->type),
                             SIP_ARG(source->protocol), SIP_ARG(first));
    } else if (sip__is_rtp(plan->protocol)) {
        sip_sdp_builder_line(builder, 'm', "%s 0 " SIP_FMT " %u", plan->stream->type,
                             SIP_ARG(plan->protocol), plan->stream->codecs[0].payload % 128u);
    } else {
        sip_sdp_builder_line(builder, 'm', "%s 0 " SIP_FMT " %s", plan->stream->type,
                             SIP_ARG(plan->protocol), plan->stream->codecs[0].encoding);
    }
    if (plan->mid.len > 0) {
        sip_sdp_builder_line(builder, 'a', "mid:" SIP_FMT, SIP_ARG(plan->mid));
    }
}

/** What was offered to a multicast group; NULL for a stream that is in none. */
static const sip_sdp_media *group_of(const struct sip__plan *plan)
{
    return plan->multicast ? plan->offered : NULL;
}

/** c= where it is not the session's. */
static void write_connection(struct sip__negotiation *negotiation, const struct sip__plan *plan)
{
    const sip_oa_stream *carrier = negotiation->plans[plan->transport].stream;
    const sip_sdp_media *group = group_of(plan);

    if (group != NULL) {
        const sip_sdp *offer = negotiation->offer;
        const sip_sdp_line *line = sip_sdp_next_line(group->lines, group->n_lines, 'c', NULL);

        if (line == NULL) {
            line = sip_sdp_next_line(offer->lines, offer->n_lines, 'c', NULL);
        }
        sip_sdp_builder_value(&negotiation->builder, 'c', line->value);
    } else if (carrier->address != NULL &&
               strcmp(carrier->address, negotiation->capabilities->address) != 0) {
        sip_sdp_builder_line(&negotiation->builder, 'c', "IN %s %s", addr_type(carrier->address),
                             carrier->address);
    }
}

/** The feedback of a codec; in an answer what the offer has of it (RFC 4585 4.2). */
static void write_feedback(struct sip__negotiation *negotiation, const struct sip__plan *plan,
                           const struct sip__format_choice *choice)
{
    const char *const *feedback = choice->codec->feedback;

    for (size_t i = 0; feedback != NULL && feedback[i] != NULL; i++) {
        bool wanted = plan->offered == NULL;
        const sip_sdp_attribute *at = NULL;

        while (!wanted &&
               (at = sip_sdp_next_attribute(plan->offered->attributes, plan->offered->n_attributes,
                                            "rtcp-fb", at)) != NULL) {
            sip_str value = at->value;
            sip_str format;

            wanted = sip__sdp_take_word(&value, &format) &&
                     (sip_str_equal(format, "*") || sip_str_same(format, choice->offered->token)) &&
                     sip_str_equal(value, feedback[i]);
        }
        if (wanted) {
            sip_sdp_builder_line(&negotiation->builder, 'a', "rtcp-fb:%u %s", choice->payload,
                                 feedback[i]);
        }
    }
}

/** Our parameters for a format. */
static void write_fmtp(struct sip__negotiation *negotiation, const struct sip__plan *plan,
                       const char *format, const struct sip__format_choice *choice)
{
    const sip_oa_fmtp *hooks = negotiation->capabilities->fmtp;
    sip_str own = sip_str_of(choice->codec->fmtp);
    char text[SIP__MAX_PARAMETERS];

    if (choice->offered == NULL) {
        own = sip__offered_fmtp(negotiation, plan, choice->codec, text);
    } else if (sip__names_payloads(choice->offered->map.encoding)) {
        own = choice->offered->fmtp;
    } else if (hooks != NULL && hooks->answer != NULL) {
        const size_t len = hooks->answer(sip_str_of(choice->codec->encoding), choice->offered->fmtp,
                                         own, text, sizeof text, hooks->user_data);

        if (len > sizeof text) {
            sip__plan_fail(negotiation, SIP_ETOOBIG);
            return;
        }
        own = (sip_str){text, len};
    }
    if (own.len > 0) {
        sip_sdp_builder_line(&negotiation->builder, 'a', "fmtp:%s " SIP_FMT, format, SIP_ARG(own));
    }
}

static void write_format(struct sip__negotiation *negotiation, const struct sip__plan *plan,
                         const struct sip__format_choice *choice)
{
    const sip_oa_codec *codec = choice->codec;
    char format[8];

    (void)snprintf(format, sizeof format, "%u", choice->payload);
    if (codec->channels > 1) {
        sip_sdp_builder_line(&negotiation->builder, 'a', "rtpmap:%s %s/%u/%u", format,
                             codec->encoding, (unsigned)codec->clock_hz, (unsigned)codec->channels);
    } else {
        sip_sdp_builder_line(&negotiation->builder, 'a', "rtpmap:%s %s/%u", format, codec->encoding,
                             (unsigned)codec->clock_hz);
    }
    write_fmtp(negotiation, plan, format, choice);
    write_feedback(negotiation, plan, choice);
}

static uint16_t port_of(const struct sip__negotiation *negotiation, const struct sip__plan *plan)
{
    const sip_sdp_media *group = group_of(plan);

    if (group != NULL) {
        return group->port;
    }
    if (plan->offered == NULL && plan->in_bundle && plan->stream->bundle_only && !plan->continues) {
        return 0;
    }
    return negotiation->plans[plan->transport].stream->port;
}

static void write_media_line(struct sip__negotiation *negotiation, const struct sip__plan *plan,
                             size_t n)
{
    const bool rtp = sip__is_rtp(plan->protocol);
    const sip_sdp_media *group = group_of(plan);
    char formats[FORMATS_BYTES];
    char count[16] = "";
    size_t len = 0;

    for (size_t i = 0; i < n && len < sizeof formats; i++) {
        const struct sip__format_choice *choice = &negotiation->choices[i];

        len += (size_t)(rtp ? snprintf(formats + len, sizeof formats - len, " %u", choice->payload)
                            : snprintf(formats + len, sizeof formats - len, " %s",
                                       choice->codec->encoding));
    }
    if (len >= sizeof formats) {
        sip__plan_fail(negotiation, SIP_ETOOBIG);
        return;
    }
    if (group != NULL && group->n_ports > 1) {
        (void)snprintf(count, sizeof count, "/%u", (unsigned)group->n_ports);
    }
    sip_sdp_builder_line(&negotiation->builder, 'm', "%s %u%s " SIP_FMT SIP_FMT, plan->stream->type,
                         port_of(negotiation, plan), count, SIP_ARG(plan->protocol), (int)len,
                         formats);
}

/** The part that we have in the DTLS of a stream that goes on: it would be set up anew if we took
 * the other one (RFC 8842 5.3). Else what our stream wants. */
static sip_sdp_setup kept_setup(const struct sip__negotiation *negotiation,
                                const struct sip__plan *plan)
{
    const size_t i = (size_t)(plan - negotiation->plans);
    const sip_oa_agreed *last = plan->continues ? &negotiation->last->streams[i] : NULL;

    if (last != NULL && last->has_setup && last->setup != SIP_SDP_HOLDCONN &&
        !sip__is_connected(plan->protocol)) {
        return last->setup;
    }
    return plan->stream->setup;
}

/** Our part in setting a connection up (RFC 4145 4.1): the one that fits the offered one. */
static sip_sdp_setup answer_setup(const struct sip__negotiation *negotiation,
                                  const struct sip__plan *plan)
{
    const sip_sdp_attribute *at = sip__path_attribute(negotiation->offer, plan->offered, "setup");
    sip_sdp_setup offered = SIP_SDP_ACTIVE;

    if (at != NULL) {
        (void)sip_sdp_setup_parse(at->value, &offered);
    }
    switch (offered) {
    case SIP_SDP_ACTPASS:
        return kept_setup(negotiation, plan) == SIP_SDP_PASSIVE ? SIP_SDP_PASSIVE : SIP_SDP_ACTIVE;
    case SIP_SDP_PASSIVE:
        return SIP_SDP_ACTIVE;
    case SIP_SDP_HOLDCONN:
        return SIP_SDP_HOLDCONN;
    case SIP_SDP_ACTIVE:
        break;
    }
    return SIP_SDP_PASSIVE;
}

static void write_setup(struct sip__negotiation *negotiation, const struct sip__plan *plan)
{
    const sip_oa_stream *stream = plan->stream;
    const sip_str protocol = plan->protocol;
    const sip_sdp_setup setup = plan->offered != NULL              ? answer_setup(negotiation, plan)
                                : sip__wants_fingerprint(protocol) ? SIP_SDP_ACTPASS
                                                                   : stream->setup;
    bool existing = plan->continues && plan->last->port == stream->port;

    if (sip__wants_fingerprint(protocol)) {
        sip_sdp_builder_line(&negotiation->builder, 'a', "fingerprint:%s",
                             stream->fingerprint != NULL ? stream->fingerprint : "");
    } else if (!sip__is_connected(protocol)) {
        return;
    }
    sip_sdp_builder_line(&negotiation->builder, 'a', "setup:%s", sip_sdp_setup_name(setup));
    if (!sip__is_connected(protocol)) {
        return;
    }
    if (plan->offered != NULL) {
        const sip_sdp_attribute *at = sip_sdp_media_attribute(plan->offered, "connection");
        bool offered = false;

        existing =
            existing && at != NULL && sip_sdp_reuse_parse(at->value, &offered) == 0 && offered;
    }
    sip_sdp_builder_line(&negotiation->builder, 'a', "connection:%s",
                         existing ? "existing" : "new");
}

static void write_crypto(struct sip__negotiation *negotiation, const struct sip__plan *plan)
{
    const sip_oa_stream *stream = plan->stream;
    sip_sdp_builder *builder = &negotiation->builder;
    const sip_oa_crypto *own;
    sip_sdp_crypto offered;

    if (plan->offered == NULL) {
        for (size_t i = 0; i < stream->n_crypto; i++) {
            sip_sdp_builder_line(builder, 'a', "crypto:%u %s %s", (unsigned)i + 1,
                                 stream->crypto[i].suite, stream->crypto[i].keys);
        }
    } else if (sip__crypto_choose(sip__path_section(negotiation->offer, plan->offered, "crypto"),
                                  stream, &offered, &own)) {
        sip_sdp_builder_line(builder, 'a', "crypto:%u " SIP_FMT " %s", (unsigned)offered.tag,
                             SIP_ARG(offered.suite), own->keys);
    }
}

/** The offered header extension with this URI, of the section or else of the session. */
static bool find_extension(const struct sip__negotiation *negotiation, const struct sip__plan *plan,
                           const char *uri, sip_sdp_extmap *ret_map)
{
    const sip_sdp_attribute *levels[] = {plan->offered->attributes, negotiation->offer->attributes};
    const size_t n[] = {plan->offered->n_attributes, negotiation->offer->n_attributes};

    for (size_t i = 0; i < 2; i++) {
        const sip_sdp_attribute *at = NULL;
        sip_sdp_extmap map;

        while ((at = sip_sdp_next_attribute(levels[i], n[i], "extmap", at)) != NULL) {
            if (sip_sdp_extmap_parse(at->value, &map) == 0 && sip_str_equal(map.uri, uri)) {
                *ret_map = map;
                return true;
            }
        }
    }
    return false;
}

/** Header extensions: in an answer numbered by the offer, their direction as we see it (RFC 8285
 * 6).
 */
static void write_extensions(struct sip__negotiation *negotiation, const struct sip__plan *plan)
{
    const char *const *uris = plan->stream->extensions;
    sip_sdp_builder *builder = &negotiation->builder;

    for (size_t i = 0; uris != NULL && uris[i] != NULL; i++) {
        sip_sdp_extmap map;

        if (plan->offered == NULL) {
            const unsigned id = sip__number_extension(negotiation, plan, sip_str_of(uris[i]));

            if (id == 0) {
                sip__plan_fail(negotiation, SIP_ETOOBIG);
                return;
            }
            sip_sdp_builder_line(builder, 'a', "extmap:%u %s", id, uris[i]);
        } else if (find_extension(negotiation, plan, uris[i], &map)) {
            sip_sdp_builder_line(
                builder, 'a', "extmap:%u%s%s %s", map.id, map.has_direction ? "/" : "",
                map.has_direction ? sip_sdp_direction_name(sip_sdp_mirror(map.direction)) : "",
                uris[i]);
        }
    }
}

static void write_rtcp(struct sip__negotiation *negotiation, const struct sip__plan *plan)
{
    const sip_oa_stream *stream = plan->stream;
    const bool mux =
        stream->rtcp_mux && !plan->multicast &&
        (plan->offered == NULL || sip_sdp_media_attribute(plan->offered, "rtcp-mux") != NULL ||
         (plan->in_bundle &&
          sip__path_attribute(negotiation->offer, plan->offered, "rtcp-mux") != NULL));

    if (stream->rtcp_port != 0 && !plan->multicast && !(mux && plan->offered != NULL) &&
        plan->transport == (size_t)(plan - negotiation->plans)) {
        sip_sdp_builder_line(&negotiation->builder, 'a', "rtcp:%u", stream->rtcp_port);
    }
    if (mux) {
        sip_sdp_builder_line(&negotiation->builder, 'a', "rtcp-mux");
    }
}

/** What belongs to the way that media goes: left to the stream that carries the bundle (RFC 9143
 * 7.1.3). */
static void write_path(struct sip__negotiation *negotiation, const struct sip__plan *plan)
{
    if (plan->transport != (size_t)(plan - negotiation->plans)) {
        return;
    }
    if (port_of(negotiation, plan) == 0) {
        sip_sdp_builder_line(&negotiation->builder, 'a', "bundle-only");
        return;
    }
    if (sip__wants_crypto(plan->protocol)) {
        write_crypto(negotiation, plan);
    }
    write_setup(negotiation, plan);
    add_each(&negotiation->builder, plan->stream->path_attributes);
}

void sip__plan_write_stream(struct sip__negotiation *negotiation, struct sip__plan *plan)
{
    sip_sdp_builder *builder = &negotiation->builder;
    const sip_oa_stream *stream = plan->stream;
    const bool rtp = sip__is_rtp(plan->protocol);
    size_t n;

    if (plan->refusal != SIP_OA_TAKEN) {
        write_closed(negotiation, plan);
        return;
    }
    if (plan->offered != NULL) {
        sip__formats_read(plan->offered, &negotiation->table);
        n = sip__formats_choose(&negotiation->table, stream, negotiation->capabilities,
                                negotiation->choices);
        for (size_t i = 0; plan->in_bundle && i < n; i++) {
            /* Numbers of our own could mean two things in the bundle (RFC 9143 9.1). */
            negotiation->choices[i].payload = negotiation->choices[i].offered->map.payload;
        }
    } else {
        n = sip__number_codecs(negotiation, plan);
    }
    write_media_line(negotiation, plan, n);
    write_connection(negotiation, plan);
    if (stream->bandwidth != NULL) {
        sip_sdp_builder_line(builder, 'b', "%s", stream->bandwidth);
    }
    if (plan->mid.len > 0) {
        sip_sdp_builder_line(builder, 'a', "mid:" SIP_FMT, SIP_ARG(plan->mid));
    }
    for (size_t i = 0; rtp && i < n; i++) {
        write_format(negotiation, plan, &negotiation->choices[i]);
    }
    if (stream->ptime_ms > 0) {
        sip_sdp_builder_line(builder, 'a', "ptime:%u", (unsigned)stream->ptime_ms);
    }
    if (stream->maxptime_ms > 0) {
        sip_sdp_builder_line(builder, 'a', "maxptime:%u", (unsigned)stream->maxptime_ms);
    }
    sip_sdp_builder_line(builder, 'a', "%s", sip_sdp_direction_name(plan->direction));
    if (rtp) {
        write_rtcp(negotiation, plan);
        write_extensions(negotiation, plan);
    }
    write_path(negotiation, plan);
    add_each(builder, stream->attributes);
}

void sip__plan_write(struct sip__negotiation *negotiation, sip_str version)
{
    write_session(negotiation, version);
    if (negotiation->offer == NULL) {
        sip__numbers_begin(negotiation);
    }
    for (size_t i = 0; i < negotiation->n_plans; i++) {
        sip__plan_write_stream(negotiation, &negotiation->plans[i]);
    }
}
