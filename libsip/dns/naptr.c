#include "dns/naptr.h"

#include <string.h>

/* SIP+D2S and SIPS+D2S (SCTP) are not among them. */
static const struct {
    const char *service;
    sip_protocol protocol;
    bool secure;
} services[] = {
    {"SIP+D2U", SIP_PROTOCOL_UDP, false}, {"SIP+D2T", SIP_PROTOCOL_TCP, false},
    {"SIPS+D2T", SIP_PROTOCOL_TLS, true}, {"SIP+D2W", SIP_PROTOCOL_WS, false},
    {"SIPS+D2W", SIP_PROTOCOL_WSS, true},
};

bool sip__naptr_before(const sip_dns_record *a, const sip_dns_record *b)
{
    return a->priority != b->priority ? a->priority < b->priority : a->weight < b->weight;
}

/* SIP_PROTOCOL_NONE: it cannot be gone. */
static sip_protocol protocol_of(const sip_dns_record *record, unsigned protocols, bool secure)
{
    sip_str service = sip_str_of(record->service);

    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        if (sip_str_equal_nocase(service, services[i].service)) {
            bool fits = (protocols & (1u << services[i].protocol)) != 0;

            return fits && (services[i].secure || !secure) ? services[i].protocol
                                                           : SIP_PROTOCOL_NONE;
        }
    }
    return SIP_PROTOCOL_NONE;
}

static bool is_usable(const sip_dns_record *record)
{
    sip_str flags = sip_str_of(record->flags);
    sip_str replacement = sip_str_of(record->target);

    return record->type == SIP_DNS_NAPTR && sip_str_of(record->regexp).len == 0 &&
           (sip_str_equal_nocase(flags, "s") || sip_str_equal_nocase(flags, "a")) &&
           replacement.len > 0 && !sip_str_equal(replacement, ".");
}

size_t sip__naptr_choose(const sip_dns_answer *answer, unsigned protocols, bool secure,
                         sip__naptr out[SIP__NAPTR_MAX])
{
    const sip_dns_record *chosen[SIP__NAPTR_MAX];
    size_t n = 0;

    for (size_t i = 0; i < answer->n_records; i++) {
        const sip_dns_record *record = &answer->records[i];
        size_t at = n;

        if (!is_usable(record) || protocol_of(record, protocols, secure) == SIP_PROTOCOL_NONE) {
            continue;
        }
        while (at > 0 && sip__naptr_before(record, chosen[at - 1])) {
            at--;
        }
        if (at == SIP__NAPTR_MAX) {
            continue;
        }
        n = n < SIP__NAPTR_MAX ? n + 1 : n;
        memmove(&chosen[at + 1], &chosen[at], (n - at - 1) * sizeof(chosen[0]));
        chosen[at] = record;
    }
    for (size_t i = 0; i < n; i++) {
        out[i].protocol = protocol_of(chosen[i], protocols, secure);
        out[i].is_host = sip_str_equal_nocase(sip_str_of(chosen[i]->flags), "a");
        out[i].replacement = chosen[i]->target;
        out[i].ttl_s = chosen[i]->ttl_s;
    }
    return n;
}
