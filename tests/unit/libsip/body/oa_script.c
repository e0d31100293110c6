#include "oa_script.h"

#include "parser/numeric.h"

static const char *keep(oa_caps *caps, sip_str text)
{
    char *copy = caps->text + caps->used;

    assert_true(text.len < sizeof caps->text - caps->used);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    caps->used += text.len + 1;
    return copy;
}

static const char *const *one_protocol(const char *protocol)
{
    static const char *const rtp[] = {"RTP/AVP", NULL};

    assert_string_equal(protocol, "RTP/AVP");
    return rtp;
}

static void stream_of(oa_caps *caps, size_t i, const sip_sdp *sdp)
{
    const sip_sdp_media *media = &sdp->media[i];
    sip_oa_stream *stream = &caps->streams[i];
    sip_str formats = media->formats;
    sip_str format;

    *stream = (sip_oa_stream){.type = keep(caps, media->type),
                              .protocols = one_protocol(keep(caps, media->protocol)),
                              .codecs = caps->codecs[i],
                              .address = keep(caps, media->connection),
                              .port = media->port,
                              .direction = media->direction};
    while (sip_sdp_word_next(&formats, &format)) {
        sip_oa_codec *codec = &caps->codecs[i][stream->n_codecs++];
        uint32_t payload;
        sip_sdp_rtpmap map;

        assert_int_equal(sip__number_parse(format, &payload), 0);
        assert_int_equal(sip_sdp_media_rtpmap(media, (uint8_t)payload, &map), 0);
        *codec = (sip_oa_codec){.encoding = keep(caps, map.encoding),
                                .clock_hz = map.clock_hz,
                                .channels = map.channels,
                                .payload = (uint8_t)payload};
    }
}

void oa_caps_of(oa_caps *caps, const sip_sdp *sdp)
{
    *caps = (oa_caps){.c = {.strict = true, .own_payloads = true}};
    caps->c.user = keep(caps, sdp->origin_user);
    caps->c.session_id = keep(caps, sdp->origin_id);
    caps->c.version = keep(caps, sdp->origin_version);
    caps->c.address = keep(caps, sdp->connection);
    caps->c.streams = caps->streams;
    caps->c.n_streams = sdp->n_media;
    for (size_t i = 0; i < sdp->n_media; i++) {
        stream_of(caps, i, sdp);
    }
}

static void assert_same_words(sip_str a, sip_str b)
{
    sip_str word;

    assert_int_equal(a.len, b.len);
    while (sip_sdp_word_next(&a, &word)) {
        assert_true(sip_sdp_has_word(b, word));
    }
}

static void assert_same_streams(const sip_sdp *made, const sip_sdp *wanted)
{
    assert_int_equal(made->n_media, wanted->n_media);
    assert_true(sip_str_same(made->origin_version, wanted->origin_version));
    assert_true(sip_str_same(made->origin_id, wanted->origin_id));
    for (size_t i = 0; i < made->n_media; i++) {
        const sip_sdp_media *a = &made->media[i];
        const sip_sdp_media *b = &wanted->media[i];

        assert_true(sip_str_same(a->type, b->type));
        assert_true(sip_str_same(a->protocol, b->protocol));
        assert_int_equal(a->port, b->port);
        if (a->port != 0) {
            assert_same_words(a->formats, b->formats);
            assert_true(sip_str_same(a->connection, b->connection));
            assert_int_equal(a->direction, b->direction);
        }
    }
}

static char letter_of(const sip_oa_agreed *agreed)
{
    if (agreed->refusal != SIP_OA_TAKEN) {
        return '-';
    }
    switch (agreed->direction) {
    case SIP_SDP_SENDRECV:
        return 'b';
    case SIP_SDP_SENDONLY:
        return 's';
    case SIP_SDP_RECVONLY:
        return 'r';
    case SIP_SDP_INACTIVE:
        break;
    }
    return 'i';
}

static void assert_agreed(const sip_oa_result *a, const sip_oa_result *b, const char *directions)
{
    assert_int_equal(a->n_streams, strlen(directions));
    for (size_t i = 0; i < a->n_streams; i++) {
        assert_int_equal(letter_of(&a->streams[i]), directions[i]);
        assert_int_equal(a->streams[i].refusal == SIP_OA_TAKEN,
                         b->streams[i].refusal == SIP_OA_TAKEN);
        if (directions[i] != '-') {
            assert_int_equal(b->streams[i].direction, sip_sdp_mirror(a->streams[i].direction));
            assert_int_equal(a->streams[i].n_formats, b->streams[i].n_formats);
            assert_true(a->streams[i].n_formats > 0);
        }
        for (size_t k = 0; k < a->streams[i].n_formats; k++) {
            const sip_oa_format *one = &a->streams[i].formats[k];
            const sip_oa_format *other = &b->streams[i].formats[k];

            assert_true(sip_str_same_nocase(one->encoding, other->encoding));
            assert_int_equal(one->send_payload, other->receive_payload);
            assert_int_equal(one->receive_payload, other->send_payload);
        }
    }
}

