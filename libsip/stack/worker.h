/* One worker: a loop (or a clock from outside), a wheel, the transports and the transaction layer
 * on them, and the turn. Its own thread alone touches it, but for what is atomic. */
#ifndef SIP_STACK_WORKER_H
#define SIP_STACK_WORKER_H

#include "base/block_cache.h"
#include "base/homing.h"
#include "base/mpsc_queue.h"
#include "base/timer_wheel.h"
#include "io/thread.h"
#include "stack/address_change.h"
#include "stack/admission.h"
#include "stack/drain.h"
#include "stack/far.h"
#include "stack/keeper.h"
#include "stack/mailbox.h"
#include "transaction/layer.h"

#define SIP__WORKERS_MOST 256u /* our branches, tags and ids have two digits for them */
#define SIP__STACK_ERROR_BYTES 320
#define SIP__STATS_WORDS (sizeof(sip_stack_stats) / sizeof(uint64_t))

struct sip_worker {
    sip_stack *stack;
    unsigned index;
    const sip_stack_config *config; /* the stack's, complete */
    sip__block_cache *cache;        /* before malloc; NULL: the allocator is the application's */
    const sip_allocator *allocator; /* that one, or the stack's: for messages and transactions */
    const sip_clock *clock;
    sip_loop *loop; /* NULL: the clock is someone else's */
    sip_resolver *resolver;
    sip__static_hosts hosts;
    sip__record_cache names;
    sip__locator locator;
    sip_list lookups;   /* that applications asked for */
    sip_list tus;       /* sip_tu, in order of making */
    sip_list observers; /* sip_transport_observer */
    sip__keeper keeper;
    sip__far far;
    unsigned dealt;                /* connections, to the workers in turn */
    sip__homing *blocks, *letters; /* that others free; NULL: there are no others */
    sip__address_change address_change;
    sip__wheel wheel;
    sip__ident ident;
    sip__transports transports;
    sip__layer layer;
    sip__admission admission;
    sip__drain drain;
    uint64_t turn_began_us, turn_ended_us; /* with a loop; 0: none so far */
    sip__pool alarms;                      /* of sip_timer_start() */
    sip_list turn_work;                    /* sip_turn_work */
    sip__mpsc_queue posts;                 /* without a loop */
    atomic_uint posts_waiting;
    sip_time_ms now_ms;   /* of the present turn, with a loop */
    sip_time_ms alarm_ms; /* what the loop's alarm is set to */
    bool in_turn;         /* the end of the present turn is certain to come */
    bool wants_turn_end;  /* something waits for the end of a turn */
    /* Called in the end of each turn, after its work; may queue more. */
    void (*on_turn_end)(sip_worker *worker);
    bool stopping, wound_down;
    bool owns_resolver;
    sip_timer stop_timer; /* shutdown_ms */
    sip__thread *runner;  /* its thread, if that is the stack's own */
    bool published;       /* other threads may ask for what it has counted */
    _Atomic uint64_t stats[SIP__STATS_WORDS + 1]; /* as published, and `live` */
    int64_t live;                                 /* sip_stack_count_live() */
    char error[SIP__STACK_ERROR_BYTES];
    sip_trace_sink shown; /* of all but the first: what it sees is seen there */
    /* What other threads read or write stands away from what this one does, and the two apart. */
    char away[64];
    _Atomic(const void *) thread; /* whose calls are made on it, while it runs; else NULL */
    char apart[64];
    sip__mailbox mailbox;
    char away_too[64];
};

/* `worker` is zeroed and stays where it is; stack, index, config and on_turn_end are set. @return
 * 0, SIP_ENOMEM, SIP_EIO; on failure sip__worker_finish() is still due */
int sip__worker_init(sip_worker *worker, uint32_t cookie, const sip__layer_hooks *hooks,
                     const sip_transport_events *events);
/* Run what is queued for the end of the turn until nothing is. */
void sip__worker_run_turn_work(sip_worker *worker);
/* Free all but the TUs; the layer has been closed. */
void sip__worker_finish(sip_worker *worker);

/* What this one may have of a limit of the whole stack. */
uint32_t sip__worker_share(const sip_worker *worker, uint32_t limit);
/* Something happens: a turn has begun if none was under way. */
void sip__worker_enter_turn(sip_worker *worker);
/* See that a turn ends soon (sip__layer_hooks). */
void sip__worker_want_turn_end(sip_worker *worker);
/* Without a loop: posts, due timers and the end of the turn. */
void sip__worker_process(sip_worker *worker);
/* When that is next due; UINT64_MAX: never. */
sip_time_ms sip__worker_next_due_ms(const sip_worker *worker);

#endif
