#include "feature/exchange.h"

#define MAX_TRIES 5u
/* A forgotten INVITE that was answered provisionally would wait for its final response for ever. */
#define FORGOTTEN_MS 32000u

struct dum__exchange {
    dum_manager *dum;
    dum__exchange_config config; /* handler NULL: forgotten */
    sip_client_tx *tx;           /* the last try's; NULL: it has ended */
    unsigned live;               /* transactions that have not ended */
    unsigned tries;
    bool cancelled;
    bool final; /* a final response or failure has been told */
    sip_timer timer;
};

static const sip_client_tx_handler client_tx_handler;

static int start(dum__exchange *exchange, const sip_msg *request)
{
    const dum__exchange_config *config = &exchange->config;
    sip_send_options options = {0};
    sip_path way, flow;
    sip_client_tx *tx;
    int err;

    if (config->options != NULL) {
        options = *config->options;
    }
    if (config->dialog != NULL) {
        way = dum__dialog_way(config->dialog);
        options.prefer = &way;
        if (dum__dialog_flow(config->dialog, &flow)) {
            options.path = &flow;
        }
    }
    err = sip_client_tx_create(exchange->dum->tu, request, &options, &client_tx_handler, exchange,
                               &tx);
    if (err != 0) {
        return err;
    }
    exchange->tx = tx;
    exchange->live++;
    exchange->tries++;
    return 0;
}

int dum__exchange_send(dum_manager *dum, const dum__exchange_config *config, const sip_msg *request,
                       dum__exchange **ret_exchange)
{
    dum__exchange *exchange = dum__alloc0(dum, sizeof *exchange);
    int err;

    if (exchange == NULL) {
        return SIP_ENOMEM;
    }
    exchange->dum = dum;
    exchange->config = *config;
    err = start(exchange, request);
    if (err != 0) {
        dum__free(dum, exchange);
        return err;
    }
    if (ret_exchange != NULL) {
        *ret_exchange = exchange;
    }
    return 0;
}

static void abandon(void *arg)
{
    dum__exchange *exchange = arg;

    if (exchange->tx != NULL) {
        sip_client_tx_abandon(exchange->tx);
    }
}

void dum__exchange_forget(dum__exchange *exchange)
{
    if (exchange == NULL) {
        return;
    }
    exchange->config.handler = NULL;
    exchange->config.owner = NULL;
    exchange->config.dialog = NULL;
    if (exchange->final || exchange->dum->destroying || exchange->tx == NULL ||
        sip_msg_method(sip_client_tx_request(exchange->tx)) != SIP_METHOD_INVITE) {
        return;
    }
    if (exchange->cancelled) {
        abandon(exchange);
    } else {
        sip_timer_init(&exchange->timer, abandon, exchange);
        sip_timer_set(exchange->dum->worker, &exchange->timer, FORGOTTEN_MS);
    }
}

int dum__exchange_cancel(dum__exchange *exchange, const sip_extras *extras)
{
    if (exchange->final || exchange->tx == NULL) {
        return SIP_ESTATE;
    }
    exchange->cancelled = true;
    return sip_client_tx_cancel(exchange->tx, extras);
}

const sip_msg *dum__exchange_request(const dum__exchange *exchange)
{
    return exchange->tx == NULL ? NULL : sip_client_tx_request(exchange->tx);
}

const sip_path *dum__exchange_path(const dum__exchange *exchange)
{
    return exchange->tx == NULL ? NULL : sip_client_tx_path(exchange->tx);
}

