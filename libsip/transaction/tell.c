/* What the hooks of a layer and of its transactions are told (hooks.h). */
#include "transaction/client_tx.h"
#include "transaction/server_tx.h"

/* ---- clients */

void sip__client_tx_tell_all(sip_client_tx *tx, sip_tx_event event, const sip_msg *msg,
                             sip_str bytes)
{
    const sip_tx_news news = {.event = event, .client = tx, .msg = msg, .bytes = bytes};

    if (tx->left) {
        return;
    }
    sip__hooks_tell(&tx->layer->hooks, tx->layer->config.allocator, &news);
    if (tx->hooks != NULL) {
        sip__hooks_tell(tx->hooks, tx->layer->config.allocator, &news);
    }
}

int sip_client_tx_add_hook(sip_client_tx *tx, const sip_tx_hook *hook)
{
    return tx == NULL ? SIP_EINVAL
                      : sip__hooks_add_own(&tx->hooks, tx->layer->config.allocator, hook);
}

void sip_client_tx_remove_hook(sip_client_tx *tx, const sip_tx_hook *hook)
{
    if (tx != NULL && tx->hooks != NULL) {
        sip__hooks_remove(tx->hooks, tx->layer->config.allocator, hook);
    }
}

/* ---- servers */

void sip__server_tx_tell_all(sip_server_tx *tx, sip_tx_event event, const sip_msg *msg,
                             sip_str bytes)
{
    const sip_tx_news news = {.event = event, .server = tx, .msg = msg, .bytes = bytes};

    sip__hooks_tell(&tx->layer->hooks, tx->layer->config.allocator, &news);
    if (tx->hooks != NULL) {
        sip__hooks_tell(tx->hooks, tx->layer->config.allocator, &news);
    }
}

int sip_server_tx_add_hook(sip_server_tx *tx, const sip_tx_hook *hook)
{
    return tx == NULL ? SIP_EINVAL
                      : sip__hooks_add_own(&tx->hooks, tx->layer->config.allocator, hook);
}

void sip_server_tx_remove_hook(sip_server_tx *tx, const sip_tx_hook *hook)
{
    if (tx != NULL && tx->hooks != NULL) {
        sip__hooks_remove(tx->hooks, tx->layer->config.allocator, hook);
    }
}
