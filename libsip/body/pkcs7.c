#include <sip/pkcs7.h>

#include "body/body_box.h"
#include "body/body_line.h"
#include "body/body_registry.h"

static const char *const type_names[] = {
    [SIP_SMIME_ABSENT] = NULL,
    [SIP_SMIME_ENVELOPED] = "enveloped-data",
    [SIP_SMIME_AUTH_ENVELOPED] = "authEnveloped-data",
    [SIP_SMIME_SIGNED] = "signed-data",
    [SIP_SMIME_CERTS_ONLY] = "certs-only",
    [SIP_SMIME_COMPRESSED] = "compressed-data",
    [SIP_SMIME_OTHER] = NULL,
};

const char *sip_smime_type_name(sip_smime_type type)
{
    return (unsigned)type <= SIP_SMIME_OTHER ? type_names[type] : NULL;
}

static sip_smime_type type_of(sip_str text)
{
    for (unsigned i = SIP_SMIME_ENVELOPED; i < SIP_SMIME_OTHER; i++) {
        if (sip_str_equal_nocase(text, type_names[i])) {
            return (sip_smime_type)i;
        }
    }
    return text.len > 0 ? SIP_SMIME_OTHER : SIP_SMIME_ABSENT;
}

int sip_pkcs7_of(const sip_body *body, sip_pkcs7 *ret_pkcs7)
{
    sip_pkcs7 pkcs7 = {0};
    sip_media_type media;

    if (body == NULL || ret_pkcs7 == NULL) {
        return SIP_EINVAL;
    }
    if (sip__body_media_type(body->type, &media) != 0) {
        return SIP_ESYNTAX;
    }
    pkcs7.der = body->data;
    pkcs7.is_signature = sip_str_equal_nocase(media.subtype, "pkcs7-signature") ||
                         sip_str_equal_nocase(media.subtype, "x-pkcs7-signature");
    sip_param_find(media.params, "smime-type", &pkcs7.smime_type_text);
    pkcs7.smime_type = type_of(pkcs7.smime_type_text);
    if (!sip_param_find(media.params, "name", &pkcs7.name)) {
        sip_param_find(body->disposition, "filename", &pkcs7.name);
    }
    *ret_pkcs7 = pkcs7;
    return 0;
}

static int read_body(const sip_allocator *allocator, const sip_body *body,
                     const sip_body_registry *registry, void **ret_object)
{
    sip_pkcs7 *pkcs7 = sip__body_box_create(allocator, sizeof(*pkcs7));
    int err;

    (void)registry;
    if (pkcs7 == NULL) {
        return SIP_ENOMEM;
    }
    err = sip_pkcs7_of(body, pkcs7);
    if (err != 0) {
        sip__body_box_free(allocator, pkcs7);
        return err;
    }
    *ret_object = pkcs7;
    return 0;
}

static int print_body(const void *object, char *out, size_t size)
{
    const sip_pkcs7 *pkcs7 = object;
    sip__body_out text = {.at = out, .size = size};

    if (pkcs7 == NULL || (out == NULL && size > 0)) {
        return SIP_EINVAL;
    }
    sip__body_put(&text, pkcs7->der);
    return sip__body_out_end(&text);
}

const sip_body_type sip_pkcs7_mime_type = {
    .codec = {"application/pkcs7-mime", print_body}, .read = read_body, .free = sip__body_box_free};
const sip_body_type sip_pkcs7_signature_type = {
    .codec = {"application/pkcs7-signature", print_body},
    .read = read_body,
    .free = sip__body_box_free};
