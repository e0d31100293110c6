/* How the workers of a stack run: on threads, on the caller's, driven by a foreign loop, or all in
 * turn by a clock from outside. */
#include "io/loop_task.h"
#include "stack/stack.h"

static void adopt(sip_worker *worker, const void *thread)
{
    atomic_store_explicit(&worker->thread, thread, memory_order_relaxed);
}

static int run_worker(sip_worker *worker)
{
    int err = 0;

    adopt(worker, sip__thread_self());
    sip__homing_own(worker->blocks); /* its listeners were made on another thread */
    sip__homing_own(worker->letters);
    while (err == 0 && !atomic_load(&worker->stack->finished)) {
        err = sip_loop_run(worker->loop) != 0 ? SIP_EIO : 0;
    }
    adopt(worker, NULL);
    if (err != 0) { /* one that does not run takes the others' messages and does nothing */
        sip_log_error(worker->config->log, SIP_LOG_STACK, "worker %u: its loop has failed",
                      worker->index);
        sip__stack_finish_now(worker->stack);
    }
    return err;
}

static void thread_main(void *arg)
{
    (void)run_worker(arg);
}

/* Give the workers from `first` on threads of their own. */
static int start_threads(sip_stack *stack, unsigned first)
{
    int err = 0;

    stack->running = true;
    for (unsigned i = 0; i < stack->steer.workers; i++) {
        stack->workers[i].published = true;
    }
    for (unsigned i = first; err == 0 && i < stack->steer.workers; i++) {
        sip_worker *worker = &stack->workers[i];

        err = sip__thread_start(stack->config.allocator, thread_main, worker, &worker->runner);
    }
    if (err != 0) {
        sip_stack_set_error(stack, "stack: no thread for a worker: %s", sip_error_text(err));
        sip__stack_finish_now(stack);
        sip__stack_join(stack);
    }
    return err;
}

void sip__stack_join(sip_stack *stack)
{
    for (unsigned i = 0; i < stack->steer.workers; i++) {
        sip__thread_join(stack->workers[i].runner);
        stack->workers[i].runner = NULL;
        stack->workers[i].published = false;
    }
    stack->running = false;
}

static bool may_run(const sip_stack *stack)
{
    return stack != NULL && stack->workers->loop != NULL && !stack->running;
}

int sip_stack_run(sip_stack *stack)
{
    int err;

    if (!may_run(stack) || stack->config.embedded) {
        return SIP_ESTATE;
    }
    err = start_threads(stack, 1);
    if (err == 0) {
        err = run_worker(stack->workers);
        sip__stack_join(stack);
    }
    return err;
}

int sip_stack_start(sip_stack *stack)
{
    if (!may_run(stack) || (stack->config.embedded && stack->steer.workers == 1)) {
        return SIP_ESTATE;
    }
    if (stack->config.embedded) {
        adopt(stack->workers, sip__thread_self());
    }
    return start_threads(stack, stack->config.embedded ? 1 : 0);
}

int sip_stack_wait(sip_stack *stack)
{
    if (stack == NULL || !stack->running || stack->config.embedded) {
        return SIP_ESTATE;
    }
    sip__stack_join(stack);
    return 0;
}

/* ---- driven from outside */

int sip_stack_fd(sip_stack *stack)
{
    if (stack == NULL || stack->workers->loop == NULL) {
        return -1;
    }
    if (stack->steer.workers > 1 && !stack->running) { /* the first step starts the others */
        sip__loop_want_turn(stack->workers->loop);
    }
    return sip_loop_fd(stack->workers->loop);
}

static int step_loop(sip_stack *stack)
{
    int err = 0;

    if (stack->steer.workers > 1 && !stack->running && !atomic_load(&stack->finished)) {
        err = sip_stack_start(stack);
    }
    return err == 0 && sip_loop_step(stack->workers->loop) == 0 ? 0 : SIP_EIO;
}

int sip_stack_step(sip_stack *stack)
{
    if (stack == NULL) {
        return SIP_EIO;
    }
    if (stack->workers->loop == NULL) {
        for (unsigned i = 0; i < stack->steer.workers; i++) {
            sip__worker_process(&stack->workers[i]);
        }
    } else if (step_loop(stack) != 0) {
        return SIP_EIO;
    }
    return atomic_load(&stack->finished) ? 0 : 1;
}

int sip_stack_process(sip_stack *stack)
{
    return sip_stack_step(stack);
}

sip_time_ms sip_stack_next_due_ms(const sip_stack *stack)
{
    sip_time_ms due_ms = UINT64_MAX;

    for (unsigned i = 0; stack != NULL && i < stack->steer.workers; i++) {
        sip_time_ms next_ms = sip__worker_next_due_ms(&stack->workers[i]);

        due_ms = next_ms < due_ms ? next_ms : due_ms;
    }
    return due_ms;
}

/* ---- signals */

static void on_stop_signal(int signum, void *user_data)
{
    (void)signum;
    sip_stack_stop(user_data);
}

int sip_stack_on_signal(sip_stack *stack, int signum, void (*fn)(int signum, void *user_data),
                        void *user_data)
{
    if (stack == NULL || stack->workers->loop == NULL) {
        return SIP_ESTATE;
    }
    return fn != NULL ? sip_loop_on_signal(stack->workers->loop, signum, fn, user_data)
                      : sip_loop_on_signal(stack->workers->loop, signum, on_stop_signal, stack);
}
