/* Profiles: who we are and how we behave. All that we send starts from one. */
#ifndef DUM_PROFILE_H
#define DUM_PROFILE_H

#include <dum/manager.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dum_profile dum_profile;

/** Every 0, NULL or SIP_DEFAULT is inherited: from `base`, else the built-in in brackets. Strings
 * are copied. */
typedef struct dum_profile_config {
    dum_profile *base;
    const char *aor;            /**< "sip:alice@example.com", with or without display name;
                                   [sip:anonymous@anonymous.invalid] */
    const char *auth_user;      /**< [the AOR's user] */
    const char *password;       /**< for any realm; [none: challenges are failures] */
    const char *outbound_proxy; /**< URI that every request outside a dialog goes to first, as a
                                   loose route; [none] */
    sip_switch early_media;   /**< whether a description given to accept() may leave early in a 18x;
                                 [on: descriptions are sent when we have them] */
    const char *contact_user; /**< user part of our Contact; [the AOR's user] */
    uint32_t registration_s;  /**< [3600] */
    uint32_t retry_s; /**< first pause before a failed registration is tried again; doubled up to 30
                         min; [30] */
    uint32_t stale_call_s; /**< an unanswered call ends after this; [180] */
} dum_profile_config;

/** @private */
DUM_API int dum_profile_create_sized(dum_manager *dum, const dum_profile_config *config,
                                     size_t config_bytes, dum_profile **ret_profile);
/** Make a profile; owned by the manager. @return 0, SIP_EINVAL (AOR or outbound proxy is no SIP
 * URI, or one with headers; see sip_stack_error()), SIP_ENOMEM */
static inline int dum_profile_create(dum_manager *dum, const dum_profile_config *config,
                                     dum_profile **ret_profile)
{
    return dum_profile_create_sized(dum, config, sizeof *config, ret_profile);
}
/** The manager that owns the profile. */
DUM_API dum_manager *dum_profile_manager(const dum_profile *profile);
/** The AOR's URI as given; lives as long as the profile. */
DUM_API sip_str dum_profile_aor(const dum_profile *profile);

#ifdef __cplusplus
}
#endif

#endif
