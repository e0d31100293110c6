/* A profile with every setting resolved: what a config leaves to its base or to the built-in is
 * filled in when it is made, since a profile never changes afterwards. */
#ifndef DUM_CORE_PROFILE_H
#define DUM_CORE_PROFILE_H

#include <dum/profile.h>
#include <sip/containers.h>
#include <sip/uri.h>

struct dum_profile {
    sip_list link; /* in the manager's list */
    dum_manager *dum;
    char *aor; /* as given: with display name and angle brackets if those were there */
    sip_address aor_address; /* slices of `aor`; its uri is the AOR */
    char *auth_user;         /* zero-terminated; "" : none */
    char *password;          /* NULL: challenges are failures */
    char *outbound_proxy;    /* URI as given, or NULL */
    char *contact_user;      /* may be "" */
    uint32_t registration_s, retry_s, stale_call_s;
    bool early_media;
    bool has_aor; /* an AOR was given, here or in a base */
};

/** Make the built-in profile of a manager (no AOR, defaults everywhere). @return as
 * dum_profile_create() */
int dum__profile_create_builtin(dum_manager *dum, dum_profile **ret_profile);
void dum__profile_destroy(dum_profile *profile);
/** The profile for a request from outside any dialog: the one whose contact user or AOR the
 * Request-URI (or To) names, else the first without an AOR, else the built-in. Never NULL. */
dum_profile *dum__profile_for_request(const dum_manager *dum, const sip_msg *request);

#endif
