#include "stack/stack.h"

#include "base/sized.h"
#include "stack/tu_selector.h"
#include <stdio.h>
#include <string.h>

#define MOST_T1_MS 60000000u /* 64 * T1 has to fit */
#define LEAST_SECRET_BYTES 16

/* ---- configuration */

static void set_default(uint32_t *value, uint32_t standard)
{
    if (*value == 0) {
        *value = standard;
    }
}

static unsigned workers_of(const sip_stack_config *config)
{
    unsigned cpus;

    if (config->workers != SIP_WORKER_PER_CPU) {
        return config->workers == 0 ? 1 : config->workers;
    }
    cpus = sip__thread_cpus();
    return cpus < SIP__WORKERS_MOST ? cpus : SIP__WORKERS_MOST;
}

static void complete(sip_stack_config *config)
{
    if (config->allocator == NULL) {
        config->allocator = sip_allocator_default();
    }
    if (config->random == NULL) {
        config->random = sip_random_system();
    }
    if (config->limits.message_bytes == 0) {
        config->limits.message_bytes = 65535;
    }
    config->workers = workers_of(config);
    set_default(&config->timers.t1_ms, 500);
    set_default(&config->timers.t2_ms, 4000);
    set_default(&config->timers.t4_ms, 5000);
    set_default(&config->timers.c_ms, 180000);
    set_default(&config->timers.d_ms, 32000);
    set_default(&config->timers.b_ms, 64 * config->timers.t1_ms);
    set_default(&config->timers.f_ms, 64 * config->timers.t1_ms);
    set_default(&config->max_transactions, 1000000);
    set_default(&config->max_connections, 10000);
    set_default(&config->idle_connection_s, 3600);
    set_default(&config->shutdown_ms, 5000);
    set_default(&config->overload.retry_after_s, 5);
}

static int check(const sip_stack_config *config)
{
    for (const char *const *at = config->local_networks; at != NULL && *at != NULL; at++) {
        if (sip__network_check(*at) != 0) {
            return SIP_EINVAL;
        }
    }
    if (config->workers > SIP__WORKERS_MOST && config->workers != SIP_WORKER_PER_CPU) {
        return SIP_EINVAL;
    }
    if (config->workers > 1 && config->resolver != NULL && config->clock == NULL) {
        return SIP_EUNSUPPORTED; /* it would be asked by several threads */
    }
    if (config->secret != NULL && strlen(config->secret) < LEAST_SECRET_BYTES) {
        return SIP_EINVAL;
    }
    return config->timers.t1_ms > MOST_T1_MS || config->sockets.dscp > 63 ? SIP_EINVAL : 0;
}

/* ---- birth and death */

static sip_tu *select_tu(sip_worker *worker, const sip_msg *request)
{
    return sip__tu_selector_find(&worker->tus, request);
}

static sip_tu *select_stray(sip_worker *worker)
{
    return sip__tu_selector_find_stray(&worker->tus);
}

static const sip__layer_hooks hooks = {
    .select = select_tu,
    .select_stray = select_stray,
    .want_turn_end = sip__worker_want_turn_end,
    .admit = sip__admission_admit,
    .announce = sip__admission_announce,
};

static void drop_resolver(sip_resolver *resolver)
{
    if (resolver != NULL) {
        resolver->vtable->destroy(resolver);
    }
}

static void finish_workers(sip_stack *stack)
{
    unsigned i = stack->workers == NULL ? 0 : stack->steer.workers;

    while (i-- > 0) {
        if (stack->workers[i].stack != NULL) { /* else its turn to be made has not come */
            sip__worker_finish(&stack->workers[i]);
        }
    }
    if (stack->workers == NULL) {
        drop_resolver(stack->config.resolver);
    }
    sip_free(stack->config.allocator, stack->workers);
}

static int init_workers(sip_stack *stack)
{
    int err = 0;

    stack->workers =
        sip_alloc0(stack->config.allocator, stack->steer.workers * sizeof(*stack->workers));
    if (stack->workers == NULL) {
        return SIP_ENOMEM;
    }
    for (unsigned i = 0; err == 0 && i < stack->steer.workers; i++) {
        sip_worker *worker = &stack->workers[i];

        worker->stack = stack;
        worker->index = i;
        worker->config = &stack->config;
        worker->on_turn_end = sip__stack_stop_step;
        err = sip__worker_init(worker, stack->steer.cookie, &hooks, sip__stack_intake());
    }
    return err;
}

