#define _GNU_SOURCE
#include "io/ares_resolver.h"
#include "io/loop_task.h"
#include "io/socket_address.h"
#include <ares.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/time.h>
#include <uv.h>

#define MAX_RECORDS 16
#define TRY_TIMEOUT_MS 2000
#define TRIES 3
#define NEGATIVE_TTL_S 30 /* c-ares does not hand out the SOA record */

typedef struct ares_watch {
    sip_list node;
    struct ares_resolver *resolver;
    int fd;
    sip_watch *watch;
} ares_watch;

typedef struct ares_question {
    sip_list node; /* in resolver->answered once c-ares is done with it */
    struct ares_resolver *resolver;
    sip_dns_query *query; /* NULL: cancelled */
    sip_dns_type type;
    bool answered;
    sip_dns_answer answer;
    sip_dns_record records[MAX_RECORDS];
} ares_question;

typedef struct ares_resolver {
    sip_resolver base;
    const sip_allocator *allocator;
    sip_loop *loop;
    ares_channel channel;
    bool has_channel;
    sip_list watches, answered;
    sip__loop_timer *timer;
    sip__loop_task task;
} ares_resolver;

static uv_once_t ares_once = UV_ONCE_INIT;

static void init_ares(void)
{
    (void)ares_library_init(ARES_LIB_INIT_ALL);
}

static void arm_timer(ares_resolver *self)
{
    struct timeval most = {TRY_TIMEOUT_MS / 1000, TRY_TIMEOUT_MS % 1000 * 1000};
    struct timeval room;
    struct timeval *left;

    if (sip_list_is_empty(&self->watches)) {
        sip__loop_timer_clear(self->timer);
        return;
    }
    left = ares_timeout(self->channel, &most, &room);
    sip__loop_timer_set(self->timer,
                        (uint64_t)left->tv_sec * 1000 + (uint64_t)left->tv_usec / 1000 + 1);
}

