/* The stack: sockets, names, transactions and workers put together. */
#ifndef SIP_STACK_H
#define SIP_STACK_H

#include <sip/containers.h>
#include <sip/loop.h>
#include <sip/resolver.h>
#include <sip/tls.h>
#include <sip/transport.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_stack sip_stack;
typedef struct sip_worker sip_worker;

#define SIP_WORKER_PER_CPU 0xffffffffu

/** Timers of RFC 3261 table 4 in milliseconds; 0: the default. */
typedef struct sip_timers {
    uint32_t t1_ms; /**< 500 */
    uint32_t t2_ms; /**< 4000 */
    uint32_t t4_ms; /**< 5000 */
    uint32_t c_ms;  /**< 180000 */
    uint32_t d_ms;  /**< 32000 */
    uint32_t b_ms;  /**< 64 * t1_ms; how long an INVITE waits for any answer */
    uint32_t f_ms;  /**< 64 * t1_ms; how long any other request waits for the final one */
} sip_timers;

/** What bounds the connections of each stream listener; 0: the default. */
typedef struct sip_connection_limits {
    uint32_t per_host;         /**< accepted from one address, or IPv6 network of 64 bits; 0: a
                                  quarter of max_connections */
    uint32_t unproven;         /**< accepted that have not sent a whole message yet; beyond, the
                                  oldest of them is closed. 0: a quarter of max_connections */
    uint32_t connect_ms;       /**< for the TCP connection; 0: 10,000 */
    uint32_t handshake_ms;     /**< for TLS and WebSocket on it; 0: 10,000 */
    uint32_t first_message_ms; /**< from accepted to the first whole message; 0: 30,000 */
    uint32_t message_ms;       /**< from the first byte of any message to its last; 0: 30,000. A
                                  third of it, and more only for what comes at read_bytes_s */
    uint32_t stall_ms;         /**< that a peer may take less of what waits for it than would go at
                                  drain_bytes_s; 0: 30,000 */
    uint32_t read_bytes_s;     /**< least rate of a message under way; 0: 500 */
    uint32_t drain_bytes_s;    /**< least rate at which a peer takes what waits; 0: 1,000 */
} sip_connection_limits;

/** How much new work (requests outside of dialogs) is taken; what is under way always goes on.
 * Refused is answered 503 with Retry-After, without a transaction. Zeroed: the defaults. */
typedef struct sip_overload_config {
    /** Refuse part of new work while messages wait longer in the system's queues than they should:
     * so much that they do not. SIP_DEFAULT: on */
    sip_switch control;
    uint32_t target_ms;     /**< what messages may wait; 0: 20 */
    uint32_t interval_ms;   /**< over which that is judged, by the one that waited least; 0: 50 */
    uint32_t retry_after_s; /**< of refusals, and up to as much again by chance; 0: 5 */
    /** Tell clients who offer to heed it how much less to send (RFC 7339, RFC 7415).
     * SIP_DEFAULT: on */
    sip_switch announce;
    /** Offer in Via to heed what next hops say of their load, and do: requests that are then not to
     * be sent go to the next target or fail with 503 (RFC 7339 5.10). SIP_DEFAULT: off */
    sip_switch obey;
    /** Requests with a Resource-Priority are treated as those to urn:service:sos always are:
     * neither refused for overload nor held back. For networks where not everybody may write one.
     * SIP_DEFAULT: off */
    sip_switch trust_priority;
    uint32_t source_rate;  /**< new requests a second from one address, or IPv6 network of 64 bits;
                              beyond, as many are refused, and the rest dropped. 0: no limit */
    uint32_t source_burst; /**< that may come at once; 0: source_rate */
    uint32_t max_sources;  /**< addresses remembered, for that limit; 0: 65,536 */
} sip_overload_config;

