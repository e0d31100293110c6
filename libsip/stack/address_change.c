#include "stack/address_change.h"

#include "io/interfaces.h"
#include "message/print.h"
#include "stack/stack.h"
#include "transaction/server_tx.h"
#include <stdio.h>

#define SWEEP_MS 1000 /* answers that were under way still leave, if they can */

static void happened(void *arg)
{
    sip_worker *worker = arg;

    sip__worker_enter_turn(worker);
    sip__address_change_happened(worker);
    sip__worker_want_turn_end(worker);
}

/* The first worker listens anew before the others do: what it finds is theirs alone then. Without
 * memory to tell one of them it goes on as it was. */
static void on_change(void *arg)
{
    sip_worker *first = arg;

    happened(first);
    for (unsigned i = 1; i < first->stack->steer.workers; i++) {
        (void)sip_worker_post(&first->stack->workers[i], happened, &first->stack->workers[i]);
    }
}

int sip__address_change_watch(sip_worker *worker)
{
    sip__address_change *change = &worker->address_change;
    int err;

    if (change->watch != NULL || worker->loop == NULL ||
        worker->config->watch_addresses == SIP_OFF) {
        return 0;
    }
    err = sip__address_watch_create(worker->config->allocator, worker->loop, on_change, worker,
                                    &change->watch);
    if (err == SIP_EIO) {
        sip_log_info(worker->config->log, SIP_LOG_TRANSPORT,
                     "changes of addresses are not noticed: the system does not tell of them");
    }
    return err == SIP_ENOMEM ? err : 0;
}

static void sweep(void *arg)
{
    sip_worker *worker = arg;

    sip__listeners_sweep(&worker->transports);
}

static void tell_listener(sip__listener_news news, const sip_transport *transport, void *arg)
{
    bool is_lost = news == SIP__LISTENER_LOST;
    char where[SIP_ADDR_TEXT_BYTES];
    char text[SIP_ADDR_TEXT_BYTES + 64];
    sip_transport_event event = {
        .kind = is_lost ? SIP_TRANSPORT_LISTENER_LOST : SIP_TRANSPORT_LISTENER_BACK,
        .path = {.protocol = transport->protocol, .local = transport->local},
        .err = is_lost ? SIP_EIO : 0,
        .text = text,
    };
    sip_worker *worker = arg;

    (void)snprintf(text, sizeof(text), "%s %s: %s", transport->vtable->name,
                   sip_addr_text(&transport->local, where),
                   is_lost ? "the address is gone" : "listening on the address");
    sip_log_info(worker->config->log, SIP_LOG_TRANSPORT, "%s", text);
    sip__stack_tell(worker, &event);
}

/* True while we can send from there. */
static bool is_ours(const sip__transports *transports, const sip__interface *here, size_t n,
                    const sip_addr *addr)
{
    const sip_transport *at = transports->first;

    while (at != NULL && (at->is_lost || !sip_addr_same_host(&at->local, addr))) {
        at = at->next;
    }
    return at != NULL || sip__interfaces_have(here, n, addr);
}

/* The request came to an address that we do not have any more: its answer leaves from another, and
 * names that in Contact. Without memory for it Contact leads to where we were. */
static void readdress(sip__transports *transports, sip_server_tx *tx)
{
    const sip_path *source = sip_msg_source(tx->request);
    sip_path path = {.protocol = source->protocol, .remote = source->remote};
    sip_transport *transport;
    sip__seen_as seen;

    if (sip__transports_choose(transports, &path, &transport) == 0) {
        sip__seen_as_contact(transport, &path, transports->local_networks, &seen);
        (void)sip__msg_set_seen(tx->request, seen.host, seen.port);
        tx->to.path.local = path.local;
    }
}

static void readdress_requests(sip_worker *worker)
{
    sip__transports *transports = &worker->transports;
    sip_list *all = &worker->layer.server_list;
    sip__interface *here = NULL;
    size_t n = 0;

    if (sip_list_is_empty(all) || sip__interfaces_list(worker->config->allocator, &here, &n) != 0) {
        return;
    }
    for (sip_list *at = all->next; at != all; at = at->next) {
        sip_server_tx *tx = SIP_CONTAINER_OF(at, sip_server_tx, link);

        if (tx->request != NULL &&
            !is_ours(transports, here, n, &sip_msg_source(tx->request)->local)) {
            readdress(transports, tx);
        }
    }
    sip_free(worker->config->allocator, here);
}

void sip__address_change_happened(sip_worker *worker)
{
    sip_transport_event event = {.kind = SIP_TRANSPORT_ADDRESSES_CHANGED,
                                 .text = "addresses or routes of this machine have changed"};
    sip__transports *transports = &worker->transports;
    int err = 0;

    sip_log_info(worker->config->log, SIP_LOG_TRANSPORT, "%s", event.text);
    sip__transports_forget_routes(transports);
    if (transports->listeners != NULL) {
        err = sip__listeners_refresh(transports, tell_listener, worker);
        sip_timer_clear(worker, &worker->address_change.sweep);
        sip_timer_init(&worker->address_change.sweep, sweep, worker);
        sip_timer_set(worker, &worker->address_change.sweep, SWEEP_MS);
    }
    if (err != 0) {
        sip_log_info(worker->config->log, SIP_LOG_TRANSPORT, "not all listeners could follow: %s",
                     sip_error_text(err));
    }
    readdress_requests(worker);
    sip__stack_tell(worker, &event);
}

void sip__address_change_finish(sip_worker *worker)
{
    sip__address_watch_destroy(worker->address_change.watch);
    worker->address_change.watch = NULL;
    sip_timer_clear(worker, &worker->address_change.sweep);
}
