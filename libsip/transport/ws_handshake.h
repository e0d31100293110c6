/* The opening handshake of WebSocket (RFC 6455 4) for the subprotocol sip (RFC 7118 4), both ends,
 * as functions over bytes. */
#ifndef SIP_TRANSPORT_WS_HANDSHAKE_H
#define SIP_TRANSPORT_WS_HANDSHAKE_H

#include <sip/base.h>

#define SIP__WS_HEAD_BYTES 8192 /* of a request or response with its empty line */
#define SIP__WS_KEY_BYTES 25    /* 16 random bytes in base64, and a zero */
#define SIP__WS_ACCEPT_BYTES 29 /* a SHA-1 in base64, and a zero */

/* What a client asks for; slices of the head. */
typedef struct sip__ws_request {
    sip_str path, host, origin, key;
} sip__ws_request;

/* How a head of a request was read: 0, SIP_EAGAIN: it is not whole yet, or an HTTP status to refuse
 * it with and why. */
typedef struct sip__ws_verdict {
    int status;       /* 400, 405, 426, 431, 505 */
    const char *text; /* static */
} sip__ws_verdict;

/* The length of the head that `bytes` begin with, empty line and all; 0: it is not whole yet. The
 * first `seen` of them have been looked at and hold no whole one. */
size_t sip__ws_head_bytes(sip_str bytes, size_t seen);
/* Read the whole head of a client's request (RFC 6455 4.2.1, RFC 7118 4.1).
 * @return 0, or SIP_ESYNTAX with *ret_verdict */
int sip__ws_read_request(sip_str head, sip__ws_request *ret_request, sip__ws_verdict *ret_verdict);
/* Read the whole head of a server's answer to a request with `key` (RFC 6455 4.1). @return 0, or
 * SIP_EIO with the reason in `text` (size bytes) */
int sip__ws_read_response(sip_str head, const char *key, char *text, size_t size);

/* A client's new key. */
void sip__ws_make_key(const sip_random *random, char out[SIP__WS_KEY_BYTES]);
/* What a server answers to a key. @return 0, or SIP_ENOMEM (the hash could not be had) */
int sip__ws_accept_of(sip_str key, char out[SIP__WS_ACCEPT_BYTES]);

/* Print the three heads. @return the length as snprintf() does */
int sip__ws_print_request(const char *path, const char *host, const char *key, char *out,
                          size_t size);
int sip__ws_print_response(const char *accept, char *out, size_t size);
int sip__ws_print_refusal(const sip__ws_verdict *verdict, char *out, size_t size);

#endif
