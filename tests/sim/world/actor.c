#include "sim/world/actor.h"

#include <stdio.h>
#include <string.h>

#define ORDER_ACKS 4
#define SILENT_INVITE_MS 240000
#define SILENT_OTHER_MS 40000
#define PATIENCE_MS 300000 /* of a caller: what rings may ring for ever */

static const sip_body description = SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                                                 "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                                 "m=audio 40000 RTP/AVP 0\r\n");

/* ---- answering */

/* How to answer. */
typedef struct manner {
    int provisional, final; /* 0: none */
    uint32_t after_ms;
    char how; /* 't': 100 first; 'x': give up; 'u': redirect to agent `to` */
    unsigned to;
} manner;

typedef struct serving {
    struct serving *next;
    actor *self;
    sip_server_tx *tx;
    server_rec *rec;
    manner how;
    bool is_invite;
    sip_timer timer;
    sip_msg *answer; /* a 2xx to INVITE, until its ACK */
    uint64_t call, tag;
    uint32_t interval_ms, repeated_ms;
} serving;

static manner manner_of(const sip_msg *request)
{
    const sip_uri *uri = sip_msg_request_uri(request);
    manner how = {.final = 200};
    char user[48] = "";

    if (uri != NULL && uri->user.len < sizeof user) {
        memcpy(user, uri->user.ptr, uri->user.len);
        (void)sscanf(user, "a%d-%d-%u-%c%u", &how.provisional, &how.final, &how.after_ms, &how.how,
                     &how.to);
    }
    return how;
}

static sip_worker *worker_of(const actor *self)
{
    return sip_tu_worker(self->tu);
}

static void stop_answering(serving *it)
{
    sip_timer_clear(worker_of(it->self), &it->timer);
    it->answer = sip_msg_unref(it->answer);
}

static void accept_call(serving *it)
{
    sip_build *build = sip_build_response(sip_server_tx_request(it->tx), it->how.final,
                                          (sip_str){NULL, 0}, sip_server_tx_tag(it->tx));

    sip_build_contact(build, SIP_STR("x"), (sip_str){NULL, 0});
    sip_build_body(build, &description);
    if (sip_build_finish(build, &it->answer) != 0) {
        return;
    }
    it->tag = wire_hash(sip_server_tx_tag(it->tx));
    it->interval_ms = it->self->globe->timers.t1_ms;
    (void)sip_server_tx_send(it->tx, it->answer);
    sip_timer_set(worker_of(it->self), &it->timer, it->interval_ms);
}

/* The 2xx again, as long as no ACK has come (RFC 3261 13.3.1.4). */
static void accept_again(serving *it)
{
    const sip_timers *timers = &it->self->globe->timers;

    it->repeated_ms += it->interval_ms;
    if (it->repeated_ms >= 64 * timers->t1_ms || sip_server_tx_send(it->tx, it->answer) != 0) {
        stop_answering(it);
        return;
    }
    it->interval_ms = it->interval_ms * 2 < timers->t2_ms ? it->interval_ms * 2 : timers->t2_ms;
    sip_timer_set(worker_of(it->self), &it->timer, it->interval_ms);
}

static void redirect(serving *it)
{
    char contact[64];
    sip_header headers[] = {{"Contact", contact}, {NULL, NULL}};
    sip_extras extras = {.headers = headers};

    (void)snprintf(contact, sizeof contact, "<sip:a180-200-700@u%u>", it->how.to);
    (void)sip_server_tx_respond(it->tx, it->how.final, &extras);
}

static void give_up(serving *it)
{
    audit_serve_gives_up(it->self->globe->audit, it->rec);
    sip_server_tx_abandon(it->tx);
}

static void answer(serving *it)
{
    if (it->how.how == 'x') {
        give_up(it);
    } else if (it->how.how == 'u') {
        redirect(it);
    } else if (it->is_invite && it->how.final < 300) {
        accept_call(it);
    } else {
        if (!it->is_invite && it->how.final == 408) { /* ends without a word (RFC 4320 4.2) */
            audit_serve_gives_up(it->self->globe->audit, it->rec);
        }
        (void)sip_server_tx_respond(it->tx, it->how.final, NULL);
    }
}

static void on_answer_time(void *arg)
{
    serving *it = arg;

    if (it->answer != NULL) {
        accept_again(it);
    } else if (it->how.how == 't') { /* once more, and the rest later */
        it->how.how = ' ';
        (void)sip_server_tx_respond(it->tx, 100, NULL);
        sip_timer_set(worker_of(it->self), &it->timer, it->how.after_ms);
    } else if (sip_server_tx_request(it->tx) != NULL) {
        answer(it);
    }
}

