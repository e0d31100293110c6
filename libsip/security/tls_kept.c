#include "security/tls_kept.h"

#include <string.h>

typedef struct entry {
    sip_map_node by_key;
    sip_list link;
    SSL_SESSION *session;
    int64_t until_s;
    uint64_t serial;
    size_t key_len;
    char key[];
} entry;

int sip__tls_kept_init(sip__tls_kept *kept, const sip_allocator *allocator, size_t limit)
{
    *kept = (sip__tls_kept){.allocator = allocator, .limit = limit};
    sip_list_init(&kept->order);
    if (sip_map_init(&kept->by_key, allocator, NULL) != 0) {
        return SIP_ENOMEM;
    }
    kept->lock = CRYPTO_THREAD_lock_new();
    if (kept->lock == NULL) {
        sip_map_finish(&kept->by_key);
        return SIP_ENOMEM;
    }
    return 0;
}

static void drop(sip__tls_kept *kept, entry *old)
{
    sip_map_remove(&kept->by_key, &old->by_key);
    sip_list_remove(&old->link);
    kept->count--;
    SSL_SESSION_free(old->session);
    sip_free(kept->allocator, old);
}

static entry *oldest(const sip__tls_kept *kept)
{
    return SIP_CONTAINER_OF(kept->order.next, entry, link);
}

void sip__tls_kept_finish(sip__tls_kept *kept)
{
    while (kept->count > 0) {
        drop(kept, oldest(kept));
    }
    sip_map_finish(&kept->by_key);
    CRYPTO_THREAD_lock_free(kept->lock);
    *kept = (sip__tls_kept){0};
}

bool sip__tls_kept_put(sip__tls_kept *kept, sip_str key, SSL_SESSION *session, int64_t until_s)
{
    entry *fresh = sip_alloc(kept->allocator, sizeof *fresh + key.len);

    if (!fresh) {
        return false;
    }
    (void)CRYPTO_THREAD_write_lock(kept->lock);
    while (kept->count >= kept->limit) {
        drop(kept, oldest(kept));
    }
    *fresh = (entry){
        .session = session, .until_s = until_s, .serial = ++kept->serial, .key_len = key.len};
    memcpy(fresh->key, key.ptr, key.len);
    sip_list_init(&fresh->link);
    sip_list_append(&kept->order, &fresh->link);
    sip_map_insert(&kept->by_key, sip_map_hash(&kept->by_key, key), &fresh->by_key);
    kept->count++;
    (void)CRYPTO_THREAD_unlock(kept->lock);
    return true;
}

static bool is_for(const entry *kept, sip_str key)
{
    return sip_str_same((sip_str){kept->key, kept->key_len}, key);
}

/* Of those for `key` the newest, which the server has most likely not forgotten; the dead ones on
 * the way are dropped. */
static entry *best(sip__tls_kept *kept, sip_str key, int64_t now_s)
{
    sip_map_node *node = sip_map_first(&kept->by_key, sip_map_hash(&kept->by_key, key));
    entry *found = NULL;

    while (node) {
        entry *at = SIP_CONTAINER_OF(node, entry, by_key);

        node = sip_map_next(node);
        if (!is_for(at, key)) {
            continue;
        }
        if (at->until_s <= now_s) {
            drop(kept, at);
        } else if (!found || at->serial > found->serial) {
            found = at;
        }
    }
    return found;
}

SSL_SESSION *sip__tls_kept_take(sip__tls_kept *kept, sip_str key, int64_t now_s,
                                int64_t *ret_until_s)
{
    SSL_SESSION *session = NULL;
    entry *found;

    (void)CRYPTO_THREAD_write_lock(kept->lock);
    found = best(kept, key, now_s);
    if (found && SSL_SESSION_up_ref(found->session) == 1) {
        session = found->session;
        *ret_until_s = found->until_s;
        drop(kept, found);
    }
    (void)CRYPTO_THREAD_unlock(kept->lock);
    return session;
}
