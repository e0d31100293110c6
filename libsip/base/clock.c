#include <sip/base.h>

#include <time.h>

static sip_time_ms system_now_ms(void *user_data)
{
    struct timespec now = {0};

    (void)user_data;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (sip_time_ms)now.tv_sec * 1000 + (sip_time_ms)now.tv_nsec / 1000000;
}

static int64_t system_unix_s(void *user_data)
{
    struct timespec now = {0};

    (void)user_data;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec;
}

static const sip_clock system_clock = {.now_ms = system_now_ms, .unix_s = system_unix_s};

const sip_clock *sip_clock_system(void)
{
    return &system_clock;
}

sip_time_ms sip_clock_now_ms(const sip_clock *clock)
{
    if (!clock) {
        clock = &system_clock;
    }
    return clock->now_ms(clock->user_data);
}

int64_t sip_clock_unix_us(const sip_clock *clock)
{
    struct timespec now = {0};

    if (clock != NULL && clock != &system_clock) {
        return sip_clock_unix_s(clock) * 1000000;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + (int64_t)now.tv_nsec / 1000;
}

int64_t sip_clock_unix_s(const sip_clock *clock)
{
    if (!clock) {
        clock = &system_clock;
    }
    return clock->unix_s(clock->user_data);
}
