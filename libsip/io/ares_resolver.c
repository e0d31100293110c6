#define _GNU_SOURCE
#include "io/ares_resolver.h"
#include "io/dns_answer.h"
#include "io/loop_task.h"
#include <ares.h>
#include <netdb.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <uv.h>

#define TIMEOUT_MS 2000
#define TRIES 3
#define EDNS_BYTES 1232 /* of an answer by UDP: what passes any path without fragments */
#define CLASS_IN 1
#define WATCHED "/etc/resolv.conf"
#define FILE_TTL_S 60 /* how soon a change of the hosts file is seen */

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
    sip__dns_answer *answer; /* NULL: there are no records */
    sip_dns_answer failure;
} ares_question;

/* How a file is known not to have changed; zeroed: it is not there. */
typedef struct file_stamp {
    ino_t inode;
    off_t bytes;
    struct timespec changed;
} file_stamp;

typedef struct ares_resolver {
    sip_resolver base;
    sip__ares_config config;
    file_stamp stamp;
    size_t pending; /* questions that c-ares has */
    const sip_allocator *allocator;
    sip_loop *loop;
    ares_channel channel;
    bool has_channel;
    uint32_t timeout_ms;
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
    struct timeval most = {self->timeout_ms / 1000, self->timeout_ms % 1000 * 1000};
    struct timeval room;
    struct timeval *left;

    if (self->pending == 0) {
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

    (void)timeouts;
    question->resolver->pending--;
    if (question->query == NULL || status == ARES_EDESTRUCTION) {
        free_question(question);
        return;
    }
    if (bytes == NULL || len <= 0) {
        fail(question, status);
    } else if (make_answer(question) != NULL) {
        sip__dns_answer_read(bytes, (size_t)len, question->type, question->answer);
    }
    finish_question(question);
}

/* ---- the hosts file */

static void add_host(sip__dns_answer *answer, sip_dns_type type, const struct hostent *host)
{
    size_t bytes = type == SIP_DNS_A ? 4 : 16;
    sip_dns_answer *news = &answer->news;

    *news = (sip_dns_answer){.text = "from the hosts file", .records = answer->records};
    for (char **at = host->h_addr_list; *at != NULL && news->n_records < SIP__DNS_ANSWER_RECORDS;
         at++) {
        sip_dns_record *record = &answer->records[news->n_records++];

        *record = (sip_dns_record){.type = type, .ttl_s = FILE_TTL_S};
        record->addr.family = type == SIP_DNS_A ? SIP_FAMILY_IP4 : SIP_FAMILY_IP6;
        memcpy(record->addr.ip, *at, bytes);
    }
}

/* Is the name in the hosts file, with addresses of that family? */
static struct hostent *find_host(ares_resolver *self, const char *name, int family)
{
    struct hostent *host = NULL;

    return ares_gethostbyname_file(self->channel, name, family, &host) == ARES_SUCCESS ? host
                                                                                       : NULL;
}

/* The domain of "_sip._udp.example.com". */
static const char *domain_of(const char *name)
{
    while (name[0] == '_' && strchr(name, '.') != NULL) {
        name = strchr(name, '.') + 1;
    }
    return name;
}

/* A name in the hosts file is not asked for. */
static bool is_in_file(ares_question *question, const char *name)
{
    static const int families[] = {AF_INET, AF_INET6};
    static const sip_dns_type types[] = {SIP_DNS_A, SIP_DNS_AAAA};
    bool found = false;

    for (size_t i = 0; i < 2; i++) {
        struct hostent *host = find_host(question->resolver, domain_of(name), families[i]);

        if (host == NULL) {
            continue;
        }
        found = true;
        if (question->type == types[i] && make_answer(question) != NULL) {
            add_host(question->answer, types[i], host);
        }
        ares_free_hostent(host);
    }
    if (found && question->failure.err == 0) {
        question->failure = (sip_dns_answer){.err = SIP_ENOENT,
                                             .text = "the hosts file has no such record",
                                             .negative_ttl_s = FILE_TTL_S};
    }
    return found;
}

/* ---- the channel of c-ares */

static int open_channel(ares_resolver *self)
{
    const sip__ares_config *config = &self->config;
    ares_channel channel;
    struct ares_options options;
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
               ARES_OPT_SOCK_STATE_CB;
    int status;

    memset(&options, 0, sizeof(options));
    options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_EDNS;
    options.timeout = (int)self->timeout_ms;
    options.tries = config->tries == 0 ? TRIES : config->tries > 100 ? 100 : (int)config->tries;
    options.ednspsz = EDNS_BYTES;
    options.sock_state_cb = on_socket;
    options.sock_state_cb_data = self;
#ifdef ARES_OPT_QUERY_CACHE
    mask |= ARES_OPT_QUERY_CACHE; /* off: dns/record_cache.c keeps answers */
    options.qcache_max_ttl = 0;
#endif
    status = ares_init_options(&channel, &options, mask);
    if (status != ARES_SUCCESS) {
        return status == ARES_ENOMEM ? SIP_ENOMEM : SIP_EIO;
    }
    if (config->name_servers != NULL &&
        ares_set_servers_ports_csv(channel, config->name_servers) != ARES_SUCCESS) {
        ares_destroy(channel);
        return SIP_EINVAL;
    }
    if (self->has_channel) {
        ares_destroy(self->channel);
    }
    self->channel = channel;
    self->has_channel = true;
    return 0;
}

static file_stamp stamp_of(const char *path)
{
    file_stamp stamp = {0};
    struct stat found;

    if (stat(path != NULL ? path : WATCHED, &found) == 0) {
        stamp.inode = found.st_ino;
        stamp.bytes = found.st_size;
        stamp.changed = found.st_mtim;
    }
    return stamp;
}

/* A host that has moved to another network has other name servers. */
static void reopen_if_changed(ares_resolver *self)
{
    file_stamp now = stamp_of(self->config.watched);

    if (now.inode != self->stamp.inode || now.bytes != self->stamp.bytes ||
        now.changed.tv_sec != self->stamp.changed.tv_sec ||
        now.changed.tv_nsec != self->stamp.changed.tv_nsec) {
        self->stamp = now;
        (void)open_channel(self); /* else the old one goes on */
    }
}

/* ---- the vtable */

/* What is asked meanwhile and answered at once has to wait for the next turn: those who ask again
 * whenever they are refused would never let this one end. */
static void run_answers(void *arg)
{
    ares_resolver *self = arg;
    sip_list now;

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
    if (self->pending == 0) {
        reopen_if_changed(self);
    }
    if (is_in_file(question, name)) {
        finish_question(question);
        return 0;
    }
    self->pending++;
    ares_query(self->channel, name, CLASS_IN, (int)type, on_result, question);
    arm_timer(self);
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

    if (self->has_channel) {
        ares_destroy(self->channel);
    }
    while (!sip_list_is_empty(&self->answered)) {
        ares_question *question = SIP_CONTAINER_OF(self->answered.next, ares_question, node);

        sip_list_remove(&question->node);
        free_question(question);
    }
    while (!sip_list_is_empty(&self->watches)) {
        end_watch(SIP_CONTAINER_OF(self->watches.next, ares_watch, node));
    }
    sip__loop_undefer(&self->task);
    sip__loop_timer_destroy(self->timer);
    sip_free(self->allocator, self);
}

static const sip_resolver_vtable ares_vtable = {ask, cancel, destroy};

static uint32_t timeout_of(const sip__ares_config *config)
{
    if (config->timeout_ms == 0) {
        return TIMEOUT_MS;
    }
    return config->timeout_ms > 60000 ? 60000 : config->timeout_ms;
}

int sip__ares_resolver_create(const sip__ares_config *config, sip_resolver **ret_resolver)
{
    ares_resolver *self = sip_alloc0(config->allocator, sizeof(*self));
    int err;

    if (self == NULL) {
        return SIP_ENOMEM;
    }
    uv_once(&ares_once, init_ares);
    self->base.vtable = &ares_vtable;
    self->config = *config;
    self->stamp = stamp_of(config->watched);
    self->allocator = config->allocator;
    self->loop = config->loop;
    self->timeout_ms = timeout_of(config);
    self->task.fn = run_answers;
    self->task.arg = self;
    sip_list_init(&self->watches);
    sip_list_init(&self->answered);
    err = sip__loop_timer_create(config->loop, on_timer, self, &self->timer);
    if (err == 0) {
        err = open_channel(self);
    }
    if (err != 0) {
        destroy(&self->base);
        return err;
    }
    *ret_resolver = &self->base;
    return 0;
}
