/* The witness of answers: which leave, where to, when, and again. */
#include <inttypes.h>

#include "sim/world/audit_books.h"

#define TRYING_AFTER_MS 200 /* RFC 3261 17.2.1 */

static const sip_timers *timers_of(const audit *it, const server_rec *rec)
{
    return &it->hosts[rec->host].timers;
}

/* How long the client's Timer E takes to grow to T2 (RFC 4320 4.1). */
static uint32_t non_invite_trying_ms(const sip_timers *timers)
{
    uint32_t sum_ms = 0;

    for (uint32_t e_ms = timers->t1_ms; e_ms < timers->t2_ms; e_ms *= 2) {
        sum_ms += e_ms;
    }
    return sum_ms;
}

/* What was due did not happen. Over a stream that may be for a connection that had just broken, of
 * which the news is still under way: that is looked at later. */
static void miss(audit *it, server_rec *rec, rule which, const char *what)
{
    if (rec->shaky_ms != 0 || rec->busy) {
        return;
    }
    if (rec->reliable) {
        rec->missed_ms = rec->missed_ms != 0 ? rec->missed_ms : it->waiting_ms;
        rec->missed = which;
        rec->missed_what = what;
        return;
    }
    audit_check(it, which, false, "host %u: %s, the request of %" PRIu64, rec->host, what,
                rec->first_ms);
}

static void look_at_missed(audit *it, const server_rec *rec)
{
    if (rec->missed_ms != 0 &&
        (rec->shaky_ms == 0 || rec->shaky_ms > rec->missed_ms + AUDIT_NEWS_MS)) {
        audit_check(it, rec->missed, false, "host %u: %s at %" PRIu64 ", the request of %" PRIu64,
                    rec->host, rec->missed_what, rec->missed_ms, rec->first_ms);
    }
}

void audit_server_overdue(audit *it, server_rec *rec, sip_time_ms end_ms)
{
    sip_time_ms until_ms = rec->over_ms != 0 && rec->over_ms < end_ms ? rec->over_ms : end_ms;

    if (rec->shaky_ms != 0 || rec->busy) {
        return;
    }
    if (rec->due_ms != 0 && rec->due_ms < until_ms) {
        audit_check(it, RULE_RESPONSE_REPEAT_TIME, false,
                    "host %u did not repeat its %d of %" PRIu64 " ms at %" PRIu64, rec->host,
                    rec->final, rec->final_ms, rec->due_ms);
    }
    if (rec->trying_ms != 0 && rec->trying_ms < until_ms) {
        audit_check(it, RULE_TRYING_IN_TIME, false,
                    "host %u did not send 100 to the request of %" PRIu64 " at %" PRIu64, rec->host,
                    rec->first_ms, rec->trying_ms);
    }
}

void audit_server_close(audit *it, server_rec *rec)
{
    audit_server_overdue(it, rec, audit_now(it));
    look_at_missed(it, rec);
}

void audit_server_flush(audit *it, server_rec *rec)
{
    rec->waits = false;
    if (rec->told_due) {
        miss(it, rec, RULE_SERVER_TOLD_ONCE, "its user was not told");
    }
    if (rec->repeat_due) {
        miss(it, rec, RULE_ANSWER_REPEATED, "no answer again");
    }
    if (rec->answer_due || rec->cancel_told_due) {
        miss(it, rec, RULE_CANCEL_ANSWERED, "a CANCEL without effect");
    }
    if (rec->success_due) {
        miss(it, rec, RULE_RELAY_SUCCESS, "a 2xx that is not passed on");
    }
    rec->told_due = rec->repeat_due = rec->answer_due = false;
    rec->cancel_told_due = rec->success_due = false;
}

/* ---- requests that come */

static void ack_arrived(audit *it, unsigned host, const wire_fields *fields)
{
    server_rec *rec = audit_server(it, host, fields, WIRE_INVITE);

    if (rec == NULL || !server_is_alive(it, rec) || rec->final < 300 || rec->acked_ms != 0 ||
        (!fields->has_cookie && fields->to_tag != rec->final_tag)) {
        return;
    }
    audit_server_overdue(it, rec, audit_now(it));
    rec->acked_ms = audit_now(it);
    rec->due_ms = 0;
    rec->over_ms = rec->acked_ms + (rec->reliable ? 0 : timers_of(it, rec)->t4_ms);
}

static void cancel_arrived(audit *it, server_rec *rec, const wire_fields *fields)
{
    server_rec *invite = audit_server(it, rec->host, fields, WIRE_INVITE);

    rec->answer_due = true;
    if (invite == NULL || invite->final != 0 || invite->busy || !server_is_alive(it, invite)) {
        return;
    }
    if (invite->cancelled_ms == 0) {
        invite->cancelled_ms = audit_now(it);
        invite->cancel_told_due = !invite->is_relay && invite->told > 0;
        audit_wait_server(it, invite);
    }
    for (client_rec *fork = invite->forks; fork != NULL; fork = fork->next_of_server) {
        audit_want_cancel(it, fork);
    }
}

