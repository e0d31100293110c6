#include "parser/scan.h"

#ifdef __SSE2__

#include "parser/scan_lines.h"

#include <emmintrin.h>

#include <string.h>

#define VECTOR_BYTES 16
/* What is looked at behind a name and its colon without asking where the end is. */
#define LINE_END_BYTES 4

static inline __m128i load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static inline unsigned mask_of(__m128i bytes)
{
    return (unsigned)_mm_movemask_epi8(bytes);
}

/** The first byte that is not above CR, or `end`. */
static inline const char *find_low(const char *at, const char *end)
{
    const __m128i cr = _mm_set1_epi8('\r');

    for (; end - at >= VECTOR_BYTES; at += VECTOR_BYTES) {
        const __m128i bytes = load(at);
        const unsigned low = mask_of(_mm_cmpeq_epi8(_mm_min_epu8(bytes, cr), bytes));

        if (low != 0) {
            return at + (unsigned)__builtin_ctz(low);
        }
    }
    while (at < end && (unsigned char)*at > '\r') {
        at++;
    }
    return at;
}

/** A bit for each of 16 bytes, set where they are not the same without case. Those not above SP are
 * taken for different: else CR would pass for '-'. */
static inline unsigned differing(__m128i bytes, const char *known)
{
    const __m128i bit5 = _mm_set1_epi8(0x20);
    const __m128i same = _mm_cmpeq_epi8(_mm_or_si128(bytes, bit5), _mm_or_si128(load(known), bit5));

    return mask_of(_mm_and_si128(same, _mm_cmpgt_epi8(bytes, bit5))) ^ 0xffff;
}

/** The length of the name at `at` with its colon, if it is one of the names that we know; else 0.
 * So many bytes are readable that `*ret_id` is behind the colon no matter how long the name is. */
static inline size_t take_name(const char *at, size_t room, uint8_t *ret_id)
{
    const __m128i colon = _mm_set1_epi8(':');
    const __m128i bytes = load(at);
    const unsigned colons = mask_of(_mm_cmpeq_epi8(bytes, colon));
    const char *known;
    unsigned more, len;

    if (colons != 0) {
        len = (unsigned)__builtin_ctz(colons);
        if (len < 2) {
            return 0;
        }
        *ret_id = (uint8_t)sip__header_candidate(at, len);
        known = sip__header_texts[*ret_id];
        return differing(bytes, known) << (31 - len) == 0 ? len + 1 : 0;
    }
    if (room < 2 * VECTOR_BYTES + LINE_END_BYTES) {
        return 0;
    }
    more = mask_of(_mm_cmpeq_epi8(load(at + VECTOR_BYTES), colon));
    if (more == 0) {
        return 0;
    }
    len = VECTOR_BYTES + (unsigned)__builtin_ctz(more);
    *ret_id = (uint8_t)sip__header_candidate(at, len);
    known = sip__header_texts[*ret_id];
    return differing(bytes, known) == 0 && differing(load(at + VECTOR_BYTES), known + VECTOR_BYTES)
                                                   << (31 + VECTOR_BYTES - len) ==
                                               0
               ? len + 1
               : 0;
}

static inline const char *plain_line(const char *start, const char *at, const char *end,
                                     struct sip__scan_line *line)
{
    const size_t room = (size_t)(end - at);
    const char *from, *stop;
    size_t name_len;
    uint8_t id;

    if (room < VECTOR_BYTES + LINE_END_BYTES) {
        return NULL;
    }
    name_len = take_name(at, room, &id);
    from = at + name_len + (at[name_len] == ' ');
    if (name_len == 0 || *from <= ' ') {
        return NULL;
    }
    stop = find_low(from, end);
    if (end - stop < 3 || memcmp(stop, "\r\n", 2) != 0 || stop[-1] == ' ' || stop[2] == ' ' ||
        stop[2] == '\t') {
        return NULL;
    }
    *line = (struct sip__scan_line){.name = (uint32_t)(at - start),
                                    .name_len = (uint32_t)name_len - 1,
                                    .value = (uint32_t)(from - start),
                                    .value_len = (uint32_t)(stop - from),
                                    .id = id};
    return stop + 2;
}

size_t sip__scan_headers_sse2(const char *ptr, size_t len, size_t from,
                              struct sip__scan_line *lines, size_t max_lines,
                              struct sip__scan_result *ret_result)
{
    return sip__scan_headers_by(ptr, len, from, lines, max_lines, ret_result, plain_line);
}

const char *sip__scan_blank_sse2(const char *at, const char *end)
{
    const __m128i space = _mm_set1_epi8(' ');
    const __m128i del = _mm_set1_epi8(0x7f);

    while (end - at >= VECTOR_BYTES) {
        const __m128i bytes = load(at);
        const unsigned blanks = mask_of(_mm_or_si128(
            _mm_cmpeq_epi8(_mm_min_epu8(bytes, space), bytes), _mm_cmpeq_epi8(bytes, del)));

        if (blanks != 0) {
            return at + __builtin_ctz(blanks);
        }
        at += VECTOR_BYTES;
    }
    return sip__scan_blank_portable(at, end);
}

const char *sip__scan_quote_sse2(const char *at, const char *end)
{
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');

    for (; end - at >= VECTOR_BYTES; at += VECTOR_BYTES) {
        const __m128i bytes = load(at);
        const unsigned found =
            mask_of(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));

        if (found != 0) {
            return at + (unsigned)__builtin_ctz(found);
        }
    }
    return sip__scan_quote_portable(at, end);
}

#else

size_t sip__scan_headers_sse2(const char *ptr, size_t len, size_t from,
                              struct sip__scan_line *lines, size_t max_lines,
                              struct sip__scan_result *ret_result)
{
    return sip__scan_headers_portable(ptr, len, from, lines, max_lines, ret_result);
}

const char *sip__scan_blank_sse2(const char *at, const char *end)
{
    return sip__scan_blank_portable(at, end);
}

const char *sip__scan_quote_sse2(const char *at, const char *end)
{
    return sip__scan_quote_portable(at, end);
}

#endif
