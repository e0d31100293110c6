/* How a relay (proxy/) sits on a server transaction without this folder knowing of proxies. */
#ifndef SIP_TRANSACTION_RELAY_HOOK_H
#define SIP_TRANSACTION_RELAY_HOOK_H

#include <sip/tu.h>

typedef struct sip__relay_hooks {
    /* The INVITE is cancelled, the CANCEL answered with 200; called where the TU's on_cancel is
     * NULL, instead of the 487. `cancel` is borrowed for the call. */
    void (*on_cancel)(sip_server_tx *tx, const sip_msg *cancel, void *relay);
    /* `tx` ends: comes once, just before the TU's on_server_tx_ended, also when the stack is
     * destroyed. */
    void (*on_ended)(sip_server_tx *tx, void *relay);
} sip__relay_hooks;

/* Put a relay on `tx`, or take it off (hooks NULL). `hooks` is static. */
void sip__server_tx_set_relay(sip_server_tx *tx, const sip__relay_hooks *hooks, void *relay);
/* The relay that was put there; NULL if none. */
void *sip__server_tx_relay(const sip_server_tx *tx);
/* For the loop check: the user_data of the live client transaction that sent a request with this
 * Via branch and method and was made with `handler`; NULL if there is none. */
void *sip__client_tx_find_data(sip_tu *tu, sip_str branch, sip_method method,
                               const sip_client_tx_handler *handler);

#endif
