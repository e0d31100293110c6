/* A request as it goes on the wire: the given one with a Via on top and the Contact filled in, in
 * one pass and one allocation. */
#ifndef SIP_MESSAGE_PRINT_H
#define SIP_MESSAGE_PRINT_H

#include <sip/msg.h>

typedef struct sip__wire {
    sip_protocol protocol;
    sip_addr sent_by;     /* Via's sent-by and Contact's host and port */
    sip_str sent_by_host; /* instead of the numeric one; empty: none */
    sip_addr contact;     /* what Contact says instead of both; family none: the same */
    sip_str branch;
    const sip_addr *maddr; /* the multicast group that it goes to; NULL: none */
    bool alias;            /* Via says "alias" (RFC 5923) */
    bool keep;             /* and "keep" (RFC 6223) */
} sip__wire;

/* Via gets ";rport" (RFC 3581). *ret_msg has one reference and is an ordinary message. @return 0,
 * SIP_ENOMEM, SIP_ETOOBIG */
int sip__print_request(const sip_msg *msg, const sip__wire *wire, sip_msg **ret_msg);

/* The answer to this request asks for keep-alives every `keep_s` seconds, if its Via offers them
 * (RFC 6223 4.3). */
void sip__msg_set_keep(sip_msg *msg, uint32_t keep_s);
/* The sender of this request sees us at `host` (as in a URI, copied) and `port`: what Contact of
 * the answer says. @return 0 or SIP_ENOMEM */
int sip__msg_set_seen(sip_msg *msg, sip_str host, uint16_t port);
/* Mark a message that we sent (built ones are made with NULL source). */
void sip__msg_set_source(sip_msg *msg, const sip_path *source);
/* Mark a request whose Request-URI is that of a strict router: routes follow, but it is the next
 * hop (RFC 3261 8.1.2). Requests made by sip_build_in_dialog() are. */
void sip__msg_set_to_strict(sip_msg *msg);
bool sip__msg_is_to_strict(const sip_msg *msg);

#endif
