#include <sip/relay.h>

#include "base/sized.h"
#include "proxy/fork.h"
#include "proxy/loop_check.h"
#include "proxy/refusal.h"
#include "transaction/layer.h"
#include "transaction/relay_hook.h"

#define RETRY_MS 500

struct sip_relay {
    sip_server_tx *tx; /* NULL once it has ended */
    const sip_allocator *allocator;
    sip_relay_handler handler;
    void *user_data;
    sip_msg *received; /* given back with the final response */
    sip__relay_request request;
    sip__fork fork;
    sip_msg *final;
    bool answered;  /* a final response went out */
    bool cancelled; /* by the caller */
    bool ended;     /* on_terminated is being told */
    sip_timer retry;
};

static sip_relay *relay_of(sip__fork *fork)
{
    return SIP_CONTAINER_OF(fork, sip_relay, fork);
}

static void relay_free(sip_relay *relay)
{
    sip_timer_clear(sip_tu_worker(relay->fork.tu), &relay->retry);
    sip__fork_finish(&relay->fork);
    sip_msg_unref(relay->received);
    sip_msg_unref(relay->final);
    sip_free(relay->allocator, relay);
}

/* The end, when neither the caller's side nor a branch is left. */
static void end_if_done(sip_relay *relay)
{
    if (relay->tx != NULL || sip__fork_is_live(&relay->fork)) {
        return;
    }
    relay->ended = true;
    if (relay->handler.on_terminated != NULL) {
        relay->handler.on_terminated(relay, relay->final, relay->user_data);
    }
    relay_free(relay);
}

static void emit_response(sip_relay *relay, const sip_msg *response)
{
    if (relay->handler.on_response != NULL) {
        relay->handler.on_response(relay, response, relay->user_data);
    }
}

/* Send a final response and remember it; whatever is still under way is called off. */
static int send_final(sip_relay *relay, sip_msg *response, const sip_extras *cancel)
{
    int err = sip_server_tx_send(relay->tx, response);

    if (err != 0) {
        return err;
    }
    relay->answered = true;
    if (relay->handler.on_terminated != NULL) {
        relay->final = sip_msg_ref(response);
    }
    sip__fork_close(&relay->fork, cancel);
    relay->request.msg = NULL;
    relay->received = sip_msg_unref(relay->received);
    return 0;
}

static int respond(sip_relay *relay, int status, const sip_extras *extras)
{
    sip_msg *response;
    int err = sip_response_create(relay->received, status, sip_server_tx_tag(relay->tx), extras,
                                  &response);

    if (err != 0) {
        return err;
    }
    err =
        status >= 200 ? send_final(relay, response, NULL) : sip_server_tx_send(relay->tx, response);
    sip_msg_unref(response);
    return err;
}

static void on_provisional(sip__fork *fork, const sip_msg *response)
{
    sip_relay *relay = relay_of(fork);
    sip_msg *copy;

    if (relay->tx == NULL || relay->answered) {
        return;
    }
    emit_response(relay, response);
    if (relay->answered || sip__response_passed_on(response, &copy) != 0) {
        return;
    }
    (void)sip_server_tx_send(relay->tx, copy); /* without it the caller waits for the next one */
    sip_msg_unref(copy);
}

/* The first 2xx is the answer; later ones to INVITE, of a branch or repeated, go through the server
 * transaction while it is in Accepted, and without it when something else was the answer (RFC
 * 3261 16.7 step 5, RFC 6026 7.1). */
static int on_success(sip__fork *fork, const sip_msg *response)
{
    static const sip_header elsewhere[] = {
        {"Reason", "SIP;cause=200;text=\"Call completed elsewhere\""}, {NULL, NULL}};
    static const sip_extras cancel = {.headers = elsewhere};
    sip_relay *relay = relay_of(fork);
    sip_msg *copy = NULL;
    int err;

    if (relay->answered && !fork->is_invite) {
        return 0;
    }
    emit_response(relay, response);
    err = sip__response_passed_on(response, &copy);
    if (err != 0) {
        return err;
    }
    err = SIP_ESTATE;
    if (relay->tx != NULL) {
        err = relay->answered ? sip_server_tx_send(relay->tx, copy)
                              : send_final(relay, copy, &cancel);
    }
    if (err == SIP_ESTATE && fork->is_invite) {
        err = sip_tu_forward(fork->tu, response);
    }
    sip_msg_unref(copy);
    return relay->answered || relay->tx == NULL ? 0 : err;
}

