/* One registration (RFC 3261 10.2): at most one REGISTER is in flight, all with one Call-ID.
 *
 *                +--- 2xx: refresh is due later --------> ACTIVE ---- timer, refresh() --+
 *   SENDING -----+--- may pass: retry is due later -----> WAITING --- timer, refresh() --+-->
 * SENDING
 *                +--- 423: once more at once -----------> SENDING
 *                +--- refused ---------------------------> ENDED
 *
 * end() in ACTIVE and WAITING sends expires=0 (LEAVING) if there may be a binding; in SENDING it is
 * remembered until the answer has come. */
#include "usage/register/register_client.h"

#include <stdio.h>

#include "dialog/outgoing.h"
#include "handler/emit.h"
#include "usage/register/register_classify.h"

static const dum__exchange_handler register_handler;

static dum_registration *reg_of(dum__usage *usage)
{
    return (dum_registration *)(void *)usage;
}

/* ---- sending */

static sip_build *build_register(dum_registration *reg, uint32_t expires_s)
{
    dum__outgoing what = {
        .profile = reg->usage.profile,
        .method = SIP_METHOD_REGISTER,
        .request_uri = sip_str_of(reg->registrar),
        .from_tag = sip_str_of(reg->from_tag),
        .call_id = sip_str_of(reg->call_id),
        .cseq = reg->cseq + 1,
        .contact = true,
        .contact_params = sip_str_of(reg->contact_params),
        .capabilities = true,
    };
    sip_build *build = dum__outgoing_build(&what);

    /* Registrars that overlook the parameter look here. */
    sip_build_headerf(build, SIP_HEADER_EXPIRES, "%u", (unsigned)expires_s);
    return build;
}

int dum__registration_send(dum_registration *reg, uint32_t expires_s)
{
    dum__exchange_config config = {
        .profile = reg->usage.profile,
        .auth = &reg->auth,
        .cseq = &reg->cseq,
        .contact = true,
        .handler = &register_handler,
        .owner = reg,
    };
    const sip_body *body = sip_msg_body(reg->extras);
    sip_build *build;
    sip_msg *request;
    int err = dum__registration_make_params(reg, expires_s);

    if (err != 0) {
        return err;
    }
    config.contact_params = reg->contact_params;
    build = build_register(reg, expires_s);
    dum__client_auth_add(&reg->auth, reg->usage.profile, build, SIP_STR("REGISTER"),
                         sip_str_of(reg->registrar), body == NULL ? (sip_str){0} : body->data);
    if (reg->extras != NULL) {
        sip_build_copy_others(build, reg->extras, NULL, 0);
        sip_build_copy_body(build, reg->extras);
    }
    err = sip_build_finish(build, &request);
    if (err != 0) {
        return err;
    }
    err = dum__exchange_send(reg->usage.object.dum, &config, request, &reg->exchange);
    sip_msg_unref(request);
    if (err != 0) {
        return err;
    }
    reg->cseq++;
    sip_timer_clear(reg->usage.object.dum->worker, &reg->timer);
    return 0;
}

/* ---- endings */

static void let_go(dum_registration *reg)
{
    reg->phase = DUM__REGISTRATION_ENDED;
    reg->usage.ending = true;
    sip_timer_clear(reg->usage.object.dum->worker, &reg->timer);
    dum__exchange_forget(reg->exchange);
    reg->exchange = NULL;
}

/* Last act of an event. */
static void terminate(dum_registration *reg, const dum_cause *cause)
{
    if (reg->usage.terminated) {
        return;
    }
    let_go(reg);
    reg->usage.terminated = true;
    dum__emit_registration_terminated(reg->usage.object.dum, reg, cause);
    dum__usage_reap(&reg->usage);
}

/* It was ended from here: `reason` tells what came of unregistering, its `why` what for. */
static void terminate_left(dum_registration *reg, dum__reason *reason)
{
    reason->cause.why = reg->usage.in_shutdown ? DUM_WHY_SHUTDOWN : DUM_WHY_LOCAL;
    terminate(reg, &reason->cause);
}

static void terminate_deferred(dum__deferred *deferred)
{
    dum_registration *reg = reg_of(SIP_CONTAINER_OF(deferred, dum__usage, deferred));
    dum__reason reason;

    dum__reason_set(&reason, DUM_WHY_LOCAL, 0, "the registration was ended");
    terminate_left(reg, &reason);
}

/* Unregister, or end at once if there is nothing to remove. */
static void leave(dum_registration *reg)
{
    if (reg->bound && dum__registration_send(reg, 0) == 0) {
        reg->phase = DUM__REGISTRATION_LEAVING;
        return;
    }
    let_go(reg);
    dum__turn_defer(&reg->usage.object.dum->turn, &reg->usage.deferred, terminate_deferred);
}

void dum__registration_begin_end(dum_registration *reg)
{
    reg->usage.ending = true;
    if (reg->phase != DUM__REGISTRATION_SENDING) {
        leave(reg);
    }
}

/* ---- what came of a REGISTER */

/* A failure that may pass. `response` is NULL if none came. Last act of an event. */
static void wait_and_retry(dum_registration *reg, dum__reason *reason, const sip_msg *response)
{
    dum_manager *dum = reg->usage.object.dum;

    if (reg->usage.ending) {
        leave(reg);
        return;
    }
    reg->phase = DUM__REGISTRATION_WAITING;
    reg->failures++;
    reason->cause.retry_ms =
        dum__register_retry_ms(reg->usage.profile->retry_s, reg->failures, response);
    sip_timer_set(dum->worker, &reg->timer, reason->cause.retry_ms);
    dum__emit_registration_retrying(dum, reg, &reason->cause);
}

