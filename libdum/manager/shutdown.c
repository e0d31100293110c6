#include "manager/shutdown.h"

#include "dialog/usage.h"

static void stopped(dum_manager *dum)
{
    if (!dum->stopping || dum->stopped || dum->destroying) {
        return;
    }
    dum->stopped = true;
    sip_timer_clear(dum->worker, &dum->shutdown_timer);
    sip_tu_stopped(dum->tu);
}

static void on_timer(void *arg)
{
    dum_manager *dum = arg;

    sip_log_info(sip_worker_log(dum->worker), SIP_LOG_USAGE,
                 "manager: %zu usages did not end within %u ms", dum->n_usages,
                 (unsigned)dum->shutdown_ms);
    stopped(dum);
}

static void usage_gone(dum_manager *dum)
{
    if (dum->n_usages == 0) {
        stopped(dum);
    }
}

void dum__shutdown_init(dum_manager *dum)
{
    sip_timer_init(&dum->shutdown_timer, on_timer, dum);
    dum->usage_gone = usage_gone;
}

void dum__shutdown_begin(dum_manager *dum)
{
    if (dum->stopping) {
        return;
    }
    dum->stopping = true;
    sip_timer_set(dum->worker, &dum->shutdown_timer, dum->shutdown_ms);
    /* Usages are unlinked at the end of the turn only, so the list holds still here. */
    for (sip_list *at = dum->usages.next; at != &dum->usages; at = at->next) {
        dum__usage *usage = SIP_CONTAINER_OF(at, dum__usage, link);

        if (!usage->ending && !usage->in_shutdown) {
            usage->in_shutdown = true;
            usage->class->shutdown(usage);
        }
    }
    if (dum->n_usages == 0) {
        stopped(dum);
    }
}

void dum__shutdown_usages(dum_manager *dum)
{
    dum->destroying = true;
    dum__turn_run(&dum->turn);
    for (sip_list *at = dum->usages.next; at != &dum->usages; at = at->next) {
        SIP_CONTAINER_OF(at, dum__usage, link)->ending = true;
    }
    for (sip_list *at = dum->usages.next; at != &dum->usages; at = at->next) {
        dum__usage *usage = SIP_CONTAINER_OF(at, dum__usage, link);

        if (!usage->terminated) {
            usage->class->abort(usage);
        }
    }
    while (!sip_list_is_empty(&dum->usages)) {
        dum__usage_destroy(SIP_CONTAINER_OF(dum->usages.next, dum__usage, link));
    }
}
