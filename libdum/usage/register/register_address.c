/* The addresses of a registration: which Contact is bound, and which has to go with an address that
 * we do not have any more (RFC 3261 10.2.2, 10.2.4). */
#include <stdio.h>
#include <string.h>

#include "usage/register/register_client.h"

/* What follows our Contact: its lifetime, and the one of an address that we had, to be removed. */
int dum__registration_make_params(dum_registration *reg, uint32_t expires_s)
{
    const dum_manager *dum = reg->usage.object.dum;
    const char *old = reg->old_contact != NULL ? reg->old_contact : "";
    size_t size = strlen(old) + 48;
    char *text = dum__alloc0(dum, size);

    if (text == NULL) {
        return SIP_ENOMEM;
    }
    (void)snprintf(text, size, ";expires=%u%s%s%s", (unsigned)expires_s, *old != '\0' ? ", " : "",
                   old, *old != '\0' ? ";expires=0" : "");
    dum__free(dum, reg->contact_params);
    reg->contact_params = text;
    return 0;
}

static char *bracketed(const dum_manager *dum, sip_str uri)
{
    char *text = dum__alloc0(dum, uri.len + 3);

    if (text != NULL) {
        (void)snprintf(text, uri.len + 3, "<" SIP_FMT ">", SIP_ARG(uri));
    }
    return text;
}

/* What is bound now, and where; without memory its removal is left to its lifetime. What was told
 * is what the request says: a NAT may have been noticed since it left. */
void dum__registration_note_bound(dum_registration *reg, const sip_msg *request)
{
    dum_manager *dum = reg->usage.object.dum;
    const sip_address *contact = sip_msg_address(request, SIP_HEADER_CONTACT, 0);

    dum__free(dum, reg->old_contact);
    dum__free(dum, reg->contact);
    reg->old_contact = NULL;
    reg->contact = NULL;
    dum__told_address_note(&reg->told, dum, sip_msg_source(request));
    if (contact != NULL) {
        reg->contact = bracketed(dum, contact->uri.text);
        (void)sip_addr_parse(contact->uri.host, contact->uri.port, &reg->told.seen);
    }
}

void dum__registration_check_moved(dum_registration *reg)
{
    bool moved = reg->moved;

    reg->moved = false;
    if (moved && !reg->usage.ending) {
        dum__registration_check_address(reg);
    }
}

/* Its answer would go to an address that we do not have any more: it is not waited for. */
static bool drop_stranded(dum_registration *reg)
{
    const dum_manager *dum = reg->usage.object.dum;
    const sip_path *path = dum__exchange_path(reg->exchange);
    const sip_address *contact;
    sip_local now;

    if (path == NULL || path->protocol == SIP_PROTOCOL_NONE ||
        sip_stack_local_for(dum->stack,
                            &(sip_path){.protocol = path->protocol, .remote = path->remote},
                            &now) != 0 ||
        sip_addr_same_host(&now.addr, &path->local)) {
        return false;
    }
    contact = sip_msg_address(dum__exchange_request(reg->exchange), SIP_HEADER_CONTACT, 0);
    if (contact != NULL && reg->old_contact == NULL) {
        reg->old_contact = bracketed(dum, contact->uri.text);
    }
    dum__exchange_forget(reg->exchange);
    reg->exchange = NULL;
    return true;
}

void dum__registration_check_address(dum_registration *reg)
{
    const dum_manager *dum = reg->usage.object.dum;
    sip_local now;
    bool differs = dum__told_address_differs(&reg->told, dum, &now);

    switch (reg->phase) {
    case DUM__REGISTRATION_SENDING:
        if (!drop_stranded(reg)) {
            reg->moved = true;
            return;
        }
        break;
    case DUM__REGISTRATION_WAITING: /* what failed may work from here */
        break;
    case DUM__REGISTRATION_ACTIVE:
        if (!differs) {
            return;
        }
        break;
    case DUM__REGISTRATION_LEAVING:
    case DUM__REGISTRATION_ENDED:
        return;
    }
    if (differs && reg->old_contact == NULL) {
        reg->old_contact = reg->contact;
        reg->contact = NULL;
    }
    dum__registration_on_timer(reg);
}
