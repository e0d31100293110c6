/* A whole proxy but for its decisions: a transaction user that checks each request, asks a routing
 * function of yours where it goes, and has that done, with relays or without any state (RFC 3261
 * 16). Callbacks stand before and after that function. Everything on the proxy's worker. */
#ifndef SIP_ROUTING_H
#define SIP_ROUTING_H

#include <sip/relay.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_proxy sip_proxy;

/** One request that is being routed; lives for the call that it is given to. */
typedef struct sip_routing sip_routing;

typedef struct sip_proxy_config {
    sip_tu_config tu;       /**< which requests it takes */
    sip_relay_config relay; /**< of all that it passes on */
    /** No transactions and no relays (RFC 3261 16.11): one target a request, which must be the same
     * for what is repeated, and the rest is between the ends. Default off */
    sip_switch stateless;
    /** Ask the routing function about requests in dialogs and along flows of ours too (see
     * sip_relay_route_proof()), which else go where their Route or Request-URI leads. Default off
     */
    sip_switch route_dialogs;
} sip_proxy_config;

/** The struct is borrowed and must outlive the proxy. */
typedef struct sip_proxy_handler {
    /** The routing function: say where the request goes with sip_routing_add(), answer it with
     * sip_routing_respond(), or take its relay with sip_routing_relay() and do either later. If it
     * does nothing of that, the request is answered 404 if its Request-URI is ours, 416 if that
     * leads nowhere, else 403, so that nobody is relayed by oversight; an ACK is dropped. NULL: as
     * if it did nothing. */
    void (*route)(sip_routing *routing, void *user_data);
    /** Of all its relays, with user_data the proxy's; NULL: none. */
    const sip_relay_handler *relay;
} sip_proxy_handler;

/** Callbacks around the routing function; lives in its owner until it is removed. Members may be
 * NULL. */
typedef struct sip_routing_hook {
    /** Before it, in the order of adding, for requests in dialogs too: whoever answers or adds a
     * target decides, and neither later hooks nor the function are asked. */
    void (*before)(sip_routing *routing, void *user_data);
    /** After it, in the same order, whoever decided; what has been decided stands. */
    void (*after)(sip_routing *routing, void *user_data);
    void *user_data;
    sip_list link; /**< private */
} sip_routing_hook;

/** @private */
SIP_API int sip_proxy_create_sized(sip_stack *stack, const sip_proxy_config *config,
                                   size_t config_bytes, const sip_proxy_handler *handler,
                                   size_t handler_bytes, void *user_data, sip_proxy **ret_proxy);
/** Make a proxy; `config` may be NULL. It goes with its stack. @return 0, SIP_EINVAL, SIP_ENOMEM */
static inline int sip_proxy_create(sip_stack *stack, const sip_proxy_config *config,
                                   const sip_proxy_handler *handler, void *user_data,
                                   sip_proxy **ret_proxy)
{
    return sip_proxy_create_sized(stack, config, sizeof *config, handler, sizeof *handler,
                                  user_data, ret_proxy);
}
/** Have a hook called; not from inside one. */
SIP_API void sip_proxy_add_hook(sip_proxy *proxy, sip_routing_hook *hook);
/** Call it no more; not from inside one. Harmless when it is not called. */
SIP_API void sip_proxy_remove_hook(sip_routing_hook *hook);
/** The stack of a proxy. */
SIP_API sip_stack *sip_proxy_stack(const sip_proxy *proxy);

/** The proxy that routes. */
SIP_API sip_proxy *sip_routing_proxy(const sip_routing *routing);
/** The request as it was received; borrowed. */
SIP_API const sip_msg *sip_routing_msg(const sip_routing *routing);
/** True if its Request-URI is ours. */
SIP_API bool sip_routing_is_ours(const sip_routing *routing);
/** What its Route proves. */
SIP_API sip_route_proof sip_routing_proof(const sip_routing *routing);
/** True once it has been answered, has a relay, or has been passed on. */
SIP_API bool sip_routing_is_decided(const sip_routing *routing);
/** Send it to a target; NULL: where its Route or Request-URI leads. Without state, and for an ACK,
 * it leaves at once and the first target is the only one. What 16.3 and 16.4 forbid is answered:
 * 416, 420, 440, 482, 483, 430 and 403 for flows that have ended or are none of ours.
 * @return 0; an error of sip_relay_create() or sip_relay_forward(), then it has been answered;
 * SIP_ESTATE (decided otherwise); SIP_EINVAL (the target); SIP_ENOMEM */
SIP_API int sip_routing_add(sip_routing *routing, const sip_target *target);
/** Answer it; an ACK is dropped. @return 0; SIP_ESTATE (decided); SIP_EINVAL; SIP_ENOMEM */
SIP_API int sip_routing_respond(sip_routing *routing, int status, const sip_extras *extras);
/** Its relay, made if need be: with it targets may be added and answers given later, also when the
 * call is over. NULL: answered already, an ACK, a proxy without state, or it cannot be passed on,
 * which has been answered then. */
SIP_API sip_relay *sip_routing_relay(sip_routing *routing);

#ifdef __cplusplus
}
#endif

#endif
