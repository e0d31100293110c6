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

#endif
