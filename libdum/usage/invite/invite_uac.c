/* Calls of ours (RFC 3261 13.2, 9.1). */
#include "usage/invite/invite.h"

#include <stdio.h>

#include "dialog/outgoing.h"
#include "handler/emit.h"
#include "usage/invite/invite_classify.h"

#define REASON_BYTES 120

/* ---- the ACK to a 2xx: the core's, not the transaction's (13.2.2.4) */

int dum__invite_ack(dum_invite *inv, uint32_t cseq, sip_str description,
                    const dum__exchange *exchange)
{
    sip_body body = dum__description_body(description);
    const sip_msg *invite = exchange == NULL ? NULL : dum__exchange_request(exchange);
    sip_build *build = dum__outgoing_build_in_dialog(inv->dialog, SIP_METHOD_ACK, cseq);
    const sip_path way = dum__dialog_way(inv->dialog);
    sip_send_options options = {.prefer = &way};
    sip_msg *ack, *sent = NULL;
    sip_path flow;
    int err;

    if (invite != NULL) { /* the same credentials (22.1) */
        sip_build_copy(build, invite, SIP_HEADER_AUTHORIZATION);
        sip_build_copy(build, invite, SIP_HEADER_PROXY_AUTHORIZATION);
    }
    if (description.len > 0) {
        sip_build_body(build, &body);
    }
    err = sip_build_finish(build, &ack);
    if (err != 0) {
        return err;
    }
    if (dum__dialog_flow(inv->dialog, &flow)) {
        options.path = &flow;
    }
    err = sip_tu_send(inv->usage.object.dum->tu, ack, &options, &sent);
    sip_msg_unref(inv->ack);
    inv->ack = sent != NULL ? sent : sip_msg_ref(ack);
    inv->ack_cseq = cseq;
    sip_msg_unref(ack);
    return err;
}

void dum__invite_ack_again(dum_invite *inv, const sip_msg *response, const dum__exchange *exchange)
{
    const sip_cseq *cseq = sip_msg_cseq(response);
    sip_msg *sent = NULL;

    if (cseq == NULL || inv->phase == DUM__PHASE_ANSWERED || inv->phase == DUM__PHASE_ENDED) {
        return;
    }
    if (inv->ack == NULL || cseq->number != inv->ack_cseq) {
        /* Another re-INVITE has had its ACK since; this one's held no description. */
        if (inv->re.state != DUM__RE_ACK_OWED) {
            dum__invite_ack(inv, cseq->number, (sip_str){0}, exchange);
        }
        return;
    }
    sip_tu_send(inv->usage.object.dum->tu, inv->ack, NULL, &sent);
    if (sent != NULL) {
        sip_msg_unref(inv->ack);
        inv->ack = sent;
    }
}

/* ---- cancelling */

static int cancel_exchange(dum__call *call, int reason_status, const sip_extras *extras)
{
    char value[REASON_BYTES];
    const sip_header headers[] = {{"Reason", value}, {NULL, NULL}};
    const sip_extras reason = {.headers = headers};
    sip_str phrase = sip_status_phrase(reason_status);

    if (call->exchange == NULL) {
        return SIP_ESTATE;
    }
    if (reason_status != 0 && extras == NULL) {
        snprintf(value, sizeof value, "SIP;cause=%d;text=\"" SIP_FMT "\"", reason_status,
                 SIP_ARG(phrase));
        extras = &reason;
    }
    return dum__exchange_cancel(call->exchange, extras);
}

