/* MESSAGE in pager mode (RFC 3428). */
#include <dum/oneshot.h>

#include "handler/emit.h"
#include "usage/oneshot/pending_request.h"
#include "usage/oneshot/single.h"

#define MAX_REQUEST_BYTES 1300u

struct dum_pager {
    dum__single single; /* first and only: its size is dum__single's */
};

static void on_final(dum__single *single, const sip_msg *response)
{
    if (sip_msg_status(response) < 300) {
        dum__emit_pager_delivered(single->usage.object.dum, (dum_pager *)single, response);
    }
}

static void on_over(dum__single *single, const dum_cause *cause)
{
    dum__emit_pager_terminated(single->usage.object.dum, (dum_pager *)single, cause);
}

static const dum__single_class pager_class = {
    .usage = DUM__SINGLE_USAGE("pager"),
    .on_final = on_final,
    .on_over = on_over,
};

static int build_message(dum__single *single, const dum_pager_config *config, sip_msg **ret_request)
{
    const sip_body text = {.type = SIP_STR("text/plain"), .data = sip_str_of(config->text)};
    const sip_body *body = config->text != NULL ? &text : config->body;
    dum__outgoing what = {.method = SIP_METHOD_MESSAGE};
    sip_build *build = dum__single_build(single, &what); /* no Contact: RFC 3428 4 */
    sip_msg *request;
    int err;

    sip_build_extras(build, config->extras);
    if (body != NULL) {
        sip_build_body(build, body);
    }
    err = sip_build_finish(build, &request);
    if (err != 0) {
        return err;
    }
    if (sip_msg_body(request) == NULL || sip_msg_bytes(request).len > MAX_REQUEST_BYTES) {
        err = sip_msg_body(request) == NULL ? SIP_EINVAL : SIP_ETOOBIG;
        sip_msg_unref(request);
        return err;
    }
    *ret_request = request;
    return 0;
}

int dum_pager_create_sized(dum_profile *from, const dum_pager_config *config, size_t config_bytes,
                           dum_pager **ret_pager)
{
    dum_pager_config own;
    dum__single *single;
    sip_msg *request;
    int err = dum__copy_sized(&own, sizeof own, config, config_bytes);

    if (from == NULL || err != 0) {
        return SIP_EINVAL;
    }
    err = dum__single_create(from, &pager_class, own.to, from->dum->pager.handler.data_bytes,
                             &single);
    if (err != 0) {
        return err;
    }
    err = build_message(single, &own, &request);
    if (err == 0) {
        err = dum__single_send(single, request, false);
    }
    if (err != 0) {
        dum__usage_destroy(&single->usage);
        return err;
    }
    if (ret_pager != NULL) {
        *ret_pager = (dum_pager *)single;
    }
    return 0;
}

void *dum_pager_data(dum_pager *pager)
{
    return pager == NULL ? NULL : dum__usage_data(&pager->single.usage, sizeof pager->single);
}

dum_id dum_pager_id(const dum_pager *pager)
{
    return pager == NULL ? 0 : pager->single.usage.object.id;
}

static void take(dum_manager *dum, dum__incoming *in)
{
    dum_request *message;

    if (dum__pending_request_create(dum, in, &message) != 0) {
        dum__incoming_respond(in, 500, NULL);
        return;
    }
    dum__emit_pager_message(dum, message);
}

static const dum__taker taker = {.take = take};

int dum_manager_set_pager_handler_sized(dum_manager *dum, const dum_pager_handler *handler,
                                        size_t handler_bytes, void *user_data)
{
    int err;

    if (dum == NULL) {
        return SIP_EINVAL;
    }
    err = dum__set_handler(&dum->pager.handler, sizeof dum->pager.handler, handler, handler_bytes,
                           &dum->pager.set);
    if (err != 0) {
        return err;
    }
    dum->pager.user_data = user_data;
    if (dum->pager.handler.on_message != NULL) {
        dum->takers[SIP_METHOD_MESSAGE] = &taker;
        dum->allow |= 1u << SIP_METHOD_MESSAGE;
    }
    return 0;
}
