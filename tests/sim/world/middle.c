#include "sim/world/middle.h"

#include <stdio.h>
#include <string.h>

/* One relay, as long as it or its server transaction lives. */
typedef struct between {
    actor *self;
    server_rec *rec;
    sip_relay *relay;
    const plan *by;
} between;

static void on_terminated(sip_relay *relay, const sip_msg *final, void *user_data)
{
    between *it = user_data;

    (void)relay, (void) final;
    it->relay = NULL;
    it->self->globe->relays_ended++;
}

static const sip_relay_handler relay_handler = {.on_terminated = on_terminated};

static const plan *plan_of(const actor *self, const sip_msg *request)
{
    const sip_uri *uri = sip_msg_request_uri(request);
    char user[16] = "";
    unsigned n;

    if (!sip_stack_owns_uri(self->stack, uri) || uri->user.len >= sizeof user) {
        return NULL;
    }
    memcpy(user, uri->user.ptr, uri->user.len);
    return sscanf(user, "plan%u", &n) == 1 && n < self->globe->n_plans ? &self->globe->plans[n]
                                                                       : NULL;
}

static void answer_itself(void *arg)
{
    between *it = arg;

    if (it->relay != NULL && sip_relay_server_tx(it->relay) != NULL &&
        sip_server_tx_request(sip_relay_server_tx(it->relay)) != NULL) {
        it->rec->answers_itself = true;
        (void)sip_relay_respond(it->relay, it->by->own_status, NULL);
    }
}

static int begin(between *it, sip_server_tx *tx, const sip_relay_config *config)
{
    globe *world = it->self->globe;
    int err = sip_relay_create(tx, config, &relay_handler, it, &it->relay);

    world->relays_begun += err == 0;
    if (err != 0 || it->by == NULL) {
        return err != 0 ? err : sip_relay_add(it->relay, NULL);
    }
    for (unsigned i = 0; err == 0 && i < it->by->n_targets; i++) {
        const sip_target target = {.uri = it->by->uris[i], .q_permille = it->by->q_permille[i]};

        err = sip_relay_add(it->relay, &target);
    }
    if (err == 0 && it->by->own_status != 0) {
        err = sip_timer_start(sip_tu_worker(it->self->tu), it->by->own_after_ms, answer_itself, it);
    }
    return err;
}

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    static const sip_relay_config plain = {.record_route = SIP_ON};
    actor *self = user_data;
    const sip_msg *request = sip_server_tx_request(tx);
    between *it = ledger_room(&self->globe->audit->book, sizeof *it);
    const sip_relay_config *config;
    int err;

    (void)tu;
    it->self = self;
    it->rec = audit_served(self->globe->audit, self->index, request);
    it->by = plan_of(self, request);
    config = it->by != NULL ? &it->by->config : &plain;
    sip_server_tx_set_data(tx, it);
    audit_serves_relay(it->rec, config->timer_c_s != 0 || config->branch_timeout_s != 0);
    err = begin(it, tx, config);
    if (err != 0 && it->rec != NULL) {
        it->rec->answers_itself = true;
        (void)sip_server_tx_respond(tx, sip_error_status(err), NULL);
    }
}

static void on_ack(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    (void)user_data;
    (void)sip_tu_forward(tu, ack);
}

static void on_stray_response(sip_tu *tu, const sip_msg *response, void *user_data)
{
    (void)user_data;
    (void)sip_tu_forward(tu, response);
}

static void on_server_tx_ended(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    const actor *self = user_data;
    const between *it = sip_server_tx_data(tx);

    (void)tu;
    audit_serve_ended(self->globe->audit, it->rec);
}

const sip_tu_handler middle_handler = {.on_request = on_request,
                                       .on_ack = on_ack,
                                       .on_stray_response = on_stray_response,
                                       .on_server_tx_ended = on_server_tx_ended};
