#include "usage/invite/invite.h"

#include <string.h>

#include "dialog/outgoing.h"
#include "handler/emit.h"
#include "usage/invite/invite_classify.h"
#include "usage/invite/invite_verbs.h"

static const dum__usage_class invite_class;

dum_invite *dum__invite_of(dum__usage *usage)
{
    return (dum_invite *)(void *)usage;
}

void dum__invite_init(dum_manager *dum)
{
    dum->takers[SIP_METHOD_INVITE] = &dum__invite_taker;
}

/* ---- calls */

static void on_cancel_timer(void *arg)
{
    dum__call *call = arg;

    /* No final response within 64*T1 of the CANCEL: it counts as cancelled (9.1). */
    dum__exchange_forget(call->exchange);
    call->exchange = NULL;
    dum__fork_end_all(call, NULL);
}

int dum__call_create(dum_profile *profile, sip_str call_id, sip_str local_tag, dum__call **ret_call)
{
    dum_manager *dum = profile->dum;
    dum__call *call = dum__alloc0(dum, sizeof *call);

    if (call == NULL) {
        return SIP_ENOMEM;
    }
    call->dum = dum;
    call->profile = profile;
    call->next_index = 1;
    sip_list_init(&call->forks);
    sip_timer_init(&call->cancel_timer, on_cancel_timer, call);
    if (dum__dialog_set_create(dum, call_id, local_tag, &call->set) != 0) {
        dum__free(dum, call);
        return SIP_ENOMEM;
    }
    *ret_call = call;
    return 0;
}

void dum__call_release(dum__call *call)
{
    dum_manager *dum = call->dum;

    if (call->exchange != NULL || !sip_list_is_empty(&call->forks)) {
        return;
    }
    sip_timer_clear(dum->worker, &call->cancel_timer);
    dum__dialog_set_destroy(call->set);
    dum__free(dum, call->request_uri);
    dum__free(dum, call);
}

/* ---- sessions */

uint32_t dum__invite_stale_ms(const dum_profile *profile)
{
    return profile->stale_call_s < UINT32_MAX / 1000 ? profile->stale_call_s * 1000 : UINT32_MAX;
}

dum_invite *dum__invite_create(dum__call *call, bool is_uac, bool hidden)
{
    size_t data_bytes = call->dum->invite.handler.data_bytes;
    dum_invite *inv =
        dum__usage_create(call->profile, &invite_class, sizeof *inv, hidden ? 0 : data_bytes);

    if (inv == NULL) {
        return NULL;
    }
    inv->call = call;
    inv->is_uac = is_uac;
    inv->hidden = hidden;
    inv->phase = is_uac ? DUM__PHASE_CALLING : DUM__PHASE_RINGING;
    sip_list_init(&inv->link);
    sip_list_append(&call->forks, &inv->link);
    return inv;
}

bool dum__invite_is_open(const dum_invite *inv)
{
    return !inv->usage.ending && !inv->usage.terminated;
}

void dum__invite_quiet(dum_invite *inv)
{
    sip_worker *worker = inv->usage.object.dum->worker;

    sip_timer_clear(worker, &inv->resend_timer);
    sip_timer_clear(worker, &inv->stale_timer);
    inv->resend = sip_msg_unref(inv->resend);
    inv->with_accept = sip_msg_unref(inv->with_accept);
    if (inv->in != NULL) {
        dum__incoming_own(inv->in, NULL, NULL);
        inv->in = NULL;
    }
}

/* Nothing more is done for this session; what the application may still look at stays. */
static void let_go(dum_invite *inv)
{
    sip_list *dialogs = &inv->call->set->dialogs;

    inv->phase = DUM__PHASE_ENDED;
    inv->usage.ending = true;
    dum__invite_quiet(inv);
    dum__reinvite_finish(inv);
    dum__address_refresh_stop(inv);
    dum__exchange_forget(inv->bye);
    inv->bye = NULL;
    inv->ack = sip_msg_unref(inv->ack);
    inv->news = sip_msg_unref(inv->news);
    for (sip_list *at = dialogs->next; at != dialogs; at = at->next) {
        dum__dialog *dialog = SIP_CONTAINER_OF(at, dum__dialog, link);

        if (dialog->usage == &inv->usage) {
            dialog->usage = NULL;
        }
    }
}

static void destroy(dum__usage *usage)
{
    dum_invite *inv = dum__invite_of(usage);
    dum_manager *dum = usage->object.dum;
    dum__call *call = inv->call;

    let_go(inv);
    sip_list_remove(&inv->link);
    if (call->zero == inv) {
        call->zero = NULL;
    }
    if (call->winner == inv) {
        call->winner = NULL;
    }
    dum__oa_finish(&inv->oa, dum);
    dum__free(dum, inv->ending.text);
    sip_msg_unref(inv->ending.msg);
    dum__free(dum, inv);
    dum__call_release(call);
}

