#include "parser/scan.h"

#ifdef __SSE2__

#include "parser/plain_read.h"
#include "parser/scan_lines.h"

#include <emmintrin.h>

#include <string.h>

#define VECTOR_BYTES 16

static inline __m128i load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static inline unsigned mask_of(__m128i bytes)
{
    return (unsigned)_mm_movemask_epi8(bytes);
}

/** A bit for each byte that is not above `most`. */
static inline unsigned low_mask(__m128i bytes, char most)
{
    return mask_of(_mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(most)), bytes));
}

/** The first byte that is not above CR; there is one. */
static inline const char *find_low(const char *at)
{
    unsigned low;

    while ((low = low_mask(load(at), '\r')) == 0) {
        at += VECTOR_BYTES;
    }
    return at + (size_t)__builtin_ctzl(low);
}

/** True if these are the bytes of a name, and what stands behind its colon; from `part` of its rows
 * on. */
static inline bool is_name(__m128i bytes, const struct sip__header_fold *fold, size_t part)
{
    const __m128i set = load((const char *)fold->set + part);
    const __m128i seen = load((const char *)fold->seen + part);

    return mask_of(_mm_cmpeq_epi8(_mm_or_si128(bytes, set), seen)) == 0xffff;
}

/** The length of a name longer than a vector, if it is one of ours; else 0. */
static __attribute__((noinline)) size_t take_long_name(const char *at, uint8_t *ret_id)
{
    const unsigned colons = mask_of(_mm_cmpeq_epi8(load(at + VECTOR_BYTES), _mm_set1_epi8(':')));
    const struct sip__header_fold *fold;
    size_t len;

    if (colons == 0) {
        return 0;
    }
    len = VECTOR_BYTES + (size_t)__builtin_ctzl(colons);
    *ret_id = (uint8_t)sip__header_candidate(at, len);
    fold = &sip__header_folds[*ret_id];
    return is_name(load(at), fold, 0) && is_name(load(at + VECTOR_BYTES), fold, VECTOR_BYTES) ? len
                                                                                              : 0;
}

/** The length of a name, if it is one of ours and of two bytes or more; else 0. */
static inline size_t take_name(const char *at, uint8_t *ret_id)
{
    const __m128i bytes = load(at);
    const unsigned colons = mask_of(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(':')));
    size_t len;

    if (colons == 0) {
        return take_long_name(at, ret_id);
    }
    len = (size_t)__builtin_ctzl(colons);
    if (len < 2) {
        return 0;
    }
    *ret_id = (uint8_t)sip__header_candidate(at, len);
    return is_name(bytes, &sip__header_folds[*ret_id], 0) ? len : 0;
}

static inline const char *plain_line(const char *start, const char *at, struct sip__scan_line *line)
{
    const size_t len = take_name(at, &line->id);
    const char *from, *stop;

    if (len == 0) {
        return NULL;
    }
    line->name_len = (uint32_t)len;
    from = at + len + 1 + (at[len + 1] == ' ');
    if (*from <= ' ') {
        return NULL;
    }
    stop = find_low(from);
    if (memcmp(stop, "\r\n", 2) != 0 || stop[-1] == ' ') {
        return NULL;
    }
    line->name = (uint32_t)(at - start);
    line->value = (uint32_t)(from - start);
    line->value_len = (uint32_t)(stop - from);
    line->folded = false;
    return stop + 2;
}

static size_t headers(const char *ptr, size_t len, size_t from, struct sip__scan_line *lines,
                      size_t max_lines, struct sip__scan_result *ret_result)
{
    return sip__scan_headers_by(sip__scan_of(ptr, len, from, lines, max_lines), plain_line,
                                ret_result);
}

/** All bits of each byte that is from `first` to `last`. */
static inline __m128i in_range(__m128i bytes, char first, char last)
{
    const __m128i from_first = _mm_sub_epi8(bytes, _mm_set1_epi8(first));

    return _mm_cmpeq_epi8(_mm_min_epu8(from_first, _mm_set1_epi8((char)(last - first))),
                          from_first);
}

static inline __m128i is(__m128i bytes, char c)
{
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

static inline const char *host_end(const char *at)
{
    for (;; at += VECTOR_BYTES) {
        const __m128i bytes = load(at);
        const __m128i letters = in_range(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
        const __m128i digits = in_range(bytes, '-', '9'); /* '/' among them */
        const __m128i host = _mm_or_si128(_mm_or_si128(letters, digits), is(bytes, '_'));
        const unsigned ends = mask_of(_mm_andnot_si128(is(bytes, '/'), host)) ^ 0xffff;

        if (ends != 0) {
            return at + (size_t)__builtin_ctzl(ends);
        }
    }
}

static inline const char *value_end(const char *at)
{
    return sip__plain_value_end(at);
}

static inline const char *quote_end(const char *at)
{
    for (;; at += VECTOR_BYTES) {
        const __m128i bytes = load(at);
        const unsigned ends =
            mask_of(_mm_or_si128(is(bytes, '"'), is(bytes, '\\'))) | low_mask(bytes, '\r');

        if (ends != 0) {
            return at + (size_t)__builtin_ctzl(ends);
        }
    }
}

static inline const char *blank_end(const char *at)
{
    for (;; at += VECTOR_BYTES) {
        const __m128i bytes = load(at);
        const unsigned ends = mask_of(is(bytes, 0x7f)) | low_mask(bytes, ' ');

        if (ends != 0) {
            return at + (size_t)__builtin_ctzl(ends);
        }
    }
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

const struct sip__scan_way sip__scan_sse2 = {headers, start, uri, address, via, blank_end};

#endif
