/* Zeroing what is made for every message. For some hundred bytes compilers take an instruction that
 * repeats a store; starting it costs more than the stores do. */
#ifndef SIP_BASE_ZERO_H
#define SIP_BASE_ZERO_H

#include <stddef.h>
#include <string.h>

/** Zero `bytes`, a constant of some hundred, with plain stores. */
static inline void sip__zero(void *at, size_t bytes)
{
#if defined(__SANITIZE_ADDRESS__) /* gcc then takes the pieces for stores out of bounds */
    memset(at, 0, bytes);
#else
    char *part = at;

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 32
#endif
    for (size_t done = 0; done + 64 <= bytes; done += 64) {
        memset(part + done, 0, 64);
    }
    memset(part + bytes / 64 * 64, 0, bytes % 64);
#endif
}

#endif
