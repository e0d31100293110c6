#include <sip/imdn.h>

#include "body/xml_body.h"

static const char *const kind_names[] = {NULL, "delivery-notification", "display-notification",
                                         "processing-notification", NULL};
static const char *const status_names[] = {
    NULL, "delivered", "failed", "displayed", "processed", "stored", "forbidden", "error", NULL};

#define CHILD(what, type, member, element, ...)                                                    \
    SIP__XML_ROW(CHILD, what, type, member, .name = (element), .ns = SIP__NS_IMDN, __VA_ARGS__)

static const struct sip__xml_row outcome_rows[] = {
    CHILD(CHOICE, sip_imdn_outcome, status, NULL, .names = status_names),
};
static const struct sip__xml_shape outcome_shape = SIP__XML_SHAPE(outcome_rows, sip_imdn_outcome);

static const struct sip__xml_row notification_rows[] = {
    SIP__XML_ROW(NAME, ENUM, sip_imdn_notification, kind, .names = kind_names, .required = true),
    CHILD(STRUCT, sip_imdn_notification, outcome, "status", .shape = &outcome_shape,
          .required = true),
};
static const struct sip__xml_shape notification_shape =
    SIP__XML_SHAPE(notification_rows, sip_imdn_notification);

static const struct sip__xml_row imdn_rows[] = {
    CHILD(TOKEN, sip_imdn, message_id, "message-id", .required = true),
    CHILD(DATETIME, sip_imdn, datetime, "datetime", .required = true),
    CHILD(TOKEN, sip_imdn, recipient_uri, "recipient-uri", .required = false),
    CHILD(TOKEN, sip_imdn, original_recipient_uri, "original-recipient-uri", .required = false),
    CHILD(TEXT, sip_imdn, subject, "subject", .required = false),
    CHILD(STRUCT, sip_imdn, notification, NULL, .names = kind_names, .shape = &notification_shape),
};
static const struct sip__xml_shape imdn_shape = SIP__XML_SHAPE(imdn_rows, sip_imdn);

static const struct sip__xml_doc imdn_doc = {
    .root = "imdn",
    .shape = &imdn_shape,
    .ns = SIP__NS_IMDN,
    .default_ns = SIP__NS_IMDN,
};

SIP__XML_BODY(imdn, "message/imdn+xml", imdn_doc)
