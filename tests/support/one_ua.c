#include "support/one_ua.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sip/trace.h>

/* What cannot fail here unless the test itself is wrong. */
static void must(bool fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "one_ua: %s\n", what);
        abort();
    }
}

/* ---- the manager */

static void tap(const sip_trace_event *event, void *user_data)
{
    one_ua *ua = user_data;
    size_t len = event->bytes.len < ONE_UA_BYTES ? event->bytes.len : ONE_UA_BYTES - 1;

    if (event->sent && !event->repeated && ua->n_sent < ONE_UA_SENT) {
        memcpy(ua->sent[ua->n_sent], event->bytes.ptr, len);
        ua->sent[ua->n_sent++][len] = '\0';
    }
}

int one_ua_open(one_ua *ua, const dum_config *config, const sip_allocator *allocator)
{
    const sip_stack_config stack_config = {.allocator = allocator};
    const sip_sim_config net = {.seed = 1, .delay_ms = 1};
    int err;

    memset(ua, 0, sizeof *ua);
    must(sip_sim_create(&net, &ua->sim) == 0, "sip_sim_create");
    err = sip_sim_add_host(ua->sim, "ua", &stack_config, &ua->stack);
    if (err == 0) {
        err = dum_manager_create(ua->stack, config, &ua->dum);
    }
    if (err == 0) {
        sip_stack_set_tap(ua->stack, tap, ua);
    }
    return err;
}

void one_ua_close(one_ua *ua)
{
    sip_sim_destroy(ua->sim);
    ua->sim = NULL;
}

size_t one_ua_left(one_ua *ua)
{
    must(sip_sim_settle(ua->sim, 600000) == 0, "it does not come to rest");
    return sip_sim_live_objects(ua->sim);
}

static const char *or_else(const char *given, const char *usual)
{
    return given != NULL ? given : usual;
}

int one_ua_ask(one_ua *ua, const one_ua_request *request)
{
    const char *method = or_else(request->method, "OPTIONS");
    char bytes[2000];

    snprintf(bytes, sizeof bytes,
             "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bK%s\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:x@192.0.2.99>;tag=%s\r\nTo: <sip:ua@ua>%s%s\r\n"
             "Call-ID: %s\r\nCSeq: %u %s\r\n%sContent-Length: 0\r\n\r\n",
             method, or_else(request->uri, "sip:ua@ua"), or_else(request->branch, "1"),
             or_else(request->from_tag, "x"), request->to_tag != NULL ? ";tag=" : "",
             or_else(request->to_tag, ""), or_else(request->call_id, "c1"),
             request->cseq != 0 ? request->cseq : 1, method, or_else(request->more, ""));
    return one_ua_ask_raw(ua, bytes);
}

int one_ua_ask_raw(one_ua *ua, const char *bytes)
{
    sip_addr from;

    ua->n_sent = 0;
    must(sip_addr_parse(SIP_STR("192.0.2.99"), 5060, &from) == 0 &&
             sip_sim_inject(ua->sim, &from, "ua", sip_str_of(bytes)) == 0,
         "sip_sim_inject");
    sip_sim_run(ua->sim, 20);
    return one_ua_status(ua);
}

int one_ua_status(const one_ua *ua)
{
    const char *last = ua->n_sent == 0 ? "" : ua->sent[ua->n_sent - 1];

    return strncmp(last, "SIP/2.0 ", 8) == 0 ? (int)strtol(last + 8, NULL, 10) : 0;
}

bool one_ua_said(const one_ua *ua, const char *line)
{
    const char *at = ua->n_sent == 0 ? NULL : strstr(ua->sent[ua->n_sent - 1], line);

    return at != NULL && at[-1] == '\n' && at[strlen(line)] == '\r';
}

/* ---- the usage */

typedef struct probe {
    dum__usage usage;
    probe_log *log;
} probe;

static probe_log *log_of(dum__usage *usage)
{
    return ((probe *)(void *)usage)->log;
}

static void on_request(dum__usage *usage, dum__incoming *in)
{
    probe_log *log = log_of(usage);

    log->requests++;
    log->asked = in;
    if (log->answer != 0) {
        must(dum__incoming_respond(in, log->answer, NULL) == 0, "dum__incoming_respond");
    }
}

static void on_ack(dum__usage *usage, const sip_msg *ack)
{
    must(sip_msg_method(ack) == SIP_METHOD_ACK, "on_ack");
    log_of(usage)->acks++;
}

static void shut_down(dum__usage *usage)
{
    log_of(usage)->shutdowns++;
    if (log_of(usage)->reap_on_end) {
        dum__usage_reap(usage);
    }
}

static void abort_it(dum__usage *usage)
{
    dum_manager *dum = usage->object.dum;
    probe_log *log = log_of(usage);

    log->aborts++;
    log->saw_all_ending = true;
    for (sip_list *at = dum->usages.next; at != &dum->usages; at = at->next) {
        log->saw_all_ending = log->saw_all_ending && SIP_CONTAINER_OF(at, dum__usage, link)->ending;
    }
    if (log->reap_on_end) {
        dum__usage_reap(usage);
    }
}

static void destroy(dum__usage *usage)
{
    log_of(usage)->destroyed++;
    dum__free(usage->object.dum, usage);
}

const dum__usage_class probe_class = {
    .kind = {"probe"},
    .on_request = on_request,
    .on_ack = on_ack,
    .shutdown = shut_down,
    .abort = abort_it,
    .destroy = destroy,
};

static const dum__usage_class deaf_class = {
    .kind = {"deaf"},
    .shutdown = shut_down,
    .abort = abort_it,
    .destroy = destroy,
};

static dum__usage *create(dum_profile *profile, const dum__usage_class *class, probe_log *log)
{
    probe *self = dum__usage_create(profile, class, sizeof *self, 0);

    if (self == NULL) {
        return NULL;
    }
    self->log = log;
    return &self->usage;
}

dum__usage *probe_create(dum_profile *profile, probe_log *log)
{
    return create(profile, &probe_class, log);
}

dum__usage *probe_create_deaf(dum_profile *profile, probe_log *log)
{
    return create(profile, &deaf_class, log);
}
