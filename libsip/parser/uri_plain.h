/* URIs as most are: "sip:alice@atlanta.example.com:5060;transport=udp". What is read here is read
 * at the speed of its bytes; all others are for sip__uri_read(), which would read these just the
 * same. */
#ifndef SIP_PARSER_URI_PLAIN_H
#define SIP_PARSER_URI_PLAIN_H

#include "base/zero.h"
#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/scan.h"
#include "parser/uri_text.h"

/** True for "sip:" without case. */
static inline bool sip__is_plain_scheme(const char *at)
{
    uint32_t bytes, letters, wanted;

    memcpy(&bytes, at, 4);
    memcpy(&letters, "\x20\x20\x20", 4);
    memcpy(&wanted, "sip:", 4);
    return (bytes | letters) == wanted;
}

/** Take ";transport=" and a name, or ";lr". @return behind it, or NULL for other parameters */
static inline const char *sip__uri_plain_params(const char *begin, const char *end, sip_uri *uri)
{
    const char *at;

    if (end - begin > 11 && sip__is_word(begin + 1, "transpor", 8) &&
        sip__is_word(begin + 9, "t", 1) && begin[10] == '=') {
        at = sip__skip(begin + 11, end, SIP__CHAR_HOST);
        uri->transport = (sip_str){begin + 11, (size_t)(at - begin) - 11};
    } else if (end - begin > 2 && sip__is_word(begin + 1, "lr", 2)) {
        at = begin + 3;
        uri->lr = true;
    } else {
        return NULL;
    }
    uri->params = (sip_str){begin + 1, (size_t)(at - begin) - 1};
    return at > begin + 11 || uri->lr ? at : NULL;
}

/** The end of what a host may have, from `at`; what is before `readable` may be looked at, be it
 * behind `end` or not. */
static inline const char *sip__uri_plain_host(const char *at, const char *end, const char *readable)
{
    const uint32_t mask = readable - at >= SIP__SCAN_MASK_BYTES ? sip__scan_host_mask(at) : 0;

    if (mask == 0) {
        return sip__skip(at, end, SIP__CHAR_HOST);
    }
    at += __builtin_ctz(mask);
    return at < end ? at : end;
}

/** The end of an unquoted parameter value from `at`; `readable` as above. */
static inline const char *sip__plain_value_end(const char *at, const char *end,
                                               const char *readable)
{
    const uint32_t mask = readable - at >= SIP__SCAN_MASK_BYTES ? sip__scan_value_mask(at) : 0;

    if (mask == 0) {
        return sip__skip(at, end, SIP__CHAR_VALUE);
    }
    at += __builtin_ctz(mask);
    return at < end ? at : end;
}

/**
 * Take a plain URI: "sip:", a user or none, a host that is no IPv6 address, a port or none, one
 * parameter or none.
 *
 * @param readable  `end`, or beyond it: what stands before it may be looked at
 * @param uri       complete after success, in disorder otherwise
 * @return its end, which is `end` or a '>'; NULL if it is not plain, be it sound or not
 */
static inline const char *sip__uri_plain(const char *begin, const char *end, const char *readable,
                                         sip_uri *uri)
{
    const char *host, *at;

    if (end - begin < 5 || !sip__is_plain_scheme(begin)) {
        return NULL;
    }
    sip__zero(uri, sizeof *uri);
    uri->scheme = SIP_SCHEME_SIP;
    host = begin + 4;
    at = sip__uri_plain_host(host, end, readable);
    if (at < end && *at != '@' && *at != ';' && sip__is_uri_char(*at, SIP__URI_USER)) {
        at = sip__uri_skip(at, end, SIP__URI_USER);
        if (at == end || *at != '@') {
            return NULL;
        }
    }
    if (at < end && *at == '@') {
        uri->has_at = true;
        uri->user = (sip_str){host, (size_t)(at - host)};
        host = at + 1;
        at = sip__uri_plain_host(host, end, readable);
    }
    uri->host = (sip_str){host, (size_t)(at - host)};
    if (at == host) {
        return NULL;
    }
    if (at < end && *at == ':') {
        at = sip__port_take(at + 1, end, &uri->port);
    }
    if (at != NULL && at < end && *at == ';') {
        at = sip__uri_plain_params(at, end, uri);
    }
    if (at == NULL || (at < end && *at != '>')) {
        return NULL;
    }
    uri->text = (sip_str){begin, (size_t)(at - begin)};
    return at;
}

#endif
