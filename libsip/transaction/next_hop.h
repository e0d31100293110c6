/* Requests on their way out: where to (RFC 3263 through dns/locate), and as which bytes. */
#ifndef SIP_TRANSACTION_NEXT_HOP_H
#define SIP_TRANSACTION_NEXT_HOP_H

#include "transaction/layer.h"

/* A look-up under way, and its targets while there are more to try. */
typedef struct sip__finder {
    sip__locate locate;
    size_t next;
} sip__finder;

/* The URI that decides where `request` goes: next_hop if not NULL, a loose topmost Route, else the
 * Request-URI (RFC 3261 8.1.2). `room` holds it if need be. @return 0 or SIP_EINVAL */
int sip__next_hop_uri(const sip_msg *request, const char *next_hop, sip_uri *room,
                      const sip_uri **ret_uri);
/* A way to a target that was found; its flow and local address are not known yet. */
sip_path sip__next_hop_path(const sip_hop *hop);
/* Find the way to `uri`: at once, or by a look-up that calls fn(locate) with locate->arg == arg
 * later.
 * @return 0 with *ret_path, and *ret_finder if it was a name: its `next` is the target after that;
 *   SIP_EAGAIN with *ret_finder; SIP_ENOMEM, or why it leads nowhere */
int sip__next_hop_find(sip__layer *layer, const sip_uri *uri,
                       void (*fn)(sip__locate *locate, int err, const char *text), void *arg,
                       sip_path *ret_path, sip__finder **ret_finder);
/* Give a finder back, ending its look-up. NULL is fine. */
void sip__next_hop_release(sip__layer *layer, sip__finder *finder);
/* The request as it goes along `path`, whose local address is filled in. @return 0,
 * SIP_EUNSUPPORTED, SIP_ENOMEM, SIP_ETOOBIG */
int sip__next_hop_print(sip__layer *layer, const sip_msg *request, sip_path *path, sip_str branch,
                        sip_msg **ret_sent);
/* "udp 192.0.2.1:5060", for people; returns `out`. */
#define SIP__PATH_TEXT_BYTES (SIP_ADDR_TEXT_BYTES + 8)
const char *sip__next_hop_path_text(const sip_path *path, char out[SIP__PATH_TEXT_BYTES]);

#endif
