#include "stack/worker.h"

#include "base/stopwatch.h"
#include "io/ares_resolver.h"
#include "stack/lookup.h"
#include "stack/stack.h"

#ifdef SIP_POOLS
#define BLOCK_BYTES 4080u /* of a datagram as a message */
#define MOST_BLOCKS 1024u
#define MOST_LETTERS 4096u
#endif

/* ---- the turn */

static void note_idle(sip_worker *worker)
{
    worker->turn_began_us = sip__stopwatch_us();
    if (worker->turn_ended_us != 0) {
        sip__overload_idle(&worker->admission.overload,
                           worker->turn_began_us - worker->turn_ended_us);
    }
}

void sip__worker_enter_turn(sip_worker *worker)
{
    if (!worker->in_turn) {
        worker->in_turn = true;
        worker->now_ms = sip_clock_now_ms(worker->clock);
        if (worker->loop == NULL) {
            worker->stack->turn_of = worker;
        } else {
            note_idle(worker);
        }
    }
}

static void set_alarm(sip_worker *worker, sip_time_ms due_ms);

uint32_t sip__worker_share(const sip_worker *worker, uint32_t limit)
{
    unsigned workers = worker->stack->steer.workers;

    return limit / workers + (limit % workers != 0 ? 1 : 0);
}

/* Turn work that queues itself again runs again in this same end: its owner's fault if that never
 * ends. */
void sip__worker_run_turn_work(sip_worker *worker)
{
    while (!sip_list_is_empty(&worker->turn_work)) {
        sip_turn_work *work = SIP_CONTAINER_OF(worker->turn_work.next, sip_turn_work, link);

        sip_list_remove(&work->link);
        work->fn(work);
    }
}

static void note_turn(sip_worker *worker)
{
    if (worker->loop != NULL) {
        uint64_t took_us;

        worker->turn_ended_us = sip__stopwatch_us();
        took_us = worker->turn_ended_us - worker->turn_began_us;
        worker->admission.last_turn_ms = (uint32_t)(took_us / 1000);
        sip__histogram_add(&worker->layer.meter.turns, took_us);
    }
}

static void end_turn(void *arg)
{
    sip_worker *worker = arg;

    sip__worker_enter_turn(worker);
    if (worker->transports.far != NULL) {
        sip__mailbox_open(worker);
    }
    do {
        sip__worker_run_turn_work(worker);
        worker->on_turn_end(worker);
    } while (!sip_list_is_empty(&worker->turn_work));
    sip__transports_flush(&worker->transports);
    note_turn(worker);
    worker->in_turn = false;
    worker->wants_turn_end = false;
    if (worker->published) {
        sip__stats_publish(worker);
    }
    if (worker->loop != NULL) {
        set_alarm(worker, sip__wheel_wake_ms(&worker->wheel));
    } else {
        worker->stack->turn_of = NULL;
    }
}

static void on_alarm(void *arg)
{
    sip_worker *worker = arg;

    worker->alarm_ms = UINT64_MAX;
    sip__worker_enter_turn(worker);
    sip__wheel_advance(&worker->wheel, worker->now_ms);
}

static void set_alarm(sip_worker *worker, sip_time_ms due_ms)
{
    if (due_ms != worker->alarm_ms) {
        worker->alarm_ms = due_ms;
        sip_loop_set_alarm(worker->loop, due_ms, on_alarm, worker);
    }
}

void sip__worker_want_turn_end(sip_worker *worker)
{
    if (worker->wants_turn_end) {
        return;
    }
    worker->wants_turn_end = true;
    if (worker->loop != NULL && !worker->in_turn) {
        set_alarm(worker, 0);
    }
}

void sip_worker_at_turn_end(sip_worker *worker, sip_turn_work *work)
{
    if (work->link.next != NULL && !sip_list_is_empty(&work->link)) {
        return;
    }
    sip_list_init(&work->link);
    sip_list_append(&worker->turn_work, &work->link);
    sip__worker_want_turn_end(worker);
}

/* ---- posts, where there is no loop to take them */

typedef struct post {
    sip__mpsc_node node; /* first: the queue gives nodes back */
    void (*fn)(void *arg);
    void *arg;
} post;

int sip_worker_post(sip_worker *worker, void (*fn)(void *arg), void *arg)
{
    post *item;

    if (worker->loop != NULL) {
        return sip_loop_post(worker->loop, fn, arg);
    }
    item = sip_alloc0(worker->config->allocator, sizeof(*item));
    if (item == NULL) {
        return SIP_ENOMEM;
    }
    item->fn = fn;
    item->arg = arg;
    atomic_fetch_add(&worker->posts_waiting, 1);
    (void)sip__mpsc_put(&worker->posts, &item->node);
    return 0;
}

/* At most as many as wait now: what they post themselves is a later turn's. */
static void run_posts(sip_worker *worker)
{
    unsigned count = atomic_load(&worker->posts_waiting);
    sip__mpsc_node *node;

    while (count-- > 0 && (node = sip__mpsc_take(&worker->posts)) != NULL) {
        post item = *(post *)node;

        atomic_fetch_sub(&worker->posts_waiting, 1);
        sip_free(worker->config->allocator, node);
        item.fn(item.arg);
    }
}

