/* application/reginfo+xml: the registrations of an address of record (RFC 3680), with GRUUs (RFC
 * 5628). */
#ifndef SIP_REGINFO_H
#define SIP_REGINFO_H

#include <sip/xml.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_reginfo_state {
    SIP_REGINFO_STATE_ABSENT,
    SIP_REGINFO_INIT, /**< not of a contact */
    SIP_REGINFO_ACTIVE,
    SIP_REGINFO_TERMINATED
} sip_reginfo_state;

/** What led to the state of a contact. */
typedef enum sip_reginfo_event {
    SIP_REGINFO_EVENT_ABSENT,
    SIP_REGINFO_REGISTERED,
    SIP_REGINFO_CREATED,
    SIP_REGINFO_REFRESHED,
    SIP_REGINFO_SHORTENED,
    SIP_REGINFO_EXPIRED,
    SIP_REGINFO_DEACTIVATED,
    SIP_REGINFO_PROBATION,
    SIP_REGINFO_UNREGISTERED,
    SIP_REGINFO_REJECTED
} sip_reginfo_event;

/** A parameter of the Contact that RFC 3261 does not define. */
typedef struct sip_reginfo_param {
    sip_xml_extra extra;
    sip_str name;  /**< required */
    sip_str value; /**< empty for a flag */
} sip_reginfo_param;

/** A public or a temporary GRUU. */
typedef struct sip_reginfo_gruu {
    sip_xml_extra extra;
    sip_str uri;             /**< required */
    sip_xml_uint first_cseq; /**< of a temporary one: from which REGISTER on it is valid */
} sip_reginfo_gruu;

typedef struct sip_reginfo_contact {
    sip_xml_extra extra;
    sip_str id;              /**< required */
    sip_reginfo_state state; /**< required: active or terminated */
    sip_reginfo_event event; /**< required */
    sip_xml_uint duration_registered_s, expires_s, retry_after_s;
    sip_xml_uint q; /**< in thousandths: 0.8 is 800 */
    sip_str call_id;
    sip_xml_uint cseq;
    sip_str uri;                      /**< required */
    const sip_xml_text *display_name; /**< or NULL */
    const sip_reginfo_param *params;
    size_t n_params;
    const sip_reginfo_gruu *pub_gruu, *temp_gruu; /**< or NULL */
} sip_reginfo_contact;

typedef struct sip_reginfo_registration {
    sip_xml_extra extra;
    sip_str aor;             /**< required */
    sip_str id;              /**< required */
    sip_reginfo_state state; /**< required */
    const sip_reginfo_contact *contacts;
    size_t n_contacts;
} sip_reginfo_registration;

typedef struct sip_reginfo {
    sip_xml_extra extra;
    sip_xml_uint version; /**< required: one more with each document */
    sip_xml_state state;  /**< required */
    const sip_reginfo_registration *registrations;
    size_t n_registrations;
} sip_reginfo;

/** Read a document with the default limits; sip_reginfo_free() it.
 * @return 0, SIP_ESYNTAX, SIP_ETOOBIG or SIP_ENOMEM, as sip_xml_body_parse() */
SIP_API int sip_reginfo_parse(const sip_allocator *allocator, sip_str text,
                              sip_reginfo **ret_reginfo);
/** Print as snprintf() does.
 * @return the length needed; SIP_EINVAL for something required that is absent or a value that
 * cannot be printed; SIP_ETOOBIG as sip_xml_print() */
SIP_API int sip_reginfo_print(const sip_reginfo *reginfo, char *out, size_t size);
/** Free what sip_reginfo_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_reginfo_free(const sip_allocator *allocator, sip_reginfo *reginfo);
/** To give a sip_reginfo as a body: the codec of "application/reginfo+xml"; static. */
SIP_API const sip_body_codec *sip_reginfo_codec(void);

#ifdef __cplusplus
}
#endif

#endif
