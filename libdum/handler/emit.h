/* The only way to an application's callbacks: one wrapper each, which knows where the handler and
 * its user data are and what an unset member means.
 *
 * Those that return bool say whether the application has a callback: if not, nothing happened and
 * the caller does what the public header says of NULL. Nothing may follow a wrapper but a look at
 * whether the object is ending: the callback may have ended it. */
#ifndef DUM_EMIT_H
#define DUM_EMIT_H

#include "core/context.h"

bool dum__emit_invite_new_session(dum_manager *dum, dum_invite *inv, const sip_msg *invite);
bool dum__emit_invite_forked(dum_manager *dum, dum_invite *inv, dum_invite *fork);
void dum__emit_invite_provisional(dum_manager *dum, dum_invite *inv, const sip_msg *msg);
bool dum__emit_invite_offer(dum_manager *dum, dum_invite *inv, const sip_body *offer);
void dum__emit_invite_answer(dum_manager *dum, dum_invite *inv, const sip_body *answer);
bool dum__emit_invite_offer_required(dum_manager *dum, dum_invite *inv, const sip_msg *msg);
void dum__emit_invite_offer_failed(dum_manager *dum, dum_invite *inv, const dum_cause *cause);
void dum__emit_invite_address_changed(dum_manager *dum, dum_invite *inv, const sip_local *local);
void dum__emit_invite_connected(dum_manager *dum, dum_invite *inv, const sip_msg *msg);
void dum__emit_invite_terminated(dum_manager *dum, dum_invite *inv, const dum_cause *cause);

void dum__emit_registration_active(dum_manager *dum, dum_registration *reg,
                                   const sip_msg *response);
void dum__emit_registration_retrying(dum_manager *dum, dum_registration *reg,
                                     const dum_cause *cause);
void dum__emit_registration_terminated(dum_manager *dum, dum_registration *reg,
                                       const dum_cause *cause);

bool dum__emit_pager_message(dum_manager *dum, dum_request *message);
void dum__emit_pager_delivered(dum_manager *dum, dum_pager *pager, const sip_msg *response);
void dum__emit_pager_terminated(dum_manager *dum, dum_pager *pager, const dum_cause *cause);

bool dum__emit_out_of_dialog_request(dum_manager *dum, dum_request *request);
void dum__emit_out_of_dialog_response(dum_manager *dum, dum_out_of_dialog *ood,
                                      const sip_msg *response);
void dum__emit_out_of_dialog_terminated(dum_manager *dum, dum_out_of_dialog *ood,
                                        const dum_cause *cause);

/** @return 0: the AOR may be registered (also without a callback); else the status to refuse with
 */
int dum__emit_registrar_check_aor(dum_manager *dum, dum_registrar *registrar,
                                  const sip_msg *request, sip_str aor);
void dum__emit_registrar_added(dum_manager *dum, dum_registrar *registrar,
                               const dum_binding *binding);
void dum__emit_registrar_refreshed(dum_manager *dum, dum_registrar *registrar,
                                   const dum_binding *binding);
void dum__emit_registrar_removed(dum_manager *dum, dum_registrar *registrar,
                                 const dum_binding *binding, bool expired);

/** The one callback that is required. */
bool dum__emit_server_auth_find_a1(dum_manager *dum, sip_str user, sip_str realm,
                                   sip_digest_algorithm algorithm,
                                   char a1_hex[SIP_DIGEST_HEX_BYTES]);
/** @return false: there is no callback, *ret_may is untouched */
bool dum__emit_server_auth_may_send(dum_manager *dum, sip_str user, const sip_msg *request,
                                    bool *ret_may);

#endif
