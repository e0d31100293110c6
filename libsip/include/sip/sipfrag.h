/* message/sipfrag: a part of a SIP message (RFC 3420). message/sip, a whole one (RFC 3261 27.5), is
 * read into a sip_msg by sip_message_sip_type. */
#ifndef SIP_SIPFRAG_H
#define SIP_SIPFRAG_H

#include <sip/header_type.h>

#include <sip/body_type.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_sipfrag_start {
    SIP_SIPFRAG_NO_START,
    SIP_SIPFRAG_REQUEST,
    SIP_SIPFRAG_RESPONSE
} sip_sipfrag_start;

/** One header line; its value on one line. */
typedef struct sip_sipfrag_header {
    sip_header_id id; /**< not printed */
    sip_str name, value;
} sip_sipfrag_header;

typedef struct sip_sipfrag {
    sip_sipfrag_start start;
    sip_method method;        /**< of a request; not printed */
    sip_str method_text, uri; /**< of a request */
    int status;               /**< of a response */
    sip_str phrase;
    const sip_sipfrag_header *headers;
    size_t n_headers;
    bool has_body; /**< the blank line is there */
    sip_str body;
} sip_sipfrag;

/**
 * Read a fragment with the default limits; sip_sipfrag_free() it. `text` has to outlive it. The
 * line end of the last line may be missing, as peers forget it. What follows Content-Length is left
 * out.
 * @return 0; SIP_ESYNTAX (also a body without Content-Type that is not white space, RFC 3420 2);
 * SIP_ETOOBIG; SIP_ENOMEM
 */
SIP_API int sip_sipfrag_parse(const sip_allocator *allocator, sip_str text,
                              sip_sipfrag **ret_sipfrag);
/** Free what gave sip_sipfrag_parse() or sip_sipfrag_of(), with the same allocator; NULL is fine.
 */
SIP_API void sip_sipfrag_free(const sip_allocator *allocator, sip_sipfrag *sipfrag);
/** Print as snprintf(); without a phrase that of the status. @return the length needed, or
 * SIP_EINVAL for what cannot stand in a message */
SIP_API int sip_sipfrag_print(const sip_sipfrag *sipfrag, char *out, size_t size);

/** What of a message goes into a fragment. */
typedef struct sip_sipfrag_choice {
    bool start_line;
    bool body; /**< with the headers about it */
    const sip_header_id *headers;
    size_t n_headers;
} sip_sipfrag_choice;

/** A fragment of a message, which has to outlive it; headers in the order of the message;
 * sip_sipfrag_free() it. @return 0, SIP_ENOMEM, SIP_EINVAL (a NULL) */
SIP_API int sip_sipfrag_of(const sip_allocator *allocator, const sip_msg *msg,
                           const sip_sipfrag_choice *choice, sip_sipfrag **ret_sipfrag);

/** The value of the n-th line of that name, also its compact or long form; ptr NULL past the end.
 */
SIP_API sip_str sip_sipfrag_find(const sip_sipfrag *sipfrag, const char *name, size_t n);
/** Read the n-th value of a header; @return 0, SIP_ENOENT, SIP_ESYNTAX, SIP_EINVAL (a NULL) */
SIP_API int sip_sipfrag_typed(const sip_sipfrag *sipfrag, const sip_header_type *type, size_t n,
                              void *ret_value);
/** The body as a value, with its type and disposition. */
SIP_API sip_body sip_sipfrag_body(const sip_sipfrag *sipfrag);

#ifdef __cplusplus
}
#endif

#endif
