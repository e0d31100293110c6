/* Digest authentication of requests that come to a manager (RFC 3261 22.2, RFC 8760). */
#ifndef DUM_SERVER_AUTH_H
#define DUM_SERVER_AUTH_H

#include <dum/manager.h>
#include <sip/digest.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dum_server_auth_config {
    const char *realm;                  /**< required; copied */
    sip_digest_algorithm algorithms[3]; /**< challenges in this order, strongest first (RFC
                                           8760 2.4); all NONE: SHA-256, MD5 */
    sip_switch auth_int;                /**< offer auth-int beside auth; default off */
    const char *const *methods; /**< which methods are challenged, up to NULL; NULL: all but ACK and
                                   CANCEL. Borrowed */
    uint32_t nonce_s;           /**< 0: 300 */
} dum_server_auth_config;

typedef struct dum_server_auth_handler {
    /**
     * Give the secret of a user: write H(A1) in hex for this algorithm into `a1_hex`
     * (sip_digest_a1() makes it of a password).
     * @return true; false: no such user (the challenge is repeated as if the password were wrong)
     */
    bool (*find_a1)(dum_manager *dum, sip_str user, sip_str realm, sip_digest_algorithm algorithm,
                    char a1_hex[SIP_DIGEST_HEX_BYTES], void *user_data);
    /** May `user` send this request, say register this To? NULL: the user of the credentials must
     * be that of To (REGISTER) or From (others). */
    bool (*may_send)(dum_manager *dum, sip_str user, const sip_msg *request, void *user_data);
} dum_server_auth_handler;

/** @private */
DUM_API int dum_manager_set_server_auth_sized(dum_manager *dum,
                                              const dum_server_auth_config *config,
                                              size_t config_bytes,
                                              const dum_server_auth_handler *handler,
                                              size_t handler_bytes, void *user_data);
/** Challenge what comes from outside dialogs with 401. @return 0, SIP_EINVAL (no realm, no
 * find_a1), SIP_ESTATE (set already), SIP_ENOMEM */
static inline int dum_manager_set_server_auth(dum_manager *dum,
                                              const dum_server_auth_config *config,
                                              const dum_server_auth_handler *handler,
                                              void *user_data)
{
    return dum_manager_set_server_auth_sized(dum, config, sizeof *config, handler, sizeof *handler,
                                             user_data);
}

#ifdef __cplusplus
}
#endif

#endif