typedef struct sip_stack_config {
    /** Threads that share the work, each with its own loop, sockets, transactions and users; 0: 1,
     * at most 256, SIP_WORKER_PER_CPU: one for each processor. A message belongs to one worker,
     * whichever it comes to: a dialog's, an address of record's, a call's. With more than one,
     * allocator, random and log are called by several threads at once, and the limits below are
     * for all of them together: each has an equal part. */
    unsigned workers;
    /** A foreign loop drives it: sip_stack_fd() and sip_stack_step(). Of several workers that is
     * the first; the others run on threads of their own from the first step on. */
    bool embedded;
    const char *const *domains; /**< host names that are ours, up to NULL; numeric listen addresses
                                   are ours by themselves */
    const sip_allocator
        *allocator; /**< NULL: malloc. All pointers here are borrowed and must outlive the stack */
    const sip_random *random; /**< NULL: the system's */
    const sip_clock *clock;   /**< NULL: the system's. Otherwise the stack has no loop of its own:
                                 sip_stack_process() drives it, all workers in turn on one thread */
    const sip_log *log;       /**< NULL: silent */
    sip_resolver *resolver;   /**< NULL: c-ares. Taken over: destroyed with the stack, also when
                                 creation fails. One thread's: with several workers only beside a
                                 clock of yours */
    const char
        *name_servers; /**< "127.0.0.1:5353,::1": instead of the system's; NULL: the system's */
    sip_timers timers;
    sip_msg_limits limits;
    uint32_t max_transactions; /**< 0: 1,000,000; beyond, new requests get 503 with Retry-After */
    uint32_t max_connections;  /**< 0: 10,000; beyond, the least recently used idle one is closed */
    uint32_t idle_connection_s;   /**< 0: 3,600 */
    uint32_t keepalive_s;         /**< CRLF pings on silent streams, RFC 5626 3.5.1; 0: never */
    uint32_t shutdown_ms;         /**< 0: 5,000; how long sip_stack_stop() lets users wind down */
    const sip_msg_policy *policy; /**< what received messages may be like; NULL: lenient */
    sip_socket_options sockets;   /**< of the UDP sockets; a dscp over 63 is SIP_EINVAL */
    sip_connection_limits connections;
    const char *const *local_networks; /**< "192.168.0.0/16", "fd00::/8" …, up to NULL: peers there
                                          see the bound address of a listener that advertises
                                          another; what cannot be read is SIP_EINVAL */
    sip_switch
        watch_addresses; /**< notice when this machine's addresses or routes change: see
                            SIP_TRANSPORT_ADDRESSES_CHANGED. SIP_DEFAULT: on, once it listens */
    sip_tls *tls; /**< of listeners without one of their own; NULL: none. Must outlive the stack */
    uint32_t
        dns_timeout_ms; /**< 0: 2,000; of a first try at a name server, later ones wait longer */
    uint32_t dns_tries; /**< 0: 3; of each name server */
    uint32_t dns_cache; /**< 0: 4,096; answers that are kept for as long as their TTL says */
    uint32_t datagram_bytes; /**< longer requests that would go by UDP go by TCP, if there is a TCP
                                transport of the family (RFC 3261 18.1.1). 0: 1,300, which fits any
                                path, or 200 less than a path's MTU that is known to be smaller;
                                UINT32_MAX: never. What a path proves not to take goes by TCP in any
                                case */
    sip_overload_config overload; /**< of each worker, but for source_rate, which they share */
    const char *secret;    /**< nobody else's, at least 16 characters (else SIP_EINVAL): what marks
                              dialogs and requests that were passed on is made with it, and so known
                              after a restart and by each stack with the same one. NULL: a new one each
                              time. Read only while the stack is made */
    sip_switch obey_maddr; /**< answers to datagrams go to the address in the maddr of the topmost
                              Via, as RFC 3261 18.2.2 wants, also where that is no multicast group.
                              SIP_DEFAULT: off, since it lets anybody aim our answers at anybody */
    sip_protocol prefer_protocol; /**< of requests whose URI leaves it open and for whose host no
                                     NAPTR record says, if a transport of ours has it; sips goes by
                                     TLS and WSS alone. NONE: UDP, for sips TLS */
} sip_stack_config;

/** @private */
SIP_API int sip_stack_create_sized(const sip_stack_config *config, size_t config_bytes,
                                   sip_stack **ret_stack);
/** Make a stack. `config` (NULL: defaults) is copied. @return 0, SIP_EINVAL, SIP_EUNSUPPORTED (a
 * resolver of yours for several threads), SIP_ENOMEM, SIP_EIO */
