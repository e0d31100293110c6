#include "usage/invite/reinvite.h"

#include <string.h>

#include "dialog/outgoing.h"
#include "handler/emit.h"
#include "usage/invite/invite.h"
#include "usage/invite/invite_classify.h"

#define BUSY_RETRY_MS 500u /* our retry waits while the peer's re-INVITE is served */
#define RETRY_AFTER_S 10u  /* 14.2: 0 to 10 s */

int dum__reinvite_judge(dum__re_state state)
{
    switch (state) {
    case DUM__RE_IDLE:
    case DUM__RE_BACKOFF:
        return 0;
    case DUM__RE_RECEIVED:
        return 500;
    case DUM__RE_SENT:
    case DUM__RE_ACK_OWED:
    case DUM__RE_ANSWERED:
        break;
    }
    return 491;
}

uint32_t dum__reinvite_backoff_ms(bool owns_call_id, const sip_random *random)
{
    return owns_call_id ? 2100 + 10 * sip_random_below(random, 191)
                        : 10 * sip_random_below(random, 201);
}

static void drop_offer(dum_invite *inv)
{
    dum__free(inv->usage.object.dum, (void *)(uintptr_t)inv->re.offer.ptr);
    inv->re.offer = (sip_str){0};
}

/* A round is over: idle, or back to waiting for the retry of ours. */
static void settle(dum_invite *inv)
{
    inv->re.state = inv->re.pending ? DUM__RE_BACKOFF : DUM__RE_IDLE;
    if (!inv->re.pending) {
        drop_offer(inv);
    }
}

void dum__reinvite_settled(dum_invite *inv)
{
    settle(inv);
}

void dum__reinvite_finish(dum_invite *inv)
{
    sip_timer_clear(inv->usage.object.dum->worker, &inv->re.timer);
    dum__exchange_forget(inv->re.exchange);
    inv->re.exchange = NULL;
    inv->re.pending = false;
    inv->re.state = DUM__RE_IDLE;
    drop_offer(inv);
}

/* ---- the answers to ours */

static void agreed(dum_invite *inv)
{
    switch (inv->re.purpose) {
    case DUM__RE_HOLD:
        inv->held = true;
        break;
    case DUM__RE_RESUME:
        inv->held = false;
        break;
    case DUM__RE_OFFER:
        inv->held = dum__description_holds(inv->usage.object.dum, inv->oa.local);
        break;
    case DUM__RE_ASK:
        break;
    }
    settle(inv);
}

/* Our offer came to nothing, the call goes on as it was. */
static void failed(dum_invite *inv, const dum_cause *cause)
{
    dum_manager *dum = inv->usage.object.dum;

    dum__oa_step(&inv->oa, dum, DUM__OA_FAIL);
    inv->re.pending = false;
    settle(inv);
    dum__emit_invite_offer_failed(dum, inv, cause);
}

static void on_answer(dum_invite *inv, const sip_msg *response, uint32_t cseq)
{
    dum_manager *dum = inv->usage.object.dum;
    sip_str text = dum__description_of(response);
    dum__reason reason;

    dum__invite_ack(inv, cseq, (sip_str){0}, inv->re.exchange);
    if (text.len == 0 || !dum__description_is_sound(dum, text) ||
        dum__oa_describe(&inv->oa, dum, DUM__OA_GET_ANSWER, text) != 0) {
        dum__reason_set(&reason, DUM_WHY_PROTOCOL, 0, "the 200 brought no answer that fits");
        reason.cause.msg = response;
        failed(inv, &reason.cause);
        return;
    }
    agreed(inv);
    dum__emit_invite_answer(dum, inv, sip_msg_body(response));
}

static void on_asked_offer(dum_invite *inv, const sip_msg *response, uint32_t cseq)
{
    dum_manager *dum = inv->usage.object.dum;
    sip_str text = dum__description_of(response);

    inv->ack_cseq = cseq;
    if (text.len == 0 || !dum__description_is_sound(dum, text) ||
        dum__oa_describe(&inv->oa, dum, DUM__OA_GET_OFFER, text) != 0) {
        dum__invite_note_text(inv, DUM_WHY_PROTOCOL, 0, "the 200 brought no offer");
        dum__invite_ack(inv, cseq, (sip_str){0}, inv->re.exchange);
        dum__invite_leave(inv, 488, NULL);
        return;
    }
    inv->re.state = DUM__RE_ACK_OWED;
    dum__invite_tell_offer(inv, sip_msg_body(response));
}

static void on_success(dum_invite *inv, const sip_msg *response)
{
    const sip_cseq *cseq = sip_msg_cseq(response);
    uint32_t number = cseq == NULL ? 0 : cseq->number;

    if (inv->re.state != DUM__RE_SENT) {
        dum__invite_ack_again(inv, response, inv->re.exchange);
        return;
    }
    (void)dum__dialog_refresh_target(inv->dialog, response);
    if (inv->re.purpose == DUM__RE_ASK) {
        on_asked_offer(inv, response, number);
    } else {
        on_answer(inv, response, number);
    }
}

