/* Our subject of ./dev bench connections: answers every request over TCP with 200 and says at its
 * end what became of its connections. PORT is its argument, then how many milliseconds a peer has
 * for its first message, and for any. */
#include <signal.h>
#include <sip/sip.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    (void)tu, (void)user_data;
    sip_server_tx_respond(tx, 200, NULL);
}

static const sip_tu_handler server = {.on_request = on_request};

static void print_stats(const sip_stack *stack)
{
    sip_stack_stats all;
    const sip_connection_stats *it = &all.connections;

    sip_stack_get_stats(stack, &all);
    printf("{\"live\": %llu, \"accepted\": %llu, \"silent\": %llu, \"slow\": %llu, "
           "\"closed_unproven\": %llu, \"closed_for_room\": %llu, \"closed_stuck\": %llu, "
           "\"refused_host\": %llu, "
           "\"refused_limit\": %llu, \"broken\": %llu}\n",
           (unsigned long long)it->live, (unsigned long long)it->accepted,
           (unsigned long long)it->silent, (unsigned long long)it->slow,
           (unsigned long long)it->closed_unproven, (unsigned long long)it->closed_for_room,
           (unsigned long long)it->closed_stuck, (unsigned long long)it->refused_host,
           (unsigned long long)it->refused_limit, (unsigned long long)it->broken);
}

int main(int argc, char **argv)
{
    uint32_t patience_ms = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    sip_stack_config config = {
        .max_connections = 20000,
        .connections = {.first_message_ms = patience_ms, .message_ms = patience_ms},
    };
    sip_stack *stack = NULL;
    struct rlimit files;
    char where[64];
    int err;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    snprintf(where, sizeof where, "tcp:127.0.0.1:%s", argc > 1 ? argv[1] : "0");
    err = sip_stack_create(&config, &stack) || sip_stack_listen(stack, where) ||
          sip_stack_on_signal(stack, SIGTERM, NULL, NULL) ||
          sip_tu_create(stack, NULL, &server, NULL, NULL);
    if (err == 0) {
        puts("ready");
        fflush(stdout);
        err = sip_stack_run(stack);
    }
    if (err != 0) {
        fprintf(stderr, "connections_parley: %s\n", sip_stack_error(stack));
    }
    print_stats(stack);
    sip_stack_destroy(stack);
    return err != 0;
}
