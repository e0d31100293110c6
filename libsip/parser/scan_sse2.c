#include "parser/scan.h"

#ifdef __SSE2__

#include "parser/scan_lines.h"

#include <emmintrin.h>

#include <string.h>

#define VECTOR_BYTES 16
/* What is looked at of a line before it is asked where the end is: a name of one vector with its
 * colon, a space, and the first byte of the value. */
#define PLAIN_BYTES 20

static inline __m128i load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static inline unsigned mask_of(__m128i bytes)
{
    return (unsigned)_mm_movemask_epi8(bytes);
}

/** True if `bytes` more are there from `at`; sums of addresses are cheaper than differences here.
 */
static inline bool has_room(const char *at, const char *end, size_t bytes)
{
    return (uintptr_t)at + bytes <= (uintptr_t)end;
}

/** A bit for each byte that is not above CR. */
static inline unsigned low_mask(__m128i bytes)
{
    return mask_of(_mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8('\r')), bytes));
}

/** The first byte that is not above CR, or `end`. Two vectors at a time: most values are longer
 * than one. */
static inline const char *find_low(const char *at, const char *end)
{
    for (; has_room(at, end, 2 * VECTOR_BYTES); at += 2 * VECTOR_BYTES) {
        const __m128i bytes = load(at);
        unsigned low = low_mask(_mm_min_epu8(bytes, load(at + VECTOR_BYTES)));

        if (low != 0) {
            const unsigned first = low_mask(bytes);

            if (first != 0) {
                return at + (size_t)__builtin_ctzl(first);
            }
            return at + VECTOR_BYTES + (size_t)__builtin_ctzl(low);
        }
    }
    while (at < end && (unsigned char)*at > '\r') {
        at++;
    }
    return at;
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
static __attribute__((noinline)) size_t take_long_name(const char *at, const char *end,
                                                       uint8_t *ret_id)
{
    const struct sip__header_fold *fold;
    unsigned colons;
    size_t len;

    if (!has_room(at, end, PLAIN_BYTES + VECTOR_BYTES)) {
        return 0;
    }
    colons = mask_of(_mm_cmpeq_epi8(load(at + VECTOR_BYTES), _mm_set1_epi8(':')));
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
static inline size_t take_name(const char *at, const char *end, uint8_t *ret_id)
{
    const __m128i bytes = load(at);
    const unsigned colons = mask_of(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(':')));
    size_t len;

    if (colons == 0) {
        return take_long_name(at, end, ret_id);
    }
    len = (size_t)__builtin_ctzl(colons);
    if (len < 2) {
        return 0;
    }
    *ret_id = (uint8_t)sip__header_candidate(at, len);
    return is_name(bytes, &sip__header_folds[*ret_id], 0) ? len : 0;
}

static inline const char *plain_line(const char *start, const char *at, const char *end,
                                     struct sip__scan_line *line)
{
    const char *from, *stop;
    size_t len;

    if (!has_room(at, end, PLAIN_BYTES)) {
        return NULL;
    }
    len = take_name(at, end, &line->id);
    if (len == 0) {
        return NULL;
    }
    line->name_len = (uint32_t)len;
    from = at + len + 1 + (at[len + 1] == ' ');
    if (*from <= ' ') {
        return NULL;
    }
    stop = find_low(from, end);
    if (!has_room(stop, end, 3) || memcmp(stop, "\r\n", 2) != 0 || stop[-1] == ' ' ||
        (stop[2] <= ' ' && stop[2] != '\r')) {
        return NULL;
    }
    line->name = (uint32_t)(at - start);
    line->value = (uint32_t)(from - start);
    line->value_len = (uint32_t)(stop - from);
    line->folded = false;
    return stop + 2;
}

const char *sip__scan_plain_sse2(const char *start, const char *at, const char *end,
                                 struct sip__scan_line *line)
{
    return plain_line(start, at, end, line);
}

size_t sip__scan_headers_sse2(const char *ptr, size_t len, size_t from,
                              struct sip__scan_line *lines, size_t max_lines,
                              struct sip__scan_result *ret_result)
{
    return sip__scan_headers_by(ptr, len, from, lines, max_lines, ret_result, plain_line);
}

/** A bit for each byte that is not above SP, or DEL. */
static inline unsigned blank_mask(__m128i bytes)
{
    const __m128i space = _mm_set1_epi8(' ');

    return mask_of(_mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(bytes, space), bytes),
                                _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f))));
}

const char *sip__scan_blank_sse2(const char *at, const char *end)
{
    unsigned blanks;

    if (!has_room(at, end, VECTOR_BYTES)) {
        return sip__scan_blank_portable(at, end);
    }
    do {
        blanks = blank_mask(load(at));
        if (blanks != 0) {
            return at + (size_t)__builtin_ctzl(blanks);
        }
        at += VECTOR_BYTES;
    } while (has_room(at, end, VECTOR_BYTES));
    /* The last vector once more, with what is left of the bytes at its end. */
    blanks = at < end ? blank_mask(load(end - VECTOR_BYTES)) >> (VECTOR_BYTES - (end - at)) : 0;
    return blanks != 0 ? at + (size_t)__builtin_ctzl(blanks) : end;
}

/** All bits of each byte that is from `first` to `last`. */
static inline __m128i in_range(__m128i bytes, char first, char last)
{
    const __m128i from_first = _mm_sub_epi8(bytes, _mm_set1_epi8(first));

    return _mm_cmpeq_epi8(_mm_min_epu8(from_first, _mm_set1_epi8((char)(last - first))),
                          from_first);
}

/** A bit for each byte that no host has. */
static inline unsigned no_host_mask(__m128i bytes)
{
    const __m128i letters = in_range(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i digits = in_range(bytes, '-', '9'); /* '/' among them */
    const __m128i host =
        _mm_or_si128(_mm_or_si128(letters, digits), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')));

    return mask_of(_mm_andnot_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('/')), host)) ^ 0xffff;
}

uint32_t sip__scan_host_mask_sse2(const char *at)
{
    return no_host_mask(load(at)) | no_host_mask(load(at + VECTOR_BYTES)) << VECTOR_BYTES;
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

const char *sip__scan_plain_sse2(const char *start, const char *at, const char *end,
                                 struct sip__scan_line *line)
{
    (void)start;
    (void)at;
    (void)end;
    (void)line;
    return NULL;
}

uint32_t sip__scan_host_mask_sse2(const char *at)
{
    return sip__scan_host_mask_portable(at);
}

#endif
