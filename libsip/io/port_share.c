#define _GNU_SOURCE
#include "io/port_share.h"
#include "io/socket_address.h"
#include <errno.h>
#include <unistd.h>

/* Sockets that share a port do not ask whose the others are: whoever else has it is found by asking
 * for it alone. */
static int probe(int type, const char *device, sip_addr *bind_to)
{
    struct sockaddr_storage name;
    sip_addr got;
    socklen_t len;
    int on = 1;
    int code;
    int fd = sip__socket_open(bind_to, type);

    if (fd < 0) {
        return -fd;
    }
    code = sip__socket_bind_device(fd, device);
    if (type == SOCK_STREAM) { /* what has closed of late is in nobody's way */
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    }
    sip__sockaddr_of(bind_to, &name, &len);
    if (code == 0 && bind(fd, (struct sockaddr *)&name, len) != 0) {
        code = errno;
    }
    if (code == 0) {
        sip__socket_local(fd, &got);
        bind_to->port = got.port;
    }
    close(fd);
    return code;
}

int sip__port_share(int fd, sip__port_use use, int type, const char *device, sip_addr *bind)
{
    int code = 0;

    switch (use) {
    case SIP__PORT_ALONE:
        return 0;
    case SIP__PORT_FIRST:
        code = probe(type, device, bind);
        break;
    case SIP__PORT_NEXT:
        break;
    }
    return code != 0 ? code : sip__port_share_allow(fd);
}
