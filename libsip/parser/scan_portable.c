#include "parser/scan.h"

#include "parser/plain_read.h"
#include "parser/scan_lines.h"

#include <string.h>

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/** Not 0 if a byte of `word` is below `limit`, at most 128. */
static uint64_t bytes_below(uint64_t word, unsigned char limit)
{
    return (word - ONES * limit) & ~word & HIGHS;
}

/** The first byte that is not above CR; there is one. */
static inline const char *find_low(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    while (bytes_below(word, '\r' + 1) == 0) {
        at += 8;
        memcpy(&word, at, sizeof word);
    }
    while ((unsigned char)*at > '\r') {
        at++;
    }
    return at;
}

static bool is_name(const char *at, const struct sip__header_fold *fold, size_t len)
{
    unsigned differ = 0;

    for (size_t i = 0; i < len; i++) {
        differ |= ((unsigned char)at[i] | fold->set[i]) ^ (unsigned)fold->seen[i];
    }
    return differ == 0;
}

static inline const char *plain_line(const char *start, const char *at, struct sip__scan_line *line)
{
    size_t len = 0;
    const char *from, *stop;
    sip_header_id id;

    while (len < SIP__HEADER_NAME_BYTES && at[len] != ':') {
        len++;
    }
    if (len < 2 || len == SIP__HEADER_NAME_BYTES) {
        return NULL;
    }
    id = sip__header_candidate(at, len);
    from = at + len + 1 + (at[len + 1] == ' ');
    if (!is_name(at, &sip__header_folds[id], len + 1) || *from <= ' ') {
        return NULL;
    }
    stop = find_low(from);
    if (memcmp(stop, "\r\n", 2) != 0 || stop[-1] == ' ') {
        return NULL;
    }
    line->name = (uint32_t)(at - start);
    line->name_len = (uint32_t)len;
    line->value = (uint32_t)(from - start);
    line->value_len = (uint32_t)(stop - from);
    line->id = (uint8_t)id;
    line->folded = false;
    return stop + 2;
}

static size_t headers(const char *ptr, size_t len, size_t from, struct sip__scan_line *lines,
                      size_t max_lines, struct sip__scan_result *ret_result)
{
    return sip__scan_headers_by(sip__scan_of(ptr, len, from, lines, max_lines), plain_line,
                                ret_result);
}

static inline const char *host_end(const char *at)
{
    while (sip__is_char(*at, SIP__CHAR_HOST)) {
        at++;
    }
    return at;
}

static inline const char *value_end(const char *at)
{
    return sip__plain_value_end(at);
}

static inline const char *quote_end(const char *at)
{
    while (*at != '"' && *at != '\\' && (unsigned char)*at > '\r') {
        at++;
    }
    return at;
}

static inline const char *blank_end(const char *at)
{
    while ((unsigned char)*at > ' ' && *at != 0x7f) {
        at++;
    }
    return at;
}

static const struct sip__plain_means means = {host_end, value_end, quote_end, blank_end, sip__zero};

static bool start(const char *text, struct sip__plain_start *ret_start)
{
    return sip__plain_start_by(text, ret_start, &means);
}

static const char *uri(const char *text, const char *end, sip_uri *uri)
{
    return sip__plain_whole_uri_by(text, end, uri, &means);
}

static const char *address(sip_str text, sip_address *address)
{
    return sip__plain_address_by(text, address, &means);
}

static bool via(sip_str text, sip_via *via)
{
    return sip__plain_via_by(text, via, &means);
}

const struct sip__scan_way sip__scan_portable = {headers, start, uri, address, via, blank_end};
