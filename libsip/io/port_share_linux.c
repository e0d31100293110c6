#define _GNU_SOURCE
#include "io/port_share.h"
#include <errno.h>
#include <sys/socket.h>

int sip__port_share_allow(int fd)
{
    int on = 1;

    return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0 ? 0 : errno;
}

bool sip__port_share_spreads(void)
{
    return true;
}
