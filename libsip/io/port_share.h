/* One port for several sockets of ours, and for nobody else's. */
#ifndef SIP_IO_PORT_SHARE_H
#define SIP_IO_PORT_SHARE_H

#include <sip/net.h>

typedef enum sip__port_use {
    SIP__PORT_ALONE, /* one socket has it */
    SIP__PORT_FIRST, /* the first of several: refused if the port is another process's */
    SIP__PORT_NEXT   /* a further one, at the address and port of the first */
} sip__port_use;

/* Before a socket of type SOCK_… is bound to `bind`, whose port becomes that which the first one
 * will have. @return 0 or an errno */
int sip__port_share(int fd, sip__port_use use, int type, const char *device, sip_addr *bind);

/* ---- port_share_linux.c, port_share_portable.c */

/* Let `fd` be bound beside others. @return 0 or an errno */
int sip__port_share_allow(int fd);
/* True if the system spreads connections over the listeners that share a port. */
bool sip__port_share_spreads(void);

#endif
