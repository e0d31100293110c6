/* Tells when this machine's addresses, or the source that its routes choose, have changed. */
#ifndef SIP_IO_ADDRESS_WATCH_H
#define SIP_IO_ADDRESS_WATCH_H

#include <sip/loop.h>

typedef struct sip__address_watch sip__address_watch;

/* `fn` is called on the loop once things have settled for 200 ms after a change, and only if there
 * is one. @return 0, SIP_ENOMEM, SIP_EIO */
int sip__address_watch_create(const sip_allocator *allocator, sip_loop *loop, void (*fn)(void *arg),
                              void *arg, sip__address_watch **ret_watch);
/* Also from inside fn. NULL is fine. */
void sip__address_watch_destroy(sip__address_watch *watch);

#endif
