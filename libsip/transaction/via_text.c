#include "transaction/via_text.h"

static void put_maddr(sip__text_end *text, const sip_addr *maddr)
{
    char host[SIP_ADDR_TEXT_BYTES];

    if (maddr != NULL) {
        sip__text_put(text, SIP_STR(";maddr="));
        sip__text_put(text, sip_str_of(sip_addr_host(maddr, host)));
        sip__text_put(text, maddr->family == SIP_FAMILY_IP4 ? SIP_STR(";ttl=1") : SIP_STR(""));
    }
}

static void put_host(sip__text_end *text, const sip__wire *wire)
{
    char host[SIP_ADDR_TEXT_BYTES];

    if (wire->sent_by_host.len > 0) {
        sip__text_put(text, wire->sent_by_host);
    } else if (wire->sent_by.family == SIP_FAMILY_IP4) {
        sip__text_put_ip4(text, wire->sent_by.ip);
    } else {
        sip__text_put(text, sip_str_of(sip_addr_host(&wire->sent_by, host)));
    }
}

sip_str sip__via_text(const sip__wire *wire, char out[SIP__VIA_TEXT_BYTES])
{
    sip__text_end text = sip__text_begin(out, SIP__VIA_TEXT_BYTES);

    sip__text_put(&text, SIP_STR("SIP/2.0/"));
    sip__text_put(&text, sip_protocol_name(wire->protocol));
    sip__text_put(&text, SIP_STR(" "));
    put_host(&text, wire);
    if (wire->sent_by.port != 0) {
        sip__text_put(&text, SIP_STR(":"));
        sip__text_put_number(&text, wire->sent_by.port);
    }
    sip__text_put(&text, SIP_STR(";branch="));
    sip__text_put(&text, wire->branch);
    sip__text_put(&text, SIP_STR(";rport"));
    put_maddr(&text, wire->maddr);
    sip__text_put(&text, wire->alias ? SIP_STR(";alias") : SIP_STR(""));
    sip__text_put(&text, wire->keep ? SIP_STR(";keep") : SIP_STR(""));
    return sip__text_all(&text);
}
