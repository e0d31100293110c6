/* The registrar (RFC 3261 10.3). Require and authentication, steps 2 and 3, come before: dispatch
 * and the gate see to them. */
#include <dum/registrar.h>

#include <sip/headers.h>

#include "dialog/incoming.h"
#include "handler/emit.h"
#include "usage/register/aor.h"
#include "usage/register/binding_update.h"
#include "usage/register/register_request.h"

#define DEFAULT_MIN_S 60u
#define DEFAULT_MAX_S 86400u
#define DEFAULT_EXPIRES_S 3600u
#define DEFAULT_MAX_BINDINGS 10u
#define DEFAULT_MAX_AORS 1000000u
#define BUSY_RETRY_S 60u

struct dum_registrar {
    dum__part part; /* first */
    dum_manager *dum;
    dum_registrar_config config; /* every member set */
    dum__binding_store store;
};

static dum_registrar *registrar_of(dum__binding_store *store)
{
    return SIP_CONTAINER_OF(store, dum_registrar, store);
}

/* ---- who may be registered here (steps 1, 4 and 5) */

static bool is_our_host(const dum_registrar *registrar, const sip_msg *request, const sip_uri *aor)
{
    const sip_uri *uri = sip_msg_request_uri(request);

    if (sip_str_same_nocase(aor->host, uri->host) ||
        sip_stack_owns_uri(registrar->dum->stack, aor)) {
        return true;
    }
    for (const char *const *at = registrar->dum->domains; at != NULL && *at != NULL; at++) {
        if (sip_str_equal_nocase(aor->host, *at)) {
            return true;
        }
    }
    return false;
}

/* The canonical AOR of To. @return 0, or the status to refuse with */
static int find_aor(dum_registrar *registrar, const sip_msg *request, char out[DUM__AOR_BYTES],
                    sip_str *ret_aor)
{
    const sip_address *to = sip_msg_to(request);
    int len, status;

    if (to == NULL) {
        return 400;
    }
    len = dum__aor_canonical(&to->uri, out);
    if (len < 0) {
        return len == SIP_EINVAL ? 404 : 400;
    }
    if (!is_our_host(registrar, request, &to->uri)) {
        return 404;
    }
    status = dum__emit_registrar_check_aor(registrar->dum, registrar, request,
                                           (sip_str){out, (size_t)len});
    if (status != 0) {
        return status >= 300 && status <= 699 ? status : 403;
    }
    *ret_aor = (sip_str){out, (size_t)len};
    return 0;
}

/* ---- what the request asks for (steps 6 and 7) */

static int status_of(int err)
{
    switch (err) {
    case 0:
        return 0;
    case SIP_ESTATE: /* out of order: the request fails as a whole */
    case SIP_ENOMEM:
        return 500;
    }
    return 400;
}

static int plan_one(const dum_registrar *registrar, const sip_msg *request,
                    const sip_address *contact, dum__binding_update *update)
{
    dum__binding_facts facts = {
        .contact = contact->uri.text,
        .call_id = sip_msg_call_id(request),
        .cseq = sip_msg_cseq(request)->number,
        .q_permille = contact->q_permille,
        .has_q = contact->has_q,
        .path = sip_msg_source(request),
    };
    const dum_registrar_config *config = &registrar->config;

    facts.expires_s = dum__register_asked_s(request, contact, config->default_expires_s);
    if (dum__register_is_brief(facts.expires_s, config->min_expires_s)) {
        return 423;
    }
    if (facts.expires_s > config->max_expires_s) {
        facts.expires_s = config->max_expires_s;
    }
    return status_of(dum__binding_update_put(update, &facts, &contact->uri));
}

/* Collect what is to be changed. @return 0, or the status to refuse with */
static int plan(const dum_registrar *registrar, const sip_msg *request, dum__binding_update *update)
{
    dum__register_kind kind = dum__register_kind_of(request);
    sip_address contact;
    int status = 0;

    switch (kind) {
    case DUM__REGISTER_QUERY:
        return 0;
    case DUM__REGISTER_BAD:
        return 400;
    case DUM__REGISTER_CLEAR:
        return status_of(dum__binding_update_clear(update, sip_msg_call_id(request),
                                                   sip_msg_cseq(request)->number));
    case DUM__REGISTER_CONTACTS:
        break;
    }
    for (size_t i = 0; status == 0 && dum__register_contact(request, i, &contact); i++) {
        /* Some may still be removed, but a long list must not take memory without end. */
        if (dum__binding_update_count(update) / 2 > registrar->config.max_bindings) {
            return 403;
        }
        status = plan_one(registrar, request, &contact, update);
    }
    return status;
}