void sip__worker_process(sip_worker *worker)
{
    sip__worker_enter_turn(worker);
    worker->stack->turn_of = worker; /* also where its turn began before another's */
    run_posts(worker);
    sip__wheel_advance(&worker->wheel, sip_clock_now_ms(worker->clock));
    end_turn(worker);
}

sip_time_ms sip__worker_next_due_ms(const sip_worker *worker)
{
    const sip_stack *stack = worker->stack;

    if (worker->wants_turn_end || atomic_load(&worker->posts_waiting) > 0 ||
        atomic_load(&worker->mailbox.waiting) > 0) {
        return sip_clock_now_ms(worker->clock);
    }
    if (!atomic_load(&stack->finished) &&
        atomic_load(&stack->stop_requests) > (worker->stopping ? 1u : 0u)) {
        return sip_clock_now_ms(worker->clock);
    }
    return sip__wheel_next_due_ms(&worker->wheel);
}

/* ---- timers */

void sip_timer_set(sip_worker *worker, sip_timer *timer, uint32_t ms)
{
    sip_time_ms due_ms = sip_worker_now_ms(worker) + ms;

    sip__wheel_arm(&worker->wheel, timer, due_ms);
    if (worker->loop != NULL && !worker->in_turn && due_ms < worker->alarm_ms) {
        set_alarm(worker, due_ms);
    }
}

void sip_timer_clear(sip_worker *worker, sip_timer *timer)
{
    sip__wheel_cancel(&worker->wheel, timer);
}

typedef struct alarm {
    sip_timer timer;
    sip_worker *worker;
    void (*fn)(void *arg);
    void *arg;
} alarm;

static void on_timer_started(void *arg)
{
    alarm *item = arg;
    alarm copy = *item;

    sip__pool_give(&item->worker->alarms, item);
    copy.fn(copy.arg);
}

int sip_timer_start(sip_worker *worker, uint32_t ms, void (*fn)(void *arg), void *arg)
{
    alarm *item = sip__pool_take(&worker->alarms);

    if (item == NULL) {
        return SIP_ENOMEM;
    }
    item->worker = worker;
    item->fn = fn;
    item->arg = arg;
    sip_timer_init(&item->timer, on_timer_started, item);
    sip_timer_set(worker, &item->timer, ms);
    return 0;
}

/* ---- birth and death */

static int init_layer(sip_worker *worker, const sip__layer_hooks *hooks)
{
    const sip_stack_config *config = worker->config;
    sip__layer_config layer = {
        .stack = worker->stack,
        .worker = worker,
        .hooks = hooks,
        .allocator = worker->allocator,
        .random = config->random,
        .log = config->log,
        .clock = worker->clock,
        .datagram_bytes = config->datagram_bytes,
        .transports = &worker->transports,
        .locator = &worker->locator,
        .ident = &worker->ident,
        .proof_keys = &worker->stack->proof_keys,
        .obeys_maddr = config->obey_maddr == SIP_ON,
        .timers = config->timers,
        .max_transactions = sip__worker_share(worker, config->max_transactions),
        .retry_after_s = config->overload.retry_after_s,
        .obeys = config->overload.obey == SIP_ON,
        .trust_priority = config->overload.trust_priority == SIP_ON,
        .worker_index = (uint8_t)worker->index,
    };

    return sip__layer_init(&worker->layer, &layer);
}

static int init_loop(sip_worker *worker)
{
    const sip_stack_config *config = worker->config;
    sip__ares_config names = {
        .allocator = config->allocator,
        .name_servers = config->name_servers,
        .timeout_ms = config->dns_timeout_ms,
        .tries = config->dns_tries,
    };
    int err = sip_loop_create(config->allocator, &worker->loop);

    if (err != 0) {
        return err;
    }
    sip_loop_set_turn_end(worker->loop, end_turn, worker);
    names.loop = worker->loop;
    if (worker->resolver == NULL) {
        worker->owns_resolver = true;
        return sip__ares_resolver_create(&names, &worker->resolver);
    }
    return 0;
}

static int init_names(sip_worker *worker)
{
    const sip_stack_config *config = worker->config;
    sip__record_cache_config cache = {
        .allocator = config->allocator,
        .random = config->random,
        .clock = worker->clock,
        .hosts = &worker->hosts,
        .log = config->log,
        .resolver = worker->resolver,
        .most = config->dns_cache,
    };
    int err = sip__static_hosts_init(&worker->hosts, config->allocator, config->random);

    if (err == 0) {
        err = sip__record_cache_init(&worker->names, &cache);
    }
    if (err == 0) {
        sip__locator_init(&worker->locator, &worker->names, &worker->wheel, config->random);
    }
    return err;
}

/* What goes to other workers comes home to be used again; where blocks are to come from malloc each
 * time, so that tools see what becomes of them, these do too. */
