#include "proxy/metrics_server.h"

#include "common/say.h"
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define MOST_CONNECTIONS 16u
#define CONNECTION_TIMEOUT_S 10u
#define RUNS_AT_ONCE 16 /* before the loop's others have their turn */
#define IDLE_RUN_MS 1000

struct metrics_server {
    sip_stack *stack;
    struct MHD_Daemon *daemon;
    sip_watch *watch;
    sip_timer timer; /* silent connections time out though nothing happens */
    sip_addr local;
};

/* ---- answers */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, const char *type,
                              const char *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result done;

    if (response == NULL) {
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    done = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return done;
}

static const struct {
    const char *url, *type;
    sip_metrics_format format;
} pages[] = {
    {"/metrics", "text/plain; version=0.0.4; charset=utf-8", SIP_METRICS_PROMETHEUS},
    {"/metrics.json", "application/json", SIP_METRICS_JSON},
    {"/stats", "text/plain; charset=utf-8", SIP_METRICS_TEXT},
};

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **state)
{
    const metrics_server *server = arg;
    enum MHD_Result done;
    char *text = NULL;
    size_t i = 0;

    (void)version, (void)upload, (void)state;
    if (*upload_bytes > 0 || (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)) {
        *upload_bytes = 0;
        return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", "GET alone\n");
    }
    while (i < sizeof pages / sizeof pages[0] && strcmp(url, pages[i].url) != 0) {
        i++;
    }
    if (i == sizeof pages / sizeof pages[0]) {
        return answer(connection, MHD_HTTP_NOT_FOUND, "text/plain",
                      "/metrics, /metrics.json, /stats\n");
    }
    if (sip_metrics_print(server->stack, pages[i].format, NULL, &text) != 0) {
        return answer(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "text/plain", "no memory\n");
    }
    done = answer(connection, MHD_HTTP_OK, pages[i].type, text);
    sip_free(NULL, text);
    return done;
}

/* ---- on the loop */

static void run(metrics_server *server)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;
    int i = 0;

    do {
        (void)MHD_run(server->daemon);
    } while (++i < RUNS_AT_ONCE && MHD_get_timeout(server->daemon, &wait_ms) == MHD_YES &&
             wait_ms == 0);
}

static void on_ready(unsigned ready, void *arg)
{
    (void)ready;
    run(arg);
}

static void on_timer(void *arg)
{
    metrics_server *server = arg;

    run(server);
    sip_timer_set(sip_stack_worker(server->stack, 0), &server->timer, IDLE_RUN_MS);
}

/* ---- birth and death */

static void set_sockaddr(const sip_addr *at, struct sockaddr_storage *ret)
{
    struct sockaddr_in6 *ip6 = (struct sockaddr_in6 *)ret;
    struct sockaddr_in *ip4 = (struct sockaddr_in *)ret;

    memset(ret, 0, sizeof *ret);
    if (at->family == SIP_FAMILY_IP6) {
        ip6->sin6_family = AF_INET6;
        ip6->sin6_port = htons(at->port);
        ip6->sin6_scope_id = at->scope;
        memcpy(&ip6->sin6_addr, at->ip, 16);
    } else {
        ip4->sin_family = AF_INET;
        ip4->sin_port = htons(at->port);
        memcpy(&ip4->sin_addr, at->ip, 4);
    }
}

static int open_daemon(metrics_server *server, const sip_addr *at)
{
    const unsigned flags =
        MHD_USE_EPOLL | (at->family == SIP_FAMILY_IP6 ? (unsigned)MHD_USE_IPv6 : 0);
    const union MHD_DaemonInfo *info;
    struct sockaddr_storage storage;

    set_sockaddr(at, &storage);
    server->daemon =
        MHD_start_daemon(flags, at->port, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR,
                         &storage, MHD_OPTION_CONNECTION_LIMIT, MOST_CONNECTIONS,
                         MHD_OPTION_CONNECTION_TIMEOUT, CONNECTION_TIMEOUT_S, MHD_OPTION_END);
    if (server->daemon == NULL) {
        return SIP_EIO;
    }
    server->local = *at;
    info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    server->local.port = info != NULL ? info->port : at->port;
    info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL) {
        return SIP_EIO;
    }
    return sip_loop_watch(sip_worker_loop(sip_stack_worker(server->stack, 0)), info->epoll_fd,
                          SIP_LOOP_READ, on_ready, server, &server->watch);
}

int metrics_server_start(sip_stack *stack, const sip_addr *at, const char *program,
                         metrics_server **ret_server)
{
    metrics_server *server = calloc(1, sizeof *server);
    char text[SIP_ADDR_TEXT_BYTES];
    int err = SIP_ENOMEM;

    errno = 0;
    if (server != NULL) {
        server->stack = stack;
        err = open_daemon(server, at);
    }
    if (err != 0) {
        say_error(program, "--metrics '%s': %s", sip_addr_text(at, text),
                  errno != 0 ? strerror(errno) : sip_error_text(err));
        metrics_server_stop(server);
        return 1;
    }
    sip_timer_init(&server->timer, on_timer, server);
    sip_timer_set(sip_stack_worker(stack, 0), &server->timer, IDLE_RUN_MS);
    *ret_server = server;
    return 0;
}

void metrics_server_local(const metrics_server *server, sip_addr *ret_addr)
{
    *ret_addr = server->local;
}

void metrics_server_stop(metrics_server *server)
{
    if (server == NULL) {
        return;
    }
    sip_timer_clear(sip_stack_worker(server->stack, 0), &server->timer);
    sip_watch_stop(server->watch);
    if (server->daemon != NULL) {
        MHD_stop_daemon(server->daemon);
    }
    free(server);
}
