#include "transaction/response_path.h"

void sip__response_path_find(const sip_via *via, const sip_path *source,
                             sip__response_path *ret_path)
{
    uint16_t port = via->port != 0 ? via->port : sip_protocol_default_port(source->protocol);
    sip__response_path path = {.path = *source};
    sip_addr maddr;

    if (sip_protocol_is_reliable(source->protocol)) {
        path.fallback_port = port;
    } else if (via->maddr.len > 0 && sip_addr_parse(via->maddr, port, &maddr) == 0 &&
               maddr.family == source->remote.family) {
        path.path.remote = maddr;
    } else if (!via->has_rport) {
        path.path.remote.port = port;
    }
    *ret_path = path;
}

bool sip__response_path_fall_back(sip__response_path *path)
{
    if (path->fallback_port == 0) {
        return false;
    }
    path->path.flow = 0;
    path->path.remote.port = path->fallback_port;
    path->fallback_port = 0;
    return true;
}
