#include "stack/stack.h"

#include "base/sized.h"
#include "stack/tu_selector.h"
#include <stdio.h>
#include <string.h>

#define MOST_T1_MS 60000000u /* 64 * T1 has to fit */

/* ---- configuration */

static void set_default(uint32_t *value, uint32_t standard)
{
    if (*value == 0) {
        *value = standard;
    }
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
    set_default(&config->timers.t1_ms, 500);
    set_default(&config->timers.t2_ms, 4000);
    set_default(&config->timers.t4_ms, 5000);
    set_default(&config->timers.c_ms, 180000);
    set_default(&config->timers.d_ms, 32000);
    set_default(&config->max_transactions, 1000000);
    set_default(&config->max_connections, 10000);
    set_default(&config->idle_connection_s, 3600);
    set_default(&config->shutdown_ms, 5000);
    set_default(&config->datagram_bytes, 1300);
}

static int check(const sip_stack_config *config)
{
    for (const char *const *at = config->local_networks; at != NULL && *at != NULL; at++) {
        if (sip__network_check(*at) != 0) {
            return SIP_EINVAL;
        }
    }
    if (config->workers > 1) {
        return SIP_EUNSUPPORTED;
    }
    return config->timers.t1_ms > MOST_T1_MS || config->sockets.dscp > 63 ? SIP_EINVAL : 0;
}

/* ---- birth and death */

static sip_tu *select_tu(sip_stack *stack, const sip_msg *request)
{
    return sip__tu_selector_find(&stack->tus, request);
}

static sip_tu *select_stray(sip_stack *stack)
{
    return sip__tu_selector_find_stray(&stack->tus);
}

static const sip__layer_hooks hooks = {
    .select = select_tu,
    .select_stray = select_stray,
    .want_turn_end = sip__worker_want_turn_end,
};

static void drop_resolver(sip_resolver *resolver)
{
    if (resolver != NULL) {
        resolver->vtable->destroy(resolver);
    }
}

static int init(sip_stack *stack)
{
    sip_list_init(&stack->tus);
    sip_list_init(&stack->observers);
    sip_random_fill(stack->config.random, &stack->steer.cookie, sizeof(stack->steer.cookie));
    sip_random_fill(stack->config.random, stack->steer.key, sizeof(stack->steer.key));
    sip_random_fill(stack->config.random, stack->flow_key, sizeof(stack->flow_key));
    stack->steer.workers = 1;
    stack->worker.stack = stack;
    stack->worker.config = &stack->config;
    stack->worker.on_turn_end = sip__stack_stop_step;
    return sip__worker_init(&stack->worker, stack->steer.cookie, &hooks, sip__stack_intake());
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
        sip__worker_finish(&stack->worker);
        sip_free(own.allocator, stack);
        return err;
    }
    *ret_stack = stack;
    return 0;
}

/* The last made first: it may stand on the others. */
static void destroy_tus(sip_stack *stack)
{
    for (sip_list *at = stack->tus.prev; at != &stack->tus; at = at->prev) {
        sip_tu *tu = SIP_CONTAINER_OF(at, sip_tu, link);

        if (tu->handler.on_destroy != NULL) {
            tu->handler.on_destroy(tu, tu->user_data);
        }
        sip__worker_run_turn_work(&stack->worker);
    }
    while (!sip_list_is_empty(&stack->tus)) {
        sip_list *node = stack->tus.next;

        sip_list_remove(node);
        sip_free(stack->config.allocator, SIP_CONTAINER_OF(node, sip_tu, link));
    }
}

void sip_stack_destroy(sip_stack *stack)
{
    if (stack == NULL) {
        return;
    }
    sip__worker_enter_turn(&stack->worker);
    sip__worker_run_turn_work(&stack->worker);
    sip__transports_flush(&stack->worker.transports);
    sip__layer_close(&stack->worker.layer);
    sip__worker_run_turn_work(&stack->worker);
    destroy_tus(stack);
    sip__keeper_finish(&stack->keeper);
    sip__address_change_finish(stack);
    sip__worker_finish(&stack->worker);
    sip_free(stack->config.allocator, stack);
}

/* ---- transports */