static void retry_unsent(dum_registration *reg, int err)
{
    dum__reason reason;

    dum__reason_set(&reason, DUM_WHY_LIMIT, sip_error_status(err), "REGISTER was not sent: %s",
                    sip_error_text(err));
    wait_and_retry(reg, &reason, NULL);
}

static void active(dum_registration *reg, const sip_msg *response, const sip_msg *request)
{
    uint32_t granted_s = dum__register_granted_s(response, request, reg->asked_s);
    dum_manager *dum = reg->usage.object.dum;
    dum__reason reason;

    reg->bound = true;
    reg->raised = false;
    dum__registration_note_bound(reg, request);
    if (granted_s == 0) {
        dum__reason_set(&reason, DUM_WHY_PROTOCOL, sip_msg_status(response),
                        "the registrar granted no time");
        reason.cause.msg = response;
        wait_and_retry(reg, &reason, response);
        return;
    }
    reg->granted_s = granted_s;
    reg->failures = 0;
    reg->phase = DUM__REGISTRATION_ACTIVE;
    if (reg->usage.ending) {
        leave(reg);
        return;
    }
    sip_timer_set(dum->worker, &reg->timer, dum__register_refresh_ms(granted_s));
    dum__registration_check_moved(reg);
    dum__emit_registration_active(dum, reg, response);
}

static void refused(dum_registration *reg, const sip_msg *response)
{
    dum__reason reason;

    dum__reason_from_response(&reason, response);
    if (reg->usage.ending) {
        terminate_left(reg, &reason);
    } else {
        terminate(reg, &reason.cause);
    }
}

/* 423: once more with the registrar's Min-Expires (10.2.8); if that is not enough either, it is
 * not to be had. */
static void too_brief(dum_registration *reg, const sip_msg *response)
{
    uint32_t min_s = 0;
    int err;

    sip_msg_number(response, SIP_HEADER_MIN_EXPIRES, &min_s);
    if (reg->raised || min_s <= reg->asked_s || reg->usage.ending) {
        refused(reg, response);
        return;
    }
    reg->asked_s = min_s;
    reg->raised = true;
    err = dum__registration_send(reg, reg->asked_s);
    if (err != 0) {
        retry_unsent(reg, err);
    }
}

static void answered(dum_registration *reg, const sip_msg *response, const sip_msg *request)
{
    dum__reason reason;

    switch (dum__register_classify(response)) {
    case DUM__REGISTER_ACTIVE:
        active(reg, response, request);
        return;
    case DUM__REGISTER_TOO_BRIEF:
        too_brief(reg, response);
        return;
    case DUM__REGISTER_LATER:
        dum__reason_from_response(&reason, response);
        reg->raised = false;
        wait_and_retry(reg, &reason, response);
        return;
    case DUM__REGISTER_REFUSED:
        refused(reg, response);
        return;
    }
}

static void on_response(dum__exchange *exchange, const sip_msg *response, void *owner)
{
    dum_registration *reg = owner;
    dum__reason reason;
    sip_msg *request;

    if (sip_msg_status(response) < 200) {
        return;
    }
    request = sip_msg_ref(dum__exchange_request(exchange));
    /* The transaction lingers to absorb repetitions; for us it is over. */
    dum__exchange_forget(exchange);
    reg->exchange = NULL;
    if (reg->phase == DUM__REGISTRATION_LEAVING) {
        dum__reason_from_response(&reason, response);
        terminate_left(reg, &reason);
    } else {
        answered(reg, response, request);
    }
    sip_msg_unref(request);
}

static void on_failed(dum__exchange *exchange, const sip_failure *failure, void *owner)
{
    dum_registration *reg = owner;
    dum__reason reason;

    dum__exchange_forget(exchange);
    reg->exchange = NULL;
    dum__reason_from_failure(&reason, failure);
    if (reg->phase == DUM__REGISTRATION_LEAVING) {
        terminate_left(reg, &reason);
    } else {
        reg->raised = false;
        wait_and_retry(reg, &reason, NULL);
    }
}

static void on_ended(dum__exchange *exchange, void *owner)
{
    dum_registration *reg = owner;

    if (reg->exchange == exchange) {
        reg->exchange = NULL;
    }
}

static const dum__exchange_handler register_handler = {
    .on_response = on_response,
    .on_failed = on_failed,
    .on_ended = on_ended,
};

void dum__registration_on_timer(void *arg)
{
    dum_registration *reg = arg;
    int err = dum__registration_send(reg, reg->asked_s);

    if (err == 0) {
        reg->phase = DUM__REGISTRATION_SENDING;
    } else {
        retry_unsent(reg, err);
    }
}

/* ---- the usage */

static void shutdown_registration(dum__usage *usage)
{
    dum__registration_begin_end(reg_of(usage));
}

static void abort_registration(dum__usage *usage)
{
    dum__reason reason;

    dum__reason_set(&reason, DUM_WHY_SHUTDOWN, 0, "registration: the stack was destroyed");
    terminate(reg_of(usage), &reason.cause);
}

static void destroy(dum__usage *usage)
{
    dum_registration *reg = reg_of(usage);
    dum_manager *dum = usage->object.dum;

    let_go(reg);
    dum__credentials_finish(&reg->auth, dum);
    sip_msg_unref(reg->extras);
    dum__free(dum, reg->registrar);
    dum__free(dum, reg->contact_params);
    dum__free(dum, reg->contact);
    dum__free(dum, reg->old_contact);
    dum__free(dum, reg);
}

static void on_addresses(dum__usage *usage)
{
    dum__registration_check_address(reg_of(usage));
}

const dum__usage_class dum__registration_class = {
    .kind = {"registration"},
    .on_addresses = on_addresses,
    .shutdown = shutdown_registration,
    .abort = abort_registration,
    .destroy = destroy,
};
