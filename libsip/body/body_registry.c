#include "body/body_registry.h"

#include "message/kept.h"
#include "message/msg_internal.h"

static const sip_body_type *const all[] = {
    &sip_sdp_type,
    &sip_text_type,
    &sip_multipart_mixed_type,
    &sip_multipart_alternative_type,
    &sip_multipart_related_type,
    &sip_multipart_signed_type,
    &sip_sipfrag_type,
    &sip_message_sip_type,
    &sip_message_summary_type,
    &sip_cpim_type,
    &sip_dtmf_relay_type,
    &sip_dtmf_type,
    &sip_pkcs7_mime_type,
    &sip_pkcs7_signature_type,
    &sip_pidf_type,
    &sip_pidf_diff_type,
    &sip_dialog_info_type,
    &sip_reginfo_type,
    &sip_watcherinfo_type,
    &sip_conference_info_type,
    &sip_rlmi_type,
    &sip_resource_lists_type,
    &sip_imdn_type,
    &sip_iscomposing_type,
    NULL,
};

const sip_body_registry sip_body_registry_all = {.types = all};

#define DEFAULT_PARTS 64
#define DEFAULT_DEPTH 8
#define MAX_DEPTH 64
#define DEFAULT_HEADERS 256

sip_body_limits sip__body_limits_of(const sip_body_registry *registry)
{
    sip_body_limits limits = {0};

    if (registry != NULL) {
        limits = registry->limits;
    }
    if (limits.parts == 0) {
        limits.parts = DEFAULT_PARTS;
    }
    if (limits.depth == 0) {
        limits.depth = DEFAULT_DEPTH;
    }
    if (limits.depth > MAX_DEPTH) {
        limits.depth = MAX_DEPTH;
    }
    if (limits.headers == 0) {
        limits.headers = DEFAULT_HEADERS;
    }
    return limits;
}

int sip__body_over_limit(const sip_body_registry *registry, size_t what)
{
    if (registry != NULL && registry->counts != NULL) {
        ++*(uint64_t *)(void *)((char *)registry->counts + what);
    }
    return SIP_ETOOBIG;
}

int sip__body_media_type(sip_str content_type, sip_media_type *ret_type)
{
    content_type = sip_str_trim(content_type);
    if (content_type.len == 0) {
        content_type = SIP_STR("text/plain");
    }
    return sip_header_parse(&sip_content_type_type, content_type, ret_type, NULL);
}

bool sip__body_media_is(const sip_media_type *media, const char *name)
{
    const sip_str whole = sip_str_of(name);
    const size_t len = media->type.len;

    return whole.len == len + 1 + media->subtype.len && whole.ptr[len] == '/' &&
           sip_str_same_nocase(media->type, (sip_str){whole.ptr, len}) &&
           sip_str_same_nocase(media->subtype, (sip_str){whole.ptr + len + 1, media->subtype.len});
}

sip_str sip__body_header_value(const sip_body *body, const char *name)
{
    for (const sip_header *header = body->headers; header != NULL && header->name != NULL;
         header++) {
        if (sip_str_equal_nocase(sip_str_of(header->name), name)) {
            return sip_str_trim(sip_str_of(header->value));
        }
    }
    return (sip_str){NULL, 0};
}

bool sip__body_is_encoded(const sip_body *body)
{
    const sip_str encoding = sip__body_header_value(body, "Content-Encoding");

    return encoding.len > 0 && !sip_str_equal_nocase(encoding, "identity");
}

sip_body sip__body_without_msg(const sip_body *body)
{
    sip_body own = *body;

    own.msg = NULL;
    return own;
}

static const sip_body_type *find_name(const sip_body_registry *registry,
                                      const sip_media_type *media)
{
    for (; registry != NULL; registry = registry->base) {
        for (const sip_body_type *const *type = registry->types; type != NULL && *type != NULL;
             type++) {
            if (sip__body_media_is(media, (*type)->codec.type)) {
                return *type;
            }
        }
    }
    return NULL;
}

const sip_body_type *sip_body_type_find(const sip_body_registry *registry, sip_str content_type)
{
    const sip_body_type *type;
    sip_media_type media;

    if (registry == NULL) {
        registry = &sip_body_registry_all;
    }
    if (sip__body_media_type(content_type, &media) != 0) {
        return NULL;
    }
    type = find_name(registry, &media);
    if (type == NULL && sip_str_equal_nocase(media.type, "multipart")) {
        media.subtype = SIP_STR("mixed");
        type = find_name(registry, &media);
    }
    return type;
}

