/* The witness of requests: when and how they leave, and what their senders make of the answers. */
#include <inttypes.h>

#include "sim/world/audit_books.h"

static const sip_timers *timers_of(const audit *it, unsigned host)
{
    return &it->hosts[host].timers;
}

static uint32_t timeout_ms(const audit *it, unsigned host)
{
    return 64 * timers_of(it, host)->t1_ms;
}

/* As for the server's. */
static void miss(audit *it, client_rec *rec, rule which, const char *what)
{
    if (rec->shaky_ms != 0) {
        return;
    }
    if (rec->reliable) {
        rec->missed_ms = rec->missed_ms != 0 ? rec->missed_ms : it->waiting_ms;
        rec->missed = which;
        rec->missed_what = what;
        return;
    }
    audit_check(it, which, false, "host %u: %s, its request of %" PRIu64, rec->host, what,
                rec->first_ms);
}

static void look_at_missed(audit *it, const client_rec *rec)
{
    if (rec->missed_ms != 0 &&
        (rec->shaky_ms == 0 || rec->shaky_ms > rec->missed_ms + AUDIT_NEWS_MS)) {
        audit_check(it, rec->missed, false, "host %u: %s at %" PRIu64 ", its request of %" PRIu64,
                    rec->host, rec->missed_what, rec->missed_ms, rec->first_ms);
    }
}

void audit_client_overdue(audit *it, client_rec *rec, sip_time_ms end_ms)
{
    sip_time_ms until_ms = rec->over_ms != 0 && rec->over_ms < end_ms ? rec->over_ms : end_ms;

    if (rec->shaky_ms == 0 && rec->due_ms != 0 && rec->due_ms < until_ms) {
        audit_check(it, RULE_REQUEST_REPEAT_TIME, false,
                    "host %u did not repeat its request of %" PRIu64 " ms at %" PRIu64, rec->host,
                    rec->first_ms, rec->due_ms);
    }
}

void audit_client_close(audit *it, client_rec *rec)
{
    audit_client_overdue(it, rec, audit_now(it));
    look_at_missed(it, rec);
}

void audit_client_flush(audit *it, client_rec *rec)
{
    rec->waits = false;
    if (rec->ack_due) {
        miss(it, rec, RULE_ACK_SENT, "no ACK");
    }
    if (rec->cancel_due) {
        miss(it, rec, RULE_CANCEL_SENT, "no CANCEL");
    }
    if (rec->told_due > 0) {
        miss(it, rec, RULE_CLIENT_TOLD, "its user was not told");
    }
    rec->ack_due = rec->cancel_due = false;
    rec->told_due = 0;
}

/* ---- a request leaves for the first time */

static void leave_behind(audit *it, client_rec *rec)
{
    audit_client_overdue(it, rec, audit_now(it));
    rec->left = true;
    rec->due_ms = 0;
    rec->told_due = 0;
    if (rec->final == 0) {
        rec->over_ms = audit_now(it) + timeout_ms(it, rec->host);
        rec->wants_cancel = rec->method == WIRE_INVITE && rec->provisional_ms == 0;
    }
}

/* Requests of one Call-ID and CSeq may go to several who accepted a call. */
static uint64_t ask_key(unsigned host, wire_method method, uint64_t call_and_cseq, uint64_t to)
{
    return book_key(BOOK_ASK, host * 8 + (unsigned)method, call_and_cseq, to);
}

static void note_owner(audit *it, client_rec *rec)
{
    ask *by =
        ledger_find(&it->book, ask_key(rec->host, rec->method, rec->call ^ rec->cseq, rec->to));

    if (by != NULL && by->life == rec->life) {
        if (by->rec != NULL) {
            leave_behind(it, by->rec);
        }
        by->rec = rec;
        rec->owner = by;
    }
}

static void note_upstream(audit *it, client_rec *rec, const wire_fields *fields)
{
    server_rec *from =
        ledger_find(&it->book, book_key(BOOK_SERVER, rec->host * 8 + (unsigned)rec->method,
                                        fields->next_branch, 0));

    if (!audit_check(it, RULE_RELAY_REQUEST,
                     from != NULL && from->life == rec->life &&
                         fields->max_forwards + 1 == from->max_forwards,
                     "host %u sends what did not come so", rec->host)) {
        return;
    }
    if (from->is_reborn) { /* whose branch this is cannot be told */
        return;
    }
    audit_check(it, RULE_RELAY_WAITS,
                rec->method != WIRE_INVITE || from->shaky_ms != 0 ||
                    (from->final == 0 && from->cancelled_ms == 0),
                "host %u begins a branch of what is over", rec->host);
    for (client_rec *fork = from->forks; fork != NULL; fork = fork->next_of_server) {
        if (fork->uri == rec->uri && !fork->left) {
            leave_behind(it, fork);
        }
    }
    rec->upstream = from;
    rec->next_of_server = from->forks;
    from->forks = rec;
}

