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

/* Prints the request of a relay's client transaction as it goes along `path` under `branch`, with
 * our Via, into *ret_sent, whose source is `path`; fills in the path's local address. @return as
 * sip__next_hop_print() */
typedef int sip__print_fn(sip_client_tx *tx, sip_path *path, sip_str branch, sip_msg **ret_sent);

/* A client transaction whose request is printed for each target anew. */
typedef struct sip__relayed {
    const sip_msg *received; /* what is passed on; referenced */
    const sip_uri *next_hop; /* where to, for the call */
    const sip_path *path;    /* instead of a look-up; NULL: none; for the call */
    sip__print_fn *print;
} sip__relayed;

/* As sip_client_tx_create(). */
int sip__client_tx_create_relayed(sip_tu *tu, const sip__relayed *relayed,
                                  const sip_client_tx_handler *handler, void *user_data,
                                  sip_client_tx **ret_tx);

/* Put a relay on `tx`, or take it off (hooks NULL). `hooks` is static. */
void sip__server_tx_set_relay(sip_server_tx *tx, const sip__relay_hooks *hooks, void *relay);
/* The relay that was put there; NULL if none. */
void *sip__server_tx_relay(const sip_server_tx *tx);
/* For the loop check: the user_data of the live client transaction that sent a request with this
 * Via branch and method and was made with `handler`; NULL if there is none. */
void *sip__client_tx_find_data(sip_tu *tu, sip_str branch, sip_method method,
                               const sip_client_tx_handler *handler);

#endif
