/* Route sets (RFC 3261 12.1), as sip_dialog_facts takes them: values of Record-Route in the order
 * that we send them, one after the other in one exact-size block, parted by line feeds. */
#ifndef DUM_ROUTE_SET_H
#define DUM_ROUTE_SET_H

#include "core/context.h"

/** Take the Record-Route of a message: as it stands (we are the UAS, 12.1.1) or reversed (UAC,
 * 12.1.2). Without one *ret_routes is NULL. @return 0 or SIP_ENOMEM */
int dum__route_set_create(const dum_manager *dum, const sip_msg *msg, bool reversed,
                          char **ret_routes);
/** The i-th value; ptr NULL past the end. `routes` may be NULL. */
sip_str dum__route_set_value(const char *routes, size_t i);

#endif
