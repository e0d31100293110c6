#include "transport/barriers.h"

typedef struct barrier {
    sip_list link;
    sip__barrier_kind kind;
    sip_addr a, b;
} barrier;

void sip__barriers_init(sip__barriers *barriers, const sip_allocator *allocator)
{
    barriers->allocator = allocator;
    sip_list_init(&barriers->list);
}

static void take_away(sip__barriers *barriers, barrier *it)
{
    sip_list_remove(&it->link);
    sip_free(barriers->allocator, it);
}

void sip__barriers_finish(sip__barriers *barriers)
{
    while (!sip_list_is_empty(&barriers->list)) {
        take_away(barriers, SIP_CONTAINER_OF(barriers->list.next, barrier, link));
    }
}

static bool is_between(const barrier *it, const sip_addr *a, const sip_addr *b)
{
    if (it->kind != SIP__BARRIER_APART) {
        return sip_addr_same_host(&it->a, a);
    }
    return b != NULL && ((sip_addr_same_host(&it->a, a) && sip_addr_same_host(&it->b, b)) ||
                         (sip_addr_same_host(&it->a, b) && sip_addr_same_host(&it->b, a)));
}

static barrier *find(const sip__barriers *barriers, sip__barrier_kind kind, const sip_addr *a,
                     const sip_addr *b)
{
    for (sip_list *at = barriers->list.next; at != &barriers->list; at = at->next) {
        barrier *it = SIP_CONTAINER_OF(at, barrier, link);

        if (it->kind == kind && is_between(it, a, b)) {
            return it;
        }
    }
    return NULL;
}

int sip__barriers_set(sip__barriers *barriers, sip__barrier_kind kind, const sip_addr *a,
                      const sip_addr *b, bool is_up)
{
    barrier *it = find(barriers, kind, a, b);

    if (!is_up) {
        if (it != NULL) {
            take_away(barriers, it);
        }
        return 0;
    }
    if (it != NULL) {
        return 0;
    }
    it = sip_alloc0(barriers->allocator, sizeof *it);
    if (it == NULL) {
        return SIP_ENOMEM;
    }
    it->kind = kind;
    it->a = *a;
    if (b != NULL) {
        it->b = *b;
    }
    sip_list_init(&it->link);
    sip_list_append(&barriers->list, &it->link);
    return 0;
}

bool sip__barriers_has(const sip__barriers *barriers, sip__barrier_kind kind, const sip_addr *a,
                       const sip_addr *b)
{
    return find(barriers, kind, a, b) != NULL;
}

bool sip__barriers_between(const sip__barriers *barriers, const sip_addr *a, const sip_addr *b)
{
    return find(barriers, SIP__BARRIER_CUT, a, NULL) != NULL ||
           find(barriers, SIP__BARRIER_CUT, b, NULL) != NULL ||
           find(barriers, SIP__BARRIER_APART, a, b) != NULL;
}
