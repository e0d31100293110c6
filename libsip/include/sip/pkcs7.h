/* application/pkcs7-mime and application/pkcs7-signature (RFC 8551 3): carried as they are. What is
 * in them is for the security functions. */
#ifndef SIP_PKCS7_H
#define SIP_PKCS7_H

#include <sip/body_type.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_smime_type {
    SIP_SMIME_ABSENT,
    SIP_SMIME_ENVELOPED, /**< enveloped-data */
    SIP_SMIME_AUTH_ENVELOPED,
    SIP_SMIME_SIGNED, /**< signed-data */
    SIP_SMIME_CERTS_ONLY,
    SIP_SMIME_COMPRESSED,
    SIP_SMIME_OTHER
} sip_smime_type;

typedef struct sip_pkcs7 {
    sip_str der;       /**< the bytes; of a part without its transfer encoding */
    bool is_signature; /**< application/pkcs7-signature: a signature apart from what is signed */
    sip_smime_type smime_type;
    sip_str smime_type_text;
    sip_str name; /**< of a file, by Content-Type's name or Content-Disposition's filename */
} sip_pkcs7;

/** Read a body of either type, which has to outlive the result. @return 0, SIP_ESYNTAX, SIP_EINVAL
 * (a NULL) */
SIP_API int sip_pkcs7_of(const sip_body *body, sip_pkcs7 *ret_pkcs7);
/** "enveloped-data" …; NULL for ABSENT and OTHER. */
SIP_API const char *sip_smime_type_name(sip_smime_type type);

#ifdef __cplusplus
}
#endif

#endif
