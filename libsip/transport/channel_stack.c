#include "transport/channel_stack.h"
#include <stdio.h>
#include <string.h>

typedef struct channel_stack {
    sip__channel base;
    const sip_allocator *allocator;
    sip__channel *lower, *upper;
    bool upper_started;
    int err; /* of the upper one, met while the lower one was receiving */
} channel_stack;

typedef struct stack_factory {
    sip__channel_factory base;
    const sip_allocator *allocator;
    sip__channel_factory *lower, *upper;
} stack_factory;

/* ---- what the two tell */

static void note(channel_stack *stack, int err)
{
    if (stack->err == 0 && err != 0) {
        stack->err = err;
        memcpy(stack->base.text, stack->upper->text, sizeof(stack->base.text));
    }
}

static int lower_write(sip_str bytes, void *arg)
{
    channel_stack *stack = arg;

    return stack->base.events->write(bytes, stack->base.arg);
}

static void lower_open(void *arg)
{
    channel_stack *stack = arg;

    stack->upper_started = true;
    note(stack, stack->upper->vtable->start(stack->upper));
}

/* What a lower one calls whole is to the upper one a piece of its stream as any other. */
static void lower_bytes(sip_str bytes, bool whole, void *arg)
{
    channel_stack *stack = arg;

    (void)whole;
    if (stack->err == 0) {
        note(stack, stack->upper->vtable->receive(stack->upper, bytes));
    }
}

static void lower_pong(void *arg)
{
    channel_stack *stack = arg;

    stack->base.events->on_pong(stack->base.arg);
}

static int upper_write(sip_str bytes, void *arg)
{
    channel_stack *stack = arg;

    return stack->lower->vtable->send(stack->lower, bytes);
}

static void upper_open(void *arg)
{
    channel_stack *stack = arg;

    stack->base.events->on_open(stack->base.arg);
}

static void upper_bytes(sip_str bytes, bool whole, void *arg)
{
    channel_stack *stack = arg;

    stack->base.events->on_bytes(bytes, whole, stack->base.arg);
}

static void upper_pong(void *arg)
{
    channel_stack *stack = arg;

    stack->base.events->on_pong(stack->base.arg);
}

static const sip__channel_events lower_events = {lower_write, lower_open, lower_bytes, lower_pong};
static const sip__channel_events upper_events = {upper_write, upper_open, upper_bytes, upper_pong};

/* ---- the channel */

/* The outcome of the lower one's call: its own failure, or what the upper one met in it. */
static int outcome(channel_stack *stack, int err)
{
    if (stack->err != 0) {
        return stack->err;
    }
    if (err != 0) {
        memcpy(stack->base.text, stack->lower->text, sizeof(stack->base.text));
    }
    return err;
}

static int start(sip__channel *channel)
{
    channel_stack *stack = (channel_stack *)channel;

    return outcome(stack, stack->lower->vtable->start(stack->lower));
}

static int receive(sip__channel *channel, sip_str bytes)
{
    channel_stack *stack = (channel_stack *)channel;

    return outcome(stack, stack->lower->vtable->receive(stack->lower, bytes));
}

static int send(sip__channel *channel, sip_str bytes)
{
    channel_stack *stack = (channel_stack *)channel;

    return stack->upper->vtable->send(stack->upper, bytes);
}

static int ping(sip__channel *channel)
{
    channel_stack *stack = (channel_stack *)channel;
    sip__channel *pinger = stack->upper->vtable->ping != NULL ? stack->upper : stack->lower;

    return pinger->vtable->ping != NULL
               ? pinger->vtable->ping(pinger)
               : stack->upper->vtable->send(stack->upper, SIP_STR("\r\n\r\n"));
}

static void say_goodbye(sip__channel *channel)
{
    channel_stack *stack = (channel_stack *)channel;

    if (stack->upper_started && stack->upper->vtable->close != NULL) {
        stack->upper->vtable->close(stack->upper);
    }
    if (stack->lower->vtable->close != NULL) {
        stack->lower->vtable->close(stack->lower);
    }
}

