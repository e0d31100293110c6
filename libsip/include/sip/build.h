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
 * Begin the request that a URI asks for (RFC 3261 19.1.5): its method parameter is the method, the
 * headers that it carries become headers, "body" becomes the body (text/plain unless it carries a
 * Content-Type). To is honoured too: ask sip_build_has() before adding one.
 *
 * Not honoured, since whoever made the URI could speak in our name or misdirect us: From, Call-ID,
 * CSeq, Via, Record-Route, Route, Path, Service-Route, Max-Forwards, Authorization,
 * Proxy-Authorization, Identity, P-Asserted-Identity, P-Preferred-Identity, Remote-Party-ID; what
 * would tell of us falsely: Accept, -Encoding and -Language, Allow, Contact, Organization,
 * Supported, User-Agent; what would need to be verified: Content-Disposition, -Encoding, -Language
 * and -Length, Date, MIME-Version, Timestamp, and Content-Type without a body; a second To; and any
 * header whose name is no token or whose value does not fit on a line.
 *
 * @param method       used where the URI has no method parameter
 * @param uri          of any scheme; only sip and sips carry headers
 * @param ret_refused  may be NULL; how many headers were not honoured
 */
SIP_API sip_build *sip_build_request_from_uri(const sip_allocator *allocator, sip_str method,
                                              const sip_uri *uri, unsigned *ret_refused);

/** What a request inside a dialog is made of (RFC 3261 12.2.1.1). All borrowed for the call. */
typedef struct sip_dialog_facts {
    sip_str call_id;
    sip_str local;  /**< our address without tag, as it stood in From or To */
    sip_str remote; /**< theirs */
    sip_str local_tag;
    sip_str remote_tag;    /**< empty: a peer of RFC 2543 has none */
    sip_str remote_target; /**< URI of the peer's Contact */
    sip_str routes; /**< the route set in the order of Route, parted by commas or line feeds */
    uint32_t cseq;  /**< of the request to be; of ACK and CANCEL that of their INVITE */
} sip_dialog_facts;

/** Begin a request inside a dialog: start line, Route, Max-Forwards, From, To, Call-ID, CSeq. The
 * first route decides: a loose router leaves the remote target in the Request-URI, a strict one
 * takes its place and the target goes last into Route. */
SIP_API sip_build *sip_build_in_dialog(const sip_allocator *allocator, sip_str method,
                                       const sip_dialog_facts *facts);

/**
 * Begin a response to `request`: start line, every Via (with received and rport as its source
 * wants, RFC 3261 18.2.1, RFC 3581), From, To, Call-ID, CSeq, for 1xx and 2xx that make a dialog
 * Record-Route (12.1.1), for 100 Timestamp (8.2.6.1).
 * @param phrase  empty: the RFC's
 * @param to_tag  added to To if that has none and status > 100; empty: none is added
 */
SIP_API sip_build *sip_build_response(const sip_msg *request, int status, sip_str phrase,
                                      sip_str to_tag);

/** Of a 100 that is built: say after the copied Timestamp that it was held back so long (RFC 3261
 * 8.2.6.1). Without effect when the request has no Timestamp, or one with a delay; call it first
 * after sip_build_response(). */
SIP_API void sip_build_delay(sip_build *build, uint32_t delay_ms);
/** Print headers added from now on by their compact names where they have one (RFC 3261 7.3.3). */
SIP_API void sip_build_compact(sip_build *build, bool compact);
/** True if a line of this header was added already; false for NULL. */
SIP_API bool sip_build_has(const sip_build *build, sip_header_id id);

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

/** The ACK to a final response that is no 2xx, for the INVITE as it was sent (RFC 3261 17.1.1.3).
 * @return 0; SIP_ENOMEM; SIP_EINVAL (NULL, or an INVITE without Via or CSeq) */
SIP_API int sip_ack_create(const sip_msg *invite, const sip_msg *response, sip_msg **ret_ack);
/** The CANCEL of a request as it was sent, with the same Via (RFC 3261 9.1). `extras` may be NULL,
 * or add a Reason. @return as sip_ack_create() */
SIP_API int sip_cancel_create(const sip_msg *request, const sip_extras *extras,
                              sip_msg **ret_cancel);

/**
 * A changed copy of a message, as a proxy passes it on: the changes are kept beside the message,
 * and finishing copies what lies between them as it is, in runs, bytes and index at once. As a
 * builder it remembers its first error. Changed or not, header lines keep their order and their
 * bytes; only one that ended with a lone LF is printed anew.
 */
typedef struct sip_edit sip_edit;

/** Begin; takes a reference. NULL for a NULL message and without memory. */
SIP_API sip_edit *sip_edit_create(const sip_msg *from);
/** Replace the Request-URI. Headers in `uri` ("?…") are left out. */
SIP_API void sip_edit_request_uri(sip_edit *edit, sip_str uri);
/** Give the topmost Via the received and rport that its sender wants back (RFC 3261 18.2.1, RFC
 * 3581), by the message's source. */
SIP_API void sip_edit_received(sip_edit *edit);
/** Add a line above all others of its header; without any, behind the last Via. The value is
 * copied, here and below. */
SIP_API void sip_edit_push(sip_edit *edit, sip_header_id id, sip_str value);
/** Add a line below all others of its header; without any, at the end. */
SIP_API void sip_edit_append(sip_edit *edit, sip_header_id id, sip_str value);
/** As sip_edit_append(), for a bare URI: it is put into angle brackets, so it must have none, and
 * no blanks (SIP_EINVAL). */
SIP_API void sip_edit_append_uri(sip_edit *edit, sip_header_id id, sip_str uri);
/** Make `value` the only one of its header, where the first line of it stood, else as
 * sip_edit_push() does. */
SIP_API void sip_edit_set(sip_edit *edit, sip_header_id id, sip_str value);
/** Take away all lines of a header, those added before too. */
SIP_API void sip_edit_remove(sip_edit *edit, sip_header_id id);
/** Take away the first `n` values of a list header, or lines of another, that `from` came with. */
SIP_API void sip_edit_remove_values(sip_edit *edit, sip_header_id id, size_t n);
/** Replace the value of the i-th header line, or take the line away where value.ptr is NULL: for
 * headers without an id. The name stays as it came. */
SIP_API void sip_edit_line(sip_edit *edit, size_t i, sip_str value);
/** Replace the body and every header about it, those added before too; NULL: none. Only borrowed
 * until finished. */
SIP_API void sip_edit_body(sip_edit *edit, const sip_body *body);
/** Finish, freeing the edit. Without any change *ret_msg is a reference to the message itself; a
 * changed one has a Content-Length. @return 0; SIP_ENOMEM; SIP_EINVAL; SIP_ETOOBIG */
SIP_API int sip_edit_finish(sip_edit *edit, sip_msg **ret_msg);
/** Give up; NULL is fine. */
SIP_API void sip_edit_discard(sip_edit *edit);

/** A whole response in one call: builder, extras, finish. */
SIP_API int sip_response_create(const sip_msg *request, int status, sip_str to_tag,
                                const sip_extras *extras, sip_msg **ret_response);

#ifdef __cplusplus
}
#endif

#endif
