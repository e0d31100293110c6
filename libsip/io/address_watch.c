#include "io/address_watch.h"
#include "io/address_news.h"
#include "io/interfaces.h"
#include "io/loop_task.h"

#define SETTLE_MS 200 /* an interface that comes up tells of itself in many messages */

struct sip__address_watch {
    const sip_allocator *allocator;
    void (*fn)(void *arg);
    void *arg;
    sip__address_news *news;
    sip__loop_timer *timer;
    bool settling;
    uint64_t mark;
};

static void on_settled(void *arg)
{
    sip__address_watch *watch = arg;
    uint64_t mark;

    watch->settling = false;
    if (sip__interfaces_mark(watch->allocator, &mark) == 0 && mark != watch->mark) {
        watch->mark = mark;
        watch->fn(watch->arg);
    }
}

static void on_news(void *arg)
{
    sip__address_watch *watch = arg;

    if (!watch->settling) {
        watch->settling = true;
        sip__loop_timer_set(watch->timer, SETTLE_MS);
    }
}

int sip__address_watch_create(const sip_allocator *allocator, sip_loop *loop, void (*fn)(void *arg),
                              void *arg, sip__address_watch **ret_watch)
{
    sip__address_watch *watch = sip_alloc0(allocator, sizeof(*watch));
    int err;

    if (watch == NULL) {
        return SIP_ENOMEM;
    }
    watch->allocator = allocator;
    watch->fn = fn;
    watch->arg = arg;
    err = sip__loop_timer_create(loop, on_settled, watch, &watch->timer);
    if (err == 0) {
        err = sip__address_news_open(allocator, loop, on_news, watch, &watch->news);
    }
    if (err == 0) {
        err = sip__interfaces_mark(allocator, &watch->mark); /* after opening: nothing is missed */
    }
    if (err != 0) {
        sip__address_watch_destroy(watch);
        return err;
    }
    *ret_watch = watch;
    return 0;
}

void sip__address_watch_destroy(sip__address_watch *watch)
{
    if (watch != NULL) {
        sip__address_news_close(watch->news);
        sip__loop_timer_destroy(watch->timer);
        sip_free(watch->allocator, watch);
    }
}
