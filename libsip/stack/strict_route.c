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
    static const sip_header_id route = SIP_HEADER_ROUTE;
    const sip_uri *uri = sip_msg_request_uri(msg);
    size_t n = uri != NULL && uri->lr && sip_stack_owns_uri(stack, uri) ? count_routes(msg) : 0;
    sip_build *build;
    int err;

    if (n == 0) {
        return 0;
    }
    build = sip_build_from(msg, sip_msg_address(msg, SIP_HEADER_ROUTE, n - 1)->uri.text);
    for (size_t i = 0; i + 1 < n; i++) {
        sip_build_header(build, SIP_HEADER_ROUTE, sip_msg_value(msg, SIP_HEADER_ROUTE, i));
    }
    sip_build_copy_others(build, msg, &route, 1);
    sip_build_copy_body(build, msg);
    err = sip_build_finish(build, ret_msg);
    if (err != 0) {
        return err;
    }
    sip__msg_set_source(*ret_msg, sip_msg_source(msg));
    return 0;
}
