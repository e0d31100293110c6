#define _GNU_SOURCE
#include "io/ares_line.h"

#include <string.h>
#include <sys/time.h>
#include <uv.h>

#define TIMEOUT_MS 2000
#define LONGEST_TIMEOUT_MS 60000
#define TRIES 3
#define MOST_TRIES 100
#define EDNS_BYTES 1232 /* of an answer by UDP: what passes any path without fragments */
#define CLASS_IN 1

typedef struct socket_watch {
    sip_list node;
    sip__ares_line *line;
    int fd;
    sip_watch *watch;
} socket_watch;

static uv_once_t ares_once = UV_ONCE_INIT;

static void init_ares(void)
{
    (void)ares_library_init(ARES_LIB_INIT_ALL);
}

/* ---- sockets and time */

static void arm_timer(sip__ares_line *line)
{
    struct timeval most = {line->timeout_ms / 1000, line->timeout_ms % 1000 * 1000};
    struct timeval room;
    struct timeval *left;

    if (line->pending == 0) {
        sip__loop_timer_clear(line->timer);
        return;
    }
    left = ares_timeout(line->channel, &most, &room);
    sip__loop_timer_set(line->timer,
                        (uint64_t)left->tv_sec * 1000 + (uint64_t)left->tv_usec / 1000 + 1);
}

static void on_timer(void *arg)
{
    sip__ares_line *line = arg;

    ares_process_fd(line->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    arm_timer(line);
}

static void on_ready(unsigned ready, void *arg)
{
    socket_watch *entry = arg;
    sip__ares_line *line = entry->line;
    int fd = entry->fd;

    ares_process_fd(line->channel, (ready & SIP_LOOP_READ) != 0 ? fd : ARES_SOCKET_BAD,
                    (ready & SIP_LOOP_WRITE) != 0 ? fd : ARES_SOCKET_BAD);
    arm_timer(line);
}

static socket_watch *find_watch(sip__ares_line *line, int fd)
{
    sip_list *node;

    for (node = line->watches.next; node != &line->watches; node = node->next) {
        socket_watch *entry = SIP_CONTAINER_OF(node, socket_watch, node);

        if (entry->fd == fd) {
            return entry;
        }
    }
    return NULL;
}

static void end_watch(socket_watch *entry)
{
    sip_watch_stop(entry->watch);
    sip_list_remove(&entry->node);
    sip_free(entry->line->allocator, entry);
}

static void on_socket(void *data, ares_socket_t fd, int readable, int writable)
{
    sip__ares_line *line = data;
    socket_watch *entry = find_watch(line, fd);
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
    entry = sip_alloc0(line->allocator, sizeof(*entry));
    if (entry == NULL) {
        return;
    }
    entry->line = line;
    entry->fd = fd;
    sip_list_init(&entry->node);
    if (sip_loop_watch(line->loop, fd, events, on_ready, entry, &entry->watch) != 0) {
        sip_free(line->allocator, entry);
        return;
    }
    sip_list_append(&line->watches, &entry->node);
}

/* ---- the channel */

static uint32_t at_most(uint32_t value, uint32_t most)
{
    return value < most ? value : most;
}

static int open_channel(sip__ares_line *line, const sip__ares_config *config)
{
    struct ares_options options;
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
               ARES_OPT_SOCK_STATE_CB;
    int status;

    memset(&options, 0, sizeof(options));
    options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_EDNS;
    options.timeout = (int)line->timeout_ms;
    options.tries = config->tries == 0 ? TRIES : (int)at_most(config->tries, MOST_TRIES);
    options.ednspsz = EDNS_BYTES;
    options.sock_state_cb = on_socket;
    options.sock_state_cb_data = line;
#ifdef ARES_OPT_QUERY_CACHE
    mask |= ARES_OPT_QUERY_CACHE; /* off: dns/record_cache.c keeps answers */
    options.qcache_max_ttl = 0;
#endif
    status = ares_init_options(&line->channel, &options, mask);
    if (status != ARES_SUCCESS) {
        return status == ARES_ENOMEM ? SIP_ENOMEM : SIP_EIO;
    }
    line->has_channel = true;
    if (config->name_servers != NULL &&
        ares_set_servers_ports_csv(line->channel, config->name_servers) != ARES_SUCCESS) {
        return SIP_EINVAL;
    }
    return 0;
}

int sip__ares_line_open(const sip__ares_config *config, sip__ares_line **ret_line)
{
    sip__ares_line *line = sip_alloc0(config->allocator, sizeof(*line));
    int err;

    if (line == NULL) {
        return SIP_ENOMEM;
    }
    uv_once(&ares_once, init_ares);
    line->allocator = config->allocator;
    line->loop = config->loop;
    line->timeout_ms =
        config->timeout_ms == 0 ? TIMEOUT_MS : at_most(config->timeout_ms, LONGEST_TIMEOUT_MS);
    sip_list_init(&line->node);
    sip_list_init(&line->watches);
    err = sip__loop_timer_create(config->loop, on_timer, line, &line->timer);
    if (err == 0) {
        err = open_channel(line, config);
    }
    if (err != 0) {
        sip__ares_line_close(line);
        return err;
    }
    *ret_line = line;
    return 0;
}

void sip__ares_line_close(sip__ares_line *line)
{
    if (line->has_channel) {
        ares_destroy(line->channel);
    }
    while (!sip_list_is_empty(&line->watches)) {
        end_watch(SIP_CONTAINER_OF(line->watches.next, socket_watch, node));
    }
    sip_list_remove(&line->node);
    sip__loop_timer_destroy(line->timer);
    sip_free(line->allocator, line);
}

void sip__ares_line_ask(sip__ares_line *line, const char *name, int type, ares_callback fn,
                        void *arg)
{
    line->pending++;
    line->asked++;
    ares_query(line->channel, name, CLASS_IN, type, fn, arg);
    arm_timer(line);
}
