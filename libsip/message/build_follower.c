#include "message/build_internal.h"

#define VIA_BYTES 256u

/* What ACK and CANCEL share: the URI, the one Via, the route, the identity and the number of the
 * INVITE. */
static void begin_follower(sip_build *build, const sip_msg *sent, sip_method method,
                           const sip_msg *to_of)
{
    static const sip_header_id before[] = {SIP_HEADER_ROUTE, SIP_HEADER_FROM};
    const sip__value *via, *cseq;
    sip_str name = sip_method_name(method);

    sip__build_init(build, sent->allocator, sent->n_lines + 4u, (size_t)sent->body_at + VIA_BYTES);
    via = sip__build_read(build, sent, SIP_HEADER_VIA);
    cseq = sip__build_read(build, sent, SIP_HEADER_CSEQ);
    if (via == NULL || cseq == NULL) {
        sip__build_fail(build, SIP_EINVAL);
        return;
    }
    sip__build_request_line(build, name, sip__msg_span(sent, sent->uri_text));
    sip__build_line(build, SIP_HEADER_VIA, sip_header_name(SIP_HEADER_VIA), via->of.via.text);
    sip__build_line(build, SIP_HEADER_MAX_FORWARDS, sip_header_name(SIP_HEADER_MAX_FORWARDS),
                    SIP_STR("70"));
    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        sip_build_copy(build, sent, before[i]);
    }
    sip_build_copy(build, to_of, SIP_HEADER_TO);
    sip_build_copy(build, sent, SIP_HEADER_CALL_ID);
    sip__build_begin(build, SIP_HEADER_CSEQ, sip_header_name(SIP_HEADER_CSEQ));
    sip__build_put_number(build, cseq->of.cseq.number);
    sip__build_put(build, SIP_STR(" "));
    sip__build_put(build, name);
    sip__build_end(build);
}

int sip_ack_create(const sip_msg *sent, const sip_msg *response, sip_msg **ret_ack)
{
    sip_build build;

    if (sent == NULL || response == NULL || ret_ack == NULL) {
        return SIP_EINVAL;
    }
    begin_follower(&build, sent, SIP_METHOD_ACK, response);
    return sip__build_complete(&build, ret_ack);
}

int sip_cancel_create(const sip_msg *sent, const sip_extras *extras, sip_msg **ret_cancel)
{
    sip_build build;

    if (sent == NULL || ret_cancel == NULL) {
        return SIP_EINVAL;
    }
    begin_follower(&build, sent, SIP_METHOD_CANCEL, sent);
    sip_build_extras(&build, extras);
    return sip__build_complete(&build, ret_cancel);
}