static inline int sip_stack_create(const sip_stack_config *config, sip_stack **ret_stack)
{
    return sip_stack_create_sized(config, sizeof *config, ret_stack);
}
/** End everything at once (on_terminated of all usages comes from here, whatever worker they lived
 * on) and free; threads that still run are stopped first. NULL is fine. Not from inside a callback.
 */
SIP_API void sip_stack_destroy(sip_stack *stack);

/** One listener. Zeroed but for `where`: what sip_stack_listen() makes. All is copied but `tls` and
 * `ws_origins`, which must outlive the stack. */
typedef struct sip_listener_config {
    const char *where; /**< as for sip_stack_listen() */
    /** Streams: nothing listens; connections of our own leave from `where`, its port does not
     * matter. The peer's requests may come on them. */
    bool client_only;
    sip_socket_options sockets; /**< zeroed: the stack's */
    /** What Via and Contact say instead of the bound address: the outside of a static NAT. NULL and
     * 0: the bound ones. */
    const char *advertised_host;
    uint16_t advertised_port;
    /** udp, for clients behind a NAT: Contact says the address that the last answer saw us at
     * (received and rport, RFC 3581), once it differs from ours; told as SIP_TRANSPORT_FLOW_MOVED.
     * Servers in sip_stack_config.local_networks do not count, nor do answers from elsewhere than
     * the request went to, nor more than five changes in a minute. */
    bool learn_address;
    sip_tls *tls; /**< of tls and wss; NULL: the stack's */
    /** ws and wss: as a server the only path that is served, as a client the one asked for. NULL:
     * any, and "/". */
    const char *ws_path;
    const char *const *ws_origins; /**< web pages that may connect, up to NULL; NULL: all */
    /** RFC 5923: whether a connection that came with "alias" in Via may be used for requests to its
     * sent-by. SIP_DEFAULT: on for tls, where it then serves the names that the peer's certificate
     * proves; off for tcp, where anybody may claim any port of his host. */
    sip_switch accept_alias;
    bool offer_alias; /**< our own requests say "alias" */
    bool offer_keep;  /**< our own requests say "keep" (RFC 6223): what the answer asks for is done,
                         as  is a Flow-Timer (RFC 5626 4.4) */
    /** In answers to a request whose Via says "keep" ask for a keep-alive every so many seconds
     * (RFC 6223 4.3); 0: not willing. */
    uint32_t keep_s;
} sip_listener_config;

/** Listen on "udp:192.0.2.1:5060", "tcp:[::1]:0", "tls:*:5061", "ws:127.0.0.1:8080", "wss:…",
 * "udp:[::]:5060" (IPv6 only: dual stack is two calls), "tcp:[fe80::1%eth0]:5060" (link-local),
 * "udp:*%eth0:5060" (everything that comes in by that interface), "tcp:eth0:5060" (each of the
 * interface's addresses as of now, one listener each), "udp:224.0.1.75:5060" (a multicast group is
 * joined, "%eth0" behind it on that interface; what comes to it is answered by another udp
 * listener). Without ":PORT" the protocol's own, port 0: a free one. tls and wss need
 * sip_stack_config.tls. With several workers each has a socket there, and a port that another
 * process has is refused all the same; then only before they run.
 * @return 0; SIP_EINVAL (the text), SIP_EUNSUPPORTED (protocol, or no sip_tls for it), SIP_EIO
 * (bind refused; see sip_stack_error()), SIP_ENOMEM, SIP_ESTATE (several workers run); then nothing
 * listens */
SIP_API int sip_stack_listen(sip_stack *stack, const char *where);
/** @private */
SIP_API int sip_stack_listen_on_sized(sip_stack *stack, const sip_listener_config *config,
                                      size_t config_bytes);
/** The same with all that may be said about it. @return as sip_stack_listen() */
static inline int sip_stack_listen_on(sip_stack *stack, const sip_listener_config *config)
{
    return sip_stack_listen_on_sized(stack, config, sizeof *config);
}
/** Add a transport of your own; taken over, also on failure. The stack then sends through it what
 * goes to its protocol from its local address. It lives on the first worker, which sends for the
 * others; its flows are below 2^56. @return 0, SIP_EINVAL, SIP_ENOMEM, SIP_ESTATE (several workers
 * run) */
