/* Requests without a dialog: MESSAGE in pager mode (RFC 3428), OPTIONS (RFC 3261 11) and any other
 * method; both roles. */
#ifndef DUM_ONESHOT_H
#define DUM_ONESHOT_H

#include <dum/request.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dum_pager dum_pager;                 /**< a MESSAGE that we sent */
typedef struct dum_out_of_dialog dum_out_of_dialog; /**< another request that we sent */

typedef struct dum_pager_config {
    const char *to;   /**< URI of the receiver */
    const char *text; /**< text/plain, UTF-8; or NULL and `body` */
    const sip_body *body;
    const sip_extras *extras;
} dum_pager_config;

/** No member is required. */
typedef struct dum_pager_handler {
    size_t data_bytes;
    /** A MESSAGE for us. NULL: 405, and MESSAGE is left out of Allow. */
    void (*on_message)(dum_manager *dum, dum_request *message, void *user_data);
    /** Delivered: a 2xx came. on_terminated follows. */
    void (*on_delivered)(dum_pager *pager, const sip_msg *response, void *user_data);
    /** The end, with DUM_WHY_LOCAL after delivery, else why it failed. */
    void (*on_terminated)(dum_pager *pager, const dum_cause *cause, void *user_data);
} dum_pager_handler;

/** @private */
DUM_API int dum_manager_set_pager_handler_sized(dum_manager *dum, const dum_pager_handler *handler,
                                                size_t handler_bytes, void *user_data);
/** Set once, before use. @return 0, SIP_EINVAL, SIP_ESTATE (set already) */
static inline int dum_manager_set_pager_handler(dum_manager *dum, const dum_pager_handler *handler,
                                                void *user_data)
{
    return dum_manager_set_pager_handler_sized(dum, handler, sizeof *handler, user_data);
}
/** @private */
DUM_API int dum_pager_create_sized(dum_profile *from, const dum_pager_config *config,
                                   size_t config_bytes, dum_pager **ret_pager);
/** Send a MESSAGE. @return 0, then exactly one on_terminated; SIP_EINVAL (URI, no body),
 * SIP_ETOOBIG (the whole request is over 1,300 bytes, RFC 3428 8), SIP_ENOMEM, SIP_EBUSY */
static inline int dum_pager_create(dum_profile *from, const dum_pager_config *config,
                                   dum_pager **ret_pager)
{
    return dum_pager_create_sized(from, config, sizeof *config, ret_pager);
}
/** The handle's data_bytes, zeroed at its birth; NULL if data_bytes is 0. */
DUM_API void *dum_pager_data(dum_pager *pager);
/** The weak id; 0 for NULL. */
DUM_API dum_id dum_pager_id(const dum_pager *pager);

typedef struct dum_out_of_dialog_config {
    const char *to;
    const char *method; /**< NULL: "OPTIONS". Not INVITE, ACK, CANCEL, BYE, REGISTER */
    const sip_extras *extras;
} dum_out_of_dialog_config;

typedef struct dum_out_of_dialog_handler {
    size_t data_bytes;
    /** A request for us whose method no usage takes. NULL: OPTIONS is answered 200 with what we can
     * do (RFC 3261 11.2), others 405. */
    void (*on_request)(dum_manager *dum, dum_request *request, void *user_data);
    /** A final response of any class came. on_terminated follows. */
    void (*on_response)(dum_out_of_dialog *ood, const sip_msg *response, void *user_data);
    void (*on_terminated)(dum_out_of_dialog *ood, const dum_cause *cause, void *user_data);
} dum_out_of_dialog_handler;

/** @private */
DUM_API int dum_manager_set_out_of_dialog_handler_sized(dum_manager *dum,
                                                        const dum_out_of_dialog_handler *handler,
                                                        size_t handler_bytes, void *user_data);
/** Set once, before use. @return 0, SIP_EINVAL, SIP_ESTATE */
static inline int dum_manager_set_out_of_dialog_handler(dum_manager *dum,
                                                        const dum_out_of_dialog_handler *handler,
                                                        void *user_data)
{
    return dum_manager_set_out_of_dialog_handler_sized(dum, handler, sizeof *handler, user_data);
}
/** @private */
DUM_API int dum_out_of_dialog_create_sized(dum_profile *from,
                                           const dum_out_of_dialog_config *config,
                                           size_t config_bytes, dum_out_of_dialog **ret_ood);
/** Send a request. @return 0, then exactly one on_terminated; SIP_EINVAL, SIP_ENOMEM, SIP_EBUSY */
static inline int dum_out_of_dialog_create(dum_profile *from,
                                           const dum_out_of_dialog_config *config,
                                           dum_out_of_dialog **ret_ood)
{
    return dum_out_of_dialog_create_sized(from, config, sizeof *config, ret_ood);
}
/** The handle's data_bytes, zeroed at its birth; NULL if data_bytes is 0. */
DUM_API void *dum_out_of_dialog_data(dum_out_of_dialog *ood);
/** The weak id; 0 for NULL. */
DUM_API dum_id dum_out_of_dialog_id(const dum_out_of_dialog *ood);

#ifdef __cplusplus
}
#endif

#endif
