/* User agents and a proxy on bare libsip, for tests over the simulated network: they answer and
 * call as they are told, keep a call's rules (2xx again until its ACK, ACK again for every 2xx),
 * and count what they are told. */
#ifndef SIM_PEER_H
#define SIM_PEER_H

#include <sip/sim.h>
#include <sip/relay.h>

#define SIM_PEER_SENT 16

struct sim_peer;

/* One client transaction, and what came of it. */
typedef struct sim_peer_sent {
    struct sim_peer *peer;
    sip_client_tx *tx;
    sip_method method;
    unsigned provisionals, finals, failures, ended;
    int status;        /* of the last response, or of the failure */
    sip_msg *response; /* the last */
    sip_msg *ack;      /* as it was sent */
} sim_peer_sent;

typedef struct sim_peer {
    sip_stack *stack;
    sip_tu *tu;
    const char *name;
    /* How requests are answered. */
    int provisional; /* to INVITE at first; 0: none */
    int final;       /* 0: none but to CANCEL */
    uint32_t final_after_ms;
    sip_extras extras; /* of the final response */
    /* The call that came in last. */
    sip_server_tx *ringing;
    sip_msg *answer; /* the 2xx, until its ACK */
    sip_timer timer;
    uint32_t interval_ms, repeated_ms;
    /* What came. */
    unsigned requests, invites, acks, byes, servers_ended;
    sip_msg *last_request;
    /* What went. */
    bool hang_up; /* BYE once connected */
    sim_peer_sent sent[SIM_PEER_SENT];
    size_t n_sent;
} sim_peer;

/* Add a host with one TU that takes everything. The rest of the members are the caller's to set. */
void sim_peer_init(sim_peer *peer, sip_sim *sim, const char *name);
/* After the sim is gone. */
void sim_peer_finish(sim_peer *peer);
/* Begin a request; `headers` up to a NULL name, or NULL. `next_hop` as in sip_send_options. */
sim_peer_sent *sim_peer_send(sim_peer *peer, const char *method, const char *uri,
                             const char *next_hop, const sip_header *headers);

#define SIM_PROXY_TARGETS 4

/* A forking proxy, as program 5 of the examples. */
typedef struct sim_proxy {
    sip_stack *stack;
    sip_relay_config config;
    const sip_relay_handler *handler;      /* its user_data is this struct; NULL: counts ends */
    sip_target targets[SIM_PROXY_TARGETS]; /* of requests whose Request-URI is ours */
    size_t n_targets;                      /* 0: 404, or nothing yet */
    bool hold;                             /* nothing yet */
    sip_relay *last;
    unsigned relays, ended;
    int err;          /* of the last sip_relay_create() */
    int final_status; /* of the last that ended; 0: none */
} sim_proxy;

/* `allocator` NULL: the sim's. */
void sim_proxy_init(sim_proxy *proxy, sip_sim *sim, const char *name,
                    const sip_allocator *allocator);

#endif
