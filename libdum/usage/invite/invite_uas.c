/* Calls to us (RFC 3261 13.3), and what answering an INVITE has in common with re-INVITEs. */
#include "usage/invite/invite.h"

#include "handler/emit.h"
#include "usage/invite/invite_classify.h"
#include "usage/invite/invite_verbs.h"

#define REPEAT_RINGING_MS 60000u /* 13.3.1.1: a proxy may give up after three minutes */
#define BUSY_RETRY_S 10u

/* ---- responses */

static void add_kept_extras(sip_build *build, const sip_msg *kept)
{
    static const sip_header_id ours[] = {
        SIP_HEADER_VIA,          SIP_HEADER_FROM,     SIP_HEADER_TO,      SIP_HEADER_CALL_ID,
        SIP_HEADER_CSEQ,         SIP_HEADER_SERVER,   SIP_HEADER_CONTACT, SIP_HEADER_ALLOW,
        SIP_HEADER_RECORD_ROUTE, SIP_HEADER_TIMESTAMP};

    sip_build_copy_others(build, kept, ours, sizeof ours / sizeof ours[0]);
}

int dum__invite_respond(dum_invite *inv, int status, sip_str description, const sip_extras *extras,
                        sip_msg **ret_sent)
{
    dum_manager *dum = inv->usage.object.dum;
    sip_body body = dum__description_body(description);
    char allow[DUM__ALLOW_BYTES];
    sip_build *build;
    sip_msg *response;
    int err;

    if (inv->in == NULL || inv->in->decided != 0 || dum__incoming_msg(inv->in) == NULL) {
        return SIP_ESTATE;
    }
    build = dum__incoming_build(inv->in, status, inv->call->set->local_tag);
    sip_build_contact(build, sip_str_of(inv->usage.profile->contact_user), (sip_str){0});
    sip_build_header(build, SIP_HEADER_ALLOW, dum__allow_text(dum, allow));
    if (status >= 200 && inv->with_accept != NULL) {
        add_kept_extras(build, inv->with_accept);
    }
    sip_build_extras(build, extras);
    if (description.len > 0) {
        sip_build_body(build, &body);
    }
    err = sip_build_finish(build, &response);
    if (err != 0) {
        return err;
    }
    err = sip_server_tx_send(inv->in->tx, response);
    if (err != 0) {
        sip_msg_unref(response);
        return err;
    }
    *ret_sent = response;
    return 0;
}

int dum__invite_send_2xx(dum_invite *inv)
{
    dum_manager *dum = inv->usage.object.dum;
    sip_msg *sent, *invite = sip_msg_ref(dum__incoming_msg(inv->in));
    int err = dum__invite_respond(inv, 200, dum__oa_current_local(&inv->oa), NULL, &sent);

    if (err == 0) {
        (void)dum__dialog_refresh_target(inv->dialog, invite);
        sip_msg_unref(inv->resend);
        inv->resend = sent;
        inv->with_accept = sip_msg_unref(inv->with_accept);
        dum__oa_step(&inv->oa, dum,
                     inv->oa.state == DUM__OA_OFFER_READY ? DUM__OA_SEND_OFFER
                                                          : DUM__OA_SEND_ANSWER);
        inv->resend_ms = DUM__T1_MS;
        inv->give_up_ms = sip_worker_now_ms(dum->worker) + DUM__64_T1_MS;
        sip_timer_clear(dum->worker, &inv->stale_timer);
        sip_timer_set(dum->worker, &inv->resend_timer, inv->resend_ms);
    }
    sip_msg_unref(invite);
    return err;
}

int dum__invite_try_2xx(dum_invite *inv)
{
    int err;

    if (!inv->accepted ||
        (inv->oa.state != DUM__OA_ANSWER_READY && inv->oa.state != DUM__OA_OFFER_READY &&
         inv->oa.state != DUM__OA_STABLE)) {
        return 0;
    }
    err = dum__invite_send_2xx(inv);
    if (err == 0) {
        inv->phase = DUM__PHASE_ACCEPTED;
    }
    return err;
}

void dum__invite_close_in(dum_invite *inv, int status)
{
    dum__incoming *in = inv->in;

    if (in == NULL) {
        return;
    }
    inv->in = NULL;
    dum__incoming_own(in, NULL, NULL);
    if (dum__incoming_msg(in) != NULL) {
        dum__incoming_respond(in, status, NULL);
    }
}

/* ---- waiting for the ACK */

static void on_resend(void *arg)
{
    dum_invite *inv = arg;
    dum_manager *dum = inv->usage.object.dum;
    sip_time_ms now = sip_worker_now_ms(dum->worker);

    if (inv->phase == DUM__PHASE_RINGING) {
        if (inv->in != NULL && inv->resend != NULL) {
            sip_server_tx_send(inv->in->tx, inv->resend);
        }
        sip_timer_set(dum->worker, &inv->resend_timer, REPEAT_RINGING_MS);
        return;
    }
    if (now >= inv->give_up_ms) {
        dum__invite_note_text(inv, DUM_WHY_TIMEOUT, 408, "no ACK came to our 200");
        dum__invite_leave(inv, inv->ending.status, NULL);
        return;
    }
    if (inv->in != NULL) {
        sip_server_tx_send(inv->in->tx, inv->resend);
    }
    inv->resend_ms = inv->resend_ms * 2 < DUM__T2_MS ? inv->resend_ms * 2 : DUM__T2_MS;
    if (now + inv->resend_ms > inv->give_up_ms) {
        inv->resend_ms = (uint32_t)(inv->give_up_ms - now);
    }
    sip_timer_set(dum->worker, &inv->resend_timer, inv->resend_ms);
}