static void check_cancel(audit *it, client_rec *rec, const wire_fields *fields)
{
    client_rec *invite = audit_client(it, rec->host, rec->branch, WIRE_INVITE);
    bool fits = invite != NULL && invite->life == rec->life && invite->uri == rec->uri &&
                invite->call == rec->call && invite->cseq == rec->cseq &&
                invite->from == rec->from && invite->to == rec->to && fields->vias == 1 &&
                sip_addr_equal(&invite->to_addr, &rec->to_addr);

    if (!audit_check(it, RULE_CANCEL_FITS, fits, "host %u cancels no INVITE of its own",
                     rec->host)) {
        return;
    }
    audit_check(it, RULE_CANCEL_FITS, invite->provisional_ms != 0 && invite->final == 0,
                "host %u cancels its INVITE of %" PRIu64 " %s", rec->host, invite->first_ms,
                invite->final == 0 ? "before a provisional response" : "after its final response");
    audit_check(it, RULE_CANCEL_FITS,
                invite->owner == NULL || invite->left || invite->owner->cancel_ms != 0,
                "host %u cancels its INVITE of %" PRIu64 " unasked", rec->host, invite->first_ms);
    invite->cancel = rec;
    if (invite->cancel_due) {
        audit_check(it, RULE_CANCEL_SENT, true, "CANCEL");
    }
    invite->cancel_due = false;
    invite->over_ms = audit_now(it) + timeout_ms(it, rec->host);
}

static client_rec *make(audit *it, unsigned host, const sip_sim_event *event,
                        const wire_fields *fields)
{
    client_rec *rec = ledger_room(&it->book, sizeof *rec);

    rec->host = host;
    rec->life = it->hosts[host].life;
    rec->method = fields->method;
    rec->branch = fields->branch;
    rec->bytes = fields->bytes;
    rec->uri = fields->uri;
    rec->call = fields->call;
    rec->from = fields->from;
    rec->to = fields->to;
    rec->cseq = fields->cseq;
    rec->reliable = event->protocol != SIP_PROTOCOL_UDP;
    rec->to_addr = event->to;
    rec->first_ms = rec->last_ms = audit_now(it);
    rec->sends = 1;
    return rec;
}

static void first_send(audit *it, unsigned host, const sip_sim_event *event,
                       const wire_fields *fields)
{
    client_rec *rec = make(it, host, event, fields);
    uint64_t branch_key = book_key(BOOK_BRANCH, fields->branch, 0, 0);

    if (fields->method != WIRE_CANCEL) {
        audit_check(it, RULE_BRANCH_NEW,
                    fields->has_cookie && ledger_find(&it->book, branch_key) == NULL,
                    "host %u uses a branch again", host);
        ledger_put(&it->book, branch_key, rec);
    } else {
        check_cancel(it, rec, fields);
    }
    ledger_put(&it->book, book_key(BOOK_CLIENT, host, fields->branch, fields->method), rec);
    rec->next_of_host = it->hosts[host].clients;
    it->hosts[host].clients = rec;
    if (fields->vias > 1) {
        note_upstream(it, rec, fields);
    } else if (fields->method != WIRE_CANCEL) {
        note_owner(it, rec);
    }
    rec->over_ms = rec->first_ms + timeout_ms(it, host);
    if (!rec->reliable) {
        rec->interval_ms = timers_of(it, host)->t1_ms;
        rec->due_ms = rec->first_ms + rec->interval_ms;
    }
}

/* ---- and again */

static void next_repetition(audit *it, client_rec *rec)
{
    uint32_t t2_ms = timers_of(it, rec->host)->t2_ms;

    rec->interval_ms *= 2;
    if (rec->method != WIRE_INVITE &&
        (rec->provisional_ms != 0 || rec->interval_ms > t2_ms)) { /* Timer E */
        rec->interval_ms = t2_ms;
    }
    rec->due_ms = audit_now(it) + rec->interval_ms;
    if (rec->over_ms != 0 && rec->due_ms >= rec->over_ms) {
        rec->due_ms = 0;
    }
}

