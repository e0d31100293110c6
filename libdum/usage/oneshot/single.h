/* One request of ours outside a dialog, from its sending until its final response: what pagers and
 * out-of-dialog requests have in common. */
#ifndef DUM_SINGLE_H
#define DUM_SINGLE_H

#include "dialog/outgoing.h"
#include "dialog/usage.h"
#include "feature/exchange.h"

struct dum__single;

typedef struct dum__single_class {
    dum__usage_class usage; /* from DUM__SINGLE_USAGE() */
    /** A final response came; on_over follows. */
    void (*on_final)(struct dum__single *single, const sip_msg *response);
    /** It is over: tell on_terminated. */
    void (*on_over)(struct dum__single *single, const dum_cause *cause);
} dum__single_class;

/** The head of a usage of this kind: its first member. */
typedef struct dum__single {
    dum__usage usage; /* first */
    dum__exchange *exchange;
    dum__credentials auth;
    uint32_t cseq;
    char call_id[SIP_CALL_ID_BYTES];
    char from_tag[SIP_TAG_BYTES];
    sip_address to; /* while it is being made */
} dum__single;

void dum__single_shutdown(dum__usage *usage);
void dum__single_abort(dum__usage *usage);
void dum__single_destroy(dum__usage *usage);
#define DUM__SINGLE_USAGE(name)                                                                    \
    {                                                                                              \
        .kind = {(name)}, .shutdown = dum__single_shutdown, .abort = dum__single_abort,            \
        .destroy = dum__single_destroy                                                             \
    }

/**
 * Make one of `bytes` (its struct) with `data_bytes` for the application.
 * @param to  URI or address of the receiver; borrowed until it is sent
 * @return 0; SIP_EINVAL (`to`); SIP_EBUSY; SIP_ENOMEM
 */
int dum__single_create(dum_profile *from, const dum__single_class *class, const char *to,
                       size_t data_bytes, dum__single **ret_single);
/** Begin its request; `what` has method, contact and capabilities set, the rest comes from here. */
sip_build *dum__single_build(dum__single *single, dum__outgoing *what);
/** Send the request and take it over, also on failure. @return 0, then on_over comes; as
 * dum__exchange_send() */
int dum__single_send(dum__single *single, sip_msg *request, bool contact);

#endif
