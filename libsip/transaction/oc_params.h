/* The parameters of Via by which a server tells how much less it wants (RFC 7339 4, RFC 7415). */
#ifndef SIP_TRANSACTION_OC_PARAMS_H
#define SIP_TRANSACTION_OC_PARAMS_H

#include <sip/msg.h>

#define SIP__OC_VALIDITY_MS 500 /* unless said (RFC 7339 4.3) */
#define SIP__OC_TEXT_BYTES 96

typedef struct sip__oc {
    bool has_value;  /* "oc" alone is a client's offer */
    uint32_t value;  /* per cent (loss), or requests a second (rate) */
    bool loss, rate; /* named by oc-algo; without one it is loss */
    uint32_t validity_ms;
    uint64_t seq; /* in units of a hundred-thousandth; 0: none */
} sip__oc;

/* Read what the parameters of a Via say. @return false without "oc"; what is malformed counts as
 * absent */
bool sip__oc_read(sip_str params, sip__oc *ret_oc);
/* What a client offers: stands behind the parameters of its Via. */
sip_str sip__oc_offer(void);
/* Print what a server says, to stand behind the parameters of the client's Via; returns `out`. */
sip_str sip__oc_print(const sip__oc *oc, char out[SIP__OC_TEXT_BYTES]);
/* A copy of a response's bytes in which the topmost Via `via`, a slice of them, says `said` in
 * place of the client's offer. @return 0 with *ret_bytes to be freed, or SIP_ENOMEM */
int sip__oc_stamp(const sip_allocator *allocator, sip_str bytes, const sip_via *via, sip_str said,
                  sip_str *ret_bytes);

#endif
