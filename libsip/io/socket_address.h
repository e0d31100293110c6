/* sip_addr as the system's socket calls want it, and the system's errors as a person wants them. */
#ifndef SIP_IO_SOCKET_ADDRESS_H
#define SIP_IO_SOCKET_ADDRESS_H

#include <sip/net.h>
#include <sys/socket.h>

/* Fill `ret` (also its length) from `addr`, whose family is set. */
void sip__sockaddr_of(const sip_addr *addr, struct sockaddr_storage *ret, socklen_t *ret_len);
/* Zeroed for a family that is not IP; a v4-mapped address comes as v4. */
void sip__sockaddr_read(const struct sockaddr_storage *from, sip_addr *ret_addr);
/* The bound address of a socket; zeroed if there is none. */
void sip__socket_local(int fd, sip_addr *ret_addr);
/* A new non-blocking, close-on-exec socket of type SOCK_…; for IPv6 it speaks IPv6 only. @return
 * descriptor or -errno */
int sip__socket_open(const sip_addr *addr, int type);
/* Bind to the interface `device` (NULL or empty: nothing to do). @return 0 or an errno */
int sip__socket_bind_device(int fd, const char *device);
/* Have what it sends marked for routers: dscp 0..63, 0: nothing to do. @return 0 or an errno */
int sip__socket_mark(int fd, sip_family family, uint8_t dscp);
/* Hear what is sent to the multicast group `group`, on the interface of its scope or on `device`
 * (NULL or empty: the system's choice), beside others of this machine who do: before the socket is
 * bound to it. @return 0 or an errno */
int sip__socket_join(int fd, const sip_addr *group, const char *device);
/* The system's words for errno `code`, written to `out`; returns `out`. */
const char *sip__system_error_text(int code, char *out, size_t size);

#endif