int dum__invite_cancel(dum__call *call, int reason_status, const sip_extras *extras)
{
    int err = cancel_exchange(call, reason_status, extras);
    /* Without a provisional response the CANCEL may not leave yet, and Timer B comes first. */
    uint32_t wait_ms = call->progressed ? DUM__64_T1_MS : 2 * DUM__64_T1_MS;

    if (err != 0) {
        return err;
    }
    call->cancelled = true;
    sip_timer_set(call->dum->worker, &call->cancel_timer, wait_ms);
    for (sip_list *at = call->forks.next; at != &call->forks; at = at->next) {
        dum_invite *inv = SIP_CONTAINER_OF(at, dum_invite, link);

        if (inv->phase == DUM__PHASE_CALLING || inv->phase == DUM__PHASE_EARLY) {
            dum__invite_note_text(inv, DUM_WHY_CANCELLED, reason_status, "cancelled here");
            dum__invite_quiet(inv);
            inv->phase = DUM__PHASE_LEAVING;
            inv->usage.ending = true;
        }
    }
    return 0;
}

static void on_stale(void *arg)
{
    dum_invite *inv = arg;
    dum__call *call = inv->call;
    char text[64];

    snprintf(text, sizeof text, "not answered within %u s",
             (unsigned)inv->usage.profile->stale_call_s);
    for (sip_list *at = call->forks.next; at != &call->forks; at = at->next) {
        dum__invite_note_text(SIP_CONTAINER_OF(at, dum_invite, link), DUM_WHY_TIMEOUT, 408, text);
    }
    if (dum__invite_cancel(call, 0, NULL) != 0) {
        dum__fork_end_all(call, NULL);
    }
}

/* ---- responses */

static void on_ringing(dum__call *call, const sip_msg *response)
{
    dum_manager *dum = call->dum;
    sip_str text = dum__description_of(response);
    bool is_new = false, is_answer = false;
    dum_invite *inv;

    if (call->answered || call->cancelled) {
        return;
    }
    inv = dum__fork_for(call, response, &is_new);
    if (inv == NULL) {
        return;
    }
    if (text.len > 0 && inv->oa.state == DUM__OA_OFFER_SENT) {
        /* The first description is the answer, also in an unreliable response (13.2.1). */
        is_answer = dum__description_is_sound(dum, text) &&
                    dum__oa_describe(&inv->oa, dum, DUM__OA_GET_ANSWER, text) == 0;
        inv->answered_by = inv->dialog;
    }
    if (is_new && call->zero != NULL) {
        dum__emit_invite_forked(dum, call->zero, inv);
    }
    if (is_answer && dum__invite_is_open(inv)) {
        dum__emit_invite_answer(dum, inv, sip_msg_body(response));
    }
    if (dum__invite_is_open(inv)) {
        dum__emit_invite_provisional(dum, inv, response);
    }
}

/* The descriptions of a first 2xx: the answer to our offer, or an offer. @return NULL, or what is
 * wrong with it */
static const char *take_2xx_description(dum_invite *inv, const sip_msg *response, bool *ret_news)
{
    const dum_manager *dum = inv->usage.object.dum;
    sip_str text = dum__description_of(response);
    dum__oa_event event;

    *ret_news = false;
    if (inv->oa.state == DUM__OA_STABLE) {
        return NULL; /* answered early: later descriptions are ignored (13.2.1) */
    }
    event = inv->oa.state == DUM__OA_ASKED ? DUM__OA_GET_OFFER : DUM__OA_GET_ANSWER;
    if (text.len == 0) {
        return event == DUM__OA_GET_OFFER ? "the answer brought no offer"
                                          : "the answer brought no description";
    }
    if (!dum__description_is_sound(dum, text) ||
        dum__oa_describe(&inv->oa, dum, event, text) != 0) {
        return "the description in the answer does not fit";
    }
    *ret_news = true;
    return NULL;
}

static void confirm(dum_invite *inv, const sip_msg *response)
{
    const sip_cseq *cseq = sip_msg_cseq(response);

    inv->dialog->confirmed = true;
    dum__address_refresh_note(inv, response);
    inv->ack_cseq = cseq == NULL ? 0 : cseq->number;
    inv->dialog->local_cseq = inv->ack_cseq;
    /* Without memory the early dialog's stay, which are mostly the same. */
    (void)dum__dialog_refresh_target(inv->dialog, response);
    (void)dum__dialog_refresh_routes(inv->dialog, response);
    sip_timer_clear(inv->usage.object.dum->worker, &inv->stale_timer);
}

