/* A dialog set: the dialogs that one request of ours made (forks), or the one that a request to us
 * made. They share Call-ID, our tag and our credentials. */
#ifndef DUM_DIALOG_SET_H
#define DUM_DIALOG_SET_H

#include "dialog/dialog_id.h"
#include "dialog/usage.h"

struct dum__dialog;

typedef struct dum__dialog_set {
    sip_map_node node; /* in dum_manager.dialog_sets */
    dum_manager *dum;
    sip_list dialogs; /* dum__dialog.link */
    dum__credentials auth;
    sip_str call_id, local_tag; /* in `bytes` */
    char bytes[];
} dum__dialog_set;

/** Make an empty set. @return 0 or SIP_ENOMEM */
int dum__dialog_set_create(dum_manager *dum, sip_str call_id, sip_str local_tag,
                           dum__dialog_set **ret_set);
/** Free it with the dialogs that are left. NULL is fine. */
void dum__dialog_set_destroy(dum__dialog_set *set);
/** The set with this Call-ID and local tag, or NULL. */
dum__dialog_set *dum__dialog_set_find(const dum_manager *dum, const dum__dialog_id *id);
/** The dialog of the set with this remote tag, or NULL. */
struct dum__dialog *dum__dialog_set_dialog(const dum__dialog_set *set, sip_str remote_tag);

#endif
