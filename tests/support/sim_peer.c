#include "support/sim_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const sip_body description = SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                                                 "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                                 "m=audio 40000 RTP/AVP 0\r\n");

/* What cannot fail here unless the test itself is wrong. */
static void must(bool fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "sim_peer: %s\n", what);
        abort();
    }
}

/* ---- answering */

static void stop_timer(sim_peer *peer)
{
    sip_timer_clear(sip_tu_worker(peer->tu), &peer->timer);
}

static void send_answer(sim_peer *peer)
{
    sip_build *build = sip_build_response(sip_server_tx_request(peer->ringing), peer->final,
                                          (sip_str){NULL, 0}, sip_server_tx_tag(peer->ringing));

    sip_build_contact(build, sip_str_of(peer->name), (sip_str){NULL, 0});
    sip_build_extras(build, &peer->extras);
    sip_build_body(build, &description);
    must(sip_build_finish(build, &peer->answer) == 0, "sip_build_finish");
    must(sip_server_tx_send(peer->ringing, peer->answer) == 0, "sip_server_tx_send");
    peer->interval_ms = 500;
    peer->repeated_ms = 0;
    sip_timer_set(sip_tu_worker(peer->tu), &peer->timer, peer->interval_ms);
}

/* The 2xx again, as long as no ACK has come (RFC 3261 13.3.1.4). */
static void repeat_answer(sim_peer *peer)
{
    peer->repeated_ms += peer->interval_ms;
    if (peer->repeated_ms > 30000 || sip_server_tx_send(peer->ringing, peer->answer) != 0) {
        peer->answer = sip_msg_unref(peer->answer);
        return;
    }
    peer->interval_ms = peer->interval_ms < 4000 ? 2 * peer->interval_ms : 4000;
    sip_timer_set(sip_tu_worker(peer->tu), &peer->timer, peer->interval_ms);
}

static void on_timer(void *arg)
{
    sim_peer *peer = arg;

    if (peer->ringing == NULL) {
        return;
    }
    if (peer->answer != NULL) {
        repeat_answer(peer);
    } else if (sip_server_tx_request(peer->ringing) == NULL) {
        return; /* it was cancelled */
    } else if (peer->final < 300) {
        send_answer(peer);
    } else {
        sip_server_tx_respond(peer->ringing, peer->final, &peer->extras);
    }
}

static void on_invite(sim_peer *peer, sip_server_tx *tx)
{
    if (peer->ringing != NULL && sip_server_tx_request(peer->ringing) != NULL) {
        sip_server_tx_respond(tx, 486, NULL); /* one at a time */
        return;
    }
    peer->invites++;
    peer->ringing = tx;
    peer->answer = sip_msg_unref(peer->answer);
    if (peer->provisional != 0) {
        sip_server_tx_respond(tx, peer->provisional, NULL);
    }
    if (peer->final != 0) {
        sip_timer_set(sip_tu_worker(peer->tu), &peer->timer, peer->final_after_ms);
    }
}

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    sim_peer *peer = user_data;
    const sip_msg *request = sip_server_tx_request(tx);

    (void)tu;
    peer->requests++;
    sip_msg_unref(peer->last_request);
    peer->last_request = sip_msg_ref(request);
    if (sip_msg_method(request) == SIP_METHOD_INVITE) {
        on_invite(peer, tx);
    } else if (sip_msg_method(request) == SIP_METHOD_BYE) {
        peer->byes++;
        sip_server_tx_respond(tx, 200, NULL);
    } else if (peer->final != 0) {
        sip_server_tx_respond(tx, peer->final, &peer->extras);
    }
}

static void on_ack(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    sim_peer *peer = user_data;

    (void)tu, (void)ack;
    peer->acks++;
    if (peer->answer != NULL) {
        peer->answer = sip_msg_unref(peer->answer);
        stop_timer(peer);
    }
}

static void on_server_tx_ended(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    sim_peer *peer = user_data;

    (void)tu;
    peer->servers_ended++;
    if (peer->ringing == tx) {
        peer->ringing = NULL;
        stop_timer(peer);
    }
}

static void on_destroy(sip_tu *tu, void *user_data)
{
    (void)tu;
    stop_timer(user_data);
}

