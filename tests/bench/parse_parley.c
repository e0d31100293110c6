/* Parley: sip_msg_parse() and sip_msg_check(), as stack/intake.c calls them for every message that
 * a transport hands over. */
#include "parse_main.h"

#include <sip/sip.h>

static sip_msg_limits limits;
static sip_path source;

void parse_setup(void)
{
    source = (sip_path){.protocol = SIP_PROTOCOL_UDP};
    (void)sip_addr_parse(SIP_STR("192.0.2.101"), 5060, &source.remote);
    (void)sip_addr_parse(SIP_STR("192.0.2.201"), 5060, &source.local);
}

static inline bool is(sip_str read, struct text wanted)
{
    return same_text((struct text){read.ptr, read.len}, wanted);
}

static bool has_values(const sip_msg *msg, const struct values *wanted)
{
    const sip_address *to = sip_msg_to(msg);
    const sip_cseq *cseq = sip_msg_cseq(msg);
    const sip_address *contact = sip_msg_address(msg, SIP_HEADER_CONTACT, 0);
    uint32_t length;

    return contact != NULL && sip_msg_number(msg, SIP_HEADER_CONTENT_LENGTH, &length) == 0 &&
           length == wanted->content_length && cseq->number == wanted->cseq_number &&
           is(sip_msg_from(msg)->tag, wanted->from_tag) && is(to->uri.user, wanted->to_user) &&
           is(to->uri.host, wanted->to_host) && is(sip_msg_call_id(msg), wanted->call_id) &&
           is(cseq->method_text, wanted->cseq_method) &&
           is(sip_msg_via(msg, 0)->branch, wanted->branch) &&
           is(contact->uri.host, wanted->contact_host);
}

bool parse_once(const char *bytes, size_t len, const struct values *wanted)
{
    sip_parse_error error;
    sip_msg *msg;
    bool same;

    if (sip_msg_parse(NULL, &limits, (sip_str){bytes, len}, &source, &msg, &error) != 0) {
        return false;
    }
    same = sip_msg_check(msg, NULL, &error) == 0 && has_values(msg, wanted);
    sip_msg_unref(msg);
    return same;
}
