/* Any other request outside a dialog, both roles. */
#include <dum/oneshot.h>

#include "handler/emit.h"
#include "usage/oneshot/pending_request.h"
#include "usage/oneshot/single.h"

struct dum_out_of_dialog {
    dum__single single; /* first and only: its size is dum__single's */
};

static void on_final(dum__single *single, const sip_msg *response)
{
    dum__emit_out_of_dialog_response(single->usage.object.dum, (dum_out_of_dialog *)single,
                                     response);
}

static void on_over(dum__single *single, const dum_cause *cause)
{
    dum__emit_out_of_dialog_terminated(single->usage.object.dum, (dum_out_of_dialog *)single,
                                       cause);
}

static const dum__single_class out_of_dialog_class = {
    .usage = DUM__SINGLE_USAGE("out of dialog"),
    .on_final = on_final,
    .on_over = on_over,
};

/* Those that make or belong to something that this usage does not keep. */
static bool is_allowed(sip_method method)
{
    return method != SIP_METHOD_INVITE && method != SIP_METHOD_ACK && method != SIP_METHOD_CANCEL &&
           method != SIP_METHOD_BYE && method != SIP_METHOD_REGISTER;
}

static int send_request(dum__single *single, sip_str method, const sip_extras *extras)
{
    sip_method known = sip_method_of(method);
    bool is_options = known == SIP_METHOD_OPTIONS;
    dum__outgoing what = {.method = known,
                          .method_text = method,
                          .contact = is_options, /* 11.1 */
                          .capabilities = is_options};
    sip_build *build = dum__single_build(single, &what);
    sip_msg *request;
    int err;

    sip_build_extras(build, extras);
    err = sip_build_finish(build, &request);
    return err != 0 ? err : dum__single_send(single, request, is_options);
}

int dum_out_of_dialog_create_sized(dum_profile *from, const dum_out_of_dialog_config *config,
                                   size_t config_bytes, dum_out_of_dialog **ret_ood)
{
    dum_out_of_dialog_config own;
    dum__single *single;
    sip_str method;
    int err = dum__copy_sized(&own, sizeof own, config, config_bytes);

    if (from == NULL || err != 0) {
        return SIP_EINVAL;
    }
    method = own.method != NULL ? sip_str_of(own.method) : SIP_STR("OPTIONS");
    if (!is_allowed(sip_method_of(method))) {
        return SIP_EINVAL;
    }
    err = dum__single_create(from, &out_of_dialog_class, own.to,
                             from->dum->out_of_dialog.handler.data_bytes, &single);
    if (err != 0) {
        return err;
    }
    err = send_request(single, method, own.extras);
    if (err != 0) {
        dum__usage_destroy(&single->usage);
        return err;
    }
    if (ret_ood != NULL) {
        *ret_ood = (dum_out_of_dialog *)single;
    }
    return 0;
}

void *dum_out_of_dialog_data(dum_out_of_dialog *ood)
{
    return ood == NULL ? NULL : dum__usage_data(&ood->single.usage, sizeof ood->single);
}

dum_id dum_out_of_dialog_id(const dum_out_of_dialog *ood)
{
    return ood == NULL ? 0 : ood->single.usage.object.id;
}

static void take(dum_manager *dum, dum__incoming *in)
{
    dum_request *request;

    if (dum__pending_request_create(dum, in, &request) != 0) {
        dum__incoming_respond(in, 500, NULL);
        return;
    }
    dum__emit_out_of_dialog_request(dum, request);
}

static const dum__taker taker = {.take = take};

int dum_manager_set_out_of_dialog_handler_sized(dum_manager *dum,
                                                const dum_out_of_dialog_handler *handler,
                                                size_t handler_bytes, void *user_data)
{
    int err;

    if (dum == NULL) {
        return SIP_EINVAL;
    }
    err = dum__set_handler(&dum->out_of_dialog.handler, sizeof dum->out_of_dialog.handler, handler,
                           handler_bytes, &dum->out_of_dialog.set);
    if (err != 0) {
        return err;
    }
    dum->out_of_dialog.user_data = user_data;
    if (dum->out_of_dialog.handler.on_request != NULL) {
        dum->takers[SIP_METHOD_OTHER] = &taker;
        dum->takers[SIP_METHOD_OPTIONS] = &taker;
    }
    return 0;
}
