/* Microseconds of the system's monotonic clock, to measure how long something of ours takes: not
 * for the protocol, whose time comes from outside. */
#ifndef SIP_BASE_STOPWATCH_H
#define SIP_BASE_STOPWATCH_H

#include <stdint.h>
#include <time.h>

static inline uint64_t sip__stopwatch_us(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

#endif
