#include "parser/scan.h"

#include "parser/scan_lines.h"

#include <string.h>

#define TIMES_8(byte) byte, byte, byte, byte, byte, byte, byte, byte
#define TIMES_32(byte) TIMES_8(byte), TIMES_8(byte), TIMES_8(byte), TIMES_8(byte)

const char sip__scan_returns[32] = {TIMES_32('\r')};
const char sip__scan_colons[32] = {TIMES_32(':')};
const char sip__scan_quotes[32] = {TIMES_32('"')};
const char sip__scan_backslashes[32] = {TIMES_32('\\')};
const char sip__scan_deletes[32] = {TIMES_32(0x7f)};
const char sip__scan_spaces[32] = {TIMES_32(' ')};
const char sip__scan_low_halves[32] = {TIMES_32(15)};

const struct sip__scan_way *sip__scan_way_portable(void)
{
    return &sip__scan_portable;
}

const struct sip__scan_way *sip__scan_way_sse2(void)
{
#ifdef __SSE2__
    return &sip__scan_sse2;
#else
    return NULL;
#endif
}

const struct sip__scan_way *sip__scan_way_avx2(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                   __builtin_cpu_supports("bmi2")
               ? &sip__scan_avx2
               : NULL;
#else
    return NULL;
#endif
}

const struct sip__scan_way *sip__scan_way(void)
{
#if defined(SIP_PORTABLE) || !defined(__SSE2__)
    return &sip__scan_portable;
#else
    const struct sip__scan_way *wide = sip__scan_way_avx2();

    return wide != NULL ? wide : &sip__scan_sse2;
#endif
}

const char *sip__scan_blank(const char *at, const char *end)
{
    while (at < end && (unsigned char)*at > ' ' && *at != 0x7f) {
        at++;
    }
    return at;
}

const char *sip__scan_stop(const char *at, const char *end)
{
    while (at < end && *at != '\r' && *at != '\n' && *at != '\0') {
        at++;
    }
    return at;
}

size_t sip__scan_line_end(const char *ptr, size_t len, size_t from)
{
    const char *end = from < len ? memchr(ptr + from, '\n', len - from) : NULL;

    return end != NULL ? (size_t)(end - ptr) : len;
}
