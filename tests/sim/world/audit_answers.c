/* The witness of what senders of requests make of the answers. */
#include "sim/world/audit_books.h"

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
    const sip_timers *timers = &it->hosts[rec->host].timers;

    if (rec->method == WIRE_INVITE && status < 300) {
        return audit_timeout_ms(it, rec->host);
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
