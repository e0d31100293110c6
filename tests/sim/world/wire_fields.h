/* What the witness of a simulated world reads off a message on the wire. It shares no code with the
 * library's parser: what that gets wrong is not to be got wrong here too. */
#ifndef WIRE_FIELDS_H
#define WIRE_FIELDS_H

#include <sip/base.h>

typedef enum wire_method {
    WIRE_INVITE,
    WIRE_ACK,
    WIRE_CANCEL,
    WIRE_OTHER
} wire_method;

/* Texts are kept as hashes; 0: there is none. */
typedef struct wire_fields {
    bool is_request;
    wire_method method; /* of a response: the CSeq's */
    int status;
    bool busy;       /* with Retry-After */
    bool has_cookie; /* else `branch` is made of what RFC 2543 matches by */
    unsigned vias;
    uint64_t branch, sent_by; /* of the topmost Via */
    uint64_t next_branch;     /* of the one below */
    uint64_t uri, call, from, to, to_tag, bytes;
    uint32_t cseq, max_forwards;
} wire_fields;

uint64_t wire_hash(sip_str text);
uint64_t wire_mix(uint64_t a, uint64_t b);
/* False for what is no message: a keep-alive, garbage. */
bool wire_fields_read(sip_str bytes, wire_fields *ret_fields);

#endif