static const sip_tu_handler peer_handler = {.on_request = on_request,
                                            .on_ack = on_ack,
                                            .on_server_tx_ended = on_server_tx_ended,
                                            .on_destroy = on_destroy};

/* ---- asking */

static const sip_client_tx_handler sent_handler;

static sim_peer_sent *start(sim_peer *peer, const sip_msg *request, const char *next_hop)
{
    sip_send_options options = {.next_hop = next_hop};
    sim_peer_sent *it = &peer->sent[peer->n_sent];

    must(peer->n_sent < SIM_PEER_SENT, "peer->n_sent < SIM_PEER_SENT");
    it->peer = peer;
    it->method = sip_msg_method(request);
    must(sip_client_tx_create(peer->tu, request, &options, &sent_handler, it, &it->tx) == 0,
         "sip_client_tx_create");
    peer->n_sent++;
    return it;
}

/* A request within the dialog that a 2xx to INVITE made. */
static sip_msg *in_dialog(const sip_msg *answer, const char *method, unsigned cseq)
{
    const sip_address *contact = sip_msg_address(answer, SIP_HEADER_CONTACT, 0);
    size_t n = 0;
    sip_msg *request;
    sip_build *build;

    must(contact != NULL, "contact != NULL");
    build = sip_build_request(NULL, sip_str_of(method), contact->uri.text);
    while (sip_msg_address(answer, SIP_HEADER_RECORD_ROUTE, n) != NULL) {
        n++;
    }
    while (n-- > 0) {
        sip_build_header(build, SIP_HEADER_ROUTE,
                         sip_msg_value(answer, SIP_HEADER_RECORD_ROUTE, n));
    }
    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, SIP_STR("70"));
    sip_build_copy(build, answer, SIP_HEADER_FROM);
    sip_build_copy(build, answer, SIP_HEADER_TO);
    sip_build_copy(build, answer, SIP_HEADER_CALL_ID);
    sip_build_headerf(build, SIP_HEADER_CSEQ, "%u %s", cseq, method);
    must(sip_build_finish(build, &request) == 0, "sip_build_finish");
    return request;
}

static void on_connected(sim_peer_sent *it, const sip_msg *answer)
{
    sim_peer *peer = it->peer;
    sip_msg *request;

    if (it->ack != NULL) {
        sip_tu_send(peer->tu, it->ack, NULL, NULL);
        return;
    }
    request = in_dialog(answer, "ACK", sip_msg_cseq(answer)->number);
    must(sip_tu_send(peer->tu, request, NULL, &it->ack) == 0, "sip_tu_send");
    if (it->ack == NULL) { /* it waits for a look-up */
        it->ack = sip_msg_ref(request);
    }
    sip_msg_unref(request);
    if (peer->hang_up) {
        request = in_dialog(answer, "BYE", sip_msg_cseq(answer)->number + 1);
        start(peer, request, NULL);
        sip_msg_unref(request);
    }
}

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    sim_peer_sent *it = user_data;
    int status = sip_msg_status(response);

    (void)tx;
    if (status < 200) {
        it->provisionals++;
    } else {
        it->finals++;
    }
    it->status = status;
    sip_msg_unref(it->response);
    it->response = sip_msg_ref(response);
    if (it->method == SIP_METHOD_INVITE && status >= 200 && status < 300) {
        on_connected(it, response);
    }
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    sim_peer_sent *it = user_data;

    (void)tx;
    it->failures++;
    it->status = failure->status;
}

static void on_ended(sip_client_tx *tx, void *user_data)
{
    sim_peer_sent *it = user_data;

    (void)tx;
    it->ended++;
    it->tx = NULL;
}

static const sip_client_tx_handler sent_handler = {
    .on_response = on_response, .on_failed = on_failed, .on_ended = on_ended};

