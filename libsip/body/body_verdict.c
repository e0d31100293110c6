#include <sip/build.h>
#include <sip/multipart.h>

#include "body/body_registry.h"
#include "parser/cursor.h"
#include "parser/text_out.h"

/* What is found out about a message; where a question is asked of a chain of registries, the first
 * that has an answer gives it. */
typedef struct body_judge {
    const sip_body_registry *registry;
    sip_body_verdict verdict;
} body_judge;

static const char *const *dispositions_of(const sip_body_registry *registry)
{
    while (registry != NULL && registry->dispositions == NULL) {
        registry = registry->base;
    }
    return registry != NULL ? registry->dispositions : NULL;
}

static const char *const *encodings_of(const sip_body_registry *registry)
{
    while (registry != NULL && registry->encodings == NULL) {
        registry = registry->base;
    }
    return registry != NULL ? registry->encodings : NULL;
}

static const char *const *languages_of(const sip_body_registry *registry)
{
    while (registry != NULL && registry->languages == NULL) {
        registry = registry->base;
    }
    return registry != NULL ? registry->languages : NULL;
}

static bool refuse(body_judge *judge, const sip_body *body, sip_header_id header,
                   const char *reason)
{
    judge->verdict = (sip_body_verdict){415, header, body, reason};
    return false;
}

static bool is_malformed(body_judge *judge, const sip_body *body, int err, const char *reason)
{
    const int status = err == SIP_ESYNTAX ? 400 : err == SIP_ETOOBIG ? 413 : 500;

    judge->verdict = (sip_body_verdict){status, SIP_HEADER_OTHER, body, reason};
    return false;
}

static bool is_listed(const char *const *list, sip_str value)
{
    for (; list != NULL && *list != NULL; list++) {
        if (sip_str_equal_nocase(value, *list)) {
            return true;
        }
    }
    return false;
}

/* True for "en-GB" if "en" or "en-gb" is listed (RFC 4647 3.3.1). */
static bool is_language_listed(const char *const *list, sip_str value)
{
    for (; *list != NULL; list++) {
        const sip_str range = sip_str_of(*list);

        if (value.len >= range.len && sip_str_same_nocase((sip_str){value.ptr, range.len}, range) &&
            (value.len == range.len || value.ptr[range.len] == '-')) {
            return true;
        }
    }
    return false;
}

/* RFC 3261 20.11: what says nothing is required. */
static bool is_required(const sip_body *body)
{
    sip_str handling;

    return !sip_param_find(body->disposition, "handling", &handling) ||
           !sip_str_equal_nocase(handling, "optional");
}

static bool is_disposition_known(body_judge *judge, const sip_body *body)
{
    const char *const *list = dispositions_of(judge->registry);
    sip_str rest = body->disposition;
    sip_str type;

    if (list == NULL || sip_str_trim(body->disposition).len == 0) {
        return true;
    }
    sip__skip_space(&rest);
    if (sip__take_token(&rest, &type) && is_listed(list, type)) {
        return true;
    }
    return refuse(judge, body, SIP_HEADER_ACCEPT, "Content-Disposition");
}

static bool is_encoding_known(body_judge *judge, const sip_body *body)
{
    for (const sip_header *header = body->headers; header != NULL && header->name != NULL;
         header++) {
        sip_str rest = sip_str_of(header->value);
        sip_str value;

        while (sip_str_equal_nocase(sip_str_of(header->name), "Content-Encoding") &&
               sip__list_next(&rest, &value)) {
            if (!sip_str_equal_nocase(value, "identity") &&
                !is_listed(encodings_of(judge->registry), value)) {
                return refuse(judge, body, SIP_HEADER_ACCEPT_ENCODING, "Content-Encoding");
            }
        }
    }
    return true;
}

/* One language that is known is enough. */
static bool is_language_known(body_judge *judge, const sip_body *body)
{
    const char *const *list = languages_of(judge->registry);
    bool has_language = false;

    for (const sip_header *header = list != NULL ? body->headers : NULL;
         header != NULL && header->name != NULL; header++) {
        sip_str rest = sip_str_of(header->value);
        sip_str value;

        while (sip_str_equal_nocase(sip_str_of(header->name), "Content-Language") &&
               sip__list_next(&rest, &value)) {
            if (is_language_listed(list, value)) {
                return true;
            }
            has_language = true;
        }
    }
    return !has_language || refuse(judge, body, SIP_HEADER_ACCEPT_LANGUAGE, "Content-Language");
}

static bool judge_multipart(body_judge *judge, const sip_body *body,
                            const sip_multipart *multipart);

