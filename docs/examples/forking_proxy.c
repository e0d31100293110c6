#include <sip/sip.h>
#include <stdio.h>

static const struct {
    const char *user;
    sip_target target;
} bindings[] = {
    {"alice", {.uri = "sip:alice@192.0.2.10:5070", .q_permille = 1000}}, /* both at once, */
    {"alice", {.uri = "sip:alice@192.0.2.11;transport=tcp", .q_permille = 1000}},
    {"alice", {.uri = "sip:voicemail@example.net", .q_permille = 100}}, /* then this one */
};

static void on_request(sip_tu *tu, sip_server_tx *tx, void *stack)
{
    (void)tu;
    sip_relay_config config = {.record_route = SIP_ON, .branch_timeout_s = 20};
    const sip_uri *to = sip_msg_request_uri(sip_server_tx_request(tx));
    bool ours = sip_stack_owns_uri(stack, to); /* a Route to us has been taken off already */
    sip_relay *relay;
    int err = sip_relay_create(tx, &config, NULL, NULL, &relay), found = 0;
    for (size_t i = 0; ours && !err && i < sizeof bindings / sizeof *bindings; i++) {
        if (sip_str_equal(to->user, bindings[i].user)) {
            found += sip_relay_add(relay, &bindings[i].target) == 0;
        }
    } /* branches leave at the end of the turn; CANCEL, timer C, best response are the relay's */
    if (err != 0) {
        sip_server_tx_respond(tx, sip_error_status(err), NULL); /* loop, memory... */
    } else if (!ours) {
        sip_relay_add(relay, NULL); /* where its Route or Request-URI leads */
    } else if (found == 0) {
        sip_relay_respond(relay, 404, NULL);
    }
}

static void on_ack(sip_tu *tu, const sip_msg *ack, void *stack)
{
    (void)stack;
    sip_tu_forward(tu, ack); /* to a 2xx: it has no transaction */
}

static const sip_tu_handler proxy = {.on_request = on_request, .on_ack = on_ack};

int main(void)
{
    sip_stack_config config = {.domains = (const char *const[]){"example.com", NULL}};
    sip_stack *stack = NULL;
    int err = sip_stack_create(&config, &stack) || sip_stack_listen(stack, "udp:0.0.0.0:5060") ||
              sip_stack_listen(stack, "tcp:0.0.0.0:5060") ||
              sip_stack_listen(stack, "udp:[::]:5060") ||
              sip_tu_create(stack, NULL, &proxy, stack, NULL) || sip_stack_run(stack);
    if (err) {
        fprintf(stderr, "proxy: %s\n", sip_stack_error(stack));
    }
    sip_stack_destroy(stack);
    return err;
}
