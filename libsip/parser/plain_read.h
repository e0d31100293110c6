/* What is plain of a message, made for each way to scan: they differ in how they find the end of an
 * element. See struct sip__scan_way. */
#ifndef SIP_PARSER_PLAIN_READ_H
#define SIP_PARSER_PLAIN_READ_H

#include "base/zero.h"
#include "parser/cursor.h"
#include "parser/numeric.h"
#include "parser/scan.h"
#include "parser/uri_text.h"

#include <string.h>

/* What the ways differ in. Each but the last gives the first byte from `at` that ends what it is
 * named for; such a byte is there. */
struct sip__plain_means {
    const char *(*host)(const char *at);  /* a host name or an IPv4 address */
    const char *(*value)(const char *at); /* an unquoted value of a parameter */
    const char *(*quote)(const char *at); /* a quoted text: '"', backslash, or at most CR */
    const char *(*blank)(const char *at); /* a word: SP, DEL, or a control character */
    void (*zero)(void *at, size_t bytes); /* zeroes what is read into, whose size is a constant */
};

/* Each way is inlined as a whole. */
#define SIP__PLAIN_INLINE static inline __attribute__((always_inline))

/** sip__plain_means.value, byte by byte. */
SIP__PLAIN_INLINE const char *sip__plain_value_end(const char *at)
{
    while (sip__is_char(*at, SIP__CHAR_VALUE)) {
        at++;
    }
    return at;
}

/** True for "sip:" without case. */
SIP__PLAIN_INLINE bool sip__plain_scheme(const char *at)
{
    uint32_t bytes, letters, wanted;

    memcpy(&bytes, at, 4);
    memcpy(&letters, "\x20\x20\x20", 4);
    memcpy(&wanted, "sip:", 4);
    return (bytes | letters) == wanted;
}

/** True for a letter, given in lower case, without case. */
SIP__PLAIN_INLINE bool sip__plain_letter(char c, char letter)
{
    return (c | 0x20) == letter;
}

/** Take the digits of a port, most often the one that is everywhere. NULL if they are none. */
SIP__PLAIN_INLINE const char *sip__plain_port(const char *at, const char *end, uint16_t *ret_port)
{
    if (memcmp(at, "5060", 4) == 0 && (unsigned)(unsigned char)at[4] - '0' > 9) {
        *ret_port = 5060;
        return at + 4;
    }
    return sip__port_take(at, end, ret_port);
}

/** Take ";transport=" and a name, or ";lr". NULL for other parameters. */
SIP__PLAIN_INLINE const char *sip__plain_uri_param(const char *begin, sip_uri *uri,
                                                   const struct sip__plain_means *means)
{
    const char *at;

    if (sip__is_word(begin + 1, "transpor", 8) && sip__plain_letter(begin[9], 't') &&
        begin[10] == '=') {
        at = means->host(begin + 11);
        uri->transport = (sip_str){begin + 11, (size_t)(at - begin) - 11};
        if (at == begin + 11) {
            return NULL;
        }
    } else if (sip__plain_letter(begin[1], 'l') && sip__plain_letter(begin[2], 'r')) {
        at = begin + 3;
        uri->lr = true;
    } else {
        return NULL;
    }
    uri->params = (sip_str){begin + 1, (size_t)(at - begin) - 1};
    return at;
}

/** sip__scan_way.uri, into zeroed memory. */
SIP__PLAIN_INLINE const char *sip__plain_uri_by(const char *begin, const char *end, sip_uri *uri,
                                                const struct sip__plain_means *means)
{
    const char *host = begin + 4;
    const char *at;

    if (!sip__plain_scheme(begin)) {
        return NULL;
    }
    uri->scheme = SIP_SCHEME_SIP;
    at = means->host(host);
    if (*at != '@' && *at != ';' && sip__is_uri_char(*at, SIP__URI_USER)) {
        at = sip__uri_skip(at, end, SIP__URI_USER);
        if (at == end || *at != '@') {
            return NULL;
        }
    }
    if (*at == '@') {
        uri->has_at = true;
        uri->user = (sip_str){host, (size_t)(at - host)};
        host = at + 1;
        at = means->host(host);
    }
    if (at == host) {
        return NULL;
    }
    uri->host = (sip_str){host, (size_t)(at - host)};
    if (*at == ':') {
        at = sip__plain_port(at + 1, end, &uri->port);
    }
    if (at != NULL && *at == ';') {
        at = sip__plain_uri_param(at, uri, means);
    }
    if (at != NULL) {
        uri->text = (sip_str){begin, (size_t)(at - begin)};
    }
    return at;
}

/** sip__scan_way.uri. */
SIP__PLAIN_INLINE const char *sip__plain_whole_uri_by(const char *text, const char *end,
                                                      sip_uri *uri,
                                                      const struct sip__plain_means *means)
{
    means->zero(uri, sizeof *uri);
    return sip__plain_uri_by(text, end, uri, means);
}

