/* The transaction layer of one worker: its tables, and the way in for messages and for what
 * transports tell. It knows of the stack above only what stands in sip__layer_hooks. */
#ifndef SIP_TRANSACTION_LAYER_H
#define SIP_TRANSACTION_LAYER_H

#include "base/pool.h"
#include "dns/health.h"
#include "transaction/cells.h"
#include "transaction/downstream.h"
#include "transaction/hooks.h"
#include "transaction/key_table.h"
#include "transaction/linger.h"
#include "transaction/merged.h"
#include "transaction/meter.h"
#include "transaction/proof.h"
#include "transaction/tap.h"
#include "transport/selector.h"
#include <sip/tu.h>

typedef struct sip__layer sip__layer;

typedef struct sip__layer_hooks {
    /* The TU that takes a request; NULL if none does. */
    sip_tu *(*select)(sip_worker *worker, const sip_msg *request);
    /* The TU that takes stray responses; NULL if none does. */
    sip_tu *(*select_stray)(sip_worker *worker);
    /* Something was done that the end of a turn has to complete. */
    void (*want_turn_end)(sip_worker *worker);
    /* May this request, which no transaction knows, begin one? If not it has been answered, or is
     * not to be. NULL: all may. */
    bool (*admit)(sip_worker *worker, const sip_msg *request);
    /* What a client who offers to heed it is told about our load. @return false: nothing. NULL:
     * nobody is told */
    bool (*announce)(sip_worker *worker, const sip__oc *offer, sip__oc *ret_oc);
} sip__layer_hooks;

/* One transaction user. */
struct sip_tu {
    sip_list link; /* in its worker's list, in order of making */
    sip__layer *layer;
    sip_tu_config config;
    sip_tu_handler handler;
    void *user_data;
    bool stopped;
};

typedef struct sip__layer_config {
    sip_stack *stack;
    sip_worker *worker;
    const sip__layer_hooks *hooks;
    const sip_allocator *allocator;
    const sip_random *random;
    const sip_log *log;
    sip__transports *transports;
    sip__locator *locator;
    sip__ident *ident;
    const sip__proof_keys *proof_keys; /* the same on all workers */
    const sip_clock *clock;
    sip_timers timers;       /* complete: no zeros */
    uint32_t datagram_bytes; /* longer requests go by TCP if they can */
    uint32_t max_transactions;
    uint32_t retry_after_s; /* of refusals */
    bool obeys;             /* we offer to send less to who is overloaded */
    bool trust_priority;    /* Resource-Priority is believed */
    uint8_t worker_index;
    bool obeys_maddr; /* of a topmost Via that names no group */
} sip__layer_config;

struct sip__layer {
    sip__layer_config config;
    sip_stack_stats stats;
    sip__tap tap;
    sip__hooks hooks; /* of all transactions */
    sip__pool clients, servers, finders, errands;
    sip__key_table client_map, server_map;
    sip__linger linger;
    sip__merged merged; /* of users that refuse them */
    sip_list client_list, server_list, errand_list;
    sip_list awaiting; /* client transactions over streams that have no answer yet */
    sip_list racing;   /* sip__racers under way */
    sip__health health;
    sip__downstream downstream;
    sip__meter meter;
    char refusal_tag[SIP_TAG_BYTES]; /* of sip__oc_refuse(); empty until the first */
    uint64_t noise;
    sip_id_table ids;
    sip__cells *cells;  /* NULL but in tests */
    bool closing;       /* nothing new begins */
    bool has_stateless; /* one of the users keeps no state */
    /* What takes the bytes instead of the transports; NULL: they do. */
    int (*outlet)(sip__layer *layer, const sip_path *to, sip_str bytes, uint64_t ref);
    void *outlet_arg;
};

/* What an id of the layer leads to; the first member of each such object. */
typedef enum sip__tx_kind {
    SIP__TX_CLIENT,
    SIP__TX_SERVER
} sip__tx_kind;

/* @return 0 or SIP_ENOMEM */
int sip__layer_init(sip__layer *layer, const sip__layer_config *config);
/* End all transactions; what tells their users is queued for the end of the turn. Nothing new
 * begins after. */
void sip__layer_close(sip__layer *layer);
/* After the end of the turn that followed sip__layer_close(). Takes a zeroed layer. */
void sip__layer_finish(sip__layer *layer);

/* A sound message (sip_msg_check) has come; borrowed. */
void sip__layer_receive(sip__layer *layer, const sip_msg *msg);
/* The events of transports. */
void sip__layer_send_failed(sip__layer *layer, uint64_t ref, const sip_path *to, int err,
                            const char *text);
void sip__layer_unreachable(sip__layer *layer, const sip_network_error *error);
void sip__layer_flow_closed(sip__layer *layer, sip_flow flow);
/* A response to a request of ours that belongs to no transaction (any more): for who passes it on.
 */
void sip__layer_stray(sip__layer *layer, const sip_msg *response);

/* A target did not work, for `err`: what is ours to blame is not noted. */
void sip__layer_note_failed(sip__layer *layer, const sip_path *path, sip__health_reason reason,
                            int err);
/* A target has answered. */
void sip__layer_note_answer(sip__layer *layer, const sip_path *path, const sip_msg *response);

/* Send bytes, counted and tapped. `ref` as for a transport. @return as sip__transports_send() */
int sip__layer_send(sip__layer *layer, const sip_path *to, sip_str bytes, uint64_t ref,
                    bool repeated);
/* True if one more transaction fits. */
bool sip__layer_has_room(const sip__layer *layer);
/* Show a message to the sinks; `event` has no times yet. */
void sip__layer_show(sip__layer *layer, sip_trace_event *event);
/* The same for a received one, refused for breaking the rule `dropped` (NULL: not refused). */
static inline void sip__layer_show_received(sip__layer *layer, const sip_path *path, sip_str bytes,
                                            const char *dropped)
{
    if (sip__tap_is_on(&layer->tap)) {
        sip__layer_show(layer,
                        &(sip_trace_event){.path = *path, .bytes = bytes, .dropped = dropped});
    }
}

#endif
