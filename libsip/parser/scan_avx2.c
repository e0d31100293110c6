#include "parser/scan.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include "parser/scan_lines.h"

#include <immintrin.h>
#include <string.h>

#define VECTOR_BYTES 32
/* What is looked at of a line before it is asked where the end is: a name with its colon, a space,
 * and the first byte of the value. */
#define PLAIN_BYTES 36

/* The library is built for machines without these instructions too; sip__scan_has_avx2() tells. */
#define FOR_AVX2 __attribute__((target("avx2,bmi,bmi2")))

FOR_AVX2 static inline __m256i load(const void *at)
{
    return _mm256_loadu_si256((const __m256i *)at);
}

FOR_AVX2 static inline uint32_t mask_of(__m256i bytes)
{
    return (uint32_t)_mm256_movemask_epi8(bytes);
}

/** The first byte that is not above CR, or `end`. */
FOR_AVX2 static inline const char *find_low(const char *at, const char *end)
{
    const __m256i cr = load(sip__scan_returns);

    for (; (uintptr_t)at + VECTOR_BYTES <= (uintptr_t)end; at += VECTOR_BYTES) {
        const __m256i bytes = load(at);
        const uint32_t low = mask_of(_mm256_cmpeq_epi8(_mm256_min_epu8(bytes, cr), bytes));

        if (low != 0) {
            return at + __builtin_ctzl(low);
        }
    }
    while (at < end && (unsigned char)*at > '\r') {
        at++;
    }
    return at;
}

FOR_AVX2 static inline const char *plain_line(const char *start, const char *at, const char *end,
                                              struct sip__scan_line *line)
{
    const struct sip__header_fold *fold;
    const char *from, *stop;
    uint32_t colons;
    __m256i bytes;
    size_t len;

    if ((uintptr_t)at + PLAIN_BYTES > (uintptr_t)end) {
        return sip__scan_plain_sse2(start, at, end, line);
    }
    bytes = load(at);
    colons = mask_of(_mm256_cmpeq_epi8(bytes, load(sip__scan_colons)));
    len = _tzcnt_u64(colons);
    if (len < 2 || len >= VECTOR_BYTES) {
        return NULL;
    }
    line->id = (uint8_t)sip__header_candidate(at, len);
    line->name_len = (uint32_t)len;
    fold = &sip__header_folds[line->id];
    if (mask_of(_mm256_cmpeq_epi8(_mm256_or_si256(bytes, load(fold->set)), load(fold->seen))) !=
        UINT32_MAX) {
        return NULL;
    }
    from = at + len + 1 + (at[len + 1] == ' ');
    if (*from <= ' ') {
        return NULL;
    }
    stop = find_low(from, end);
    if ((uintptr_t)stop + 3 > (uintptr_t)end || memcmp(stop, "\r\n", 2) != 0 || stop[-1] == ' ' ||
        (stop[2] <= ' ' && stop[2] != '\r')) {
        return NULL;
    }
    line->name = (uint32_t)(at - start);
    line->value = (uint32_t)(from - start);
    line->value_len = (uint32_t)(stop - from);
    line->folded = false;
    return stop + 2;
}

FOR_AVX2 size_t sip__scan_headers_avx2(const char *ptr, size_t len, size_t from,
                                       struct sip__scan_line *lines, size_t max_lines,
                                       struct sip__scan_result *ret_result)
{
    return sip__scan_headers_by(ptr, len, from, lines, max_lines, ret_result, plain_line);
}

/* By the two halves of a byte: one table has a bit for each group of high halves, the other has set
 * for a low half the bits of the groups that it is good with. */
#define HALVES(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)                                     \
    _mm256_setr_epi8(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, a, b, c, d, e, f, g, h, i, j, \
                     k, l, m, n, o, p)

FOR_AVX2 static inline uint32_t others(const char *at, __m256i high_halves, __m256i low_halves)
{
    const __m256i bytes = load(at);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
    const __m256i both = _mm256_and_si256(_mm256_shuffle_epi8(high_halves, high),
                                          _mm256_shuffle_epi8(low_halves, bytes));

    return mask_of(_mm256_cmpeq_epi8(both, _mm256_setzero_si256()));
}

FOR_AVX2 uint32_t sip__scan_host_mask_avx2(const char *at)
{
    /* Groups: 1 for "-.", 2 for digits, 4 for A-O and a-o, 8 for P-Z and '_', 16 for p-z. */
    return others(at, HALVES(0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0),
                  HALVES(26, 30, 30, 30, 30, 30, 30, 30, 30, 30, 28, 4, 4, 5, 5, 12));
}

FOR_AVX2 uint32_t sip__scan_value_mask_avx2(const char *at)
{
    /* The same groups, of which each but the third lacks what ends a value. */
    return others(at, HALVES(0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0),
                  HALVES(30, 31, 30, 31, 31, 31, 31, 31, 31, 31, 31, 29, 20, 31, 29, 15));
}

#else

size_t sip__scan_headers_avx2(const char *ptr, size_t len, size_t from,
                              struct sip__scan_line *lines, size_t max_lines,
                              struct sip__scan_result *ret_result)
{
    return sip__scan_headers_sse2(ptr, len, from, lines, max_lines, ret_result);
}

uint32_t sip__scan_host_mask_avx2(const char *at)
{
    return sip__scan_host_mask_portable(at);
}

uint32_t sip__scan_value_mask_avx2(const char *at)
{
    (void)at;
    return 0;
}

#endif
