/* A request as it goes on the wire: the given one with a Via on top and the Contact filled in, in
 * one pass and one allocation. */
#ifndef SIP_MESSAGE_PRINT_H
#define SIP_MESSAGE_PRINT_H

#include <sip/msg.h>

typedef struct sip__wire {
    sip_protocol protocol;
    sip_addr sent_by;     /* Via's sent-by and Contact's host and port */
    sip_str sent_by_host; /* instead of the numeric one in Via; empty: none */
    sip_str branch;
} sip__wire;

/* Via gets ";rport" (RFC 3581). *ret_msg has one reference and is an ordinary message. @return 0,
 * SIP_ENOMEM, SIP_ETOOBIG */
int sip__print_request(const sip_msg *msg, const sip__wire *wire, sip_msg **ret_msg);

/* The ACK to a non-2xx response (RFC 3261 17.1.1.3): `sent` is the INVITE as it was sent. */
int sip__print_ack(const sip_msg *sent, const sip_msg *response, sip_msg **ret_ack);
/* The CANCEL (9.1) of `sent`, same Via; extras may add a Reason. */
int sip__print_cancel(const sip_msg *sent, const sip_extras *extras, sip_msg **ret_cancel);

/* Mark a message that we sent (built ones are made with NULL source). */
void sip__msg_set_source(sip_msg *msg, const sip_path *source);
/* True if the message asked for a Contact that sip__print_request() has to fill in. */
bool sip__msg_wants_contact(const sip_msg *msg);

#endif
