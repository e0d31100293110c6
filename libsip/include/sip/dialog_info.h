/* application/dialog-info+xml: the dialogs of a user (RFC 4235). */
#ifndef SIP_DIALOG_INFO_H
#define SIP_DIALOG_INFO_H

#include <sip/xml.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_dialog_info_direction {
    SIP_DIALOG_INFO_DIRECTION_ABSENT,
    SIP_DIALOG_INFO_INITIATOR,
    SIP_DIALOG_INFO_RECIPIENT
} sip_dialog_info_direction;

/** The states of a dialog (RFC 4235 3.7.1). */
typedef enum sip_dialog_info_state {
    SIP_DIALOG_INFO_STATE_ABSENT,
    SIP_DIALOG_INFO_TRYING,
    SIP_DIALOG_INFO_PROCEEDING,
    SIP_DIALOG_INFO_EARLY,
    SIP_DIALOG_INFO_CONFIRMED,
    SIP_DIALOG_INFO_TERMINATED
} sip_dialog_info_state;

/** What led to a state. */
typedef enum sip_dialog_info_event {
    SIP_DIALOG_INFO_EVENT_ABSENT,
    SIP_DIALOG_INFO_CANCELLED,
    SIP_DIALOG_INFO_REJECTED,
    SIP_DIALOG_INFO_REPLACED,
    SIP_DIALOG_INFO_LOCAL_BYE,
    SIP_DIALOG_INFO_REMOTE_BYE,
    SIP_DIALOG_INFO_ERROR,
    SIP_DIALOG_INFO_TIMEOUT
} sip_dialog_info_event;

typedef struct sip_dialog_info_status {
    sip_xml_extra extra;
    sip_dialog_info_event event;
    sip_xml_uint code; /**< the response that led to the state */
    sip_dialog_info_state state;
} sip_dialog_info_status;

/** The dialog that this one replaced. */
typedef struct sip_dialog_info_replaces {
    sip_xml_extra extra;
    sip_str call_id, local_tag, remote_tag; /**< required */
} sip_dialog_info_replaces;

typedef struct sip_dialog_info_address {
    sip_xml_extra extra;
    sip_str display;
    sip_str uri;
} sip_dialog_info_address;

/** A parameter of a Contact: "+sip.rendering", "no". */
typedef struct sip_dialog_info_param {
    sip_xml_extra extra;
    sip_str name;  /**< pname, required */
    sip_str value; /**< pval, required */
} sip_dialog_info_param;

typedef struct sip_dialog_info_target {
    sip_xml_extra extra;
    sip_str uri; /**< required */
    const sip_dialog_info_param *params;
    size_t n_params;
} sip_dialog_info_target;

typedef struct sip_dialog_info_session {
    sip_xml_extra extra;
    sip_str type; /**< required: "application/sdp" */
    sip_str text;
} sip_dialog_info_session;

/** A party of a dialog; all members may be absent. */
typedef struct sip_dialog_info_party {
    sip_xml_extra extra;
    const sip_dialog_info_address *identity;
    const sip_dialog_info_target *target;
    const sip_dialog_info_session *session;
    sip_xml_uint cseq;
} sip_dialog_info_party;

typedef struct sip_dialog_info_route_set {
    sip_xml_extra extra;
    const sip_xml_text *hops; /**< at least one */
    size_t n_hops;
} sip_dialog_info_route_set;

typedef struct sip_dialog_info_dialog {
    sip_xml_extra extra;
    sip_str id; /**< required: of the element, not of the dialog */
    sip_str call_id, local_tag, remote_tag;
    sip_dialog_info_direction direction;
    const sip_dialog_info_status *status;     /**< `<state>`, required */
    sip_xml_uint duration_s;                  /**< since the dialog was created */
    const sip_dialog_info_replaces *replaces; /**< this and the rest: or NULL */
    const sip_dialog_info_address *referred_by;
    const sip_dialog_info_route_set *route_set;
    const sip_dialog_info_party *local, *remote;
} sip_dialog_info_dialog;

typedef struct sip_dialog_info {
    sip_xml_extra extra;
    sip_xml_uint version; /**< required: one more with each document */
    sip_xml_state state;  /**< required */
    sip_str entity;       /**< required: whose dialogs */
    const sip_dialog_info_dialog *dialogs;
    size_t n_dialogs;
} sip_dialog_info;

/** Read a document with the default limits; sip_dialog_info_free() it.
 * @return 0, SIP_ESYNTAX, SIP_ETOOBIG or SIP_ENOMEM, as sip_xml_body_parse() */
SIP_API int sip_dialog_info_parse(const sip_allocator *allocator, sip_str text,
                                  sip_dialog_info **ret_dialog_info);
/** Print as snprintf() does.
 * @return the length needed; SIP_EINVAL for something required that is absent or a value that
 * cannot be printed; SIP_ETOOBIG as sip_xml_print() */
SIP_API int sip_dialog_info_print(const sip_dialog_info *dialog_info, char *out, size_t size);
/** Free what sip_dialog_info_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_dialog_info_free(const sip_allocator *allocator, sip_dialog_info *dialog_info);
/** To give a sip_dialog_info as a body: the codec of "application/dialog-info+xml"; static. */
SIP_API const sip_body_codec *sip_dialog_info_codec(void);

#ifdef __cplusplus
}
#endif

#endif
