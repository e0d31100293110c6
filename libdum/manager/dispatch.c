#include "manager/dispatch.h"

#include "dialog/dialog.h"
#include "dialog/incoming.h"

static bool requires_something(const sip_msg *request)
{
    return sip_msg_value(request, SIP_HEADER_REQUIRE, 0).len > 0;
}

static void in_dialog(dum_manager *dum, dum__incoming *in)
{
    const sip_msg *request = dum__incoming_msg(in);
    dum__dialog *dialog = dum__dialog_find(dum, request);

    if (dialog == NULL || dialog->usage == NULL) {
        dum__incoming_respond(in, 481, NULL);
    } else if (!dum__dialog_accept_cseq(dialog, in->cseq)) {
        dum__incoming_respond(in, 500, NULL); /* out of order (12.2.2) */
    } else if (requires_something(request)) {
        dum__incoming_respond(in, 420, NULL);
    } else if (dialog->usage->class->on_request == NULL) {
        dum__incoming_respond(in, 405, NULL);
    } else {
        dialog->usage->class->on_request(dialog->usage, in);
    }
}

static const dum__taker *taker_of(const dum_manager *dum, sip_method method)
{
    const dum__taker *taker = dum->takers[method];

    return taker != NULL ? taker : dum->takers[SIP_METHOD_OTHER];
}

void dum__dispatch_resume(dum__incoming *in)
{
    const sip_msg *request = dum__incoming_msg(in);
    const sip_uri *uri = sip_msg_request_uri(request);
    const dum__taker *taker = taker_of(in->dum, in->method);

    if (request == NULL) {
        return;
    }
    if (taker == NULL) {
        dum__incoming_respond(in, 405, NULL); /* 8.2.1 */
    } else if (uri == NULL || (uri->scheme != SIP_SCHEME_SIP && uri->scheme != SIP_SCHEME_SIPS)) {
        dum__incoming_respond(in, 416, NULL); /* 8.2.2.1 */
    } else if (requires_something(request)) {
        dum__incoming_respond(in, 420, NULL); /* 8.2.2.3 */
    } else if (in->dum->stopping) {
        dum__incoming_respond(in, 503, NULL);
    } else {
        taker->take(in->dum, in);
    }
}

static void out_of_dialog(dum_manager *dum, dum__incoming *in)
{
    if (dum->gate != NULL && dum->gate->check(dum->gate, in) == DUM__TAKEN) {
        return;
    }
    dum__dispatch_resume(in);
}

void dum__dispatch_request(dum_manager *dum, sip_server_tx *tx)
{
    const sip_address *to = sip_msg_to(sip_server_tx_request(tx));
    dum__incoming *in;

    if (dum__incoming_create(dum, tx, &in) != 0) {
        if (sip_server_tx_respond(tx, 500, NULL) != 0) {
            sip_server_tx_abandon(tx);
        }
    } else if (to != NULL && to->tag.len > 0) {
        in_dialog(dum, in);
    } else {
        out_of_dialog(dum, in);
    }
}

void dum__dispatch_ack(dum_manager *dum, const sip_msg *ack)
{
    dum__dialog *dialog = dum__dialog_find(dum, ack);
    struct dum__usage *usage = dialog == NULL ? NULL : dialog->usage;

    if (usage != NULL && usage->class->on_ack != NULL) {
        usage->class->on_ack(usage, ack);
    }
}

void dum__dispatch_cancel(dum_manager *dum, sip_server_tx *tx)
{
    dum__incoming *in = dum__incoming_of(tx);

    (void)dum;
    if (in == NULL) {
        sip_server_tx_respond(tx, 487, NULL);
        return;
    }
    in->cancelled = true;
    if (in->owner != NULL && in->owner->on_cancel != NULL) {
        in->owner->on_cancel(in);
    } else {
        dum__incoming_respond(in, 487, NULL);
    }
}

void dum__dispatch_ended(sip_server_tx *tx)
{
    dum__incoming_ended(dum__incoming_of(tx));
}
