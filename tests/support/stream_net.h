/* Two stream transports on one loop over the real loopback, and a peer that is none; the clock is
 * the test's. Those that are not TCP have fake channels. */
#ifndef STREAM_NET_H
#define STREAM_NET_H

#include "io/stream_socket.h"
#include "support/fake_channel.h"
#include "support/real_loop.h"
#include "transport/stream_transport.h"

#define STREAM_HELLO "OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n"

typedef struct stream_setting {
    const char *host;
    uint32_t limit, idle_s, keepalive_s;
    sip_protocol protocol;
    bool a_listens_not;
} stream_setting;

typedef struct stream_node {
    sip_transport *transport;
    fake_factory factory;
    sip_id_table flows;
    sip__server_names names;
    sip_connection_stats stats;
    size_t messages, bytes, failed, closed, dropped;
    sip_path from; /* of the last message */
    sip_flow closed_flow;
    uint64_t refs;    /* sum of those that failed */
    size_t connected; /* attempts that are over */
    sip_flow connected_flow;
    int err;
    char text[400]; /* of the last failure or end */
    char reason[100];
    bool echo;      /* send back what comes */
    size_t retries; /* how often a send that failed is sent again at once */
} stream_node;

typedef struct stream_net {
    sip_loop *loop;
    real_loop real;
    sip_clock clock;
    sip_time_ms now_ms;
    stream_node a, b;
    /* the peer without a transport */
    sip__stream_socket *raw;
    sip__buffers buffers;
    sip__stream_socket_config raw_config;
    char buffer[SIP__STREAM_READ_BYTES], got[1000];
    size_t raw_bytes, raw_closed;
} stream_net;

extern const stream_setting stream_plain; /* TCP, 127.0.0.1, at most ten */

void stream_net_start(stream_net *net, const stream_setting *how);
void stream_net_finish(stream_net *net);
/* What the end of a turn does: all is flushed. */
void stream_net_flush(stream_net *net);
void stream_node_open(stream_net *net, stream_node *self, const stream_setting *how);
void stream_node_close(stream_node *self);
/* The transport's send(). */
int stream_node_send(stream_node *self, const sip_path *to, sip_str bytes, uint64_t ref);
sip_path stream_path_to(const stream_node *self);
/* Connect the other peer to a and have it say `bytes`. */
void stream_raw_open(stream_net *net, sip_str bytes);

#endif
