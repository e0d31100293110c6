/* Registration, the client's side (RFC 3261 10.2). */
#ifndef DUM_REGISTRATION_H
#define DUM_REGISTRATION_H

#include <dum/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dum_registration dum_registration;

typedef struct dum_registration_config {
    uint32_t expires_s;       /**< 0: the profile's */
    const char *registrar;    /**< URI; NULL: the AOR's host (10.2) */
    const sip_extras *extras; /**< copied into every REGISTER */
} dum_registration_config;

/** No member is required. */
typedef struct dum_registration_handler {
    size_t data_bytes;
    /** A 200 came: registered, again with each refresh. */
    void (*on_active)(dum_registration *reg, const sip_msg *response, void *user_data);
    /** A try failed for a cause that may pass (no answer, 5xx, transport …); the next is in
     * cause->retry_ms. */
    void (*on_retrying)(dum_registration *reg, const dum_cause *cause, void *user_data);
    /** Unregistered (DUM_WHY_LOCAL), or refused for good (403, 404, wrong credentials …). */
    void (*on_terminated)(dum_registration *reg, const dum_cause *cause, void *user_data);
} dum_registration_handler;

/** @private */
DUM_API int dum_manager_set_registration_handler_sized(dum_manager *dum,
                                                       const dum_registration_handler *handler,
                                                       size_t handler_bytes, void *user_data);
/** Set once, before use. @return 0, SIP_EINVAL, SIP_ESTATE */
static inline int dum_manager_set_registration_handler(dum_manager *dum,
                                                       const dum_registration_handler *handler,
                                                       void *user_data)
{
    return dum_manager_set_registration_handler_sized(dum, handler, sizeof *handler, user_data);
}
/** @private */
DUM_API int dum_registration_create_sized(dum_profile *of, const dum_registration_config *config,
                                          size_t config_bytes, dum_registration **ret_reg);
/** Register the profile's AOR and keep it registered. @return 0; SIP_EINVAL, SIP_ENOMEM, SIP_EBUSY
 */
static inline int dum_registration_create(dum_profile *of, const dum_registration_config *config,
                                          dum_registration **ret_reg)
{
    return dum_registration_create_sized(of, config, sizeof *config, ret_reg);
}
/** The lifetime granted in the last 200, in seconds; 0 before. */
DUM_API uint32_t dum_registration_expires_s(const dum_registration *reg);
/** Refresh now (10.2.4). @return 0; SIP_ESTATE (a REGISTER is in flight, or it is ending) */
DUM_API int dum_registration_refresh(dum_registration *reg);
/** Remove our binding (10.2.2), then on_terminated. During a REGISTER under way it is remembered.
 * @return 0; SIP_ESTATE (ending already) */
DUM_API int dum_registration_end(dum_registration *reg);
/** The handle's data_bytes, zeroed at its birth; NULL if data_bytes is 0. */
DUM_API void *dum_registration_data(dum_registration *reg);
/** The weak id; 0 for NULL. */
DUM_API dum_id dum_registration_id(const dum_registration *reg);
/** The registration of an id, or NULL when it is gone. O(1). */
DUM_API dum_registration *dum_registration_find(dum_manager *dum, dum_id id);

#ifdef __cplusplus
}
#endif

#endif
