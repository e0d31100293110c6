#include "sim/world/actor.h"

#include <stdio.h>
#include <string.h>

#define SILENT_INVITE_MS 240000
#define SILENT_OTHER_MS 40000

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
    sip_build_body(build, &actor_description);
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
