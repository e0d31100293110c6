#include "io/wakeup.h"

typedef struct post {
    sip__mpsc_node node; /* first: a node is its post */
    struct post *next;   /* in the list taken out for a run */
    void (*fn)(void *arg);
    void *arg;
} post;

static void on_async(uv_async_t *async)
{
    /* The wait has ended, which is all that was wanted: the loop runs the posts after the
     * descriptors. */
    (void)async;
}

int sip__wakeup_init(sip__wakeup *wakeup, uv_loop_t *uv, const sip_allocator *allocator)
{
    wakeup->allocator = allocator;
    sip__mpsc_init(&wakeup->posts);
    return uv_async_init(uv, &wakeup->async, on_async) == 0 ? 0 : SIP_EIO;
}

void sip__wakeup_signal(sip__wakeup *wakeup)
{
    (void)uv_async_send(&wakeup->async);
}

int sip__wakeup_post(sip__wakeup *wakeup, void (*fn)(void *arg), void *arg)
{
    post *entry = sip_alloc0(wakeup->allocator, sizeof(*entry));

    if (entry == NULL) {
        return SIP_ENOMEM;
    }
    entry->fn = fn;
    entry->arg = arg;
    (void)sip__mpsc_put(&wakeup->posts, &entry->node);
    /* Always: libuv itself merges signals that have not been seen yet. */
    sip__wakeup_signal(wakeup);
    return 0;
}

static post *take_all(sip__wakeup *wakeup)
{
    post *first = NULL, **link = &first;
    sip__mpsc_node *node;

    while ((node = sip__mpsc_take(&wakeup->posts)) != NULL) {
        post *entry = (post *)node;

        entry->next = NULL;
        *link = entry;
        link = &entry->next;
    }
    return first;
}

void sip__wakeup_run(sip__wakeup *wakeup)
{
    post *entry = take_all(wakeup);

    while (entry != NULL) {
        post *next = entry->next;
        void (*fn)(void *arg) = entry->fn;
        void *arg = entry->arg;

        sip_free(wakeup->allocator, entry);
        fn(arg);
        entry = next;
    }
}

void sip__wakeup_finish(sip__wakeup *wakeup)
{
    post *entry = take_all(wakeup);

    while (entry != NULL) {
        post *next = entry->next;

        sip_free(wakeup->allocator, entry);
        entry = next;
    }
    uv_close((uv_handle_t *)&wakeup->async, NULL);
}
