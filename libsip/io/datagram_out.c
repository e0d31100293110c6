#define _GNU_SOURCE
#include "io/datagram_out.h"
#include "io/socket_address.h"
#include <unistd.h>

int sip__datagram_out_open(const sip_addr *to)
{
    struct sockaddr_storage name;
    socklen_t len;
    int fd = sip__socket_open(to, SOCK_DGRAM);

    if (fd < 0) {
        return SIP_EIO;
    }
    sip__sockaddr_of(to, &name, &len);
    if (connect(fd, (struct sockaddr *)&name, len) != 0) {
        close(fd);
        return SIP_EIO;
    }
    return fd;
}

void sip__datagram_out_send(int fd, sip_str bytes)
{
    /* The first try may give the refusal of an earlier datagram. */
    if (send(fd, bytes.ptr, bytes.len, 0) < 0) {
        (void)send(fd, bytes.ptr, bytes.len, 0);
    }
}

void sip__datagram_out_close(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}
