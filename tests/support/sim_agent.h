/* Programs on libdum for tests over the simulated network: a registrar that authenticates, an agent
 * that registers, and a client on bare libsip that says exactly what it is told to. */
#ifndef SIM_AGENT_H
#define SIM_AGENT_H

#include <dum/dum.h>

/* ---- the registrar: "home", domain "home", every user's password is "secret" but nobody's */

typedef struct sim_home {
    sip_stack *stack;
    dum_manager *dum;
    dum_registrar *registrar;
    unsigned added, refreshed, removed, expired;
    uint32_t last_expires_s;
    unsigned lines; /* REGISTERs with an X-Line header */
    int refuse;     /* what check_aor says of everybody */
} sim_home;

/* `auth` NULL: nobody is challenged. `config` NULL: the defaults. */
void sim_home_init(sim_home *home, sip_sim *sim, const dum_registrar_config *config,
                   const dum_server_auth_config *auth);
/* Only a manager with server authentication and no registrar. */
void sim_home_init_bare(sim_home *home, sip_sim *sim, const dum_server_auth_config *auth,
                        const dum_server_auth_handler *handler);
/* How many bindings "sip:USER@home" has. */
size_t sim_home_bindings(const sim_home *home, const char *user);
/* find_a1 of a dum_server_auth_handler. */
bool sim_find_a1(dum_manager *dum, sip_str user, sip_str realm, sip_digest_algorithm algorithm,
                 char a1_hex[SIP_DIGEST_HEX_BYTES], void *user_data);

/* ---- an agent: AOR "sip:NAME@home" */

typedef struct sim_agent {
    sip_stack *stack;
    dum_manager *dum;
    dum_profile *profile;
    dum_registration *reg; /* NULL once terminated */
    unsigned actives, retryings, terminations;
    dum_why why;
    int status;
    char text[200];
    uint32_t retry_ms;
    sip_time_ms active_at_ms, retrying_at_ms;
    bool end_on_active, end_on_retrying, end_on_terminated, refresh_on_active;
    int verb_result; /* of the call that one of these made */
} sim_agent;

/* `password` NULL: none. Sets its registration handler. */
void sim_agent_init(sim_agent *agent, sip_sim *sim, const char *name, const char *password);
void sim_agent_register(sim_agent *agent, uint32_t expires_s);

/* ---- a client on bare libsip */

typedef struct sim_raw {
    sip_sim *sim;
    sip_tu *tu;
    const char *from, *to; /* addresses without tags; `to` NULL: the Request-URI */
    const char *call_id;
    uint32_t cseq; /* of the next request */
    int status;
    sip_msg *response; /* the last */
    char header[1600]; /* of sim_raw_authorize() */
} sim_raw;

void sim_raw_init(sim_raw *raw, sip_sim *sim, const char *name);
void sim_raw_finish(sim_raw *raw);
/* Send a request with these headers (up to a NULL name, or NULL) and a body or none, run for half
 * a second. @return the status, 0 without an answer */
int sim_raw_ask(sim_raw *raw, const char *method, const char *uri, const sip_header *headers,
                const sip_body *body);
/* The Authorization value that answers the last response's n-th challenge, in raw->header. */
const char *sim_raw_authorize(sim_raw *raw, size_t n, const char *user, const char *password,
                              const sip_digest_input *input, uint32_t nc);

#endif
