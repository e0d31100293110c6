/* Makes WebSocket channels for a stream transport. */
#ifndef SIP_TRANSPORT_WS_FACTORY_H
#define SIP_TRANSPORT_WS_FACTORY_H

#include "transport/ws_channel.h"

/* @param config  host and client are not looked at: each channel has its own. Path is copied,
 * origins borrowed
 * @return 0 or SIP_ENOMEM */
int sip__ws_factory_create(const sip__ws_config *config, sip__channel_factory **ret_factory);

#endif
