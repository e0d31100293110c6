#include "transaction/downstream.h"

#include "base/noise.h"
#include <string.h>

#define MOST_HOPS 1024u
#define KEY_BYTES 20
#define COUNTED 200.0 /* requests, over which the share of new ones is reckoned */
#define BURST 4       /* of a rate: so many may follow each other at once, new ones */
#define BURST_OLD 8   /* and others (RFC 7415 3.5.2: the higher a class, the more is tolerated) */

typedef struct sip__downstream_hop {
    sip_map_node node;
    sip_list link;
    char key[KEY_BYTES];
    sip__oc oc;
    sip_time_ms until_ms;
    double new_share; /* of what was to be sent there */
    double level_ms;  /* of the leaky bucket, in time that it takes to run out */
    sip_time_ms leaked_ms;
} hop;

int sip__downstream_init(sip__downstream *downstream, const sip_allocator *allocator,
                         const sip_random *random, bool on)
{
    downstream->on = on;
    downstream->noise = sip_random_u64(random) | 1;
    sip_list_init(&downstream->order);
    sip__pool_init(&downstream->pool, allocator, sizeof(hop), MOST_HOPS);
    return sip_map_init(&downstream->hops, allocator, random);
}

static void forget(sip__downstream *downstream, hop *its)
{
    sip_map_remove(&downstream->hops, &its->node);
    sip_list_remove(&its->link);
    sip__pool_give(&downstream->pool, its);
}

void sip__downstream_finish(sip__downstream *downstream)
{
    if (downstream->order.next == NULL) {
        return;
    }
    while (!sip_list_is_empty(&downstream->order)) {
        forget(downstream, SIP_CONTAINER_OF(downstream->order.next, hop, link));
    }
    sip_map_finish(&downstream->hops);
    sip__pool_finish(&downstream->pool);
}

static sip_str key_of(const sip_path *path, char out[KEY_BYTES])
{
    memset(out, 0, KEY_BYTES);
    out[0] = (char)path->protocol;
    out[1] = (char)path->remote.family;
    out[2] = (char)(path->remote.port >> 8);
    out[3] = (char)(path->remote.port & 0xff);
    memcpy(out + 4, path->remote.ip, sizeof(path->remote.ip));
    return (sip_str){out, KEY_BYTES};
}

static hop *find(const sip__downstream *downstream, sip_str key)
{
    for (sip_map_node *node =
             sip_map_first(&downstream->hops, sip_map_hash(&downstream->hops, key));
         node != NULL; node = sip_map_next(node)) {
        hop *its = SIP_CONTAINER_OF(node, hop, node);

        if (memcmp(its->key, key.ptr, KEY_BYTES) == 0) {
            return its;
        }
    }
    return NULL;
}

static hop *make(sip__downstream *downstream, sip_str key, sip_time_ms now_ms)
{
    hop *its = sip__pool_take(&downstream->pool);

    if (its == NULL && !sip_list_is_empty(&downstream->order)) {
        forget(downstream, SIP_CONTAINER_OF(downstream->order.next, hop, link));
        its = sip__pool_take(&downstream->pool);
    }
    if (its == NULL) {
        return NULL;
    }
    memcpy(its->key, key.ptr, KEY_BYTES);
    its->new_share = 1;
    its->level_ms = 0;
    its->leaked_ms = now_ms;
    its->oc = (sip__oc){0};
    sip_list_init(&its->link);
    sip_map_insert(&downstream->hops, sip_map_hash(&downstream->hops, key), &its->node);
    return its;
}

/* Nothing is asked of us: no loss, or no more validity (RFC 7339 5.7). */
static bool is_all_clear(const sip__oc *oc)
{
    return oc->validity_ms == 0 || (!oc->rate && oc->value == 0);
}

