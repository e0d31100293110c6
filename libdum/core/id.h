/* Objects with a weak id: what every handle that an application gets begins with. */
#ifndef DUM_ID_H
#define DUM_ID_H

#include <dum/cause.h>

struct dum_manager;

/** The type of an object; compared by address. */
typedef struct dum__kind {
    const char *name; /**< "invite": for the log */
} dum__kind;

typedef struct dum__object {
    const dum__kind *kind;
    struct dum_manager *dum;
    dum_id id;
} dum__object;

/** Give the object its id and count it as live. @return 0 or SIP_ENOMEM (then nothing is undone) */
int dum__object_init(dum__object *object, struct dum_manager *dum, const dum__kind *kind);
/** Forget the id: from now on it is not found. The counterpart of a successful init; harmless when
 * done before. */
void dum__object_finish(dum__object *object);
/** The object with this id if it is of this kind, else NULL; `dum` may be NULL. */
void *dum__object_find(struct dum_manager *dum, dum_id id, const dum__kind *kind);

#endif
