/* The names in a peer's certificate: the bytes are a subjectAltName. Whatever they are, only host
 * names and literal addresses come out, and none has a zero in it. */
#include "security/tls_identity.h"

#include <stdlib.h>
#include <string.h>

#include "support/cert_maker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const X509 *x509, sip_tls_identity policy)
{
    char text[100];
    sip__tls_names names;

    if (sip__tls_names_read(NULL, x509, policy, &names) != 0) {
        abort();
    }
    for (size_t i = 0; i < names.count; i++) {
        const sip_str name = names.list[i];
        sip_addr addr;

        if (strlen(name.ptr) != name.len ||
            (!sip__tls_is_host_name(name) && sip_addr_parse(name, 0, &addr) != 0) ||
            !sip__tls_names_have(names.list, names.count, name, policy)) {
            abort();
        }
    }
    if (strlen(sip__tls_names_text(&names, text, sizeof text)) >= sizeof text) {
        abort();
    }
    sip__tls_names_finish(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    X509 *x509;
    sip_str host;

    if (size > 0 && sip__tls_host_of_uri((sip_str){(const char *)data, size}, &host) &&
        (host.len == 0 || host.len > size)) {
        abort();
    }
    x509 = cert_with_raw_san(data, size);
    check(x509, SIP_TLS_IDENTITY_STRICT);
    check(x509, SIP_TLS_IDENTITY_LENIENT);
    X509_free(x509);
    return 0;
}
