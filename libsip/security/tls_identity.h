/* Whom a certificate names (RFC 5922 7.1), and whether that is who was wanted (7.2). */
#ifndef SIP_SECURITY_TLS_IDENTITY_H
#define SIP_SECURITY_TLS_IDENTITY_H

#include <sip/net.h>
#include <sip/tls.h>

#include <openssl/x509.h>

/* More names than these in one certificate are not looked at. */
#define SIP__TLS_NAMES_MAX 1000

/* Host names in lower case, and literal addresses as they stand in a URI. */
typedef struct sip__tls_names {
    const sip_allocator *allocator;
    sip_str *list;
    size_t count;
} sip__tls_names;

/* The SIP identities of a certificate; SIP_TLS_IDENTITY_OFF reads as lenient does. What is no host
 * name or address, has a user part, or comes in an extension that cannot be read, is none.
 * @return 0 or SIP_ENOMEM */
int sip__tls_names_read(const sip_allocator *allocator, const X509 *cert, sip_tls_identity policy,
                        sip__tls_names *ret_names);
/* Add one, in lower case; names->allocator is set. @return 0 or SIP_ENOMEM */
int sip__tls_names_add(sip__tls_names *names, sip_str name);
/* Free them. Takes a zeroed object. */
void sip__tls_names_finish(sip__tls_names *names);
/* True if one of the names is `wanted` under the policy (OFF: as strict). */
bool sip__tls_names_have(const sip_str *list, size_t count, sip_str wanted,
                         sip_tls_identity policy);
/* "a.example, b.example", cut with an ellipsis; "no SIP identity" for none; returns `out`. */
const char *sip__tls_names_text(const sip__tls_names *names, char *out, size_t size);
/* The host of a "sip:" URI without user part, which may name a domain. @return false for any other
 * URI */
bool sip__tls_host_of_uri(sip_str uri, sip_str *ret_host);
/* True for a host name: labels of letters, digits, '-' and '_', perhaps after "*.". */
bool sip__tls_is_host_name(sip_str name);
/* Without the dot that ends an absolute name. */
sip_str sip__tls_without_dot(sip_str name);

#endif
