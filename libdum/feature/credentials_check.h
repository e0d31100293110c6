/* Judging the credentials of one request (RFC 3261 22.4, RFC 7616 3.4): the part of server
 * authentication that knows digests; server_auth.c knows what follows from the verdict. */
#ifndef DUM_CREDENTIALS_CHECK_H
#define DUM_CREDENTIALS_CHECK_H

#include "core/context.h"

#define DUM__AUTH_USER_BYTES 256

typedef enum dum__credentials_verdict {
    DUM__CREDENTIALS_NONE,      /**< none for our realm, or of an algorithm that we do not offer */
    DUM__CREDENTIALS_MALFORMED, /**< 400 */
    DUM__CREDENTIALS_WRONG,     /**< password or user: the challenge again */
    DUM__CREDENTIALS_STALE,     /**< right, but for a nonce that no longer serves */
    DUM__CREDENTIALS_RIGHT
} dum__credentials_verdict;

typedef struct dum__credentials_check {
    dum_manager *dum;
    sip_nonces *nonces;
    sip_str realm;
    const sip_digest_algorithm *algorithms; /* those on offer, up to n */
    size_t n_algorithms;
} dum__credentials_check;

/**
 * Judge the Authorization lines of a request.
 * @param user      gets the name that proved right, unescaped
 * @param ret_user  slice of `user`; set if RIGHT
 */
dum__credentials_verdict dum__credentials_check_request(const dum__credentials_check *check,
                                                        const sip_msg *request,
                                                        char user[DUM__AUTH_USER_BYTES],
                                                        sip_str *ret_user);

#endif