/* ---- endings */

void dum__invite_note(dum_invite *inv, const dum_cause *cause)
{
    if (inv->ending.noted) {
        return;
    }
    inv->ending.noted = true;
    inv->ending.why = cause->why;
    inv->ending.status = cause->status;
    inv->ending.text = sip_strdup(inv->usage.object.dum->allocator, cause->text);
    inv->ending.msg = cause->msg == NULL ? NULL : sip_msg_ref(cause->msg);
}

void dum__invite_note_text(dum_invite *inv, dum_why why, int status, const char *text)
{
    dum__reason reason;

    dum__reason_set(&reason, why, status, "invite: %s", text);
    dum__invite_note(inv, &reason.cause);
}

void dum__invite_terminate(dum_invite *inv)
{
    const dum__ending *ending = &inv->ending;
    dum_cause cause = {.why = ending->why, .status = ending->status, .msg = ending->msg};

    if (inv->usage.terminated) {
        return;
    }
    let_go(inv);
    inv->usage.terminated = true;
    cause.text = sip_str_of(ending->text);
    if (cause.text.len == 0) {
        cause.text = ending->status != 0 ? sip_status_phrase(ending->status) : SIP_STR("ended");
    }
    if (!inv->hidden) {
        dum__emit_invite_terminated(inv->usage.object.dum, inv, &cause);
    }
    dum__usage_reap(&inv->usage);
}

static void terminate_now(dum__deferred *deferred)
{
    dum__usage *usage = SIP_CONTAINER_OF(deferred, dum__usage, deferred);

    dum__invite_terminate(dum__invite_of(usage));
}

void dum__invite_terminate_later(dum_invite *inv)
{
    if (inv->usage.terminated) {
        return;
    }
    let_go(inv);
    dum__turn_defer(&inv->usage.object.dum->turn, &inv->usage.deferred, terminate_now);
}

static void on_bye_response(dum__exchange *exchange, const sip_msg *response, void *owner)
{
    (void)exchange;
    if (sip_msg_status(response) >= 200) {
        dum__invite_terminate(owner);
    }
}

static void on_bye_failed(dum__exchange *exchange, const sip_failure *failure, void *owner)
{
    (void)exchange;
    (void)failure; /* it ends either way, and the first cause is the one to tell */
    dum__invite_terminate(owner);
}

static void on_bye_ended(dum__exchange *exchange, void *owner)
{
    dum_invite *inv = owner;

    if (inv->bye == exchange) {
        inv->bye = NULL;
    }
}

static const dum__exchange_handler bye_handler = {
    .on_response = on_bye_response,
    .on_failed = on_bye_failed,
    .on_ended = on_bye_ended,
};

static bool brings_reason(const sip_extras *extras)
{
    if (extras == NULL) {
        return false;
    }
    for (const sip_header *at = extras->headers; at != NULL && at->name != NULL; at++) {
        if (sip_header_id_of(sip_str_of(at->name)) == SIP_HEADER_REASON) {
            return true;
        }
    }
    return extras->copy != NULL && strstr(extras->copy, "Reason") != NULL &&
           sip_msg_find(extras->copy_from, "Reason", 0).ptr != NULL;
}

void dum__invite_add_reason(sip_build *build, int status, const sip_extras *extras)
{
    if (status != 0 && !brings_reason(extras)) {
        sip_build_headerf(build, SIP_HEADER_REASON, "SIP;cause=%d;text=\"" SIP_FMT "\"", status,
                          SIP_ARG(sip_status_phrase(status)));
    }
}

int dum__invite_bye(dum_invite *inv, int reason_status, const sip_extras *extras)
{
    dum__dialog *dialog = inv->dialog;
    dum__exchange_config config = {
        .profile = inv->usage.profile,
        .auth = &inv->call->set->auth,
        .cseq = &dialog->local_cseq,
        .dialog = dialog,
        .handler = &bye_handler,
        .owner = inv,
    };
    sip_build *build =
        dum__outgoing_build_in_dialog(dialog, SIP_METHOD_BYE, dialog->local_cseq + 1);
    sip_msg *request;
    int err;

    dum__client_auth_add(config.auth, config.profile, build, SIP_STR("BYE"),
                         sip_str_of(dialog->target), (sip_str){0});
    dum__invite_add_reason(build, reason_status, extras);
    sip_build_extras(build, extras);
    err = sip_build_finish(build, &request);
    if (err != 0) {
        return err;
    }
    err = dum__exchange_send(inv->usage.object.dum, &config, request, &inv->bye);
    sip_msg_unref(request);
    if (err != 0) {
        return err;
    }
    dialog->local_cseq++;
    dum__invite_close_in(inv, 487); /* 15.1.2: what is pending is answered all the same */
    dum__invite_quiet(inv);
    dum__reinvite_finish(inv);
    inv->phase = DUM__PHASE_LEAVING;
    inv->usage.ending = true;
    return 0;
}

