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

static struct text text(sip_str s)
{
    return (struct text){s.ptr, s.len};
}

static bool read_values(const sip_msg *msg, struct values *values)
{
    const sip_address *from = sip_msg_from(msg);
    const sip_address *to = sip_msg_to(msg);
    const sip_cseq *cseq = sip_msg_cseq(msg);
    const sip_via *via = sip_msg_via(msg, 0);
    const sip_address *contact = sip_msg_address(msg, SIP_HEADER_CONTACT, 0);

    if (contact == NULL ||
        sip_msg_number(msg, SIP_HEADER_CONTENT_LENGTH, &values->content_length) != 0) {
        return false;
    }
    values->from_tag = text(from->tag);
    values->to_user = text(to->uri.user);
    values->to_host = text(to->uri.host);
    values->call_id = text(sip_msg_call_id(msg));
    values->cseq_number = cseq->number;
    values->cseq_method = text(cseq->method_text);
    values->branch = text(via->branch);
    values->contact_host = text(contact->uri.host);
    return true;
}

bool parse_once(const char *bytes, size_t len, const struct values *wanted)
{
    sip_parse_error error;
    struct values values;
    sip_msg *msg;
    bool same;

    if (sip_msg_parse(NULL, &limits, (sip_str){bytes, len}, &source, &msg, &error) != 0) {
        return false;
    }
    same = sip_msg_check(msg, NULL, &error) == 0 && read_values(msg, &values) &&
           same_values(&values, wanted);
    sip_msg_unref(msg);
    return same;
}
