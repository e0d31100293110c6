/* Names through c-ares on a loop; those in the hosts file have the addresses there and no other
 * records. Both files of the system are heeded when they change, also while questions are under
 * way. */
#ifndef SIP_IO_ARES_RESOLVER_H
#define SIP_IO_ARES_RESOLVER_H

#include <sip/loop.h>
#include <sip/resolver.h>

typedef struct sip__ares_config {
    const sip_allocator *allocator;
    sip_loop *loop;
    const char *name_servers; /* "192.0.2.1:53,[2001:db8::1]:53"; NULL: the system's */
    uint32_t timeout_ms;      /* of a first try; 0: 2,000 */
    uint32_t tries;           /* of each server; 0: 3 */
    const char *watched;      /* a file: when it has changed, all this is read anew before the next
                               * question; NULL: /etc/resolv.conf */
    const char *hosts;        /* NULL: /etc/hosts */
    uint32_t look_every_ms;   /* at the two files, at most; 0: 1,000 */
} sip__ares_config;

/* What is borrowed of `config` outlives the resolver. @return 0, SIP_ENOMEM, SIP_EINVAL
 * (name_servers), SIP_EIO */
int sip__ares_resolver_create(const sip__ares_config *config, sip_resolver **ret_resolver);

#endif
