#include "transaction/response_path.h"

static bool is_for_maddr(const sip_via *via, const sip_path *source, bool obeys_maddr,
                         sip_addr *ret_maddr)
{
    return via->maddr.len > 0 && sip_addr_parse(via->maddr, 0, ret_maddr) == 0 &&
           ret_maddr->family == source->remote.family &&
           (obeys_maddr || sip_addr_is_multicast(ret_maddr));
}

void sip__response_path_find(const sip_via *via, const sip_path *source, bool obeys_maddr,
                             sip__response_path *ret_path)
{
    uint16_t port = via->port != 0 ? via->port : sip_protocol_default_port(source->protocol);
    sip__response_path path = {.path = *source};
    sip_addr maddr;

    if (sip_protocol_is_reliable(source->protocol)) {
        path.fallback_port = port;
    } else if (is_for_maddr(via, source, obeys_maddr, &maddr)) {
        path.path.remote = maddr;
        path.path.remote.port = port;
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
