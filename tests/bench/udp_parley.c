/* Our subject of ./dev bench udp: the UDP transport alone on its loop sends every message back
 * where it came from, as a response would go. PORT is its argument. */
#include "transport/udp.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static bool on_block(sip_transport *transport, const sip_path *from, sip_str bytes,
                     struct sip_msg_block *block, void *stack)
{
    (void)block, (void)stack;
    (void)transport->vtable->send(transport, from, bytes, 0);
    return false;
}

static void on_bytes(sip_transport *transport, const sip_path *from, sip_str bytes, void *stack)
{
    (void)on_block(transport, from, bytes, NULL, stack);
}

static void on_send_failed(sip_transport *transport, uint64_t ref, const sip_path *to, int err,
                           const char *text, void *stack)
{
    (void)transport, (void)ref, (void)to, (void)err, (void)text, (void)stack;
}

static void on_unreachable(sip_transport *transport, const sip_network_error *error, void *stack)
{
    (void)transport, (void)error, (void)stack;
}

static void on_dropped(sip_transport *transport, const sip_path *from, const char *reason,
                       void *stack)
{
    (void)transport, (void)from, (void)reason, (void)stack;
}

static const sip_transport_events events = {
    .on_bytes = on_bytes,
    .on_send_failed = on_send_failed,
    .on_unreachable = on_unreachable,
    .on_dropped = on_dropped,
    .on_block = on_block,
};

static void on_turn_end(void *arg)
{
    sip_transport *transport = arg;

    transport->vtable->flush(transport);
}

static void on_signal(int signum, void *arg)
{
    (void)signum;
    sip_loop_stop(arg);
}

int main(int argc, char **argv)
{
    sip__listen_config config = {.clock = sip_clock_system(), .max_message_bytes = 65535};
    sip_transport *transport = NULL;
    sip_addr bind;
    char why[100] = "";
    int err = sip_loop_create(NULL, &config.loop);

    config.allocator = sip_allocator_default();
    if (err == 0) {
        err =
            sip_addr_parse(SIP_STR("127.0.0.1"), (uint16_t)(argc == 2 ? atoi(argv[1]) : 0), &bind);
    }
    if (err == 0) {
        err = sip__udp_transport_create(&config, &bind, &transport, why, sizeof why);
    }
    if (err != 0) {
        fprintf(stderr, "udp_parley: %s %s\n", sip_error_text(err), why);
        return 1;
    }
    transport->events = &events;
    sip_loop_set_turn_end(config.loop, on_turn_end, transport);
    err = sip_loop_on_signal(config.loop, SIGTERM, on_signal, config.loop) ||
          sip_loop_run(config.loop);
    transport->vtable->destroy(transport);
    sip_loop_destroy(config.loop);
    return err != 0;
}
