/* application/rlmi+xml: what stands in the parts of a notification about a list (RFC 4662 5). */
#ifndef SIP_RLMI_H
#define SIP_RLMI_H

#include <sip/xml.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_rlmi_state {
    SIP_RLMI_STATE_ABSENT,
    SIP_RLMI_ACTIVE,
    SIP_RLMI_PENDING,
    SIP_RLMI_TERMINATED
} sip_rlmi_state;

/** A subscription to a resource. */
typedef struct sip_rlmi_instance {
    sip_xml_extra extra;
    sip_str id;           /**< required */
    sip_rlmi_state state; /**< required */
    sip_str reason;       /**< of terminated */
    sip_str cid;          /**< the Content-ID of the part with the state; empty: there is none */
} sip_rlmi_instance;

typedef struct sip_rlmi_resource {
    sip_xml_extra extra;
    sip_str uri; /**< required */
    const sip_xml_text *names;
    size_t n_names;
    const sip_rlmi_instance *instances;
    size_t n_instances;
} sip_rlmi_resource;

/** A list. */
typedef struct sip_rlmi {
    sip_xml_extra extra;
    sip_str uri;           /**< required */
    sip_xml_uint version;  /**< required: one more with each notification */
    sip_switch full_state; /**< required */
    sip_str cid;
    const sip_xml_text *names;
    size_t n_names;
    const sip_rlmi_resource *resources;
    size_t n_resources;
} sip_rlmi;

/** Read a document with the default limits; sip_rlmi_free() it.
 * @return 0, SIP_ESYNTAX, SIP_ETOOBIG or SIP_ENOMEM, as sip_xml_body_parse() */
SIP_API int sip_rlmi_parse(const sip_allocator *allocator, sip_str text, sip_rlmi **ret_rlmi);
/** Print as snprintf() does.
 * @return the length needed; SIP_EINVAL for something required that is absent or a value that
 * cannot be printed; SIP_ETOOBIG as sip_xml_print() */
SIP_API int sip_rlmi_print(const sip_rlmi *rlmi, char *out, size_t size);
/** Free what sip_rlmi_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_rlmi_free(const sip_allocator *allocator, sip_rlmi *rlmi);
/** To give a sip_rlmi as a body: the codec of "application/rlmi+xml"; static. */
SIP_API const sip_body_codec *sip_rlmi_codec(void);

#ifdef __cplusplus
}
#endif

#endif
