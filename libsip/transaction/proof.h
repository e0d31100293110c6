/* What we write into messages to know them again without keeping anything: that a dialog was set up
 * through us, and that a response answers what we passed on. Nobody without the keys can make it.
 */
#ifndef SIP_TRANSACTION_PROOF_H
#define SIP_TRANSACTION_PROOF_H

#include "message/ident.h"

typedef struct sip__proof_keys {
    uint64_t dialog[2], branch[2];
} sip__proof_keys;

/* From a secret, so that what was written before a restart is known after it, or (NULL) new ones.
 * @return 0 or SIP_ENOMEM */
int sip__proof_keys_init(sip__proof_keys *keys, const char *secret, const sip_random *random);

#define SIP__PROOF_BYTES 17 /* 16 digits and a zero */

/* The parameter of a Record-Route URI that names a dialog made through us. */
#define SIP__PROOF_PARAM "dlg"

/* For the dialog that `request` sets up, as its Record-Route says it. */
void sip__proof_of_dialog(const sip__proof_keys *keys, const sip_msg *request,
                          char out[SIP__PROOF_BYTES]);
/* True if `proof` is that of the dialog that `request` is in, whichever side it comes from. */
bool sip__proof_is_of_dialog(const sip__proof_keys *keys, const sip_msg *request, sip_str proof);

/* The branch that `request`, received or printed from that, but without a Via of ours yet, is
 * passed on with: the same for its repetitions, its CANCEL and the ACK to its failure (RFC
 * 3261 16.11), and good for the responses that lead back to where it came from. */
sip_str sip__proof_branch(const sip__proof_keys *keys, unsigned worker, const sip_msg *request,
                          char out[SIP__PROVED_BRANCH_BYTES]);
/* True if the topmost Via of `response` has the branch that its request got so. *ret_back (may be
 * NULL) is the way back as the second Via says it, with the flow that the request came by. */
bool sip__proof_is_of_response(const sip__proof_keys *keys, const sip_msg *response,
                               sip_path *ret_back);

/* The To tag of the answer to `request` that is given without a transaction: the same for its
 * repetitions, and known again in the ACK (RFC 3261 8.2.7). */
sip_str sip__proof_tag(const sip__proof_keys *keys, const sip_msg *request,
                       char out[SIP__PROOF_BYTES]);
/* True if `ack` is for such an answer. */
bool sip__proof_is_of_ack(const sip__proof_keys *keys, const sip_msg *ack);

#endif
