#include "stack/tu_selector.h"

#include "base/sized.h"
#include "stack/stack.h"

static bool has_host(const char *const *domains, const sip_uri *uri)
{
    for (; uri != NULL && *domains != NULL; domains++) {
        if (sip_str_equal_nocase(uri->host, *domains)) {
            return true;
        }
    }
    return false;
}

static bool has_method(const char *const *methods, sip_str method)
{
    for (; *methods != NULL; methods++) {
        if (sip_str_equal(method, *methods)) {
            return true;
        }
    }
    return false;
}

bool sip__tu_selector_fits(const sip_tu_config *config, const sip_msg *request)
{
    return (config->domains == NULL || has_host(config->domains, sip_msg_request_uri(request))) &&
           (config->methods == NULL || has_method(config->methods, sip_msg_method_text(request)));
}

sip_tu *sip__tu_selector_find(const sip_list *tus, const sip_msg *request)
{
    for (const sip_list *at = tus->next; at != tus; at = at->next) {
        sip_tu *tu = SIP_CONTAINER_OF(at, sip_tu, link);

        if (sip__tu_selector_fits(&tu->config, request)) {
            return tu;
        }
    }
    return NULL;
}

sip_tu *sip__tu_selector_find_stray(const sip_list *tus)
{
    for (const sip_list *at = tus->next; at != tus; at = at->next) {
        sip_tu *tu = SIP_CONTAINER_OF(at, sip_tu, link);

        if (tu->handler.on_stray_response != NULL) {
            return tu;
        }
    }
    return NULL;
}

int sip_tu_create_sized(sip_stack *stack, const sip_tu_config *config, size_t config_bytes,
                        const sip_tu_handler *handler, size_t handler_bytes, void *user_data,
                        sip_tu **ret_tu)
{
    sip_tu_config own_config = {0};
    sip_tu_handler own_handler;
    sip_tu *tu;

    if (stack == NULL || handler == NULL ||
        sip__sized_copy(&own_handler, sizeof(own_handler), handler, handler_bytes) != 0 ||
        (config != NULL &&
         sip__sized_copy(&own_config, sizeof(own_config), config, config_bytes) != 0) ||
        sip_stack_worker(stack, own_config.worker) == NULL) {
        return SIP_EINVAL;
    }
    tu = sip_alloc0(stack->config.allocator, sizeof(*tu));
    if (tu == NULL) {
        return SIP_ENOMEM;
    }
    tu->layer = &stack->worker.layer;
    tu->config = own_config;
    tu->handler = own_handler;
    tu->user_data = user_data;
    tu->stopped = stack->stopping;
    sip_list_append(&stack->tus, &tu->link);
    if (ret_tu != NULL) {
        *ret_tu = tu;
    }
    return 0;
}

void sip_tu_stopped(sip_tu *tu)
{
    if (tu != NULL) {
        tu->stopped = true;
        sip__worker_want_turn_end(tu->layer->config.worker);
    }
}

sip_stack *sip_tu_stack(const sip_tu *tu)
{
    return tu == NULL ? NULL : tu->layer->config.stack;
}

sip_worker *sip_tu_worker(const sip_tu *tu)
{
    return tu == NULL ? NULL : tu->layer->config.worker;
}