static void on_timer(void *arg)
{
    ares_resolver *self = arg;

    ares_process_fd(self->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    arm_timer(self);
}

static void on_ready(unsigned ready, void *arg)
{
    ares_watch *entry = arg;
    ares_resolver *self = entry->resolver;
    int fd = entry->fd;

    ares_process_fd(self->channel, (ready & SIP_LOOP_READ) != 0 ? fd : ARES_SOCKET_BAD,
                    (ready & SIP_LOOP_WRITE) != 0 ? fd : ARES_SOCKET_BAD);
    arm_timer(self);
}

static ares_watch *find_watch(ares_resolver *self, int fd)
{
    sip_list *node;

    for (node = self->watches.next; node != &self->watches; node = node->next) {
        ares_watch *entry = SIP_CONTAINER_OF(node, ares_watch, node);

        if (entry->fd == fd) {
            return entry;
        }
    }
    return NULL;
}

static void end_watch(ares_watch *entry)
{
    sip_watch_stop(entry->watch);
    sip_list_remove(&entry->node);
    sip_free(entry->resolver->allocator, entry);
}

static void on_socket(void *data, ares_socket_t fd, int readable, int writable)
{
    ares_resolver *self = data;
    ares_watch *entry = find_watch(self, fd);
    unsigned events = (readable != 0 ? SIP_LOOP_READ : 0u) | (writable != 0 ? SIP_LOOP_WRITE : 0u);

    if (events == 0) {
        if (entry != NULL) {
            end_watch(entry);
        }
        return;
    }
    if (entry != NULL) {
        (void)sip_watch_set(entry->watch, events);
        return;
    }
    /* Without memory for a watch the question times out. */
    entry = sip_alloc0(self->allocator, sizeof(*entry));
    if (entry == NULL) {
        return;
    }
    entry->resolver = self;
    entry->fd = fd;
    sip_list_init(&entry->node);
    if (sip_loop_watch(self->loop, fd, events, on_ready, entry, &entry->watch) != 0) {
        sip_free(self->allocator, entry);
        return;
    }
    sip_list_append(&self->watches, &entry->node);
}

static void read_nodes(ares_question *question, const struct ares_addrinfo *info)
{
    const struct ares_addrinfo_node *node;
    int family = question->type == SIP_DNS_A ? AF_INET : AF_INET6;

    for (node = info->nodes; node != NULL; node = node->ai_next) {
        sip_dns_record *record = &question->records[question->answer.n_records];
        struct sockaddr_storage name;

        if (node->ai_family != family || question->answer.n_records == MAX_RECORDS ||
            node->ai_addrlen > (ares_socklen_t)sizeof(name)) {
            continue;
        }
        memset(&name, 0, sizeof(name));
        memcpy(&name, node->ai_addr, (size_t)node->ai_addrlen);
        record->type = question->type;
        record->ttl_s = node->ai_ttl > 0 ? (uint32_t)node->ai_ttl : 0;
        sip__sockaddr_read(&name, &record->addr);
        record->addr.port = 0;
        question->answer.n_records++;
    }
}

static int error_of(int status, size_t n_records)
{
    if (status == ARES_SUCCESS) {
        return n_records > 0 ? 0 : SIP_ENOENT;
    }
    if (status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_ENONAME ||
        status == ARES_EBADNAME) {
        return SIP_ENOENT;
    }
    return SIP_EIO;
}

static void on_addrinfo(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
    ares_question *question = arg;
    ares_resolver *self = question->resolver;

    (void)timeouts;
    if (status == ARES_SUCCESS && info != NULL) {
        read_nodes(question, info);
    }
    if (info != NULL) {
        ares_freeaddrinfo(info);
    }
    if (question->query == NULL || status == ARES_EDESTRUCTION) {
        sip_free(self->allocator, question);
        return;
    }
    question->answer.err = error_of(status, question->answer.n_records);
    question->answer.text =
        question->answer.err == SIP_ENOENT ? "no such name" : ares_strerror(status);
    question->answer.records = question->records;
    question->answer.negative_ttl_s = question->answer.err == SIP_ENOENT ? NEGATIVE_TTL_S : 0;
    question->answered = true;
    sip_list_append(&self->answered, &question->node);
    /* c-ares may call from inside ares_getaddrinfo(); and nobody should call it from inside this.
     */
    sip__loop_defer(self->loop, &self->task);
}

static void run_answers(void *arg)
{
    ares_resolver *self = arg;

    while (!sip_list_is_empty(&self->answered)) {
        ares_question *question = SIP_CONTAINER_OF(self->answered.next, ares_question, node);
        sip_dns_query *query = question->query;

        sip_list_remove(&question->node);
        query->impl = NULL;
        query->fn(query, &question->answer);
        sip_free(self->allocator, question);
    }
}

static int ask(sip_resolver *resolver, const char *name, sip_dns_type type, sip_dns_query *query)
{
    ares_resolver *self = (ares_resolver *)resolver;
    struct ares_addrinfo_hints hints;
    ares_question *question;

    if (type != SIP_DNS_A && type != SIP_DNS_AAAA) {
        return SIP_EUNSUPPORTED;
    }
    question = sip_alloc0(self->allocator, sizeof(*question));
    if (question == NULL) {
        return SIP_ENOMEM;
    }
    question->resolver = self;
    question->query = query;
    question->type = type;
    sip_list_init(&question->node);
    query->impl = question;
    memset(&hints, 0, sizeof(hints));
    hints.ai_family = type == SIP_DNS_A ? AF_INET : AF_INET6;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = ARES_AI_NOSORT;
    ares_getaddrinfo(self->channel, name, NULL, &hints, on_addrinfo, question);
    arm_timer(self);
    return 0;
}

static void cancel(sip_resolver *resolver, sip_dns_query *query)
{
    ares_resolver *self = (ares_resolver *)resolver;
    ares_question *question = query->impl;

    if (question == NULL) {
        return;
    }
    query->impl = NULL;
    question->query = NULL;
    if (question->answered) {
        sip_list_remove(&question->node);
        sip_free(self->allocator, question);
    }
}

static void destroy(sip_resolver *resolver)
{
    ares_resolver *self = (ares_resolver *)resolver;

    if (self->has_channel) {
        ares_destroy(self->channel);
    }
    while (!sip_list_is_empty(&self->answered)) {
        ares_question *question = SIP_CONTAINER_OF(self->answered.next, ares_question, node);

        sip_list_remove(&question->node);
        sip_free(self->allocator, question);
    }
    while (!sip_list_is_empty(&self->watches)) {
        end_watch(SIP_CONTAINER_OF(self->watches.next, ares_watch, node));
    }
    sip__loop_undefer(&self->task);
    sip__loop_timer_destroy(self->timer);
    sip_free(self->allocator, self);
}

static const sip_resolver_vtable ares_vtable = {ask, cancel, destroy};

static int open_channel(ares_resolver *self, const char *name_servers)
{
    struct ares_options options;
    char lookups[] = "fb"; /* the hosts file, then DNS */
    int status;

    memset(&options, 0, sizeof(options));
    options.flags = ARES_FLAG_NOSEARCH;
    options.timeout = TRY_TIMEOUT_MS;
    options.tries = TRIES;
    options.lookups = lookups;
    options.sock_state_cb = on_socket;
    options.sock_state_cb_data = self;
    status = ares_init_options(&self->channel, &options,
                               ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                                   ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) {
        return status == ARES_ENOMEM ? SIP_ENOMEM : SIP_EIO;
    }
    self->has_channel = true;
    if (name_servers != NULL &&
        ares_set_servers_ports_csv(self->channel, name_servers) != ARES_SUCCESS) {
        return SIP_EINVAL;
    }
    return 0;
}

int sip__ares_resolver_create(const sip_allocator *allocator, sip_loop *loop,
                              const char *name_servers, sip_resolver **ret_resolver)
{
    ares_resolver *self = sip_alloc0(allocator, sizeof(*self));
    int err;

    if (self == NULL) {
        return SIP_ENOMEM;
    }
    uv_once(&ares_once, init_ares);
    self->base.vtable = &ares_vtable;
    self->allocator = allocator;
    self->loop = loop;
    self->task.fn = run_answers;
    self->task.arg = self;
    sip_list_init(&self->watches);
    sip_list_init(&self->answered);
    err = sip__loop_timer_create(loop, on_timer, self, &self->timer);
    if (err == 0) {
        err = open_channel(self, name_servers);
    }
    if (err != 0) {
        destroy(&self->base);
        return err;
    }
    *ret_resolver = &self->base;
    return 0;
}
