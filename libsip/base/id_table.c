#include <sip/containers.h>

#define NO_SLOT UINT32_MAX
#define FIRST_SLOTS 16u
#define MOST_SLOTS (1u << 24)

struct sip_id_slot {
    void *object;        /* NULL: free */
    uint32_t generation; /* of the id that is, or will next be, given; never 0 */
    uint32_t next_free;
};

void sip_id_table_init(sip_id_table *table, const sip_allocator *allocator, uint8_t worker)
{
    *table = (sip_id_table){.allocator = allocator, .free_head = NO_SLOT, .worker = worker};
}

void sip_id_table_finish(sip_id_table *table)
{
    sip_free(table->allocator, table->slots);
    table->slots = NULL;
    table->slot_count = 0;
    table->free_head = NO_SLOT;
}

static bool grow(sip_id_table *table)
{
    uint32_t old_count = table->slot_count;
    uint32_t count = old_count > 0 ? 2 * old_count : FIRST_SLOTS;

    if (count > MOST_SLOTS) {
        return false;
    }
    struct sip_id_slot *slots = sip_realloc(table->allocator, table->slots, count * sizeof(*slots));

    if (!slots) {
        return false;
    }
    for (uint32_t i = old_count; i < count; i++) {
        slots[i] = (struct sip_id_slot){
            .generation = 1,
            .next_free = i + 1 < count ? i + 1 : NO_SLOT,
        };
    }
    table->slots = slots;
    table->slot_count = count;
    table->free_head = old_count;
    return true;
}

int sip_id_table_add(sip_id_table *table, void *object, uint64_t *ret_id)
{
    if (table->free_head == NO_SLOT && !grow(table)) {
        return SIP_ENOMEM;
    }
    uint32_t at = table->free_head;
    struct sip_id_slot *slot = &table->slots[at];

    table->free_head = slot->next_free;
    slot->object = object;
    *ret_id = (uint64_t)table->worker << 56 | (uint64_t)at << 32 | slot->generation;
    return 0;
}

static struct sip_id_slot *slot_of(const sip_id_table *table, uint64_t id)
{
    uint32_t at = (uint32_t)(id >> 32) & (MOST_SLOTS - 1);

    if (id >> 56 != table->worker || at >= table->slot_count) {
        return NULL;
    }
    struct sip_id_slot *slot = &table->slots[at];

    return slot->object && slot->generation == (uint32_t)id ? slot : NULL;
}

void *sip_id_table_find(const sip_id_table *table, uint64_t id)
{
    struct sip_id_slot *slot = slot_of(table, id);

    return slot ? slot->object : NULL;
}

void sip_id_table_remove(sip_id_table *table, uint64_t id)
{
    struct sip_id_slot *slot = slot_of(table, id);

    if (!slot) {
        return;
    }
    slot->object = NULL;
    slot->generation = slot->generation < UINT32_MAX ? slot->generation + 1 : 1;
    slot->next_free = table->free_head;
    table->free_head = (uint32_t)(slot - table->slots);
}
