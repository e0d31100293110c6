#include <dum/manager.h>

#include "core/context.h"
#include "dialog/usage.h"
#include "manager/dispatch.h"
#include "manager/post.h"
#include "manager/shutdown.h"
#include "usage/invite/invite.h"
#include "usage/oneshot/options.h"

#define DEFAULT_MAX_SESSIONS 1000000u
#define DEFAULT_SHUTDOWN_MS 4000u

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    (void)tu;
    dum__dispatch_request(user_data, tx);
}

static void on_ack(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    (void)tu;
    dum__dispatch_ack(user_data, ack);
}

static void on_cancel(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    (void)tu;
    dum__dispatch_cancel(user_data, tx);
}

static void on_server_tx_ended(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    (void)tu;
    (void)user_data;
    dum__dispatch_ended(tx);
}

static void on_stop(sip_tu *tu, void *user_data)
{
    (void)tu;
    dum__shutdown_begin(user_data);
}

/* A usage that ends meanwhile stays in the list until the turn is over. */
static void on_transport_event(const sip_transport_event *event, void *user_data)
{
    dum_manager *dum = user_data;

    if (event->kind != SIP_TRANSPORT_ADDRESSES_CHANGED && event->kind != SIP_TRANSPORT_FLOW_MOVED) {
        return;
    }
    for (sip_list *at = dum->usages.next; at != &dum->usages; at = at->next) {
        dum__usage *usage = SIP_CONTAINER_OF(at, dum__usage, link);

        if (usage->class->on_addresses != NULL && !usage->ending && !usage->terminated) {
            usage->class->on_addresses(usage);
        }
    }
}

static void destroy(dum_manager *dum)
{
    sip_transport_observer_end(&dum->observer);
    dum__shutdown_usages(dum);
    dum__turn_finish(&dum->turn);
    sip_timer_clear(dum->worker, &dum->shutdown_timer);
    while (!sip_list_is_empty(&dum->parts)) {
        dum__part *part = SIP_CONTAINER_OF(dum->parts.prev, dum__part, link);

        sip_list_remove(&part->link);
        part->destroy(part);
    }
    while (!sip_list_is_empty(&dum->profiles)) {
        dum__profile_destroy(SIP_CONTAINER_OF(dum->profiles.next, dum_profile, link));
    }
    dum__post_finish(dum);
    sip_map_finish(&dum->dialog_sets);
    sip_id_table_finish(&dum->ids);
    dum__free(dum, dum->user_agent);
    sip_free(dum->allocator, dum);
}

static void on_destroy(sip_tu *tu, void *user_data)
{
    (void)tu;
    destroy(user_data);
}

static const sip_tu_handler tu_handler = {
    .on_request = on_request,
    .on_ack = on_ack,
    .on_cancel = on_cancel,
    .on_server_tx_ended = on_server_tx_ended,
    .on_stop = on_stop,
    .on_destroy = on_destroy,
};

/* All that cannot fail, so that destroy() may be called from then on. */
static void init(dum_manager *dum, sip_stack *stack, sip_worker *worker, const dum_config *config)
{
    dum->stack = stack;
    dum->worker = worker;
    dum->allocator = sip_worker_allocator(worker);
    dum->max_sessions = config->max_sessions != 0 ? config->max_sessions : DEFAULT_MAX_SESSIONS;
    dum->shutdown_ms = config->shutdown_ms != 0 ? config->shutdown_ms : DEFAULT_SHUTDOWN_MS;
    dum->allow = 1u << SIP_METHOD_INVITE | 1u << SIP_METHOD_ACK | 1u << SIP_METHOD_CANCEL |
                 1u << SIP_METHOD_BYE | 1u << SIP_METHOD_OPTIONS;
    dum->resume = dum__dispatch_resume;
    dum->domains = config->domains;
    sip_list_init(&dum->usages);
    sip_list_init(&dum->profiles);
    sip_list_init(&dum->parts);
    sip_list_init(&dum->incomings);
    sip_id_table_init(&dum->ids, dum->allocator, (uint8_t)sip_worker_index(worker));
    dum__turn_init(&dum->turn, worker);
    dum__shutdown_init(dum);
    dum__invite_init(dum);
    dum__options_init(dum);
}

static int fill_in(dum_manager *dum, const dum_config *config)
{
    const sip_random *random = sip_worker_random(dum->worker);
    const char *agent = config->user_agent != NULL ? config->user_agent : "Parley/" DUM_VERSION;
    int err = sip_map_init(&dum->dialog_sets, dum->allocator, random);

    if (err == 0) {
        dum->user_agent = sip_strdup(dum->allocator, sip_str_of(agent));
        err = dum->user_agent == NULL ? SIP_ENOMEM : 0;
    }
    if (err == 0) {
        err = dum__profile_create_builtin(dum, &dum->builtin);
    }
    return err;
}

int dum_manager_create_sized(sip_stack *stack, const dum_config *config, size_t config_bytes,
                             dum_manager **ret_dum)
{
    dum_config own;
    sip_tu_config tu_config;
    sip_worker *worker;
    dum_manager *dum;
    int err = dum__copy_sized(&own, sizeof own, config, config_bytes);

    worker = stack == NULL ? NULL : sip_stack_worker(stack, own.worker);
    if (err != 0 || worker == NULL) {
        return SIP_EINVAL;
    }
    dum = sip_alloc0(sip_worker_allocator(worker), sizeof *dum);
    if (dum == NULL) {
        return SIP_ENOMEM;
    }
    init(dum, stack, worker, &own);
    err = fill_in(dum, &own);
    tu_config = (sip_tu_config){.worker = own.worker,
                                .domains = own.domains,
                                .methods = own.methods,
                                .refuses_merged = true};
    if (err == 0) {
        err = sip_tu_create(stack, &tu_config, &tu_handler, dum, &dum->tu);
    }
    if (err != 0) {
        destroy(dum);
        return err;
    }
    dum->observer.fn = on_transport_event;
    dum->observer.user_data = dum;
    sip_worker_observe(worker, &dum->observer);
    if (ret_dum != NULL) {
        *ret_dum = dum;
    }
    return 0;
}

sip_stack *dum_manager_stack(const dum_manager *dum)
{
    return dum == NULL ? NULL : dum->stack;
}

size_t dum_manager_usages(const dum_manager *dum)
{
    return dum == NULL ? 0 : dum->n_usages;
}
