/* STUN's binding request and its answer (RFC 8489), as far as keeping a UDP flow alive needs them
 * (RFC 5626 3.5.2, 4.4.2, 8): without credentials, on the port of SIP. */
#ifndef SIP_TRANSPORT_STUN_H
#define SIP_TRANSPORT_STUN_H

#include <sip/net.h>

#define SIP__STUN_ID_BYTES 12
#define SIP__STUN_MAX_UNKNOWN 8  /* attributes that a refusal names */
#define SIP__STUN_PRINT_BYTES 80 /* room for anything printed here */

typedef enum sip__stun_kind {
    SIP__STUN_REQUEST,
    SIP__STUN_SUCCESS,
    SIP__STUN_ERROR,
    SIP__STUN_OTHER /* indications, and methods that are not Binding */
} sip__stun_kind;

typedef struct sip__stun {
    sip__stun_kind kind;
    uint8_t id[SIP__STUN_ID_BYTES];
    sip_addr mapped; /* of a success: how the server sees us; family none: not said */
    int status;      /* of an error: 300-699; 0: not said */
    uint16_t unknown[SIP__STUN_MAX_UNKNOWN]; /* attributes that must be and are not understood */
    size_t n_unknown;
} sip__stun;

/* True for a datagram that is STUN and no SIP: length, magic cookie and the first two bits say so.
 */
bool sip__stun_is(sip_str datagram);
/* Read one. @return 0, or SIP_ESYNTAX */
int sip__stun_read(sip_str datagram, sip__stun *ret_stun);
/* Print a binding request. @return its length */
size_t sip__stun_print_request(const uint8_t id[SIP__STUN_ID_BYTES],
                               uint8_t out[SIP__STUN_PRINT_BYTES]);
/* Print the answer to a request from `remote`: what its address looks like from here, or 420 if it
 * wants what is not understood. @return its length */
size_t sip__stun_print_answer(const sip__stun *request, const sip_addr *remote,
                              uint8_t out[SIP__STUN_PRINT_BYTES]);

#endif
