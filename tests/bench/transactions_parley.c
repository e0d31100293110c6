/* Our subject of ./dev bench transactions: answers every request with 200 on libsip alone. PORT is
 * its argument. */
#include <signal.h>
#include <sip/sip.h>
#include <stdio.h>

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    (void)tu, (void)user_data;
    sip_server_tx_respond(tx, 200, NULL);
}

static const sip_tu_handler server = {.on_request = on_request};

int main(int argc, char **argv)
{
    sip_stack_config config = {.max_transactions = 8000000};
    sip_stack *stack = NULL;
    char where[64];
    int err;

    snprintf(where, sizeof where, "udp:127.0.0.1:%s", argc == 2 ? argv[1] : "0");
    err = sip_stack_create(&config, &stack) || sip_stack_listen(stack, where) ||
          sip_stack_on_signal(stack, SIGTERM, NULL, NULL) ||
          sip_tu_create(stack, NULL, &server, NULL, NULL);
    if (err == 0) {
        puts("ready");
        fflush(stdout);
        err = sip_stack_run(stack);
    }
    if (err != 0) {
        fprintf(stderr, "transactions_parley: %s\n", sip_stack_error(stack));
    }
    sip_stack_destroy(stack);
    return err != 0;
}
