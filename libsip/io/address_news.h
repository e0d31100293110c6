/* Hints that this machine's addresses or routes may have changed: the system's on Linux, a timer's
 * elsewhere. */
#ifndef SIP_IO_ADDRESS_NEWS_H
#define SIP_IO_ADDRESS_NEWS_H

#include <sip/loop.h>

typedef struct sip__address_news sip__address_news;

/* `fn` is called on the loop, more often than something changes. @return 0, SIP_ENOMEM, SIP_EIO */
int sip__address_news_open(const sip_allocator *allocator, sip_loop *loop, void (*fn)(void *arg),
                           void *arg, sip__address_news **ret_news);
/* Not from inside fn. NULL is fine. */
void sip__address_news_close(sip__address_news *news);

#endif
