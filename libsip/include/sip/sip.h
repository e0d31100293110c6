/* All of libsip. */
#ifndef SIP_SIP_H
#define SIP_SIP_H

#include <sip/base.h>
#include <sip/body.h>
#include <sip/build.h>
#include <sip/conference_info.h>
#include <sip/containers.h>
#include <sip/datetime.h>
#include <sip/dialog_info.h>
#include <sip/digest.h>
#include <sip/header.h>
#include <sip/header_type.h>
#include <sip/headers.h>
#include <sip/headers_call.h>
#include <sip/headers_core.h>
#include <sip/headers_network.h>
#include <sip/imdn.h>
#include <sip/iscomposing.h>
#include <sip/loop.h>
#include <sip/msg.h>
#include <sip/negotiate.h>
#include <sip/net.h>
#include <sip/pidf.h>
#include <sip/pidf_diff.h>
#include <sip/policy.h>
#include <sip/reginfo.h>
#include <sip/relay.h>
#include <sip/resolver.h>
#include <sip/resource_lists.h>
#include <sip/rlmi.h>
#include <sip/sdp.h>
#include <sip/sdp_attribute.h>
#include <sip/sim.h>
#include <sip/stack.h>
#include <sip/trace.h>
#include <sip/transport.h>
#include <sip/tu.h>
#include <sip/uri.h>
#include <sip/watcherinfo.h>
#include <sip/xml.h>

#endif