static bool judge_body(body_judge *judge, const sip_body *body, const sip_multipart *nested,
                       bool is_part)
{
    const sip_body_type *type = sip_body_type_find(judge->registry, body->type);
    sip_media_type media;
    const void *object;
    int err;

    if (sip__body_media_type(body->type, &media) != 0) {
        return is_malformed(judge, body, SIP_ESYNTAX, "Content-Type");
    }
    if (!is_disposition_known(judge, body) || !is_encoding_known(judge, body) ||
        !is_language_known(judge, body)) {
        return false;
    }
    if (type == NULL) {
        return refuse(judge, body, SIP_HEADER_ACCEPT, "Content-Type");
    }
    /* What an application reads as a multipart of its own is its business. */
    if (type->codec.print != sip_multipart_mixed_type.codec.print || sip__body_is_encoded(body)) {
        return true;
    }
    if (!is_part) {
        err = sip_body_typed(body, judge->registry, NULL, &object);
        if (err != 0) {
            return is_malformed(judge, body, err, "multipart");
        }
        nested = object;
    }
    return nested != NULL ? judge_multipart(judge, body, nested)
                          : is_malformed(judge, body, SIP_ESYNTAX, "multipart");
}

static bool judge_part(body_judge *judge, const sip_part *part)
{
    if (part->encoding == SIP_TRANSFER_OTHER) {
        return refuse(judge, &part->body, SIP_HEADER_ACCEPT, "Content-Transfer-Encoding");
    }
    return judge_body(judge, &part->body, part->nested, true);
}

static bool judge_multipart(body_judge *judge, const sip_body *body, const sip_multipart *multipart)
{
    const bool is_choice = sip_str_equal_nocase(multipart->subtype, "alternative");

    if (sip_str_equal_nocase(multipart->subtype, "related")) {
        const sip_part *root = sip_multipart_root(multipart);

        return root != NULL ? judge_part(judge, root)
                            : is_malformed(judge, body, SIP_ESYNTAX, "start");
    }
    for (size_t i = 0; i < multipart->n_parts; i++) {
        const sip_part *part = &multipart->parts[i];
        const bool is_understood = judge_part(judge, part);

        if (is_choice && is_understood) {
            return true;
        }
        if (!is_choice && !is_understood && is_required(&part->body)) {
            return false;
        }
    }
    return !is_choice;
}

sip_body_verdict sip_body_judge(const sip_msg *msg, const sip_body_registry *registry)
{
    const sip_body *body = sip_msg_body(msg);
    body_judge judge = {.registry = registry != NULL ? registry : &sip_body_registry_all};

    if (body == NULL || judge_body(&judge, body, NULL, false) ||
        (!is_required(body) && judge.verdict.status != 500)) {
        judge.verdict = (sip_body_verdict){.header = SIP_HEADER_OTHER};
    }
    return judge.verdict;
}

static void put_item(sip__text_out *out, const char *item)
{
    if (out->len > 0) {
        sip__out_put(out, SIP_STR(", "));
    }
    sip__out_put(out, sip_str_of(item));
}

static void put_list(sip__text_out *out, const char *const *list, const char *without)
{
    for (; list != NULL && *list != NULL; list++) {
        put_item(out, *list);
    }
    if (out->len == 0) {
        put_item(out, without);
    }
}

/* True if a registry before `end` has a type of that name. */
static bool is_named_before(const sip_body_registry *registry, const sip_body_registry *end,
                            const sip_body_type *type)
{
    for (; registry != end; registry = registry->base) {
        for (size_t i = 0; registry->types != NULL && registry->types[i] != NULL; i++) {
            if (sip_str_equal_nocase(sip_str_of(registry->types[i]->codec.type),
                                     type->codec.type)) {
                return true;
            }
        }
    }
    return false;
}

static void put_types(sip__text_out *out, const sip_body_registry *registry)
{
    for (const sip_body_registry *at = registry; at != NULL; at = at->base) {
        for (size_t i = 0; at->types != NULL && at->types[i] != NULL; i++) {
            if (!is_named_before(registry, at, at->types[i])) {
                put_item(out, at->types[i]->codec.type);
            }
        }
    }
}

int sip_body_accept_print(const sip_body_registry *registry, sip_header_id header, char *out,
                          size_t size)
{
    sip__text_out text = {.at = out, .size = size};

    if (out == NULL && size > 0) {
        return SIP_EINVAL;
    }
    if (registry == NULL) {
        registry = &sip_body_registry_all;
    }
    if (header == SIP_HEADER_ACCEPT) {
        put_types(&text, registry);
    } else if (header == SIP_HEADER_ACCEPT_ENCODING) {
        put_list(&text, encodings_of(registry), "identity");
    } else if (header == SIP_HEADER_ACCEPT_LANGUAGE) {
        put_list(&text, languages_of(registry), "*");
    } else {
        return SIP_EINVAL;
    }
    return sip__out_end(&text);
}

#define ACCEPT_BYTES 4000

void sip_build_accept(sip_build *build, const sip_body_registry *registry,
                      const sip_body_verdict *verdict)
{
    char value[ACCEPT_BYTES];
    int len;

    if (verdict == NULL || verdict->status != 415) {
        return;
    }
    len = sip_body_accept_print(registry, verdict->header, value, sizeof value);
    if (len >= 0 && (size_t)len < sizeof value) {
        sip_build_header(build, verdict->header, (sip_str){value, (size_t)len});
    }
}
