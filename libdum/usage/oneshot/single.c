#include "usage/oneshot/single.h"

static dum__single *single_of(dum__usage *usage)
{
    return (dum__single *)(void *)usage;
}

static const dum__single_class *class_of(const dum__single *single)
{
    return SIP_CONTAINER_OF(single->usage.class, const dum__single_class, usage);
}

static void let_go(dum__single *single)
{
    single->usage.ending = true;
    dum__exchange_forget(single->exchange);
    single->exchange = NULL;
}

static void over(dum__single *single, const dum_cause *cause)
{
    if (single->usage.terminated) {
        return;
    }
    let_go(single);
    single->usage.terminated = true;
    class_of(single)->on_over(single, cause);
    dum__usage_reap(&single->usage);
}

static void on_response(dum__exchange *exchange, const sip_msg *response, void *owner)
{
    dum__single *single = owner;
    int status = sip_msg_status(response);
    dum__reason reason;

    (void)exchange;
    if (status < 200) {
        return;
    }
    let_go(single);
    dum__reason_from_response(&reason, response);
    if (status < 300) {
        reason.cause.why = DUM_WHY_LOCAL;
    }
    class_of(single)->on_final(single, response);
    over(single, &reason.cause);
}

static void on_failed(dum__exchange *exchange, const sip_failure *failure, void *owner)
{
    dum__reason reason;

    (void)exchange;
    dum__reason_from_failure(&reason, failure);
    over(owner, &reason.cause);
}

static void on_ended(dum__exchange *exchange, void *owner)
{
    dum__single *single = owner;

    if (single->exchange == exchange) {
        single->exchange = NULL;
    }
}

static const dum__exchange_handler exchange_handler = {
    .on_response = on_response,
    .on_failed = on_failed,
    .on_ended = on_ended,
};

void dum__single_shutdown(dum__usage *usage)
{
    (void)usage; /* its answer is awaited, and ends it in the usual way */
}

void dum__single_abort(dum__usage *usage)
{
    dum__reason reason;

    dum__reason_set(&reason, DUM_WHY_SHUTDOWN, 0, "request: the stack was destroyed");
    over(single_of(usage), &reason.cause);
}

void dum__single_destroy(dum__usage *usage)
{
    dum__single *single = single_of(usage);
    dum_manager *dum = usage->object.dum;

    let_go(single);
    dum__credentials_finish(&single->auth, dum);
    dum__free(dum, single);
}

int dum__single_create(dum_profile *from, const dum__single_class *class, const char *to,
                       size_t data_bytes, dum__single **ret_single)
{
    dum__single *single;
    sip_address address;
    int err = dum__outgoing_parse_target(to, &address);

    if (err != 0) {
        sip_stack_set_error(from->dum->stack, "manager: no SIP URI: %s", to == NULL ? "" : to);
        return err;
    }
    err = dum__may_begin(from->dum);
    if (err != 0) {
        return err;
    }
    single = dum__usage_create(from, &class->usage, sizeof *single, data_bytes);
    if (single == NULL) {
        return SIP_ENOMEM;
    }
    single->to = address;
    sip_worker_make_call_id(from->dum->worker, single->call_id);
    sip_worker_make_tag(from->dum->worker, single->from_tag);
    *ret_single = single;
    return 0;
}

sip_build *dum__single_build(dum__single *single, dum__outgoing *what)
{
    what->profile = single->usage.profile;
    what->request_uri = single->to.uri.text;
    what->to = single->to.text;
    what->from_tag = sip_str_of(single->from_tag);
    what->call_id = sip_str_of(single->call_id);
    what->cseq = single->cseq + 1;
    return dum__outgoing_build(what);
}

int dum__single_send(dum__single *single, sip_msg *request, bool contact)
{
    dum__exchange_config config = {
        .profile = single->usage.profile,
        .auth = &single->auth,
        .cseq = &single->cseq,
        .contact = contact,
        .handler = &exchange_handler,
        .owner = single,
    };
    int err = dum__exchange_send(single->usage.object.dum, &config, request, &single->exchange);

    sip_msg_unref(request);
    if (err == 0) {
        single->cseq++;
        single->to = (sip_address){0};
    }
    return err;
}
