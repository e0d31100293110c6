/* application/pidf+xml: presence (RFC 3863) with persons and devices (RFC 4479), rich presence
 * (RPID, RFC 4480) and capabilities (RFC 5196). */
#ifndef SIP_PIDF_H
#define SIP_PIDF_H

#include <sip/datetime.h>
#include <sip/xml.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_pidf_basic {
    SIP_PIDF_BASIC_ABSENT,
    SIP_PIDF_OPEN,
    SIP_PIDF_CLOSED
} sip_pidf_basic;

/** One of several values that are elements: `<on-the-phone/>`, `<other>abseiling</other>`. */
typedef struct sip_rpid_value {
    sip_xml_extra extra;
    sip_str name; /**< "on-the-phone" */
    sip_str text; /**< of "other"; empty of the rest */
} sip_rpid_value;

/** activities, mood, privacy, relationship, service-class, sphere and place-type. Values of other
 * namespaces are among the extra nodes. */
typedef struct sip_rpid_values {
    sip_xml_extra extra;
    sip_str id;
    sip_datetime from, until;
    const sip_xml_text *notes;
    size_t n_notes;
    const sip_rpid_value *values;
    size_t n_values;
    sip_str text;  /**< of a sphere that is not among the values: in words */
    sip_str other; /**< of place-type: in words; its values are of RFC 4589 */
} sip_rpid_values;

typedef enum sip_rpid_audio {
    SIP_RPID_AUDIO_ABSENT,
    SIP_RPID_AUDIO_NOISY,
    SIP_RPID_AUDIO_OK,
    SIP_RPID_AUDIO_QUIET,
    SIP_RPID_AUDIO_UNKNOWN
} sip_rpid_audio;

typedef enum sip_rpid_video {
    SIP_RPID_VIDEO_ABSENT,
    SIP_RPID_VIDEO_TOO_BRIGHT,
    SIP_RPID_VIDEO_OK,
    SIP_RPID_VIDEO_DARK,
    SIP_RPID_VIDEO_UNKNOWN
} sip_rpid_video;

typedef enum sip_rpid_text {
    SIP_RPID_TEXT_ABSENT,
    SIP_RPID_TEXT_UNCOMFORTABLE,
    SIP_RPID_TEXT_INAPPROPRIATE,
    SIP_RPID_TEXT_OK,
    SIP_RPID_TEXT_UNKNOWN
} sip_rpid_text;

/** What kind of communication the place is fit for. */
typedef struct sip_rpid_place_is {
    sip_xml_extra extra;
    sip_str id;
    sip_datetime from, until;
    const sip_xml_text *notes;
    size_t n_notes;
    sip_rpid_audio audio;
    sip_rpid_video video;
    sip_rpid_text text;
} sip_rpid_place_is;

typedef struct sip_rpid_status_icon {
    sip_xml_extra extra;
    sip_str id;
    sip_datetime from, until;
    sip_str uri;
} sip_rpid_status_icon;

typedef struct sip_rpid_time_offset {
    sip_xml_extra extra;
    sip_str id;
    sip_datetime from, until;
    sip_str description;
    sip_xml_int minutes; /**< from UTC */
} sip_rpid_time_offset;

typedef enum sip_rpid_input {
    SIP_RPID_INPUT_ABSENT,
    SIP_RPID_ACTIVE,
    SIP_RPID_IDLE
} sip_rpid_input;

typedef struct sip_rpid_user_input {
    sip_xml_extra extra;
    sip_str id;
    sip_xml_uint idle_threshold_s;
    sip_datetime last_input;
    sip_rpid_input state;
} sip_rpid_user_input;

/** Rich presence of a tuple, a person or a device. What the RFC lets stand several times, for
 * different times, is a list. */
typedef struct sip_rpid {
    const sip_rpid_values *activities;
    size_t n_activities;
    sip_str class_name; /**< `<class>` */
    const sip_rpid_values *moods;
    size_t n_moods;
    const sip_rpid_place_is *place_is;
    size_t n_place_is;
    const sip_rpid_values *place_types;
    size_t n_place_types;
    const sip_rpid_values *privacy;
    size_t n_privacy;
    const sip_rpid_values *relationship;
    const sip_rpid_values *service_class;
    const sip_rpid_values *spheres;
    size_t n_spheres;
    const sip_rpid_status_icon *status_icons;
    size_t n_status_icons;
    const sip_rpid_time_offset *time_offsets;
    size_t n_time_offsets;
    const sip_rpid_user_input *user_input;
} sip_rpid;

