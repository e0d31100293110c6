/* Connections to several addresses of one host that are attempted at once (RFC 8305, RFC 7984): the
 * first that stands carries the request. */
#ifndef SIP_TRANSACTION_RACERS_H
#define SIP_TRANSACTION_RACERS_H

#include "dns/race.h"
#include "transaction/layer.h"

#define SIP__RACERS_MAX 8

typedef struct sip__racers {
    /* Called once after SIP_EAGAIN: err 0 with `winner`, else why the last one fell.
     * sip__racers_stop() is due then as well. */
    void (*done)(struct sip__racers *racers, int err, const char *text);
    void *arg;
    /* private */
    sip_list link;     /* in layer->racing */
    sip__layer *layer; /* NULL: never started */
    const sip_hop *hops;
    uint32_t server;
    sip__race race;
    sip_flow flows[SIP__RACERS_MAX]; /* 0: not under way */
    unsigned fallen;                 /* a bit each */
    size_t winner;
    sip_timer timer;
} sip__racers;

/* Begin with hops[0]; `hops` (at most SIP__RACERS_MAX are taken) stay until the stop. `server` as
 * in sip_path. done and arg are set by the caller.
 * @return 0 (a connection to `winner` stands already), SIP_EAGAIN (done is called, unless stopped),
 *   SIP_EUNSUPPORTED (their transport cannot: send to the first), or why the last one fell */
int sip__racers_start(sip__racers *racers, sip__layer *layer, const sip_hop *hops, size_t n,
                      uint32_t server);
/* How many have been started. */
size_t sip__racers_started(const sip__racers *racers);
/* True if the i-th has been started and has fallen. */
bool sip__racers_has_fallen(const sip__racers *racers, size_t i);
/* Once the request has been sent to the winner, or is not to be any more: connections that nobody
 * uses are closed. Takes a zeroed one. */
void sip__racers_stop(sip__racers *racers);
/* A connection attempt ended: err 0, it stands. */
void sip__racers_told(sip__layer *layer, sip_flow flow, int err, const char *text);

#endif
