#include "parser/scan.h"

#include "parser/scan_lines.h"

#include <string.h>

static inline bool has_avx2(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
#else
    return false;
#endif
}

bool sip__scan_has_avx2(void)
{
    return has_avx2();
}

#ifdef SIP_PORTABLE
#define scan_headers sip__scan_headers_portable
#define scan_host_mask sip__scan_host_mask_portable
#define scan_value_mask(at) ((void)(at), UINT32_C(0))
#define scan_blank sip__scan_blank_portable
#define scan_quote sip__scan_quote_portable
#else
#define scan_headers (has_avx2() ? sip__scan_headers_avx2 : sip__scan_headers_sse2)
#define scan_host_mask (has_avx2() ? sip__scan_host_mask_avx2 : sip__scan_host_mask_sse2)
#define scan_value_mask(at) (has_avx2() ? sip__scan_value_mask_avx2(at) : UINT32_C(0))
#define scan_blank sip__scan_blank_sse2
#define scan_quote sip__scan_quote_sse2
#endif

#define TIMES_8(byte) byte, byte, byte, byte, byte, byte, byte, byte
#define TIMES_32(byte) TIMES_8(byte), TIMES_8(byte), TIMES_8(byte), TIMES_8(byte)

const char sip__scan_returns[32] = {TIMES_32('\r')};
const char sip__scan_colons[32] = {TIMES_32(':')};

size_t sip__scan_headers(const char *ptr, size_t len, size_t from, struct sip__scan_line *lines,
                         size_t max_lines, struct sip__scan_result *ret_result)
{
    return scan_headers(ptr, len, from, lines, max_lines, ret_result);
}

uint32_t sip__scan_host_mask(const char *at)
{
    return scan_host_mask(at);
}

uint32_t sip__scan_value_mask(const char *at)
{
    return scan_value_mask(at);
}

const char *sip__scan_blank(const char *at, const char *end)
{
    return scan_blank(at, end);
}

const char *sip__scan_quote(const char *at, const char *end)
{
    return scan_quote(at, end);
}

size_t sip__scan_line_end(const char *ptr, size_t len, size_t from)
{
    const char *end = from < len ? memchr(ptr + from, '\n', len - from) : NULL;

    return end != NULL ? (size_t)(end - ptr) : len;
}
