#include "stack/drain.h"

#include "stack/stack.h"
#include "transaction/client_tx.h"
#include "transaction/server_tx.h"
#include "transport/stream_transport.h"

static bool is_open_server(const sip_list *node)
{
    const sip_server_tx *tx = SIP_CONTAINER_OF(node, sip_server_tx, link);

    return tx->request != NULL && !tx->dead && !tx->quiet;
}

static bool is_open_client(const sip_list *node)
{
    const sip_client_tx *tx = SIP_CONTAINER_OF(node, sip_client_tx, link);

    return !tx->final && !tx->left && !tx->abandoned && !tx->dead;
}

static uint64_t count_open(const sip_worker *worker)
{
    const sip__layer *layer = &worker->layer;
    uint64_t count = 0;

    for (const sip_list *at = layer->server_list.next; at != &layer->server_list; at = at->next) {
        count += is_open_server(at) ? 1 : 0;
    }
    for (const sip_list *at = layer->client_list.next; at != &layer->client_list; at = at->next) {
        count += is_open_client(at) ? 1 : 0;
    }
    return count;
}

/* The last made are looked at first: what was answered long ago only waits for repetitions. */
bool sip__drain_is_over(const sip_worker *worker)
{
    const sip__layer *layer = &worker->layer;

    for (const sip_list *at = layer->server_list.prev; at != &layer->server_list; at = at->prev) {
        if (is_open_server(at)) {
            return false;
        }
    }
    for (const sip_list *at = layer->client_list.prev; at != &layer->client_list; at = at->prev) {
        if (is_open_client(at)) {
            return false;
        }
    }
    return true;
}

void sip__drain_begin(sip_worker *worker)
{
    worker->drain.begun = true;
    worker->drain.began_ms = worker->drain.ended_ms = sip_worker_now_ms(worker);
    worker->drain.under_way = count_open(worker);
    for (sip_transport *at = worker->transports.first; at != NULL; at = at->next) {
        sip__stream_stop_accepting(at);
    }
}

void sip__drain_end(sip_worker *worker)
{
    sip__drain *drain = &worker->drain;

    drain->ended_ms = sip_worker_now_ms(worker);
    sip_log_info(worker->config->log, SIP_LOG_STACK,
                 "stack: worker %u stops after %llu ms: %llu transactions were under way, %llu are "
                 "cut off, %llu requests were refused",
                 worker->index, (unsigned long long)(drain->ended_ms - drain->began_ms),
                 (unsigned long long)drain->under_way, (unsigned long long)count_open(worker),
                 (unsigned long long)worker->layer.stats.refused_stopping);
}

void sip_stack_get_stop_report(const sip_stack *stack, sip_stop_report *ret_report)
{
    sip_stop_report report = {0};

    for (unsigned i = 0; stack != NULL && i < stack->steer.workers; i++) {
        const sip_worker *worker = &stack->workers[i];
        uint64_t took_ms = worker->drain.ended_ms - worker->drain.began_ms;

        if (!worker->drain.begun) {
            continue;
        }
        report.took_ms = took_ms > report.took_ms ? took_ms : report.took_ms;
        report.under_way += worker->drain.under_way;
        report.cut_off += count_open(worker);
        report.refused += worker->layer.stats.refused_stopping;
        report.live_objects += worker->live > 0 ? (uint64_t)worker->live : 0;
        for (const sip_list *at = worker->tus.next; at != &worker->tus; at = at->next) {
            report.users_cut_off += SIP_CONTAINER_OF(at, sip_tu, link)->stopped ? 0 : 1;
        }
    }
    *ret_report = report;
}
