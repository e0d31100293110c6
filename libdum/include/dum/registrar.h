/* Registration, the server's side (RFC 3261 10.3): bindings in memory. */
#ifndef DUM_REGISTRAR_H
#define DUM_REGISTRAR_H

#include <dum/manager.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dum_registrar dum_registrar;

/** One binding; borrowed for the call. */
typedef struct dum_binding {
    sip_str aor;     /**< canonical "sip:alice@example.com" */
    sip_str contact; /**< the URI */
    uint16_t q_permille;
    uint32_t expires_s; /**< what is left of it */
    sip_str call_id;
    uint32_t cseq;
    sip_path path; /**< where its REGISTER came from */
} dum_binding;

typedef struct dum_registrar_config {
    uint32_t min_expires_s;     /**< 0: 60; less gets 423 (10.3 step 7) */
    uint32_t max_expires_s;     /**< 0: 86,400; more is shortened */
    uint32_t default_expires_s; /**< 0: 3,600 */
    uint32_t max_bindings;      /**< an AOR; 0: 10; beyond, 403 */
    uint32_t max_aors;          /**< 0: 1,000,000; beyond, 503 */
} dum_registrar_config;

/** No member is required. Borrowed, must outlive the manager. */
typedef struct dum_registrar_handler {
    /** May `aor` be registered? 0: yes, else the status to refuse with (404, 403). NULL: yes for
     * every user of the manager's domains. Called after authentication. */
    int (*check_aor)(dum_registrar *registrar, const sip_msg *request, sip_str aor,
                     void *user_data);
    void (*on_added)(dum_registrar *registrar, const dum_binding *binding, void *user_data);
    void (*on_refreshed)(dum_registrar *registrar, const dum_binding *binding, void *user_data);
    /** Removed by its owner or expired. */
    void (*on_removed)(dum_registrar *registrar, const dum_binding *binding, bool expired,
                       void *user_data);
} dum_registrar_handler;

/** @private */
DUM_API int dum_registrar_create_sized(dum_manager *dum, const dum_registrar_config *config,
                                       size_t config_bytes, const dum_registrar_handler *handler,
                                       size_t handler_bytes, void *user_data,
                                       dum_registrar **ret_registrar);
/** Make the manager a registrar for its domains; owned by the manager, one each. Without one,
 * REGISTER goes to on_request of dum_out_of_dialog_handler, and gets 405 if there is none. @return
 * 0, SIP_EINVAL, SIP_ESTATE, SIP_ENOMEM */
static inline int dum_registrar_create(dum_manager *dum, const dum_registrar_config *config,
                                       const dum_registrar_handler *handler, void *user_data,
                                       dum_registrar **ret_registrar)
{
    return dum_registrar_create_sized(dum, config, sizeof *config, handler, sizeof *handler,
                                      user_data, ret_registrar);
}
/** The i-th live binding of an AOR, highest q first; false past the end. Slices are borrowed until
 * the next turn. */
DUM_API bool dum_registrar_binding(const dum_registrar *registrar, const sip_uri *aor, size_t i,
                                   dum_binding *ret_binding);
/** How many AORs have bindings. */
DUM_API size_t dum_registrar_aors(const dum_registrar *registrar);

#ifdef __cplusplus
}
#endif

#endif
