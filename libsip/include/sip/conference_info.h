/* application/conference-info+xml: a conference and who is in it (RFC 4575). */
#ifndef SIP_CONFERENCE_INFO_H
#define SIP_CONFERENCE_INFO_H

#include <sip/datetime.h>
#include <sip/xml.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Of the document and of its parts; absent is full. */
typedef enum sip_conference_state {
    SIP_CONFERENCE_STATE_ABSENT,
    SIP_CONFERENCE_FULL,
    SIP_CONFERENCE_PARTIAL,
    SIP_CONFERENCE_DELETED
} sip_conference_state;

typedef enum sip_conference_media_status {
    SIP_CONFERENCE_MEDIA_ABSENT,
    SIP_CONFERENCE_MEDIA_RECVONLY,
    SIP_CONFERENCE_MEDIA_SENDONLY,
    SIP_CONFERENCE_MEDIA_SENDRECV,
    SIP_CONFERENCE_MEDIA_INACTIVE
} sip_conference_media_status;

typedef enum sip_conference_endpoint_status {
    SIP_CONFERENCE_STATUS_ABSENT,
    SIP_CONFERENCE_PENDING,
    SIP_CONFERENCE_DIALING_OUT,
    SIP_CONFERENCE_DIALING_IN,
    SIP_CONFERENCE_ALERTING,
    SIP_CONFERENCE_ON_HOLD,
    SIP_CONFERENCE_CONNECTED,
    SIP_CONFERENCE_MUTED_VIA_FOCUS,
    SIP_CONFERENCE_DISCONNECTING,
    SIP_CONFERENCE_DISCONNECTED
} sip_conference_endpoint_status;

typedef enum sip_conference_joining {
    SIP_CONFERENCE_JOINING_ABSENT,
    SIP_CONFERENCE_DIALED_IN,
    SIP_CONFERENCE_DIALED_OUT,
    SIP_CONFERENCE_FOCUS_OWNER
} sip_conference_joining;

typedef enum sip_conference_leaving {
    SIP_CONFERENCE_LEAVING_ABSENT,
    SIP_CONFERENCE_DEPARTED,
    SIP_CONFERENCE_BOOTED,
    SIP_CONFERENCE_FAILED,
    SIP_CONFERENCE_BUSY
} sip_conference_leaving;

/** When, why and by whom something was done. */
typedef struct sip_conference_action {
    sip_xml_extra extra;
    sip_datetime when;
    sip_str reason;
    sip_str by;
} sip_conference_action;

typedef struct sip_conference_uri {
    sip_xml_extra extra;
    sip_str uri; /**< required */
    sip_str display_text;
    sip_str purpose;                       /**< "web-page" */
    const sip_conference_action *modified; /**< or NULL */
} sip_conference_uri;

typedef struct sip_conference_uris {
    sip_xml_extra extra;
    sip_conference_state state;
    const sip_conference_uri *entries;
    size_t n_entries;
} sip_conference_uris;

/** Media that the conference has to offer. */
typedef struct sip_conference_medium {
    sip_xml_extra extra;
    sip_str label; /**< required */
    sip_str display_text;
    sip_str type; /**< required: "audio" */
    sip_conference_media_status status;
} sip_conference_medium;

typedef struct sip_conference_available_media {
    sip_xml_extra extra;
    const sip_conference_medium *entries;
    size_t n_entries;
} sip_conference_available_media;

typedef struct sip_conference_description {
    sip_xml_extra extra;
    sip_str display_text, subject, free_text;
    sip_str keywords;                                    /**< parted by spaces */
    const sip_conference_uris *conf_uris, *service_uris; /**< or NULL */
    sip_xml_uint maximum_user_count;
    const sip_conference_available_media *available_media; /**< or NULL */
} sip_conference_description;

typedef struct sip_conference_host {
    sip_xml_extra extra;
    sip_str display_text;
    sip_str web_page;
    const sip_conference_uris *uris; /**< or NULL */
} sip_conference_host;