static int check_limits(const dum_registrar *registrar, const dum__binding_update *update)
{
    size_t count = dum__binding_update_count(update);

    if (count > registrar->config.max_bindings && count > update->set->count) {
        return 403;
    }
    if (update->set->count == 0 && count > 0 &&
        registrar->store.sets.count > registrar->config.max_aors) {
        return 503;
    }
    return 0;
}

/* ---- the answer (step 8) */

static void add_contacts(sip_build *build, const dum__binding_set *set)
{
    for (sip_list *at = set->bindings.next; at != &set->bindings; at = at->next) {
        const dum__binding *binding = SIP_CONTAINER_OF(at, dum__binding, link);
        dum_binding view = dum__binding_view(binding);

        if (binding->has_q) {
            sip_build_headerf(build, SIP_HEADER_CONTACT, "<" SIP_FMT ">;expires=%u;q=%u.%03u",
                              SIP_ARG(view.contact), (unsigned)view.expires_s,
                              view.q_permille / 1000u, view.q_permille % 1000u);
        } else {
            sip_build_headerf(build, SIP_HEADER_CONTACT, "<" SIP_FMT ">;expires=%u",
                              SIP_ARG(view.contact), (unsigned)view.expires_s);
        }
    }
}

static int send_ok(const dum_registrar *registrar, dum__incoming *in, const dum__binding_set *set)
{
    sip_build *build = dum__incoming_build(in, 200, (sip_str){0});
    char date[SIP_DATE_BYTES];

    add_contacts(build, set);
    if (sip_date_print(sip_worker_unix_s(registrar->dum->worker), date) == 0) {
        sip_build_header(build, SIP_HEADER_DATE, sip_str_of(date));
    }
    return dum__incoming_send(in, build);
}

static void refuse(const dum_registrar *registrar, dum__incoming *in, int status)
{
    sip_build *build;

    if (status == 503) {
        dum__incoming_respond_later(in, status, BUSY_RETRY_S);
        return;
    }
    build = dum__incoming_build(in, status, (sip_str){0});
    if (status == 423) {
        sip_build_headerf(build, SIP_HEADER_MIN_EXPIRES, "%u",
                          (unsigned)registrar->config.min_expires_s);
    }
    if (dum__incoming_send(in, build) != 0) {
        dum__incoming_respond(in, 500, NULL); /* a 423 without Min-Expires would be for good */
    }
}

static void tell(dum_registrar *registrar, const dum__binding_update *update)
{
    dum_manager *dum = registrar->dum;

    for (sip_list *at = update->changes.next; at != &update->changes; at = at->next) {
        const dum__binding_change *change = SIP_CONTAINER_OF(at, dum__binding_change, link);
        dum_binding view = dum__binding_view(change->fresh != NULL ? change->fresh : change->old);

        if (change->fresh == NULL) {
            dum__emit_registrar_removed(dum, registrar, &view, false);
        } else if (change->old == NULL) {
            dum__emit_registrar_added(dum, registrar, &view);
        } else {
            dum__emit_registrar_refreshed(dum, registrar, &view);
        }
    }
}

static void register_aor(dum_registrar *registrar, dum__incoming *in, dum__binding_set *set)
{
    dum__binding_update update;
    int status;

    dum__binding_update_init(&update, set);
    status = plan(registrar, dum__incoming_msg(in), &update);
    if (status == 0 && dum__binding_update_count(&update) > registrar->config.max_bindings) {
        status = status_of(dum__binding_update_drop_lost(&update));
    }
    if (status == 0) {
        status = check_limits(registrar, &update);
    }
    if (status == 0) {
        dum__binding_update_commit(&update);
        if (send_ok(registrar, in, set) != 0) {
            dum__binding_update_undo(&update);
            status = 500;
        }
    }
    if (status == 0) {
        tell(registrar, &update);
    } else {
        refuse(registrar, in, status);
    }
    dum__binding_update_finish(&update);
}

