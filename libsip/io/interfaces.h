/* The addresses of this machine, by interface. */
#ifndef SIP_IO_INTERFACES_H
#define SIP_IO_INTERFACES_H

#include <sip/net.h>

#define SIP__INTERFACE_NAME_BYTES 64

typedef struct sip__interface {
    char name[SIP__INTERFACE_NAME_BYTES];
    sip_addr addr; /* port 0; link-local ones with their scope */
    bool loopback;
} sip__interface;

/* The addresses of all interfaces that are up, in the system's order; sip_free() the list.
 * @return 0, SIP_ENOMEM, SIP_EIO */
int sip__interfaces_list(const sip_allocator *allocator, sip__interface **ret_list, size_t *ret_n);

/* The same list, kept: asking the system takes longer than a datagram does. Zero-initialise. */
typedef struct sip__interface_cache {
    sip__interface *list;
    size_t n;
    sip_time_ms until_ms;
} sip__interface_cache;

/* Valid until the next call. @return as above */
int sip__interface_cache_list(sip__interface_cache *cache, const sip_allocator *allocator,
                              sip_time_ms now_ms, const sip__interface **ret_list, size_t *ret_n);
/* Addresses have changed, or the end: frees the list. */
void sip__interface_cache_drop(sip__interface_cache *cache, const sip_allocator *allocator);

/* True if `addr` (port aside) is one of the list, or of the loopback network. */
bool sip__interfaces_have(const sip__interface *list, size_t n, const sip_addr *addr);
/* A number that changes when an address comes or goes, or when the routing table chooses another
 * source for the world outside; the order of the interfaces does not matter.
 * @return 0, SIP_ENOMEM, SIP_EIO */
int sip__interfaces_mark(const sip_allocator *allocator, uint64_t *ret_mark);

#endif
