#include "transaction/husk.h"

#include "message/print.h"
#include "transaction/ict.h"
#include "transaction/nict.h"
#include <string.h>

/* Timers K and D of reliable transports end it at once. */
static bool lingers(const sip_client_tx *tx)
{
    if (tx->dead || tx->left) {
        return false;
    }
    if (tx->is_invite) {
        return tx->state == SIP__ICT_ACCEPTED || (tx->state == SIP__ICT_COMPLETED && !tx->reliable);
    }
    return tx->state == SIP__NICT_COMPLETED && !tx->reliable;
}

void sip__husk_make(sip_client_tx *tx)
{
    const sip_str sent = sip_msg_bytes(tx->sent), ack = sip_msg_bytes(tx->ack);

    if (!lingers(tx) || sent.len == 0) {
        return;
    }
    if (tx->husk == NULL) {
        tx->husk = sip_alloc(tx->layer->config.allocator, sent.len + ack.len);
        if (tx->husk == NULL) {
            return;
        }
        memcpy(tx->husk, sent.ptr, sent.len);
        if (ack.len > 0) {
            memcpy(tx->husk + sent.len, ack.ptr, ack.len);
        }
        tx->husk_sent_bytes = (uint32_t)sent.len;
        tx->husk_ack_bytes = (uint32_t)ack.len;
    }
    tx->sent = sip_msg_unref(tx->sent);
    tx->ack = sip_msg_unref(tx->ack);
}

void sip__husk_drop(sip_client_tx *tx)
{
    sip_free(tx->layer->config.allocator, tx->husk);
    tx->husk = NULL;
}

sip_str sip__husk_sent(const sip_client_tx *tx)
{
    return tx->husk != NULL ? (sip_str){tx->husk, tx->husk_sent_bytes} : sip_msg_bytes(tx->sent);
}

sip_str sip__husk_ack(const sip_client_tx *tx)
{
    return tx->husk != NULL ? (sip_str){tx->husk + tx->husk_sent_bytes, tx->husk_ack_bytes}
                            : sip_msg_bytes(tx->ack);
}

/* Whoever asks late gets it made anew; it stays until the next repetition, or the end. */
static void revive(sip_client_tx *tx)
{
    sip_msg *sent;

    if (sip_msg_parse(tx->layer->config.allocator, NULL, sip__husk_sent(tx), NULL, &sent, NULL) ==
        0) {
        sip__msg_set_source(sent, &tx->path);
        tx->sent = sent;
    }
}

const sip_msg *sip_client_tx_request(const sip_client_tx *tx)
{
    if (tx == NULL) {
        return NULL;
    }
    if (tx->sent == NULL && tx->husk != NULL) {
        revive((sip_client_tx *)tx);
    }
    return tx->sent != NULL ? tx->sent : tx->request;
}
