/* Text printed into a buffer of a given size, as snprintf() does: what does not fit is counted. */
#ifndef SIP_PARSER_TEXT_OUT_H
#define SIP_PARSER_TEXT_OUT_H

#include <sip/base.h>

typedef struct sip__text_out {
    char *at; /* NULL only if size is 0 */
    size_t size;
    size_t len;  /* printed so far, whether it fitted or not */
    bool is_bad; /* something came that cannot stand in a header value */
} sip__text_out;

/* Put text; CR, LF and NUL make the whole bad. */
void sip__out_put(sip__text_out *out, sip_str text);
void sip__out_char(sip__text_out *out, char c);
void sip__out_number(sip__text_out *out, uint64_t number);
/* Put the zero. @return the length, or SIP_EINVAL if it is bad or beyond INT_MAX */
int sip__out_end(sip__text_out *out);

#endif
