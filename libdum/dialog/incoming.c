#include "dialog/incoming.h"

#define RETRY_MS 200u

int dum__incoming_create(dum_manager *dum, sip_server_tx *tx, dum__incoming **ret_in)
{
    const sip_msg *request = sip_server_tx_request(tx);
    const sip_cseq *cseq = sip_msg_cseq(request);
    dum__incoming *in = dum__alloc0(dum, sizeof *in);

    if (in == NULL) {
        return SIP_ENOMEM;
    }
    in->dum = dum;
    in->tx = tx;
    in->cseq = cseq == NULL ? 0 : cseq->number;
    in->method = sip_msg_method(request);
    sip_list_init(&in->link);
    sip_list_append(&dum->incomings, &in->link);
    sip_server_tx_set_data(tx, in);
    *ret_in = in;
    return 0;
}

void dum__incoming_ended(dum__incoming *in)
{
    if (in == NULL) {
        return;
    }
    sip_list_remove(&in->link);
    sip_timer_clear(in->dum->worker, &in->timer);
    sip_server_tx_set_data(in->tx, NULL);
    if (in->owner != NULL && in->owner->on_ended != NULL) {
        in->owner->on_ended(in);
    }
    dum__free(in->dum, in);
}

dum__incoming *dum__incoming_of(const sip_server_tx *tx)
{
    return sip_server_tx_data(tx);
}

void dum__incoming_own(dum__incoming *in, const dum__incoming_owner *owner, void *owner_data)
{
    in->owner = owner;
    in->owner_data = owner_data;
}

const sip_msg *dum__incoming_msg(const dum__incoming *in)
{
    return sip_server_tx_request(in->tx);
}

/* Unsupported lists what the request requires, since we support no extension (8.2.2.3). */
static void add_unsupported(sip_build *build, const sip_msg *request)
{
    sip_str value;

    for (size_t i = 0; (value = sip_msg_value(request, SIP_HEADER_REQUIRE, i)).ptr != NULL; i++) {
        sip_build_header(build, SIP_HEADER_UNSUPPORTED, value);
    }
}

/* The types of bodies for a request's method; to OPTIONS, for all methods that are allowed. */
static sip_str accepted(const dum__incoming *in)
{
    if (in->method == SIP_METHOD_MESSAGE) {
        return SIP_STR("text/plain");
    }
    if (in->method == SIP_METHOD_OPTIONS && (in->dum->allow & 1u << SIP_METHOD_MESSAGE) != 0) {
        return SIP_STR("application/sdp, text/plain");
    }
    return SIP_STR("application/sdp");
}

sip_build *dum__incoming_build(dum__incoming *in, int status, sip_str to_tag)
{
    const sip_msg *request = dum__incoming_msg(in);
    bool is_options_ok = in->method == SIP_METHOD_OPTIONS && status == 200;
    char allow[DUM__ALLOW_BYTES];
    sip_build *build;

    if (to_tag.len == 0 && status > 100) {
        to_tag = sip_server_tx_tag(in->tx);
    }
    build = sip_build_response(request, status, (sip_str){0}, to_tag);
    if (in->dum->user_agent[0] != '\0') {
        sip_build_header(build, SIP_HEADER_SERVER, sip_str_of(in->dum->user_agent));
    }
    if (status == 405 || is_options_ok) {
        sip_build_header(build, SIP_HEADER_ALLOW, dum__allow_text(in->dum, allow));
    }
    if (status == 415 || is_options_ok) {
        sip_build_header(build, SIP_HEADER_ACCEPT, accepted(in));
        sip_build_header(build, SIP_HEADER_ACCEPT_ENCODING, SIP_STR("identity"));
    }
    if (status == 420) {
        add_unsupported(build, request);
    }
    return build;
}

static void send_decided(void *arg)
{
    dum__incoming *in = arg;

    if (sip_server_tx_respond(in->tx, in->decided, NULL) == SIP_ENOMEM) {
        sip_timer_set(in->dum->worker, &in->timer, RETRY_MS);
    }
}

int dum__incoming_send(dum__incoming *in, sip_build *build)
{
    sip_msg *response;
    int err = sip_build_finish(build, &response);

    if (err != 0) {
        return err;
    }
    err = sip_server_tx_send(in->tx, response);
    sip_msg_unref(response);
    return err;
}

static int finish(dum__incoming *in, int status, sip_build *build)
{
    int err = dum__incoming_send(in, build);

    if (err != SIP_ENOMEM || status < 200) {
        return err;
    }
    in->decided = status;
    sip_timer_init(&in->timer, send_decided, in);
    sip_timer_set(in->dum->worker, &in->timer, RETRY_MS);
    return 0;
}

int dum__incoming_respond(dum__incoming *in, int status, const sip_extras *extras)
{
    sip_build *build;

    if (dum__incoming_msg(in) == NULL || in->decided != 0) {
        return SIP_ESTATE;
    }
    build = dum__incoming_build(in, status, (sip_str){0});
    sip_build_extras(build, extras);
    return finish(in, status, build);
}

int dum__incoming_respond_later(dum__incoming *in, int status, uint32_t retry_s)
{
    sip_build *build;

    if (dum__incoming_msg(in) == NULL || in->decided != 0) {
        return SIP_ESTATE;
    }
    build = dum__incoming_build(in, status, (sip_str){0});
    sip_build_headerf(build, SIP_HEADER_RETRY_AFTER, "%u", (unsigned)retry_s);
    return finish(in, status, build);
}
