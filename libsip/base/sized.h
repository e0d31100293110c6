/* Taking over a config or handler that an application was compiled with: it may be shorter than
 * ours, or longer. */
#ifndef SIP_BASE_SIZED_H
#define SIP_BASE_SIZED_H

#include <string.h>

#include <sip/base.h>

/* Copy `given` (NULL: nothing), what it lacks is zero. @return 0, or SIP_EINVAL if its tail,
 * unknown to us, is not all zero: it asks for what this version cannot do. */
static inline int sip__sized_copy(void *own, size_t own_bytes, const void *given,
                                  size_t given_bytes)
{
    const unsigned char *bytes = given;

    memset(own, 0, own_bytes);
    for (size_t i = own_bytes; bytes != NULL && i < given_bytes; i++) {
        if (bytes[i] != 0) {
            return SIP_EINVAL;
        }
    }
    if (bytes != NULL) {
        memcpy(own, bytes, given_bytes < own_bytes ? given_bytes : own_bytes);
    }
    return 0;
}

#endif
