#include "dialog/usage.h"

/* Where the application's bytes begin: aligned for every type. */
static size_t data_offset(size_t bytes)
{
    size_t align = _Alignof(max_align_t);

    return (bytes + align - 1) / align * align;
}

void *dum__usage_create(dum_profile *profile, const dum__usage_class *class, size_t bytes,
                        size_t data_bytes)
{
    dum_manager *dum = profile->dum;
    dum__usage *usage = dum__alloc0(dum, data_offset(bytes) + data_bytes);

    if (usage == NULL) {
        return NULL;
    }
    if (dum__object_init(&usage->object, dum, &class->kind) != 0) {
        dum__free(dum, usage);
        return NULL;
    }
    usage->class = class;
    usage->profile = profile;
    sip_list_init(&usage->link);
    sip_list_append(&dum->usages, &usage->link);
    dum->n_usages++;
    return usage;
}

void *dum__usage_data(dum__usage *usage, size_t bytes)
{
    return (char *)usage + data_offset(bytes);
}

static void reap(dum__deferred *deferred)
{
    dum__usage_destroy(SIP_CONTAINER_OF(deferred, dum__usage, deferred));
}

void dum__usage_reap(dum__usage *usage)
{
    usage->ending = true;
    usage->terminated = true;
    usage->reaped = true;
    dum__object_finish(&usage->object);
    dum__turn_defer(&usage->object.dum->turn, &usage->deferred, reap);
}

void dum__usage_destroy(dum__usage *usage)
{
    dum_manager *dum = usage->object.dum;

    dum__turn_forget(&dum->turn, &usage->deferred);
    dum__object_finish(&usage->object);
    sip_list_remove(&usage->link);
    dum->n_usages--;
    usage->class->destroy(usage);
    if (dum->usage_gone != NULL) {
        dum->usage_gone(dum);
    }
}
