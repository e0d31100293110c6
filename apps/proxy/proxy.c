/* parley-proxy: a registrar and a stateful, forking proxy on one stack with two transaction users.
 */
#include "common/listen_to.h"
#include "common/say.h"
#include "common/std_streams.h"
#include "proxy/forwarder.h"
#include "proxy/metrics_server.h"
#include "proxy/registrar_user.h"
#include <signal.h>

static int say_stack_error(const sip_stack *stack)
{
    say_error(PROXY_PROGRAM, "%s", sip_stack_error(stack));
    return 1;
}

/* One line a listener, so that who started us with port 0 learns the port. */
static void print_listeners(const sip_stack *stack)
{
    char text[SIP_ADDR_TEXT_BYTES];
    sip_protocol protocol;
    sip_addr addr;

    for (size_t i = 0; sip_stack_listener(stack, i, &protocol, &addr); i++) {
        printf("listening " SIP_FMT " %s\n", SIP_ARG(sip_protocol_name(protocol)),
               sip_addr_text(&addr, text));
    }
    fflush(stdout);
}

static int start_trace(trace_outputs *trace, const proxy_options *options, sip_stack *stack)
{
    int status = trace_outputs_start(trace, &options->trace, stdout, stack, PROXY_PROGRAM);

    if (status != 0) {
        return status;
    }
    for (size_t i = 0; i < options->columns.count; i++) {
        if (trace_print_name(&trace->print, options->columns.items[i]) != 0) {
            say_error(PROXY_PROGRAM, "--column '%s': must be NAME=HOST:PORT, at most eight",
                      options->columns.items[i]);
            return 2;
        }
    }
    return 0;
}

/* What signals change while it runs. */
struct changeable {
    sip_tls *tls; /* NULL: none */
    log_output *log;
};

static void on_hangup(int signum, void *user_data)
{
    const struct changeable *its = user_data;

    (void)signum;
    log_output_reopen(its->log, PROXY_PROGRAM);
    if (its->tls != NULL) {
        tls_options_reload(its->tls, PROXY_PROGRAM);
    }
}

static void on_detail(int signum, void *user_data)
{
    const struct changeable *its = user_data;

    (void)signum;
    log_output_toggle(its->log);
}

static bool take_signals(sip_stack *stack, struct changeable *its)
{
    return sip_stack_on_signal(stack, SIGINT, NULL, NULL) == 0 &&
           sip_stack_on_signal(stack, SIGTERM, NULL, NULL) == 0 &&
           sip_stack_on_signal(stack, SIGHUP, on_hangup, its) == 0 &&
           sip_stack_on_signal(stack, SIGUSR2, on_detail, its) == 0;
}

/* @return 0 and a server, if one is asked for; or 1 */
static int start_metrics(const proxy_options *options, sip_stack *stack,
                         metrics_server **ret_server)
{
    char text[SIP_ADDR_TEXT_BYTES];
    sip_addr local;

    if (options->metrics.family == SIP_FAMILY_NONE) {
        return 0;
    }
    if (metrics_server_start(stack, &options->metrics, PROXY_PROGRAM, ret_server) != 0) {
        return 1;
    }
    metrics_server_local(*ret_server, &local);
    printf("metrics %s\n", sip_addr_text(&local, text));
    return 0;
}

static int run(const proxy_options *options, sip_tls *tls, log_output *log)
{
    sip_stack_config config = {.domains = (const char *const *)options->domains.items,
                               .log = log_output_log(log),
                               .tls = tls,
                               .secret = *options->secret != '\0' ? options->secret : NULL,
                               .obey_maddr = options->obey_maddr ? SIP_ON : SIP_DEFAULT};
    sip_listener_config listener = {
        .tls = tls,
        .ws_path = options->ws_path,
        .ws_origins = (const char *const *)options->ws_origins.items,
    };
    struct changeable changeable = {.tls = tls, .log = log};
    struct forwarder forwarder;
    dum_registrar *registrar;
    trace_outputs trace;
    metrics_server *metrics = NULL;
    sip_stack *stack = NULL;
    int status;

    transport_options_use(&options->transport, &config, &listener);
    status = sip_stack_create(&config, &stack) != 0
                 ? say_stack_error(stack)
                 : listen_to(stack, &options->listen, &listener, PROXY_PROGRAM);
    if (status != 0) {
        sip_stack_destroy(stack);
        return status;
    }
    if (registrar_user_create(stack, options, &registrar) ||
        forwarder_create(&forwarder, stack, registrar, options) ||
        !take_signals(stack, &changeable)) {
        status = say_stack_error(stack);
        sip_stack_destroy(stack);
        return status;
    }
    status = start_trace(&trace, options, stack);
    if (status == 0) {
        status = start_metrics(options, stack, &metrics);
    }
    if (status == 0) {
        print_listeners(stack);
        status = sip_stack_run(stack) != 0 ? say_stack_error(stack) : 0;
    }
    metrics_server_stop(metrics);
    trace_outputs_stop(&trace, stack);
    sip_stack_destroy(stack);
    return status;
}

int main(int argc, char **argv)
{
    proxy_options options;
    log_output log = {0};
    sip_tls *tls = NULL;
    int status;

    if (!std_streams_open()) {
        return 1;
    }
    status = proxy_options_parse(&options, argc, argv);
    if (status < 0) {
        status = tls_options_create(&options.tls, &options.listen, PROXY_PROGRAM, &tls);
        if (status == 0) {
            status = log_output_open(&log, &options.log, options.verbose, PROXY_PROGRAM);
        }
        status = status == 0 ? run(&options, tls, &log) : status;
    }
    log_output_close(&log);
    sip_tls_destroy(tls);
    proxy_options_finish(&options);
    return status;
}
