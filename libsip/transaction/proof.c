#include "transaction/proof.h"

#include "base/mac.h"
#include <openssl/evp.h>
#include <string.h>

int sip__proof_keys_init(sip__proof_keys *keys, const char *secret, const sip_random *random)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (secret == NULL) {
        sip_random_fill(random, keys, sizeof *keys);
        return 0;
    }
    if (EVP_Digest(secret, strlen(secret), digest, &len, EVP_sha256(), NULL) != 1 ||
        len < sizeof *keys) {
        return SIP_ENOMEM;
    }
    memcpy(keys, digest, sizeof *keys);
    return 0;
}

/* ---- dialogs */

/* The caller's tag is in every request of a dialog, in From or in To, and nobody in it can change
 * the Call-ID. */
static uint64_t dialog_mac(const sip__proof_keys *keys, sip_str call_id, sip_str tag)
{
    sip__mac mac;

    sip__mac_init(&mac, keys->dialog);
    sip__mac_add_part(&mac, call_id);
    sip__mac_add_part(&mac, tag);
    return sip__mac_finish(&mac);
}

static sip_str tag_of(const sip_address *address)
{
    return address != NULL ? address->tag : (sip_str){NULL, 0};
}

void sip__proof_of_dialog(const sip__proof_keys *keys, const sip_msg *request,
                          char out[SIP__PROOF_BYTES])
{
    sip__ident_put_hex(
        out, dialog_mac(keys, sip_msg_call_id(request), tag_of(sip_msg_from(request))), 16);
}

bool sip__proof_is_of_dialog(const sip__proof_keys *keys, const sip_msg *request, sip_str proof)
{
    const sip_str tags[] = {tag_of(sip_msg_from(request)), tag_of(sip_msg_to(request))};
    uint64_t given = 0;

    if (proof.len != SIP__PROOF_BYTES - 1 || !sip__ident_take_hex(proof.ptr, 16, &given)) {
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        if (dialog_mac(keys, sip_msg_call_id(request), tags[i]) == given) {
            return true;
        }
    }
    return false;
}

/* ---- branches */

/* All that says where the response goes, and what an INVITE shares with its CANCEL and ACK. */
static uint64_t branch_mac(const sip__proof_keys *keys, const sip_msg *msg, const sip_via *via)
{
    const sip_cseq *cseq = sip_msg_cseq(msg);
    sip__mac mac;

    sip__mac_init(&mac, keys->branch);
    sip__mac_add_number(&mac,
                        (uint64_t)via->protocol << 32 | (uint64_t)via->port << 16 | via->rport);
    sip__mac_add_part(&mac, via->host);
    sip__mac_add_part(&mac, via->received);
    sip__mac_add_part(&mac, via->maddr);
    sip__mac_add_part(&mac, via->branch);
    sip__mac_add_number(&mac, cseq != NULL ? cseq->number : 0);
    sip__mac_add_part(&mac, sip_msg_call_id(msg));
    sip__mac_add_part(&mac, tag_of(sip_msg_from(msg)));
    return sip__mac_finish(&mac);
}

sip_str sip__proof_branch(const sip__proof_keys *keys, unsigned worker, const sip_msg *request,
                          char out[SIP__BRANCH_BYTES])
{
    return sip__ident_proved_branch(worker, branch_mac(keys, request, sip_msg_via(request, 0)),
                                    out);
}

bool sip__proof_is_of_response(const sip__proof_keys *keys, const sip_msg *response)
{
    const sip_via *ours = sip_msg_via(response, 0), *next = sip_msg_via(response, 1);
    uint64_t given = 0;

    return ours != NULL && next != NULL && sip__ident_branch_proof(ours->branch, &given) &&
           branch_mac(keys, response, next) == given;
}
