/* Objects by a keyed hash, for tables of millions where each step into memory counts: hashes and
 * pointers lie side by side, so that what is not there is known from one line of the cache, and to
 * grow or to take out touches no object. Not an intrusive map: whoever puts an object in has to see
 * that it could not be, for want of memory. */
#ifndef SIP_TRANSACTION_KEY_TABLE_H
#define SIP_TRANSACTION_KEY_TABLE_H

#include <sip/base.h>

typedef struct sip__key_entry {
    uint64_t hash;
    void *object; /* NULL: free */
} sip__key_entry;

typedef struct sip__key_table {
    const sip_allocator *allocator;
    sip__key_entry *entries;
    size_t mask; /* entries less one; their number is a power of two */
    size_t count;
    uint64_t key[2]; /* for whoever hashes */
} sip__key_table;

/* @return 0 or SIP_ENOMEM */
int sip__key_table_init(sip__key_table *table, const sip_allocator *allocator,
                        const sip_random *random);
/* The objects are their owners'. Takes a zeroed table. */
void sip__key_table_finish(sip__key_table *table);
/* @return false without memory; then nothing has changed */
bool sip__key_table_insert(sip__key_table *table, uint64_t hash, void *object);
/* Take out an object that is in under this hash. */
void sip__key_table_remove(sip__key_table *table, uint64_t hash, const void *object);

/* The first place to look at for a hash, and the next one. The object there, or NULL when there is
 * none any more: for (at = …first(); (object = …at(table, hash, &at)) != NULL; at++). */
static inline size_t sip__key_table_first(const sip__key_table *table, uint64_t hash)
{
    return (size_t)hash & table->mask;
}

static inline void *sip__key_table_at(const sip__key_table *table, uint64_t hash, size_t *at)
{
    for (;; (*at)++) {
        const sip__key_entry *entry = &table->entries[*at & table->mask];

        if (entry->object == NULL || entry->hash == hash) {
            return entry->object;
        }
    }
}

#endif
