/* Headers of subscriptions and publications. */
#include "parser/type_table.h"

/* Packages and entity tags are compared byte by byte (RFC 6665 8.2.1). */
static const sip_field exact_fields[] = {
    SIP_HEAD_FLAGS(TOKEN, 0, sip_header_text, text, SIP_FIELD_EXACT),
};
static const sip_shape exact_shape = SIP_SHAPE_HEAD(exact_fields);

static const sip_field event_fields[] = {
    SIP_HEAD_FLAGS(TOKEN, 0, sip_event, package, SIP_FIELD_EXACT),
    SIP_PARAM("id", WORD, sip_event, id),
};
static const sip_shape event_shape = SIP_SHAPE(event_fields, ';', sip_event, params);

SIP__TYPE(event, "Event", 'o', false, "RFC 6665 8.2.1", sip_event, &event_shape);

SIP__TYPE(allow_events, "Allow-Events", 'u', true, "RFC 6665 8.2.2", sip_header_text, &exact_shape);

static const char *const states[] = {"active", "pending", "terminated", NULL};
static const char *const reasons[] = {"deactivated", "probation", "rejected",  "timeout", "giveup",
                                      "noresource",  "invariant", "badfilter", NULL};

static const sip_field state_fields[] = {
    SIP_HEAD_CHOICE(CHOICE, 0, sip_subscription_state, state_text, state, states),
    SIP_PARAM_HAS("expires", SECONDS, sip_subscription_state, expires_s, has_expires),
    SIP_PARAM_CHOICE("reason", sip_subscription_state, reason_text, reason, reasons),
    SIP_PARAM_HAS("retry-after", SECONDS, sip_subscription_state, retry_after_s, has_retry_after),
};
static const sip_shape state_shape = SIP_SHAPE(state_fields, ';', sip_subscription_state, params);

SIP__TYPE(subscription_state, "Subscription-State", 0, false, "RFC 6665 8.2.3",
          sip_subscription_state, &state_shape);

SIP__TYPE(sip_etag, "SIP-ETag", 0, false, "RFC 3903 11.3.1", sip_header_text, &exact_shape);
SIP__TYPE(sip_if_match, "SIP-If-Match", 0, false, "RFC 3903 11.3.2", sip_header_text, &exact_shape);
SIP__TYPE(suppress_if_match, "Suppress-If-Match", 0, false, "RFC 5839 7.2", sip_header_text,
          &exact_shape);