/* The request again with the next CSeq and with credentials (RFC 3261 22.2). */
static int make_retry(const dum__exchange *exchange, uint32_t cseq, sip_msg **ret_request)
{
    static const sip_header_id replaced[] = {SIP_HEADER_VIA, SIP_HEADER_CSEQ,
                                             SIP_HEADER_AUTHORIZATION,
                                             SIP_HEADER_PROXY_AUTHORIZATION, SIP_HEADER_CONTACT};
    const dum__exchange_config *config = &exchange->config;
    const sip_msg *old = sip_client_tx_request(exchange->tx);
    const sip_body *body = sip_msg_body(old);
    size_t n = sizeof replaced / sizeof replaced[0] - (config->contact ? 0 : 1);
    sip_build *build = sip_build_from(old, (sip_str){0});

    sip_build_headerf(build, SIP_HEADER_CSEQ, "%u " SIP_FMT, (unsigned)cseq,
                      SIP_ARG(sip_msg_method_text(old)));
    sip_build_copy_others(build, old, replaced, n);
    if (config->contact) {
        sip_build_contact(build, sip_str_of(config->profile->contact_user),
                          sip_str_of(config->contact_params));
    }
    dum__client_auth_add(config->auth, config->profile, build, sip_msg_method_text(old),
                         sip_msg_request_uri_text(old), body == NULL ? (sip_str){0} : body->data);
    sip_build_copy_body(build, old);
    return sip_build_finish(build, ret_request);
}

/* Answer a challenge with another try. @return 0; SIP_ENOMEM, SIP_EBUSY (it could be answered, but
 * not now); else it is the final response */
static int try_again(dum__exchange *exchange, const sip_msg *response)
{
    dum__exchange_config *config = &exchange->config;
    int status = sip_msg_status(response);
    sip_msg *request;
    int err;

    if ((status != 401 && status != 407) || exchange->cancelled || config->auth == NULL ||
        exchange->dum->destroying || exchange->tries >= MAX_TRIES) {
        return SIP_EUNSUPPORTED;
    }
    err = dum__client_auth_learn(config->auth, config->profile, response,
                                 sip_client_tx_request(exchange->tx));
    if (err == 0) {
        err = make_retry(exchange, *config->cseq + 1, &request);
    }
    if (err != 0) {
        return err;
    }
    err = start(exchange, request);
    sip_msg_unref(request);
    if (err == 0) {
        ++*config->cseq;
    }
    return err;
}

/* The credentials may be right: what stands in the way is here, and may pass. */
static void fail_here(dum__exchange *exchange, int err)
{
    const dum__exchange_handler *handler = exchange->config.handler;
    const sip_failure failure = {.status = 503, .err = err, .text = sip_error_text(err)};

    if (handler->on_failed != NULL) {
        handler->on_failed(exchange, &failure, exchange->config.owner);
    }
}

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    dum__exchange *exchange = user_data;
    const dum__exchange_handler *handler = exchange->config.handler;
    int err;

    if (tx != exchange->tx || handler == NULL) {
        return; /* a forgotten one ends by its own timers once it is answered */
    }
    if (exchange->config.dialog != NULL) {
        dum__dialog_note_way(exchange->config.dialog, response);
    }
    if (sip_msg_status(response) >= 200) {
        err = exchange->final ? SIP_ESTATE : try_again(exchange, response);
        if (err == 0) {
            return;
        }
        exchange->final = true;
        if (err == SIP_ENOMEM || err == SIP_EBUSY) {
            fail_here(exchange, err);
            return;
        }
    }
    if (handler->on_response != NULL) {
        handler->on_response(exchange, response, exchange->config.owner);
    }
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    dum__exchange *exchange = user_data;
    const dum__exchange_handler *handler = exchange->config.handler;

    if (tx != exchange->tx || handler == NULL || exchange->final) {
        return;
    }
    exchange->final = true;
    if (handler->on_failed != NULL) {
        handler->on_failed(exchange, failure, exchange->config.owner);
    }
}

static void on_ended(sip_client_tx *tx, void *user_data)
{
    dum__exchange *exchange = user_data;
    const dum__exchange_handler *handler = exchange->config.handler;

    if (tx == exchange->tx) {
        exchange->tx = NULL;
    }
    exchange->live--;
    if (exchange->live > 0) {
        return;
    }
    if (handler != NULL && handler->on_ended != NULL) {
        handler->on_ended(exchange, exchange->config.owner);
    }
    sip_timer_clear(exchange->dum->worker, &exchange->timer);
    dum__free(exchange->dum, exchange);
}

static const sip_client_tx_handler client_tx_handler = {
    .on_response = on_response,
    .on_failed = on_failed,
    .on_ended = on_ended,
};
