#include "sim/world/ledger.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 8192

static void *must(void *block)
{
    if (block == NULL) {
        abort();
    }
    return block;
}

void ledger_init(ledger *book)
{
    memset(book, 0, sizeof *book);
    book->n_slots = FIRST_SLOTS;
    book->slots = must(calloc(book->n_slots, sizeof *book->slots));
    book->chunks = book->chunk = must(calloc(1, sizeof *book->chunk));
}

void ledger_finish(ledger *book)
{
    while (book->chunks != NULL) {
        ledger_chunk *next = book->chunks->next;

        free(book->chunks);
        book->chunks = next;
    }
    free(book->slots);
}

void ledger_clear(ledger *book)
{
    memset(book->slots, 0, book->n_slots * sizeof *book->slots);
    book->used = 0;
    book->chunk = book->chunks;
    book->chunk->used = 0;
}

void *ledger_room(ledger *book, size_t bytes)
{
    ledger_chunk *chunk = book->chunk;
    void *room;

    bytes = (bytes + 15) & ~(size_t)15;
    if (bytes > sizeof chunk->bytes) {
        abort();
    }
    if (chunk->used + bytes > sizeof chunk->bytes) {
        if (chunk->next == NULL) {
            chunk->next = must(calloc(1, sizeof *chunk));
        }
        book->chunk = chunk = chunk->next;
        chunk->used = 0;
    }
    room = chunk->bytes + chunk->used;
    chunk->used += bytes;
    return memset(room, 0, bytes);
}

static ledger_slot *slot_of(const ledger *book, uint64_t key)
{
    size_t at = (size_t)(key ^ (key >> 31)) & (book->n_slots - 1);

    while (book->slots[at].key != 0 && book->slots[at].key != key) {
        at = (at + 1) & (book->n_slots - 1);
    }
    return &book->slots[at];
}

void *ledger_find(const ledger *book, uint64_t key)
{
    return slot_of(book, key)->value;
}

static void grow(ledger *book)
{
    ledger_slot *old = book->slots;
    size_t n = book->n_slots;

    book->n_slots = n * 2;
    book->slots = must(calloc(book->n_slots, sizeof *book->slots));
    for (size_t i = 0; i < n; i++) {
        if (old[i].key != 0) {
            *slot_of(book, old[i].key) = old[i];
        }
    }
    free(old);
}

void ledger_put(ledger *book, uint64_t key, void *value)
{
    ledger_slot *slot = slot_of(book, key);

    if (slot->key == 0) {
        if (book->used * 2 >= book->n_slots) {
            grow(book);
            slot = slot_of(book, key);
        }
        book->used++;
        slot->key = key;
    }
    slot->value = value;
}
