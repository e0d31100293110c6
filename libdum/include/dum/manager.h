/* The Dialog Usage Manager: owns every dialog set, dialog and usage of a worker.
 *
 * The five rules of handles:
 * 1. A handle is valid from its create call, or the callback that introduces it, until its
 * on_terminated returns, which comes exactly once.
 * 2. Any callback may call any operation, also end its own object; memory goes at the end of the
 * turn.
 * 3. To keep one across turns or threads keep its dum_id; the find function gives NULL once it is
 * gone.
 * 4. Messages and bodies in a callback are borrowed; sip_msg_ref() keeps a message.
 * 5. A call that fails has no effect and no callback follows. NULL handles give SIP_EINVAL, false
 * or NULL. An operation in a state that does not allow it gives SIP_ESTATE and changes nothing. No
 * callback comes from inside a call. All on the manager's worker; dum_manager_post() and
 * sip_stack_stop() are the only doors from other threads. */
#ifndef DUM_MANAGER_H
#define DUM_MANAGER_H

#include <dum/cause.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dum_manager dum_manager;

typedef struct dum_config {
    unsigned worker;
    const char *const *domains; /**< Request-URI hosts that are this manager's, up to NULL; NULL:
                                   every request. Borrowed */
    const char *const
        *methods; /**< methods that are this manager's, up to NULL; NULL: every one. Borrowed */
    uint32_t max_sessions; /**< 0: 1,000,000; beyond, new ones get 503 with Retry-After */
    uint32_t
        shutdown_ms; /**< 0: 4,000; how long usages may take to say goodbye on sip_stack_stop() */
    const char
        *user_agent; /**< User-Agent and Server; NULL: "Parley/<version>"; "": none. Copied */
} dum_config;

/** @private */
DUM_API int dum_manager_create_sized(sip_stack *stack, const dum_config *config,
                                     size_t config_bytes, dum_manager **ret_dum);
/** Make a manager: a transaction user of the stack, destroyed with it. `config` NULL: defaults.
 * @return 0, SIP_EINVAL, SIP_ENOMEM */
static inline int dum_manager_create(sip_stack *stack, const dum_config *config,
                                     dum_manager **ret_dum)
{
    return dum_manager_create_sized(stack, config, sizeof *config, ret_dum);
}
/** The stack that the manager is a transaction user of. */
DUM_API sip_stack *dum_manager_stack(const dum_manager *dum);
/** Call `fn` on the manager's worker in a later turn. Any thread. @return 0, SIP_EINVAL, SIP_ENOMEM
 */
DUM_API int dum_manager_post(dum_manager *dum, void (*fn)(dum_manager *dum, void *arg), void *arg);
/** How many usages there are now. */
DUM_API size_t dum_manager_usages(const dum_manager *dum);

#ifdef __cplusplus
}
#endif

#endif
