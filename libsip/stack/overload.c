#include "stack/overload.h"

#include "base/noise.h"

#define TARGET_MS 20
#define INTERVAL_MS 50
#define LEAST_TAKEN 0.01    /* what little is still taken tells when it is over */
#define GAIN 0.02           /* of the error in targets, an interval */
#define GAIN_BACK 0.06      /* the same while messages wait less than wanted */
#define GAIN_CHANGE 0.12    /* of its change */
#define MOST_STEP 1.0       /* by how much the logarithm of the share changes in an interval */
#define MOST_INTERVALS 100u /* of silence, after which nothing is left to be taken back */
#define MUCH 5u             /* times the target */
#define IDLE_PART 4u        /* of an interval with nothing to do, and it was no overload */

void sip__overload_init(sip__overload *overload, const sip_overload_config *config, uint64_t seed,
                        sip_time_ms now_ms)
{
    *overload = (sip__overload){
        .target_ms = config->target_ms != 0 ? config->target_ms : TARGET_MS,
        .interval_ms = config->interval_ms != 0 ? config->interval_ms : INTERVAL_MS,
        .began_ms = now_ms,
        .least_ms = UINT32_MAX,
        .taken = 1,
        .noise = seed | 1,
    };
}

static double clamp(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

/* Near enough to the exponential for steps of at most one, and never below zero. */
static double scaled(double share, double step)
{
    return step < 0 ? share / (1 - step + step * step / 2) : share * (1 + step + step * step / 2);
}

/* An interval is over in which messages waited at least so long. */
static void adjust(sip__overload *overload, uint32_t waited_ms)
{
    const double target = overload->target_ms;
    double error = ((double)waited_ms - target) / target;
    double change = ((double)waited_ms - (double)overload->before_ms) / target;
    double step = -(error > 0 ? GAIN : GAIN_BACK) * error - GAIN_CHANGE * change;

    overload->before_ms = waited_ms;
    if (!overload->on && error <= 0) {
        return;
    }
    overload->on = true;
    overload->taken =
        clamp(scaled(overload->taken, clamp(step, -MOST_STEP, MOST_STEP)), LEAST_TAKEN, 1);
    /* Hysteresis: over only when all is taken and half the target is no longer reached. */
    overload->on = overload->taken < 1 || waited_ms * 2 > overload->target_ms;
}

void sip__overload_tick(sip__overload *overload, sip_time_ms now_ms)
{
    for (unsigned i = 0; i < MOST_INTERVALS && now_ms >= overload->began_ms + overload->interval_ms;
         i++) {
        bool was_idle = overload->idle_us * IDLE_PART > (uint64_t)overload->interval_ms * 1000;

        adjust(overload, overload->least_ms == UINT32_MAX || was_idle ? 0 : overload->least_ms);
        overload->least_ms = UINT32_MAX;
        overload->idle_us = 0;
        overload->began_ms += overload->interval_ms;
    }
    if (now_ms >= overload->began_ms + overload->interval_ms) {
        overload->began_ms = now_ms;
    }
}

void sip__overload_idle(sip__overload *overload, uint64_t us)
{
    overload->idle_us += us;
}

void sip__overload_note(sip__overload *overload, sip_time_ms now_ms, uint32_t waited_ms)
{
    if (now_ms >= overload->began_ms + overload->interval_ms) {
        sip__overload_tick(overload, now_ms);
    }
    if (waited_ms < overload->least_ms) {
        overload->least_ms = waited_ms;
    }
}

bool sip__overload_refuses(sip__overload *overload)
{
    return overload->taken < 1 && sip__noise(&overload->noise) >= overload->taken;
}

bool sip__overload_refuses_informed(sip__overload *overload)
{
    return overload->before_ms > MUCH * overload->target_ms && sip__overload_refuses(overload);
}

unsigned sip__overload_loss(const sip__overload *overload)
{
    return overload->taken < 1 ? (unsigned)((1 - overload->taken) * 100 + 0.5) : 0;
}