static int be_one_of_several(sip_worker *worker)
{
    worker->transports.far = &sip__far_hooks_of_worker;
    worker->transports.far_arg = worker;
#ifdef SIP_POOLS
    worker->blocks = sip__homing_create(worker->config->allocator, BLOCK_BYTES, MOST_BLOCKS);
    worker->letters =
        sip__homing_create(worker->config->allocator, SIP__LETTER_BYTES, MOST_LETTERS);
    return worker->blocks != NULL && worker->letters != NULL ? 0 : SIP_ENOMEM;
#else
    return 0;
#endif
}

/* An allocator of the application's sees each block. */
static int init_allocator(sip_worker *worker)
{
    const sip_allocator *allocator = worker->config->allocator;

    worker->allocator = allocator;
    if (allocator != sip_allocator_default()) {
        return 0;
    }
    worker->cache = sip__block_cache_create(allocator);
    if (worker->cache == NULL) {
        return SIP_ENOMEM;
    }
    worker->allocator = sip__block_cache_allocator(worker->cache);
    return 0;
}

int sip__worker_init(sip_worker *worker, uint32_t cookie, const sip__layer_hooks *hooks,
                     const sip_transport_events *events)
{
    const sip_stack_config *config = worker->config;
    int err = 0;

    worker->clock = config->clock != NULL ? config->clock : sip_clock_system();
    worker->resolver = config->resolver;
    worker->owns_resolver = worker->index == 0; /* shared only where one thread has all workers */
    worker->alarm_ms = UINT64_MAX;
    sip_list_init(&worker->turn_work);
    sip_list_init(&worker->lookups);
    sip_list_init(&worker->tus);
    sip_list_init(&worker->observers);
    sip__mpsc_init(&worker->posts);
    sip__wheel_init(&worker->wheel, sip_clock_now_ms(worker->clock));
    sip__ident_init(&worker->ident, config->random, cookie, worker->index);
    sip__pool_init(&worker->alarms, config->allocator, sizeof(alarm), 0);
    sip__transports_init(&worker->transports, config->allocator, events, worker);
    sip__mailbox_init(&worker->mailbox);
    worker->transports.local_networks = config->local_networks;
    worker->transports.preferred = config->prefer_protocol;
    worker->transports.flows.worker = (uint8_t)worker->index;
    if (worker->stack->steer.workers > 1) {
        err = be_one_of_several(worker);
    }
    if (err == 0) {
        err = init_allocator(worker);
    }
    if (err == 0 && config->clock == NULL) {
        err = init_loop(worker);
    }
    if (err == 0) {
        err = init_names(worker);
    }
    if (err == 0) {
        err = sip__admission_init(worker);
    }
    return err != 0 ? err : init_layer(worker, hooks);
}

void sip__worker_finish(sip_worker *worker)
{
    sip__mpsc_node *node;

    sip__layer_finish(&worker->layer);
    sip__admission_finish(&worker->admission);
    sip__transports_finish(&worker->transports);
    sip__far_finish(worker);
    sip__mailbox_finish(worker);
    sip__lookups_finish(worker);
    sip__locator_finish(&worker->locator);
    sip__record_cache_finish(&worker->names);
    sip__static_hosts_finish(&worker->hosts);
    if (worker->resolver != NULL && worker->owns_resolver) {
        worker->resolver->vtable->destroy(worker->resolver);
    }
    while ((node = sip__mpsc_take(&worker->posts)) != NULL) {
        sip_free(worker->config->allocator, node);
    }
    sip__homing_release(worker->blocks);
    sip__homing_release(worker->letters);
    sip__pool_finish(&worker->alarms);
    if (worker->loop != NULL) {
        sip_loop_set_turn_end(worker->loop, NULL, NULL);
        sip_loop_destroy(worker->loop);
    }
    sip__block_cache_close(worker->cache);
}

/* ---- looking at one */

sip_stack *sip_worker_stack(sip_worker *worker)
{
    return worker == NULL ? NULL : worker->stack;
}

unsigned sip_worker_index(const sip_worker *worker)
{
    return worker == NULL ? 0 : worker->index;
}

sip_loop *sip_worker_loop(sip_worker *worker)
{
    return worker == NULL ? NULL : worker->loop;
}

sip_time_ms sip_worker_now_ms(const sip_worker *worker)
{
    return worker->loop != NULL && worker->in_turn ? worker->now_ms
                                                   : sip_clock_now_ms(worker->clock);
}

int64_t sip_worker_unix_s(const sip_worker *worker)
{
    return sip_clock_unix_s(worker->clock);
}

const sip_allocator *sip_worker_allocator(const sip_worker *worker)
{
    return worker->allocator;
}

const sip_random *sip_worker_random(const sip_worker *worker)
{
    return worker->config->random;
}

const sip_log *sip_worker_log(const sip_worker *worker)
{
    return worker->config->log;
}

sip_str sip_worker_make_tag(sip_worker *worker, char out[SIP_TAG_BYTES])
{
    return sip__ident_tag(&worker->ident, out);
}

sip_str sip_worker_make_call_id(sip_worker *worker, char out[SIP_CALL_ID_BYTES])
{
    return sip__ident_call_id(&worker->ident, out);
}