static void back_off(dum_invite *inv)
{
    dum_manager *dum = inv->usage.object.dum;
    uint32_t ms = dum__reinvite_backoff_ms(inv->is_uac, sip_worker_random(dum->worker));

    dum__oa_step(&inv->oa, dum, DUM__OA_FAIL);
    inv->re.pending = true;
    inv->re.state = DUM__RE_BACKOFF;
    sip_timer_set(dum->worker, &inv->re.timer, ms);
}

static void on_response(dum__exchange *exchange, const sip_msg *response, void *owner)
{
    dum_invite *inv = owner;
    dum__invite_event event = dum__invite_classify(response);
    dum__reason reason;

    if (exchange != inv->re.exchange || event == DUM__INVITE_TRYING ||
        event == DUM__INVITE_RINGING) {
        return;
    }
    if (event == DUM__INVITE_SUCCESS) {
        on_success(inv, response);
        return;
    }
    if (event == DUM__INVITE_GLARE) {
        back_off(inv);
        return;
    }
    dum__reason_from_response(&reason, response);
    if (event == DUM__INVITE_DIALOG_GONE) { /* the peer knows nothing of it any more (12.2.1.2) */
        dum__invite_note(inv, &reason.cause);
        dum__invite_leave(inv, 0, NULL);
        return;
    }
    failed(inv, &reason.cause);
}

static void on_failed(dum__exchange *exchange, const sip_failure *failure, void *owner)
{
    dum_invite *inv = owner;
    dum__reason reason;

    if (exchange != inv->re.exchange) {
        return;
    }
    dum__reason_from_failure(&reason, failure);
    dum__invite_note(inv, &reason.cause); /* no answer counts as 408: the end (14.1) */
    dum__invite_leave(inv, 0, NULL);
}

static void on_ended(dum__exchange *exchange, void *owner)
{
    dum_invite *inv = owner;

    if (exchange == inv->re.exchange) {
        inv->re.exchange = NULL;
        inv->ack = sip_msg_unref(inv->ack); /* its 2xx does not come again */
    }
}

static const dum__exchange_handler reinvite_handler = {
    .on_response = on_response,
    .on_failed = on_failed,
    .on_ended = on_ended,
};

/* ---- sending ours */

static int copy_offer(const dum_manager *dum, sip_str text, sip_str *ret_text)
{
    sip_body body = dum__description_body(text);

    return dum__description_print(dum, &body, ret_text);
}

/* What this re-INVITE offers now: a hold may meet another description when it is tried again. */
static int make_offer(const dum_invite *inv, sip_str *ret_text)
{
    const dum_manager *dum = inv->usage.object.dum;
    sip_sdp_direction direction = SIP_SDP_SENDRECV;

    switch (inv->re.purpose) {
    case DUM__RE_ASK:
        *ret_text = (sip_str){0};
        return 0;
    case DUM__RE_OFFER:
        return copy_offer(dum, inv->re.offer, ret_text);
    case DUM__RE_HOLD:
        direction =
            dum__description_holds(dum, inv->oa.remote) ? SIP_SDP_INACTIVE : SIP_SDP_SENDONLY;
        break;
    case DUM__RE_RESUME:
        break;
    }
    return dum__description_redirect(dum, inv->oa.local, direction, ret_text);
}

static int send_request(dum_invite *inv, sip_str offer)
{
    dum_manager *dum = inv->usage.object.dum;
    dum__dialog *dialog = inv->dialog;
    sip_body body = dum__description_body(offer);
    dum__exchange_config config = {
        .profile = inv->usage.profile,
        .auth = &inv->call->set->auth,
        .cseq = &dialog->local_cseq,
        .contact = true,
        .dialog = dialog,
        .handler = &reinvite_handler,
        .owner = inv,
    };
    sip_build *build =
        dum__outgoing_build_in_dialog(dialog, SIP_METHOD_INVITE, dialog->local_cseq + 1);
    dum__exchange *exchange;
    sip_msg *request;
    int err;

    dum__client_auth_add(config.auth, config.profile, build, SIP_STR("INVITE"),
                         sip_str_of(dialog->target), offer);
    if (offer.len > 0) {
        sip_build_body(build, &body);
    }
    err = sip_build_finish(build, &request);
    if (err != 0) {
        return err;
    }
    err = dum__exchange_send(dum, &config, request, &exchange);
    sip_msg_unref(request);
    if (err == 0) {
        dialog->local_cseq++;
        dum__exchange_forget(inv->re.exchange);
        inv->re.exchange = exchange;
    }
    return err;
}

