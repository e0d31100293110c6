/* text/plain (RFC 2046 4.1.3; in SIP its default charset is UTF-8, RFC 3261 7.4.1). */
#ifndef SIP_TEXT_H
#define SIP_TEXT_H

#include <sip/body_type.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_text {
    sip_str text;    /**< in UTF-8 if is_utf8 */
    sip_str charset; /**< as Content-Type says; empty: UTF-8 */
    bool is_utf8;    /**< false: another charset than UTF-8, US-ASCII and ISO-8859-1, or bytes that
                        are none of it; then the text is as it came */
} sip_text;

/** Read a body: what is in ISO-8859-1 is converted. `body` has to outlive the result.
 * sip_text_free() it. @return 0, SIP_ESYNTAX (Content-Type), SIP_ENOMEM, SIP_EINVAL (a NULL) */
SIP_API int sip_text_read(const sip_allocator *allocator, const sip_body *body,
                          sip_text **ret_text);
/** Free what sip_text_read() gave, with the same allocator; NULL is fine. */
SIP_API void sip_text_free(const sip_allocator *allocator, sip_text *text);
/** True for well-formed UTF-8 (RFC 3629 4). */
SIP_API bool sip_text_is_utf8(sip_str text);

#ifdef __cplusplus
}
#endif

#endif
