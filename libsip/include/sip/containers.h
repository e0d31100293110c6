/* The intrusive list, the hash map, the weak-id table and the timer that libdum and programs share
 * with libsip. None of them allocates except where it says so. */
#ifndef SIP_CONTAINERS_H
#define SIP_CONTAINERS_H

#include <sip/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The object of type `type` whose member `member` is at `ptr`. */
#define SIP_CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/** A circular doubly linked list; a head is a node of its own. An unlinked node points to itself
 * (sip_list_init) . */
typedef struct sip_list {
    struct sip_list *next, *prev;
} sip_list;

/** Make `node` an empty head, or a node in no list. */
SIP_API void sip_list_init(sip_list *node);
/** True if the head has no nodes (or the node is in no list). */
SIP_API bool sip_list_is_empty(const sip_list *head);
/** Put `node` (unlinked) at the end of `head`'s list. */
SIP_API void sip_list_append(sip_list *head, sip_list *node);
/** Take `node` out of its list and initialise it; harmless when it is in none. */
SIP_API void sip_list_remove(sip_list *node);

/** The node by which an object hangs in a sip_map. `hash` is set by the map. */
typedef struct sip_map_node {
    struct sip_map_node *next;
    uint64_t hash;
} sip_map_node;

/** A keyed hash map of intrusive nodes; grows by doubling. The key against flooding is chosen at
 * init. */
typedef struct sip_map {
    const sip_allocator *allocator;
    sip_map_node **buckets;
    size_t bucket_count; /* power of two */
    size_t count;
    uint64_t key[2];
    size_t lowest; /* buckets below this one are empty */
} sip_map;

/** Prepare an empty map. @return 0 or SIP_ENOMEM */
SIP_API int sip_map_init(sip_map *map, const sip_allocator *allocator, const sip_random *random);
/** Free the buckets; the nodes are their owners'. Takes a zeroed map. */
SIP_API void sip_map_finish(sip_map *map);
/** The keyed hash of some bytes in this map. */
SIP_API uint64_t sip_map_hash(const sip_map *map, sip_str key);
/** Insert `node` under `hash`. Never fails: without memory to grow, chains get longer. */
SIP_API void sip_map_insert(sip_map *map, uint64_t hash, sip_map_node *node);
/** Remove `node`, which must be in the map. */
SIP_API void sip_map_remove(sip_map *map, sip_map_node *node);
/** The first node with this hash, or NULL; go on with sip_map_next(). The caller compares keys. */
SIP_API sip_map_node *sip_map_first(const sip_map *map, uint64_t hash);
/** The next node with the same hash, or NULL. */
SIP_API sip_map_node *sip_map_next(const sip_map_node *node);
/** Any node of the map, or NULL. To empty a map, remove what this gives until it gives NULL: linear
 * in all. */
SIP_API sip_map_node *sip_map_any(sip_map *map);

/** A table that gives objects weak 64-bit ids: worker (8 bits), slot (24 bits), generation (32
 * bits). 0 names nothing. */
typedef struct sip_id_table {
    const sip_allocator *allocator;
    struct sip_id_slot *slots;
    uint32_t slot_count, free_head;
    uint8_t worker;
} sip_id_table;

/** Prepare an empty table whose ids name `worker`. */
SIP_API void sip_id_table_init(sip_id_table *table, const sip_allocator *allocator, uint8_t worker);
/** Free the slots; the objects are their owners'. Takes a zeroed table. */
SIP_API void sip_id_table_finish(sip_id_table *table);
/** Give `object` an id. @return 0 or SIP_ENOMEM */
SIP_API int sip_id_table_add(sip_id_table *table, void *object, uint64_t *ret_id);
/** The object, or NULL when it has been removed (also when its slot serves another by now). */
SIP_API void *sip_id_table_find(const sip_id_table *table, uint64_t id);
/** Forget an id; harmless when it is stale or 0. */
SIP_API void sip_id_table_remove(sip_id_table *table, uint64_t id);

/** A one-shot timer that lives inside its owner. Zero-initialise, or sip_timer_init(). Cancel it
 * before its memory goes. */
typedef struct sip_timer {
    struct sip_timer *next, **prev_next; /* prev_next NULL: not armed */
    sip_time_ms due_ms;
    void (*fn)(void *arg);
    void *arg;
} sip_timer;

/** Prepare a timer that calls `fn(arg)`; not armed. sip_timer_set() arms it. */
SIP_API void sip_timer_init(sip_timer *timer, void (*fn)(void *arg), void *arg);
/** True from arming until it fires or is cleared. */
SIP_API bool sip_timer_is_armed(const sip_timer *timer);

#ifdef __cplusplus
}
#endif

#endif