/** One capability: a method, an event package, a language … */
typedef struct sip_pidf_cap {
    sip_xml_extra extra;
    sip_str name; /**< "INVITE"; of languages and schemes "l" and "s" */
    sip_str text; /**< of languages and schemes: which; mostly empty for others */
    sip_xml_int value, min_value, max_value; /**< of priorities */
} sip_pidf_cap;

typedef struct sip_pidf_caps {
    sip_xml_extra extra;
    const sip_pidf_cap *caps;
    size_t n_caps;
} sip_pidf_caps;

/** What is supported and what is not. */
typedef struct sip_pidf_support {
    sip_xml_extra extra;
    const sip_pidf_caps *supported, *not_supported; /**< or NULL */
} sip_pidf_support;

/** Capabilities of a service (RFC 5196 3.2). */
typedef struct sip_pidf_servcaps {
    sip_xml_extra extra;
    const sip_pidf_support *actor, *class_, *duplex, *event_packages, *extensions, *methods,
        *languages, *priority, *schemes; /**< each or NULL */
    sip_switch application, audio, automata, control, data, isfocus, message, text, video;
    const sip_xml_text *descriptions;
    size_t n_descriptions;
    const sip_xml_text *types;
    size_t n_types;
} sip_pidf_servcaps;

/** Capabilities of a device (RFC 5196 3.3). */
typedef struct sip_pidf_devcaps {
    sip_xml_extra extra;
    const sip_xml_text *descriptions;
    size_t n_descriptions;
    const sip_pidf_support *mobility; /**< or NULL */
} sip_pidf_devcaps;

typedef struct sip_pidf_status {
    sip_xml_extra extra;
    sip_pidf_basic basic;
} sip_pidf_status;

typedef struct sip_pidf_contact {
    sip_xml_extra extra;
    sip_xml_uint priority; /**< in thousandths: 0.8 is 800 */
    sip_str uri;
} sip_pidf_contact;

/** A service (RFC 3863 4.1.2). */
typedef struct sip_pidf_tuple {
    sip_xml_extra extra;
    sip_str id;                    /**< required */
    const sip_pidf_status *status; /**< required */
    sip_rpid rpid;
    const sip_pidf_servcaps *servcaps; /**< or NULL */
    const sip_xml_text *device_ids;    /**< the devices that it runs on (RFC 4479 3.4) */
    size_t n_device_ids;
    const sip_pidf_contact *contact; /**< or NULL */
    const sip_xml_text *notes;
    size_t n_notes;
    sip_datetime timestamp;
} sip_pidf_tuple;

/** A person (RFC 4479 3.2). */
typedef struct sip_pidf_person {
    sip_xml_extra extra;
    sip_str id; /**< required */
    sip_rpid rpid;
    const sip_xml_text *notes;
    size_t n_notes;
    sip_datetime timestamp;
} sip_pidf_person;

/** A device (RFC 4479 3.4). */
typedef struct sip_pidf_device {
    sip_xml_extra extra;
    sip_str id; /**< required: of the element */
    sip_rpid rpid;
    const sip_pidf_devcaps *devcaps; /**< or NULL */
    sip_str device_id;               /**< of the device: a URN */
    const sip_xml_text *notes;
    size_t n_notes;
    sip_datetime timestamp;
} sip_pidf_device;

/** A presence document. */
typedef struct sip_pidf {
    sip_xml_extra extra;
    sip_str entity; /**< required: whose presence, "pres:someone@example.com" */
    const sip_pidf_tuple *tuples;
    size_t n_tuples;
    const sip_xml_text *notes;
    size_t n_notes;
    const sip_pidf_person *persons;
    size_t n_persons;
    const sip_pidf_device *devices;
    size_t n_devices;
} sip_pidf;

/** Read a document with the default limits; sip_pidf_free() it.
 * @return 0, SIP_ESYNTAX, SIP_ETOOBIG or SIP_ENOMEM, as sip_xml_body_parse() */
SIP_API int sip_pidf_parse(const sip_allocator *allocator, sip_str text, sip_pidf **ret_pidf);
/** Print as snprintf() does.
 * @return the length needed; SIP_EINVAL for something required that is absent or a value that
 * cannot be printed; SIP_ETOOBIG as sip_xml_print() */
SIP_API int sip_pidf_print(const sip_pidf *pidf, char *out, size_t size);
/** Free what sip_pidf_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_pidf_free(const sip_allocator *allocator, sip_pidf *pidf);
/** To give a sip_pidf as a body: the codec of "application/pidf+xml"; static. */
SIP_API const sip_body_codec *sip_pidf_codec(void);

/** The value of that name among those of a list, "busy" among activities; NULL: it is not there. */
SIP_API const sip_rpid_value *sip_rpid_find(const sip_rpid_values *values, const char *name);

#ifdef __cplusplus
}
#endif

#endif
