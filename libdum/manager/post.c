#include "manager/post.h"

struct dum__post {
    struct dum__post *next;
    void (*fn)(dum_manager *dum, void *arg);
    void *arg;
};

/* Take all that is queued, oldest first. */
static struct dum__post *take_all(dum_manager *dum)
{
    struct dum__post *newest = atomic_exchange(&dum->posts, NULL);
    struct dum__post *oldest = NULL;

    while (newest != NULL) {
        struct dum__post *next = newest->next;

        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

static void run(void *arg)
{
    dum_manager *dum = arg;
    struct dum__post *post;

    /* First: what is posted after the taking wakes the worker anew. */
    atomic_store(&dum->post_wakes, false);
    post = take_all(dum);
    while (post != NULL) {
        struct dum__post now = *post;

        dum__free(dum, post);
        post = now.next;
        now.fn(dum, now.arg);
    }
}

int dum_manager_post(dum_manager *dum, void (*fn)(dum_manager *dum, void *arg), void *arg)
{
    struct dum__post *post;

    if (dum == NULL || fn == NULL) {
        return SIP_EINVAL;
    }
    post = dum__alloc0(dum, sizeof *post);
    if (post == NULL) {
        return SIP_ENOMEM;
    }
    post->fn = fn;
    post->arg = arg;
    post->next = atomic_load(&dum->posts);
    while (!atomic_compare_exchange_weak(&dum->posts, &post->next, post)) {
    }
    /* One wake for all that wait: a second would run in the same turn what they post themselves.
     * Once queued it cannot be taken back. Without memory to wake the worker it still runs, with
     * the next post that wakes it, so this is no failure. */
    if (!atomic_exchange(&dum->post_wakes, true) && sip_worker_post(dum->worker, run, dum) != 0) {
        atomic_store(&dum->post_wakes, false);
    }
    return 0;
}

void dum__post_finish(dum_manager *dum)
{
    struct dum__post *post = take_all(dum);

    while (post != NULL) {
        struct dum__post *next = post->next;

        dum__free(dum, post);
        post = next;
    }
}
