#include "transaction/key_table.h"

#include <string.h>

#define FIRST_ENTRIES 16

int sip__key_table_init(sip__key_table *table, const sip_allocator *allocator,
                        const sip_random *random)
{
    sip__key_entry *entries = sip_alloc0(allocator, FIRST_ENTRIES * sizeof(*entries));

    if (entries == NULL) {
        return SIP_ENOMEM;
    }
    *table =
        (sip__key_table){.allocator = allocator, .entries = entries, .mask = FIRST_ENTRIES - 1};
    sip_random_fill(random, table->key, sizeof(table->key));
    return 0;
}

void sip__key_table_finish(sip__key_table *table)
{
    if (table->allocator != NULL) {
        sip_free(table->allocator, table->entries);
        *table = (sip__key_table){0};
    }
}

static void place(sip__key_table *table, uint64_t hash, void *object)
{
    size_t at = (size_t)hash & table->mask;

    while (table->entries[at].object != NULL) {
        at = (at + 1) & table->mask;
    }
    table->entries[at] = (sip__key_entry){hash, object};
}

/* In order, so that what stood side by side is read and written side by side. */
static bool grow(sip__key_table *table)
{
    sip__key_entry *old = table->entries;
    const size_t n = table->mask + 1;
    sip__key_entry *entries =
        n > SIZE_MAX / 2 / sizeof(*old) ? NULL : sip_alloc0(table->allocator, 2 * n * sizeof(*old));

    if (entries == NULL) {
        return false;
    }
    table->entries = entries;
    table->mask = 2 * n - 1;
    for (size_t i = 0; i < n; i++) {
        if (old[i].object != NULL) {
            place(table, old[i].hash, old[i].object);
        }
    }
    sip_free(table->allocator, old);
    return true;
}

bool sip__key_table_insert(sip__key_table *table, uint64_t hash, void *object)
{
    const size_t n = table->mask + 1;

    /* Up to five of eight places; without memory all but one, which ends every search. */
    if (table->count >= n / 8 * 5 && !grow(table) && table->count + 1 >= n) {
        return false;
    }
    place(table, hash, object);
    table->count++;
    return true;
}

void sip__key_table_remove(sip__key_table *table, uint64_t hash, const void *object)
{
    sip__key_entry *entries = table->entries;
    const size_t mask = table->mask;
    size_t hole = (size_t)hash & mask;

    while (entries[hole].object != object) {
        hole = (hole + 1) & mask;
    }
    /* Whoever stands behind it may only have come there because it was taken. */
    for (size_t at = (hole + 1) & mask; entries[at].object != NULL; at = (at + 1) & mask) {
        const size_t home = (size_t)entries[at].hash & mask;

        if (((at - home) & mask) >= ((at - hole) & mask)) {
            entries[hole] = entries[at];
            hole = at;
        }
    }
    entries[hole].object = NULL;
    table->count--;
}
