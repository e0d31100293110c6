/* Seeing the messages: a tap on a stack, and a ladder drawn from what it saw. */
#ifndef SIP_TRACE_H
#define SIP_TRACE_H

#include <sip/stack.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One message on its way; borrowed for the call. */
typedef struct sip_trace_event {
    sip_time_ms at_ms;
    bool sent;     /**< false: received */
    bool repeated; /**< sent: a retransmission */
    sip_path path;
    sip_str bytes;
} sip_trace_event;

/** See every message that a stack sends or receives. One function a stack; NULL fn ends it. */
SIP_API void sip_stack_set_tap(sip_stack *stack,
                               void (*fn)(const sip_trace_event *event, void *user_data),
                               void *user_data);

/** A ladder that is drawn line by line as messages pass: columns are named hosts. */
typedef struct sip_ladder sip_ladder;

/** @return 0 or SIP_ENOMEM */
SIP_API int sip_ladder_create(const sip_allocator *allocator, sip_ladder **ret_ladder);
/** Free a ladder; NULL is fine. */
SIP_API void sip_ladder_destroy(sip_ladder *ladder);
/** Name a column; columns stand in the order they are named. One with port 0 fits every port of its
 * host that has no column of its own; naming an address again renames its column.
 * @return 0, SIP_ETOOBIG (8 columns) */
SIP_API int sip_ladder_add_column(sip_ladder *ladder, const char *name, const sip_addr *addr);
/**
 * Draw one message as a line without its end: seconds since the first message, then an arrow
 * between two columns: "    1.204  |-------- INVITE sdp -------->|            |  (repeat)". Columns
 * not yet named are added by their address; when one is left, it becomes that of all further
 * addresses.
 * @param self  the address of the stack that saw it; family none is drawn as "?"
 * @return the length as snprintf() does; SIP_ENOMEM; SIP_ETOOBIG (8 columns are named, and this is
 *   another)
 */
SIP_API int sip_ladder_draw(sip_ladder *ladder, const sip_trace_event *event, const sip_addr *self,
                            char *out, size_t size);
/** The heading with the columns' names above their lanes. @return the length as snprintf() does */
SIP_API int sip_ladder_heading(const sip_ladder *ladder, char *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif
