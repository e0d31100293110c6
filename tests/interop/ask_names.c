/* Ask real name servers through a real stack:
 *     ask_names NAME-SERVERS (URI | +NUMBER)…
 * prints one line for each: "sip:example.com: UDP 192.0.2.1:5060 ttl 60, …" or its error. They are
 * asked one after the other. */
#include <sip/locate.h>
#include <sip/stack.h>
#include <stdio.h>
#include <string.h>

typedef struct asked {
    sip_stack *stack;
    char **next;
} asked;

static void ask_next(asked *all);

static void on_located(const sip_located *located, void *user_data)
{
    asked *all = user_data;

    printf("%s:", *all->next);
    for (size_t i = 0; i < located->n_hops; i++) {
        char addr[SIP_ADDR_TEXT_BYTES];

        printf("%s " SIP_FMT " %s ttl %u", i > 0 ? "," : "",
               SIP_ARG(sip_protocol_name(located->hops[i].protocol)),
               sip_addr_text(&located->hops[i].addr, addr), (unsigned)located->hops[i].ttl_s);
    }
    printf("%s%s\n", located->err != 0 ? " " : "", located->text);
    all->next++;
    ask_next(all);
}

static void on_found(const sip_enum_found *found, void *user_data)
{
    asked *all = user_data;

    printf("%s:", *all->next);
    for (size_t i = 0; i < found->n_uris; i++) {
        printf("%s %s", i > 0 ? "," : "", found->uris[i]);
    }
    printf("%s%s\n", found->err != 0 ? " " : "", found->text);
    all->next++;
    ask_next(all);
}

static void ask_next(asked *all)
{
    sip_worker *worker = sip_stack_worker(all->stack, 0);
    sip_uri uri;
    int err;

    if (*all->next == NULL) {
        sip_stack_stop(all->stack);
        return;
    }
    if (**all->next == '+') {
        err = sip_enum_lookup(worker, *all->next, NULL, on_found, all, NULL);
    } else {
        err = sip_uri_parse(sip_str_of(*all->next), &uri);
        if (err == 0) {
            err = sip_locate(worker, &uri, on_located, all, NULL);
        }
    }
    if (err != 0) {
        printf("%s: %s\n", *all->next, sip_error_text(err));
        all->next++;
        ask_next(all);
    }
}

int main(int argc, char **argv)
{
    sip_stack_config config = {.dns_timeout_ms = 500, .dns_tries = 2};
    asked all = {0};
    int err;

    if (argc < 3) {
        fprintf(stderr, "usage: ask_names NAME-SERVERS (URI | +NUMBER)...\n");
        return 2;
    }
    config.name_servers = argv[1];
    err = sip_stack_create(&config, &all.stack);
    for (size_t i = 0; err == 0 && i < 4; i++) {
        static const char *const listeners[] = {"udp:127.0.0.1:0", "udp:[::1]:0", "tcp:127.0.0.1:0",
                                                "tcp:[::1]:0"};

        err = sip_stack_listen(all.stack, listeners[i]);
    }
    if (err != 0) {
        fprintf(stderr, "ask_names: %s\n", sip_stack_error(all.stack));
        return 1;
    }
    all.next = argv + 2;
    ask_next(&all);
    err = sip_stack_run(all.stack);
    sip_stack_destroy(all.stack);
    return err == 0 ? 0 : 1;
}
