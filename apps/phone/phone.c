#include "phone/phone.h"

#include "common/listen_to.h"
#include "common/say.h"
#include "common/version.h"
#include "phone/line_input.h"
#include <signal.h>

json_t *cause_members(const dum_cause *cause)
{
    return json_pack("{s:i, s:o}", "code", cause->status, "reason", events_text(cause->text));
}

int phone_refuse(struct phone *phone, const char *command, int err, const char *why)
{
    if (why == NULL) {
        why = sip_error_text(err);
    }
    events_emit(&phone->events, EVENT_ERROR,
                json_pack("{s:s, s:s}", "command", command, "reason", why), "%s: %s", command, why);
    return err;
}

static void on_active(dum_registration *reg, const sip_msg *response, void *user_data)
{
    struct phone *phone = user_data;
    unsigned expires_s = dum_registration_expires_s(reg);
    sip_str aor = dum_profile_aor(phone->me);

    (void)response;
    phone->registered = true;
    events_emit(&phone->events, EVENT_REGISTERED,
                json_pack("{s:o, s:i}", "aor", events_text(aor), "expires", (int)expires_s),
                SIP_FMT " for %u s", SIP_ARG(aor), expires_s);
}

static void on_retrying(dum_registration *reg, const dum_cause *cause, void *user_data)
{
    struct phone *phone = user_data;
    json_t *members = cause_members(cause);

    (void)reg;
    phone->registered = false;
    json_object_set_new(members, "retry_s", json_integer(cause->retry_ms / 1000));
    events_emit(&phone->events, EVENT_REGISTRATION_RETRYING, members, SIP_FMT ", again in %u s",
                SIP_ARG(cause->text), (unsigned)(cause->retry_ms / 1000));
}

static void on_unregistered(dum_registration *reg, const dum_cause *cause, void *user_data)
{
    struct phone *phone = user_data;
    bool wanted = cause->why == DUM_WHY_LOCAL || cause->why == DUM_WHY_SHUTDOWN;

    (void)reg;
    phone->registration = NULL;
    phone->registered = false;
    events_emit(&phone->events, wanted ? EVENT_UNREGISTERED : EVENT_REGISTRATION_FAILED,
                cause_members(cause), SIP_FMT, SIP_ARG(cause->text));
}

static const dum_registration_handler registrations = {
    .on_active = on_active,
    .on_retrying = on_retrying,
    .on_terminated = on_unregistered,
};

bool phone_is_called(const struct phone *phone, const sip_msg *request)
{
    const sip_uri *uri = sip_msg_request_uri(request);
    sip_address me;

    return !phone->options->strict_user ||
           (uri != NULL && sip_address_parse(sip_str_of(phone->options->aor), &me) == 0 &&
            sip_str_same(uri->user, me.uri.user));
}

static void on_message(dum_manager *dum, dum_request *request, void *user_data)
{
    struct phone *phone = user_data;
    const sip_msg *msg = dum_request_msg(request);
    const sip_address *from = sip_msg_from(msg);
    const sip_body *body = sip_msg_body(msg);
    sip_str text = body != NULL ? body->data : (sip_str){0};

    (void)dum;
    if (!phone_is_called(phone, msg)) {
        dum_request_respond(request, 404, NULL);
        return;
    }
    events_emit(
        &phone->events, EVENT_MESSAGE,
        json_pack("{s:o, s:o}", "from", events_text(from->uri.text), "text", events_text(text)),
        "from " SIP_FMT ": " SIP_FMT, SIP_ARG(from->uri.text), SIP_ARG(text));
    dum_request_respond(request, 200, NULL);
}

static void on_sent(dum_pager *pager, const dum_cause *cause, void *user_data)
{
    struct phone *phone = user_data;
    bool good = cause->why == DUM_WHY_LOCAL;

    (void)pager;
    phone->oneshots--;
    events_emit(&phone->events, good ? EVENT_MESSAGE_SENT : EVENT_MESSAGE_FAILED,
                cause_members(cause), SIP_FMT, SIP_ARG(cause->text));
}

static const dum_pager_handler pagers = {.on_message = on_message, .on_terminated = on_sent};

