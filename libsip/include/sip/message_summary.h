/* application/simple-message-summary: what waits in a mailbox (RFC 3842 5.2). */
#ifndef SIP_MESSAGE_SUMMARY_H
#define SIP_MESSAGE_SUMMARY_H

#include <sip/body_type.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Classes of messages (RFC 3458 6.2; video is of RFC 3938). */
typedef enum sip_message_class {
    SIP_MESSAGE_OTHER,
    SIP_MESSAGE_VOICE,
    SIP_MESSAGE_VIDEO,
    SIP_MESSAGE_FAX,
    SIP_MESSAGE_PAGER,
    SIP_MESSAGE_MULTIMEDIA,
    SIP_MESSAGE_TEXT,
    SIP_MESSAGE_NONE
} sip_message_class;

/** One line: "Voice-Message: 2/8 (0/2)". */
typedef struct sip_message_count {
    sip_message_class class_id;
    sip_str class_text; /**< as it came; what is printed, if empty the name of class_id */
    uint32_t new_messages, old_messages;
    bool has_urgent;
    uint32_t new_urgent, old_urgent; /**< of those above */
} sip_message_count;

/** A header of one message. */
typedef struct sip_message_header {
    sip_str name, value;
    bool begins; /**< the first of its message */
} sip_message_header;

typedef struct sip_message_summary {
    bool waiting;
    sip_str account; /**< a URI; or empty */
    const sip_message_count *counts;
    size_t n_counts;
    const sip_message_header *headers; /**< of the messages, one message after the other */
    size_t n_headers;
} sip_message_summary;

/** Read a summary with the default limits; sip_message_summary_free() it. `text` has to outlive it.
 * Lines of other names without counts are passed over.
 * @return 0; SIP_ESYNTAX (no Messages-Waiting, bad counts …); SIP_ETOOBIG; SIP_ENOMEM */
SIP_API int sip_message_summary_parse(const sip_allocator *allocator, sip_str text,
                                      sip_message_summary **ret_summary);
/** Free what sip_message_summary_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_message_summary_free(const sip_allocator *allocator, sip_message_summary *summary);
/** Print as snprintf(). @return the length needed, or SIP_EINVAL for what cannot stand there */
SIP_API int sip_message_summary_print(const sip_message_summary *summary, char *out, size_t size);
/** The counts of a class; NULL: none. */
SIP_API const sip_message_count *sip_message_summary_find(const sip_message_summary *summary,
                                                          sip_message_class class_id);

#ifdef __cplusplus
}
#endif

#endif
