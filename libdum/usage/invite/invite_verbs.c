#include "usage/invite/invite_verbs.h"

/* The order of preference when one message settles more than one thing is the phase's. */
int dum__invite_deliver(dum_invite *inv)
{
    switch (inv->phase) {
    case DUM__PHASE_RINGING:
        return dum__invite_try_2xx(inv);
    case DUM__PHASE_ANSWERED:
        return dum__invite_connect(inv);
    case DUM__PHASE_CONNECTED:
        return inv->re.state == DUM__RE_RECEIVED ? dum__reinvite_answer(inv)
                                                 : dum__reinvite_acknowledge(inv);
    case DUM__PHASE_CALLING:
    case DUM__PHASE_EARLY:
    case DUM__PHASE_ACCEPTED:
    case DUM__PHASE_LEAVING:
    case DUM__PHASE_ENDED:
        break;
    }
    return SIP_ESTATE;
}

/* An offer in a 2xx to our re-INVITE cannot be refused: it is answered as we stand, or the call
 * ends (RFC 6337 3.1). */
static int refuse_in_ack(dum_invite *inv, int status)
{
    const dum_manager *dum = inv->usage.object.dum;
    sip_str text;
    int err = dum__description_answer(dum, inv->oa.local, inv->oa.next_remote, inv->held, &text);

    if (err == SIP_EINVAL) {
        dum__invite_refuse_2xx(inv, status);
        return 0;
    }
    if (err == 0) {
        err = dum__oa_describe(&inv->oa, dum, DUM__OA_GIVE_ANSWER, text);
        dum__free(dum, (void *)(uintptr_t)text.ptr);
    }
    return err != 0 ? err : dum__reinvite_acknowledge(inv);
}

int dum__invite_refuse(dum_invite *inv, int status)
{
    switch (inv->phase) {
    case DUM__PHASE_RINGING:
        return dum__invite_end(inv, status, NULL);
    case DUM__PHASE_ANSWERED:
        dum__invite_note_text(inv, DUM_WHY_LOCAL, status, "the offer in the answer was refused");
        dum__invite_refuse_2xx(inv, status);
        return 0;
    case DUM__PHASE_CONNECTED:
        return inv->re.state == DUM__RE_RECEIVED ? dum__reinvite_refuse(inv, status)
                                                 : refuse_in_ack(inv, status);
    case DUM__PHASE_CALLING:
    case DUM__PHASE_EARLY:
    case DUM__PHASE_ACCEPTED:
    case DUM__PHASE_LEAVING:
    case DUM__PHASE_ENDED:
        break;
    }
    return SIP_ESTATE;
}

static int reject(dum_invite *inv, int status, const sip_extras *extras)
{
    int err = dum__incoming_respond(inv->in, status, extras);

    if (err != 0) {
        return err;
    }
    dum__invite_terminate_later(inv);
    return 0;
}

int dum__invite_end(dum_invite *inv, int status, const sip_extras *extras)
{
    int err;

    switch (inv->phase) {
    case DUM__PHASE_CALLING:
    case DUM__PHASE_EARLY:
        return dum__invite_cancel(inv->call, status, extras);
    case DUM__PHASE_RINGING:
        if (inv->in == NULL) {
            dum__invite_note_text(inv, DUM_WHY_LOCAL, 0, "the transaction was gone");
            dum__invite_terminate_later(inv);
            return 0;
        }
        status = status != 0 ? status : 480;
        err = reject(inv, status, extras);
        if (err == 0) {
            dum__invite_note_text(inv, DUM_WHY_LOCAL, status, "rejected here");
        }
        return err;
    case DUM__PHASE_ANSWERED:
        dum__invite_note_text(inv, DUM_WHY_LOCAL, status, "ended here");
        dum__invite_refuse_2xx(inv, status);
        return 0;
    case DUM__PHASE_ACCEPTED:
        /* No BYE before the ACK or the end of our waiting for it (15). */
        dum__invite_note_text(inv, DUM_WHY_LOCAL, status, "ended here");
        inv->phase = DUM__PHASE_LEAVING;
        inv->usage.ending = true;
        return 0;
    case DUM__PHASE_CONNECTED:
        err = dum__invite_bye(inv, status, extras);
        if (err == 0) {
            dum__invite_note_text(inv, DUM_WHY_LOCAL, status, "ended here");
        }
        return err;
    case DUM__PHASE_LEAVING:
    case DUM__PHASE_ENDED:
        break;
    }
    return SIP_ESTATE;
}

/* ---- the application's side */

int dum_invite_end(dum_invite *inv, int status, const sip_extras *extras)
{
    if (inv == NULL || (status != 0 && (status < 300 || status > 699))) {
        return SIP_EINVAL;
    }
    return dum__invite_is_open(inv) ? dum__invite_end(inv, status, extras) : SIP_ESTATE;
}

int dum_invite_drop(dum_invite *inv)
{
    if (inv == NULL || inv->call->zero == inv || inv->fork_index == 0) {
        return SIP_EINVAL;
    }
    if (!dum__invite_is_open(inv) || inv->phase != DUM__PHASE_EARLY) {
        return SIP_ESTATE;
    }
    dum__invite_note_text(inv, DUM_WHY_LOCAL, 0, "this fork was given up");
    dum__invite_terminate_later(inv);
    return 0;
}