static void settle_manner(serving *it)
{
    if (it->how.final == 0) {
        it->how.final = it->is_invite ? 480 : 408;
        it->how.after_ms = it->is_invite ? SILENT_INVITE_MS : SILENT_OTHER_MS;
    }
    if (it->how.how == 't') {
        (void)sip_server_tx_respond(it->tx, 100, NULL);
    }
    if (it->is_invite && it->how.provisional != 0) {
        (void)sip_server_tx_respond(it->tx, it->how.provisional, NULL);
    }
}

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    actor *self = user_data;
    const sip_msg *request = sip_server_tx_request(tx);
    serving *it = ledger_room(&self->globe->audit->book, sizeof *it);

    (void)tu;
    it->self = self;
    it->tx = tx;
    it->rec = audit_served(self->globe->audit, self->index, request);
    it->how = manner_of(request);
    it->is_invite = sip_msg_method(request) == SIP_METHOD_INVITE;
    it->call = wire_hash(sip_msg_call_id(request));
    sip_timer_init(&it->timer, on_answer_time, it);
    it->next = self->servings;
    self->servings = it;
    sip_server_tx_set_data(tx, it);
    settle_manner(it);
    if (it->how.after_ms == 0) {
        answer(it);
    } else {
        sip_timer_set(worker_of(self), &it->timer, it->how.how == 't' ? 1000 : it->how.after_ms);
    }
}

static void on_cancel(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    actor *self = user_data;
    serving *it = sip_server_tx_data(tx);

    (void)tu;
    audit_serve_cancelled(self->globe->audit, it->rec);
    if (sip_server_tx_request(tx) != NULL) {
        sip_timer_clear(worker_of(self), &it->timer);
        (void)sip_server_tx_respond(tx, 487, NULL);
    }
}

static void on_ack(sip_tu *tu, const sip_msg *ack, void *user_data)
{
    const actor *self = user_data;
    uint64_t call = wire_hash(sip_msg_call_id(ack));
    const sip_address *to = sip_msg_to(ack);

    (void)tu;
    for (serving *it = self->servings; to != NULL && it != NULL; it = it->next) {
        if (it->answer != NULL && it->call == call && it->tag == wire_hash(to->tag)) {
            stop_answering(it);
        }
    }
}

static void on_server_tx_ended(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    actor *self = user_data;
    serving *it = sip_server_tx_data(tx);
    serving **at = &self->servings;

    (void)tu;
    audit_serve_ended(self->globe->audit, it->rec);
    stop_answering(it);
    while (*at != it) {
        at = &(*at)->next;
    }
    *at = it->next;
}

const sip_tu_handler actor_handler = {.on_request = on_request,
                                      .on_ack = on_ack,
                                      .on_cancel = on_cancel,
                                      .on_server_tx_ended = on_server_tx_ended};

/* ---- asking */

typedef struct order {
    ask book; /* the witness's */
    struct order *next;
    actor *self;
    sip_client_tx *tx;
    sip_timer timer;
    bool abandons, stays;
    struct {
        uint64_t tag;
        sip_msg *sent;
    } acks[ORDER_ACKS];
    unsigned n_acks;
} order;

static const sip_client_tx_handler order_handler;

static order *begin(actor *self, const sip_msg *request, const char *next_hop)
{
    globe *world = self->globe;
    sip_send_options options = {.next_hop = next_hop};
    order *it = ledger_room(&world->audit->book, sizeof *it);

    it->self = self;
    it->next = world->orders;
    world->orders = it;
    audit_asks(world->audit, &it->book, self->index, request);
    if (sip_client_tx_create(self->tu, request, &options, &order_handler, it, &it->tx) != 0) {
        it->tx = NULL;
        it->book.abandoned = true;
        it->book.ended = 1;
    }
    return it;
}

/* A request within the dialog that a 2xx to INVITE made. */
static sip_msg *in_dialog(const sip_msg *response, const char *method, uint32_t cseq)
{
    const sip_address *contact = sip_msg_address(response, SIP_HEADER_CONTACT, 0);
    sip_msg *request = NULL;
    sip_build *build;
    size_t n = 0;

    if (contact == NULL) {
        return NULL;
    }
    build = sip_build_request(NULL, sip_str_of(method), contact->uri.text);
    while (sip_msg_address(response, SIP_HEADER_RECORD_ROUTE, n) != NULL) {
        n++;
    }
    while (n-- > 0) {
        sip_build_header(build, SIP_HEADER_ROUTE,
                         sip_msg_value(response, SIP_HEADER_RECORD_ROUTE, n));
    }
    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, SIP_STR("70"));
    sip_build_copy(build, response, SIP_HEADER_FROM);
    sip_build_copy(build, response, SIP_HEADER_TO);
    sip_build_copy(build, response, SIP_HEADER_CALL_ID);
    sip_build_headerf(build, SIP_HEADER_CSEQ, "%u %s", (unsigned)cseq, method);
    return sip_build_finish(build, &request) == 0 ? request : NULL;
}

static void send_ack(order *it, const sip_msg *response, uint64_t tag)
{
    sip_msg *ack = in_dialog(response, "ACK", sip_msg_cseq(response)->number), *sent = NULL;

    if (ack == NULL || it->n_acks == ORDER_ACKS) {
        (void)sip_msg_unref(ack);
        return;
    }
    (void)sip_tu_send(it->self->tu, ack, NULL, &sent);
    it->acks[it->n_acks].tag = tag;
    it->acks[it->n_acks++].sent = sent != NULL ? sent : sip_msg_ref(ack);
    (void)sip_msg_unref(ack);
}