static int answer_with_best(sip_relay *relay, const sip__candidate *candidates, size_t n,
                            size_t best)
{
    sip_msg *copy = NULL;
    int err;

    if (best == n) {
        return respond(relay, relay->cancelled ? 487 : 480, NULL);
    }
    if (candidates[best].status == 503) { /* only this way is closed, not we (16.7 step 6) */
        return respond(relay, 500, NULL);
    }
    if (candidates[best].msg == NULL) {
        return respond(relay, relay->cancelled ? 487 : candidates[best].status, NULL);
    }
    emit_response(relay, candidates[best].msg);
    if (relay->answered) {
        return 0;
    }
    err = sip__best_response_print(candidates, n, best, &copy);
    if (err == 0) {
        err = send_final(relay, copy, NULL);
        sip_msg_unref(copy);
    }
    return err;
}

/* All branches are over: choose, unless the handler finds further targets or answers itself. */
static void choose(sip_relay *relay, bool tell)
{
    sip__fork *fork = &relay->fork;
    sip__candidate *candidates =
        sip_alloc0(relay->allocator, (fork->n_branches + 1) * sizeof *candidates);
    int err = SIP_ENOMEM;

    if (candidates != NULL) {
        size_t n = sip__fork_candidates(fork, candidates);
        size_t best = sip__best_response(candidates, n);

        if (tell && relay->handler.on_failed != NULL) {
            relay->handler.on_failed(relay, best < n ? candidates[best].msg : NULL,
                                     relay->user_data);
        }
        err = relay->answered || sip__fork_has_waiting(fork)
                  ? 0
                  : answer_with_best(relay, candidates, n, best);
    }
    sip_free(relay->allocator, candidates);
    if (err != 0 &&
        relay->tx !=
            NULL) { /* the caller must not wait for ever because memory was short for a moment */
        sip_timer_set(sip_tu_worker(fork->tu), &relay->retry, RETRY_MS);
    }
}

static void on_retry(void *arg)
{
    sip_relay *relay = arg;

    if (relay->tx != NULL && !relay->answered && !sip__fork_is_pending(&relay->fork)) {
        choose(relay, false);
    }
}

static void on_settled(sip__fork *fork)
{
    sip_relay *relay = relay_of(fork);

    if (relay->tx != NULL && !relay->answered) {
        choose(relay, true);
    }
}

/* Nothing comes any more. A late 2xx to INVITE is all that a relay waits for once it has answered,
 * and it cannot come without a branch. */
static void on_gone(sip__fork *fork)
{
    sip_relay *relay = relay_of(fork);

    if (relay->tx != NULL && relay->answered) {
        sip__server_tx_set_relay(relay->tx, NULL, NULL);
        relay->tx = NULL;
    }
    end_if_done(relay);
}

static const sip__fork_events fork_events = {.on_provisional = on_provisional,
                                             .on_success = on_success,
                                             .on_settled = on_settled,
                                             .on_gone = on_gone};

/* CANCEL from the caller goes to every branch, with its Reason (RFC 3261 16.10, RFC 3326). */
static void on_server_cancel(sip_server_tx *tx, const sip_msg *cancel, void *arg)
{
    sip_relay *relay = arg;
    sip_extras reason = {.copy_from = cancel, .copy = cancel != NULL ? "Reason" : NULL};

    (void)tx;
    if (relay->answered || relay->cancelled) {
        return;
    }
    relay->cancelled = true;
    sip__fork_close(&relay->fork, &reason);
    if (!sip__fork_is_pending(&relay->fork)) {
        on_settled(&relay->fork);
    }
}

static void on_server_ended(sip_server_tx *tx, void *arg)
{
    sip_relay *relay = arg;

    (void)tx;
    relay->tx = NULL;
    sip__fork_close(&relay->fork, NULL);
    end_if_done(relay);
}

