#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/mpsc_queue.h"

#define PRODUCERS 4
#define ITEMS 20000

typedef struct item {
    sip__mpsc_node node;
    unsigned producer, number;
} item;

static void one_thread_gets_back_what_it_put_in_order(void **state)
{
    sip__mpsc_queue queue;
    item items[5];

    (void)state;
    sip__mpsc_init(&queue);
    assert_null(sip__mpsc_take(&queue));
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 5; i++) {
            /* Only the first wakes the consumer. */
            assert_int_equal(sip__mpsc_put(&queue, &items[i].node), i == 0);
        }
        for (size_t i = 0; i < 5; i++) {
            assert_ptr_equal(sip__mpsc_take(&queue), &items[i].node);
        }
        assert_null(sip__mpsc_take(&queue));
        assert_null(sip__mpsc_take(&queue));
    }
}

static void puts_and_takes_may_alternate(void **state)
{
    sip__mpsc_queue queue;
    item a, b;

    (void)state;
    sip__mpsc_init(&queue);
    assert_true(sip__mpsc_put(&queue, &a.node));
    for (int i = 0; i < 10; i++) {
        assert_false(sip__mpsc_put(&queue, &b.node));
        assert_ptr_equal(sip__mpsc_take(&queue), &a.node);
        assert_false(sip__mpsc_put(&queue, &a.node));
        assert_ptr_equal(sip__mpsc_take(&queue), &b.node);
    }
    assert_ptr_equal(sip__mpsc_take(&queue), &a.node);
    assert_null(sip__mpsc_take(&queue));
    assert_true(sip__mpsc_put(&queue, &a.node));
}

/* A consumer that sleeps whenever the queue is empty, as a loop does: a lost wake-up hangs the
 * test. */
typedef struct crossing {
    sip__mpsc_queue queue;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool woken;
} crossing;

typedef struct producer {
    pthread_t thread;
    crossing *crossing;
    item *items;
} producer;

static void *produce(void *arg)
{
    producer *self = arg;
    crossing *to = self->crossing;

    for (unsigned i = 0; i < ITEMS; i++) {
        if (sip__mpsc_put(&to->queue, &self->items[i].node)) {
            pthread_mutex_lock(&to->mutex);
            to->woken = true;
            pthread_cond_signal(&to->wake);
            pthread_mutex_unlock(&to->mutex);
        }
    }
    return NULL;
}

static void sleep_until_woken(crossing *c)
{
    pthread_mutex_lock(&c->mutex);
    while (!c->woken) {
        pthread_cond_wait(&c->wake, &c->mutex);
    }
    c->woken = false;
    pthread_mutex_unlock(&c->mutex);
}

static void many_threads_lose_nothing_and_keep_their_order(void **state)
{
    static item items[PRODUCERS][ITEMS];
    static crossing door = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};
    producer producers[PRODUCERS];
    unsigned next[PRODUCERS] = {0}, taken = 0;

    (void)state;
    sip__mpsc_init(&door.queue);
    for (unsigned i = 0; i < PRODUCERS; i++) {
        for (unsigned j = 0; j < ITEMS; j++) {
            items[i][j].producer = i;
            items[i][j].number = j;
        }
        producers[i].crossing = &door;
        producers[i].items = items[i];
        assert_int_equal(pthread_create(&producers[i].thread, NULL, produce, &producers[i]), 0);
    }
    while (taken < PRODUCERS * ITEMS) {
        sip__mpsc_node *node = sip__mpsc_take(&door.queue);

        if (!node) {
            sleep_until_woken(&door);
            continue;
        }
        const item *got = (const item *)node;

        assert_int_equal(got->number, next[got->producer]);
        next[got->producer]++;
        taken++;
    }
    assert_null(sip__mpsc_take(&door.queue));
    for (unsigned i = 0; i < PRODUCERS; i++) {
        pthread_join(producers[i].thread, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_gets_back_what_it_put_in_order),
        cmocka_unit_test(puts_and_takes_may_alternate),
        cmocka_unit_test(many_threads_lose_nothing_and_keep_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
