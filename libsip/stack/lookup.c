#include "stack/lookup.h"

#include "dns/enum.h"
#include "stack/stack.h"
#include <string.h>

struct sip_lookup {
    sip_list link; /* in the worker's */
    sip_worker *worker;
    void (*stop)(sip_lookup *lookup);
    void (*tell)(sip_lookup *lookup, int err, const char *text);
    sip_timer timer; /* for what was known at once: it is told in a later turn */
    int err;
    bool told; /* its callback runs, and frees it afterwards */
    void *user_data;
};

typedef struct location {
    sip_lookup base;
    sip__locate locate;
    void (*fn)(const sip_located *located, void *user_data);
} location;

typedef struct number {
    sip_lookup base;
    sip__enum lookup;
    void (*fn)(const sip_enum_found *found, void *user_data);
} number;

static void release(sip_lookup *lookup)
{
    sip_timer_clear(lookup->worker, &lookup->timer);
    sip_list_remove(&lookup->link);
    sip_free(lookup->worker->config->allocator, lookup);
}

static void on_timer(void *arg)
{
    sip_lookup *lookup = arg;

    lookup->tell(lookup, lookup->err, lookup->err == 0 ? "" : sip_error_text(lookup->err));
}

static void *make(sip_worker *worker, size_t bytes, void *user_data)
{
    sip_lookup *lookup = sip_alloc0(worker->config->allocator, bytes);

    if (lookup != NULL) {
        lookup->worker = worker;
        lookup->user_data = user_data;
        sip_timer_init(&lookup->timer, on_timer, lookup);
        sip_list_init(&lookup->link);
        sip_list_append(&worker->lookups, &lookup->link);
    }
    return lookup;
}

/* What a start has come to: the caller's mistakes are told here, the rest by the callback. */
static int begun(sip_lookup *lookup, int err, sip_lookup **ret_lookup)
{
    if (err == SIP_EINVAL || err == SIP_EUNSUPPORTED || err == SIP_ENOMEM) {
        release(lookup);
        return err;
    }
    if (err != SIP_EAGAIN) {
        lookup->err = err;
        sip_timer_set(lookup->worker, &lookup->timer, 0);
    }
    if (ret_lookup != NULL) {
        *ret_lookup = lookup;
    }
    return 0;
}

/* Its callback is about to be called: cancelling it comes to nothing from here on. */
static void begin_to_tell(sip_lookup *lookup)
{
    sip_list_remove(&lookup->link);
    lookup->told = true;
}

/* ---- where a URI leads */

static void stop_location(sip_lookup *lookup)
{
    sip__locate_cancel(&((location *)lookup)->locate);
}

static void tell_location(sip_lookup *lookup, int err, const char *text)
{
    location *it = (location *)lookup;
    sip_located news = {.err = err,
                        .text = it->locate.text[0] != '\0' ? it->locate.text : text,
                        .hops = it->locate.targets,
                        .n_hops = it->locate.n_targets,
                        .name = it->locate.name};

    begin_to_tell(lookup);
    it->fn(&news, lookup->user_data);
    release(lookup);
}

static void on_located(sip__locate *locate, int err, const char *text)
{
    tell_location(locate->arg, err, text);
}

int sip_locate(sip_worker *worker, const sip_uri *uri,
               void (*fn)(const sip_located *located, void *user_data), void *user_data,
               sip_lookup **ret_lookup)
{
    sip__locate_can can;
    location *it;

    if (worker == NULL || uri == NULL || fn == NULL) {
        return SIP_EINVAL;
    }
    it = make(worker, sizeof(*it), user_data);
    if (it == NULL) {
        return SIP_ENOMEM;
    }
    it->base.stop = stop_location;
    it->base.tell = tell_location;
    it->fn = fn;
    it->locate.fn = on_located;
    it->locate.arg = it;
    can = sip__transports_can(&worker->transports);
    return begun(&it->base, sip__locate_start(&it->locate, &worker->locator, uri, &can),
                 ret_lookup);
}

/* ---- which URIs a number has */

static void stop_number(sip_lookup *lookup)
{
    sip__enum_cancel(&((number *)lookup)->lookup);
}

static void tell_number(sip_lookup *lookup, int err, const char *text)
{
    number *it = (number *)lookup;
    const char *uris[SIP__ENUM_MAX];
    sip_enum_found news = {.err = err,
                           .text = text,
                           .uris = uris,
                           .n_uris = it->lookup.n_uris,
                           .ttl_s = it->lookup.ttl_s};

    for (size_t i = 0; i < it->lookup.n_uris; i++) {
        uris[i] = it->lookup.uris[i];
    }
    begin_to_tell(lookup);
    it->fn(&news, lookup->user_data);
    release(lookup);
}

static void on_found(sip__enum *lookup, int err, const char *text)
{
    tell_number(lookup->arg, err, text);
}

int sip_enum_lookup(sip_worker *worker, const char *text, const char *const *suffixes,
                    void (*fn)(const sip_enum_found *found, void *user_data), void *user_data,
                    sip_lookup **ret_lookup)
{
    number *it;

    if (worker == NULL || text == NULL || fn == NULL) {
        return SIP_EINVAL;
    }
    it = make(worker, sizeof(*it), user_data);
    if (it == NULL) {
        return SIP_ENOMEM;
    }
    it->base.stop = stop_number;
    it->base.tell = tell_number;
    it->fn = fn;
    it->lookup.fn = on_found;
    it->lookup.arg = it;
    return begun(&it->base,
                 sip__enum_start(&it->lookup, &worker->names, sip_str_of(text), suffixes),
                 ret_lookup);
}

/* ---- both */

void sip_lookup_cancel(sip_lookup *lookup)
{
    if (lookup != NULL && !lookup->told) {
        lookup->stop(lookup);
        release(lookup);
    }
}

void sip__lookups_finish(sip_worker *worker)
{
    while (!sip_list_is_empty(&worker->lookups)) {
        sip_lookup_cancel(SIP_CONTAINER_OF(worker->lookups.next, sip_lookup, link));
    }
}

int sip_stack_add_host(sip_stack *stack, const char *name, const sip_addr *addr)
{
    int err = 0;

    if (stack == NULL || name == NULL || addr == NULL) {
        return SIP_EINVAL;
    }
    if (stack->running && stack->steer.workers > 1) {
        return SIP_ESTATE;
    }
    for (unsigned i = 0; err == 0 && i < stack->steer.workers; i++) {
        err = sip__static_hosts_add(&stack->workers[i].hosts, name, addr);
    }
    return err;
}
