/* Who watches the transactions of a whole stack. */
#include "stack/stack.h"

#include <sip/hook.h>

void sip_stack_remove_tx_hook(sip_stack *stack, const sip_tx_hook *hook)
{
    for (unsigned i = 0; i < sip_stack_workers(stack); i++) {
        sip__layer *layer = &sip_stack_worker(stack, i)->layer;

        sip__hooks_remove(&layer->hooks, layer->config.allocator, hook);
    }
}

int sip_stack_add_tx_hook(sip_stack *stack, const sip_tx_hook *hook)
{
    int err = stack == NULL ? SIP_EINVAL : 0;

    for (unsigned i = 0; err == 0 && i < sip_stack_workers(stack); i++) {
        sip__layer *layer = &sip_stack_worker(stack, i)->layer;

        err = sip__hooks_add(&layer->hooks, layer->config.allocator, hook);
    }
    if (err == SIP_ENOMEM) {
        sip_stack_remove_tx_hook(stack, hook);
    }
    return err;
}
