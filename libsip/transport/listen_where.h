/* "PROTOCOL:HOST:PORT", where HOST may be an address, an interface or everything. */
#ifndef SIP_TRANSPORT_LISTEN_WHERE_H
#define SIP_TRANSPORT_LISTEN_WHERE_H

#include "io/interfaces.h"

#define SIP__LISTEN_ADDRS 16 /* of one interface */

typedef struct sip__listen_where {
    sip_protocol protocol; /* NONE: unknown, then protocol_name is all that is set */
    sip_str protocol_name;
    sip_addr addrs[SIP__LISTEN_ADDRS]; /* with the port */
    size_t n_addrs;
    bool by_interface;                      /* they are those of an interface as of now */
    char device[SIP__INTERFACE_NAME_BYTES]; /* "*%eth0": bind to it; empty: none */
} sip__listen_where;

/* @param interfaces  of this machine, `n` of them
 * @return 0, or SIP_EINVAL with what is wrong in *ret_why (static) */
int sip__listen_where_parse(const char *text, const sip__interface *interfaces, size_t n,
                            sip__listen_where *ret_where, const char **ret_why);

#endif
