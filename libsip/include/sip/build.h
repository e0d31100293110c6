/* Making messages. A builder remembers its first error and every later call is then without effect,
 * so only sip_build_finish() needs a look. Headers appear in the order they are added;
 * Content-Length is always added last. */
#ifndef SIP_BUILD_H
#define SIP_BUILD_H

#include <sip/msg.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_build sip_build;

/**
 * Begin a request: the start line. NULL without memory (then every function below takes the NULL,
 * and finish gives SIP_ENOMEM). The Via is added when it is sent, and so is Contact if
 * sip_build_contact() asked for it (RFC 3261 8.1.1.7, 8.1.1.8).
 * @param allocator  NULL: the default
 * @param uri        printed as it is; header parameters of it ("?…") are left out
 */
SIP_API sip_build *sip_build_request(const sip_allocator *allocator, sip_str method, sip_str uri);
/**
 * Begin a response to `request`: start line, every Via (with received and rport as its source
 * wants, RFC 3261 18.2.1, RFC 3581), From, To, Call-ID, CSeq, for 1xx and 2xx that make a dialog
 * Record-Route (12.1.1), for 100 Timestamp (8.2.6.1).
 * @param phrase  empty: the RFC's
 * @param to_tag  added to To if that has none and status > 100; empty: none is added
 */
SIP_API sip_build *sip_build_response(const sip_msg *request, int status, sip_str phrase,
                                      sip_str to_tag);

/** Add a header line by id. The value must not contain CR or LF (SIP_EINVAL). */
SIP_API void sip_build_header(sip_build *build, sip_header_id id, sip_str value);
/** Add a header line by id, printf style, at most 4,000 bytes. */
SIP_API void sip_build_headerf(sip_build *build, sip_header_id id, const char *format, ...)
    SIP_PRINTF(3, 4);
/** Add a header line by name; the name must be a token. */
SIP_API void sip_build_named(sip_build *build, sip_str name, sip_str value);
/** Copy all lines of one known header from a message, in order. */
SIP_API void sip_build_copy(sip_build *build, const sip_msg *from, sip_header_id id);
/** Copy all lines whose name is `name`. */
SIP_API void sip_build_copy_named(sip_build *build, const sip_msg *from, sip_str name);
/** Begin a copy of `from` as a proxy passes it on: its start line only; for a request `uri` becomes
 * the Request-URI unless empty. */
SIP_API sip_build *sip_build_from(const sip_msg *from, sip_str uri);
/** Copy the values of a list header without the first `skip` of them. */
SIP_API void sip_build_copy_from(sip_build *build, const sip_msg *from, sip_header_id id,
                                 size_t skip);
/** Copy the body as it is with every header about it (Content-Type, -Disposition, -Encoding,
 * -Language, MIME-Version). */
SIP_API void sip_build_copy_body(sip_build *build, const sip_msg *from);
/** Copy all header lines but those whose id is in `except` (count n); Content-Length and the
 * headers about a body never. */
SIP_API void sip_build_copy_others(sip_build *build, const sip_msg *from,
                                   const sip_header_id *except, size_t n);
/** Ask for a Contact that is filled in when the message is sent, with the address it leaves from:
 * `<sip:USER@HOST:PORT;transport=…>PARAMS` (sips where the Request-URI is). For a response it is
 * filled in at once from the address that the request came to. `params` begins with a semicolon or
 * is empty. */
SIP_API void sip_build_contact(sip_build *build, sip_str user, sip_str params);
/** Add what an application wants along: headers, copies and body. NULL is fine. */
SIP_API void sip_build_extras(sip_build *build, const sip_extras *extras);
/** Set the body, with Content-Type and its other headers; a later one replaces it. NULL or empty:
 * none. */
SIP_API void sip_build_body(sip_build *build, const sip_body *body);

/** Finish, freeing the builder. @return 0 and the message with one reference; SIP_ENOMEM,
 * SIP_EINVAL, SIP_ETOOBIG */
SIP_API int sip_build_finish(sip_build *build, sip_msg **ret_msg);
/** Give up; NULL is fine. */
SIP_API void sip_build_discard(sip_build *build);

/** A whole response in one call: builder, extras, finish. */
SIP_API int sip_response_create(const sip_msg *request, int status, sip_str to_tag,
                                const sip_extras *extras, sip_msg **ret_response);

#ifdef __cplusplus
}
#endif

#endif