SIP_API int sip_stack_add_transport(sip_stack *stack, sip_transport *transport);
/** The i-th listening address with its protocol; false past the end. */
SIP_API bool sip_stack_listener(const sip_stack *stack, size_t i, sip_protocol *ret_protocol,
                                sip_addr *ret_addr);

/** The number that stands in sip_path.server for a name that was asked for: TLS says it to the
 * server (SNI) and checks the certificate against it (RFC 5922 4), and a connection is used again
 * only for its own. The names used least recently are forgotten beyond 16,384.
 * @return 0 with *ret_id, which is never 0; SIP_EINVAL: no name (empty, longer than 255);
 * SIP_ENOMEM
 * @thread The worker's. */
SIP_API int sip_stack_server_id(sip_stack *stack, const char *name, uint32_t *ret_id);
/** The name back, in lower case; NULL for 0 or one that has been forgotten. Valid until the next
 * new name. */
SIP_API const char *sip_stack_server_name(sip_stack *stack, uint32_t id);

/** Run until stopped: the first worker on the calling thread, the others on threads of their own.
 * @return 0, SIP_ESTATE (embedded, a clock of yours, or it runs), SIP_EIO, SIP_ENOMEM; the stack
 * has then stopped */
SIP_API int sip_stack_run(sip_stack *stack);
/** Run all workers on threads of their own (embedded: all but the first) and return. From here on
 * every call but those that say "any thread" belongs on a worker. sip_stack_destroy() stops them.
 * @return as sip_stack_run() */
SIP_API int sip_stack_start(sip_stack *stack);
/** Wait until a stack that was started has stopped. On a thread that is none of its workers.
 * @return 0, SIP_ESTATE (not started, or embedded) */
SIP_API int sip_stack_wait(sip_stack *stack);
/** Begin to stop: no connection is accepted any more, new work is answered 503 with Retry-After,
 * users wind down (unregister, BYE) and transactions get their final answers within shutdown_ms,
 * then run returns. Any thread, any signal handler. Twice: at once. */
SIP_API void sip_stack_stop(sip_stack *stack);
/** How a stack stopped. */
typedef struct sip_stop_report {
    uint64_t took_ms;       /**< of the worker that took longest */
    uint64_t under_way;     /**< transactions without their final answer when it began to stop */
    uint64_t cut_off;       /**< such when it ended, by shutdown_ms or a second sip_stack_stop() */
    uint64_t refused;       /**< new work answered 503 meanwhile */
    uint64_t users_cut_off; /**< transaction users that had not wound down */
    uint64_t live_objects;  /**< of the layers above: dialogs and usages that were left */
} sip_stop_report;
/** What stopping ended and what it cut off; zeros if the stack was not told to stop. Between the
 * end of running and sip_stack_destroy(). */
SIP_API void sip_stack_get_stop_report(const sip_stack *stack, sip_stop_report *ret_report);
/** Readable whenever sip_stack_step() has work, timers included. -1 without a loop. The stack's:
 * poll it, in whatever way, and do nothing else with it. */
SIP_API int sip_stack_fd(sip_stack *stack);
/** Do what is ready on the first worker, without waiting; always on the same thread. The first call
 * starts the other workers. @return 1 go on, 0 has stopped, or SIP_EIO */
SIP_API int sip_stack_step(sip_stack *stack);
/** For a stack with a clock of your own: run due timers and the end of the turn. @return as
 * sip_stack_step() */
SIP_API int sip_stack_process(sip_stack *stack);
/** When sip_stack_process() is next due, in the clock's milliseconds; UINT64_MAX: never. */
SIP_API sip_time_ms sip_stack_next_due_ms(const sip_stack *stack);
/** Call `fn` on the first worker for a signal; fn NULL: sip_stack_stop(). @return 0, SIP_ESTATE (no
 * loop), SIP_ENOMEM, SIP_EIO */
SIP_API int sip_stack_on_signal(sip_stack *stack, int signum,
                                void (*fn)(int signum, void *user_data), void *user_data);

