/* Keep-alives: what counts as one in a datagram, and when to send one on a stream and expect its
 * answer (RFC 5626 3.5.1, 4.4.1). */
#ifndef SIP_TRANSPORT_KEEPALIVE_H
#define SIP_TRANSPORT_KEEPALIVE_H

#include <sip/base.h>

#define SIP__KEEPALIVE_ANSWER_MS                                                                   \
    10000 /* RFC 5626 4.4.1: a flow without its pong by then is dead                               \
           */

/* True for a datagram of nothing but line breaks, blanks and zeros: phones send those to keep a NAT
 * open. */
bool sip__keepalive_is_datagram(sip_str bytes);

/* Of one stream. */
typedef struct sip__keepalive {
    sip_time_ms heard_ms; /* when the peer last sent anything */
    sip_time_ms sent_ms;  /* when our last ping left; 0: none is unanswered */
} sip__keepalive;

typedef enum sip__keepalive_action {
    SIP__KEEPALIVE_NOTHING,
    SIP__KEEPALIVE_PING, /* send a double CRLF now; it has been noted as sent */
    SIP__KEEPALIVE_DEAD  /* no answer came */
} sip__keepalive_action;

void sip__keepalive_init(sip__keepalive *keepalive, sip_time_ms now_ms);
/* Any bytes of the peer prove that the flow lives. */
void sip__keepalive_heard(sip__keepalive *keepalive, sip_time_ms now_ms);
/* interval_ms 0: no pings. */
sip__keepalive_action sip__keepalive_check(sip__keepalive *keepalive, sip_time_ms now_ms,
                                           uint32_t interval_ms);

#endif