static void on_first_2xx(dum__call *call, dum_invite *inv, const sip_msg *response, bool is_new)
{
    dum_manager *dum = call->dum;
    const char *wrong;
    bool news, asked = inv->oa.state == DUM__OA_ASKED;

    call->answered = true;
    call->winner = inv;
    confirm(inv, response);
    wrong = take_2xx_description(inv, response, &news);
    dum__fork_end_losers(call, inv);
    if (wrong != NULL) {
        dum__invite_note_text(inv, DUM_WHY_PROTOCOL, 0, wrong);
        dum__invite_ack(inv, inv->ack_cseq, (sip_str){0}, call->exchange);
        dum__invite_leave(inv, 488, NULL);
        return;
    }
    if (!asked) {
        inv->phase = DUM__PHASE_CONNECTED;
        dum__invite_ack(inv, inv->ack_cseq, (sip_str){0}, call->exchange);
    } else {
        inv->phase = DUM__PHASE_ANSWERED;
        inv->news = sip_msg_ref(response);
    }
    if (is_new && call->zero != NULL) {
        dum__emit_invite_forked(dum, call->zero, inv);
    }
    if (asked && dum__invite_is_open(inv)) {
        dum__invite_tell_offer(inv, sip_msg_body(response));
        return;
    }
    if (news && dum__invite_is_open(inv)) {
        dum__emit_invite_answer(dum, inv, sip_msg_body(response));
    }
    if (!asked && dum__invite_is_open(inv)) {
        inv->told_connected = true;
        dum__emit_invite_connected(dum, inv, response);
    }
}

/* The 200 crossed our CANCEL: the call stands, so it is acknowledged and ended (9.1, 15). */
static void on_2xx_after_cancel(dum__call *call, dum_invite *inv, const sip_msg *response)
{
    bool news;

    call->answered = true;
    call->winner = inv;
    confirm(inv, response);
    sip_timer_clear(call->dum->worker, &call->cancel_timer);
    dum__fork_end_losers(call, inv);
    (void)take_2xx_description(inv, response, &news);
    dum__invite_refuse_2xx(inv, inv->ending.status);
}

static void on_success(dum__call *call, const sip_msg *response)
{
    dum__dialog_id id = dum__dialog_id_of_response(response);
    dum__dialog *dialog = dum__dialog_set_dialog(call->set, id.remote_tag);
    bool is_new = false;
    dum_invite *inv;

    if (dialog != NULL && dialog->confirmed) {
        if (dialog->usage != NULL) {
            dum__invite_ack_again(dum__invite_of(dialog->usage), response, call->exchange);
        }
        return;
    }
    if (call->answered || (dialog != NULL && dialog->usage == NULL)) {
        dum__fork_bury(call, response);
        return;
    }
    inv = dum__fork_for(call, response, &is_new);
    if (inv == NULL) {
        dum__fork_bury(call, response);
    } else if (call->cancelled) {
        on_2xx_after_cancel(call, inv, response);
    } else {
        on_first_2xx(call, inv, response, is_new);
    }
}

static void tell_connected(dum__deferred *deferred)
{
    dum_invite *inv = dum__invite_of(SIP_CONTAINER_OF(deferred, dum__usage, deferred));
    sip_msg *news = inv->news;

    inv->news = NULL;
    if (dum__invite_is_open(inv)) {
        inv->told_connected = true;
        dum__emit_invite_connected(inv->usage.object.dum, inv, news);
    }
    sip_msg_unref(news);
}

int dum__invite_connect(dum_invite *inv)
{
    dum_manager *dum = inv->usage.object.dum;
    int err =
        dum__invite_ack(inv, inv->ack_cseq, dum__oa_current_local(&inv->oa), inv->call->exchange);

    if (err != 0) {
        return err;
    }
    dum__oa_step(&inv->oa, dum, DUM__OA_SEND_ANSWER);
    inv->phase = DUM__PHASE_CONNECTED;
    dum__turn_defer(&dum->turn, &inv->usage.deferred, tell_connected);
    return 0;
}

