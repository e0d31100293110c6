/* Names through c-ares on a loop, /etc/hosts included. */
#ifndef SIP_IO_ARES_RESOLVER_H
#define SIP_IO_ARES_RESOLVER_H

#include <sip/loop.h>
#include <sip/resolver.h>

/* @param name_servers  "192.0.2.1:53,[2001:db8::1]:53"; NULL: the system's
 * @return 0, SIP_ENOMEM, SIP_EINVAL (name_servers), SIP_EIO */
int sip__ares_resolver_create(const sip_allocator *allocator, sip_loop *loop,
                              const char *name_servers, sip_resolver **ret_resolver);

#endif
