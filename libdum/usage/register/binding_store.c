#include "usage/register/binding_store.h"

#include <sip/flow.h>
#include <string.h>

static dum__binding_set *set_of(sip_map_node *node)
{
    return SIP_CONTAINER_OF(node, dum__binding_set, node);
}

int dum__binding_store_init(dum__binding_store *store, dum_manager *dum,
                            void (*on_expired)(dum__binding_store *store,
                                               const dum__binding *binding))
{
    store->dum = dum;
    store->on_expired = on_expired;
    return sip_map_init(&store->sets, dum->allocator, sip_worker_random(dum->worker));
}

static void destroy_set(dum__binding_set *set)
{
    dum__binding_store *store = set->store;

    sip_map_remove(&store->sets, &set->node);
    sip_stack_count_live(store->dum->stack, -1);
    dum__free(store->dum, set);
}

void dum__binding_store_finish(dum__binding_store *store)
{
    sip_map_node *node;

    while (store->sets.count > 0 && (node = sip_map_any(&store->sets)) != NULL) {
        dum__binding_set *set = set_of(node);

        while (!sip_list_is_empty(&set->bindings)) {
            dum__binding *binding = SIP_CONTAINER_OF(set->bindings.next, dum__binding, link);

            dum__binding_unlink(binding);
            dum__binding_destroy(binding);
        }
        destroy_set(set);
    }
    sip_map_finish(&store->sets);
}

dum__binding_set *dum__binding_store_find(const dum__binding_store *store, sip_str aor)
{
    sip_map_node *node = sip_map_first(&store->sets, sip_map_hash(&store->sets, aor));

    while (node != NULL && !sip_str_same(set_of(node)->aor, aor)) {
        node = sip_map_next(node);
    }
    return node == NULL ? NULL : set_of(node);
}

int dum__binding_store_open(dum__binding_store *store, sip_str aor, dum__binding_set **ret_set)
{
    dum__binding_set *set = dum__binding_store_find(store, aor);

    if (set == NULL) {
        set = dum__alloc0(store->dum, sizeof *set + aor.len);
        if (set == NULL) {
            return SIP_ENOMEM;
        }
        set->store = store;
        memcpy(set->text, aor.ptr, aor.len);
        set->aor = (sip_str){set->text, aor.len};
        sip_list_init(&set->bindings);
        sip_map_insert(&store->sets, sip_map_hash(&store->sets, aor), &set->node);
        sip_stack_count_live(store->dum->stack, 1);
    }
    *ret_set = set;
    return 0;
}

void dum__binding_set_close(dum__binding_set *set)
{
    if (set->count == 0) {
        destroy_set(set);
    }
}

static void on_timer(void *arg)
{
    dum__binding *binding = arg;
    dum__binding_set *set = binding->set;
    dum__binding_store *store = set->store;

    dum__binding_unlink(binding);
    store->on_expired(store, binding);
    dum__binding_destroy(binding);
    dum__binding_set_close(set);
}

dum__binding *dum__binding_create(dum__binding_set *set, const dum__binding_facts *facts)
{
    dum_manager *dum = set->store->dum;
    size_t contact_len = facts->contact.len, call_id_len = facts->call_id.len;
    dum__binding *binding = dum__alloc0(dum, sizeof *binding + contact_len + call_id_len);

    if (binding == NULL) {
        return NULL;
    }
    sip_list_init(&binding->link);
    binding->set = set;
    sip_timer_init(&binding->timer, on_timer, binding);
    binding->expires_ms = sip_worker_now_ms(dum->worker) + (sip_time_ms)facts->expires_s * 1000;
    if (facts->path != NULL) {
        binding->path = *facts->path;
    }
    memcpy(binding->text, facts->contact.ptr, contact_len);
    binding->contact = (sip_str){binding->text, contact_len};
    if (call_id_len > 0) {
        memcpy(binding->text + contact_len, facts->call_id.ptr, call_id_len);
    }
    binding->call_id = (sip_str){binding->text + contact_len, call_id_len};
    binding->cseq = facts->cseq;
    binding->q_permille = facts->q_permille;
    binding->has_q = facts->has_q;
    return binding;
}

void dum__binding_destroy(dum__binding *binding)
{
    if (binding != NULL) {
        dum__free(binding->set->store->dum, binding);
    }
}

static sip_time_ms left_ms(const dum__binding *binding)
{
    sip_time_ms now = sip_worker_now_ms(binding->set->store->dum->worker);

    return binding->expires_ms > now ? binding->expires_ms - now : 0;
}

void dum__binding_link(dum__binding *binding)
{
    sip_list *at = binding->set->bindings.next;

    while (at != &binding->set->bindings &&
           SIP_CONTAINER_OF(at, dum__binding, link)->q_permille >= binding->q_permille) {
        at = at->next;
    }
    sip_list_append(at, &binding->link); /* that is, right before `at` */
    binding->set->count++;
    sip_timer_set(binding->set->store->dum->worker, &binding->timer, (uint32_t)left_ms(binding));
}

void dum__binding_unlink(dum__binding *binding)
{
    sip_list_remove(&binding->link);
    binding->set->count--;
    sip_timer_clear(binding->set->store->dum->worker, &binding->timer);
}

bool dum__binding_is_for(const dum__binding *binding, const sip_uri *contact)
{
    sip_uri own;

    return sip_uri_parse(binding->contact, &own) == 0 && sip_uri_equal(&own, contact);
}

bool dum__binding_is_lost(const dum__binding *binding)
{
    sip_uri own;

    return binding->path.flow != 0 && sip_uri_parse(binding->contact, &own) == 0 &&
           sip_contact_is_hidden(&own, &binding->path) &&
           !sip_stack_flow_lives(binding->set->store->dum->stack, &binding->path);
}

dum_binding dum__binding_view(const dum__binding *binding)
{
    return (dum_binding){
        .aor = binding->set->aor,
        .contact = binding->contact,
        .q_permille = binding->q_permille,
        .expires_s = (uint32_t)((left_ms(binding) + 999) / 1000),
        .call_id = binding->call_id,
        .cseq = binding->cseq,
        .path = binding->path,
    };
}
