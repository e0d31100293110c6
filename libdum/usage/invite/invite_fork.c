/* The early dialogs of one call (RFC 3261 12.1.2, 13.2.2.4). */
#include "usage/invite/invite.h"

static void attach(dum_invite *inv, dum__dialog *dialog)
{
    dialog->usage = &inv->usage;
    inv->dialog = dialog;
    if (inv->phase == DUM__PHASE_CALLING) {
        inv->phase = DUM__PHASE_EARLY;
    }
}

/* Another early dialog: it owes an answer to the same offer. */
static dum_invite *make_fork(dum__call *call)
{
    const dum_invite *zero = call->zero;
    const dum__offer_answer *oa = &zero->oa;
    sip_str offer = dum__oa_current_local(oa);
    dum_invite *fork = dum__invite_create(call, true, false);

    if (fork == NULL) {
        return NULL;
    }
    if (offer.len == 0) {
        dum__oa_step(&fork->oa, call->dum, DUM__OA_ASK);
    } else if (dum__oa_describe(&fork->oa, call->dum, DUM__OA_SEND_OFFER, offer) != 0) {
        dum__usage_destroy(&fork->usage);
        return NULL;
    }
    fork->fork_index = call->next_index++;
    return fork;
}

/* With MERGED the one handle goes over to another dialog, whose answer is still owed. */
static void move_to(dum_invite *inv, dum__dialog *dialog)
{
    dum_manager *dum = inv->usage.object.dum;
    bool answered = inv->oa.state == DUM__OA_STABLE;
    sip_str offer = inv->oa.local;

    if (inv->dialog == dialog) {
        return;
    }
    attach(inv, dialog);
    if (answered && inv->answered_by != dialog) {
        /* A round begun anew with the same offer; without memory the earlier answer stands. */
        (void)dum__oa_describe(&inv->oa, dum, DUM__OA_SEND_OFFER, offer);
    }
}

static dum_invite *new_dialog(dum__call *call, const sip_msg *response, bool *ret_new)
{
    dum_invite *inv = call->zero;
    dum__dialog *dialog;

    if (inv->dialog != NULL && !call->merged) {
        if (call->cancelled) {
            return NULL; /* nobody wants to see it any more */
        }
        inv = make_fork(call);
        *ret_new = inv != NULL;
    }
    if (inv == NULL) {
        return NULL;
    }
    if (dum__dialog_create_uac(call->set, response, sip_str_of(call->request_uri), &dialog) != 0) {
        if (*ret_new) {
            dum__usage_destroy(&inv->usage);
        }
        return NULL;
    }
    if (inv->dialog == NULL) {
        attach(inv, dialog);
    } else {
        move_to(inv, dialog);
    }
    return inv;
}

dum_invite *dum__fork_for(dum__call *call, const sip_msg *response, bool *ret_new)
{
    sip_str tag = dum__dialog_id_of_response(response).remote_tag;
    dum__dialog *dialog = dum__dialog_set_dialog(call->set, tag);
    dum_invite *inv;

    *ret_new = false;
    if (call->zero == NULL || call->zero->phase == DUM__PHASE_ENDED) {
        return NULL;
    }
    if (dialog != NULL) {
        inv = dialog->usage == NULL ? NULL : dum__invite_of(dialog->usage);
        if (inv != NULL) {
            move_to(inv, dialog);
        }
        return inv;
    }
    if (tag.len == 0 && sip_msg_status(response) < 200) {
        return call->zero; /* no dialog of it (RFC 2543 peers): progress of the call */
    }
    return new_dialog(call, response, ret_new);
}

void dum__fork_bury(dum__call *call, const sip_msg *response)
{
    sip_str tag = dum__dialog_id_of_response(response).remote_tag;
    const sip_cseq *cseq = sip_msg_cseq(response);
    dum__dialog *dialog = dum__dialog_set_dialog(call->set, tag);
    dum_invite *inv;

    call->buried = true;
    if (dialog == NULL &&
        dum__dialog_create_uac(call->set, response, sip_str_of(call->request_uri), &dialog) != 0) {
        return;
    }
    inv = dum__invite_create(call, true, true);
    if (inv == NULL) {
        return;
    }
    attach(inv, dialog);
    dialog->confirmed = true;
    inv->ack_cseq = cseq == NULL ? 0 : cseq->number;
    dialog->local_cseq = inv->ack_cseq;
    (void)dum__dialog_refresh_target(dialog, response);
    if (sip_msg_body(response) != NULL && call->asked) {
        dum__oa_step(&inv->oa, call->dum, DUM__OA_ASK);
        (void)dum__oa_describe(&inv->oa, call->dum, DUM__OA_GET_OFFER,
                               dum__description_of(response));
    }
    dum__invite_note_text(inv, DUM_WHY_FORK_LOST, 0, "answered too late");
    dum__invite_refuse_2xx(inv, 0);
    if (call->cancelled) {
        dum__fork_end_all(call, NULL);
    }
}

void dum__fork_end_losers(dum__call *call, const dum_invite *winner)
{
    for (sip_list *at = call->forks.next; at != &call->forks; at = at->next) {
        dum_invite *inv = SIP_CONTAINER_OF(at, dum_invite, link);

        if (inv != winner && inv->phase != DUM__PHASE_ENDED && inv->bye == NULL) {
            dum__invite_note_text(inv, DUM_WHY_FORK_LOST, 0, "another fork answered first");
            dum__invite_terminate_later(inv);
        }
    }
    for (sip_list *at = call->set->dialogs.next; at != &call->set->dialogs; at = at->next) {
        dum__dialog *dialog = SIP_CONTAINER_OF(at, dum__dialog, link);

        if (dialog->usage == &winner->usage && dialog != winner->dialog) {
            dialog->usage = NULL; /* early dialogs that the handle has left behind (MERGED) */
        }
    }
}

/* Fork 0 stands for the call and goes last. */
void dum__fork_end_all(dum__call *call, const dum_cause *cause)
{
    dum_invite *zero = call->zero;

    sip_timer_clear(call->dum->worker, &call->cancel_timer);
    for (sip_list *at = call->forks.next; at != &call->forks; at = at->next) {
        dum_invite *inv = SIP_CONTAINER_OF(at, dum_invite, link);

        if (inv->bye == NULL && inv->phase != DUM__PHASE_ENDED) {
            if (cause != NULL) {
                dum__invite_note(inv, cause);
                inv->ending.status = inv->ending.status != 0 ? inv->ending.status : cause->status;
            }
            inv->phase = DUM__PHASE_ENDED;
            inv->usage.ending = true;
            if (inv != zero) {
                dum__invite_terminate_later(inv);
            }
        }
    }
    if (zero != NULL && zero->phase == DUM__PHASE_ENDED) {
        dum__invite_terminate_later(zero);
    }
}
