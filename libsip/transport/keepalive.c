#include "transport/keepalive.h"
#include <string.h>

bool sip__keepalive_is_datagram(sip_str bytes)
{
    size_t i;

    for (i = 0; i < bytes.len; i++) {
        if (memchr("\r\n \t", bytes.ptr[i], 5) == NULL) { /* 5: the zero too */
            return false;
        }
    }
    return bytes.len > 0;
}

void sip__keepalive_init(sip__keepalive *keepalive, sip_time_ms now_ms)
{
    keepalive->heard_ms = now_ms;
    keepalive->sent_ms = 0;
}

void sip__keepalive_heard(sip__keepalive *keepalive, sip_time_ms now_ms)
{
    keepalive->heard_ms = now_ms;
    keepalive->sent_ms = 0;
}

sip__keepalive_action sip__keepalive_check(sip__keepalive *keepalive, sip_time_ms now_ms,
                                           uint32_t interval_ms)
{
    if (interval_ms == 0) {
        return SIP__KEEPALIVE_NOTHING;
    }
    if (keepalive->sent_ms != 0) {
        return now_ms - keepalive->sent_ms >= SIP__KEEPALIVE_ANSWER_MS ? SIP__KEEPALIVE_DEAD
                                                                       : SIP__KEEPALIVE_NOTHING;
    }
    if (now_ms - keepalive->heard_ms < interval_ms) {
        return SIP__KEEPALIVE_NOTHING;
    }
    keepalive->sent_ms = now_ms > 0 ? now_ms : 1;
    return SIP__KEEPALIVE_PING;
}
