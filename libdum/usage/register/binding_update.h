/* What one REGISTER changes, all of it or nothing (RFC 3261 10.3 step 7): first collected, then
 * committed, and undone if the answer cannot be sent. */
#ifndef DUM_BINDING_UPDATE_H
#define DUM_BINDING_UPDATE_H

#include "usage/register/binding_store.h"

/** One contact: added (no `old`), refreshed (both), removed (no `fresh`). */
typedef struct dum__binding_change {
    sip_list link;
    dum__binding *old, *fresh;
} dum__binding_change;

typedef struct dum__binding_update {
    dum__binding_set *set;
    sip_list changes; /* dum__binding_change.link, in the order of the contacts */
    bool committed;
} dum__binding_update;

void dum__binding_update_init(dum__binding_update *update, dum__binding_set *set);
/**
 * Collect one contact: expires_s 0 removes it. The contact of an earlier call is replaced.
 * @param uri  facts->contact, parsed
 * @return 0; SIP_ESTATE (out of order: a binding with the same Call-ID and no lower CSeq);
 * SIP_ENOMEM
 */
int dum__binding_update_put(dum__binding_update *update, const dum__binding_facts *facts,
                            const sip_uri *uri);
/** Collect the removal of all ("*"). @return as put() */
int dum__binding_update_clear(dum__binding_update *update, sip_str call_id, uint32_t cseq);
/** Collect the removal of those that are lost: each new page of a browser is a new contact. @return
 * 0 or SIP_ENOMEM */
int dum__binding_update_drop_lost(dum__binding_update *update);
/** How many bindings the set has once this is committed. */
size_t dum__binding_update_count(const dum__binding_update *update);
void dum__binding_update_commit(dum__binding_update *update);
/** As if it had never been committed. */
void dum__binding_update_undo(dum__binding_update *update);
/** Free what is not in the set; the set stays open. */
void dum__binding_update_finish(dum__binding_update *update);

#endif
