#include "usage/register/binding_update.h"

static dum__binding_change *change_of(sip_list *link)
{
    return SIP_CONTAINER_OF(link, dum__binding_change, link);
}

void dum__binding_update_init(dum__binding_update *update, dum__binding_set *set)
{
    *update = (dum__binding_update){.set = set};
    sip_list_init(&update->changes);
}

static bool is_out_of_order(const dum__binding *binding, sip_str call_id, uint32_t cseq)
{
    return sip_str_same(binding->call_id, call_id) && cseq <= binding->cseq;
}

static int add_change(dum__binding_update *update, dum__binding *old, dum__binding *fresh)
{
    dum__binding_change *change = dum__alloc0(update->set->store->dum, sizeof *change);

    if (change == NULL) {
        return SIP_ENOMEM;
    }
    change->old = old;
    change->fresh = fresh;
    sip_list_init(&change->link);
    sip_list_append(&update->changes, &change->link);
    return 0;
}

/* The change that already brings this contact: the same one was named twice. */
static dum__binding_change *find_change(const dum__binding_update *update, const sip_uri *uri)
{
    for (sip_list *at = update->changes.next; at != &update->changes; at = at->next) {
        dum__binding_change *change = change_of(at);

        if (change->fresh != NULL && dum__binding_is_for(change->fresh, uri)) {
            return change;
        }
    }
    return NULL;
}

static bool is_claimed(const dum__binding_update *update, const dum__binding *binding)
{
    for (sip_list *at = update->changes.next; at != &update->changes; at = at->next) {
        if (change_of(at)->old == binding) {
            return true;
        }
    }
    return false;
}

/* The binding of this contact that no other change replaces or removes: equality of URIs is not
 * transitive (RFC 3261 19.1.4), so two contacts that differ may both be equal to one binding. */
static dum__binding *find_old(const dum__binding_update *update, const sip_uri *uri)
{
    sip_list *bindings = &update->set->bindings;

    for (sip_list *at = bindings->next; at != bindings; at = at->next) {
        dum__binding *binding = SIP_CONTAINER_OF(at, dum__binding, link);

        if (dum__binding_is_for(binding, uri) && !is_claimed(update, binding)) {
            return binding;
        }
    }
    return NULL;
}

static void drop_change(dum__binding_update *update, dum__binding_change *change)
{
    sip_list_remove(&change->link);
    dum__binding_destroy(change->fresh);
    dum__free(update->set->store->dum, change);
}

int dum__binding_update_put(dum__binding_update *update, const dum__binding_facts *facts,
                            const sip_uri *uri)
{
    dum__binding_change *earlier = find_change(update, uri);
    dum__binding *old = earlier != NULL ? earlier->old : find_old(update, uri), *fresh = NULL;
    int err;

    if (old != NULL && is_out_of_order(old, facts->call_id, facts->cseq)) {
        return SIP_ESTATE;
    }
    if (earlier != NULL) {
        drop_change(update, earlier);
    }
    if (facts->expires_s > 0) {
        fresh = dum__binding_create(update->set, facts);
        if (fresh == NULL) {
            return SIP_ENOMEM;
        }
    } else if (old == NULL) {
        return 0;
    }
    err = add_change(update, old, fresh);
    if (err != 0) {
        dum__binding_destroy(fresh);
    }
    return err;
}

int dum__binding_update_clear(dum__binding_update *update, sip_str call_id, uint32_t cseq)
{
    sip_list *bindings = &update->set->bindings;

    for (sip_list *at = bindings->next; at != bindings; at = at->next) {
        dum__binding *binding = SIP_CONTAINER_OF(at, dum__binding, link);

        if (is_out_of_order(binding, call_id, cseq)) {
            return SIP_ESTATE;
        }
        if (add_change(update, binding, NULL) != 0) {
            return SIP_ENOMEM;
        }
    }
    return 0;
}

int dum__binding_update_drop_lost(dum__binding_update *update)
{
    sip_list *bindings = &update->set->bindings;
    int err = 0;

    for (sip_list *at = bindings->next; err == 0 && at != bindings; at = at->next) {
        dum__binding *binding = SIP_CONTAINER_OF(at, dum__binding, link);

        if (dum__binding_is_lost(binding) && !is_claimed(update, binding)) {
            err = add_change(update, binding, NULL);
        }
    }
    return err;
}

size_t dum__binding_update_count(const dum__binding_update *update)
{
    size_t added = 0, removed = 0;

    for (sip_list *at = update->changes.next; at != &update->changes; at = at->next) {
        const dum__binding_change *change = change_of(at);

        added += change->fresh != NULL ? 1 : 0;
        removed += change->old != NULL ? 1 : 0;
    }
    return update->set->count + added - removed;
}

void dum__binding_update_commit(dum__binding_update *update)
{
    for (sip_list *at = update->changes.next; at != &update->changes; at = at->next) {
        dum__binding_change *change = change_of(at);

        if (change->old != NULL) {
            dum__binding_unlink(change->old);
        }
        if (change->fresh != NULL) {
            dum__binding_link(change->fresh);
        }
    }
    update->committed = true;
}

void dum__binding_update_undo(dum__binding_update *update)
{
    for (sip_list *at = update->changes.next; at != &update->changes; at = at->next) {
        dum__binding_change *change = change_of(at);

        if (change->fresh != NULL) {
            dum__binding_unlink(change->fresh);
        }
        if (change->old != NULL) {
            dum__binding_link(change->old);
        }
    }
    update->committed = false;
}

void dum__binding_update_finish(dum__binding_update *update)
{
    while (!sip_list_is_empty(&update->changes)) {
        dum__binding_change *change = change_of(update->changes.next);

        sip_list_remove(&change->link);
        dum__binding_destroy(update->committed ? change->old : change->fresh);
        dum__free(update->set->store->dum, change);
    }
}
