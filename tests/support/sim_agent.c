#include "support/sim_agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What cannot fail here unless the test itself is wrong. */
static void must(bool fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "sim_agent: %s\n", what);
        abort();
    }
}

/* ---- the registrar */

bool sim_find_a1(dum_manager *dum, sip_str user, sip_str realm, sip_digest_algorithm algorithm,
                 char a1_hex[SIP_DIGEST_HEX_BYTES], void *user_data)
{
    (void)dum;
    (void)user_data;
    return !sip_str_equal(user, "nobody") &&
           sip_digest_a1(algorithm, user, realm, SIP_STR("secret"), a1_hex) == 0;
}

static int check_aor(dum_registrar *registrar, const sip_msg *request, sip_str aor, void *user_data)
{
    sim_home *home = user_data;

    (void)registrar;
    home->lines += sip_msg_find(request, "X-Line", 0).len > 0 ? 1 : 0;
    must(request != NULL && aor.len > 4, "check_aor");
    return home->refuse;
}

static void on_added(dum_registrar *registrar, const dum_binding *binding, void *user_data)
{
    sim_home *home = user_data;

    (void)registrar;
    home->added++;
    home->last_expires_s = binding->expires_s;
}

static void on_refreshed(dum_registrar *registrar, const dum_binding *binding, void *user_data)
{
    sim_home *home = user_data;

    (void)registrar;
    home->refreshed++;
    home->last_expires_s = binding->expires_s;
}

static void on_removed(dum_registrar *registrar, const dum_binding *binding, bool expired,
                       void *user_data)
{
    sim_home *home = user_data;

    (void)registrar;
    must(binding->contact.len > 0 && binding->aor.len > 0, "on_removed");
    home->removed++;
    home->expired += expired ? 1 : 0;
}

static const dum_registrar_handler registrar_handler = {
    .check_aor = check_aor,
    .on_added = on_added,
    .on_refreshed = on_refreshed,
    .on_removed = on_removed,
};

static const dum_server_auth_handler auth_handler = {.find_a1 = sim_find_a1};

void sim_home_init_bare(sim_home *home, sip_sim *sim, const dum_server_auth_config *auth,
                        const dum_server_auth_handler *handler)
{
    memset(home, 0, sizeof *home);
    must(sip_sim_add_host(sim, "home", NULL, &home->stack) == 0 &&
             dum_manager_create(home->stack, NULL, &home->dum) == 0,
         "home");
    if (auth != NULL) {
        must(dum_manager_set_server_auth(home->dum, auth, handler != NULL ? handler : &auth_handler,
                                         home) == 0,
             "dum_manager_set_server_auth");
    }
}

void sim_home_init(sim_home *home, sip_sim *sim, const dum_registrar_config *config,
                   const dum_server_auth_config *auth)
{
    sim_home_init_bare(home, sim, auth, NULL);
    must(dum_registrar_create(home->dum, config, &registrar_handler, home, &home->registrar) == 0,
         "dum_registrar_create");
}

size_t sim_home_bindings(const sim_home *home, const char *user)
{
    char text[100];
    sip_uri aor;
    size_t n = 0;

    snprintf(text, sizeof text, "sip:%s@home", user);
    must(sip_uri_parse(sip_str_of(text), &aor) == 0, "sip_uri_parse");
    while (dum_registrar_binding(home->registrar, &aor, n, NULL)) {
        n++;
    }
    return n;
}

/* ---- the agent */

static void note(sim_agent *agent, const dum_cause *cause)
{
    must(cause->text.len > 0, "a cause without text");
    agent->why = cause->why;
    agent->status = cause->status;
    agent->retry_ms = cause->retry_ms;
    snprintf(agent->text, sizeof agent->text, SIP_FMT, SIP_ARG(cause->text));
}

static sip_time_ms now_ms(const sim_agent *agent)
{
    return sip_worker_now_ms(sip_stack_worker(agent->stack, 0));
}

static void on_active(dum_registration *reg, const sip_msg *response, void *user_data)
{
    sim_agent *agent = user_data;

    must(sip_msg_status(response) == 200 &&
             dum_registration_find(agent->dum, dum_registration_id(reg)) == reg,
         "on_active");
    agent->actives++;
    agent->active_at_ms = now_ms(agent);
    if (agent->end_on_active) {
        agent->verb_result = dum_registration_end(reg);
    }
    if (agent->refresh_on_active) {
        agent->refresh_on_active = false;
        agent->verb_result = dum_registration_refresh(reg);
    }
}

