/* Digest access authentication (RFC 3261 22, RFC 7616, RFC 8760): the arithmetic for both sides,
 * and the server's nonces. The machinery that answers challenges by itself is libdum's. */
#ifndef SIP_DIGEST_H
#define SIP_DIGEST_H

#include <sip/msg.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_digest_algorithm {
    SIP_DIGEST_NONE, /**< one that we do not know */
    SIP_DIGEST_MD5,
    SIP_DIGEST_SHA256,
    SIP_DIGEST_SHA512_256
} sip_digest_algorithm;

#define SIP_DIGEST_HEX_BYTES 65 /**< room for the longest digest in hex with its zero */

/** The algorithm of a challenge's or credentials' algorithm parameter (empty means MD5). -sess
 * variants are NONE. */
SIP_API sip_digest_algorithm sip_digest_algorithm_of(sip_str name);
/** "MD5", "SHA-256", "SHA-512-256" as in a header; "" for NONE. Static. */
SIP_API const char *sip_digest_algorithm_name(sip_digest_algorithm algorithm);

/** H(username:realm:password) in hex into `out`. @return 0, SIP_EINVAL (algorithm), SIP_EIO
 * (OpenSSL refused) */
SIP_API int sip_digest_a1(sip_digest_algorithm algorithm, sip_str username, sip_str realm,
                          sip_str password, char out[SIP_DIGEST_HEX_BYTES]);

/** What a response is computed over. */
typedef struct sip_digest_input {
    sip_digest_algorithm algorithm;
    sip_str a1_hex;            /**< from sip_digest_a1() or a database */
    sip_str nonce, cnonce, nc; /**< cnonce and nc only with qop */
    sip_str qop;               /**< "", "auth" or "auth-int" */
    sip_str method, uri;
    sip_str body; /**< for auth-int */
} sip_digest_input;

/** The response (RFC 7616 3.4.1) in hex into `out`. @return 0, SIP_EINVAL, SIP_EIO */
SIP_API int sip_digest_response(const sip_digest_input *input, char out[SIP_DIGEST_HEX_BYTES]);

/**
 * Print the value of an Authorization header that answers `challenge`. qop auth is preferred to
 * auth-int, which is used if it alone is offered; without qop the response is that of RFC 2069.
 * The challenge's values go back, and are hashed, as they came, escapes left; the username is
 * hashed as it is and escaped in print.
 * @param request  method, uri, body (auth-int), cnonce (needed with qop); a1_hex, if not empty,
 *                stands for the password; other members are ignored
 * @param nc      1 for the first use of the nonce, then up by one
 * @param out     zero-terminated
 * @return the length; SIP_EUNSUPPORTED (scheme, algorithm or qop); SIP_ETOOBIG; SIP_EIO; SIP_EINVAL
 *   (control characters, a quote in uri or cnonce, or no cnonce where qop asks for one)
 */
SIP_API int sip_digest_authorize(const sip_auth *challenge, sip_str username, sip_str password,
                                 const sip_digest_input *request, uint32_t nc, char *out,
                                 size_t size);

/** A server's nonces: HMAC over time, worker and slot, with a fixed table of nonce counts seen. One
 * a worker. */
typedef struct sip_nonces sip_nonces;

/** @param key  32 bytes shared by the workers; @param lifetime_s  after it a nonce is stale, 0: 300
 */
SIP_API int sip_nonces_create(const sip_allocator *allocator, const sip_clock *clock,
                              const uint8_t key[32], unsigned worker, uint32_t lifetime_s,
                              sip_nonces **ret_nonces);
/** Free them; NULL is fine. */
SIP_API void sip_nonces_destroy(sip_nonces *nonces);

#define SIP_NONCE_BYTES 96
/** Make a nonce, zero-terminated. @return 0 or SIP_EIO */
SIP_API int sip_nonces_make(sip_nonces *nonces, char out[SIP_NONCE_BYTES]);

typedef enum sip_nonce_verdict {
    SIP_NONCE_GOOD,
    SIP_NONCE_STALE,    /**< ours, but too old, of another worker, or forgotten: challenge with
                           stale=true */
    SIP_NONCE_REPLAYED, /**< ours and alive, but with a count that was used or is far behind */
    SIP_NONCE_FOREIGN   /**< not made with our key */
} sip_nonce_verdict;
/**
 * Judge a nonce and its count (0: no nc was given; then the nonce is good for one use) and, if
 * good, remember the count as used. Call it after the response has proved right, so that strangers
 * cannot use counts up. Counts may come out of order within 64; 4,096 nonces are remembered.
 */
SIP_API sip_nonce_verdict sip_nonces_check(sip_nonces *nonces, sip_str nonce, uint32_t nc);

#ifdef __cplusplus
}
#endif

#endif
