#include "message/print.h"

#include <string.h>

#include "message/build_internal.h"

#define VIA_BYTES 256u

static void add_via(sip_build *build, const sip__wire *wire)
{
    char host[SIP_ADDR_TEXT_BYTES];

    sip__build_begin(build, SIP_HEADER_VIA, sip_header_name(SIP_HEADER_VIA));
    sip__build_put(build, SIP_STR("SIP/2.0/"));
    sip__build_put(build, sip_protocol_name(wire->protocol));
    sip__build_put(build, SIP_STR(" "));
    sip__build_put(build, wire->sent_by_host.len > 0
                              ? wire->sent_by_host
                              : sip_str_of(sip_addr_host(&wire->sent_by, host)));
    if (wire->sent_by.port != 0) {
        sip__build_put(build, SIP_STR(":"));
        sip__build_put_number(build, wire->sent_by.port);
    }
    sip__build_put(build, SIP_STR(";branch="));
    sip__build_put(build, wire->branch);
    sip__build_put(build, SIP_STR(";rport"));
    sip__build_end(build);
}

static void add_contact(sip_build *build, const sip_msg *msg, const sip__wire *wire)
{
    const sip_uri *uri = sip_msg_request_uri(msg);
    const char *extra = msg->bytes + msg->n_bytes;
    sip_str user = {extra, msg->contact_user_len};
    sip_str params = {extra + msg->contact_user_len, msg->n_extra - msg->contact_user_len};
    sip_path leaves_by = {.protocol = wire->protocol, .local = wire->sent_by};

    sip__build_begin(build, SIP_HEADER_CONTACT, sip_header_name(SIP_HEADER_CONTACT));
    sip__build_put_contact(build, uri != NULL && uri->scheme == SIP_SCHEME_SIPS, user, params,
                           &leaves_by);
    sip__build_end(build);
}

/* Copy the lines first … end-1 of a message that we built, bytes and index at once. */
static void copy_lines(sip_build *build, const sip_msg *msg, uint32_t first, uint32_t end)
{
    uint32_t from;
    uint32_t to;
    uint32_t move;

    if (first >= end || !sip__build_reserve(build, 0, end - first)) {
        return;
    }
    from = msg->lines[first].name;
    to = end < msg->n_lines ? msg->lines[end].name : msg->body_at - 2;
    move = (uint32_t)build->used - from;
    sip__build_put(build, (sip_str){msg->bytes + from, to - from});
    if (build->err != 0) {
        return;
    }
    for (uint32_t i = first; i < end; i++) {
        struct sip__scan_line *line = &build->msg->lines[build->msg->n_lines];

        *line = msg->lines[i];
        line->name += move;
        line->value += move;
        sip__msg_link(build->msg, build->msg->n_lines++, (sip_header_id)msg->links[i].id,
                      build->last);
    }
}

static int print_built(sip_build *build, const sip_msg *msg, const sip__wire *wire,
                       sip_msg **ret_msg)
{
    uint32_t split = msg->wants_contact ? msg->contact_line : msg->n_lines;
    size_t body_at;

    copy_lines(build, msg, 0, split);
    if (msg->wants_contact) {
        add_contact(build, msg, wire);
        copy_lines(build, msg, split, msg->n_lines);
    }
    body_at = build->used + 2;
    sip__build_put(build,
                   (sip_str){msg->bytes + msg->body_at - 2, msg->n_bytes - msg->body_at + 2});
    return sip__build_give(build, body_at, ret_msg);
}

int sip__print_request(const sip_msg *msg, const sip__wire *wire, sip_msg **ret_msg)
{
    sip_build build;

    if (msg == NULL || !msg->is_request) {
        return SIP_EINVAL;
    }
    sip__build_init(&build, msg->allocator, msg->n_lines + 2u,
                    (size_t)msg->n_bytes + msg->n_extra + 2 * VIA_BYTES);
    sip__build_request_line(&build, sip__msg_span(msg, msg->method_text),
                            sip__msg_span(msg, msg->uri_text));
    add_via(&build, wire);
    if (msg->is_built) {
        return print_built(&build, msg, wire, ret_msg);
    }
    sip_build_copy_others(&build, msg, NULL, 0);
    sip_build_copy_body(&build, msg);
    return sip__build_complete(&build, ret_msg);
}

/* What ACK and CANCEL share: the URI, the one Via, the route, the identity and the number of the
 * INVITE. */
static void begin_follower(sip_build *build, const sip_msg *sent, sip_method method,
                           const sip_msg *to_of)
{
    static const sip_header_id before[] = {SIP_HEADER_ROUTE, SIP_HEADER_FROM};
    const sip_via *via = sip_msg_via(sent, 0);
    const sip_cseq *cseq = sip_msg_cseq(sent);
    sip_str name = sip_method_name(method);

    sip__build_init(build, sent->allocator, sent->n_lines + 4u, (size_t)sent->body_at + VIA_BYTES);
    if (via == NULL || cseq == NULL) {
        sip__build_fail(build, SIP_EINVAL);
        return;
    }
    sip__build_request_line(build, name, sip__msg_span(sent, sent->uri_text));
    sip__build_line(build, SIP_HEADER_VIA, sip_header_name(SIP_HEADER_VIA), via->text);
    sip__build_line(build, SIP_HEADER_MAX_FORWARDS, sip_header_name(SIP_HEADER_MAX_FORWARDS),
                    SIP_STR("70"));
    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        sip_build_copy(build, sent, before[i]);
    }
    sip_build_copy(build, to_of, SIP_HEADER_TO);
    sip_build_copy(build, sent, SIP_HEADER_CALL_ID);
    sip__build_begin(build, SIP_HEADER_CSEQ, sip_header_name(SIP_HEADER_CSEQ));
    sip__build_put_number(build, cseq->number);
    sip__build_put(build, SIP_STR(" "));
    sip__build_put(build, name);
    sip__build_end(build);
}

int sip__print_ack(const sip_msg *sent, const sip_msg *response, sip_msg **ret_ack)
{
    sip_build build;

    if (sent == NULL || response == NULL) {
        return SIP_EINVAL;
    }
    begin_follower(&build, sent, SIP_METHOD_ACK, response);
    return sip__build_complete(&build, ret_ack);
}

int sip__print_cancel(const sip_msg *sent, const sip_extras *extras, sip_msg **ret_cancel)
{
    sip_build build;

    if (sent == NULL) {
        return SIP_EINVAL;
    }
    begin_follower(&build, sent, SIP_METHOD_CANCEL, sent);
    sip_build_extras(&build, extras);
    return sip__build_complete(&build, ret_cancel);
}

void sip__msg_set_source(sip_msg *msg, const sip_path *source)
{
    if (msg != NULL && source != NULL) {
        msg->source = *source;
    }
}

bool sip__msg_wants_contact(const sip_msg *msg)
{
    return msg != NULL && msg->wants_contact;
}
