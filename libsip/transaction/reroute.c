#include "transaction/reroute.h"

#include "transaction/ist.h"
#include "transaction/nist.h"
#include "transaction/quote.h"

static bool go_on(sip_server_tx *tx);

static void on_located(sip__locate *locate, int err, const char *text)
{
    sip_server_tx *tx = locate->arg;

    (void)err, (void)text; /* there are targets, or none */
    if (tx->reliable) {
        sip__server_tx_fail(tx);
    } else if (!tx->dead) {
        (void)go_on(tx);
    }
}

bool sip__reroute_search(sip_server_tx *tx, const sip_msg *response)
{
    const sip_via *via = sip_msg_via(response, 0);

    tx->search = SIP__SEARCH_DONE;
    return via != NULL &&
           sip__sent_by_find(tx->layer, via, on_located, tx, &tx->finder) == SIP_EAGAIN;
}

static bool search_by_last(sip_server_tx *tx)
{
    const sip_str bytes = {tx->last, tx->last_bytes};
    sip_msg *response = NULL;
    bool later;

    if (tx->last == NULL) {
        tx->search = SIP__SEARCH_WANTED; /* by the 2xx that its user repeats */
        return false;
    }
    if (sip_msg_parse(tx->layer->config.allocator, NULL, bytes, &tx->to.path, &response, NULL) !=
        0) {
        return false;
    }
    later = sip__reroute_search(tx, response);
    (void)sip_msg_unref(response);
    return later;
}

/* @return true: the response is on its way somewhere else, or will be */
static bool go_on(sip_server_tx *tx)
{
    if (tx->layer->outlet != NULL) { /* whoever is there knows all ways */
        return false;
    }
    if (sip__response_path_fall_back(&tx->to)) {
        sip__server_tx_rewrite(tx, NULL);
        return true;
    }
    if (tx->search == SIP__SEARCH_NONE && search_by_last(tx)) {
        return true;
    }
    if (tx->finder == NULL || !sip__sent_by_next(tx->layer, tx->finder, &tx->to.path)) {
        return false;
    }
    sip__server_tx_rewrite(tx, NULL);
    return true;
}

bool sip__server_tx_unreachable(sip_server_tx *tx, const sip_network_error *error)
{
    if (tx->dead || tx->reliable || tx->last == NULL ||
        !sip_addr_equal(&tx->to.path.remote, &error->remote) ||
        !sip__quote_is_of(error->quoted, (sip_str){tx->last, tx->last_bytes})) {
        return false;
    }
    if (error->err == SIP_EIO) { /* what is too long for the path, the system cuts up next time */
        (void)go_on(tx);
    }
    return true;
}

void sip__server_tx_fail(sip_server_tx *tx)
{
    tx->trouble = false;
    if (tx->dead || go_on(tx)) {
        return;
    }
    if (tx->is_invite) {
        (void)sip__ist_step(tx, SIP__IST_TP_ERROR, NULL);
    } else {
        (void)sip__nist_step(tx, SIP__NIST_TP_ERROR, NULL);
    }
}

void sip__reroute_leave_dead_flow(sip_server_tx *tx)
{
    bool stands;

    if (tx->to.path.flow == 0 || tx->layer->outlet != NULL ||
        sip__transports_flow_to(tx->layer->config.transports, &tx->to.path, &stands) != 0 ||
        !sip__response_path_fall_back(&tx->to)) {
        return;
    }
    if (!tx->is_invite && sip_timer_is_armed(&tx->timeout)) { /* Timer J: whether it connects */
        sip__server_tx_arm(tx, &tx->timeout, 64 * tx->layer->config.timers.t1_ms);
    }
}
