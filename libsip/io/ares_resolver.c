#define _GNU_SOURCE
#include "io/ares_resolver.h"

#include "io/ares_line.h"
#include "io/dns_answer.h"
#include "io/hosts_file.h"
#include <string.h>

#define WATCHED "/etc/resolv.conf"
#define LOOK_EVERY_MS 1000
#define FILE_TTL_S 60    /* how soon a change of the hosts file is seen */
#define MOST_ASKED 100   /* by one line, where there is room for another; see renew_line() */
#define MOST_CROWDED 500 /* by one line, where there is none */
#define MOST_DRAINING 4  /* lines that still wait for answers */

typedef struct ares_question {
    sip_list node; /* in resolver->answered once c-ares is done with it */
    struct ares_resolver *resolver;
    sip__ares_line *line;
    sip_dns_query *query; /* NULL: cancelled */
    sip_dns_type type;
    bool answered;
    sip__dns_answer *answer; /* NULL: there are no records */
    sip_dns_answer failure;
} ares_question;

typedef struct ares_resolver {
    sip_resolver base;
    sip__ares_config config;
    sip__file_watch watch;
    sip__hosts_file hosts;
    const sip_allocator *allocator;
    sip_loop *loop;
    sip__ares_line *line; /* where questions go */
    sip_list draining;    /* those before it, which still have some */
    unsigned draining_count;
    bool giving_up; /* the oldest of them: its askers are told */
    sip_list answered;
    sip__loop_task task;
} ares_resolver;

/* ---- answers */

/* The answer is told in the next turn: c-ares may call from inside ares_query(), and nobody should
 * call it from inside its callback. */
static void finish_question(ares_question *question)
{
    question->answered = true;
    sip_list_append(&question->resolver->answered, &question->node);
    sip__loop_defer(question->resolver->loop, &question->resolver->task);
}

/* Room for an answer, large, and so taken only when there is one. */
static sip__dns_answer *make_answer(ares_question *question)
{
    question->answer = sip_alloc(question->resolver->allocator, sizeof(*question->answer));
    if (question->answer == NULL) {
        question->failure = (sip_dns_answer){.err = SIP_ENOMEM, .text = "no memory for an answer"};
    }
    return question->answer;
}

static void free_question(ares_question *question)
{
    sip_free(question->resolver->allocator, question->answer);
    sip_free(question->resolver->allocator, question);
}

/* What c-ares says of its own, where there are no bytes of a server. */
static void fail(ares_question *question, int status)
{
    bool none = status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_EBADNAME;

    question->failure = (sip_dns_answer){
        .err = none                    ? SIP_ENOENT
               : status == ARES_ENOMEM ? SIP_ENOMEM
                                       : SIP_EIO,
        .text = none ? "no such name" : ares_strerror(status),
    };
}

static void on_result(void *arg, int status, int timeouts, unsigned char *bytes, int len)
{
    ares_question *question = arg;
    ares_resolver *self = question->resolver;

    (void)timeouts;
    question->line->pending--;
    if (question->line != self->line) {
        sip__loop_defer(self->loop, &self->task); /* perhaps it may be closed */
    }
    if (question->query == NULL || (status == ARES_EDESTRUCTION && !self->giving_up)) {
        free_question(question);
        return;
    }
    if (status == ARES_EDESTRUCTION) {
        question->failure =
            (sip_dns_answer){.err = SIP_EBUSY, .text = "given up for younger questions"};
    } else if (bytes == NULL || len <= 0) {
        fail(question, status);
    } else if (make_answer(question) != NULL) {
        sip__dns_answer_read(bytes, (size_t)len, question->type, question->answer);
    }
    finish_question(question);
}

/* ---- the hosts file */

static void add_hosts(sip__dns_answer *answer, sip_dns_type type, const sip__named_address *hosts,
                      size_t n)
{
    uint8_t family = type == SIP_DNS_A ? SIP_FAMILY_IP4 : SIP_FAMILY_IP6;
    sip_dns_answer *news = &answer->news;

    for (size_t i = 0; i < n && news->n_records < SIP__DNS_ANSWER_RECORDS; i++) {
        if (hosts[i].addr.family == family) {
            answer->records[news->n_records++] =
                (sip_dns_record){.type = type, .ttl_s = FILE_TTL_S, .addr = hosts[i].addr};
        }
    }
}

/* The domain of "_sip._udp.example.com"; what has addresses is itself one. */
static const char *domain_of(const char *name, sip_dns_type type)
{
    while (type == SIP_DNS_SRV && name[0] == '_' && strchr(name, '.') != NULL) {
        name = strchr(name, '.') + 1;
    }
    return name;
}

/* A name in the hosts file is not asked for. */
static bool is_in_file(ares_question *question, const char *name)
{
    ares_resolver *self = question->resolver;
    const sip__named_address *hosts;
    size_t n = sip__hosts_file_find(&self->hosts, sip_str_of(domain_of(name, question->type)),
                                    sip_loop_now_ms(self->loop), &hosts);

    if (n == 0) {
        return false;
    }
    question->failure = (sip_dns_answer){.err = SIP_ENOENT,
                                         .text = "the hosts file has no such record",
                                         .negative_ttl_s = FILE_TTL_S};
    if ((question->type == SIP_DNS_A || question->type == SIP_DNS_AAAA) &&
        make_answer(question) != NULL) {
        sip_dns_answer *news = &question->answer->news;

        *news =
            (sip_dns_answer){.text = "from the hosts file", .records = question->answer->records};
        add_hosts(question->answer, question->type, hosts, n);
        if (news->n_records == 0) {
            *news = question->failure;
        }
    }
    return true;
}

