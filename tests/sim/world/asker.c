#include "sim/world/asker.h"

#include <string.h>

#define ORDER_ACKS 4
#define PATIENCE_MS 300000 /* of a caller: what rings may ring for ever */

const sip_body actor_description = SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                                                "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                                                "m=audio 40000 RTP/AVP 0\r\n");

static sip_worker *worker_of(const actor *self)
{
    return sip_tu_worker(self->tu);
}

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
        sip_build_body(build, &actor_description);
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
