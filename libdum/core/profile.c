#include "core/profile.h"

#include "core/context.h"

#define BUILTIN_AOR "\"Anonymous\" <sip:anonymous@anonymous.invalid>"
#define DEFAULT_REGISTRATION_S 3600u
#define DEFAULT_RETRY_S 30u
#define DEFAULT_STALE_CALL_S 180u

void dum__profile_destroy(dum_profile *profile)
{
    if (profile == NULL) {
        return;
    }
    sip_list_remove(&profile->link);
    dum__free(profile->dum, profile->aor);
    dum__free(profile->dum, profile->auth_user);
    dum__free(profile->dum, profile->password);
    dum__free(profile->dum, profile->outbound_proxy);
    dum__free(profile->dum, profile->contact_user);
    dum__free(profile->dum, profile);
}

/* Copy `value`, or else `inherited`, or else `builtin`; NULL stays NULL. @return 0 or SIP_ENOMEM */
static int resolve(const dum_manager *dum, const char *value, const char *inherited,
                   sip_str builtin, char **ret)
{
    sip_str text = value != NULL ? sip_str_of(value) : sip_str_of(inherited);

    if (value == NULL && inherited == NULL) {
        text = builtin;
    }
    if (text.ptr == NULL) {
        *ret = NULL;
        return 0;
    }
    *ret = sip_strdup(dum->allocator, text);
    return *ret == NULL ? SIP_ENOMEM : 0;
}

static uint32_t resolve_number(uint32_t value, uint32_t inherited)
{
    return value != 0 ? value : inherited;
}

/* Headers have no place in a From, a To or a Route (RFC 3261 19.1.1). */
static bool may_stand_in_a_header(const sip_uri *uri)
{
    return (uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS) &&
           uri->headers.len == 0;
}

static int check(dum_profile *profile)
{
    sip_stack *stack = profile->dum->stack;
    sip_address proxy;

    if (sip_address_parse(sip_str_of(profile->aor), &profile->aor_address) != 0 ||
        !may_stand_in_a_header(&profile->aor_address.uri)) {
        sip_stack_set_error(stack, "profile: \"%s\" is no SIP address of record", profile->aor);
        return SIP_EINVAL;
    }
    if (profile->outbound_proxy != NULL &&
        (sip_address_parse(sip_str_of(profile->outbound_proxy), &proxy) != 0 ||
         !may_stand_in_a_header(&proxy.uri))) {
        sip_stack_set_error(stack, "profile: \"%s\" is no SIP URI of an outbound proxy",
                            profile->outbound_proxy);
        return SIP_EINVAL;
    }
    return 0;
}

static int fill_in(dum_profile *profile, const dum_profile_config *config, const dum_profile *base)
{
    const dum_manager *dum = profile->dum;
    /* A new AOR is a new account: who we are there is not the base's. */
    bool inherits_user = config->aor == NULL;
    sip_str user;
    int err = resolve(dum, config->aor, base->aor, (sip_str){0}, &profile->aor);

    if (err != 0 ||
        (err = resolve(dum, config->outbound_proxy, base->outbound_proxy, (sip_str){0},
                       &profile->outbound_proxy)) != 0 ||
        (err = check(profile)) != 0) {
        return err;
    }
    user = profile->aor_address.uri.user;
    if (user.ptr == NULL) {
        user = SIP_STR("");
    }
    err = resolve(dum, config->auth_user, inherits_user ? base->auth_user : NULL, user,
                  &profile->auth_user);
    if (err == 0) {
        err = resolve(dum, config->password, base->password, (sip_str){0}, &profile->password);
    }
    if (err == 0) {
        err = resolve(dum, config->contact_user, inherits_user ? base->contact_user : NULL, user,
                      &profile->contact_user);
    }
    profile->registration_s = resolve_number(config->registration_s, base->registration_s);
    profile->retry_s = resolve_number(config->retry_s, base->retry_s);
    profile->stale_call_s = resolve_number(config->stale_call_s, base->stale_call_s);
    profile->early_media =
        config->early_media == SIP_DEFAULT ? base->early_media : config->early_media == SIP_ON;
    profile->has_aor = config->aor != NULL || base->has_aor;
    return err;
}

static int create(dum_manager *dum, const dum_profile_config *config, const dum_profile *base,
                  dum_profile **ret_profile)
{
    dum_profile *profile = dum__alloc0(dum, sizeof *profile);
    int err;

    if (profile == NULL) {
        return SIP_ENOMEM;
    }
    profile->dum = dum;
    sip_list_init(&profile->link);
    err = fill_in(profile, config, base);
    if (err != 0) {
        dum__profile_destroy(profile);
        return err;
    }
    sip_list_append(&dum->profiles, &profile->link);
    if (ret_profile != NULL) {
        *ret_profile = profile;
    }
    return 0;
}

int dum__profile_create_builtin(dum_manager *dum, dum_profile **ret_profile)
{
    const dum_profile_config none = {0};
    char aor[] = BUILTIN_AOR;
    char nobody[] = "";
    const dum_profile defaults = {
        .aor = aor,
        .auth_user = nobody,
        .contact_user = nobody,
        .registration_s = DEFAULT_REGISTRATION_S,
        .retry_s = DEFAULT_RETRY_S,
        .stale_call_s = DEFAULT_STALE_CALL_S,
        .early_media = true,
    };

    return create(dum, &none, &defaults, ret_profile);
}

int dum_profile_create_sized(dum_manager *dum, const dum_profile_config *config,
                             size_t config_bytes, dum_profile **ret_profile)
{
    dum_profile_config own;
    int err = dum__copy_sized(&own, sizeof own, config, config_bytes);

    if (dum == NULL || err != 0 || (own.base != NULL && own.base->dum != dum)) {
        return SIP_EINVAL;
    }
    return create(dum, &own, own.base != NULL ? own.base : dum->builtin, ret_profile);
}

dum_manager *dum_profile_manager(const dum_profile *profile)
{
    return profile == NULL ? NULL : profile->dum;
}

sip_str dum_profile_aor(const dum_profile *profile)
{
    return profile == NULL ? (sip_str){0} : profile->aor_address.uri.text;
}

static bool is_named(const dum_profile *profile, const sip_uri *uri)
{
    const sip_uri *aor = &profile->aor_address.uri;

    if (sip_uri_same_aor(uri, aor)) {
        return true;
    }
    return profile->contact_user[0] != '\0' && sip_str_equal(uri->user, profile->contact_user) &&
           sip_stack_owns_uri(profile->dum->stack, uri);
}

dum_profile *dum__profile_for_request(const dum_manager *dum, const sip_msg *request)
{
    const sip_uri *uri = sip_msg_request_uri(request);
    const sip_address *to = sip_msg_to(request);
    dum_profile *nameless = NULL;

    for (sip_list *at = dum->profiles.next; at != &dum->profiles; at = at->next) {
        dum_profile *profile = SIP_CONTAINER_OF(at, dum_profile, link);

        if (profile == dum->builtin) {
            continue;
        }
        if (!profile->has_aor) {
            nameless = nameless != NULL ? nameless : profile;
        } else if ((uri != NULL && is_named(profile, uri)) ||
                   (to != NULL && sip_uri_same_aor(&to->uri, &profile->aor_address.uri))) {
            return profile;
        }
    }
    return nameless != NULL ? nameless : dum->builtin;
}