static void sent_again(audit *it, client_rec *rec, const sip_sim_event *event,
                       const wire_fields *fields)
{
    sip_time_ms now_ms = audit_now(it);

    audit_check(it, RULE_REQUEST_REPEAT_SAME,
                rec->bytes == fields->bytes && sip_addr_equal(&rec->to_addr, &event->to),
                "host %u sends another request as its one of %" PRIu64, rec->host, rec->first_ms);
    rec->sends++;
    if (rec->reliable) {
        audit_check(it, RULE_REQUEST_REPEAT_TIME, it->hosts[rec->host].broke_ms >= rec->last_ms,
                    "host %u repeats its request of %" PRIu64 " over a stream", rec->host,
                    rec->first_ms);
    } else {
        audit_check(it, RULE_REQUEST_REPEAT_TIME, rec->shaky_ms != 0 || rec->due_ms == now_ms,
                    "host %u repeats its request of %" PRIu64 ", due at %" PRIu64, rec->host,
                    rec->first_ms, rec->due_ms);
        next_repetition(it, rec);
    }
    rec->last_ms = now_ms;
}

/* ---- ACK */

static void ack_to_failure(audit *it, client_rec *invite, const sip_sim_event *event,
                           const wire_fields *fields)
{
    audit_check(it, RULE_ACK_FITS,
                invite->final >= 300 && invite->arrival >= 300 &&
                    (invite->arrival_ms == audit_now(it) || invite->shaky_ms != 0) &&
                    fields->to_tag == invite->final_tag && fields->uri == invite->uri &&
                    fields->call == invite->call && fields->cseq == invite->cseq &&
                    fields->from == invite->from && fields->vias == 1 &&
                    sip_addr_same_host(&event->to, &invite->to_addr),
                "host %u: an ACK on the branch of its INVITE of %" PRIu64, invite->host,
                invite->first_ms);
    if (invite->ack_due) {
        audit_check(it, RULE_ACK_SENT, true, "ACK");
    }
    invite->ack_due = false;
}

static void ack_sent(audit *it, unsigned host, const sip_sim_event *event,
                     const wire_fields *fields)
{
    client_rec *invite = audit_client(it, host, fields->branch, WIRE_INVITE);
    uint64_t branch_key = book_key(BOOK_BRANCH, fields->branch, 0, 0);
    client_rec *known = ledger_find(&it->book, branch_key);

    if (invite != NULL && invite->life == it->hosts[host].life) {
        ack_to_failure(it, invite, event, fields);
        return;
    }
    audit_check(it, RULE_BRANCH_NEW,
                known == NULL || (known->method == WIRE_ACK && known->host == host &&
                                  known->bytes == fields->bytes),
                "host %u uses a branch again for an ACK", host);
    if (known == NULL) {
        ledger_put(&it->book, branch_key, make(it, host, event, fields));
    }
    if (fields->vias == 1) {
        audit_check(it, RULE_ACK_FITS,
                    ledger_find(&it->book, book_key(BOOK_DIALOG, host, fields->call ^ fields->cseq,
                                                    fields->to_tag)) != NULL,
                    "host %u: an ACK on a branch of its own to what was no 2xx", host);
    }
}

void audit_request_sent(audit *it, unsigned host, const sip_sim_event *event,
                        const wire_fields *fields)
{
    client_rec *rec;

    if (fields->method == WIRE_ACK) {
        ack_sent(it, host, event, fields);
        return;
    }
    rec = audit_client(it, host, fields->branch, fields->method);
    if (rec != NULL && rec->life == it->hosts[host].life) {
        sent_again(it, rec, event, fields);
    } else {
        first_send(it, host, event, fields);
    }
}

/* ---- answers */

static bool is_told(const client_rec *rec)
{
    return rec->owner != NULL && !rec->left && !rec->owner->abandoned;
}

void audit_want_cancel(audit *it, client_rec *rec)
{
    if (rec->method != WIRE_INVITE || rec->final != 0 || rec->cancel != NULL || rec->left ||
        rec->wants_cancel || !client_is_alive(it, rec)) {
        return;
    }
    rec->wants_cancel = true;
    if (rec->provisional_ms != 0) {
        rec->cancel_due = true;
        audit_wait_client(it, rec);
    }
}