void dum__invite_refuse_2xx(dum_invite *inv, int status)
{
    const dum_manager *dum = inv->usage.object.dum;
    const dum__exchange *exchange =
        inv->re.exchange != NULL ? inv->re.exchange : inv->call->exchange;
    sip_str text = {0};

    /* Only an offer wants an answer in the ACK (13.2.2.4). */
    if (inv->oa.state == DUM__OA_OFFER_GOT) {
        (void)dum__description_refuse(dum, inv->oa.next_remote, &text);
    }
    dum__invite_note_text(inv, DUM_WHY_LOCAL, status, "the offer was refused");
    dum__invite_ack(inv, inv->ack_cseq, text, exchange);
    dum__free(dum, (void *)(uintptr_t)text.ptr);
    dum__invite_leave(inv, status, NULL);
}

static void on_response(dum__exchange *exchange, const sip_msg *response, void *owner)
{
    dum__call *call = owner;
    dum__reason reason;

    (void)exchange;
    call->progressed = true;
    switch (dum__invite_classify(response)) {
    case DUM__INVITE_RINGING:
        on_ringing(call, response);
        break;
    case DUM__INVITE_SUCCESS:
        on_success(call, response);
        break;
    case DUM__INVITE_GLARE:
    case DUM__INVITE_DIALOG_GONE:
    case DUM__INVITE_FAILURE:
        dum__reason_from_response(&reason, response);
        dum__fork_end_all(call, &reason.cause);
        break;
    case DUM__INVITE_NOTHING:
    case DUM__INVITE_TRYING:
    case DUM__INVITE_RX_OFFER:
    case DUM__INVITE_RX_BARE:
    case DUM__INVITE_RX_BYE:
    case DUM__INVITE_RX_OPTIONS:
    case DUM__INVITE_RX_OTHER:
    case DUM__INVITE_RX_BAD_TYPE:
    case DUM__INVITE_RX_BAD_CONTACT:
        break;
    }
}

static void on_failed(dum__exchange *exchange, const sip_failure *failure, void *owner)
{
    dum__reason reason;

    (void)exchange;
    dum__reason_from_failure(&reason, failure);
    dum__fork_end_all(owner, &reason.cause);
}

static void on_ended(dum__exchange *exchange, void *owner)
{
    static const dum_cause lost = {.why = DUM_WHY_FORK_LOST,
                                   .text = SIP_STR_INIT("answered by a "
                                                        "fork given up")};
    dum__call *call = owner;

    (void)exchange;
    call->exchange = NULL;
    for (sip_list *at = call->forks.next; at != &call->forks; at = at->next) {
        dum_invite *inv = SIP_CONTAINER_OF(at, dum_invite, link);

        inv->ack = sip_msg_unref(inv->ack); /* its 2xx does not come again */
    }
    if (call->buried && !call->answered) {
        dum__fork_end_all(call, &lost);
    }
    dum__call_release(call);
}

static const dum__exchange_handler invite_handler = {
    .on_response = on_response,
    .on_failed = on_failed,
    .on_ended = on_ended,
};

/* ---- dum_invite_create() */

static int send_invite(dum_invite *inv, const char *to, const sip_extras *extras)
{
    dum__call *call = inv->call;
    dum_profile *profile = call->profile;
    sip_str offer = inv->oa.next_local;
    sip_body body = dum__description_body(offer);
    dum__outgoing what = {
        .profile = profile,
        .method = SIP_METHOD_INVITE,
        .request_uri = sip_str_of(call->request_uri),
        .to = sip_str_of(to),
        .from_tag = call->set->local_tag,
        .call_id = call->set->call_id,
        .cseq = call->cseq,
        .contact = true,
        .capabilities = true,
    };
    dum__exchange_config config = {
        .profile = profile,
        .auth = &call->set->auth,
        .cseq = &call->cseq,
        .contact = true,
        .handler = &invite_handler,
        .owner = call,
    };
    sip_build *build = dum__outgoing_build(&what);
    sip_msg *request;
    int err;

    sip_build_extras(build, extras);
    if (offer.len > 0) {
        sip_build_body(build, &body);
    }
    err = sip_build_finish(build, &request);
    if (err == 0) {
        err = dum__exchange_send(call->dum, &config, request, &call->exchange);
        sip_msg_unref(request);
    }
    return err;
}