static bool is_awaiting_ack(const dum_invite *inv)
{
    return inv->resend != NULL &&
           (inv->phase == DUM__PHASE_ACCEPTED || inv->re.state == DUM__RE_ANSWERED ||
            (inv->phase == DUM__PHASE_LEAVING && inv->bye == NULL));
}

/* The answer that the ACK owes to the offer in our 2xx. @return NULL, or what is wrong */
static const char *take_ack_answer(dum_invite *inv, const sip_msg *ack)
{
    const dum_manager *dum = inv->usage.object.dum;
    sip_str text = dum__description_of(ack);

    if (text.len == 0) {
        return "the ACK brought no answer";
    }
    if (!dum__description_is_sound(dum, text) ||
        dum__oa_describe(&inv->oa, dum, DUM__OA_GET_ANSWER, text) != 0) {
        return "the answer in the ACK does not fit";
    }
    return NULL;
}

void dum__invite_on_ack(dum__usage *usage, const sip_msg *ack)
{
    dum_invite *inv = dum__invite_of(usage);
    const sip_cseq *cseq = sip_msg_cseq(ack);
    bool owes_answer = inv->oa.state == DUM__OA_OFFER_SENT;
    const char *wrong;

    if (!is_awaiting_ack(inv) || cseq == NULL || cseq->number != inv->in_cseq) {
        return;
    }
    dum__invite_quiet(inv);
    if (inv->phase == DUM__PHASE_LEAVING) {
        dum__invite_leave(inv, inv->ending.status, NULL);
        return;
    }
    wrong = owes_answer ? take_ack_answer(inv, ack) : NULL;
    if (wrong != NULL) {
        dum__invite_note_text(inv, DUM_WHY_PROTOCOL, 0, wrong);
        dum__invite_leave(inv, 488, NULL);
        return;
    }
    if (inv->phase == DUM__PHASE_ACCEPTED) {
        inv->phase = DUM__PHASE_CONNECTED;
        dum__address_refresh_note(inv, ack);
    } else {
        dum__reinvite_settled(inv);
    }
    if (owes_answer) {
        dum__emit_invite_answer(usage->object.dum, inv, sip_msg_body(ack));
    }
    if (!inv->told_connected && dum__invite_is_open(inv)) {
        inv->told_connected = true;
        dum__emit_invite_connected(usage->object.dum, inv, ack);
    }
}

/* ---- the transaction's news */

static void on_cancel(dum__incoming *in)
{
    dum_invite *inv = in->owner_data;

    if (inv->re.state == DUM__RE_RECEIVED) {
        dum__reinvite_refuse(inv, 487);
        return;
    }
    if (inv->phase != DUM__PHASE_RINGING) {
        return; /* the 2xx has left: the CANCEL came too late (9.2) */
    }
    dum__invite_close_in(inv, 487);
    dum__invite_note_text(inv, DUM_WHY_CANCELLED, 487, "cancelled by the caller");
    dum__invite_terminate(inv);
}

static void on_in_ended(dum__incoming *in)
{
    dum_invite *inv = in->owner_data;

    inv->in = NULL;
}

static const dum__incoming_owner incoming_owner = {
    .on_cancel = on_cancel,
    .on_ended = on_in_ended,
};

static void on_stale(void *arg)
{
    dum_invite *inv = arg;

    dum__invite_close_in(inv, inv->expires ? 487 : 480); /* 13.3.1: an INVITE that expires: 487 */
    dum__invite_note_text(inv, DUM_WHY_TIMEOUT, inv->expires ? 487 : 480,
                          "not answered here in time");
    dum__invite_terminate(inv);
}

/* ---- a new call */

void dum__invite_tell_offer(dum_invite *inv, const sip_body *offer)
{
    dum_manager *dum = inv->usage.object.dum;
    sip_str text = {0};
    int err;

    if (dum__emit_invite_offer(dum, inv, offer)) {
        return;
    }
    err = dum__description_answer(dum, inv->oa.local, inv->oa.next_remote, inv->held, &text);
    if (err == 0) {
        err = dum__oa_describe(&inv->oa, dum, DUM__OA_GIVE_ANSWER, text);
        dum__free(dum, (void *)(uintptr_t)text.ptr);
    }
    if (err != 0 || dum__invite_deliver(inv) != 0) {
        dum__invite_refuse(inv, 488);
    }
}

