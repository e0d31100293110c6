/* A proxy that keeps nothing of what passes through it (RFC 3261 16.11): calls to its users go
 * where its table says, and what belongs to such a call goes the same way, or by the Record-Route
 * that the proxy put into it.
 *
 *     stateless_proxy udp:127.0.0.1:5060 example.com bob=sip:bob@127.0.0.1:5070
 */
#include <signal.h>
#include <sip/sip.h>
#include <stdio.h>
#include <string.h>

struct table {
    int n;
    char **entries; /* "bob=sip:bob@127.0.0.1:5070" */
};

/* The routing function. It is asked about all that comes but requests inside dialogs: for a CANCEL,
 * for the ACK to a refusal and for what is repeated too, so it has to say the same each time. What
 * it says nothing about is answered 404, or 403 if it is not for our domain. */
static void route(sip_routing *routing, void *user_data)
{
    const struct table *users = user_data;
    const sip_uri *uri = sip_msg_request_uri(sip_routing_msg(routing));

    for (int i = 0; i < users->n && sip_routing_is_ours(routing); i++) {
        const char *entry = users->entries[i];
        size_t len = strcspn(entry, "=");

        if (entry[len] == '=' && uri->user.len == len && memcmp(uri->user.ptr, entry, len) == 0) {
            sip_target target = {.uri = entry + len + 1};
            sip_routing_add(routing, &target);
            return;
        }
    }
}

/* Before the routing function: whoever only asks whether we live gets an answer. */
static void answer_pings(sip_routing *routing, void *user_data)
{
    const sip_msg *request = sip_routing_msg(routing);

    (void)user_data;
    if (sip_msg_method(request) == SIP_METHOD_OPTIONS && sip_routing_is_ours(routing) &&
        sip_msg_request_uri(request)->user.len == 0) {
        sip_routing_respond(routing, 200, NULL);
    }
}

/* After it. */
static void show(sip_routing *routing, void *user_data)
{
    char summary[80];

    (void)user_data;
    printf("%s\n", sip_msg_summary(sip_routing_msg(routing), summary, sizeof summary));
    fflush(stdout);
}

static const sip_proxy_handler handler = {.route = route};

int main(int argc, char **argv)
{
    const char *domains[] = {argc > 2 ? argv[2] : NULL, NULL};
    const sip_stack_config config = {.domains = domains};
    const sip_proxy_config stateless = {.stateless = SIP_ON, .relay = {.record_route = SIP_ON}};
    struct table users = {.n = argc - 3, .entries = argv + 3};
    sip_routing_hook hook = {.before = answer_pings, .after = show};
    sip_stack *stack = NULL;
    sip_protocol protocol;
    sip_proxy *proxy;
    sip_addr addr;
    int err;

    if (argc < 3) {
        fprintf(stderr, "stateless_proxy WHERE DOMAIN [USER=URI]...\n");
        return 2;
    }
    err = sip_stack_create(&config, &stack) || sip_stack_listen(stack, argv[1]) ||
          sip_stack_on_signal(stack, SIGINT, NULL, NULL) ||
          sip_proxy_create(stack, &stateless, &handler, &users, &proxy);
    if (!err) {
        char text[SIP_ADDR_TEXT_BYTES];

        sip_proxy_add_hook(proxy, &hook);
        sip_stack_listener(stack, 0, &protocol, &addr);
        printf("listening on %s\n", sip_addr_text(&addr, text));
        fflush(stdout);
        err = sip_stack_run(stack);
    }
    if (err) {
        fprintf(stderr, "stateless_proxy: %s\n", sip_stack_error(stack));
    }
    sip_stack_destroy(stack);
    return err ? 1 : 0;
}
