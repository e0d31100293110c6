#include "common/transport_options.h"

#include "common/say.h"
#include <sip/uri.h>
#include <stdlib.h>
#include <string.h>

bool transport_options_has(int option)
{
    return option >= OPT_TRANSPORT && option < OPT_TRANSPORT_END;
}

static int bad(const char *program, const char *what, const char *value, const char *mend)
{
    say_error(program, "%s '%s': %s", what, value, mend);
    return 2;
}

static int set_advertised(transport_options *options, const char *value, const char *program)
{
    char text[300] = "sip:";
    sip_uri uri;

    if (strlen(value) >= sizeof options->host) {
        return bad(program, "--advertise", value, "must be shorter than 256 characters");
    }
    strncat(text, value, sizeof text - strlen(text) - 1);
    if (sip_uri_parse(sip_str_of(text), &uri) != 0 || uri.user.len > 0 || uri.params.len > 0 ||
        uri.headers.len > 0) {
        return bad(program, "--advertise", value, "must be HOST or HOST:PORT");
    }
    memcpy(options->host, uri.host.ptr, uri.host.len);
    options->host[uri.host.len] = '\0';
    options->port = uri.port;
    return -1;
}

static bool is_network(const char *text)
{
    const char *slash = strchr(text, '/');
    sip_addr addr;
    char *end;
    unsigned long bits;

    if (slash == NULL || slash[1] < '0' || slash[1] > '9' ||
        sip_addr_parse((sip_str){text, (size_t)(slash - text)}, 0, &addr) != 0) {
        return false;
    }
    bits = strtoul(slash + 1, &end, 10);
    return *end == '\0' && bits <= (addr.family == SIP_FAMILY_IP6 ? 128u : 32u);
}

static int add_network(transport_options *options, const char *value, const char *program)
{
    if (!is_network(value)) {
        return bad(program, "--local-network", value, "must be such as 192.168.0.0/16");
    }
    if (!words_add(&options->local_networks, value)) {
        say_error(program, "out of memory");
        return 1;
    }
    return -1;
}

int transport_options_set(transport_options *options, int option, const char *value,
                          const char *program)
{
    switch (option) {
    case OPT_TRANSPORT:
        options->preferred = sip_protocol_of(sip_str_of(value));
        return options->preferred != SIP_PROTOCOL_NONE
                   ? -1
                   : bad(program, "--transport", value, "must be udp, tcp, tls, ws or wss");
    case OPT_ADVERTISE:
        return set_advertised(options, value, program);
    case OPT_LOCAL_NETWORK:
        return add_network(options, value, program);
    case OPT_LEARN_ADDRESS:
        options->learn = true;
        return -1;
    default:
        return 2;
    }
}

static bool is_for(const char *where, sip_protocol protocol)
{
    return sip_protocol_of((sip_str){where, strcspn(where, ":")}) == protocol;
}

int transport_options_check(const transport_options *options, const words *listen,
                            const char *program)
{
    sip_str name = sip_protocol_name(options->preferred);

    if (options->preferred == SIP_PROTOCOL_NONE) {
        return -1;
    }
    for (size_t i = 0; i < listen->count; i++) {
        if (is_for(listen->items[i], options->preferred)) {
            return -1;
        }
    }
    say_error(program, "--transport " SIP_FMT ": needs a --listen of its kind", SIP_ARG(name));
    return 2;
}

void transport_options_use(const transport_options *options, sip_stack_config *stack,
                           sip_listener_config *listener)
{
    stack->prefer_protocol = options->preferred;
    stack->local_networks = (const char *const *)options->local_networks.items;
    listener->advertised_host = options->host[0] != '\0' ? options->host : NULL;
    listener->advertised_port = options->port;
    listener->learn_address = options->learn;
}

void transport_options_finish(transport_options *options)
{
    words_clear(&options->local_networks);
}
