/* One channel on another: WebSocket over TLS. */
#ifndef SIP_TRANSPORT_CHANNEL_STACK_H
#define SIP_TRANSPORT_CHANNEL_STACK_H

#include "transport/channel.h"

/* A factory whose channels are `upper`'s on `lower`'s. Both are taken over, also on failure.
 * @return 0 or SIP_ENOMEM */
int sip__channel_stack_factory_create(const sip_allocator *allocator, sip__channel_factory *lower,
                                      sip__channel_factory *upper,
                                      sip__channel_factory **ret_factory);

#endif