static void destroy(sip__channel *channel)
{
    channel_stack *stack = (channel_stack *)channel;

    if (stack->upper != NULL) {
        stack->upper->vtable->destroy(stack->upper);
    }
    if (stack->lower != NULL) {
        stack->lower->vtable->destroy(stack->lower);
    }
    sip_free(stack->allocator, stack);
}

static bool speaks_for(const sip__channel *channel, const char *name)
{
    const channel_stack *stack = (const channel_stack *)channel;

    return (stack->lower->vtable->speaks_for != NULL &&
            stack->lower->vtable->speaks_for(stack->lower, name)) ||
           (stack->upper->vtable->speaks_for != NULL &&
            stack->upper->vtable->speaks_for(stack->upper, name));
}

static bool is_partial(const sip__channel *channel)
{
    const channel_stack *stack = (const channel_stack *)channel;

    return (stack->lower->vtable->is_partial != NULL &&
            stack->lower->vtable->is_partial(stack->lower)) ||
           (stack->upper->vtable->is_partial != NULL &&
            stack->upper->vtable->is_partial(stack->upper));
}

static const sip_tls_peer *peer(const sip__channel *channel)
{
    const sip__channel *lower = ((const channel_stack *)channel)->lower;

    return lower->vtable->peer != NULL ? lower->vtable->peer(lower) : NULL;
}

static const sip__channel_vtable stack_vtable = {start,   receive,    send,       ping, say_goodbye,
                                                 destroy, speaks_for, is_partial, peer};

/* ---- the factory */

typedef int make_fn(sip__channel_factory *factory, const sip__channel_setup *setup,
                    sip__channel **ret_channel);

static int make(stack_factory *factory, const sip__channel_setup *setup, make_fn *make_lower,
                make_fn *make_upper, sip__channel **ret_channel)
{
    channel_stack *stack = sip_alloc0(factory->allocator, sizeof(*stack));
    sip__channel_setup below = *setup;
    sip__channel_setup above = *setup;
    int err;

    if (stack == NULL) {
        return SIP_ENOMEM;
    }
    stack->base.vtable = &stack_vtable;
    stack->base.events = setup->events;
    stack->base.arg = setup->arg;
    stack->allocator = factory->allocator;
    below.events = &lower_events;
    above.events = &upper_events;
    below.arg = above.arg = stack;
    err = make_lower(factory->lower, &below, &stack->lower);
    if (err == 0) {
        err = make_upper(factory->upper, &above, &stack->upper);
    }
    if (err != 0) {
        destroy(&stack->base);
        return err;
    }
    *ret_channel = &stack->base;
    return 0;
}

static int make_client(sip__channel_factory *base, const sip__channel_setup *setup,
                       sip__channel **ret_channel)
{
    stack_factory *factory = (stack_factory *)base;

    return make(factory, setup, factory->lower->vtable->make_client,
                factory->upper->vtable->make_client, ret_channel);
}

static int make_server(sip__channel_factory *base, const sip__channel_setup *setup,
                       sip__channel **ret_channel)
{
    stack_factory *factory = (stack_factory *)base;

    return make(factory, setup, factory->lower->vtable->make_server,
                factory->upper->vtable->make_server, ret_channel);
}

static void destroy_factory(sip__channel_factory *base)
{
    stack_factory *factory = (stack_factory *)base;

    factory->upper->vtable->destroy(factory->upper);
    factory->lower->vtable->destroy(factory->lower);
    sip_free(factory->allocator, factory);
}

static const sip__channel_factory_vtable factory_vtable = {make_client, make_server,
                                                           destroy_factory};

int sip__channel_stack_factory_create(const sip_allocator *allocator, sip__channel_factory *lower,
                                      sip__channel_factory *upper,
                                      sip__channel_factory **ret_factory)
{
    stack_factory *factory = sip_alloc0(allocator, sizeof(*factory));

    if (factory == NULL) {
        upper->vtable->destroy(upper);
        lower->vtable->destroy(lower);
        return SIP_ENOMEM;
    }
    factory->base.vtable = &factory_vtable;
    factory->allocator = allocator;
    factory->lower = lower;
    factory->upper = upper;
    *ret_factory = &factory->base;
    return 0;
}
