/* --transport, and what others see as our address: the same in every program. */
#ifndef COMMON_TRANSPORT_OPTIONS_H
#define COMMON_TRANSPORT_OPTIONS_H

#include "common/words.h"
#include <getopt.h>
#include <sip/stack.h>

/* Values of getopt_long(); no program's own are in between. */
enum {
    OPT_TRANSPORT = 1300,
    OPT_ADVERTISE,
    OPT_LOCAL_NETWORK,
    OPT_LEARN_ADDRESS,
    OPT_TRANSPORT_END
};

/* Rows for a program's table of long options. */
#define TRANSPORT_LONG_OPTIONS                                                                     \
    {"transport", required_argument, NULL, OPT_TRANSPORT},                                         \
        {"advertise", required_argument, NULL, OPT_ADVERTISE},                                     \
        {"local-network", required_argument, NULL, OPT_LOCAL_NETWORK},                             \
    {                                                                                              \
        "learn-address", no_argument, NULL, OPT_LEARN_ADDRESS                                      \
    }

/* Lines for a program's help. */
#define TRANSPORT_USAGE                                                                            \
    "  --transport NAME      udp, tcp, tls, ws or wss: take that where neither a URI nor NAPTR\n"  \
    "                        records say; else udp\n"                                              \
    "  --advertise HOST[:PORT]  say this in Via and Contact: the outside of a NAT that passes "    \
    "it\n"                                                                                         \
    "                        on to us\n"                                                           \
    "  --local-network NET   10.0.0.0/8: peers there are on our side of it; may be repeated\n"     \
    "  --learn-address       over UDP say in Contact the address that the last answer saw\n"

/* Zeroed at first. */
typedef struct transport_options {
    sip_protocol preferred;
    char host[256]; /* empty: none */
    uint16_t port;
    words local_networks;
    bool learn;
} transport_options;

/* True if `option` is one of ours. */
bool transport_options_has(int option);
/* @return -1 to go on, or having said what is wrong 1 (no memory) or 2 */
int transport_options_set(transport_options *options, int option, const char *value,
                          const char *program);
/* After the last option: can what is preferred be sent by one of the places to listen at? @return
 * -1, or 2 having said that it cannot */
int transport_options_check(const transport_options *options, const words *listen,
                            const char *program);
/* Put them where they belong; both borrow from `options`. */
void transport_options_use(const transport_options *options, sip_stack_config *stack,
                           sip_listener_config *listener);
void transport_options_finish(transport_options *options);

#endif
