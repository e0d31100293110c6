/* Where a URI leads (RFC 3263), which URIs a telephone number has (RFC 6116), and names that are
 * not looked up. Requests find their way by themselves; this is for who wants to know beforehand.
 */
#ifndef SIP_LOCATE_H
#define SIP_LOCATE_H

#include <sip/uri.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_stack sip_stack;
typedef struct sip_worker sip_worker;

/** A place that a request can be sent to. */
typedef struct sip_hop {
    sip_protocol protocol;
    sip_addr addr;
    uint32_t ttl_s; /**< for how long the answers of name servers say so; UINT32_MAX: for good */
    uint32_t group; /**< the same for all addresses of one host */
} sip_hop;

/** A look-up under way: from the call that began it until its callback is called, which comes
 * exactly once unless it is cancelled or the stack destroyed. */
typedef struct sip_lookup sip_lookup;

/** Where a URI leads; borrowed for the callback. */
typedef struct sip_located {
    int err;             /**< 0 with hops; SIP_ENOENT (no such name), SIP_EIO (servers failed),
                            SIP_ENOMEM, SIP_EUNSUPPORTED (nothing that we have a transport for) */
    const char *text;    /**< why, for a person; empty for 0 */
    const sip_hop *hops; /**< in the order to try, at most sixteen */
    size_t n_hops;
    const char *name; /**< what was looked up: a certificate has to be for it (RFC 5922 4) */
} sip_located;

/**
 * Find where a request to `uri` would go (RFC 3263 4): by the transports of the stack, its URI
 * parameters, and NAPTR, SRV and address records as far as they are needed.
 * @param uri         sip or sips; not kept
 * @param ret_lookup  to cancel it; may be NULL
 * @return 0: fn is called in a later turn, never from inside
 *   SIP_EINVAL       an argument is missing, or the host is no name
 *   SIP_EUNSUPPORTED the scheme, the transport parameter, or a numeric host's family
 *   SIP_ENOMEM
 * @thread The worker's.
 */
SIP_API int sip_locate(sip_worker *worker, const sip_uri *uri,
                       void (*fn)(const sip_located *located, void *user_data), void *user_data,
                       sip_lookup **ret_lookup);

/** The SIP URIs of a number; borrowed for the callback. */
typedef struct sip_enum_found {
    int err;                 /**< 0 with URIs; SIP_ENOENT, SIP_EIO, SIP_ENOMEM */
    const char *text;        /**< why, for a person; empty for 0 */
    const char *const *uris; /**< sip and sips, in the order to try, at most eight */
    size_t n_uris;
    uint32_t ttl_s; /**< for how long this holds */
} sip_enum_found;

/**
 * Look a telephone number up in the DNS (RFC 6116): its NAPTR records for E2U+sip.
 * @param number    "+441632960083" or a tel URI, visual separators allowed; not kept
 * @param suffixes  the trees to ask, one after the other, up to NULL; borrowed until the callback.
 *   NULL: "e164.arpa"
 * @param ret_lookup  to cancel it; may be NULL
 * @return 0: fn is called in a later turn; SIP_EINVAL (an argument is missing, or no global
 *   number); SIP_ENOMEM
 * @thread The worker's.
 */
SIP_API int sip_enum_lookup(sip_worker *worker, const char *number, const char *const *suffixes,
                            void (*fn)(const sip_enum_found *found, void *user_data),
                            void *user_data, sip_lookup **ret_lookup);

/** End a look-up: its callback is not called. NULL is fine, and from inside of its own callback it
 * does nothing. The worker's thread. */
SIP_API void sip_lookup_cancel(sip_lookup *lookup);

/** Give `name` an address (port aside), one more with each call, at most eight. It is then not
 * looked up any more: it has these addresses and neither NAPTR nor SRV records. The main thread,
 * before the stack runs, or its worker's, if that is the only one. @return 0, SIP_EINVAL,
 * SIP_ENOMEM, SIP_ETOOBIG, SIP_ESTATE (several workers run) */
SIP_API int sip_stack_add_host(sip_stack *stack, const char *name, const sip_addr *addr);

#ifdef __cplusplus
}
#endif

#endif
