/* The loop: order within a turn, watches, alarm, posts from threads, signals, the outer descriptor.
 */
#include <sip/loop.h>
#include "io/loop_task.h"
#include "support/fail_alloc.h"
#include "support/real_loop.h"
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

typedef struct loop_notes {
    sip_loop *loop;
    char text[32];
    size_t len;
    size_t turns;
    int pipe[2];
    sip_watch *watch;
    sip__loop_task task;
    unsigned ready;
    size_t posted;
} loop_notes;

static void note(loop_notes *notes, char c)
{
    if (notes->len + 1 < sizeof(notes->text)) {
        notes->text[notes->len++] = c;
    }
}

static int setup(void **state)
{
    static loop_notes notes;

    memset(&notes, 0, sizeof(notes));
    *state = &notes;
    return sip_loop_create(sip_allocator_default(), &notes.loop) != 0 || pipe(notes.pipe) != 0;
}

static int teardown(void **state)
{
    loop_notes *notes = *state;

    sip_loop_destroy(notes->loop);
    close(notes->pipe[0]);
    close(notes->pipe[1]);
    return 0;
}

static void on_read(unsigned ready, void *arg)
{
    loop_notes *notes = arg;
    char c;

    assert_int_equal(ready, SIP_LOOP_READ);
    assert_int_equal(read(notes->pipe[0], &c, 1), 1);
    note(notes, 'r');
}

static void on_alarm(void *arg)
{
    note(arg, 'a');
}

static void on_post(void *arg)
{
    note(arg, 'p');
}

static void on_turn_end(void *arg)
{
    loop_notes *notes = arg;

    note(notes, 'e');
    notes->turns++;
}

static void on_task(void *arg)
{
    note(arg, 't');
}

static void test_order_of_a_turn(void **state)
{
    loop_notes *notes = *state;
    sip_watch *watch;

    assert_int_equal(
        sip_loop_watch(notes->loop, notes->pipe[0], SIP_LOOP_READ, on_read, notes, &watch), 0);
    assert_int_equal(write(notes->pipe[1], "x", 1), 1);
    sip_loop_set_turn_end(notes->loop, on_turn_end, notes);
    sip_loop_set_alarm(notes->loop, 0, on_alarm, notes);
    notes->task.fn = on_task;
    notes->task.arg = notes;
    sip__loop_defer(notes->loop, &notes->task);
    sip__loop_defer(notes->loop, &notes->task);
    assert_int_equal(sip_loop_post(notes->loop, on_post, notes), 0);
    assert_int_equal(sip_loop_post(notes->loop, on_post, notes), 0);
    assert_int_equal(sip_loop_step(notes->loop), 0);
    assert_string_equal(notes->text, "rtappe");
    assert_int_equal(sip_loop_step(notes->loop), 0);
    assert_string_equal(notes->text, "rtappee"); /* the alarm rings once */
    sip_watch_stop(watch);
    sip_watch_stop(NULL);
}

static void post_again(void *arg)
{
    loop_notes *notes = arg;

    note(notes, 'q');
    assert_int_equal(sip_loop_post(notes->loop, on_post, notes), 0);
    sip__loop_defer(notes->loop, &notes->task);
}

static void test_posts_and_tasks_wait_for_the_next_turn(void **state)
{
    loop_notes *notes = *state;

    notes->task.fn = on_task;
    notes->task.arg = notes;
    sip_loop_set_turn_end(notes->loop, on_turn_end, notes);
    assert_int_equal(sip_loop_post(notes->loop, post_again, notes), 0);
    (void)sip_loop_step(notes->loop);
    assert_string_equal(notes->text, "qe");
    (void)sip_loop_step(notes->loop);
    assert_string_equal(notes->text, "qetpe");
    sip__loop_defer(notes->loop, &notes->task);
    sip__loop_undefer(&notes->task);
    sip__loop_undefer(&notes->task);
    (void)sip_loop_step(notes->loop);
    assert_string_equal(notes->text, "qetpee");
    /* Never run, freed with the loop. */
    assert_int_equal(sip_loop_post(notes->loop, on_post, notes), 0);
}

