#include "transaction/merged.h"

struct sip__merged_note {
    sip_map_node node;
};

int sip__merged_init(sip__merged *merged, const sip_allocator *allocator, const sip_random *random)
{
    sip__pool_init(&merged->notes, allocator, sizeof(sip__merged_note), 0);
    return sip_map_init(&merged->map, allocator, random);
}

void sip__merged_finish(sip__merged *merged)
{
    if (merged->map.allocator != NULL) {
        sip__pool_finish(&merged->notes);
        sip_map_finish(&merged->map);
    }
}

/* From tag, Call-ID and CSeq as a keyed hash alone: nobody outside can find two requests whose
 * hashes agree, and the transaction drops the bytes with its final response. */
static uint64_t identity(const sip_map *map, const void *user, const sip_msg *request)
{
    const sip_address *from = sip_msg_from(request);
    const sip_cseq *cseq = sip_msg_cseq(request);
    uint64_t parts[5] = {0};

    parts[0] = sip_map_hash(map, sip_msg_call_id(request));
    parts[1] = from == NULL ? 0 : sip_map_hash(map, from->tag);
    parts[2] = cseq == NULL ? 0 : cseq->number;
    parts[3] = sip_map_hash(map, sip_msg_method_text(request));
    parts[4] = (uintptr_t)user;
    return sip_map_hash(map, (sip_str){(const char *)parts, sizeof(parts)});
}

sip__merged_note *sip__merged_add(sip__merged *merged, const void *user, const sip_msg *request,
                                  bool *ret_is_copy)
{
    const sip_address *to = sip_msg_to(request);
    sip__merged_note *note;
    uint64_t hash;

    *ret_is_copy = false;
    if (to == NULL || to->tag.len > 0) {
        return NULL;
    }
    hash = identity(&merged->map, user, request);
    if (sip_map_first(&merged->map, hash) != NULL) {
        *ret_is_copy = true;
        return NULL;
    }
    note = sip__pool_take(&merged->notes);
    if (note != NULL) {
        sip_map_insert(&merged->map, hash, &note->node);
    }
    return note;
}

void sip__merged_drop(sip__merged *merged, sip__merged_note *note)
{
    if (note != NULL) {
        sip_map_remove(&merged->map, &note->node);
        sip__pool_give(&merged->notes, note);
    }
}
