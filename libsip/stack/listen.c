/* What a stack listens on and sends with: the same on each of its workers. */
#include "stack/stack.h"

#include "base/sized.h"

static sip__listen_config config_of(sip_worker *worker, const sip_listener_config *listener)
{
    const sip_stack_config *config = worker->config;
    sip__listen_config listen = {
        .allocator = worker->allocator,
        .loop = worker->loop,
        .clock = worker->clock,
        .log = config->log,
        .max_message_bytes = config->limits.message_bytes,
        .max_connections = sip__worker_share(worker, config->max_connections),
        .idle_connection_s = config->idle_connection_s,
        .keepalive_s = config->keepalive_s,
        .sockets = config->sockets,
        .limits = config->connections,
        .random = config->random,
        .tls = config->tls,
        .listener = listener,
        .worker = (uint8_t)worker->index,
        .blocks = worker->blocks == NULL ? NULL : sip__homing_allocator(worker->blocks),
    };

    if (worker->stack->steer.workers > 1) {
        listen.use = worker->index == 0 ? SIP__PORT_FIRST : SIP__PORT_NEXT;
        listen.first = worker->index == 0 ? NULL : &worker->stack->workers->transports;
        listen.deal = sip__port_share_spreads() ? NULL : sip__far_deal;
        listen.deal_arg = worker;
    }
    return listen;
}

/* All workers, or none. */
static int listen_all(sip_stack *stack, const sip_listener_config *listener, char *text,
                      size_t size)
{
    unsigned n = 0;
    int err = 0;

    while (err == 0 && n < stack->steer.workers) {
        sip__listen_config listen = config_of(&stack->workers[n], listener);

        err = sip__transports_listen(&stack->workers[n].transports, &listen, listener->where, text,
                                     size);
        n += err == 0 ? 1 : 0;
    }
    while (err != 0 && n > 0) {
        sip__transports_unlisten(&stack->workers[--n].transports);
    }
    return err;
}

int sip_stack_listen_on_sized(sip_stack *stack, const sip_listener_config *config,
                              size_t config_bytes)
{
    sip_listener_config own;
    char text[200] = "";
    int err;

    if (stack == NULL || config == NULL ||
        sip__sized_copy(&own, sizeof(own), config, config_bytes) != 0 || own.where == NULL ||
        own.sockets.dscp > 63) {
        return SIP_EINVAL;
    }
    if (stack->workers->loop == NULL) {
        sip_stack_set_error(stack, "stack: %s: no loop to listen with", own.where);
        return SIP_EUNSUPPORTED;
    }
    if (stack->running && stack->steer.workers > 1) {
        sip_stack_set_error(stack, "stack: %s: several workers run already", own.where);
        return SIP_ESTATE;
    }
    err = sip__address_change_watch(stack->workers);
    if (err == 0) {
        err = listen_all(stack, &own, text, sizeof(text));
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

/* ---- transports of the application's */

/* The other workers send by that of the first. */
static int add_far(sip_stack *stack, const sip_transport *transport)
{
    sip_transport *made[SIP__WORKERS_MOST];
    unsigned n = 1;
    int err = 0;

    while (err == 0 && n < stack->steer.workers) {
        err = sip__far_transport_create(&stack->workers[n], transport, &made[n - 1]);
        n += err == 0 ? 1 : 0;
    }
    while (n-- > 1) {
        if (err != 0) {
            made[n - 1]->vtable->destroy(made[n - 1]);
        } else {
            sip__transports_add(&stack->workers[n].transports, made[n - 1]);
        }
    }
    return err;
}

int sip_stack_add_transport(sip_stack *stack, sip_transport *transport)
{
    int err = 0;

    if (transport == NULL) {
        return SIP_EINVAL;
    }
    if (stack == NULL) {
        err = SIP_EINVAL;
    } else if (stack->running && stack->steer.workers > 1) {
        err = SIP_ESTATE;
    } else {
        err = add_far(stack, transport);
    }
    if (err != 0) {
        transport->vtable->destroy(transport);
        return err;
    }
    sip__transports_add(&stack->workers->transports, transport);
    return 0;
}

/* ---- looking at them */

bool sip_stack_listener(const sip_stack *stack, size_t i, sip_protocol *ret_protocol,
                        sip_addr *ret_addr)
{
    const sip_transport *at = stack == NULL ? NULL : sip__stack_here(stack)->transports.first;

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

int sip_stack_server_id(sip_stack *stack, const char *name, uint32_t *ret_id)
{
    return stack == NULL || name == NULL || ret_id == NULL
               ? SIP_EINVAL
               : sip__transports_server_id(&sip__stack_here(stack)->transports, sip_str_of(name),
                                           ret_id);
}

const char *sip_stack_server_name(sip_stack *stack, uint32_t id)
{
    return stack == NULL ? NULL
                         : sip__transports_server_name(&sip__stack_here(stack)->transports, id);
}
