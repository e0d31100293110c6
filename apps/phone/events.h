/* What happens to the phone: printed for a person or as JSON, and told to the script that may be
 * waiting for it. */
#ifndef PHONE_EVENTS_H
#define PHONE_EVENTS_H

#include <jansson.h>
#include <sip/base.h>
#include <stdio.h>

#define PHONE_EVENT_MAP(X)                                                                         \
    X(REGISTERED, "registered")                                                                    \
    X(UNREGISTERED, "unregistered")                                                                \
    X(REGISTRATION_FAILED, "registration-failed")                                                  \
    X(REGISTRATION_RETRYING, "registration-retrying")                                              \
    X(CALLING, "calling")                                                                          \
    X(INCOMING, "incoming")                                                                        \
    X(RINGING, "ringing")                                                                          \
    X(PROGRESS, "progress")                                                                        \
    X(CONNECTED, "connected")                                                                      \
    X(HELD, "held")                                                                                \
    X(RESUMED, "resumed")                                                                          \
    X(HOLD_FAILED, "hold-failed")                                                                  \
    X(MOVED, "moved")                                                                              \
    X(MESSAGE, "message")                                                                          \
    X(MESSAGE_SENT, "message-sent")                                                                \
    X(MESSAGE_FAILED, "message-failed")                                                            \
    X(OPTIONS_ANSWERED, "options-answered")                                                        \
    X(OPTIONS_FAILED, "options-failed")                                                            \
    X(TERMINATED, "terminated")                                                                    \
    X(STATUS, "status")                                                                            \
    X(ERROR, "error")

typedef enum phone_event {
#define PHONE_EVENT_ENUM(id, name) EVENT_##id,
    PHONE_EVENT_MAP(PHONE_EVENT_ENUM)
#undef PHONE_EVENT_ENUM
    EVENT_COUNT
} phone_event;

struct events {
    FILE *out;
    bool json;
    void (*listener)(phone_event event, void *arg);
    void *arg;
};

const char *event_name(phone_event event);
/* EVENT_COUNT if there is none of that name. */
phone_event event_of(const char *name);
/* `members` (may be NULL) is given away; `format` is the line for a person, after the event's name.
 */
void events_emit(struct events *events, phone_event event, json_t *members, const char *format, ...)
    SIP_PRINTF(4, 5);
/* A JSON string of a peer's bytes; if they are not UTF-8, those beyond ASCII become question marks.
 */
json_t *events_text(sip_str text);

#endif