static void on_queried(dum_out_of_dialog *ood, const sip_msg *response, void *user_data)
{
    struct phone *phone = user_data;
    int status = sip_msg_status(response);
    sip_str allow = sip_msg_find(response, "Allow", 0);
    sip_str agent = sip_msg_find(response, "User-Agent", 0);

    (void)ood;
    if (agent.ptr == NULL) {
        agent = sip_msg_find(response, "Server", 0);
    }
    events_emit(&phone->events, status < 300 ? EVENT_OPTIONS_ANSWERED : EVENT_OPTIONS_FAILED,
                json_pack("{s:i, s:o, s:o, s:o}", "code", status, "reason",
                          events_text(sip_msg_phrase(response)), "allow", events_text(allow),
                          "agent", events_text(agent)),
                "%d " SIP_FMT "%s" SIP_FMT, status, SIP_ARG(sip_msg_phrase(response)),
                allow.len > 0 ? ", allows " : "", SIP_ARG(allow));
}

static void on_query_ended(dum_out_of_dialog *ood, const dum_cause *cause, void *user_data)
{
    struct phone *phone = user_data;

    (void)ood;
    phone->oneshots--;
    if (cause->msg == NULL && cause->why != DUM_WHY_LOCAL) { /* else on_queried() has told it */
        events_emit(&phone->events, EVENT_OPTIONS_FAILED, cause_members(cause), SIP_FMT,
                    SIP_ARG(cause->text));
    }
}

static void on_query(dum_manager *dum, dum_request *request, void *user_data)
{
    static const sip_header abilities[] = {
        {"Accept", "text/plain"}, {"Accept-Language", "en"}, {0}};
    const sip_msg *msg = dum_request_msg(request);
    const sip_extras extras = {.headers = abilities};

    (void)dum;
    if (sip_msg_method(msg) != SIP_METHOD_OPTIONS) {
        dum_request_respond(request, 405, NULL);
    } else if (sip_msg_request_uri(msg)->user.len > 0 && !phone_is_called(user_data, msg)) {
        dum_request_respond(request, 404, NULL);
    } else {
        dum_request_respond(request, 200, &extras);
    }
}

static const dum_out_of_dialog_handler queries = {
    .on_request = on_query,
    .on_response = on_queried,
    .on_terminated = on_query_ended,
};

int phone_register(struct phone *phone)
{
    dum_registration_config config = {.registrar = phone->options->registrar};
    int err = phone->registration != NULL
                  ? dum_registration_refresh(phone->registration)
                  : dum_registration_create(phone->me, &config, &phone->registration);

    return err == 0 ? 0 : phone_refuse(phone, "register", err, NULL);
}

int phone_unregister(struct phone *phone)
{
    if (phone->registration == NULL) {
        return phone_refuse(phone, "unregister", SIP_ESTATE, "not registered");
    }
    return dum_registration_end(phone->registration);
}

int phone_message(struct phone *phone, const char *to, const char *text)
{
    dum_pager_config config = {.to = to, .text = text};
    int err = dum_pager_create(phone->me, &config, NULL);

    if (err != 0) {
        return phone_refuse(
            phone, "message", err,
            err == SIP_ETOOBIG ? "too long: with its headers it may have 1,300 bytes" : NULL);
    }
    phone->oneshots++;
    return 0;
}

int phone_options_query(struct phone *phone, const char *to)
{
    dum_out_of_dialog_config config = {.to = to};
    int err = dum_out_of_dialog_create(phone->me, &config, NULL);

    if (err != 0) {
        return phone_refuse(phone, "options", err, NULL);
    }
    phone->oneshots++;
    return 0;
}

/* As JSON, and as " UDP:…  TCP:…" as far as there is room. */
static json_t *list_listeners(const struct phone *phone, char *out, size_t size)
{
    json_t *list = json_array();
    sip_protocol protocol;
    sip_addr addr;
    size_t len = 0;

    for (size_t i = 0; sip_stack_listener(phone->stack, i, &protocol, &addr); i++) {
        char text[SIP_ADDR_TEXT_BYTES];
        sip_str name = sip_protocol_name(protocol);
        const char *host = sip_addr_text(&addr, text);

        json_array_append_new(list, json_sprintf(SIP_FMT ":%s", SIP_ARG(name), host));
        if (len < size) {
            len += (size_t)snprintf(out + len, size - len, " " SIP_FMT ":%s", SIP_ARG(name), host);
        }
    }
    return list;
}

void phone_status(struct phone *phone)
{
    char where[512] = "", calls[2048];
    json_t *listening = list_listeners(phone, where, sizeof where);
    json_t *present = calls_status(phone, calls, sizeof calls);

    events_emit(&phone->events, EVENT_STATUS,
                json_pack("{s:s, s:b, s:o, s:o}", "aor", phone->options->aor, "registered",
                          phone->registered, "listening", listening, "calls", present),
                "%s, %s, on%s; %s", phone->options->aor,
                phone->registered ? "registered" : "not registered", where, calls);
}

static int say_stack_error(const struct phone *phone)
{
    say_error(PHONE_PROGRAM, "%s", sip_stack_error(phone->stack));
    return 1;
}

/* Told twice, the stack stops without waiting for anybody's goodbye. */
static void on_terminate(int signum, void *user_data)
{
    struct phone *phone = user_data;

    (void)signum;
    phone->interrupted = true;
    if (phone->leaving) {
        sip_stack_stop(phone->stack);
    } else {
        phone_quit(phone);
    }
}

static int make_account(struct phone *phone)
{
    const phone_options *options = phone->options;
    dum_profile_config me = {
        .aor = options->aor,
        .auth_user = options->auth_user,
        .password = options->password,
        .outbound_proxy = options->proxy,
    };
    dum_config manager = {.user_agent = PHONE_PROGRAM "/" PARLEY_VERSION};

    return dum_manager_create(phone->stack, &manager, &phone->dum) ||
           dum_profile_create(phone->dum, &me, &phone->me) ||
           dum_manager_set_registration_handler(phone->dum, &registrations, phone) ||
           dum_manager_set_pager_handler(phone->dum, &pagers, phone) ||
           dum_manager_set_out_of_dialog_handler(phone->dum, &queries, phone) ||
           calls_attach(phone);
}

int phone_start(struct phone *phone, const phone_options *options)
{
    sip_stack_config config = {.keepalive_s = 120};
    sip_listener_config listener = {.ws_path = options->ws_path};
    int status = tls_options_create(&options->tls, &options->listen, PHONE_PROGRAM, &phone->tls);

    if (status == 0) {
        status = log_output_open(&phone->log, &options->log, options->verbose, PHONE_PROGRAM);
    }
    if (status != 0) {
        return status;
    }
    listener.tls = phone->tls;
    transport_options_use(&options->transport, &config, &listener);
    config.log = log_output_log(&phone->log);
    config.tls = phone->tls;
    config.name_servers = options->name_servers;
    phone->options = options;
    phone->events.out = stdout;
    phone->events.json = options->json;
    sip_list_init(&phone->calls);
    status = sip_stack_create(&config, &phone->stack);
    if (status == SIP_EINVAL && options->name_servers != NULL) {
        say_error(PHONE_PROGRAM, "--name-servers '%s': must be IP[:PORT],…", options->name_servers);
        return 2;
    }
    if (status != 0) {
        return say_stack_error(phone);
    }
    status = listen_to(phone->stack, &options->listen, &listener, PHONE_PROGRAM);
    if (status != 0) {
        return status;
    }
    if (make_account(phone) != 0 ||
        sip_stack_on_signal(phone->stack, SIGINT, on_terminate, phone) != 0 ||
        sip_stack_on_signal(phone->stack, SIGTERM, on_terminate, phone) != 0) {
        return say_stack_error(phone);
    }
    status = trace_outputs_start(&phone->trace, &options->trace, options->json ? stderr : stdout,
                                 phone->stack, PHONE_PROGRAM);
    phone->trace.print.before = line_input_hide;
    phone->trace.print.after = line_input_show;
    return status;
}

void phone_quit(struct phone *phone)
{
    if (!phone->leaving) {
        phone->leaving = true;
        calls_hang_up_all(phone);
        sip_stack_stop(phone->stack);
    }
}

void phone_finish(struct phone *phone)
{
    if (phone->stack != NULL) {
        trace_outputs_stop(&phone->trace, phone->stack);
    }
    sip_stack_destroy(phone->stack);
    sip_tls_destroy(phone->tls);
    log_output_close(&phone->log);
}
