/* The witness of a simulated world: it sees every message on the wire and hears what the users of
 * the transactions are told, keeps its own books of each transaction, and says when one of the
 * rules is broken. It looks into no stack. */
#ifndef AUDIT_H
#define AUDIT_H

#include "sim/world/ledger.h"
#include "sim/world/wire_fields.h"
#include <sip/sim.h>
#include <sip/tu.h>

#define AUDIT_HOSTS 12
#define AUDIT_NEWS_MS 200 /* after that the news of a broken connection is known */

/* What must hold; rule_names[] has the words. */
typedef enum rule {
    RULE_CLIENT_ENDS_ONCE,
    RULE_CLIENT_END_TIME,
    RULE_CLIENT_FAILS_IN_TIME,
    RULE_CLIENT_ONE_FINAL,
    RULE_CLIENT_TOLD,
    RULE_SERVER_ENDS_ONCE,
    RULE_SERVER_END_TIME,
    RULE_SERVER_TOLD_ONCE,
    RULE_ONE_ANSWER,
    RULE_ANSWER_REPEATED,
    RULE_TRYING_IN_TIME,
    RULE_RESPONSE_ASKED_FOR,
    RULE_RESPONSE_WAY,
    RULE_REQUEST_REPEAT_SAME,
    RULE_REQUEST_REPEAT_TIME,
    RULE_RESPONSE_REPEAT_TIME,
    RULE_BRANCH_NEW,
    RULE_ACK_FITS,
    RULE_ACK_SENT,
    RULE_CANCEL_FITS,
    RULE_CANCEL_SENT,
    RULE_CANCEL_ANSWERED,
    RULE_RELAY_REQUEST,
    RULE_RELAY_SUCCESS,
    RULE_RELAY_BEST,
    RULE_RELAY_WAITS,
    RULE_RELAY_ENDS_ONCE,
    RULE_TABLES,
    RULE_NOTHING_LEFT,
    RULE_SAME_AGAIN,
    RULES
} rule;

extern const char *const rule_names[RULES];

typedef struct client_rec client_rec;
typedef struct server_rec server_rec;

/* A request that a user of a host sends; kept by who sends it, in the ledger. */
typedef struct ask {
    unsigned host, life;
    wire_method method;
    client_rec *rec; /* the last branch that was seen of it */
    sip_time_ms created_ms, final_ms, cancel_ms;
    int status; /* of the first final response */
    unsigned finals, failures, ended;
    bool abandoned;
    struct ask *next;
} ask;

/* One branch as the wire shows it at its sender. */
struct client_rec {
    client_rec *next_of_host, *next_of_server;
    unsigned host, life;
    wire_method method;
    uint64_t branch, bytes, uri, call, from, to;
    uint32_t cseq;
    bool reliable;
    sip_addr to_addr;
    ask *owner;           /* NULL: the library's own, or a relay's */
    server_rec *upstream; /* a relay's */
    client_rec *cancel;
    sip_time_ms first_ms, last_ms;
    sip_time_ms due_ms; /* the next repetition; 0: none */
    uint32_t interval_ms;
    unsigned sends;
    sip_time_ms over_ms;  /* when it ends if nothing comes; 0: never */
    sip_time_ms shaky_ms; /* something was heard that may have ended it: no more is asked of it */
    sip_time_ms provisional_ms, final_ms, arrival_ms;
    int final, arrival; /* the first final status; the last that arrived */
    uint64_t final_tag;
    bool left;         /* given up for another target */
    bool wants_cancel; /* once there is a provisional response */
    bool waits;        /* in the list of what is due in this millisecond */
    bool ack_due, cancel_due;
    sip_time_ms missed_ms; /* what was due and did not happen, over a stream; 0: nothing */
    rule missed;
    const char *missed_what;
    unsigned told_due;
};

/* One server transaction as the wire shows it. */
struct server_rec {
    server_rec *next_of_host;
    unsigned host, life;
    wire_method method;
    uint64_t branch, uri;
    uint32_t max_forwards;
    bool reliable;
    sip_addr from;
    client_rec *forks;
    sip_time_ms first_ms, last_ms;
    sip_time_ms trying_ms; /* when a 100 leaves if nothing else does; 0: it has */
    sip_time_ms over_ms, shaky_ms, final_ms, acked_ms, cancelled_ms;
    sip_time_ms due_ms; /* the next repetition of the final response */
    uint32_t interval_ms;
    int final, last; /* statuses sent */
    uint64_t final_bytes, last_bytes, final_tag;
    bool is_relay, answers_itself, has_timers; /* told by its user */
    bool busy;                                 /* refused without a transaction */
    bool is_reborn; /* a repetition that came after the end without an answer */
    bool waits;
    bool told_due, repeat_due, answer_due, cancel_told_due, success_due;
    sip_time_ms missed_ms;
    rule missed;
    const char *missed_what;
    unsigned told, ended;
};

typedef struct audit_host {
    sip_addr addr;
    sip_timers timers;
    unsigned life;
    bool is_alive;
    sip_time_ms broke_ms;   /* a connection of it, last */
    sip_time_ms refused_ms; /* it heard last that nobody is there, or that no connection comes up */
    client_rec *clients;
    server_rec *servers;
} audit_host;

typedef struct audit {
    ledger book;
    uint64_t *rules; /* how often each was checked */
    sip_sim *sim;
    audit_host hosts[AUDIT_HOSTS]; /* by the number in their address; 0 is none */
    void *waiting[256];            /* client_rec or server_rec, see `waiting_is_client` */
    bool waiting_is_client[256];
    size_t n_waiting;
    sip_time_ms waiting_ms;
    uint64_t messages, digest;
    bool verbose;
    char failure[400]; /* the first */
} audit;

void audit_init(audit *it, uint64_t *rules);
void audit_finish(audit *it);
/* Begin anew with another world. */
void audit_begin(audit *it, sip_sim *sim);
/* A host begins, or its process dies. */
void audit_host_begins(audit *it, unsigned host, const sip_addr *addr, const sip_timers *timers);
void audit_host_dies(audit *it, unsigned host);
/* The tap of the sim. */
void audit_on_wire(const sip_sim_event *event, void *user_data);
/* Look at what should have happened until now; in the end, at everything. */
void audit_flush(audit *it);
void audit_close(audit *it);

/* What users do and are told. */
void audit_asks(audit *it, ask *by, unsigned host, const sip_msg *request);
void audit_ask_response(audit *it, ask *by, const sip_msg *response);
void audit_ask_failed(audit *it, ask *by, const sip_failure *failure);
void audit_ask_ended(audit *it, ask *by);
void audit_ask_cancels(audit *it, ask *by);
void audit_ask_abandons(audit *it, ask *by);
/* The books of the request that a server transaction was made for; NULL only with a failure. */
server_rec *audit_served(audit *it, unsigned host, const sip_msg *request);
void audit_serves_relay(server_rec *rec, bool has_timers);
void audit_serve_cancelled(audit *it, server_rec *rec);
void audit_serve_gives_up(audit *it, server_rec *rec);
void audit_serve_ended(audit *it, server_rec *rec);

/* Note that a rule was looked at; the first that does not hold is the failure. */
bool audit_check(audit *it, rule which, bool holds, const char *format, ...) SIP_PRINTF(4, 5);

#endif
