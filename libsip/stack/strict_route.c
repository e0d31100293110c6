#include "stack/strict_route.h"

#include "message/print.h"
#include <sip/build.h>

static size_t count_routes(const sip_msg *msg)
{
    size_t n = 0;

    while (sip_msg_address(msg, SIP_HEADER_ROUTE, n) != NULL) {
        n++;
    }
    return n;
}

int sip__strict_route_undo(const sip_stack *stack, const sip_msg *msg, sip_msg **ret_msg)
{
    const sip_uri *uri = sip_msg_request_uri(msg);
    size_t n = uri != NULL && uri->lr && sip_stack_owns_uri(stack, uri) ? count_routes(msg) : 0;
    sip_edit *edit;
    int err;

    if (n == 0) {
        return 0;
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
