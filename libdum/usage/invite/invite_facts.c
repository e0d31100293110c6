#include "usage/invite/invite.h"

bool dum_invite_is_held(const dum_invite *inv)
{
    return inv != NULL && inv->held;
}

bool dum_invite_is_connected(const dum_invite *inv)
{
    return inv != NULL && inv->phase == DUM__PHASE_CONNECTED;
}

bool dum_invite_is_stable(const dum_invite *inv)
{
    return dum_invite_is_connected(inv) && inv->re.state == DUM__RE_IDLE &&
           inv->oa.state == DUM__OA_STABLE;
}

unsigned dum_invite_fork_index(const dum_invite *inv)
{
    return inv == NULL ? 0 : inv->fork_index;
}

sip_str dum_invite_remote_description(const dum_invite *inv)
{
    return inv == NULL ? (sip_str){0} : inv->oa.remote;
}

sip_str dum_invite_remote(const dum_invite *inv)
{
    if (inv == NULL) {
        return (sip_str){0};
    }
    return inv->dialog != NULL ? inv->dialog->remote : sip_str_of(inv->call->request_uri);
}

sip_str dum_invite_call_id(const dum_invite *inv)
{
    return inv == NULL ? (sip_str){0} : inv->call->set->call_id;
}

void *dum_invite_data(dum_invite *inv)
{
    return inv == NULL ? NULL : dum__usage_data(&inv->usage, sizeof *inv);
}

dum_manager *dum_invite_manager(const dum_invite *inv)
{
    return inv == NULL ? NULL : inv->usage.object.dum;
}

dum_id dum_invite_id(const dum_invite *inv)
{
    return inv == NULL ? 0 : inv->usage.object.id;
}
