/* What a stack listens on and sends with. */
#include "stack/stack.h"

#include "base/sized.h"

int sip_stack_listen_on_sized(sip_stack *stack, const sip_listener_config *config,
                              size_t config_bytes)
{
    sip_listener_config own;
    sip__listen_config listen;
    char text[200] = "";
    sip_worker *worker;
    int err;

    if (stack == NULL || config == NULL ||
        sip__sized_copy(&own, sizeof(own), config, config_bytes) != 0 || own.where == NULL ||
        own.sockets.dscp > 63) {
        return SIP_EINVAL;
    }
    worker = stack->workers;
    if (worker->loop == NULL) {
        sip_stack_set_error(stack, "stack: %s: no loop to listen with", own.where);
        return SIP_EUNSUPPORTED;
    }
    listen = (sip__listen_config){
        .allocator = stack->config.allocator,
        .loop = worker->loop,
        .clock = worker->clock,
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
    err = sip__address_change_watch(worker);
    if (err == 0) {
        err = sip__transports_listen(&worker->transports, &listen, own.where, text, sizeof(text));
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
    sip__transports_add(&stack->workers->transports, transport);
    return 0;
}

bool sip_stack_listener(const sip_stack *stack, size_t i, sip_protocol *ret_protocol,
                        sip_addr *ret_addr)
{
    const sip_transport *at = stack == NULL ? NULL : stack->workers->transports.first;

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
               : sip__transports_server_id(&sip__stack_here(stack)->transports, sip_str_of(name));
}

const char *sip_stack_server_name(sip_stack *stack, uint32_t id)
{
    return stack == NULL ? NULL
                         : sip__transports_server_name(&sip__stack_here(stack)->transports, id);
}
