#include "stack/strict_route.h"

#include "message/print.h"
#include "stack/stack.h"
#include <sip/build.h>

static size_t count_routes(const sip_msg *msg)
{
    size_t n = 0;

    while (sip_msg_address(msg, SIP_HEADER_ROUTE, n) != NULL) {
        n++;
    }
    return n;
}

/* The URI's maddr led here, by its port and transport: the rest of it says what is wanted. */
static bool came_by_maddr(const sip_stack *stack, const sip_msg *msg, const sip_uri *uri)
{
    const sip_path *source = sip_msg_source(msg);
    const sip_protocol said = sip_uri_transport(uri);
    sip_uri there;

    if (uri == NULL || uri->maddr.len == 0 ||
        (uri->scheme != SIP_SCHEME_SIP && uri->scheme != SIP_SCHEME_SIPS) ||
        source->protocol == SIP_PROTOCOL_NONE ||
        (said != SIP_PROTOCOL_NONE && said != source->protocol) ||
        source->local.port !=
            (uri->port != 0 ? uri->port : sip_protocol_default_port(source->protocol))) {
        return false;
    }
    there = *uri;
    there.host = uri->maddr;
    return sip_stack_owns_uri(stack, &there);
}

static int strip_maddr(const sip_stack *stack, const sip_msg *msg, const sip_uri *uri,
                       sip_msg **ret_msg)
{
    static const sip_uri_change changes[] = {{"maddr", NULL}, {"transport", NULL}, {NULL, NULL}};
    const sip_allocator *allocator = stack->config.allocator;
    const size_t size = uri->text.len + 1;
    char *text = sip_alloc(allocator, size);
    sip_uri bare = *uri;
    sip_edit *edit;
    int len, err;

    if (text == NULL) {
        return SIP_ENOMEM;
    }
    bare.port = 0;
    len = sip_uri_print(&bare, changes, text, size);
    edit = sip_edit_create(msg);
    sip_edit_request_uri(edit, (sip_str){text, len > 0 ? (size_t)len : 0});
    err = sip_edit_finish(edit, ret_msg);
    sip_free(allocator, text);
    if (err == 0) {
        sip__msg_set_source(*ret_msg, sip_msg_source(msg));
    }
    return err;
}

int sip__strict_route_undo(const sip_stack *stack, const sip_msg *msg, sip_msg **ret_msg)
{
    const sip_uri *uri = sip_msg_request_uri(msg);
    size_t n = uri != NULL && uri->lr && sip_stack_owns_uri(stack, uri) ? count_routes(msg) : 0;
    sip_edit *edit;
    int err;

    if (n == 0) {
        return came_by_maddr(stack, msg, uri) ? strip_maddr(stack, msg, uri, ret_msg) : 0;
    }
    edit = sip_edit_create(msg);
    sip_edit_request_uri(edit, sip_msg_address(msg, SIP_HEADER_ROUTE, n - 1)->uri.text);
    sip_edit_remove(edit, SIP_HEADER_ROUTE);
    sip_edit_append_uri(edit, SIP_HEADER_ROUTE, uri->text);
    for (size_t i = 0; i + 1 < n; i++) {
        sip_edit_append(edit, SIP_HEADER_ROUTE, sip_msg_value(msg, SIP_HEADER_ROUTE, i));
    }
    err = sip_edit_finish(edit, ret_msg);
    if (err != 0) {
        return err;
    }
    sip__msg_set_source(*ret_msg, sip_msg_source(msg));
    return 0;
}
