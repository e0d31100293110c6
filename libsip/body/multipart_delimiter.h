/* The lines between the parts of a multipart (RFC 2046 5.1.1). */
#ifndef SIP_BODY_MULTIPART_DELIMITER_H
#define SIP_BODY_MULTIPART_DELIMITER_H

#include <sip/base.h>

#define SIP__BOUNDARY_BYTES 70u

typedef struct sip__delimiter {
    size_t at;    /* where the line end before it begins, which belongs to it */
    size_t after; /* behind its own line end */
    bool is_last;
} sip__delimiter;

/* True for 1 … 70 bytes, the last no blank, none of them a control character. */
bool sip__boundary_is_sound(sip_str boundary);
/* Find the first delimiter from `from` on, which begins a line. False: none. */
bool sip__delimiter_find(sip_str data, size_t from, sip_str boundary,
                         sip__delimiter *ret_delimiter);

#endif