/** sip__scan_way.address. */
SIP__PLAIN_INLINE const char *sip__plain_address_by(sip_str text, sip_address *address,
                                                    const struct sip__plain_means *means)
{
    const char *end = text.ptr + text.len;
    const char *at = text.ptr;

    means->zero(address, sizeof *address);
    address->text = text;
    address->q_permille = 1000;
    if (*at == '"') {
        const char *quote = means->quote(at + 1);

        if (*quote != '"') {
            return NULL;
        }
        address->display = (sip_str){at + 1, (size_t)(quote - at) - 1};
        at = quote + 1 + (quote[1] == ' ');
    }
    if (*at != '<') {
        return NULL;
    }
    at = sip__plain_uri_by(at + 1, end, &address->uri, means);
    if (at == NULL || *at != '>' || at >= end) {
        return NULL;
    }
    at++;
    address->params = (sip_str){at, 0};
    if (at + 5 < end && memcmp(at, ";tag=", 5) == 0 && means->value(at + 5) == end) {
        address->params = (sip_str){at + 1, (size_t)(end - at) - 1};
        address->tag = (sip_str){at + 5, (size_t)(end - at) - 5};
        at = end;
    }
    return at;
}

/** Take "SIP/2.0/UDP " and the like; NULL if it is not that. */
SIP__PLAIN_INLINE const char *sip__plain_sent_protocol(const char *at, sip_via *via)
{
    if (memcmp(at, "SIP/2.0/", 8) != 0) {
        return NULL;
    }
    if (memcmp(at + 8, "UDP ", 4) == 0) {
        via->protocol = SIP_PROTOCOL_UDP;
    } else if (memcmp(at + 8, "TCP ", 4) == 0) {
        via->protocol = SIP_PROTOCOL_TCP;
    } else if (memcmp(at + 8, "TLS ", 4) == 0) {
        via->protocol = SIP_PROTOCOL_TLS;
    } else {
        return NULL;
    }
    via->protocol_text = (sip_str){at + 8, 3};
    return at + 12;
}

/** Take a value that is there once. @return behind it, or NULL */
SIP__PLAIN_INLINE const char *sip__plain_once(const char *begin, sip_str *value,
                                              const struct sip__plain_means *means)
{
    const char *at = means->value(begin);

    if (value->len > 0 || at == begin) {
        return NULL;
    }
    *value = (sip_str){begin, (size_t)(at - begin)};
    return at;
}

/** Take the parameters that most have: branch, rport, received. False if there are others. */
SIP__PLAIN_INLINE bool sip__plain_via_params(const char *at, const char *end, sip_via *via,
                                             const struct sip__plain_means *means)
{
    while (at != end) {
        if (memcmp(at, ";branch=", 8) == 0) {
            at = sip__plain_once(at + 8, &via->branch, means);
        } else if (memcmp(at, ";rport", 6) == 0 && !via->has_rport) {
            via->has_rport = true;
            at += 6;
            at = *at == '=' ? sip__plain_port(at + 1, end, &via->rport) : at;
        } else if (memcmp(at, ";received=", 10) == 0) {
            at = sip__plain_once(at + 10, &via->received, means);
        } else {
            return false;
        }
        if (at == NULL) {
            return false;
        }
    }
    return true;
}

/** sip__scan_way.via. */
SIP__PLAIN_INLINE bool sip__plain_via_by(sip_str text, sip_via *via,
                                         const struct sip__plain_means *means)
{
    const char *end = text.ptr + text.len;
    const char *begin, *at;

    means->zero(via, sizeof *via);
    begin = sip__plain_sent_protocol(text.ptr, via);
    if (begin == NULL) {
        return false;
    }
    at = means->host(begin);
    via->text = text;
    via->host = (sip_str){begin, (size_t)(at - begin)};
    if (at == begin) {
        return false;
    }
    if (*at == ':') {
        at = sip__plain_port(at + 1, end, &via->port);
    }
    if (at == NULL || at >= end) {
        return false;
    }
    via->params = (sip_str){at + 1, (size_t)(end - at) - 1};
    return sip__plain_via_params(at, end, via, means);
}

/** Take a phrase and CRLF. */
SIP__PLAIN_INLINE bool sip__plain_phrase(const char *text, const char *begin,
                                         struct sip__plain_start *ret_start,
                                         const struct sip__plain_means *means)
{
    const char *end = means->blank(begin);

    while (*end == ' ') {
        end = means->blank(end + 1);
    }
    ret_start->phrase_len = (uint32_t)(end - begin);
    ret_start->next = (uint32_t)(end - text) + 2;
    return memcmp(end, "\r\n", 2) == 0;
}

/** sip__scan_way.start. */
SIP__PLAIN_INLINE bool sip__plain_start_by(const char *text, struct sip__plain_start *ret_start,
                                           const struct sip__plain_means *means)
{
    const char *second, *end;

    if (memcmp(text, "SIP/2.0 ", 8) == 0) {
        ret_start->first_len = 7;
        ret_start->second_len = 3;
        return text[11] == ' ' && sip__plain_phrase(text, text + 12, ret_start, means);
    }
    end = means->blank(text);
    second = end + 1;
    if (*end != ' ') {
        return false;
    }
    ret_start->first_len = (uint32_t)(end - text);
    end = means->blank(second);
    ret_start->second_len = (uint32_t)(end - second);
    ret_start->next = (uint32_t)(end - text) + 10;
    return end > second && memcmp(end, " SIP/2.0", 8) == 0 && memcmp(end + 8, "\r\n", 2) == 0;
}

#endif
