/* UDP flows that are kept alive by STUN (RFC 5626 4.4.2): pinged at intervals, declared dead when
 * they do not answer. */
#ifndef SIP_STACK_KEEPER_H
#define SIP_STACK_KEEPER_H

#include "transport/flow_token.h"
#include <sip/containers.h>

/* Zeroed: keeps nothing. */
typedef struct sip__keeper {
    sip_worker *worker;
    sip_map flows; /* once there is one */
} sip__keeper;

/* Keep the flow between path->local and path->remote; interval_s 0: no more. @return 0 or
 * SIP_ENOMEM */
int sip__keeper_set(sip__keeper *keeper, sip_worker *worker, const sip_path *path,
                    uint32_t interval_s);
/* A STUN message that is no request came. */
void sip__keeper_receive(sip__keeper *keeper, const sip_path *from, sip_str bytes);
/* The number of the worker that asked for what is answered by `bytes`; UINT_MAX: it is none. */
unsigned sip__keeper_owner(sip_str bytes);
/* Nobody listens there, says ICMP: the end of a flow whose ping that quotes; others are asked. */
void sip__keeper_unreachable(sip__keeper *keeper, const sip_network_error *error);
void sip__keeper_finish(sip__keeper *keeper);

#endif