typedef struct sip_conference_status {
    sip_xml_extra extra;
    sip_xml_uint user_count;
    sip_switch active, locked;
} sip_conference_status;

/** A stream of an endpoint. */
typedef struct sip_conference_media {
    sip_xml_extra extra;
    sip_str id; /**< required */
    sip_str display_text;
    sip_str type; /**< "audio" */
    sip_str label;
    sip_str src_id; /**< the SSRC */
    sip_conference_media_status status;
} sip_conference_media;

typedef struct sip_conference_dialog {
    sip_xml_extra extra;
    sip_str display_text;
    sip_str call_id, from_tag, to_tag; /**< required */
} sip_conference_dialog;

typedef struct sip_conference_call {
    sip_xml_extra extra;
    const sip_conference_dialog *sip; /**< or NULL */
} sip_conference_call;

/** A device of a user; pointers may be NULL. */
typedef struct sip_conference_endpoint {
    sip_xml_extra extra;
    sip_str entity;
    sip_conference_state state;
    sip_str display_text;
    const sip_conference_action *referred;
    sip_conference_endpoint_status status;
    sip_conference_joining joining_method;
    const sip_conference_action *joining_info;
    sip_conference_leaving disconnection_method;
    const sip_conference_action *disconnection_info;
    const sip_conference_media *media;
    size_t n_media;
    const sip_conference_call *call_info;
} sip_conference_endpoint;

typedef struct sip_conference_roles {
    sip_xml_extra extra;
    const sip_xml_text *entries;
    size_t n_entries;
} sip_conference_roles;

typedef struct sip_conference_user {
    sip_xml_extra extra;
    sip_str entity;
    sip_conference_state state;
    sip_str display_text;
    const sip_conference_uris *associated_aors; /**< or NULL */
    const sip_conference_roles *roles;          /**< or NULL */
    sip_str languages;                          /**< parted by spaces */
    sip_str cascaded_focus;
    const sip_conference_endpoint *endpoints;
    size_t n_endpoints;
} sip_conference_user;

typedef struct sip_conference_users {
    sip_xml_extra extra;
    sip_conference_state state;
    const sip_conference_user *users;
    size_t n_users;
} sip_conference_users;

typedef struct sip_conference_sidebars {
    sip_xml_extra extra;
    sip_conference_state state;
    const struct sip_conference_info *entries;
    size_t n_entries;
} sip_conference_sidebars;

/** A conference or a sidebar of it; pointers may be NULL. */
typedef struct sip_conference_info {
    sip_xml_extra extra;
    sip_str entity; /**< required: its URI */
    sip_conference_state state;
    sip_xml_uint version;
    const sip_conference_description *description;
    const sip_conference_host *host;
    const sip_conference_status *status; /**< <conference-state> */
    const sip_conference_users *users;
    const sip_conference_uris *sidebars_by_ref;
    const sip_conference_sidebars *sidebars_by_val;
} sip_conference_info;

/** Read a document with the default limits; sip_conference_info_free() it.
 * @return 0, SIP_ESYNTAX, SIP_ETOOBIG or SIP_ENOMEM, as sip_xml_body_parse() */
SIP_API int sip_conference_info_parse(const sip_allocator *allocator, sip_str text,
                                      sip_conference_info **ret_conference_info);
/** Print as snprintf() does.
 * @return the length needed; SIP_EINVAL for something required that is absent or a value that
 * cannot be printed; SIP_ETOOBIG as sip_xml_print() */
SIP_API int sip_conference_info_print(const sip_conference_info *conference_info, char *out,
                                      size_t size);
/** Free what sip_conference_info_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_conference_info_free(const sip_allocator *allocator,
                                      sip_conference_info *conference_info);
/** To give a sip_conference_info as a body: the codec of "application/conference-info+xml"; static.
 */
SIP_API const sip_body_codec *sip_conference_info_codec(void);

#ifdef __cplusplus
}
#endif

#endif
