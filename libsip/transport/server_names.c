#include "transport/server_names.h"
#include <string.h>

#define FIRST_ROOM 16

typedef struct sip__server_name {
    sip_map_node node;
    sip_list used;
    uint32_t id; /* slot + 1 in the lower half, how often it was used anew in the upper */
    char text[]; /* zero-terminated */
} server_name;

int sip__server_names_init(sip__server_names *names, const sip_allocator *allocator,
                           const sip_random *random, size_t limit)
{
    int err;

    memset(names, 0, sizeof(*names));
    err = sip_map_init(&names->by_name, allocator, random);
    if (err != 0) {
        return err;
    }
    names->allocator = allocator;
    names->limit = limit;
    sip_list_init(&names->used);
    return 0;
}

void sip__server_names_finish(sip__server_names *names)
{
    size_t i;

    if (names->limit == 0) {
        return;
    }
    for (i = 0; i < names->count; i++) {
        sip_free(names->allocator, names->slots[i]);
    }
    sip_free(names->allocator, names->slots);
    names->slots = NULL;
    names->count = 0;
    sip_map_finish(&names->by_name);
}

/* Returns false for what is no name. */
static bool lower(sip_str name, char out[SIP__SERVER_NAME_BYTES], sip_str *ret_lower)
{
    size_t i;

    if (name.len > 0 && name.ptr[name.len - 1] == '.') {
        name.len--;
    }
    if (name.len == 0 || name.len >= SIP__SERVER_NAME_BYTES) {
        return false;
    }
    for (i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        out[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    out[name.len] = '\0';
    ret_lower->ptr = out;
    ret_lower->len = name.len;
    return memchr(out, '\0', name.len) == NULL;
}

bool sip__server_names_may_be(sip_str name)
{
    char out[SIP__SERVER_NAME_BYTES];
    sip_str text;

    return lower(name, out, &text);
}

static void touch(sip__server_names *names, server_name *name)
{
    sip_list_remove(&name->used);
    sip_list_append(&names->used, &name->used);
}

static bool make_room(sip__server_names *names)
{
    size_t room = names->room == 0 ? FIRST_ROOM : names->room * 2;
    server_name **larger;

    if (names->count < names->room) {
        return true;
    }
    larger = sip_realloc(names->allocator, names->slots, room * sizeof(server_name *));
    if (larger == NULL) {
        return false;
    }
    names->slots = larger;
    names->room = room;
    return true;
}

/* The number for a new name; the one that it takes the place of is freed. 0: no memory. */
static uint32_t new_id(sip__server_names *names)
{
    server_name *oldest;
    uint32_t id;

    if (names->count < names->limit) {
        return make_room(names) ? (uint32_t)names->count + 1 : 0;
    }
    oldest = SIP_CONTAINER_OF(names->used.next, server_name, used);
    id = oldest->id + 0x10000u;
    sip_map_remove(&names->by_name, &oldest->node);
    sip_list_remove(&oldest->used);
    sip_free(names->allocator, oldest);
    return id;
}

static uint32_t add(sip__server_names *names, sip_str text, uint64_t hash)
{
    server_name *name = sip_alloc(names->allocator, sizeof(*name) + text.len + 1);
    uint32_t id;

    if (name == NULL) {
        return 0;
    }
    id = new_id(names);
    if (id == 0) {
        sip_free(names->allocator, name);
        return 0;
    }
    name->id = id;
    memcpy(name->text, text.ptr, text.len);
    name->text[text.len] = '\0';
    names->slots[(id & 0xffffu) - 1] = name;
    if ((id & 0xffffu) > names->count) {
        names->count++;
    }
    sip_map_insert(&names->by_name, hash, &name->node);
    sip_list_init(&name->used);
    touch(names, name);
    return id;
}

uint32_t sip__server_names_id(sip__server_names *names, sip_str name)
{
    char room[SIP__SERVER_NAME_BYTES];
    sip_str text;
    uint64_t hash;
    sip_map_node *node;

    if (!lower(name, room, &text)) {
        return 0;
    }
    hash = sip_map_hash(&names->by_name, text);
    for (node = sip_map_first(&names->by_name, hash); node != NULL; node = sip_map_next(node)) {
        server_name *known = SIP_CONTAINER_OF(node, server_name, node);

        if (strcmp(known->text, text.ptr) == 0) {
            touch(names, known);
            return known->id;
        }
    }
    return add(names, text, hash);
}

const char *sip__server_names_text(sip__server_names *names, uint32_t id)
{
    size_t slot = id & 0xffffu;
    server_name *name;

    if (slot == 0 || slot > names->count) {
        return NULL;
    }
    name = names->slots[slot - 1];
    if (name->id != id) {
        return NULL;
    }
    touch(names, name);
    return name->text;
}