static void rearm_past(void *arg)
{
    loop_notes *notes = arg;

    note(notes, 'a');
    if (notes->len < 5) {
        sip_loop_set_alarm(notes->loop, 0, rearm_past, notes);
    } else {
        sip_loop_stop(notes->loop);
    }
}

static void test_alarm_in_the_past_does_not_starve(void **state)
{
    loop_notes *notes = *state;

    sip_loop_set_turn_end(notes->loop, on_turn_end, notes);
    sip_loop_set_alarm(notes->loop, 0, rearm_past, notes);
    assert_int_equal(sip_loop_run(notes->loop), 0);
    assert_string_equal(notes->text, "aeaeae");
}

static void set_alarm_at_turn_end(void *arg)
{
    loop_notes *notes = arg;

    if (notes->turns++ == 0) {
        sip_loop_set_alarm(notes->loop, sip_loop_now_ms(notes->loop), on_alarm, notes);
    } else {
        sip_loop_stop(notes->loop);
    }
}

static void test_alarm_set_at_the_turns_end(void **state)
{
    loop_notes *notes = *state;

    sip_loop_set_turn_end(notes->loop, set_alarm_at_turn_end, notes);
    sip_loop_stop(notes->loop);
    assert_int_equal(sip_loop_run(notes->loop), 0); /* one turn */
    assert_int_equal(sip_loop_run(notes->loop), 0);
    assert_string_equal(notes->text, "a");
    sip_loop_set_alarm(notes->loop, sip_loop_now_ms(notes->loop), on_alarm, notes);
    sip_loop_set_alarm(notes->loop, UINT64_MAX, on_alarm, notes);
    (void)sip_loop_step(notes->loop);
    assert_string_equal(notes->text, "a");
}

static void on_writable(unsigned ready, void *arg)
{
    loop_notes *notes = arg;

    notes->ready |= ready;
    sip_watch_stop(notes->watch); /* from inside its own callback */
    notes->watch = NULL;
}

static void test_watch_write_and_pause(void **state)
{
    loop_notes *notes = *state;

    assert_int_equal(
        sip_loop_watch(notes->loop, notes->pipe[1], 0, on_writable, notes, &notes->watch), 0);
    (void)sip_loop_step(notes->loop);
    assert_int_equal(notes->ready, 0);
    assert_int_equal(sip_watch_set(notes->watch, SIP_LOOP_WRITE), 0);
    (void)sip_loop_step(notes->loop);
    assert_int_equal(notes->ready, SIP_LOOP_WRITE);
    assert_null(notes->watch);
    assert_int_equal(sip_loop_watch(notes->loop, -1, SIP_LOOP_READ, on_read, notes, &notes->watch),
                     SIP_EIO);
}

static void on_posted(void *arg)
{
    loop_notes *notes = arg;

    notes->posted++;
}

static void *poster(void *arg)
{
    loop_notes *notes = arg;
    int i;

    for (i = 0; i < 1000; i++) {
        if (sip_loop_post(notes->loop, on_posted, notes) != 0) {
            return notes;
        }
    }
    return NULL;
}