sim_peer_sent *sim_peer_send(sim_peer *peer, const char *method, const char *uri,
                             const char *next_hop, const sip_header *headers)
{
    sip_worker *worker = sip_tu_worker(peer->tu);
    char tag[SIP_TAG_BYTES], call_id[SIP_CALL_ID_BYTES];
    bool is_invite = strcmp(method, "INVITE") == 0;
    sip_extras extras = {.headers = headers, .body = is_invite ? &description : NULL};
    sip_build *build = sip_build_request(NULL, sip_str_of(method), sip_str_of(uri));
    sip_msg *request;
    sim_peer_sent *it;

    sip_build_headerf(build, SIP_HEADER_FROM, "<sip:%s@%s>;tag=" SIP_FMT, peer->name, peer->name,
                      SIP_ARG(sip_worker_make_tag(worker, tag)));
    sip_build_headerf(build, SIP_HEADER_TO, "<%s>", uri);
    sip_build_header(build, SIP_HEADER_CALL_ID, sip_worker_make_call_id(worker, call_id));
    sip_build_headerf(build, SIP_HEADER_CSEQ, "1 %s", method);
    sip_build_contact(build, sip_str_of(peer->name), (sip_str){NULL, 0});
    sip_build_extras(build, &extras);
    must(sip_build_finish(build, &request) == 0, "sip_build_finish");
    it = start(peer, request, next_hop);
    sip_msg_unref(request);
    return it;
}

void sim_peer_init(sim_peer *peer, sip_sim *sim, const char *name)
{
    memset(peer, 0, sizeof *peer);
    peer->name = name;
    peer->final = 200;
    sip_timer_init(&peer->timer, on_timer, peer);
    must(sip_sim_add_host(sim, name, NULL, &peer->stack) == 0, "sip_sim_add_host");
    must(sip_tu_create(peer->stack, NULL, &peer_handler, peer, &peer->tu) == 0, "sip_tu_create");
}

void sim_peer_finish(sim_peer *peer)
{
    sip_msg_unref(peer->answer);
    sip_msg_unref(peer->last_request);
    for (size_t i = 0; i < peer->n_sent; i++) {
        sip_msg_unref(peer->sent[i].response);
        sip_msg_unref(peer->sent[i].ack);
    }
}

/* ---- between */

static void on_terminated(sip_relay *relay, const sip_msg *final, void *user_data)
{
    sim_proxy *proxy = user_data;

    proxy->ended++;
    proxy->final_status = sip_msg_status(final);
    if (proxy->last == relay) {
        proxy->last = NULL;
    }
}

static const sip_relay_handler counting = {.on_terminated = on_terminated};

static void on_proxy_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    sim_proxy *proxy = user_data;
    bool ours = sip_stack_owns_uri(proxy->stack, sip_msg_request_uri(sip_server_tx_request(tx)));
    int err = 0;

    (void)tu;
    proxy->err =
        sip_relay_create(tx, &proxy->config, proxy->handler != NULL ? proxy->handler : &counting,
                         proxy, &proxy->last);
    if (proxy->err != 0) {
        sip_server_tx_respond(tx, sip_error_status(proxy->err), NULL);
        return;
    }
    proxy->relays++;
    for (size_t i = 0; ours && err == 0 && i < proxy->n_targets; i++) {
        err = sip_relay_add(proxy->last, &proxy->targets[i]);
    }
    if (!ours) {
        err = sip_relay_add(proxy->last, NULL);
    } else if (proxy->n_targets == 0 && !proxy->hold) {
        err = SIP_ENOENT;
    }
    if (err != 0) {
        sip_relay_respond(proxy->last, sip_error_status(err), NULL);
    }
}

static void on_proxy_ack(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    (void)user_data;
    sip_tu_forward(tu, ack);
}

static const sip_tu_handler proxy_handler = {.on_request = on_proxy_request,
                                             .on_ack = on_proxy_ack};

void sim_proxy_init(sim_proxy *proxy, sip_sim *sim, const char *name,
                    const sip_allocator *allocator)
{
    static const char *const domains[] = {"example.com", NULL};
    sip_stack_config config = {.domains = domains, .allocator = allocator};

    memset(proxy, 0, sizeof *proxy);
    must(sip_sim_add_host(sim, name, &config, &proxy->stack) == 0, "sip_sim_add_host");
    must(sip_tu_create(proxy->stack, NULL, &proxy_handler, proxy, NULL) == 0, "sip_tu_create");
}