static void first_arrival(audit *it, unsigned host, const sip_sim_event *event,
                          const wire_fields *fields)
{
    const server_rec *before = audit_server(it, host, fields, fields->method);
    server_rec *rec = ledger_room(&it->book, sizeof *rec);

    rec->host = host;
    rec->life = it->hosts[host].life;
    rec->is_reborn = before != NULL && before->life == rec->life && !before->busy;
    rec->method = fields->method;
    rec->branch = fields->branch;
    rec->uri = fields->uri;
    rec->max_forwards = fields->max_forwards;
    rec->reliable = event->protocol != SIP_PROTOCOL_UDP;
    rec->from = event->from;
    rec->first_ms = rec->last_ms = audit_now(it);
    rec->next_of_host = it->hosts[host].servers;
    it->hosts[host].servers = rec;
    ledger_put(
        &it->book,
        book_key(BOOK_SERVER, host * 8 + (unsigned)fields->method, fields->branch, fields->sent_by),
        rec);
    ledger_put(&it->book,
               book_key(BOOK_SERVER, host * 8 + (unsigned)fields->method, fields->branch, 0), rec);
    if (fields->method == WIRE_CANCEL) {
        cancel_arrived(it, rec, fields);
    } else {
        rec->told_due = true;
        rec->trying_ms = rec->first_ms + (fields->method == WIRE_INVITE
                                              ? TRYING_AFTER_MS
                                              : non_invite_trying_ms(timers_of(it, rec)));
    }
    audit_wait_server(it, rec);
}

static void arrived_again(audit *it, server_rec *rec)
{
    rec->last_ms = audit_now(it);
    if (rec->last == 0 || rec->shaky_ms != 0 || rec->busy || rec->acked_ms != 0 ||
        (rec->method == WIRE_INVITE && rec->final >= 200 && rec->final < 300)) {
        return;
    }
    rec->repeat_due = true;
    audit_wait_server(it, rec);
}

void audit_request_arrived(audit *it, unsigned host, const sip_sim_event *event,
                           const wire_fields *fields)
{
    server_rec *rec;

    if (fields->method == WIRE_ACK) {
        ack_arrived(it, host, fields);
        return;
    }
    rec = audit_server(it, host, fields, fields->method);
    if (rec != NULL && rec->over_ms == audit_now(it)) { /* the timer is first, or this is */
        rec->shaky_ms = audit_now(it);
    }
    if (rec == NULL || rec->busy || rec->life != it->hosts[host].life ||
        (rec->over_ms != 0 && rec->shaky_ms == 0 && audit_now(it) >= rec->over_ms)) {
        first_arrival(it, host, event, fields);
    } else {
        arrived_again(it, rec);
    }
}

/* ---- what answers them */

static void provisional_sent(audit *it, server_rec *rec, const wire_fields *fields)
{
    sip_time_ms now_ms = audit_now(it);
    bool again = rec->last_bytes == fields->bytes && rec->last_ms == now_ms;

    audit_check(it, RULE_ONE_ANSWER, rec->final == 0 || rec->shaky_ms != 0,
                "host %u sends %d after %d", rec->host, fields->status, rec->final);
    if (rec->method != WIRE_INVITE) {
        audit_check(it, RULE_TRYING_IN_TIME,
                    fields->status == 100 &&
                        (rec->reliable || again || rec->shaky_ms != 0 || rec->trying_ms == now_ms),
                    "host %u sends %d to a request that is no INVITE, of %" PRIu64, rec->host,
                    fields->status, rec->first_ms);
    } else if (fields->status == 100 && !again) {
        audit_check(it, RULE_TRYING_IN_TIME, rec->shaky_ms != 0 || rec->trying_ms == now_ms,
                    "host %u sends 100 to the INVITE of %" PRIu64, rec->host, rec->first_ms);
    }
}

/* A branch that may have ended before its answer came may count or not. */
static void check_best(audit *it, const server_rec *rec, int status)
{
    int best = 700;
    bool any_final = false;

    for (const client_rec *fork = rec->forks; fork != NULL; fork = fork->next_of_server) {
        any_final = any_final || fork->final >= 600;
        if (!fork->left && fork->shaky_ms == 0 && fork->final >= 300) {
            best = fork->final >= 600 ? 0 : fork->final / 100 < best ? fork->final / 100 : best;
        }
    }
    if (status >= 600) {
        audit_check(it, RULE_RELAY_BEST, any_final, "host %u makes up %d", rec->host, status);
        return;
    }
    audit_check(it, RULE_RELAY_BEST, best == 700 || best == 3 || status / 100 <= best,
                "host %u passes %d on where a branch ended with %dxx", rec->host, status,
                best == 0 ? 6 : best);
}

static void check_patience(audit *it, const server_rec *rec, int status)
{
    if (status >= 600 || rec->has_timers || rec->cancelled_ms != 0) {
        return;
    }
    for (const client_rec *fork = rec->forks; fork != NULL; fork = fork->next_of_server) {
        audit_check(it, RULE_RELAY_WAITS,
                    fork->final != 0 || fork->left || fork->shaky_ms != 0 || fork->cancel != NULL ||
                        (fork->over_ms != 0 && audit_now(it) >= fork->over_ms),
                    "host %u answers %d while a branch of %" PRIu64 " is under way", rec->host,
                    status, fork->first_ms);
    }
}

