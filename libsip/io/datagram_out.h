/* A socket for datagrams to one address that nobody answers: what cannot leave at once is lost. */
#ifndef SIP_IO_DATAGRAM_OUT_H
#define SIP_IO_DATAGRAM_OUT_H

#include <sip/net.h>

/* @return a descriptor, SIP_EIO */
int sip__datagram_out_open(const sip_addr *to);
void sip__datagram_out_send(int fd, sip_str bytes);
/* Closes; below 0 is fine. */
void sip__datagram_out_close(int fd);

#endif