static int transmit(dum_invite *inv)
{
    dum_manager *dum = inv->usage.object.dum;
    sip_str offer;
    int err = make_offer(inv, &offer);

    if (err != 0) {
        return err;
    }
    if (inv->re.purpose == DUM__RE_ASK) {
        dum__oa_step(&inv->oa, dum, DUM__OA_ASK);
    } else {
        err = dum__oa_describe(&inv->oa, dum, DUM__OA_SEND_OFFER, offer);
    }
    if (err == 0) {
        err = send_request(inv, offer);
        if (err != 0) {
            dum__oa_step(&inv->oa, dum, DUM__OA_FAIL);
        } else {
            inv->re.state = DUM__RE_SENT;
        }
    }
    dum__free(dum, (void *)(uintptr_t)offer.ptr);
    return err;
}

static void on_timer(void *arg)
{
    dum_invite *inv = arg;
    dum_manager *dum = inv->usage.object.dum;
    dum__reason reason;

    if (inv->re.state != DUM__RE_BACKOFF) {
        sip_timer_set(dum->worker, &inv->re.timer, BUSY_RETRY_MS);
        return;
    }
    inv->re.pending = false;
    if (transmit(inv) != 0) {
        dum__reason_set(&reason, DUM_WHY_LIMIT, 500, "the re-INVITE could not be sent again");
        failed(inv, &reason.cause);
    }
}

int dum__reinvite_send(dum_invite *inv, dum__re_purpose purpose, sip_str offer)
{
    const dum_manager *dum = inv->usage.object.dum;
    int err = 0;

    if (inv->phase != DUM__PHASE_CONNECTED || inv->re.state != DUM__RE_IDLE ||
        inv->oa.state != DUM__OA_STABLE) {
        return SIP_ESTATE;
    }
    inv->re.purpose = purpose;
    if (purpose == DUM__RE_OFFER) {
        err = copy_offer(dum, offer, &inv->re.offer);
    }
    if (err == 0) {
        sip_timer_init(&inv->re.timer, on_timer, inv);
        err = transmit(inv);
    }
    if (err != 0) {
        drop_offer(inv);
    }
    return err;
}

/* ---- the peer's */

/* Whether it may be taken now (14.2). @return 0 or the status to refuse with */
static int judge(const dum_invite *inv)
{
    switch (inv->phase) {
    case DUM__PHASE_CONNECTED:
        return dum__reinvite_judge(inv->re.state);
    case DUM__PHASE_RINGING:
        return 500; /* his first INVITE has not been answered */
    case DUM__PHASE_CALLING:
    case DUM__PHASE_EARLY:
    case DUM__PHASE_ANSWERED:
    case DUM__PHASE_ACCEPTED:
    case DUM__PHASE_LEAVING:
    case DUM__PHASE_ENDED:
        break;
    }
    return 491;
}

void dum__reinvite_received(dum_invite *inv, dum__incoming *in)
{
    dum_manager *dum = inv->usage.object.dum;
    int status = judge(inv);
    sip_msg *invite;
    sip_str offer;

    if (status == 500) {
        uint32_t wait_s = sip_random_below(sip_worker_random(dum->worker), RETRY_AFTER_S + 1);

        dum__incoming_respond_later(in, status, wait_s);
        return;
    }
    invite = sip_msg_ref(dum__incoming_msg(in)); /* a final response drops it */
    offer = dum__description_of(invite);
    status = status != 0 ? status : dum__invite_judge_request(dum, invite);
    if (status == 0 && offer.len > 0 &&
        dum__oa_describe(&inv->oa, dum, DUM__OA_GET_OFFER, offer) != 0) {
        status = 500;
    }
    if (status != 0) {
        dum__incoming_respond(in, status, NULL);
    } else {
        dum__invite_hold_in(inv, in);
        inv->re.state = DUM__RE_RECEIVED;
        if (offer.len > 0) {
            dum__invite_tell_offer(inv, sip_msg_body(invite));
        } else {
            dum__oa_step(&inv->oa, dum, DUM__OA_GET_ASK);
            dum__invite_tell_offer_required(inv, invite);
        }
    }
    sip_msg_unref(invite);
}

int dum__reinvite_answer(dum_invite *inv)
{
    int err;

    if (inv->in == NULL) {
        return SIP_ESTATE;
    }
    err = dum__invite_send_2xx(inv);
    if (err == 0) {
        inv->re.state = DUM__RE_ANSWERED;
    }
    return err;
}

int dum__reinvite_acknowledge(dum_invite *inv)
{
    dum_manager *dum = inv->usage.object.dum;
    int err;

    if (inv->re.state != DUM__RE_ACK_OWED) {
        return SIP_ESTATE;
    }
    err = dum__invite_ack(inv, inv->ack_cseq, dum__oa_current_local(&inv->oa), inv->re.exchange);
    if (err == 0) {
        dum__oa_step(&inv->oa, dum, DUM__OA_SEND_ANSWER);
        settle(inv);
    }
    return err;
}

int dum__reinvite_refuse(dum_invite *inv, int status)
{
    dum__oa_step(&inv->oa, inv->usage.object.dum, DUM__OA_FAIL);
    dum__invite_close_in(inv, status);
    settle(inv);
    return 0;
}
