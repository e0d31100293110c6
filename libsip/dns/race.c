#include "dns/race.h"

size_t sip__race_interleave(const sip_addr *six, size_t n_six, const sip_addr *four, size_t n_four,
                            sip_addr *out)
{
    size_t n = 0;

    for (size_t i = 0; i < n_six || i < n_four; i++) {
        if (i < n_six) {
            out[n++] = six[i];
        }
        if (i < n_four) {
            out[n++] = four[i];
        }
    }
    return n;
}

void sip__race_init(sip__race *race, size_t n, sip_time_ms now_ms)
{
    *race = (sip__race){.n = n, .next_ms = now_ms};
}

bool sip__race_next(sip__race *race, sip_time_ms now_ms, size_t *ret_runner,
                    sip_time_ms *ret_due_ms)
{
    if (race->started == race->n) {
        *ret_due_ms = UINT64_MAX;
        return false;
    }
    if (now_ms < race->next_ms) {
        *ret_due_ms = race->next_ms;
        return false;
    }
    *ret_runner = race->started++;
    race->next_ms = now_ms + SIP__RACE_DELAY_MS;
    return true;
}

void sip__race_fail(sip__race *race, sip_time_ms now_ms)
{
    race->failed++;
    race->next_ms = now_ms;
}

bool sip__race_is_lost(const sip__race *race)
{
    return race->failed >= race->n;
}
