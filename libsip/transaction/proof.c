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

/* Where the response to a request goes. */
typedef struct way_back {
    sip_addr host; /* family NONE: a name */
    uint16_t port;
    sip_flow flow; /* 0: none */
} way_back;

/* As the Via says it to who gets it. */
static way_back way_by(const sip_via *via)
{
    way_back way = {.port = via->rport != 0 ? via->rport : via->port};

    if (sip_addr_parse(via->received.len > 0 ? via->received : via->host, 0, &way.host) != 0) {
        way.host.family = SIP_FAMILY_NONE;
    }
    return way;
}

/* As the Via will say it once it has been amended by where the request came from (RFC 3261 18.2.1,
 * RFC 3581 4). */
static way_back way_from(const sip_via *via, const sip_path *source)
{
    if (source->protocol == SIP_PROTOCOL_NONE) {
        return way_by(via);
    }
    return (way_back){.host = source->remote,
                      .port = via->has_rport ? source->remote.port : via->port,
                      .flow = source->flow};
}

/* All that says where the response goes, and what an INVITE shares with its CANCEL and ACK. */
static uint64_t branch_mac(const sip__proof_keys *keys, const sip_msg *msg, const sip_via *via,
                           const way_back *way)
{
    const sip_cseq *cseq = sip_msg_cseq(msg);
    sip__mac mac;

    sip__mac_init(&mac, keys->branch);
    sip__mac_add_number(&mac, (uint64_t)via->protocol << 32 | (uint64_t)way->host.family << 16 |
                                  way->port);
    if (way->host.family == SIP_FAMILY_NONE) {
        sip__mac_add_part(&mac, via->host);
    } else {
        sip__mac_add_part(&mac, (sip_str){(const char *)way->host.ip,
                                          way->host.family == SIP_FAMILY_IP4 ? 4 : 16});
    }
    sip__mac_add_number(&mac, way->flow);
    sip__mac_add_part(&mac, via->maddr);
    sip__mac_add_part(&mac, via->branch);
    sip__mac_add_number(&mac, cseq != NULL ? cseq->number : 0);
    sip__mac_add_part(&mac, sip_msg_call_id(msg));
    sip__mac_add_part(&mac, tag_of(sip_msg_from(msg)));
    return sip__mac_finish(&mac);
}

/* What hides the number of a flow from who sees the branch. */
static uint64_t veil(const sip__proof_keys *keys, uint64_t branch)
{
    sip__mac mac;

    sip__mac_init(&mac, keys->branch);
    sip__mac_add_part(&mac, SIP_STR("flow"));
    sip__mac_add_number(&mac, branch);
    return sip__mac_finish(&mac);
}

sip_str sip__proof_branch(const sip__proof_keys *keys, unsigned worker, const sip_msg *request,
                          char out[SIP__PROVED_BRANCH_BYTES])
{
    const sip_via *via = sip_msg_via(request, 0);
    const way_back way = way_from(via, sip_msg_source(request));
    sip__branch_proof proof = {.mac = branch_mac(keys, request, via, &way),
                               .has_back = way.flow != 0};

    if (proof.has_back) {
        proof.back = way.flow ^ veil(keys, proof.mac);
    }
    return sip__ident_proved_branch(worker, &proof, out);
}

bool sip__proof_is_of_response(const sip__proof_keys *keys, const sip_msg *response,
                               sip_path *ret_back)
{
    const sip_via *ours = sip_msg_via(response, 0), *next = sip_msg_via(response, 1);
    sip__branch_proof proof;
    way_back way;

    if (ours == NULL || next == NULL || !sip__ident_branch_proof(ours->branch, &proof)) {
        return false;
    }
    way = way_by(next);
    way.flow = proof.has_back ? proof.back ^ veil(keys, proof.mac) : 0;
    if (branch_mac(keys, response, next, &way) != proof.mac) {
        return false;
    }
    if (ret_back != NULL) {
        way.host.port = way.port;
        *ret_back = (sip_path){.protocol = next->protocol, .remote = way.host, .flow = way.flow};
    }
    return true;
}

/* ---- tags */

/* Not what goes into a branch: who sees one must not know the other. */
static uint64_t tag_mac(const sip__proof_keys *keys, const sip_msg *request, const sip_via *via)
{
    const sip_cseq *cseq = sip_msg_cseq(request);
    sip__mac mac;

    sip__mac_init(&mac, keys->branch);
    sip__mac_add_part(&mac, SIP_STR("tag"));
    sip__mac_add_part(&mac, via->host);
    sip__mac_add_part(&mac, via->branch);
    sip__mac_add_number(&mac, cseq != NULL ? cseq->number : 0);
    sip__mac_add_part(&mac, sip_msg_call_id(request));
    sip__mac_add_part(&mac, tag_of(sip_msg_from(request)));
    return sip__mac_finish(&mac);
}

sip_str sip__proof_tag(const sip__proof_keys *keys, const sip_msg *request,
                       char out[SIP__PROOF_BYTES])
{
    sip__ident_put_hex(out, tag_mac(keys, request, sip_msg_via(request, 0)), 16);
    return (sip_str){out, SIP__PROOF_BYTES - 1};
}

bool sip__proof_is_of_ack(const sip__proof_keys *keys, const sip_msg *ack)
{
    const sip_str tag = tag_of(sip_msg_to(ack));
    const sip_via *via = sip_msg_via(ack, 0);
    uint64_t given = 0;

    return via != NULL && tag.len == SIP__PROOF_BYTES - 1 &&
           sip__ident_take_hex(tag.ptr, 16, &given) && tag_mac(keys, ack, via) == given;
}
