#include "transport/fate.h"

static bool by_chance(const sip_random *random, unsigned percent)
{
    return percent > 0 && sip_random_below(random, 100) < percent;
}

static uint32_t draw_delay_ms(const sip__fate_odds *odds, const sip_random *random,
                              sip__fate_counts *counts)
{
    uint32_t delay_ms = odds->delay_ms;

    if (odds->jitter_ms > 0) {
        delay_ms += (uint32_t)(sip_random_u64(random) % ((uint64_t)odds->jitter_ms + 1));
    }
    if (by_chance(random, odds->reorder_percent)) {
        counts->held_back++;
        delay_ms += odds->reorder_ms;
    }
    return delay_ms;
}

unsigned sip__fate_draw(const sip__fate_odds *odds, const sip_random *random,
                        sip__fate_counts *counts, uint32_t ret_delays_ms[SIP__FATE_COPIES])
{
    unsigned copies = by_chance(random, odds->loss_percent) ? 0 : 1;

    counts->lost += copies == 0;
    if (copies == 1 && by_chance(random, odds->dup_percent)) {
        counts->doubled++;
        copies++;
    }
    for (unsigned i = 0; i < copies; i++) {
        ret_delays_ms[i] = draw_delay_ms(odds, random, counts);
    }
    return copies;
}
