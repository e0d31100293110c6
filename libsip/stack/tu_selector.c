#include "stack/tu_selector.h"

#include "base/sized.h"
#include "stack/stack.h"
#include <sip/headers_call.h>
#include <string.h>

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

/* Schemes are compared without case (RFC 3261 19.1.4). */
static bool has_scheme(const char *const *schemes, sip_str uri)
{
    const char *colon = uri.len == 0 ? NULL : memchr(uri.ptr, ':', uri.len);
    const sip_str scheme = {uri.ptr, colon == NULL ? 0 : (size_t)(colon - uri.ptr)};

    for (; *schemes != NULL; schemes++) {
        if (sip_str_equal_nocase(scheme, *schemes)) {
            return true;
        }
    }
    return false;
}

/* Event types with case (RFC 6665 8.2.1). */
static bool has_event(const char *const *events, const sip_msg *request)
{
    const sip_event *event = sip_msg_typed(request, sip_header_type_of(SIP_HEADER_EVENT), 0);

    for (; event != NULL && *events != NULL; events++) {
        if (sip_str_equal(event->package, *events)) {
            return true;
        }
    }
    return false;
}

bool sip__tu_selector_fits(const sip_tu_config *config, const sip_msg *request)
{
    return (config->domains == NULL || has_host(config->domains, sip_msg_request_uri(request))) &&
           (config->methods == NULL || has_method(config->methods, sip_msg_method_text(request))) &&
           (config->schemes == NULL ||
            has_scheme(config->schemes, sip_msg_request_uri_text(request))) &&
           (config->events == NULL || has_event(config->events, request)) &&
           (config->takes == NULL || config->takes(request, config->takes_data));
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
    sip_worker *worker;
    sip_tu *tu;

    if (stack == NULL || handler == NULL ||
        sip__sized_copy(&own_handler, sizeof(own_handler), handler, handler_bytes) != 0 ||
        (config != NULL &&
         sip__sized_copy(&own_config, sizeof(own_config), config, config_bytes) != 0)) {
        return SIP_EINVAL;
    }
    worker = sip_stack_worker(stack, own_config.worker);
    if (worker == NULL) {
        return SIP_EINVAL;
    }
    tu = sip_alloc0(stack->config.allocator, sizeof(*tu));
    if (tu == NULL) {
        return SIP_ENOMEM;
    }
    tu->layer = &worker->layer;
    tu->config = own_config;
    tu->handler = own_handler;
    tu->layer->has_stateless |= own_handler.on_stateless_request != NULL;
    tu->user_data = user_data;
    tu->stopped = worker->stopping;
    sip_list_append(&worker->tus, &tu->link);
    if (ret_tu != NULL) {
        *ret_tu = tu;
    }
    return 0;
}

void sip__tu_forget(sip_tu *tu)
{
    if (tu != NULL) {
        sip_list_remove(&tu->link);
        sip_free(tu->layer->config.allocator, tu);
    }
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
