#include <sip/routing.h>

#include "base/sized.h"
#include "proxy/refusal.h"
#include "stack/stack.h"

struct sip_proxy {
    sip_proxy_config config;
    sip_proxy_handler handler;
    void *user_data;
    sip_stack *stack;
    const sip_allocator *allocator;
    sip_list hooks; /* sip_routing_hook */
};

struct sip_routing {
    sip_proxy *proxy;
    sip_tu *tu;
    const sip_msg *msg;
    sip_server_tx *tx; /* NULL: without a transaction */
    sip_relay *relay;
    sip_route_proof proof;
    bool ours;
    bool done; /* answered, or passed on without a relay */
};

/* ---- what a routing function asks and says */

sip_proxy *sip_routing_proxy(const sip_routing *routing)
{
    return routing != NULL ? routing->proxy : NULL;
}

const sip_msg *sip_routing_msg(const sip_routing *routing)
{
    return routing != NULL ? routing->msg : NULL;
}

bool sip_routing_is_ours(const sip_routing *routing)
{
    return routing != NULL && routing->ours;
}

sip_route_proof sip_routing_proof(const sip_routing *routing)
{
    return routing != NULL ? routing->proof : SIP_ROUTE_ELSEWHERE;
}

bool sip_routing_is_decided(const sip_routing *routing)
{
    return routing != NULL && (routing->done || routing->relay != NULL);
}

static bool is_ack(const sip_routing *routing)
{
    return sip_msg_method(routing->msg) == SIP_METHOD_ACK;
}

int sip_routing_respond(sip_routing *routing, int status, const sip_extras *extras)
{
    int err = 0;

    if (routing == NULL || status < 100 || status > 699) {
        return SIP_EINVAL;
    }
    if (routing->done) {
        return SIP_ESTATE;
    }
    if (routing->relay != NULL) {
        return sip_relay_respond(routing->relay, status, extras);
    }
    if (routing->tx != NULL) {
        err = sip_server_tx_respond(routing->tx, status, extras);
    } else if (!is_ack(routing) && status >= 200) {
        err = sip_tu_respond(routing->tu, routing->msg, status, extras);
    }
    routing->done = err == 0 && status >= 200;
    return err;
}

/* What could not be passed on is answered, unless it has been. */
static void answer_error(sip_routing *routing, int err)
{
    int status = err == SIP_EGONE ? 430 : err == SIP_ESYNTAX ? 403 : sip_error_status(err);

    if (routing->tx != NULL) {
        (void)sip_server_tx_respond(routing->tx, status > 0 ? status : 500, NULL);
    } else if (!is_ack(routing) && err != SIP_EHOPS) { /* 440 has been sent */
        (void)sip_tu_respond(routing->tu, routing->msg, status > 0 ? status : 500, NULL);
    }
    routing->done = true;
}

/* A Request-URI that is no SIP leads nowhere from here, unless a Route beyond us does (16.3 item
 * 2).
 */
static bool leads_nowhere(const sip_routing *routing, const sip_target *target)
{
    const sip_uri *uri = sip_msg_request_uri(routing->msg);
    const sip_address *route;

    if ((target != NULL && (target->uri != NULL || target->path != NULL)) ||
        (uri != NULL && (uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS))) {
        return false;
    }
    for (size_t i = 0; (route = sip_msg_address(routing->msg, SIP_HEADER_ROUTE, i)) != NULL; i++) {
        if (!sip_stack_owns_uri(routing->proxy->stack, &route->uri)) {
            return false;
        }
    }
    return routing->proof != SIP_ROUTE_OF_FLOW;
}

static int make_relay(sip_routing *routing)
{
    const sip_proxy *proxy = routing->proxy;
    int err = routing->relay != NULL
                  ? 0
                  : sip_relay_create(routing->tx, &proxy->config.relay, proxy->handler.relay,
                                     proxy->user_data, &routing->relay);

    if (err != 0) {
        answer_error(routing, err);
    }
    return err;
}

sip_relay *sip_routing_relay(sip_routing *routing)
{
    return routing == NULL || routing->done || routing->tx == NULL || make_relay(routing) != 0
               ? NULL
               : routing->relay;
}

int sip_routing_add(sip_routing *routing, const sip_target *target)
{
    int err;

    if (routing == NULL) {
        return SIP_EINVAL;
    }
    if (routing->done) {
        return SIP_ESTATE;
    }
    if (leads_nowhere(routing, target)) {
        (void)sip_routing_respond(routing, 416, NULL);
        return SIP_EUNSUPPORTED;
    }
    if (routing->tx != NULL) {
        err = make_relay(routing);
        return err != 0 ? err : sip_relay_add(routing->relay, target);
    }
    err = sip_relay_forward(routing->tu, routing->msg, &routing->proxy->config.relay, target);
    if (err != 0 && err != SIP_EINVAL && err != SIP_ENOMEM) {
        answer_error(routing, err);
    }
    routing->done = routing->done || err == 0;
    return err;
}

/* ---- the way of a request */

static bool is_inside(const sip_routing *routing)
{
    return routing->proof == SIP_ROUTE_OF_DIALOG || routing->proof == SIP_ROUTE_OF_FLOW;
}

/* What 16.3 asks before anybody thinks of a target. The last hop is far enough for who only asks
 * us. */
