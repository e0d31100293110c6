/* What a witness remembers, by keys of 64 bits, in memory that is given back all at once. */
#ifndef LEDGER_H
#define LEDGER_H

#include <stddef.h>
#include <stdint.h>

typedef struct ledger_slot {
    uint64_t key; /* 0: free */
    void *value;
} ledger_slot;

typedef struct ledger_chunk {
    struct ledger_chunk *next;
    size_t used;
    char bytes[1 << 16];
} ledger_chunk;

typedef struct ledger {
    ledger_slot *slots;
    size_t n_slots, used;
    ledger_chunk *chunks, *chunk; /* all, and the one in use */
} ledger;

void ledger_init(ledger *book);
void ledger_finish(ledger *book);
/* Forget everything. */
void ledger_clear(ledger *book);
/* Zeroed memory until the next ledger_clear(). */
void *ledger_room(ledger *book, size_t bytes);
/* NULL: nothing is noted under the key, which is not 0. */
void *ledger_find(const ledger *book, uint64_t key);
/* Note a value, instead of what was there. */
void ledger_put(ledger *book, uint64_t key, void *value);

#endif
