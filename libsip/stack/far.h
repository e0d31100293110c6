/* What lies on other workers: the flows that messages came by, and the ways to send along them, to
 * be told how that went, and to have things done there. */
#ifndef SIP_STACK_FAR_H
#define SIP_STACK_FAR_H

#include "transport/selector.h"

/* Flows of other workers, by their names and, of those that their peers opened, by their peers'
 * addresses. Zeroed: none. */
typedef struct sip__far {
    sip_map by_flow, by_remote; /* once there is one */
    bool ready;
} sip__far;

/* What a worker's transports ask. */
extern const sip__far_hooks sip__far_hooks_of_worker;

/* A message has come by `path`, a flow of another worker. *peer: what that has proved, of which
 * NULL is left if it is taken over. Without memory the flow stays unknown: what is sent along it
 * gets there all the same. */
void sip__far_note(sip_worker *worker, const sip_path *path, bool accepted, sip_tls_peer **peer);
/* What the peer of that flow has proved; NULL: nothing that is known here. */
const sip_tls_peer *sip__far_peer(const sip_worker *worker, sip_flow flow);
/* Is that flow known, and not known to have ended? */
bool sip__far_knows(const sip_worker *worker, sip_flow flow);
/* Have the owner say so if that flow has ended: for who did not hear of it from the owner itself,
 * and so may have heard of its end before. */
void sip__far_ask(sip_worker *worker, const sip_path *path);
void sip__far_finish(sip_worker *worker);

/* A flow of this worker has ended: the others are told. */
void sip__far_tell_ended(sip_worker *worker, const sip_path *path, int err, const char *text);
/* A transport that all workers send by says so. */
void sip__far_tell_unreachable(sip_worker *worker, const sip_network_error *error);
/* What was sent for another worker, by its `ref`, did not get through. @return false: it was not
 * for another */
bool sip__far_tell_failed(sip_worker *worker, uint64_t ref, const sip_path *to, int err,
                          const char *text);
/* Have the owner of path->flow keep it alive. @return 0, SIP_EGONE, SIP_ENOMEM */
int sip__far_keep_alive(sip_worker *worker, const sip_path *path, uint32_t interval_s);
/* Have the owner of `flow` use it for requests to `addr` as well. @return 0 or SIP_ENOMEM */
int sip__far_alias(sip_worker *worker, sip_flow flow, const sip_addr *addr);
/* Give an answer to a keep-alive to the worker that its id names. @return false: that is this one,
 * or none */
bool sip__far_pass_keepalive(sip_worker *worker, const sip_path *from, sip_str bytes);
/* A transport of the application's on `worker`, for another one to send by. @return 0 or
 * SIP_ENOMEM */
int sip__far_transport_create(sip_worker *of, const sip_transport *there,
                              sip_transport **ret_transport);
/* sip__listen_config.deal of the first worker: the others get their share. */
bool sip__far_deal(void *arg, sip_transport *transport, int fd, const sip_addr *remote);

#endif
