/* message/cpim: an instant message with headers of its own around any content (RFC 3862). */
#ifndef SIP_CPIM_H
#define SIP_CPIM_H

#include <sip/datetime.h>
#include <sip/multipart.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The namespace of the headers that have members here. */
#define SIP_CPIM_NS "urn:ietf:params:cpim-headers:"
/** That of IMDN (RFC 5438 6.1). */
#define SIP_CPIM_NS_IMDN "urn:ietf:params:imdn"

/** "Formal name <uri>". */
typedef struct sip_cpim_address {
    sip_str name; /**< without quotes and escapes; or empty */
    sip_str uri;
} sip_cpim_address;

typedef struct sip_cpim_subject {
    sip_str lang; /**< or empty */
    sip_str text; /**< without escapes */
} sip_cpim_subject;

/** An NS header: what the prefix of further headers means. */
typedef struct sip_cpim_namespace {
    sip_str prefix; /**< empty: of headers without a prefix */
    sip_str uri;
} sip_cpim_namespace;

/** A header without a member of its own. */
typedef struct sip_cpim_header {
    sip_str prefix; /**< or empty */
    sip_str name;   /**< "VitalMessageOption"; case matters (RFC 3862 3.1) */
    sip_str ns; /**< URI of its namespace, empty if nothing declares its prefix. Not printed, but
                   one without a prefix in SIP_CPIM_NS is printed before all NS headers */
    sip_str params; /**< ";a=b", as it came */
    sip_str value;  /**< as it came: sip_cpim_unescape() */
} sip_cpim_header;

typedef struct sip_cpim {
    sip_cpim_address from; /**< uri empty: absent */
    const sip_cpim_address *to, *cc;
    size_t n_to, n_cc;
    sip_datetime datetime; /**< month 0: absent */
    const sip_cpim_subject *subjects;
    size_t n_subjects;
    const sip_cpim_namespace *namespaces;
    size_t n_namespaces;
    const sip_str *require; /**< names of headers that must be understood */
    size_t n_require;
    const sip_cpim_header *headers; /**< the others in order */
    size_t n_headers;
    sip_part content; /**< what is wrapped */
} sip_cpim;

/**
 * Read a message with the default limits; sip_cpim_free() it. `text` has to outlive it. No header
 * has to be there; of several From and DateTime the first counts.
 * @return 0; SIP_ESYNTAX (also a prefix that is declared after its use, or twice for different
 * namespaces);
 * SIP_ETOOBIG; SIP_ENOMEM
 */
SIP_API int sip_cpim_parse(const sip_allocator *allocator, sip_str text, sip_cpim **ret_cpim);
/** Free what sip_cpim_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_cpim_free(const sip_allocator *allocator, sip_cpim *cpim);
/** Print as snprintf(), names and subjects escaped where they have to be. @return the length
 * needed, or SIP_EINVAL for what cannot stand there */
SIP_API int sip_cpim_print(const sip_cpim *cpim, char *out, size_t size);
/** The value of the first header of that name in a namespace; ptr NULL: none. */
SIP_API sip_str sip_cpim_find(const sip_cpim *cpim, const char *ns, const char *name);
/** The first of the headers in Require that is not in `known` ("imdn.Message-ID" with the prefix as
 * it stands in the message; up to NULL); empty: none (RFC 3862 3.5). */
SIP_API sip_str sip_cpim_unknown(const sip_cpim *cpim, const char *const *known);
/** Undo the escapes of RFC 3862 2.3 as UTF-8; `out` has room for text.len bytes.
 * @return the length or SIP_ESYNTAX */
SIP_API int sip_cpim_unescape(sip_str text, char *out);

#ifdef __cplusplus
}
#endif

#endif