static const sip__relay_hooks hooks = {.on_cancel = on_server_cancel, .on_ended = on_server_ended};

static int refuse(sip_server_tx *tx, const sip_msg *request, int status)
{
    sip__refusal refusal;

    sip__refusal_init(&refusal, request, status);
    (void)sip_server_tx_respond(tx, status, &refusal.extras);
    return sip__refusal_error(status);
}

/* RFC 3261 16.6 step 11. */
static uint32_t timer_c_ms(const sip_tu *tu, const sip_relay_config *config)
{
    return config->timer_c_s != 0 && config->timer_c_s < UINT32_MAX / 1000
               ? config->timer_c_s * 1000
               : tu->layer->config.timers.c_ms;
}

static sip_relay *relay_alloc(sip_server_tx *tx, const sip_relay_config *config,
                              const sip_msg *request)
{
    sip_tu *tu = sip_server_tx_tu(tx);
    const sip_allocator *allocator = sip_worker_allocator(sip_tu_worker(tu));
    sip_relay *relay = sip_alloc0(allocator, sizeof *relay);

    if (relay == NULL) {
        return NULL;
    }
    relay->tx = tx;
    relay->allocator = allocator;
    relay->received = sip_msg_ref(request);
    relay->fork = (sip__fork){.events = &fork_events,
                              .tu = tu,
                              .request = &relay->request,
                              .is_invite = sip_msg_method(request) == SIP_METHOD_INVITE,
                              .recurse = config->recurse == SIP_ON,
                              .timer_c_ms = timer_c_ms(tu, config),
                              .branch_timeout_s = config->branch_timeout_s};
    sip__fork_init(&relay->fork);
    sip_timer_init(&relay->retry, on_retry, relay);
    return relay;
}

int sip_relay_create_sized(sip_server_tx *tx, const sip_relay_config *given, size_t config_bytes,
                           const sip_relay_handler *handler, size_t handler_bytes, void *user_data,
                           sip_relay **ret_relay)
{
    const sip_msg *msg = sip_server_tx_request(tx);
    sip_relay_config config;
    sip_relay_handler own_handler;
    sip__relay_request request;
    sip_relay *relay;
    int err;

    if (tx == NULL || sip__sized_copy(&config, sizeof config, given, config_bytes) != 0 ||
        sip__sized_copy(&own_handler, sizeof own_handler, handler, handler_bytes) != 0) {
        return SIP_EINVAL;
    }
    if (msg == NULL || sip__server_tx_relay(tx) != NULL) {
        return SIP_ESTATE;
    }
    err = sip__relay_request_init(&request, sip_tu_stack(sip_server_tx_tu(tx)), msg, &config);
    if (err > 0) {
        return refuse(tx, msg, err);
    }
    if (err == 0 && sip__loop_has_seen(sip_server_tx_tu(tx), msg)) {
        err = SIP_ELOOP;
    }
    if (err != 0) {
        return err;
    }
    relay = relay_alloc(tx, &config, msg);
    if (relay == NULL) {
        return SIP_ENOMEM;
    }
    relay->request = request;
    relay->handler = own_handler;
    relay->user_data = user_data;
    sip__server_tx_set_relay(tx, &hooks, relay);
    if (ret_relay != NULL) {
        *ret_relay = relay;
    }
    return 0;
}

int sip_relay_add(sip_relay *relay, const sip_target *target)
{
    sip__relay_to to;

    if (relay == NULL || !sip__relay_to_read(target, &to)) {
        return SIP_EINVAL;
    }
    if (relay->tx == NULL || relay->answered || relay->ended) {
        return SIP_ESTATE;
    }
    return sip__fork_add(&relay->fork, &to, target != NULL ? target->q_permille : 1000);
}

int sip_relay_respond(sip_relay *relay, int status, const sip_extras *extras)
{
    if (relay == NULL || status < 100 || status > 699) {
        return SIP_EINVAL;
    }
    if (relay->tx == NULL || relay->answered || relay->ended) {
        return SIP_ESTATE;
    }
    return respond(relay, status, extras);
}

sip_server_tx *sip_relay_server_tx(const sip_relay *relay)
{
    return relay != NULL ? relay->tx : NULL;
}
