#define _GNU_SOURCE
#include "io/port_share.h"
#include <errno.h>
#include <sys/socket.h>

/* All datagrams may then come to one of the sockets, from where they are passed on. */
int sip__port_share_allow(int fd)
{
#ifdef SO_REUSEPORT
    int on = 1;

    return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0 ? 0 : errno;
#else
    (void)fd;
    return EADDRINUSE;
#endif
}

bool sip__port_share_spreads(void)
{
    return false;
}
