/* SDP: what was taken prints to the same lines, strictly right texts print to their own bytes, what
 * was rewritten is taken again, and every typed value can be read from every attribute. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sip/sdp_attribute.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void try_redirect(const sip_sdp *sdp)
{
    const size_t room = sdp->text.len * 2 + sdp->n_media * sizeof "a=inactive\r\n" + 8;
    char *out = malloc(room);
    sip_sdp *again = NULL;
    int len, err;

    if (out == NULL) {
        return;
    }
    len = sip_sdp_redirect(sdp, SIP_SDP_INACTIVE, out, room);
    check(len > 0 && (size_t)len <= room);
    err = sip_sdp_parse(NULL, (sip_str){out, (size_t)len}, &again);
    /* A direction for each stream may be more lines than are allowed. */
    check(err == 0 || err == SIP_ETOOBIG);
    for (size_t i = 0; again != NULL && i < again->n_media; i++) {
        check(again->media[i].direction == SIP_SDP_INACTIVE);
    }
    sip_free(NULL, again);
    free(out);
}

static void try_print(const sip_sdp *sdp, bool strict)
{
    const int len = sip_sdp_print(sdp, NULL, 0);
    char *out = len > 0 ? malloc((size_t)len) : NULL;
    sip_sdp *again = NULL;

    if (out == NULL) {
        return;
    }
    check(sip_sdp_print(sdp, out, (size_t)len) == len);
    if (strict) {
        check((size_t)len == sdp->text.len && memcmp(out, sdp->text.ptr, sdp->text.len) == 0);
    }
    check(sip_sdp_parse(NULL, (sip_str){out, (size_t)len}, &again) == 0);
    check(sip_sdp_equal(sdp, again));
    sip_free(NULL, again);
    free(out);
}

static void try_build(const sip_sdp *sdp)
{
    sip_sdp_builder builder;
    sip_sdp *again = NULL;

    sip_sdp_builder_init(&builder, NULL);
    sip_sdp_builder_copy(&builder, sdp->lines, sdp->n_lines, NULL);
    for (size_t i = 0; i < sdp->n_media; i++) {
        sip_sdp_builder_copy(&builder, sdp->media[i].lines, sdp->media[i].n_lines, NULL);
    }
    if (sip_sdp_builder_read(&builder, &again, NULL) == 0) {
        check(sip_sdp_equal(sdp, again));
    }
    sip_free(NULL, again);
    sip_sdp_builder_finish(&builder);
}

static void read_path(sip_str value)
{
    sip_sdp_candidate candidate;
    sip_sdp_crypto crypto;
    sip_sdp_crypto_key key;
    sip_sdp_setup setup;
    sip_str hash, bytes;
    bool existing;

    (void)sip_sdp_candidate_parse(value, &candidate);
    (void)sip_sdp_fingerprint_parse(value, &hash, &bytes);
    (void)sip_sdp_setup_parse(value, &setup);
    (void)sip_sdp_reuse_parse(value, &existing);
    if (sip_sdp_crypto_parse(value, &crypto) == 0) {
        while (sip_sdp_crypto_key_next(&crypto.keys, &key) == 1) {
            check(key.key_salt.len > 0);
        }
    }
}

static void read_value(sip_str value)
{
    sip_sdp_rtpmap map;
    sip_sdp_rtcp rtcp;
    sip_sdp_rtcp_fb feedback;
    sip_sdp_extmap extmap;
    sip_sdp_ssrc ssrc;
    sip_sdp_group group;
    sip_str format, rest, name, one;
    uint32_t us;

    (void)sip_sdp_rtpmap_parse(value, &map);
    (void)sip_sdp_rtcp_parse(value, &rtcp);
    (void)sip_sdp_rtcp_fb_parse(value, &feedback);
    (void)sip_sdp_extmap_parse(value, &extmap);
    (void)sip_sdp_ssrc_parse(value, &ssrc);
    (void)sip_sdp_ssrc_group_parse(value, &group);
    (void)sip_sdp_ptime_parse(value, &us);
    if (sip_sdp_fmtp_parse(value, &format, &rest) == 0) {
        while (sip_sdp_fmtp_next(&rest, &name, &one)) {
            check(name.len + one.len > 0 || one.ptr != NULL);
        }
    }
    read_path(value);
}

static void read_lines(const sip_sdp_line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sip_sdp_origin origin;
        sip_sdp_connection connection;
        sip_sdp_bandwidth bandwidth;
        sip_sdp_time time;
        sip_sdp_repeat repeat;
        sip_sdp_media_line media;
        sip_str zones = lines[i].value;
        uint64_t at;
        int64_t s;

        (void)sip_sdp_origin_parse(lines[i].value, &origin);
        (void)sip_sdp_connection_parse(lines[i].value, &connection);
        (void)sip_sdp_bandwidth_parse(lines[i].value, &bandwidth);
        (void)sip_sdp_time_parse(lines[i].value, &time);
        (void)sip_sdp_repeat_parse(lines[i].value, &repeat);
        (void)sip_sdp_media_line_parse(lines[i].value, &media);
        while (sip_sdp_zone_next(&zones, &at, &s) == 1) {
        }
    }
}

static void read_all(const sip_sdp *sdp)
{
    sip_str ufrag, password;

    read_lines(sdp->lines, sdp->n_lines);
    for (size_t i = 0; i < sdp->n_attributes; i++) {
        read_value(sdp->attributes[i].value);
    }
    for (size_t i = 0; i < sdp->n_media; i++) {
        const sip_sdp_media *media = &sdp->media[i];

        read_lines(media->lines, media->n_lines);
        for (size_t k = 0; k < media->n_attributes; k++) {
            read_value(media->attributes[k].value);
        }
        (void)sip_sdp_ice_credentials(sdp, media, &ufrag, &password);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sip_str text = {(const char *)data, size};
    sip_sdp_error error = {0};
    sip_sdp *sdp = NULL;
    sip_sdp *strict = NULL;
    int err;

    err = sip_sdp_read(NULL, text, SIP_SDP_LENIENT, &sdp, &error);
    check(err == 0 || (error.line > 0 && error.offset <= size && error.rule != NULL));
    err = sip_sdp_read(NULL, text, SIP_SDP_STRICT, &strict, &error);
    check(err == 0 || (error.line > 0 && error.offset <= size && error.rule != NULL));
    if (strict != NULL) {
        check(sdp != NULL && sip_sdp_equal(sdp, strict));
        try_print(strict, true);
    }
    if (sdp != NULL) {
        try_redirect(sdp);
        try_print(sdp, false);
        try_build(sdp);
        read_all(sdp);
    }
    sip_free(NULL, sdp);
    sip_free(NULL, strict);
    return 0;
}