/** How many workers there are. */
SIP_API unsigned sip_stack_workers(const sip_stack *stack);
/** True if the URI's host is one of our domains or listening addresses (and its port fits). */
SIP_API bool sip_stack_owns_uri(const sip_stack *stack, const sip_uri *uri);
/** The last failure in words: layer, cause, peer; each worker has its own, the first that of all
 * other threads, for which this is while it does not run. Never NULL, also for a NULL stack. Valid
 * until the next failure. */
SIP_API const char *sip_stack_error(const sip_stack *stack);
/** Set that text (for the layers above). */
SIP_API void sip_stack_set_error(sip_stack *stack, const char *format, ...) SIP_PRINTF(2, 3);

/** What the stream transports of a stack have counted, and how many connections there are now. */
typedef struct sip_connection_stats {
    uint64_t live;                /**< now */
    uint64_t unproven;            /**< now: accepted, no whole message yet */
    uint64_t accepted, connected; /**< by peers, by us */
    uint64_t refused_limit;       /**< accepted or wanted while all were busy */
    uint64_t refused_host;        /**< over the limit of one host */
    uint64_t refused_descriptors; /**< the process had no descriptor left, and none was idle */
    uint64_t closed_for_room;     /**< idle ones, for new ones at the limit */
    uint64_t closed_unproven;     /**< the oldest without a message, for new ones */
    uint64_t closed_stuck;        /**< for longest amid a message or a write, for new ones */
    uint64_t closed_idle;         /**< after idle_connection_s */
    uint64_t connect_failures, connect_timeouts;
    uint64_t handshake_failures, handshake_timeouts;
    uint64_t silent;           /**< no first message in time */
    uint64_t slow;             /**< a message took too long */
    uint64_t stalled;          /**< did not take what was sent */
    uint64_t overflowed;       /**< too much waited to be written */
    uint64_t unanswered_pings; /**< dead by RFC 5626 4.4.1 */
    uint64_t broken;           /**< sent what is no SIP stream */
} sip_connection_stats;

/** What a stack has counted since it began, on all its workers. */
typedef struct sip_stack_stats {
    uint64_t received, sent;     /**< messages */
    uint64_t retransmitted;      /**< sent again by transactions */
    uint64_t absorbed;           /**< retransmissions received and absorbed */
    uint64_t dropped_malformed;  /**< no answer was possible */
    uint64_t answered_malformed; /**< answered 400, 505, 513 … statelessly */
    uint64_t over_limits;        /**< of the malformed: those over one of sip_msg_limits */
    uint64_t dropped_stray;      /**< responses that match nothing, or that were to be passed on and
                                    answer nothing that was */
    uint64_t dropped_not_sip;    /**< keep-alives aside, what is no message */
    uint64_t rejected_busy;      /**< answered 503 at a limit */
    uint64_t merged;             /**< answered 482 for sip_tu_config.refuses_merged */
    uint64_t send_failures;
    uint64_t client_transactions, server_transactions; /**< made */
    uint64_t live_transactions;                        /**< now */
    uint64_t stun_answered;                            /**< keep-alives over UDP (RFC 5626 8) */
    uint64_t stun_dropped;        /**< those beyond 1,000 a second and listener */
    uint64_t lost_datagrams;      /**< that the system had no room for, or we no memory */
    uint64_t truncated_datagrams; /**< longer than limits.message_bytes: answered 513 where their
                                     beginning can be read, else dropped_malformed too */
    uint64_t most_waited_ms;      /**< the longest that a datagram lay in the system's queue */
    sip_connection_stats connections;
    uint64_t switched_to_stream; /**< requests too long for UDP that went by TCP */
    uint64_t
        could_not_switch;  /**< that stayed with UDP: no TCP transport, or the peer takes none */
    uint64_t passed_on;    /**< messages that came to another worker than their own */
    uint64_t refused_full; /**< that their worker had no room for: requests got 503 */
    uint64_t dropped_left; /**< late 2xx to an INVITE that had gone on to another target, from more
                              callees than are remembered (8): neither acknowledged nor ended */
    uint64_t refused_overload; /**< new work answered 503 since messages waited too long */
    uint64_t refused_source;   /**< over sip_overload_config.source_rate, answered 503 */
    uint64_t dropped_source;   /**< and not answered */
    uint64_t refused_stopping; /**< new work answered 503 since the stack stops */
    uint64_t held_back;        /**< requests not sent since their next hop is overloaded */
    uint64_t unproven_errors;  /**< ICMP errors that quote nothing that waits for an answer */
} sip_stack_stats;
/** For a layer above: change the count of its live objects (dialogs, usages) by `by`, for leak
 * checks. */