static void relay_answers(audit *it, server_rec *rec, int status)
{
    if (status >= 300 && !rec->answers_itself && rec->shaky_ms == 0) {
        check_best(it, rec, status);
        check_patience(it, rec, status);
    }
    for (client_rec *fork = rec->forks; fork != NULL; fork = fork->next_of_server) {
        audit_want_cancel(it, fork);
    }
}

static void first_answer(audit *it, server_rec *rec, const wire_fields *fields)
{
    const sip_timers *timers = timers_of(it, rec);

    audit_server_overdue(it, rec, audit_now(it));
    rec->final = fields->status;
    rec->final_ms = audit_now(it);
    rec->final_bytes = fields->bytes;
    rec->final_tag = fields->to_tag;
    rec->over_ms = rec->final_ms + 64 * timers->t1_ms;
    if (rec->method != WIRE_INVITE && rec->reliable) {
        rec->over_ms = rec->final_ms;
    }
    if (rec->method == WIRE_INVITE && fields->status >= 300 && !rec->reliable) {
        rec->interval_ms = timers->t1_ms;
        rec->due_ms = rec->final_ms + rec->interval_ms;
    }
    if (rec->is_relay) {
        relay_answers(it, rec, fields->status);
    }
}

static bool is_further_success(const server_rec *rec, const wire_fields *fields)
{
    return rec->method == WIRE_INVITE && fields->status >= 200 && fields->status < 300 &&
           (rec->is_relay || (rec->final < 300 && fields->bytes == rec->final_bytes));
}

static void answered_again(audit *it, server_rec *rec, const wire_fields *fields)
{
    sip_time_ms now_ms = audit_now(it);
    uint32_t t2_ms = timers_of(it, rec)->t2_ms;

    if (rec->shaky_ms != 0 || is_further_success(rec, fields)) {
        return;
    }
    if (!audit_check(it, RULE_ONE_ANSWER, fields->bytes == rec->final_bytes,
                     "host %u sends %d after %d to the request of %" PRIu64, rec->host,
                     fields->status, rec->final, rec->first_ms)) {
        return;
    }
    if (rec->due_ms == now_ms) {
        rec->interval_ms = rec->interval_ms * 2 < t2_ms ? rec->interval_ms * 2 : t2_ms;
        rec->due_ms = now_ms + rec->interval_ms;
        rec->due_ms = rec->due_ms > rec->over_ms ? 0 : rec->due_ms;
        return;
    }
    audit_check(it, RULE_RESPONSE_REPEAT_TIME, rec->last_ms == now_ms,
                "host %u repeats %d to the request of %" PRIu64 ", due at %" PRIu64, rec->host,
                rec->final, rec->first_ms, rec->due_ms);
}

static void check_cancel_answer(audit *it, const server_rec *rec, const wire_fields *fields)
{
    const server_rec *invite = audit_server(it, rec->host, fields, WIRE_INVITE);
    bool stands = invite != NULL && server_is_alive(it, invite) && !invite->busy;
    bool unsure = invite != NULL && invite->shaky_ms != 0;

    audit_check(
        it, RULE_CANCEL_ANSWERED, unsure || fields->busy || fields->status == (stands ? 200 : 481),
        "host %u answers %d to the CANCEL of %" PRIu64, rec->host, fields->status, rec->first_ms);
}

void audit_response_sent(audit *it, unsigned host, const sip_sim_event *event,
                         const wire_fields *fields)
{
    server_rec *rec = audit_server(it, host, fields, fields->method);

    if (!audit_check(it, RULE_RESPONSE_ASKED_FOR, rec != NULL && rec->life == it->hosts[host].life,
                     "host %u answers %d to what did not come", host, fields->status)) {
        return;
    }
    audit_check(it, RULE_RESPONSE_WAY,
                sip_addr_same_host(&event->to, &rec->from) &&
                    (rec->reliable || event->protocol == SIP_PROTOCOL_UDP),
                "host %u sends %d elsewhere than to who sent the request of %" PRIu64, host,
                fields->status, rec->first_ms);
    rec->busy = rec->busy || (fields->status == 503 && fields->busy && rec->told == 0);
    if (rec->repeat_due) {
        audit_check(it, RULE_ANSWER_REPEATED, true, "again");
    }
    rec->repeat_due = rec->answer_due = false;
    if (rec->busy) {
        return;
    }
    if (fields->status < 200) {
        provisional_sent(it, rec, fields);
        audit_server_overdue(it, rec, audit_now(it));
    } else if (rec->final == 0) {
        if (fields->method == WIRE_CANCEL) {
            check_cancel_answer(it, rec, fields);
        }
        first_answer(it, rec, fields);
    } else {
        answered_again(it, rec, fields);
    }
    rec->trying_ms = 0;
    rec->last = fields->status;
    rec->last_bytes = fields->bytes;
    if (rec->success_due && fields->status >= 200 && fields->status < 300) {
        audit_check(it, RULE_RELAY_SUCCESS, true, "2xx");
        rec->success_due = false;
    }
}
