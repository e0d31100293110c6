#include "parser/scan.h"

#include <string.h>

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/** Not 0 if a byte of `word` is 0. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - ONES) & ~word & HIGHS;
}

static bool is_stop(char c)
{
    return c == '\r' || c == '\n' || c == '\0';
}

const char *sip__scan_stop_portable(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t word;

        memcpy(&word, at, sizeof word);
        if ((zero_bytes(word) | zero_bytes(word ^ (ONES * '\r')) |
             zero_bytes(word ^ (ONES * '\n'))) != 0) {
            break;
        }
        at += 8;
    }
    while (at < end && !is_stop(*at)) {
        at++;
    }
    return at;
}