void dum__invite_tell_offer_required(dum_invite *inv, const sip_msg *msg)
{
    dum_manager *dum = inv->usage.object.dum;

    if (dum__emit_invite_offer_required(dum, inv, msg)) {
        return;
    }
    if (inv->oa.local.len == 0 ||
        dum__oa_describe(&inv->oa, dum, DUM__OA_GIVE_OFFER, inv->oa.local) != 0 ||
        dum__invite_deliver(inv) != 0) {
        dum__invite_refuse(inv, 488);
    }
}

static void tell_new_session(dum_invite *inv, const sip_msg *invite)
{
    dum_manager *dum = inv->usage.object.dum;

    if (!dum__emit_invite_new_session(dum, inv, invite)) {
        inv->hidden = true; /* nobody has seen it, so nobody hears of its end */
        dum__invite_end(inv, 480, NULL);
        return;
    }
    if (!dum__invite_is_open(inv) || inv->phase != DUM__PHASE_RINGING) {
        return;
    }
    if (inv->oa.state == DUM__OA_OFFER_GOT) {
        dum__invite_tell_offer(inv, sip_msg_body(invite));
    } else if (inv->oa.state == DUM__OA_WANTED) {
        dum__invite_tell_offer_required(inv, invite);
    }
}

/* How long it may ring: the profile's limit, or the INVITE's Expires if that is less. */
static void arm_stale(dum_invite *inv, const sip_msg *invite)
{
    uint32_t ms = dum__invite_stale_ms(inv->usage.profile), expires_s;

    if (sip_msg_number(invite, SIP_HEADER_EXPIRES, &expires_s) == 0 && expires_s < ms / 1000) {
        ms = expires_s * 1000;
        inv->expires = true;
    }
    sip_timer_set(inv->usage.object.dum->worker, &inv->stale_timer, ms);
}

/* Call, dialog and session for an INVITE; nothing is left behind on failure. */
static dum_invite *make_session(dum_manager *dum, dum__incoming *in, const sip_msg *invite)
{
    dum_profile *profile = dum__profile_for_request(dum, invite);
    sip_str offer = dum__description_of(invite);
    dum__call *call;
    dum__dialog *dialog;
    dum_invite *inv;
    int err = dum__call_create(profile, sip_msg_call_id(invite), sip_server_tx_tag(in->tx), &call);

    if (err != 0) {
        return NULL;
    }
    inv = dum__invite_create(call, false, false);
    if (inv == NULL) {
        dum__call_release(call);
        return NULL;
    }
    err = dum__dialog_create_uas(call->set, invite, &dialog);
    if (err == 0) {
        dialog->usage = &inv->usage;
        inv->dialog = dialog;
        if (offer.len > 0) {
            err = dum__oa_describe(&inv->oa, dum, DUM__OA_GET_OFFER, offer);
        } else {
            dum__oa_step(&inv->oa, dum, DUM__OA_GET_ASK);
        }
    }
    if (err != 0) {
        dum__usage_destroy(&inv->usage);
        return NULL;
    }
    return inv;
}

int dum__invite_judge_request(const dum_manager *dum, const sip_msg *invite)
{
    switch (dum__invite_classify(invite)) {
    case DUM__INVITE_RX_BARE:
        return 0;
    case DUM__INVITE_RX_OFFER:
        return dum__description_is_sound(dum, dum__description_of(invite)) ? 0 : 400;
    case DUM__INVITE_RX_BAD_TYPE:
        return 415;
    case DUM__INVITE_RX_BAD_CONTACT:
    case DUM__INVITE_RX_BYE:
    case DUM__INVITE_RX_OPTIONS:
    case DUM__INVITE_RX_OTHER:
    case DUM__INVITE_NOTHING:
    case DUM__INVITE_TRYING:
    case DUM__INVITE_RINGING:
    case DUM__INVITE_SUCCESS:
    case DUM__INVITE_GLARE:
    case DUM__INVITE_DIALOG_GONE:
    case DUM__INVITE_FAILURE:
        break;
    }
    return 400;
}

void dum__invite_hold_in(dum_invite *inv, dum__incoming *in)
{
    inv->in = in;
    inv->in_cseq = in->cseq;
    dum__incoming_own(in, &incoming_owner, inv);
    sip_timer_init(&inv->resend_timer, on_resend, inv);
}

static void take(dum_manager *dum, dum__incoming *in)
{
    sip_msg *invite = sip_msg_ref(dum__incoming_msg(in)); /* a final response drops it */
    int status = dum__invite_judge_request(dum, invite);
    dum_invite *inv = NULL;

    if (status != 0) {
        dum__incoming_respond(in, status, NULL);
    } else if (dum__may_begin(dum) != 0) {
        dum__incoming_respond_later(in, 503, BUSY_RETRY_S);
    } else if ((inv = make_session(dum, in, invite)) == NULL) {
        dum__incoming_respond(in, 500, NULL);
    } else {
        dum__invite_hold_in(inv, in);
        sip_timer_init(&inv->stale_timer, on_stale, inv);
        arm_stale(inv, invite);
        tell_new_session(inv, invite);
    }
    sip_msg_unref(invite);
}

const dum__taker dum__invite_taker = {.take = take};
