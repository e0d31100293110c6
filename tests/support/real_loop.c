#include "support/real_loop.h"

#define LIMIT_MS 10000

static void on_late(void *arg)
{
    real_loop *real = arg;

    real->late = true;
}

static void on_turn_end(void *arg)
{
    real_loop *real = arg;

    if (real->turn_end != NULL) {
        real->turn_end(real->arg);
    }
    if (*real->count >= real->wanted || real->late) {
        sip_loop_stop(real->loop);
    }
}

bool real_loop_until(real_loop *real, const size_t *count, size_t wanted)
{
    real->count = count;
    real->wanted = wanted;
    real->late = false;
    sip_loop_set_alarm(real->loop, sip_loop_now_ms(real->loop) + LIMIT_MS, on_late, real);
    sip_loop_set_turn_end(real->loop, on_turn_end, real);
    (void)sip_loop_run(real->loop);
    sip_loop_set_alarm(real->loop, UINT64_MAX, on_late, real);
    sip_loop_set_turn_end(real->loop, NULL, NULL);
    return !real->late;
}
