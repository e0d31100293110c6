/* The witness of requests: when and how they leave, and what their senders make of the answers. */
#include <inttypes.h>

#include "sim/world/audit_books.h"

static const sip_timers *timers_of(const audit *it, unsigned host)
{
    return &it->hosts[host].timers;
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
        rec->over_ms = audit_now(it) + audit_timeout_ms(it, rec->host);
        rec->wants_cancel = rec->method == WIRE_INVITE && rec->provisional_ms == 0;
    }
}

static void note_owner(audit *it, client_rec *rec)
{
    ask *by = ledger_find(&it->book,
                          audit_ask_key(rec->host, rec->method, rec->call ^ rec->cseq, rec->to));

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
    invite->over_ms = audit_now(it) + audit_timeout_ms(it, rec->host);
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
    rec->over_ms = rec->first_ms + audit_timeout_ms(it, host);
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
    if (rec->over_ms != 0 &&
        rec->due_ms > rec->over_ms) { /* in the same millisecond it may be first */
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
