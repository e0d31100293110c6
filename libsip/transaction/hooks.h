/* The observers of transactions (sip/hook.h): those of a layer, and of one transaction. Where there
 * are none an event costs one test. */
#ifndef SIP_TRANSACTION_HOOKS_H
#define SIP_TRANSACTION_HOOKS_H

#include <sip/containers.h>
#include <sip/hook.h>

typedef struct sip__hooks {
    sip_list entries;
    uint32_t events;  /* that any of them wants */
    unsigned walkers; /* calls of sip__hooks_tell() under way */
    bool unswept;     /* entries without a hook lie about */
} sip__hooks;

void sip__hooks_init(sip__hooks *hooks);
/* Takes zeroed ones. */
void sip__hooks_finish(sip__hooks *hooks, const sip_allocator *allocator);
/* @return 0, SIP_EINVAL, SIP_ESTATE (added before), SIP_ENOMEM */
int sip__hooks_add(sip__hooks *hooks, const sip_allocator *allocator, const sip_tx_hook *hook);
void sip__hooks_remove(sip__hooks *hooks, const sip_allocator *allocator, const sip_tx_hook *hook);
/* Those of one transaction are made when the first is added. */
int sip__hooks_add_own(sip__hooks **own, const sip_allocator *allocator, const sip_tx_hook *hook);
void sip__hooks_drop_own(sip__hooks **own, const sip_allocator *allocator);
void sip__hooks_tell(sip__hooks *hooks, const sip_allocator *allocator, const sip_tx_news *news);

/* `own` may be NULL. */
static inline bool sip__hooks_want(const sip__hooks *all, const sip__hooks *own, sip_tx_event event)
{
    return ((all->events | (own != NULL ? own->events : 0)) >> event & 1) != 0;
}

#endif
