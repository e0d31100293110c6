#include "core/id.h"

#include "core/context.h"

int dum__object_init(dum__object *object, dum_manager *dum, const dum__kind *kind)
{
    int err = sip_id_table_add(&dum->ids, object, &object->id);

    if (err != 0) {
        return err;
    }
    object->kind = kind;
    object->dum = dum;
    sip_stack_count_live(dum->stack, 1);
    return 0;
}

void dum__object_finish(dum__object *object)
{
    if (object->id == 0) {
        return;
    }
    sip_id_table_remove(&object->dum->ids, object->id);
    object->id = 0;
    sip_stack_count_live(object->dum->stack, -1);
}

void *dum__object_find(dum_manager *dum, dum_id id, const dum__kind *kind)
{
    dum__object *object = dum == NULL || id == 0 ? NULL : sip_id_table_find(&dum->ids, id);

    return object != NULL && object->kind == kind ? object : NULL;
}
