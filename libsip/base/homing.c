#include "base/homing.h"

#include "base/mpsc_queue.h"
#include <string.h>

/* Before each block, whose alignment it keeps. */
typedef struct header {
    sip__mpsc_node node; /* at home */
    size_t bytes;        /* that the block has room for */
} header;

_Static_assert(sizeof(header) % 16 == 0, "what malloc aligns stays aligned");

struct sip__homing {
    sip_allocator allocator;
    const sip_allocator *under;
    size_t block_bytes;
    unsigned most;
    sip__mpsc_queue home;
    atomic_uint at_home;
    atomic_size_t refs;          /* of the owner and of each block that is away */
    _Atomic(const void *) owner; /* the thread that allocated first; NULL: none has */
};

static bool is_kept(const sip__homing *homing, size_t bytes)
{
    return bytes <= homing->block_bytes && bytes > homing->block_bytes / 2;
}

static header *take_home(sip__homing *homing)
{
    sip__mpsc_node *node = sip__mpsc_take(&homing->home);

    if (node != NULL) {
        atomic_fetch_sub_explicit(&homing->at_home, 1, memory_order_relaxed);
    }
    return (header *)node;
}

static void unref(sip__homing *homing)
{
    header *block;

    if (atomic_fetch_sub(&homing->refs, 1) > 1) {
        return;
    }
    while ((block = take_home(homing)) != NULL) {
        sip_free(homing->under, block);
    }
    sip_free(homing->under, homing);
}

static const void *self(void)
{
    static _Thread_local char own; /* its address is the thread */

    return &own;
}

/* Only one thread may take from home. Others allocate too: what is made out of a message that was
 * passed on to them has its allocator. */
static bool is_owner(sip__homing *homing)
{
    const void *own = self();
    const void *owner = atomic_load_explicit(&homing->owner, memory_order_relaxed);

    return owner == own ||
           (owner == NULL && atomic_compare_exchange_strong(&homing->owner, &owner, own));
}

static void *homing_alloc(size_t bytes, void *user_data)
{
    sip__homing *homing = user_data;
    size_t room = is_kept(homing, bytes) ? homing->block_bytes : bytes;
    header *block = room == homing->block_bytes && is_owner(homing) ? take_home(homing) : NULL;

    if (block == NULL && room <= SIZE_MAX - sizeof(*block)) {
        block = sip_alloc(homing->under, sizeof(*block) + room);
    }
    if (block == NULL) {
        return NULL;
    }
    block->bytes = room;
    atomic_fetch_add_explicit(&homing->refs, 1, memory_order_relaxed);
    return block + 1;
}

static void homing_free(void *bytes, void *user_data)
{
    sip__homing *homing = user_data;
    header *block;

    if (bytes == NULL) {
        return;
    }
    block = (header *)bytes - 1;
    if (block->bytes == homing->block_bytes &&
        atomic_fetch_add_explicit(&homing->at_home, 1, memory_order_relaxed) < homing->most) {
        (void)sip__mpsc_put(&homing->home, &block->node);
    } else {
        if (block->bytes == homing->block_bytes) {
            atomic_fetch_sub_explicit(&homing->at_home, 1, memory_order_relaxed);
        }
        sip_free(homing->under, block);
    }
    unref(homing);
}

static void *homing_realloc(void *bytes, size_t wanted, void *user_data)
{
    header *block = bytes == NULL ? NULL : (header *)bytes - 1;
    void *fresh;

    if (block != NULL && wanted <= block->bytes) {
        return bytes;
    }
    fresh = homing_alloc(wanted, user_data);
    if (fresh != NULL && block != NULL) {
        memcpy(fresh, bytes, block->bytes);
        homing_free(bytes, user_data);
    }
    return fresh;
}

sip__homing *sip__homing_create(const sip_allocator *under, size_t block_bytes, unsigned most)
{
    sip__homing *homing = sip_alloc0(under, sizeof(*homing));

    if (homing != NULL) {
        homing->allocator = (sip_allocator){.alloc = homing_alloc,
                                            .realloc = homing_realloc,
                                            .free = homing_free,
                                            .user_data = homing};
        homing->under = under;
        homing->block_bytes = block_bytes;
        homing->most = most;
        sip__mpsc_init(&homing->home);
        atomic_init(&homing->at_home, 0);
        atomic_init(&homing->refs, 1);
    }
    return homing;
}

void sip__homing_own(sip__homing *homing)
{
    if (homing != NULL) {
        atomic_store_explicit(&homing->owner, self(), memory_order_relaxed);
    }
}

const sip_allocator *sip__homing_allocator(const sip__homing *homing)
{
    return &homing->allocator;
}

void sip__homing_release(sip__homing *homing)
{
    if (homing != NULL) {
        unref(homing);
    }
}
