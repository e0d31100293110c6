#include "handler/emit.h"

bool dum__emit_invite_new_session(dum_manager *dum, dum_invite *inv, const sip_msg *invite)
{
    if (dum->invite.handler.on_new_session == NULL) {
        return false;
    }
    dum->invite.handler.on_new_session(inv, invite, dum->invite.user_data);
    return true;
}

bool dum__emit_invite_forked(dum_manager *dum, dum_invite *inv, dum_invite *fork)
{
    if (dum->invite.handler.on_forked == NULL) {
        return false;
    }
    dum->invite.handler.on_forked(inv, fork, dum->invite.user_data);
    return true;
}

void dum__emit_invite_provisional(dum_manager *dum, dum_invite *inv, const sip_msg *msg)
{
    if (dum->invite.handler.on_provisional != NULL) {
        dum->invite.handler.on_provisional(inv, msg, dum->invite.user_data);
    }
}

bool dum__emit_invite_offer(dum_manager *dum, dum_invite *inv, const sip_body *offer)
{
    if (dum->invite.handler.on_offer == NULL) {
        return false;
    }
    dum->invite.handler.on_offer(inv, offer, dum->invite.user_data);
    return true;
}

void dum__emit_invite_answer(dum_manager *dum, dum_invite *inv, const sip_body *answer)
{
    if (dum->invite.handler.on_answer != NULL) {
        dum->invite.handler.on_answer(inv, answer, dum->invite.user_data);
    }
}

bool dum__emit_invite_offer_required(dum_manager *dum, dum_invite *inv, const sip_msg *msg)
{
    if (dum->invite.handler.on_offer_required == NULL) {
        return false;
    }
    dum->invite.handler.on_offer_required(inv, msg, dum->invite.user_data);
    return true;
}

void dum__emit_invite_offer_failed(dum_manager *dum, dum_invite *inv, const dum_cause *cause)
{
    if (dum->invite.handler.on_offer_failed != NULL) {
        dum->invite.handler.on_offer_failed(inv, cause, dum->invite.user_data);
    }
}

void dum__emit_invite_address_changed(dum_manager *dum, dum_invite *inv, const sip_local *local)
{
    if (dum->invite.handler.on_address_changed != NULL) {
        dum->invite.handler.on_address_changed(inv, local, dum->invite.user_data);
    }
}

void dum__emit_invite_connected(dum_manager *dum, dum_invite *inv, const sip_msg *msg)
{
    if (dum->invite.handler.on_connected != NULL) {
        dum->invite.handler.on_connected(inv, msg, dum->invite.user_data);
    }
}

void dum__emit_invite_terminated(dum_manager *dum, dum_invite *inv, const dum_cause *cause)
{
    if (dum->invite.handler.on_terminated != NULL) {
        dum->invite.handler.on_terminated(inv, cause, dum->invite.user_data);
    }
}

void dum__emit_registration_active(dum_manager *dum, dum_registration *reg, const sip_msg *response)
{
    if (dum->registration.handler.on_active != NULL) {
        dum->registration.handler.on_active(reg, response, dum->registration.user_data);
    }
}

void dum__emit_registration_retrying(dum_manager *dum, dum_registration *reg,
                                     const dum_cause *cause)
{
    if (dum->registration.handler.on_retrying != NULL) {
        dum->registration.handler.on_retrying(reg, cause, dum->registration.user_data);
    }
}

void dum__emit_registration_terminated(dum_manager *dum, dum_registration *reg,
                                       const dum_cause *cause)
{
    if (dum->registration.handler.on_terminated != NULL) {
        dum->registration.handler.on_terminated(reg, cause, dum->registration.user_data);
    }
}

bool dum__emit_pager_message(dum_manager *dum, dum_request *message)
{
    if (dum->pager.handler.on_message == NULL) {
        return false;
    }
    dum->pager.handler.on_message(dum, message, dum->pager.user_data);
    return true;
}

void dum__emit_pager_delivered(dum_manager *dum, dum_pager *pager, const sip_msg *response)
{
    if (dum->pager.handler.on_delivered != NULL) {
        dum->pager.handler.on_delivered(pager, response, dum->pager.user_data);
    }
}

void dum__emit_pager_terminated(dum_manager *dum, dum_pager *pager, const dum_cause *cause)
{
    if (dum->pager.handler.on_terminated != NULL) {
        dum->pager.handler.on_terminated(pager, cause, dum->pager.user_data);
    }
}

bool dum__emit_out_of_dialog_request(dum_manager *dum, dum_request *request)
{
    if (dum->out_of_dialog.handler.on_request == NULL) {
        return false;
    }
    dum->out_of_dialog.handler.on_request(dum, request, dum->out_of_dialog.user_data);
    return true;
}

void dum__emit_out_of_dialog_response(dum_manager *dum, dum_out_of_dialog *ood,
                                      const sip_msg *response)
{
    if (dum->out_of_dialog.handler.on_response != NULL) {
        dum->out_of_dialog.handler.on_response(ood, response, dum->out_of_dialog.user_data);
    }
}

void dum__emit_out_of_dialog_terminated(dum_manager *dum, dum_out_of_dialog *ood,
                                        const dum_cause *cause)
{
    if (dum->out_of_dialog.handler.on_terminated != NULL) {
        dum->out_of_dialog.handler.on_terminated(ood, cause, dum->out_of_dialog.user_data);
    }
}

int dum__emit_registrar_check_aor(dum_manager *dum, dum_registrar *registrar,
                                  const sip_msg *request, sip_str aor)
{
    if (dum->bindings.handler.check_aor == NULL) {
        return 0;
    }
    return dum->bindings.handler.check_aor(registrar, request, aor, dum->bindings.user_data);
}

void dum__emit_registrar_added(dum_manager *dum, dum_registrar *registrar,
                               const dum_binding *binding)
{
    if (dum->bindings.handler.on_added != NULL) {
        dum->bindings.handler.on_added(registrar, binding, dum->bindings.user_data);
    }
}

void dum__emit_registrar_refreshed(dum_manager *dum, dum_registrar *registrar,
                                   const dum_binding *binding)
{
    if (dum->bindings.handler.on_refreshed != NULL) {
        dum->bindings.handler.on_refreshed(registrar, binding, dum->bindings.user_data);
    }
}

void dum__emit_registrar_removed(dum_manager *dum, dum_registrar *registrar,
                                 const dum_binding *binding, bool expired)
{
    if (dum->bindings.handler.on_removed != NULL) {
        dum->bindings.handler.on_removed(registrar, binding, expired, dum->bindings.user_data);
    }
}

bool dum__emit_server_auth_find_a1(dum_manager *dum, sip_str user, sip_str realm,
                                   sip_digest_algorithm algorithm,
                                   char a1_hex[SIP_DIGEST_HEX_BYTES])
{
    return dum->server_auth.handler.find_a1(dum, user, realm, algorithm, a1_hex,
                                            dum->server_auth.user_data);
}

bool dum__emit_server_auth_may_send(dum_manager *dum, sip_str user, const sip_msg *request,
                                    bool *ret_may)
{
    if (dum->server_auth.handler.may_send == NULL) {
        return false;
    }
    *ret_may = dum->server_auth.handler.may_send(dum, user, request, dum->server_auth.user_data);
    return true;
}