static int init(sip_stack *stack)
{
    sip_random_fill(stack->config.random, &stack->steer.cookie, sizeof(stack->steer.cookie));
    sip_random_fill(stack->config.random, stack->steer.key, sizeof(stack->steer.key));
    sip_random_fill(stack->config.random, stack->flow_key, sizeof(stack->flow_key));
    stack->steer.workers = stack->config.workers;
    if (sip__proof_keys_init(&stack->proof_keys, stack->config.secret, stack->config.random) != 0) {
        return SIP_ENOMEM;
    }
    return init_workers(stack);
}

int sip_stack_create_sized(const sip_stack_config *config, size_t config_bytes,
                           sip_stack **ret_stack)
{
    sip_stack_config own = {0};
    sip_stack *stack;
    int err;

    if (config != NULL && sip__sized_copy(&own, sizeof(own), config, config_bytes) != 0) {
        return SIP_EINVAL;
    }
    err = ret_stack == NULL ? SIP_EINVAL : check(&own);
    if (err != 0) {
        drop_resolver(own.resolver);
        return err;
    }
    complete(&own);
    stack = sip_alloc0(own.allocator, sizeof(*stack));
    if (stack == NULL) {
        drop_resolver(own.resolver);
        return SIP_ENOMEM;
    }
    stack->config = own;
    err = init(stack);
    if (err != 0) {
        finish_workers(stack);
        sip_free(own.allocator, stack);
        return err;
    }
    *ret_stack = stack;
    return 0;
}

/* The last made first: it may stand on the others. */
static void destroy_tus(sip_worker *worker)
{
    for (sip_list *at = worker->tus.prev; at != &worker->tus; at = at->prev) {
        sip_tu *tu = SIP_CONTAINER_OF(at, sip_tu, link);

        if (tu->handler.on_destroy != NULL) {
            tu->handler.on_destroy(tu, tu->user_data);
        }
        sip__worker_run_turn_work(worker);
    }
    while (!sip_list_is_empty(&worker->tus)) {
        sip_list *node = worker->tus.next;

        sip_list_remove(node);
        sip_free(worker->config->allocator, SIP_CONTAINER_OF(node, sip_tu, link));
    }
}

static void close_worker(sip_worker *worker)
{
    sip__worker_enter_turn(worker);
    sip__worker_run_turn_work(worker);
    sip__transports_flush(&worker->transports);
    sip__layer_close(&worker->layer);
    sip__worker_run_turn_work(worker);
    destroy_tus(worker);
    sip__keeper_finish(&worker->keeper);
    sip__address_change_finish(worker);
}

/* What workers gave each other to send, in the end too, leaves. */
static void flush_last(sip_stack *stack)
{
    for (unsigned i = 0; i < stack->steer.workers; i++) {
        sip__mailbox_finish(&stack->workers[i]);
        sip__transports_flush(&stack->workers[i].transports);
    }
}

void sip_stack_destroy(sip_stack *stack)
{
    if (stack == NULL) {
        return;
    }
    sip__stack_finish_now(stack);
    sip__stack_join(stack);
    for (unsigned i = 0; i < stack->steer.workers; i++) {
        close_worker(&stack->workers[i]);
    }
    flush_last(stack);
    finish_workers(stack);
    sip_free(stack->config.allocator, stack);
}

/* ---- looking at one */

unsigned sip_stack_workers(const sip_stack *stack)
{
    return stack == NULL ? 0 : stack->steer.workers;
}

sip_worker *sip_stack_worker(sip_stack *stack, unsigned i)
{
    return stack == NULL || i >= stack->steer.workers ? NULL : &stack->workers[i];
}

sip_worker *sip__stack_find_here(const sip_stack *stack)
{
    const void *self = sip__thread_self();

    if (stack->turn_of != NULL) {
        return stack->turn_of;
    }
    for (unsigned i = 0; i < stack->steer.workers; i++) {
        if (atomic_load_explicit(&stack->workers[i].thread, memory_order_relaxed) == self) {
            return &stack->workers[i];
        }
    }
    return stack->workers;
}

const char *sip_stack_error(const sip_stack *stack)
{
    const char *text;

    if (stack == NULL) {
        return "stack: there is none (no memory, or a setting out of range)";
    }
    text = sip__stack_here(stack)->error;
    return text[0] != '\0' ? text : "no failure so far";
}

void sip_stack_set_error(sip_stack *stack, const char *format, ...)
{
    char text[SIP__STACK_ERROR_BYTES];
    va_list args;

    if (stack == NULL) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    memcpy(sip__stack_here(stack)->error, text, sizeof(text));
}
