#include <sip/relay.h>

#include "stack/stack.h"
#include "transaction/own_routes.h"

static bool proves_dialog(const sip_stack *stack, const sip_msg *request, size_t n_ours)
{
    const sip_address *to = sip_msg_to(request);
    sip_str proof;

    for (size_t i = 0; i < n_ours && to != NULL && to->tag.len > 0; i++) {
        if (sip_uri_param(&sip_msg_address(request, SIP_HEADER_ROUTE, i)->uri, SIP__PROOF_PARAM,
                          &proof) &&
            sip__proof_is_of_dialog(&stack->proof_keys, request, proof)) {
            return true;
        }
    }
    return false;
}

sip_route_proof sip_relay_route_proof(const sip_stack *stack, const sip_msg *request)
{
    sip__own_routes ours;

    if (stack == NULL || request == NULL || !sip_msg_is_request(request)) {
        return SIP_ROUTE_ELSEWHERE;
    }
    sip__own_routes_read(stack, request, &ours);
    if (proves_dialog(stack, request, ours.count)) {
        return SIP_ROUTE_OF_DIALOG;
    }
    if (ours.path.protocol != SIP_PROTOCOL_NONE && ours.err == 0) {
        return SIP_ROUTE_OF_FLOW;
    }
    return ours.count > 0 ? SIP_ROUTE_UNPROVED : SIP_ROUTE_ELSEWHERE;
}
