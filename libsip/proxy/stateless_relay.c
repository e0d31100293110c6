#include <sip/relay.h>

#include "base/sized.h"
#include "proxy/refusal.h"
#include "proxy/relay_request.h"
#include "stack/stack.h"
#include "transaction/stateless.h"
#include <string.h>

/* What the printing of one copy takes, while a look-up goes on. */
typedef struct passing {
    sip__relay_request request;
    sip__relay_to to;
} passing;

typedef struct kept_passing {
    passing head;
    char text[]; /* URI and routes */
} kept_passing;

static int print(const sip_msg *msg, sip_path *path, sip_str branch, const void *data,
                 sip_msg **ret_sent)
{
    const passing *it = data;

    return sip__relay_request_print(&it->request, msg, &it->to, path, branch, ret_sent);
}

static sip_str copy_text(char *at, sip_str text)
{
    if (text.len > 0) {
        memcpy(at, text.ptr, text.len);
    }
    return (sip_str){at, text.len};
}

static void *keep(const sip_allocator *allocator, const void *data)
{
    const passing *it = data;
    kept_passing *kept =
        sip_alloc(allocator, sizeof *kept + it->to.uri.len + it->to.routes.len + 1);

    if (kept == NULL) {
        return NULL;
    }
    kept->head = *it;
    kept->head.to.uri = copy_text(kept->text, it->to.uri);
    kept->head.to.routes = copy_text(kept->text + it->to.uri.len, it->to.routes);
    return kept;
}

static int refuse(sip_tu *tu, const sip_msg *request, int status)
{
    sip__refusal refusal;

    sip__refusal_init(&refusal, request, status);
    (void)sip_tu_respond(tu, request, status, &refusal.extras);
    return sip__refusal_error(status);
}

/* With neither a target nor a Route beyond us, a Request-URI of ours would come back at once. */
static bool leads_here(const passing *it)
{
    const sip__relay_request *request = &it->request;

    return it->to.uri.len == 0 && it->to.routes.len == 0 && it->to.path == NULL &&
           sip_msg_address(request->msg, SIP_HEADER_ROUTE, request->ours.count) == NULL &&
           sip_stack_owns_uri(request->stack, sip_msg_request_uri(request->msg));
}

int sip_relay_forward_sized(sip_tu *tu, const sip_msg *request, const sip_relay_config *given,
                            size_t config_bytes, const sip_target *target)
{
    sip_relay_config config;
    passing it;
    const sip__pass pass = {.print = print, .keep = keep, .data = &it};
    const sip_uri *uri = NULL;
    sip_uri room;
    int err;

    if (tu == NULL || !sip_msg_is_request(request) || sip_msg_via(request, 0) == NULL ||
        sip__sized_copy(&config, sizeof config, given, config_bytes) != 0 ||
        !sip__relay_to_read(target, &it.to)) {
        return SIP_EINVAL;
    }
    err = sip__relay_request_init(&it.request, sip_tu_stack(tu), request, &config);
    if (err > 0) {
        return refuse(tu, request, err);
    }
    if (err != 0) {
        return err;
    }
    it.to.breadth = it.request.breadth;
    if (it.to.uri.len == 0 && it.to.path == NULL) {
        if (it.request.ours.err != 0) {
            return it.request.ours.err;
        }
        if (it.request.ours.path.protocol != SIP_PROTOCOL_NONE) {
            it.to.path = &it.request.ours.path;
        }
    }
    if (leads_here(&it)) {
        return SIP_EINVAL;
    }
    err = it.to.path != NULL ? 0 : sip__relay_next_hop(&it.request, &it.to, &room, &uri);
    return err != 0 ? err : sip__stateless_pass(tu->layer, request, uri, it.to.path, &pass);
}
