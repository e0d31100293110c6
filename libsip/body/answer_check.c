/* What an answer must be to fit its offer (RFC 3264 6, 7). */
#include "body/stream_agree.h"

#include <string.h>

struct check {
    const sip_sdp *offer, *answer;
    bool strict;
    const sip_oa_fmtp *fmtp;
    sip_oa_problem problem;
    struct sip__format_table offered, answered;
    struct sip__format_pair pairs[SIP__MAX_FORMATS];
};

/** Note a problem; always false. */
static bool wrong(struct check *check, const char *rule, const char *section)
{
    check->problem.rule = rule;
    check->problem.section = section;
    return false;
}

/** What weakens the keys is only agreed if the offer has it too (RFC 4568 6.3). */
static bool is_weakened(const sip_sdp_crypto *offered, const sip_sdp_crypto *answered)
{
    static const char *const names[] = {"UNENCRYPTED_SRTP", "UNENCRYPTED_SRTCP",
                                        "UNAUTHENTICATED_SRTP"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sip_sdp_has_word(answered->parameters, sip_str_of(names[i])) &&
            !sip_sdp_has_word(offered->parameters, sip_str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_crypto_right(const struct check *check, const sip_sdp_media *offered,
                            const sip_sdp_media *answered)
{
    const sip_sdp_media *from = sip__path_section(check->offer, offered, "crypto");
    const sip_sdp_media *to = sip__path_section(check->answer, answered, "crypto");
    const sip_sdp_attribute *at = sip_sdp_media_attribute(to, "crypto");
    const sip_sdp_attribute *other = NULL;
    sip_sdp_crypto chosen, crypto;

    if (at == NULL || sip_sdp_crypto_parse(at->value, &chosen) != 0 ||
        sip_sdp_next_attribute(to->attributes, to->n_attributes, "crypto", at) != NULL) {
        return false;
    }
    while ((other = sip_sdp_next_attribute(from->attributes, from->n_attributes, "crypto",
                                           other)) != NULL) {
        if (sip_sdp_crypto_parse(other->value, &crypto) == 0 && crypto.tag == chosen.tag &&
            sip_str_same_nocase(crypto.suite, chosen.suite)) {
            return !is_weakened(&crypto, &chosen);
        }
    }
    return false;
}

/** RFC 4145 4.1: which answer fits which offer. Nothing said is "active" in an offer, and "passive"
 * in an answer. */
static bool is_setup_right(const struct check *check, const sip_sdp_media *offered,
                           const sip_sdp_media *answered)
{
    const sip_sdp_attribute *from = sip__path_attribute(check->offer, offered, "setup");
    const sip_sdp_attribute *to = sip__path_attribute(check->answer, answered, "setup");
    sip_sdp_setup offer = SIP_SDP_ACTIVE;
    sip_sdp_setup answer = SIP_SDP_PASSIVE;

    if (from != NULL) {
        (void)sip_sdp_setup_parse(from->value, &offer);
    }
    if (to != NULL && sip_sdp_setup_parse(to->value, &answer) != 0) {
        return false;
    }
    switch (answer) {
    case SIP_SDP_ACTPASS:
        return false;
    case SIP_SDP_ACTIVE:
        return offer == SIP_SDP_PASSIVE || offer == SIP_SDP_ACTPASS;
    case SIP_SDP_PASSIVE:
        return offer == SIP_SDP_ACTIVE || offer == SIP_SDP_ACTPASS;
    case SIP_SDP_HOLDCONN:
        break;
    }
    return true;
}

/** The keys of a later stream of a bundle are those of its first, and are checked there. */
static bool check_keys(struct check *check, const sip_sdp_media *offered,
                       const sip_sdp_media *answered)
{
    if (sip__first_of_bundle(check->answer, answered) != answered) {
        return true;
    }
    if (sip__wants_crypto(offered->protocol) && !is_crypto_right(check, offered, answered)) {
        return wrong(check, "crypto", "RFC 4568 5.1.3");
    }
    if (sip__wants_fingerprint(offered->protocol) &&
        sip__path_attribute(check->answer, answered, "fingerprint") == NULL) {
        return wrong(check, "fingerprint", "RFC 5763 5");
    }
    if ((sip__wants_fingerprint(offered->protocol) || sip__is_connected(offered->protocol)) &&
        !is_setup_right(check, offered, answered)) {
        return wrong(check, "setup", "RFC 4145 4.1");
    }
    return true;
}

static bool check_direction(struct check *check, const sip_sdp_media *offered,
                            const sip_sdp_media *answered)
{
    if (sip_sdp_is_multicast(offered->connection)) {
        return (sip_str_same(offered->connection, answered->connection) &&
                offered->port == answered->port && offered->direction == answered->direction) ||
               wrong(check, "multicast", "RFC 3264 6.2");
    }
    return !check->strict ||
           sip_sdp_common_direction(answered->direction, sip_sdp_mirror(offered->direction)) ==
               answered->direction ||
           wrong(check, "direction", "RFC 3264 6.1");
}

/** Check a stream that the answer takes. */
static bool check_taken(struct check *check, const sip_sdp_media *offered,
                        const sip_sdp_media *answered)
{
    const sip_sdp_attribute *mid = sip_sdp_media_attribute(offered, "mid");
    const sip_sdp_attribute *own_mid = sip_sdp_media_attribute(answered, "mid");

    if (!sip_str_same_nocase(offered->protocol, answered->protocol)) {
        return wrong(check, "protocol", "RFC 3264 6");
    }
    if (mid != NULL && own_mid != NULL &&
        !sip_str_same(sip_str_trim(mid->value), sip_str_trim(own_mid->value))) {
        return wrong(check, "mid", "RFC 5888 9");
    }
    sip__formats_read(offered, &check->offered);
    sip__formats_read(answered, &check->answered);
    if (sip__formats_pair(&check->offered, &check->answered, check->fmtp, check->pairs) == 0) {
        return wrong(check, "no format in common", "RFC 3264 6.1");
    }
    return check_direction(check, offered, answered) && check_keys(check, offered, answered);
}

static bool check_stream(struct check *check, size_t i)
{
    const sip_sdp_media *offered = &check->offer->media[i];
    const sip_sdp_media *answered = &check->answer->media[i];

    check->problem.stream = i;
    if (!sip_str_same_nocase(offered->type, answered->type)) {
        return wrong(check, "media type", "RFC 3264 6");
    }
    if (sip__answer_takes(check->offer, check->answer, i)) {
        return check_taken(check, offered, answered);
    }
    return answered->port == 0 || !check->strict || wrong(check, "port", "RFC 3264 6");
}

/** The group may have no stream that was not offered for it, nor one that is refused (RFC 9143
 * 7.3); a stream that was offered for nothing else must be in it. */
static bool check_bundle(struct check *check)
{
    const sip_str offered = sip__group_of(check->offer, "BUNDLE");
    const sip_str answered = sip__group_of(check->answer, "BUNDLE");
    sip_str members = answered;
    sip_str mid;

    check->problem.stream = SIP_OA_NONE;
    while (sip_sdp_word_next(&members, &mid)) {
        const sip_sdp_media *media = sip_sdp_find_mid(check->answer, mid);

        if (media == NULL || media->port == 0 || !sip_sdp_has_word(offered, mid)) {
            return wrong(check, "BUNDLE", "RFC 9143 7.3");
        }
    }
    for (size_t i = 0; i < check->offer->n_media; i++) {
        const sip_sdp_attribute *own = sip_sdp_media_attribute(&check->answer->media[i], "mid");

        if (sip__answer_takes(check->offer, check->answer, i) && check->offer->media[i].port == 0 &&
            (own == NULL || !sip_sdp_has_word(answered, sip_str_trim(own->value)))) {
            check->problem.stream = i;
            return wrong(check, "bundle-only", "RFC 9143 6");
        }
    }
    return true;
}

static bool check_all(struct check *check)
{
    check->problem.stream = SIP_OA_NONE;
    if (check->offer->n_media != check->answer->n_media) {
        return wrong(check, "number of streams", "RFC 3264 6");
    }
    for (size_t i = 0; i < check->offer->n_media; i++) {
        if (!check_stream(check, i)) {
            return false;
        }
    }
    return check_bundle(check);
}

int sip__answer_check(const sip_allocator *allocator, const sip_sdp *offer, const sip_sdp *answer,
                      const sip_oa_capabilities *capabilities, sip_oa_problem *ret_problem)
{
    struct check *check = sip_alloc0(allocator, sizeof *check);
    bool fits;

    if (check == NULL) {
        return SIP_ENOMEM;
    }
    check->offer = offer;
    check->answer = answer;
    check->strict = capabilities->strict;
    check->fmtp = capabilities->fmtp;
    fits = check_all(check);
    if (!fits && ret_problem != NULL) {
        *ret_problem = check->problem;
    }
    sip_free(allocator, check);
    return fits ? 0 : SIP_ESYNTAX;
}
