#include "parser/scan.h"

#ifdef __SSE2__

#include <emmintrin.h>

const char *sip__scan_stop_sse2(const char *at, const char *end)
{
    const __m128i cr = _mm_set1_epi8('\r');
    const __m128i lf = _mm_set1_epi8('\n');
    const __m128i nul = _mm_setzero_si128();

    while (end - at >= 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        const __m128i stops =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, cr), _mm_cmpeq_epi8(bytes, lf)),
                         _mm_cmpeq_epi8(bytes, nul));
        const unsigned mask = (unsigned)_mm_movemask_epi8(stops);

        if (mask != 0) {
            return at + __builtin_ctz(mask);
        }
        at += 16;
    }
    return sip__scan_stop_portable(at, end);
}

#else

const char *sip__scan_stop_sse2(const char *at, const char *end)
{
    return sip__scan_stop_portable(at, end);
}

#endif
