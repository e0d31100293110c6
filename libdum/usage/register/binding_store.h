/* Bindings in memory: the contacts of each address of record, with their ends (RFC 3261 10.3). */
#ifndef DUM_BINDING_STORE_H
#define DUM_BINDING_STORE_H

#include <dum/registrar.h>
#include "core/context.h"

/* What a timer can wait for: 46 days. */
#define DUM__BINDING_MAX_S 4000000u

/** All bindings of one AOR. Exists while it has any, or is open. */
typedef struct dum__binding_set {
    sip_map_node node; /* in dum__binding_store.sets */
    struct dum__binding_store *store;
    sip_list bindings; /* dum__binding.link, highest q first */
    size_t count;
    sip_str aor; /* canonical; its bytes follow the struct */
    char text[];
} dum__binding_set;

typedef struct dum__binding {
    sip_list link;         /* in the set; unlinked: not (or no longer) in force */
    dum__binding_set *set; /* also before it is linked */
    sip_timer timer;       /* armed while linked */
    sip_time_ms expires_ms;
    sip_path path;
    sip_str contact, call_id; /* slices of `text` */
    uint32_t cseq;
    uint16_t q_permille;
    bool has_q; /* the client said it */
    char text[];
} dum__binding;

typedef struct dum__binding_store {
    dum_manager *dum;
    sip_map sets; /* by AOR */
    /** A binding has run out; it is out of its set already and is freed after this. */
    void (*on_expired)(struct dum__binding_store *store, const dum__binding *binding);
} dum__binding_store;

/** What a binding is made of; slices are borrowed for the call. */
typedef struct dum__binding_facts {
    sip_str contact, call_id;
    uint32_t cseq;
    uint32_t expires_s; /* at most DUM__BINDING_MAX_S */
    uint16_t q_permille;
    bool has_q;
    const sip_path *path;
} dum__binding_facts;

/** @return 0 or SIP_ENOMEM */
int dum__binding_store_init(dum__binding_store *store, dum_manager *dum,
                            void (*on_expired)(dum__binding_store *store,
                                               const dum__binding *binding));
/** Free every binding without a word. Takes a zeroed store. */
void dum__binding_store_finish(dum__binding_store *store);
/** The set of a canonical AOR, or NULL. */
dum__binding_set *dum__binding_store_find(const dum__binding_store *store, sip_str aor);
/** The set of a canonical AOR, made if there is none: dum__binding_set_close() must follow.
 * @return 0 or SIP_ENOMEM */
int dum__binding_store_open(dum__binding_store *store, sip_str aor, dum__binding_set **ret_set);
/** Free the set if it is empty. */
void dum__binding_set_close(dum__binding_set *set);

/** Make a binding of a set without putting it there. NULL without memory. */
dum__binding *dum__binding_create(dum__binding_set *set, const dum__binding_facts *facts);
/** Free a binding that is not in its set; NULL is fine. */
void dum__binding_destroy(dum__binding *binding);
/** Put it into its set and arm its timer. */
void dum__binding_link(dum__binding *binding);
/** Take it out of its set and disarm its timer. */
void dum__binding_unlink(dum__binding *binding);
/** Whether the binding is for this contact (compared by RFC 3261 19.1.4). */
bool dum__binding_is_for(const dum__binding *binding, const sip_uri *contact);
/** Whether it can be reached no more: its connection has ended, and nothing else leads there. */
bool dum__binding_is_lost(const dum__binding *binding);
/** As applications see it. */
dum_binding dum__binding_view(const dum__binding *binding);

#endif
