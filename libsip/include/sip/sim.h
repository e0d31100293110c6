/* The simulated world: several real stacks in one process, over a network that is bad on purpose,
 * in virtual time. The same seed gives the same run. docs/simulation.md shows how a test is written
 * with it. */
#ifndef SIP_SIM_H
#define SIP_SIM_H

#include <sip/stack.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_sim sip_sim;

typedef struct sip_sim_config {
    uint64_t seed;
    uint32_t delay_ms, jitter_ms; /**< each datagram takes delay … delay+jitter: jitter reorders */
    unsigned loss_percent, dup_percent;
    const sip_allocator *allocator; /**< NULL: the default */
    unsigned reorder_percent;       /**< so many datagrams are held back … */
    uint32_t reorder_ms;            /**< … for so much longer, and overtaken */
    uint32_t dns_ms, dns_jitter_ms; /**< each answer about a name takes dns … dns+jitter */
    unsigned dns_fail_percent;      /**< so many questions about names fail (SIP_EIO) */
    bool no_ladder; /**< keep no ladder, which costs most of a large run: a seed that fails is run
                       again with it */
} sip_sim_config;

/** @private */
SIP_API int sip_sim_create_sized(const sip_sim_config *config, size_t config_bytes,
                                 sip_sim **ret_sim);
/** @return 0, SIP_EINVAL, SIP_ENOMEM */
static inline int sip_sim_create(const sip_sim_config *config, sip_sim **ret_sim)
{
    return sip_sim_create_sized(config, sizeof *config, ret_sim);
}
/** Destroy the world with its stacks. */
SIP_API void sip_sim_destroy(sip_sim *sim);

/** @private */
SIP_API int sip_sim_add_host_sized(sip_sim *sim, const char *name, const sip_stack_config *config,
                                   size_t config_bytes, sip_stack **ret_stack);
/** Add a host: a stack that listens on UDP and TCP port 5060 of an address of its own, under a name
 * that all hosts resolve. The sim owns the stack; config's clock, random, resolver are the sim's,
 * and the name is one of its domains.
 * @return 0, SIP_EINVAL, SIP_ENOMEM */
static inline int sip_sim_add_host(sip_sim *sim, const char *name, const sip_stack_config *config,
                                   sip_stack **ret_stack)
{
    return sip_sim_add_host_sized(sim, name, config, sizeof *config, ret_stack);
}
/** The address of a host. @return 0 or SIP_ENOENT */
SIP_API int sip_sim_host_addr(const sip_sim *sim, const char *name, sip_addr *ret_addr);

/** Give a host another address, as when a laptop changes the network; its name has that and no
 * other records then. Its stack notices at once (SIP_TRANSPORT_ADDRESSES_CHANGED); what is sent to
 * the old address is lost, and its connections break. @return 0, SIP_ENOENT, SIP_ENOMEM;
 * SIP_ETOOBIG after 255 moves */
SIP_API int sip_sim_move_host(sip_sim *sim, const char *name);

/** A host's process dies: its stack is destroyed (not from inside a callback of it), its
 * connections break, and whatever comes for it is refused, as a machine does on which nobody
 * listens. Adding a host of that name later gives a new stack at the same address. @return 0,
 * SIP_ENOENT, SIP_ENOMEM */
SIP_API int sip_sim_remove_host(sip_sim *sim, const char *name);

/** Run until nothing is due any more but refreshes further away than the limit, or `limit_ms`
 * virtual milliseconds have passed.
 * @return 0 when quiet, SIP_EAGAIN when the limit came first */
SIP_API int sip_sim_settle(sip_sim *sim, uint32_t limit_ms);
/** Run for exactly `ms`. */
SIP_API void sip_sim_run(sip_sim *sim, uint32_t ms);
/** The virtual time. */
SIP_API sip_time_ms sip_sim_now_ms(const sip_sim *sim);

/** Change the network's faults while it runs; seed, allocator and no_ladder stay. */
SIP_API void sip_sim_set_network(sip_sim *sim, const sip_sim_config *config);
/** Cut (or mend) a host off: what is sent to or by it is lost. @return 0 or SIP_ENOENT */
SIP_API int sip_sim_set_cut(sip_sim *sim, const char *name, bool cut);
/** Part two hosts (or bring them together): what the one sends to the other is lost, their
 * connections break. @return 0, SIP_ENOENT, SIP_ENOMEM */
