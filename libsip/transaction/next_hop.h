/* Requests on their way out: where to (RFC 3263 through dns/locate), and as which bytes. */
#ifndef SIP_TRANSACTION_NEXT_HOP_H
#define SIP_TRANSACTION_NEXT_HOP_H

#include "message/print.h"
#include "transaction/layer.h"
#include "transaction/racers.h"

/* A look-up under way, and its targets while there are more to try. */
typedef struct sip__finder {
    sip__locate locate;
    size_t next;    /* the first that has not been tried */
    sip_hop prefer; /* goes first if it is found and has not failed; protocol NONE: none is */
    sip__racers racers;
    sip__layer *layer;
    void (*fn)(sip__locate *locate, int err, const char *text); /* of who seeks */
    sip_time_ms began_ms;
} sip__finder;

/* What is looked for. */
typedef struct sip__seek {
    const sip_uri *uri;
    const sip_path *prefer; /* may be NULL; copied */
    /* Called later with locate->arg == arg, its targets not yet in order: sip__next_hop_order(). */
    void (*fn)(sip__locate *locate, int err, const char *text);
    void *arg;
} sip__seek;

/* The URI that decides where `request` goes: next_hop if not NULL, a loose topmost Route, else the
 * Request-URI (RFC 3261 8.1.2). `room` holds it if need be. @return 0 or SIP_EINVAL */
int sip__next_hop_uri(const sip_msg *request, const char *next_hop, sip_uri *room,
                      const sip_uri **ret_uri);
/* The way to the i-th target that was found; its flow and local address are not known yet. */
sip_path sip__next_hop_path(sip__layer *layer, const sip__finder *finder, size_t i);
/* Find the way: at once, or by a look-up that calls seek->fn later.
 * @return 0 with *ret_path, and if it was a name *ret_finder, all its targets in order: *ret_path
 *   leads to the first; SIP_EAGAIN with *ret_finder; SIP_ENOMEM, or why it leads nowhere */
int sip__next_hop_find(sip__layer *layer, const sip__seek *seek, sip_path *ret_path,
                       sip__finder **ret_finder);
/* Put what was found into the order to try: the one preferred, those in good health, the others. */
void sip__next_hop_order(sip__layer *layer, sip__finder *finder);
/* Give a finder back, ending its look-up. NULL is fine. */
void sip__next_hop_release(sip__layer *layer, sip__finder *finder);
/* What a sip__wire points to. */
typedef struct sip__wire_room {
    sip__seen_as seen;
    char branch[SIP__BRANCH_BYTES + 40]; /* with what is offered of overload control */
} sip__wire_room;

/* What the Via (and the Contact) of a request along `path` says; fills in the path's local address.
 * `room` and `path` must outlive *ret_wire. @return 0, SIP_EUNSUPPORTED */
int sip__next_hop_wire(sip__layer *layer, sip_path *path, sip_str branch, sip__wire_room *room,
                       sip__wire *ret_wire);
/* The request as it goes along `path`, whose local address is filled in. @return 0,
 * SIP_EUNSUPPORTED, SIP_ENOMEM, SIP_ETOOBIG */
int sip__next_hop_print(sip__layer *layer, const sip_msg *request, sip_path *path, sip_str branch,
                        sip_msg **ret_sent);
/* True if a request of so many bytes along `path` would be a datagram that might be cut up on its
 * way: it goes by TCP, if it can (RFC 3261 18.1.1). */
bool sip__next_hop_is_too_long(const sip__layer *layer, const sip_path *path, size_t bytes);
/* May TCP be tried there instead? Not where it has just failed. */
bool sip__next_hop_takes_stream(const sip__layer *layer, const sip_path *path);
/* "udp 192.0.2.1:5060", for people; returns `out`. */
#define SIP__PATH_TEXT_BYTES (SIP_ADDR_TEXT_BYTES + 8)
const char *sip__next_hop_path_text(const sip_path *path, char out[SIP__PATH_TEXT_BYTES]);

#endif
