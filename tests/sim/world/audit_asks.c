/* The witness of what users ask, and are told of it. */
#include <inttypes.h>

#include "sim/world/audit_books.h"

void audit_asks(audit *it, ask *by, unsigned host, const sip_msg *request)
{
    const sip_cseq *cseq = sip_msg_cseq(request);

    audit_flush(it);
    by->host = host;
    by->life = it->hosts[host].life;
    by->method = sip_msg_method(request) == SIP_METHOD_INVITE ? WIRE_INVITE : WIRE_OTHER;
    by->created_ms = audit_now(it);
    ledger_put(&it->book,
               audit_ask_key(host, by->method, wire_hash(sip_msg_call_id(request)) ^ cseq->number,
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
        uint32_t wait_ms = audit_timeout_ms(it, by->host);

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
                        now_ms == rec->first_ms + audit_timeout_ms(it, by->host),
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
