#include "feature/told_address.h"

static int local_now(const dum__told_address *told, const dum_manager *dum, sip_local *ret_now)
{
    sip_path path = {.protocol = told->protocol, .remote = told->peer};

    return sip_stack_local_for(dum->stack, &path, ret_now);
}

void dum__told_address_note(dum__told_address *told, const dum_manager *dum, const sip_path *path)
{
    sip_local now;

    told->protocol = path->protocol;
    told->peer = path->remote;
    if (local_now(told, dum, &now) == 0) {
        told->addr = now.addr;
        told->seen = now.seen;
    }
}

bool dum__told_address_differs(const dum__told_address *told, const dum_manager *dum,
                               sip_local *ret_now)
{
    return told->addr.family != SIP_FAMILY_NONE && local_now(told, dum, ret_now) == 0 &&
           (!sip_addr_equal(&told->addr, &ret_now->addr) ||
            !sip_addr_equal(&told->seen, &ret_now->seen));
}