static void provisional(audit *it, client_rec *rec)
{
    if (rec->final != 0) {
        return;
    }
    if (rec->method == WIRE_INVITE) {
        audit_client_overdue(it, rec, audit_now(it));
        rec->due_ms = 0;
        if (rec->provisional_ms == 0) {
            rec->over_ms = 0;
        }
        rec->cancel_due = rec->cancel_due || (rec->wants_cancel && rec->cancel == NULL);
    }
    rec->provisional_ms = audit_now(it);
    rec->told_due += is_told(rec);
}

/* How long what has its final response lives on: Timer M, D or K. */
static uint32_t afterlife_ms(const audit *it, const client_rec *rec, int status)
{
    const sip_timers *timers = timers_of(it, rec->host);

    if (rec->method == WIRE_INVITE && status < 300) {
        return timeout_ms(it, rec->host);
    }
    if (rec->reliable) {
        return 0;
    }
    return rec->method == WIRE_INVITE ? timers->d_ms : timers->t4_ms;
}

static void first_final(audit *it, client_rec *rec, const wire_fields *fields)
{
    audit_client_overdue(it, rec, audit_now(it));
    rec->due_ms = 0;
    rec->final = fields->status;
    rec->final_ms = audit_now(it);
    rec->final_tag = fields->to_tag;
    rec->over_ms = rec->final_ms + afterlife_ms(it, rec, fields->status);
    rec->ack_due = rec->method == WIRE_INVITE && fields->status >= 300;
    rec->told_due += is_told(rec) && fields->status != 503; /* which another target may follow */
}

static void success(audit *it, client_rec *rec, bool is_first)
{
    server_rec *up = rec->upstream;

    if (rec->method == WIRE_INVITE && !is_first) {
        rec->told_due += is_told(rec);
    }
    if (up != NULL && server_is_alive(it, up) && (rec->method == WIRE_INVITE || up->final == 0)) {
        up->success_due = true;
        audit_wait_server(it, up);
    }
}

void audit_response_arrived(audit *it, unsigned host, const sip_sim_event *event,
                            const wire_fields *fields)
{
    client_rec *rec = audit_client(it, host, fields->branch, fields->method);
    bool is_first;

    (void)event;
    if (rec == NULL || rec->life != it->hosts[host].life) {
        return;
    }
    rec->arrival_ms = audit_now(it);
    rec->arrival = fields->status;
    if (fields->method == WIRE_INVITE && fields->status >= 200 && fields->status < 300) {
        ledger_put(&it->book,
                   book_key(BOOK_DIALOG, host, fields->call ^ fields->cseq, fields->to_tag), rec);
    }
    is_first = rec->final == 0;
    if (rec->over_ms == rec->arrival_ms && rec->shaky_ms == 0) { /* it or the timer is first */
        audit_client_overdue(it, rec, rec->over_ms);
        rec->due_ms = 0;
        rec->shaky_ms = rec->arrival_ms;
    }
    if (!client_is_alive(it, rec)) {
        if (is_first && fields->status >= 200) { /* should it live after all */
            rec->final = fields->status;
            rec->final_tag = fields->to_tag;
        } else if (is_first && rec->provisional_ms == 0) {
            rec->provisional_ms = audit_now(it);
        }
        return;
    }
    if (fields->status < 200) {
        provisional(it, rec);
    } else if (is_first) {
        first_final(it, rec, fields);
    } else if (rec->method == WIRE_INVITE && rec->final >= 300 && fields->status >= 300) {
        rec->ack_due = true;
    }
    if (fields->status >= 200 && fields->status < 300 && rec->final < 300) {
        success(it, rec, is_first);
    }
    audit_wait_client(it, rec);
}

/* ---- what users do */

void audit_asks(audit *it, ask *by, unsigned host, const sip_msg *request)
{
    const sip_cseq *cseq = sip_msg_cseq(request);

    audit_flush(it);
    by->host = host;
    by->life = it->hosts[host].life;
    by->method = sip_msg_method(request) == SIP_METHOD_INVITE ? WIRE_INVITE : WIRE_OTHER;
    by->created_ms = audit_now(it);
    ledger_put(&it->book,
               ask_key(host, by->method, wire_hash(sip_msg_call_id(request)) ^ cseq->number,
                       wire_hash(sip_msg_value(request, SIP_HEADER_TO, 0))),
               by);
}

static bool is_dying(const audit *it, const ask *by)
{
    return it->hosts[by->host].life != by->life;
}