int dum_invite_provisional(dum_invite *inv, int status, const sip_extras *extras)
{
    bool with_text, has_body = extras != NULL && extras->body != NULL;
    sip_msg *sent;
    int err;

    if (inv == NULL || status < 101 || status > 199) {
        return SIP_EINVAL;
    }
    if (!dum__invite_is_open(inv) || inv->phase != DUM__PHASE_RINGING || inv->in == NULL) {
        return SIP_ESTATE;
    }
    with_text = !has_body && inv->usage.profile->early_media &&
                (inv->oa.state == DUM__OA_ANSWER_READY || inv->oa.state == DUM__OA_STABLE);
    err = dum__invite_respond(
        inv, status, with_text ? dum__oa_current_local(&inv->oa) : (sip_str){0}, extras, &sent);
    if (err != 0) {
        return err;
    }
    if (with_text) {
        dum__oa_step(&inv->oa, inv->usage.object.dum, DUM__OA_SEND_ANSWER);
    }
    sip_msg_unref(inv->resend);
    inv->resend = sent;
    sip_timer_set(inv->usage.object.dum->worker, &inv->resend_timer, 60000); /* 13.3.1.1 */
    return 0;
}

/* Put a description of the application's into the machine and send what carries it; undone if that
 * fails. */
static int give(dum_invite *inv, dum__oa_event event, const sip_body *body)
{
    dum_manager *dum = inv->usage.object.dum;
    dum__oa_state before = inv->oa.state;
    sip_str text;
    int err;

    if (!dum__oa_allows(&inv->oa, event)) {
        return SIP_ESTATE;
    }
    err = dum__description_print(dum, body, &text);
    if (err != 0) {
        return err;
    }
    err = dum__oa_describe(&inv->oa, dum, event, text);
    dum__free(dum, (void *)(uintptr_t)text.ptr);
    if (err == 0) {
        err = dum__invite_deliver(inv);
        if (err != 0 && inv->oa.state != before) {
            inv->oa.state = before;
        }
    }
    return err;
}

int dum_invite_accept(dum_invite *inv, const sip_body *description, const sip_extras *extras)
{
    dum__oa_event event;
    int err = 0;

    if (inv == NULL) {
        return SIP_EINVAL;
    }
    if (!dum__invite_is_open(inv) || inv->phase != DUM__PHASE_RINGING || inv->accepted ||
        inv->in == NULL) {
        return SIP_ESTATE;
    }
    if (extras != NULL) {
        err = sip_response_create(dum__incoming_msg(inv->in), 200, inv->call->set->local_tag,
                                  extras, &inv->with_accept);
    }
    if (err == 0) {
        inv->accepted = true;
        event = inv->oa.state == DUM__OA_WANTED ? DUM__OA_GIVE_OFFER : DUM__OA_GIVE_ANSWER;
        err = description != NULL ? give(inv, event, description) : dum__invite_try_2xx(inv);
    }
    if (err != 0) {
        inv->accepted = false;
        inv->with_accept = sip_msg_unref(inv->with_accept);
    }
    return err;
}

int dum_invite_answer(dum_invite *inv, const sip_body *answer)
{
    if (inv == NULL || answer == NULL) {
        return SIP_EINVAL;
    }
    return dum__invite_is_open(inv) ? give(inv, DUM__OA_GIVE_ANSWER, answer) : SIP_ESTATE;
}

int dum_invite_reject_offer(dum_invite *inv, int status)
{
    if (inv == NULL || status < 300 || status > 699) {
        return SIP_EINVAL;
    }
    if (!dum__invite_is_open(inv) ||
        (inv->oa.state != DUM__OA_OFFER_GOT && inv->oa.state != DUM__OA_WANTED)) {
        return SIP_ESTATE;
    }
    return dum__invite_refuse(inv, status);
}

int dum_invite_offer(dum_invite *inv, const sip_body *offer)
{
    sip_str text = {0};
    int err;

    if (inv == NULL) {
        return SIP_EINVAL;
    }
    if (!dum__invite_is_open(inv)) {
        return SIP_ESTATE;
    }
    if (inv->oa.state == DUM__OA_WANTED) {
        return offer == NULL ? SIP_ESTATE : give(inv, DUM__OA_GIVE_OFFER, offer);
    }
    if (offer == NULL) {
        return dum__reinvite_send(inv, DUM__RE_ASK, text);
    }
    err = dum__description_print(inv->usage.object.dum, offer, &text);
    if (err == 0) {
        err = dum__reinvite_send(inv, DUM__RE_OFFER, text);
        dum__free(inv->usage.object.dum, (void *)(uintptr_t)text.ptr);
    }
    return err;
}

int dum_invite_hold(dum_invite *inv)
{
    if (inv == NULL) {
        return SIP_EINVAL;
    }
    if (!dum__invite_is_open(inv) || inv->held) {
        return SIP_ESTATE;
    }
    return dum__reinvite_send(inv, DUM__RE_HOLD, (sip_str){0});
}

int dum_invite_resume(dum_invite *inv)
{
    if (inv == NULL) {
        return SIP_EINVAL;
    }
    if (!dum__invite_is_open(inv) || !inv->held) {
        return SIP_ESTATE;
    }
    return dum__reinvite_send(inv, DUM__RE_RESUME, (sip_str){0});
}
