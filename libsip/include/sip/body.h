/* Bodies and the other things that travel along with a message. */
#ifndef SIP_BODY_H
#define SIP_BODY_H

#include <sip/header.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sip_msg;

/** How a typed object becomes bytes. */
typedef struct sip_body_codec {
    const char *type; /**< "application/sdp" */
    /** Print `object` into `out` (up to `size` bytes); returns the length needed, as snprintf()
     * does, or a SIP_E…. */
    int (*print)(const void *object, char *out, size_t size);
} sip_body_codec;

/** A body is a value: bytes with a type, or a typed object with its printer. Given to the library
 * it is borrowed for the call; given to you it is borrowed until the callback returns,
 * sip_msg_ref() of its message keeps it. */
typedef struct sip_body {
    sip_str
        type; /**< "application/sdp"; of a received body all of Content-Type, parameters included */
    sip_str data;
    sip_str disposition; /**< Content-Disposition, or empty */
    const sip_header
        *headers; /**< further headers about the body, up to one with a NULL name; or NULL */
    const sip_body_codec *codec; /**< with `object`, instead of `data`; or NULL */
    const void *object;
    const struct sip_msg *msg; /**< set by the library on what it gives you */
} sip_body;

/** An SDP body from a string literal, as an initialiser. */
#define SIP_BODY_SDP(literal)                                                                      \
    {                                                                                              \
        .type = SIP_STR_INIT("application/sdp"), .data = SIP_STR_INIT(literal)                     \
    }

/** The message that a body came with; NULL for one of your own. */
SIP_API const struct sip_msg *sip_body_msg(const sip_body *body);

/** What goes along with any message that we send. All borrowed for the call. */
typedef struct sip_extras {
    const sip_header *headers; /**< up to one with a NULL name; or NULL */
    const sip_body *body;
    const struct sip_msg
        *copy_from;   /**< headers named in `copy` are taken over from this message */
    const char *copy; /**< "Reason, Subject"; names parted by commas */
} sip_extras;

#ifdef __cplusplus
}
#endif

#endif