void sip__downstream_heed(sip__downstream *downstream, const sip_path *path, const sip__oc *oc,
                          sip_time_ms now_ms)
{
    char room[KEY_BYTES];
    sip_str key = key_of(path, room);
    hop *its;

    if (!downstream->on || !oc->has_value) {
        return;
    }
    its = find(downstream, key);
    if (its != NULL && oc->seq != 0 && oc->seq <= its->oc.seq && now_ms < its->until_ms) {
        return; /* older news than what we have (RFC 7339 4.4) */
    }
    if (is_all_clear(oc)) {
        if (its != NULL) {
            forget(downstream, its);
        }
        return;
    }
    if (its == NULL) {
        its = make(downstream, key, now_ms);
    }
    if (its != NULL) {
        its->oc = *oc;
        its->until_ms = now_ms + oc->validity_ms;
        sip_list_remove(&its->link);
        sip_list_append(&downstream->order, &its->link);
    }
}

/* RFC 7339 7.2: the reduction is that of all requests, and falls on new ones as far as they go. */
static bool passes_loss(sip__downstream *downstream, hop *its, bool is_new)
{
    double loss = its->oc.value < 100 ? its->oc.value / 100.0 : 1;
    double share = its->new_share;
    double odds;

    its->new_share += ((is_new ? 1 : 0) - share) / COUNTED;
    if (is_new) {
        odds = share > loss ? loss / share : 1;
    } else {
        odds = share < loss && share < 1 ? (loss - share) / (1 - share) : 0;
    }
    return sip__noise(&downstream->noise) >= odds;
}

/* RFC 7415 3.5.1: a leaky bucket. */
static bool passes_rate(hop *its, bool is_new, sip_time_ms now_ms)
{
    double each_ms = its->oc.value > 0 ? 1000.0 / its->oc.value : 0;
    double level_ms = its->level_ms - (double)(now_ms - its->leaked_ms);

    level_ms = level_ms > 0 ? level_ms : 0;
    its->level_ms = level_ms;
    its->leaked_ms = now_ms;
    if (its->oc.value == 0 || level_ms > each_ms * (is_new ? BURST : BURST_OLD)) {
        return false;
    }
    its->level_ms = level_ms + each_ms;
    return true;
}

bool sip__downstream_admits(sip__downstream *downstream, const sip_path *path,
                            sip__request_class kind, sip_time_ms now_ms)
{
    char room[KEY_BYTES];
    hop *its;

    if (!downstream->on || sip_list_is_empty(&downstream->order)) {
        return true;
    }
    its = find(downstream, key_of(path, room));
    if (its == NULL) {
        return true;
    }
    if (now_ms >= its->until_ms) {
        forget(downstream, its);
        return true;
    }
    if (kind == SIP__REQUEST_EXEMPT) {
        return true;
    }
    return its->oc.rate ? passes_rate(its, kind == SIP__REQUEST_NEW, now_ms)
                        : passes_loss(downstream, its, kind == SIP__REQUEST_NEW);
}

/* ---- what a request is worth */

static bool is_emergency(const sip_msg *request)
{
    static const char sos[] = "urn:service:sos";
    sip_str uri = sip_msg_request_uri_text(request);
    const size_t len = sizeof(sos) - 1;

    return uri.len >= len && sip_str_equal_nocase((sip_str){uri.ptr, len}, sos) &&
           (uri.len == len || uri.ptr[len] == '.');
}

sip__request_class sip__request_classify(const sip_msg *request, bool trust_priority)
{
    const sip_method method = sip_msg_method(request);
    const sip_address *to = sip_msg_to(request);

    if (method == SIP_METHOD_BYE || method == SIP_METHOD_CANCEL || method == SIP_METHOD_ACK ||
        is_emergency(request) ||
        (trust_priority && sip_msg_value(request, SIP_HEADER_RESOURCE_PRIORITY, 0).len > 0)) {
        return SIP__REQUEST_EXEMPT;
    }
    return to != NULL && to->tag.len > 0 ? SIP__REQUEST_UNDER_WAY : SIP__REQUEST_NEW;
}