void audit_ask_response(audit *it, ask *by, const sip_msg *response)
{
    int status = sip_msg_status(response);
    wire_fields fields;
    client_rec *rec = NULL;

    audit_flush(it);
    if (wire_fields_read(sip_msg_bytes(response), &fields)) {
        rec = audit_client(it, by->host, fields.branch, by->method);
    }
    audit_check(it, RULE_CLIENT_TOLD,
                rec != NULL && rec->owner == by && rec->arrival_ms == audit_now(it) &&
                    rec->arrival == status &&
                    (rec->told_due > 0 || status == 503 || !client_is_alive(it, rec)) &&
                    !by->abandoned && by->ended == 0,
                "host %u is told %d to its request of %" PRIu64 " once too often", by->host, status,
                by->created_ms);
    if (rec != NULL && rec->told_due > 0) {
        rec->told_due--;
    }
    if (status < 200) {
        audit_check(it, RULE_CLIENT_ONE_FINAL, by->finals + by->failures == 0,
                    "host %u is told %d after the end", by->host, status);
        return;
    }
    audit_check(it, RULE_CLIENT_ONE_FINAL,
                by->failures == 0 && (by->finals == 0 || (by->method == WIRE_INVITE &&
                                                          by->status < 300 && status < 300)),
                "host %u is told %d after %d", by->host, status, by->status);
    by->finals++;
    by->status = by->finals == 1 ? status : by->status;
    by->final_ms = by->finals == 1 ? audit_now(it) : by->final_ms;
}

void audit_ask_failed(audit *it, ask *by, const sip_failure *failure)
{
    const client_rec *rec = by->rec;
    sip_time_ms now_ms = audit_now(it);

    audit_flush(it);
    audit_check(it, RULE_CLIENT_ONE_FINAL,
                by->finals + by->failures == 0 && !by->abandoned && by->ended == 0,
                "host %u is told a failure, too", by->host);
    by->failures++;
    if (failure->status == 408 && failure->err != SIP_EGONE) {
        uint32_t wait_ms = timeout_ms(it, by->host);

        audit_check(it, RULE_CLIENT_FAILS_IN_TIME,
                    rec != NULL &&
                        (now_ms == rec->first_ms + wait_ms ||
                         (by->cancel_ms != 0 && now_ms == by->cancel_ms + wait_ms) ||
                         (rec->cancel != NULL && now_ms == rec->cancel->first_ms + wait_ms)),
                    "host %u gives its request of %" PRIu64 " up", by->host, by->created_ms);
    } else {
        audit_check(it, RULE_CLIENT_FAILS_IN_TIME,
                    rec == NULL || rec->shaky_ms != 0 || rec->reliable || rec->left ||
                        it->hosts[by->host].refused_ms == now_ms || rec->arrival == 503 ||
                        is_dying(it, by) || failure->err == SIP_EGONE ||
                        now_ms == rec->first_ms + timeout_ms(it, by->host),
                    "host %u fails with its request of %" PRIu64 ": %s", by->host, by->created_ms,
                    failure->text);
    }
}

static bool ends_in_time(const audit *it, const ask *by)
{
    const client_rec *rec = by->rec;
    sip_time_ms now_ms = audit_now(it);

    if (is_dying(it, by) || by->abandoned || rec == NULL || rec->shaky_ms != 0) {
        return true;
    }
    if (by->failures > 0) {
        return by->finals == 0;
    }
    return by->finals > 0 && (rec->final == 503 || now_ms == rec->over_ms);
}

void audit_ask_ended(audit *it, ask *by)
{
    audit_flush(it);
    audit_check(it, RULE_CLIENT_END_TIME, ends_in_time(it, by),
                "host %u: the end of its request of %" PRIu64 ", due at %" PRIu64, by->host,
                by->created_ms, by->rec != NULL ? by->rec->over_ms : 0);
    by->ended++;
    audit_check(it, RULE_CLIENT_ENDS_ONCE, by->ended == 1, "host %u: ended again", by->host);
}

void audit_ask_cancels(audit *it, ask *by)
{
    audit_flush(it);
    by->cancel_ms = audit_now(it);
    if (by->rec != NULL) {
        audit_want_cancel(it, by->rec);
    }
}

void audit_ask_abandons(audit *it, ask *by)
{
    audit_flush(it);
    by->abandoned = true;
    if (by->rec != NULL) {
        audit_client_overdue(it, by->rec, audit_now(it));
        by->rec->shaky_ms = audit_now(it);
    }
}
