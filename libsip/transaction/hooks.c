#include "transaction/hooks.h"

/* One hook in one list; the hook itself may be in several. */
typedef struct hook_entry {
    sip_list link;
    const sip_tx_hook *hook; /* NULL: taken off while somebody walks here */
} hook_entry;

static uint32_t wanted(const sip_tx_hook *hook)
{
    return hook->events != 0 ? hook->events : UINT32_MAX;
}

static hook_entry *entry_of(sip_list *link)
{
    return SIP_CONTAINER_OF(link, hook_entry, link);
}

static hook_entry *find(sip__hooks *hooks, const sip_tx_hook *hook)
{
    for (sip_list *at = hooks->entries.next; at != &hooks->entries; at = at->next) {
        if (entry_of(at)->hook == hook) {
            return entry_of(at);
        }
    }
    return NULL;
}

static void drop(hook_entry *entry, const sip_allocator *allocator)
{
    sip_list_remove(&entry->link);
    sip_free(allocator, entry);
}

/* Free what was taken off, and note what is still wanted. */
static void sweep(sip__hooks *hooks, const sip_allocator *allocator)
{
    sip_list *at = hooks->entries.next;

    hooks->events = 0;
    while (at != &hooks->entries) {
        hook_entry *entry = entry_of(at);

        at = at->next;
        if (entry->hook == NULL) {
            drop(entry, allocator);
        } else {
            hooks->events |= wanted(entry->hook);
        }
    }
    hooks->unswept = false;
}

void sip__hooks_init(sip__hooks *hooks)
{
    *hooks = (sip__hooks){0};
    sip_list_init(&hooks->entries);
}

void sip__hooks_finish(sip__hooks *hooks, const sip_allocator *allocator)
{
    while (hooks->entries.next != NULL && !sip_list_is_empty(&hooks->entries)) {
        drop(entry_of(hooks->entries.next), allocator);
    }
    hooks->events = 0;
}

int sip__hooks_add(sip__hooks *hooks, const sip_allocator *allocator, const sip_tx_hook *hook)
{
    hook_entry *entry;

    if (hook == NULL || hook->fn == NULL) {
        return SIP_EINVAL;
    }
    if (find(hooks, hook) != NULL) {
        return SIP_ESTATE;
    }
    entry = sip_alloc0(allocator, sizeof(*entry));
    if (entry == NULL) {
        return SIP_ENOMEM;
    }
    entry->hook = hook;
    sip_list_init(&entry->link);
    sip_list_append(&hooks->entries, &entry->link);
    hooks->events |= wanted(hook);
    return 0;
}

void sip__hooks_remove(sip__hooks *hooks, const sip_allocator *allocator, const sip_tx_hook *hook)
{
    hook_entry *entry = hook != NULL ? find(hooks, hook) : NULL;

    if (entry == NULL) {
        return;
    }
    entry->hook = NULL;
    hooks->unswept = true;
    if (hooks->walkers == 0) {
        sweep(hooks, allocator);
    }
}

int sip__hooks_add_own(sip__hooks **own, const sip_allocator *allocator, const sip_tx_hook *hook)
{
    int err;

    if (*own == NULL) {
        *own = sip_alloc0(allocator, sizeof(**own));
        if (*own == NULL) {
            return SIP_ENOMEM;
        }
        sip__hooks_init(*own);
    }
    err = sip__hooks_add(*own, allocator, hook);
    if (err != 0 && sip_list_is_empty(&(*own)->entries)) {
        sip__hooks_drop_own(own, allocator);
    }
    return err;
}

void sip__hooks_drop_own(sip__hooks **own, const sip_allocator *allocator)
{
    if (*own != NULL) {
        sip__hooks_finish(*own, allocator);
        sip_free(allocator, *own);
        *own = NULL;
    }
}

void sip__hooks_tell(sip__hooks *hooks, const sip_allocator *allocator, const sip_tx_news *news)
{
    const uint32_t bit = SIP_TX_BIT(news->event);

    if ((hooks->events & bit) == 0) {
        return;
    }
    hooks->walkers++;
    for (sip_list *at = hooks->entries.next; at != &hooks->entries; at = at->next) {
        const sip_tx_hook *hook = entry_of(at)->hook;

        if (hook != NULL && (wanted(hook) & bit) != 0) {
            hook->fn(news, hook->user_data);
        }
    }
    hooks->walkers--;
    if (hooks->walkers == 0 && hooks->unswept) {
        sweep(hooks, allocator);
    }
}
