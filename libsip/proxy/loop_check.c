#include "proxy/loop_check.h"

#include "message/ident.h"
#include "proxy/fork.h"
#include "transaction/relay_hook.h"

/* No hash in the branch is needed (16.6 step 8): as long as a request goes round, every relay on
 * its way is alive and knows what it received. */
bool sip__loop_has_seen(sip_tu *tu, const sip_msg *msg)
{
    const sip_via *via;

    for (size_t i = 0; (via = sip_msg_via(msg, i)) != NULL; i++) {
        const void *branch = sip__ident_branch_worker(via->branch) < 0
                                 ? NULL
                                 : sip__client_tx_find_data(tu, via->branch, sip_msg_method(msg),
                                                            &sip__branch_handler);

        if (branch != NULL && sip__relay_request_same_way(sip__branch_received(branch), msg)) {
            return true;
        }
    }
    return false;
}
