#define _GNU_SOURCE
#include "io/address_news.h"
#include "io/loop_task.h"

#define LOOK_MS 2000

struct sip__address_news {
    const sip_allocator *allocator;
    void (*fn)(void *arg);
    void *arg;
    sip__loop_timer *timer;
};

static void on_timer(void *arg)
{
    sip__address_news *news = arg;

    sip__loop_timer_set(news->timer, LOOK_MS);
    news->fn(news->arg);
}

int sip__address_news_open(const sip_allocator *allocator, sip_loop *loop, void (*fn)(void *arg),
                           void *arg, sip__address_news **ret_news)
{
    sip__address_news *news = sip_alloc0(allocator, sizeof(*news));

    if (news == NULL) {
        return SIP_ENOMEM;
    }
    news->allocator = allocator;
    news->fn = fn;
    news->arg = arg;
    if (sip__loop_timer_create(loop, on_timer, news, &news->timer) != 0) {
        sip_free(allocator, news);
        return SIP_ENOMEM;
    }
    sip__loop_timer_set(news->timer, LOOK_MS);
    *ret_news = news;
    return 0;
}

void sip__address_news_close(sip__address_news *news)
{
    if (news != NULL) {
        sip__loop_timer_destroy(news->timer);
        sip_free(news->allocator, news);
    }
}