SIP_API void sip_stack_count_live(sip_stack *stack, int by);
/** That count plus live transactions. Threads as for sip_stack_get_stats(). */
SIP_API uint64_t sip_stack_live_objects(const sip_stack *stack);
/** Copy the counters. Any thread, without locks: of a worker that runs on another thread, as they
 * were when its last turn ended. */
SIP_API void sip_stack_get_stats(const sip_stack *stack, sip_stack_stats *ret_stats);

/* ---- What lives on a worker: for libdum and for applications. Call on the worker's thread (before
 * the stack runs: the main thread). Functions that are given the stack, above and in other headers,
 * act for the worker that they are called on; before the stack runs for the first. */

/** The i-th worker, or NULL. */
SIP_API sip_worker *sip_stack_worker(sip_stack *stack, unsigned i);
/** The stack that the worker belongs to. */
SIP_API sip_stack *sip_worker_stack(sip_worker *worker);
/** 0 … workers-1. */
SIP_API unsigned sip_worker_index(const sip_worker *worker);
/** The worker's loop; NULL with a clock of your own. */
SIP_API sip_loop *sip_worker_loop(sip_worker *worker);
/** The monotonic time, as of the beginning of the present turn. */
SIP_API sip_time_ms sip_worker_now_ms(const sip_worker *worker);
/** The wall clock in seconds since 1970. */
SIP_API int64_t sip_worker_unix_s(const sip_worker *worker);
/** The stack's allocator; lives as long as the stack. */
SIP_API const sip_allocator *sip_worker_allocator(const sip_worker *worker);
/** The stack's randomness; lives as long as the stack. */
SIP_API const sip_random *sip_worker_random(const sip_worker *worker);
/** The stack's log, perhaps NULL; lives as long as the stack. */
SIP_API const sip_log *sip_worker_log(const sip_worker *worker);
/** Call `fn` on the worker in a later turn, in order of posting. Any thread. What has not run when
 * the stack is destroyed does not. @return 0 or SIP_ENOMEM */
SIP_API int sip_worker_post(sip_worker *worker, void (*fn)(void *arg), void *arg);

/** Arm `timer` to fire once in `ms` milliseconds (again if it was armed). */
SIP_API void sip_timer_set(sip_worker *worker, sip_timer *timer, uint32_t ms);
/** Disarm; harmless when not armed. */
SIP_API void sip_timer_clear(sip_worker *worker, sip_timer *timer);
/** Call `fn(arg)` once after `ms`; there is no need to keep anything. @return 0 or SIP_ENOMEM. Not
 * cancellable: embed a sip_timer for that. */
SIP_API int sip_timer_start(sip_worker *worker, uint32_t ms, void (*fn)(void *arg), void *arg);

/** Work to be done once at the end of the present turn; lives inside its owner. Zero-initialise
 * `list` with sip_list_init(). */
typedef struct sip_turn_work {
    sip_list link;
    void (*fn)(struct sip_turn_work *work);
} sip_turn_work;
/** Queue it (harmless when queued already). It runs after all callbacks of this turn; what it
 * queues runs in the same end of turn. */
SIP_API void sip_worker_at_turn_end(sip_worker *worker, sip_turn_work *work);

/** Write a new tag for From or To: names worker, start and randomness (architecture rule 2). `out`
 * is zero-terminated. */
#define SIP_TAG_BYTES 32
/** Write a new tag for From or To into `out` and return it as a slice (RFC 3261 19.3). */
SIP_API sip_str sip_worker_make_tag(sip_worker *worker, char out[SIP_TAG_BYTES]);
/** Write a new Call-ID. */
#define SIP_CALL_ID_BYTES 48
/** Write a new Call-ID into `out` and return it as a slice (RFC 3261 8.1.1.4). */
SIP_API sip_str sip_worker_make_call_id(sip_worker *worker, char out[SIP_CALL_ID_BYTES]);

#ifdef __cplusplus
}
#endif

#endif