static bool is_merged(const dum_manager *dum, dum_forks forks)
{
    switch (forks) {
    case DUM_FORKS_SHOWN:
        return false;
    case DUM_FORKS_MERGED:
        return true;
    case DUM_FORKS_DEFAULT:
        break;
    }
    return dum->invite.handler.on_forked == NULL;
}

static int make_call(dum_profile *from, const sip_address *to, const dum_invite_config *config,
                     dum__call **ret_call)
{
    char tag[SIP_TAG_BYTES], call_id[SIP_CALL_ID_BYTES];
    sip_worker *worker = from->dum->worker;
    dum__call *call;
    int err = dum__call_create(from, sip_worker_make_call_id(worker, call_id),
                               sip_worker_make_tag(worker, tag), &call);

    if (err != 0) {
        return err;
    }
    call->merged = is_merged(from->dum, config->forks);
    call->asked = config->offer == NULL;
    call->cseq = 1 + sip_random_below(sip_worker_random(worker), 10000);
    call->request_uri = sip_strdup(from->dum->allocator, to->uri.text);
    call->zero = dum__invite_create(call, true, false);
    if (call->request_uri == NULL || call->zero == NULL) {
        if (call->zero != NULL) {
            dum__usage_destroy(&call->zero->usage);
        } else {
            dum__call_release(call);
        }
        return SIP_ENOMEM;
    }
    *ret_call = call;
    return 0;
}

/* The offer, or that we want one, into the machine. */
static int take_offer(dum_invite *inv, const sip_body *offer)
{
    dum_manager *dum = inv->usage.object.dum;
    sip_str text;
    int err;

    if (offer == NULL) {
        dum__oa_step(&inv->oa, dum, DUM__OA_ASK);
        return 0;
    }
    err = dum__description_print(dum, offer, &text);
    if (err == 0) {
        err = dum__oa_describe(&inv->oa, dum, DUM__OA_SEND_OFFER, text);
        dum__free(dum, (void *)(uintptr_t)text.ptr);
    }
    return err;
}

static int start_call(dum_profile *from, const sip_address *to, const dum_invite_config *config,
                      dum_invite **ret_inv)
{
    sip_worker *worker = from->dum->worker;
    dum__call *call;
    dum_invite *inv;
    int err = make_call(from, to, config, &call);

    if (err != 0) {
        return err;
    }
    inv = call->zero;
    err = take_offer(inv, config->offer);
    if (err == 0) {
        err = send_invite(inv, config->to, config->extras);
    }
    if (err != 0) {
        dum__usage_destroy(&inv->usage);
        return err;
    }
    sip_timer_init(&inv->stale_timer, on_stale, inv);
    sip_timer_set(worker, &inv->stale_timer, dum__invite_stale_ms(from));
    if (ret_inv != NULL) {
        *ret_inv = inv;
    }
    return 0;
}

int dum_invite_create_sized(dum_profile *from, const dum_invite_config *config, size_t config_bytes,
                            dum_invite **ret_inv)
{
    dum_invite_config own;
    sip_address to;
    int err;

    if (from == NULL || config == NULL ||
        dum__copy_sized(&own, sizeof own, config, config_bytes) != 0) {
        return SIP_EINVAL;
    }
    if (dum__outgoing_parse_target(own.to, &to) != 0) {
        sip_stack_set_error(from->dum->stack, "invite: \"%s\" is no SIP URI to call",
                            own.to != NULL ? own.to : "");
        return SIP_EINVAL;
    }
    err = dum__may_begin(from->dum);
    return err != 0 ? err : start_call(from, &to, &own, ret_inv);
}
