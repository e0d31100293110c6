/* The attributes of the way that media goes: keys, fingerprints, who connects, candidates. */
#include <sip/sdp_attribute.h>

#include "body/sdp_bundle.h"
#include "body/sdp_text.h"
#include "parser/cursor.h"

#include <string.h>

int sip_sdp_crypto_parse(sip_str value, sip_sdp_crypto *ret_crypto)
{
    sip_sdp_crypto crypto;
    sip_sdp_crypto_key key;
    sip_str tag, keys;
    uint64_t number;
    int err;

    if (!sip__sdp_take_word(&value, &tag) || tag.len > 9 ||
        sip__sdp_number_parse(tag, UINT32_MAX, &number) != 0 ||
        !sip__sdp_take_word(&value, &crypto.suite) || !sip__sdp_take_word(&value, &crypto.keys)) {
        return SIP_ESYNTAX;
    }
    keys = crypto.keys;
    while ((err = sip_sdp_crypto_key_next(&keys, &key)) == 1) {
    }
    if (err != 0) {
        return err;
    }
    crypto.tag = (uint32_t)number;
    crypto.parameters = sip_str_trim(value);
    *ret_crypto = crypto;
    return 0;
}

/** "1:4": the key's name, and how many bytes of it each packet has. */
static bool parse_mki(sip_str text, sip_sdp_crypto_key *key)
{
    sip_str length;
    uint64_t number;

    if (!sip__sdp_split(text, ':', &key->mki, &length) || !sip__sdp_is_digits(key->mki) ||
        sip__sdp_number_parse(length, 128, &number) != 0 || number == 0) {
        return false;
    }
    key->mki_bytes = (uint32_t)number;
    return true;
}

int sip_sdp_crypto_key_next(sip_str *rest, sip_sdp_crypto_key *ret_key)
{
    sip_sdp_crypto_key key = {0};
    sip_str one, info, more, last;

    if (rest->len == 0) {
        return 0;
    }
    (void)sip__sdp_split(*rest, ';', &one, rest);
    if (!sip__sdp_split(one, ':', &key.method, &info) || !sip__sdp_is_token(key.method)) {
        return SIP_ESYNTAX;
    }
    (void)sip__sdp_split(info, '|', &key.key_salt, &more);
    if (key.key_salt.len == 0) {
        return SIP_ESYNTAX;
    }
    if (more.len > 0 && memchr(more.ptr, '|', more.len) != NULL) {
        (void)sip__sdp_split(more, '|', &key.lifetime, &last);
    } else if (more.len > 0 && memchr(more.ptr, ':', more.len) != NULL) {
        last = more;
    } else {
        key.lifetime = more;
        last = (sip_str){NULL, 0};
    }
    if (last.len > 0 && !parse_mki(last, &key)) {
        return SIP_ESYNTAX;
    }
    *ret_key = key;
    return 1;
}

int sip_sdp_fingerprint_parse(sip_str value, sip_str *ret_hash, sip_str *ret_bytes)
{
    sip_str hash, bytes;

    if (!sip__sdp_take_word(&value, &hash) || !sip__sdp_is_token(hash) ||
        !sip__sdp_take_word(&value, &bytes) || value.len > 0 || bytes.len % 3 != 2) {
        return SIP_ESYNTAX;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        if (i % 3 == 2 ? bytes.ptr[i] != ':' : !sip__is_char(bytes.ptr[i], SIP__CHAR_HEX)) {
            return SIP_ESYNTAX;
        }
    }
    *ret_hash = hash;
    *ret_bytes = bytes;
    return 0;
}

static const char *const setup_names[] = {
    [SIP_SDP_ACTPASS] = "actpass",
    [SIP_SDP_ACTIVE] = "active",
    [SIP_SDP_PASSIVE] = "passive",
    [SIP_SDP_HOLDCONN] = "holdconn",
};

#define N_SETUPS (sizeof setup_names / sizeof setup_names[0])

int sip_sdp_setup_parse(sip_str value, sip_sdp_setup *ret_setup)
{
    for (size_t i = 0; i < N_SETUPS; i++) {
        if (sip_str_equal_nocase(sip_str_trim(value), setup_names[i])) {
            *ret_setup = (sip_sdp_setup)i;
            return 0;
        }
    }
    return SIP_ESYNTAX;
}

