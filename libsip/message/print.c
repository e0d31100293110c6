#include "message/print.h"

#include <string.h>

#include "message/build_internal.h"

#define VIA_BYTES 256u

/* RFC 3261 18.1.1: answers go to the group as well, and IPv4 says how far it went. */
static void put_maddr(sip_build *build, const sip_addr *maddr)
{
    char text[SIP_ADDR_TEXT_BYTES];

    if (maddr != NULL) {
        sip__build_put(build, SIP_STR(";maddr="));
        sip__build_put(build, sip_str_of(sip_addr_host(maddr, text)));
        sip__build_put(build, maddr->family == SIP_FAMILY_IP4 ? SIP_STR(";ttl=1") : SIP_STR(""));
    }
}

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
    put_maddr(build, wire->maddr);
    sip__build_put(build, wire->alias ? SIP_STR(";alias") : SIP_STR(""));
    sip__build_put(build, wire->keep ? SIP_STR(";keep") : SIP_STR(""));
    sip__build_end(build);
}

static void add_contact(sip_build *build, const sip_msg *msg, const sip__wire *wire)
{
    const sip_uri *uri = sip_msg_request_uri(msg);
    const char *extra = msg->bytes + msg->n_bytes;
    sip_str user = {extra, msg->contact_user_len};
    sip_str params = {extra + msg->contact_user_len, msg->n_extra - msg->contact_user_len};
    char room[SIP_ADDR_TEXT_BYTES];
    const sip_addr *addr =
        wire->contact.family != SIP_FAMILY_NONE ? &wire->contact : &wire->sent_by;
    bool is_named = wire->sent_by_host.len > 0 && addr == &wire->sent_by;
    sip__contact_place place = {
        .protocol = wire->protocol,
        .host = is_named ? wire->sent_by_host : sip_str_of(sip_addr_host(addr, room)),
        .port = addr->port,
    };

    sip__build_begin(build, SIP_HEADER_CONTACT, sip_header_name(SIP_HEADER_CONTACT));
    sip__build_put_contact(build, uri != NULL && uri->scheme == SIP_SCHEME_SIPS, user, params,
                           &place);
    sip__build_end(build);
}

int sip__print_request(const sip_msg *msg, const sip__wire *wire, sip_msg **ret_msg)
{
    sip_build build;
    uint32_t split;

    if (msg == NULL || !msg->is_request) {
        return SIP_EINVAL;
    }
    sip__build_init(&build, msg->allocator, msg->n_lines + 3u,
                    (size_t)msg->n_bytes + msg->n_extra + 2 * VIA_BYTES);
    sip__build_request_line(&build, sip__msg_span(msg, msg->method_text),
                            sip__msg_span(msg, msg->uri_text));
    if (build.err == 0) {
        build.msg->to_strict = msg->to_strict;
    }
    add_via(&build, wire);
    split = msg->wants_contact ? msg->contact_line : msg->n_lines;
    sip__build_run(&build, msg, 0, split);
    if (msg->wants_contact) {
        add_contact(&build, msg, wire);
        sip__build_run(&build, msg, split, msg->n_lines);
    }
    return sip__build_give_body_of(&build, msg, ret_msg);
}

void sip__msg_set_source(sip_msg *msg, const sip_path *source)
{
    if (msg != NULL && source != NULL) {
        msg->source = *source;
    }
}

int sip__msg_set_seen(sip_msg *msg, sip_str host, uint16_t port)
{
    char *text = sip__arena_alloc(&msg->arena, host.len + 1);

    if (text == NULL) {
        return SIP_ENOMEM;
    }
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    msg->seen_host = text;
    msg->seen_port = port;
    return 0;
}

void sip__msg_set_keep(sip_msg *msg, uint32_t keep_s)
{
    msg->keep_s = keep_s;
}

void sip__msg_set_to_strict(sip_msg *msg)
{
    msg->to_strict = true;
}

bool sip__msg_is_to_strict(const sip_msg *msg)
{
    return msg->to_strict;
}