SIP_API int sip_sim_set_apart(sip_sim *sim, const char *one, const char *other, bool apart);
/** Give a name one more DNS record that all hosts resolve (strings are copied): NAPTR and SRV
 * records lead to hosts by their names, a CNAME's target is followed. @return 0, SIP_EINVAL,
 * SIP_ENOMEM, SIP_ETOOBIG (sixteen a name) */
SIP_API int sip_sim_add_record(sip_sim *sim, const char *name, const sip_dns_record *record);
/** Have questions about a name fail with `err` (SIP_EIO: the servers' fault; SIP_ENOENT) after
 * `delay_ms`; 0 and 0 end that. @return 0, SIP_EINVAL, SIP_ENOMEM */
SIP_API int sip_sim_fail_name(sip_sim *sim, const char *name, int err, uint32_t delay_ms);
/** Lose the next `count` messages that `from` sends whose summary begins with `starts` ("200",
 * "ACK"); from NULL: anyone. */
SIP_API int sip_sim_lose(sip_sim *sim, const char *from, const char *starts, unsigned count);
/** Put raw bytes on the wire as if `from` (an address without a stack is fine) had sent them to
 * `to`. @return 0, SIP_ENOENT, SIP_ENOMEM */
SIP_API int sip_sim_inject(sip_sim *sim, const sip_addr *from, const char *to, sip_str bytes);

/** How often each fault has struck. */
typedef struct sip_sim_faults {
    uint64_t lost, doubled; /**< datagrams, by chance */
    uint64_t chosen;        /**< lost by sip_sim_lose() */
    uint64_t held_back;     /**< by reorder_percent */
    uint64_t overtaken;     /**< arrived behind one that was sent later */
    uint64_t barred;        /**< lost by sip_sim_set_cut() and sip_sim_set_apart() */
    uint64_t refused;       /**< datagrams and connections that nobody took, as told to who sent */
    uint64_t broken;        /**< connections */
    uint64_t slow_names, failed_names; /**< answers about names */
} sip_sim_faults;
/** Read the counts. */
SIP_API void sip_sim_get_faults(const sip_sim *sim, sip_sim_faults *ret_faults);

typedef enum sip_sim_event_kind {
    SIP_SIM_SENT,    /**< a message leaves, before any fault strikes it */
    SIP_SIM_ARRIVED, /**< a message reaches its host, which has not seen it yet */
    SIP_SIM_REFUSED, /**< `to` hears that nobody takes what it sends to `from` */
    SIP_SIM_BROKEN   /**< `to` hears that its connection with `from` broke */
} sip_sim_event_kind;

/** What happens on the wire; all borrowed for the call. */
typedef struct sip_sim_event {
    sip_sim_event_kind kind;
    sip_time_ms at_ms;
    sip_protocol protocol;
    sip_addr from, to;
    sip_str bytes; /**< of a message */
} sip_sim_event;
/** Have `fn` told of everything that happens on the wire; NULL ends it. It may inject messages, and
 * nothing else. */
SIP_API void sip_sim_set_tap(sip_sim *sim, void (*fn)(const sip_sim_event *event, void *user_data),
                             void *user_data);

/** What to print when a test fails: "WHAT (seed 17)", how that seed is run again, and the ladder.
 * `replay` is the command, "%" in it the place of the seed: "build/tests/my_test --seed %". Owned
 * by the sim until the next call. */
SIP_API const char *sip_sim_failure(sip_sim *sim, const char *what, const char *replay);

#define SIP_LADDER_NO_REPEATS 1u /**< first transmissions only */
/** The ladder so far, a line a message in the order of sending: "alice -> bob INVITE sdp\n" (the
 * arrow points to the receiver; the host made first stands left). Owned by the sim until the next
 * call. */
SIP_API const char *sip_sim_ladder(sip_sim *sim, unsigned flags);
/** NULL if the ladder is `expected`, else a text that shows the first difference with both ladders
 * and the seed. */
SIP_API const char *sip_sim_ladder_diff(sip_sim *sim, unsigned flags, const char *expected);
/** Live transactions and whatever TUs have counted with sip_stack_count_live(): dialogs, usages;
 * over all hosts. */
SIP_API size_t sip_sim_live_objects(const sip_sim *sim);

#ifdef __cplusplus
}
#endif

#endif
