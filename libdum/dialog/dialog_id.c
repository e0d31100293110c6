#include "dialog/dialog_id.h"

dum__dialog_id dum__dialog_id_of_request(const sip_msg *request)
{
    const sip_address *from = sip_msg_from(request), *to = sip_msg_to(request);

    return (dum__dialog_id){
        .call_id = sip_msg_call_id(request),
        .local_tag = to == NULL ? (sip_str){0} : to->tag,
        .remote_tag = from == NULL ? (sip_str){0} : from->tag,
    };
}

dum__dialog_id dum__dialog_id_of_response(const sip_msg *response)
{
    const sip_address *from = sip_msg_from(response), *to = sip_msg_to(response);

    return (dum__dialog_id){
        .call_id = sip_msg_call_id(response),
        .local_tag = from == NULL ? (sip_str){0} : from->tag,
        .remote_tag = to == NULL ? (sip_str){0} : to->tag,
    };
}

uint64_t dum__dialog_id_hash(const sip_map *map, const dum__dialog_id *id)
{
    uint64_t tag = sip_map_hash(map, id->local_tag);

    /* An odd factor, so that exchanging the two gives another sum. */
    return sip_map_hash(map, id->call_id) * 0x9e3779b97f4a7c15u + tag;
}
