#include "sim/world/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/world/audit_books.h"

const char *const rule_names[RULES] = {
    [RULE_CLIENT_ENDS_ONCE] = "a client transaction ends once",
    [RULE_CLIENT_END_TIME] = "it ends by Timer D, K or M",
    [RULE_CLIENT_FAILS_IN_TIME] = "it times out by Timer B or F",
    [RULE_CLIENT_ONE_FINAL] = "it tells one final response or failure",
    [RULE_CLIENT_TOLD] = "each response is told to its user once",
    [RULE_SERVER_ENDS_ONCE] = "a server transaction ends once",
    [RULE_SERVER_END_TIME] = "it ends by Timer H, I, J or L",
    [RULE_SERVER_TOLD_ONCE] = "each request is told once, repetitions are absorbed",
    [RULE_ONE_ANSWER] = "one final answer a server transaction",
    [RULE_ANSWER_REPEATED] = "a repeated request gets its answer again",
    [RULE_TRYING_IN_TIME] = "100 leaves in its time and not before",
    [RULE_RESPONSE_ASKED_FOR] = "no response without its request",
    [RULE_RESPONSE_WAY] = "a response goes where its request came from",
    [RULE_REQUEST_REPEAT_SAME] = "a repeated request is the same",
    [RULE_REQUEST_REPEAT_TIME] = "requests are repeated by Timer A and E",
    [RULE_RESPONSE_REPEAT_TIME] = "responses are repeated by Timer G",
    [RULE_BRANCH_NEW] = "no branch is used twice",
    [RULE_ACK_FITS] = "an ACK belongs to the response that it acknowledges",
    [RULE_ACK_SENT] = "each non-2xx to INVITE gets its ACK",
    [RULE_CANCEL_FITS] = "a CANCEL belongs to an INVITE with a provisional response",
    [RULE_CANCEL_SENT] = "what is not wanted any more is cancelled",
    [RULE_CANCEL_ANSWERED] = "a CANCEL is answered and told",
    [RULE_RELAY_REQUEST] = "a relay sends what came, one hop less",
    [RULE_RELAY_SUCCESS] = "a relay passes each 2xx on",
    [RULE_RELAY_BEST] = "a relay passes the best response on",
    [RULE_RELAY_WAITS] = "a relay waits for its branches",
    [RULE_RELAY_ENDS_ONCE] = "a relay ends once",
    [RULE_TABLES] = "tables hold what lives and nothing else",
    [RULE_NOTHING_LEFT] = "nothing is left, no memory either",
    [RULE_SAME_AGAIN] = "a seed gives the same run again",
};

void audit_init(audit *it, uint64_t *rules)
{
    memset(it, 0, sizeof *it);
    it->rules = rules;
    ledger_init(&it->book);
}

void audit_finish(audit *it)
{
    ledger_finish(&it->book);
}

void audit_begin(audit *it, sip_sim *sim)
{
    ledger_clear(&it->book);
    memset(it->hosts, 0, sizeof it->hosts);
    it->sim = sim;
    it->n_waiting = 0;
    it->messages = it->digest = 0;
    it->failure[0] = '\0';
}

bool audit_check(audit *it, rule which, bool holds, const char *format, ...)
{
    va_list args;
    int len;

    it->rules[which]++;
    if (holds || it->failure[0] != '\0') {
        return holds;
    }
    len = snprintf(it->failure, sizeof it->failure, "%s: at %" PRIu64 " ms ", rule_names[which],
                   audit_now(it));
    va_start(args, format);
    (void)vsnprintf(it->failure + len, sizeof it->failure - (size_t)len, format, args);
    va_end(args);
    return false;
}

/* ---- hosts */

static unsigned host_of(const audit *it, const sip_addr *addr)
{
    unsigned host = addr->ip[0] == 10 && addr->ip[2] == 0 ? addr->ip[3] : 0;

    return host < AUDIT_HOSTS && it->hosts[host].addr.family != SIP_FAMILY_NONE ? host : 0;
}

void audit_host_begins(audit *it, unsigned host, const sip_addr *addr, const sip_timers *timers)
{
    it->hosts[host].addr = *addr;
    it->hosts[host].timers = *timers;
    it->hosts[host].is_alive = true;
    it->hosts[host].broke_ms = it->hosts[host].refused_ms = 0;
}

void audit_host_dies(audit *it, unsigned host)
{
    audit_host *self = &it->hosts[host];

    audit_flush(it);
    for (client_rec *rec = self->clients; rec != NULL; rec = rec->next_of_host) {
        audit_client_close(it, rec);
        rec->ack_due = rec->cancel_due = false;
        rec->told_due = 0;
    }
    for (server_rec *rec = self->servers; rec != NULL; rec = rec->next_of_host) {
        audit_server_close(it, rec);
        rec->told_due = rec->repeat_due = rec->answer_due = false;
        rec->cancel_told_due = rec->success_due = false;
    }
    self->clients = NULL;
    self->servers = NULL;
    self->life++;
    self->is_alive = false;
}