const char *sip_sdp_setup_name(sip_sdp_setup setup)
{
    return setup_names[(size_t)setup < N_SETUPS ? (size_t)setup : 0];
}

int sip_sdp_reuse_parse(sip_str value, bool *ret_existing)
{
    const bool existing = sip_str_equal_nocase(sip_str_trim(value), "existing");

    if (!existing && !sip_str_equal_nocase(sip_str_trim(value), "new")) {
        return SIP_ESYNTAX;
    }
    *ret_existing = existing;
    return 0;
}

/** "raddr 192.0.2.1 rport 8998", which may be left out. */
static bool take_related(sip_str *rest, sip_sdp_candidate *candidate)
{
    sip_str look = *rest;
    sip_str word;
    uint64_t port;

    if (!sip__sdp_take_word(&look, &word) || !sip_str_equal(word, "raddr")) {
        return true;
    }
    if (!sip__sdp_take_word(&look, &candidate->related_address)) {
        return false;
    }
    *rest = look;
    if (sip__sdp_take_word(&look, &word) && sip_str_equal(word, "rport")) {
        if (!sip__sdp_take_word(&look, &word) ||
            sip__sdp_number_parse(word, UINT16_MAX, &port) != 0) {
            return false;
        }
        candidate->related_port = (uint16_t)port;
        *rest = look;
    }
    return true;
}

/** The extensions are pairs of words. */
static bool is_pairs(sip_str text)
{
    sip_str word;
    size_t n = 0;

    while (sip_sdp_word_next(&text, &word)) {
        n++;
    }
    return n % 2 == 0;
}

int sip_sdp_candidate_parse(sip_str value, sip_sdp_candidate *ret_candidate)
{
    sip_sdp_candidate candidate = {0};
    sip_str component, priority, port, word;
    uint64_t number[3];

    if (!sip__sdp_take_word(&value, &candidate.foundation) || candidate.foundation.len > 32 ||
        !sip__sdp_take_word(&value, &component) ||
        sip__sdp_number_parse(component, 256, &number[0]) != 0 || number[0] == 0 ||
        !sip__sdp_take_word(&value, &candidate.transport) ||
        !sip__sdp_take_word(&value, &priority) ||
        sip__sdp_number_parse(priority, UINT32_MAX, &number[1]) != 0 ||
        !sip__sdp_take_word(&value, &candidate.address) || !sip__sdp_take_word(&value, &port) ||
        sip__sdp_number_parse(port, UINT16_MAX, &number[2]) != 0 ||
        !sip__sdp_take_word(&value, &word) || !sip_str_equal(word, "typ") ||
        !sip__sdp_take_word(&value, &candidate.type) || !take_related(&value, &candidate) ||
        !is_pairs(value)) {
        return SIP_ESYNTAX;
    }
    candidate.component = (uint32_t)number[0];
    candidate.priority = (uint32_t)number[1];
    candidate.port = (uint16_t)number[2];
    candidate.extensions = sip_str_trim(value);
    *ret_candidate = candidate;
    return 0;
}

static bool is_ice_text(sip_str text, size_t least)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];

        if (!sip__is_char(c, SIP__CHAR_ALPHA | SIP__CHAR_DIGIT) && c != '+' && c != '/') {
            return false;
        }
    }
    return text.len >= least && text.len <= 256;
}

static const sip_sdp_attribute *ice_attribute(const sip_sdp *sdp, const sip_sdp_media *media,
                                              const char *name)
{
    return sdp != NULL && media != NULL ? sip__path_attribute(sdp, media, name)
                                        : sip_sdp_find_attribute(sdp, media, name);
}

int sip_sdp_ice_credentials(const sip_sdp *sdp, const sip_sdp_media *media, sip_str *ret_ufrag,
                            sip_str *ret_password)
{
    const sip_sdp_attribute *ufrag = ice_attribute(sdp, media, "ice-ufrag");
    const sip_sdp_attribute *password = ice_attribute(sdp, media, "ice-pwd");

    if (ufrag == NULL || password == NULL) {
        return SIP_ENOENT;
    }
    if (!is_ice_text(ufrag->value, 4) || !is_ice_text(password->value, 22)) {
        return SIP_ESYNTAX;
    }
    *ret_ufrag = ufrag->value;
    *ret_password = password->value;
    return 0;
}