static void run_round(const oa_round *round, sip_oa_result **last_offerer,
                      sip_oa_result **last_answerer)
{
    static oa_caps offerer, answerer;
    sip_oa_result *pending = NULL, *here = NULL, *there = NULL;
    sip_oa_problem problem = {0};
    sip_sdp *offer = NULL, *answer = NULL;

    assert_int_equal(sip_sdp_parse(NULL, sip_str_of(round->offer), &offer), 0);
    assert_int_equal(sip_sdp_parse(NULL, sip_str_of(round->answer), &answer), 0);
    oa_caps_of(&offerer, offer);
    oa_caps_of(&answerer, answer);
    assert_int_equal(sip_oa_offer(NULL, &offerer.c, *last_offerer, &pending), 0);
    assert_same_streams(pending->local, offer);
    assert_int_equal(sip_oa_answer(NULL, &answerer.c, offer, *last_answerer, &there), 0);
    if (!round->loose) {
        assert_same_streams(there->local, answer);
    }
    offerer.c.strict = !round->loose;
    if (sip_oa_process(NULL, &offerer.c, pending, answer, &here, &problem) != 0) {
        fail_msg("stream %zu: %s", problem.stream, problem.rule);
    }
    if (round->offerer == 'A') {
        assert_agreed(here, there, round->directions);
    } else {
        assert_agreed(there, here, round->directions);
    }
    sip_oa_result_destroy(pending);
    sip_oa_result_destroy(*last_offerer);
    sip_oa_result_destroy(*last_answerer);
    *last_offerer = here;
    *last_answerer = there;
    sip_free(NULL, offer);
    sip_free(NULL, answer);
}

void oa_run(const oa_round *rounds, size_t n)
{
    sip_oa_result *a = NULL, *b = NULL;

    for (size_t i = 0; i < n; i++) {
        if (rounds[i].offerer == 'A') {
            run_round(&rounds[i], &a, &b);
        } else {
            run_round(&rounds[i], &b, &a);
        }
    }
    sip_oa_result_destroy(a);
    sip_oa_result_destroy(b);
}

sip_sdp *oa_parse(const char *text)
{
    sip_sdp *sdp = NULL;

    assert_int_equal(sip_sdp_parse(NULL, sip_str_of(text), &sdp), 0);
    return sdp;
}

sip_oa_result *oa_answer(const sip_oa_capabilities *capabilities, const char *offer,
                         const sip_oa_result *last)
{
    sip_sdp *sdp = oa_parse(offer);
    sip_oa_result *result = NULL;

    assert_int_equal(sip_oa_answer(NULL, capabilities, sdp, last, &result), 0);
    sip_free(NULL, sdp);
    return result;
}

sip_oa_result *oa_offer(const sip_oa_capabilities *capabilities, const sip_oa_result *last)
{
    sip_oa_result *result = NULL;

    assert_int_equal(sip_oa_offer(NULL, capabilities, last, &result), 0);
    return result;
}

sip_oa_result *oa_process(const sip_oa_capabilities *capabilities, const sip_oa_result *offered,
                          const char *answer)
{
    sip_sdp *sdp = oa_parse(answer);
    sip_oa_problem problem = {0};
    sip_oa_result *result = NULL;

    if (sip_oa_process(NULL, capabilities, offered, sdp, &result, &problem) != 0) {
        fail_msg("stream %zu: %s", problem.stream, problem.rule);
    }
    sip_free(NULL, sdp);
    return result;
}

const char *oa_broken(const sip_oa_capabilities *capabilities, const sip_oa_result *offered,
                      const char *answer, size_t *ret_stream)
{
    sip_sdp *sdp = oa_parse(answer);
    sip_oa_problem problem = {.rule = ""};
    sip_oa_result *result = NULL;
    const int err = sip_oa_process(NULL, capabilities, offered, sdp, &result, &problem);

    assert_int_equal(err, *problem.rule == '\0' ? 0 : SIP_ESYNTAX);
    sip_oa_result_destroy(result);
    sip_free(NULL, sdp);
    *ret_stream = problem.stream;
    return problem.rule;
}

bool oa_has(const sip_sdp *sdp, const char *line)
{
    const size_t len = strlen(line);

    for (size_t i = 0; i + len <= sdp->text.len; i++) {
        if ((i == 0 || sdp->text.ptr[i - 1] == '\n') && memcmp(sdp->text.ptr + i, line, len) == 0 &&
            (i + len == sdp->text.len || sdp->text.ptr[i + len] == '\r')) {
            return true;
        }
    }
    return false;
}
