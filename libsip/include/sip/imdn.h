/* message/imdn+xml: what became of a message (RFC 5438 7.2.1). */
#ifndef SIP_IMDN_H
#define SIP_IMDN_H

#include <sip/datetime.h>
#include <sip/xml.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_imdn_kind {
    SIP_IMDN_ABSENT,
    SIP_IMDN_DELIVERY,
    SIP_IMDN_DISPLAY,
    SIP_IMDN_PROCESSING
} sip_imdn_kind;

typedef enum sip_imdn_status {
    SIP_IMDN_STATUS_ABSENT,
    SIP_IMDN_DELIVERED, /**< of a delivery notification */
    SIP_IMDN_FAILED,    /**< of a delivery notification */
    SIP_IMDN_DISPLAYED, /**< of a display notification */
    SIP_IMDN_PROCESSED, /**< of a processing notification */
    SIP_IMDN_STORED,    /**< of a processing notification */
    SIP_IMDN_FORBIDDEN,
    SIP_IMDN_ERROR
} sip_imdn_status;

typedef struct sip_imdn_outcome {
    sip_xml_extra extra;
    sip_imdn_status status;
} sip_imdn_outcome;

typedef struct sip_imdn_notification {
    sip_xml_extra extra;
    sip_imdn_kind kind;              /**< required */
    const sip_imdn_outcome *outcome; /**< required */
} sip_imdn_notification;

typedef struct sip_imdn {
    sip_xml_extra extra;
    sip_str message_id;    /**< required */
    sip_datetime datetime; /**< required: that of the message */
    sip_str recipient_uri, original_recipient_uri;
    sip_str subject;
    const sip_imdn_notification *notification; /**< or NULL */
} sip_imdn;

/** Read a document with the default limits; sip_imdn_free() it.
 * @return 0, SIP_ESYNTAX, SIP_ETOOBIG or SIP_ENOMEM, as sip_xml_body_parse() */
SIP_API int sip_imdn_parse(const sip_allocator *allocator, sip_str text, sip_imdn **ret_imdn);
/** Print as snprintf() does.
 * @return the length needed; SIP_EINVAL for something required that is absent or a value that
 * cannot be printed; SIP_ETOOBIG as sip_xml_print() */
SIP_API int sip_imdn_print(const sip_imdn *imdn, char *out, size_t size);
/** Free what sip_imdn_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_imdn_free(const sip_allocator *allocator, sip_imdn *imdn);
/** To give a sip_imdn as a body: the codec of "message/imdn+xml"; static. */
SIP_API const sip_body_codec *sip_imdn_codec(void);

#ifdef __cplusplus
}
#endif

#endif
