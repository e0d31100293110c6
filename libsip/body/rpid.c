#include "body/rpid.h"

static const struct sip__xml_row value_rows[] = {
    SIP__XML_ROW(NAME, TEXT, sip_rpid_value, name, .required = true),
    SIP__XML_ROW(CONTENT, TEXT, sip_rpid_value, text, .name = ""),
};
static const struct sip__xml_shape value_shape = SIP__XML_SHAPE(value_rows, sip_rpid_value);

/* The attributes id, from and until (RFC 4480 3.1). */
#define TIMED_ROWS(type)                                                                           \
    SIP__XML_ROW(ATTRIBUTE, TOKEN, type, id, .name = "id"),                                        \
        SIP__XML_ROW(ATTRIBUTE, DATETIME, type, from, .name = "from"),                             \
        SIP__XML_ROW(ATTRIBUTE, DATETIME, type, until, .name = "until")
#define NOTES_ROW(type)                                                                            \
    SIP__XML_ROW(CHILD, LIST, type, notes, .name = "note", .ns = SIP__NS_RPID,                     \
                 .shape = &sip__xml_text_shape)

static const struct sip__xml_row values_rows[] = {
    TIMED_ROWS(sip_rpid_values),
    SIP__XML_ROW(CONTENT, TOKEN, sip_rpid_values, text, .name = ""),
    NOTES_ROW(sip_rpid_values),
    SIP__XML_ROW(CHILD, LIST, sip_rpid_values, values, .ns = SIP__NS_RPID, .shape = &value_shape),
};
const struct sip__xml_shape sip__rpid_values_shape = SIP__XML_SHAPE(values_rows, sip_rpid_values);

static const struct sip__xml_row place_type_rows[] = {
    TIMED_ROWS(sip_rpid_values),
    NOTES_ROW(sip_rpid_values),
    SIP__XML_ROW(CHILD, TEXT, sip_rpid_values, other, .name = "other", .ns = SIP__NS_RPID),
    SIP__XML_ROW(CHILD, LIST, sip_rpid_values, values, .ns = SIP__NS_LOCATION_TYPE,
                 .shape = &value_shape),
};
const struct sip__xml_shape sip__rpid_place_type_shape =
    SIP__XML_SHAPE(place_type_rows, sip_rpid_values);

static const char *const audio_names[] = {NULL, "noisy", "ok", "quiet", "unknown", NULL};
static const char *const video_names[] = {NULL, "toobright", "ok", "dark", "unknown", NULL};
static const char *const text_names[] = {NULL, "uncomfortable", "inappropriate",
                                         "ok", "unknown",       NULL};

static const struct sip__xml_row place_is_rows[] = {
    TIMED_ROWS(sip_rpid_place_is),
    NOTES_ROW(sip_rpid_place_is),
    SIP__XML_ROW(CHILD, CHOICE, sip_rpid_place_is, audio, .name = "audio", .ns = SIP__NS_RPID,
                 .names = audio_names),
    SIP__XML_ROW(CHILD, CHOICE, sip_rpid_place_is, video, .name = "video", .ns = SIP__NS_RPID,
                 .names = video_names),
    SIP__XML_ROW(CHILD, CHOICE, sip_rpid_place_is, text, .name = "text", .ns = SIP__NS_RPID,
                 .names = text_names),
};
const struct sip__xml_shape sip__rpid_place_is_shape =
    SIP__XML_SHAPE(place_is_rows, sip_rpid_place_is);

static const struct sip__xml_row status_icon_rows[] = {
    TIMED_ROWS(sip_rpid_status_icon),
    SIP__XML_ROW(CONTENT, TOKEN, sip_rpid_status_icon, uri, .name = ""),
};
const struct sip__xml_shape sip__rpid_status_icon_shape =
    SIP__XML_SHAPE(status_icon_rows, sip_rpid_status_icon);

static const struct sip__xml_row time_offset_rows[] = {
    TIMED_ROWS(sip_rpid_time_offset),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_rpid_time_offset, description, .name = "description"),
    SIP__XML_ROW(CONTENT, INT, sip_rpid_time_offset, minutes, .name = ""),
};
const struct sip__xml_shape sip__rpid_time_offset_shape =
    SIP__XML_SHAPE(time_offset_rows, sip_rpid_time_offset);

static const char *const input_names[] = {NULL, "active", "idle", NULL};

static const struct sip__xml_row user_input_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_rpid_user_input, id, .name = "id"),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_rpid_user_input, idle_threshold_s, .name = "idle-threshold"),
    SIP__XML_ROW(ATTRIBUTE, DATETIME, sip_rpid_user_input, last_input, .name = "last-input"),
    SIP__XML_ROW(CONTENT, ENUM, sip_rpid_user_input, state, .name = "", .names = input_names),
};
const struct sip__xml_shape sip__rpid_user_input_shape =
    SIP__XML_SHAPE(user_input_rows, sip_rpid_user_input);

const sip_rpid_value *sip_rpid_find(const sip_rpid_values *values, const char *name)
{
    for (size_t i = 0; values != NULL && i < values->n_values; i++) {
        if (sip_str_equal(values->values[i].name, name)) {
            return &values->values[i];
        }
    }
    return NULL;
}
