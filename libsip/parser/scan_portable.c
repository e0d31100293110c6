#include "parser/scan.h"

#include "parser/scan_lines.h"

#include <string.h>

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/** Not 0 if a byte of `word` is below `limit`, at most 128. */
static uint64_t bytes_below(uint64_t word, unsigned char limit)
{
    return (word - ONES * limit) & ~word & HIGHS;
}

static inline const char *find_low(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t word;

        memcpy(&word, at, sizeof word);
        if (bytes_below(word, '\r' + 1) != 0) {
            break;
        }
        at += 8;
    }
    while (at < end && (unsigned char)*at > '\r') {
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

static inline const char *plain_line(const char *start, const char *at, const char *end,
                                     struct sip__scan_line *line)
{
    const char *last = end - at > SIP__HEADER_NAME_BYTES ? at + SIP__HEADER_NAME_BYTES : end;
    const char *colon = at;
    const char *from, *stop;
    sip_header_id id;

    while (colon < last && *colon != ':') {
        colon++;
    }
    if (colon - at < 2 || end - colon < 4 || colon == last) {
        return NULL;
    }
    id = sip__header_candidate(at, (size_t)(colon - at));
    from = colon + 1 + (colon[1] == ' ');
    if (!is_name(at, &sip__header_folds[id], (size_t)(colon - at) + 1) || *from <= ' ') {
        return NULL;
    }
    stop = find_low(from, end);
    if (end - stop < 3 || stop[0] != '\r' || stop[1] != '\n' || stop[-1] == ' ' || stop[2] == ' ' ||
        stop[2] == '\t') {
        return NULL;
    }
    *line = (struct sip__scan_line){.name = (uint32_t)(at - start),
                                    .name_len = (uint32_t)(colon - at),
                                    .value = (uint32_t)(from - start),
                                    .value_len = (uint32_t)(stop - from),
                                    .id = (uint8_t)id};
    return stop + 2;
}

size_t sip__scan_headers_portable(const char *ptr, size_t len, size_t from,
                                  struct sip__scan_line *lines, size_t max_lines,
                                  struct sip__scan_result *ret_result)
{
    return sip__scan_headers_by(ptr, len, from, lines, max_lines, ret_result, plain_line);
}

static bool is_stop(char c)
{
    return c == '\r' || c == '\n' || c == '\0';
}

const char *sip__scan_stop_portable(const char *at, const char *end)
{
    at = find_low(at, end);
    while (at < end && !is_stop(*at)) {
        at = find_low(at + 1, end);
    }
    return at;
}

const char *sip__scan_blank_portable(const char *at, const char *end)
{
    while (at < end && (unsigned char)*at > ' ' && *at != 0x7f) {
        at++;
    }
    return at;
}

const char *sip__scan_quote_portable(const char *at, const char *end)
{
    while (at < end && *at != '"' && *at != '\\') {
        at++;
    }
    return at;
}

uint32_t sip__scan_host_mask_portable(const char *at)
{
    uint32_t mask = 0;

    for (unsigned i = 0; i < SIP__SCAN_MASK_BYTES; i++) {
        mask |= (uint32_t)!sip__is_char(at[i], SIP__CHAR_HOST) << i;
    }
    return mask;
}
