/* What the stack counts and measures, over HTTP: /metrics for Prometheus, /metrics.json, /stats for
 * people. Served on the loop of the first worker. */
#ifndef PROXY_METRICS_SERVER_H
#define PROXY_METRICS_SERVER_H

#include <sip/metrics.h>

typedef struct metrics_server metrics_server;

/* Listen at `at` (port 0: a free one). metrics_server_stop() before the stack goes. @return 0, or 1
 * having said why not */
int metrics_server_start(sip_stack *stack, const sip_addr *at, const char *program,
                         metrics_server **ret_server);
/* Where it listens. */
void metrics_server_local(const metrics_server *server, sip_addr *ret_addr);
/* NULL is fine. */
void metrics_server_stop(metrics_server *server);

#endif