void dum__invite_leave(dum_invite *inv, int reason_status, const sip_extras *extras)
{
    if (dum__invite_bye(inv, reason_status, extras) != 0) {
        dum__invite_terminate_later(inv);
    }
}

/* ---- what comes inside the dialog */

static void received_bye(dum_invite *inv, dum__incoming *in)
{
    sip_msg *bye = sip_msg_ref(dum__incoming_msg(in)); /* answering drops the transaction's */
    dum__reason reason;

    dum__incoming_respond(in, 200, NULL);
    dum__reason_from_request(&reason, DUM_WHY_REMOTE, bye);
    sip_msg_unref(bye);
    switch (inv->phase) {
    case DUM__PHASE_CALLING:
    case DUM__PHASE_EARLY:
        /* A callee may not do this (15), but it leaves no doubt that this call is over. */
        dum__invite_note(inv, &reason.cause);
        dum__invite_cancel(inv->call, 0, NULL);
        return;
    case DUM__PHASE_LEAVING:
        if (inv->bye != NULL || inv->is_uac) {
            return; /* they crossed: ours is being answered as well */
        }
        break;
    case DUM__PHASE_RINGING:
        reason.cause.why = DUM_WHY_CANCELLED;
        dum__invite_close_in(inv, 487);
        break;
    case DUM__PHASE_ANSWERED:
    case DUM__PHASE_ACCEPTED:
    case DUM__PHASE_CONNECTED:
    case DUM__PHASE_ENDED:
        dum__invite_close_in(inv, 487);
        break;
    }
    dum__invite_note(inv, &reason.cause);
    dum__invite_terminate(inv);
}

static void received_other(dum_invite *inv, dum__incoming *in)
{
    dum_manager *dum = inv->usage.object.dum;
    const dum__taker *taker =
        in->method == SIP_METHOD_MESSAGE ? dum->takers[SIP_METHOD_MESSAGE] : NULL;

    if (taker != NULL) {
        taker->take(dum, in); /* RFC 3428 allows them in a dialog; it is no usage of it */
    } else {
        dum__incoming_respond(in, 405, NULL);
    }
}

static void on_request(dum__usage *usage, dum__incoming *in)
{
    dum_invite *inv = dum__invite_of(usage);
    dum__invite_event event = dum__invite_classify(dum__incoming_msg(in));

    if (event == DUM__INVITE_RX_BYE) {
        received_bye(inv, in);
    } else if (inv->phase == DUM__PHASE_LEAVING || inv->phase == DUM__PHASE_ENDED) {
        dum__incoming_respond(in, 481, NULL);
    } else if (in->method == SIP_METHOD_INVITE) {
        dum__reinvite_received(inv, in);
    } else if (event == DUM__INVITE_RX_OPTIONS) {
        dum__incoming_respond(in, 200, NULL);
    } else {
        received_other(inv, in);
    }
}

static void shutdown_session(dum__usage *usage)
{
    dum_invite *inv = dum__invite_of(usage);

    dum__invite_note_text(inv, DUM_WHY_SHUTDOWN, 0, "the stack is stopping");
    if (dum__invite_end(inv, 0, NULL) != 0) {
        dum__invite_terminate_later(inv);
    }
}

static void abort_session(dum__usage *usage)
{
    dum_invite *inv = dum__invite_of(usage);

    dum__free(usage->object.dum, inv->ending.text);
    inv->ending.text = NULL;
    inv->ending.noted = false; /* this goes before what was noted */
    dum__invite_note_text(inv, DUM_WHY_SHUTDOWN, 0, "the stack was destroyed");
    dum__invite_terminate(inv);
}

static void on_addresses(dum__usage *usage)
{
    dum__address_refresh_check(dum__invite_of(usage));
}

static const dum__usage_class invite_class = {
    .kind = {"invite"},
    .on_request = on_request,
    .on_addresses = on_addresses,
    .on_ack = dum__invite_on_ack,
    .shutdown = shutdown_session,
    .abort = abort_session,
    .destroy = destroy,
};

dum_invite *dum_invite_find(dum_manager *dum, dum_id id)
{
    dum_invite *inv = dum__object_find(dum, id, &invite_class.kind);

    return inv == NULL || inv->hidden ? NULL : inv;
}

int dum_manager_set_invite_handler_sized(dum_manager *dum, const dum_invite_handler *handler,
                                         size_t handler_bytes, void *user_data)
{
    int err;

    if (dum == NULL) {
        return SIP_EINVAL;
    }
    err = dum__set_handler(&dum->invite.handler, sizeof dum->invite.handler, handler, handler_bytes,
                           &dum->invite.set);
    if (err == 0) {
        dum->invite.user_data = user_data;
    }
    return err;
}
