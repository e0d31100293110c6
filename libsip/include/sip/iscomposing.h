/* application/im-iscomposing+xml: somebody is typing (RFC 3994). */
#ifndef SIP_ISCOMPOSING_H
#define SIP_ISCOMPOSING_H

#include <sip/datetime.h>
#include <sip/xml.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_iscomposing_state {
    SIP_ISCOMPOSING_STATE_ABSENT, /**< also one that the RFC does not know: idle (RFC 3994 3.5) */
    SIP_ISCOMPOSING_ACTIVE,
    SIP_ISCOMPOSING_IDLE
} sip_iscomposing_state;

typedef struct sip_iscomposing {
    sip_xml_extra extra;
    sip_iscomposing_state state;
    sip_datetime last_active;
    sip_str content_type; /**< of what is being composed: "text", "audio/g711" */
    sip_xml_uint refresh_s;
} sip_iscomposing;

/** Read a document with the default limits; sip_iscomposing_free() it.
 * @return 0, SIP_ESYNTAX, SIP_ETOOBIG or SIP_ENOMEM, as sip_xml_body_parse() */
SIP_API int sip_iscomposing_parse(const sip_allocator *allocator, sip_str text,
                                  sip_iscomposing **ret_iscomposing);
/** Print as snprintf() does.
 * @return the length needed; SIP_EINVAL for something required that is absent or a value that
 * cannot be printed; SIP_ETOOBIG as sip_xml_print() */
SIP_API int sip_iscomposing_print(const sip_iscomposing *iscomposing, char *out, size_t size);
/** Free what sip_iscomposing_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_iscomposing_free(const sip_allocator *allocator, sip_iscomposing *iscomposing);
/** To give a sip_iscomposing as a body: the codec of "application/im-iscomposing+xml"; static. */
SIP_API const sip_body_codec *sip_iscomposing_codec(void);

#ifdef __cplusplus
}
#endif

#endif