bool sip_body_is(const sip_body *body, const sip_body_type *type)
{
    sip_media_type media;

    if (body == NULL || type == NULL) {
        return false;
    }
    if (body->codec != NULL) {
        return body->codec == &type->codec;
    }
    return sip__body_media_type(body->type, &media) == 0 &&
           sip__body_media_is(&media, type->codec.type);
}

static void count(const sip_body_registry *registry, int err)
{
    sip_body_counts *counts = registry != NULL ? registry->counts : NULL;

    if (counts == NULL) {
        return;
    }
    counts->read += err == 0;
    counts->malformed += err == SIP_ESYNTAX;
    counts->unsupported += err == SIP_EUNSUPPORTED;
    counts->no_memory += err == SIP_ENOMEM;
}

/* How often a limit with a count of its own was hit so far. */
static uint64_t over_limits(const sip_body_registry *registry)
{
    const sip_body_counts *counts = registry != NULL ? registry->counts : NULL;

    return counts != NULL ? counts->too_many_parts + counts->too_deep + counts->too_many_headers
                          : 0;
}

static int read_as(const sip_allocator *allocator, const sip_body *body,
                   const sip_body_registry *registry, const sip_body_type *type, void **ret_object)
{
    const uint64_t before = over_limits(registry);
    int err;

    if (type == NULL || sip__body_is_encoded(body)) {
        err = SIP_EUNSUPPORTED;
    } else if (type->read != NULL) {
        err = type->read(allocator, body, registry, ret_object);
    } else {
        err = type->parse(allocator, body->data, ret_object);
    }
    count(registry, err);
    if (err == SIP_ETOOBIG && over_limits(registry) == before) {
        SIP__BODY_OVER(registry, too_big);
    }
    return err;
}

int sip_body_read(const sip_allocator *allocator, const sip_body *body,
                  const sip_body_registry *registry, const sip_body_type **ret_type,
                  void **ret_object)
{
    const sip_body_type *type;
    sip_body own;
    int err;

    if (body == NULL || ret_object == NULL || body->codec != NULL) {
        return SIP_EINVAL;
    }
    own = sip__body_without_msg(body);
    type = sip_body_type_find(registry, own.type);
    err = read_as(allocator, &own, registry, type, ret_object);
    if (err == 0 && ret_type != NULL) {
        *ret_type = type;
    }
    return err;
}

static int keep(const sip_body *body, const sip_body_registry *registry, const sip_body_type *type,
                const void **ret_object)
{
    void *object = type != NULL ? sip__kept_find(body->msg, type, body->data) : NULL;
    int err = 0;

    if (object == NULL) {
        err = read_as(body->msg->allocator, body, registry, type, &object);
        if (err == 0) {
            err = sip__kept_add(body->msg, type, body->data, object, type->free);
            if (err != 0) {
                type->free(body->msg->allocator, object);
            }
        }
    }
    if (err == 0) {
        *ret_object = object;
    }
    return err;
}

int sip_body_typed(const sip_body *body, const sip_body_registry *registry,
                   const sip_body_type **ret_type, const void **ret_object)
{
    const sip_body_type *type;
    int err = 0;

    if (body == NULL || ret_object == NULL) {
        return SIP_EINVAL;
    }
    type = sip_body_type_find(registry,
                              body->codec != NULL ? sip_str_of(body->codec->type) : body->type);
    if (body->codec != NULL) {
        if (type == NULL || body->codec != &type->codec) {
            return SIP_EUNSUPPORTED;
        }
        *ret_object = body->object;
    } else {
        err = body->msg != NULL ? keep(body, registry, type, ret_object) : SIP_EINVAL;
    }
    if (err == 0 && ret_type != NULL) {
        *ret_type = type;
    }
    return err;
}

const void *sip_body_as(const sip_body *body, const sip_body_type *type)
{
    const void *object = NULL;

    if (!sip_body_is(body, type)) {
        return NULL;
    }
    if (body->codec != NULL) {
        return body->object;
    }
    return body->msg != NULL && keep(body, NULL, type, &object) == 0 ? object : NULL;
}