static void test_posts_from_threads(void **state)
{
    loop_notes *notes = *state;
    real_loop real = {.loop = notes->loop};
    pthread_t threads[2];
    void *failed;
    size_t i;

    for (i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, poster, notes), 0);
    }
    assert_true(real_loop_until(&real, &notes->posted, 2000));
    for (i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

static void on_signal(int signum, void *arg)
{
    loop_notes *notes = arg;

    assert_int_equal(signum, SIGUSR1);
    notes->posted++;
}

static void test_signals(void **state)
{
    loop_notes *notes = *state;
    real_loop real = {.loop = notes->loop};

    assert_int_equal(sip_loop_on_signal(notes->loop, SIGUSR1, on_signal, NULL), 0);
    assert_int_equal(sip_loop_on_signal(notes->loop, SIGUSR1, on_signal, notes), 0);
    assert_int_equal(raise(SIGUSR1), 0);
    assert_true(real_loop_until(&real, &notes->posted, 1));
    assert_int_equal(sip_loop_on_signal(notes->loop, SIGUSR1, NULL, NULL), 0);
    assert_int_equal(sip_loop_on_signal(notes->loop, SIGUSR1, NULL, NULL), 0);
    assert_int_equal(sip_loop_on_signal(notes->loop, SIGKILL, on_signal, notes), SIP_EIO);
    assert_int_equal(sip_loop_on_signal(notes->loop, SIGUSR2, on_signal, notes), 0);
}

static void on_timer(void *arg)
{
    loop_notes *notes = arg;

    notes->posted++;
}

static void test_timers(void **state)
{
    loop_notes *notes = *state;
    real_loop real = {.loop = notes->loop};
    sip__loop_timer *timer, *never;

    assert_int_equal(sip__loop_timer_create(notes->loop, on_timer, notes, &timer), 0);
    assert_int_equal(sip__loop_timer_create(notes->loop, on_timer, notes, &never), 0);
    sip__loop_timer_set(timer, 0);
    sip__loop_timer_set(never, 0);
    sip__loop_timer_clear(never);
    assert_true(real_loop_until(&real, &notes->posted, 1));
    (void)sip_loop_step(notes->loop);
    assert_int_equal(notes->posted, 1);
    sip__loop_timer_destroy(timer);
    sip__loop_timer_destroy(NULL);
}

static bool readable(int fd, int timeout_ms)
{
    struct pollfd entry = {fd, POLLIN, 0};

    return poll(&entry, 1, timeout_ms) == 1;
}

/* The portable twin's thread may ring a little late, so a moment is waited. */
static void settle(sip_loop *loop, int fd)
{
    int i;

    for (i = 0; i < 10 && readable(fd, 10); i++) {
        (void)sip_loop_step(loop);
    }
    assert_true(i < 10);
}

static void test_outer_descriptor(void **state)
{
    loop_notes *notes = *state;
    int fd = sip_loop_fd(notes->loop);
    sip_watch *watch;

    assert_true(fd >= 0);
    assert_int_equal(sip_loop_fd(notes->loop), fd);
    settle(notes->loop, fd);
    assert_int_equal(sip_loop_post(notes->loop, on_post, notes), 0);
    assert_true(readable(fd, 10000));
    settle(notes->loop, fd);
    assert_string_equal(notes->text, "p");
    sip_loop_set_alarm(notes->loop, sip_loop_now_ms(notes->loop) + 1, on_alarm, notes);
    assert_true(readable(fd, 10000));
    while (notes->len < 2) {
        assert_true(readable(fd, 10000));
        (void)sip_loop_step(notes->loop);
    }
    settle(notes->loop, fd);
    assert_int_equal(
        sip_loop_watch(notes->loop, notes->pipe[0], SIP_LOOP_READ, on_read, notes, &watch), 0);
    settle(notes->loop, fd);
    assert_int_equal(write(notes->pipe[1], "x", 1), 1);
    assert_true(readable(fd, 10000));
    settle(notes->loop, fd);
    notes->task.fn = on_task;
    notes->task.arg = notes;
    sip__loop_defer(notes->loop, &notes->task);
    assert_true(readable(fd, 10000));
    settle(notes->loop, fd);
    assert_string_equal(notes->text, "part");
}

static void test_no_memory(void **state)
{
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        sip_loop *loop = NULL;
        sip_watch *watch;
        sip__loop_timer *timer;
        loop_notes notes;
        int ends[2];

        memset(&notes, 0, sizeof(notes));
        fail_alloc_init(&fail, ++n);
        if (sip_loop_create(&fail.allocator, &loop) == 0) {
            assert_int_equal(pipe(ends), 0);
            (void)sip_loop_watch(loop, ends[0], SIP_LOOP_READ, on_read, &notes, &watch);
            (void)sip_loop_post(loop, on_post, &notes);
            (void)sip_loop_on_signal(loop, SIGUSR1, on_signal, &notes);
            (void)sip__loop_timer_create(loop, on_timer, &notes, &timer);
            sip_loop_destroy(loop);
            close(ends[0]);
            close(ends[1]);
        }
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 5);
    sip_loop_destroy(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_order_of_a_turn),
        TEST(test_posts_and_tasks_wait_for_the_next_turn),
        TEST(test_alarm_in_the_past_does_not_starve),
        TEST(test_alarm_set_at_the_turns_end),
        TEST(test_watch_write_and_pause),
        TEST(test_posts_from_threads),
        TEST(test_signals),
        TEST(test_timers),
        TEST(test_outer_descriptor),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
