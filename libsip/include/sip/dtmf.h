/* Keys in INFO: application/dtmf-relay and application/dtmf. No RFC defines them; this is what
 * gateways and phones send. */
#ifndef SIP_DTMF_H
#define SIP_DTMF_H

#include <sip/body_type.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_dtmf {
    char signal; /**< '0' … '9', '*', '#', 'A' … 'D', '!' for the hook flash */
    uint32_t duration_ms;
    bool has_duration;
} sip_dtmf;

/** Read "Signal=5 CRLF Duration=160". White space, the order of lines, lower case, ":" for "=",
 * "10" for the star and "11" for the pound, "hf" or 16 for the flash, and lines of other names are
 * taken. @return 0, SIP_ESYNTAX */
SIP_API int sip_dtmf_relay_parse(sip_str text, sip_dtmf *ret_dtmf);
/** Read the body of application/dtmf: the key alone. @return 0, SIP_ESYNTAX */
SIP_API int sip_dtmf_parse(sip_str text, sip_dtmf *ret_dtmf);
/** Print application/dtmf-relay, as snprintf(). @return the length needed, SIP_EINVAL for a signal
 * that is no key */
SIP_API int sip_dtmf_relay_print(const sip_dtmf *dtmf, char *out, size_t size);
/** Print application/dtmf, as snprintf(). @return the length needed, SIP_EINVAL as above */
SIP_API int sip_dtmf_print(const sip_dtmf *dtmf, char *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif
