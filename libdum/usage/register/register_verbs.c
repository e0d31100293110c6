#include <dum/registration.h>

#include <stdio.h>

#include "dialog/outgoing.h"
#include "usage/register/register_client.h"

/* The registrar as given, else the AOR's host (10.2: no user there). @return 0, SIP_EINVAL,
 * SIP_ENOMEM */
static int find_registrar(dum_registration *reg, const char *given)
{
    const sip_allocator *allocator = reg->usage.object.dum->allocator;
    const sip_uri *aor = &reg->usage.profile->aor_address.uri;
    sip_address address;
    char uri[300];

    if (given != NULL) {
        if (dum__outgoing_parse_target(given, &address) != 0) {
            sip_stack_set_error(reg->usage.object.dum->stack,
                                "registration: the registrar is no SIP URI: %s", given);
            return SIP_EINVAL;
        }
        reg->registrar = sip_strdup(allocator, address.uri.text);
    } else {
        int len = snprintf(uri, sizeof uri, "%s:" SIP_FMT,
                           aor->scheme == SIP_SCHEME_SIPS ? "sips" : "sip", SIP_ARG(aor->host));

        if (len >= 0 && (size_t)len < sizeof uri && aor->port != 0) {
            len += snprintf(uri + len, sizeof uri - (size_t)len, ":%u", (unsigned)aor->port);
        }
        if (len < 0 || (size_t)len >= sizeof uri) {
            return SIP_EINVAL;
        }
        reg->registrar = sip_strdup(allocator, sip_str_of(uri));
    }
    return reg->registrar == NULL ? SIP_ENOMEM : 0;
}

/* What goes along is the caller's only until create() returns, but is sent again and again. */
static int keep_extras(dum_registration *reg, const sip_extras *extras)
{
    sip_build *build;

    if (extras == NULL) {
        return 0;
    }
    build = sip_build_request(reg->usage.object.dum->allocator, SIP_STR("REGISTER"),
                              sip_str_of(reg->registrar));
    sip_build_extras(build, extras);
    return sip_build_finish(build, &reg->extras);
}

int dum_registration_create_sized(dum_profile *of, const dum_registration_config *config,
                                  size_t config_bytes, dum_registration **ret_reg)
{
    dum_registration_config own;
    dum_registration *reg;
    sip_worker *worker;
    int err = dum__copy_sized(&own, sizeof own, config, config_bytes);

    if (of == NULL || err != 0 || !of->has_aor) {
        return SIP_EINVAL;
    }
    err = dum__may_begin(of->dum);
    if (err != 0) {
        return err;
    }
    reg = dum__usage_create(of, &dum__registration_class, sizeof *reg,
                            of->dum->registration.handler.data_bytes);
    if (reg == NULL) {
        return SIP_ENOMEM;
    }
    worker = of->dum->worker;
    sip_timer_init(&reg->timer, dum__registration_on_timer, reg);
    sip_worker_make_call_id(worker, reg->call_id);
    sip_worker_make_tag(worker, reg->from_tag);
    reg->asked_s = own.expires_s != 0 ? own.expires_s : of->registration_s;
    err = find_registrar(reg, own.registrar);
    if (err == 0) {
        err = keep_extras(reg, own.extras);
    }
    if (err == 0) {
        err = dum__registration_send(reg, reg->asked_s);
    }
    if (err != 0) {
        dum__usage_destroy(&reg->usage);
        return err;
    }
    if (ret_reg != NULL) {
        *ret_reg = reg;
    }
    return 0;
}

int dum_manager_set_registration_handler_sized(dum_manager *dum,
                                               const dum_registration_handler *handler,
                                               size_t handler_bytes, void *user_data)
{
    int err;

    if (dum == NULL) {
        return SIP_EINVAL;
    }
    err = dum__set_handler(&dum->registration.handler, sizeof dum->registration.handler, handler,
                           handler_bytes, &dum->registration.set);
    if (err == 0) {
        dum->registration.user_data = user_data;
    }
    return err;
}

uint32_t dum_registration_expires_s(const dum_registration *reg)
{
    return reg == NULL ? 0 : reg->granted_s;
}

int dum_registration_refresh(dum_registration *reg)
{
    int err;

    if (reg == NULL) {
        return SIP_EINVAL;
    }
    if (reg->usage.ending ||
        (reg->phase != DUM__REGISTRATION_ACTIVE && reg->phase != DUM__REGISTRATION_WAITING)) {
        return SIP_ESTATE;
    }
    err = dum__registration_send(reg, reg->asked_s);
    if (err == 0) {
        reg->phase = DUM__REGISTRATION_SENDING;
    }
    return err;
}

int dum_registration_end(dum_registration *reg)
{
    if (reg == NULL) {
        return SIP_EINVAL;
    }
    if (reg->usage.ending) {
        return SIP_ESTATE;
    }
    dum__registration_begin_end(reg);
    return 0;
}

void *dum_registration_data(dum_registration *reg)
{
    return reg == NULL ? NULL : dum__usage_data(&reg->usage, sizeof *reg);
}

dum_id dum_registration_id(const dum_registration *reg)
{
    return reg == NULL ? 0 : reg->usage.object.id;
}

dum_registration *dum_registration_find(dum_manager *dum, dum_id id)
{
    return dum__object_find(dum, id, &dum__registration_class.kind);
}