static void take(dum_manager *dum, dum__incoming *in)
{
    dum_registrar *registrar = dum->registrar;
    dum__binding_set *set;
    char text[DUM__AOR_BYTES];
    sip_str aor = {0};
    int status = find_aor(registrar, dum__incoming_msg(in), text, &aor);

    if (status != 0) {
        refuse(registrar, in, status);
    } else if (dum__binding_store_open(&registrar->store, aor, &set) != 0) {
        refuse(registrar, in, 500);
    } else {
        register_aor(registrar, in, set);
        dum__binding_set_close(set);
    }
}

static const dum__taker taker = {.take = take};

/* ---- the registrar itself */

static void on_expired(dum__binding_store *store, const dum__binding *binding)
{
    dum_registrar *registrar = registrar_of(store);
    dum_binding view = dum__binding_view(binding);

    dum__emit_registrar_removed(registrar->dum, registrar, &view, true);
}

static void destroy(dum__part *part)
{
    dum_registrar *registrar = (dum_registrar *)(void *)part;

    dum__binding_store_finish(&registrar->store);
    dum__free(registrar->dum, registrar);
}

static uint32_t or_default(uint32_t value, uint32_t by_default)
{
    return value != 0 ? value : by_default;
}

static int read_config(const dum_registrar_config *given, dum_registrar_config *ret_config)
{
    dum_registrar_config config = {
        .min_expires_s = or_default(given->min_expires_s, DEFAULT_MIN_S),
        .max_expires_s = or_default(given->max_expires_s, DEFAULT_MAX_S),
        .default_expires_s = or_default(given->default_expires_s, DEFAULT_EXPIRES_S),
        .max_bindings = or_default(given->max_bindings, DEFAULT_MAX_BINDINGS),
        .max_aors = or_default(given->max_aors, DEFAULT_MAX_AORS),
    };

    if (config.max_expires_s > DUM__BINDING_MAX_S) {
        config.max_expires_s = DUM__BINDING_MAX_S;
    }
    if (config.min_expires_s > config.max_expires_s) {
        return SIP_EINVAL;
    }
    *ret_config = config;
    return 0;
}

int dum_registrar_create_sized(dum_manager *dum, const dum_registrar_config *config,
                               size_t config_bytes, const dum_registrar_handler *handler,
                               size_t handler_bytes, void *user_data, dum_registrar **ret_registrar)
{
    dum_registrar_config own;
    dum_registrar *registrar;
    int err = dum__copy_sized(&own, sizeof own, config, config_bytes);

    if (dum == NULL || err != 0 || read_config(&own, &own) != 0) {
        return SIP_EINVAL;
    }
    if (dum->registrar != NULL) {
        return SIP_ESTATE;
    }
    registrar = dum__alloc0(dum, sizeof *registrar);
    if (registrar == NULL) {
        return SIP_ENOMEM;
    }
    registrar->dum = dum;
    registrar->config = own;
    err = dum__binding_store_init(&registrar->store, dum, on_expired);
    if (err == 0 && handler != NULL) {
        err = dum__set_handler(&dum->bindings.handler, sizeof dum->bindings.handler, handler,
                               handler_bytes, &dum->bindings.set);
    }
    if (err != 0) {
        dum__binding_store_finish(&registrar->store);
        dum__free(dum, registrar);
        return err;
    }
    dum->bindings.user_data = user_data;
    dum__part_add(dum, &registrar->part, destroy);
    dum->registrar = registrar;
    dum->takers[SIP_METHOD_REGISTER] = &taker;
    dum->allow |= 1u << SIP_METHOD_REGISTER;
    if (ret_registrar != NULL) {
        *ret_registrar = registrar;
    }
    return 0;
}

bool dum_registrar_binding(const dum_registrar *registrar, const sip_uri *aor, size_t i,
                           dum_binding *ret_binding)
{
    const dum__binding_set *set;
    char text[DUM__AOR_BYTES];
    const sip_list *at;
    int len = dum__aor_canonical(aor, text);

    if (registrar == NULL || len < 0) {
        return false;
    }
    set = dum__binding_store_find(&registrar->store, (sip_str){text, (size_t)len});
    if (set == NULL || i >= set->count) {
        return false;
    }
    at = set->bindings.next;
    while (i-- > 0) {
        at = at->next;
    }
    if (ret_binding != NULL) {
        *ret_binding = dum__binding_view(SIP_CONTAINER_OF(at, dum__binding, link));
    }
    return true;
}

size_t dum_registrar_aors(const dum_registrar *registrar)
{
    return registrar == NULL ? 0 : registrar->store.sets.count;
}
