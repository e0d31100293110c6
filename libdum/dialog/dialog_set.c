#include "dialog/dialog_set.h"

#include "dialog/dialog.h"

#include <string.h>

static sip_str keep(char **end, sip_str s)
{
    sip_str kept = {*end, s.len};

    if (s.len > 0) {
        memcpy(*end, s.ptr, s.len);
    }
    *end += s.len;
    return kept;
}

int dum__dialog_set_create(dum_manager *dum, sip_str call_id, sip_str local_tag,
                           dum__dialog_set **ret_set)
{
    dum__dialog_set *set = dum__alloc0(dum, sizeof *set + call_id.len + local_tag.len);
    dum__dialog_id id;
    char *end;

    if (set == NULL) {
        return SIP_ENOMEM;
    }
    end = set->bytes;
    set->dum = dum;
    sip_list_init(&set->dialogs);
    set->call_id = keep(&end, call_id);
    set->local_tag = keep(&end, local_tag);
    id = (dum__dialog_id){.call_id = set->call_id, .local_tag = set->local_tag};
    sip_map_insert(&dum->dialog_sets, dum__dialog_id_hash(&dum->dialog_sets, &id), &set->node);
    sip_stack_count_live(dum->stack, 1);
    *ret_set = set;
    return 0;
}

void dum__dialog_set_destroy(dum__dialog_set *set)
{
    if (set == NULL) {
        return;
    }
    while (!sip_list_is_empty(&set->dialogs)) {
        dum__dialog_destroy(SIP_CONTAINER_OF(set->dialogs.next, dum__dialog, link));
    }
    dum__credentials_finish(&set->auth, set->dum);
    sip_map_remove(&set->dum->dialog_sets, &set->node);
    sip_stack_count_live(set->dum->stack, -1);
    dum__free(set->dum, set);
}

dum__dialog_set *dum__dialog_set_find(const dum_manager *dum, const dum__dialog_id *id)
{
    uint64_t hash = dum__dialog_id_hash(&dum->dialog_sets, id);
    sip_map_node *node = sip_map_first(&dum->dialog_sets, hash);

    for (; node != NULL; node = sip_map_next(node)) {
        dum__dialog_set *set = SIP_CONTAINER_OF(node, dum__dialog_set, node);

        if (sip_str_same(set->call_id, id->call_id) &&
            sip_str_same(set->local_tag, id->local_tag)) {
            return set;
        }
    }
    return NULL;
}

dum__dialog *dum__dialog_set_dialog(const dum__dialog_set *set, sip_str remote_tag)
{
    for (sip_list *at = set->dialogs.next; at != &set->dialogs; at = at->next) {
        dum__dialog *dialog = SIP_CONTAINER_OF(at, dum__dialog, link);

        if (sip_str_same(dialog->remote_tag, remote_tag)) {
            return dialog;
        }
    }
    return NULL;
}