int sip_stack_listen_on_sized(sip_stack *stack, const sip_listener_config *config,
                              size_t config_bytes)
{
    sip_listener_config own;
    sip__listen_config listen;
    char text[200] = "";
    int err;

    if (stack == NULL || config == NULL ||
        sip__sized_copy(&own, sizeof(own), config, config_bytes) != 0 || own.where == NULL ||
        own.sockets.dscp > 63) {
        return SIP_EINVAL;
    }
    if (stack->worker.loop == NULL) {
        sip_stack_set_error(stack, "stack: %s: no loop to listen with", own.where);
        return SIP_EUNSUPPORTED;
    }
    listen = (sip__listen_config){
        .allocator = stack->config.allocator,
        .loop = stack->worker.loop,
        .clock = stack->worker.clock,
        .log = stack->config.log,
        .max_message_bytes = stack->config.limits.message_bytes,
        .max_connections = stack->config.max_connections,
        .idle_connection_s = stack->config.idle_connection_s,
        .keepalive_s = stack->config.keepalive_s,
        .sockets = stack->config.sockets,
        .limits = stack->config.connections,
        .random = stack->config.random,
        .tls = stack->config.tls,
        .listener = &own,
        .worker = 0,
    };
    err = sip__address_change_watch(stack);
    if (err == 0) {
        err = sip__transports_listen(&stack->worker.transports, &listen, own.where, text,
                                     sizeof(text));
    }
    if (err != 0) {
        sip_stack_set_error(stack, "%s", text[0] != '\0' ? text : sip_error_text(err));
    }
    return err;
}

int sip_stack_listen(sip_stack *stack, const char *where)
{
    const sip_listener_config config = {.where = where};

    return sip_stack_listen_on(stack, &config);
}

int sip_stack_add_transport(sip_stack *stack, sip_transport *transport)
{
    if (transport == NULL) {
        return SIP_EINVAL;
    }
    if (stack == NULL) {
        transport->vtable->destroy(transport);
        return SIP_EINVAL;
    }
    sip__transports_add(&stack->worker.transports, transport);
    return 0;
}

bool sip_stack_listener(const sip_stack *stack, size_t i, sip_protocol *ret_protocol,
                        sip_addr *ret_addr)
{
    const sip_transport *at = stack == NULL ? NULL : stack->worker.transports.first;

    while (at != NULL && i > 0) {
        at = at->next;
        i--;
    }
    if (at == NULL) {
        return false;
    }
    if (ret_protocol != NULL) {
        *ret_protocol = at->protocol;
    }
    if (ret_addr != NULL) {
        *ret_addr = at->local;
    }
    return true;
}

uint32_t sip_stack_server_id(sip_stack *stack, const char *name)
{
    return stack == NULL || name == NULL
               ? 0
               : sip__transports_server_id(&stack->worker.transports, sip_str_of(name));
}

const char *sip_stack_server_name(sip_stack *stack, uint32_t id)
{
    return stack == NULL ? NULL : sip__transports_server_name(&stack->worker.transports, id);
}

/* ---- running */

int sip_stack_run(sip_stack *stack)
{
    if (stack == NULL || stack->config.embedded || stack->worker.loop == NULL) {
        return SIP_ESTATE;
    }
    while (!stack->finished) {
        if (sip_loop_run(stack->worker.loop) != 0) {
            return SIP_EIO;
        }
    }
    return 0;
}

int sip_stack_fd(sip_stack *stack)
{
    return stack == NULL || stack->worker.loop == NULL ? -1 : sip_loop_fd(stack->worker.loop);
}

int sip_stack_step(sip_stack *stack)
{
    if (stack == NULL) {
        return SIP_EIO;
    }
    if (stack->worker.loop == NULL) {
        sip__worker_process(&stack->worker);
    } else if (sip_loop_step(stack->worker.loop) != 0) {
        return SIP_EIO;
    }
    return stack->finished ? 0 : 1;
}

int sip_stack_process(sip_stack *stack)
{
    return sip_stack_step(stack);
}

sip_time_ms sip_stack_next_due_ms(const sip_stack *stack)
{
    if (stack == NULL) {
        return UINT64_MAX;
    }
    if (!stack->finished && atomic_load(&stack->stop_requests) > (stack->stopping ? 1u : 0u)) {
        return sip_clock_now_ms(stack->worker.clock);
    }
    return sip__worker_next_due_ms(&stack->worker);
}

static void on_stop_signal(int signum, void *user_data)
{
    (void)signum;
    sip_stack_stop(user_data);
}

int sip_stack_on_signal(sip_stack *stack, int signum, void (*fn)(int signum, void *user_data),
                        void *user_data)
{
    if (stack == NULL || stack->worker.loop == NULL) {
        return SIP_ESTATE;
    }
    return fn != NULL ? sip_loop_on_signal(stack->worker.loop, signum, fn, user_data)
                      : sip_loop_on_signal(stack->worker.loop, signum, on_stop_signal, stack);
}

/* ---- looking at one */

unsigned sip_stack_workers(const sip_stack *stack)
{
    return stack == NULL ? 0 : stack->steer.workers;
}

sip_worker *sip_stack_worker(sip_stack *stack, unsigned i)
{
    return stack == NULL || i >= stack->steer.workers ? NULL : &stack->worker;
}

const char *sip_stack_error(const sip_stack *stack)
{
    if (stack == NULL) {
        return "stack: there is none (no memory, or a setting out of range)";
    }
    return stack->error[0] != '\0' ? stack->error : "no failure so far";
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
    memcpy(stack->error, text, sizeof(text));
}
