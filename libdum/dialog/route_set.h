/* Route sets (RFC 3261 12.1, 12.2.1.1): values of Record-Route in the order that we send them, one
 * after the other in one exact-size block, parted by line feeds. */
#ifndef DUM_ROUTE_SET_H
#define DUM_ROUTE_SET_H

#include "core/context.h"

/** Take the Record-Route of a message: as it stands (we are the UAS, 12.1.1) or reversed (UAC,
 * 12.1.2). Without one *ret_routes is NULL. @return 0 or SIP_ENOMEM */
int dum__route_set_create(const dum_manager *dum, const sip_msg *msg, bool reversed,
                          char **ret_routes);
/** The i-th value; ptr NULL past the end. `routes` may be NULL. */
sip_str dum__route_set_value(const char *routes, size_t i);
/** True if the first value is a strict router: it has no lr parameter. */
bool dum__route_set_is_strict(const char *routes);
/** The Request-URI for a remote target behind these routes: the target, or the strict router's own
 * URI without what a Request-URI may not have. */
sip_str dum__route_set_request_uri(const char *routes, sip_str target);
/** Add the Route headers: the values, or for a strict router all but the first and then the
 * target. */
void dum__route_set_add(const char *routes, sip_str target, sip_build *build);

#endif