static void connected(order *it, const sip_msg *response)
{
    const uint64_t tag = wire_hash(sip_msg_to(response)->tag);
    sip_msg *bye;

    for (unsigned i = 0; i < it->n_acks; i++) {
        if (it->acks[i].tag == tag) {
            (void)sip_tu_send(it->self->tu, it->acks[i].sent, NULL, NULL);
            return;
        }
    }
    send_ack(it, response, tag);
    bye = it->stays ? NULL : in_dialog(response, "BYE", sip_msg_cseq(response)->number + 1);
    if (bye != NULL) {
        (void)begin(it->self, bye, NULL);
        (void)sip_msg_unref(bye);
    }
}

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    order *it = user_data;
    int status = sip_msg_status(response);

    (void)tx;
    audit_ask_response(it->self->globe->audit, &it->book, response);
    if (it->book.method == WIRE_INVITE && status >= 200 && status < 300) {
        connected(it, response);
    }
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    order *it = user_data;

    (void)tx;
    audit_ask_failed(it->self->globe->audit, &it->book, failure);
}

static void on_ended(sip_client_tx *tx, void *user_data)
{
    order *it = user_data;

    (void)tx;
    sip_timer_clear(worker_of(it->self), &it->timer);
    it->tx = NULL;
    audit_ask_ended(it->self->globe->audit, &it->book);
}

static const sip_client_tx_handler order_handler = {
    .on_response = on_response, .on_failed = on_failed, .on_ended = on_ended};

static void call_off(void *arg)
{
    order *it = arg;
    audit *witness = it->self->globe->audit;

    if (it->tx == NULL) {
        return;
    }
    if (it->abandons) {
        if (it->book.finals == 0) { /* else the repetitions of a non-2xx still want their ACK */
            audit_ask_abandons(witness, &it->book);
            sip_client_tx_abandon(it->tx);
        }
    } else if (it->book.finals + it->book.failures == 0) {
        audit_ask_cancels(witness, &it->book);
        if (sip_client_tx_cancel(it->tx, NULL) != 0) {
            it->book.cancel_ms = 0;
        }
    }
}

static sip_msg *make_request(actor *self, const errand *what)
{
    sip_worker *worker = worker_of(self);
    char tag[SIP_TAG_BYTES], call_id[SIP_CALL_ID_BYTES], filling[1400];
    const sip_header subject[] = {{"Subject", filling}, {NULL, NULL}};
    sip_build *build = sip_build_request(NULL, sip_str_of(what->method), sip_str_of(what->uri));
    sip_msg *request = NULL;

    sip_build_headerf(build, SIP_HEADER_FROM, "<sip:%s@%s>;tag=" SIP_FMT, self->name, self->name,
                      SIP_ARG(sip_worker_make_tag(worker, tag)));
    sip_build_headerf(build, SIP_HEADER_TO, "<%s>", what->uri);
    sip_build_header(build, SIP_HEADER_CALL_ID, sip_worker_make_call_id(worker, call_id));
    sip_build_headerf(build, SIP_HEADER_CSEQ, "1 %s", what->method);
    sip_build_headerf(build, SIP_HEADER_MAX_FORWARDS, "%u", what->has_no_hops ? 0U : 70U);
    sip_build_contact(build, SIP_STR("x"), (sip_str){NULL, 0});
    if (what->is_long) {
        memset(filling, 'x', sizeof filling - 1);
        filling[sizeof filling - 1] = '\0';
        sip_build_extras(build, &(sip_extras){.headers = subject});
    }
    if (strcmp(what->method, "INVITE") == 0) {
        sip_build_body(build, &description);
    }
    return sip_build_finish(build, &request) == 0 ? request : NULL;
}

void actor_send(actor *self, const errand *what)
{
    sip_msg *request = self->stack == NULL ? NULL : make_request(self, what);
    uint32_t after_ms = what->abandon_after_ms;
    order *it;

    if (request == NULL) {
        return;
    }
    it = begin(self, request, what->next_hop);
    (void)sip_msg_unref(request);
    it->stays = what->stays;
    it->abandons = after_ms != ORDER_NEVER;
    after_ms = it->abandons ? after_ms : what->cancel_after_ms;
    if (after_ms == ORDER_NEVER && it->book.method == WIRE_INVITE) {
        after_ms = PATIENCE_MS;
    }
    sip_timer_init(&it->timer, call_off, it);
    if (it->tx == NULL || after_ms == ORDER_NEVER) {
        return;
    }
    if (after_ms == 0) {
        call_off(it);
    } else {
        sip_timer_set(worker_of(self), &it->timer, after_ms);
    }
}

void actor_forget_orders(globe *it)
{
    for (order *at = it->orders; at != NULL; at = at->next) {
        audit_check(it->audit, RULE_CLIENT_ENDS_ONCE, at->book.ended == 1,
                    "host %u: a request of %llu ms ended %u times", at->self->index,
                    (unsigned long long)at->book.created_ms, at->book.ended);
        for (unsigned i = 0; i < at->n_acks; i++) {
            (void)sip_msg_unref(at->acks[i].sent);
        }
    }
    it->orders = NULL;
}