static void on_retrying(dum_registration *reg, const dum_cause *cause, void *user_data)
{
    sim_agent *agent = user_data;

    must(cause->retry_ms > 0, "on_retrying");
    agent->retryings++;
    agent->retrying_at_ms = now_ms(agent);
    note(agent, cause);
    if (agent->end_on_retrying) {
        agent->verb_result = dum_registration_end(reg);
    }
}

static void on_terminated(dum_registration *reg, const dum_cause *cause, void *user_data)
{
    sim_agent *agent = user_data;

    must(agent->terminations == 0 && dum_registration_id(reg) != 0, "on_terminated");
    agent->terminations++;
    agent->reg = NULL;
    note(agent, cause);
    if (agent->end_on_terminated) {
        agent->verb_result = dum_registration_end(reg);
    }
}

static const dum_registration_handler registration_handler = {
    .on_active = on_active,
    .on_retrying = on_retrying,
    .on_terminated = on_terminated,
};

void sim_agent_init(sim_agent *agent, sip_sim *sim, const char *name, const char *password)
{
    char aor[100];
    dum_profile_config config = {.aor = aor, .password = password};

    memset(agent, 0, sizeof *agent);
    snprintf(aor, sizeof aor, "sip:%s@home", name);
    must(sip_sim_add_host(sim, name, NULL, &agent->stack) == 0 &&
             dum_manager_create(agent->stack, NULL, &agent->dum) == 0 &&
             dum_profile_create(agent->dum, &config, &agent->profile) == 0 &&
             dum_manager_set_registration_handler(agent->dum, &registration_handler, agent) == 0,
         "agent");
}

void sim_agent_register(sim_agent *agent, uint32_t expires_s)
{
    dum_registration_config config = {.expires_s = expires_s};

    agent->terminations = 0;
    must(dum_registration_create(agent->profile, &config, &agent->reg) == 0,
         "dum_registration_create");
}

/* ---- the client on bare libsip */

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    sim_raw *raw = user_data;

    (void)tx;
    raw->status = sip_msg_status(response);
    sip_msg_unref(raw->response);
    raw->response = sip_msg_ref(response);
}

static const sip_client_tx_handler client_handler = {.on_response = on_response};

void sim_raw_init(sim_raw *raw, sip_sim *sim, const char *name)
{
    sip_stack *stack;

    memset(raw, 0, sizeof *raw);
    raw->sim = sim;
    raw->from = "<sip:alice@home>";
    raw->call_id = "raw-call-id";
    raw->cseq = 1;
    must(sip_sim_add_host(sim, name, NULL, &stack) == 0 &&
             sip_tu_create(stack, NULL, &(sip_tu_handler){0}, NULL, &raw->tu) == 0,
         "raw");
}

void sim_raw_finish(sim_raw *raw)
{
    raw->response = sip_msg_unref(raw->response);
}

int sim_raw_ask(sim_raw *raw, const char *method, const char *uri, const sip_header *headers,
                const sip_body *body)
{
    sip_build *build = sip_build_request(NULL, sip_str_of(method), sip_str_of(uri));
    sip_extras extras = {.headers = headers, .body = body};
    sip_client_tx *tx;
    sip_msg *request;

    sip_build_headerf(build, SIP_HEADER_FROM, "%s;tag=raw", raw->from);
    if (raw->to != NULL) {
        sip_build_header(build, SIP_HEADER_TO, sip_str_of(raw->to));
    } else {
        sip_build_headerf(build, SIP_HEADER_TO, "<%s>", uri);
    }
    sip_build_header(build, SIP_HEADER_CALL_ID, sip_str_of(raw->call_id));
    sip_build_headerf(build, SIP_HEADER_CSEQ, "%u %s", (unsigned)raw->cseq++, method);
    sip_build_extras(build, &extras);
    raw->status = 0;
    must(sip_build_finish(build, &request) == 0 &&
             sip_client_tx_create(raw->tu, request, NULL, &client_handler, raw, &tx) == 0,
         "sim_raw_ask");
    sip_msg_unref(request);
    sip_sim_run(raw->sim, 500);
    return raw->status;
}

const char *sim_raw_authorize(sim_raw *raw, size_t n, const char *user, const char *password,
                              const sip_digest_input *input, uint32_t nc)
{
    const sip_auth *challenge = sip_msg_auth(raw->response, SIP_HEADER_WWW_AUTHENTICATE, n);

    must(challenge != NULL &&
             sip_digest_authorize(challenge, sip_str_of(user), sip_str_of(password), input, nc,
                                  raw->header, sizeof raw->header) > 0,
         "sip_digest_authorize");
    return raw->header;
}
