/* Quick random numbers for decisions that no secret hangs on: xorshift64. */
#ifndef SIP_BASE_NOISE_H
#define SIP_BASE_NOISE_H

#include <stdint.h>

/* A number from 0 up to but not 1; *state is not 0 at first. */
static inline double sip__noise(uint64_t *state)
{
    uint64_t noise = *state;

    noise ^= noise << 13;
    noise ^= noise >> 7;
    noise ^= noise << 17;
    *state = noise;
    return (double)(noise >> 11) / (double)(UINT64_C(1) << 53);
}

#endif
