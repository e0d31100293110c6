#include <sip/multipart.h>

#include "body/body_box.h"
#include "body/body_registry.h"
#include "body/multipart_delimiter.h"
#include "body/part.h"

#include <string.h>

typedef struct parts_reader {
    sip__arena *arena;
    const sip_body_registry *registry;
    const struct sip_msg *msg;
    sip_body_limits limits;
    size_t n_parts; /* of all multiparts so far */
} parts_reader;

static int read_all(parts_reader *reader, sip_str type, sip_str data, unsigned depth,
                    sip_multipart *multipart);

/* The boundary parameter without the escapes of a quoted string. */
static int read_boundary(parts_reader *reader, sip_str raw, bool is_quoted, sip_str *ret_boundary)
{
    char *boundary = sip__arena_alloc(reader->arena, raw.len);
    size_t len = 0;

    if (boundary == NULL) {
        return SIP_ENOMEM;
    }
    for (size_t i = 0; i < raw.len; i++) {
        i += is_quoted && raw.ptr[i] == '\\' && i + 1 < raw.len;
        boundary[len++] = raw.ptr[i];
    }
    *ret_boundary = (sip_str){boundary, len};
    return sip__boundary_is_sound(*ret_boundary) ? 0 : SIP_ESYNTAX;
}

/* Read a part that is a multipart itself; one that is unsound is left out. */
static int read_nested(parts_reader *reader, sip_part *part, unsigned depth)
{
    sip_media_type media;
    sip_multipart *nested;
    int err;

    if (sip__body_media_type(part->body.type, &media) != 0 ||
        !sip_str_equal_nocase(media.type, "multipart") || part->encoding != SIP_TRANSFER_NONE ||
        sip__body_is_encoded(&part->body)) {
        return 0;
    }
    if (depth == reader->limits.depth) {
        return SIP__BODY_OVER(reader->registry, too_deep);
    }
    nested = sip__arena_alloc(reader->arena, sizeof(*nested));
    if (nested == NULL) {
        return SIP_ENOMEM;
    }
    memset(nested, 0, sizeof(*nested));
    err = read_all(reader, part->body.type, part->body.data, depth + 1, nested);
    if (err == 0) {
        part->nested = nested;
    }
    return err == SIP_ESYNTAX ? 0 : err;
}

static size_t count_parts(sip_str data, sip_str boundary, size_t from)
{
    sip__delimiter delimiter = {.after = from};
    size_t count = 1;

    while (sip__delimiter_find(data, delimiter.after, boundary, &delimiter) && !delimiter.is_last) {
        count++;
    }
    return count;
}

static int read_parts(parts_reader *reader, sip_str data, size_t from, unsigned depth,
                      sip_multipart *multipart)
{
    const size_t count = count_parts(data, multipart->boundary, from);
    sip_part *parts;
    int err = 0;

    if (count > reader->limits.parts - reader->n_parts) {
        return SIP__BODY_OVER(reader->registry, too_many_parts);
    }
    reader->n_parts += count;
    parts = sip__arena_alloc(reader->arena, count * sizeof(*parts));
    if (parts == NULL) {
        return SIP_ENOMEM;
    }
    memset(parts, 0, count * sizeof(*parts));
    for (size_t i = 0; i < count && err == 0; i++) {
        sip__delimiter delimiter = {data.len, data.len, false};

        sip__delimiter_find(data, from, multipart->boundary, &delimiter);
        parts[i].text = (sip_str){data.ptr + from, delimiter.at - from};
        parts[i].body.msg = reader->msg;
        err = sip__part_read(reader->arena, reader->registry, &parts[i]);
        if (err == 0) {
            err = read_nested(reader, &parts[i], depth);
        }
        from = delimiter.after;
        multipart->is_closed = delimiter.is_last;
    }
    multipart->parts = parts;
    multipart->n_parts = count;
    multipart->epilogue = (sip_str){data.ptr + from, data.len - from};
    return err;
}

static int read_all(parts_reader *reader, sip_str type, sip_str data, unsigned depth,
                    sip_multipart *multipart)
{
    sip__delimiter first;
    sip_media_type media;
    int err;

    if (sip__body_media_type(type, &media) != 0 || !sip_str_equal_nocase(media.type, "multipart") ||
        media.boundary.len == 0) {
        return SIP_ESYNTAX;
    }
    multipart->type = type;
    multipart->subtype = media.subtype;
    err =
        read_boundary(reader, media.boundary, media.boundary.ptr[-1] == '"', &multipart->boundary);
    if (err != 0) {
        return err;
    }
    if (!sip__delimiter_find(data, 0, multipart->boundary, &first) || first.is_last) {
        return SIP_ESYNTAX;
    }
    multipart->preamble = (sip_str){data.ptr, first.at};
    return read_parts(reader, data, first.after, depth, multipart);
}

static int read_multipart(const sip_allocator *allocator, const sip_body *body,
                          const sip_body_registry *registry, sip_multipart **ret_multipart)
{
    sip_multipart *multipart;
    parts_reader reader = {.registry = registry, .limits = sip__body_limits_of(registry)};
    int err;

    multipart = sip__body_box_create(allocator, sizeof(*multipart));
    if (multipart == NULL) {
        return SIP_ENOMEM;
    }
    reader.arena = sip__body_box_arena(multipart);
    reader.msg = body->msg;
    err = read_all(&reader, body->type, body->data, 1, multipart);
    if (err != 0) {
        sip_multipart_free(allocator, multipart);
        return err;
    }
    *ret_multipart = multipart;
    return 0;
}

int sip_multipart_read(const sip_allocator *allocator, const sip_body *body,
                       const sip_body_registry *registry, sip_multipart **ret_multipart)
{
    sip_body own;

    if (body == NULL || ret_multipart == NULL) {
        return SIP_EINVAL;
    }
    own = sip__body_without_msg(body);
    return read_multipart(allocator, &own, registry, ret_multipart);
}

void sip_multipart_free(const sip_allocator *allocator, sip_multipart *multipart)
{
    sip__body_box_free(allocator, multipart);
}

static int read_body(const sip_allocator *allocator, const sip_body *body,
                     const sip_body_registry *registry, void **ret_object)
{
    sip_multipart *multipart;
    int err = read_multipart(allocator, body, registry, &multipart);

    if (err == 0) {
        *ret_object = multipart;
    }
    return err;
}

static int print_body(const void *object, char *out, size_t size)
{
    return sip_multipart_print(object, out, size);
}

#define MULTIPART(subtype)                                                                         \
    {                                                                                              \
        .codec = {"multipart/" #subtype, print_body}, .read = read_body,                           \
        .free = sip__body_box_free                                                                 \
    }

const sip_body_type sip_multipart_mixed_type = MULTIPART(mixed);
const sip_body_type sip_multipart_alternative_type = MULTIPART(alternative);
const sip_body_type sip_multipart_related_type = MULTIPART(related);
const sip_body_type sip_multipart_signed_type = MULTIPART(signed);
