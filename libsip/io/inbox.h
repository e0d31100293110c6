/* A bounded queue of messages on which a thread may sleep: what workers hand to a blocking
 * program. */
#ifndef SIP_IO_INBOX_H
#define SIP_IO_INBOX_H

#include <sip/msg.h>

typedef struct sip__inbox sip__inbox;

/* A queue for `room` messages, the reserved places among them. @return 0, SIP_ENOMEM, SIP_EIO */
int sip__inbox_create(const sip_allocator *allocator, size_t room, sip__inbox **ret_inbox);
/* Free it with what waits in it; nobody may sleep on it any more. NULL is fine. */
void sip__inbox_destroy(sip__inbox *inbox);

/* All the rest: any thread. */
/* Hold a place for an answer that will come. False if there are fewer than `spare` others left. */
bool sip__inbox_reserve(sip__inbox *inbox, size_t spare);
/* Give a held place back. */
void sip__inbox_release(sip__inbox *inbox);
/* Put a message, taken over on success. False if there are fewer than `spare` places beside it. */
bool sip__inbox_put(sip__inbox *inbox, sip_msg *msg, size_t spare);
/* Put a message, taken over, into a place that was held. */
void sip__inbox_put_held(sip__inbox *inbox, sip_msg *msg);
/* Nothing new is to come: who waits is told so once it is empty and no place is held. */
void sip__inbox_wind_down(sip__inbox *inbox);
/* The same, but held places do not count. */
void sip__inbox_close(sip__inbox *inbox);
/* Take the oldest message, waiting for it at most `timeout_ms` (UINT32_MAX: for ever).
 * @return 0, SIP_EAGAIN (the time is up), SIP_EGONE (empty, and nothing more will come) */
int sip__inbox_take(sip__inbox *inbox, uint32_t timeout_ms, sip_msg **ret_msg);

#endif
