#include "parser/scan.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include "parser/plain_read.h"
#include "parser/scan_lines.h"

#include <immintrin.h>
#include <string.h>

#define VECTOR_BYTES 32

/* The library is built for machines without these instructions too. */
#define FOR_AVX2 __attribute__((target("avx2,bmi,bmi2")))

FOR_AVX2 static inline __m256i load(const void *at)
{
    return _mm256_loadu_si256((const __m256i *)at);
}

FOR_AVX2 static inline uint32_t mask_of(__m256i bytes)
{
    return (uint32_t)_mm256_movemask_epi8(bytes);
}

/** A bit for each byte that is not above the one that `most` is made of. */
FOR_AVX2 static inline uint32_t low_mask(__m256i bytes, __m256i most)
{
    return mask_of(_mm256_cmpeq_epi8(_mm256_min_epu8(bytes, most), bytes));
}

FOR_AVX2 static inline const char *plain_line(const char *start, const char *at,
                                              struct sip__scan_line *line)
{
    const __m256i cr = load(sip__scan_returns);
    const struct sip__header_fold *fold;
    const char *from, *stop;
    __m256i bytes = load(at);
    /* Without a colon it is 32, and the name is none of ours. */
    const size_t len = _tzcnt_u32(mask_of(_mm256_cmpeq_epi8(bytes, load(sip__scan_colons))));
    uint32_t low;

    if (len >= 4) {
        line->id = (uint8_t)sip__header_candidate_long(at, len);
    } else if (len >= 2) {
        line->id = (uint8_t)sip__header_candidate_short(at, len);
    } else {
        return NULL;
    }
    line->folded = false;
    line->name_len = (uint32_t)len;
    fold = &sip__header_folds[line->id];
    if (mask_of(_mm256_cmpeq_epi8(_mm256_or_si256(bytes, load(fold->set)), load(fold->seen))) !=
        UINT32_MAX) {
        return NULL;
    }
    from = at + len + 1;
    if (__builtin_expect(*from == ' ', 1)) {
        from++;
    }
    if (*from <= ' ') {
        return NULL;
    }
    /* The name has no byte that is low, nor have the blank and the first byte of the value. */
    stop = at;
    while ((low = low_mask(bytes, cr)) == 0) {
        stop += VECTOR_BYTES;
        bytes = load(stop);
    }
    stop += _tzcnt_u32(low);
    if (memcmp(stop, "\r\n", 2) != 0 || stop[-1] == ' ') {
        return NULL;
    }
    line->name = (uint32_t)(at - start);
    line->value = (uint32_t)(from - start);
    line->value_len = (uint32_t)(stop - from);
    return stop + 2;
}

FOR_AVX2 static size_t headers(const char *ptr, size_t len, size_t from,
                               struct sip__scan_line *lines, size_t max_lines,
                               struct sip__scan_result *ret_result)
{
    return sip__scan_headers_by(sip__scan_of(ptr, len, from, lines, max_lines), plain_line,
                                ret_result);
}

/* By the two halves of a byte: one table has a bit for each group of high halves, the other has set
 * for a low half the bits of the groups that it is good with. */
#define HALVES(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)                                     \
    _mm256_setr_epi8(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, a, b, c, d, e, f, g, h, i, j, \
                     k, l, m, n, o, p)

/** A bit for each byte that is of no group. */
FOR_AVX2 static inline uint32_t others(__m256i bytes, __m256i high_halves, __m256i low_halves)
{
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), load(sip__scan_low_halves));
    const __m256i both = _mm256_and_si256(_mm256_shuffle_epi8(high_halves, high),
                                          _mm256_shuffle_epi8(low_halves, bytes));

    return mask_of(_mm256_cmpeq_epi8(both, _mm256_setzero_si256()));
}

FOR_AVX2 static inline const char *host_end(const char *at)
{
    uint32_t mask;

    /* Groups: 1 for "-.", 2 for digits, 4 for A-O and a-o, 8 for P-Z and '_', 16 for p-z. */
    while ((mask = others(load(at), HALVES(0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0),
                          HALVES(26, 30, 30, 30, 30, 30, 30, 30, 30, 30, 28, 4, 4, 5, 5, 12))) ==
           0) {
        at += VECTOR_BYTES;
    }
    return at + _tzcnt_u32(mask);
}

FOR_AVX2 static inline const char *value_end(const char *at)
{
    uint32_t mask;

    /* The same groups, of which each but the third lacks what ends a value. */
    while ((mask = others(
                load(at), HALVES(0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0),
                HALVES(30, 31, 30, 31, 31, 31, 31, 31, 31, 31, 31, 29, 20, 31, 29, 15))) == 0) {
        at += VECTOR_BYTES;
    }
    return at + _tzcnt_u32(mask);
}

FOR_AVX2 static inline const char *quote_end(const char *at)
{
    uint32_t mask;

    do {
        const __m256i bytes = load(at);

        mask = mask_of(_mm256_or_si256(_mm256_cmpeq_epi8(bytes, load(sip__scan_quotes)),
                                       _mm256_cmpeq_epi8(bytes, load(sip__scan_backslashes)))) |
               low_mask(bytes, load(sip__scan_returns));
        at += VECTOR_BYTES;
    } while (mask == 0);
    return at - VECTOR_BYTES + _tzcnt_u32(mask);
}

FOR_AVX2 static inline const char *blank_end(const char *at)
{
    uint32_t mask;

    do {
        const __m256i bytes = load(at);

        mask = mask_of(_mm256_cmpeq_epi8(bytes, load(sip__scan_deletes))) |
               low_mask(bytes, load(sip__scan_spaces));
        at += VECTOR_BYTES;
    } while (mask == 0);
    return at - VECTOR_BYTES + _tzcnt_u32(mask);
}

FOR_AVX2 static inline void zero(void *at, size_t bytes)
{
    char *part = at;

#pragma GCC unroll 16
    for (size_t done = 0; done + VECTOR_BYTES <= bytes; done += VECTOR_BYTES) {
        _mm256_storeu_si256((__m256i *)(void *)(part + done), _mm256_setzero_si256());
    }
    memset(part + bytes / VECTOR_BYTES * VECTOR_BYTES, 0, bytes % VECTOR_BYTES);
}

static const struct sip__plain_means means = {host_end, value_end, quote_end, blank_end, zero};

FOR_AVX2 static bool start(const char *text, struct sip__plain_start *ret_start)
{
    return sip__plain_start_by(text, ret_start, &means);
}

FOR_AVX2 static const char *uri(const char *text, const char *end, sip_uri *uri)
{
    return sip__plain_whole_uri_by(text, end, uri, &means);
}

FOR_AVX2 static const char *address(sip_str text, sip_address *address)
{
    return sip__plain_address_by(text, address, &means);
}

FOR_AVX2 static bool via(sip_str text, sip_via *via)
{
    return sip__plain_via_by(text, via, &means);
}

FOR_AVX2 static const char *blank(const char *at)
{
    return blank_end(at);
}

const struct sip__scan_way sip__scan_avx2 = {headers, start, uri, address, via, blank};

#endif