static void validate(sip_routing *routing)
{
    const sip_uri *uri = sip_msg_request_uri(routing->msg);
    const sip_method method = sip_msg_method(routing->msg);
    uint32_t hops = 1;
    sip__refusal refusal;

    if (method != SIP_METHOD_ACK && method != SIP_METHOD_CANCEL &&
        sip_msg_value(routing->msg, SIP_HEADER_PROXY_REQUIRE, 0).ptr != NULL) {
        sip__refusal_init(&refusal, routing->msg, 420);
        (void)sip_routing_respond(routing, 420, &refusal.extras);
    } else if (sip_msg_number(routing->msg, SIP_HEADER_MAX_FORWARDS, &hops) == 0 && hops == 0 &&
               !(method == SIP_METHOD_OPTIONS && routing->ours && uri->user.len == 0)) {
        (void)sip_routing_respond(routing, 483, NULL);
    }
}

static void ask(sip_routing *routing)
{
    const sip_proxy *proxy = routing->proxy;

    validate(routing);
    for (sip_list *link = proxy->hooks.next;
         link != &proxy->hooks && !sip_routing_is_decided(routing); link = link->next) {
        const sip_routing_hook *hook = SIP_CONTAINER_OF(link, sip_routing_hook, link);

        if (hook->before != NULL) {
            hook->before(routing, hook->user_data);
        }
    }
    if (sip_routing_is_decided(routing)) {
        return;
    }
    if (is_inside(routing) && proxy->config.route_dialogs != SIP_ON) {
        (void)sip_routing_add(routing, NULL);
    } else if (proxy->handler.route != NULL) {
        proxy->handler.route(routing, proxy->user_data);
    }
}

static void tell(sip_routing *routing)
{
    const sip_proxy *proxy = routing->proxy;

    for (sip_list *link = proxy->hooks.next; link != &proxy->hooks; link = link->next) {
        const sip_routing_hook *hook = SIP_CONTAINER_OF(link, sip_routing_hook, link);

        if (hook->after != NULL) {
            hook->after(routing, hook->user_data);
        }
    }
}

/* For what nobody has decided. */
static int default_status(const sip_routing *routing)
{
    if (leads_nowhere(routing, NULL)) {
        return 416;
    }
    return routing->ours ? 404 : 403;
}

static void route(sip_proxy *proxy, sip_tu *tu, const sip_msg *msg, sip_server_tx *tx)
{
    sip_routing routing = {
        .proxy = proxy,
        .tu = tu,
        .msg = sip_msg_ref(msg), /* an answer gives the transaction's back */
        .tx = tx,
        .proof = sip_relay_route_proof(proxy->stack, msg),
        .ours = sip_stack_owns_uri(proxy->stack, sip_msg_request_uri(msg)),
    };

    ask(&routing);
    if (!sip_routing_is_decided(&routing)) {
        (void)sip_routing_respond(&routing, default_status(&routing), NULL);
    }
    tell(&routing);
    sip_msg_unref(routing.msg);
}

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    route(user_data, tu, sip_server_tx_request(tx), tx);
}

static void on_plain(sip_tu *tu, const sip_msg *request, void *user_data)
{
    route(user_data, tu, request, NULL);
}

static void on_response(sip_tu *tu, const sip_msg *response, void *user_data)
{
    (void)user_data;
    (void)sip_tu_forward(tu, response);
}

static void on_destroy(sip_tu *tu, void *user_data)
{
    sip_proxy *proxy = user_data;

    (void)tu;
    sip_free(proxy->allocator, proxy);
}

static const sip_tu_handler stateful = {.on_request = on_request,
                                        .on_ack = on_plain,
                                        .on_stray_response = on_response,
                                        .on_destroy = on_destroy};
static const sip_tu_handler stateless = {
    .on_stateless_request = on_plain, .on_stray_response = on_response, .on_destroy = on_destroy};

int sip_proxy_create_sized(sip_stack *stack, const sip_proxy_config *given, size_t config_bytes,
                           const sip_proxy_handler *handler, size_t handler_bytes, void *user_data,
                           sip_proxy **ret_proxy)
{
    sip_proxy_config config;
    sip_proxy_handler own_handler;
    sip_proxy *proxy;
    int err;

    if (stack == NULL || sip__sized_copy(&config, sizeof config, given, config_bytes) != 0 ||
        sip__sized_copy(&own_handler, sizeof own_handler, handler, handler_bytes) != 0) {
        return SIP_EINVAL;
    }
    proxy = sip_alloc0(stack->config.allocator, sizeof *proxy);
    if (proxy == NULL) {
        return SIP_ENOMEM;
    }
    *proxy = (sip_proxy){
        .config = config,
        .handler = own_handler,
        .user_data = user_data,
        .stack = stack,
        .allocator = stack->config.allocator,
    };
    sip_list_init(&proxy->hooks);
    err = sip_tu_create(stack, &proxy->config.tu,
                        config.stateless == SIP_ON ? &stateless : &stateful, proxy, NULL);
    if (err != 0) {
        sip_free(proxy->allocator, proxy);
        return err;
    }
    if (ret_proxy != NULL) {
        *ret_proxy = proxy;
    }
    return 0;
}

void sip_proxy_add_hook(sip_proxy *proxy, sip_routing_hook *hook)
{
    if (proxy != NULL && hook != NULL) {
        sip_list_init(&hook->link);
        sip_list_append(&proxy->hooks, &hook->link);
    }
}

void sip_proxy_remove_hook(sip_routing_hook *hook)
{
    if (hook != NULL && hook->link.next != NULL) {
        sip_list_remove(&hook->link);
    }
}

sip_stack *sip_proxy_stack(const sip_proxy *proxy)
{
    return proxy != NULL ? proxy->stack : NULL;
}
