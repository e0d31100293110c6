#include "proxy/refusal.h"

#include "base/text_end.h"

void sip__refusal_init(sip__refusal *refusal, const sip_msg *request, int status)
{
    sip__text_end names = sip__text_begin(refusal->names, sizeof refusal->names - 1);
    sip_str value;

    *refusal->names = '\0';
    refusal->headers[0] = (sip_header){"Unsupported", refusal->names};
    refusal->headers[1] = (sip_header){NULL, NULL};
    refusal->extras = (sip_extras){.headers = status == 420 ? refusal->headers : NULL};
    for (size_t i = 0; (value = sip_msg_value(request, SIP_HEADER_PROXY_REQUIRE, i)).ptr != NULL;
         i++) {
        if ((size_t)(names.end - names.at) >= value.len + 2) {
            sip__text_put(&names, names.at > names.start ? SIP_STR(", ") : SIP_STR(""));
            sip__text_put(&names, value);
        }
    }
    *names.at = '\0';
}

int sip__refusal_error(int status)
{
    return status == 420 ? SIP_EUNSUPPORTED : SIP_EHOPS;
}
