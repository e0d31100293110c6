/* What the two halves of the witness share. */
#ifndef AUDIT_BOOKS_H
#define AUDIT_BOOKS_H

#include "sim/world/audit.h"

/* Kinds of keys in the ledger. */
typedef enum book_kind {
    BOOK_CLIENT = 1,
    BOOK_SERVER,
    BOOK_BRANCH,
    BOOK_DIALOG,
    BOOK_ASK
} book_kind;

static inline uint64_t book_key(book_kind kind, uint64_t a, uint64_t b, uint64_t c)
{
    return wire_mix(wire_mix((uint64_t)kind * 0x51ed27 + a, b), c) | 1;
}

static inline sip_time_ms audit_now(const audit *it)
{
    return sip_sim_now_ms(it->sim);
}

static inline uint32_t audit_timeout_ms(const audit *it, unsigned host)
{
    return 64 * it->hosts[host].timers.t1_ms;
}

/* Where a request of a user is noted: of one Call-ID and CSeq several may go to several who
 * accepted a call. */
static inline uint64_t audit_ask_key(unsigned host, wire_method method, uint64_t call_and_cseq,
                                     uint64_t to)
{
    return book_key(BOOK_ASK, host * 8 + (unsigned)method, call_and_cseq, to);
}

/* Something is to happen in this millisecond. */
void audit_wait_client(audit *it, client_rec *rec);
void audit_wait_server(audit *it, server_rec *rec);

/* True as long as the books say so for sure. */
static inline bool client_is_alive(const audit *it, const client_rec *rec)
{
    return rec->shaky_ms == 0 && it->hosts[rec->host].life == rec->life &&
           (rec->over_ms == 0 || audit_now(it) < rec->over_ms);
}

static inline bool server_is_alive(const audit *it, const server_rec *rec)
{
    return rec->shaky_ms == 0 && it->hosts[rec->host].life == rec->life &&
           (rec->over_ms == 0 || audit_now(it) < rec->over_ms);
}

client_rec *audit_client(const audit *it, unsigned host, uint64_t branch, wire_method method);
server_rec *audit_server(const audit *it, unsigned host, const wire_fields *fields,
                         wire_method method);

/* audit_client.c */
void audit_request_sent(audit *it, unsigned host, const sip_sim_event *event,
                        const wire_fields *fields);
void audit_response_arrived(audit *it, unsigned host, const sip_sim_event *event,
                            const wire_fields *fields);
/* A fork is not wanted any more. */
void audit_want_cancel(audit *it, client_rec *rec);
void audit_client_flush(audit *it, client_rec *rec);
/* Has it done all that it should have until `end_ms`? */
void audit_client_overdue(audit *it, client_rec *rec, sip_time_ms end_ms);

/* Its host dies, or all is over. */
void audit_client_close(audit *it, client_rec *rec);

/* audit_server.c */
void audit_request_arrived(audit *it, unsigned host, const sip_sim_event *event,
                           const wire_fields *fields);
void audit_response_sent(audit *it, unsigned host, const sip_sim_event *event,
                         const wire_fields *fields);
void audit_server_flush(audit *it, server_rec *rec);
void audit_server_overdue(audit *it, server_rec *rec, sip_time_ms end_ms);
void audit_server_close(audit *it, server_rec *rec);

#endif
