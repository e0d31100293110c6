/* The witness of what users are told of the requests that come to them. */
#include <inttypes.h>

#include "sim/world/audit_books.h"

server_rec *audit_served(audit *it, unsigned host, const sip_msg *request)
{
    wire_fields fields;
    server_rec *rec = NULL;

    audit_flush(it);
    if (wire_fields_read(sip_msg_bytes(request), &fields)) {
        rec = audit_server(it, host, &fields, fields.method);
    }
    audit_check(
        it, RULE_SERVER_TOLD_ONCE,
        rec != NULL && (rec->shaky_ms != 0 || (rec->told == 0 && rec->first_ms == audit_now(it))),
        "host %u is told again of the request of %" PRIu64, host, rec != NULL ? rec->first_ms : 0);
    if (rec != NULL) {
        rec->told++;
        rec->told_due = false;
    }
    return rec;
}

void audit_serves_relay(server_rec *rec, bool has_timers)
{
    if (rec != NULL) {
        rec->is_relay = true;
        if (rec->is_reborn) { /* late answers to its first life may pass, too */
            rec->shaky_ms = rec->first_ms;
        }
        rec->has_timers = has_timers;
    }
}

void audit_serve_cancelled(audit *it, server_rec *rec)
{
    audit_flush(it);
    if (rec != NULL) {
        audit_check(it, RULE_CANCEL_ANSWERED,
                    rec->shaky_ms != 0 || rec->cancelled_ms == audit_now(it),
                    "host %u is told of a CANCEL that did not come", rec->host);
        rec->cancel_told_due = false;
    }
}

void audit_serve_gives_up(audit *it, server_rec *rec)
{
    audit_flush(it);
    if (rec != NULL) {
        audit_server_overdue(it, rec, audit_now(it));
        rec->trying_ms = 0;
        rec->over_ms = audit_now(it);
    }
}

/* A relayed request that is no INVITE ends without a word when its branches have come to nothing:
 * the 408 is not sent (RFC 4320 4.2). */
static bool ends_in_silence(const audit *it, const server_rec *rec)
{
    if (!rec->is_relay || rec->method == WIRE_INVITE || rec->final != 0) {
        return false;
    }
    for (const client_rec *fork = rec->forks; fork != NULL; fork = fork->next_of_server) {
        if (fork->final == 0 && !fork->left && client_is_alive(it, fork) && !rec->has_timers) {
            return false;
        }
    }
    return true;
}

void audit_serve_ended(audit *it, server_rec *rec)
{
    audit_flush(it);
    if (rec == NULL) {
        return;
    }
    audit_server_overdue(it, rec, audit_now(it));
    rec->trying_ms = 0;
    rec->ended++;
    audit_check(it, RULE_SERVER_ENDS_ONCE, rec->ended == rec->told, "host %u: ended again",
                rec->host);
    audit_check(it, RULE_SERVER_END_TIME,
                it->hosts[rec->host].life != rec->life || rec->shaky_ms != 0 ||
                    audit_now(it) == rec->over_ms || ends_in_silence(it, rec),
                "host %u: the end of the request of %" PRIu64 ", due at %" PRIu64, rec->host,
                rec->first_ms, rec->over_ms);
    if (rec->over_ms == 0) {
        rec->over_ms = audit_now(it);
    }
}