/* ---- what is due in this millisecond */

static void wait(audit *it, void *rec, bool is_client)
{
    if (it->n_waiting == sizeof it->waiting / sizeof *it->waiting) {
        audit_check(it, RULE_TABLES, false, "too much is due at once for its witness");
        return;
    }
    it->waiting_ms = audit_now(it);
    it->waiting[it->n_waiting] = rec;
    it->waiting_is_client[it->n_waiting++] = is_client;
}

void audit_wait_client(audit *it, client_rec *rec)
{
    if (!rec->waits) {
        rec->waits = true;
        wait(it, rec, true);
    }
}

void audit_wait_server(audit *it, server_rec *rec)
{
    if (!rec->waits) {
        rec->waits = true;
        wait(it, rec, false);
    }
}

void audit_flush(audit *it)
{
    if (it->n_waiting == 0 || audit_now(it) <= it->waiting_ms) {
        return;
    }
    for (size_t i = 0; i < it->n_waiting; i++) {
        if (it->waiting_is_client[i]) {
            audit_client_flush(it, it->waiting[i]);
        } else {
            audit_server_flush(it, it->waiting[i]);
        }
    }
    it->n_waiting = 0;
}

void audit_close(audit *it)
{
    audit_flush(it);
    for (unsigned host = 0; host < AUDIT_HOSTS; host++) {
        for (client_rec *rec = it->hosts[host].clients; rec != NULL; rec = rec->next_of_host) {
            audit_client_close(it, rec);
        }
        for (server_rec *rec = it->hosts[host].servers; rec != NULL; rec = rec->next_of_host) {
            audit_server_close(it, rec);
            if (rec->told > 0) {
                audit_check(it, RULE_SERVER_ENDS_ONCE, rec->ended == rec->told,
                            "host %u, a request of %" PRIu64 " ms: %u ends", host, rec->first_ms,
                            rec->ended);
            }
        }
    }
}

/* ---- the wire */

client_rec *audit_client(const audit *it, unsigned host, uint64_t branch, wire_method method)
{
    return ledger_find(&it->book, book_key(BOOK_CLIENT, host, branch, method));
}

server_rec *audit_server(const audit *it, unsigned host, const wire_fields *fields,
                         wire_method method)
{
    return ledger_find(&it->book,
                       book_key(BOOK_SERVER, host * 8 + method, fields->branch, fields->sent_by));
}

/* Whatever a host had under way with the other may have ended: by the news, not by a timer. */
static void shake(audit *it, unsigned host, const sip_sim_event *event)
{
    bool reliable = event->protocol != SIP_PROTOCOL_UDP;
    audit_host *self = &it->hosts[host];

    for (client_rec *rec = self->clients; rec != NULL; rec = rec->next_of_host) {
        if (rec->shaky_ms == 0 && rec->reliable == reliable &&
            sip_addr_same_host(&rec->to_addr, &event->from)) {
            audit_client_overdue(it, rec, audit_now(it));
            rec->due_ms = 0;
            rec->shaky_ms = audit_now(it);
        }
    }
    for (server_rec *rec = self->servers; rec != NULL; rec = rec->next_of_host) {
        if (rec->shaky_ms == 0 && rec->reliable == reliable &&
            sip_addr_same_host(&rec->from, &event->from)) {
            rec->shaky_ms = audit_now(it);
        }
    }
    if (event->kind == SIP_SIM_REFUSED) {
        self->refused_ms = audit_now(it);
    }
    if (reliable) {
        self->broke_ms = audit_now(it);
    }
}

void audit_on_wire(const sip_sim_event *event, void *user_data)
{
    audit *it = user_data;
    bool arrives = event->kind != SIP_SIM_SENT;
    unsigned host = host_of(it, arrives ? &event->to : &event->from);
    wire_fields fields;

    audit_flush(it);
    if (host == 0 || !it->hosts[host].is_alive) {
        return;
    }
    if (event->kind == SIP_SIM_REFUSED || event->kind == SIP_SIM_BROKEN) {
        shake(it, host, event);
        return;
    }
    if (!wire_fields_read(event->bytes, &fields)) {
        return;
    }
    it->messages += !arrives;
    it->digest = wire_mix(it->digest, wire_mix(fields.bytes, event->at_ms * 32 + host));
    if (arrives && fields.is_request) {
        audit_request_arrived(it, host, event, &fields);
    } else if (arrives) {
        audit_response_arrived(it, host, event, &fields);
    } else if (fields.is_request) {
        audit_request_sent(it, host, event, &fields);
    } else {
        audit_response_sent(it, host, event, &fields);
    }
}