/* ---- other name servers */

static void close_drained(ares_resolver *self)
{
    sip_list *node = self->draining.next;

    while (node != &self->draining) {
        sip__ares_line *line = SIP_CONTAINER_OF(node, sip__ares_line, node);

        node = node->next;
        if (line->pending == 0) {
            sip__ares_line_close(line);
            self->draining_count--;
        }
    }
}

/* What has waited longest is least likely to be answered, and c-ares gives up no question alone. */
static void give_up_oldest(ares_resolver *self)
{
    self->giving_up = true;
    sip__ares_line_close(SIP_CONTAINER_OF(self->draining.next, sip__ares_line, node));
    self->giving_up = false;
    self->draining_count--;
}

/* A host that has moved to another network has other name servers. And c-ares keeps to one port for
 * as long as a question is under way: on a busy stack that would be for ever, and who would forge
 * an answer had but its 16-bit number left to guess (RFC 5452 9.2). What was asked before goes on;
 * where too much of that does, the line is renewed later. But who has us ask for names that nobody
 * answers for shall not keep others from asking: the oldest go when there are too many. */
static void renew_line(ares_resolver *self)
{
    bool full = self->draining_count >= MOST_DRAINING;
    sip__ares_line *line;

    if (self->line->asked < (full ? MOST_CROWDED : MOST_ASKED) &&
        (full || !sip__file_watch_has_changed(&self->watch, sip_loop_now_ms(self->loop)))) {
        return;
    }
    if (sip__ares_line_open(&self->config, &line) != 0) {
        sip__file_watch_forget(&self->watch);
        self->line->asked = 0;
        return; /* the old one goes on */
    }
    if (full) {
        give_up_oldest(self);
    }
    sip_list_append(&self->draining, &self->line->node);
    self->draining_count++;
    self->line = line;
    sip__loop_defer(self->loop, &self->task);
}

/* ---- the vtable */

/* What is asked meanwhile and answered at once has to wait for the next turn: those who ask again
 * whenever they are refused would never let this one end. */
static void run_answers(void *arg)
{
    ares_resolver *self = arg;
    sip_list now;

    close_drained(self);
    sip_list_init(&now);
    while (!sip_list_is_empty(&self->answered)) {
        sip_list *node = self->answered.next;

        sip_list_remove(node);
        sip_list_append(&now, node);
    }
    while (!sip_list_is_empty(&now)) {
        ares_question *question = SIP_CONTAINER_OF(now.next, ares_question, node);
        sip_dns_query *query = question->query;

        sip_list_remove(&question->node);
        query->impl = NULL;
        query->fn(query, question->answer != NULL ? &question->answer->news : &question->failure);
        free_question(question);
    }
}

static int ask(sip_resolver *resolver, const char *name, sip_dns_type type, sip_dns_query *query)
{
    ares_resolver *self = (ares_resolver *)resolver;
    ares_question *question;

    question = sip_alloc0(self->allocator, sizeof(*question));
    if (question == NULL) {
        return SIP_ENOMEM;
    }
    question->resolver = self;
    question->query = query;
    question->type = type;
    sip_list_init(&question->node);
    query->impl = question;
    renew_line(self);
    if (is_in_file(question, name)) {
        finish_question(question);
        return 0;
    }
    question->line = self->line;
    sip__ares_line_ask(self->line, name, (int)type, on_result, question);
    return 0;
}

static void cancel(sip_resolver *resolver, sip_dns_query *query)
{
    ares_question *question = query->impl;

    (void)resolver;
    if (question == NULL) {
        return;
    }
    query->impl = NULL;
    question->query = NULL;
    if (question->answered) {
        sip_list_remove(&question->node);
        free_question(question);
    }
}

static void destroy(sip_resolver *resolver)
{
    ares_resolver *self = (ares_resolver *)resolver;

    while (!sip_list_is_empty(&self->draining)) {
        sip__ares_line_close(SIP_CONTAINER_OF(self->draining.next, sip__ares_line, node));
    }
    if (self->line != NULL) {
        sip__ares_line_close(self->line);
    }
    while (!sip_list_is_empty(&self->answered)) {
        ares_question *question = SIP_CONTAINER_OF(self->answered.next, ares_question, node);

        sip_list_remove(&question->node);
        free_question(question);
    }
    sip__hosts_file_finish(&self->hosts);
    sip__loop_undefer(&self->task);
    sip_free(self->allocator, self);
}

static const sip_resolver_vtable ares_vtable = {ask, cancel, destroy};

int sip__ares_resolver_create(const sip__ares_config *config, sip_resolver **ret_resolver)
{
    uint32_t every_ms = config->look_every_ms != 0 ? config->look_every_ms : LOOK_EVERY_MS;
    ares_resolver *self = sip_alloc0(config->allocator, sizeof(*self));
    int err;

    if (self == NULL) {
        return SIP_ENOMEM;
    }
    self->base.vtable = &ares_vtable;
    self->config = *config;
    self->allocator = config->allocator;
    self->loop = config->loop;
    self->task.fn = run_answers;
    self->task.arg = self;
    sip_list_init(&self->draining);
    sip_list_init(&self->answered);
    sip__file_watch_init(&self->watch, config->watched != NULL ? config->watched : WATCHED,
                         every_ms);
    (void)sip__file_watch_has_changed(&self->watch, sip_loop_now_ms(config->loop));
    sip__hosts_file_init(&self->hosts, config->allocator, config->hosts, every_ms);
    err = sip__ares_line_open(config, &self->line);
    if (err != 0) {
        destroy(&self->base);
        return err;
    }
    *ret_resolver = &self->base;
    return 0;
}
