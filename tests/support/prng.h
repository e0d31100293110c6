/* Numbers that a seed gives, the same everywhere. */
#ifndef PRNG_H
#define PRNG_H

#include <stdint.h>

typedef struct prng {
    uint64_t state;
} prng;

static inline uint64_t prng_next(prng *from)
{
    uint64_t mixed = from->state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

/* 0 … below-1; below is not 0. */
static inline uint32_t prng_below(prng *from, uint32_t below)
{
    return (uint32_t)(prng_next(from) >> 32) % below;
}

#endif
